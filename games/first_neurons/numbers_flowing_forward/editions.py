"""What runs of earlier editions of Numbers Flowing Forward say today."""

from __future__ import annotations

from games.editions import Log, Params, with_guess


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """The guess, which was 0.5 until said, before every play."""
    return params, with_guess(log, "guess", "play", 0.5)


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """After a guess the same numbers could be guessed again."""
    return {**params, "again": "same-numbers"}, log
