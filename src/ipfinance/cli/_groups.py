"""Groups of commands that load a command's module only when the command is used."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

import click
from typing_extensions import override

from ipfinance.basics import Text
from ipfinance.cli._words import say


class LazyGroup(click.Group):
    """Commands by name; each is `command` in the module of the same name in a package."""

    def __init__(
        self, *, name: str, help_text: Text, package: str, commands: Mapping[str, Text]
    ) -> None:
        super().__init__(name=name, help=say(help_text), no_args_is_help=True)
        self.package = package
        self.texts = commands

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.texts)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.texts:
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say(Text("Commands", "命令"))):
            formatter.write_dl([(name, say(text)) for name, text in self.texts.items()])


def walk_commands(group: LazyGroup, above: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below a group with its full name, subgroups included."""
    context = click.Context(group, info_name=above)
    for name in group.texts:
        command = group.get_command(context, name)
        if command is None:
            continue
        yield f"{above} {name}", command
        if isinstance(command, LazyGroup):
            yield from walk_commands(command, f"{above} {name}")
