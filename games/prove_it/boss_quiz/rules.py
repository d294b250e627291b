"""The rules of a run: which questions are asked, and what beats the boss. No picture."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Param
from games.moves import Dial, Pick, Press, moves
from games.prove_it.boss_quiz.bank import BANK, BANKS, OPTIONS, Concept, Numeric, Question, of
from games.prove_it.boss_quiz.draws import ByName, Draws, OneStream
from games.words import word

EDITION = 2
BEATEN = 80
"""Percentage of right answers in a finished run that beats the boss."""

PARAMS = {
    "questions": Param(Dial(5, 20), 10, word("Questions in a run")),
    "bank": Param(Pick(*BANKS), BANKS[-1], word("Bank of questions")),
}
MOVES = moves(
    answer=Dial(0, OPTIONS - 1, when=lambda state: waits(state)),
    next=Press(when=lambda state: not waits(state)),
)


@dataclass
class State:
    """A run of questions, and what is left of the bank.

    Attributes:
        rng: draws all that runs of the first bank draw.
        seed: finds the streams of later banks.
        length: questions in a run.
        bank: which bank is asked from.
        deals: how often it has been dealt.
        deck: names of the questions that have not been asked since the bank was last dealt.
        run: the questions of this run so far; the last one is on the table.
        answers: the option chosen for each question of the run, the open one left out.
        best: the most right answers in a finished run.
        missed: the questions of all runs that were answered wrongly, with the option chosen.
    """

    rng: np.random.Generator
    seed: int
    length: int
    bank: int
    deals: int = 0
    deck: list[str] = field(default_factory=list)
    run: list[Question] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    best: int = 0
    missed: list[tuple[Question, int]] = field(default_factory=list)


def init(seed: int, questions: int = 10, bank: int = BANKS[-1]) -> State:
    """The first question of the first run."""
    state = State(np.random.default_rng(seed), seed, questions, bank)
    _draw(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """An answer chooses one of the options; "next" is the next question, or a new run."""
    match move, *values:
        case "answer", i:
            state.answers.append(i)
            if i != state.run[-1].right:
                state.missed.append((state.run[-1], i))
            if finished(state):
                state.best = max(state.best, hits(state))
        case ("next",):
            if finished(state):
                state.run, state.answers = [], []
            _draw(state)


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def score(state: State) -> float:
    """1 once a finished run has beaten the boss, else the best share of right answers so far."""
    if state.best >= needed(state):
        return 1.0
    return max(state.best, hits(state)) / state.length


def solution(state: State) -> Iterator[Message]:
    """Right answers from here on; a run that can no longer be won is followed by another."""
    play = copy.deepcopy(state)
    while score(play) < 1:
        message: Message = ("answer", play.run[-1].right) if waits(play) else ("next",)
        update(play, *message)
        yield message


def marks(state: State) -> list[bool]:
    """Right or wrong, for each answer of the run."""
    pairs = zip(state.run, state.answers, strict=False)
    return [answer == question.right for question, answer in pairs]


def hits(state: State) -> int:
    """How many answers of this run are right."""
    return sum(marks(state))


def needed(state: State) -> int:
    """How many right answers of a run beat the boss."""
    return -(-BEATEN * state.length // 100)


def waits(state: State) -> bool:
    """Whether the question on the table waits for its answer."""
    return len(state.answers) < len(state.run)


def finished(state: State) -> bool:
    """Whether the last question of the run is answered."""
    return len(state.answers) == state.length


# --- the deck -------------------------------------------------------------------------------------


def _draws(state: State) -> Draws:
    return OneStream(state.rng) if state.bank == 1 else ByName(state.seed, state.deals)


def _draw(state: State) -> None:
    """Put the next question on the table; deal the bank anew when it is used up."""
    if not state.deck:
        state.deals += 1
        state.deck = _deal(state, {question.name for question in state.run})
    name = state.deck.pop(0)
    state.run.append(BANK[name].ask(_draws(state).numbers(name)))


def _deal(state: State, late: Collection[str]) -> list[str]:
    """The whole bank, numbers and ideas in turn; what is in `late` comes last."""
    bank, place = of(state.bank), dict[str, float]()
    for kind in (Numeric, Concept):
        names = [name for name, item in bank.items() if isinstance(item, kind)]
        spread = _spread(names, _draws(state))
        place |= {name: (i + 0.5) / len(names) for i, name in enumerate(spread)}
    return sorted(place, key=lambda name: (name in late, place[name]))


def _spread(names: Sequence[str], draws: Draws) -> list[str]:
    """Shuffled, with the questions on one subject far from one another."""
    groups: dict[str, list[str]] = {}
    for name in draws.shuffled(names):
        groups.setdefault(BANK[name].subject, []).append(name)
    place = {
        name: (i + draws.jitter(name)) / len(group)
        for group in groups.values()
        for i, name in enumerate(group)
    }
    return sorted(place, key=place.__getitem__)
