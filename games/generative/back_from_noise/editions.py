"""What runs of earlier editions of Back from Noise say today."""

from __future__ import annotations

from games.editions import Log, Params


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """One right call won, and always for being nearly as good as the whole way."""
    return {**params, "goal": "one-call"}, log
