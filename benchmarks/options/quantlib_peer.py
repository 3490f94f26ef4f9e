"""QuantLib's engines on the same options, with the hazard in the rate and in the yield.

Objects are built before the clock starts: only the pricing call is timed.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import QuantLib as ql

REFERENCE_ROWS = 1000
PLAN = {
    "tree, Cox-Ross-Rubinstein, 200 steps": (20_000, lambda p: ql.BinomialVanillaEngine(p, "crr", 200)),
    "tree, Leisen-Reimer, 201 steps": (4_000, lambda p: ql.BinomialVanillaEngine(p, "lr", 201)),
    "finite differences, 100 x 100": (4_000, lambda p: ql.FdBlackScholesVanillaEngine(p, 100, 100)),
    "finite differences, 200 x 200": (2_000, lambda p: ql.FdBlackScholesVanillaEngine(p, 200, 200)),
    "QD+ fixed point, fast": (20_000, lambda p: ql.QdFpAmericanEngine(p, ql.QdFpAmericanEngine.fastScheme())),
    "QD+ fixed point, accurate": (4_000, lambda p: ql.QdFpAmericanEngine(p, ql.QdFpAmericanEngine.accurateScheme())),
}  # fmt: skip
CHUNK = 1000


def options(data, rows, factory):
    """Build the options of some rows with an engine each."""
    today = ql.Date(30, 6, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    made = []
    for j in rows:
        rate = float(data["rate"][j] + data["hazard"][j])
        carry = float(data["yield_rate"][j] + (0.0 if data["traded"][j] else data["hazard"][j]))
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(float(data["spot"][j]))),
            ql.YieldTermStructureHandle(ql.FlatForward(today, carry, count)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count)),
            ql.BlackVolTermStructureHandle(
                ql.BlackConstantVol(today, ql.NullCalendar(), float(data["volatility"][j]), count)
            ),
        )
        kind = ql.Option.Call if data["is_call"][j] else ql.Option.Put
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(kind, float(data["strike"][j])),
            ql.AmericanExercise(today, today + int(data["days"][j])),
        )
        option.setPricingEngine(factory(process))
        made.append(option)
    return made


def priced(data, count, factory):
    """Return the values of the first rows and the seconds the pricing alone took."""
    values, seconds = [], 0.0
    for start in range(0, count, CHUNK):
        made = options(data, range(start, min(start + CHUNK, count)), factory)
        begin = time.perf_counter()
        values += [option.NPV() for option in made]
        seconds += time.perf_counter() - begin
    return np.array(values), seconds


def main():
    """Write the reference values, then time every engine of the plan."""
    data = np.load(sys.argv[1])
    data = {name: data[name] for name in data.files}
    reference, _ = priced(
        data,
        REFERENCE_ROWS,
        lambda p: ql.QdFpAmericanEngine(p, ql.QdFpAmericanEngine.highPrecisionScheme()),
    )
    np.save(sys.argv[2], reference)
    rows = []
    for name, (count, factory) in PLAN.items():
        values, seconds = priced(data, count, factory)
        error = values[:REFERENCE_ROWS] - reference
        rows.append(
            {
                "engine": name,
                "options": count,
                "microseconds": seconds / count * 1e6,
                "rms_error": float(np.sqrt(np.mean(error**2))),
                "largest_error": float(np.abs(error).max()),
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"version": ql.__version__, "rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
