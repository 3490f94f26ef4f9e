"""What markets say: Tobin's q panels, event studies, patent-grant values, hedonic models."""

from __future__ import annotations

from ipfinance.evidence._conventions import CONVENTION_NAMES as CONVENTION_NAMES
from ipfinance.evidence._conventions import CONVENTIONS as CONVENTIONS
from ipfinance.evidence._conventions import ERRORS_NAMES as ERRORS_NAMES
from ipfinance.evidence._conventions import Convention as Convention
from ipfinance.evidence._conventions import Errors as Errors
from ipfinance.evidence._conventions import GroupFactor as GroupFactor
from ipfinance.evidence._conventions import NestedEffects as NestedEffects
from ipfinance.evidence._conventions import SmallSample as SmallSample
from ipfinance.evidence._formula import Formula as Formula
from ipfinance.evidence._formula import parse_formula as parse_formula
from ipfinance.evidence._linear import effect_levels as effect_levels
from ipfinance.evidence._linear import fit_linear as fit_linear
from ipfinance.evidence._linear import with_errors as with_errors
from ipfinance.evidence._panel_models import TestStatistic as TestStatistic
from ipfinance.evidence._panel_models import effects_test as effects_test
from ipfinance.evidence._panel_models import fit_between as fit_between
from ipfinance.evidence._panel_models import fit_fama_macbeth as fit_fama_macbeth
from ipfinance.evidence._panel_models import fit_random as fit_random
from ipfinance.evidence._panel_models import hausman_test as hausman_test
from ipfinance.evidence._panel_models import wald_test as wald_test
from ipfinance.evidence._poisson import fit_poisson as fit_poisson
from ipfinance.evidence._regression import ENGINE as ENGINE
from ipfinance.evidence._regression import ESTIMATOR_NAMES as ESTIMATOR_NAMES
from ipfinance.evidence._regression import Estimator as Estimator
from ipfinance.evidence._regression import Family as Family
from ipfinance.evidence._regression import Goodness as Goodness
from ipfinance.evidence._regression import Regression as Regression
from ipfinance.evidence._request import Estimated as Estimated
from ipfinance.evidence._request import RegressionRequest as RegressionRequest
from ipfinance.evidence._request import columns_of as columns_of
from ipfinance.evidence._request import estimate as estimate
from ipfinance.evidence._sample import MISSING_POLICY_NAMES as MISSING_POLICY_NAMES
from ipfinance.evidence._sample import Exclusions as Exclusions
from ipfinance.evidence._sample import MissingPolicy as MissingPolicy
from ipfinance.evidence._sample import Sample as Sample
from ipfinance.evidence._sample import grouping as grouping
from ipfinance.evidence._sample import sample as sample
from ipfinance.evidence._wild import WildTest as WildTest
from ipfinance.evidence._wild import WildWeights as WildWeights
from ipfinance.evidence._wild import wild_bootstrap as wild_bootstrap
from ipfinance.evidence._winsor import Winsorising as Winsorising
from ipfinance.evidence._winsor import winsorised as winsorised
