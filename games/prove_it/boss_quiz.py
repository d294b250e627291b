"""Boss Quiz: answer questions from the whole course; four right out of five beat the boss.

Half of a run is numbers, drawn new and graded by the engine; each wrong number
is what a real mistake gives. No question comes back before the bank is used up.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_whole, refuse
from games.moves import Dial
from games.prove_it._bank import BANK, OPTIONS, Concept, Numeric, Question
from games.prove_it._bank import SECTIONS as TAUGHT
from games.ui import panes, widgets
from games.ui.node import h

BEATEN = 80
"""Percentage of right answers in a finished run that beats the boss."""

SECTIONS = tuple(TAUGHT.values())

PARAMS = {
    "questions": Param(Dial(5, 20), 10, "Questions in a run"),
}


@dataclass
class State:
    """A run of questions, and what is left of the bank.

    Attributes:
        rng: deals the deck and draws the numbers.
        length: questions in a run.
        deck: names of the questions that have not been asked since the bank was last dealt.
        run: the questions of this run so far; the last one is on the table.
        answers: the option chosen for each question of the run, the open one left out.
        best: the most right answers in a finished run.
        missed: every wrong answer of all runs, after its question.
    """

    rng: np.random.Generator
    length: int
    deck: list[str] = field(default_factory=list)
    run: list[Question] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    best: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)


def init(seed: int, questions: int = 10) -> State:
    """The first question of the first run."""
    state = State(np.random.default_rng(seed), questions)
    _draw(state)
    return state


def update(state: State, message: str, *args: Any) -> None:
    """("answer", i) chooses option i; ("next",) goes on to the next question or a new run."""
    match message, *args:
        case "answer", i if _open(state) and is_whole(i, 0, OPTIONS - 1):
            state.answers.append(i)
            if i != state.run[-1].right:
                state.missed.append(_missed(state.run[-1], i))
            if _finished(state):
                state.best = max(state.best, hits(state))
        case ("next",) if not _open(state):
            if _finished(state):
                state.run, state.answers = [], []
            _draw(state)
        case _:
            refuse(
                message, args, f"('answer', 0 to {OPTIONS - 1})" if _open(state) else "('next',)"
            )


def tick(state: State) -> bool:
    """Nothing runs by itself here."""
    return False


def hits(state: State) -> int:
    """How many answers of this run are right."""
    return sum(_marks(state))


def needed(state: State) -> int:
    """How many right answers of a run beat the boss."""
    return -(-BEATEN * state.length // 100)


def view(state: State) -> Node:
    """The question and its options; beside it the run so far, the verdict and the way on."""
    question = state.run[-1]
    chosen = None if _open(state) else state.answers[-1]
    return widgets.stage(
        widgets.panel(
            h("p", f"Question {len(state.run)} of {state.length}", class_="quiz-count"),
            h(
                "p",
                question.prompt,
                class_="quiz-prompt",
                tabindex=-1,
                data_takes_focus=chosen is None,
            ),
            h(
                "div",
                [_option(question, i, chosen) for i in range(OPTIONS)],
                class_="quiz-options",
                role="group",
                aria_label="Answers",
            ),
        ),
        widgets.panel(
            _score_row(state),
            _aim(state),
            h(
                "div",
                None if chosen is None else _verdict(question, chosen),
                _result(state) if _finished(state) else None,
                key="said",
                class_="quiz-after",
            ),
            widgets.row(
                widgets.button(
                    "New run, new questions" if _finished(state) else "Next question",
                    ("next",),
                    primary=chosen is not None,
                    enabled=chosen is not None,
                    key="go",
                ),
                chosen is not None
                and h("span", "Where this is taught: ", _taught(question.subject)),
                key="ways",
            ),
        ),
    )


def score(state: State) -> float:
    """1 once a finished run has beaten the boss, else the best share of right answers so far."""
    if state.best >= needed(state):
        return 1.0
    return max(state.best, hits(state)) / state.length


def describe(state: State) -> str:
    """Where the run stands, and the open question or what came of the last answer."""
    question, place = state.run[-1], f"Question {len(state.run)} of {state.length}"
    if _open(state):
        return f"{place}, {hits(state)} right so far. {question.prompt}"
    mistake = question.options[state.answers[-1]].mistake
    verdict = f"Not quite. {mistake}" if mistake else "Right."
    said = f"{place}: {verdict} {hits(state)} right so far."
    if _finished(state):
        won = hits(state) >= needed(state)
        said += " The boss is beaten." if won else f" The boss asks for {needed(state)}."
    return said


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The run as it stands; NaN for questions not answered yet."""
    chosen, right = np.full((2, state.length), np.nan)
    chosen[: len(state.answers)] = np.array(state.answers) + 1
    right[: len(state.answers)] = _marks(state)
    return {
        "question": np.arange(1, state.length + 1),
        "answer chosen, counted from 1": chosen,
        "right (1) or wrong (0)": right,
        "right answers so far": np.array([hits(state)]),
        "right answers that beat the boss": np.array([needed(state)]),
        "most right answers in a finished run": np.array([state.best]),
    }


def mistakes(state: State) -> list[tuple[str, str]]:
    """Every wrong answer; a question whose numbers are drawn is told by its name."""
    return list(state.missed)


def solution(state: State) -> Iterator[Message]:
    """Right answers from here on; a run that can no longer be won is followed by another."""
    play = copy.deepcopy(state)
    while score(play) < 1:
        message: Message = ("answer", play.run[-1].right) if _open(play) else ("next",)
        update(play, *message)
        yield message


# --- the deck -------------------------------------------------------------------------------------


def _draw(state: State) -> None:
    """Put the next question on the table; deal the bank anew when it is used up."""
    if not state.deck:
        state.deck = _deal(state.rng, {question.name for question in state.run})
    state.run.append(BANK[state.deck.pop(0)].ask(state.rng))


def _deal(rng: np.random.Generator, late: Collection[str]) -> list[str]:
    """The whole bank, numbers and ideas in turn; what is in `late` comes last."""
    place: dict[str, float] = {}
    for kind in (Numeric, Concept):
        names = _spread([name for name, item in BANK.items() if isinstance(item, kind)], rng)
        place |= {name: (i + 0.5) / len(names) for i, name in enumerate(names)}
    return sorted(place, key=lambda name: (name in late, place[name]))


def _spread(names: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Shuffled, with the questions on one subject far from one another."""
    groups: dict[str, list[str]] = {}
    for i in rng.permutation(len(names)):
        groups.setdefault(BANK[names[i]].subject, []).append(names[i])
    place = {
        name: (i + rng.random()) / len(group)
        for group in groups.values()
        for i, name in enumerate(group)
    }
    return sorted(place, key=place.__getitem__)


def _open(state: State) -> bool:
    """Whether the question on the table waits for its answer."""
    return len(state.answers) < len(state.run)


def _finished(state: State) -> bool:
    """Whether the last question of the run is answered."""
    return len(state.answers) == state.length


def _marks(state: State) -> list[bool]:
    """Right or wrong, for each answer of the run."""
    pairs = zip(state.run, state.answers, strict=False)
    return [answer == question.right for question, answer in pairs]


def _missed(question: Question, chosen: int) -> tuple[str, str]:
    """A wrong answer in words that are the same whatever numbers were drawn."""
    option = question.options[chosen]
    if isinstance(BANK[question.name], Numeric):
        return f"With numbers: {_spelled(question.name)}", option.mistake
    return question.prompt, option.text


# --- parts of the view ----------------------------------------------------------------------------

SHAPES = {
    "hit": "M4 13l5 5L20 6",
    "miss": "M6 6l12 12M18 6L6 18",
    "now": "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
    "to-come": "M10 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    "choice": "M5 12a7 7 0 1 0 14 0a7 7 0 1 0-14 0",
}
SPELLED = {
    "gan": "GAN",
    "gnn": "GNN",
    "moe": "MoE",
    "p-minus-y": "p − y",
    "relu": "ReLU",
    "rnn": "RNN",
    "vae": "VAE",
    "xor": "XOR",
}


def _mark(kind: str, key: int | None = None) -> Node:
    """A small sign, told by its shape: tick, cross, ring or dot."""
    shape = h("path", d=SHAPES[kind])
    return h(
        "svg", shape, key=key, viewBox="0 0 24 24", class_=f"quiz-mark {kind}", aria_hidden="true"
    )


def _option(question: Question, i: int, chosen: int | None) -> Node:
    """One answer as a button; after the choice it shows whether it is right, and stays in place."""
    kind, said = "choice", None
    if chosen is not None and i == question.right:
        kind, said = "hit", "your answer, right" if i == chosen else "the right answer"
    elif i == chosen:
        kind, said = "miss", "your answer"
    return h(
        "button",
        _mark(kind),
        h("span", question.options[i].text, class_="quiz-text"),
        None if said is None else h("span", said, class_="quiz-said"),
        key=i,
        type="button",
        class_=f"button quiz-option {kind}",
        aria_disabled=None if chosen is None else "true",
        on={"click": ("answer", i)} if chosen is None else None,
    )


def _score_row(state: State) -> Node:
    """The run as a row of signs."""
    kinds = ["hit" if right else "miss" for right in _marks(state)]
    wrong = len(kinds) - hits(state)
    if _open(state):
        kinds.append("now")
    kinds += ["to-come"] * (state.length - len(kinds))
    left = state.length - len(state.answers)
    return h(
        "div",
        [_mark(kind, key=i) for i, kind in enumerate(kinds)],
        class_="quiz-marks",
        role="img",
        aria_label=f"{hits(state)} right, {wrong} wrong, {left} to come",
    )


def _aim(state: State) -> Node:
    """What beats the boss, and how near the learner has come."""
    aim = f"{needed(state)} right answers out of {state.length} beat the boss."
    best = f" Your best run so far: {state.best}." if state.best else ""
    return widgets.note(aim + best, key="aim", kind="hint")


def _verdict(question: Question, chosen: int) -> Node:
    """Right or not, which mistake leads to the chosen answer, and why the right one is right."""
    option = question.options[chosen]
    wrong = bool(option.mistake)
    got = f"You got {option.text}. " if wrong and isinstance(BANK[question.name], Numeric) else ""
    return h(
        "div",
        h("p", h("strong", "Not quite. " if wrong else "Right."), got, option.mistake),
        h("p", question.because),
        key="verdict",
        class_=f"note quiz-verdict {'miss' if wrong else 'hit'}",
        tabindex=-1,
        data_takes_focus=True,
    )


def _result(state: State) -> Node:
    """How the run ended, and where to read again."""
    missed = [
        question.subject
        for question, right in zip(state.run, _marks(state), strict=True)
        if not right
    ]
    won = hits(state) >= needed(state)
    ending = "You beat the boss." if won else f"The boss holds out: it takes {needed(state)}."
    return h(
        "div",
        h("p", h("strong", f"{hits(state)} of {state.length}. "), ending),
        missed and h("p", "Worth another look:"),
        missed and h("ul", [h("li", _taught(subject)) for subject in dict.fromkeys(missed)]),
        h("p", f"{len(state.deck)} of {len(BANK)} questions are still to come before one returns."),
        key="result",
        class_="note win" if won else "note",
    )


def _taught(subject: str) -> Node:
    """A link to the section that teaches a subject."""
    return panes.section_link(TAUGHT[subject], key=subject)


def _spelled(name: str) -> str:
    """The name of a question as people write it."""
    return SPELLED.get(name, name.replace("-", " "))
