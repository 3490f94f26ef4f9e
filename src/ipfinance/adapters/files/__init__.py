"""Files in: cases, indicator systems and tables, parsed once with every fault and its line."""

from __future__ import annotations

from ipfinance.adapters.files._case import located as located
from ipfinance.adapters.files._case import packaged_system as packaged_system
from ipfinance.adapters.files._case import packaged_systems as packaged_systems
from ipfinance.adapters.files._case import read_case as read_case
from ipfinance.adapters.files._case import read_inputs as read_inputs
from ipfinance.adapters.files._case import read_system as read_system
from ipfinance.adapters.files._credit import located_pledge as located_pledge
from ipfinance.adapters.files._credit import read_book as read_book
from ipfinance.adapters.files._credit import read_fund as read_fund
from ipfinance.adapters.files._credit import read_pledge as read_pledge
from ipfinance.adapters.files._credit import valuation_path as valuation_path
from ipfinance.adapters.files._csv import Answers as Answers
from ipfinance.adapters.files._csv import read_answers as read_answers
from ipfinance.adapters.files._csv import read_judgements as read_judgements
from ipfinance.adapters.files._csv import read_matrix as read_matrix
from ipfinance.adapters.files._deal import deal_model as deal_model
from ipfinance.adapters.files._deal import read_deal as read_deal
from ipfinance.adapters.files._deal_tables import flat_table_bytes as flat_table_bytes
from ipfinance.adapters.files._evaluation import located_evaluation as located_evaluation
from ipfinance.adapters.files._evaluation import read_evaluation as read_evaluation
from ipfinance.adapters.files._evaluation_csv import read_cohort_rows as read_cohort_rows
from ipfinance.adapters.files._evaluation_csv import read_risks as read_risks
from ipfinance.adapters.files._evaluation_csv import read_score_table as read_score_table
from ipfinance.adapters.files._evaluation_models import EvaluationFile as EvaluationFile
from ipfinance.adapters.files._schemas import schemas as schemas
from ipfinance.adapters.files._watch import read_watch as read_watch
