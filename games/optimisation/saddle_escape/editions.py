"""What runs of earlier editions of Saddle Escape say today."""

from __future__ import annotations

from games.editions import Log, Params, retold, with_guess

STARTS = ("ridge", "1e-6", "1e-4", "1e-3", "1e-2")
"""Edition 1 named a start by its place here."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Starts by name; the guess, which was 100 until said, before every release."""
    log = with_guess(log, "guess", "release", 100)
    return params, retold(
        log,
        offset=lambda place: [["start", STARTS[place]]],
        guess=lambda steps: [["guess", round(steps)]],
    )


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Escaping in forty steps won, whatever had been predicted."""
    return {**params, "goal": "forty-steps"}, log
