"""Boss Quiz: answer questions about what you have read; four right out of five beat the boss.

Half of a run is numbers, drawn new. What is right is computed by the engine wherever it has a
layer, loss or optimizer for it, else by the line of arithmetic that is asked for; each wrong number
is what a real mistake gives. No question comes back before the bank is used up. A run opens with an
idea of the first level that is asked about, and one that is lost may be begun anew.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param
from games.moves import Dial, Pick, Press, moves
from games.prove_it.boss_quiz.bank import (
    BANK,
    BANKS,
    LEVELS,
    OPTIONS,
    Concept,
    Numeric,
    Option,
    Question,
    level,
    of,
    spelled,
    taught,
)
from games.prove_it.boss_quiz.bank.names import NAMES
from games.prove_it.boss_quiz.boss import Mark, boss
from games.prove_it.boss_quiz.draws import ByName, Draws, OneStream
from games.ui import controls, panes, widgets
from games.ui.node import h, marked
from games.ui.shell import shell
from games.words import say, word

LEARNT = word(
    "You can work out what a network computes, and name the mistake behind a wrong number. That is "
    "how its code is read."
)
EDITION = 3
BEATEN = 80
"""Percentage of right answers in a finished run that beats the boss."""

SECTIONS = tuple(dict.fromkeys(map(taught, BANK)))
EASY, ANY = "easy", "any"
"""What the first question of a run is; up to the second edition any."""
WHOLE = "all"
"""In place of a level: questions about all of them."""

PARAMS = {
    "questions": Param(Dial(5, 20), 10, word("Questions in a run")),
    "bank": Param(Pick(*BANKS), BANKS[-1], word("Bank of questions")),
    "level": Param(Pick(WHOLE, *LEVELS), WHOLE, word("Level or lesson that is asked about")),
    "opening": Param(Pick(EASY, ANY), EASY, word("First question of a run")),
}
MOVES = moves(
    answer=Dial(0, OPTIONS - 1, when=lambda state: waits(state)),
    next=Press(when=lambda state: not waits(state)),
    restart=Press(when=lambda state: not waits(state) and lost(state) and not finished(state)),
)


@dataclass
class State:
    """A run of questions, and what is left of the bank.

    Attributes:
        rng: draws all that runs of the first bank draw.
        seed: finds the streams of later banks.
        length: questions in a run.
        bank: which bank is asked from.
        about: the level or lesson that is asked about; None for all levels.
        opening: what the first question of a run is.
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
    about: int | str | None = None
    opening: str = EASY
    deals: int = 0
    deck: list[str] = field(default_factory=list)
    run: list[Question] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    best: int = 0
    missed: list[tuple[Question, int]] = field(default_factory=list)


def init(
    seed: int,
    questions: int = 10,
    bank: int = BANKS[-1],
    level: int | str = WHOLE,
    opening: str = EASY,
) -> State:
    """The first question of the first run."""
    about = None if level == WHOLE else level
    state = State(np.random.default_rng(seed), seed, questions, bank, about, opening)
    _draw(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """An answer chooses one of the options; "next" is the next question, or a new run.

    "restart" is a new run in place of one that can no longer be won.
    """
    match move, *values:
        case "answer", i:
            state.answers.append(i)
            if i != state.run[-1].right:
                state.missed.append((state.run[-1], i))
            if finished(state):
                state.best = max(state.best, hits(state))
        case ("next",) | ("restart",):
            if finished(state) or move == "restart":
                state.run, state.answers = [], []
            _draw(state)


def view(state: State) -> Node:
    """The boss, and how the fight stands; the question, its options, and what to say of it."""
    question = state.run[-1]
    chosen = None if waits(state) else state.answers[-1]
    over, won = finished(state), hits(state) >= needed(state)
    return shell(
        marked(boss(_marks(state), over and won, over and not won), _figures(state)),
        widgets.verdict(_verdict(state), over and won, lost=over and not won),
        mission=widgets.progress(
            say("right, to beat the boss"), min(hits(state), needed(state)), needed(state)
        ),
        dock=[
            h(
                "div",
                h(
                    "p",
                    say("Question {n} of {total}", n=len(state.run), total=state.length),
                    class_="quiz-count",
                ),
                h(
                    "p",
                    spelled.prompt(question),
                    class_="quiz-prompt",
                    tabindex=-1,
                    data_takes_focus=chosen is None,
                ),
                h(
                    "div",
                    [_option(state, i) for i in range(OPTIONS)],
                    class_="quiz-options",
                    role="group",
                    aria_label=say("Answers"),
                ),
                key="question",
                class_="quiz-question",
            ),
            None if chosen is None else _why(question, chosen),
        ],
        go=_go_on(state),
        drawers=[
            None if chosen is None else _taught_in(question),
            _again(state) if over else None,
        ],
    )


def _go_on(state: State) -> Node | None:
    """The next question, or a new run; that, too, as soon as this one is lost."""
    may, over = MOVES.on(state), finished(state)
    if not may.next.open:
        return None
    told = say("Next question")
    if over:
        told = say("Start again, new questions") if lost(state) else say("New run, new questions")
    step = controls.button(told, may.next, primary=True, key="go")
    if not may.restart.open:
        return step
    return widgets.row(step, controls.button(say("Start again"), may.restart, key="restart"))


def score(state: State) -> float:
    """1 once a finished run has beaten the boss, else the best share of right answers so far."""
    if state.best >= needed(state):
        return 1.0
    return max(state.best, hits(state)) / state.length


def describe(state: State) -> str:
    """Where the run stands, and the open question or what came of the last answer."""
    question = state.run[-1]
    run = {"n": len(state.run), "total": state.length, "right": hits(state)}
    if waits(state):
        return say(
            "Question {n} of {total}, {right} right so far. {question}",
            question=spelled.prompt(question),
            **run,
        )
    mistake = spelled.mistake(question, question.options[state.answers[-1]])
    said = (
        say(
            "Question {n} of {total}: Not quite. {mistake} {right} right so far.",
            mistake=mistake,
            **run,
        )
        if mistake
        else say("Question {n} of {total}: Right. {right} right so far.", **run)
    )
    if not finished(state):
        return said
    if hits(state) >= needed(state):
        return say("{run} The boss is beaten.", run=said)
    return say("{run} It takes {needed} to beat the boss.", run=said, needed=needed(state))


def mistakes(state: State) -> list[tuple[str, str]]:
    """Every wrong answer, in words that are the same whatever numbers were drawn."""
    return [_missed(question, question.options[i]) for question, i in state.missed]


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


def spare(state: State) -> int:
    """How many more answers of this run may be wrong; below 0 where it is lost."""
    return state.length - needed(state) - (len(state.answers) - hits(state))


def lost(state: State) -> bool:
    """Whether this run can no longer be won."""
    return spare(state) < 0


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
    name = _opener(state) if state.opening == EASY and not state.run else state.deck[0]
    state.deck.remove(name)
    state.run.append(BANK[name].ask(_draws(state).numbers(name)))


def _opener(state: State) -> str:
    """The next idea of the lowest level that is asked about; once these are used up, what comes."""
    lowest = state.about or next(iter(LEVELS))
    ideas = (n for n in state.deck if isinstance(BANK[n], Concept) and level(n) == lowest)
    return next(ideas, state.deck[0])


def _deal(state: State, late: Collection[str]) -> list[str]:
    """All questions there are, numbers and ideas in turn; what is in `late` comes last."""
    bank, place = of(state.bank, state.about), dict[str, float]()
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


# --- parts of the view ----------------------------------------------------------------------------

SIGNS = {
    "hit": "M4 13l5 5L20 6",
    "miss": "M6 6l12 12M18 6L6 18",
    "choice": "M5 12a7 7 0 1 0 14 0a7 7 0 1 0-14 0",
}


def _missed(question: Question, option: Option) -> tuple[str, str]:
    if isinstance(BANK[question.name], Numeric):
        asked = say("With numbers: {what}", what=say(NAMES[question.name]))
        return asked, spelled.mistake(question, option)
    return spelled.prompt(question), spelled.answer(option)


def _figures(state: State) -> dict[str, NDArray[np.float64]]:
    """The run as it stands; NaN for questions not answered yet."""
    chosen, right = np.full((2, state.length), np.nan)
    chosen[: len(state.answers)] = np.array(state.answers) + 1
    right[: len(state.answers)] = marks(state)
    return {
        say("question"): np.arange(1.0, state.length + 1),
        say("answer chosen, counted from 1"): chosen,
        say("right (1) or wrong (0)"): right,
        say("right answers so far"): np.array([float(hits(state))]),
        say("right answers that beat the boss"): np.array([float(needed(state))]),
        say("most right answers in a finished run"): np.array([float(state.best)]),
    }


def _sign(kind: str) -> Node:
    """A small sign, told by its shape: tick, cross or ring."""
    shape = h("path", d=SIGNS[kind])
    return h("svg", shape, viewBox="0 0 24 24", class_=f"quiz-mark {kind}", aria_hidden="true")


def _option(state: State, i: int) -> Node:
    """One answer as a button; after the choice it shows whether it is right, and stays in place."""
    question, offer = state.run[-1], MOVES.on(state).answer
    chosen = None if offer.open else state.answers[-1]
    kind, said = "choice", None
    if chosen is not None and i == question.right:
        kind, said = "hit", say("your answer, right") if i == chosen else say("the right answer")
    elif i == chosen:
        kind, said = "miss", say("your answer")
    return controls.tile(
        offer(i),
        _sign(kind),
        h("span", spelled.answer(question.options[i]), class_="quiz-text"),
        None if said is None else h("span", said, class_="quiz-said"),
        look=f"button quiz-option {kind}",
        key=i,
    )


def _marks(state: State) -> list[Mark]:
    """How each question of the run stands."""
    answered: list[Mark] = ["hit" if right else "miss" for right in marks(state)]
    now: list[Mark] = ["now"] if waits(state) else []
    rest: list[Mark] = ["to-come"] * (state.length - len(answered) - len(now))
    return answered + now + rest


def _verdict(state: State) -> str:
    """How the fight stands."""
    right, total, goal = hits(state), state.length, needed(state)
    if finished(state) and right >= goal:
        return say("{right} of {total}. You beat the boss!", right=right, total=total)
    if finished(state):
        return say(
            "{right} of {total}. The boss wins this time: it takes {needed}.",
            right=right,
            total=total,
            needed=goal,
        )
    if not state.answers:
        aim = {"needed": goal, "total": total}
        if not state.best:
            return say(
                "Each right answer switches a neuron of the boss off: {needed} of {total} beat it.",
                **aim,
            )
        return say(
            "{needed} right answers out of {total} beat the boss. Your best run so far: {best}.",
            best=state.best,
            **aim,
        )
    if waits(state) or marks(state)[-1]:
        first = say("Right: one neuron fewer.") if not waits(state) else ""
    else:
        first = say("Not quite: the boss strikes.")
    if lost(state):
        left = say("This run is lost: practise on, or start again.")
    else:
        left = say.count(
            "You can afford {n} more wrong answer.",
            "You can afford {n} more wrong answers.",
            spare(state),
        )
    return f"{first} {left}".strip()


def _why(question: Question, chosen: int) -> Node:
    """Which mistake leads to the chosen answer, and why the right one is right."""
    option = question.options[chosen]
    why = spelled.mistake(question, option)
    if not why:
        said: list[Node | str] = [h("strong", say("Right."))]
    elif isinstance(BANK[question.name], Numeric):
        said = say.nodes(
            "{verdict} You got {answer}. {why}",
            verdict=h("strong", say("Not quite.")),
            answer=spelled.answer(option),
            why=why,
        )
    else:
        said = say.nodes("{verdict} {why}", verdict=h("strong", say("Not quite.")), why=why)
    return h(
        "div",
        h("p", said),
        h("p", spelled.because(question)),
        key="why",
        class_=f"note quiz-verdict {'miss' if why else 'hit'}",
        tabindex=-1,
        data_takes_focus=True,
    )


def _taught_in(question: Question) -> Node:
    """Where to read about the question just answered."""
    section = taught(question.name)
    link = panes.section_link(section, key=section)
    return h("p", say.nodes("Taught in: {section}", section=link), key="taught", class_="hint")


def _again(state: State) -> Node:
    """After a run: where to read again, and how many questions are left."""
    pairs = zip(state.run, marks(state), strict=True)
    missed = dict.fromkeys(taught(question.name) for question, right in pairs if not right)
    return h(
        "div",
        missed and h("p", say("Worth another look:")),
        missed
        and h("ul", [h("li", panes.section_link(section, key=section)) for section in missed]),
        h(
            "p",
            say(
                "{left} of {total} questions are left before one comes back.",
                left=len(state.deck),
                total=len(of(state.bank, state.about)),
            ),
        ),
        key="again",
        class_="note",
    )
