"""Seeded time series, and windows of past and future cut from them. They know no network.

A series has shape (n,), one number for each step of time. `f(n, noise, rng) -> series`.

Examples:
    >>> from pycore import series
    >>> x, y = series.windows(series.trend(5, slope=1.0), past=3)
    >>> x[..., 0]
    array([[0., 1., 2.],
           [1., 2., 3.]])
    >>> y.ravel()
    array([3., 4.])
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pycore.arrays import Array, Seed, ShapeError, above_zero, floats, positive, seeded, within


def trend(n: int, slope: float, offset: float = 0.0) -> Array:
    """x_t = offset + slope · t.

    Shapes: → (n,).
    """
    positive("trend", n=n)
    within("trend", -math.inf, slope=slope, offset=offset)
    return np.asarray(offset + slope * np.arange(n))


def season(n: int, period: float, amplitudes: Sequence[float] = (1.0,)) -> Array:
    """x_t = Σ_k amplitude_k · sin(2π k t / period), k counting from 1.

    Shapes: → (n,).

    Raises:
        ValueError: the period is not above 0.
    """
    positive("season", n=n)
    above_zero("season", period=period)
    k = np.arange(1, len(amplitudes) + 1)
    waves = np.sin(2 * math.pi * np.outer(np.arange(n), k) / period)
    return np.asarray(waves @ np.asarray(amplitudes, float))


def seasonal(n: int, noise: float, rng: Seed, period: float = 24.0, slope: float = 0.01) -> Array:
    """A trend, a season of two waves that begins anywhere, and noise · N(0, 1).

    Shapes: → (n,).
    """
    rng = seeded(rng)
    positive("seasonal", n=n)
    within("seasonal", noise=noise)
    above_zero("seasonal", period=period)
    begin = rng.integers(max(1, round(period)))
    wave = season(n + int(begin), period, (1.0, 0.4))[begin:]
    return trend(n, slope) + wave + noise * rng.normal(size=n)


def autoregressive(
    n: int, noise: float, rng: Seed, coefficients: Sequence[float] = (0.6, 0.3)
) -> Array:
    """x_t = Σ_k coefficient_k · x_{t−k} + noise · N(0, 1), from x = 0 on.

    Shapes: → (n,).

    Source: Yule, On a method of investigating periodicities in disturbed series, 1927.
    """
    rng = seeded(rng)
    positive("autoregressive", n=n)
    within("autoregressive", noise=noise)
    weights = np.asarray(coefficients, float)[::-1]
    order = len(weights)
    x = np.concatenate([np.zeros(order), noise * rng.normal(size=n)])
    for t in range(order, order + n):
        x[t] += x[t - order : t] @ weights
    return x[order:]


def random_walk(n: int, noise: float, rng: Seed) -> Array:
    """x_t = x_{t−1} + noise · N(0, 1): its best forecast is its last value.

    Shapes: → (n,).
    """
    return autoregressive(n, noise, rng, (1.0,))


def mackey_glass(n: int, noise: float, rng: Seed, delay: int = 17) -> Array:
    """x_t = x_{t−1} + 0.2 x_{t−d} / (1 + x_{t−d}¹⁰) − 0.1 x_{t−1}, plus noise · N(0, 1) when seen.

    Shapes: → (n,).

    Chaotic from a delay of 17 on: near forecasts are good, far ones cannot be. The step of time is
    1, as is usual for this test.

    Source: Mackey and Glass, Oscillation and chaos in physiological control systems, 1977.
    """
    rng = seeded(rng)
    positive("mackey_glass", n=n, delay=delay)
    within("mackey_glass", noise=noise)
    settle = 10 * delay  # steps after which the random start is forgotten
    x = np.empty(delay + settle + n)
    x[:delay] = 1.2 + 0.1 * rng.normal(size=delay)
    for t in range(delay, len(x)):
        late = x[t - delay]
        x[t] = 0.9 * x[t - 1] + 0.2 * late / (1 + late**10)
    return np.asarray(x[-n:] + noise * rng.normal(size=n))


def windows(series: Array, past: int, future: int = 1) -> tuple[Array, Array]:
    """Every stretch of `past` steps, with the `future` steps that follow it.

    Shapes: series (n,) → x (count, past, 1), y (count, future); count = n − past − future + 1.

    Raises:
        ShapeError: the series is not a row of numbers, or too short for one window.
    """
    positive("windows", past=past, future=future)
    series = floats(series)
    if series.ndim != 1 or len(series) < past + future:
        raise ShapeError(
            f"windows: the series has shape {series.shape}; allowed: (n,), n from {past + future}"
        )
    both = np.lib.stride_tricks.sliding_window_view(series, past + future)
    return both[:, :past, None].copy(), both[:, past:].copy()


def split(series: Array, fraction: float) -> tuple[Array, Array]:
    """The first `fraction` of the steps, and the rest: what comes later must not teach.

    Shapes: (n,) → (first,), (n − first,).

    Raises:
        ValueError: one of the two parts would be empty.
    """
    series = floats(series)
    within("split", high=1, fraction=fraction)
    n = len(series)
    first = round(n * fraction)
    if not 0 < first < n:
        raise ValueError(f"split: {fraction} of {n} steps is {first}; allowed: 1 to {n - 1} steps")
    return series[:first], series[first:]
