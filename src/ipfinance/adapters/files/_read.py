"""Bytes to text, with the faults that real files have."""

from __future__ import annotations

from pathlib import Path

from ipfinance.basics import InputError, Problem, Text

LARGEST_FILE = 20_000_000
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    InputError
        When the file is missing, a folder, unreadable, too large or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError([_problem(path, f"{size:,} bytes", _TOO_LARGE)])
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError([_problem(path, None, _MISSING)]) from error
    except IsADirectoryError as error:
        raise InputError([_problem(path, None, _FOLDER)]) from error
    except OSError as error:
        raise InputError([_problem(path, error.strerror, _UNREADABLE)]) from error
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    if data.startswith(_WIDE_MARKS):
        raise InputError([_problem(path, "UTF-16", _NOT_UTF8)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise InputError([_problem(path, found, _NOT_UTF8, line=line)]) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError([_problem(path, "NUL", _BINARY, line=line)])
    return text


def _problem(path: Path, found: object, allowed: Text, *, line: int | None = None) -> Problem:
    return Problem(field="", found=found, allowed=allowed, file=path.name, line=line)


_MISSING = Text("there is no such file", "文件不存在")
_FOLDER = Text("this is a folder, expected a file", "这是文件夹，应为文件")
_UNREADABLE = Text("the file cannot be read", "文件无法读取")
_NOT_UTF8 = Text("save the file as UTF-8", "请将文件另存为 UTF-8 编码")
_BINARY = Text("expected a text file", "应为文本文件")
_TOO_LARGE = Text(
    f"expected at most {LARGEST_FILE:,} bytes; put long lists into CSV files",
    f"不得超过 {LARGEST_FILE:,} 字节；长表请放入 CSV 文件",
)
