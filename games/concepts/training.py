"""Training: a network that learns while it is watched. It knows neither network nor picture.

    MOVES = moves(
        play=Press(when=lambda s: not s.playing),
        seek=Dial(0, lambda s: s.training.furthest),
    )

`advance` makes a step, and `history` is what was judged on the way. `seek` goes to any step that
was ever reached, exactly, where the trainer keeps its states (`every`). What is changed in
mid-training (`change`) is kept as well: to go back to before it undoes it.

A picture asks a network of its own (`pycore` layers keep what passed them for `backward`): give it
the weights, or let `judge` compute what is drawn.

Where every judgement counts, as in a race, say how far apart they are: `every=1`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import numpy as np

from pycore.arrays import Array
from pycore.training import Minimizer, Trainer

JUDGED = 120
"""How many judgements are kept at most; then every second goes, and the distance doubles."""

DECIMALS = 6
"""Of a weight that is rounded, about as many as float32 has."""

Judgement = TypeVar("Judgement")
Learner = TypeVar("Learner", bound=Minimizer)


@dataclass(frozen=True, eq=False)
class History(Generic[Judgement]):
    """Judgements by step, in order; it never changes, so that a picture of it is drawn once.

    Attributes:
        judged: what the training appends to, so that a long history is not copied at every step.
        count: how many of them are part of this history.
    """

    judged: Mapping[int, Judgement]
    count: int

    @property
    def by_step(self) -> dict[int, Judgement]:
        """Each judgement, by the step after which it was made."""
        return dict(islice(self.judged.items(), self.count))

    @property
    def steps(self) -> Array:
        """The steps that were judged."""
        return np.array(list(self.by_step), float)

    def column(self, name: str) -> Array:
        """One attribute of every judgement."""
        judgements = islice(self.judged.values(), self.count)
        return np.array([getattr(judged, name) for judged in judgements], float)


class RoundedMinimizer(Minimizer):
    """A minimizer that rounds the weights after each step, for trainings that are chaotic.

    There the last bit of a sum, which differs between machines, would change what is seen; rounding
    takes it off.
    """

    def update(self) -> float:
        """One update; return the loss before it."""
        loss, theta = super().update(), self.network.theta
        np.round(theta, DECIMALS, out=theta)
        return loss


class Rounded(RoundedMinimizer, Trainer):
    """A trainer that rounds the weights after each step."""


class Training(Generic[Learner, Judgement]):
    """A trainer, and the way it has come.

    Args:
        trainer: what makes the steps, with all that belongs to them; where an update takes more
            than a trainer's own, a subclass, whose state has it all.
        judge: what is worth knowing of it as it stands, such as its losses.
        every: steps between two judgements, all of which are kept; None keeps at most JUDGED, ever
            further apart.

    Attributes:
        trainer: as it is at this step.
        history: judgements, of steps ahead too after going back.
    """

    def __init__(
        self, trainer: Learner, judge: Callable[[Learner], Judgement], *, every: int | None = None
    ) -> None:
        self.trainer, self._judge = trainer, judge
        self._write({})
        self._thinning, self._stride = every is None, every or 1
        self._trainers = {trainer.steps: trainer}  # each by the step from which it went on
        self.judge()

    @property
    def step(self) -> int:
        """Updates made."""
        return self.trainer.steps

    @property
    def furthest(self) -> int:
        """The last step that was ever reached."""
        return self._trainers[max(self._trainers)].furthest

    @property
    def now(self) -> Judgement:
        """The latest judgement at or before this step."""
        return self._judged[next(step for step in reversed(self._judged) if step <= self.step)]

    def advance(self) -> None:
        """One update.

        Raises:
            NonFiniteError: a number overflowed; all is as it was.
        """
        if max(self._trainers) > self.step:  # gone back to before a change: it is undone
            self._go_on_with(self.trainer)
        self.trainer.step()
        if self.step % self._stride == 0:
            self.judge()

    def judge(self) -> None:
        """Judge the network as it is now; thin the history out when it is long."""
        found, step, judged = self._judge(self.trainer), self.step, self._judged
        if judged.get(step) == found:  # been here before
            return
        if next(reversed(judged), -1) >= step:
            judged = dict(sorted((judged | {step: found}).items()))
        else:
            judged[step] = found
        if self._thinning and len(judged) > JUDGED:
            self._stride *= 2
            judged = {s: one for s, one in judged.items() if s % self._stride == 0}
        self._write(judged)

    def _write(self, judged: dict[int, Judgement]) -> None:
        self._judged, self.history = judged, History(judged, len(judged))

    def seek(self, step: int) -> None:
        """Go to a step that was reached before: exactly what it was then.

        Raises:
            ValueError: it never was, or the trainer keeps no states.
        """
        first = min(self._trainers)
        if not first <= step <= self.furthest:
            raise ValueError(f"seek: step is {step}; allowed: {first} to {self.furthest}")
        self.trainer = self._trainers[max(begun for begun in self._trainers if begun <= step)]
        self.trainer.seek(step)
        if step not in self._judged:
            self.judge()

    def change(self, trainer: Learner) -> None:
        """Go on from this step with another trainer; what lay ahead is forgotten.

        Who changed the trainer itself, a weight or a rate, gives it back.
        """
        trainer.steps = self.step
        self._go_on_with(trainer)
        self._trainers[self.step] = trainer
        self.judge()

    def _go_on_with(self, trainer: Learner) -> None:
        """Forget what lies ahead of this step."""
        here = self.step
        self.trainer = trainer
        trainer.forget_ahead()
        self._trainers = {begun: one for begun, one in self._trainers.items() if begun <= here}
        self._write({step: one for step, one in self._judged.items() if step <= here})
