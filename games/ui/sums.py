"""A neuron's weighted sum written out as text, from numbers it is given."""

from __future__ import annotations

from collections.abc import Iterable

from games.ui.numbers import MINUS, fixed, signed

NBSP = "\N{NO-BREAK SPACE}"
"""Inside a product, so that a line breaks between products."""


def weighted_sum(
    weights: Iterable[float],
    factors: Iterable[float | str],
    bias: float,
    *,
    digits: int = 1,
    factor_digits: int = 2,
) -> str:
    """0.8 × 1.00 − 0.2 × 3.00 + 0.5: each weight times what it weighs, then the bias.

    A factor given as text stands as it is (the name of a number not known yet); a negative one gets
    brackets. `digits` are those of weights and bias, `factor_digits` those of the factors.
    """
    terms = [
        f"{_spaced(w, digits)}{NBSP}×{NBSP}{_factor(f, factor_digits)}"
        for w, f in zip(weights, factors, strict=True)
    ]
    total = " ".join([*terms, _spaced(bias, digits)]).removeprefix(f"+{NBSP}")
    return MINUS + total[2:] if total.startswith(MINUS) else total


def applied(
    name: str,
    function: str,
    total: str,
    there: tuple[float, float] | None,
    *,
    digits: tuple[int, int] = (3, 3),
) -> str:
    """What a neuron makes of its sum: h = tanh(0.8 × 1.00 + 0.0) = tanh(0.800) = 0.664.

    `there` is the sum and the result as numbers, each with its `digits`; None where they are not
    known yet.
    """
    text = f"{name} = {function}({total})"
    if there is None:
        return f"{text} ={NBSP}?"
    z, value = (fixed(number, n) for number, n in zip(there, digits, strict=True))
    return f"{text} ={NBSP}{function}({z}) ={NBSP}{value}"


def _spaced(value: float, digits: int) -> str:
    """A number with its sign set apart: it stands in the middle of a sum."""
    text = signed(value, digits)
    return f"{text[0]}{NBSP}{text[1:]}"


def _factor(value: float | str, digits: int) -> str:
    if isinstance(value, str):
        return value
    text = fixed(value, digits)
    return f"({text})" if text.startswith(MINUS) else text
