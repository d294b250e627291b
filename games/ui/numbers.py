"""Numbers as text: the one place that decides how a computed value is printed.

The sign between whole number and decimals is that of the language in use.
"""

from __future__ import annotations

import numpy as np

from games.words import language

MINUS = "−"
UNBROKEN = "\N{NO-BREAK SPACE}"
"""Stands between a number and its unit, so that no line ends there."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def fixed(value: float, digits: int = 2) -> str:
    """`value` rounded to `digits` decimals, with a true minus sign and no negative zero."""
    text = f"{value:.{digits}f}"
    minus = MINUS if text.startswith("-") and float(text) else ""
    return minus + _printed(text.removeprefix("-"))


def _printed(text: str) -> str:
    """Digits as the language in use writes them."""
    return text.replace(".", language().decimal)


def plain(value: float, most: int = 4) -> str:
    """`value` with no more decimals than it needs, and never more than `most`: 0.7, 3, −0.25."""
    return fixed(value, decimals(value, most))


def decimals(value: float, most: int = 4) -> int:
    """How many decimals `value` needs, and never more than `most`."""
    return len(f"{value:.{most}f}".rstrip("0").partition(".")[2])


def signed(value: float, digits: int = 2) -> str:
    """Like `fixed`, with a plus sign in front of what is not negative."""
    text = fixed(value, digits)
    return text if text.startswith(MINUS) else "+" + text


def short(value: float, digits: int = 2) -> str:
    """`value` to `digits` significant digits; the very large and small with a power of ten.

    0.0312 stays 0.031, 0.0000312 becomes 3.1 × 10⁻⁵, kept on one line.
    """
    if not np.isfinite(value):
        raise ValueError(f"only a finite number can be printed, got {value}")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if value == 0 or -4 < power < 5:
        return fixed(value, max(0, digits - 1 - power) if value else 0)
    return f"{_printed(mantissa.replace('-', MINUS))}{UNBROKEN}×{UNBROKEN}{power_text(power)}"


def power_text(power: int) -> str:
    """A power of ten: 10⁻³; 1 and 10 are written out."""
    return {0: "1", 1: "10"}.get(power, "10" + str(power).translate(RAISED))


def percent(share: float, digits: int = 0) -> str:
    """A share of one as a percentage, kept on one line."""
    return f"{fixed(100 * share, digits)}{UNBROKEN}%"


def counted(n: int) -> str:
    """A whole number, its thousands set apart: 9 261."""
    return f"{n:,}".replace(",", UNBROKEN)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most `most` round numbers (1, 2 or 5 times a power of ten apart) within [low, high]."""
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"an axis needs two finite ends, the lower first; got {low}, {high}")
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        if last - first < most:
            break
    return [float(k * step) for k in np.arange(first, last + 1)]


def powers(low: float, high: float, most: int = 6) -> list[int]:
    """The exponents of at most `most` powers of ten within [low, high], evenly apart."""
    if not (np.isfinite([low, high]).all() and 0 < low < high):
        raise ValueError(
            f"a logarithmic axis needs two finite ends above 0, the lower first; got {low}, {high}"
        )
    first, last = np.ceil(np.log10(low) - 1e-9), np.floor(np.log10(high) + 1e-9)
    step = max(1, int(np.ceil((last - first + 1) / most)))
    multiples = np.arange(np.ceil(first / step), np.floor(last / step) + 1)
    return [int(k * step) for k in multiples]


def tick_text(value: float, step: float) -> str:
    """A tick's label with as many decimals as the distance between ticks needs."""
    return fixed(value, max(0, int(np.ceil(-np.log10(step) - 1e-9))))
