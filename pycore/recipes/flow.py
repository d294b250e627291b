"""A coupling flow bends moons, or a ring, into a normal cloud: `python -m pycore.recipes.flow`.

The loss is the mean of −log p of new points: 1.18 nats for the moons and 1.01 for the ring, where
no density can have less than 0.95, the ring's entropy. The way there and back is exact to 1e-15.
A ring cannot be matched fully: a flow only bends the plane, so the cloud stays in one piece, and
1.6 % of the samples lie on a bridge across the hole, where the data has 0.002 %.

Examples:
    >>> from pycore.recipes.flow import in_the_hole, train
    >>> flow = train("ring", steps=1)
    >>> 0 <= in_the_hole(flow, count=100) <= 1
    True
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pycore import data, schedules
from pycore.arrays import Array, Seed
from pycore.flows import CouplingFlow, Likelihood
from pycore.optimizers import Adam
from pycore.training import Minimizer


def moons(count: int, rng: Seed) -> Array:
    """Return two moons, their middle at (0, 0)."""
    return np.asarray(data.moons(count, 0.1, rng)[0] - [0.5, 0.25])


def ring(count: int, rng: Seed) -> Array:
    """Return a circle of radius 1, its line blurred."""
    return data.circles(count, 0.1, rng, inner=1.0)[0]


TARGETS: dict[str, Callable[[int, np.random.Generator], Array]] = {"moons": moons, "ring": ring}
COUPLINGS, HIDDEN = 8, 24
STEPS, BATCH, RATE = 1500, 200, 0.01


def train(target: str, steps: int = STEPS, seed: int = 0) -> CouplingFlow:
    """Return the flow after so many batches, all of new points."""
    rng = np.random.default_rng(seed)
    flow = CouplingFlow(2, COUPLINGS, HIDDEN, rng=rng)
    objective = Likelihood(flow, lambda: TARGETS[target](BATCH, rng))
    schedule = schedules.cosine(RATE, steps)
    Minimizer(objective, Adam(RATE), rng=rng, schedule=schedule, total=steps).run()
    return flow


def judge(flow: CouplingFlow, target: str, count: int = 1000, seed: int = 1) -> tuple[float, float]:
    """Return −mean log p of new points, and the largest error of the way there and back."""
    x = TARGETS[target](count, np.random.default_rng(seed))
    back = flow.inverse(flow.forward(x))
    return -float(flow.log_density(x).mean()), float(np.abs(back - x).max())


def in_the_hole(flow: CouplingFlow, count: int = 5000, seed: int = 1) -> float:
    """Return the share of samples within 0.6 of the middle, where the ring has next to nothing."""
    z = np.random.default_rng(seed).normal(size=(count, 2))
    return float((np.linalg.norm(flow.inverse(z), axis=1) < 0.6).mean())


if __name__ == "__main__":
    for target in TARGETS:
        flow = train(target)
        loss, error = judge(flow, target)
        print(f"{target}: {loss:.2f} nats, there and back to {error:.0e}")
    print(f"of the ring's samples {in_the_hole(flow):.1%} lie in its hole")
