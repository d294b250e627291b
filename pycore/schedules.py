"""Learning-rate schedules: functions from the number of steps made to a rate. They know no more.

Each refuses rates that are no finite numbers from 0, and counts that are no whole ones.

Examples:
    >>> from pycore.schedules import cosine, warm_up
    >>> rate = warm_up(cosine(0.1, 100), 5)
    >>> [round(rate(t), 3) for t in (0, 4, 5, 55, 105)]
    [0.02, 0.1, 0.1, 0.05, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable

from pycore.arrays import above_zero, counted, positive, within

Schedule = Callable[[int], float]
"""lr(t), the learning rate after t steps; every function below makes one."""


def constant(lr: float) -> Schedule:
    """lr(t) = lr."""
    within("constant", lr=lr)
    return lambda t: lr


def step_decay(lr: float, every: int, factor: float = 0.1) -> Schedule:
    """lr(t) = lr · factor^⌊t / every⌋."""
    positive("step_decay", every=every)
    within("step_decay", lr=lr, factor=factor)
    return lambda t: lr * factor ** (t // every)


def cosine(lr: float, steps: int, floor: float = 0.0) -> Schedule:
    """lr(t) = floor + (lr − floor) (1 + cos(π t / steps)) / 2, then floor.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017.
    """
    counted("cosine", steps=steps)
    within("cosine", lr=lr, floor=floor)

    def rate(t: int) -> float:
        passed = t / steps if t < steps else 1
        return floor + (lr - floor) * (1 + math.cos(math.pi * passed)) / 2

    return rate


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """lr(t) = schedule(0) · (t + 1) / steps while t < steps, then schedule(t − steps).

    Source: Goyal et al., Accurate, large minibatch SGD, 2017.
    """
    counted("warm_up", steps=steps)
    if not callable(schedule):
        raise TypeError(
            f"warm_up: schedule is {schedule!r}; allowed: one of the others, such as constant(0.1)"
        )
    return lambda t: schedule(0) * (t + 1) / steps if t < steps else schedule(t - steps)


def warmup_stable_decay(
    lr: float, warmup: int, stable: int, decay: int, floor: float = 0.0
) -> Schedule:
    """lr(t) rises in a line for `warmup` steps, rests for `stable`, falls in a line for `decay`.

    Source: Hu et al., MiniCPM, 2024.
    """
    counted("warmup_stable_decay", warmup=warmup, stable=stable, decay=decay)
    within("warmup_stable_decay", lr=lr, floor=floor)

    def rate(t: int) -> float:
        fallen = max(t - stable, 0) / max(decay, 1) if t < stable + decay else 1
        return lr + (floor - lr) * fallen

    return warm_up(rate, warmup)


def range_test(low: float, high: float, steps: int) -> Schedule:
    """lr(t) = low · (high / low)^(t / steps): watch the loss to see which rates work.

    Source: Smith, Cyclical learning rates for training neural networks, 2017.

    Raises:
        ValueError: not 0 < low ≤ high.
    """
    positive("range_test", steps=steps)
    above_zero("range_test", low=low, high=high)
    if low > high:
        raise ValueError(f"range_test: from {low} to {high}; allowed: 0 < low ≤ high")
    return lambda t: low * (high / low) ** (t / steps)
