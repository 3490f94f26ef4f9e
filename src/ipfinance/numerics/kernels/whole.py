"""Whole numbers: fractions of amounts and splits, exact, without leaving 64 bits."""

from __future__ import annotations

from ipfinance.numerics._kernel import bare_kernel, inlined_kernel
from ipfinance.numerics._types import IntArray


@inlined_kernel
def scaled(amount: int, numerator: int, denominator: int) -> int:
    """Return amount times numerator over denominator, half away from zero.

    Exact as long as ``(denominator - 1) * numerator`` fits; callers check that once.
    """
    if amount < 0:
        whole = -amount // denominator
        rest = -amount - whole * denominator
        return -(whole * numerator + (rest * numerator + denominator // 2) // denominator)
    whole = amount // denominator
    rest = amount - whole * denominator
    return whole * numerator + (rest * numerator + denominator // 2) // denominator


@bare_kernel
def divided(amount: int, factor: int, divisor: int) -> tuple[int, int]:
    """Return quotient and remainder of amount times factor by a divisor, none negative.

    The product may exceed 64 bits: the factor is taken digit by digit.
    """
    whole = amount // divisor
    rest = amount - whole * divisor
    if factor < 1 << 20 and rest < 1 << 42:
        product = rest * factor
        step = product // divisor
        return whole * factor + step, product - step * divisor
    bits = 20
    if divisor >= 1 << 42:
        bits = 10 if divisor < 1 << 52 else 1
    digits = 0
    left = factor
    while left > 0:
        digits += 1
        left >>= bits
    quotient = 0
    remainder = 0
    base = 1 << bits
    for place in range(digits - 1, -1, -1):
        digit = (factor >> (place * bits)) & (base - 1)
        total = remainder * base + digit * rest
        step = total // divisor
        remainder = total - step * divisor
        quotient = quotient * base + step + digit * whole
    return quotient, remainder


@bare_kernel
def compared(numerator: int, denominator: int, threshold: int, parts: int) -> int:
    """Return the sign of numerator over denominator less threshold over parts.

    A ratio over zero is above every threshold, zero over zero equals it.
    """
    if denominator <= 0:
        return 1 if numerator > 0 else 0
    if numerator <= 0:
        return -1 if threshold > 0 else 0
    quotient, remainder = divided(numerator, parts, denominator)
    if quotient != threshold:
        return 1 if quotient > threshold else -1
    return 1 if remainder > 0 else 0


@bare_kernel
def split(m: IntArray, base: int, count: int, total: int) -> None:
    """Split a total by whole weights, the largest remainders first, ties by place.

    Blocks of `count` places follow each other from `base`: weights, shares, remainders. The
    weights must not be negative nor all zero.
    """
    shares = base + count
    remainders = base + 2 * count
    sum_of_weights = 0
    for place in range(count):
        sum_of_weights += m[base + place]
    left = total
    for place in range(count):
        share, remainder = divided(total, m[base + place], sum_of_weights)
        m[shares + place] = share
        m[remainders + place] = remainder
        left -= share
    while left > 0:
        best = 0
        for place in range(1, count):
            if m[remainders + place] > m[remainders + best]:
                best = place
        m[shares + best] += 1
        m[remainders + best] = -1
        left -= 1


@bare_kernel
def split_capped(m: IntArray, base: int, count: int, total: int) -> None:
    """Split a total by weights, nobody above a cap; what one cannot take the others share.

    Blocks of `count` places follow each other from `base`: weights, caps, shares, then three for
    the work.
    """
    caps = base + count
    shares = base + 2 * count
    work = base + 3 * count
    part = work + count
    left = total
    for place in range(count):
        m[shares + place] = 0
        m[work + place] = m[base + place] if m[caps + place] > 0 else 0
    while left > 0:
        sum_of_weights = 0
        for place in range(count):
            sum_of_weights += m[work + place]
        if sum_of_weights == 0:
            return
        split(m, work, count, left)
        capped = 0
        for place in range(count):
            if m[work + place] > 0 and m[part + place] >= m[caps + place] - m[shares + place]:
                capped += 1
        if capped == 0:
            for place in range(count):
                m[shares + place] += m[part + place]
            return
        for place in range(count):
            room = m[caps + place] - m[shares + place]
            if m[work + place] > 0 and m[part + place] >= room:
                left -= room
                m[shares + place] = m[caps + place]
                m[work + place] = 0
