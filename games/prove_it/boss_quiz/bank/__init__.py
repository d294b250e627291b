"""The boss quiz's questions, one module for each part of the course. They know no game.

The texts are the data of this game, which is why they stand in Python tables. A new question says
the bank that it came with (`since`), and that bank joins `BANKS`: runs keep the bank they were
begun with, and there each question draws as it did before. What a question of an earlier bank draws
(its numbers, its answers and their order, its subject and its level) is never changed.
"""

from __future__ import annotations

from games.prove_it.boss_quiz.bank import (
    depth,
    gates,
    layers,
    learning,
    neuron,
    practice,
    training,
    wirings,
)
from games.prove_it.boss_quiz.bank.question import (
    OPTIONS,
    Concept,
    Item,
    Numeric,
    Option,
    Question,
)

__all__ = [
    "BANK",
    "BANKS",
    "LEVELS",
    "OPTIONS",
    "Concept",
    "Item",
    "Numeric",
    "Option",
    "Question",
    "level",
    "of",
    "taught",
]

BANKS = (1, 2, 3)
"""Every bank there was, the newest last. The second has the questions of the first, dealt and drawn
by their names (`draws.py`)."""

LEVELS = {
    1: (neuron, gates),
    2: (layers, depth),
    3: (learning, training),
    4: (practice, wirings),
}
"""Which parts of the bank ask about which level of the course."""

BANK: dict[str, Item] = {
    item.name: item for parts in LEVELS.values() for part in parts for item in part.QUESTIONS
}
"""Every question by its name, in the order of the course."""

_SECTIONS: dict[str, str] = {
    item.subject: f"level-{level}#{item.subject}"
    for level, parts in LEVELS.items()
    for part in parts
    for item in part.QUESTIONS
}
"""The section of a subject, as article#anchor."""


def taught(name: str) -> str:
    """The section that teaches what a question asks, as article#anchor."""
    item = BANK[name]
    return item.taught or _SECTIONS[item.subject]


def level(name: str) -> int:
    """The level whose text is enough to answer a question."""
    return int(taught(name).partition("#")[0].removeprefix("level-"))


def of(bank: int, about: int | None = None) -> dict[str, Item]:
    """The questions of one bank by their names, or those `about` one level."""
    return {
        name: item
        for name, item in BANK.items()
        if item.since <= bank and (about is None or level(name) == about)
    }
