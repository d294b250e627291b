"""The boss quiz's questions, one module for each part of the course. They know no game.

A question's subject is the id of the section that teaches it. Numeric questions are graded by the
engine; the texts are the data of this game, which is why they stand in Python tables.
"""

from __future__ import annotations

from games.prove_it._bank import layers, learning, neuron, practice, training, wirings
from games.prove_it._bank.question import OPTIONS, Concept, Item, Numeric, Option, Question

__all__ = ["BANK", "OPTIONS", "SECTIONS", "Concept", "Item", "Numeric", "Option", "Question"]

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
"""The section that teaches a subject, as pages know it: article#anchor."""
