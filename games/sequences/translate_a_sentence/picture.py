"""A sentence on its way from English to French, as pictures: states in, context, words out."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from games import Node
from games.ui import pixels, tensors, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.words import say
from pycore.arrays import Array
from pycore.recipes import translation
from pycore.seq2seq import Hypothesis

BEST, LEAST = 3, 0.005
"""How many of the next word's candidates are listed at most, and how probable they are at least."""


def said(hypothesis: Hypothesis) -> str:
    """The French words of a hypothesis, without the end."""
    return " ".join(word for word in _words(hypothesis) if word != translation.END)


WIDTH, HEIGHT = 360, 300
"""Of the figure; a pixel of the states is as large as `CELL`."""
CELL = 2
TOP, BOTTOM = 26, 296
STATES, CONTEXT, FRENCH = 98, 202, 252
"""Where the encoder's states, the vector and the French words begin."""
LONGEST_ENGLISH, LONGEST_FRENCH = 90, 84
LETTER = 7.0
"""How wide a letter is at most."""
SEEN_LOOK = 0.08
"""Arcs of a smaller share of attention are left out."""


def figure(
    sentence: str,
    states: Array,
    read: int,
    best: Hypothesis | None,
    attention: bool,
    wanted: str | None,
) -> Node:
    """English words and the states they leave, the one vector, and the French that comes out.

    `wanted` is the right translation once the run is over: words that are not in it are struck.
    """
    words, french = sentence.split(), _words(best) if best else []
    spoken = [word for word in french if word != translation.END]
    rows = _places(len(words))
    out = _places(max(_room(sentence), len(spoken)))
    whole = bool(states.size) and read == len(states)
    label = say("From the English words through one vector to the French ones")
    svg = h(
        "svg",
        _heads_of(attention),
        _encoder(words, rows, read),
        _vector(rows, read, whole, attention),
        _decoder(spoken, out, rows, best, attention, whole, wanted),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="diagram handover",
        role="img",
        aria_label=label,
    )
    cells = pixels.picture(
        _cells(states, rows, read, attention), "signed", label, largest=1.0, key="cells"
    )
    cells.attributes["style"] = "left:0%;top:0%;width:100%;height:100%"
    cells.attributes["aria-hidden"] = "true"
    return marked(
        h("div", cells, svg, key="figure", class_="handover-frame"),
        {say("encoder states h (words × numbers)"): states[:read]},
    )


def _places(count: int) -> list[float]:
    """The middles of `count` rows, on the grid of cells."""
    step = min(44.0, (BOTTOM - TOP) / max(count, 1))
    start = (TOP + BOTTOM) / 2 - step * (count - 1) / 2
    return [CELL * round((start + step * i) / CELL) for i in range(count)]


def _cells(states: Array, rows: Sequence[float], read: int, attention: bool) -> Array:
    """The pixels of the figure: a line of the state after each word, and the vector upright.

    With attention the arcs pass where the vector stands, so that its frame alone is there.
    """
    grid = np.full((HEIGHT // CELL, WIDTH // CELL), np.nan)
    half, left, n = _half(rows) // CELL, STATES // CELL, translation.N
    for y, state in zip(rows[:read], states[:read], strict=True):
        middle = int(y) // CELL
        grid[middle - half : middle + half, left : left + n] = state
    if read and read == len(states) and not attention:
        tall = _tall() // CELL // n
        top = int(_vector_top()) // CELL
        column = np.repeat(states[-1], tall)[:, None]
        grid[top : top + len(column), CONTEXT // CELL : CONTEXT // CELL + 9] = column
    return grid


def _half(rows: Sequence[float]) -> int:
    """Half the height of a state, in units."""
    step = rows[1] - rows[0] if len(rows) > 1 else 44
    return int(min(10, step / 2 - 1)) // CELL * CELL


def _tall() -> int:
    """The height of the vector, whole cells for each of its numbers."""
    return 3 * CELL * translation.N


def _vector_top() -> float:
    return CELL * round(((TOP + BOTTOM - _tall()) / 2) / CELL)


def _heads_of(attention: bool) -> list[Node]:
    """What the three columns are."""
    middle = say("one vector") if not attention else say("looks back")
    heads = ((4, "start", say("English")), (CONTEXT + 9, "middle", middle),
             (WIDTH - 4, "end", say("French")))  # fmt: skip
    return [
        h("text", text, x=x, y=13, text_anchor=anchor, class_="handover-head", key=text)
        for x, anchor, text in heads
    ]


def _word_at(text: str, x: float, y: float, room: float, class_: str, key: str) -> Node:
    wide = LETTER * len(text) > room
    return h(
        "text",
        text,
        x=x,
        y=y + 4.5,
        textLength=room if wide else None,
        lengthAdjust="spacingAndGlyphs" if wide else None,
        translate="no",
        class_=class_,
        key=key,
    )


def _encoder(words: Sequence[str], rows: Sequence[float], read: int) -> Node:
    """The words, the frame of the state after each, and the step from one state to the next."""
    english, _ = translation.vocabularies()
    half, drawn = _half(rows), []
    for i, (text, y) in enumerate(zip(words, rows, strict=True)):
        kind = "read" if i < read else "unread"
        if text not in english:
            kind += " strange"
        drawn.append(_word_at(text, 4, y, LONGEST_ENGLISH, f"handover-word {kind}", f"word{i}"))
        drawn.append(
            h(
                "rect",
                x=STATES,
                y=y - half,
                width=CELL * translation.N,
                height=2 * half,
                class_=f"handover-state {kind}",
                key=f"state{i}",
            )
        )
        if i:
            drawn.append(
                h(
                    "path",
                    d=f"M{STATES + translation.N} {rows[i - 1] + half:g}V{y - half:g}",
                    class_=f"handover-line {'lit' if i < read else ''}".strip(),
                    key=f"step{i}",
                )
            )
    return h("g", drawn, key="encoder")


def _vector(rows: Sequence[float], read: int, whole: bool, attention: bool) -> Node:
    """The vector's frame, and the way from the last state into it."""
    right, top = STATES + CELL * translation.N, _vector_top()
    middle = top + _tall() / 2
    into = h(
        "path",
        d=f"M{right + 1} {rows[-1]:g}C{right + 22} {rows[-1]:g} {CONTEXT - 22} {middle:g} "
        f"{CONTEXT - 2} {middle:g}",
        class_=f"handover-line wide {'lit' if whole else ''}".strip(),
    )
    frame = h(
        "rect",
        x=CONTEXT,
        y=top,
        width=18,
        height=_tall(),
        rx=3,
        class_=f"handover-context {'lit' if whole else ''}".strip(),
    )
    return h("g", into, frame, key="vector", class_="aside" if attention else "")


def _decoder(
    spoken: Sequence[str],
    out: Sequence[float],
    rows: Sequence[float],
    best: Hypothesis | None,
    attention: bool,
    whole: bool,
    wanted: str | None,
) -> Node:
    """The French words so far, each with its line from the vector or its arcs to the English."""
    drawn: list[Node] = []
    middle, right = _vector_top() + _tall() / 2, STATES + CELL * translation.N
    struck = wrong_words(spoken, wanted)
    for i, y in enumerate(out):
        if i >= len(spoken):
            drawn.append(h("text", "·", x=FRENCH + 8, y=y + 4.5, class_="handover-word unread",
                           key=f"word{i}"))  # fmt: skip
            continue
        if attention and best is not None and best.A is not None:
            for k, share in enumerate(best.A[i].tolist()):
                if share >= SEEN_LOOK:
                    drawn.append(
                        h(
                            "path",
                            d=f"M{FRENCH + 2} {y:g}C{FRENCH - 36} {y:g} {right + 36} {rows[k]:g} "
                            f"{right + 1} {rows[k]:g}",
                            class_="handover-look",
                            stroke_width=0.75 + 5.25 * share,
                            stroke_opacity=0.2 + 0.8 * share,
                            key=f"look{i} {k}",
                        )
                    )
        else:
            drawn.append(
                h(
                    "path",
                    d=f"M{CONTEXT + 20} {middle:g}C{CONTEXT + 38} {middle:g} {FRENCH - 18} {y:g} "
                    f"{FRENCH + 2} {y:g}",
                    class_="handover-line lit",
                    key=f"line{i}",
                )
            )
        kind = "" if wanted is None else "wrong" if i in struck else "right"
        drawn.append(
            _word_at(spoken[i], FRENCH + 8, y, LONGEST_FRENCH + 12, f"handover-french {kind}",
                     f"word{i}")
        )  # fmt: skip
    return h("g", drawn, key="decoder", class_="said-all" if wanted is not None else "")


def wrong_words(spoken: Sequence[str], wanted: str | None) -> set[int]:
    """The places of the words that are not in their place in the right sentence."""
    if wanted is None:
        return set()
    matcher = SequenceMatcher(None, list(spoken), wanted.split(), autojunk=False)
    kept = {m.a + k for m in matcher.get_matching_blocks() for k in range(m.size)}
    return set(range(len(spoken))) - kept


def context(states: Array, read: int) -> Node:
    """The last state in numbers, which is all that the decoder is handed."""
    whole = bool(states.size) and read == len(states)
    return widgets.part(
        say("The vector c: the encoder’s state after the last word"),
        h(
            "div",
            tensors.tensor_strip("c", states[-1], largest=1.0)
            if whole
            else h("p", say("It is there once the last word has been read.")),
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
