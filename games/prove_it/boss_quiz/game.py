"""Boss Quiz: answer questions from the whole course; four right out of five beat the boss.

Half of a run is numbers, drawn new. What is right is computed by the engine wherever it has a
layer, loss or optimizer for it, else by the line of arithmetic that is asked for; each wrong number
is what a real mistake gives. No question comes back before the bank is used up.
"""

from games.prove_it.boss_quiz.bank import SECTIONS as TAUGHT
from games.prove_it.boss_quiz.picture import describe, mistakes, view
from games.prove_it.boss_quiz.rules import (
    EDITION,
    MOVES,
    PARAMS,
    init,
    score,
    solution,
    tick,
    update,
)

SECTIONS = tuple(TAUGHT.values())

__all__ = [
    "EDITION",
    "MOVES",
    "PARAMS",
    "SECTIONS",
    "describe",
    "init",
    "mistakes",
    "score",
    "solution",
    "tick",
    "update",
    "view",
]
