"""From a coefficient in a regression of ln q to money per patent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np

from ipfinance.basics import Text
from ipfinance.numerics import BoolArray, FloatArray


class RegressorForm(StrEnum):
    """How patents stand in the regression."""

    COUNT = "count"
    LOG1P = "log1p"
    LOG = "log"
    ASINH = "asinh"
    RATIO = "ratio"


FORM_NAMES = {
    RegressorForm.COUNT: Text("number of patents", "专利数量"),
    RegressorForm.LOG1P: Text("ln(1 + patents)", "ln(1 + 专利数)"),
    RegressorForm.LOG: Text("ln patents", "ln 专利数"),
    RegressorForm.ASINH: Text("asinh patents", "专利数的反双曲正弦"),
    RegressorForm.RATIO: Text("patents / assets", "专利数 / 总资产"),
}


def term_of(form: RegressorForm, patents: str, assets: str | None) -> str:
    """Return the term of a formula."""
    match form:
        case RegressorForm.COUNT:
            return patents
        case RegressorForm.RATIO:
            return f"I({patents}/{assets})"
        case _:
            return f"{form}({patents})"


def _slope(form: RegressorForm, patents: FloatArray, assets: FloatArray) -> FloatArray:
    """Return the derivative of the term with respect to the number of patents."""
    found: FloatArray
    match form:
        case RegressorForm.COUNT:
            found = np.ones_like(patents)
        case RegressorForm.LOG1P:
            found = 1.0 / (1.0 + patents)
        case RegressorForm.LOG:
            found = 1.0 / patents
        case RegressorForm.ASINH:
            found = 1.0 / np.sqrt(1.0 + patents**2)
        case RegressorForm.RATIO:
            found = 1.0 / assets
    return found


def _step(form: RegressorForm, patents: FloatArray, assets: FloatArray) -> FloatArray:
    """Return what the term gains when there is one more patent."""
    terms: dict[RegressorForm, Callable[[FloatArray], FloatArray]] = {
        RegressorForm.COUNT: lambda p: p,
        RegressorForm.LOG1P: np.log1p,
        RegressorForm.LOG: np.log,
        RegressorForm.ASINH: np.arcsinh,
        RegressorForm.RATIO: lambda p: p / assets,
    }
    term = terms[form]
    return term(patents + 1.0) - term(patents)


def money_per_patent(
    form: RegressorForm,
    coefficient: FloatArray | float,
    *,
    value: FloatArray | float,
    patents: FloatArray | float,
    assets: FloatArray | float = 1.0,
) -> FloatArray:
    r"""Return the marginal value of a patent, :math:`V\,\partial \ln Q/\partial P`.

    Parameters
    ----------
    form
        How patents stand in the regression of ln q.
    coefficient
        Of that term.
    value, assets
        Market value and replacement cost, V = q A. [currency]
    patents
        Number of patents.

    Returns
    -------
    FloatArray
        Money for one more patent, at the margin. [currency]

    References
    ----------
    :cite:cts:`griliches_1981`.

    Examples
    --------
    >>> float(money_per_patent(RegressorForm.COUNT, 0.02, value=1e10, patents=7.0))
    200000000.0
    """
    count, cost = np.asarray(patents, dtype=np.float64), np.asarray(assets, dtype=np.float64)
    found: FloatArray = coefficient * np.asarray(value) * _slope(form, count, cost)
    return found


def money_of_one_more(
    form: RegressorForm,
    coefficient: FloatArray | float,
    *,
    value: FloatArray | float,
    patents: FloatArray | float,
    assets: FloatArray | float = 1.0,
) -> FloatArray:
    """Return by how much the value rises when P goes to P + 1; see `money_per_patent`.

    Examples
    --------
    >>> found = money_of_one_more(RegressorForm.COUNT, 0.02, value=1e10, patents=7.0)
    >>> round(float(found), 2)
    202013400.27
    """
    count, cost = np.asarray(patents, dtype=np.float64), np.asarray(assets, dtype=np.float64)
    gain = coefficient * _step(form, count, cost)
    found: FloatArray = np.asarray(value) * np.expm1(gain)
    return found


class MoneyRule(Protocol):
    """Money per row as a function of coefficients."""

    @property
    def rows(self) -> BoolArray:
        """The rows over which money is averaged."""
        ...

    def values(self, coefficients: FloatArray) -> FloatArray:
        """Return money in each row, shape (n,)."""
        ...

    def gradients(self, coefficients: FloatArray) -> FloatArray:
        """Return its derivatives by coefficient, shape (k, n)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearRule:
    """Money that is linear in some coefficients.

    Attributes
    ----------
    places
        Of those coefficients among the k.
    factors
        What each of them is worth in each row, shape (len(places), n).
    """

    places: tuple[int, ...]
    factors: FloatArray
    rows: BoolArray

    def values(self, coefficients: FloatArray) -> FloatArray:
        """Return money in each row."""
        total = np.zeros(self.factors.shape[1])
        for place, factor in zip(self.places, self.factors, strict=True):
            total += coefficients[place] * factor
        return total

    def gradients(self, coefficients: FloatArray) -> FloatArray:
        """Return its derivatives by coefficient."""
        out = np.zeros((len(coefficients), self.factors.shape[1]))
        for place, factor in zip(self.places, self.factors, strict=True):
            out[place] += factor
        return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogSumRule:
    r"""Money in a model with :math:`\ln(1 + \sum g_j x_j)`.

    Attributes
    ----------
    places
        Of the g among the k coefficients.
    ratios
        The x, shape (len(places), n).
    changes
        Derivatives of the x by what is valued, shape (len(places), n).
    value
        Market value of each row.
    """

    places: tuple[int, ...]
    ratios: FloatArray
    changes: FloatArray
    value: FloatArray
    rows: BoolArray

    def _parts(self, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
        inside, change = np.ones_like(self.value), np.zeros_like(self.value)
        for place, x, d in zip(self.places, self.ratios, self.changes, strict=True):
            inside += coefficients[place] * x
            change += coefficients[place] * d
        return inside, change

    def values(self, coefficients: FloatArray) -> FloatArray:
        """Return money in each row."""
        inside, change = self._parts(coefficients)
        found: FloatArray = self.value * change / inside
        return found

    def gradients(self, coefficients: FloatArray) -> FloatArray:
        """Return its derivatives by coefficient."""
        inside, change = self._parts(coefficients)
        out = np.zeros((len(coefficients), len(self.value)))
        for place, x, d in zip(self.places, self.ratios, self.changes, strict=True):
            out[place] += self.value * (d / inside - change * x / inside**2)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentMoney:
    """Money over the rows of a group.

    Attributes
    ----------
    mean, median
        Over the rows.
    mean_error, median_error
        By the delta method, market values taken as known.
    """

    mean: float
    median: float
    mean_error: float
    median_error: float
    rows: int


def summary_of(rule: MoneyRule, coefficients: FloatArray, covariance: FloatArray) -> PatentMoney:
    """Return mean and median of money with their errors by the delta method.

    Examples
    --------
    >>> rule = LinearRule(places=(0,), factors=np.array([[2.0, 4.0]]), rows=np.array([True, True]))
    >>> round(summary_of(rule, np.array([0.5]), np.array([[0.01]])).mean_error, 9)
    0.3
    """
    values = rule.values(coefficients)[rule.rows]
    gradients = rule.gradients(coefficients)[:, rule.rows]
    middle = gradients[:, _middle(values)].mean(axis=1)
    return PatentMoney(
        mean=float(values.mean()),
        median=float(np.median(values)),
        mean_error=_error(gradients.mean(axis=1), covariance),
        median_error=_error(middle, covariance),
        rows=len(values),
    )


def _middle(values: FloatArray) -> Sequence[int]:
    order = np.argsort(values, kind="stable")
    half = len(values) // 2
    found: list[int] = order[half - 1 + len(values) % 2 : half + 1].tolist()
    return found


def _error(gradient: FloatArray, covariance: FloatArray) -> float:
    used = np.flatnonzero(gradient)
    total = 0.0
    for i in used.tolist():
        for j in used.tolist():
            total += gradient[i] * covariance[i, j] * gradient[j]
    return float(np.sqrt(total)) if total >= 0 else float("nan")
