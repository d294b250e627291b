"""A sentence on its way from English to French, as pictures: states in, context, words out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from games import Node
from games.ui import pixels, tensors, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.words import say
from pycore import phrases
from pycore.arrays import Array
from pycore.recipes import translation
from pycore.seq2seq import Hypothesis

BEST, LEAST = 3, 0.005
"""How many of the next word's candidates are listed at most, and how probable they are at least."""


def said(hypothesis: Hypothesis) -> str:
    """The French words of a hypothesis, without the end."""
    return " ".join(word for word in _words(hypothesis) if word != translation.END)


def reading(sentence: str, states: Array, read: int, left_out: int) -> Node:
    """The words of the source; beside each the encoder's state after it."""
    title = say("English in: the encoder’s state h after each word")
    if left_out:
        title = say.count(
            "English in: the first {read} words; {n} more is left out",
            "English in: the first {read} words; {n} more are left out",
            left_out,
            read=len(sentence.split()),
        )
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
            translate="no",
        )
        for i, word in enumerate(words)
    ]
    label = say(
        "{n} states of {size} numbers: blue above zero, red below", n=read, size=translation.N
    )
    return widgets.part(
        title,
        marked(
            pixels.strips(names, shown, "signed", label, largest=1.0),
            {say("encoder states h (words × numbers)"): states[:read]},
        ),
        key="reading",
        symbol="h",
        class_="translation",
    )


def context(states: Array, read: int, attention: bool) -> Node:
    """The last state in numbers: all that is handed over, unless there is attention."""
    whole = bool(states.size) and read == len(states)
    title = say("Context c: the last state, all that the decoder gets")
    if attention:
        title = say("Context c: the last state; the decoder may look back at all the others too")
    return widgets.part(
        title,
        h(
            "div",
            tensors.tensor_strip("c", states[-1], largest=1.0)
            if whole
            else h("p", say("Not yet: it is still reading.") if read else say("Nothing read yet.")),
            class_="context",
        ),
        key="context",
        symbol="c",
        class_="translation",
    )


def saying(sentence: str, beam: Sequence[Hypothesis], attention: bool, cut: bool) -> Node:
    """The words said, each with the candidates it was chosen from."""
    best = beam[0] if beam else None
    length = len(best.items) if best else 0
    words = [
        h("li", *_word(sentence, best, i), key=i)
        if best and i < length
        else h("li", h("b", "·"), h("span", "\u00a0"), key=i, class_="waiting")
        for i in range(max(_room(sentence), length))
    ]
    title = say("French out: each word with the likeliest candidates")
    if cut:
        title = say("French out: stopped after {n} words, without an end", n=length)
    chosen_from = say("probabilities p of each next French word (words said × vocabulary)")
    return widgets.part(
        title,
        h(
            "ol",
            words,
            class_="said looking" if attention else "said",
            marks={chosen_from: best.p} if best else None,
        ),
        key="saying",
        symbol="p",
        class_="translation",
    )


def candidates(beam: Sequence[Hypothesis], width: int) -> Node:
    """The sentences that the search keeps, with the logarithm of their probability."""
    title = say(
        "With a width of 1 it takes the likeliest word each time. A wider beam keeps several "
        "sentences and goes on with the likeliest ones. log p is the logarithm of a sentence’s "
        "probability; the nearer to 0, the likelier."
    )
    if width > 1:
        title = say(
            "The likeliest sentences so far. log p is the logarithm of a sentence’s probability; "
            "the nearer to 0, the likelier. Each further word lowers it, so short sentences have "
            "an edge."
        )
    return widgets.part(
        title,
        h(
            "ol",
            [h("li", _line(beam, i), key=i) for i in range(max(width, len(beam)))],
            class_="beam",
            translate="no",
        ),
        key="candidates",
        symbol="p",
        class_="translation",
    )


def looking(sentence: str, best: Hypothesis | None) -> Node:
    """The share of its attention that each French word gave to each English one."""
    words, table = sentence.split(), None
    if best is not None and best.A is not None:
        table = tensors.heat_table(
            say("Attention A: every row adds up to 1"),
            best.A,
            "ink",
            rows=[widgets.verbatim(word) for word in _words(best)],
            columns=[widgets.verbatim(word) for word in words],
            largest=1.0,
            name=say("attention A (words said × words read)"),
        )
    return widgets.part(
        say("Where each French word looks"),
        h("div", table, class_="alignment", style=f"--rows:{_room(sentence)}"),
        key="looking",
        symbol="A",
        class_="translation",
    )


def _room(sentence: str) -> int:
    """How many words a translation usually has at most; the end is one of them."""
    return len(sentence.split()) + 4


def _words(hypothesis: Hypothesis) -> list[str]:
    return list(translation.vocabularies()[1].decode(hypothesis.items))


def _line(beam: Sequence[Hypothesis], i: int) -> str:
    if i >= len(beam):
        return "·"
    return f"{said(beam[i]) or '…'}; log p = {fixed(beam[i].log_p)}"


def _word(sentence: str, best: Hypothesis, i: int) -> list[Node]:
    """Word `i` of a hypothesis, what else it might have been, and what it looked at."""
    french, p = translation.vocabularies()[1], best.p[i]
    order = [int(k) for k in np.argsort(-p, kind="stable")[:BEST] if p[k] >= LEAST]
    likely = zip(french.decode(order), p[order], strict=True)
    others = ", ".join(f"{name} {fixed(share)}" for name, share in likely)
    found = [h("b", _words(best)[i], translate="no"), h("span", others, translate="no")]
    if best.A is not None:
        at = int(best.A[i].argmax())
        source, share = sentence.split()[at], percent(best.A[i, at])
        found.append(h("i", say("looks at {word} ({share})", word=source, share=share)))
    return found
