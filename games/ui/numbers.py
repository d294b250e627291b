"""Numbers as text: the one place that decides how a computed value is printed."""

from __future__ import annotations

import numpy as np

MINUS = "−"


def fixed(value: float, digits: int = 2) -> str:
    """`value` rounded to `digits` decimals, with a true minus sign and no negative zero."""
    text = f"{value:.{digits}f}"
    if text.startswith("-"):
        return MINUS + text[1:] if float(text) else text[1:]
    return text


def signed(value: float, digits: int = 2) -> str:
    """Like `fixed`, with a plus sign in front of what is not negative."""
    text = fixed(value, digits)
    return text if text.startswith(MINUS) else "+" + text


def percent(share: float, digits: int = 0) -> str:
    """A share of one as a percentage."""
    return fixed(100 * share, digits) + " %"


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


def tick_text(value: float, step: float) -> str:
    """A tick's label with as many decimals as the distance between ticks needs."""
    return fixed(value, max(0, int(np.ceil(-np.log10(step) - 1e-9))))
