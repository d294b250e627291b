"""The figures of the lesson on generalisation: every number in them is the engine's."""

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
from pycore.recipes import double_descent as recipe
from pycore.recipes import grokking

ROWS, DRAWS = 20, 400


def double_descent() -> Node:
    """The error on new examples over the number of features: plain, with ridge, without noise."""
    counts = recipe.COUNTS
    settings: dict[str, dict[str, float]] = {
        "ghost": {"noise": 0.0},
        "dashed": {"ridge": 3.0},
        "run-1": {},
    }
    middle = {
        line: np.median(recipe.measure(**setting)[0], axis=0) for line, setting in settings.items()
    }
    plain = middle["run-1"]
    axes = Axes((counts[0], counts[-1]), (0.02, 100), height=260, log_x=True, log_y=True)
    return plots.plot(
        axes,
        plots.rule(axes, x=recipe.EXAMPLES, class_="dashed"),
        plots.curve(axes, counts, middle["ghost"], "ghost", name=say("no noise: features, error")),
        plots.curve(axes, counts, middle["dashed"], "dashed", name=say("ridge: features, error")),
        plots.curve(axes, counts, plain, "run-1", name=say("plain: features, error")),
        x_label=say("features"),
        y_label=say("error on new examples"),
        label=say(
            "The error is {first} with {few} features, {peak} with {examples}, as many as "
            "there are examples, and {last} with {many}.",
            first=fixed(float(plain[0])),
            few=counts[0],
            peak=fixed(float(plain.max())),
            examples=counts[int(plain.argmax())],
            last=fixed(float(plain[-1])),
            many=counts[-1],
        ),
    )


def _noise(columns: int, rng: np.random.Generator) -> float:
    """The mean sum of 1 / s² over so many random matrices of twenty rows."""
    X: Array = rng.normal(size=(DRAWS, ROWS, columns))
    s = np.linalg.svd(X, compute_uv=False)
    return float(np.mean(np.sum(1 / s**2, axis=1)))


def noise_at_the_threshold() -> Node:
    """What noise adds to the error, by formula and measured, on both sides of the threshold."""
    rng = np.random.default_rng(0)
    left, right = np.linspace(3, 18.7, 60), np.geomspace(21.3, 200, 60)
    few, many = left / (ROWS - left - 1), ROWS / (right - ROWS - 1)
    places = [4, 8, 12, 16, 25, 30, 40, 60, 100, 180]
    found = [_noise(columns, rng) for columns in places]
    axes = Axes((3, 200), (0.05, 100), height=260, log_x=True, log_y=True)
    return plots.plot(
        axes,
        plots.rule(axes, x=ROWS, class_="dashed"),
        plots.curve(axes, left, few, "run-1", name=say("fewer: features, added error")),
        plots.curve(axes, right, many, "run-1", name=say("more: features, added error")),
        plots.scatter(axes, places, found, "gold", name=say("measured: features, added error")),
        x_label=say("features"),
        y_label=say("error that noise adds"),
        label=say(
            "With {least} features noise adds {first}, with {most} features {last}; near {rows} it "
            "has no upper end.",
            least=places[0],
            first=fixed(found[0]),
            most=places[-1],
            last=fixed(found[-1]),
            rows=ROWS,
        ),
    )


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
