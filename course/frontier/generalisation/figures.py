"""The figure of more weights than examples: every number in it is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore.recipes import double_descent as recipe


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
