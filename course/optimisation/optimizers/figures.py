"""The figures of the article on optimisers: every number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.concepts import runs
from games.optimisation.the_lineage.scenes import KINDS, SCENES, Racer, tuned
from games.ui import plots
from games.ui.landscapes import Landscape, landscape
from games.ui.node import Node
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.words import say
from pycore.arrays import Array
from pycore.optimizers import Adam, AdamW, Lion, orthogonal


@cache
def _ground(name: str) -> Landscape:
    scene = SCENES[name]
    axes = Axes(scene.x, scene.y, height=240)
    surface = scene.surface
    if surface is None:
        raise ValueError(f"{name} runs on a matrix; allowed: a surface")
    x, y = (np.linspace(*ends, 40) for ends in (scene.x, scene.y))
    top = float(surface.value(np.stack(np.meshgrid(x, y)).reshape(2, -1)).max())
    levels = (top * np.geomspace(3e-3, 0.7, 7)).tolist()
    return landscape(axes, lambda points: surface.value(points.T), levels, cells=56)


def race(scene: str) -> Node:
    """Both of a race's optimizers on its surface, each with its best settings."""
    ground, kinds, start = _ground(scene), SCENES[scene].kinds, SCENES[scene].start
    best = [tuned(scene)[kind] for kind in kinds]
    names = [say(KINDS[kind].name) for kind in kinds]
    paths = [np.array(Racer(SCENES[scene], *trial).run().path) for _, trial in best]
    return plots.plot(
        ground.axes,
        ground.layers,
        runs.tracks(ground.axes, paths),
        plots.scatter(ground.axes, [start[0]], [start[1]], "start"),
        runs.legend(ground.axes, names),
        x_label="a",
        y_label="b",
        label=say(
            "{first} ends at a loss of {one}, {second} at {two}.",
            first=names[0],
            second=names[1],
            one=short(best[0][0]),
            two=short(best[1][0]),
        ),
    )


def memory(beta: str = "0.9") -> Node:
    """How much each of the last gradients counts in the running average."""
    share, ages = float(beta), np.arange(30)
    axes = Axes((-0.7, 29.7), (0, 0.32), height=190, left=40)
    weights = (1 - share) * share**ages
    return plots.plot(
        axes,
        plots.bars(axes, ages, weights, 0.8),
        x_label=say("steps ago"),
        y_label=say("weight"),
        label=say(
            "The last gradient has weight {last}, the one 10 steps ago {older}.",
            last=fixed(1 - share),
            older=fixed(weights[10], 3),
        ),
    )


@cache
def _averages(beta: float) -> tuple[Array, Array, Array]:
    """Gradients with mean 2 that jump to −2, their average m, and m̂."""
    rng = np.random.default_rng(3)
    gradients = np.where(np.arange(90) < 50, 2.0, -2.0) + rng.normal(size=90)
    adam, averages = Adam(0.0, beta1=beta), []
    for gradient in gradients:
        adam.step(np.zeros(1), np.array([gradient]))
        averages.append(adam.m[0])
    m = np.array(averages)
    return gradients, m, m / (1 - beta ** np.arange(1, 91))


def average(beta: str = "0.9") -> Node:
    """A noisy gradient that jumps, with its average as it is and corrected."""
    gradients, m, corrected = _averages(float(beta))
    steps = np.arange(1, 91)
    axes = Axes((0, 90), (-5, 5), height=210, left=30)
    return plots.plot(
        axes,
        plots.rule(axes, y=0),
        plots.scatter(axes, steps, gradients, "train"),
        plots.curve(axes, steps, m, "run-3"),
        plots.curve(axes, steps, corrected, "run-2"),
        plots.legend(axes, [(say("as it is"), "run-3"), (say("corrected"), "run-2")]),
        x_label=say("step"),
        y_label=say("gradient and average"),
        label=say(
            "After 3 steps the average is {raw}, corrected {right}; the gradients are about 2.",
            raw=fixed(m[2], 1),
            right=fixed(corrected[2], 1),
        ),
    )


def scales() -> Node:
    """Adam's steps for gradients of very different sizes: all begin as long as the rate."""
    axes = Axes((0, 40), (0, 1.1), height=190, left=40)
    rng = np.random.default_rng(0)
    shape = 1 + 0.5 * rng.normal(size=40)
    lines = []
    for i, scale in enumerate((1.0, 1000.0)):
        theta, adam, made = np.zeros(1), Adam(1.0, eps=0.0), []
        for size in shape:
            before = theta.copy()
            adam.step(theta, np.array([scale * size]))
            made.append(float((before - theta)[0]))
        lines.append(plots.curve(axes, np.arange(1, 41), made, runs.line(1 + i)))
    return plots.plot(
        axes,
        lines,
        x_label=say("step"),
        y_label=say("length of the step, in rates"),
        label=say("Gradients a thousand times as large give the same steps."),
    )


def pulled() -> Node:
    """What is left of a weight that only noise pulls, by Adam with L2 and by AdamW."""
    axes = Axes((0, 400), (0, 1.1), height=200, left=40)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(400, 200)) * 6
    lines = []
    for i, decoupled in enumerate((False, True)):
        theta = np.ones(200)
        optimizer = AdamW(0.01, weight_decay=0.3) if decoupled else Adam(0.01)
        left = []
        for step in noise:
            optimizer.step(theta, step if decoupled else step + 0.3 * theta)
            left.append(float(theta.mean()))
        lines.append(plots.curve(axes, np.arange(1, 401), left, runs.line(i)))
    return plots.plot(
        axes,
        lines,
        runs.legend(axes, [say("Adam + L2"), "AdamW"]),
        x_label=say("step"),
        y_label=say("what is left of the weight"),
        label=say("AdamW shrinks the weight, Adam with L2 hardly."),
    )


def hops() -> Node:
    """Lion's and Adam's distance from the lowest point of a parabola, at one rate."""
    axes = Axes((0, 400), (1e-6, 10), height=200, left=48, log_y=True)
    lines = []
    for i, optimizer in enumerate((Adam(0.05), Lion(0.05))):
        theta, away = np.array([2.02]), []
        for _ in range(400):
            optimizer.step(theta, theta.copy())
            away.append(abs(float(theta[0])))
        lines.append(plots.curve(axes, np.arange(1, 401), away, runs.line(i)))
    return plots.plot(
        axes,
        lines,
        plots.rule(axes, y=0.05),
        runs.legend(axes, ["Adam", "Lion"]),
        x_label=say("step; dotted: the rate"),
        y_label=say("distance"),
        label=say("Adam comes ever closer; Lion hops about at the distance of its rate."),
    )


def spectrum(steps: str = "0", choice: str = "muon") -> Node:
    """The singular values of a matrix after so many rounds of Newton and Schulz, Muon’s or old."""
    G = np.random.default_rng(1).normal(size=(4, 4)) @ np.diag([5.0, 2.0, 0.6, 0.2])
    X = G / np.linalg.norm(G)
    for _ in range(int(steps)):
        X = (3 * X - X @ X.T @ X) / 2
    made = X if choice == "old" else orthogonal(G, int(steps))
    values = np.linalg.svd(made, compute_uv=False)
    names = tuple(str(i + 1) for i in range(4))
    axes = Axes((-0.5, 3.5), (0, 1.3), height=190, left=40, names=names)
    return plots.plot(
        axes,
        plots.bars(axes, np.arange(4), values, 0.6),
        plots.rule(axes, y=1),
        x_label=say("direction"),
        y_label=say("how far it is stretched"),
        label=say(
            "After {n} rounds the matrix stretches its four directions by {values}.",
            n=int(steps),
            values=", ".join(fixed(value) for value in values),
        ),
    )
