"""The command line: parse, call one use case, print the answer."""

from __future__ import annotations

import sys
from types import TracebackType

import click

from ipfinance.basics import Text
from ipfinance.cli._groups import LazyGroup
from ipfinance.cli._words import say, use_language_of

EXIT_FAILED, EXIT_WRONG_INPUT, EXIT_INTERRUPTED = 1, 2, 130

COMMANDS: dict[str, Text] = {
    "demo": Text("Value four cases and write the reports.", "评估四个案例并生成报告。"),
    "value": Text("Value a case file.", "评估一个案例文件。"),
    "method": Text(
        "Apply one method of the catalogue: royalties, cost, market, damages, rates, lives.",
        "按目录中的某一方法计算：许可费、成本、市场、损害赔偿、折现率、寿命等。",
    ),
    "option": Text(
        "Value an option on an asset that may become worthless.", "评估标的可能归零的期权。"
    ),
    "ahp": Text("Turn pairwise judgements into weights.", "由成对比较判断求权重（层次分析法）。"),
    "set-valued": Text("Turn experts' intervals into scores.", "由专家区间求评分（集值统计）。"),
    "indicators": Text("Show and check an indicator system.", "查看并检查指标体系。"),
    "evidence": Text("Ask markets: regressions, hedonic models.", "市场证据：回归、特征价格模型。"),
    "deal": Text("Structure and run an IP-backed deal.", "构建并运行知识产权证券化交易。"),
    "pledge": Text(
        "Lend against IP: decide, share losses, watch.", "知识产权质押贷款：决策、风险分担、监控。"
    ),
    "evaluate": Text(
        "Score assets over time, follow and rank them, turn scores into rates.",
        "对资产进行动态评价：得分、趋势、排序及转换为费率。",
    ),
    "parameters": Text(
        "Show dated law, standards and market data with their sources.",
        "显示按日期的法律、标准与市场数据及其来源。",
    ),
    "new": Text("Write a starter file or an example.", "生成起始文件或示例。"),
    "schema": Text("Print the JSON Schema of an input file.", "输出输入文件的 JSON Schema。"),
}


HELP = Text(
    """Value intellectual property, every figure explained.

    Start with `ipfinance demo`, then `ipfinance new case` and `ipfinance value case.yaml`.
    Every command takes --json for programs and --lang en or zh; IPFINANCE_LANG=zh makes
    Chinese the default. Exit codes: 0 done, 1 failed, 2 wrong usage or input.
    """,
    """知识产权评估，每个数字都有来历。

    先运行 `ipfinance demo`，再用 `ipfinance new case` 与 `ipfinance value case.yaml`。
    各命令均支持 --json（供程序使用）与 --lang en 或 zh；设 IPFINANCE_LANG=zh 则默认中文。
    退出码：0 完成，1 失败，2 用法或输入有误。
    """,
)


def command_group() -> LazyGroup:
    """Return the whole command line."""
    group = LazyGroup(name="ipfinance", help_text=HELP, package="ipfinance.cli", commands=COMMANDS)
    group.params.append(
        click.Option(
            ["--debug"],
            is_flag=True,
            help=say(Text("Show the traceback of an internal error.", "显示内部错误的堆栈。")),
        )
    )
    group.params.append(
        click.Option(["--lang"], type=click.Choice(["en", "zh"]), help="English / 中文")
    )
    click.version_option(package_name="ipfinance", message="%(prog)s %(version)s")(group)
    return group


def main() -> None:
    """Run the command line; every outcome is an exit code, never a traceback."""
    use_language_of(sys.argv[1:])
    if "--debug" not in sys.argv[1:]:
        sys.excepthook = _internal_error
    sys.exit(_run())


def _run() -> int:
    from ipfinance.basics import FailureReason, IpfinanceError
    from ipfinance.cli._words import print_error

    wants_json = "--json" in sys.argv[1:]
    try:
        command_group().main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return EXIT_WRONG_INPUT if isinstance(error, click.UsageError) else EXIT_FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo(say(Text("Interrupted.", "已中断。")), err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone
        sys.stderr.close()
        return EXIT_FAILED
    except IpfinanceError as error:
        print_error(error, as_json=wants_json)
        return EXIT_FAILED if error.reason is FailureReason.NO_SOLUTION else EXIT_WRONG_INPUT
    return 0


def _internal_error(
    kind: type[BaseException], error: BaseException, _: TracebackType | None
) -> None:
    text = Text(
        f"Internal error: {kind.__name__}: {error}. Please report it; `ipfinance --debug …` shows "
        "where it happened.",
        f"内部错误：{kind.__name__}：{error}。请反馈；用 `ipfinance --debug …` 可查看位置。",
    )
    click.echo(say(text), err=True)
