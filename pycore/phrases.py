"""A small grammar that says the same in English and in French. It knows no network.

A sentence is clauses joined by "and" or "but"; a clause is someone who does or is something. It
makes every sentence of `corpora.english_french`, and as many others, of any length, as are wanted.

Examples:
    >>> from pycore import phrases
    >>> english, french = phrases.sentence(5, rng=0)
    >>> english, french
    ('the black mouse is hungry', 'la souris noire a faim')
    >>> phrases.translate(english) == french
    True
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache

from pycore.arrays import Seed, positive, seeded, within

Pair = tuple[str, str]
UNKNOWN = "<unk>"
"""A word that is in neither vocabulary; in a sentence it stands for a name, masculine in French."""

NOUNS = (
    ("boy", "garçon", "le"),
    ("cat", "chat", "le"),
    ("dog", "chien", "le"),
    ("horse", "cheval", "le"),
    ("cow", "vache", "la"),
    ("girl", "fille", "la"),
    ("mouse", "souris", "la"),
    ("woman", "femme", "la"),
)
"""Who does something: English, French, the French article, which is the gender."""
BEFORE = (("big", "grand", "grande"), ("small", "petit", "petite"))
AFTER = (
    ("black", "noir", "noire"),
    ("white", "blanc", "blanche"),
    ("tired", "fatigué", "fatiguée"),
)
"""Adjectives before and after the French noun: English, masculine, feminine."""
VERBS = (
    ("eat", "mange", "mangent"),
    ("run", "court", "courent"),
    ("sing", "chante", "chantent"),
    ("sleep", "dort", "dorment"),
    ("wait", "attend", "attendent"),
)
"""English, French for one, French for several."""
SITTING = {"le": "est assis", "la": "est assise"}
STATES = (
    ("cold", "a froid", "a froid"),
    ("hungry", "a faim", "a faim"),
    ("happy", "est content", "est contente"),
    ("small", "est petit", "est petite"),
)
"""English, French of a masculine, French of a feminine."""
PLACES = (
    ("by the river", "près de la rivière"),
    ("in the garden", "dans le jardin"),
    ("in the house", "dans la maison"),
    ("on the bed", "sur le lit"),
    ("under the table", "sous la table"),
)
FOOD = (
    ("the apple", "la pomme"),
    ("the bread", "le pain"),
    ("the fish", "le poisson"),
    ("the soup", "la soupe"),
)
DEEDS = (("follows", "suit"), ("likes", "aime"), ("sees", "voit"))
"""What one does to another."""
JOINTS = (("and", "et"), ("but", "mais"))


def _somebody(nouns: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[str, str, str]]:
    """Yield someone, plain or with an adjective: English, French, the article."""
    for english, french, the in nouns:
        feminine = the == "la"
        yield f"the {english}", f"{the} {french}", the
        for adjective, *forms in BEFORE:
            yield f"the {adjective} {english}", f"{the} {forms[feminine]} {french}", the
        for adjective, *forms in AFTER:
            yield f"the {adjective} {english}", f"{the} {french} {forms[feminine]}", the


def _doing(the: str) -> Iterator[Pair]:
    """Yield what someone of this gender does or is."""
    for english, french, _ in VERBS:
        yield f"{english}s", french
        yield f"does not {english}", f"ne {french} pas"
    yield "sits", SITTING[the]
    for english, *forms in STATES:
        yield f"is {english}", forms[the == "la"]
    for english, french in FOOD:
        yield f"eats {english}", f"mange {french}"
    staying = [("sits", SITTING[the]), *((f"{verb}s", verbe) for verb, verbe, _ in VERBS[1:])]
    for (verb, verbe), (english, french) in itertools.product(staying, PLACES):
        yield f"{verb} {english}", f"{verbe} {french}"


@cache
def clauses(unknown: bool = False) -> dict[str, str]:
    """Return every clause and its French; with `unknown`, only those about an UNKNOWN someone."""
    known = list(_somebody(NOUNS))
    subjects = list(_somebody(((UNKNOWN, UNKNOWN, "le"),))) if unknown else known
    found: dict[str, str] = {}
    for english, french, the in subjects:
        found |= {f"{english} {does}": f"{french} {fait}" for does, fait in _doing(the)}
        found |= {
            f"{english} {deed} {whom}": f"{french} {fait} {qui}"
            for deed, fait in DEEDS
            for whom, qui, _ in known
        }
    plain = [s for s in subjects if len(s[0].split()) == 2]
    others = [s for s in known if len(s[0].split()) == 2]
    for (one, un, _), (two, deux, _) in itertools.product(plain, others):
        if one != two:
            found |= {f"{one} and {two} {do}": f"{un} et {deux} {font}" for do, _, font in VERBS}
    return found


def translate(english: str) -> str | None:
    """Return the French of a sentence of this grammar, or None: it is none."""
    if english in clauses():
        return clauses()[english]
    words = english.split()
    for i, word in enumerate(words):
        for joint, joined in JOINTS:
            head = clauses().get(" ".join(words[:i])) if word == joint else None
            rest = translate(" ".join(words[i + 1 :])) if head else None
            if rest:
                return f"{head} {joined} {rest}"
    return None


@cache
def _by_length(unknown: bool) -> dict[int, list[Pair]]:
    """Return the clauses by their number of English words."""
    found: dict[int, list[Pair]] = {}
    for english, french in clauses(unknown).items():
        found.setdefault(len(english.split()), []).append((english, french))
    return found


@cache
def _ways(length: int) -> list[tuple[int, ...]]:
    """Return the lengths of clauses that make a sentence of `length` words, joints between them."""
    shortest, longest = min(_by_length(False)), max(_by_length(False))
    ways: list[tuple[int, ...]] = [(length,)] if shortest <= length <= longest else []
    for first in range(shortest, min(longest, length - shortest - 1) + 1):
        ways += [(first, *rest) for rest in _ways(length - first - 1)]
    return ways


def sentence(length: int, rng: Seed, unknown: float = 0.0) -> Pair:
    """Return a sentence of so many English words, drawn at random, and its French.

    The fewest clauses are the likeliest. `unknown` is the chance for a clause to be about UNKNOWN.

    Raises:
        ValueError: the length is below 3.
    """
    rng = seeded(rng)
    positive("sentence", length=length)
    within("sentence", high=1, unknown=unknown)
    ways = _ways(length)
    if not ways:
        raise ValueError(f"sentence: {length} words; allowed: from {min(_by_length(False))}")
    fewest = min(map(len, ways))
    best = [way for way in ways if len(way) <= fewest + 1]
    way = best[rng.integers(len(best))]
    english, french = [], []
    for i, words in enumerate(way):
        if i:
            joint = JOINTS[rng.integers(len(JOINTS))]
            english.append(joint[0])
            french.append(joint[1])
        strange = unknown > 0 and rng.random() < unknown
        choices = _by_length(strange)[words]
        one = choices[rng.integers(len(choices))]
        english.append(one[0])
        french.append(one[1])
    return " ".join(english), " ".join(french)
