"""What runs of earlier editions of Init Race say today."""

from __future__ import annotations

from games.editions import Log, Params, retold, with_guess

IDS = {"zero": "zero", "too large": "large", "balanced": "balanced"}
"""Edition 1 said a ranking in these words, with commas between them."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Rankings by their ids; the one that stood there until it was changed, before every race."""
    told = with_guess(log, "guess", "train", "zero, too large, balanced")
    return params, retold(
        told,
        guess=lambda names: [["guess", "-".join(IDS[name] for name in names.split(", "))]],
    )
