"""The figures of the article on autoregressive models: every number in them is the engine's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from games.ui import graphs, plots, tensors
from games.ui.node import Node
from games.ui.numbers import fixed, percent
from games.ui.plots import Axes
from games.words import say
from pycore.arrays import Array
from pycore.decoding import top_k, top_p, with_temperature
from pycore.models.language import begin, carry_on, multiplications
from pycore.recipes import tale

START = "and the "
LEAVES = ("sall", "sun ", "boat", "boys", "wall", "wind", "cat ")
"""The ends of the branches that are drawn."""
MOST = 12
"""Letters in a picture of odds."""
SLIPS = 200
"""Stretches of text in which a letter is made wrong; `values.py` has the same."""


def _shown(text: str) -> str:
    return text.replace(" ", "␣")


def _odds(before: str) -> Array:
    return np.asarray(np.exp(tale.log_odds([before])[0]))


def odds(before: str = START, temperature: str = "1", keep: str = "") -> Node:
    """What may come next: the likeliest letters and their odds, before and after a cut or heat."""
    cuts: dict[str, Callable[[Array], Array]] = {
        "k": partial(top_k, k=int(keep[1:] or 1) if keep[:1] == "k" else 1),
        "p": partial(top_p, mass=float(keep[1:]) if keep[:1] == "p" else 1.0),
    }
    p = _odds(before)
    order = np.argsort(-p, kind="stable")[:MOST]
    q = with_temperature(p, float(temperature))
    q = cuts[keep[0]](q) if keep else q
    changed = bool(keep) or temperature != "1"
    top = max(0.2, 0.1 * np.ceil(10 * float(max(p.max(), q.max()))))
    names = tuple(_shown(tale.vocabulary().words[i]) for i in order)
    axes = Axes((-0.6, MOST - 0.4), (0, top), height=190, left=40, names=names)
    at = np.arange(MOST)
    return plots.plot(
        axes,
        plots.bars(axes, at - 0.2, p[order], 0.38, "ghost") if changed else None,
        plots.bars(axes, at + 0.2, q[order], 0.38)
        if changed
        else plots.bars(axes, at, p[order], 0.6),
        y_label=say("probability"),
        label=say(
            "After “{before}” the likeliest letter has {best}.",
            before=before,
            best=percent(float(q.max())),
        ),
    )


def tree(rule: str = "all") -> Node:
    """Beginnings of four letters after START, by their probabilities; lit is what a rule keeps."""
    texts = [""]
    for leaf in LEAVES:
        texts += [leaf[:n] for n in range(1, 5) if leaf[:n] not in texts]
    value = {"": 1.0}
    for text in sorted(texts, key=len)[1:]:
        number = tale.vocabulary().encode(text[-1])[0]
        value[text] = value[text[:-1]] * float(_odds(START + text[:-1])[number])
    width = {"greedy": 1, "beam": 2}.get(rule, 0)
    kept = {""}
    for length in range(1, 5) if width else ():
        kept |= {said for said, _ in tale.searched(START, width, length)}
    edges = [(texts.index(text[:-1]), texts.index(text)) for text in texts[1:]]
    lit = [i for i, (_, end) in enumerate(edges) if texts[end] in kept]
    across = {leaf: float(i) for i, leaf in enumerate(LEAVES)}
    for text in sorted(texts, key=len, reverse=True):
        below = [across[other] for other in texts if other[:-1] == text and other]
        across[text] = across[text] if text in across else float(np.mean(below))
    return graphs.graph(
        say("the tree after “{start}”", start=START),
        [(across[text], -len(text)) for text in texts],
        edges,
        names=[_shown(text[-1]) if text else "…" for text in texts],
        values=[value[text] for text in texts],
        palette="signed",
        largest=0.15,
        lit=lit,
        width=400,
        height=300,
    )


def price() -> Node:
    """−log₂ p."""
    p = np.linspace(0.005, 1, 200)
    axes = Axes((0, 1), (0, 8), height=200, left=36)
    return plots.plot(
        axes,
        plots.rule(axes, x=1 / 27),
        plots.curve(axes, p, np.where(-np.log2(p) <= 8, -np.log2(p), np.nan)),
        x_label=say("probability that was given to what came; dotted: 1 of 27"),
        y_label=say("bits"),
        label=say("Half costs 1 bit, a quarter 2, one of 27 {guess}.", guess=fixed(np.log2(27))),
    )


def mask(word: str = "boats") -> Node:
    """What each letter looks at, in the first head of the first block."""
    network = tale.trained()
    network.forward(np.array([tale.vocabulary().encode(word)]))
    shares = next(layer.A for layer in network.walk() if hasattr(layer, "A"))[0, 0]
    return tensors.heat_table(
        say("what each letter (a row) looks at"),
        shares,
        rows=[*word],
        columns=[*word],
        largest=1.0,
    )


def costs() -> Node:
    """What each further letter costs, in multiplications, with a cache and without."""
    network, x = tale.trained(), np.array([tale.vocabulary().encode("the lamp burns all day, ")])
    anew, kept = [], []
    for t in range(1, tale.LONGEST + 1):
        begin(network)
        network.forward(x[:, :t])
        anew.append(multiplications(network))
    begin(network)
    for t in range(tale.LONGEST):
        network.forward(x[:, t : t + 1])
        carry_on(network)
        kept.append(multiplications(network))
    begin(network)
    axes = Axes((1, tale.LONGEST), (0, 500), height=210, left=44)
    at = np.arange(1, tale.LONGEST + 1)
    return plots.plot(
        axes,
        plots.curve(axes, at, np.array(anew) / 1000, "backward"),
        plots.curve(axes, at, np.array(kept) / 1000, "train"),
        plots.legend(axes, [(say("anew"), "backward"), (say("cache"), "train")]),
        x_label=say("letter"),
        y_label=say("thousands"),
        label=say(
            "Letter 24 costs {anew} thousand multiplications anew, {kept} thousand with a cache.",
            anew=round(anew[-1] / 1000),
            kept=round(kept[-1] / 1000),
        ),
    )


def slip() -> Node:
    """How much more the right letters cost after a wrong one, in bits, by distance."""
    axes = Axes((0.3, 12.7), (0, 8), height=210, left=36)
    at = np.arange(1, 13)
    parts = [("price-mine", -0.2, 0), ("price-theirs", 0.2, 1)]
    more = [tale.after_a_slip(part, SLIPS, 0)[1][:12] / np.log(2) for part in tale.text()]
    return plots.plot(
        axes,
        [plots.bars(axes, at + off, np.maximum(more[i], 0), 0.38, look) for look, off, i in parts],
        plots.legend(axes, [(say("learned"), "price-mine"), (say("new"), "price-theirs")]),
        x_label=say("letters after the slip"),
        y_label=say("more bits"),
        label=say(
            "The first letter costs {first} bits more, the tenth {tenth}.",
            first=fixed(float(more[0][0]), 1),
            tenth=fixed(float(more[0][9])),
        ),
    )
