"""What runs of earlier editions of Memory for Time say today."""

from __future__ import annotations

from games.editions import Log, Params, retold


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """The slider's place, which was the guess and 2 at first, said before every measuring."""
    k = [2]

    def every(value: float) -> list[list[str | int]]:
        k[0] = round(value)
        return [["every", k[0]]]

    def depth(n: int) -> list[list[str | int]]:
        k[0] = min(k[0], n)
        return [["depth", n]]

    told = retold(log, every=every, depth=depth, measure=lambda: [["every", k[0]], ["measure"]])
    return params, told


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """After a guess the same layers could be guessed again."""
    return {**params, "again": "same-layers"}, log
