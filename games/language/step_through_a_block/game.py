"""Step Through a Block: follow a prompt through a Transformer and predict the next character.

A language model of two blocks (pre-norm, two heads, 32 numbers for a
character) with shipped weights; how it was trained, and on what, is in
`pycore/recipes/tale.py`. Every stage shows the tensor that the engine made there for this prompt.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Node, refuse
from games.concepts.bet import Bet, pick
from games.language.step_through_a_block.trace import KINDS, SIZES, STAGES, Stage, trace
from games.moves import Dial, Pick, Press, Text, moves
from games.ui import controls, pixels, sequences, tensors, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.words import say
from pycore import text
from pycore.activations import softmax
from pycore.arrays import Array
from pycore.recipes import tale

EDITION = 2
TICKS_PER_SECOND = 8
HEAD = STAGES[-1]
LONGEST_PROMPT, LONGEST_TEXT = 80, 160
WRITTEN = 40
"""Characters that one press of "Write on" adds."""
WANTED = 3
"""Prompts whose next character has to be predicted."""
BEST = 6
"""How many of the next character's candidates are listed."""
SIGNS = {
    " ": "space",
    ".": "period",
    ",": "comma",
    ":": "colon",
    ";": "semicolon",
    "'": "apostrophe",
}
"""The ids of the characters that are no letters."""

PROMPTS = Pick(
    {
        "the-cat": "the cat s",
        "the-red": "the red b",
        "a-cup": "a cup of t",
        "the-boats": "the boats come back be",
    }
)
GUESSES = Pick(
    {
        SIGNS.get(c, c): c
        for c in sorted(tale.vocabulary().words, key=lambda c: (not c.isalpha(), c))
    },
    when=lambda state: state.bet.open,
)
MOVES = moves(
    prompt=PROMPTS,
    type=Text(LONGEST_PROMPT),
    stage=Pick(*STAGES, only=lambda state: STAGES if _may_see(state) else STAGES[:-1]),
    step=Press(when=lambda state: _next_stage(state) is not None),
    look=Dial(0, lambda state: len(window(state)) - 1),
    guess=GUESSES,
    temperature=Dial(0.1, 2, 0.1),
    write=Press(when=lambda state: len(state.text) < LONGEST_TEXT),
    stop=Press(when=lambda state: state.writing > 0),
)


@dataclass
class State:
    """A text, the stage on show, and what was predicted.

    `look` is the character whose row is read, None for the last one. `asked` are the prompts whose
    head was seen, with the guess (an id) that stood then; "" where there was none. `left_out` are
    the characters of what was typed that the network cannot read.
    """

    rng: np.random.Generator
    text: str = PROMPTS["the-cat"]
    stage: str = STAGES[0]
    look: int | None = None
    bet: Bet[str] = field(default_factory=Bet)
    temperature: float = 1.0
    writing: int = 0
    asked: dict[str, str] = field(default_factory=dict)
    left_out: str = ""


def init(seed: int) -> State:
    """The first prompt at the first stage; the network's weights are at hand."""
    tale.trained()
    return State(np.random.default_rng(seed))


def update(state: State, move: str, *values: Any) -> None:
    """Take a prompt, go to a stage, guess, set the temperature, let it write."""
    match move, *values:
        case "prompt", name:
            _begin(state, PROMPTS[name])
        case "type", line:
            if not (prompt := _known(line)):
                refuse(move, values, "a text with a character of the tale in it")
            _begin(state, prompt)
            state.left_out = _unknown(line)
        case "stage", stage:
            _go(state, stage)
        case ("step",):
            _go(state, _next_stage(state) or HEAD)
        case "guess", name:
            state.bet.place(name)
        case "look" | "temperature", value:
            setattr(state, move, value)
        case ("write",):
            _go(state, HEAD)
            state.look, state.writing = None, min(WRITTEN, LONGEST_TEXT - len(state.text))
        case ("stop",):
            state.writing = 0


def tick(state: State) -> bool:
    """Draw the next character and write it down."""
    if not state.writing:
        return False
    p = probabilities(window(state), state.temperature)
    state.text += tale.vocabulary().words[state.rng.choice(len(p), p=p)]
    state.look = None
    _see(state, None)
    state.writing -= 1
    return True


def window(state: State) -> str:
    """The end of the text: as much as the network sees at once."""
    return state.text[-tale.LONGEST :]


def probabilities(prompt: str, temperature: float = 1.0) -> Array:
    """Return p of every next character: softmax of the head's last row over the temperature.

    Shapes: → (vocabulary,), sums to 1.
    """
    return softmax(trace(prompt)[HEAD].y[-1] / temperature)


def likeliest(prompt: str) -> str:
    """The id of the most probable next character."""
    character = tale.vocabulary().words[int(probabilities(prompt).argmax())]
    return SIGNS.get(character, character)


def hits(state: State) -> int:
    """How many prompts had their next character predicted."""
    return sum(guess == likeliest(prompt) for prompt, guess in state.asked.items() if guess)


def score(state: State) -> float:
    """The share of the wanted prompts that were predicted."""
    return min(1.0, hits(state) / WANTED)


def solution(state: State) -> Iterator[Message]:
    """Look at each kind of stage once, predict one prompt after the other, and let it write."""
    if state.writing:
        yield ("stop",)
    yield ("prompt", "the-cat")
    yield from (("stage", stage) for stage in (*STAGES[1:5], STAGES[6]))
    letters = iter(tale.vocabulary().words)
    ready = iter([*PROMPTS.ids, "the boys", "the lam", "the wa", "every da", "one nig"])
    while score(state) < 1:
        name = next(ready, None) or next(letters) + "e"  # all were seen before: any prompt will do
        prompt = PROMPTS.values.get(name, name)
        if prompt in state.asked or prompt.strip() != prompt:
            continue
        yield ("prompt" if name in PROMPTS.ids else "type", str(name))
        yield from (("guess", likeliest(prompt)), ("stage", HEAD))
    yield ("write",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "stage":
            return say("One stage after the other, as the numbers pass.")
        case "prompt" | "type":
            return say("A beginning that has not been seen yet, so that it is a real prediction.")
        case "guess":
            return say("Of all characters the network finds this one the most probable.")
        case "write":
            return say(
                "Letter by letter: each one is added at the end, and all of it is read again."
            )
    return ""


def _known(line: str) -> str:
    """What the network can read of a line: lower case, characters of its texts, single spaces."""
    read = "".join(c for c in text.normalize(line) if c in tale.vocabulary())
    return read + " " * (bool(read) and line[-1].isspace())


def _unknown(line: str) -> str:
    """What it cannot read of a line, each character once."""
    strange = (c for c in text.normalize(line) if c not in tale.vocabulary())
    return " ".join(dict.fromkeys(strange))


def _may_see(state: State) -> bool:
    """Whether the head may be looked at: a guess was made, or it has been seen already."""
    return state.bet.ready or state.bet.over


def _next_stage(state: State) -> str | None:
    """The stage after this one, where there is one and it may be seen."""
    after = STAGES[STAGES.index(state.stage) + 1 :]
    return after[0] if after and (after[0] != HEAD or _may_see(state)) else None


def _begin(state: State, prompt: str) -> None:
    """A new text, with what was said of it if its head has been seen."""
    state.text, state.stage, state.look, state.writing = prompt, STAGES[0], None, 0
    state.left_out = ""
    state.bet.again()
    if window(state) in state.asked:
        _see(state, None)


def _go(state: State, stage: str) -> None:
    """Show a stage; at the head the guess counts."""
    state.stage, state.writing = stage, 0
    if stage == HEAD:
        _see(state, state.bet.said)


def _see(state: State, guess: str | None) -> None:
    """The head is out: the guess that counts is the one that stood when it was seen first."""
    state.bet.said = state.asked.setdefault(window(state), guess or "") or None
    state.bet.settle()


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The prompt and the stages on one side, the stage's tensor on the other."""
    may = MOVES.on(state)
    chosen = next((str(n) for n, prompt in PROMPTS.values.items() if prompt == state.text), None)
    return widgets.stage(
        widgets.panel(
            controls.choice(
                say("prompt"),
                {n: widgets.verbatim(f"{prompt}…") for n, prompt in PROMPTS.values.items()},
                chosen,
                may.prompt,
            ),
            controls.entry(say("or your own"), state.text, may.type),
            _stages(state),
            widgets.row(
                controls.button(say("Step"), may.step, primary=True),
                h(
                    "button",
                    say("To the head"),
                    key="head",
                    type="button",
                    class_="button",
                    **_pressed(state, HEAD),
                ),
            ),
            _prediction(state),
            widgets.verdict(_standing(state), score(state) == 1),
        ),
        widgets.panel(_tensor(state), key="tensor"),
        widgets.panel(_writing(state), key="writing"),
        widgets.panel(_next(state), key="next"),
    )


def describe(state: State) -> str:
    """The prompt, the stage, the row that is read, the guess, and what has been predicted."""
    stage, seen = _stage(state), state.bet.over
    return say(
        "“{text}” at stage {n} of {total}, {stage} ({where}), a tensor of {rows} by {columns}; "
        "row {row} is read. Prediction: {guess}. Likeliest next: {truth}. Predicted {hits} of "
        "{wanted}. Temperature {temperature}. {writing}",
        text=state.text,
        n=STAGES.index(state.stage) + 1,
        total=len(STAGES),
        stage=say(KINDS[stage.kind][0]),
        where=_where(stage),
        rows=len(stage.y),
        columns=stage.y.shape[1],
        row=_row(state) + 1,
        guess=_names()[state.bet.said] if state.bet.said else say("none yet"),
        truth=_names()[likeliest(window(state))] if seen else say("not seen yet"),
        hits=hits(state),
        wanted=WANTED,
        temperature=fixed(state.temperature, 1),
        writing=_doing(state),
    )


def _doing(state: State) -> str:
    if state.writing:
        return say("It writes.")
    if state.left_out:
        return say(
            "It waits. Left out, because the network never saw them: {signs}", signs=state.left_out
        )
    return say("It waits.")


def _names() -> dict[str, str]:
    """What a person reads for each character."""
    return {str(name): _name(c) for name, c in GUESSES.values.items()}


def _name(character: str) -> str:
    return say("space") if character == " " else character


def _stage(state: State) -> Stage:
    return trace(window(state))[state.stage]


def _row(state: State) -> int:
    """The character whose row is read."""
    return len(window(state)) - 1 if state.look is None else state.look


def _where(stage: Stage) -> str:
    if 0 < stage.block <= tale.BLOCKS:
        return say("block {n}", n=stage.block)
    return say("in") if stage.block == 0 else say("out")


def _prediction(state: State) -> Node:
    return pick(
        state.bet,
        say("Which character will it find likeliest next?"),
        say("my guess"),
        _names(),
        MOVES.on(state).guess,
        likeliest(window(state)) if state.bet.over else None,
    )


def _pressed(state: State, stage: str) -> dict[str, Any]:
    """The attributes of a button that goes to a stage."""
    may = MOVES.on(state).stage
    shut = stage not in may.ids()
    return {
        "aria_disabled": "true" if shut else None,
        "on": None if shut else {"click": (*may.message, stage)},
    }


def _stages(state: State) -> Node:
    """All stages as buttons, grouped by block, from the text to the probabilities."""
    groups: dict[str, list[Node]] = {}
    for number, (name, stage) in enumerate(trace(window(state)).items(), start=1):
        title, where = say(KINDS[stage.kind][0]), _where(stage)
        button = h(
            "button",
            title,
            key=name,
            type="button",
            class_="button choice-option",
            aria_pressed="true" if name == state.stage else "false",
            aria_label=say("{stage}, {where}, stage {n}", stage=title, where=where, n=number),
            **_pressed(state, name),
        )
        groups.setdefault(where, []).append(button)
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
    """The stage's result as a picture, and the row of one character in numbers."""
    stage, row = _stage(state), _row(state)
    signs = ["␣" if c == " " else c for c in window(state)]
    title, said = (say(part, **SIZES.get(part, {})) for part in KINDS[stage.kind])
    largest, where = float(np.abs(stage.y).max()), _where(stage)
    return widgets.part(
        say(
            "{n}. {stage} ({where})",
            n=STAGES.index(state.stage) + 1,
            stage=title,
            where=where,
        ),
        h("p", said, class_="stage-words"),
        h(
            "div",
            pixels.strips(
                signs,
                stage.y,
                "signed",
                say(
                    "{stage}: {rows} rows of {columns} numbers, up to {largest} in size",
                    stage=title,
                    rows=len(stage.y),
                    columns=stage.y.shape[1],
                    largest=short(largest),
                ),
                largest=largest,
                name=say("{stage}, {where} (characters × numbers)", stage=title, where=where),
            ),
            class_="rows",
        ),
        h(
            "div",
            sequences.tokens(
                say("The character whose row is read"),
                signs,
                chosen=row,
                offer=MOVES.on(state).look,
            ),
            key="look",
            class_="look",
        ),
        tensors.tensor_strip(
            say("row {n}, “{sign}”", n=row + 1, sign=signs[row]),
            stage.y[row],
            largest=largest,
            key="row",
        ),
        _inside(stage, signs, row),
        symbol={"add": "y", "head": "z"}.get(stage.kind, "x"),
        class_="passage growing" if state.writing else "passage",
    )


def _inside(stage: Stage, signs: list[str], row: int) -> Node:
    """What the stage promises: who looks where and sums of weights, or what a + node added."""
    content: list[Node] = []
    if stage.A is not None:
        arcs = [_looks(n, A, signs, row) for n, A in enumerate(stage.A, start=1)]
        heads = [_weights(n, A, signs) for n, A in enumerate(stage.A, start=1)]
        sums = stage.A.sum(axis=-1)
        said = say(
            "Every row of A sums to 1: the sums lie between {low} and {high}.",
            low=fixed(sums.min(), 6),
            high=fixed(sums.max(), 6),
        )
        content = [*arcs, h("div", heads, class_="heads"), h("p", said)]
    elif stage.x is not None and stage.F is not None:
        said = say(
            "y − x = F(x): the largest difference among all {n} numbers is {gap}. On average |x| "
            "is {x} and |F(x)| {F}.",
            n=stage.y.size,
            gap=short(float(np.abs((stage.y - stage.x) - stage.F).max())),
            x=fixed(float(np.abs(stage.x).mean())),
            F=fixed(float(np.abs(stage.F).mean())),
        )
        added = {say("x, what went around"): stage.x, say("F(x), what was added"): stage.F}
        content = [marked(h("p", said), added)]
    symbol = None if stage.A is None else "A"
    return h("div", content, key="inside", class_="promises", data_symbol=symbol)


def _looks(n: int, A: Array, signs: list[str], row: int) -> Node:
    """Where a head looks from the row that is read."""
    at = int(A[row].argmax())
    return h(
        "figure",
        h(
            "figcaption",
            say(
                "Head {n}: “{sign}” looks most at “{other}” ({weight})",
                n=n,
                sign=signs[row],
                other=signs[at],
                weight=fixed(float(A[row, at])),
            ),
        ),
        sequences.tokens(
            say("Head {n}: what “{sign}” looks at", n=n, sign=signs[row]),
            signs,
            arcs=[(row, k, float(weight)) for k, weight in enumerate(A[row, : row + 1])],
            chosen=row,
        ),
        key=f"looks{n}",
    )


def _weights(n: int, A: Array, signs: list[str]) -> Node:
    """All weights of a head."""
    return h(
        "figure",
        h("figcaption", say("A, head {n}", n=n)),
        pixels.strips(
            signs,
            A,
            "signed",
            say("The weights A of head {n}, from row to column", n=n),
            largest=1.0,
            name=say("attention A, head {n} (from × to)", n=n),
        ),
        key=n,
    )


def _standing(state: State) -> str:
    tally = {"hits": hits(state), "wanted": WANTED}
    if score(state) == 1:
        return say(
            "{hits} of {wanted}: you called them. It has no plan; it knows what tends to follow.",
            **tally,
        )
    if state.bet.over:
        return say(
            "Called: {hits} of {wanted}. Take another prompt, or type one: each counts once.",
            **tally,
        )
    if state.bet.ready:
        return say(
            "Called: {hits} of {wanted}. Your guess counts as soon as you look at the head.",
            **tally,
        )
    return say("Called: {hits} of {wanted}. Guess, and you may look at the head.", **tally)


def _writing(state: State) -> Node:
    """The text, what of it the network sees, and the controls of writing on."""
    may = MOVES.on(state)
    title = say("Write on: the network sees the last {n} characters", n=tale.LONGEST)
    if state.left_out:
        title = say("Left out, because the network never saw them: {signs}", signs=state.left_out)
    return widgets.part(
        title,
        h(
            "p",
            h("span", state.text[: -tale.LONGEST]),
            h("b", window(state)),
            class_="tale",
            translate="no",
        ),
        controls.slider(say("temperature"), state.temperature, may.temperature),
        widgets.row(
            controls.button(say("Stop"), may.stop, key="write")
            if state.writing
            else controls.button(say("Write on"), may.write, key="write")
        ),
        widgets.hint(
            say(
                "It learned a short tale and a few notes, character by character. What it never "
                "saw it cannot know: it writes words, not sense. If it writes on before you "
                "have guessed, that prompt no longer counts."
            )
        ),
        class_="passage",
    )


def _next(state: State) -> Node:
    """The likeliest next characters, once the head has been looked at."""
    seen, words = state.bet.over, tale.vocabulary().words
    p = probabilities(window(state), state.temperature)
    order = np.argsort(-p, kind="stable")[:BEST].tolist()
    section = widgets.part(
        say("Next character, temperature {t}", t=fixed(state.temperature, 1)),
        h(
            "ol",
            [
                h(
                    "li",
                    h("b", _name(words[k]) if seen else "?", data_longest=say("space")),
                    h(
                        "progress",
                        max=1,
                        value=float(p[k]) if seen else 0,
                        aria_label=say("p of number {n}", n=i),
                    ),
                    h("span", fixed(float(p[k]), 3) if seen else "–"),
                    key=i,
                )
                for i, k in enumerate(order, start=1)
            ],
            class_="chances",
        ),
        h(
            "p",
            say(
                "The other {n} share {p}.",
                n=len(p) - BEST,
                p=fixed(float(1 - p[order].sum()), 3),
            )
            if seen
            else say("Look at the head to see them."),
        ),
        class_="passage",
        symbol="p",
    )
    return marked(section, {say("p of every next character"): p}) if seen else section
