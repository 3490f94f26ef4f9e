"""YAML 1.2 to plain data, keeping the line of every value.

Anchors that are used, duplicate keys and deep nesting are refused: a case file needs none of
them, and they are how a small file becomes a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ipfinance.adapters.files._read import read_text
from ipfinance.basics import InputError, Problem, Text

Path_: TypeAlias = "tuple[str | int, ...]"
DEEPEST = 30
MOST_VALUES = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Plain data and the line on which each value begins.

    Attributes
    ----------
    lines
        By the path of keys and places.
    """

    data: Any
    lines: dict[Path_, int]
    file: str

    def line(self, path: Path_) -> int | None:
        """Return the line of a value, or of the nearest value around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path)


def read_yaml(path: Path) -> Parsed:
    """Read a YAML file.

    Raises
    ------
    InputError
        With the line and what is wrong: not YAML, a key twice, an alias, nesting without end.
    """
    text = read_text(path)
    return parse_yaml(text, path.name)


def parse_yaml(text: str, file: str) -> Parsed:
    """Parse YAML text; `file` names it in messages."""
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(StringIO(text))
    except RecursionError as error:
        raise InputError([_problem(file, None, "", _TOO_DEEP)]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise InputError([_problem(file, line, "", _not_yaml(error.problem))]) from error
    except YAMLError as error:
        raise InputError([_problem(file, None, "", _not_yaml(str(error)))]) from error
    if root is None:
        raise InputError([_problem(file, None, "", _EMPTY)])
    build = _Build(file, yaml)
    data = build.value(root, ())
    if build.problems:
        raise InputError(build.problems)
    return Parsed(data=data, lines=build.lines, file=file)


class _Build:
    """Turns nodes into data; gathers lines and problems on the way."""

    def __init__(self, file: str, yaml: YAML) -> None:
        self.file = file
        self.constructor = yaml.constructor
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        if id(node) in self.seen:
            self.report(line, path, _ALIAS)
            return None
        self.seen.add(id(node))
        self.lines[path] = line
        if len(path) > DEEPEST:
            self.report(line, path[:3], _TOO_DEEP)
            return None
        if len(self.seen) > MOST_VALUES:
            if len(self.seen) == MOST_VALUES + 1:
                self.report(line, (), _TOO_MANY)
            return None
        if isinstance(node, MappingNode):
            return dict(self.items(node, path))
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self.scalar(node, path)

    def items(self, node: MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.report(line, path, _KEY)
                continue
            key = str(key_node.value)
            if key in keys:
                self.report(line, (*path, key), _TWICE)
                continue
            keys.add(key)
            item = self.value(value_node, (*path, key))
            self.lines[*path, key] = line
            yield key, item

    def scalar(self, node: Node, path: Path_) -> Any:
        line = node.start_mark.line + 1
        try:
            return self.constructor.construct_object(node)
        except ValueError:
            self.report(line, path, _BAD_SCALAR, found=str(node.value))
        except MarkedYAMLError:
            self.report(line, path, _TAG, found=str(node.tag))
        return None

    def report(self, line: int, path: Path_, allowed: Text, *, found: object = None) -> None:
        self.problems.append(_problem(self.file, line, shown_path(path), allowed, found=found))


def shown_path(path: Path_) -> str:
    """Write a path as users do: `methods[0].inputs.rate`.

    Examples
    --------
    >>> shown_path(("methods", 0, "inputs", "rate"))
    'methods[0].inputs.rate'
    """
    text = ""
    for item in path:
        text += f"[{item}]" if isinstance(item, int) else f".{item}" if text else item
    return text


def _problem(
    file: str, line: int | None, field: str, allowed: Text, *, found: object = None
) -> Problem:
    return Problem(field=field, found=found, allowed=allowed, file=file, line=line)


def _not_yaml(why: str | None) -> Text:
    return Text(f"this is not valid YAML: {why}", f"YAML 语法有误：{why}")


_EMPTY = Text("the file is empty", "文件为空")
_ALIAS = Text(
    "anchors and aliases are not used here; repeat the value", "不支持锚点与别名，请重复写出"
)
_TOO_DEEP = Text("nested too deeply", "嵌套过深")
_TOO_MANY = Text(
    f"more than {MOST_VALUES:,} values; put long lists into CSV files",
    f"超过 {MOST_VALUES:,} 个值；长表请放入 CSV 文件",
)
_KEY = Text("a key must be one word", "键须为单个词")
_TWICE = Text("this key stands twice", "键重复")
_TAG = Text("tags are not used here", "不支持标签")
_BAD_SCALAR = Text("this is not a date; write dates like 2026-02-28", "日期无效；请写成 2026-02-28")
