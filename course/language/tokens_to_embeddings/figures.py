"""The figures of the article on embeddings: every vector and number in them is the engine's."""

from __future__ import annotations

import numpy as np

from games.language._words import (
    CELLS,
    KIND,
    KINDS,
    PLANES,
    company,
    fitted,
    recalls,
    trained,
    vocabulary,
)
from games.language.find_it_nearby import game
from games.ui import plots, tensors, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent
from games.ui.plots import Axes
from games.words import say
from pycore.activations import sigmoid
from pycore.layers import Embedding
from pycore.search import k_means

ROWS = ("cat", "dog", "eats", "sleeps", "soup")
TABLE = np.array(
    [[0.9, 0.1, -0.4], [0.8, 0.2, -0.5], [-0.3, 0.7, 0.2], [-0.2, 0.8, 0.1], [0.1, -0.6, 0.9]]
)
UP = np.array([0.5, -1.0, 0.25])
"""A gradient that arrives at the row that was looked up."""


def neighbours() -> Node:
    """Some words, each with its nearest four and their cosines."""
    names, unit = vocabulary(), trained(0)
    rows = []
    for word in ("cat", "sleeps", "soup", "big", "is"):
        cosines = unit @ unit[names.index(word)]
        order = np.argsort(-cosines, kind="stable")[1:5].tolist()
        found = ", ".join(f"{names[i]} {fixed(float(cosines[i]))}" for i in order)
        rows.append(h("p", h("strong", word), f": {found}", translate="no", key=word))
    return widgets.panel(rows)


def one_row(word: str = "sleeps") -> Node:
    """One-hot times table: the row of one word."""
    at = ROWS.index(word)
    one_hot = np.eye(len(ROWS))[at]
    return widgets.panel(
        tensors.tensor_strip(say("one-hot"), one_hot, digits=0),
        tensors.heat_table(say("table W"), TABLE, rows=[_name(row) for row in ROWS], digits=1),
        tensors.tensor_strip(say("one-hot × W"), one_hot @ TABLE, largest=0.9, digits=1),
    )


def touched(word: str = "sleeps", also: str = "") -> Node:
    """What the engine's Embedding gets as gradient after looking up one word, or two."""
    layer = Embedding(len(ROWS), 3, rng=0)
    asked = [ROWS.index(name) for name in (word, also) if name]
    layer.forward(np.array([asked]))
    layer.backward(np.tile(UP, (1, len(asked), 1)))
    return tensors.heat_table(
        say("gradient of W"), layer.dW, rows=[_name(row) for row in ROWS], largest=1.0
    )


def _name(word: str) -> Node:
    return widgets.verbatim(word)


PLANE = Axes((-0.9, 1.4), (-0.7, 1.25), height=260, left=36, bottom=24)
W_, C_ = np.array([0.4, 0.9]), np.array([1.0, 0.2])
DRAWN_ = np.array([[-0.3, 0.8], [0.7, 0.6]])


def pull(drawn: str = "no") -> Node:
    """A word's vector, its company and drawn words, and where one step moves it."""
    step = (1 - sigmoid(W_ @ C_)) * C_
    others = DRAWN_ if drawn == "yes" else DRAWN_[:0]
    step = step - (sigmoid(others @ W_)[:, None] * others).sum(axis=0)
    ends = [("w", W_), ("c", C_), *zip(("d₁", "d₂"), others, strict=False)]
    return plots.plot(
        PLANE,
        [
            plots.curve(PLANE, [0, x], [0, y], "run-1" if name == "w" else "run-2")
            for name, (x, y) in ends
        ],
        plots.curve(PLANE, [W_[0], W_[0] + step[0]], [W_[1], W_[1] + step[1]], "run-3"),
        plots.scatter(PLANE, [W_[0] + step[0]], [W_[1] + step[1]], "run-3"),
        [plots.text_at(PLANE, x + 0.04, y + 0.05, name) for name, (x, y) in ends],
        label=say("A step moves w by {x} across and {y} up.", x=fixed(step[0]), y=fixed(step[1])),
    )


def pair_loss() -> Node:
    """The loss of all that the text says of “table” with “under”, by their score."""
    names = vocabulary()
    pairs, often = company()
    noise = often**0.75 / (often**0.75).sum()
    table, under = names.index("table"), names.index("under")
    seen = float((pairs == [table, under]).all(axis=1).sum())
    drawn = 5 * float((pairs[:, 0] == table).sum()) * float(noise[under])
    y = np.linspace(-2, 4, 121)
    loss = seen * np.logaddexp(0, -y) + drawn * np.logaddexp(0, y)
    best = float(np.log(seen / drawn))
    least = seen * np.logaddexp(0, -best) + drawn * np.logaddexp(0, best)
    axes = Axes((-2, 4), (0, 32), height=220, left=36)
    return plots.plot(
        axes,
        plots.curve(axes, y, loss, "run-1", name=say("score, loss")),
        plots.rule(axes, x=best),
        plots.scatter(axes, [best], [least], "run-3"),
        x_label=say("score w·c"),
        y_label=say("loss"),
        label=say(
            "Seen {seen} times and drawn {drawn} times on average: lowest at the score {best}.",
            seen=round(seen),
            drawn=fixed(drawn, 1),
            best=fixed(best),
        ),
    )


def scores(size: str = "8") -> Node:
    """Trained scores of all pairs that ever met, against what they should be."""
    got, wanted = fitted(int(size))
    axes = Axes((-3.2, 2.2), (-5, 4), height=260, left=36)
    return plots.plot(
        axes,
        plots.curve(axes, [-3.2, 2.2], [-3.2, 2.2], "faint"),
        plots.scatter(axes, wanted, np.clip(got, -5, 4), "train", name=say("wanted, trained")),
        x_label=say("shifted PMI"),
        y_label=say("trained score w·c"),
        label=say(
            "With {size} numbers a word, the correlation of both is {r}.",
            size=int(size),
            r=fixed(float(np.corrcoef(got, wanted)[0, 1]), 3),
        ),
    )


TRAINING = 7
"""From which the words in the picture of cells are."""


def cells(count: str = "5") -> Node:
    """Words in the plane, in the cells that k-means finds; lines to neighbours that are missed."""
    names, points = vocabulary(), game.places(TRAINING)
    centres = k_means(points, int(count), rng=0)
    state = game.State(np.random.default_rng(0), TRAINING, tuple(map(tuple, centres.tolist())))
    return plots.plot(
        game.PLANE,
        plots.nearest_areas(game.PLANE, centres, [f"tint-{i}" for i in range(int(count))]),
        [
            plots.curve(game.PLANE, points[list(pair), 0], points[list(pair), 1], "missed")
            for pair in game.missed(state)
        ],
        h(
            "g",
            plots.labelled(
                game.PLANE, points, names, classes=[list(KINDS).index(KIND[name]) for name in names]
            ),
            translate="no",
        ),
        label=say(
            "The cells of {n} centres; {recall} of the neighbours are in a word’s own cell.",
            n=int(count),
            recall=percent(game.seen(state).recall),
        ),
    )


def recall_curve() -> Node:
    """Recall against distances computed, for two indexes over the same sentences."""
    found = recalls()
    axes = Axes((0, 210), (0.6, 1.0), height=240, left=44)
    drawn = []
    for name, class_ in (("file", "run-1"), ("planes", "run-3")):
        recall, cost = found[name].T
        drawn += [
            plots.curve(axes, cost, recall, class_, name=say("distances, recall")),
            plots.scatter(axes, cost, recall, class_),
        ]
    return plots.plot(
        axes,
        drawn,
        plots.legend(
            axes,
            [
                (say("{n} cells", n=CELLS), "run-1"),
                (say("{n} planes", n=PLANES), "run-3"),
            ],
        ),
        x_label=say("distances a sentence"),
        y_label=say("recall"),
        label=say(
            "One cell: recall {a} with {b} distances. One side of all planes: {c} with {d}.",
            a=fixed(float(found["file"][0, 0])),
            b=fixed(float(found["file"][0, 1]), 1),
            c=fixed(float(found["planes"][0, 0])),
            d=fixed(float(found["planes"][0, 1]), 1),
        ),
    )
