"""The figures of the article on dropout: every number in them is the engine's."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

from games.concepts.training import Rounded
from games.regularise.where_it_wavers.nets import GRID, RATE, REACH, STEPS, UNITS, learned
from games.ui import plots, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed
from games.ui.pixels import strips
from games.ui.plots import Axes
from games.words import say
from pycore import initializers
from pycore.activations import ReLU
from pycore.arrays import Array
from pycore.layers import Dense, Dropout, Sequential
from pycore.losses import MeanSquaredError
from pycore.optimizers import Adam
from pycore.thinning import thinned

SEED = 17
"""Of the points with a gap."""


def masks(rate: str) -> Node:
    """Masks of one layer, a row for each."""
    dropout = Dropout(float(rate), rng=np.random.default_rng(3))
    drawn = dropout.forward(np.ones((8, UNITS)), training=True)
    names = [str(step) for step in range(1, 9)]
    label = say("Which units are on, a row for each mask")
    on = say("On: {n} of {total}.", n=int((drawn > 0).sum()), total=drawn.size)
    return widgets.panel(
        strips(names, (drawn > 0).astype(float), "signed", label, name=say("masks")),
        widgets.hint(on),
    )


def sums(rate: str) -> Node:
    """How likely each sum of eight terms is, over all masks."""
    p = float(rate)
    terms = np.random.default_rng(2).normal(size=8)
    every = np.array(list(product((0, 1), repeat=8)))
    chance = np.prod(np.where(every == 1, 1 - p, p), axis=1)
    values = every @ terms / (1 - p)
    edges = np.linspace(-8, 8, 33)
    heights, _ = np.histogram(values, edges, weights=chance)
    whole = float(terms.sum())
    spread = float(np.sqrt(p / (1 - p) * (terms**2).sum()))
    axes = Axes((-8, 8), (0, 0.3), height=180)
    return plots.plot(
        axes,
        plots.band(axes, (whole - spread, whole + spread)),
        plots.bars(axes, (edges[:-1] + edges[1:]) / 2, heights, 0.42, name=say("sum, chance")),
        plots.rule(axes, x=whole),
        x_label=say("the sum"),
        y_label=say("chance"),
        label=say(
            "The sum over all masks: mean {mean}, standard deviation {spread}.",
            mean=fixed(whole),
            spread=fixed(spread),
        ),
    )


@cache
def _starts() -> Array:
    """Eight networks with one hidden layer, from other starts, on the same points: (8, 81)."""
    points, found = learned("gap", 1, SEED), []
    for start in range(8):
        rng = np.random.default_rng(start)
        network = Sequential(
            Dense(1, UNITS, initializers.he_normal, initializers.normal(1.0), rng=rng),
            ReLU(),
            Dropout(RATE, rng=rng),
            Dense(UNITS, 1, rng=rng),
        )
        x, y = points.x[:, None], points.y[:, None]
        Rounded(network, MeanSquaredError(), Adam(0.01), x, y, total=STEPS).run()
        found.append(network.forward(GRID[:, None])[:, 0])
    return np.array(found)


def band(by: str) -> Node:
    """The networks of one band: thinned by masks, of one or two hidden layers, or other starts."""
    net = learned("gap", 2 if by == "deep" else 1, SEED)
    if by == "starts":
        curves = _starts()
    else:
        network = net.network
        curves = thinned(network, GRID[:, None], 100)[:, :, 0]
    middle, wide = curves.mean(axis=0), 2 * curves.std(axis=0)
    axes = Axes((-REACH, REACH), (-3, 3), height=200, left=34)
    gap = int(np.abs(GRID).argmin())
    plot = plots.plot(
        axes,
        plots.ranges(axes, GRID, middle - wide, middle + wide, "wide"),
        [plots.curve(axes, GRID, curve, "thin") for curve in curves[:24]],
        plots.curve(axes, GRID, middle, "whole", name=say("mean (x, y)")),
        plots.scatter(axes, net.x, net.y, "learnt", name=say("points (x, y)")),
        x_label="x",
        y_label=say("output"),
        label=say(
            "Standard deviation {gap} in the middle of the gap, {most} where it is widest.",
            gap=fixed(float(wide[gap] / 2)),
            most=fixed(float(wide.max() / 2)),
        ),
    )
    return h("div", plot, class_="wavers")
