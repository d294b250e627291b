"""Training: a network that learns while it is watched. It knows neither network nor picture.

    MOVES = moves(
        play=Press(when=lambda s: not s.training.playing),
        pause=Press(when=lambda s: s.training.playing),
        seek=Dial(0, lambda s: max(s.training.furthest, 1)),
    )

`advance` makes a step, `history` is what was judged on the way, and `seek` goes to any step that
was ever reached, exactly, for what lies between two kept states is done again. What is changed in
mid-training (`change`) is kept as well: to go back to before it undoes it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pycore.training import Trainer

KEPT, JUDGED = 120, 120
"""How many states and judgements are kept at most; then every second goes, and the distance
doubles."""
APART = 8
"""Steps between two kept states at first."""

Judgement = TypeVar("Judgement")
Settings = TypeVar("Settings")


@dataclass(frozen=True)
class _State(Generic[Settings]):
    """All it takes to go on from a step; `change` says that somebody changed something there."""

    trainer: Trainer
    settings: Settings
    change: bool


class Training(Generic[Settings, Judgement]):
    """A trainer, and the way it has come.

    Args:
        trainer: what makes the steps; its own number of steps is taken for the training's.
        judge: what is worth knowing of a trainer as it stands, such as its losses.
        settings: whatever belongs to the trainer and may change with it; never looked at.
        update: makes a step, where that takes more than the trainer's own.

    Attributes:
        settings: those that hold at this step.
        playing: whether it goes on by itself, for the game's `tick` to read and its moves to set.
        furthest: the last step that was ever reached.
        history: judgements by step, of steps ahead too after going back; a new object whenever
            something is added, so that a picture of it is drawn once.
    """

    def __init__(
        self,
        trainer: Trainer,
        judge: Callable[[Trainer], Judgement],
        settings: Settings,
        update: Callable[[Trainer], object] = Trainer.step,
    ) -> None:
        self.trainer, self.settings = trainer, settings
        self._judge, self._update = judge, update
        self.playing = False
        self.furthest = trainer.steps
        self.history: dict[int, Judgement] = {}
        self._apart, self._stride = APART, 1
        self._states: dict[int, _State[Settings]] = {}
        self._keep(change=True)
        self.judge()

    @property
    def step(self) -> int:
        """Updates made."""
        return self.trainer.steps

    @property
    def now(self) -> Judgement:
        """The latest judgement at or before this step."""
        return self.history[max(step for step in self.history if step <= self.step)]

    def advance(self) -> None:
        """One update.

        Raises:
            NonFiniteError: a number overflowed; all is as it was.
        """
        if any(kept.change for step, kept in self._states.items() if step > self.step):
            self._forget_ahead()  # gone back to before it: it is undone
        self._update(self.trainer)
        self.furthest = max(self.furthest, self.step)
        if self.step % self._apart == 0:
            self._keep()
        if self.step % self._stride == 0:
            self.judge()

    def judge(self) -> None:
        """Judge the network as it is now; thin the history out when it is long."""
        found, step = self._judge(self.trainer), self.step
        if self.history.get(step) == found:
            return
        history = {**self.history, step: found}
        if len(history) > JUDGED:
            self._stride *= 2
            history = {s: judged for s, judged in history.items() if s % self._stride == 0}
        self.history = dict(sorted(history.items()))

    def seek(self, step: int) -> None:
        """Go to a step that was reached before: exactly what it was then.

        Raises:
            ValueError: it never was.
        """
        if not 0 <= step <= self.furthest:
            raise ValueError(f"seek: step is {step}; allowed: 0 to {self.furthest}")
        kept = self._states[max(s for s in self._states if s <= step)]
        self.trainer, self.settings = _copied(kept.trainer), kept.settings
        while self.step < step:
            self._update(self.trainer)
        if step not in self.history:
            self.judge()

    def change(self, trainer: Trainer, settings: Settings) -> None:
        """Go on from this step with another trainer and its settings; what lay ahead is forgotten.

        Who changed the trainer itself, a weight or a rate, gives it back.
        """
        trainer.steps = self.step
        self.trainer, self.settings = trainer, settings
        self._forget_ahead()
        self._keep(change=True)
        self.judge()

    def _keep(self, change: bool = False) -> None:
        if not change and self.step in self._states:
            return
        self._states[self.step] = _State(_copied(self.trainer), self.settings, change)
        plain = [step for step, kept in self._states.items() if not kept.change]
        if len(plain) > KEPT:
            self._apart *= 2
            for step in plain:
                if step % self._apart:
                    del self._states[step]

    def _forget_ahead(self) -> None:
        step = self.furthest = self.step
        self._states = {s: kept for s, kept in self._states.items() if s <= step}
        self.history = {s: judged for s, judged in self.history.items() if s <= step}


def _copied(trainer: Trainer) -> Trainer:
    """The trainer with a network, an optimizer and generators of its own; data is shared."""
    shared = {id(array): array for array in (trainer.x, trainer.y)}
    return copy.deepcopy(trainer, shared)
