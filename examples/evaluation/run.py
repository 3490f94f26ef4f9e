"""Follow two patents over three years, and see what is known and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ipfinance as ip
from ipfinance.basics import as_interval

HERE = Path(__file__).parent


def main() -> None:
    found = ip.evaluate(HERE / "evaluation.yaml")
    for asset, trend in found.trends.items():
        for one in trend.snapshots:
            grades = " or ".join(grade.name.en for grade in one.grades)
            unknown = ", ".join(one.unknown) or "nothing"
            print(f"{asset} {one.dated_on}  {shown(one.value)}  {grades}; unknown: {unknown}")
        for change in trend.changes:
            first = change.by_indicator[0]
            print(f"    {change.direction}, most by {first.indicator}: {first.effect:+.4f}")
    for asset in found.trends:
        for each in found.last(asset).conversions:
            print(f"{asset} {each.conversion.id}: {shown(as_interval(each.explanation.value))}")
    early = ip.evaluate(HERE / "evaluation.yaml", on=date(2024, 6, 30))
    print(f"BAT as known in the middle of 2024: {shown(early.last('BAT').value)}")
    tree = found.last("CAT").total
    print(f"CAT if T3 were 0.7: {tree.recomputed({'unknown.CAT.T3': 0.7}):.4f}")


def shown(value: ip.Interval) -> str:
    if value.width == 0:
        return f"{value.low:.4f}"
    return f"{value.low:.4f} to {value.high:.4f}"


if __name__ == "__main__":
    main()
