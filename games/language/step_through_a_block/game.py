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

from games import Message, MessageError, Node
from games.concepts.bet import Bet, pick
from games.language.step_through_a_block.trace import (
    BLOCK,
    KINDS,
    SIZES,
    STAGES,
    Stage,
    trace,
)
from games.moves import Dial, Pick, Press, Text, moves
from games.ui import controls, pixels, sequences, tensors, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.pipelines import Lane, Outcome, Part, pipeline
from games.ui.shell import shell
from games.words import say, word
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
BEST, ANSWERS = 6, 3
"""How many of the next character's candidates are listed, and at the end of the way."""
BEGUN, SHOWN = 12, 80
"""Characters of the text at the start of the way, and in what is said while it writes."""
SIGNS = {
    " ": "space",
    ".": "period",
    ",": "comma",
    ":": "colon",
    ";": "semicolon",
    "'": "apostrophe",
}
"""The ids of the characters that are no letters."""

LEARNT = word(
    "The whole network is a line of small stages. Each adds something to what goes around it, and "
    "out come the odds of the next character."
)
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

    `look` is the character whose row is read, None for the last one; `written` characters are the
    network's own. `asked` are the prompts whose
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
    written: int = 0
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
                raise MessageError(
                    say("The network knows no character of that; type some letters of English.")
                )
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
    state.writing, state.written = state.writing - 1, state.written + 1
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
    state.left_out, state.written = "", 0
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
    """The way through the network with its tensor below it, and what is predicted."""
    may, won = MOVES.on(state), score(state) == 1
    chosen = next((str(n) for n, prompt in PROMPTS.values.items() if prompt == state.text), None)
    return shell(
        [_way(state), _columns(state)],
        widgets.verdict(_standing(state), won, lost=_hit(state) is False and not state.writing),
        mission=widgets.progress(say("next characters called"), min(hits(state), WANTED), WANTED),
        dock=[
            _prediction(state),
            controls.choice(
                say("prompt"),
                {n: widgets.verbatim(f"{prompt}…") for n, prompt in PROMPTS.values.items()},
                chosen,
                may.prompt,
            ),
        ],
        go=widgets.row(_primary(state), _beside(state), class_="block-go"),
        drawers=[
            controls.entry(say("or a prompt of your own"), state.text, may.type),
            widgets.folded(say("What this stage does"), *_inside(state), key="inside"),
            widgets.folded(say("One character in numbers"), *_numbers(state), key="row"),
            widgets.folded(
                say("Temperature, and what it writes"), _next(state), _writing(state), key="next"
            ),
        ],
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


def _hit(state: State) -> bool | None:
    """Whether this prompt's guess came true; None before, and where none was made."""
    if not state.bet.over or not state.bet.said:
        return None
    return state.bet.said == likeliest(window(state))


def _prediction(state: State) -> Node:
    return h(
        "div",
        pick(
            state.bet,
            say("Which character comes next?"),
            say("my guess"),
            lambda name: _names()[name],
            MOVES.on(state).guess,
            likeliest(window(state)) if state.bet.over else None,
        ),
        key="keys",
        class_="keys",
    )


def _primary(state: State) -> Node:
    """The next step: send the prompt through, and after that take one that is new."""
    may, bet = MOVES.on(state), state.bet
    if not bet.over:
        label = say("Send it through") if bet.ready else say("Predict first")
        return controls.button(label, may.stage.only_if(bet.ready)(HEAD), primary=True, key="send")
    new = next((n for n in PROMPTS.ids if PROMPTS.values[n] not in state.asked), None)
    if new is None or state.writing:
        return controls.button(say("Look once more"), may.stage(STAGES[0]), key="send")
    return controls.button(say("Next prompt"), may.prompt(new), primary=True, key="send")


def _beside(state: State) -> Node:
    """What else may be done: one stage on, or once it has answered let it write."""
    may = MOVES.on(state)
    if state.writing:
        return controls.button(say("Stop"), may.stop, key="write")
    if state.bet.over:
        return controls.button(say("Write on"), may.write, key="write")
    return controls.button(say("Step"), may.step, key="step")


def _way(state: State) -> Node:
    """All stages from the text to the character that it finds likeliest, each to be pressed."""
    stages = trace(window(state))
    parts = [
        Part(
            name,
            say(KINDS[stage.kind][0]),
            say(
                "{stage}, {where}, stage {n}",
                stage=say(KINDS[stage.kind][0]),
                where=_where(stage),
                n=number,
            ),
            2 if stage.kind == "add" else 0,
        )
        for number, (name, stage) in enumerate(stages.items(), start=1)
    ]
    size = len(BLOCK)
    begin = state.text if len(state.text) <= BEGUN else "…" + state.text[-BEGUN:]
    blocks = [
        Lane(tuple(parts[2 + size * i : 2 + size * (i + 1)]), say("block {n}", n=i + 1))
        for i in range(tale.BLOCKS)
    ]
    lanes = [Lane(tuple(parts[:2]), begin=begin, room=BEGUN + 1), *blocks, Lane(tuple(parts[-2:]))]
    return pipeline(
        say("The stages, from the text to the next character"),
        lanes,
        chosen=state.stage,
        offer=MOVES.on(state).stage,
        outcome=_outcome(state),
        key="way",
    )


def _outcome(state: State) -> Outcome:
    """The guess at the end of the way, or what came out there."""
    if not state.bet.over:
        said = state.bet.said
        return Outcome(_sign(GUESSES.values[said]), "guess") if said else Outcome("?")
    p, words = probabilities(window(state)), tale.vocabulary().words
    order = np.argsort(-p, kind="stable")[:ANSWERS].tolist()
    kinds = {True: "won", False: "miss", None: ""}
    return Outcome(
        _sign(words[order[0]]),
        kinds[_hit(state)],
        tuple((_sign(words[k]), float(p[k])) for k in order),
    )


def _sign(character: str) -> str:
    return "␣" if character == " " else character


def _signs(state: State) -> list[str]:
    return [_sign(c) for c in window(state)]


def _columns(state: State) -> Node:
    """The stage's tensor: a column of numbers for each character, and where the heads look.

    Once it writes there is room for all that the network will see.
    """
    stage, row, signs = _stage(state), _row(state), _signs(state)
    title, where = say(KINDS[stage.kind][0]), _where(stage)
    empty = tale.LONGEST - len(signs) if state.writing or state.written else 0
    heads = [] if stage.A is None else [(say("head {n}", n=n), A[row]) for n, A in _heads(stage.A)]
    return sequences.columns(
        say(
            "{stage}: {rows} characters of {columns} numbers, up to {largest} in size",
            stage=title,
            rows=len(stage.y),
            columns=stage.y.shape[1],
            largest=short(float(np.abs(stage.y).max())),
        ),
        signs,
        stage.y,
        chosen=row,
        looks=heads,
        empty=empty,
        key="columns",
        name=say("{stage}, {where} (characters × numbers)", stage=title, where=where),
    )


def _heads(A: Array) -> list[tuple[int, Array]]:
    return list(enumerate(A, start=1))


def _numbers(state: State) -> list[Node]:
    """The row of one character, whose digits show where one points, and which one it is."""
    stage, row, signs = _stage(state), _row(state), _signs(state)
    return [
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
            largest=float(np.abs(stage.y).max()),
            key="row",
        ),
    ]


def _inside(state: State) -> list[Node]:
    """What the stage does and promises: sums of weights, or what a + node added."""
    stage, row, signs = _stage(state), _row(state), _signs(state)
    title, said = (say(part, **SIZES.get(part, {})) for part in KINDS[stage.kind])
    content: list[Node] = []
    if stage.A is not None:
        looks = [_looks(n, A, signs, row) for n, A in _heads(stage.A)]
        heads = [_weights(n, A, signs) for n, A in _heads(stage.A)]
        sums = stage.A.sum(axis=-1)
        sums_said = say(
            "Every row of A sums to 1: the sums lie between {low} and {high}.",
            low=fixed(sums.min(), 6),
            high=fixed(sums.max(), 6),
        )
        content = [*looks, h("div", heads, class_="heads"), h("p", sums_said)]
    elif stage.x is not None and stage.F is not None:
        added = say(
            "y − x = F(x): the largest difference among all {n} numbers is {gap}. On average |x| "
            "is {x} and |F(x)| {F}.",
            n=stage.y.size,
            gap=short(float(np.abs((stage.y - stage.x) - stage.F).max())),
            x=fixed(float(np.abs(stage.x).mean())),
            F=fixed(float(np.abs(stage.F).mean())),
        )
        arrays = {say("x, what went around"): stage.x, say("F(x), what was added"): stage.F}
        content = [marked(h("p", added), arrays)]
    return [
        widgets.part(
            say(
                "{n}. {stage} ({where})",
                n=STAGES.index(state.stage) + 1,
                stage=title,
                where=_where(stage),
            ),
            h("p", said, class_="stage-words"),
            h(
                "div",
                content,
                key="inside",
                class_="promises",
                data_symbol=None if stage.A is None else "A",
            ),
            symbol={"add": "y", "head": "z"}.get(stage.kind, "x"),
            class_="passage",
        )
    ]


def _looks(n: int, A: Array, signs: list[str], row: int) -> Node:
    """Where a head looks from the row that is read."""
    at = int(A[row].argmax())
    return h(
        "p",
        say(
            "Head {n}: “{sign}” looks most at “{other}” ({weight})",
            n=n,
            sign=signs[row],
            other=signs[at],
            weight=fixed(float(A[row, at])),
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
    """What the last press came to, in words."""
    if state.writing or state.written:
        return say("It writes: …{text}", text=state.text[-SHOWN:])
    if state.left_out:
        return say("Left out, because the network never saw them: {signs}", signs=state.left_out)
    if not state.bet.over:
        if state.stage == STAGES[0]:
            return say("Where will it end? Guess the next character. Tap a stage to look inside.")
        return say(KINDS[_stage(state).kind][1], **SIZES.get(KINDS[_stage(state).kind][1], {}))
    truth = {"sign": _names()[likeliest(window(state))]}
    if _hit(state) is None:
        return say(
            "“{sign}” is likeliest. It was out before you guessed, so this prompt does not count.",
            **truth,
        )
    if score(state) == 1:
        return say(
            "“{sign}” it is, and you have {wanted}: you called them. It has no plan; it knows what "
            "tends to follow.",
            wanted=WANTED,
            **truth,
        )
    if _hit(state):
        return say("You called it: “{sign}”. Take the next prompt: each counts once.", **truth)
    return say(
        "It says “{sign}”: that followed most often in what it read. Take another prompt, or type "
        "one.",
        **truth,
    )


def _writing(state: State) -> Node:
    """The whole text, what of it the network sees, and what it knows."""
    return widgets.part(
        say("The network sees the last {n} characters", n=tale.LONGEST),
        h(
            "p",
            h("span", state.text[: -tale.LONGEST]),
            h("b", window(state)),
            class_="tale",
            translate="no",
        ),
        widgets.hint(
            say(
                "It learned a short tale and a few notes, character by character. What it never "
                "saw it cannot know: it writes words, not sense."
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
        controls.slider(say("temperature"), state.temperature, MOVES.on(state).temperature),
        class_="passage",
        symbol="p",
    )
    return marked(section, {say("p of every next character"): p}) if seen else section
