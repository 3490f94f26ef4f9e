"""`python -m ipfinance`."""

from __future__ import annotations

from ipfinance.cli import main

if __name__ == "__main__":
    main()
