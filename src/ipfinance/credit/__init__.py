"""Who may fail to pay and who bears the loss: defaults, loss sharing, pledge loans."""

from __future__ import annotations

from ipfinance.credit._loss_sharing import COVERS_NAMES as COVERS_NAMES
from ipfinance.credit._loss_sharing import PROVIDER_KIND_NAMES as PROVIDER_KIND_NAMES
from ipfinance.credit._loss_sharing import SHORTFALL_NAMES as SHORTFALL_NAMES
from ipfinance.credit._loss_sharing import ClaimShares as ClaimShares
from ipfinance.credit._loss_sharing import Covers as Covers
from ipfinance.credit._loss_sharing import Layer as Layer
from ipfinance.credit._loss_sharing import LayerPaid as LayerPaid
from ipfinance.credit._loss_sharing import LossSharingStack as LossSharingStack
from ipfinance.credit._loss_sharing import Provider as Provider
from ipfinance.credit._loss_sharing import ProviderKind as ProviderKind
from ipfinance.credit._loss_sharing import ScenarioShares as ScenarioShares
from ipfinance.credit._loss_sharing import Share as Share
from ipfinance.credit._loss_sharing import SharePaid as SharePaid
from ipfinance.credit._loss_sharing import Shortfall as Shortfall
from ipfinance.credit._loss_sharing import StackArrays as StackArrays
from ipfinance.credit._loss_sharing import StackUse as StackUse
from ipfinance.credit._loss_sharing import parts as parts
from ipfinance.credit._loss_sharing import share_losses as share_losses
from ipfinance.credit._loss_sharing import shared_by_weights as shared_by_weights
from ipfinance.credit._loss_sharing import split_by_weights as split_by_weights
