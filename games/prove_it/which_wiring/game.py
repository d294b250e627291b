"""Which Wiring: look at the data, and choose who should listen to whom in the network.

Each tile is drawn from its own program of a few lines: a line from a dot below to a dot above is as
strong as the output there moves with that input, measured by the engine's backward pass. A wiring
is what a network knows before it has learned anything; which one is true of the data is the
question. Wrong ones say why, and that data comes back later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts.bet import Bet, commit
from games.moves import Dial, Pick, Press, moves
from games.prove_it.which_wiring.wirings import listening, made, parameters, program
from games.ui import controls, graphs, sequences, widgets
from games.ui.node import h, marked
from games.ui.pixels import picture
from games.ui.shell import shell
from games.words import say, word
from pycore import graph_data, images, series
from pycore.arrays import Array, Integers

DOTS = 8
"""Inputs of the network that a tile draws."""
STRENGTHS = {"strong": 0.5, "medium": 0.2, "faint": 0.02}
"""From which share of the strongest slope on a line is drawn so."""

NAMES = {
    "dense": word("Dense"),
    "convolution": word("Convolution"),
    "recurrent": word("Recurrent"),
    "attention": word("Attention"),
    "graph": word("Graph"),
    "autoencoder": word("Autoencoder"),
}
DATA = {
    "dense": ("flats", "blood"),
    "convolution": ("digit", "scan"),
    "recurrent": ("heart", "meter"),
    "attention": ("sentence", "program"),
    "graph": ("friends", "molecule"),
    "autoencoder": ("unnamed", "hum"),
}
"""The data that each wiring is the natural one for."""
TRUTH = {data: wiring for wiring, several in DATA.items() for data in several}
PROMPTS = {
    "flats": word("Flats, one in each row: size, age, floor, way to the park. What is the rent?"),
    "blood": word("Blood tests, one in each row: iron, salt, sugar, fat. Is the patient ill?"),
    "digit": word("A scribbled digit, somewhere on the paper. Which one is it?"),
    "scan": word("A scan, dot by dot. Is there a round spot in it, wherever it may be?"),
    "heart": word("A heartbeat, for days. Is all well now? There is room to keep 8 numbers."),
    "meter": word("A power meter that never stops. What comes next? Only 8 numbers can be kept."),
    "sentence": word("A whole sentence. Which word does each of the others belong to?"),
    "program": word("A line of a program. Which bracket closes which, however far away?"),
    "friends": word("Who knows whom, and what some of them like. What will the others like?"),
    "molecule": word("Atoms and the bonds between them. Which of the atoms will react?"),
    "unnamed": word("Ten thousand digits, and nobody has named one. Keep each in six numbers."),
    "hum": word("A healthy machine’s hum, a thousand times. Find the sound that is not like it."),
}
RIGHT = {
    "dense": word(
        "Yes: the columns come in no order, and any may matter with any other. All listen to all."
    ),
    "convolution": word(
        "Yes: neighbours belong together, and a pattern means the same wherever it is. One kernel."
    ),
    "recurrent": word(
        "Yes: the same step for every number, and a memory that stays small however long it goes."
    ),
    "attention": word(
        "Yes: what belongs together depends on what is there, near or far. Each looks for its own."
    ),
    "graph": word("Yes: each listens to those it is joined to, and nobody has to be the first."),
    "autoencoder": word(
        "Yes: without answers to learn from, it learns to redraw the data through a few numbers."
    ),
}
WRONG = {
    "dense": {
        "convolution": word(
            "A kernel counts on neighbours. Which column is next to which is luck."
        ),
        "recurrent": word("A memory is for what comes in order. These columns could come in any."),
        "attention": word("It finds out anew who matters. Here a column always means the same."),
        "graph": word("A message needs a line to travel along, and nothing joins these columns."),
        "autoencoder": word("It would redraw the rows. But here is an answer that can be learned."),
    },
    "convolution": {
        "dense": word(
            "It has a weight for each dot, and would learn a stroke anew at every place."
        ),
        "recurrent": word("Read dot by dot, the dot just above is a whole row back."),
        "attention": word(
            "It could learn that neighbours matter, from many more pictures. One wiring knows it."
        ),
        "graph": word(
            "Dots do have neighbours, but a graph forgets which is left and which above."
        ),
        "autoencoder": word("It would redraw the picture. Here an answer about it is wanted."),
    },
    "recurrent": {
        "dense": word("It needs a fixed number of inputs, all at once. These never end."),
        "convolution": word("A kernel sees a few side by side. What came before has left it."),
        "attention": word("It looks back at all that came, and has to keep it. There is no room."),
        "graph": word("Who is joined to whom is no question: each number follows the last."),
        "autoencoder": word("It squeezes a whole, once it is there. This one is never complete."),
    },
    "attention": {
        "dense": word("Its weights belong to places, and the next line has other things there."),
        "convolution": word("A kernel sees what is next to it. What matters may be far away."),
        "recurrent": word("A small memory has to carry the first past all the others, unharmed."),
        "graph": word("It must be told the lines. What belongs to what is just what is asked."),
        "autoencoder": word("It would redraw the whole. What is asked is which parts go together."),
    },
    "graph": {
        "dense": word("Its weights belong to places. Number the dots anew, and it knows nothing."),
        "convolution": word("A kernel needs a left and a right. Here one has four neighbours."),
        "recurrent": word("It reads in an order, and here nobody comes first."),
        "attention": word("It would have to guess who belongs to whom, and here that is known."),
        "autoencoder": word("It squeezes the whole. What is asked is about each single dot."),
    },
    "autoencoder": {
        "dense": word("It learns from right answers, and here nobody has given any."),
        "convolution": word("A kernel could help, but towards what? There is no answer to learn."),
        "recurrent": word("These come in no order, and there is no answer to learn at any step."),
        "attention": word("Looking for what belongs together needs a goal. Here is only the data."),
        "graph": word("Nothing joins these to one another, and nobody has named any of them."),
    },
}
"""Why a wiring does not suit data that another one is for."""

LEARNT = word(
    "A wiring is what a network knows before it has learned: who may listen to whom. Where that is "
    "true of the data, fewer weights and fewer examples are enough."
)
MOVES = moves(
    guess=Pick(*NAMES, when=lambda state: state.bet.open),
    wire=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: state.bet.over),
    look=Pick(*NAMES),
    n=Dial(4, 32, 4),
)


@dataclass
class State:
    """The data still to be wired, the first of it on the table, and what has been matched.

    `look` and `n` are the program that is looked at, and how many numbers come into it.
    """

    rng: np.random.Generator
    left: list[str]
    matched: list[str] = field(default_factory=list)
    bet: Bet[str] = field(default_factory=Bet)
    look: str = "dense"
    n: int = DOTS


def init(seed: int) -> State:
    """One kind of data for each wiring, in any order."""
    rng = np.random.default_rng(seed)
    return State(rng, _dealt(rng))


def _dealt(rng: np.random.Generator) -> list[str]:
    several = [kinds[rng.integers(len(kinds))] for kinds in DATA.values()]
    return [several[i] for i in rng.permutation(len(several))]


def update(state: State, move: str, *values: Any) -> None:
    """A guess, its judgement, the next data; and the program to look at."""
    match move, *values:
        case "guess", wiring:
            state.bet.place(wiring)
            state.look = wiring
        case ("wire",):
            state.bet.begin()
            state.bet.settle()
            if hit(state):
                state.matched.append(truth(state))
        case ("next",):
            _next(state)
        case "look", wiring:
            state.look = wiring
        case "n", n:
            state.n = n


def _next(state: State) -> None:
    """Other data; what was not matched comes back after the others, and after all a new deal."""
    if score(state) == 1:
        state.left, state.matched = _dealt(state.rng), []
    elif hit(state):
        state.left.pop(0)
    else:
        state.left.append(state.left.pop(0))
    state.bet.again()


def truth(state: State) -> str:
    """The wiring that suits the data on the table."""
    return TRUTH[state.left[0]]


def hit(state: State) -> bool:
    """Whether that is what was said."""
    return state.bet.said == truth(state)


def score(state: State) -> float:
    """1 once each of the wirings has found its data."""
    return len(state.matched) / len(NAMES)


def view(state: State) -> Node:
    """The data above the six wirings, and a program of a few lines in a drawer."""
    may, won, over = MOVES.on(state), score(state) == 1, state.bet.over
    board = h(
        "div",
        h("p", say(PROMPTS[state.left[0]]), class_="wiring-prompt"),
        h("div", drawn(state.left[0]), class_=f"wiring-data {state.left[0]}"),
        h(
            "div",
            controls.choice(
                say("Wiring"), _tile, state.bet.said, may.guess, done=state.matched, key="tiles"
            ),
            class_="wiring-tiles hit" if over and hit(state) else "wiring-tiles",
        ),
        class_="wiring",
    )
    slopes = {
        say("{wiring}, step {n}", wiring=say(name), n=step + 1): table
        for wiring, name in NAMES.items()
        for step, table in enumerate(listening(wiring, DOTS))
    }
    return shell(
        marked(board, slopes),
        widgets.verdict(_verdict(state), won, lost=over and not hit(state)),
        mission=widgets.progress(say("wirings matched"), len(state.matched), len(NAMES)),
        go=commit(
            state.bet,
            say("Wire it: {name}", name=say(NAMES[state.bet.said])) if state.bet.said else None,
            may.wire,
            may.next,
            more=say("Other data") if won else say("Next data"),
        ),
        drawers=[
            widgets.folded(
                say("Its few lines of code"),
                controls.select(
                    say("Wiring"),
                    {id_: say(name) for id_, name in NAMES.items()},
                    state.look,
                    may.look,
                ),
                controls.slider(say("Numbers that come in"), state.n, may.n),
                _program(state),
                key="program",
            ),
            widgets.folded(say("Numbers"), _counts(state), key="numbers"),
            widgets.explained(
                say("Is this a law?"),
                say(
                    "No. Each wiring here is the natural first choice, no more. With very much "
                    "data, one that assumes less can win: attention also reads pictures, cut "
                    "into tiles. And large networks mix them, kernels at the bottom, say, and "
                    "a dense layer at the top."
                ),
                key="law",
            ),
        ],
    )


def describe(state: State) -> str:
    """The data, the guess, what came of it, and the program that is looked at."""
    return say(
        "{prompt} Said: {guess}. Matched so far: {matched}. {verdict} The program shown is "
        "{program} for {n} numbers, with {count} parameters.",
        prompt=say(PROMPTS[state.left[0]]),
        guess=say("nothing yet") if state.bet.said is None else say(NAMES[state.bet.said]),
        matched=", ".join(say(NAMES[name]) for name in state.matched) or say("none"),
        verdict=_verdict(state),
        program=say(NAMES[state.look]),
        n=state.n,
        count=parameters(state.look, state.n),
    )


def solution(state: State) -> Iterator[Message]:
    """The natural wiring for each, until all are matched."""
    if score(state) == 1:
        return
    left = list(state.left)
    if state.bet.over:
        yield ("next",)
        left = left[1:] if hit(state) else [*left[1:], left[0]]
    for place, data in enumerate(left):
        if place:
            yield ("next",)
        yield ("guess", TRUTH[data])
        yield ("wire",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a guess of the solution."""
    return say(RIGHT[values[0]]) if move == "guess" else ""


def mistakes(state: State) -> list[tuple[str, str]]:
    """What is said wrongly just now."""
    if not state.bet.over or hit(state) or state.bet.said is None:
        return []
    return [(say(PROMPTS[state.left[0]]), say(NAMES[state.bet.said]))]


# --- pictures and words ---------------------------------------------------------------------------


def _tile(wiring: str) -> Node:
    """Who listens to whom, with the name below."""
    spots, paths = _wires(wiring)
    lines = [h("path", d=path, class_=strength, key=strength) for strength, path in paths.items()]
    dots = [h("circle", cx=x, cy=y, r=3) for row in spots for x, y in row]
    return h(
        "span",
        h("svg", lines, dots, viewBox="0 0 100 60", aria_hidden="true"),
        h("span", say(NAMES[wiring])),
        class_="wiring-tile",
    )


@cache
def _wires(wiring: str) -> tuple[list[list[tuple[float, float]]], dict[str, str]]:
    """Where the dots of each row are, and the lines of each strength between them."""
    steps = listening(wiring, DOTS)
    counts = [steps[0].shape[1], *(len(step) for step in steps)]
    spots = [
        [(x, 52 - 44 * row / len(steps)) for x in _across(count)]
        for row, count in enumerate(counts)
    ]
    paths = {strength: _lines(steps, spots, strength) for strength in reversed(STRENGTHS)}
    return spots, {strength: path for strength, path in paths.items() if path}


def _across(count: int) -> list[float]:
    """Places of so many dots in a row."""
    return [50 + 12 * (i - (count - 1) / 2) for i in range(count)]


def _lines(steps: tuple[Array, ...], spots: list[list[tuple[float, float]]], strength: str) -> str:
    """The lines of one strength, all of them as one path."""
    least = STRENGTHS[strength]
    most = min((s for s in STRENGTHS.values() if s > least), default=np.inf)
    path = ""
    for below, above, slopes in zip(spots, spots[1:], steps, strict=False):
        shares = slopes / slopes.max()
        for i, j in np.argwhere((shares >= least) & (shares < most)).tolist():
            path += "M{:.0f} {:.0f}L{:.0f} {:.0f}".format(*below[j], *above[i])
    return path


def _flow(values: list[Array]) -> Node:
    """Numbers one after the other, as lines."""
    low, high = min(v.min() for v in values), max(v.max() for v in values)
    paths = []
    for line in values:
        x = np.linspace(2, 318, len(line))
        y = 80 - 76 * (line - low) / (high - low)
        path = "M" + "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True))
        paths.append(h("path", d=path))
    return h(
        "svg",
        paths,
        viewBox="0 0 320 84",
        preserveAspectRatio="none",
        class_="wiring-flow",
        role="img",
        aria_label=say("the data"),
    )


@cache
def _digits(count: int, seed: int, size: int = 12) -> Array:
    """Scribbled digits side by side."""
    x, _ = images.glyphs(count, 0.0, seed, size=size)
    return np.concatenate(list(x[..., 0]), axis=1)


def _graph(edges: Integers, places: Array, names: str) -> Node:
    pairs = [(int(a), int(b)) for a, b in edges if a < b]
    return graphs.graph(say("the data"), places, pairs, names=list(names), width=320, height=104)


def _ring(count: int) -> Array:
    turn = 2 * np.pi * np.arange(count) / count
    return np.stack([2.4 * np.cos(turn), np.sin(turn)], axis=1)


@cache
def _scan() -> Array:
    """A picture with a shape somewhere in it."""
    x, _ = images.scenes(1, 0.15, 3)
    scan: Array = x[0, :, :, 0]
    return scan


@cache
def _beats() -> Array:
    """A rhythm that never quite repeats."""
    return series.mackey_glass(120, 0.0, 0)


def _table(seed: int) -> Node:
    values = np.random.default_rng(seed).uniform(0, 1, (5, 4))
    return picture(values, "ink", say("the data"), largest=1.2)


def _tokens(*words: str) -> Node:
    return sequences.tokens(say("the data"), words)


PICTURES: dict[str, Callable[[], Node]] = {
    "flats": lambda: _table(1),
    "blood": lambda: _table(2),
    "digit": lambda: picture(_digits(1, 4, 16), "ink", say("the data"), largest=1.0),
    "scan": lambda: picture(_scan(), "ink", say("the data"), largest=1.2),
    "heart": lambda: _flow([_beats()]),
    "meter": lambda: _flow([series.seasonal(96, 0.15, 1)]),
    "sentence": lambda: _tokens("the", "cat", "that", "chased", "dogs", "was", "tired"),
    "program": lambda: _tokens("f", "(", "a", ",", "g", "(", "b", ")", ")"),
    "friends": lambda: _graph(graph_data.random(8, 0.35, 6), _ring(8), "ABCDEFGH"),
    "molecule": lambda: _graph(graph_data.tree(7), _ring(7), "CCOCHHN"),
    "unnamed": lambda: picture(_digits(5, 5), "ink", say("the data"), largest=1.0),
    "hum": lambda: _flow([series.seasonal(60, 0.1, s, period=15.0, slope=0.0) for s in range(3)]),
}


def drawn(data: str) -> Node:
    """What the data looks like."""
    return PICTURES[data]()


def _program(state: State) -> Node:
    """The program, and what it comes to."""
    names = made(state.look, state.n)
    count = parameters(state.look, state.n)
    shape = " × ".join(str(n) for n in names["y"].shape)
    return marked(
        h(
            "div",
            h(
                "pre",
                h("code", program(state.look, state.n), translate="no"),
                class_="wiring-program",
                tabindex=0,
                role="group",
                aria_label=say("Its few lines of code"),
            ),
            widgets.readouts([(say("y.shape"), shape), (say("parameters"), str(count))]),
            class_="wiring-code",
        ),
        {
            say("parameters"): np.array([float(count)]),
            say("shape of y"): np.array(names["y"].shape, float),
        },
    )


def _counts(state: State) -> Node:
    """The parameters of all six, for as many numbers as come in and for twice as many."""
    rows = {
        wiring: (parameters(wiring, state.n), parameters(wiring, 2 * state.n)) for wiring in NAMES
    }
    return marked(
        h(
            "div",
            widgets.table(
                say("Parameters, counted by the network itself"),
                [
                    say("wiring"),
                    say("{n} numbers in", n=state.n),
                    say("{n} numbers in", n=2 * state.n),
                ],
                [
                    [say(NAMES[wiring]), *(str(count) for count in counts)]
                    for wiring, counts in rows.items()
                ],
            ),
            class_="wiring-code",
        ),
        {say("parameters of all"): np.array(list(rows.values()), float)},
    )


def _verdict(state: State) -> str:
    """What to do, or what was right or wrong about the guess."""
    if not state.bet.over or state.bet.said is None:
        if not state.matched:
            return say(
                "Below are what comes in, above what goes out; a line is who listens to whom. "
                "Which wiring suits this data?"
            )
        return say("Which wiring suits this data? Who should listen to whom?")
    if score(state) == 1:
        return say("All six are wired as their data is made. That is the family of networks.")
    if hit(state):
        return say(RIGHT[state.bet.said])
    return say(WRONG[truth(state)][state.bet.said])
