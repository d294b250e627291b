"""What runs of earlier editions of Optimiser Race say today."""

from __future__ import annotations

from games.editions import Log, Params, retold, with_guess

WINDOWS = {
    "bowl-10": ((-4, 4), (-2, 2)),
    "bowl-100": ((-4, 4), (-2, 2)),
    "rosenbrock": ((-2, 2), (-1, 3)),
}
LEFT, RIGHT, TOP, BOTTOM = 44, 388, 12, 230
"""Where the map's axes ended in the picture whose coordinates edition 1 logged."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Places in the data's units, rates by their power of ten, the bet before every race."""
    surface = [str(params.get("surface", "bowl-100"))]

    def settle(name: str) -> list[list[str]]:
        surface[0] = name
        return [["surface", name]]

    def drag(x: float, y: float) -> list[list[str | float]]:
        (left, right), (low, high) = WINDOWS[surface[0]]
        across = min(max((x - LEFT) / (RIGHT - LEFT), 0), 1)
        up = min(max((BOTTOM - y) / (BOTTOM - TOP), 0), 1)
        a = round(left + across * (right - left), 1)
        return [["start", a, round(low + up * (high - low), 1)]]

    told = retold(
        with_guess(log, "bet", "race", "adam"),
        surface=settle,
        drag=drag,
        rate=lambda place: [["rate", -4 + round(place) / 4]],
    )
    return params, told


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Momentum had one β, and a bet on SGD that SGD won was gold."""
    return {**params, "goal": "sgd-wins"}, log
