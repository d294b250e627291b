"""Step Through a Block: follow a prompt through a Transformer and foretell the next character.

A language model of two blocks (pre-norm, two heads, 32 numbers for a
character) with shipped weights; how it was trained, and on what, stands in
`pycore/recipes/tale.py`. Every stage shows the tensor that the engine made there for this prompt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, is_number, is_whole, refuse
from games.language._trace import HEAD, WORDS, Stage, trace
from games.ui import pixels, widgets
from games.ui.node import h
from games.ui.numbers import fixed, short, signed
from pycore import text
from pycore.activations import softmax
from pycore.arrays import Array
from pycore.recipes import tale

PARAMS: dict[str, Any] = {}
PROMPTS = ("the cat s", "the red b", "a cup of t", "the boats come back be")
LONGEST_PROMPT, LONGEST_TEXT = 80, 160
WRITTEN = 40
"""Characters that one press of "Write on" adds."""
WANTED = 3
"""Prompts whose next character has to be foretold."""
BEST = 6
"""How many of the next character's candidates are listed."""


@dataclass
class State:
    """A text, the stage on show, and what was foretold.

    `asked` are the prompts whose head was seen, with the guess that stood then ("" while writing).
    """

    rng: np.random.Generator
    text: str = PROMPTS[0]
    stage: int = 0
    guess: str = "space"
    temperature: float = 1.0
    writing: int = 0
    asked: dict[str, str] = field(default_factory=dict)


def init(seed: int) -> State:
    """The first prompt at the first stage; the network's weights are at hand."""
    tale.trained()
    return State(np.random.default_rng(seed))


def update(state: State, message: str, *args: Any) -> None:
    """Take a prompt, go to a stage, guess, set the temperature, let it write."""
    match message, *args:
        case "prompt", str(prompt) if prompt in PROMPTS:
            _begin(state, prompt)
        case "type", str(line) if len(line) <= LONGEST_PROMPT and _known(line):
            _begin(state, _known(line))
        case "stage", number if is_whole(number, 0, HEAD):
            _go(state, number)
        case ("step",) if state.stage < HEAD:
            _go(state, state.stage + 1)
        case "guess", str(name) if name in _names() and window(state) not in state.asked:
            state.guess = name
        case "temperature", value if is_number(value, 0.1, 2.0):
            state.temperature = round(float(value), 1)
        case ("write",) if len(state.text) < LONGEST_TEXT:
            _go(state, HEAD)
            state.writing = min(WRITTEN, LONGEST_TEXT - len(state.text))
        case ("stop",) if state.writing:
            state.writing = 0
        case _:
            refuse(
                message,
                args,
                f"('prompt', one on offer), ('type', up to {LONGEST_PROMPT} characters, one of "
                f"them in the tale), ('stage', 0 to {HEAD}), ('step',) before the last, ('guess', "
                "a character's name before the head was seen), ('temperature', 0.1 to 2), "
                f"('write',) below {LONGEST_TEXT} characters, ('stop',) while it writes",
            )


def tick(state: State) -> bool:
    """Draw the next character and write it down."""
    if not state.writing:
        return False
    p = probabilities(window(state), state.temperature)
    state.text += tale.vocabulary().words[state.rng.choice(len(p), p=p)]
    state.asked.setdefault(window(state), "")
    state.writing -= 1
    return True


TICKS_PER_SECOND = 8


def window(state: State) -> str:
    """The end of the text: as much as the network sees at once."""
    return state.text[-tale.LONGEST :]


def probabilities(prompt: str, temperature: float = 1.0) -> Array:
    """Return p of every next character: softmax of the head's last row over the temperature.

    Shapes: → (vocabulary,), sums to 1.
    """
    return softmax(trace(prompt)[HEAD].y[-1] / temperature)


def likeliest(prompt: str) -> str:
    """The name of the most probable next character."""
    return _names()[int(probabilities(prompt).argmax())]


def hits(state: State) -> int:
    """How many prompts had their next character foretold."""
    return sum(guess == likeliest(prompt) for prompt, guess in state.asked.items() if guess)


def score(state: State) -> float:
    """The share of the wanted prompts that were foretold."""
    return min(1.0, hits(state) / WANTED)


def view(state: State) -> Node:
    """The prompt and the stages on one side, the stage's tensor on the other."""
    return widgets.stage(
        widgets.panel(
            widgets.choice(
                "prompt",
                [(f"{prompt}…", prompt) for prompt in PROMPTS],
                state.text,
                ("prompt",),
                key="prompts",
            ),
            widgets.entry("or your own", state.text, LONGEST_PROMPT, ("type",), key="own"),
            _foretelling(state),
            _stages(state),
            widgets.row(
                widgets.button(
                    "Step", ("step",), primary=True, enabled=state.stage < HEAD, key="step"
                ),
                widgets.button("To the head", ("stage", HEAD), key="head"),
            ),
            widgets.note(_standing(state), kind="win" if score(state) == 1 else "", roomy=True),
        ),
        widgets.panel(_tensor(state), key="tensor"),
        widgets.panel(_writing(state), key="writing"),
        widgets.panel(_next(state), key="next"),
    )


def describe(state: State) -> str:
    """The prompt, the stage, the guess, and what has been foretold."""
    stage = trace(window(state))[state.stage]
    seen = state.asked.get(window(state))
    head = "" if seen is None else f" The likeliest next character is {likeliest(window(state))}."
    return (
        f"“{state.text}” at stage {state.stage + 1} of {HEAD + 1}, {stage.name} ({stage.group}), a "
        f"tensor of {len(stage.y)} by {stage.y.shape[1]}. Guess: {state.guess}.{head} "
        f"Foretold: {hits(state)} of {WANTED}. Temperature {fixed(state.temperature, 1)}"
        f"{', writing' if state.writing else ''}."
    )


def solution(state: State) -> Iterator[Message]:
    """Look at each kind of stage once, then foretell one prompt after the other."""
    if state.writing:
        yield ("stop",)
    yield ("prompt", PROMPTS[0])
    yield from (("stage", stage) for stage in (1, 2, 3, 4, 6))
    for prompt in (*PROMPTS, *("the boys", "the lam", "the wa", "every da", "one nig")):
        if score(state) == 1:
            break
        if prompt not in state.asked:
            yield ("prompt" if prompt in PROMPTS else "type", prompt)
            yield from (("guess", likeliest(prompt)), ("stage", HEAD))
    letters = iter(tale.vocabulary().words)
    while score(state) < 1:  # all of those were seen before: any prompt will do
        prompt = next(letters) + "e"
        if prompt.strip() == prompt and prompt not in state.asked:
            yield from (("type", prompt), ("guess", likeliest(prompt)), ("stage", HEAD))


def numbers(state: State) -> Mapping[str, NDArray[Any]]:
    """The tensor of the stage, what went into a + node, every head's weights, p at the head."""
    stage = trace(window(state))[state.stage]
    found: dict[str, NDArray[Any]] = {f"{stage.name}, {stage.group} (characters × …)": stage.y}
    if stage.x is not None and stage.F is not None:
        found |= {"x, what went around": stage.x, "F(x), what was added": stage.F}
    for head, A in enumerate(stage.A if stage.A is not None else (), start=1):
        found[f"attention A, head {head} (from × to)"] = A
    if window(state) in state.asked:
        found["p of every next character"] = probabilities(window(state), state.temperature)
    return found


# --- characters -----------------------------------------------------------------------------------


def _names() -> list[str]:
    """The characters of the vocabulary by names that can be seen."""
    return ["space" if c == " " else c for c in tale.vocabulary().words]


def _known(line: str) -> str:
    """What the network can read of a line: lower case, characters of its texts, single spaces."""
    read = "".join(c for c in text.normalize(line) if c in tale.vocabulary())
    return read + " " * (bool(read) and line[-1].isspace())


def _begin(state: State, prompt: str) -> None:
    state.text, state.stage, state.writing = prompt, 0, 0


def _go(state: State, number: int) -> None:
    """Show a stage; at the head the guess counts."""
    state.stage, state.writing = number, 0
    if number == HEAD:
        state.asked.setdefault(window(state), state.guess)


# --- pictures and words ---------------------------------------------------------------------------


def _stages(state: State) -> Node:
    """All stages as buttons, grouped by block, from the text to the probabilities."""
    groups: dict[str, list[Node]] = {}
    for number, stage in enumerate(trace(window(state))):
        groups.setdefault(stage.group, []).append(
            h(
                "button",
                stage.name,
                key=number,
                type="button",
                class_="button choice-option",
                aria_pressed="true" if number == state.stage else "false",
                aria_label=f"{stage.name}, {stage.group}, stage {number + 1}",
                on={"click": ("stage", number)},
            )
        )
    return h(
        "ol",
        [
            h("li", h("span", group), h("div", buttons, class_="row"), key=group)
            for group, buttons in groups.items()
        ],
        key="stages",
        class_="stages",
    )


def _tensor(state: State) -> Node:
    """The stage's result as a picture, and its last row in numbers."""
    stage = trace(window(state))[state.stage]
    signs = [_name(c) for c in window(state)]
    largest = float(np.abs(stage.y).max())
    symbol = {"+": "y", "Head": "z"}.get(stage.name, "x")
    return h(
        "section",
        h("p", f"{state.stage + 1}. {stage.name} ({stage.group})", class_="part-name"),
        h("p", WORDS[stage.name], class_="stage-words"),
        pixels.strips(
            signs,
            stage.y,
            "signed",
            f"{stage.name}: {len(stage.y)} rows of {stage.y.shape[1]} numbers, up to "
            f"{short(largest)} in size",
            largest=largest,
        ),
        h("p", f"The last row, “{signs[-1]}”:"),
        h("p", " ".join(signed(v) for v in stage.y[-1]), class_="last-row"),
        _inside(stage, signs),
        data_symbol=symbol,
        class_="tensor",
    )


def _inside(stage: Stage, signs: list[str]) -> Node:
    """What the stage promises, in numbers: sums of weights, or the difference at a + node."""
    if stage.A is not None:
        sums = stage.A.sum(axis=-1)
        most = stage.A[:, -1].argmax(axis=-1)
        looks = " and ".join(
            f"in head {i} most at “{signs[at]}” ({fixed(stage.A[i - 1, -1, at])})"
            for i, at in enumerate(most, start=1)
        )
        return h(
            "div",
            h(
                "div",
                [
                    h(
                        "figure",
                        h("figcaption", f"A, head {i}"),
                        pixels.strips(signs, A, "signed", f"weights {i}", largest=1.0),
                        key=i,
                    )
                    for i, A in enumerate(stage.A, start=1)
                ],
                class_="heads",
            ),
            h(
                "p",
                f"The last row looks {looks}. Every row of A sums to 1: the sums lie from "
                f"{fixed(sums.min(), 6)} to {fixed(sums.max(), 6)}.",
            ),
            key="inside",
            class_="inside",
            data_symbol="A",
        )
    said = ""
    if stage.x is not None and stage.F is not None:
        gap = float(np.abs((stage.y - stage.x) - stage.F).max())
        said = (
            f"y − x = F(x): the largest difference among all {stage.y.size} numbers is "
            f"{short(gap)}. On average |x| is {fixed(float(np.abs(stage.x).mean()))} and |F(x)| "
            f"{fixed(float(np.abs(stage.F).mean()))}."
        )
    return h("div", h("p", said) if said else None, key="inside", class_="inside")


def _foretelling(state: State) -> Node:
    prompt = window(state)
    seen = prompt in state.asked
    guess = state.asked.get(prompt, state.guess)
    asked = widgets.prediction(
        "Which character will it find likeliest next?",
        widgets.select(
            "my guess", [(name, name) for name in _names()], state.guess, ("guess",), key="guess"
        ),
        guess=guess or "nothing",
        truth=likeliest(prompt) if seen else None,
        close=guess == likeliest(prompt) if seen and guess else None,
    )
    return h("div", asked, key="foretell", class_="foretold")


def _standing(state: State) -> str:
    done = f"Foretold: {hits(state)} of {WANTED}."
    if score(state) == 1:
        return f"{done} You read its habits."
    if window(state) in state.asked:
        return f"{done} Take another prompt, or type one: a prompt counts once."
    return f"{done} Your guess counts as soon as you look at the head."


def _writing(state: State) -> Node:
    """The text, what of it the network sees, and the controls of writing on."""
    hidden, seen = state.text[: -tale.LONGEST], window(state)
    return h(
        "section",
        h(
            "p",
            f"Write on: the network sees the last {tale.LONGEST} characters",
            class_="part-name",
        ),
        h("p", h("span", hidden), h("b", seen), class_="tale"),
        widgets.slider("temperature", state.temperature, 0.1, 2.0, 0.1, ("temperature",), digits=1),
        widgets.row(
            widgets.button("Stop", ("stop",), key="write")
            if state.writing
            else widgets.button(
                "Write on", ("write",), enabled=len(state.text) < LONGEST_TEXT, key="write"
            )
        ),
        widgets.note(
            "It learnt a short tale and a few notes, character by character. What it never saw, "
            "it cannot know: it writes words, not sense.",
            kind="hint",
        ),
        class_="tensor",
    )


def _next(state: State) -> Node:
    """The likeliest next characters, once the head has been looked at."""
    seen = window(state) in state.asked
    p = probabilities(window(state), state.temperature)
    order = np.argsort(-p, kind="stable")[:BEST]
    return h(
        "section",
        h("p", f"Next character, temperature {fixed(state.temperature, 1)}", class_="part-name"),
        h(
            "ol",
            [
                h(
                    "li",
                    h("b", _names()[k] if seen else "?"),
                    h("progress", max=1, value=float(p[k]) if seen else 0, aria_label=f"p {i}"),
                    h("span", fixed(float(p[k]), 3) if seen else "–"),
                    key=i,
                )
                for i, k in enumerate(order.tolist(), start=1)
            ],
            class_="chances",
        ),
        h(
            "p",
            f"The other {len(p) - BEST} share {fixed(float(1 - p[order].sum()), 3)}."
            if seen
            else "Look at the head to see them.",
        ),
        class_="tensor",
        data_symbol="p",
    )


def _name(character: str) -> str:
    """A character as it is drawn beside its row."""
    return "␣" if character == " " else character
