"""The figures of the article on tokenization: every token and number in them is the engine's."""

from __future__ import annotations

from functools import cache

import numpy as np

from games.ui import plots, sequences, widgets
from games.ui.node import Node
from games.ui.numbers import fixed
from games.ui.plots import Axes
from games.words import say
from pycore import corpora
from pycore.subwords import BPE, BPETrainer, Unigram, train_bpe, train_unigram

SMALL = "new newer newest low lower lowest"


def cut_text(merges: str = "0", text: str = SMALL, learned: str = SMALL) -> Node:
    """A text in its tokens after so many merges that were learned from the six words, or others."""
    return _cut(train_bpe(learned, int(merges)), text)


def berry() -> Node:
    """A word as a vocabulary of the harbour's tale cuts it, with the tokens' numbers below."""
    bpe = train_bpe(corpora.harbour(), 300)
    tokens = bpe.encode(" strawberry")
    return widgets.panel(
        _cut(bpe, " strawberry"),
        widgets.hint(say("What the model reads: {numbers}", numbers=", ".join(map(str, tokens)))),
    )


def _cut(bpe: BPE | Unigram, text: str) -> Node:
    tokens = [(bpe.tokens[token], token) for token in bpe.encode(text)]
    said = say.count("{n} token", "{n} tokens", len(tokens))
    return sequences.cut(say("{text}: {tokens}", text=text, tokens=said), tokens)


def pair_counts(merges: str = "0") -> Node:
    """The most frequent pairs of the six words after so many merges."""
    trainer = BPETrainer(SMALL)
    for _ in range(int(merges)):
        trainer.step()
    tokens = trainer.bpe.tokens
    names, counts = [], []
    for (a, b), n in trainer.pairs(6):
        names.append(f"{sequences.spelled(tokens[a])}+{sequences.spelled(tokens[b])}")
        counts.append(n)
    axes = Axes((-0.5, 5.5), (0, 4.6), height=180, left=28, names=tuple(names))
    return plots.plot(
        axes,
        plots.bars(axes, [0], counts[:1], 0.6, "gradient"),
        plots.bars(axes, np.arange(1, 6), counts[1:], 0.6),
        y_label=say("times"),
        label=say(
            "{pair} comes {n} times, more often than any other pair.", pair=names[0], n=counts[0]
        ),
    )


@cache
def _lengths() -> tuple[int, ...]:
    trainer = BPETrainer(corpora.harbour())
    lengths = [trainer.length]
    while trainer.step():
        lengths.append(trainer.length)
    return tuple(lengths)


def shorter() -> Node:
    """The tale's length in tokens after each merge."""
    lengths = _lengths()
    axes = Axes((0, 260), (0, 3000), height=220, left=52)
    return plots.plot(
        axes,
        plots.curve(axes, np.arange(len(lengths)), lengths, "run-1", name=say("merges, tokens")),
        plots.scatter(axes, [100], [lengths[100]], "forward"),
        x_label=say("merges"),
        y_label=say("tokens"),
        label=say(
            "{start} tokens at first, {then} after 100 merges, {end} after {most}.",
            start=lengths[0],
            then=lengths[100],
            end=lengths[-1],
            most=len(lengths) - 1,
        ),
    )


def cuts_of_a_word() -> Node:
    """Three ways to cut one word, with the log of their probabilities: the highest is taken."""
    unigram = train_unigram(corpora.harbour(), 300)
    best = unigram.best(" harbours")[1]
    letters = [*" harbours"]
    other = unigram.best(" harbours", without=best[0])[1]
    rows = []
    for parts in (best, other, letters):
        value = sum(unigram.log_p[part] for part in parts)
        label = say("log p = {value}", value=fixed(value, 1))
        tokens = [(part, list(unigram.log_p).index(part)) for part in parts]
        rows.append(widgets.part(label, sequences.cut(label, tokens)))
    return widgets.panel(rows)


def prices() -> Node:
    """What the same eight sentences cost in three languages, by what the cutter was trained on."""
    rows = corpora.three_languages()
    axes = Axes(
        (-0.5, 2.5),
        (0, 850),
        height=220,
        left=44,
        names=(say("English"), say("German"), say("Hindi")),
    )
    drawn, told = [], []
    for shift, class_, read in (
        (-0.2, "gradient", "\n".join(row[0] for row in rows[:24])),
        (0.2, "", "\n".join("\n".join(row) for row in rows[:24])),
    ):
        bpe = train_bpe(read, 200)
        cost = [sum(len(bpe.encode(row[k])) for row in rows[24:]) for k in range(3)]
        drawn.append(plots.bars(axes, np.arange(3) + shift, cost, 0.36, class_))
        told += cost
    return plots.plot(
        axes,
        drawn,
        plots.legend(
            axes,
            [(say("English only"), "backward"), (say("all three"), "forward")],
        ),
        y_label=say("tokens"),
        label=say(
            "Trained on English: {a} tokens in English, {b} in German, {c} in Hindi. On all three: "
            "{d}, {e} and {f}.",
            **dict(zip("abcdef", told, strict=True)),
        ),
    )
