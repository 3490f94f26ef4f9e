"""The documentation's promises: every row of the map has a command, and the command works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ipfinance.cli import command_group
from ipfinance.cli._groups import walk_commands
from ipfinance.cli.new import STARTERS
from tests.cli.command import invoke
from tests.data import ROOT

MAP = (ROOT / "docs" / "reference" / "map.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d{3}-\d{2}) \| .* \| `(.+)` \|$", MAP, flags=re.MULTILINE)
FIRST_JOB = [
    *(f"001-{n:02d}" for n in [*range(1, 15), 16]),
    "002-01",
    *(f"002-{n:02d}" for n in range(4, 18)),
    "002-21",
    "002-24",
    "002-26",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the map's commands need."""
    place = tmp_path_factory.mktemp("map")
    for example in ("xtx", "pledge", "iqiyi", "sonoscape"):
        assert invoke(["new", "case", "--example", example, example], place).code == 0
    for name, file in (
        ("nanshan-2020", "nanshan.yaml"),
        ("kaide-2019", "kaide.yaml"),
        ("music-royalty-2022", "music.yaml"),
        ("supply-chain-2018", "chain.yaml"),
    ):
        assert invoke(["new", "deal", "--example", name, file], place).code == 0
    for kind in STARTERS:
        assert invoke(["new", kind], place).code == 0
    assert invoke(["evidence", "simulate", "market"], place).code == 0
    panel = ["tobin-q", "market/firms.csv", "--mapping", "market/panel.yaml"]
    assert invoke(["evidence", *panel, "--output", "panel.csv"], place).code == 0
    model = ["--formula", "log(value) ~ type + pct + core + log(family)", "--save", "model.json"]
    assert invoke(["evidence", "hedonic", "fit", "market/patents.csv", *model], place).code == 0
    return place


def test_each_row_of_the_first_job_has_a_command() -> None:
    assert {row for row, _ in ROWS} >= set(FIRST_JOB)


@pytest.mark.parametrize("command", sorted({command for _, command in ROWS}))
def test_command_of_the_map_works(command: str, folder: Path) -> None:
    words = shlex.split(command.replace("\\|", "|"))  # a bar in a table is written \\|
    if words[0] == "python":
        run = subprocess.run(
            [sys.executable, *words[1:]], capture_output=True, text=True, check=True
        )
        assert "-55.4426" in run.stdout
        return
    done = invoke(words[1:], folder)
    assert done.code == 0, done.stderr
    assert done.stdout


def test_each_command_is_documented() -> None:
    pages = "\n".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    for name, _ in walk_commands(command_group(), "ipfinance"):
        assert name in pages, name


def test_each_decision_is_listed_and_says_what_enforces_it() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "index.md").read_text("utf-8")
    pages = list(folder.glob("0*.md"))
    assert pages
    for page in pages:
        assert page.stem in index
        assert "**Enforced by**" in page.read_text("utf-8"), page


def test_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text
    for picture in re.findall(r"!\[.*?\]\((.+?)\)", text):
        assert (ROOT / picture).exists(), picture
