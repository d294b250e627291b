"""Memory for Time: guess how many layers should keep their outputs for the way back, then measure.

Activation checkpointing, by `pycore.autodiff.checkpoint`: only every k-th layer's output is kept;
on the way back each stretch between two kept outputs is computed again. The memory is not a
formula: every output reports its bytes when it is made and again when Python frees it, so that
`live` is what is there at any moment. Outputs are counted, not weights and gradients, which are
the same for every k.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, is_whole, refuse
from games.moves import Pick
from games.ui import plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed, percent, short
from pycore.activations import tanh
from pycore.arrays import Array
from pycore.autodiff import Op, Tensor, apply, checkpoint

TICKS_PER_SECOND = 20
WIDTH, BATCH = 16, 16
DEPTHS = (9, 16, 25, 36, 49)

PARAMS = {
    "depth": Param(Pick(*DEPTHS), 25, "Layers"),
}


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

    `grad` is the gradient of the pass that keeps everything, all dW and db in one vector. `guess`
    is the k that was said to need least memory, None before the measuring.
    """

    rng: np.random.Generator
    seed: int
    depth: int
    plain: Pass
    grad: Array
    k: int = 2
    guess: int | None = None
    passes: dict[int, Pass] = field(default_factory=dict)


def init(seed: int, depth: int = 25) -> State:
    """Only the pass that keeps everything is measured."""
    rng = np.random.default_rng(seed)
    drawn = int(rng.integers(2**32))
    trace, grad = run(drawn, depth, None)
    return State(rng, drawn, depth, Pass(trace, 0.0), grad)


def update(state: State, message: str, *args: Any) -> None:
    """Depth, k, and the measuring.

    ("depth", n) changes the network, ("every", k) keeps every k-th output, ("measure",) commits k
    as the guess and measures every k, ("again",) forgets the measurements.
    """
    match message, *args:
        case "depth", n if is_whole(n, DEPTHS[0], DEPTHS[-1]) and n in DEPTHS:
            trace, state.grad = run(state.seed, n, None)
            state.depth, state.plain = n, Pass(trace, 0.0)
            state.k = min(state.k, n)
            _clear(state)
        case "every", k if is_number(k, 1, state.depth):
            state.k = round(k)
        case ("measure",) if state.guess is None:
            state.guess = state.k
        case ("again",) if is_over(state):
            _clear(state)
        case _:
            allowed = (
                f"('depth', {', '.join(map(str, DEPTHS))}), ('every', 1 to {state.depth}), "
                "('measure') before the measuring, ('again') after it"
            )
            refuse(message, args, allowed)


def tick(state: State) -> bool:
    """Measure the next k; idle before a guess and after the last k."""
    if state.guess is None or is_over(state):
        return False
    k = len(state.passes) + 1
    trace, grad = run(state.seed, state.depth, k)
    state.passes[k] = Pass(trace, float(np.abs(grad - state.grad).max()))
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
    """Peak against k, memory over time, which layers keep; the dials and the costs."""
    won, over = score(state) == 1, is_over(state)
    guess = state.k if state.guess is None else state.guess
    return widgets.stage(
        widgets.panel(
            _peaks(state),
            _trace(state),
            widgets.note(_verdict(state), kind="win" if won else "", room=TASK),
        ),
        widgets.panel(
            widgets.choice(
                "layers", [(str(n), n) for n in DEPTHS], state.depth, ("depth",), key="depth"
            ),
            widgets.slider(
                "keep every k-th, k",
                state.k,
                1,
                state.depth,
                1,
                ("every",),
                digits=0,
                name="k, every k-th output is kept",
                symbol="k",
                key="every",
            ),
            _strip(state),
            widgets.prediction(
                "Which k needs the least memory at its peak?",
                widgets.note(f"Your guess is where the slider stands: k = {state.k}.", kind="hint")
                if state.guess is None
                else widgets.note(f"You said k = {state.guess}.", kind="hint"),
                guess=f"k = {guess}",
                truth=" or ".join(f"k = {k}" for k in best(state)) if over else None,
                close=state.guess in best(state) if over else None,
                key="guess",
            ),
            widgets.commit(
                f"Measure every k: my guess is {guess}",
                ("measure",),
                waiting=state.guess is None,
                over=over,
            ),
            widgets.readouts(_results(state)),
            widgets.note(_lesson(state), kind="hint", room=_cost(state.depth)),
        ),
    )


def score(state: State) -> float:
    """1 when the guess needs the least memory of all; else the least as a share of its peak."""
    if not is_over(state) or state.guess is None:
        return 0.0
    if state.guess in best(state):
        return 1.0
    return 0.9 * state.passes[best(state)[0]].peak / state.passes[state.guess].peak


def describe(state: State) -> str:
    """Depth, k, guess, and what was measured."""
    results = ", ".join(f"{name} {text}" for name, text in _results(state))
    guess = "no guess yet" if state.guess is None else f"guess k = {state.guess}"
    return (
        f"{state.depth} layers, every output kept whose number {state.k} divides, {guess}. "
        f"{_verdict(state)} {results}."
    )


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """The bytes and counts of every k measured, and the memory over time."""
    found: dict[str, NDArray[Any]] = {
        "layers": np.array([state.depth]),
        "k": np.array([state.k]),
        "bytes of one output": np.array([state.plain.trace[0]]),
        "all kept: live bytes after each layer computed": np.array(state.plain.trace),
        "all kept: peak bytes, layers computed": np.array([state.plain.peak, state.plain.computed]),
        "measured k": np.array(list(state.passes), int),
        "peak bytes of each k": np.array([p.peak for p in state.passes.values()], int),
        "layers computed for each k": np.array([p.computed for p in state.passes.values()], int),
    }
    shown = state.passes.get(state.k)
    if shown is not None:
        found["this k: live bytes after each layer computed"] = np.array(shown.trace)
        found["this k: largest difference of the gradient"] = np.array([shown.difference])
        found["this k: share of the memory in %"] = np.array([100 * shown.peak / state.plain.peak])
    return found


def solution(state: State) -> Iterator[Message]:
    """A first guess at the end of the slider, then the square root of the depth."""
    yield from (("depth", state.depth), ("every", state.depth), ("measure",))
    k = best(state)[0] if best(state) else round(state.depth**0.5)
    yield from (("again",), ("every", k), ("measure",))


# --- pictures and words ---------------------------------------------------------------------------

TASK = (
    "Keep many outputs, and they fill the memory; keep few, and the stretches between them are "
    "long, and fill it when they are computed again. Where is the least?"
)


def _clear(state: State) -> None:
    state.passes, state.guess = {}, None


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
        plots.text_at(axes, state.depth / 2, unit * 1.03, "all outputs kept", "middle"),
        plots.scatter(axes, ks, peaks, "validation"),
        plots.scatter(axes, found, [state.passes[k].peak / 1000 for k in found], "least"),
        label=f"Peak memory against k, {len(ks)} of {state.depth} measured.",
        x_label="k (every k-th output is kept)",
        y_label="peak memory in kB",
        key="peaks",
    )


def _trace(state: State) -> Node:
    """Live memory after each layer computed, for the pass that keeps all and for this k."""
    axes = plots.Axes((0, 2 * state.depth), (0, 1.15 * state.plain.peak / 1000), height=190)
    shown = state.passes.get(state.k)
    runs = [("run-1", state.plain)] + ([("run-2", shown)] if shown else [])
    return plots.plot(
        axes,
        plots.rule(axes, x=state.depth),
        [
            plots.curve(axes, np.arange(1, p.computed + 1), np.array(p.trace) / 1000, line)
            for line, p in runs
        ],
        plots.legend(axes, [("all kept", "run-1"), (f"k = {state.k}", "run-2")]),
        label=f"Memory after each layer computed. {_verdict(state)}",
        x_label="layers computed; forward to the dotted line, then again",
        y_label="live memory in kB",
        key="trace",
    )


def _strip(state: State) -> Node:
    """The layers from left to right: full where the output is kept, hollow where not."""
    pitch = 392 / state.depth
    side = pitch - min(3.0, 0.3 * pitch)
    boxes = {True: "", False: ""}
    for i in range(state.depth):
        kept = (i + 1) % state.k == 0 or i + 1 == state.depth
        boxes[kept] += f"M{4 + i * pitch:.1f} 4h{side:.1f}v20h{-side:.1f}Z"
    count = boxes[True].count("M")
    return h(
        "svg",
        h("path", d=boxes[True], class_="layer-box kept"),
        h("path", d=boxes[False], class_="layer-box"),
        h("text", f"{count} of {state.depth} outputs kept", x=4, y=44),
        viewBox="0 0 400 50",
        class_="diagram",
        role="img",
        aria_label=f"{count} of {state.depth} outputs kept, k = {state.k}.",
    )


def _results(state: State) -> list[tuple[str, str]]:
    names = (
        "all kept: peak bytes",
        f"k = {state.k}: peak bytes",
        "layers computed",
        "difference of the gradients",
    )
    shown = state.passes.get(state.k)
    if shown is None:
        return list(zip(names, (str(state.plain.peak), "–", "–", "–"), strict=True))
    share = percent(shown.peak / state.plain.peak)
    values = (
        str(state.plain.peak),
        f"{shown.peak} ({share})",
        f"{shown.computed}, not {state.plain.computed}",
        short(shown.difference),
    )
    return list(zip(names, values, strict=True))


def _verdict(state: State) -> str:
    if state.guess is None:
        return TASK
    if not is_over(state):
        return f"Measured {len(state.passes)} of {state.depth} passes."
    ks = " or ".join(map(str, best(state)))
    least = state.passes[best(state)[0]].peak
    text = f"k = {ks} needs least: {least} bytes at the peak instead of {state.plain.peak}."
    return f"Gold! {text}" if state.guess in best(state) else f"{text} You said {state.guess}."


def _lesson(state: State) -> str:
    if not is_over(state):
        return (
            "On the way back every layer needs the output of the one before. What was not kept is "
            "computed again from the last output that was. Counted are the outputs, as they are "
            "made and freed."
        )
    return _cost(state.depth)


def _cost(depth: int) -> str:
    """The longer of the two lessons."""
    return (
        "With n layers about n / k outputs are kept and k more are there while a stretch is "
        f"computed again: n / k + k, least at k = √n = {fixed(depth**0.5, 0)}. The price is time: "
        "every layer is computed twice. The gradient stays the same to the last digit."
    )
