"""The state of Train a Brain: the training, and what the learner is looking at."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from games.backpropagation._brain.pictures import Kept
from games.backpropagation._brain.session import Session

SPEEDS = {
    "2 steps a second": 2.0,
    "10 a second": 10.0,
    "60 a second": 60.0,
    "full speed": None,
}
FULL = "full speed"
"""What the speed is at first: as many steps as the frame has time for."""


@dataclass
class State:
    """The training, and what the learner is looking at.

    Attributes:
        challenge: name of the challenge, from CHALLENGES.
        session: the training and its history.
        limit: steps until it pauses by itself; `until` is the step where it will.
        guess: the accuracy that the guess's slider shows, in percent; `bet` the one that counts.
        met: whether the challenge has been met since the network was last started anew.
        best: the smallest figure of each challenge won.
        neuron: (column, unit) looked at closely, and `weight`, which of its incoming weights.
        kept: runs put aside for comparison.
        failure: why training stopped, if a number overflowed.
        problem: what was wrong with the table given last.
        opened: which brain was opened last.
        paper: which export is shown.
        last: what the learner did last, in words.
    """

    rng: np.random.Generator
    challenge: str
    session: Session
    limit: int
    playing: bool = False
    until: int = 0
    speed: str = FULL
    guess: int = 75
    bet: int | None = None
    met: bool = False
    best: dict[str, int] = field(default_factory=dict)
    neuron: tuple[int, int] | None = None
    weight: int = 0
    kept: list[Kept] = field(default_factory=list)
    letters: int = 0
    held: bool = True
    inside: bool = False
    paper: str = "none"
    pen: str = "1"
    cursor: tuple[float, float] = (0.0, 0.0)
    failure: str = ""
    problem: str = ""
    opened: str = ""
    last: str = ""
