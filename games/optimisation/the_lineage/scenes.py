"""The surfaces of the lineage, and who runs on them. It knows no call and no picture.

On each surface two optimizers race that are ancestor and heir. Both are tuned on it: every rate of
RATES, and every further setting of `Kind.settings`, is tried from the same start, with the same
noise, and the best one races. Where gradients are noisy, COPIES runs with noise of their own go
side by side, and what counts is their mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from games.words import word
from pycore.arrays import Array, NonFiniteError
from pycore.optimizers import (
    NAG,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Lion,
    Momentum,
    Muon,
    Optimizer,
    RMSProp,
    ScheduleFreeSGD,
    Sophia,
)

STEPS, LAST, COPIES = 100, 10, 16
"""Of a race; the steps at its end whose mean loss counts; the runs where there is noise."""
RATES = tuple(float(rate) for rate in 10 ** np.arange(-3.5, 1.01, 0.25))
BETAS = (0.5, 0.9, 0.99)
DECAYS = (0.0, 0.1, 0.3, 1.0, 3.0)
TOO_HIGH = 1e6
"""A loss beyond it counts as thrown off."""
SIDE = 4
"""Of the matrix on which Muon runs."""


@dataclass(frozen=True)
class Kind:
    """An optimizer of the engine; `make` takes a rate and one of its settings.

    `setting` is what is tuned besides the rate: "β", or "λ", the weight decay, or nothing. One that
    is `pulled` has λ θ added to its gradient instead: the L2 penalty.
    """

    name: str
    make: Callable[[float, float], Optimizer]
    setting: str = ""
    settings: tuple[float, ...] = (0.0,)
    pulled: bool = False


def _sophia(rate: float, _: float) -> Optimizer:
    """Memories for a short race: its own are made for thousands of steps."""
    return Sophia(rate, beta1=0.9, beta2=0.9, rho=1.0)


KINDS = {
    "sgd": Kind("SGD", lambda rate, _: SGD(rate)),
    "momentum": Kind(word("momentum"), Momentum, "β", BETAS),
    "nesterov": Kind("Nesterov", NAG, "β", BETAS),
    "adagrad": Kind("Adagrad", lambda rate, _: Adagrad(rate)),
    "rmsprop": Kind("RMSProp", lambda rate, _: RMSProp(rate, 0.9)),
    "adam": Kind("Adam", lambda rate, _: Adam(rate)),
    "adam-l2": Kind(word("Adam + L2"), lambda rate, _: Adam(rate), "λ", DECAYS, pulled=True),
    "adamw": Kind("AdamW", lambda rate, decay: AdamW(rate, weight_decay=decay), "λ", DECAYS),
    "lion": Kind("Lion", lambda rate, _: Lion(rate)),
    "sophia": Kind("Sophia", _sophia),
    "schedule-free": Kind(word("schedule-free"), lambda rate, _: ScheduleFreeSGD(rate)),
    "muon": Kind("Muon", lambda rate, beta: Muon(rate, beta, SIDE), "β", BETAS),
}
"""The family, oldest first; Adam has a twin, who shrinks weights as one did before AdamW."""


@dataclass(frozen=True)
class Surface:
    """A loss of places (2, n), which gives (n,), its slope and the diagonal of its Hessian.

    `slope` is what the optimizer is told; a surface may keep something from it.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    bend: Callable[[Array], Array]


def _bowl(kappa: float, degrees: float = 0.0) -> Surface:
    """½ (a² + κ b²), turned."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    H = turn @ np.diag([1.0, kappa]) @ turn.T
    return Surface(
        lambda p: (p * (H @ p)).sum(axis=0) / 2,
        lambda p: H @ p,
        lambda p: np.diag(H)[:, None] + 0 * p,
    )


def _trough(steep: float, along: float) -> Surface:
    """Steep · ¼ a⁴ + ½ (0.1 a² + along · b²): steep far out, flat inside."""
    return Surface(
        lambda p: steep * p[0] ** 4 / 4 + 0.05 * p[0] ** 2 + along * p[1] ** 2 / 2,
        lambda p: np.stack([steep * p[0] ** 3 + 0.1 * p[0], along * p[1]]),
        lambda p: np.stack([3 * steep * p[0] ** 2 + 0.1, along + 0 * p[1]]),
    )


def _unheard() -> Surface:
    """½ (a − 2)² + ½ b²; the slope says nothing of b, which only noise pulls."""
    return Surface(
        lambda p: ((p[0] - 2) ** 2 + p[1] ** 2) / 2,
        lambda p: np.stack([p[0] - 2, 0 * p[1]]),
        lambda p: np.ones_like(p),
    )


@dataclass(frozen=True)
class Scene:
    """Two optimizers and a surface.

    Attributes:
        older: the ancestor, of KINDS.
        newer: the heir.
        name: what the surface is called.
        why: why it ends as it does there, for after the race.
        heir: whether the heir wins, so that both endings are dealt equally often; a test runs it.
        surface: what is run on; None for the matrix.
        start: where.
        x, y: the window.
        noise: its standard deviation in each direction of the gradient.
        falls: the rate falls to 0 in a straight line.
        kappa, mixed: of the `Matrix`.
    """

    older: str
    newer: str
    name: str
    why: str
    heir: bool
    surface: Surface | None
    start: tuple[float, float]
    x: tuple[float, float] = (-4.0, 4.0)
    y: tuple[float, float] = (-2.6, 2.6)
    noise: tuple[float, float] = (0.0, 0.0)
    falls: bool = False
    kappa: float = 1.0
    mixed: bool = False

    @property
    def mirrors(self) -> bool:
        """Whether it may be shown in a mirror: no matrix, nor what has a side of its own."""
        return self.surface is not None and not self.noise[0] < self.noise[1]

    @property
    def size(self) -> int:
        """How many numbers are learned."""
        return 2 if self.surface else SIDE * SIDE

    @property
    def kinds(self) -> tuple[str, str]:
        """Both, the ancestor first."""
        return self.older, self.newer


class Matrix:
    """½ Σ of squares of a matrix's errors, weighed by factors from κ down to 1.

    `mixed`: what is weighed are four directions across the rows, as where inputs are correlated.
    Otherwise each entry has a weight of its own, as where inputs are single words.
    """

    def __init__(self, kappa: float, mixed: bool, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.turn = np.linalg.qr(rng.normal(size=(SIDE, SIDE)))[0] if mixed else np.eye(SIDE)
        self.target = rng.normal(size=(SIDE, SIDE))
        if mixed:
            self.weights = np.repeat(np.geomspace(1, kappa, SIDE)[:, None], SIDE, axis=1)
        else:
            self.weights = rng.permutation(np.geomspace(1, kappa, SIDE**2)).reshape(SIDE, SIDE)

    def _away(self, theta: Array) -> Array:
        return np.asarray(self.turn.T @ (theta.reshape(SIDE, SIDE) - self.target))

    def loss(self, theta: Array) -> float:
        """Of a matrix, given row by row."""
        return float((self.weights * self._away(theta) ** 2).sum() / 2)

    def gradient(self, theta: Array) -> Array:
        """Of that loss."""
        return np.asarray((self.turn @ (self.weights * self._away(theta))).ravel())

    def place(self, theta: Array) -> Array:
        """How far it is off in the lightest and the heaviest of what is weighed."""
        away, order = self._away(theta).ravel(), np.argsort(self.weights.ravel())
        return away[order[[0, -1]]]


class Racer:
    """One optimizer on its way, with a rate and a setting."""

    def __init__(
        self,
        scene: Scene,
        kind: str,
        rate: float,
        setting: float,
        *,
        seed: int = 0,
        start: Array | None = None,
    ) -> None:
        self.scene, self.kind, self.rate, self.setting = scene, KINDS[kind], rate, setting
        self.optimizer = self.kind.make(rate, setting)
        self.step, self.thrown = 0, False
        self.matrix = None if scene.surface else Matrix(scene.kappa, scene.mixed, seed)
        noisy = any(scene.noise)
        self.rng = np.random.default_rng(seed) if noisy else None
        if start is None:
            start = np.tile(np.array(scene.start, float)[:, None], COPIES if noisy else 1)
        self.theta = np.zeros(SIDE * SIDE) if self.matrix else start.ravel().copy()
        self.copies = start.shape[1]
        self.losses = [self._losses(self.theta)]
        self.path = [self.place]

    @property
    def place(self) -> Array:
        """Where it is; the first of the copies."""
        at = self.optimizer.tested(self.theta)
        return self.matrix.place(at) if self.matrix else at.reshape(2, -1)[:, 0].copy()

    def _losses(self, theta: Array) -> Array:
        if self.matrix:
            return np.array([self.matrix.loss(theta)])
        assert self.scene.surface
        return self.scene.surface.value(theta.reshape(2, -1))

    @property
    def loss(self) -> float:
        """Now, the mean of the copies."""
        return float(self.losses[-1].mean())

    @property
    def over(self) -> bool:
        """Whether it has made its steps, or was thrown off."""
        return self.thrown or self.step >= STEPS

    @property
    def end(self) -> float:
        """The mean loss of the last steps: what counts."""
        return float(np.mean(self.ends)) if self.over else np.inf

    @property
    def ends(self) -> Array:
        """The same for each of the copies."""
        if self.thrown:
            return np.full(self.copies, np.inf)
        return np.asarray(np.mean(self.losses[-LAST:], axis=0))

    def advance(self) -> None:
        """A step."""
        grad = self._gradient()
        if self.scene.falls:
            self.optimizer.lr = self.rate * (1 - self.step / STEPS)
        try:
            self.optimizer.step(self.theta, grad)
        except NonFiniteError:
            self.thrown = True
            return
        self.step += 1
        losses = self._losses(self.optimizer.tested(self.theta))
        self.losses.append(losses)
        self.path.append(self.place)
        self.thrown = not bool((losses < TOO_HIGH).all())

    def _gradient(self) -> Array:
        if self.matrix:
            return self.matrix.gradient(self.theta)
        surface = self.scene.surface
        assert surface
        places = self.theta.reshape(2, -1)
        grad = surface.slope(places)
        if isinstance(self.optimizer, Sophia):
            self.optimizer.curvature(surface.bend(places).ravel())
        if self.rng:
            grad = grad + self.rng.normal(size=grad.shape) * np.array(self.scene.noise)[:, None]
        if self.kind.pulled:
            grad = grad + self.setting * places
        return grad.ravel()

    def run(self) -> Racer:
        """All steps at once."""
        with np.errstate(over="ignore", invalid="ignore"):
            while not self.over:
                self.advance()
        return self


Trial = tuple[str, float, float]
"""An optimizer, its rate and its setting."""


def trials(scene: Scene) -> list[Trial]:
    """All that is tried before a race."""
    return [
        (kind, rate, setting)
        for kind in scene.kinds
        for setting in KINDS[kind].settings
        for rate in RATES
    ]


SCENES = {
    "nearly-round": Scene(
        *("sgd", "momentum"),
        word("A bowl, nearly round: curvatures 1 and 2"),
        word("In a round bowl the slope points home. Momentum with β = 0.5 or more rolls past."),
        False,
        _bowl(2),
        (3.0, 1.5),
    ),
    "long-valley": Scene(
        *("sgd", "momentum"),
        word("A long valley: curvatures 1 and 100"),
        word("The steep walls allow short steps only. Momentum adds them up along the floor."),
        True,
        _bowl(100),
        (3.0, 1.0),
    ),
    "long-valley-ahead": Scene(
        *("momentum", "nesterov"),
        word("A long valley: curvatures 1 and 100"),
        word("At β = 0.9, momentum swings. Nesterov looks ahead and brakes in time."),
        True,
        _bowl(100),
        (-3.0, 1.0),
    ),
    "short-valley": Scene(
        *("momentum", "nesterov"),
        word("A short valley: curvatures 1 and 10"),
        word("Little swings here. Nesterov’s look ahead forbids the long steps that pay."),
        False,
        _bowl(10),
        (3.0, -1.0),
    ),
    "gorge": Scene(
        *("momentum", "adagrad"),
        word("A gorge along an axis: curvatures 1 and 10 000"),
        word("Adagrad gives each axis its own rate: for it the gorge is a round bowl."),
        True,
        _bowl(1e4),
        (3.0, 1.0),
    ),
    "turned-valley": Scene(
        *("momentum", "adagrad"),
        word("A valley across the axes: curvatures 1 and 100"),
        word("A rate for each axis is no help where the valley lies across them."),
        False,
        _bowl(100, 35),
        (1.0, 2.0),
    ),
    "steep-then-flat": Scene(
        *("adagrad", "rmsprop"),
        word("Steep outside, flat inside; the rate falls to 0"),
        word("Adagrad never forgets the steep start: its steps stay short. RMSProp forgets."),
        True,
        _trough(1, 0.02),
        (3.0, 2.0),
        falls=True,
    ),
    "noisy-valley": Scene(
        *("adagrad", "rmsprop"),
        word("A valley with noisy gradients; the rate stays"),
        word("Adagrad’s steps get shorter and average the noise. RMSProp’s keep jumping."),
        False,
        _bowl(30),
        (3.0, 1.0),
        noise=(3.0, 3.0),
    ),
    "turned-valley-memory": Scene(
        *("rmsprop", "adam"),
        word("A valley across the axes: curvatures 1 and 100"),
        word("Rates for each axis fail both here. Adam has momentum as well, and that helps."),
        True,
        _bowl(100, 35),
        (-1.0, -2.0),
    ),
    "straight-valley": Scene(
        *("rmsprop", "adam"),
        word("A valley along an axis; the rate falls to 0"),
        word("Scaled by axis it is a round bowl, and there momentum only rolls past."),
        False,
        _bowl(100),
        (3.0, 1.0),
        falls=True,
    ),
    "only-noise": Scene(
        *("adam-l2", "adamw"),
        word("Noise pulls at b, and nothing else does; new data want b = 0"),
        word("Adam divides its L2 pull by the noise, so b hardly shrinks. AdamW’s pull stays."),
        True,
        _unheard(),
        (0.0, 1.5),
        noise=(0.3, 6.0),
    ),
    "steep-then-flat-sign": Scene(
        *("adam", "lion"),
        word("Very steep outside, flat inside; the rate falls to 0"),
        word("Adam still divides by the steep slopes of the start. Lion only takes the sign."),
        True,
        _trough(100, 0.1),
        (-3.0, 2.0),
        falls=True,
    ),
    "small-steps": Scene(
        *("adam", "lion"),
        word("A valley along an axis; the rate falls to 0"),
        word("All of Lion’s steps are as long as the rate: it hops over the lowest point."),
        False,
        _bowl(30),
        (3.0, 1.0),
        falls=True,
    ),
    "bent-along-the-axes": Scene(
        *("adam", "sophia"),
        word("A gorge along an axis: curvatures 1 and 1000; the rate falls to 0"),
        word("Sophia is told the curvature along each axis, and divides by it."),
        True,
        _bowl(1000),
        (3.0, 1.0),
        falls=True,
    ),
    "bent-across-the-axes": Scene(
        *("adam", "sophia"),
        word("A valley across the axes; the rate falls to 0"),
        word("The curvature along the axes says little of a valley that lies across them."),
        False,
        _bowl(100, 35),
        (1.0, 2.0),
        falls=True,
    ),
    "noise-without-end": Scene(
        *("sgd", "schedule-free"),
        word("A valley with noisy gradients; the rate stays"),
        word("With a rate that stays, SGD jitters forever. The average settles down."),
        True,
        _bowl(30),
        (3.0, -1.0),
        noise=(3.0, 3.0),
    ),
    "no-noise": Scene(
        *("sgd", "schedule-free"),
        word("A bowl, nearly round, without noise; the rate stays"),
        word("Nothing to average out here: the average drags the first steps along."),
        False,
        _bowl(2),
        (-3.0, 1.5),
    ),
    "mixed-inputs": Scene(
        *("adam", "muon"),
        word("A matrix; its inputs are mixtures, some rare; the rate falls to 0"),
        word("The weak directions lie across the entries. Muon moves all of them equally far."),
        True,
        None,
        (0.0, 0.0),
        falls=True,
        kappa=1e4,
        mixed=True,
    ),
    "single-words": Scene(
        *("adam", "muon"),
        word("A matrix, each entry with a scale of its own; the rate falls to 0"),
        word("Here the entries are what differs, and Adam gives each its own rate."),
        False,
        None,
        (0.0, 0.0),
        falls=True,
        kappa=1e4,
    ),
}
"""By id; ids are kept in links."""


@cache
def tuned(scene: str) -> dict[str, tuple[float, Trial]]:
    """The best of all trials of each of the two, by its name: how it ends, and with what."""
    found: dict[str, tuple[float, Trial]] = {}
    for trial in trials(SCENES[scene]):
        end = Racer(SCENES[scene], *trial).run().end
        if end < found.get(trial[0], (np.inf, trial))[0]:
            found[trial[0]] = end, trial
    return found


def winner(scene: str) -> str:
    """Who gets lower there: “older” or “newer”."""
    ends = [tuned(scene)[kind][0] for kind in SCENES[scene].kinds]
    return "older" if ends[0] < ends[1] else "newer"
