"""Documents made visible: terminal text, HTML, PDF, and the charts in them."""

from __future__ import annotations

from ipfinance.adapters.render._charts import draw as draw
from ipfinance.adapters.render._html import as_html as as_html
from ipfinance.adapters.render._pdf import as_pdf as as_pdf
from ipfinance.adapters.render._text import as_text as as_text
from ipfinance.adapters.render._text import renderable as renderable
