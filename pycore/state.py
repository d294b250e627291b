"""States by name: what changes as a thing works, taken as copies and put back. It knows no layer.

A part is an array or a generator of random numbers; a state has a copy of each, a generator's being
what NumPy calls its state. Taking and putting back never replaces a part, so views stay views.

Examples:
    >>> from pycore.state import put, taken
    >>> import numpy as np
    >>> parts = {"W": np.zeros(2), "rng": np.random.default_rng(0)}
    >>> state = taken(parts)
    >>> parts["W"][...], drawn = 7, parts["rng"].random()
    >>> put("an example", parts, state)
    >>> parts["W"], parts["rng"].random() == drawn
    (array([0., 0.]), True)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Part = npt.NDArray[Any] | np.random.Generator
State = dict[str, Any]


def taken(parts: Mapping[str, Part]) -> State:
    """Return a copy of every part, by its name."""
    return {
        name: part.copy() if isinstance(part, np.ndarray) else part.bit_generator.state
        for name, part in parts.items()
    }


def put(who: object, parts: Mapping[str, Part], state: Mapping[str, Any]) -> None:
    """Write a state into the parts, in place.

    Raises:
        ValueError: as `check`; no part is changed.
    """
    check(who, parts, state)
    for name, part in parts.items():
        if isinstance(part, np.ndarray):
            part[...] = state[name]
        else:
            part.bit_generator.state = state[name]


def check(who: object, parts: Mapping[str, Part], state: Mapping[str, Any]) -> None:
    """Refuse a state that does not fit the parts.

    Raises:
        ValueError: a name is missing or strange, or what stands there does not fit; `who` begins
            the message.
    """
    for name in sorted(parts.keys() | state.keys()):
        here, there = (
            _kind(table[name]) if name in table else "nothing" for table in (parts, state)
        )
        if here != there:
            raise ValueError(f"{who} has {there} as {name}; allowed: {here}")
        if isinstance(part := parts[name], np.random.Generator):
            _check_generator(who, name, part, state[name])


def _check_generator(who: object, name: str, part: np.random.Generator, state: Any) -> None:
    """Refuse a generator's state that is none, by giving it to another generator."""
    other: Any = type(part.bit_generator)(0)
    try:
        other.state = state
    except (KeyError, OverflowError, TypeError, ValueError):
        raise ValueError(
            f"{who} has a damaged {_kind(part).removeprefix('a ')} as {name}; allowed: what a "
            "generator gave"
        ) from None


def refuse_broken(who: object, state: Mapping[str, Any]) -> None:
    """Refuse a state in which a number is NaN or infinite.

    Raises:
        ValueError: names the number's place.
    """
    for name, value in state.items():
        array = np.asarray(value)
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{who} has NaN or infinity in {name}; allowed: finite numbers")


def generators(thing: object) -> dict[str, Part]:
    """Return the generators that a thing holds as attributes, by their names."""
    return {
        name: value for name, value in vars(thing).items() if isinstance(value, np.random.Generator)
    }


def _kind(value: Any) -> str:
    """Say what has to be the same for one to be written into the other."""
    if isinstance(value, np.random.Generator):
        value = value.bit_generator.state
    if isinstance(value, Mapping):
        return f"a state of {value.get('bit_generator', 'nothing known')}"
    array = np.asarray(value)
    return str(array.shape) if array.dtype.kind in "fiub" else f"{array.dtype}"
