"""Sphinx settings; the catalogues of methods, findings, parameters and commands are generated."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from generate import write_all  # noqa: E402

write_all(HERE / "reference" / "generated")

project = "ipfinance"
author = "the ipfinance developers"
project_copyright = "the ipfinance developers"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinxcontrib.bibtex",
]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
bibtex_bibfiles = ["../src/ipfinance/parameters/data/references.bib"]
bibtex_default_style = "plain"
numpydoc_show_class_members = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "ipfinance"
nitpick_ignore_regex = [("py:.*", r"numpy\..*|.*FloatArray")]
suppress_warnings = ["myst.header"]
