"""Memory for Time: predict which outputs to keep so that memory stays smallest, then measure it.

Activation checkpointing, by `pycore.autodiff.checkpoint`: only every k-th layer's output is kept;
going back, each stretch between two kept outputs is computed again. The memory is not a
formula: every output reports its bytes when it is made and again when Python frees it, so that
`live` is what is there at any moment. Outputs are counted, not weights and gradients, which are
the same for every k. Whoever has seen them measured is asked of another number of layers.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent, short
from games.ui.shell import shell
from games.words import say, word
from pycore.activations import tanh
from pycore.arrays import Array
from pycore.autodiff import Op, Tensor, apply, checkpoint

EDITION = 3
TICKS_PER_SECOND = 20
WIDTH, BATCH = 16, 16
DEPTHS = (9, 16, 25, 36, 49)
OTHER, SAME = "other-layers", "same-layers"
"""What is asked after a guess; up to the second edition the same once more."""

LEARNT = word(
    "Keeping about one output in √n needs the least memory: what is kept and what is computed "
    "again then take the same room. The price is computing every layer twice."
)
PARAMS = {
    "depth": Param(Pick(*DEPTHS), 25, "Layers"),
    "again": Param(Pick(OTHER, SAME), OTHER, word("What is asked after a guess")),
}
MOVES = moves(
    depth=Pick(*DEPTHS),
    every=Dial(1, lambda state: state.depth),
    measure=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
)


class Meter:
    """Counts the bytes of the outputs that are alive, and the layers computed.

    Attributes:
        live: bytes now.
        trace: `live` after each layer computed.
    """

    def __init__(self) -> None:
        self.live = 0
        self.trace: list[int] = []

    def made(self, y: Array) -> None:
        """Count y until it is freed."""
        self.live += y.nbytes
        self.trace.append(self.live)
        weakref.finalize(y, self._freed, y.nbytes)

    def _freed(self, size: int) -> None:
        self.live -= size


@dataclass(frozen=True)
class DenseTanh(Op):
    """y = tanh(h W + b), one operation, so that a layer keeps one array: its output."""

    meter: Meter
    name: str = "layer"

    def value(self, *xs: Array) -> Array:
        """Return y, and have it counted."""
        x, W, b = xs
        y = tanh(x @ W + b)
        self.meter.made(y)
        return y

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """With dz = dy (1 − y²): dh = dz Wᵀ;  dW = hᵀ dz;  db = Σ dz."""
        x, W, _ = xs
        dz = dy * (1 - y * y)
        return [dz @ W.T, x.T @ dz, dz.sum(axis=0)]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """Forward mode: dy = (1 − y²) (dh W + h dW + db)."""
        (dx, dW, db), (x, W, _) = dxs, xs
        return np.asarray((1 - y * y) * (dx @ W + x @ dW + db))


@dataclass
class Pass:
    """What one forward and backward pass cost.

    `trace` holds the live bytes after each layer computed; `difference` is the largest difference
    of its gradient from that of the pass that keeps everything.
    """

    trace: list[int]
    difference: float

    @property
    def peak(self) -> int:
        """The most bytes alive at once."""
        return max(self.trace)

    @property
    def computed(self) -> int:
        """Layers computed, forward and again."""
        return len(self.trace)


@dataclass
class State:
    """The dials, the pass that keeps everything, and the passes measured so far by k.

    `grad` is the gradient of the pass that keeps everything, all dW and db in one vector. The bet
    is on the k that needs least memory. It counts if its depth is none of those `seen` before.
    """

    rng: np.random.Generator
    seed: int
    depth: int
    plain: Pass
    grad: Array
    again: str = OTHER
    seen: tuple[int, ...] = ()
    counts: bool = True
    k: int = 2
    bet: Bet[int] = field(default_factory=Bet)
    passes: dict[int, Pass] = field(default_factory=dict)


def init(seed: int, depth: int = 25, again: str = OTHER) -> State:
    """Only the pass that keeps everything is measured."""
    rng = np.random.default_rng(seed)
    drawn = int(rng.integers(2**32))
    trace, grad = run(drawn, depth, None)
    return State(rng, drawn, depth, Pass(trace, 0.0), grad, again)


def update(state: State, move: str, *values: Any) -> None:
    """Another depth, another k (the prediction, until it is measured), and the measuring."""
    match move, *values:
        case "depth", n:
            _build(state, n)
        case "every", k:
            state.k = k
            if state.bet.open:
                state.bet.place(k)
        case ("measure",):
            state.bet.begin()
            if state.again == OTHER:
                state.seen = *state.seen, state.depth
        case ("again",):
            _ask(state)


def _build(state: State, depth: int) -> None:
    """A network of so many layers, of which only the pass that keeps everything is measured."""
    trace, state.grad = run(state.seed, depth, None)
    state.depth, state.plain = depth, Pass(trace, 0.0)
    state.k = min(state.k, depth)
    state.passes = {}
    state.bet.again()
    state.counts = depth not in state.seen


def _ask(state: State) -> None:
    """Ask again: of a depth that is not known yet; of all but the last, once all are known."""
    depth = state.depth
    if state.again == OTHER:
        if set(state.seen) == set(DEPTHS):
            state.seen = (depth,)
        unseen = [n for n in DEPTHS if n not in state.seen]
        depth = unseen[int(state.rng.integers(len(unseen)))]
    _build(state, depth)


def tick(state: State) -> bool:
    """Measure the next k; idle before a guess and after the last k."""
    if not state.bet.running:
        return False
    k = len(state.passes) + 1
    trace, grad = run(state.seed, state.depth, k)
    state.passes[k] = Pass(trace, float(np.abs(grad - state.grad).max()))
    if is_over(state):
        state.bet.settle()
    return True


def is_over(state: State) -> bool:
    """Whether every k is measured."""
    return len(state.passes) == state.depth


def run(seed: int, depth: int, k: int | None) -> tuple[list[int], Array]:
    """One pass forward and back through `depth` layers; every k-th output kept, all if k is None.

    The loss is the mean square of the last output. Returns the bytes of outputs alive after each
    layer computed, and all dW and db in one vector.
    """
    rng = np.random.default_rng(seed)
    weights = [
        (Tensor(rng.normal(0, WIDTH**-0.5, (WIDTH, WIDTH))), Tensor(np.zeros(WIDTH)))
        for _ in range(depth)
    ]
    x = Tensor(rng.normal(size=(BATCH, WIDTH)))
    meter = Meter()
    layer = DenseTanh(meter)

    def stretch(first: int, last: int) -> Callable[[Tensor], Tensor]:
        def forward(y: Tensor) -> Tensor:
            for W, b in weights[first:last]:
                y = apply(layer, y, W, b)
            return y

        return forward

    if k is None:
        y = stretch(0, depth)(x)
    else:
        y = x
        for first in range(0, depth, k):
            y = checkpoint(stretch(first, min(first + k, depth)), y)
    (y * y).mean().backward()
    parts = [p.grad.ravel() for pair in weights for p in pair if p.grad is not None]
    return meter.trace, np.concatenate(parts)


def best(state: State) -> list[int]:
    """The k with the least peak, once every k is measured; usually one."""
    if not is_over(state):
        return []
    least = min(p.peak for p in state.passes.values())
    return [k for k, p in state.passes.items() if p.peak == least]


def view(state: State) -> Node:
    """Memory over time, and which layers keep; the bet on k; what all k need folded."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    said = bet.told(_one_in)
    return shell(
        h("div", _trace(state), _strip(state)),
        widgets.verdict(_verdict(state), won, lost=bet.over and not won),
        dock=[
            slip(
                bet,
                say(
                    "{n} layers. How often should an output be kept, so that the memory stays "
                    "smallest?",
                    n=state.depth,
                ),
                _every(state, bet.said),
                said=said,
                truth=_ks(state),
                hit=bet.said in best(state),
            ),
            None if bet.open else _every(state, state.k),
        ],
        go=commit(
            bet,
            said and say("Measure all: I predict {k}", k=said),
            may.measure,
            may.again,
            more=say("Another network") if state.again == OTHER else None,
        ),
        drawers=[
            widgets.folded(
                say("Memory for every k"),
                _peaks(state),
                widgets.readouts(_results(state)),
                key="peaks",
            )
            if not bet.open
            else None,
            widgets.explained(say("Why there is a best k"), _lesson(state), key="why"),
            widgets.folded(
                say("More controls"),
                controls.choice(say("layers"), str, state.depth, may.depth),
                key="more",
            ),
        ],
    )


def _every(state: State, k: int | None) -> Node:
    """The dial of k: the prediction, and afterwards which of all passes is looked at."""
    return controls.slider(
        say("keep one output in"),
        k,
        MOVES.on(state).every,
        at=state.k,
        name=say("k: one output in k is kept"),
        symbol="k",
    )


def score(state: State) -> float:
    """1 when the guess needs the least memory of all; else the least as a share of its peak."""
    if not state.bet.over or state.bet.said is None or not state.counts:
        return 0.0
    if state.bet.said in best(state):
        return 1.0
    return 0.9 * state.passes[best(state)[0]].peak / state.passes[state.bet.said].peak


def describe(state: State) -> str:
    """Depth, k, guess, and what was measured."""
    results = ", ".join(f"{name} {text}" for name, text in _results(state))
    return say(
        "{n} layers, one output in {k} kept, prediction {guess}. {verdict} {results}.",
        n=state.depth,
        k=state.k,
        guess=state.bet.told(_one_in) or say("none yet"),
        verdict=_verdict(state),
        results=results,
    )


def solution(state: State) -> Iterator[Message]:
    """A first guess at the end of the slider, then the square root of the depth."""
    if not state.bet.open:
        yield ("depth", state.depth)  # forgets what was
    yield from (("every", state.depth), ("measure",), ("again",))
    yield from (("every", round(state.depth**0.5)), ("measure",))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "every", every if every == state.depth:
            return say("So wide a gap saves nothing: going back, all of it is held at once.")
        case "every", _:
            return say(
                "Near the square root of the depth, what is kept and what is redone balance."
            )
        case "measure", *_:
            return say("The measurement is the engine's own, forward and back.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def _ks(state: State) -> str:
    """The k that need least, usually one."""
    return " / ".join(map(_one_in, best(state)))


def _one_in(k: int) -> str:
    return say("one in {k}", k=k)


def _peaks(state: State) -> Node:
    unit = state.plain.peak / 1000
    axes = plots.Axes((0, state.depth + 1), (0, 1.15 * unit), height=220)
    ks = list(state.passes)
    peaks = [state.passes[k].peak / 1000 for k in ks]
    found = best(state)
    return plots.plot(
        axes,
        plots.rule(axes, x=state.k),
        plots.rule(axes, y=unit),
        plots.text_at(axes, state.depth / 2, unit * 1.03, say("all outputs kept"), "middle"),
        plots.scatter(axes, ks, peaks, "validation"),
        plots.scatter(axes, found, [state.passes[k].peak / 1000 for k in found], "least"),
        label=say("Most memory needed, against k"),
        x_label=say("k: one output in k is kept"),
        y_label=say("most memory needed, in kB"),
        key="peaks",
    )


def _trace(state: State) -> Node:
    """Live memory after each layer computed: all outputs kept, this k, and faintly every other.

    Before the measuring only the way forward of this k is drawn: what going back needs is asked.
    """
    axes = plots.Axes((0, 2 * state.depth), (0, 1.15 * state.plain.peak / 1000), height=230)
    shown = state.passes.get(state.k)
    trace = shown.trace if shown else _forward(state.seed, state.depth, state.k)
    won = score(state) == 1 and state.k in best(state)
    kind = f"{runs.line(1)}{' won' * won}" if state.bet.said else "ghost"
    return plots.plot(
        axes,
        _area(axes, state.plain.trace, "all"),
        _area(axes, trace, "won" if won else ""),
        plots.rule(axes, x=state.depth),
        [_line(axes, p.trace, "ghost") for p in state.passes.values()],
        marked(
            _line(axes, state.plain.trace, runs.line(0)),
            {say("bytes in use after each layer computed, all outputs kept"): state.plain.trace}
            | _costs(state),
        ),
        marked(
            _line(axes, trace, kind),
            {say("bytes in use after each layer computed, one output in k kept"): trace},
        ),
        plots.text_at(axes, 0.5 * state.depth, axes.y[1] * 0.9, say("forward"), "middle"),
        plots.text_at(
            axes,
            1.5 * state.depth,
            axes.y[1] * 0.9,
            say("peak: {most} kB", most=_kilo(shown.peak)) if shown else say("back: ?"),
            "middle",
        ),
        runs.legend(axes, [say("all kept"), _one_in(state.k)]),
        label=say("Memory in use after each layer computed"),
        x_label=say("layers computed"),
        y_label=say("memory in use, in kB"),
        key="trace",
    )


@cache
def _forward(seed: int, depth: int, k: int) -> list[int]:
    """Bytes in use after each layer on the way forward."""
    return run(seed, depth, k)[0][:depth]


def _line(axes: plots.Axes, trace: Sequence[int], class_: str) -> Node:
    return plots.curve(
        axes, np.arange(1, len(trace) + 1), np.array(trace) / 1000, f"memory {class_}"
    )


def _area(axes: plots.Axes, trace: Sequence[int], class_: str) -> Node:
    """What lies below a line of memory."""
    across, up = [1, *range(1, len(trace) + 1), len(trace)], [0, *trace, 0]
    return plots.curve(axes, across, np.array(up) / 1000, f"memory area {class_}".strip())


def _strip(state: State) -> Node:
    """The layers from left to right: full where the output is kept, hollow where not."""
    pitch = 392 / state.depth
    side = pitch - min(3.0, 0.3 * pitch)
    boxes = {True: "", False: ""}
    for i in range(state.depth):
        kept = (i + 1) % state.k == 0 or i + 1 == state.depth
        boxes[kept] += f"M{4 + i * pitch:.1f} 4h{side:.1f}v20h{-side:.1f}Z"
    count = boxes[True].count("M")
    told = say("{n} of {total} outputs kept", n=count, total=state.depth)
    return h(
        "svg",
        h("path", d=boxes[True], class_="layer-box kept"),
        h("path", d=boxes[False], class_="layer-box"),
        h("text", told, x=4, y=44),
        viewBox="0 0 400 50",
        class_="diagram",
        role="img",
        aria_label=told,
    )


def _results(state: State) -> list[tuple[str, str]]:
    names = (
        say("bytes needed with all outputs kept"),
        say("bytes needed with one in {k} kept", k=state.k),
        say("layers computed"),
        say("difference in the gradient"),
    )
    shown = state.passes.get(state.k)
    if shown is None:
        return list(zip(names, (str(state.plain.peak), "–", "–", "–"), strict=True))
    share = percent(shown.peak / state.plain.peak)
    values = (
        str(state.plain.peak),
        f"{shown.peak} ({share})",
        say("{n} instead of {other}", n=shown.computed, other=state.plain.computed),
        short(shown.difference),
    )
    return list(zip(names, values, strict=True))


def _kilo(size: int) -> str:
    """Bytes as the picture counts them."""
    return fixed(size / 1000, 1)


def _verdict(state: State) -> str:
    if state.bet.open and not state.counts:
        return say(
            "{n} layers were measured before, so a guess counts for nothing. Choose another "
            "number of layers below.",
            n=state.depth,
        )
    if state.bet.open:
        return say(
            "Keep many outputs, and they fill the memory. Keep few, and computing again fills it "
            "too. Where is the least?"
        )
    if state.bet.running:
        return say("{n} of {total} ways measured.", n=len(state.passes), total=state.depth)
    told: dict[str, Any] = {
        "k": _ks(state),
        "least": _kilo(state.passes[best(state)[0]].peak),
        "all": _kilo(state.plain.peak),
    }
    if not state.counts:
        return say("Keep {k}: {least} kB instead of {all}. Now another network.", **told)
    if state.bet.said in best(state):
        return say("Gold! Keep {k}: that needs {least} kB at most, instead of {all}.", **told)
    return say(
        "With {n} layers keep {k}: {least} kB, not {all}. You said {guess}. Which goes with "
        "another number of layers?",
        n=state.depth,
        guess=_one_in(state.bet.said or 0),
        **told,
    )


def _lesson(state: State) -> str:
    """Why it is so, once it is measured."""
    if not state.bet.over:
        return say(
            "Going back, every layer needs the output of the one before it. An output that was not "
            "kept is computed again, starting from the last one that was. The memory is counted "
            "as outputs are made and freed."
        )
    return say(
        "With n layers, about n / k outputs are kept, and k more are in use while a stretch is "
        "computed again. Their sum n / k + k is smallest at k = √n = {root}. The price is time: "
        "every layer is computed twice. The gradient stays the same to the last digit.",
        root=fixed(state.depth**0.5, 0),
    )


def _costs(state: State) -> dict[str, Any]:
    """The bytes and counts of every k measured."""
    passes = state.passes.values()
    found: dict[str, Any] = {
        say("layers"): [state.depth],
        say("k"): [state.k],
        say("bytes of one output"): [state.plain.trace[0]],
        say("all kept: bytes needed, layers computed"): [state.plain.peak, state.plain.computed],
        say("measured k"): np.array(list(state.passes), int),
        say("bytes needed for each k"): np.array([p.peak for p in passes], int),
        say("layers computed for each k"): np.array([p.computed for p in passes], int),
    }
    shown = state.passes.get(state.k)
    if shown is not None:
        found[say("this k: largest difference in the gradient")] = [shown.difference]
        found[say("this k: share of the memory in %")] = [100 * shown.peak / state.plain.peak]
    return found
