"""A text of the learner's own: which words are learnt from it, and who is asked for.

Nobody knows what kind each of its words is. So the candidate that might replace a word is counted:
of those that do not often stand beside it, the one whose company is most like its own. Company is
a row of positive pointwise mutual information, and likeness is the cosine of two rows.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import numpy as np

from games.language._words import Corpus, corpus
from games.words import say
from pycore.arrays import Array
from pycore.text import normalize, words
from pycore.word_vectors import shifted_pmi

LONGEST, FEWEST, REPEATED, MOST = 20_000, 60, 12, 200
"""Characters of a text; its fewest words, and those that come twice; most words that are learnt."""
ASKED, LIKE, BESIDE, MOST_ASKED, SHARE = 4, 3, 4, 40, 10
"""How often a word comes that is asked for, and one like it; neighbours among the candidates; words
to choose from; a word that makes more than one in so many of the text is left out."""
OF, SHORT, TALE = 50, 37, 14
"""Trainings, and in how many of them the word with the most similar company ended nearest of the
five: of the shipped sentences, pasted, and of the tale `corpora.harbour`. The test counts again."""
ENDS = re.compile(r"[.!?…。！？।\n\r]+")


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence in small letters; a line's end is a sentence's too."""
    lines = (words(normalize(line)) for line in ENDS.split(text))
    return [[name for name in line if name[0].isalpha()] for line in lines]


@lru_cache(8)
def read(text: str) -> tuple[Corpus | None, str]:
    """What is learnt from a text; or None, and in a sentence what it lacks."""
    found = sentences(text)
    often = Counter(name for line in found for name in line)
    total = often.total()
    if total < FEWEST:
        return None, say(
            "Your text has too few words, {n}; it takes at least {most}.", n=total, most=FEWEST
        )
    repeated = [name for name, n in often.most_common() if 1 < n <= total / SHARE][:MOST]
    if len(repeated) < REPEATED:
        return None, say(
            "Too few words of your text come twice or more, {n}; it takes at least {most}. A word "
            "that never comes back keeps no company to learn from.",
            n=len(repeated),
            most=REPEATED,
        )
    kept = set(repeated)
    lines = [rest for line in found if (rest := [n for n in line if n in kept])]
    if any(len(line) > 1 for line in lines):
        learnt = corpus(lines)
        if len(asked(learnt)) > 1:
            return learnt, ""
    return None, say(
        "Too few words of your text come often enough beside others: at least two must come {n} "
        "times, each with four different neighbours and a word of similar company.",
        n=ASKED,
    )


@lru_cache(8)
def asked(learnt: Corpus) -> dict[str, tuple[str, ...]]:
    """The words whose neighbour may be asked for, and each one's candidates: the likest first."""
    names, often, (met, like) = learnt.names, learnt.often, _company(learnt)
    found: dict[str, tuple[str, ...]] = {}
    for i in np.flatnonzero(often >= ASKED).tolist():
        order = np.argsort(-met[i], kind="stable").tolist()
        beside = [j for j in order if met[i, j] > 0 and j != i][:BESIDE]
        others = [
            j
            for j in np.argsort(-like[i], kind="stable").tolist()
            if j != i and j not in beside and often[j] >= LIKE and like[i, j] > 0
        ]
        if len(beside) == BESIDE and others:
            found[names[i]] = tuple(names[j] for j in (others[0], *beside))
        if len(found) == MOST_ASKED:
            break
    return found


def _company(learnt: Corpus) -> tuple[Array, Array]:
    """How often each word stands beside each, and how like their companies are."""
    n = len(learnt.names)
    met = np.zeros((n, n))
    np.add.at(met, (learnt.pairs[:, 0], learnt.pairs[:, 1]), 1)
    rows = np.maximum(shifted_pmi(learnt.pairs, met.sum(axis=0) / met.sum(), 1), 0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    # of two that are equally like, rounding must not choose: sums differ between machines
    return met, np.round(rows @ rows.T, 9)
