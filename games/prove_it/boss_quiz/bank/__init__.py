"""The boss quiz's questions, one module for each part of the course. They know no game.

The texts are the data of this game, which is why they stand in Python tables. A new question says
the bank that it came with (`since`), and that bank joins `BANKS`: runs keep the bank they were
begun with, and there each question draws as it did before. What a question of an earlier bank draws
(its numbers, its answers and their order, its subject and its level) is never changed.
"""

from __future__ import annotations

from types import ModuleType

from games.prove_it.boss_quiz.bank import (
    autoregressive,
    convergence,
    convolutional,
    deep_starts,
    depth,
    diffusing,
    dropping,
    embedded,
    flows,
    gans,
    gates,
    generalisation,
    layers,
    learning,
    neuron,
    optimizers,
    placing,
    practice,
    recurrent,
    reverse_mode,
    tokenization,
    training,
    variational,
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

BANKS = (1, 2, 3, 4, 5, 6, 7, 8, 9)
"""Every bank there was, the newest last. The second has the questions of the first, dealt and drawn
by their names (`draws.py`); from the fourth on they ask about articles outside of levels too."""

LEVELS: dict[int | str, tuple[ModuleType, ...]] = {
    1: (neuron, gates),
    2: (layers, depth),
    3: (learning, training),
    4: (practice, wirings),
    "convergence": (convergence,),
    "reverse-mode": (reverse_mode,),
    "deep-starts": (deep_starts,),
    "generalisation": (generalisation,),
    "tokenization": (tokenization,),
    "optimizers": (optimizers,),
    "convolutional-networks": (convolutional,),
    "gans": (gans,),
    "recurrent-networks": (recurrent,),
    "dropout-masks": (dropping,),
    "diffusion-models": (diffusing,),
    "flows": (flows,),
    "tokens-to-embeddings": (embedded,),
    "autoregressive": (autoregressive,),
    "variational-autoencoders": (variational,),
    "positions": (placing,),
}
"""Which parts of the bank ask about which level of the course, or which article outside of them."""

BANK: dict[str, Item] = {
    item.name: item for parts in LEVELS.values() for part in parts for item in part.QUESTIONS
}
"""Every question by its name, in the order of the course."""

_SECTIONS: dict[str, str] = {
    item.subject: f"{level if isinstance(level, str) else f'level-{level}'}#{item.subject}"
    for level, parts in LEVELS.items()
    for part in parts
    for item in part.QUESTIONS
}
"""The section of a subject, as article#anchor."""


def taught(name: str) -> str:
    """The section that teaches what a question asks, as article#anchor."""
    item = BANK[name]
    return item.taught or _SECTIONS[item.subject]


def level(name: str) -> int | str:
    """The level whose text is enough to answer a question, or the article outside of them."""
    article = taught(name).partition("#")[0]
    return int(article.removeprefix("level-")) if article.startswith("level-") else article


def of(bank: int, about: int | str | None = None) -> dict[str, Item]:
    """The questions of one bank by their names: of all levels, or `about` one, or a lesson."""
    asked = [key for key in LEVELS if isinstance(key, int)] if about is None else [about]
    return {
        name: item for name, item in BANK.items() if item.since <= bank and level(name) in asked
    }
