"""The figures of time and real networks: every number in them is the engine's."""

from __future__ import annotations

import math

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore import random_features
from pycore.arrays import Array
from pycore.recipes import grokking


def twice_in_time() -> Node:
    """The error over the steps where fifty weights are fast and five slow, and runs with noise."""
    rows, rate, noise = 100, 0.05, 0.01
    speed = np.array([1.0] * 50 + [0.001] * 5)
    signal = np.array([0.2 / 50] * 50 + [0.6 / 5] * 5)
    t = np.unique(np.geomspace(1, 200_000, 120).astype(int))
    left = (1 - rate * speed) ** t[:, None]
    error = np.sum(signal * left**2 + noise * (1 - left) ** 2, axis=1)
    rng = np.random.default_rng(0)
    turned = np.linalg.qr(rng.normal(size=(rows, len(speed))))[0]
    X: Array = turned * np.sqrt(rows * speed)
    w = np.sqrt(signal / speed)[:, None]
    y: Array = X @ w + math.sqrt(noise * rows) * rng.normal(size=(rows, 50))
    steps = [1, 7, 30, 100, 1000, 6000, 30_000, 150_000]
    found = [
        np.mean(speed @ (random_features.descended(X, y, n, rate / rows) - w) ** 2) for n in steps
    ]
    axes = Axes((1, 200_000), (0, 1.2), height=240, log_x=True)
    return plots.plot(
        axes,
        plots.curve(axes, t, error, "run-1", name=say("error: step, on new examples")),
        plots.scatter(axes, steps, found, "gold", name=say("measured: step, on new examples")),
        x_label=say("step"),
        y_label=say("error on new examples"),
        label=say(
            "At step {early} the error is {first}, at step {middle} {second}, and at the end "
            "{last}.",
            early=steps[1],
            first=fixed(float(found[1])),
            middle=steps[3],
            second=fixed(float(found[3])),
            last=fixed(float(found[-1])),
        ),
    )


def by_heart_then_understood() -> Node:
    """The share right of known sums and of the others, over the steps of one training."""
    decayed, free = (grokking.train(decay, 0, 400) for decay in (1.0, 0.0))
    step = np.arange(len(decayed))
    axes = Axes((1, 400), (0, 1.05), height=240, log_x=True)
    right = say("step, share right")
    return plots.plot(
        axes,
        plots.curve(axes, step, decayed[:, 0], "dashed", name=say("known: {what}", what=right)),
        plots.curve(axes, step, free[:, 1], "run-3", name=say("without decay: {what}", what=right)),
        plots.curve(axes, step, decayed[:, 1], "run-1", name=say("others: {what}", what=right)),
        plots.text_at(axes, 4, 0.85, say("known")),
        plots.text_at(axes, 120, 0.7, say("others")),
        plots.text_at(axes, 9, 0.08, say("without decay")),
        x_label=say("step"),
        y_label=say("share right"),
        label=say(
            "At step 100 of the known sums {known} are right and of the others {others}; at the "
            "end {last}.",
            known=fixed(float(decayed[100, 0])),
            others=fixed(float(decayed[100, 1])),
            last=fixed(float(decayed[-1, 1])),
        ),
    )
