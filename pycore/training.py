"""Training as a stepper: one call, one update. It knows neither time nor screen.

Examples:
    >>> from pycore import data
    >>> from pycore.losses import BinaryCrossEntropy
    >>> from pycore.models import mlp
    >>> from pycore.optimizers import Adam
    >>> from pycore.training import Trainer
    >>> x, y = data.moons(100, noise=0.1, rng=0)
    >>> network = mlp([2, 8, 1], rng=0)
    >>> loss, optimizer = BinaryCrossEntropy(), Adam(0.05)
    >>> trainer = Trainer(network, loss, optimizer, x, y, total=100, every=10).run()
    >>> trainer.history[99] < trainer.history[0] / 2
    True
    >>> trainer.seek(40)  # back, to the same bits
    >>> trainer.steps, round(trainer.progress, 2)
    (40, 0.4)
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pycore import data, gradients
from pycore.arrays import (
    Array,
    Integers,
    NonFiniteError,
    Seed,
    above_zero,
    accepts,
    counted,
    numbers,
    positive,
    seeded,
)
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import Loss
from pycore.objectives import Objective, Supervised, watched
from pycore.optimizers import Optimizer
from pycore.schedules import Schedule
from pycore.state import State, check, put, refuse_broken, taken

__all__ = ["Minimizer", "NonFiniteError", "Stepper", "Trainer", "Turns", "watched"]

MOST_LOSSES, MOST_CHECKPOINTS = 10_000, 100
"""How many of each are kept at most; then every second goes, and the distance doubles."""


LOOK_EVERY = 500
"""Steps after which a training looks again whether its parameters are still those that learn."""


class Stepper(ABC):
    """What is done step by step: stop after any, see how far it is, go back to any.

    `total` says how many steps there are to be. With `every`, the state before each so many steps
    is kept, so that `seek` goes to any step that was ever reached: to the same bits, for what lies
    between is done again.

    Attributes:
        steps: made so far.
        furthest: the last step that was ever reached.
        history: the loss before each step, by the step's number; of steps ahead too, after `seek`.
    """

    def __init__(self, total: int | None = None, every: int | None = None) -> None:
        if total is not None:
            counted(type(self).__name__, total=total)
        if every is not None:
            positive(type(self).__name__, every=every)
        self.total, self.every = total, every
        self.steps = self.furthest = 0
        self.history: dict[int, float] = {}
        self._stride = 1
        self._checkpoints: dict[int, State] = {}
        self._changes: set[int] = set()  # steps from which another way was taken

    def step(self) -> float:
        """Make one step; return the loss before it.

        Raises:
            NonFiniteError: the loss, a gradient or a parameter became NaN or infinite; the
                parameters are as they were.
        """
        if self.every is not None and self.steps % self.every == 0:
            self._checkpoints[self.steps] = self._taken()
            if len(self._checkpoints) - len(self._changes) > MOST_CHECKPOINTS:
                self.every *= 2
                self._checkpoints = _thinned(self._checkpoints, self.every, self._changes)
        again = self.steps < self.furthest
        here = self._taken() if again and self.every is not None else None
        loss = self.update()
        if again and self.history.get(self.steps, loss) != loss:
            self._part(here)  # something was changed: this is another way
        if self.steps % self._stride == 0:
            self.history[self.steps] = loss
            if len(self.history) > MOST_LOSSES:
                self._stride *= 2
                self.history = _thinned(self.history, self._stride)
        self.steps += 1
        if self.steps > self.furthest:
            self.furthest = self.steps
        return loss

    @abstractmethod
    def update(self) -> float:
        """Do what a step does; return the loss before it."""

    @property
    def progress(self) -> float:
        """The share of the steps that is made.

        Raises:
            ValueError: it was never said how many there are to be.
        """
        if self.total is None:
            raise ValueError(f"progress: {type(self).__name__} has no total; allowed: total=…")
        return self.steps / self.total if self.steps < self.total else 1.0

    def run(self) -> Self:
        """Make the steps that are left of `total`; return this, trained."""
        while self.progress < 1:
            self.step()
        return self

    def seek(self, step: int) -> None:
        """Go to a step that was reached before, exactly as it was then.

        Who changes something in between, a learning rate or a weight, calls `forget_ahead`.

        Raises:
            ValueError: the step was never reached, or no states were kept to go back with.
        """
        if self.every is None:
            raise ValueError(f"seek: {type(self).__name__} keeps no states; allowed: every=…")
        first = min(self._checkpoints, default=self.steps)
        if not isinstance(step, int | np.integer) or not first <= step <= self.furthest:
            raise ValueError(f"seek: step is {step!r}; allowed: {first} to {self.furthest}")
        before = [kept for kept in self._checkpoints if kept <= step]
        if before:  # even where it is further from there: another may have changed what is shared
            self._put(self._checkpoints[max(before)])
        while self.steps < step:
            self.step()

    def forget_ahead(self) -> None:
        """Forget what lies ahead, for another way is taken from here; here is kept as it is now."""
        self._part(None if self.every is None else self._taken())

    def _part(self, here: State | None) -> None:
        """Another way is taken from this step, at which all was as in `here`."""
        self.furthest = self.steps
        self.history = {s: loss for s, loss in self.history.items() if s < self.steps}
        self._checkpoints = {s: kept for s, kept in self._checkpoints.items() if s < self.steps}
        self._changes = {s for s in self._changes if s < self.steps}
        if here is not None:
            self._checkpoints[self.steps] = here
            self._changes.add(self.steps)

    def state(self) -> State:
        """Return a copy of all it takes to go on from here, in another object of the same build."""
        return self._taken() | {"history": dict(self.history)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where `state` was taken.

        Raises:
            ValueError: it was taken of something else; nothing is changed.
        """
        if "history" not in state:
            raise ValueError(f"{type(self).__name__}: the state has no history")
        self._put({name: value for name, value in state.items() if name != "history"})
        self.history = dict(state["history"])
        self.furthest, self._checkpoints, self._changes = self.steps, {}, set()

    @abstractmethod
    def _taken(self) -> State:
        """Return a copy of what steps change, but for the history."""

    @abstractmethod
    def _put(self, state: Mapping[str, Any]) -> None:
        """Write it back, or refuse it and change nothing."""


def _thinned(by_step: dict[int, Any], stride: int, always: Container[int] = ()) -> dict[int, Any]:
    return {s: value for s, value in by_step.items() if s % stride == 0 or s in always}


class Minimizer(Stepper):
    """Repeat: an objective's loss and gradient, then a step of an optimizer.

    `batch_size` rows are dealt at a time (None: all), each once in an epoch; with `replace` they
    are drawn one by one, so that a row may come twice. An objective that draws its own examples
    gets no rows. `schedule` sets the learning rate of each step; `clip` limits the gradient's norm.

    The order of the rows comes from `rng`, so the same seed gives the same run. A step that meets
    NaN or infinity raises NonFiniteError. It leaves the parameters, the optimizer's memory, running
    statistics, generators and the order of the rows as they were, as does one that fails otherwise.

    Raises:
        TypeError: objective, optimizer or schedule is something else, such as a class not called.
        ValueError: batches smaller than the data come without rng, or for an objective without
            rows, clip is not above 0, the optimizer has made steps on another network, or a batch
            of one row would be normalised.

    Attributes:
        network: the objective's.
        frozen: the layers that stay as they are: see `freeze`.
    """

    def __init__(
        self,
        objective: Objective,
        optimizer: Optimizer,
        batch_size: int | None = None,
        rng: Seed | None = None,
        schedule: Schedule | None = None,
        clip: float | None = None,
        *,
        replace: bool = False,
        total: int | None = None,
        every: int | None = None,
    ) -> None:
        super().__init__(total, every)
        who = type(self).__name__
        for name, given, kind in (
            ("objective", objective, Objective),
            ("optimizer", optimizer, Optimizer),
        ):
            if not isinstance(given, kind):
                allowed = f"an object of {kind.__name__}"
                raise TypeError(f"{who}: {name} is {given!r}; allowed: {allowed}")
        if schedule is not None and not (callable(schedule) and accepts(schedule, 0)):
            raise TypeError(
                f"{who}: schedule is {schedule!r}; allowed: a function from the step to a learning "
                "rate, such as schedules.cosine(0.1, 100); a rate that stays is the optimizer's lr"
            )
        if clip is not None:
            above_zero(who, clip=clip)
        optimizer.belong(objective.network)
        n = objective.count
        if n is None and (batch_size is not None or replace):
            raise ValueError(
                f"{who}: {type(objective).__name__} draws its own examples; "
                "allowed: no batch_size and no replace"
            )
        self.batch_size = batch_size if batch_size is not None else n or 1
        positive(who, batch_size=self.batch_size)
        self._all = n is None or (self.batch_size >= n and not replace)
        if not self._all and rng is None:
            raise ValueError(f"{who}: batches of {batch_size} of {n} rows need rng to deal them")
        self.objective, self.optimizer, self.network = objective, optimizer, objective.network
        self.schedule, self.clip, self.replace = schedule, clip, replace
        rng = None if rng is None else seeded(rng)
        self.rng = rng if rng is not None else np.random.default_rng(0)
        self._steps_per_epoch = math.ceil((n or 1) / self.batch_size)
        self._batches: list[Integers] = []  # rows still to be dealt in this epoch, the next last
        self.frozen: tuple[Layer, ...] = ()
        self._still: npt.NDArray[np.bool_] | None = None  # which of theta is frozen
        self._refuse_lone_row(n)
        self._look_at = 0  # the step in which to look for parameters that were replaced
        self._buffers = objective.buffers()
        if n is None and rng is not None:  # the new examples are drawn by it
            self._buffers["rng of the training"] = rng

    def __repr__(self) -> str:
        parts = [repr(self.objective), repr(self.optimizer)]
        if not self._all:
            parts.append(f"batches of {self.batch_size}")
        return f"{type(self).__name__}({', '.join(parts)}, {self.steps} steps made)"

    def freeze(self, *layers: Layer) -> None:
        """Let the parameters of these layers stay as they are from here on; of none, all learn.

        Their gradients are zero, so that clipping does not count them, and what an optimizer
        remembers of them stays too, such as their average. Running statistics go on.

        Raises:
            ValueError: a layer is no part of the network; nothing is changed.
        """
        parts = {id(layer) for layer in self.network.walk()}
        for layer in layers:
            if id(layer) not in parts:
                raise ValueError(
                    f"freeze: {layer} is no part of {self.network}; allowed: a layer of it, such "
                    "as network[0]"
                )
        self.frozen = layers
        self._still = self._marked(layers)
        self.forget_ahead()

    def _marked(self, layers: tuple[Layer, ...]) -> npt.NDArray[np.bool_] | None:
        """Return which numbers of theta are of these layers, None for none."""
        if not layers:
            return None
        self.network.zero_grad()
        for layer in layers:
            layer.grad.fill(1)
        marked = np.asarray(self.network.grad != 0)
        self.network.zero_grad()
        return marked

    def _refuse_lone_row(self, n: int | None) -> None:
        """Refuse batches that leave one row, which batch normalisation has no variance for."""
        size = self.batch_size
        smallest = size if self.replace or n is None else n % min(size, n) or min(size, n)
        if n is not None and smallest == 1 and not self.objective.takes_one_row():
            raise ValueError(
                f"{type(self).__name__}: batches of {size} of {n} rows have one of a single row, "
                "for which BatchNorm has no variance; allowed: a batch_size that leaves two or more"
            )

    @contextmanager
    def tested(self) -> Iterator[Layer]:
        """The network with the parameters to test with, for as long as it is looked at.

        With a schedule-free optimizer these are the average, otherwise those that are trained.
        """
        self.objective.refuse_loose(self.network)
        theta = self.network.theta
        average = self.optimizer.tested(theta)
        if average is theta:
            yield self.network
            return
        kept = theta.copy()
        theta[...] = average
        try:
            yield self.network
        finally:
            theta[...] = kept

    @property
    def epoch(self) -> int:
        """How often the whole data has been seen."""
        return self.steps // self._steps_per_epoch

    def update(self) -> float:
        """Make one update; return the loss before it."""
        objective, network = self.objective, self.network
        self.optimizer.belong(network)  # who shares one may have stepped first
        rows = None if self._all else self._next_rows()
        before = taken(self._buffers) if self._buffers else {}
        try:
            loss = objective.loss_and_grad(rows)
            if self.steps >= self._look_at:  # a pass may replace what it should write into
                objective.refuse_loose(network)
                self._look_at = self.steps + LOOK_EVERY
            if not objective.went_well(loss):
                put(self, self._buffers, before)
                raise NonFiniteError(f"step {self.steps}: {objective.blame(rows)}")
            self._move()
        except BaseException:  # an interruption too
            put(self, self._buffers, before)
            self._give_back(rows)
            raise
        objective.project()
        return loss

    def _move(self) -> None:
        """Let the optimizer make its step with the gradient."""
        network = self.network
        if self._still is not None:
            network.grad[self._still] = 0
        if self.clip is not None:
            gradients.clip_norm(network.grad, self.clip)
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.steps)
        try:
            self.optimizer.step(network.theta, network.grad, self._still)
        except NonFiniteError as error:
            raise NonFiniteError(f"step {self.steps}: {self._called(error)}") from error

    def _called(self, error: NonFiniteError) -> str:
        """Return what an optimizer said, with the name of the parameter that it means."""
        end = 0
        for name, value, _ in self.network.parameters():
            end += value.size
            if error.place is not None and error.place < end:
                return f"{error}, in parameter {name}"
        return str(error)

    def _give_back(self, rows: Integers | None) -> None:
        """Let the rows of a step that failed come next."""
        if rows is not None:
            self._batches.append(rows)

    def _next_rows(self) -> Integers:
        n = self.objective.count
        assert n is not None
        if not self._batches:
            if self.replace:
                self._batches = [self.rng.integers(n, size=self.batch_size)]
            else:
                self._batches = data.deal(n, self.batch_size, self.rng)[::-1]
        return self._batches.pop()

    def _taken(self) -> State:
        return {
            "steps": self.steps,
            "objective": taken(self.objective.lasting()),
            "optimizer": self.optimizer.state(),
            "rng": self.rng.bit_generator.state,
            "batches": list(self._batches),
        }

    def _put(self, state: Mapping[str, Any]) -> None:
        who = f"{type(self).__name__}: the state"
        wanted = ("steps", "objective", "optimizer", "rng", "batches")
        if set(state) != set(wanted):
            raise ValueError(f"{who} has {', '.join(state)}; allowed: {', '.join(wanted)}")
        parts = self.objective.lasting()
        counted(who, steps=state["steps"])
        refuse_broken(who, state["objective"])
        check(who, parts, state["objective"])
        check(who, {"rng": self.rng}, {"rng": state["rng"]})
        self.optimizer.restore(state["optimizer"])
        put(who, parts, state["objective"])
        self.rng.bit_generator.state = state["rng"]
        self.steps, self._batches = state["steps"], list(state["batches"])


class Trainer(Minimizer):
    """Repeat: forward, loss, backward, update. It is the `Minimizer` of a `Supervised` objective.

    Shapes: x (n, …), y as the loss takes it, arrays or lists, of which copies are kept; n rows
    dealt in batches of `batch_size` (None: all). `sample_weights` (n,) let rows count differently,
    and `fused=False` goes layer by layer: see `Supervised`.

    Raises:
        TypeError: network, loss, optimizer or schedule is something else, such as a class not
            called, or x or y holds no real numbers.
        ValueError: x and y differ in rows, batches smaller than the data come without rng, clip is
            not above 0, a parameter is no part of the network's theta, the optimizer has made steps
            on another network, or a batch of one row would be normalised.
    """

    network: Sequential

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        optimizer: Optimizer,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        batch_size: int | None = None,
        rng: Seed | None = None,
        schedule: Schedule | None = None,
        clip: float | None = None,
        *,
        replace: bool = False,
        total: int | None = None,
        every: int | None = None,
        sample_weights: npt.ArrayLike | None = None,
        fused: bool = True,
    ) -> None:
        objective = Supervised(network, loss, x, y, sample_weights=sample_weights, fused=fused)
        super().__init__(
            objective,
            optimizer,
            batch_size,
            rng,
            schedule,
            clip,
            replace=replace,
            total=total,
            every=every,
        )
        self.loss, self.x, self.y = objective.loss, objective.x, objective.y

    def predict(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return what the network says of x as at test time, in the targets' terms.

        That is labels, signs or numbers, as the loss has it; with a schedule-free optimizer, what
        the average of the parameters says.

        Shapes: x (batch, …) → as y.
        """
        return self.loss.predicted(self._outputs(x))

    def proba(self, x: npt.ArrayLike) -> Array:
        """Return the probabilities that the network gives, as at test time.

        Shapes: x (batch, …) → (batch, 1), of class 1, or (batch, classes).

        Raises:
            TypeError: with this loss the outputs stand for none.
        """
        return self.loss.probabilities(self._outputs(x))

    def _outputs(self, x: npt.ArrayLike) -> Array:
        x = numbers(f"{type(self).__name__}: x", x)
        if x.dtype.kind == "f":
            x = x.astype(self.network.theta.dtype, copy=False)
        with self.tested() as network:
            return network.forward(x)


class Turns(Stepper):
    """Each step is a round in which several take turns: (who, how many steps) for each.

    For players whose objectives pull against each other: there is no one number that all of them
    minimise. A round's loss is the one before the last player's last step; each player has its own
    history.

    Raises:
        ValueError: nobody plays, or a number of steps is not a whole number from 1.
    """

    def __init__(
        self, *turns: tuple[Stepper, int], total: int | None = None, every: int | None = None
    ) -> None:
        super().__init__(total, every)
        if not turns:
            raise ValueError("Turns: nobody plays; allowed: at least one (stepper, steps)")
        for _, count in turns:
            positive("Turns", steps=count)
        self.turns = turns

    def __repr__(self) -> str:
        each = (f"{count} × {player}" for player, count in self.turns)
        return f"Turns({', '.join(each)}, {self.steps} rounds made)"

    def update(self) -> float:
        """Let each make its steps; where one fails, all are as before the round."""
        before, loss = self._taken(), math.nan
        try:
            for player, count in self.turns:
                for _ in range(count):
                    loss = player.step()
        except BaseException:  # an interruption too
            self._put(before)
            raise
        return loss

    def _taken(self) -> State:
        players = {str(i): player._taken() for i, (player, _) in enumerate(self.turns)}
        return {"steps": self.steps, "players": players}

    def _put(self, state: Mapping[str, Any]) -> None:
        players = state.get("players", {})
        if set(players) != {str(i) for i in range(len(self.turns))}:
            raise ValueError(
                f"Turns: the state is of {len(players)} players; allowed: of {len(self.turns)}"
            )
        kept = self._taken()["players"]
        done: list[tuple[Stepper, Any]] = []
        try:
            for (player, _), (name, old) in zip(self.turns, kept.items(), strict=True):
                player._put(players[name])
                done.append((player, old))
        except ValueError:
            for player, old in done:
                player._put(old)
            raise
        self.steps = state["steps"]
