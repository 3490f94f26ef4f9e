"""`ipfinance evidence awards`: values from markets beside court awards."""

from __future__ import annotations

from pathlib import Path

import click

from ipfinance.basics import Text
from ipfinance.cli._words import common_options, language, print_document, print_json, say
from ipfinance.cli.evidence._shared import formats_of, pairs_of, unit_of, write_documents
from ipfinance.evidence import compare_with_awards
from ipfinance.reports import award_report, award_view

HELP = Text(
    """Put values of patents beside average court awards, type by type, with the caveats.

    \b
    Example:
      ipfinance evidence awards --value invention=2378 --value utility=273 --value design=816
        --award invention=95 --award utility=27 --award design=7.2 --unit "10,000 CNY"
    """,
    """将专利估值与法院平均判赔额按类型对照，并列示须说明的问题。

    \b
    示例：
      ipfinance evidence awards --value invention=2378 --value utility=273 --value design=816
        --award invention=95 --award utility=27 --award design=7.2 --unit "10,000 CNY"
    """,
)


@click.command("awards", help=say(HELP))
@click.option(
    "--value",
    "values",
    multiple=True,
    required=True,
    metavar="TYPE=NUMBER",
    help=say(Text("Estimated value of a patent.", "每项专利的估值。")),
)
@click.option(
    "--award",
    "awards",
    multiple=True,
    required=True,
    metavar="TYPE=NUMBER",
    help=say(Text("Average award.", "平均判赔额。")),
)
@click.option("--unit", help=say(Text("Unit of money of both.", "两者共同的货币单位。")))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help=say(
        Text(
            "Write .md, .tex, .xlsx, .html or .pdf too.", "另存为 .md、.tex、.xlsx、.html 或 .pdf。"
        )
    ),
)
@common_options
def command(
    values: tuple[str, ...],
    awards: tuple[str, ...],
    unit: str | None,
    outputs: tuple[Path, ...],
    *,
    as_json: bool,
) -> None:
    """Compare values with awards."""
    formats = formats_of(outputs)
    found = compare_with_awards(pairs_of(values, "--value"), pairs_of(awards, "--award"))
    document = award_report(found, language(), unit=unit_of(unit))
    write_documents([document], formats)
    if as_json:
        print_json(award_view(found, language()))
    else:
        print_document(document)
