"""The boss quiz's questions, one module for each part of the lesson. They know no game.

A question's subject is the id of the section that teaches it. Numeric questions are graded by the
engine; the texts are the data of this game, which is why they stand in Python tables.
"""

from __future__ import annotations

from games.prove_it._bank import layers, learning, neuron, practice, training, wirings
from games.prove_it._bank.question import OPTIONS, Concept, Item, Numeric, Option, Question

__all__ = ["BANK", "OPTIONS", "Concept", "Item", "Numeric", "Option", "Question"]

BANK: dict[str, Item] = {
    item.name: item
    for part in (neuron, layers, learning, training, practice, wirings)
    for item in part.QUESTIONS
}
"""Every question by its name, in the order of the lesson."""
