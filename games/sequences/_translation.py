"""A sentence on its way from English to French, as pictures: states in, context, words out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from games import Node
from games.ui import pixels
from games.ui.node import h
from games.ui.numbers import fixed, percent, signed
from pycore import phrases
from pycore.arrays import Array
from pycore.recipes import translation
from pycore.seq2seq import Hypothesis

BEST, LEAST = 3, 0.005
"""How many of the next word's candidates are listed at most, and how probable they are at least."""


def said(hypothesis: Hypothesis) -> str:
    """The French words of a hypothesis, without the end."""
    _, french = translation.vocabularies()
    return " ".join(w for w in french.decode(hypothesis.items) if w != translation.END)


def reading(sentence: str, states: Array, read: int) -> Node:
    """The words of the source; beside each the encoder's state after it."""
    english, _ = translation.vocabularies()
    words = sentence.split()
    shown = np.zeros((len(words), translation.N))
    shown[:read] = states[:read]
    names = [
        h(
            "span",
            word,
            h("small", f" → {phrases.UNKNOWN}") if word not in english else None,
            class_="read" if i < read else "unread",
        )
        for i, word in enumerate(words)
    ]
    return h(
        "section",
        h("p", "English in: the encoder’s state h after each word", class_="part-name"),
        pixels.strips(
            names,
            shown,
            "signed",
            f"{read} states of {translation.N} numbers: blue above zero, red below",
            largest=1.0,
        ),
        key="reading",
        data_symbol="h",
        class_="translation",
    )


def context(states: Array, read: int, attention: bool) -> Node:
    """The last state in numbers: all that is handed over, unless there is attention."""
    whole = bool(states.size) and read == len(states)
    values = " ".join(signed(v) for v in states[-1]) if whole else "not yet: read on"
    title = "Context c: the last state, handed to the decoder"
    if attention:
        title += ", which may look back at all the others"
    return h(
        "section",
        h("p", title, class_="part-name"),
        h("p", values, class_="context"),
        key="context",
        data_symbol="c",
        class_="translation",
    )


def saying(sentence: str, beam: Sequence[Hypothesis], width: int, attention: bool) -> Node:
    """The words said, each with the candidates it was chosen from; and the rest of the beam."""
    best = beam[0] if beam else None
    length = len(best.items) if best else 0
    room = len(sentence.split()) + 4
    lines = [*beam, *[None] * (width - len(beam))]
    return h(
        "section",
        h("p", "French out: each word with the likeliest candidates", class_="part-name"),
        h(
            "ol",
            [
                h("li", *_word(sentence, best, i), key=i)
                if best and i < length
                else h("li", h("b", "·"), h("span", "\u00a0"), key=i, class_="waiting")
                for i in range(max(room, length))
            ],
            class_="said looking" if attention else "said",
        ),
        h("p", "The beam: sentences carried on, the likeliest first", class_="part-name"),
        h(
            "ol",
            [
                h("li", f"{said(b) or '…'}; log p = {fixed(b.log_p)}" if b else "·", key=i)
                for i, b in enumerate(lines)
            ],
            class_="beam",
        ),
        key="saying",
        data_symbol="p",
        class_="translation",
    )


def _word(sentence: str, best: Hypothesis, i: int) -> list[Node]:
    """Word `i` of a hypothesis, what else it might have been, and what it looked at."""
    french = translation.vocabularies()[1]
    p = best.p[i]
    order = [int(k) for k in np.argsort(-p, kind="stable")[:BEST] if p[k] >= LEAST]
    likely = zip(french.decode(order), p[order], strict=True)
    found = [
        h("b", *french.decode([best.items[i]])),
        h("span", ", ".join(f"{name} {fixed(share)}" for name, share in likely)),
    ]
    if best.A is not None:
        at = int(best.A[i].argmax())
        source = sentence.split()[at]
        found.append(h("i", f"looks at {source} ({percent(best.A[i, at])})"))
    return found
