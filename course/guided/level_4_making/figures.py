"""The figures of part 3 of Level 4: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.panes import small_multiples
from games.ui.plots import Axes
from games.words import say
from pycore.data import moons
from pycore.models.diffusion import cosine
from web.builder.figures import Floats


def noising() -> Node:
    """Points of two moons at four stages of a diffusion's forward process."""
    rng = np.random.default_rng(2)
    x, _ = moons(160, 0.05, rng)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    noise, noising = rng.normal(size=x.shape), cosine(100)

    def panel(name: str, points: Floats) -> tuple[str, Node]:
        near = np.clip(points, -2.9, 2.9)
        axes = Axes((-3, 3), (-3, 3), width=220, height=220, left=24, bottom=22)
        drawn = plots.plot(
            axes, plots.scatter(axes, near[:, 0], near[:, 1], "ink small"), label=name
        )
        return name, drawn

    def after(step: int) -> tuple[str, Node]:
        mixed = noising.forward(x, np.full(len(x), step - 1), noise)
        return panel(say("after step {step}", step=step), mixed)

    return small_multiples(panel(say("the data"), x), after(20), after(50), after(noising.steps))
