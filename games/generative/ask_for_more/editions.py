"""What runs of earlier editions of Ask for More say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """One order won, and both of its measures followed the dial."""
    return {**params, "goal": "one-order"}, log
