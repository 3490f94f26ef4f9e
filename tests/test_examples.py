"""Every example runs and prints what it says it prints."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.data import ROOT

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/run.py"))


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_example_prints_what_it_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(folder / "run.py"), run_name="__main__")
    assert capsys.readouterr().out == (folder / "expected.txt").read_text("utf-8")


def test_each_example_has_a_page_that_is_listed() -> None:
    index = (ROOT / "examples" / "README.md").read_text("utf-8")
    assert EXAMPLES
    for folder in EXAMPLES:
        assert (folder / "README.md").exists()
        assert f"({folder.name}/README.md)" in index
