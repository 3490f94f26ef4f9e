"""Arrays in, arrays out: discounting, ranges, lattices, closed forms. Knows no patents."""

from __future__ import annotations

from ipfinance.numerics._claims import FINE as FINE
from ipfinance.numerics._claims import QUICK as QUICK
from ipfinance.numerics._claims import STANDARD as STANDARD
from ipfinance.numerics._claims import Accuracy as Accuracy
from ipfinance.numerics._claims import claim_values as claim_values
from ipfinance.numerics._claims import lattice_values as lattice_values
from ipfinance.numerics._closed_form import PAYOFF_NAMES as PAYOFF_NAMES
from ipfinance.numerics._closed_form import Payoff as Payoff
from ipfinance.numerics._closed_form import black_scholes as black_scholes
from ipfinance.numerics._closed_form import normal_cdf as normal_cdf
from ipfinance.numerics._discounting import BOUNDS_NAMES as BOUNDS_NAMES
from ipfinance.numerics._discounting import FRACTIONAL_YEAR_NAMES as FRACTIONAL_YEAR_NAMES
from ipfinance.numerics._discounting import TIMING_NAMES as TIMING_NAMES
from ipfinance.numerics._discounting import Bounds as Bounds
from ipfinance.numerics._discounting import Extremum as Extremum
from ipfinance.numerics._discounting import FractionalYear as FractionalYear
from ipfinance.numerics._discounting import PresentValueRange as PresentValueRange
from ipfinance.numerics._discounting import Timing as Timing
from ipfinance.numerics._discounting import discount_factors as discount_factors
from ipfinance.numerics._discounting import exponential_roots as exponential_roots
from ipfinance.numerics._discounting import present_value as present_value
from ipfinance.numerics._discounting import present_value_range as present_value_range
from ipfinance.numerics._discounting import receipts as receipts
from ipfinance.numerics._discounting import stationary_rates as stationary_rates
from ipfinance.numerics._discounting import years_needed as years_needed
from ipfinance.numerics._lattice import LARGEST_EXPONENT as LARGEST_EXPONENT
from ipfinance.numerics._lattice import Step as Step
from ipfinance.numerics._lattice import StretchBounds as StretchBounds
from ipfinance.numerics._lattice import asset_nodes as asset_nodes
from ipfinance.numerics._lattice import lognormal_moments as lognormal_moments
from ipfinance.numerics._lattice import matched_step as matched_step
from ipfinance.numerics._lattice import roll_back as roll_back
from ipfinance.numerics._lattice import stretch_bounds as stretch_bounds
from ipfinance.numerics._lattice import up_factor as up_factor
from ipfinance.numerics._portfolio import shortfall_probability as shortfall_probability
from ipfinance.numerics._roots import bracketed_root as bracketed_root
from ipfinance.numerics._roots import grid_roots as grid_roots
from ipfinance.numerics._statistics import annualised_volatility as annualised_volatility
from ipfinance.numerics._types import BoolArray as BoolArray
from ipfinance.numerics._types import FloatArray as FloatArray
from ipfinance.numerics._types import IntArray as IntArray
