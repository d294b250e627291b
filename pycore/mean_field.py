"""Mean field: what a random network does to signals, layer by layer. It knows no network.

A layer is h = x W + b, x = φ(h of the layer before), with W ~ N(0, σ_w² / n_in), b ~ N(0, σ_b²).
The wider it is, the nearer each h is to a normal number of mean 0 and variance q, and q, the same
for all neurons of a layer, is all there is to know. `activation` is a name or class, as in `mlp`.

Examples:
    >>> from pycore import mean_field
    >>> q = mean_field.fixed_point(1.5, 0.3)  # the variance that deep layers settle at
    >>> round(q, 3), round(mean_field.variance(q, 1.5, 0.3), 3)
    (0.961, 0.961)
    >>> round(mean_field.chi(q, 1.5), 3)  # above 1: chaos, and gradients grow
    1.061
    >>> sigma_w, sigma_b = mean_field.edge(q)  # where the same q has chi 1
    >>> round(mean_field.chi(q, sigma_w), 6)
    1.0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from pycore.activations import Activation, ActivationLike, named
from pycore.arrays import Array, above_zero, positive, within

STEP, REACH = 1 / 16, 8.5
"""Means are taken at places this far apart, and that far out. None is 0, where ReLU has its bend,
and for each there is its mirror image: so both halves of ReLU count alike, exactly."""
CALM, FINEST, FINEST_PAIRS = 30.0, 64, 8
"""Up to this q the places are near enough for tanh, which bends within 1 / √q; above it they lie
closer, at most so many times. So means of tanh are right to 1e-8 up to a q of 120,000, and those
over two signals up to 1,900."""
NUDGE = 0.01
"""How far log q is moved to see how a layer answers."""


def expectation(f: Callable[[Array], Array], q: float) -> float:
    """Return E f(√q z) for z ~ N(0, 1).

    Raises:
        ValueError: q is below 0 or not finite.
    """
    within("expectation", q=q)
    z, p = _places(_finer(q, FINEST))
    return float(p @ f(math.sqrt(q) * z))


def variance(
    q: float, sigma_w: float, sigma_b: float, activation: ActivationLike = "tanh"
) -> float:
    """Return σ_w² E φ(√q z)² + σ_b²: the variance of the sums a layer after one with variance q.

    Source: Poole et al., Exponential expressivity in deep neural networks through transient chaos,
    2016.
    """
    _spreads("variance", sigma_w, sigma_b)
    phi = _activation(activation)
    return sigma_w**2 * expectation(lambda h: phi.function(h) ** 2, q) + sigma_b**2


def profile(
    q: float, sigma_w: float, sigma_b: float, layers: int, activation: ActivationLike = "tanh"
) -> Array:
    """Return the variance of the sums in each of so many layers, the first of which has q.

    Shapes: → (layers,).
    """
    positive("profile", layers=layers)
    within("profile", q=q)
    found = [float(q)]
    for _ in range(layers - 1):
        found.append(variance(found[-1], sigma_w, sigma_b, activation))
    return np.array(found)


def band(
    q: float,
    sigma_w: float,
    sigma_b: float,
    layers: int,
    width: int,
    activation: ActivationLike = "tanh",
    deviations: float = 2.0,
) -> tuple[Array, Array]:
    """Return between what lies the mean square of the sums of each layer, `width` neurons wide.

    Given q̂, what the layer before really has, the sums are independent and normal, so the next q̂
    is σ_w² times a mean of `width` squares, plus σ_b². Its logarithm strays by some variance, and
    what strayed before is passed on as the layer answers it: both to the first order in 1 / width.
    The mean of the squares strays once more, by 2 / width. Of a normal logarithm, two standard
    deviations hold 95 %.

    Shapes: → (layers,), (layers,).
    """
    positive("band", layers=layers, width=width)
    above_zero("band", q=q, deviations=deviations)
    _spreads("band", sigma_w, sigma_b)
    phi = _activation(activation)
    middle, drift, strayed = [math.log(q)], [0.0], [0.0]
    for _ in range(layers - 1):
        here = math.exp(middle[-1])
        after = [
            math.log(variance(here * math.exp(nudge), sigma_w, sigma_b, activation))
            for nudge in (-NUDGE, 0.0, NUDGE)
        ]
        answer = (after[2] - after[0]) / (2 * NUDGE)
        bend = (after[2] - 2 * after[1] + after[0]) / NUDGE**2
        square = expectation(lambda h: phi.function(h) ** 2, here)
        fourth = expectation(lambda h: phi.function(h) ** 4, here)
        new = sigma_w**4 * (fourth - square**2) / width / math.exp(2 * after[1])
        drift.append(answer * drift[-1] + (bend * strayed[-1] - new) / 2)
        strayed.append(answer**2 * strayed[-1] + new)
        middle.append(after[1])
    centre = np.array(middle) + drift - 1 / width
    reach = deviations * np.sqrt(np.array(strayed) + 2 / width)
    return np.exp(centre - reach), np.exp(centre + reach)


def fixed_point(sigma_w: float, sigma_b: float, activation: ActivationLike = "tanh") -> float:
    """Return q*, the variance that layers settle at from above; inf where they grow without end.

    For tanh and ReLU; ReLU with σ_w² = 2 and σ_b = 0 keeps every q, and has no such number.

    Raises:
        ValueError: another activation, or every q stays.
    """
    _spreads("fixed_point", sigma_w, sigma_b)
    phi = type(_activation(activation)).__name__
    if phi == "ReLU":
        left = 1 - sigma_w**2 / 2
        if abs(left) < 1e-12 and sigma_b == 0:
            raise ValueError("fixed_point: ReLU with sigma_w² = 2, sigma_b = 0 keeps every q")
        if left <= 1e-12:
            return math.inf
        return sigma_b**2 / left
    if phi != "Tanh":
        raise ValueError(f"fixed_point: activation is {phi}; allowed: Tanh, ReLU")
    # tanh(√q z)² / q falls as q grows: what a layer makes of q is above q below q*, and below above
    low, high = 1e-12, sigma_w**2 + sigma_b**2 + 1e-12
    if variance(low, sigma_w, sigma_b) <= low:
        return 0.0
    return _root(lambda q: variance(q, sigma_w, sigma_b) - q, low, high)


def chi(q: float, sigma_w: float, activation: ActivationLike = "tanh") -> float:
    """Return χ = σ_w² E φ′(√q z)²: what a layer multiplies mean square gradients by, going back.

    And what it multiplies small differences by, going forward.

    Source: Schoenholz et al., Deep information propagation, 2017.
    """
    _spreads("chi", sigma_w, 0.0)
    phi = _activation(activation)
    return sigma_w**2 * expectation(lambda h: phi.derivative(h) ** 2, q)


def edge(q: float) -> tuple[float, float]:
    """Return the σ_w and σ_b with which tanh layers settle at q and have χ = 1: order meets chaos.

    Every q from 0 has one such pair; together they are the line in the plane (σ_w, σ_b).
    """
    within("edge", q=q)
    sigma_w = 1 / math.sqrt(chi(q, 1.0))
    return sigma_w, math.sqrt(max(q - variance(q, sigma_w, 0.0), 0.0))


def correlation(
    c: float, q: float, sigma_w: float, sigma_b: float, activation: ActivationLike = "tanh"
) -> float:
    """Return how like two signals are a layer later: both have variance q, correlation c.

    (σ_w² E φ(u) φ(v) + σ_b²) / (σ_w² E φ(u)² + σ_b²), u and v normal with variance q,
    correlation c.

    Source: Poole et al., 2016.
    """
    _spreads("correlation", sigma_w, sigma_b)
    phi = _activation(activation)
    together = sigma_w**2 * _together(phi.function, c, q) + sigma_b**2
    return together / variance(q, sigma_w, sigma_b, activation)


def relu_correlation(c: float) -> float:
    """Return the same for ReLU without biases, (√(1 − c²) + c (π − arccos c)) / π, for every σ_w.

    Source: Cho and Saul, Kernel methods for deep learning, 2009.
    """
    within("relu_correlation", -1.0, 1.0, c=c)
    return (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi


def chi_between(c: float, q: float, sigma_w: float, activation: ActivationLike = "tanh") -> float:
    """Return σ_w² E φ′(u) φ′(v): how fast `correlation` changes with c, at q*. At c = 1 it is χ."""
    _spreads("chi_between", sigma_w, 0.0)
    return sigma_w**2 * _together(_activation(activation).derivative, c, q)


def settled(sigma_w: float, sigma_b: float) -> float:
    """Return c*, the correlation that two signals settle at in tanh layers: 1 in the order.

    In chaos the map is convex, and 1 at c = 1 with a slope χ above 1: so it meets the diagonal once
    more.
    """
    q = fixed_point(sigma_w, sigma_b)
    if q == 0 or chi(q, sigma_w) <= 1 + 1e-9:
        return 1.0
    ahead = 1 - 1e-6
    return _root(lambda c: correlation(c, q, sigma_w, sigma_b) - c, 0.0, ahead)


def depth_scale(factor: float) -> float:
    """Return ξ = 1 / |log factor|, the layers in which a power of it changes e-fold; inf at 1.

    Source: Schoenholz et al., 2017.
    """
    above_zero("depth_scale", factor=factor)
    return math.inf if factor == 1 else 1 / abs(math.log(factor))


def _together(f: Callable[[Array], Array], c: float, q: float) -> float:
    """E f(u) f(v) for u and v normal with mean 0, variance q and correlation c."""
    within("correlation", -1.0, 1.0, c=c)
    within("correlation", q=q)
    root = math.sqrt(q)
    if c == 1:  # exactly, so that the diagonal meets what one signal does
        return expectation(lambda h: f(h) ** 2, q)
    z, p = _places(_finer(q, FINEST_PAIRS))
    other = c * z[:, None] + math.sqrt(1 - c * c) * z
    return float((p * f(root * z)) @ (f(root * other) @ p))


def _finer(q: float, most: int) -> int:
    """How many times closer than `STEP` the places lie for a variance of q."""
    return min(max(1, math.ceil(math.sqrt(q / CALM))), most)


@cache
def _places(finer: int) -> tuple[Array, Array]:
    """Places of a normal number, and their probabilities."""
    z = np.arange(STEP / finer / 2, REACH, STEP / finer)
    z = np.concatenate([-z[::-1], z])
    p = np.exp(-z * z / 2)
    return z, p / p.sum()


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """Where f, above 0 at `low` and below at `high`, is 0."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) > 0 else (low, middle)
    return (low + high) / 2


def _activation(activation: ActivationLike) -> Activation:
    made = named(activation)()
    if not isinstance(made, Activation):
        raise TypeError(f"activation is {made}; allowed: one that works element by element")
    return made


def _spreads(who: str, sigma_w: float, sigma_b: float) -> None:
    within(who, sigma_w=sigma_w, sigma_b=sigma_b)
