"""Value the illustrative pledge case, and see what one answer moves."""

from __future__ import annotations

import ipfinance as ip


def main() -> None:
    case = ip.value(ip.example("pledge"))
    tree = case.explanation
    print(f"point value                  {case.value:.4f} {case.unit}")
    print(f"interval                     {case.interval.low:.4f} to {case.interval.high:.4f}")
    print(f"risk adjustment coefficient  {case.risk_adjustment_coefficient:.4f}")
    for answer in ((0.50, 0.60), (0.70, 0.80), (0.90, 1.00)):
        moved = tree.recomputed({"answers.P14.E1": ip.Interval(*answer)})
        print(f"E1 says {answer[0]:.2f}-{answer[1]:.2f} of P14:      {moved:.4f}")


if __name__ == "__main__":
    main()
