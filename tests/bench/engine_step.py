"""The engine as a contestant: a network and the steps to be timed, in CPython and in Pyodide."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.optimizers import SGD, Adam
from pycore.training import Trainer


def prepare(
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
    rng = np.random.default_rng(0)
    network = mlp(list(sizes), rng, dtype=dtype)
    network.theta[:] = np.asarray(theta)
    trainer = Trainer(
        network,
        BinaryCrossEntropy(),
        {"sgd": SGD, "adam": Adam}[optimizer](rate),
        np.asarray(x, dtype).reshape(batch, sizes[0]),
        np.asarray(t, dtype).reshape(batch, sizes[-1]),
    )

    def run(steps: int) -> float:
        for _ in range(steps):
            loss = trainer.step()
        return loss

    return run
