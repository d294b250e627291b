"""What runs of earlier editions of One Neuron by Hand say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Every step was shown at once, of whatever numbers."""
    return params, [*log, ["all"]]


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """There were no rounds: all numbers were the learner's own."""
    return params, [["own", True], *log]
