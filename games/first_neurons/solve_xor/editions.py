"""What runs of earlier editions of Solve XOR say today."""

from __future__ import annotations

from games.editions import Log, Params, retold, with_guess

LEFT, RIGHT, TOP, BOTTOM = 44, 388, 12, 356
LOW, HIGH, GRID = -0.5, 1.5, 0.05
"""The plane of the picture whose coordinates edition 1 logged, and the grid on it."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Places in the data's units; the guess, which was 4 until said, before the check."""

    def data(share: float) -> float:
        value = LOW + min(max(share, 0), 1) * (HIGH - LOW)
        return round(round(value / GRID) * GRID, 2)

    def drag(line: int, end: int, x: float, y: float) -> list[list[str | float]]:
        across, up = (x - LEFT) / (RIGHT - LEFT), (BOTTOM - y) / (BOTTOM - TOP)
        return [["drag", line, end, data(across), data(up)]]

    return params, retold(with_guess(log, "guess", "check", 4), drag=drag)
