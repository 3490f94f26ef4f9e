"""Rules that hold over the whole tree, checked by machine."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import ipfinance
from ipfinance.basics import FindingKind, IpfinanceError, Text
from ipfinance.parameters import bibliography, parameter, parameter_ids, reference
from ipfinance.valuation import METHODS
from tests.data import ROOT

SOURCE = ROOT / "src" / "ipfinance"
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(ipfinance.__path__, "ipfinance.")
    if not info.name.endswith("__main__")
)
SLOW = ("numba", "scipy", "matplotlib", "typst", "jinja2", "pydantic", "polars", "pyarrow", "numpy")


def _modules() -> list[ModuleType]:
    return [importlib.import_module(name) for name in MODULES]


def _finding_kinds() -> dict[str, FindingKind]:
    found: dict[str, FindingKind] = {}
    for module in _modules():
        for item in vars(module).values():
            if isinstance(item, FindingKind):
                assert found.setdefault(item.code, item) is item, f"two kinds named {item.code}"
    return found


def _placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def _texts() -> list[tuple[str, Text]]:
    found: list[tuple[str, Text]] = []
    for module in _modules():
        for name, item in vars(module).items():
            if isinstance(item, Text):
                found.append((f"{module.__name__}.{name}", item))
            if isinstance(item, dict):
                found += [
                    (f"{module.__name__}.{name}[{key}]", each)
                    for key, each in item.items()
                    if isinstance(each, Text)
                ]
    return found


def test_each_finding_speaks_both_languages() -> None:
    kinds = _finding_kinds()
    assert len(kinds) >= 30
    for kind in kinds.values():
        assert kind.text.en
        assert re.search(r"[\u4e00-\u9fff]", kind.text.zh), kind.code
        assert _placeholders(kind.text.en) == _placeholders(kind.text.zh), kind.code


def test_each_text_of_a_module_speaks_both_languages() -> None:
    texts = _texts()
    assert len(texts) >= 60
    for where, text in texts:
        if text.en:
            assert _placeholders(text.en) == _placeholders(text.zh), where
            assert re.search(r"[\u4e00-\u9fff（]", text.zh), where


def test_each_method_is_completely_declared() -> None:
    for method in METHODS.values():
        assert method.name.en, method.id
        assert method.name.zh, method.id
        assert method.summary.en, method.id
        assert method.validity.zh, method.id
        assert method.citations, method.id
        for citation in method.citations:
            assert reference(citation), method.id
        assert method.fields, method.id
        for item in method.fields:
            for text in (item.quantity.name, item.quantity.meaning):
                assert re.search(r"[\u4e00-\u9fff]", text.zh), f"{method.id}.{item.name}"


def test_each_parameter_names_its_source() -> None:
    ids = parameter_ids()
    assert ids
    for name in ids:
        found = parameter(name)
        assert found.description, name
        starts = [value.starts_on for value in found.values]
        assert starts == sorted(set(starts)), name
        for value in found.values:
            assert value.references, name
            for citation in value.references:
                assert citation.key in bibliography(), name


def test_each_cited_work_is_in_the_bibliography() -> None:
    cited = re.compile(r":cite:cts:`(\w+)`")
    found = {key for path in SOURCE.rglob("*.py") for key in cited.findall(path.read_text("utf-8"))}
    assert found
    assert found <= set(bibliography())


def test_no_exception_is_swallowed_blindly() -> None:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{path}:{node.lineno}"
                names = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
                assert not names & {"Exception", "BaseException"}, f"{path}:{node.lineno}"


def test_kernels_import_nothing_but_arrays_and_kernels() -> None:
    allowed = {"__future__", "math", "numpy"}
    for path in (SOURCE / "numerics" / "kernels").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                inside = name.startswith(
                    (
                        "ipfinance.numerics.kernels",
                        "ipfinance.numerics._codes",
                        "ipfinance.numerics._kernel",
                        "ipfinance.numerics._types",
                    )
                )
                assert name in allowed or inside, f"{path}: {name}"


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("ipfinance", SLOW),
        ("ipfinance.cli", SLOW),
        (
            "ipfinance.app",
            ("numba", "scipy", "matplotlib", "typst", "jinja2", "pydantic", "click", "rich"),
        ),
    ],
)
def test_importing_loads_nothing_slow(module: str, unwanted: tuple[str, ...]) -> None:
    program = f"import sys, {module}\nprint([name for name in {unwanted!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_each_domain_error_says_something_in_both_languages() -> None:
    kinds = {
        item
        for module in _modules()
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, IpfinanceError)
    }
    assert len(kinds) >= 5
    for kind in kinds:
        assert _placeholders(kind.text.en) == _placeholders(kind.text.zh), kind


def test_no_tracked_file_names_a_registry_or_this_machine() -> None:
    words = ["py" + "pi.org", "python" + "hosted", "registry.n" + "pmjs", "--find" + "-links"]
    for path in [*ROOT.glob("*"), *(ROOT / "requirements").glob("*"), *SOURCE.rglob("*")]:
        if path.is_file() and path.suffix in {".py", ".txt", ".toml", ".md", ".yaml", ".typ", ""}:
            text = path.read_text("utf-8", errors="ignore")
            for word in words:
                assert word not in text, path


def test_the_package_has_a_typed_marker() -> None:
    assert (Path(ipfinance.__file__).parent / "py.typed").exists()
