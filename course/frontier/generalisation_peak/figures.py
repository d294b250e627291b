"""The figure of why there is a peak: every number in it is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore.arrays import Array

ROWS, DRAWS = 20, 400


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
