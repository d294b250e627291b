"""What the engine takes: arrays, seeds, options; and errors that name them. No mathematics.

Examples:
    >>> from pycore.arrays import numbers, seeded
    >>> numbers("x", [[1, 2], [3, 4]]).shape
    (2, 2)
    >>> numbers("x", [["one", "two"]])
    Traceback (most recent call last):
    TypeError: x: got text, such as 'one'; allowed: real numbers
    >>> seeded(0).integers(10) == seeded(0).integers(10)
    np.True_
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
"""An array of floats."""
Integers = npt.NDArray[np.integer[Any]]
"""An array of whole numbers."""
DType = npt.DTypeLike
"""The type of an array's numbers: np.float64, or np.float32, which is half as large."""
Seed = np.random.Generator | int
"""Where random numbers come from: a generator, or a whole number from 0, which makes a new one."""


class ShapeError(ValueError):
    """An array whose shape does not fit; the message gives the shape and what is allowed."""


class NonFiniteError(ArithmeticError):
    """A NaN or an infinity came up; the message names the operation that made the first one.

    Attributes:
        place: where in a flat vector of parameters, if it was there.
    """

    def __init__(self, said: str, place: int | None = None) -> None:
        super().__init__(said)
        self.place = place


def shape_error(who: object, x: npt.NDArray[Any], allowed: str) -> ShapeError:
    """Return the error that says which shape came and which are allowed."""
    return ShapeError(f"{who}: got an array of shape {x.shape}; allowed: {allowed}")


def refuse_empty(who: object, x: npt.NDArray[Any]) -> None:
    """Refuse an array that holds nothing, because a dimension of it is 0.

    Raises:
        ShapeError: names the shape.
    """
    if x.size == 0:
        raise shape_error(who, x, "any shape, every dimension at least 1")


def seeded(rng: Seed) -> np.random.Generator:
    """Return the generator, of a seed a new one: the same seed gives the same numbers.

    Who makes several things by one seed makes one generator of it first.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if not _is_whole(rng) or rng < 0:
        raise TypeError(
            f"rng is {rng!r}; allowed: a whole number from 0, such as 0, or a generator, such as "
            "np.random.default_rng(0)"
        )
    return np.random.default_rng(int(rng))


def plain(who: str, x: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return x as a plain array, of numbers or of texts.

    Raises:
        ValueError: its rows differ in length, or some of it is masked.
    """
    mask = getattr(x, "mask", False) if isinstance(x, np.ndarray) else False
    if np.any(mask):
        raise ValueError(
            f"{who}: {np.count_nonzero(mask)} of the numbers are masked; allowed: none, so "
            "leave out their rows, or fill them, as in x.filled(0)"
        )
    try:
        return np.asarray(x)
    except ValueError:
        raise ValueError(f"{who}: rows of different lengths; allowed: all of the same") from None


def numbers(who: str, x: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return x as a plain array of real numbers: what a reader brings, looked at once.

    An array stays itself, a list becomes one. Whole numbers stay whole.

    Raises:
        TypeError: it holds text, complex numbers, dates, or something else than numbers.
        ValueError: its rows differ in length, or numbers in it are masked.
    """
    x = plain(who, x)
    if x.dtype.kind not in "fiub":
        raise TypeError(f"{who}: got {_called(x)}; allowed: real numbers")
    return x


def _called(x: npt.NDArray[Any]) -> str:
    """Say what an array holds in a reader's words, with its first."""
    kinds = {"U": "text", "S": "bytes", "c": "complex numbers", "M": "dates", "m": "times"}
    kind = kinds.get(x.dtype.kind, "objects")
    return f"{kind}, such as {x.ravel()[:1].tolist()[0]!r}" if x.size else kind


def floats(x: npt.ArrayLike) -> Array:
    """Return x; whole numbers as float64, for what is computed from them has fractions.

    Shapes: any → the same; of a list an array is made.

    Raises:
        TypeError, ValueError: as `numbers`.
    """
    if type(x) is not np.ndarray or x.dtype.kind != "f":
        x = numbers("x", x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def all_finite(x: Array) -> bool:
    """Tell whether an array holds neither NaN nor infinity.

    Shapes: any → one truth value. The square of the length tells it at once, unless it overflows.
    """
    return math.isfinite(np.vdot(x, x)) or bool(np.isfinite(x).all())


def positive(who: object, **sizes: int) -> None:
    """Refuse sizes that are not whole numbers of at least 1.

    Raises:
        ValueError: names the size, its value, and what is allowed.
    """
    for name, size in sizes.items():
        if not _is_whole(size) or size < 1:
            raise ValueError(f"{who}: {name} is {size!r}; allowed: whole numbers from 1")


def below_one(who: object, **rates: float) -> None:
    """Refuse rates that are not at least 0 and below 1.

    Raises:
        ValueError: names the rate, its value, and what is allowed.
    """
    for name, rate in rates.items():
        if not _is_finite(rate) or not 0 <= rate < 1:
            raise ValueError(f"{who}: {name} is {rate!r}; allowed: 0 ≤ {name} < 1")


def within(who: object, low: float = 0.0, high: float = math.inf, **numbers: float) -> None:
    """Refuse what is no finite number from `low` to `high`.

    Raises:
        ValueError: names the number, its value, and what is allowed.
    """
    for name, number in numbers.items():
        if not _is_finite(number) or not low <= number <= high:
            ends = [f"from {low:g}"] * (low > -math.inf) + [f"to {high:g}"] * (high < math.inf)
            allowed = " ".join(["finite numbers", *ends])
            raise ValueError(f"{who}: {name} is {number!r}; allowed: {allowed}")


def above_zero(who: object, **numbers: float) -> None:
    """Refuse what is no finite number above 0.

    Raises:
        ValueError: names the number, its value, and what is allowed.
    """
    for name, number in numbers.items():
        if not _is_finite(number) or not number > 0:
            raise ValueError(f"{who}: {name} is {number!r}; allowed: finite numbers above 0")


def counted(who: object, **counts: int) -> None:
    """Refuse what is no whole number of at least 0.

    Raises:
        ValueError: names the number, its value, and what is allowed.
    """
    for name, count in counts.items():
        if not _is_whole(count) or count < 0:
            raise ValueError(f"{who}: {name} is {count!r}; allowed: whole numbers from 0")


def accepts(function: Callable[..., Any], *given: object) -> bool:
    """Tell whether a function can be called with just these; it is not called."""
    if isinstance(function, np.ufunc):
        return len(given) == function.nin
    try:
        inspect.signature(function).bind(*given)
    except TypeError:
        return False
    except ValueError:  # made in C, and does not tell what it takes
        return True
    return True


def told(number: Any) -> str:
    """Return a number as an error names it: short, but never as another one that is allowed."""
    short = f"{number:g}"
    return short if float(short) == number or number != number else repr(np.asarray(number).item())


def _is_finite(number: object) -> bool:
    if isinstance(number, bool):
        return False
    return isinstance(number, int | float | np.integer | np.floating) and math.isfinite(number)


def _is_whole(number: object) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)
