"""One bad loan under three published schemes, to the cent, and what a fund can stand behind."""

from __future__ import annotations

from ipfinance.credit import exceedance, large_pool_quantile, largest_pool, shared_by_weights

LOSS = 10_000_001  # fen
SCHEMES = {
    "Zhongshan 54:26:16:4": {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4},
    "Zhuhai 60:40": {"bank": 60, "fund": 40},
    "Shenzhen 1:1": {"fund": 1, "bank": 1},
}


def main() -> None:
    for name, weights in SCHEMES.items():
        claim = shared_by_weights(weights).share(LOSS)
        shares = ", ".join(f"{party} {paid / 100:,.2f}" for party, paid in claim.paid.items())
        print(f"{name:<21} {shares}")
        if not (sum(claim.paid.values()) == LOSS):
            raise SystemExit(1)
    bearable, chance, target = 40, 0.03, 0.01
    for correlation in (0.0, 0.05, 0.15):
        count = largest_pool(bearable, chance, correlation, target)
        large = bearable / large_pool_quantile(chance, correlation, 1 - target)
        print(
            f"means for {bearable} defaults, correlation {correlation:.2f}: {count} loans "
            f"(large pool {large:.0f}), chance of more {exceedance(count, bearable, chance, correlation):.4f}"
        )


if __name__ == "__main__":
    main()
