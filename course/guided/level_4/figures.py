"""The figures of Level 4: every function is one, and every number in it the engine's."""

from __future__ import annotations

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.panes import small_multiples
from games.ui.pixels import picture
from games.ui.plots import Axes
from pycore import initializers
from pycore.activations import Tanh
from pycore.convolution import Conv2D
from pycore.data import moons
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.models.diffusion import cosine
from pycore.optimizers import Adam
from pycore.training import Trainer
from web.builder.figures import Floats


def overfitting() -> Node:
    """Training and validation loss of a network that is large for forty noisy points."""
    rng = np.random.default_rng(8)
    x, y = moons(40, 0.35, rng)
    x_new, y_new = moons(200, 0.35, rng)
    network = mlp([2, 32, 32, 1], rng, Tanh)
    trainer = Trainer(network, BinaryCrossEntropy(), Adam(0.01), x, y)
    judge = BinaryCrossEntropy()
    train, fresh = [], []
    for _ in range(240):
        train.append(trainer.step())
        fresh.append(judge.forward(network.forward(x_new), y_new))
    best, top = int(np.argmin(fresh)), 1.2 * max(fresh)
    axes = Axes((0, 240), (0, top), height=260)
    steps = np.arange(240)
    return plots.plot(
        axes,
        plots.rule(axes, x=best),
        plots.curve(axes, steps, train, "ink dashed"),
        plots.curve(axes, steps, fresh),
        plots.text_at(axes, best + 5, 0.9 * top, f"best at step {best}"),
        plots.text_at(axes, 165, fresh[165] - 0.2 * top, "points never seen"),
        plots.text_at(axes, 155, train[155] + 0.06 * top, "training points"),
        x_label="training steps",
        y_label="loss",
        label=f"The training loss falls to {train[-1]:.2f}; the loss on new points is lowest at "
        f"step {best} with {fresh[best]:.2f} and ends at {fresh[-1]:.2f}.",
    )


def edges() -> Node:
    """A drawn letter, and what two small kernels find in it."""
    drawn = ("........", ".######.", ".#......", ".#......", ".####...", ".#......", ".#......")
    image = np.array([[c == "#" for c in row] for row in (*drawn, "........")], float)
    upright = np.array([[-1.0, 0.0, 1.0]] * 3)

    kernels = Conv2D(1, 2, 3, padding=1, rng=np.random.default_rng(0))
    kernels.W[:, :, 0] = np.stack([upright, upright.T], axis=-1)
    found = np.abs(kernels.forward(image[None, :, :, None])[0])

    def panel(title: str, values: Floats, said: str) -> tuple[str, Node]:
        return title, picture(values, "ink", said, largest=1.0)

    found /= found[:, :, 0].max()
    return small_multiples(
        panel("the image", image, "A letter F, drawn on eight by eight cells."),
        panel("upright edges", found[:, :, 0], "Strong beside upright strokes."),
        panel("level edges", found[:, :, 1], "Strong beside level strokes."),
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

    layers, plain, skipping = np.arange(1, depth + 1), sizes(0.0), sizes(1.0)
    return plots.plot(
        axes,
        plots.curve(axes, layers, plain, "backward"),
        plots.curve(axes, layers, skipping, "backward dashed"),
        plots.text_at(axes, 17, plain[16] - 1.4, "plain"),
        plots.text_at(axes, 17, skipping[16] - 1.2, "with + x"),
        x_label="layer, counted from the input",
        y_label="size of the gradient, power of ten",
        label=f"In layer 1 the gradient is 10 to the {plain[0]:.1f} without and 10 to the "
        f"{skipping[0]:.1f} with the skip connections.",
    )


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
        return panel(f"after step {step}", mixed)

    return small_multiples(panel("the data", x), after(20), after(50), after(noising.steps))
