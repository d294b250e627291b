"""What runs of earlier editions of Activation Lab say today."""

from __future__ import annotations

from games.editions import Log, Params, retold

IDS = {
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ReLU": "relu",
    "LeakyReLU": "leaky-relu",
    "ELU": "elu",
    "GELU": "gelu",
    "SELU": "selu",
    "SiLU": "silu",
    "Softplus": "softplus",
}
LEFT, RIGHT, REACH = 44, 388, 6
"""Where the axis of inputs ended in the picture whose coordinates edition 1 logged."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Activations by their ids, a drag as the input that it meant."""

    def drag(x: float, y: float) -> list[list[str | float]]:
        share = min(max((x - LEFT) / (RIGHT - LEFT), 0), 1)
        return [["z", round(round((2 * share - 1) * REACH / 0.05) * 0.05, 2)]]

    return params, retold(log, activation=lambda name: [["activation", IDS[name]]], drag=drag)


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """There was nothing to find: one looked around."""
    return params, [["free", True], *log]
