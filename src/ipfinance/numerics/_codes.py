"""Codes of the cash machine: what each place of its memory and its tables says.

A deal becomes whole numbers: registers that a run changes, and tables that it reads. Knowing
nothing of deals, the machine knows accounts and parties between whom cash is posted, items that
fall due, balances that are repaid. The names are plain numbers because compiled kernels read them.
"""

from __future__ import annotations

PARTS = 1_000_000  # thresholds and shares are parts of a million

# ---- registers: counts, first places of blocks, settings, counters
AT_ACCOUNTS = 0  # what an account is
AT_LEDGER = 1  # what accounts and parties hold
AT_ITEMS = 2
AT_NOTES = 3
AT_SUPPORTS = 4
AT_TRIGGERS = 5
AT_DONE = 6  # what each row did
AT_NOW = 7  # what the pool did
AT_BUDGETS = 8
AT_BOOKS = 9
AT_VALUES = 10  # values of amounts
AT_HISTORY = 11  # net collections and debt service by period
AT_BOUGHT = 12  # assets bought while revolving
AT_SCRATCH = 13
AT_STATES = 14  # first and last row by phase
AT_STEPS = 15
AT_DEAD = 16  # period in which each entity defaults
AT_AGES = 17  # age at which each purchase defaults
N_ACCOUNTS = 18
N_LEDGER = 19
N_ITEMS = 20
N_NOTES = 21
N_SUPPORTS = 22
N_TRIGGERS = 23
N_ROWS = 24
N_STEPS = 25
N_PERIODS = 26
N_BUDGETS = 27
SET_RATE_PARTS = 28
SET_WIDE = 29  # products may exceed 64 bits
SET_INTEREST_ACCOUNT = 30
SET_PRINCIPAL_ACCOUNT = 31
SET_REVOLVING_END = 32  # first period that does not revolve
SET_YEAR_TABLE = 33  # contract years by period
SET_PRICE = 34  # parts of balance paid for assets bought
SET_BOUGHT_TABLE = 35  # repaid part of an asset by age
SET_BOUGHT_NUMERATOR = 36  # its interest a period
SET_BOUGHT_DENOMINATOR = 37
SET_BOUGHT_RECOVERY = 38  # parts of a claim
SET_BOUGHT_LAG = 39
SET_SALE_PRICE = 40  # parts of the performing balance in a clean-up call
SET_TRACE = 41
IS_PHASE = 42
IS_SOLD = 43
IS_COLLECTED = 44  # this period's cash is in
IS_ACCRUED = 45
IS_PERIOD = 46
IS_YEAR = 47
SUM_PRINCIPAL_IN = 48  # principal proceeds since closing
SUM_PRINCIPAL_OUT = 49  # principal paid and spent on purchases
SUM_DEFAULTED = 50
SUM_LOSS = 51
N_POSTINGS = 52
N_BOUGHT = 53
IS_BROKEN = 54  # an invariant, 0 for none
BROKEN_PERIOD = 55
BROKEN_PLACE = 56
SET_BANK = 57  # party that pays interest on accounts; the pool, sharers, originator precede it
SET_PHASE_AT_WATERFALL = 58
SUM_RECOVERED = 59
AT_ROWS = 60  # the program follows the registers
AT_AMOUNTS = 61
AT_TERMS = 62
AT_TABLES = 63
AT_JOURNAL = 64
N_JOURNAL = 65  # room of the journal
N_REGISTERS = 66
HEAD = 67

# ---- blocks of registers
ACCOUNT_SCOPE = 0
ACCOUNT_TARGET = 1  # amount, or -1
ACCOUNT_OTHER_TARGET = 2  # while its trigger is tripped
ACCOUNT_TRIGGER = 3
ACCOUNT_RATE = 4  # parts a year earned on the balance
ACCOUNT_YEARS = 5  # table of year fractions: numerators, denominators follow
ACCOUNT_CARRIES = 6  # may hold cash after a waterfall
ACCOUNT_SHORT = 7  # a row found too little in it
ACCOUNT_COLUMNS = 8

LEDGER_NOW = 0
LEDGER_IN = 1
LEDGER_OUT = 2
LEDGER_OPENING = 3
LEDGER_COLUMNS = 4

ITEM_ACCRUAL = 0
ITEM_PARTY = 1
ITEM_AMOUNT = 2  # amount it is computed from
ITEM_RATES = 3  # table of rates
ITEM_YEARS = 4  # table of year fractions: numerators, denominators follow
ITEM_ARREARS_RATE = 5  # OWN_RATE, -1 none, else parts a year
ITEM_SUPPORT = 6  # whose draws it repays, or -1
ITEM_SENIOR = 7  # senior cost: taken off net collections
ITEM_SERVICE = 8  # counts as debt service
DUE_ARREARS = 9  # unpaid from earlier dates
DUE_ON_ARREARS = 10  # interest on them, this period
DUE_CURRENT = 11  # fell due this period
DUE_OPENING = 12
DUE_ACCRUED = 13
DUE_ACCRUED_ON_ARREARS = 14
DUE_PAID = 15
DUE_CAPITALISED = 16
DUE_CLOSING = 17
DUE_YEAR_PAID = 18
DUE_RECEIVABLE = 19  # of a hedge that pays us
DUE_RECEIVED = 20
ITEM_COLUMNS = 21

NOTE_ORIGINAL = 0
NOTE_LEGAL_FINAL = 1  # period
NOTE_CAPITALISES = 2  # unpaid interest becomes principal
NOTE_PARTY = 3  # who is paid principal and residual
NOTE_RATED = 4  # 0 for equity
NOTE_RANK = 5  # order of losses: 0 bears the first
BALANCE_NOW = 6
BALANCE_OPENING = 7
BALANCE_CAPITALISED = 8
BALANCE_PAID = 9
BALANCE_WRITTEN_DOWN = 10
BALANCE_WRITTEN_UP = 11
BALANCE_LOSSES = 12  # written down less written up, since closing
BALANCE_RESIDUAL = 13  # income beyond interest
BALANCE_DUE = 14  # principal that fell due by the rules of the rows
NOTE_SCHEDULE = 15  # table of target balances, or -1
NOTE_COLUMNS = 16

SUPPORT_PARTY = 0
SUPPORT_LIMIT = 1  # or -1
SUPPORT_ENTITY = 2  # whose default silences it, or -1
SUPPORT_RECOVERY = 3  # parts that a provider in default still pays
SUPPORT_CLAIM = 4  # item that is due to the provider after a draw, or -1
SUPPORT_TRIGGER = 5  # must be tripped before it can be drawn, or -1
SUPPORT_LEGAL_FINAL = 6  # principal on that date only
SUPPORT_IN_PASS = 7  # drawn after the waterfall
SUPPORT_REVOLVES = 8  # repayments restore the limit
SUPPORT_COVERS = 9  # first place of its covered rows by phase in the terms: 6 pairs follow
BACKED_DRAWN = 10
BACKED_REPAID = 11
BACKED_NOW = 12  # this period
BACKED_CALLED = 13  # this period, what was asked for
SUPPORT_COLUMNS = 14

TRIGGER_NUMERATOR = 0
TRIGGER_DENOMINATOR = 1  # amount, or -1
TRIGGER_COMPARE = 2
TRIGGER_THRESHOLDS = 3  # table
TRIGGER_BREACHES = 4
TRIGGER_CURES = 5  # 0: not curable
TRIGGER_POINT = 6
TRIGGER_STATE = 7  # or -1
TRIGGER_ENDS_REVOLVING = 8
TRIGGER_FIRST_PERIOD = 9
TESTED_BREACHES = 10
TESTED_CURES = 11
TESTED_TRIPPED = 12
TESTED_BREACHED = 13  # at the last test
TESTED_NUMERATOR = 14
TESTED_DENOMINATOR = 15
TESTED_NOW = 16  # whether it was tested this period
TRIGGER_COLUMNS = 17

DONE_BEFORE = 0  # available
DONE_DUE = 1
DONE_LIMIT = 2  # what it may pay
DONE_PAID = 3
DONE_AFTER = 4
DONE_RUN = 5
DONE_SUPPORTED = 6  # paid by supports after the waterfall
DONE_COLUMNS = 7

BOUGHT_BALANCE = 0
BOUGHT_NOW = 1
BOUGHT_PERIOD = 2
BOUGHT_CLAIM = 3
BOUGHT_COLUMNS = 4

STEP_KIND = 0
STEP_TARGET = 1
STEP_TRIGGER = 2
STEP_PARTS = 3
STEP_COLUMNS = 4
STEP_COUPON, STEP_TRAP = 0, 1

OWN_RATE = -2  # interest on arrears at the rate of the item itself

SCOPE_ALL, SCOPE_INTEREST, SCOPE_LEGAL_FINAL = 0, 1, 2

# ---- rows of waterfalls
ROW_OP = 0
ROW_TARGET = 1  # item, balance, account, support or trigger
ROW_SOURCES = 2  # first place in the terms
ROW_SOURCES_END = 3
ROW_LIMIT = 4  # amount, or -1
ROW_BUDGET = 5  # budget, or -1
ROW_ARREARS_FIRST = 6
ROW_DESTINATION = 7  # account
ROW_SPAN = 8  # rows that follow and belong to this one
ROW_BOOK = 9  # memo ledger, or -1
ROW_WEIGHT = 10  # of a split; 0 splits by what is due
ROW_AMOUNT = 11  # of a budget, a write-down
ROW_KIND = 12  # KIND_INTEREST, KIND_PRINCIPAL, KIND_OTHER: which accounts may serve it
ROW_CONDITION = 13  # kind of condition of a WHEN row
ROW_A = 14
ROW_B = 15
ROW_COLUMNS = 16
KIND_INTEREST, KIND_PRINCIPAL, KIND_OTHER = 0, 1, 2

OP_PAY = 0  # an item that is due
OP_PRINCIPAL = 1  # a balance
OP_TRANSFER = 2
OP_TOP_UP = 3
OP_RELEASE = 4
OP_TRAP = 5
OP_UNTRAP = 6
OP_WRITE_DOWN = 7
OP_WRITE_UP = 8
OP_PURCHASE = 9
OP_HEDGE = 10
OP_RESIDUAL = 11
OP_DRAW = 12
OP_WHEN = 13  # skips the rows it spans unless its condition holds
OP_BUDGET = 14  # sets what the rows that name it may pay together
OP_PRO_RATA = 15  # splits over the rows it spans
OP_TEST = 16
OP_SELL = 17
OP_COLLECT = 18
OP_ACCRUE = 19

IF_TRIPPED = 0
IF_NOT_TRIPPED = 1
IF_FROM_PERIOD = 2
IF_BEFORE_PERIOD = 3
IF_METRIC = 4  # A: trigger record that holds the metric, tested without effect

COMPARE_BELOW = 0
COMPARE_AT_MOST = 1
COMPARE_ABOVE = 2
COMPARE_AT_LEAST = 3
COMPARE_EQUAL = 4

# ---- amounts
TERM_KIND = 0
TERM_START = 1  # first amount to be computed for this one
TERM_FIRST = 2  # first place in the terms
TERM_LAST = 3
TERM_NUMERATOR = 4
TERM_DENOMINATOR = 5
TERM_AT_LEAST = 6
TERM_AT_MOST = 7
TERM_PARAMETER = 8
TERM_COLUMNS = 9

AMOUNT_FIXED = 0
AMOUNT_TABLE = 1
AMOUNT_SUM = 2  # of registers, the sign of a term is its own
AMOUNT_ROW_DUE = 3
AMOUNT_AVAILABLE = 4
AMOUNT_TARGET_OC = 5
AMOUNT_INTEREST = 6  # of balances for some months
AMOUNT_WINDOW = 7
AMOUNT_PAST_FINAL = 8  # balances past their legal final
NO_MOST = 1 << 62

# ---- when a trigger is tested
POINT_BEFORE_COLLECTION = 0
POINT_AFTER_COLLECTION = 1
POINT_BEFORE_WATERFALL = 2
POINT_INSIDE_WATERFALL = 3
POINT_AFTER_WATERFALL = 4
POINT_AFTER_SUPPORT = 5
POINT_NEVER = 6  # a condition's metric

# ---- phases, the graver the higher
PHASE_REVOLVING = 0
PHASE_AMORTIZING = 1
PHASE_ACCELERATED = 2
PHASE_CLEAN_UP = 3
PHASE_POST_EOD = 4
PHASE_FINAL = 5
PHASES = 6

# ---- how an item falls due
ACCRUAL_NONE = 0
ACCRUAL_BALANCE = 1  # interest on the balance of the same place
ACCRUAL_AMOUNT = 2  # an amount a period
ACCRUAL_RATE = 3  # parts of an amount a year
ACCRUAL_SIGNED = 4  # paid or received, by the sign of the rate

# ---- what a pool does in a period
FLOW_OPENING = 0
FLOW_INTEREST = 1
FLOW_PRINCIPAL = 2
FLOW_PREPAID = 3
FLOW_RECOVERY = 4
FLOW_SUPPORT = 5  # insurance, loss sharing
FLOW_REPURCHASE_CASH = 6
FLOW_DEFAULTED = 7
FLOW_REPURCHASED = 8
FLOW_LAPSED = 9  # balance that ends with the right behind it
FLOW_CLOSING = 10
FLOW_VALUE = 11
FLOW_OVERDUE = 12
FLOW_DEFAULTED_VALUE = 13
FLOW_PURCHASED = 14
FLOW_LOSS = 15  # claims less what came in on them
FLOW_COLUMNS = 16

# ---- the journal
POSTED_PERIOD = 0
POSTED_ROW = 1
POSTED_FROM = 2
POSTED_TO = 3
POSTED_CASH = 4
POSTED_COLUMNS = 5
ROW_OF_COLLECTION = -1
ROW_OF_SUPPORT = -2  # less the place of the support

# ---- what a batch keeps of each balance and period
KEPT_INTEREST = 0
KEPT_PRINCIPAL = 1
KEPT_UNPAID = 2  # interest, after supports
KEPT_OVERDUE = 3  # principal past its legal final, after supports
KEPT_COLUMNS = 4

BROKEN_FULL = 99  # the journal is too small

# ---- what the pool is made of
ASSET_BALANCE = 0
ASSET_ENTITY = 1  # who owes
ASSET_RECOVERY = 2  # parts of a claim
ASSET_LAG = 3  # periods to the recovery
ASSET_SHARED = 4  # whether the loss-sharing stack covers it
ASSET_BUYER = 5  # entity that buys it back on default, or -1
ASSET_BUY_LAG = 6
ASSET_RIGHT = 7  # with which it ends, or -1
ASSET_VALUE_LINKED = 8
ASSET_ORIGINATOR = 9  # entity that bears dilution
ASSET_ENTERS = 10  # period at whose end it joins the pool, or -1 for closing
ASSET_LEAVES = 11  # period at whose end it is replaced, or -1
ASSET_COLUMNS = 12

PROMISED_INTEREST = 0
PROMISED_PRINCIPAL = 1
PROMISED_DILUTED = 2
SALE_VALUE = 3
PROMISED_COLUMNS = 4

RATE_DEFAULT = 0  # parts of the performing balance, by period
RATE_PREPAYMENT = 1
POOL_VALUE = 2
RATES = 3

STREAM_ENTITY = 0
STREAM_RIGHT = 1
STREAM_PAYMENTS = 2
STREAM_FIRST_TIER = 3
STREAM_TIERS = 4
STREAM_RECOUPS_MINIMUM = 5
STREAM_YEAR = 6  # payments in a contract year
STREAM_SALES = 7  # first place of sales, audits and periods
STREAM_EXPIRES = 8  # first payment after expiry
STREAM_COLUMNS = 9
LEVEL_MINIMUM = 0
LEVEL_MINIMUM_YEAR = 1
LEVEL_ADVANCE = 2
LEVEL_KEPT = 3  # part after withholding and administration
LEVEL_COLUMNS = 4
TIER_ABOVE = 0
TIER_RATE = 1
TIER_RATE_AFTER = 2
TIER_COLUMNS = 3
NEVER = 1 << 40  # a period that does not come
