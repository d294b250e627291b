"""What runs of earlier editions of Boss Quiz say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """There was one bank."""
    return {**params, "bank": 1}, log


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """A run opened with any question."""
    return {**params, "opening": "any"}, log
