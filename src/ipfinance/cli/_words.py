"""What the commands share: language, JSON on stdout, messages on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from ipfinance.basics import InputError, IpfinanceError, Language, Text

CommandT = TypeVar("CommandT", bound=Callable[..., object])


class _Chosen:
    """The language of this process; set once, from the words of the command line."""

    language: Language = Language.ENGLISH


def use_language_of(words: Sequence[str]) -> None:
    """Take the language from `--lang`, or from IPFINANCE_LANG where it is not given."""
    import os

    chosen = os.environ.get("IPFINANCE_LANG", "")
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            chosen = words[place + 1]
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
    _Chosen.language = Language.CHINESE if chosen == "zh" else Language.ENGLISH


def language() -> Language:
    """Return the language of this process."""
    return _Chosen.language


def say(text: Text) -> str:
    """Return a text in the language of this process."""
    return text.in_(_Chosen.language)


def common_options(command: CommandT) -> CommandT:
    """Add `--json` and `--lang` to a command."""
    as_json = click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say(Text("Print one JSON object and nothing else.", "只输出一个 JSON 对象。")),
    )
    lang = click.option(
        "--lang",
        type=click.Choice(["en", "zh"]),
        expose_value=False,
        help=say(Text("Language: English or Chinese.", "语言：英文或中文。")),
    )
    return lang(as_json(command))


def print_json(view: Any) -> None:  # noqa: ANN401
    """Print one JSON object on stdout."""
    click.echo(json.dumps(view, ensure_ascii=False, indent=2, allow_nan=False))


def print_document(document: Any, *, whole: bool = False) -> None:  # noqa: ANN401
    """Print a document on stdout."""
    from rich.console import Console

    from ipfinance.bootstrap import LocalRenderer

    console = Console()
    if not console.is_terminal:
        click.echo(LocalRenderer().text(document, whole=whole))
        return
    console.print(LocalRenderer().terminal(document, whole=whole))


def tell(text: Text) -> None:
    """Print a message on stderr."""
    click.echo(say(text), err=True)


def print_error(error: IpfinanceError, *, as_json: bool) -> None:
    """Print an error: every fault on a line of its own, on stderr; as JSON on stdout too."""
    click.echo(error.message(language()), err=True)
    if not as_json:
        return
    from ipfinance.reports import problem_view

    problems = error.problems if isinstance(error, InputError) else ()
    print_json(
        {
            "error": str(error.reason),
            "message": error.message(language()),
            "problems": [problem_view(problem, language()) for problem in problems],
        }
    )
