"""Tolerances with a reason; cases and tests name them."""

from __future__ import annotations

FLOAT_ROUNDING = 1e-12  # relative: the same formula in another order of operations
TREE = 1e-9  # relative: an explanation recomputed from its leaves
PRINTED_4 = 5e-5  # printed to four decimals
PRINTED_2 = 5e-3  # printed to two decimals
LATTICE_1000 = 1e-4  # a 1,000-step lattice against the closed form
INTEGRAL = 2e-3  # relative to the strike: integral equation at standard accuracy, long lives
KERNEL = 1e-13  # a kernel against its own Python source
QUADRATURE = 1e-11  # relative: panels of Gauss–Legendre nodes against a closed form
FOUR_ERRORS = 4.0  # standard errors; one draw in 16,000 lies further out
