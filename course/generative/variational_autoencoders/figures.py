"""The figures of the article on variational autoencoders: every number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.ui import panes, plots, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.ui.tensors import feature_maps
from games.words import say
from pycore.activations import sigmoid
from pycore.arrays import Array
from pycore.recipes.bottleneck import SIZE, SMALL, pictures, small_vae, unit_prices
from pycore.variational import GumbelSoftmax, gaussian_kl, pathwise, score_function

BETAS = (0.3, 1.0, 3.0)
PRIOR = np.array([0.5, 0.3, 0.2])
LIKELY = np.array([0.02, 0.3, 0.1])
GUESS = np.array([0.4, 0.3, 0.3])
ROUND = [0, 2, 1, 0]
"""The codes by their ratios, and back to the first."""


def three_codes(what: str) -> Node:
    """Three codes: what each adds to the picture's probability, or the right codes and a guess."""
    joint = PRIOR * LIKELY
    axes = Axes(
        (-0.6, 2.6), (0, 0.6 if what == "sum" else 0.8), height=200, top=28, names=("A", "B", "C")
    )
    x = np.arange(3)
    if what == "sum":
        return plots.plot(
            axes,
            plots.bars(axes, x - 0.2, PRIOR, 0.35, "run-1", name=say("code, probability")),
            plots.bars(axes, x + 0.2, joint, 0.35, "run-2", name=say("code, part of p(x)")),
            plots.legend(axes, [("p(z)", "run-1"), ("p(z) p(x | z)", "run-2")]),
            label=say(
                "The parts of A, B and C are {a}, {b} and {c}.",
                a=fixed(float(joint[0])),
                b=fixed(float(joint[1])),
                c=fixed(float(joint[2])),
            ),
        )
    right = joint / joint.sum()
    return plots.plot(
        axes,
        plots.bars(axes, x - 0.2, right, 0.35, "run-2", name=say("code, right share")),
        plots.bars(axes, x + 0.2, GUESS, 0.35, "run-3", name=say("code, guess")),
        plots.legend(axes, [("p(z | x)", "run-2"), ("q(z)", "run-3")]),
        label=say("The right shares of the codes, and our guess"),
    )


def chord() -> Node:
    """The logarithm of a mean lies above the mean of logarithms."""
    ratios = PRIOR * LIKELY / GUESS
    mean, below = float(GUESS @ ratios), float(GUESS @ np.log(ratios))
    axes = Axes((0, 0.35), (-4.2, -0.8), height=220, left=50, top=28)
    t = np.linspace(0.016, 0.35, 120)
    return plots.plot(
        axes,
        plots.curve(axes, t, np.log(t), "run-1"),
        plots.curve(axes, ratios[ROUND], np.log(ratios)[ROUND], "run-3"),
        plots.scatter(axes, ratios, np.log(ratios), "run-1"),
        plots.ranges(axes, [mean], [below], [float(np.log(mean))]),
        plots.scatter(axes, [mean], [float(np.log(mean))], "run-2"),
        plots.scatter(axes, [mean], [below], "run-3"),
        x_label=say("ratio p(z) p(x | z) / q(z)"),
        y_label=say("its logarithm"),
        label=say(
            "The logarithm of the mean is {above}, the mean of the logarithms {below}.",
            above=fixed(float(np.log(mean))),
            below=fixed(below),
        ),
    )


def cloud(mean: str, spread: str) -> Node:
    """A cloud beside the standard one, and what it costs."""
    mu, sigma = float(mean), float(spread)
    axes = Axes((-4, 4), (0, 0.9), height=200, left=36, top=28)
    z = np.linspace(-4, 4, 161)
    bell = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    own = np.exp(-(((z - mu) / sigma) ** 2) / 2) / np.sqrt(2 * np.pi) / sigma
    price = float(gaussian_kl(mu, 2 * np.log(sigma)))
    return widgets.panel(
        plots.plot(
            axes,
            plots.curve(axes, z, bell, "run-1", name=say("standard: z, density")),
            plots.curve(axes, z, own, "run-3", name=say("cloud: z, density")),
            plots.legend(axes, [(say("standard"), "run-1"), (say("cloud"), "run-3")]),
            x_label="z",
            label=say("A cloud with mean {m} and spread {s}", m=fixed(mu, 1), s=fixed(sigma, 1)),
        ),
        widgets.hint(say("The price of this cloud: {price} nats.", price=fixed(price))),
    )


def price() -> Node:
    """What a cloud costs by its mean and by its spread."""
    axes = Axes((-3, 3), (0, 4), height=210, left=36, top=28)
    x = np.linspace(-2.8, 2.8, 113)
    wide = x[x > 0.02]
    return plots.plot(
        axes,
        plots.curve(axes, x, gaussian_kl(x, 0.0), "run-2", name=say("mean, price")),
        plots.curve(axes, wide, gaussian_kl(0.0, 2 * np.log(wide)), "run-3"),
        plots.legend(axes, [(say("by μ, at σ = 1"), "run-2"), (say("by σ, at μ = 0"), "run-3")]),
        x_label=say("μ, or σ"),
        label=say("Both are lowest, 0, at the standard cloud."),
    )


def lifted(by: str) -> Node:
    """What 150 draws say of the slope of z² + c, both ways."""
    c, mu, sigma = float(by), 1.0, 0.5
    rng = np.random.default_rng(0)
    eps, jitter = rng.normal(size=150), rng.uniform(-0.3, 0.3, size=150)
    z = mu + sigma * eps
    both = pathwise(2 * z, eps)[0], score_function(z**2 + c, eps, sigma)[0]
    axes = Axes((-40, 40), (0, 2), height=150, left=12, top=28)
    dots = [
        plots.scatter(axes, np.clip(said, -40, 40), 1.5 - row + jitter, f"run-{3 - row}")
        for row, said in enumerate(both)
    ]
    drawn = plots.plot(
        axes,
        plots.rule(axes, x=2 * mu),
        dots,
        plots.legend(axes, [(say("by slope"), "run-3"), (say("by height"), "run-2")]),
        x_label=say("what each draw says; the line is the truth"),
        label=say("150 draws, by slope above, by height below"),
    )
    return widgets.panel(
        h("div", drawn, class_="two-slopes-rain"),
        widgets.hint(
            say(
                "Spread: {one} by slope, {two} by height.",
                one=fixed(float(both[0].std()), 1),
                two=fixed(float(both[1].std()), 1),
            )
        ),
    )


CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])


def soft_draws() -> Node:
    """Soft draws of one of three classes, at three temperatures."""
    logits = np.tile(np.log([0.5, 0.3, 0.2]), (150, 1))
    axes = Axes((-0.05, 1.05), (-0.05, 0.95), 300, 275, 4, 4, 4, 4)
    panels = []
    for temperature in (3.0, 1.0, 0.2):
        y = GumbelSoftmax(temperature, rng=0).forward(logits, training=True)
        spots = y @ CORNERS
        drawn = h(
            "svg",
            plots.track(axes, CORNERS[[0, 1, 2, 0]], "run-1"),
            plots.scatter(axes, spots[:, 0], spots[:, 1], "run-3"),
            viewBox=f"0 0 {axes.width:g} {axes.height:g}",
            role="img",
            aria_label=say(
                "At {t} the largest share is {share} on average.",
                t=short(temperature, 1),
                share=fixed(float(y.max(axis=1).mean())),
            ),
        )
        told = say("temperature {t}", t=short(temperature, 1))
        panels.append((told, h("div", drawn, class_="plot")))
    return panes.small_multiples(*panels)


def prices() -> Node:
    """What each number of the code says, at four prices."""
    axes = Axes((0.4, SMALL + 0.6), (0, 2.2), height=220, left=40, top=28)
    x = pictures(400, 0)
    bars, names = [], []
    for i, beta in enumerate(BETAS):
        said = np.sort(unit_prices(small_vae(beta), x))[::-1]
        at = np.arange(1, SMALL + 1) + 0.25 * (i - 1)
        look = ("run-1", "run-2", "run-3")[i]
        bars.append(plots.bars(axes, at, said, 0.22, look, name=f"β = {short(beta, 1)}"))
        names.append((f"β = {short(beta, 1)}", look))
    return plots.plot(
        axes,
        bars,
        plots.legend(axes, names),
        x_label=say("numbers of the code, each network’s busiest first"),
        y_label=say("nats"),
        label=say("The dearer the price, the fewer numbers of the code say anything."),
    )


@cache
def _directions() -> Array:
    """The variances of the digits along their principal directions, largest first."""
    return np.linalg.eigvalsh(np.cov(pictures(500, 0).T))[::-1]


def deaths() -> Node:
    """What each number of a straight VAE says, by β: the first six directions of the digits."""
    axes = Axes((0.1, 30), (0, 3), height=220, left=36, log_x=True)
    beta = np.geomspace(0.1, 30, 200)
    noise = 0.1
    lines = [
        plots.curve(axes, beta, np.maximum(np.log(lam / (beta * noise)) / 2, 0), f"run-{1 + i % 3}")
        for i, lam in enumerate(_directions()[:SMALL])
    ]
    return plots.plot(
        axes,
        lines,
        x_label="β",
        y_label=say("nats, one line for each number"),
        label=say(
            "The first number falls silent at β = {first}, the sixth at {sixth}.",
            first=fixed(float(_directions()[0] / noise), 1),
            sixth=fixed(float(_directions()[SMALL - 1] / noise), 1),
        ),
    )


def between() -> Node:
    """From one digit to another: by mixing dots, and by mixing codes."""
    network = small_vae(0.3)
    x = pictures(100, 1)
    one, other = x[FROM], x[TO]
    share = np.linspace(0, 1, 5)[:, None]
    codes = network[0].forward(np.stack([one, other]).astype(np.float32))[:, :SMALL]
    mixed = (1 - share) * one + share * other
    drawn = sigmoid(network[2].forward((1 - share) * codes[0] + share * codes[1]))
    names = ["0 %", "25 %", "50 %", "75 %", "100 %"]
    return widgets.panel(
        feature_maps(say("dots mixed"), _pages(mixed), names=names, largest=1.0),
        feature_maps(say("codes mixed"), _pages(drawn), names=names, largest=1.0),
    )


FROM, TO = 69, 48


def _pages(rows: Array) -> Array:
    return np.asarray(rows, float).reshape(-1, SIZE, SIZE)
