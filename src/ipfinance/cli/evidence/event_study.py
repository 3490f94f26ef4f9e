"""`ipfinance evidence event-study`: what events did to returns, and what they were worth."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

import click

from ipfinance.app import EventStudyFiles, event_study_files, export_format_of, exported
from ipfinance.basics import InputError, Problem, Text
from ipfinance.bootstrap import LocalRenderer, LocalTables, write_whole
from ipfinance.cli._words import (
    common_options,
    language,
    print_document,
    print_json,
    say,
    tell,
)
from ipfinance.evidence import EventMode, EventModel, EventTerms, OverlapRule
from ipfinance.market import AfterGap, ReturnsKind, ReturnUnit
from ipfinance.reports import event_study_report, event_study_view

HELP = Text(
    """Measure abnormal returns around events, test them and turn them into money.

    Returns are a table with the date first and a column a security; EVENTS has the columns
    security and date, and where values are wanted market_cap and patents. Windows are FROM:TO in
    trading days from the event, both included; day 0 is the first trading day on or after the
    date. The unit of the returns and their kind are never guessed.

    \b
    Models:
      market           the default: alpha and beta on a market
      market-adjusted  return less the market's
      constant-mean    return less its own mean
      factors          several factors (--factors, --risk-free)
      peers            return less that of similar firms (--peers, or --characteristics)

    \b
    Examples:
      ipfinance evidence event-study --returns returns.csv --market index.csv \\
          --events events.csv --estimation -130:-11 --window -1:3
      ipfinance evidence event-study --prices prices.csv --market CSI300 --events events.csv \\
          --estimation -200:-10 --window -3:5 --price-limit 0.1 --output study.html
    """,
    """度量事件前后的异常收益，加以检验并折算为金额。

    收益率表首列为日期，其后每列一只证券；EVENTS 含 security、date 两列，需要金额时另加
    market_cap 与 patents。窗口写作 FROM:TO，为距事件的交易日，两端均含；第 0 日为该日期当天或其后的
    首个交易日。收益率的单位与类型须明示，不作猜测。

    \b
    模型：
      market           默认：市场模型
      market-adjusted  减去市场收益
      constant-mean    减去自身均值
      factors          多因子（--factors、--risk-free）
      peers            减去可比公司收益（--peers 或 --characteristics）

    \b
    示例：
      ipfinance evidence event-study --returns returns.csv --market index.csv \\
          --events events.csv --estimation -130:-11 --window -1:3
      ipfinance evidence event-study --prices prices.csv --market CSI300 --events events.csv \\
          --estimation -200:-10 --window -3:5 --price-limit 0.1 --output study.html
    """,
)


Decorator: TypeAlias = Callable[[Callable[..., object]], Callable[..., object]]


def _file(flag: str, text: Text, *, required: bool = False) -> Decorator:
    kind = click.Path(path_type=Path)
    return click.option(flag, type=kind, help=say(text), required=required)


def _choice(flag: str, kind: type[StrEnum], default: StrEnum, text: Text) -> Decorator:
    return click.option(
        flag,
        type=click.Choice([str(each) for each in kind]),
        default=str(default),
        show_default=True,
        help=say(text),
    )


@click.command("event-study", help=say(HELP))
@_file("--returns", Text("Returns by day and security.", "按日、按证券的收益率。"))
@_file("--prices", Text("Prices, in place of returns.", "价格（代替收益率）。"))
@click.option(
    "--market",
    metavar="FILE|COLUMN",
    default="",
    help=say(Text("The market's returns, or prices.", "市场收益率（或价格）：文件或列名。")),
)
@click.option(
    "--market-column",
    default="",
    help=say(Text("Column of the market's file.", "市场文件中的列。")),
)
@_file("--events", Text("Events: security, date.", "事件：security、date。"), required=True)
@click.option(
    "--estimation",
    metavar="FROM:TO",
    required=True,
    help=say(Text("Estimation window, such as -130:-11.", "估计窗口，例如 -130:-11。")),
)
@click.option(
    "--window",
    metavar="FROM:TO",
    required=True,
    help=say(Text("Event window, such as -1:3.", "事件窗口，例如 -1:3。")),
)
@_choice("--model", EventModel, EventModel.MARKET, Text("What to compare with.", "比较基准。"))
@_choice("--unit", ReturnUnit, ReturnUnit.DECIMAL, Text("Unit of returns.", "收益率单位。"))
@_choice(
    "--returns-kind", ReturnsKind, ReturnsKind.SIMPLE, Text("Kind of returns.", "收益率类型。")
)
@_choice(
    "--after-gap",
    AfterGap,
    AfterGap.DROP,
    Text("Return after days without a price.", "缺价日之后的收益率处理。"),
)
@_file("--factors", Text("Returns of factors, the date first.", "因子收益率，首列为日期。"))
@click.option(
    "--risk-free",
    default="",
    help=say(Text("Column of the factors to subtract.", "因子表中须扣除的无风险利率列。")),
)
@_file("--peers", Text("Similar firms: security, peer.", "可比公司：security、peer。"))
@_file(
    "--characteristics",
    Text("Firms with what to match on.", "公司特征表，用于匹配可比公司。"),
)
@click.option(
    "--k", type=int, default=5, show_default=True, help=say(Text("Peers.", "可比公司数。"))
)
@_file("--caps", Text("Market capitalisation by day.", "按日、按证券的市值。"))
@click.option("--currency", default="", help=say(Text("Currency of values.", "金额的货币。")))
@_file(
    "--other-news",
    Text("Other events: security, date, what.", "其他事件：security、date、what。"),
)
@_choice(
    "--overlap",
    OverlapRule,
    OverlapRule.KEEP,
    Text("Events of one security that share days.", "同一证券窗口重叠的事件。"),
)
@click.option(
    "--clean-estimation",
    is_flag=True,
    help=say(Text("Estimate without days of other events.", "估计时剔除其他事件的窗口日。")),
)
@click.option(
    "--min-days", type=int, help=say(Text("Fewest estimation days.", "估计所需最少天数。"))
)
@click.option(
    "--price-limit",
    type=float,
    help=say(Text("Largest move of a day, such as 0.1.", "每日涨跌幅限制，例如 0.1。")),
)
@_choice("--mode", EventMode, EventMode.TEXTBOOK, Text("Conventions.", "计算约定。"))
@click.option(
    "--draws", type=int, default=999, show_default=True, help=say(Text("Draws.", "重抽样次数。"))
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help=say(Text("Seed.", "随机种子。"))
)
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
@click.option(
    "--whole", is_flag=True, help=say(Text("Print every event too.", "同时输出逐事件结果。"))
)
@common_options
def command(outputs: tuple[Path, ...], *, whole: bool, as_json: bool, **options: Any) -> None:  # noqa: ANN401
    """Do one event study."""
    formats = {path: export_format_of(path) for path in outputs}
    try:
        study = event_study_files(LocalTables(), _files(options), _terms(options))
    except InputError as error:
        raise InputError(_as_flag(problem) for problem in error.problems) from error
    document = event_study_report(study, language(), options["currency"])
    for path, export_format in formats.items():
        write_whole(path, exported(LocalRenderer(), [document], export_format))
        tell(Text(f"Written: {path}", f"已写入：{path}"))
    if as_json:
        view = event_study_view(study, language())
        print_json({"unit": options["unit"], "currency": options["currency"] or None, **view})
    else:
        print_document(document, whole=whole)


def _files(options: dict[str, Any]) -> EventStudyFiles:
    same = ("events", "returns", "prices", "market", "market_column", "factors", "risk_free")
    return EventStudyFiles(
        **{name: options[name] for name in (*same, "peers", "characteristics", "k", "caps")},
        unit=ReturnUnit(options["unit"]),
        kind=ReturnsKind(options["returns_kind"]),
        after_gap=AfterGap(options["after_gap"]),
        news=options["other_news"],
    )


def _terms(options: dict[str, Any]) -> EventTerms:
    problems: list[Problem] = []
    estimation = _days("--estimation", options["estimation"], problems)
    window = _days("--window", options["window"], problems)
    if problems:
        raise InputError(problems)
    return EventTerms(
        model=EventModel(options["model"]),
        estimation=estimation,
        window=window,
        mode=EventMode(options["mode"]),
        overlap=OverlapRule(options["overlap"]),
        clean_estimation=options["clean_estimation"],
        fewest_days=options["min_days"],
        price_limit=options["price_limit"],
        draws=options["draws"],
        seed=options["seed"],
    )


def _days(flag: str, text: str, problems: list[Problem]) -> tuple[int, int]:
    first, _, last = text.partition(":")
    try:
        return int(first), int(last)
    except ValueError:
        allowed = Text(
            "expected FROM:TO in whole trading days, such as -130:-11",
            "应为以整数交易日表示的 FROM:TO，例如 -130:-11",
        )
        problems.append(Problem(field=flag, found=text, allowed=allowed))
        return 0, 0


_FLAGS = {"fewest_days": "--min-days"}
_OWN = {
    "estimation", "window", "market", "market_column", "factors", "risk_free", "peers", "returns",
    "fewest_days", "price_limit", "draws", "seed", "k",
}  # fmt: skip


def _as_flag(problem: Problem) -> Problem:
    if problem.file is not None or problem.field not in _OWN:
        return problem
    flag = _FLAGS.get(problem.field, "--" + problem.field.replace("_", "-"))
    return Problem(field=flag, found=problem.found, allowed=problem.allowed)
