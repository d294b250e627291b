"""What runs of earlier editions of A Network at Work say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """There was nothing to win: one watched."""
    return params, [["free", True], *log]
