"""What runs of earlier editions of Descent Paths say today."""

from __future__ import annotations

from games.editions import Log, Params, retold, with_guess

RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Edition 1 named a learning rate by its place here."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Rates themselves; the bet, which was on full batch until said, before every run."""
    return params, retold(
        with_guess(log, "bet", "go", "full"), rate=lambda place: [["rate", RATES[round(place)]]]
    )
