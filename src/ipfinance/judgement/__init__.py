"""What experts say: pairwise judgements, interval answers, indicator systems. Knows no money."""

from __future__ import annotations

from ipfinance.judgement._ahp import GROUP_RULE_NAMES as GROUP_RULE_NAMES
from ipfinance.judgement._ahp import WEIGHTS_METHOD_NAMES as WEIGHTS_METHOD_NAMES
from ipfinance.judgement._ahp import GroupRule as GroupRule
from ipfinance.judgement._ahp import PairwiseMatrix as PairwiseMatrix
from ipfinance.judgement._ahp import Priorities as Priorities
from ipfinance.judgement._ahp import RankReversal as RankReversal
from ipfinance.judgement._ahp import Revision as Revision
from ipfinance.judgement._ahp import WeightsMethod as WeightsMethod
from ipfinance.judgement._ahp import aggregated_judgements as aggregated_judgements
from ipfinance.judgement._ahp import aggregated_priorities as aggregated_priorities
from ipfinance.judgement._ahp import as_judgement as as_judgement
from ipfinance.judgement._ahp import combined_weights as combined_weights
from ipfinance.judgement._ahp import priorities as priorities
from ipfinance.judgement._ahp import rank_reversals as rank_reversals
from ipfinance.judgement._coefficient import Assessment as Assessment
from ipfinance.judgement._coefficient import BlockWeights as BlockWeights
from ipfinance.judgement._coefficient import (
    InconsistentJudgementError as InconsistentJudgementError,
)
from ipfinance.judgement._coefficient import PanelOptions as PanelOptions
from ipfinance.judgement._coefficient import assess as assess
from ipfinance.judgement._indicators import ROOT as ROOT
from ipfinance.judgement._indicators import BlockJudgement as BlockJudgement
from ipfinance.judgement._indicators import Candidate as Candidate
from ipfinance.judgement._indicators import CandidateScore as CandidateScore
from ipfinance.judgement._indicators import EvidenceRule as EvidenceRule
from ipfinance.judgement._indicators import Indicator as Indicator
from ipfinance.judgement._indicators import IndicatorSystem as IndicatorSystem
from ipfinance.judgement._indicators import SystemStatus as SystemStatus
from ipfinance.judgement._indicators import WeightSet as WeightSet
from ipfinance.judgement._indicators import candidate_scores as candidate_scores
from ipfinance.judgement._review import Survey as Survey
from ipfinance.judgement._review import SystemReview as SystemReview
from ipfinance.judgement._review import review_system as review_system
from ipfinance.judgement._review import survey as survey
from ipfinance.judgement._set_valued import CONFIDENCE_THRESHOLD as CONFIDENCE_THRESHOLD
from ipfinance.judgement._set_valued import SET_VALUED_FORM_NAMES as SET_VALUED_FORM_NAMES
from ipfinance.judgement._set_valued import UNIT_SCALE as UNIT_SCALE
from ipfinance.judgement._set_valued import IndicatorPanel as IndicatorPanel
from ipfinance.judgement._set_valued import PanelAnswer as PanelAnswer
from ipfinance.judgement._set_valued import RevisionRequest as RevisionRequest
from ipfinance.judgement._set_valued import Round as Round
from ipfinance.judgement._set_valued import SetStatistic as SetStatistic
from ipfinance.judgement._set_valued import SetValuedForm as SetValuedForm
from ipfinance.judgement._set_valued import covering_function as covering_function
from ipfinance.judgement._set_valued import default_threshold as default_threshold
from ipfinance.judgement._set_valued import indicator_panel as indicator_panel
from ipfinance.judgement._set_valued import set_statistic as set_statistic
from ipfinance.judgement._set_valued import threshold_finding as threshold_finding
