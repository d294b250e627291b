"""The boss quiz's questions, one module for each part of the course. They know no game.

The texts are the data of this game, which is why they stand in Python tables. A new question says
the bank that it came with (`since`), and that bank joins `BANKS`: runs keep the bank they were
begun with, and there each question draws as it did before. What a question of an earlier bank draws
(its numbers, its answers and their order, its subject) is never changed.
"""

from __future__ import annotations

from games.prove_it.boss_quiz.bank import layers, learning, neuron, practice, training, wirings
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
    "OPTIONS",
    "SECTIONS",
    "Concept",
    "Item",
    "Numeric",
    "Option",
    "Question",
    "of",
]

BANKS = (1, 2)
"""Every bank there was, the newest last. The second has the questions of the first, dealt and drawn
by their names (`draws.py`)."""

LEVELS = {1: (neuron,), 2: (layers,), 3: (learning, training), 4: (practice, wirings)}
"""Which parts of the bank ask about which level of the course."""

BANK: dict[str, Item] = {
    item.name: item for parts in LEVELS.values() for part in parts for item in part.QUESTIONS
}
"""Every question by its name, in the order of the course."""

SECTIONS: dict[str, str] = {
    item.subject: f"level-{level}#{item.subject}"
    for level, parts in LEVELS.items()
    for part in parts
    for item in part.QUESTIONS
}
"""The section that teaches a subject, as article#anchor."""


def of(bank: int) -> dict[str, Item]:
    """The questions of one bank, by their names."""
    return {name: item for name, item in BANK.items() if item.since <= bank}
