"""The replicated tree beside the sound model, on a published deal."""

from __future__ import annotations

import ipfinance as ip

TERMS = {"spot": 3.70, "strike": 3.70, "rate": 0.2326, "volatility": 0.2938, "maturity": 2.0}


def main() -> None:
    case = ip.value(ip.example("iqiyi"))
    print(f"income value {case.income_value:.4f}, option value {case.value:.4f} {case.unit}")
    print("hazard   replicated tree   probabilities   sound, traded   sound, unpriced")
    for hazard in (0.0, 0.05, 0.1611, 0.2058):
        tree = ip.option("zhou2022", **TERMS, hazard=hazard, steps=5)
        sound = [
            ip.option("closed-form", **TERMS, hazard=hazard, hazard_kind=kind).value
            for kind in ("traded", "unpriced")
        ]
        verdict = "valid" if tree.is_valid else "invalid"
        print(f"{hazard:6.2%} {tree.value:17.4f} {verdict:>15} {sound[0]:15.4f} {sound[1]:17.4f}")


if __name__ == "__main__":
    main()
