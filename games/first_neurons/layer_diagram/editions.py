"""What runs of earlier editions of Layer Diagram say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """There was nothing to win: one looked around."""
    return params, [["free", True], *log]
