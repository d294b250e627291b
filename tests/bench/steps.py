"""Training steps: the engine in the browser beside JavaScript networks and beside CPython."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from playwright.sync_api import Page

from tests.bench import engine_step
from tests.bench.harness import Bench, NotMeasuredError, Result, calm, in_turn, say

HEADLINE = (2, 8, 8, 1), 200
SIZES = ((2, 4, 1), (2, 8, 8, 1), (2, 32, 32, 1), (64, 256, 256, 10))
BATCHES = (1, 32, 200, 512)
OTHERS = (
    ("cnn", (16, 1, 8, 16, 10), 32),
    ("lstm", (8, 32, 8, 16), 16),
    ("attention", (32, 4, 128, 32), 8),
)
"""Networks that are more than Dense layers: kind, sizes as nets/worker.js has them, rows."""
RATES = {"sgd": 0.1, "adam": 0.01}
WARM_UP = 100.0
"""Milliseconds before anything counts: JavaScript is compiled by then."""
SAMPLE = 5.0
"""Milliseconds one timing should last: the browser's clock ticks every 0.1 ms, and in a longer one
something else gets the processor."""
COMPARED_STEPS = 10


@dataclass(frozen=True)
class Problem:
    """One net, one batch, one way to update."""

    sizes: tuple[int, ...]
    batch: int
    optimizer: str
    kind: str = "mlp"

    def __str__(self) -> str:
        rows = "1 row" if self.batch == 1 else f"{self.batch} rows"
        kind = "" if self.kind == "mlp" else f"{self.kind} "
        return f"{kind}{'-'.join(map(str, self.sizes))}, {rows}, {self.optimizer}"


@dataclass(frozen=True)
class Contestant:
    """A way to train.

    Attributes:
        module: its JavaScript in nets/, or "" for the engine on this CPython.
        optimizers: those it has.
        kinds: the networks it has.
        agrees: how near its losses must come to the handwritten network's, relatively; None where
            it computes something else.
        settings: for its module's `load`.
    """

    name: str
    module: str
    agrees: float | None = 1e-9
    optimizers: tuple[str, ...] = ("sgd", "adam")
    kinds: tuple[str, ...] = ("mlp",)
    settings: tuple[tuple[str, str], ...] = ()


EVERY = ("mlp", "cnn", "lstm", "attention")
ENGINE = Contestant("engine", "engine.js", kinds=EVERY, settings=(("dtype", "float64"),))
HANDWRITTEN = Contestant("handwritten", "handwritten.js", kinds=EVERY)
CONVNET = Contestant("ConvNetJS", "convnet.js", optimizers=("sgd",), kinds=("mlp", "cnn"))
TENSORFLOW = tuple(
    Contestant(
        f"TF.js {backend}{' layers' if interface == 'layers' else ''}",
        "tensorflow.js",
        agrees=1e-4,
        kinds=kinds,
        settings=(("backend", backend), ("interface", interface)),
    )
    for backend, interface, kinds in (
        ("cpu", "core", EVERY),
        ("wasm", "core", ("mlp", "lstm", "attention")),  # it lacks the gradient of a convolution
        ("cpu", "layers", ("mlp",)),
    )
)
BRAIN = Contestant("brain.js", "brain.js", agrees=None, kinds=("mlp", "lstm"))
ENGINE_32 = Contestant(
    "engine f32", "engine.js", 1e-4, kinds=EVERY, settings=(("dtype", "float32"),)
)
CPYTHON = Contestant("CPython", "", agrees=None, kinds=EVERY)
RIVALS = (HANDWRITTEN, CONVNET, *TENSORFLOW, BRAIN)
ALL = (ENGINE, *RIVALS, ENGINE_32, CPYTHON)

Run = Callable[[int], tuple[float, float]]
"""Makes steps; returns the last loss and the milliseconds they took."""


def measure(bench: Bench) -> Result:
    """Time every contestant on every problem, in one browser."""
    with bench.browser() as browser:
        page = browser.new_page()
        page.goto(bench.url("bench/nets/"))
        page.wait_for_function("window.contest")
        for one in ALL:
            if one.module:
                say(f"starting {one.name}")
                settings = dict(one.settings) | {"interpreter": bench.interpreter()}
                page.evaluate("a => contest.load(...a)", [one.name, one.module, settings])
        times = {problem: _contest(page, problem, bench.quick) for problem in _problems(bench)}
    return _report(times)


def _problems(bench: Bench) -> list[Problem]:
    shapes = [HEADLINE, ((64, 256, 256, 10), 32)] if bench.quick else product(SIZES, BATCHES)
    plain = [Problem(*shape, optimizer) for shape in shapes for optimizer in RATES]
    rates = ["sgd"] if bench.quick else list(RATES)
    return plain + [
        Problem(sizes, batch, optimizer, kind)
        for kind, sizes, batch in OTHERS
        for optimizer in rates
    ]


def _contest(page: Page, problem: Problem, quick: bool) -> dict[str, float]:
    """Return milliseconds a step of every contestant that can solve `problem`."""
    field = [
        one for one in ALL if problem.optimizer in one.optimizers and problem.kind in one.kinds
    ]
    task = {
        "kind": problem.kind,
        "sizes": list(problem.sizes),
        "batch": problem.batch,
        "optimizer": problem.optimizer,
        "rate": RATES[problem.optimizer],
    }
    page.evaluate("a => contest.prepare(...a)", [[one.name for one in field if one.module], task])
    runs = {one.name: _in_page(page, one.name) for one in field if one.module}
    runs[CPYTHON.name] = _on_cpython(problem)

    _compare(problem, field, runs)
    calm()
    samples = {name: _sampler(run) for name, run in runs.items()}
    found = in_turn(12 if quick else 25, samples)
    return {name: min(values) for name, values in found.items()}  # others only ever add time


def _in_page(page: Page, name: str) -> Run:
    def run(steps: int) -> tuple[float, float]:
        answer = page.evaluate("a => contest.run(...a)", [name, steps])
        return answer["loss"], answer["milliseconds"]

    return run


def _on_cpython(problem: Problem) -> Run:
    train = engine_step.prepare(
        problem.kind,
        problem.sizes,
        problem.batch,
        problem.optimizer,
        RATES[problem.optimizer],
        **engine_step.draw(problem.kind, problem.sizes, problem.batch, np.random.default_rng(1)),
    )

    def run(steps: int) -> tuple[float, float]:
        begun = time.perf_counter()
        loss = train(steps)
        return loss, (time.perf_counter() - begun) * 1000

    return run


def _compare(problem: Problem, field: Sequence[Contestant], runs: dict[str, Run]) -> None:
    """Make sure that all of them compute the same: same start, so same losses."""
    say(f"{problem}: comparing losses")
    judge = HANDWRITTEN
    wanted = [runs[judge.name](1)[0] for _ in range(COMPARED_STEPS)]
    for one in field:
        if one.agrees is None or one is judge:
            continue
        losses = [runs[one.name](1)[0] for _ in range(COMPARED_STEPS)]
        if not np.allclose(losses, wanted, rtol=one.agrees, atol=one.agrees * wanted[0]):
            raise NotMeasuredError(
                f"{problem}: the losses of {one.name}, {losses}, are not those of "
                f"{judge.name}, {wanted}: they do not compute the same"
            )


def _sampler(run: Run) -> Callable[[], float]:
    """Warm `run` up and return a function that gives milliseconds a step."""
    steps, spent = 1, 0.0
    while spent < WARM_UP:
        _, last = run(steps)
        spent += last
        steps = min(2 * steps, max(1, math.ceil(steps * SAMPLE / max(last, 0.1))))
    return lambda: run(steps)[1] / steps


def _winner(ratios: dict[str, float]) -> str:
    """Name the fastest, the engine or a rival, and how far the other side is behind."""
    name = min((one.name for one in RIVALS if one.name in ratios), key=lambda name: ratios[name])
    if ratios[name] < 1:
        return f"{name}, by {1 / ratios[name]:.2f} ×"
    return f"engine, by {ratios[name]:.2f} × ({name} next)"


def _report(times: dict[Problem, dict[str, float]]) -> Result:
    header = [
        "net, batch, update",
        f"{ENGINE.name} µs",
        *(one.name for one in ALL if one != ENGINE),
        "fastest in the browser",
    ]
    result = Result("Training step: times the engine's (above 1 the engine is faster)", header)
    for problem, found in times.items():
        ratios = {name: value / found[ENGINE.name] for name, value in found.items()}
        cells = [f"{ratios[one.name]:.2f} ×" if one.name in ratios else "–" for one in ALL[1:]]
        time = f"{found[ENGINE.name] * 1000:.0f}"
        result.rows.append([str(problem), time, *cells, _winner(ratios)])

    plain = [problem for problem in times if problem.kind == "mlp"]
    headline = [problem for problem in plain if (problem.sizes, problem.batch) == HEADLINE]
    for figure, rivals, problems in (
        ("step vs handwritten", [HANDWRITTEN], headline),
        ("step vs ConvNetJS", [CONVNET], headline),
        ("step vs TensorFlow.js", TENSORFLOW, headline),
        ("step at the worst size", RIVALS, list(times)),
    ):
        result.figures[figure], result.where[figure] = min(
            (times[problem][one.name] / times[problem][ENGINE.name], f"{one.name}: {problem}")
            for problem in problems
            for one in rivals
            if one.name in times[problem]
        )
    result.details = {
        str(problem): {name: value * 1000 for name, value in found.items()}
        for problem, found in times.items()
    }
    return result
