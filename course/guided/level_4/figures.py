"""The figures of part 1 of Level 4: every function is one, every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore import images, initializers
from pycore.activations import Tanh
from pycore.layers import Dense, Sequential
from pycore.losses import CrossEntropy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.training import Trainer
from web.builder.figures import Floats


def overfitting() -> Node:
    """Training and validation loss of a network that learns digits, some labelled wrongly."""
    steps, rng = 160, np.random.default_rng(1)
    x, y = images.glyphs(100, 0.25, rng, size=12)
    x_new, y_new = images.glyphs(500, 0.25, rng, size=12)
    y[:20] = (y[:20] + rng.integers(1, 10, 20)) % 10
    network, judge = mlp([144, 64, 10], rng), CrossEntropy()
    trainer = Trainer(network, CrossEntropy(), Adam(0.005), x.reshape(100, -1), y)
    train, fresh = [], []
    for _ in range(steps):
        train.append(trainer.step())
        fresh.append(judge.forward(network.forward(x_new.reshape(500, -1)), y_new))
    best, top = int(np.argmin(fresh)), max(train[0], fresh[0])
    axes = Axes((0, steps), (0, top), height=260)
    at = np.arange(steps)
    return plots.plot(
        axes,
        plots.rule(axes, x=best),
        plots.curve(axes, at, train, "ink dashed"),
        plots.curve(axes, at, fresh),
        plots.text_at(axes, best + 4, 0.92 * top, say("best at step {n}", n=best)),
        plots.text_at(axes, steps - 4, fresh[-1] + 0.05 * top, say("digits never seen"), "end"),
        plots.text_at(axes, steps - 4, train[-1] + 0.05 * top, say("training digits"), "end"),
        x_label=say("training steps"),
        y_label=say("loss"),
        label=say(
            "The training loss falls to {train}; the loss on new digits is lowest at step {n} with "
            "{lowest} and ends at {end}.",
            train=fixed(train[-1]),
            n=best,
            lowest=fixed(fresh[best]),
            end=fixed(fresh[-1]),
        ),
    )


def skip_gradient() -> Node:
    """The gradient's size in each of forty layers, with and without x added around each of them."""
    depth, width = 40, 32
    axes = Axes((1, depth), (-9, 2), height=240, right=16)

    def sizes(skip: float) -> Floats:
        rng = np.random.default_rng(4)
        start = initializers.normal(0.7 / np.sqrt(width))
        blocks = [Sequential(Dense(width, width, start, rng=rng), Tanh()) for _ in range(depth)]
        x, found = rng.normal(size=(64, width)), []
        for block in blocks:
            x = block.forward(x) + skip * x
        dy = rng.normal(size=x.shape)
        dy /= np.linalg.norm(dy)
        for block in reversed(blocks):
            dy = block.backward(dy) + skip * dy
            found.append(np.linalg.norm(dy))
        return np.log10(found[::-1])

    layers, bare, skipping = np.arange(1, depth + 1), sizes(0.0), sizes(1.0)
    return plots.plot(
        axes,
        plots.curve(axes, layers, bare, "backward"),
        plots.curve(axes, layers, skipping, "backward dashed"),
        plots.text_at(axes, 17, bare[16] - 1.4, say("plain")),
        plots.text_at(axes, 17, skipping[16] - 1.2, say("with + x")),
        x_label=say("layer, counted from the input"),
        y_label=say("size of the gradient, power of ten"),
        label=say(
            "In layer 1 the gradient is 10 to the {without} without and 10 to the {skipping} with "
            "the skip connections.",
            without=fixed(bare[0], 1),
            skipping=fixed(skipping[0], 1),
        ),
    )
