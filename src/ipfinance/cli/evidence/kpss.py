"""`ipfinance evidence kpss`: what the market's answer to a grant says a patent is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

import click

from ipfinance.app import GrantSources, export_format_of, exported, value_grants
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalRenderer, local_grants, write_whole
from ipfinance.cli._words import common_options, language, print_document, print_json, say, tell
from ipfinance.evidence import (
    GammaEffects,
    GammaErrors,
    GrantTerms,
    Lookback,
    Noise,
    Signal,
    packaged_number,
    single_grant,
)
from ipfinance.reports import (
    grant_report,
    grant_view,
    single_grant_report,
    single_grant_view,
)

HELP = Text(
    """Value granted patents by the stock market's answer to their grant.

    The estimator of Kogan, Papanikolaou, Seru and Stoffman: the return over the grant day and the
    two days after it is a never-negative signal plus noise; the value is the expected signal times
    the capitalisation, shared among the patents of the day. RETURNS has one row a firm and day
    (firm, date, return, market_cap), GRANTS one row a patent (firm, date; patent and group if any).
    Both may be larger than memory (Parquet, or CSV). Gamma is estimated from the data unless given.

    \b
    Examples:
      ipfinance evidence kpss --returns daily.parquet --grants grants.parquet --market index.csv
      ipfinance evidence kpss --returns daily.csv --grants grants.csv --market market_return \\
          --by-group --values values.csv --output kpss.html
      ipfinance evidence kpss --return 0.01 --volatility 0.02 --cap 10000 --patents 3
    """,
    """由股票市场对专利授权的反应估计专利价值。

    采用 Kogan、Papanikolaou、Seru 与 Stoffman 的估计方法：授权日及其后两日的收益由恒为正的信号与
    噪声组成；价值为期望信号乘以市值，由当日授权的专利分摊。RETURNS 每行为一家公司一天
    （firm、date、return、market_cap），GRANTS 每行为一件专利（firm、date，可含 patent、group）。
    两表均可大于内存（Parquet 或 CSV）。除非给定，γ 由数据估计。

    \b
    示例：
      ipfinance evidence kpss --returns daily.parquet --grants grants.parquet --market index.csv
      ipfinance evidence kpss --returns daily.csv --grants grants.csv --market market_return \\
          --by-group --values values.csv --output kpss.html
      ipfinance evidence kpss --return 0.01 --volatility 0.02 --cap 10000 --patents 3
    """,
)
Decorator: TypeAlias = Callable[[Callable[..., object]], Callable[..., object]]
SINGLE = ("return", "volatility", "cap", "patents")
PAPER_GAMMA = Text("Kogan et al. 2017", "Kogan 等（2017）")


def _file(flag: str, text: Text) -> Decorator:
    return click.option(flag, type=click.Path(path_type=Path), help=say(text))


def _choice(flag: str, kind: type[StrEnum], default: StrEnum, text: Text) -> Decorator:
    return click.option(
        flag,
        type=click.Choice([str(each) for each in kind]),
        default=str(default),
        show_default=True,
        help=say(text),
    )


def _number(flag: str, text: Text, default: float | None = None) -> Decorator:
    return click.option(
        flag, type=float, default=default, show_default=default is not None, help=say(text)
    )


@click.command("kpss", help=say(HELP))
@_file("--returns", Text("Daily returns: firm, date, return, market_cap.", "日收益率表。"))
@_file("--grants", Text("Grants: firm, date, patent, group.", "授权专利表。"))
@click.option(
    "--market",
    metavar="FILE|COLUMN",
    default="",
    help=say(Text("The market's daily return.", "市场日收益率：文件或收益率表中的列。")),
)
@click.option(
    "--market-column", default="", help=say(Text("Column of that file.", "该文件中的列。"))
)
@click.option(
    "--columns",
    metavar="ROLE=NAME,…",
    default="",
    help=say(
        Text(
            "How columns are called, such as firm=permno,return=ret.",
            "列名对应，例如 firm=permno,return=ret。",
        )
    ),
)
@_file("--cpi", Text("Price index: date, cpi (100 in the base year).", "价格指数：date、cpi。"))
@_number("--gamma", Text("Given, not estimated.", "给定 γ，不作估计。"))
@click.option(
    "--gamma-source", default="", help=say(Text("Where it comes from.", "给定 γ 的来源。"))
)
@click.option(
    "--by-group", is_flag=True, help=say(Text("One gamma for each group.", "按组估计 γ。"))
)
@_number(
    "--pi",
    Text("Chance of a grant beforehand.", "事前授权概率。"),
    packaged_number("grant_probability"),
)
@_choice("--signal", Signal, Signal.HALF_NORMAL, Text("Law of the signal.", "信号分布。"))
@_choice(
    "--lookback", Lookback, Lookback.CALENDAR_YEAR, Text("Days of the variance.", "方差区间。")
)
@_choice("--noise", Noise, Noise.PLAIN, Text("Variance of the noise.", "噪声方差。"))
@_choice(
    "--effects", GammaEffects, GammaEffects.WEEKDAY, Text("Effects of days.", "日期固定效应。")
)
@_choice(
    "--errors", GammaErrors, GammaErrors.FIRM, Text("Clusters of gamma's error.", "标准误聚类。")
)
@click.option(
    "--count-scaled",
    is_flag=True,
    help=say(Text("Signal grows with the patents of a day.", "信号随当日专利数增大。")),
)
@click.option(
    "--window-days",
    type=int,
    default=int(packaged_number("window_days")),
    show_default=True,
    help=say(Text("Trading days of the answer to a grant.", "授权反应窗口的交易日数。")),
)
@_number("--interval", Text("Mass of each value's interval.", "各价值区间的概率。"))
@_number("--cap-unit", Text("Money in a capitalisation of 1.", "市值 1 所代表的金额。"), 1.0)
@_number("--value-unit", Text("Money in a value of 1.", "价值 1 所代表的金额。"), 1.0)
@click.option("--currency", default="", help=say(Text("Name of the unit.", "价值单位名称。")))
@click.option(
    "--values",
    "values_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(Text("Write every patent to .parquet or .csv.", "将逐件价值写入 .parquet 或 .csv。")),
)
@_number("--return", Text("One patent: return over the window.", "单件：窗口收益率。"))
@_number("--volatility", Text("One patent: daily volatility.", "单件：日波动率。"))
@_number("--cap", Text("One patent: capitalisation.", "单件：市值。"))
@_number("--patents", Text("One patent: granted that day.", "单件：当日授权数。"), 1.0)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        Text(
            "Write .html, .pdf, .md, .tex or .xlsx too; may be repeated.",
            "另存为 .html、.pdf、.md、.tex 或 .xlsx，可重复。",
        )
    ),
)
@common_options
def command(outputs: tuple[Path, ...], *, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Value one patent from figures, or all patents of a file."""
    formats = {path: export_format_of(path) for path in outputs}
    try:
        if options["return"] is not None:
            document, view = _single(options)
        else:
            document, view = _many(options)
    except InputError as error:
        raise InputError(_as_flag(problem) for problem in error.problems) from error
    for path, export_format in formats.items():
        write_whole(path, exported(LocalRenderer(), [document], export_format))
        tell(Text(f"Written: {path}", f"已写入：{path}"))
    if as_json:
        print_json({"currency": options["currency"] or None, **view})
    else:
        print_document(document)


def _terms(options: dict[str, Any]) -> GrantTerms:
    trailing = Lookback(options["lookback"]) is Lookback.TRAILING
    return GrantTerms(
        grant_probability=options["pi"],
        gamma=options["gamma"],
        gamma_source=options["gamma_source"],
        by_group=options["by_group"],
        signal=Signal(options["signal"]),
        lookback=Lookback(options["lookback"]),
        noise=Noise(options["noise"]),
        effects=GammaEffects(options["effects"]),
        errors=GammaErrors(options["errors"]),
        count_scaled=options["count_scaled"],
        window=options["window_days"],
        trailing=int(packaged_number("trailing_days")),
        fewest_days=int(packaged_number("fewest_days")) if trailing else 1,
        interval=options["interval"],
        cap_unit=options["cap_unit"],
        value_unit=options["value_unit"],
    )


def _single(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    missing = [name for name in ("volatility", "cap") if options[name] is None]
    if missing:
        allowed = Text("expected a number beside --return", "与 --return 同时须给出该数值")
        raise InputError(Problem(field=name, allowed=allowed) for name in missing)
    terms = _terms(options)
    if terms.gamma is None:
        gamma = packaged_number("gamma")
        terms = replace(terms, gamma=gamma, gamma_source=say(PAPER_GAMMA))
    found = single_grant(
        window_return=options["return"],
        volatility=options["volatility"],
        cap=options["cap"],
        patents=options["patents"],
        terms=terms,
    )
    document = single_grant_report(found, terms, language(), options["currency"])
    return document, single_grant_view(found, terms, language())


def _many(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    missing = [name for name in ("returns", "grants", "market") if not options[name]]
    if missing:
        allowed = Text(
            "expected this option, or --return with the figures of one patent",
            "应给出该选项，或用 --return 给出单件专利的数据",
        )
        raise InputError(Problem(field=name, allowed=allowed) for name in missing)
    terms = _terms(options)
    values_file = options["values_file"]
    if values_file is not None and values_file.suffix not in {".parquet", ".csv"}:
        allowed = Text("expected a name ending in .parquet or .csv", "应以 .parquet 或 .csv 结尾")
        raise InputError([Problem(field="values", found=values_file.name, allowed=allowed)])
    sources = GrantSources(
        returns=options["returns"],
        grants=options["grants"],
        market=options["market"],
        market_column=options["market_column"],
        columns=_columns(options["columns"]),
        cpi=options["cpi"],
    )
    with local_grants(sources) as tables:
        found = value_grants(tables, terms, output=values_file)
    if values_file is not None:
        tell(Text(f"Written: {values_file}", f"已写入：{values_file}"))
    return grant_report(found, language(), options["currency"]), grant_view(found, language())


ROLES = ("firm", "date", "return", "market_cap", "patent", "group")


def _columns(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        role, equals, name = part.partition("=")
        if not equals or role not in ROLES or not name:
            allowed = Text(
                f"expected ROLE=NAME with one of {', '.join(ROLES)}",
                f"应为 ROLE=NAME，其中 ROLE 为 {'、'.join(ROLES)} 之一",
            )
            raise InputError([Problem(field="columns", found=part, allowed=allowed)])
        found[role] = name
    return found


_NAMES = {"window": "window-days"}
_FLAGS = {
    *SINGLE, *_NAMES, "pi", "gamma", "interval", "signal", "noise", "market", "columns", "returns",
    "grants", "values", "cap_unit", "value_unit", "count_scaled",
}  # fmt: skip


def _as_flag(problem: Problem) -> Problem:
    if problem.file is not None or problem.field not in _FLAGS:
        return problem
    flag = "--" + _NAMES.get(problem.field, problem.field).replace("_", "-")
    return Problem(field=flag, found=problem.found, allowed=problem.allowed)
