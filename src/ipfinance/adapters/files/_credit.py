"""Files of the credit room to the objects of the core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.numbers import is_currency

from ipfinance.adapters.files._case import with_lines
from ipfinance.adapters.files._credit_models import STATED, BookFile, FundFile, PledgeFile
from ipfinance.adapters.files._errors import validated
from ipfinance.adapters.files._tables import read_raw, read_table
from ipfinance.adapters.files._yaml import Parsed, read_yaml, shown_path
from ipfinance.assets import AssetKind
from ipfinance.basics import (
    Cash,
    InputError,
    IpfinanceError,
    MinorUnit,
    MoneyUnit,
    Problem,
    Text,
    currency_problem,
    rounded,
)
from ipfinance.credit import (
    DIMENSIONS,
    NUMBERS,
    Authority,
    BookCase,
    BookModel,
    Borrower,
    Charges,
    CheckKind,
    CollateralRisk,
    Covers,
    DefaultCurve,
    Fact,
    FundCase,
    FundLoans,
    Layer,
    LendingFigure,
    LendingPolicy,
    Loadings,
    LoanRequest,
    LossSharingStack,
    LtvBand,
    MacroScenario,
    PledgeCase,
    PolicyException,
    PricingTerms,
    Provider,
    ProviderKind,
    Repayment,
    SaleTerms,
    Share,
    StageRules,
    Stress,
    SubsidyScheme,
    SubsidyTier,
    ValueBasis,
    book_loans,
    constant_hazard,
    curve_from_probabilities,
    curve_from_spreads,
    curve_from_transitions,
    parts,
)
from ipfinance.market import ColumnKind

Minor = Callable[[float], Cash]


def read_pledge(path: Path, unit: MoneyUnit) -> PledgeCase:
    """Read a pledge file; amounts are in the unit of its valuation case."""
    parsed = read_yaml(path)
    model = validated(PledgeFile, parsed)
    minor = minor_of(unit)
    try:
        return _pledge(model, parsed, minor)
    except InputError as error:
        raise InputError(with_lines(error, parsed)) from error


def read_fund(path: Path) -> FundCase:
    """Read a fund file."""
    parsed = read_yaml(path)
    model = validated(FundFile, parsed)
    unit = unit_of(model, parsed)
    minor = minor_of(unit)
    try:
        stack = stack_of(model.loss_sharing, minor)
    except InputError as error:
        raise InputError(with_lines(error, parsed)) from error
    fund, loans = model.fund, model.loans
    return FundCase(
        id=model.id,
        title=text_of(model.title),
        status=model.status,
        unit=unit,
        size=minor(fund.size),
        size_source=text_of(fund.source),
        provider=fund.provider,
        stack=stack,
        stack_source=text_of(model.loss_sharing.source),
        loans=FundLoans(
            count=loans.count,
            amount=minor(loans.amount),
            default_probability=loans.default_probability,
            loss_given_default=loans.loss_given_default,
            correlation=loans.correlation,
            source=text_of(loans.source),
        ),
        target=model.target,
        years=model.years,
        contribution=minor(fund.contribution),
        interest_rate=fund.interest_rate,
        recovery=fund.recovery,
        recovery_lag=fund.recovery_lag,
        persistence=model.persistence,
        scenarios=model.scenarios,
        seed=model.seed,
        notes=tuple(text_of(item) for item in model.notes),
    )


def read_book(path: Path) -> BookCase:
    """Read a book file and its table of loans."""
    parsed = read_yaml(path)
    model = validated(BookFile, parsed)
    unit = unit_of(model, parsed)
    minor = minor_of(unit)
    stacks = {}
    for name, item in model.schemes.items():
        try:
            stacks[name] = stack_of(item, minor)
        except InputError as error:
            moved = [
                replace(p, field=p.field.replace("loss_sharing", f"schemes.{name}", 1))
                for p in error.problems
            ]
            raise InputError(with_lines(InputError(moved), parsed)) from error
    table = read_table(path.parent / model.loans, _loan_columns(path.parent / model.loans))
    kind = model.model
    return BookCase(
        id=model.id,
        title=text_of(model.title),
        status=model.status,
        unit=unit,
        dated_on=model.dated_on,
        loans=book_loans(table, unit, model.defaults),
        sale=SaleTerms(**model.sale.model_dump()),
        model=BookModel(**{**kind.model_dump(exclude={"source"}), "source": text_of(kind.source)}),
        stages=StageRules(
            **{
                **model.stages.model_dump(exclude={"source"}),
                "source": text_of(model.stages.source),
            }
        ),
        schemes=stacks,
        limits=model.limits,
        macro=tuple(
            MacroScenario(**{**item.model_dump(exclude={"name"}), "name": text_of(item.name)})
            for item in model.macro
        ),
        stresses=tuple(
            Stress(
                **{
                    **item.model_dump(exclude={"name", "where"}),
                    "name": text_of(item.name),
                    "where": {key: tuple(levels) for key, levels in item.where.items()},
                }
            )
            for item in model.stresses
        ),
        horizon=model.horizon_years,
        scenarios=model.scenarios,
        stress_scenarios=model.stress_scenarios,
        seed=model.seed,
        notes=tuple(text_of(item) for item in model.notes),
    )


def _loan_columns(path: Path) -> dict[str, ColumnKind]:
    """Say what the columns of a table of loans hold, those that it has."""
    present = set(read_raw(path).frame.columns)
    known = dict.fromkeys(NUMBERS, ColumnKind.NUMBER)
    known |= dict.fromkeys(("id", "scheme", *DIMENSIONS), ColumnKind.TEXT)
    needed = {"id", "balance", "pd", "value"}
    return {name: kind for name, kind in known.items() if name in present | needed}


def unit_of(model: Any, parsed: Parsed) -> MoneyUnit:
    """Return the unit of a file that states currency and unit."""
    if not is_currency(model.currency, "en"):
        problem = currency_problem("currency", model.currency)
        raise InputError([_problem(parsed, ("currency",), problem.found, problem.allowed)])
    return MoneyUnit(model.unit, model.currency)


def valuation_path(path: Path) -> Path:
    """Return the path of the valuation case that a pledge file names."""
    model = validated(PledgeFile, read_yaml(path))
    return path.parent / str(model.valuation)


def located_pledge(path: Path, error: IpfinanceError) -> IpfinanceError:
    """Give an error about a field of a file of this room its line."""
    if not isinstance(error, InputError):
        return error
    return InputError(with_lines(error, read_yaml(path)))


def text_of(value: Any) -> Text:
    """Return a text of a file; either language serves for both when alone."""
    if isinstance(value, str):
        return Text(value, value)
    return Text(value.en or value.zh, value.zh or value.en)


def minor_of(unit: MoneyUnit) -> Minor:
    """Return what turns printed numbers into whole minor units."""
    exponent = MinorUnit.of(unit.currency).exponent

    def minor(number: float) -> Cash:
        return rounded(Decimal(repr(float(number))) * unit.size * 10**exponent)

    return minor


def _pledge(model: Any, parsed: Parsed, minor: Minor) -> PledgeCase:
    enforce = model.enforceability
    _check_facts(model, parsed)
    return PledgeCase(
        id=model.id,
        title=text_of(model.title),
        status=model.status,
        decided_on=model.decided_on,
        policy=_policy(model.policy),
        borrower=_borrower(model.borrower, parsed),
        request=LoanRequest(
            amount=model.loan.amount,
            rate=model.loan.rate,
            months=model.loan.months,
            every_months=model.loan.every_months,
            repayment=Repayment(model.loan.repayment),
        ),
        collateral=_collateral(model.collateral, parsed),
        grade=model.marketability.grade,
        grade_reason=text_of(model.marketability.reason),
        facts={
            CheckKind(kind): Fact(holds=fact.holds, evidence=text_of(fact.evidence))
            for kind, fact in enforce.checks.items()
        },
        fees_paid_until=enforce.fees_paid_until,
        expires_on=enforce.expires_on,
        valued_on=enforce.valued_on,
        stack=None if model.loss_sharing is None else stack_of(model.loss_sharing, minor),
        stack_source=text_of("" if model.loss_sharing is None else model.loss_sharing.source),
        charges=Charges(
            upfront=minor(model.charges.upfront), yearly_rate=model.charges.yearly_rate
        ),
        subsidy=None if model.subsidy is None else subsidy_of(model.subsidy, minor),
        approver=text_of(model.approval.approver),
        approver_role=model.approval.role,
        exceptions=tuple(
            PolicyException(
                rule=item.rule, reason=text_of(item.reason), approver=text_of(item.approver)
            )
            for item in model.approval.exceptions
        ),
        notes=tuple(text_of(item) for item in model.notes),
        scenarios=model.scenarios,
        seed=model.seed,
    )


def _check_facts(model: Any, parsed: Parsed) -> None:
    problems = []
    for kind in model.enforceability.checks:
        if kind not in STATED:
            allowed = Text(
                f"this follows from dates; state one of: {', '.join(STATED)}",
                f"该项由日期推出；可填写：{'、'.join(STATED)}",
            )
            path = ("enforceability", "checks", kind)
            problems.append(_problem(parsed, path, kind, allowed))
    known = {*(str(kind) for kind in CheckKind), "ltv", "loss_target"}
    for place, item in enumerate(model.approval.exceptions):
        if item.rule not in known:
            allowed = Text(
                f"expected one of: {', '.join(sorted(known))}",
                f"应为以下之一：{', '.join(sorted(known))}",
            )
            path_ = ("approval", "exceptions", place, "rule")
            problems.append(_problem(parsed, path_, item.rule, allowed))
    if model.policy.lending_basis not in model.policy.bases:
        names = ", ".join(model.policy.bases)
        allowed = Text(f"expected one of the bases: {names}", f"应为已列出的基础之一：{names}")
        path__ = ("policy", "lending_basis")
        problems.append(_problem(parsed, path__, model.policy.lending_basis, allowed))
    if problems:
        raise InputError(problems)


def _problem(parsed: Parsed, path: tuple[str | int, ...], found: object, allowed: Text) -> Problem:
    line = parsed.line(path)
    return Problem(
        field=shown_path(path), found=found, allowed=allowed, file=parsed.file, line=line
    )


def _policy(model: Any) -> LendingPolicy:
    blocking = list(CheckKind) if model.blocking is None else map(CheckKind, model.blocking)
    return LendingPolicy(
        id=model.id,
        source=text_of(model.source),
        is_example=model.example,
        figure=LendingFigure(model.lend_against),
        bases={
            ValueBasis(name): SaleTerms(**terms.model_dump()) for name, terms in model.bases.items()
        },
        basis=ValueBasis(model.lending_basis),
        marketability=model.marketability,
        bands=tuple(
            LtvBand(
                ltv=band.ltv,
                kind=None if band.kind is None else AssetKind(band.kind),
                grade=band.grade,
            )
            for band in model.ltv_bands
        ),
        pricing=PricingTerms(**model.pricing.model_dump()),
        loss_target=model.loss_target,
        term_margin_months=model.term_margin_months,
        valuation_months=model.valuation_months,
        blocking=frozenset(blocking),
        smallest=model.smallest_loan,
        step=model.step,
        authorities=tuple(
            Authority(role=item.role, up_to=item.up_to) for item in model.authorities
        ),
    )


def _borrower(model: Any, parsed: Parsed) -> Borrower:
    return Borrower(
        id=model.id,
        name=model.name,
        curve=_curve(model, parsed),
        curve_source=text_of(model.default.source),
        group=model.group,
        sector=model.sector,
        region=model.region,
        grade=model.grade,
        other_recovery=model.other_recovery.value,
        other_recovery_source=text_of(model.other_recovery.source),
    )


def _curve(model: Any, parsed: Parsed) -> DefaultCurve:
    ways = {
        name: getattr(model.default, name)
        for name in ("hazard", "table", "transitions", "spreads")
        if getattr(model.default, name) is not None
    }
    if len(ways) != 1:
        shown = ", ".join(ways) or None
        raise InputError([_problem(parsed, ("borrower", "default"), shown, _ONE_WAY)])
    ((name, way),) = ways.items()
    try:
        match name:
            case "hazard":
                return constant_hazard(way)
            case "table":
                return _from_table(way, model.grade, parsed)
            case "transitions":
                return curve_from_transitions(way.grades, way.rows, model.grade, years=way.years)
            case _:
                return _from_spreads(way, parsed)
    except InputError as error:
        raise InputError(
            problem
            if problem.file
            else _problem(parsed, ("borrower", "default", name), problem.found, problem.allowed)
            for problem in error.problems
        ) from error


def _from_table(way: Any, grade: str, parsed: Parsed) -> DefaultCurve:
    if grade not in way.grades:
        shown = ", ".join(way.grades)
        allowed = Text(f"expected a grade of the table: {shown}", f"应为表中的等级：{shown}")
        raise InputError([_problem(parsed, ("borrower", "grade"), grade, allowed)])
    return curve_from_probabilities(way.years, way.grades[grade])


def _from_spreads(way: Any, parsed: Parsed) -> DefaultCurve:
    if len(way.years) != len(way.spreads):
        path = ("borrower", "default", "spreads", "spreads")
        raise InputError([_problem(parsed, path, len(way.spreads), _LENGTHS)])
    return curve_from_spreads(way.years, way.spreads, recovery=way.recovery, rate=way.rate)


def _collateral(model: Any, parsed: Parsed) -> CollateralRisk:
    profile: tuple[tuple[float, float], ...] = ()
    if model.profile is not None:
        years, shares = model.profile.years, model.profile.shares
        ascending = all(a < b for a, b in pairwise(years))
        if len(years) != len(shares) or not ascending or years[0] != 0 or shares[0] != 1:
            path = ("collateral", "profile")
            raise InputError([_problem(parsed, path, None, _PROFILE)])
        profile = tuple(zip(years, shares, strict=True))
    loadings = model.loadings
    return CollateralRisk(
        volatility=model.volatility.value,
        volatility_source=text_of(model.volatility.source),
        hazard=model.ruin_hazard.value,
        hazard_source=text_of(model.ruin_hazard.source),
        growth=model.growth.value,
        profile=profile,
        profile_source=text_of("" if model.profile is None else model.profile.source),
        loadings=Loadings(borrower=loadings.borrower, ruin=loadings.ruin, value=loadings.value),
    )


def stack_of(model: Any, minor: Minor) -> LossSharingStack:
    """Return the loss-sharing stack of a file."""

    def cap(number: float | None) -> Cash | None:
        return None if number is None else minor(number)

    try:
        return _stack(model, minor, cap)
    except InputError as error:
        raise InputError(
            replace(problem, field=f"loss_sharing.{problem.field}") for problem in error.problems
        ) from error


def _stack(
    model: Any, minor: Minor, cap: Callable[[float | None], Cash | None]
) -> LossSharingStack:
    return LossSharingStack(
        providers=tuple(
            Provider(
                id=item.id,
                kind=ProviderKind(item.kind),
                name=text_of(item.name),
                group=item.group,
                limit=cap(item.limit),
                recovery_parts=parts(item.recovery),
                hazard=item.hazard,
                loading=item.loading,
            )
            for item in model.providers
        ),
        layers=tuple(
            Layer(
                order=item.order,
                name=text_of(item.name),
                shares=tuple(
                    Share(
                        provider=share.provider,
                        weight=share.weight,
                        claim_cap=cap(share.claim_cap),
                        aggregate_cap=cap(share.aggregate_cap),
                        lag_months=share.lag_months,
                    )
                    for share in item.shares
                ),
                deductible=minor(item.deductible),
                deductible_parts=parts(item.deductible_share),
                covers=Covers(item.covers),
            )
            for item in model.layers
        ),
        holder=model.holder,
    )


def subsidy_of(model: Any, minor: Minor) -> SubsidyScheme:
    """Return the interest subsidy of a file."""
    return SubsidyScheme(
        id=model.id,
        source=text_of(model.source),
        tiers=tuple(
            SubsidyTier(share=tier.share, up_to=None if tier.up_to is None else minor(tier.up_to))
            for tier in model.tiers
        ),
        yearly_cap=None if model.yearly_cap is None else minor(model.yearly_cap),
        years=model.years,
        covers_charges=model.covers_charges,
    )


_ONE_WAY = Text(
    "expected exactly one of: hazard, table, transitions, spreads",
    "应恰好给出其一：hazard、table、transitions、spreads",
)
_LENGTHS = Text("expected one spread for each year", "每个年限应有一个利差")
_PROFILE = Text(
    "expected ascending years from 0 and one share for each, the first 1",
    "年限应自 0 起升序，每年一个比例，且首个为 1",
)
