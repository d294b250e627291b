"""The figures of the article on GANs: every number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.generative.gan_tug_of_war.game import COLLAPSE, STD, Match, _circle
from games.generative.move_the_fakes.game import DEMO, PLACES, distances
from games.ui import plots
from games.ui.node import Node, h
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.words import say
from pycore.activations import sigmoid
from pycore.adversarial import MinimaxGenerator, NonSaturatingGenerator
from pycore.arrays import Array
from pycore.layer import Layer
from pycore.recipes.gan import APART, critic, slope


def verdicts(p: str = "0.4", q: str = "0.1") -> Node:
    """What one place adds to V, by what the judge says there."""
    a, b = float(p), float(q)
    said = np.linspace(0.001, 0.999, 300)
    worth = a * np.log(said) + b * np.log(1 - said)
    best = a / (a + b)
    axes = Axes((0, 1), (-1.2, 0), height=200, left=44)
    return plots.plot(
        axes,
        plots.rule(axes, x=best),
        plots.curve(axes, said, np.where(worth < -1.2, np.nan, worth), "run-1"),
        plots.scatter(axes, [best], [a * np.log(best) + b * np.log(1 - best)], "fake"),
        x_label=say("D: how real the judge calls this place"),
        y_label=say("what the place adds to V"),
        label=say("The highest point is at D = {best}.", best=fixed(best, 2)),
    )


def distance(which: str) -> Node:
    """The distance of two equal clouds by how far the second has been moved: js or w."""
    values = distances(DEMO)[0 if which == "js" else 1]
    top = 0.8 if which == "js" else 5.4
    axes = Axes((-5, 5), (0, top), height=190, left=40)
    return plots.plot(
        axes,
        plots.rule(axes, y=float(np.log(2))) if which == "js" else None,
        plots.curve(axes, PLACES, values, "run-1" if which == "js" else "run-3"),
        x_label=say("place of the fakes; the data are at 0"),
        y_label=say("Jensen–Shannon; dotted: log 2") if which == "js" else say("Wasserstein"),
        label=say(
            "At a distance of 1 it is {near}, at 2 {middle}, at 4 {far}.",
            near=fixed(float(np.interp(1, PLACES, values)), 2),
            middle=fixed(float(np.interp(2, PLACES, values)), 2),
            far=fixed(float(np.interp(4, PLACES, values)), 2),
        ),
    )


def messages() -> Node:
    """How strongly each of the forger's losses pulls at the judge's score of a fake."""
    scores = np.linspace(-8, 4, 121)
    axes = Axes((-8, 4), (0, 1.05), height=200, left=40)
    lines = []
    for loss, line in ((MinimaxGenerator(), "run-1"), (NonSaturatingGenerator(), "run-3")):
        slopes = []
        for score in scores:
            loss.forward(np.array([[score]]), np.ones((1, 1)))
            slopes.append(-float(loss.backward()[0, 0]))
        lines.append(plots.curve(axes, scores, slopes, line))
    return plots.plot(
        axes,
        lines,
        plots.legend(axes, [(say("minimax"), "run-1"), (say("non-saturating"), "run-3")]),
        x_label=say("score of a fake; far left, the judge is sure"),
        y_label=say("pull"),
        label=say(
            "At a score of −4 the pull is {one} in one loss and {two} in the other.",
            one=fixed(float(sigmoid(np.array(-4.0))), 2),
            two=fixed(1 - float(sigmoid(np.array(-4.0))), 2),
        ),
    )


CRITICS = {
    "0.01": ("wasserstein", 0.01),
    "0.1": ("wasserstein", 0.1),
    "1": ("wasserstein", 1.0),
    "penalty": ("wasserstein-gp", 0.1),
}


@cache
def _critic(kind: str) -> Layer:
    loss, clip = CRITICS[kind]
    return critic(loss, 0, clip)  # type: ignore[arg-type]


def steepness() -> Node:
    """The slopes of four critics on the way from the data to the fakes."""
    x = np.linspace(0, APART, 81)[:, None]
    axes = Axes((0, APART), (1e-5, 1e3), height=230, left=52, top=24, log_y=True)
    lines, names = [], []
    looks = ("run-1", "run-2", "run-3", "fake")
    for kind, look in zip(CRITICS, looks, strict=True):
        network = _critic(kind)
        slopes = network.backward(np.ones_like(network.forward(x)))
        lines.append(plots.curve(axes, x[:, 0], np.abs(slopes[:, 0]), look))
        name = say("penalty") if kind == "penalty" else say("clip {c}", c=kind)
        names.append((name, look))
    return plots.plot(
        axes,
        plots.rule(axes, y=1),
        lines,
        plots.legend(axes, names),
        x_label=say("slope on the way from the data, 0, to the fakes, 2"),
        label=say(
            "Mean slopes of {one}, {two}, {three} with clips of 0.01, 0.1 and 1, and {four} with "
            "the penalty.",
            one=short(slope(_critic("0.01")), 1),
            two=fixed(slope(_critic("0.1"))),
            three=fixed(slope(_critic("1")), 0),
            four=fixed(slope(_critic("penalty"))),
        ),
    )


@cache
def _collapsing() -> dict[int, Array]:
    """The fakes after some rounds of the match in which the forger is hasty."""
    match = Match(COLLAPSE, _circle(8), hasty=True)
    kept = {}
    for n in range(1, 601):
        match.play(1)
        if n in (350, 450, 500, 600):
            kept[n] = match.fakes.copy()
    return kept


def collapse() -> Node:
    """Where all the fakes are, at four rounds of one match."""
    axes = Axes((-2.1, 2.1), (-1.5, 1.5), height=285, left=30, bottom=24)
    radius = 3 * STD * float(axes.across(1) - axes.across(0))
    rings = [
        h("circle", cx=float(axes.across(x)), cy=float(axes.up(y)), r=radius, class_="gan-cloud")
        for x, y in _circle(8).tolist()
    ]
    drawn = []
    for n, fakes in _collapsing().items():
        x, y = (float(value) for value in np.median(fakes, axis=0))
        inside = fakes[(np.abs(fakes) <= [2.1, 1.5]).all(axis=1)]
        drawn.append(plots.scatter(axes, inside[:, 0], inside[:, 1], "fake"))
        drawn.append(plots.text_at(axes, 1.5 * x, 1.35 * y - 0.05, say("round {n}", n=n), "middle"))
    return plots.plot(
        axes,
        rings,
        drawn,
        label=say("Eight rings, and in one of them at a time all of the fakes"),
    )
