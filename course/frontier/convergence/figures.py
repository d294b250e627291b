"""The figures of what converges and how fast: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.words import say
from pycore import rates
from pycore.optimizers import SGD


def parabola_above() -> Node:
    """A curve, its tangent at a point below it, and the parabola of the largest curvature above."""
    at, L = 1.6, 1.0
    x = np.linspace(-3, 3, 121)
    y = np.logaddexp(x, -x) - np.log(2)
    here, slope = float(np.logaddexp(at, -at) - np.log(2)), float(np.tanh(at))
    low = at - slope / L
    bowl = here + slope * (x - at) + L / 2 * (x - at) ** 2
    line = here + slope * (x - at)
    axes = Axes((-3, 3), (-0.6, 3), height=240)
    lowest = here - slope**2 / (2 * L)
    return plots.plot(
        axes,
        plots.curve(axes, x, np.where(bowl <= 3, bowl, np.nan), "dashed"),
        plots.curve(axes, x, np.where(line >= -0.6, line, np.nan)),
        plots.curve(axes, x, y, "run-1"),
        plots.scatter(axes, [at], [here], "forward"),
        plots.scatter(axes, [low], [lowest], "gold"),
        plots.text_at(axes, -1.0, 2.6, say("the parabola above")),
        plots.text_at(axes, -2.9, 0.9, say("the loss")),
        plots.text_at(axes, 0.55, -0.4, say("the tangent below")),
        x_label="θ",
        y_label=say("loss"),
        label=say(
            "From {at} the lowest point of the parabola lies at {low}, {down} lower than the loss.",
            at=fixed(at, 1),
            low=fixed(low),
            down=fixed(slope**2 / (2 * L)),
        ),
    )


def bound_over_run() -> Node:
    """The measured loss of plain descent in the valley, and the bound that is proved above it."""
    c, theta, L = np.array([1.0, 9.0]), np.array([20.0, 0.5]), 9.0
    first = float(np.linalg.norm(theta))
    optimizer, losses = SGD(1 / L), []
    for _ in range(220):
        optimizer.step(theta, c * np.tanh(theta))
        losses.append(float(c @ np.log(np.cosh(theta))))
    t = np.arange(1, 221)
    bound = rates.smooth_bound(first, 1 / L, t)
    axes = Axes((0, 220), (1e-6, 1e4), height=240, log_y=True)
    return plots.plot(
        axes,
        plots.curve(axes, t, bound, "dashed", name=say("bound: step, at most")),
        plots.curve(axes, t, losses, "run-1", name=say("loss: step, measured")),
        plots.text_at(axes, 60, 200, say("at most")),
        plots.text_at(axes, 115, 3e-3, say("measured")),
        x_label=say("step"),
        y_label=say("loss"),
        label=say(
            "After 220 steps the bound is {bound} and the loss {loss}.",
            bound=short(float(bound[-1])),
            loss=short(losses[-1]),
        ),
    )
