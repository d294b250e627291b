"""The Bottleneck: find the fewest numbers from which a network can redraw a digit.

An autoencoder squeezes the 144 dots of a drawn digit into k numbers and draws it again from these.
It learns from 400 digits, live; how far off it is, is measured on 100 others. A smallest k is found
when it is under the bar and one number less is not. Beside it the first k principal components do
the same: the best that a sum of k fixed pictures can do (Pearson, 1901).

It trains in float32, which was decided by measuring both in one run. A step took 235 µs, and 375
µs in float64 (CPython, one core); in Pyodide the gain was a tenth. The errors that 50 starts reach
with four numbers agree to 1e-5, and no two bars are nearer to each other than 3e-3; the test
compares them again. A saved file has all of the weights' digits, in half the bytes.

A network can be saved and opened again. An opened one draws, and does not count as trained: the
smallest k is to be found by training.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, brains
from games.concepts.pen import drawing_pad, written
from games.concepts.training import Rounded
from games.generative._digits import SEEN, digits, unseen
from games.moves import Dial, File, Parts, Place, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.panes import sheet
from games.ui.pixels import picture
from games.ui.shell import shell
from games.words import indexed, say, word
from pycore import bundles, export, schedules
from pycore.arrays import Array, DType
from pycore.brains import BrainError
from pycore.layers import Sequential
from pycore.losses import MeanSquaredError
from pycore.models.autoencoders import autoencoder
from pycore.optimizers import Adam
from pycore.recipes.bottleneck import SIZE

HIDDEN, BATCH, RATE, STEPS = 48, 40, 0.01, 1000
STRIDE = 5
"""Steps of a tick."""
MOST, STRAIGHT = 8, 14
"""The widest code of a network, and of the components in the plot."""
BARS = (0.046, 0.040, 0.034, 0.030, 0.027)
REACH = 3.0
"""How far a knob goes, in standard deviations of its number."""
BUNDLE = "an autoencoder"
"""What a saved file holds."""
FILE, SCRIPT = "autoencoder.npz", "autoencoder.py"

LEARNT = word(
    "Digits have much in common, so a few numbers are enough. A network that bends needs fewer of "
    "them than sums of fixed pictures do."
)
_CELL = Dial(0, SIZE - 1)
MOVES = moves(
    draw=Place(_CELL, _CELL),
    pen=Place(_CELL, _CELL),
    erase=Switch(),
    clear=Press(),
    digit=Press(),
    k=Dial(1, MOST, when=lambda state: not state.running),
    train=Press(when=lambda state: not state.running and state.k not in state.mine),
    stop=Press(when=lambda state: state.running),
    knob=Parts(
        lambda state: state.k in state.errors and not state.running,
        which=Dial(0, lambda state: state.k - 1),
        value=Dial(-REACH, REACH, 0.1),
    ),
    release=Press(when=lambda state: len(state.turned) > 0),
    again=Press(when=lambda state: score(state) == 1),
    open=File(binary=True, when=lambda state: not state.running),
    close=Press(when=lambda state: state.k in state.opened),
)


@dataclass
class State:
    """The drawing, the network of each width as far as it has learned, and what was measured.

    `errors` holds the held-out error of each width that is trained to its end, `scales` mean and
    spread of its code; `opened` are the widths whose network comes from a file; `turned` the knobs
    that the learner has turned, in standard deviations.
    """

    rng: np.random.Generator
    bar: float
    base: int
    drawing: Array
    k: int = 4
    trainers: dict[int, Rounded] = field(default_factory=dict)
    errors: dict[int, float] = field(default_factory=dict)
    scales: dict[int, tuple[Array, Array]] = field(default_factory=dict)
    turned: dict[int, float] = field(default_factory=dict)
    running: bool = False
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    erase: bool = False
    opened: set[int] = field(default_factory=set)

    @property
    def mine(self) -> dict[int, float]:
        """The errors of what was trained here."""
        return {k: error for k, error in self.errors.items() if k not in self.opened}


def init(seed: int) -> State:
    """A digit that no network has seen, a bar, and nothing trained."""
    rng = np.random.default_rng(seed)
    state = State(rng, 0.0, 0, np.zeros((SIZE, SIZE)))
    _begin(state)
    return state


def _begin(state: State) -> None:
    """Another bar, other weights to start from, another digit."""
    state.bar = float(state.rng.choice(BARS))
    state.base = int(state.rng.integers(2**31))
    state.trainers, state.errors, state.scales, state.turned = {}, {}, {}, {}
    state.opened = set()
    state.drawing = unseen(state.rng)
    _ready(state)


def _ready(state: State) -> None:
    """A network of the width looked at, before its first step if it is new."""
    if state.k not in state.trainers:
        state.trainers[state.k] = _trainer(state.base + state.k, state.k)


def update(state: State, move: str, *values: Any) -> None:
    """The pen, the width, the training, and the knobs."""
    if move in ("draw", "clear", "digit", "k", "again", "train", "close"):
        state.turned = {}
    if written(state, move, *values):
        return
    match move, *values:
        case ("digit",):
            state.drawing = unseen(state.rng)
        case "k", k:
            state.k = k
            _ready(state)
        case ("train",):
            if state.k in state.opened:
                _forget(state)
            state.running = True
        case ("stop",):
            state.running = False
        case "knob", which, value:
            state.turned[which] = value
        case ("release",):
            state.turned = {}
        case ("again",):
            _begin(state)
        case "open", text:
            _open(state, text)
        case ("close",):
            _forget(state)


def _open(state: State, text: str) -> None:
    """Put the network of a file in the place of that of its width."""
    with brains.bundled(text, BUNDLE) as bundle:
        k = bundle.array("code", (1,))[0]
        if k not in range(1, MOST + 1):
            raise BrainError(f"Its code has {k:g} numbers; allowed: 1 to {MOST}.")
        trainer = _trainer(0, int(k))
        brains.put(bundle, "", trainer.network)
    state.k, state.turned = int(k), {}
    state.trainers[state.k] = trainer
    state.opened.add(state.k)
    _measure(state)


def _forget(state: State) -> None:
    """In the place of a network from a file there is one before its first step."""
    for table in (state.trainers, state.errors, state.scales):
        table.pop(state.k)
    state.opened.remove(state.k)
    _ready(state)


def _measure(state: State) -> None:
    """How far off the network looked at is, and where its code lies."""
    network = state.trainers[state.k].network
    state.errors[state.k] = error(network)
    codes = _encoded(network, digits()[1])
    state.scales[state.k] = codes.mean(axis=0), codes.std(axis=0) + 1e-9


def tick(state: State) -> bool:
    """A few steps of the network that learns; at the end it is measured."""
    if not state.running:
        return False
    trainer = state.trainers[state.k]
    for _ in range(STRIDE):
        trainer.step()
    if trainer.steps >= STEPS:
        state.running = False
        _measure(state)
    return True


def _trainer(seed: int, k: int, dtype: DType = np.float32) -> Rounded:
    rng = np.random.default_rng(seed)
    x = digits()[0]
    network = autoencoder([SIZE * SIZE, HIDDEN, k], rng, dtype=dtype)
    schedule = schedules.cosine(RATE, STEPS)
    return Rounded(network, MeanSquaredError(), Adam(RATE), x, x, BATCH, rng, schedule, total=STEPS)


def error(network: Sequential) -> float:
    """The mean squared error on the digits that no network has seen."""
    x = digits()[1]
    return MeanSquaredError().forward(network.forward(x.astype(network.theta.dtype)), x)


@cache
def components() -> tuple[Array, Array]:
    """The mean of the digits, and their principal components, the strongest first."""
    x = digits()[0]
    mean = x.mean(axis=0)
    _, _, rows = np.linalg.svd(x - mean, full_matrices=False)
    return mean, rows[:STRAIGHT]


def straight(x: Array, k: int) -> Array:
    """Rows of pictures, redrawn from their first k components."""
    mean, rows = components()
    return np.asarray(mean + (x - mean) @ rows[:k].T @ rows[:k])


@cache
def straight_errors() -> Array:
    """The same error with 1, 2, … components: (STRAIGHT,)."""
    x = digits()[1]
    judge = MeanSquaredError()
    return np.array([judge.forward(straight(x, k), x) for k in range(1, STRAIGHT + 1)])


def code(state: State) -> tuple[Array, Array, Array]:
    """What the encoder makes of the drawing; mean and spread of each number over the digits.

    As long as the network is not trained, the mean counts as 0 and the spread as 1. Shapes: (k,)
    each.
    """
    own = _encoded(state.trainers[state.k].network, state.drawing.reshape(1, -1))[0]
    mean, spread = state.scales.get(state.k, (np.zeros(state.k), np.ones(state.k)))
    return own, mean, spread


def _encoded(network: Sequential, x: Array) -> Array:
    return np.asarray(network[0].forward(x.astype(np.float32)).astype(float))


def knobs(state: State) -> Array:
    """The code in standard deviations, with the knobs that were turned: (k,)."""
    own, mean, spread = code(state)
    found = np.clip((own - mean) / spread, -REACH, REACH)
    for which, value in state.turned.items():
        found[which] = value
    return np.asarray(found)


def redrawn(state: State) -> Array:
    """What the decoder draws from the code, with the knobs that were turned: (SIZE, SIZE)."""
    own, mean, spread = code(state)
    for which, value in state.turned.items():
        own[which] = mean[which] + value * spread[which]
    decoder = state.trainers[state.k].network[1]
    return decoder.forward(own[None].astype(np.float32)).astype(float).reshape(SIZE, SIZE)


def smallest(state: State) -> int | None:
    """The width that is under the bar where one number less is trained and is not."""
    mine = state.mine
    for k, found in sorted(mine.items()):
        if found <= state.bar and (k == 1 or mine.get(k - 1, 0.0) > state.bar):
            return k
    return None


def score(state: State) -> float:
    """1 once the smallest width is found; before, a little for each that is trained."""
    return 1.0 if smallest(state) else 0.1 * len(state.mine)


def view(state: State) -> Node:
    """Drawing and what is redrawn from k numbers; the errors below; the knobs."""
    may, won = MOVES.on(state), smallest(state) is not None
    return shell(
        _board(state, won),
        widgets.verdict(_verdict(state), won, lost=_missed(state)),
        dock=[
            controls.slider(say("numbers in the code"), state.k, may.k, symbol="k", key="k"),
            _knobs(state),
            widgets.row(
                controls.toggle(say("Rub out"), state.erase, may.erase),
                controls.button(say("Another digit"), may.digit),
            ),
        ],
        go=_next(state),
        drawers=[
            widgets.folded(
                say("More controls"),
                widgets.row(
                    controls.button(say("Clear the paper"), may.clear),
                    controls.button(say("Knobs back to my drawing"), may.release),
                ),
                key="more",
            ),
            brains.keeper(
                {FILE: say("Save the autoencoder"), SCRIPT: say("Save it as PyTorch")},
                may.open,
                may.close,
                say("Back to the one that learns here"),
                BUNDLE,
                say(
                    "The file has the weights of the network looked at, as they are; NumPy and "
                    "PyTorch open it, and so does this game. One that you open draws, and wins "
                    "nothing. With it a run is too long for a link."
                ),
            ),
        ],
    )


def files(state: State) -> dict[str, bytes]:
    """The network looked at, as a file and as a PyTorch script, checked on the drawing."""
    network = state.trainers[state.k].network
    return {
        FILE: bundles.write(BUNDLE, {"": network}, code=[state.k]),
        SCRIPT: export.pytorch_script(network, state.drawing.reshape(1, -1)).encode(),
    }


def _next(state: State) -> Node:
    """The one thing to do next."""
    may, k = MOVES.on(state), state.k
    if state.running:
        return controls.button(say("Stop"), may.stop, primary=True, key="go")
    if smallest(state):
        return controls.button(say("Another bar"), may.again, primary=True, key="go")
    if k not in state.mine:
        told = say.count("Train with {n} number", "Train with {n} numbers", k)
        return controls.button(told, may.train, primary=True, key="go")
    step = k - 1 if state.errors[k] <= state.bar else min(k + 1, MOST)
    return controls.button(say("Take {n}", n=step), may.k(step), primary=True, key="go")


def _missed(state: State) -> bool:
    return not state.running and state.mine.get(state.k, 0.0) > state.bar


def describe(state: State) -> str:
    """The drawing, the width, how far it has learned, and what was found."""
    return say(
        "{ink} of ink, the pen at column {column}, row {row}{mode}; {k} numbers in the code, "
        "{codes}, after {steps} of {total} steps. Trained: {found}. From files: {opened}. "
        "{verdict}",
        ink=fixed(float(state.drawing.sum())),
        column=state.pen[0] + 1,
        row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        k=state.k,
        codes=", ".join(fixed(v, 1) for v in knobs(state)),
        steps=state.trainers[state.k].steps,
        total=STEPS,
        found=_listed(state.mine),
        opened=_listed({k: state.errors[k] for k in state.opened}),
        verdict=_verdict(state),
    )


def _listed(errors: dict[int, float]) -> str:
    return ", ".join(f"{k}: {fixed(e, 4)}" for k, e in sorted(errors.items())) or say("none")


def solution(state: State) -> Iterator[Message]:
    """Train, and take one number less as long as it is under the bar, else one more."""
    if state.running:
        yield ("stop",)
    k = state.k
    while smallest(state) is None:
        if k != state.k:
            yield ("k", k)
        if k not in state.mine:
            yield ("train",)
        if k not in state.mine:
            return  # whoever plays it has not waited for the training
        k = k - 1 if state.mine[k] <= state.bar else k + 1


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "k", k if k < state.k:
            return say("That was under the bar: would one number less do?")
        case "k", _:
            return say("That was above the bar: one number more.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

AXES = plots.Axes((0.5, STRAIGHT + 0.5), (0, 0.066), 400, 152, 44, 12, 14, 38)


def _board(state: State, won: bool) -> Node:
    """The drawing, what two ways redraw from k numbers, and below them all errors."""
    told = {"k": state.k}
    drawn, lines = redrawn(state), straight(state.drawing.reshape(1, -1), state.k)
    return h(
        "div",
        h(
            "div",
            sheet(
                say("your drawing"),
                drawing_pad(state, MOVES.on(state).draw, MOVES.on(state).pen),
            ),
            sheet(
                say.count("network: {n} number", "network: {n} numbers", state.k),
                picture(
                    drawn, "ink", say("redrawn by the network"), largest=1.0, name=say("network")
                ),
            ),
            sheet(
                say("PCA: {k}", **told),
                picture(
                    lines.reshape(SIZE, SIZE),
                    "ink",
                    say("redrawn from components"),
                    largest=1.0,
                    name=say("components"),
                ),
            ),
            class_="neck-sheets",
        ),
        _errors(state),
        class_="neck won" if won else "neck",
    )


def _errors(state: State) -> Node:
    """The error at each width: of the components, and of the networks that are trained."""
    ks = np.array(sorted(state.mine), float)
    found = np.array([state.errors[int(k)] for k in ks])
    opened = np.array(sorted(state.opened), float)
    lines = straight_errors()
    best = smallest(state)
    return plots.plot(
        AXES,
        best is not None and plots.band(AXES, (best - 0.5, best + 0.5), "zone"),
        plots.rule(AXES, x=state.k, class_="dial"),
        plots.rule(AXES, y=state.bar, class_="bar"),
        plots.text_at(
            AXES,
            STRAIGHT + 0.4,
            state.bar + 0.002,
            say("bar {bar}", bar=fixed(state.bar, 3)),
            "end",
        ),
        plots.curve(AXES, np.arange(1, STRAIGHT + 1), lines, "train"),
        plots.scatter(
            AXES, np.arange(1, STRAIGHT + 1), lines, "train", name=say("components: k, error")
        ),
        plots.curve(AXES, ks, found, "validation"),
        plots.scatter(AXES, ks, found, "validation", name=say("networks: k, error")),
        plots.scatter(
            AXES,
            opened,
            np.array([state.errors[int(k)] for k in opened]),
            "neck-opened",
            name=say("from files: k, error"),
        ),
        plots.legend(AXES, [(say("PCA"), "train"), (say("network"), "validation")]),
        label=say("The error on new digits at each width"),
        x_label=say("numbers in the code"),
        y_label=say("error"),
        key="errors",
    )


def _knobs(state: State) -> Node:
    """A slider for each number of the code; turned, it redraws the picture."""
    may = MOVES.on(state)
    return h(
        "div",
        [
            controls.slider(
                indexed("z", i + 1),
                round(float(value), 3),  # a training is not the same on all machines beyond that
                may.knob(i),
                name=say("number {n} of the code", n=i + 1),
                digits=1,
                key=f"z{i}",
            )
            for i, value in enumerate(knobs(state).tolist())
        ],
        key="knobs",
        class_="neck-knobs",
    )


def _verdict(state: State) -> str:
    """How the search stands."""
    bar, k = fixed(state.bar, 3), state.k
    best = smallest(state)
    if state.running:
        return say(
            "Learning from {n} digits with {k} numbers: step {step} of {total}.",
            n=SEEN,
            k=k,
            step=state.trainers[k].steps,
            total=STEPS,
        )
    if state.turned:
        return say("You have turned the code yourself: the decoder draws whatever it is told.")
    if k in state.opened:
        return say(
            "This network comes from a file: with {k} numbers it is off by {error}. It draws, but "
            "it wins nothing here.",
            k=k,
            error=fixed(state.errors[k], 4),
        )
    if best is not None:
        under = np.flatnonzero(straight_errors() <= state.bar)
        needed = str(int(under[0]) + 1) if len(under) else say("more than {n}", n=STRAIGHT)
        return say(
            "Found: {k} numbers are off by {error}, under {bar}, and one less is not. PCA needs "
            "{needed}.",
            k=best,
            error=fixed(state.errors[best], 4),
            bar=bar,
            needed=needed,
        )
    if k in state.errors:
        told = {"k": str(k), "error": fixed(state.errors[k], 4), "bar": bar}
        if state.errors[k] <= state.bar:
            return say("{k} numbers: off by {error}, under {bar}. Would one less do?", **told)
        return say("{k} numbers: off by {error}, above {bar}. It takes more.", **told)
    return say(
        "{k} numbers for {dots} dots. Which is the smallest code that stays under {bar} on new "
        "digits? Train.",
        k=k,
        dots=SIZE * SIZE,
        bar=bar,
    )
