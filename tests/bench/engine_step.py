"""The engine as a contestant: a network and the steps to be timed, in CPython and in Pyodide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pycore.activations import ReLU
from pycore.layers import Dense, Sequential
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.models.vision import cnn
from pycore.optimizers import SGD, Adam
from pycore.recurrent import LSTM
from pycore.training import Trainer
from pycore.transformer import TransformerBlock

Shape = tuple[int, ...]


def build(kind: str, sizes: Sequence[int], dtype: str) -> tuple[Sequential, Shape, Shape]:
    """Return the network of that kind, and the shapes of one row's input and output.

    What the sizes mean is written in nets/worker.js.
    """
    rng = np.random.default_rng(0)
    match kind, *sizes:
        case "mlp", *_:
            return mlp(sizes, rng, dtype=dtype), (sizes[0],), (sizes[-1],)
        case "cnn", side, *channels, classes:
            network = cnn(side, channels, [classes], rng, dtype=dtype)
            return network, (side, side, channels[0]), (classes,)
        case "lstm", n_in, n, n_out, time:
            layers = LSTM(n_in, n, rng=rng, dtype=dtype), Dense(n, n_out, rng=rng, dtype=dtype)
            return Sequential(*layers), (time, n_in), (time, n_out)
        case "attention", n, heads, n_hidden, time:
            block = TransformerBlock(n, heads, n_hidden, activation=ReLU, rng=rng, dtype=dtype)
            return block, (time, n), (time, n)
    raise ValueError(f"{kind} {sizes}; allowed: mlp, cnn, lstm, attention")


def prepare(
    kind: str,
    sizes: Sequence[int],
    batch: int,
    optimizer: str,
    rate: float,
    x: npt.ArrayLike,
    t: npt.ArrayLike,
    theta: npt.ArrayLike,
    dtype: str = "float64",
) -> Callable[[int], float]:
    """Return run(steps) -> the last step's loss; the arguments are described in nets/worker.js."""
    network, into, out = build(kind, list(sizes), dtype)
    network.theta[:] = np.asarray(theta)
    trainer = Trainer(
        network,
        BinaryCrossEntropy(),
        {"sgd": SGD, "adam": Adam}[optimizer](rate),
        np.asarray(x, dtype).reshape(batch, *into),
        np.asarray(t, dtype).reshape(batch, *out),
    )

    def run(steps: int) -> float:
        for _ in range(steps):
            loss = trainer.step()
        return loss

    return run


def draw(
    kind: str, sizes: Sequence[int], batch: int, rng: np.random.Generator
) -> dict[str, npt.NDArray[np.float64]]:
    """Return x, t and theta for `prepare`, drawn here and not in the page."""
    network, into, out = build(kind, list(sizes), "float64")
    return {
        "x": rng.uniform(-1, 1, batch * math.prod(into)),
        "t": rng.integers(0, 2, batch * math.prod(out)).astype(float),
        "theta": network.theta,
    }
