"""The figure of the part on noise and Adam: every number in it is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore.optimizers import Adam, AMSGrad, Optimizer


def two_adams() -> Node:
    """A weight under the slopes 3, −1, −1: Adam climbs to the worst place, AMSGrad finds −1."""
    axes = Axes((0, 3000), (-1.15, 1.15), height=220)
    ends, lines = {}, []
    for kind, line in ((Adam, "run-3"), (AMSGrad, "run-1")):
        optimizer: Optimizer = kind(0.5, beta1=0.0, beta2=0.1)
        w, path = np.zeros(1), [0.0]
        for t in range(3000):
            optimizer.lr = 0.5 / np.sqrt(t + 1)
            optimizer.step(w, np.array([[3.0, -1.0, -1.0][t % 3]]))
            np.clip(w, -1, 1, out=w)
            path.append(float(w[0]))
        ends[kind.__name__] = path[-1]
        lines.append(plots.curve(axes, np.arange(0, 3001, 3), path[::3], line))
    return plots.plot(
        axes,
        plots.rule(axes, y=-1, class_="gold"),
        lines,
        plots.text_at(axes, 1500, 0.78, "Adam"),
        plots.text_at(axes, 1500, -0.7, "AMSGrad"),
        x_label=say("step"),
        y_label=say("weight"),
        label=say(
            "Adam ends at {adam}, AMSGrad at {amsgrad}; the best place is −1.",
            adam=fixed(ends["Adam"]),
            amsgrad=fixed(ends["AMSGrad"]),
        ),
    )
