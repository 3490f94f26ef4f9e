"""Whether items measure one thing or several: a check that says when it cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ipfinance.numerics import FloatArray

N_DRAWS = 1_000
SEED = 19_650_601
PERCENTILE = 95.0
FEWEST_ITEMS = 3
FEWEST_SUBJECTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensionality:
    """Eigenvalues of the correlations of items beside those of noise.

    Attributes
    ----------
    eigenvalues
        Of the correlation matrix, largest first, summing to the number of items. [1]
    reference
        The 95 % points of the same eigenvalues when the items are independent normal numbers. [1]
    n_dimensions
        How many leading eigenvalues exceed their reference.
    adequacy, adequacy_by_item
        Kaiser-Meyer-Olkin measure of sampling adequacy; None where there are not more subjects
        than items, because the matrix cannot be inverted. [1]
    bartlett, degrees, p_value
        Bartlett's test that the items are uncorrelated; None likewise.
    """

    eigenvalues: tuple[float, ...]
    reference: tuple[float, ...]
    n_dimensions: int
    adequacy: float | None
    adequacy_by_item: tuple[float, ...] | None
    bartlett: float | None
    degrees: int
    p_value: float | None
    n_subjects: int
    n_items: int


def dimensionality(scores: FloatArray) -> Dimensionality | None:
    r"""Compare the eigenvalues of items' correlations with those of noise.

    Parameters
    ----------
    scores
        Subjects in rows, items in columns, shape (n_subjects, n_items).

    Returns
    -------
    Dimensionality or None
        None with fewer than three subjects, fewer than three items, or a constant item: then no
        correlation matrix exists that would say anything.

    Notes
    -----
    Horn's parallel analysis draws 1,000 tables of the same size from independent normals, seeded;
    a dimension counts while its eigenvalue exceeds the 95 % point of the noise. With R the
    correlation matrix and p the partial correlations from its inverse,

    .. math:: KMO = \frac{\sum r_{jk}^2}{\sum r_{jk}^2 + \sum p_{jk}^2}, \qquad
        \chi^2 = -\Bigl(n - 1 - \frac{2k + 5}{6}\Bigr)\ln |R|

    References
    ----------
    :cite:cts:`horn_1965`; :cite:cts:`kaiser_1974`; :cite:cts:`bartlett_1951`.

    Examples
    --------
    >>> one = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    >>> three = np.column_stack([one, one + np.sin(one), one - np.cos(3 * one)])
    >>> dimensionality(three).n_dimensions
    1
    """
    n, k = scores.shape
    if n < FEWEST_SUBJECTS or k < FEWEST_ITEMS or np.any(np.ptp(scores, axis=0) == 0):
        return None
    matrix = np.asarray(np.corrcoef(scores, rowvar=False), dtype=float).reshape(k, k)
    eigenvalues = np.linalg.eigvalsh(matrix)[::-1]
    reference = _noise(n, k)
    below = np.flatnonzero(eigenvalues <= reference)
    adequacy, by_item = _adequacy(matrix) if n > k else (None, None)
    bartlett, p_value = _bartlett(matrix, n) if n > k else (None, None)
    return Dimensionality(
        eigenvalues=tuple(map(float, eigenvalues)),
        reference=tuple(map(float, reference)),
        n_dimensions=int(below[0]) if len(below) else k,
        adequacy=adequacy,
        adequacy_by_item=by_item,
        bartlett=bartlett,
        degrees=k * (k - 1) // 2,
        p_value=p_value,
        n_subjects=n,
        n_items=k,
    )


def _noise(n: int, k: int) -> FloatArray:
    rng = np.random.Generator(np.random.PCG64(SEED))
    tables = rng.standard_normal((N_DRAWS, n, k))
    tables -= tables.mean(axis=1, keepdims=True)
    tables /= np.sqrt((tables**2).sum(axis=1, keepdims=True))
    drawn = np.linalg.eigvalsh(np.swapaxes(tables, 1, 2) @ tables)[:, ::-1]
    return np.asarray(np.percentile(drawn, PERCENTILE, axis=0))


def _is_singular(matrix: FloatArray) -> bool:
    return bool(np.linalg.cond(matrix) > 1e10)  # noqa: PLR2004


def _adequacy(matrix: FloatArray) -> tuple[float | None, tuple[float, ...] | None]:
    if _is_singular(matrix):
        return None, None
    inverse = np.linalg.inv(matrix)
    partial = -inverse / np.sqrt(np.outer(np.diag(inverse), np.diag(inverse)))
    off = ~np.eye(len(matrix), dtype=bool)
    plain, rest = np.where(off, matrix**2, 0.0), np.where(off, partial**2, 0.0)
    by_item = plain.sum(axis=0) / (plain.sum(axis=0) + rest.sum(axis=0))
    whole = float(plain.sum() / (plain.sum() + rest.sum()))
    return whole, tuple(map(float, by_item))


def _bartlett(matrix: FloatArray, n: int) -> tuple[float | None, float | None]:
    from scipy.special import chdtrc

    if _is_singular(matrix):
        return None, None
    k = len(matrix)
    _, log_determinant = np.linalg.slogdet(matrix)
    statistic = -(n - 1 - (2 * k + 5) / 6) * float(log_determinant)
    if statistic < 0 or not math.isfinite(statistic):
        return None, None
    return statistic, float(chdtrc(k * (k - 1) // 2, statistic))
