"""From Mathematics to PyTorch: make the shapes meet, then put the four lines of a loop in order.

The program is text for PyTorch, and that text is run: on `pycore.torch`, which has PyTorch's names
and the engine inside. Beside each line the engine's own line runs, and the two are compared after
every round. `tests/oracle` has PyTorch run all orders of the lines and compares every number.

Of the 24 orders five learn, for a loop may begin anywhere; in six, step() never meets a gradient;
thirteen end in an error. Without zero_grad() the gradients add up, so that every step is pushed by
all those before: momentum with β = 1. Here the loss dips and swings up again, from all seeds tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.backpropagation.from_mathematics_to_pytorch import program
from games.backpropagation.from_mathematics_to_pytorch.training import (
    GRID,
    Training,
    problem,
    shapes,
)
from games.concepts.bet import Bet, pick
from games.moves import Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.export import state_dict
from pycore.losses import MeanSquaredError
from pycore.optimizers import SGD
from pycore.training import Trainer

TICKS_PER_SECOND = 60
COMES_TO = {"zero": "grad", "forward": "loss", "backward": "grad", "step": "step"}
"""What a line's number is, by its name in the program."""
LEARNT = word(
    "A training loop is four lines: clear the gradients, compute the loss, send it back, step. "
    "Each backward() adds to what is already there, so somebody has to clear it."
)
FILE = "training_loop.py"
LINES, LAYERS, FITS = program.LINES, program.LAYERS, program.FITS
MOVES = moves(
    layer=Pick(*LAYERS, when=lambda state: not state.fits),
    test=Press(when=lambda state: not state.fits and state.layer not in (None, state.tested)),
    put=Pick(
        *LINES,
        when=lambda state: state.fits and not state.running and len(state.lines) < len(LINES),
        only=lambda state: [name for name in LINES if name not in state.lines],
    ),
    drop=Pick(
        *LINES,
        when=lambda state: bool(state.lines) and not state.running,
        only=lambda state: state.lines,
    ),
    clear=Press(when=lambda state: bool(state.lines) and not state.running),
    guess=Pick(
        "falls", "swings", "stays", "stops", when=lambda state: state.bare and state.bet.open
    ),
    run=Press(when=lambda state: state.ready),
    stop=Press(when=lambda state: state.running),
)


@dataclass
class State:
    """The model's last layer, the lines put so far, and what came of them.

    Attributes:
        rng: chose `offered`.
        seed: of the points and the first weights.
        offered: the four lines as they lie there; from left to right they would not learn.
        layer: the last layer that is tried, and `tested` the one that was tested last.
        lines: the loop's, in order.
        training: of these lines, once they are run.
        best: the last training that learnt.
        bet: what the loss does without zero_grad().
    """

    rng: np.random.Generator
    seed: int
    offered: list[str]
    layer: str | None = None
    tested: str | None = None
    lines: list[str] = field(default_factory=list)
    training: Training | None = None
    best: Training | None = None
    bet: Bet[str] = field(default_factory=Bet)

    @property
    def fits(self) -> bool:
        """Whether the shape test has passed."""
        return self.tested == FITS

    @property
    def running(self) -> bool:
        """Whether a loop is under way."""
        return self.training is not None and not self.training.over

    @property
    def bare(self) -> bool:
        """Whether a loop that learnt now lacks zero_grad(), and nothing else."""
        return self.best is not None and set(self.lines) == set(LINES) - {"zero"}

    @property
    def ready(self) -> bool:
        """Whether there is a loop to run, and it is another one than just now."""
        return self.training is None and (
            len(self.lines) == len(LINES) or (self.bare and self.bet.ready)
        )


def init(seed: int) -> State:
    """Four lines on the table, the one that needs a loss before the one that makes it."""
    rng = np.random.default_rng(seed)
    offered = list(LINES)
    while offered.index("backward") > offered.index("forward"):
        offered = [str(name) for name in rng.permutation(list(LINES))]
    return State(rng, seed, offered)


def update(state: State, move: str, *values: Any) -> None:
    """Choose and test the layer, put and drop lines, predict and run."""
    match move, *values:
        case "layer", name:
            state.layer = name
        case ("test",):
            state.tested = state.layer
        case "put", name:
            _rewrite(state, [*state.lines, name])
        case "drop", name:
            _rewrite(state, [line for line in state.lines if line != name])
        case ("clear",):
            _rewrite(state, [])
        case "guess", name:
            state.bet.place(name)
        case ("run",):
            state.training = Training(state.seed, state.lines)
            if state.bare:
                state.bet.begin()
        case ("stop",):
            _rewrite(state, state.lines)


def _rewrite(state: State, lines: list[str]) -> None:
    """Other lines; what was run and said of those before counts no more."""
    state.lines, state.training = lines, None
    state.bet.again()


def tick(state: State) -> bool:
    """One round of the loop."""
    training = state.training
    if training is None or training.over:
        return False
    training.advance()
    if training.over:
        if state.bet.running:
            state.bet.settle()
        if training.outcome == "falls":
            state.best = training
    return True


def score(state: State) -> float:
    """One half for shapes that meet, one half for a loop of four lines that has learnt."""
    return 0.5 * state.fits + 0.5 * (state.best is not None)


def solution(state: State) -> Iterator[Message]:
    """Make the shapes meet, then clear, forward, back, step."""
    if state.best is not None:
        return
    if state.running:
        yield ("stop",)
    if not state.fits:
        yield from (("layer", FITS), ("test",))
    if state.lines:
        yield ("clear",)
    for name in LINES:
        yield ("put", name)
    yield ("run",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "layer", _:
            return say("Eight columns come out of Tanh, and one number a point is wanted.")
        case "put", "zero":
            return say("What is left of the round before goes first.")
        case "put", "forward":
            return say("There has to be a loss before it can be sent back.")
        case "put", "backward":
            return say("This gives every weight its gradient.")
        case "put", "step":
            return say("And this uses the gradients.")
    return ""


def files(state: State) -> dict[str, bytes]:
    """The learner's own program, for PyTorch, with its points and first weights in it."""
    if not state.lines:
        return {}
    x, y, network = problem(state.seed)
    head = program.head(program.PYTORCH, x, y, state_dict(network))
    return {FILE: f"{head}{program.loop(state.lines)}print(loss.item())\n".encode()}


# --- pictures and words ---------------------------------------------------------------------------

ROUNDS = plots.Axes(
    (0, program.LOOPS), (1e-3, 1e2), height=172, left=44, top=30, bottom=36, log_y=True
)
WAVE = plots.Axes((-1, 1), (-1.6, 1.6), height=172, left=34, top=10, bottom=38)


def view(state: State) -> Node:
    """The model and its shapes until they meet; from then on the loop and what it does."""
    won, training = score(state) == 1, state.training
    over = training is not None and training.over
    fresh = over and training is state.best
    return shell(
        h("div", *(_loop(state) if state.fits else _model(state)), class_="torch-program"),
        widgets.verdict(_verdict(state), fresh, lost=_missed(state)),
        dock=[_dock(state)],
        go=_go(state),
        mission=widgets.progress(
            say("shapes, then the loop"), int(state.fits) + won, 2, key="mission"
        ),
        drawers=[
            widgets.folded(say("Beside it: the engine’s own lines"), *_beside(state), key="beside"),
            widgets.folded(say("What the model makes of the points"), _fit(state), key="fit"),
            widgets.folded(
                say("Take it with you"),
                widgets.hint(
                    say(
                        "Your program as a file for PyTorch, with these points and first weights "
                        "in it: it comes to the same numbers there."
                    )
                ),
                controls.save_file(say("Save the program"), FILE) if state.lines else None,
                key="file",
            ),
        ],
        tone=_tone(state),
        unfinished=won and not state.bet.over,
    )


def _tone(state: State) -> float | None:
    training = state.training
    if training is None or training.over or not training.losses:
        return None
    return float(ROUNDS.height - ROUNDS.up(training.losses[-1])) / ROUNDS.height


def _missed(state: State) -> bool:
    """Whether the last thing tried has failed."""
    if not state.fits:
        return state.tested is not None and state.tested == state.layer
    training = state.training
    if training is None or not training.over:
        return False
    return state.bet.said != training.outcome if state.bare else training.outcome != "falls"


def _dock(state: State) -> Node:
    may = MOVES.on(state)
    if not state.fits:
        return controls.choice(
            say("the last layer"),
            {name: _code(text) for name, text in LAYERS.items()},
            state.layer,
            may.layer,
        )
    if state.bare:
        truth = state.training.outcome if state.bet.over and state.training else None
        return pick(
            state.bet,
            say("Without zero_grad(), what does the loss do?"),
            say("the loss"),
            _outcomes(),
            may.guess,
            truth,
        )
    return h(
        "div",
        h("p", say("Four lines, to be put in order:"), class_="prediction-question"),
        [_offered(state, name) for name in state.offered],
        key="lines",
        class_="lines-offered",
        role="group",
        aria_label=say("Four lines, to be put in order:"),
    )


def _offered(state: State, name: str) -> Node:
    """A line to put into the loop; one that is there already keeps its place, and the focus."""
    offer = MOVES.on(state).put.only_if(name not in state.lines)
    return controls.button(_code(LINES[name]), offer(name), key=name)


def _go(state: State) -> Node:
    may, training = MOVES.on(state), state.training
    if not state.fits:
        label = say("Run the shape test") if state.layer else say("Choose a layer first")
        return controls.button(label, may.test, primary=True, key="go")
    if state.running:
        return controls.button(say("Stop"), may.stop, key="go")
    if training is not None and training is state.best:
        drop = say("Take zero_grad() out")
        return controls.button(drop, may.drop("zero"), primary=True, key="go")
    if training is not None:
        return controls.button(say("Clear the loop"), may.clear, primary=True, key="go")
    if state.bare and not state.bet.ready:
        label = say("Predict first")
    elif state.ready:
        label = say("Run {n} rounds", n=program.LOOPS)
    else:
        label = say("Put all four lines first")
    return controls.button(label, may.run, primary=True, key="go")


def _outcomes() -> dict[str, str]:
    return {
        "falls": say("it falls all the same"),
        "swings": say("it swings up again"),
        "stays": say("it stays where it is"),
        "stops": say("an error ends it"),
    }


def describe(state: State) -> str:
    """The layer or the lines, and how things stand."""
    verdict = _verdict(state)
    if not state.fits:
        layer = LAYERS[state.layer] if state.layer else say("not chosen")
        return say("Last layer: {layer}. {verdict}", layer=layer, verdict=verdict)
    lines = "; ".join(LINES[name] for name in state.lines) or say("no line yet")
    told = say("In the loop: {lines}. {verdict}", lines=lines, verdict=verdict)
    if state.bet.said is not None and state.bare:
        guess = _outcomes()[state.bet.said]
        told = say("{told} You predict: {guess}.", told=told, guess=guess)
    return told


def _verdict(state: State) -> str:
    if not state.fits:
        return _shape_verdict(state)
    training, lines = state.training, state.lines
    if training is None:
        if state.bare:
            return say("Now each backward() adds to the gradient of the round before.")
        if len(lines) == len(LINES):
            return say("Does this loop learn? Run it and see.")
        if state.best is not None:
            return say("Is there another order that learns? Or one that never does?")
        return say("The shapes meet. Now tap the four lines in the order in which they are to run.")
    if not training.over:
        return say(
            "Round {n} of {all}: loss {loss}, gradient {norm}.",
            n=training.rounds,
            all=program.LOOPS,
            loss=_short(training.losses),
            norm=_short(training.norms),
        )
    return _over(state, training)


def _shape_verdict(state: State) -> str:
    if state.layer is None:
        return say("40 numbers go in, and 40 are to come out. Which last layer makes them meet?")
    if state.layer != state.tested:
        return say("Test it: does what comes out have the shape of y?")
    found, error = shapes(LAYERS[state.layer])
    if len(found) < 4:
        return error
    out = " × ".join(map(str, found[-1]))
    return say(
        "{error}: the model gives {out}, but y is 40 × 1. Choose another last layer.",
        error=error,
        out=out,
    )


def _over(state: State, training: Training) -> str:
    if training.outcome == "falls":
        return say(
            "It learns: {first} → {last}. And what is zero_grad() for? Take it out.",
            first=_short(training.losses[:1]),
            last=_short(training.losses),
        )
    if training.outcome == "stays":
        return say(
            "The loss stays at {loss}: when step() comes, the gradients are gone already.",
            loss=_short(training.losses),
        )
    last = training.last
    if training.outcome == "stops" and last is not None:
        if not training.losses:
            return say("{error}. There was no loss yet to send back.", error=last.error)
        return say("A RuntimeError: step() changed the weights before backward() had read them.")
    low, high = float(np.min(training.losses)), _high(training)
    told = {"low": short(low), "high": short(high)}
    if state.bet.said == "swings":
        return say(
            "Called it! Down to {low}, then up to {high}: old gradients keep pushing, like "
            "momentum that never brakes.",
            **told,
        )
    return say(
        "Down to {low}, then up to {high}: the old gradients keep pushing, like momentum that "
        "never brakes.",
        **told,
    )


def _high(training: Training) -> float:
    """The highest loss after the lowest."""
    losses = np.array(training.losses)
    return float(losses[losses.argmin() :].max())


def _short(values: list[float]) -> str:
    return short(values[-1]) if values else "–"


def _row(code: Node, note: str, class_: str = "", key: str | int | None = None) -> Node:
    """A line of the program, and what it comes to."""
    return h(
        "li",
        code,
        h("code", note, class_="program-note", translate="no"),
        key=key,
        class_=f"program-line {class_}".strip(),
    )


def _code(text: str) -> Node:
    return h("code", text, translate="no")


def _model(state: State) -> list[Node]:
    """The model line by line with the shapes between, and the points that it is to learn."""
    layer, tested = state.layer, state.tested is not None and state.tested == state.layer
    found, error = shapes(LAYERS[layer]) if layer and tested else ([(40, 1), (40, 8), (40, 8)], "")
    said = ["{} × {}".format(*shape) for shape in found] + ["40 × ?"]
    wrong = "wrong" if error else ""
    rows = [
        _row(_code("x"), said[0]),
        _row(_code("nn.Linear(1, 8)"), said[1]),
        _row(_code("nn.Tanh()"), said[2]),
        _row(_code(LAYERS[layer] if layer else "nn.Linear(?, ?)"), said[3], f"asked {wrong}"),
        _row(_code("y"), "40 × 1"),
    ]
    x, y, _ = problem(state.seed)
    points = plots.plot(
        WAVE,
        plots.scatter(WAVE, x.ravel(), y.ravel(), "truth", name=say("points: x, y")),
        label=say("40 points of a wave, which the model is to learn"),
        x_label="x",
    )
    return [h("ol", rows, class_="program-lines", aria_label=say("the model")), points]


def _loop(state: State) -> list[Node]:
    """The loop with its four places, and loss and gradient round by round."""
    training, may = state.training, MOVES.on(state)
    did = training.last.did if training and training.last else {}
    stopped = training.last.line if training and training.last else ""
    rows = [_row(_code(f"for step in range({program.LOOPS}):"), "", "head")]
    for place in range(len(LINES)):
        if place >= len(state.lines):
            rows.append(_row(_code("…"), "", "empty", key=f"place {place}"))
            continue
        name = state.lines[place]
        code = controls.tile(
            may.drop(name),
            _code(LINES[name]),
            look="program-button",
            name=say("take out: {line}", line=LINES[name]),
        )
        wrong = "wrong" if name == stopped else ""
        rows.append(_row(code, _did(name, did, name == stopped), wrong, key=name))
    fresh = training is not None and training.over and training is state.best
    return [
        h("ol", rows, class_="program-lines", aria_label=say("the loop")),
        _curves(state, fresh),
    ]


def _did(name: str, did: dict[str, float], stopped: bool) -> str:
    """What a line came to in the last round."""
    if stopped:
        return "✗"
    if name not in did:
        return ""
    return f"{COMES_TO[name]} {did[name]:{'.3f' if did[name] < 100 else '.0e'}}"


@cache
def _ghost() -> Array:
    """The losses of another network that learnt other points."""
    x, y, network = problem(10**6)
    trainer = Trainer(network, MeanSquaredError(), SGD(program.RATE), x, y, total=program.LOOPS)
    trainer.run()
    return np.array([trainer.history[step] for step in range(program.LOOPS)])


def _curves(state: State, won: bool) -> Node:
    training, best = state.training, state.best
    lines: list[Node] = []
    if training is None and best is None:
        ghost = _ghost()
        lines += [
            plots.curve(ROUNDS, np.arange(len(ghost)), ghost, "ghost"),
            plots.text_at(ROUNDS, 60, 2.2, say("faint: another network’s loss"), "ghost-name"),
        ]
    elif best is not None and best is not training:
        steps = np.arange(len(best.losses))
        lines += [
            plots.curve(ROUNDS, steps, best.losses, "loss ghost", name=say("loss that learnt")),
            plots.curve(ROUNDS, np.arange(len(best.norms)), best.norms, "gradient ghost"),
        ]
    if training is not None:
        for values, class_, name in (
            (training.norms, "gradient", say("gradient: round, length")),
            (training.losses, "loss won" if won else "loss", say("loss: round, loss")),
        ):
            rounds = np.arange(len(values))
            lines.append(plots.curve(ROUNDS, rounds, values, class_, name=name))
    return plots.plot(
        ROUNDS,
        *lines,
        plots.legend(
            ROUNDS,
            [(say("loss"), "loss won" if won else "loss"), (say("gradient"), "gradient")],
        ),
        label=say("Loss and length of the gradient after each round"),
        x_label=say("round"),
    )


def _beside(state: State) -> list[Node]:
    """Each line of PyTorch, the engine's own, and what both mean; whether they agree."""
    meaning = {"zero": "g ← 0", "forward": "L = mean (ŷ − y)²", "backward": "g ← g + ∂L/∂θ"}
    meaning["step"] = f"θ ← θ − {fixed(program.RATE, 1)} g"
    rows = [
        h(
            "li",
            h("p", _code(LINES[name])),
            h("p", _code(program.ENGINE[name])),
            h("p", widgets.verbatim(meaning[name]), class_="program-meaning"),
            key=name,
        )
        for name in LINES
    ]
    training = state.training
    if training is None or not training.rounds:
        told = say("Run a loop: both programs then run side by side, and are compared.")
    elif training.agree:
        told = say("After each round both had the same weights and gradients, to twelve decimals.")
    else:
        told = say("The two programs have come apart.")
    return [
        widgets.hint(say("PyTorch’s line, the engine’s own line, and the mathematics of both.")),
        h("ol", rows, class_="program-beside"),
        widgets.hint(told),
    ]


def _fit(state: State) -> Node:
    x, y, network = problem(state.seed)
    last = state.training.last if state.training else None
    fit = network.forward(GRID) if last is None else last.fit
    return plots.plot(
        WAVE,
        plots.scatter(WAVE, x.ravel(), y.ravel(), "truth"),
        plots.curve(WAVE, GRID.ravel(), fit.ravel(), "forward", name=say("the model: x, output")),
        label=say("The points, and what the model makes of x now"),
        x_label="x",
    )
