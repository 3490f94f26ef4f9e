"""Who bears a loss: fund, insurer, bank, appraiser and guarantor, in whole minor units.

A stack is a sequence of layers. A layer takes what the layers before it left unborne, keeps its
deductible back, splits the rest among its parties by whole weights, and each party pays its share
up to its caps. What is not paid stays with the holder of the claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from ipfinance.basics import Cash, InputError, Problem, Text, rounded
from ipfinance.numerics import BoolArray, IntArray, in_chunks

MILLION = 1_000_000
NO_CAP = 2**62  # stands for "no cap" in arrays; no claim reaches it
LARGEST_LOSS = 2**60
LARGEST_WEIGHTS = 10**9
NO_TEXT = Text("", "")


class ProviderKind(StrEnum):
    """What a party that bears losses is."""

    FUND = "fund"
    INSURER = "insurer"
    BANK = "bank"
    APPRAISER = "appraiser"
    GUARANTOR = "guarantor"
    GOVERNMENT = "government"
    OTHER = "other"


PROVIDER_KIND_NAMES = {
    ProviderKind.FUND: Text("risk compensation fund", "风险补偿资金"),
    ProviderKind.INSURER: Text("insurer", "保险公司"),
    ProviderKind.BANK: Text("bank", "银行"),
    ProviderKind.APPRAISER: Text("appraiser", "评估机构"),
    ProviderKind.GUARANTOR: Text("guarantor", "担保机构"),
    ProviderKind.GOVERNMENT: Text("government", "政府"),
    ProviderKind.OTHER: Text("other party", "其他主体"),
}


class Covers(StrEnum):
    """Which part of what is still unborne a layer takes."""

    ABOVE_DEDUCTIBLES = "above_deductibles"  # earlier deductibles stay with the holder
    ALL_UNBORNE = "all_unborne"  # earlier deductibles too


COVERS_NAMES = {
    Covers.ABOVE_DEDUCTIBLES: Text("what is left above the deductibles", "免赔额以上的剩余损失"),
    Covers.ALL_UNBORNE: Text("all that is left, deductibles included", "含免赔额在内的剩余损失"),
}


class Shortfall(StrEnum):
    """Why a party pays less than its share."""

    CLAIM_CAP = "claim_cap"
    AGGREGATE_CAP = "aggregate_cap"
    LIMIT = "limit"
    DEFAULT = "default"


SHORTFALL_NAMES = {
    Shortfall.CLAIM_CAP: Text("cap per claim", "单笔上限"),
    Shortfall.AGGREGATE_CAP: Text("cap on all claims", "累计上限"),
    Shortfall.LIMIT: Text("means exhausted", "资金耗尽"),
    Shortfall.DEFAULT: Text("defaulted", "违约"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A party that bears losses.

    Attributes
    ----------
    group
        Parties of one group default together; empty for a group of its own.
    limit
        Most it can pay over all layers and claims: the size of a fund. [minor unit]
    recovery_parts
        What it pays of a due amount after its own default, in millionths.
    hazard, loading
        Yearly hazard of its default and its loading on the common factor; used in simulation.
        [1/year], [1]
    """

    id: str
    kind: ProviderKind
    name: Text = NO_TEXT
    group: str = ""
    limit: Cash | None = None
    recovery_parts: int = 0
    hazard: float = 0.0
    loading: float = 0.0

    @property
    def default_group(self) -> str:
        """The group whose default makes this party default."""
        return self.group or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of a layer that one party takes.

    Attributes
    ----------
    weight
        Whole number; 54:26:16:4 has the weights 54, 26, 16 and 4.
    claim_cap, aggregate_cap
        Most it pays on one claim, and on all claims. [minor unit]
    lag_months
        From the claim to its payment. [month]
    """

    provider: str
    weight: int = 1
    claim_cap: Cash | None = None
    aggregate_cap: Cash | None = None
    lag_months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Parties that share what reaches them side by side.

    Attributes
    ----------
    order
        Place in the stack; lower numbers take the loss first.
    deductible, deductible_parts
        Kept back from each claim: the larger of an amount and of a part of what reaches the
        layer. [minor unit], [millionths]
    """

    order: int
    shares: tuple[Share, ...]
    name: Text = NO_TEXT
    deductible: Cash = 0
    deductible_parts: int = 0
    covers: Covers = Covers.ABOVE_DEDUCTIBLES


class StackArrays(NamedTuple):
    """A stack as the kernels take it; shares are ordered by layer, then by provider's id."""

    layer_start: IntArray
    deductible: IntArray
    deductible_parts: IntArray
    covers_all: BoolArray
    weight: IntArray
    provider: IntArray
    claim_cap: IntArray
    aggregate_cap: IntArray
    limit: IntArray
    recovery_parts: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSharingStack:
    """All parties and layers; the order in which they are listed does not matter.

    Attributes
    ----------
    holder
        Who files the claims and bears what nobody pays; may itself hold a share.

    Examples
    --------
    >>> stack = shared_by_weights({"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4})
    >>> stack.share(10_000_001).paid
    {'appraiser': 400000, 'bank': 2600000, 'fund': 5400001, 'insurer': 1600000}
    """

    providers: tuple[Provider, ...]
    layers: tuple[Layer, ...]
    holder: str = "holder"

    def __post_init__(self) -> None:
        problems = [*_provider_problems(self.providers), *self._layer_problems()]
        if problems:
            raise InputError(problems)
        ordered = tuple(
            Layer(
                order=layer.order,
                shares=tuple(sorted(layer.shares, key=lambda share: share.provider)),
                name=layer.name,
                deductible=layer.deductible,
                deductible_parts=layer.deductible_parts,
                covers=layer.covers,
            )
            for layer in sorted(self.layers, key=lambda layer: layer.order)
        )
        object.__setattr__(self, "layers", ordered)
        providers = tuple(sorted(self.providers, key=lambda provider: provider.id))
        object.__setattr__(self, "providers", providers)

    def _layer_problems(self) -> list[Problem]:
        known = {provider.id for provider in self.providers}
        problems = []
        orders = [layer.order for layer in self.layers]
        for place, layer in enumerate(self.layers):
            where = f"layers[{place}]"
            if orders.count(layer.order) > 1:
                problems.append(_problem(f"{where}.order", layer.order, _ORDER))
            if layer.deductible < 0:
                problems.append(_problem(f"{where}.deductible", layer.deductible, _NOT_NEGATIVE))
            if not 0 <= layer.deductible_parts <= MILLION:
                found = layer.deductible_parts
                problems.append(_problem(f"{where}.deductible_parts", found, _PARTS))
            if not layer.shares:
                problems.append(_problem(f"{where}.shares", None, _NO_SHARES))
            if sum(share.weight for share in layer.shares) > LARGEST_WEIGHTS:
                problems.append(_problem(f"{where}.shares", None, _WEIGHTS))
            names = [share.provider for share in layer.shares]
            for number, share in enumerate(layer.shares):
                at = f"{where}.shares[{number}]"
                if share.provider not in known:
                    problems.append(_problem(f"{at}.provider", share.provider, _known(known)))
                if names.count(share.provider) > 1:
                    problems.append(_problem(f"{at}.provider", share.provider, _TWICE))
                problems += _share_problems(at, share)
        return problems

    def provider(self, name: str) -> Provider:
        """Return a party by its id."""
        return next(provider for provider in self.providers if provider.id == name)

    @property
    def default_groups(self) -> tuple[str, ...]:
        """The groups that can default, sorted."""
        return tuple(sorted({provider.default_group for provider in self.providers}))

    def share(
        self,
        loss: Cash,
        *,
        used: StackUse | None = None,
        defaulted: Collection[str] = (),
    ) -> ClaimShares:
        """Pay one claim.

        Parameters
        ----------
        loss
            [minor unit]
        used
            What earlier claims have used of the caps.
        defaulted
            Groups that have defaulted; a party without a group is a group of its own.
        """
        return _share(self, loss, used or StackUse(), frozenset(defaulted))

    def share_all(
        self, losses: Iterable[Cash], *, defaulted: Collection[str] = ()
    ) -> tuple[ClaimShares, ...]:
        """Pay claims one after the other; caps on all claims and means run down."""
        used, found = StackUse(), []
        for loss in losses:
            found.append(self.share(loss, used=used, defaulted=defaulted))
            used = found[-1].used
        return tuple(found)

    def arrays(self) -> StackArrays:
        """Return the stack as arrays."""
        shares = [share for layer in self.layers for share in layer.shares]
        places = {provider.id: place for place, provider in enumerate(self.providers)}
        starts = np.cumsum([0, *(len(layer.shares) for layer in self.layers)])
        return StackArrays(
            layer_start=starts.astype(np.int64),
            deductible=_whole(layer.deductible for layer in self.layers),
            deductible_parts=_whole(layer.deductible_parts for layer in self.layers),
            covers_all=np.array([layer.covers is Covers.ALL_UNBORNE for layer in self.layers]),
            weight=_whole(share.weight for share in shares),
            provider=_whole(places[share.provider] for share in shares),
            claim_cap=_whole(_cap(share.claim_cap) for share in shares),
            aggregate_cap=_whole(_cap(share.aggregate_cap) for share in shares),
            limit=_whole(_cap(provider.limit) for provider in self.providers),
            recovery_parts=_whole(provider.recovery_parts for provider in self.providers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StackUse:
    """What claims have used so far: by layer and party, and by party, in minor units."""

    by_share: Mapping[tuple[int, str], Cash] = field(default_factory=dict)
    by_provider: Mapping[str, Cash] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePaid:
    """What one party owed and paid on one claim.

    Attributes
    ----------
    due
        Its share before any cap. [minor unit]
    paid
        [minor unit]
    because
        Every reason for paying less, in the order in which they bit.
    """

    order: int
    provider: str
    due: Cash
    paid: Cash
    lag_months: int
    because: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPaid:
    """What reached a layer, what it kept back, what it paid and what it left, in minor units."""

    order: int
    reached: Cash
    deductible: Cash
    paid: Cash
    left: Cash


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimShares:
    """One claim, shared: loss = deductible + paid + retained, to the minor unit.

    Attributes
    ----------
    deductible, retained
        Borne by the holder: kept back by the layers; not paid by anybody. [minor unit]
    used
        State of the caps after this claim.
    """

    loss: Cash
    holder: str
    lines: tuple[SharePaid, ...]
    layers: tuple[LayerPaid, ...]
    deductible: Cash
    retained: Cash
    used: StackUse

    @property
    def paid(self) -> dict[str, Cash]:
        """What each party paid, by its id, in minor units."""
        total: dict[str, Cash] = {}
        for line in self.lines:
            total[line.provider] = total.get(line.provider, 0) + line.paid
        return dict(sorted(total.items()))

    @property
    def borne(self) -> dict[str, Cash]:
        """What each party and the holder bear in the end, in minor units."""
        total = self.paid
        own = self.deductible + self.retained
        return {**total, self.holder: total.get(self.holder, 0) + own}

    def share_recovery(self, recovery: Cash) -> dict[str, Cash]:
        """Give a later recovery back in the ratio in which the loss was borne.

        Parameters
        ----------
        recovery
            At most the loss. [minor unit]
        """
        if not 0 <= recovery <= self.loss:
            raise InputError([_problem("recovery", recovery, _RECOVERY)])
        if recovery == 0:
            return dict.fromkeys(self.borne, 0)
        return split_by_weights(recovery, self.borne)


def split_by_weights(total: Cash, weights: Mapping[str, int]) -> dict[str, Cash]:
    """Split an amount by whole weights: largest remainders first, ties by id.

    Parameters
    ----------
    total
        Not negative. [minor unit]
    weights
        By id, whole, not all zero.

    Examples
    --------
    >>> split_by_weights(100, {"c": 1, "b": 1, "a": 1})
    {'c': 33, 'b': 33, 'a': 34}
    """
    whole = sum(weights.values())
    floors = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(floors.values())
    first = sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))[:left]
    return {name: floor + (name in first) for name, floor in floors.items()}


def shared_by_weights(
    weights: Mapping[str, int],
    *,
    holder: str = "bank",
    kinds: Mapping[str, ProviderKind] | None = None,
) -> LossSharingStack:
    """Return a stack of one layer; an id that names a kind of party is one."""
    named = {str(kind): kind for kind in ProviderKind} | dict(kinds or {})
    return LossSharingStack(
        providers=tuple(
            Provider(id=name, kind=named.get(name, ProviderKind.OTHER)) for name in weights
        ),
        layers=(
            Layer(
                order=1,
                shares=tuple(Share(provider=name, weight=each) for name, each in weights.items()),
            ),
        ),
        holder=holder,
    )


def _share(
    stack: LossSharingStack, loss: Cash, used: StackUse, defaulted: frozenset[str]
) -> ClaimShares:
    if not 0 <= loss <= LARGEST_LOSS:
        raise InputError([_problem("loss", loss, _LOSS)])
    by_share, by_provider = dict(used.by_share), dict(used.by_provider)
    kept, left = 0, loss
    lines: list[SharePaid] = []
    layers: list[LayerPaid] = []
    for layer in stack.layers:
        if layer.covers is Covers.ALL_UNBORNE:
            kept, left = 0, left + kept
        reached, first = left, _deductible(layer, left)
        kept, left = kept + first, left - first
        dues = split_by_weights(left, {share.provider: share.weight for share in layer.shares})
        for share in layer.shares:
            who, key = stack.provider(share.provider), (layer.order, share.provider)
            line = _pay(
                layer,
                share,
                who,
                due=dues[share.provider],
                used=by_share.get(key, 0),
                used_in_all=by_provider.get(who.id, 0),
                is_defaulted=who.default_group in defaulted,
            )
            lines.append(line)
            by_share[key] = by_share.get(key, 0) + line.paid
            by_provider[who.id] = by_provider.get(who.id, 0) + line.paid
            left -= line.paid
        paid = reached - first - left
        layers.append(
            LayerPaid(order=layer.order, reached=reached, deductible=first, paid=paid, left=left)
        )
    return ClaimShares(
        loss=loss,
        holder=stack.holder,
        lines=tuple(lines),
        layers=tuple(layers),
        deductible=kept,
        retained=left,
        used=StackUse(by_share=by_share, by_provider=by_provider),
    )


def _deductible(layer: Layer, reached: Cash) -> Cash:
    part = (reached * layer.deductible_parts + MILLION // 2) // MILLION
    return min(reached, max(layer.deductible, part))


def _pay(
    layer: Layer,
    share: Share,
    who: Provider,
    *,
    due: Cash,
    used: Cash,
    used_in_all: Cash,
    is_defaulted: bool,
) -> SharePaid:
    bounds = (
        (Shortfall.CLAIM_CAP, share.claim_cap, 0),
        (Shortfall.AGGREGATE_CAP, share.aggregate_cap, used),
        (Shortfall.LIMIT, who.limit, used_in_all),
    )
    pays, because = due, []
    for reason, cap, already in bounds:
        if cap is not None and cap - already < pays:
            pays = cap - already
            because.append(reason)
    if is_defaulted and pays > 0:
        pays = (pays * who.recovery_parts + MILLION // 2) // MILLION
        because.append(Shortfall.DEFAULT)
    return SharePaid(
        order=layer.order,
        provider=share.provider,
        due=due,
        paid=pays,
        lag_months=share.lag_months,
        because=tuple(because),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioShares:
    """One claim in each of many scenarios.

    Attributes
    ----------
    paid
        By share in the order of the stack's arrays, shape (n_scenarios, n_shares). [minor unit]
    deductible, retained
        Shape (n_scenarios,). [minor unit]
    """

    paid: IntArray
    deductible: IntArray
    retained: IntArray


def share_losses(
    stack: StackArrays,
    losses: IntArray,
    *,
    used: IntArray,
    provider_used: IntArray,
    defaulted: BoolArray,
) -> ScenarioShares:
    """Pay one claim in each scenario; the same whole numbers as `LossSharingStack.share`.

    Parameters
    ----------
    stack
        From `LossSharingStack.arrays`.
    losses
        Shape (n_scenarios,). [minor unit]
    used, provider_used
        What earlier claims used, shapes (n_scenarios, n_shares) and (n_scenarios, n_providers);
        both grow by what this claim uses. [minor unit]
    defaulted
        Shape (n_scenarios, n_providers).
    """
    from ipfinance.numerics.kernels.sharing import share_claims

    paid = np.zeros((len(losses), len(stack.weight)), dtype=np.int64)
    kept, left = np.zeros(len(losses), dtype=np.int64), np.zeros(len(losses), dtype=np.int64)

    def run(rows: slice) -> None:
        share_claims(
            losses[rows],
            *stack,
            defaulted[rows],
            used[rows],
            provider_used[rows],
            paid[rows],
            kept[rows],
            left[rows],
        )

    in_chunks(run, len(losses))
    return ScenarioShares(paid=paid, deductible=kept, retained=left)


def parts(rate: float) -> int:
    """Return a rate from 0 to 1 in millionths, half up.

    Examples
    --------
    >>> parts(0.1)
    100000
    """
    return rounded(Decimal(repr(rate)) * MILLION)


def _cap(cap: Cash | None) -> int:
    return NO_CAP if cap is None else cap


def _whole(numbers: Iterable[int]) -> IntArray:
    return np.array(list(numbers), dtype=np.int64)


def _provider_problems(providers: Sequence[Provider]) -> list[Problem]:
    problems = []
    names = [provider.id for provider in providers]
    for place, provider in enumerate(providers):
        where = f"providers[{place}]"
        if names.count(provider.id) > 1:
            problems.append(_problem(f"{where}.id", provider.id, _TWICE))
        if provider.limit is not None and not 0 <= provider.limit <= LARGEST_LOSS:
            problems.append(_problem(f"{where}.limit", provider.limit, _LOSS))
        if not 0 <= provider.recovery_parts <= MILLION:
            problems.append(_problem(f"{where}.recovery_parts", provider.recovery_parts, _PARTS))
        if not 0 <= provider.hazard < float("inf"):
            problems.append(_problem(f"{where}.hazard", provider.hazard, _NOT_NEGATIVE))
        if not -1 < provider.loading < 1:
            problems.append(_problem(f"{where}.loading", provider.loading, _LOADING))
    return problems


def _share_problems(where: str, share: Share) -> list[Problem]:
    problems = []
    if share.weight < 1:
        problems.append(_problem(f"{where}.weight", share.weight, _WEIGHT))
    for name in ("claim_cap", "aggregate_cap"):
        cap = getattr(share, name)
        if cap is not None and not 0 <= cap <= LARGEST_LOSS:
            problems.append(_problem(f"{where}.{name}", cap, _LOSS))
    if share.lag_months < 0:
        problems.append(_problem(f"{where}.lag_months", share.lag_months, _NOT_NEGATIVE))
    return problems


def _problem(where: str, found: object, allowed: Text) -> Problem:
    return Problem(field=where, found=found, allowed=allowed)


def _known(names: Collection[str]) -> Text:
    shown = ", ".join(sorted(names))
    return Text(f"expected the id of a provider: {shown}", f"应为某一承担方的编号：{shown}")


_ORDER = Text("each layer needs an order of its own", "各层的顺序不得重复")
_NOT_NEGATIVE = Text("expected a number of at least 0", "应为不小于 0 的数")
_PARTS = Text("expected a part from 0 to 1", "应为 0 至 1 的比例")
_NO_SHARES = Text("expected at least one share", "至少应有一个分担方")
_WEIGHTS = Text(
    "the weights of a layer sum to at most 1,000,000,000", "一层的权重合计不得超过 10 亿"
)
_TWICE = Text("this party stands twice", "该主体重复")
_WEIGHT = Text("expected a whole number of at least 1", "应为不小于 1 的整数")
_LOSS = Text("expected an amount from 0 to 2^60 minor units", "应为 0 至 2^60 最小货币单位的金额")
_LOADING = Text("expected a number above -1 and below 1", "应为大于 -1 且小于 1 的数")
_RECOVERY = Text("expected an amount from 0 to the loss", "应为 0 至损失额之间的金额")
