"""Compare a gradient with central differences. It knows layers only by forward and backward.

Examples:
    >>> from pycore.gradient_check import check
    >>> from pycore.layers import Dense
    >>> layer = Dense(2, 3, rng=0)
    >>> check(layer, [[0.5, -1.0]], rng=0) < 1e-6
    True
    >>> layer.backward = lambda dy: 2 * dy @ layer.W.T  # somebody's mistake
    >>> check(layer, [[0.5, -1.0]], rng=0)
    Traceback (most recent call last):
    pycore.gradient_check.GradientError: Dense(2, 3): dW[1, 2] is 0, where ...
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Seed, above_zero, all_finite, floats, numbers, seeded
from pycore.layer import Layer
from pycore.state import put, taken

H = 1e-6


class GradientError(AssertionError):
    """A backward that does not belong to its forward; the message names parameter and entry."""


def numeric_gradient(f: Callable[[], float], x: Array, h: float = H) -> Array:
    """dL/dxᵢ ≈ (L(xᵢ + h) − L(xᵢ − h)) / 2h.

    Shapes: x any → the same. `f` reads x, which is changed in place and restored.

    Raises:
        TypeError: x is no array of floats.
        ValueError: h is no finite number above 0.
    """
    above_zero("numeric_gradient", h=h)
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        raise TypeError(
            f"numeric_gradient: got {x!r}; allowed: an array of floats, for it is changed in place"
        )
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        above, _, below = _around(f, x, i, h)
        gradient[i] = (above - below) / (2 * h)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """max |a − b| / max(1, |a|, |b|): absolute for small gradients, relative for large ones.

    Shapes: a, b the same → one number.
    """
    return float(_errors(floats(a), floats(b)).max(initial=0.0))


def check(
    layer: Layer,
    x: npt.ArrayLike,
    rng: Seed,
    training: bool = False,
    tolerance: float = 1e-6,
) -> float:
    """Return the largest relative error of dL/dx and every dL/dθ, for L = Σ r ⊙ y with random r.

    Shapes: x as the layer takes it, an array or a list, float64, or whole numbers, which have no
    gradient.

    `backward` runs twice, and has to have added twice the same. It works on a copy of the layer,
    whose buffers are set back before each pass, so that dropout draws the same mask every time.

    Raises:
        TypeError: it is no layer, or x or a parameter is of another type, such as float32, which
            has too few digits for differences.
        ValueError: parameters of it are not found: PARAMETERS does not name them, or a layer is
            held in a dict; x or a parameter holds NaN; the tolerance is no finite number above 0.
        GradientError: a gradient is wrong by more than `tolerance` or is NaN, has another shape
            than what it is the gradient of, was replaced where it had to be added to, or lies at a
            corner, where there is none: a ReLU at 0, a tie between two largest; or a pass gives no
            array, or another one to the same x, or changes what it was given.
    """
    above_zero("check", tolerance=tolerance)
    rng = seeded(rng)
    layer, x = _allowed(layer, x)
    buffers = dict(layer.buffers())
    state = taken(buffers)

    held: dict[str, Array] = {}
    for name, value, gradient in layer.parameters():
        held |= {name: value, _gradient_of(name): gradient}

    def forward() -> Array:
        put(layer, buffers, state)
        return layer.forward(x, training)

    given, y = x.copy(), forward()
    if not isinstance(y, np.ndarray):
        raise GradientError(f"{layer}: forward gave {y!r}; allowed: an array")
    _refuse_changed(layer, "forward", "x", x, given)
    r = rng.normal(size=y.shape)

    def loss() -> float:
        before = x.copy()
        value = float((r * forward()).sum())
        _refuse_changed(layer, "forward", "x", x, before)
        return value

    first = y.copy()
    if not np.array_equal(first, forward(), equal_nan=True):
        raise GradientError(
            f"{layer}: forward gave two answers to one x; allowed: to draw from a generator that "
            "the layer holds as an attribute, and to keep in BUFFERS what a pass changes"
        )
    layer.zero_grad()
    forward()
    given = r.copy()
    dx = layer.backward(r)
    if not isinstance(dx, np.ndarray):
        raise GradientError(f"{layer}: backward gave {dx!r}; allowed: an array, dL/dx")
    _refuse_changed(layer, "backward", "dy", r, given)
    _refuse_replaced(layer, held)
    found = {_gradient_of(name): (value, d.copy()) for name, value, d in layer.parameters()}
    if x.dtype.kind == "f":
        found["dx"] = (x, dx)
    for name, (value, gradient) in found.items():
        if np.shape(gradient) != value.shape:
            raise GradientError(
                f"{layer}: {name} has shape {np.shape(gradient)}; allowed: {value.shape}"
            )
    forward()
    layer.backward(r)
    for name, _, twice in layer.parameters():
        once = found[_gradient_of(name)][1]
        if not _errors(twice, 2 * once).max(initial=0.0) <= 1e-9 and np.isfinite(once).all():
            raise GradientError(
                f"{layer}: a second backward does not add to {_gradient_of(name)}, so that nothing "
                f"is learnt; allowed: {_gradient_of(name).rpartition('.')[2]} += …"
            )
    worst = 0.0
    for name, (value, gradient) in found.items():
        numeric = numeric_gradient(loss, value)
        errors = _errors(gradient, numeric)
        worst = float(np.maximum(worst, errors.max(initial=0.0)))  # NaN stays
        if not worst <= tolerance:
            at = np.unravel_index(int(np.argmax(np.nan_to_num(errors, nan=np.inf))), value.shape)
            place = tuple(int(i) for i in at)
            raise GradientError(
                f"{layer}: {name}{list(place)} is {gradient[place]:.6g}, where "
                f"{_slope(loss, value, place, float(numeric[place]))}"
            )
    return worst


def _allowed(layer: Layer, x: npt.ArrayLike) -> tuple[Layer, Array]:
    """Return copies of both, or refuse what cannot be checked."""
    if not isinstance(layer, Layer):
        raise TypeError(f"check: got {layer!r}; allowed: an object of Layer")
    layer.refuse_unnamed()
    if hidden := layer.hidden():
        raise ValueError(
            f"{layer}: layers in {', '.join(hidden)} are not found; allowed: each as an attribute, "
            "or in a list or tuple"
        )
    own = numbers("check: x", x).copy()
    for name, array in [("x", own), *((name, value) for name, value, _ in layer.parameters())]:
        whole = array.dtype.kind in "iu" and name == "x"
        if array.dtype.kind == "f" and not all_finite(array):
            raise ValueError(f"check: {name} holds NaN or infinity; allowed: finite numbers")
        if array.dtype != np.float64 and not whole:
            raise TypeError(f"check: {name} holds {array.dtype}; allowed: float64")
    return copy.deepcopy(layer), own


def _refuse_changed(layer: Layer, way: str, name: str, now: Array, given: Array) -> None:
    """Refuse a pass that has changed what it was given, which others read too."""
    if not np.array_equal(now, given, equal_nan=True):
        raise GradientError(f"{layer}: {way} changed its {name}; allowed: to leave it as it is")


def _refuse_replaced(layer: Layer, held: dict[str, Array]) -> None:
    """Refuse passes that put another array where a parameter or a gradient was held."""
    for name, value, gradient in layer.parameters():
        for key, now in ((name, value), (_gradient_of(name), gradient)):
            if now is not held[key]:
                own = key.rpartition(".")[2]
                write = f"{own} += …" if now is gradient else f"{own}[...] = …"
                raise GradientError(
                    f"{layer}: a pass has replaced {key}, so that nothing is learnt; allowed: to "
                    f"write into it, as in {write}"
                )


def _gradient_of(name: str) -> str:
    """Return the name of a parameter's gradient: 1.dW for 1.W."""
    layer, _, own = name.rpartition(".")
    return f"{layer}{'.' * bool(layer)}d{own}"


def _errors(a: Array, b: Array) -> Array:
    """|a − b| / max(1, |a|, |b|), entry by entry."""
    scale = np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
    return np.asarray(np.abs(a - b) / scale)


def _around(
    f: Callable[[], float], x: Array, i: tuple[int, ...], h: float
) -> tuple[float, float, float]:
    """Return f a little above, at, and a little below xᵢ."""
    old, values = x[i], []
    for place in (old + h, old, old - h):
        x[i] = place
        values.append(f())
    x[i] = old
    return values[0], values[1], values[2]


def _slope(f: Callable[[], float], x: Array, i: tuple[int, ...], numeric: float) -> str:
    """Say what central differences found, or that there is a corner."""
    above, at, below = _around(f, x, i, H)
    left, right = (at - below) / H, (above - at) / H
    if abs(right - left) > 1e-3 * max(1, abs(left), abs(right)):
        return (
            f"there is a corner: the slope is {left:.6g} below and {right:.6g} above; allowed: to "
            "check a little beside it"
        )
    return f"central differences give {numeric:.6g}"
