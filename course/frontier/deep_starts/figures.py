"""The figures of the lesson on initialisation: every number in them is the engine's."""

from __future__ import annotations

import math

import numpy as np

from games.ui import plots
from games.ui.node import Node
from games.ui.numbers import fixed, short
from games.ui.plots import Axes
from games.words import say
from pycore import mean_field, random_networks

LAYERS, WIDTH, NETWORKS = 50, 64, 200
HE = math.sqrt(2)


def order_and_chaos() -> Node:
    """The plane of starts: left of the line signals become alike, right of it they fly apart."""
    q = np.concatenate([np.linspace(0, 1, 30), np.geomspace(1.1, 5, 30)])
    line = np.array([mean_field.edge(one) for one in q])
    axes = Axes((0.5, 2.5), (0, 1.2), height=240)
    inside = line[line[:, 1] <= 1.2]
    return plots.plot(
        axes,
        plots.rule(axes, x=HE, class_="dashed"),
        plots.curve(axes, inside[:, 0], inside[:, 1], "run-1", name=say("edge: σ_w, σ_b")),
        plots.scatter(axes, [HE], [0], "gold"),
        plots.text_at(axes, 0.62, 0.75, say("order: all alike")),
        plots.text_at(axes, 1.75, 0.3, say("chaos: all apart")),
        plots.text_at(axes, 1.46, 1.1, "ReLU"),
        plots.text_at(axes, 2.0, 1.1, "tanh"),
        x_label=say("spread of the weights, σ_w"),
        y_label="σ_b",
        label=say(
            "The line of tanh leaves (1, 0) and comes to σ_w = {sigma_w} at σ_b = {sigma_b}.",
            sigma_w=fixed(float(inside[-1, 0])),
            sigma_b=fixed(float(inside[-1, 1])),
        ),
    )


def correlation_maps() -> Node:
    """How like two signals are a layer later: in order, on the edge and in chaos."""
    c = np.linspace(0, 1, 61)
    axes = Axes((0, 1), (0, 1), height=260)
    settings = {"run-1": (0.8, 0.3), "run-2": mean_field.edge(0.5), "run-3": (2.5, 0.3)}
    lines, ends = [], {}
    for line, (sigma_w, sigma_b) in settings.items():
        q = mean_field.fixed_point(sigma_w, sigma_b)
        after = [mean_field.correlation(one, q, sigma_w, sigma_b) for one in c]
        lines.append(plots.curve(axes, c, after, line, name=say("map: before, after")))
        ends[line] = mean_field.settled(sigma_w, sigma_b)
    return plots.plot(
        axes,
        plots.curve(axes, [0, 1], [0, 1], "dashed"),
        lines,
        plots.scatter(axes, [ends["run-3"]], [ends["run-3"]], "gold"),
        plots.text_at(axes, 0.12, 0.76, say("order")),
        plots.text_at(axes, 0.12, 0.34, say("edge")),
        plots.text_at(axes, 0.62, 0.3, say("chaos")),
        x_label=say("correlation in this layer"),
        y_label=say("next"),
        label=say(
            "In chaos two signals settle at a correlation of {c}; in order and on the edge at 1.",
            c=fixed(ends["run-3"]),
        ),
    )


def band_and_networks() -> Node:
    """ReLU networks with He's start: forty of those measured, their mean, and the band."""
    found = random_networks.squares(
        "relu", HE, 0.0, layers=LAYERS, width=WIDTH, networks=NETWORKS, rng=0
    )
    low, high = mean_field.band(1.0, HE, 0.0, LAYERS, WIDTH, "relu")
    layer = np.arange(1, LAYERS + 1)
    axes = Axes((1, LAYERS), (1e-4, 1e2), height=260, log_y=True)
    middle = np.median(found, axis=0)
    return plots.plot(
        axes,
        [plots.curve(axes, layer, row, "ghost") for row in found[:40]],
        plots.curve(axes, layer, low, "dashed", name=say("band: layer, from")),
        plots.curve(axes, layer, high, "dashed", name=say("band: layer, to")),
        plots.rule(axes, y=1),
        plots.curve(axes, layer, middle, "run-1", name=say("median: layer, mean square")),
        x_label=say("layer"),
        y_label=say("mean square"),
        label=say(
            "In layer 50 half of the networks are below {middle}; the band is from {low} to "
            "{high}.",
            middle=short(float(middle[-1])),
            low=short(float(low[-1])),
            high=short(float(high[-1])),
        ),
    )
