"""Bad input: a clear message, exit code 2, never a traceback, nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.command import invoke
from tests.data import EXAMPLES, ROOT

STARTERS = ROOT / "src" / "ipfinance" / "adapters" / "files" / "starters"
CORPUS: list[dict[str, Any]] = [
    case
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for case in YAML(typ="safe", pure=True).load(path.read_text("utf-8"))["cases"]
]


def _content(entry: dict[str, Any]) -> bytes:
    if "bytes" in entry:
        return bytes.fromhex(str(entry["bytes"]))
    if "repeat" in entry:
        text, count = entry["repeat"]
        return (str(text) * int(count)).encode()
    if "nested" in entry:
        depth = int(entry["nested"])
        return ("id: " + "[" * depth + "1" + "]" * depth + "\n").encode()
    if "text" in entry:
        return str(entry["text"]).encode()
    source = STARTERS / "case.yaml"
    if "example" in entry:
        source = EXAMPLES / entry["example"]
    elif "packaged" in entry:
        source = STARTERS / entry["packaged"]
    text = source.read_text("utf-8")
    for old, new in entry.get("replace", []):
        assert old in text, old
        text = text.replace(old, new)
    if "drop" in entry:
        kept = [line for line in text.splitlines() if not line.startswith(entry["drop"])]
        text = "\n".join(kept) + "\n"
    return text.encode()


def _prepare(case: dict[str, Any], folder: Path) -> None:
    for name, entry in case.get("files", {}).items():
        (folder / name).write_bytes(_content(entry))


def test_corpus_is_broad() -> None:
    assert len(CORPUS) >= 40
    assert len({case["category"] for case in CORPUS}) >= 10
    assert len({case["id"] for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", CORPUS, ids=[case["id"] for case in CORPUS])
def test_bad_input(case: dict[str, Any], tmp_path: Path) -> None:
    _prepare(case, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = invoke(case["args"], tmp_path)
    assert done.code == 2, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for sentence in case["says"]:
        assert sentence in done.stderr, done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "case", [c for c in CORPUS if c["category"] != "usage"], ids=lambda case: str(case["id"])
)
def test_bad_input_as_json_and_in_chinese(case: dict[str, Any], tmp_path: Path) -> None:
    _prepare(case, tmp_path)
    done = invoke([*case["args"], "--json", "--lang", "zh"], tmp_path)
    assert done.code == 2
    answer = json.loads(done.stdout)
    assert answer["error"] in {"invalid_input", "inconsistent_judgement"}
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stderr), done.stderr
    if answer["error"] == "invalid_input":
        assert answer["problems"]
        assert all(problem["allowed"] for problem in answer["problems"])
