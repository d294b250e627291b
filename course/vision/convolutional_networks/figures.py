"""The figures of the article on convolutional networks: every number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.ui import plots, widgets
from games.ui.node import Node
from games.ui.pixels import strips
from games.ui.plots import Axes
from games.ui.tensors import feature_maps
from games.vision._field import Window, rows, section, width
from games.vision.read_my_digit.game import FURTHEST, KINDS, aside, digits, reader
from games.words import say
from pycore.arrays import Array
from pycore.convolution import AveragePool2D, Conv2D, ConvTranspose2D
from pycore.initializers import constant
from pycore.metrics import accuracy

ORDER = np.random.default_rng(0).permutation(144)


def _a_four() -> Array:
    x, y = digits(100, 1)
    return np.asarray(x[int(np.flatnonzero(y == 4)[0])])


def shuffled() -> Node:
    """A digit, and the same with its dots in another order."""
    digit = _a_four()
    return feature_maps(
        say("A digit, and the same dots in another order"),
        np.stack([digit, digit.ravel()[ORDER].reshape(digit.shape)]),
        names=[say("a digit"), say("the same dots, shuffled")],
        largest=1.0,
    )


def weights(kind: str) -> Node:
    """The weights of a layer from eight dots to six: dense, local, or local and shared."""
    table = np.random.default_rng(3).normal(size=(6, 8))
    near = np.array([[0 <= j - i < 3 for j in range(8)] for i in range(6)])
    if kind == "shared":
        table[near] = np.tile([-1.0, 0.5, 2.0], 6)
    table = table if kind == "dense" else np.where(near, table, 0.0)
    number = 3 if kind == "shared" else int(np.count_nonzero(table))
    names = [f"y{i + 1}" for i in range(6)]
    label = say("The weights of six outputs, one below the other, by eight dots")
    return widgets.panel(
        strips(names, table, "signed", label, name=say("weights")),
        widgets.hint(say.count("{n} weight to learn", "{n} weights to learn", number)),
    )


def moved(by: str, layer: str = "conv") -> Node:
    """A digit, what a layer makes of it, and both again after the digit has moved."""
    dots = int(by)
    digit = _a_four()
    conv = Conv2D(1, 1, 3, padding=1, rng=0)
    conv.W[:, :, 0, 0] = [[-1, 0, 1]] * 3
    made = conv if layer == "conv" else AveragePool2D(2)

    def through(x: Array) -> Array:
        return np.maximum(made.forward(x[None, :, :, None])[0, :, :, 0], 0)

    there = aside(digit, dots)
    pictures = [digit, through(digit), there, through(there)]
    pictures = [p / max(p.max(), 1e-9) for p in pictures]
    size = max(p.shape[0] for p in pictures)
    large = [np.kron(p, np.ones((size // p.shape[0],) * 2)) for p in pictures]
    return feature_maps(
        say("A digit and its map, before and after it has moved"),
        np.stack(large),
        names=[say("a digit"), say("its map"), say("moved"), say("its map now")],
        largest=1.0,
    )


@cache
def _held() -> dict[str, list[float]]:
    (x, y), (new, true) = digits(400, 0), digits(500, 2)
    networks = {kind: reader(kind, 0, x, y).run().network for kind in KINDS}
    return {
        kind: [
            accuracy(network.forward(aside(new, dots)[..., None]), true)
            for dots in range(FURTHEST + 1)
        ]
        for kind, network in networks.items()
    }


def lost_by_moving() -> Node:
    """The share of new digits that each network reads, by how far they are moved."""
    held = _held()
    axes = Axes((0, FURTHEST), (0, 1), height=220)
    dots = np.arange(FURTHEST + 1)
    return plots.plot(
        axes,
        plots.curve(axes, dots, held["cnn"], "run-1", name=say("LeNet: dots, share")),
        plots.curve(axes, dots, held["dense"], "run-2", name=say("dense: dots, share")),
        plots.rule(axes, y=0.1),
        plots.legend(axes, [(say("LeNet"), "run-1"), (say("dense"), "run-2")]),
        x_label=say("dots to the right"),
        y_label=say("read"),
        label=say("The more a digit is moved, the fewer are read; the dense network loses first."),
    )


def field(stack: str) -> Node:
    """What one cell sees through layers such as 3,3s2,3d2: size, stride, dilation."""
    windows = []
    for layer in stack.split(","):
        size, _, rest = layer.partition("s")
        stride, _, dilation = (rest or "1").partition("d")
        if "d" in size:
            size, _, dilation = size.partition("d")
        windows.append(Window(int(size), int(stride), int(dilation or 1)))
    found = rows(windows, 21, 0)
    middle = int(np.abs(found[-1].at - 10).argmin())
    sees = say.count("It sees {n} dot.", "It sees {n} dots.", width(windows))
    return widgets.panel(section(rows(windows, 21, middle)), widgets.hint(sees))


def overlaps(window: str) -> Node:
    """How many windows of a transposed convolution with stride 2 paint each dot."""
    k = int(window)
    layer = ConvTranspose2D(1, 1, k, 2, weights=constant(1), rng=0)
    painted = layer.forward(np.ones((1, 1, 8, 1)))[0, 0, 2 : 2 + 12, 0]
    axes = Axes((-0.5, 11.5), (0, 2.4), height=140, left=28)
    return plots.plot(
        axes,
        plots.bars(axes, np.arange(12), painted, 0.8, name=say("dot, windows")),
        y_label=say("windows"),
        x_label=say("dot"),
        label=say(
            "Painted {least} to {most} times.", least=int(painted.min()), most=int(painted.max())
        ),
    )
