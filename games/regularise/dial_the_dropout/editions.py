"""What runs of earlier editions of Dial the Dropout say today."""

from __future__ import annotations

from games.editions import Log, Params, retold

LEFT, RIGHT, LOW, HIGH, MOST = 44, 388, -0.05, 0.95, 0.9
"""The axis of rates in the picture whose coordinates edition 1 logged."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """A drag as the rate that it meant."""

    def drag(x: float, y: float) -> list[list[str | float]]:
        share = min(max((x - LEFT) / (RIGHT - LEFT), 0), 1)
        rate = min(max(LOW + share * (HIGH - LOW), 0), MOST)
        return [["rate", round(10 * rate) / 10]]

    return params, retold(log, drag=drag)


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """A bet could follow the sweep."""
    return {**params, "again": "same-points"}, log
