"""What is owned: IP rights with their kind, owner, place and term; never what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ipfinance.basics import Text


class AssetKind(StrEnum):
    """The kinds of IP; one list for the whole product."""

    PATENT_INVENTION = "patent_invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    TRADEMARK = "trademark"
    COPYRIGHT = "copyright"
    SOFTWARE = "software"
    TRADE_SECRET = "trade_secret"  # noqa: S105
    PLANT_VARIETY = "plant_variety"
    LAYOUT_DESIGN = "layout_design"
    GEOGRAPHICAL_INDICATION = "geographical_indication"
    DATA = "data"
    OTHER = "other"


ASSET_KIND_NAMES = {
    AssetKind.PATENT_INVENTION: Text("patent for invention", "发明专利"),
    AssetKind.UTILITY_MODEL: Text("utility model", "实用新型"),
    AssetKind.DESIGN: Text("design", "外观设计"),
    AssetKind.TRADEMARK: Text("trademark", "商标"),
    AssetKind.COPYRIGHT: Text("copyright", "著作权"),
    AssetKind.SOFTWARE: Text("software", "软件"),
    AssetKind.TRADE_SECRET: Text("trade secret", "商业秘密"),
    AssetKind.PLANT_VARIETY: Text("plant variety", "植物新品种"),
    AssetKind.LAYOUT_DESIGN: Text("layout design of integrated circuits", "集成电路布图设计"),
    AssetKind.GEOGRAPHICAL_INDICATION: Text("geographical indication", "地理标志"),
    AssetKind.DATA: Text("data asset", "数据资产"),
    AssetKind.OTHER: Text("other", "其他"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One IP right, or several valued as one.

    Attributes
    ----------
    kind
        None where the source does not say.
    registration
        Number of the patent, the trademark or the work.
    expires_on
        Last day of legal protection.
    """

    id: str
    title: Text
    kind: AssetKind | None = None
    owner: str = ""
    jurisdiction: str = ""
    registration: str = ""
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
