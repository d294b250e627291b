"""The figures of the article on diffusion: every number in them is the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from games.generative.back_from_noise import game
from games.ui import plots, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.ui.tensors import feature_maps
from games.words import say
from pycore.arrays import Array
from pycore.models.diffusion import cosine, gaussian_noise, guided
from pycore.recipes import latent
from pycore.recipes.bottleneck import SIZE

ISLANDS = np.array([[-1.4, 0.8], [1.4, 0.8], [-1.4, -0.8], [1.4, -0.8], [0.0, 0.0]])
SPREAD = 0.1


@cache
def _learned() -> game.State:
    """The game's moons, with a network that has learned."""
    state = game.init(1, "moons")
    state.training.run()
    return state


def _beside(clouds: Sequence[tuple[str, Array, str]], label: str) -> Node:
    """Clouds in two columns, each under its name and in its look."""
    drawn = []
    for i, (name, cloud, look) in enumerate(clouds):
        left, top = 200 * (i % 2), 150 * (i // 2)
        axes = Axes((-2.6, 2.6), (-1.7, 1.7), 400, 300, left + 4, 200 - left, top, 170 - top)
        inside = cloud[(np.abs(cloud) <= [2.6, 1.7]).all(axis=1)]
        drawn.append(plots.scatter(axes, inside[:, 0], inside[:, 1], look))
        drawn.append(h("text", name, x=left + 100, y=top + 142, class_="plot-text middle"))
    return h(
        "div",
        h("svg", drawn, viewBox="0 0 400 300", role="img", aria_label=label),
        class_="plot noise-small",
    )


def drowned() -> Node:
    """The same dots at four noise levels."""
    state = game.init(1)
    clouds = []
    for time in (0, 10, 20, 40):
        state.time = time
        clouds.append((say("noise {t}", t=time), game.noisy(state), "noise-real"))
    return _beside(clouds, say("Five islands of dots, and what noise makes of them"))


def shares() -> Node:
    """What is left of the data, by noise level, for two schedules."""
    axes = Axes((0, 40), (0, 1.02), height=200, left=40, top=24)
    levels = np.arange(1, 41)
    return plots.plot(
        axes,
        plots.curve(axes, levels, np.sqrt(game.NOISING.alpha_bar), "run-1"),
        plots.curve(axes, levels, np.sqrt(cosine(40).alpha_bar), "run-3"),
        plots.legend(axes, [(say("linear"), "run-1"), (say("cosine"), "run-3")]),
        x_label=say("noise level"),
        y_label=say("left"),
        label=say(
            "At level 20 the linear schedule has left {one}, the cosine {two}.",
            one=fixed(float(np.sqrt(game.NOISING.alpha_bar[19])), 2),
            two=fixed(float(np.sqrt(cosine(40).alpha_bar[19])), 2),
        ),
    )


def bells() -> Node:
    """Where x was one step before, by what came before it, by what came after, and by both."""
    beta, before, clean, noisy = 0.2, 0.6, 1.2, -0.3
    x = np.linspace(-2.5, 3, 300)

    def bell(mean: float, variance: float) -> Array:
        return np.asarray(
            np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        )

    left = (1 - beta) * before
    variance = beta * (1 - before) / (1 - left)
    mean = variance * (np.sqrt(1 - beta) / beta * noisy + np.sqrt(before) / (1 - before) * clean)
    axes = Axes((-2.5, 3), (0, 1.2), height=210, left=40, top=24)
    return plots.plot(
        axes,
        plots.curve(axes, x, bell(np.sqrt(before) * clean, 1 - before), "run-1"),
        plots.curve(axes, x, bell(noisy / np.sqrt(1 - beta), beta / (1 - beta)), "run-2"),
        plots.curve(axes, x, bell(mean, variance), "fake"),
        plots.legend(
            axes,
            [
                (say("from the data"), "run-1"),
                (say("to the noisy"), "run-2"),
                (say("both"), "fake"),
            ],
        ),
        x_label=say("x one step before"),
        label=say("The product of two bells is a bell between them, narrower than both."),
    )


def weights() -> Node:
    """How much the bound weighs each noise level."""
    noising = game.NOISING
    beta, left = noising.beta[1:], noising.alpha_bar
    variance = beta * (1 - left[:-1]) / (1 - left[1:])
    found = beta**2 / (2 * variance * (1 - beta) * (1 - left[1:]))
    axes = Axes((0, 40), (0.01, 10), height=190, left=48, top=24, log_y=True)
    return plots.plot(
        axes,
        plots.curve(axes, np.arange(2, 41), found, "run-1"),
        plots.rule(axes, y=float(np.mean(found))),
        x_label=say("noise level"),
        y_label=say("weight; dotted: all alike"),
        label=say(
            "From {high} at level 2 to {low} at level 20 and {last} at level 40.",
            high=fixed(float(found[0]), 2),
            low=fixed(float(found[18]), 3),
            last=fixed(float(found[-1]), 3),
        ),
    )


def arrows(level: str) -> Node:
    """The noisy islands, and where a perfect guess of the noise says that the data is."""
    t = int(level) - 1
    middle, size = np.zeros(2), float(np.sqrt((ISLANDS**2).mean() + SPREAD**2))
    best = gaussian_noise(game.NOISING, ISLANDS / size, SPREAD / size)
    rng = np.random.default_rng(2)
    x = (ISLANDS[rng.integers(5, size=200)] + SPREAD * rng.normal(size=(200, 2))) / size
    noisy = size * game.NOISING.forward(x, np.full(200, t), rng.normal(size=(200, 2)))
    wide, high = 2.4, 1.5
    axes = Axes((-wide, wide), (-high, high), height=262, left=30, bottom=24)
    at = np.stack(np.meshgrid(np.linspace(-2.2, 2.2, 17), np.linspace(-1.35, 1.35, 11)), -1)
    at = at.reshape(-1, 2)
    ahead = -best((at - middle) / size, np.full(len(at), t))
    tips = at + 0.17 * ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1)
    ends = np.stack(
        [axes.across(at[:, 0]), axes.up(at[:, 1]), axes.across(tips[:, 0]), axes.up(tips[:, 1])], 1
    )
    lines = "M%.1f %.1fL%.1f %.1f" * len(ends) % tuple(ends.ravel().tolist())
    heads = "M%.1f %.1fh0" * len(ends) % tuple(ends[:, 2:].ravel().tolist())
    inside = noisy[(np.abs(noisy) <= [wide, high]).all(axis=1)]
    return plots.plot(
        axes,
        plots.scatter(axes, inside[:, 0], inside[:, 1], "noise-real faint"),
        h("path", d=lines, class_="noise-arrow"),
        h("path", d=heads, class_="noise-arrow head"),
        label=say("Noisy dots of five islands at level {t}, and arrows to the data", t=level),
    )


def ends() -> Node:
    """Where the same noise ends after 1, 3, 8 and 40 jumps."""
    state = _learned()
    clouds = [
        (
            say.count("{n} jump", "{n} jumps", jumps),
            game.ends(state, state.noise, jumps)[-1],
            "noise-made",
        )
        for jumps in (1, 3, 8, 40)
    ]
    return _beside(clouds, say("The fewer jumps, the more the dots crowd around the middle"))


def ways() -> Node:
    """The ways of four dots without dice and with them, side by side."""
    state = _learned()
    far = np.linalg.norm(state.noise, axis=1)
    noise = state.noise[(far > 1.3) & (far < 2.2)][:4]  # near the middle, ways are short
    drawn = []
    for i, (dice, name) in enumerate(((False, say("without dice")), (True, say("with dice")))):
        axes = Axes((-2.6, 2.6), (-2.4, 2.4), 400, 210, 200 * i + 4, 200 - 200 * i, 4, 26)
        state.dice = dice
        path = np.array(game.ends(state, noise, game.TIMES))
        real = state.real[:200]
        drawn += [
            plots.scatter(axes, real[:, 0], real[:, 1], "noise-real faint"),
            *(plots.track(axes, path[:, dot], "noise-way") for dot in range(path.shape[1])),
            plots.scatter(axes, path[-1, :, 0], path[-1, :, 1], "noise-end"),
            h("text", name, x=200 * i + 100, y=204, class_="plot-text middle"),
        ]
    state.dice = False
    return h(
        "div",
        h(
            "svg",
            drawn,
            viewBox="0 0 400 210",
            role="img",
            aria_label=say("Smooth ways without dice, jagged ones with them, from the same noise"),
        ),
        class_="plot noise-small",
    )


def asked() -> Node:
    """The dots of three bells that are wanted of six, at four strengths of guidance."""
    angle = 2 * np.pi * np.arange(6) / 6 + 0.5
    spread = 0.36
    size = float(np.sqrt(0.5 + spread**2))
    middles = np.stack([np.cos(angle), np.sin(angle)], axis=1) / size
    wanted, anything = (
        gaussian_noise(game.NOISING, some, spread / size) for some in (middles[::2], middles)
    )
    noise = np.random.default_rng(0).normal(size=(200, 2))
    clouds = []
    for w in (0, 1, 3, 8):
        *_, dots = game.NOISING.sample(guided(wanted, anything, w), noise, 0, 20, 0.0)
        clouds.append((f"w = {w}", dots, "noise-made"))
    return _beside(clouds, say("With more guidance the dots part into three, and crowd together"))


def digits() -> Node:
    """Digits decoded from codes of one bell, and of a diffusion."""
    bell, _, diffused, _ = latent.drawn()

    def row(label: str, pictures: Array) -> Node:
        return feature_maps(
            label,
            np.clip(pictures[:8].reshape(-1, SIZE, SIZE), 0, 1),
            names=[" "] * 8,
            largest=1.0,
        )

    return widgets.panel(
        widgets.hint(say("codes of one bell")),
        row(say("Digits from codes of one bell"), bell),
        widgets.hint(say("codes of a diffusion")),
        row(say("Digits from codes of a diffusion"), diffused),
    )
