"""The figures of the article on recurrent networks: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.sequences._fresh import UNITS, sizes
from games.sequences.carry_the_bit.game import FAR, carried
from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.words import say
from pycore.reach import bound
from pycore.recurrent import RNN

LOOKS = {
    "RNN": ("run-1", 38, 5.0),
    "GRU": ("run-2", 30, 6.0),
    "LSTM 0": ("run-3", 18, 0.2),
    "LSTM 1": ("run-2", 49, 0.25),
    "LSTM 4": ("train", 52, 2.2),
}
"""How each line looks, at which step its name is written, and how many times as high."""


def felt_back() -> Node:
    """The middle of fifty networks, of each kind, by how many steps back the input is."""
    axes = Axes((0, 60), (1e-6, 1), height=260, left=52, log_y=True)
    back, lines = np.arange(61), []
    for kind, (look, at, off) in LOOKS.items():
        left = np.median(sizes(kind)[:, ::-1] / sizes(kind)[:, -1:], axis=0)[:61]
        lines.append(plots.curve(axes, back, np.where(left < 1e-6, np.nan, left), look))
        lines.append(plots.text_at(axes, at, float(left[at]) * off, kind))
    return plots.plot(
        axes,
        plots.rule(axes, y=0.01),
        lines,
        x_label=say("steps back; dotted: a hundredth"),
        y_label=say("share left"),
        label=say("RNN, GRU and an LSTM without a forget bias fade first; a bias of 4 hardly."),
    )


def shares() -> Node:
    """How much each step adds to the gradient of the loop."""
    rng = np.random.default_rng(0)
    layer, x = RNN(1, UNITS, rng=rng), rng.choice([-1.0, 1.0], (30, 1))
    h = layer.forward(x[None])[0]
    back, added = np.ones(UNITS), np.zeros(30)
    for t in range(29, 0, -1):
        delta = (1 - h[t] ** 2) * back
        added[t] = np.linalg.norm(h[t - 1]) * np.linalg.norm(delta)
        back = delta @ layer.Wh.T
    axes = Axes((0.3, 30.7), (0, float(added.max()) * 1.1), height=200, left=40)
    return plots.plot(
        axes,
        plots.bars(axes, np.arange(1, 31), added, 0.8, "gradient"),
        x_label=say("step"),
        y_label=say("size of what it adds"),
        label=say(
            "The last step adds {last}, the one 20 before it {early}.",
            last=fixed(float(added[29])),
            early=short(float(added[9]), 1),
        ),
    )


def bounded(sigma: str) -> Node:
    """What k steps back leave of a gradient at most, and the bound on it."""
    rng = np.random.default_rng(1)
    layer, x = RNN(1, UNITS, rng=rng), rng.choice([-1.0, 1.0], (41, 1))
    layer.Wh *= float(sigma) / np.linalg.norm(layer.Wh, 2)
    h = layer.forward(x[None])[0]
    product, left = np.eye(UNITS), [1.0]
    for t in range(40, 0, -1):
        product = product @ np.diag(1 - h[t] ** 2) @ layer.Wh.T
        left.append(float(np.linalg.norm(product, 2)))
    axes = Axes((0, 40), (1e-8, 100), height=210, left=52, log_y=True)
    back, most = np.arange(41), bound(layer, 40)
    inside = [np.where((y >= 1e-8) & (y <= 100), y, np.nan) for y in (most, np.array(left))]
    return plots.plot(
        axes,
        plots.curve(axes, back, inside[0], "train"),
        plots.curve(axes, back, inside[1], "backward"),
        plots.legend(axes, [(say("bound"), "train"), (say("left"), "backward")]),
        x_label=say("steps back"),
        y_label=say("at most left"),
        label=say(
            "After 40 steps {left} is left; the bound is {most}.",
            left=short(left[-1], 1),
            most=short(float(most[-1]), 1),
        ),
    )


def flat() -> Node:
    """The factor of one step back in a neuron that holds its state, by the weight of its loop."""
    axes = Axes((1, 4), (0, 1), height=200, left=40)
    w = np.linspace(1.01, 4, 60)
    h = np.ones_like(w)
    for _ in range(2000):
        h = np.tanh(w * h)
    factor = w * (1 - h**2)
    return plots.plot(
        axes,
        plots.curve(axes, w, factor, "backward"),
        x_label=say("weight of the loop"),
        y_label=say("factor of a step back"),
        label=say(
            "Near 1 a loop keeps the gradient; at a weight of 2 a step leaves {left} of it.",
            left=fixed(float(np.interp(2, w, factor))),
        ),
    )


def fading() -> Node:
    """What is left of a bit in the game's cell, for three forget gates."""
    axes = Axes((0, 50), (0, 1.1), height=210, left=40)
    steps, lines, left = np.arange(1, 51), [], []
    looks = {1.0: "run-3", 3.0: "run-2", 5.0: "run-1"}
    for weight, look in looks.items():
        weights = ((-FAR, FAR, -FAR), (weight, -FAR, -FAR), (weight, -FAR, FAR))
        held = carried(weights, np.eye(1, 50), np.zeros(1))[0][0]
        lines.append(plots.curve(axes, steps, held, look))
        left.append(fixed(float(held[-1])))
    return plots.plot(
        axes,
        plots.rule(axes, y=0.5),
        lines,
        plots.legend(axes, [(f"σ({weight:.0f})", look) for weight, look in looks.items()]),
        x_label=say("step"),
        y_label=say("in the cell"),
        label=say("At step 50 the three cells hold {left}.", left=", ".join(left)),
    )
