"""Documents as one self-contained HTML file: styles and charts inside, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ipfinance.adapters.render._plain import plain
from ipfinance.reports import Document


def as_html(documents: Sequence[Document]) -> str:
    """Return documents as one page; where there are two languages the reader can switch."""
    environment = Environment(
        loader=PackageLoader("ipfinance.adapters.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = Markup
    pages = [plain(document) for document in documents]
    languages = list(dict.fromkeys(page["language"] for page in pages))
    return environment.get_template("report.html").render(
        pages=pages, languages=languages, title=documents[0].title
    )
