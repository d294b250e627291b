"""The figures of the article on positions: every number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.language._lengths import LENGTHS
from games.ui import plots, tensors, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed
from games.ui.pixels import picture, strips
from games.ui.plots import Axes
from games.words import indexed, say, word
from pycore.arrays import Array
from pycore.attention import MultiHeadAttention, causal_mask, masked_softmax
from pycore.positions import Rotary, frequencies, sinusoidal, slopes

WORDS = ("dog", "bit", "man")


def _outputs(order: tuple[int, ...], placed: bool) -> Array:
    """What a layer of attention makes of the words in this order."""
    words = np.random.default_rng(3).normal(size=(3, 8))[list(order)]
    layer = MultiHeadAttention(8, 2, rng=4)
    for part in (layer.query, layer.key):
        part.W *= 1.5
    y: Array = layer.forward((words + placed * 2 * sinusoidal(3, 8))[None])[0]
    return y


def bag(positions: str = "none") -> Node:
    """Two sentences of the same words, and what attention makes of each word in both."""
    rows = []
    for order in ((0, 1, 2), (2, 1, 0)):
        said = " ".join(WORDS[i] for i in order)
        shown = strips(
            [widgets.verbatim(WORDS[i]) for i in order],
            _outputs(order, positions == "added"),
            "signed",
            say("What attention makes of each word of: {words}", words=said),
            largest=1.6,
        )
        rows.append(h("p", widgets.verbatim(said), class_="part-name"))
        rows.append(shown)
    return widgets.panel(rows)


def waves() -> Node:
    """The sinusoids of 48 positions, one row for each of 16 numbers."""
    P = sinusoidal(48, 16)
    return widgets.panel(
        picture(P.T, "signed", say("Sixteen sinusoids at 48 positions")),
        widgets.hint(say("position 0 to 47, from left to right")),
    )


def alike() -> Node:
    """The product of two sinusoids, by how far apart they are, from two starts."""
    P = sinusoidal(160, 64)
    axes = Axes((0, 60), (0, 1.05), height=220, left=44)
    steps = np.arange(61)
    return plots.plot(
        axes,
        plots.curve(
            axes, steps, P[:61] @ P[0] / 32, "run-1", name=say("from 0 (distance, product)")
        ),
        plots.curve(axes, steps, P[90:151] @ P[90] / 32, "run-2"),
        plots.legend(axes, [(say("from 0"), "run-1"), (say("from 90"), "run-2")]),
        x_label=say("distance"),
        y_label=say("product"),
        label=say("Both lines are the same: 1 at distance 0, and lower farther away."),
    )


def fading() -> Node:
    """What share each distance gets under ALiBi where all keys are alike."""
    axes = Axes((0, 40), (0, 1.05), height=220, left=44)
    d = np.arange(41)
    chosen = [(slopes(8)[i], look) for i, look in ((0, "run-1"), (1, "run-2"), (2, "run-3"))]
    return plots.plot(
        axes,
        [plots.curve(axes, d, np.exp(-m * d), look) for m, look in chosen],
        plots.legend(axes, [(f"m = {fixed(m, 3)}", look) for m, look in chosen], inside="top"),
        x_label=say("distance"),
        y_label=say("weight beside the nearest"),
        label=say("Weights fall by the same share at each step, the faster the larger m is."),
    )


def turned(query: str, key: str) -> Node:
    """A query and a key in the plane, as they are and turned by their positions."""
    q, k, ω = np.array([2.0, 1.0]), np.array([1.5, -0.5]), 0.4
    axes = Axes((-3, 3), (-2.5, 2.5), width=400, height=340, left=30, bottom=30)
    lines = []
    for name, vector, place, look in (
        ("q", q, int(query), "run-2"),
        ("k", k, int(key), "run-3"),
    ):
        end = Rotary([ω]).turn(vector[None], start=place)[0]
        lines += [
            plots.curve(axes, [0, vector[0]], [0, vector[1]], "ghost"),
            plots.curve(axes, [0, end[0]], [0, end[1]], look),
            plots.text_at(axes, 1.16 * end[0], 1.16 * end[1], indexed(name, place), "middle"),
        ]
    q_end, k_end = (
        Rotary([ω]).turn(v[None], start=int(place))[0] for v, place in ((q, query), (k, key))
    )
    score = fixed(float(q_end @ k_end))
    return widgets.panel(
        plots.plot(
            axes,
            plots.rule(axes, x=0),
            plots.rule(axes, y=0),
            lines,
            label=say("A query at {m} and a key at {n}, turned", m=query, n=key),
        ),
        widgets.hint(say("score {value}", value=score)),
    )


def three_back() -> Node:
    """Shares of a query at place 19 among keys that are turned back by three: by distance."""
    axes = Axes((-0.6, 19.6), (0, 1.05), height=220, left=44)
    n, drawn = 16, []
    hand, rotary = np.tile([1.0, 0.0], 8), Rotary()
    Q = rotary.turn(np.tile(hand, (20, 1)))
    K = rotary.turn(np.tile(rotary.turn(hand[None], start=3), (20, 1)))
    A = masked_softmax(4 * Q @ K.T, causal_mask(20))
    drawn.append(plots.bars(axes, np.arange(20), A[-1][::-1], 0.7, name=say("distance, share")))
    return plots.plot(
        axes,
        drawn,
        x_label=say("distance"),
        y_label=say("share"),
        label=say(
            "Of {n} numbers, all in one head: {share} of the attention lies three places back.",
            n=n,
            share=fixed(float(A[-1, 16])),
        ),
    )


def arcs(slow: str = "none") -> Node:
    """What angles the four hands meet within 16 letters, and what more within 64."""
    ω = frequencies(8)
    tested = {
        "none": ω,
        "all": ω / 4,
        "base": frequencies(8, 10000 * 4 ** (4 / 3)),
    }[slow]
    faces = []
    for i in range(4):
        x, y = 50 + 100 * i, 46
        faces.append(
            h(
                "g",
                h("circle", cx=x, cy=y, r=40, class_="face"),
                h("path", d=_arc(x, y, 36, 63 * tested[i]), class_="apart"),
                h("path", d=_arc(x, y, 24, 15 * ω[i]), class_="met"),
                h("text", say("hand {n}", n=i + 1), x=x, y=104, class_="plot-text middle"),
                key=i,
            )
        )
    return h(
        "div",
        h(
            "svg",
            faces,
            viewBox="0 0 400 112",
            class_="clock-faces",
            role="img",
            aria_label=say("The angles that each hand meets, in training and beyond it"),
        ),
        class_="clock-hands",
    )


def _arc(x: float, y: float, r: float, angle: float) -> str:
    """A sector from twelve o'clock on; at most a whole turn."""
    angle = min(angle, 2 * np.pi - 1e-3)
    return (
        f"M{x} {y}L{x} {y - r}A{r} {r} 0 {int(angle > np.pi)} 1 "
        f"{x + r * np.sin(angle):.2f} {y - r * np.cos(angle):.2f}Z"
    )


NAMES = {
    "none": word("nothing"),
    "sinusoids": word("sinusoids"),
    "learned": word("learned rows"),
    "relative": word("relative bias"),
    "ALiBi": word("ALiBi, two heads"),
    "ALiBi, eight heads": word("ALiBi, eight heads"),
    "rotary": word("RoPE"),
    "rotary, near keys": word("RoPE, near keys"),
    "rotary, all slower": word("RoPE, all slower"),
    "rotary, other base": word("RoPE, other base"),
}
"""How each way of telling positions is called, in the order of the article."""


def beyond(task: str) -> Node:
    """The middle of fifty networks for each way of telling positions, by the length of the test."""
    found = [[percents[1] for percents in LENGTHS[task, kind]] for kind in NAMES]
    table = tensors.heat_table(
        say("Percent right, in tests of three lengths"),
        np.array(found, float),
        "ink",
        rows=[say(name) for name in NAMES.values()],
        columns=[say.count("{n} letter", "{n} letters", length) for length in (16, 32, 64)],
        largest=100.0,
        digits=0,
    )
    return h("div", table, class_="digits-shown")
