"""What runs of earlier editions of Turn the Clock Hands say today."""

from __future__ import annotations

from games.editions import Log, Params
from games.language.turn_the_clock_hands.game import APART


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """A far key could look as near as a neighbour's, if not as near as the query's own place."""
    return {**params, "goal": APART}, log
