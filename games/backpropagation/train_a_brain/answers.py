"""What a network says, anywhere on the plane and layer by layer. It reads, and changes nothing.

A second network of the same build answers, so that looking never touches the one in training.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.points import REACH
from games.backpropagation.train_a_brain.session import Session
from pycore import brains
from pycore.activations import Activation, sigmoid
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

FINE, COARSE, ROUGH = 64, 48, 32
"""Cells along a side of the plane's grid, for small, middle and large networks."""
PICTURE = 16
"""Cells along a side of a neuron's picture; every grid is a multiple of it."""


def side(plan: Plan) -> int:
    """Cells along a side of the grid, so that one pass over it stays cheap."""
    work = sum(a * b + 8 * b for a, b in zip(plan.sizes, plan.sizes[1:], strict=False))
    return FINE if work < 250 else COARSE if work < 700 else ROUGH


@lru_cache(maxsize=8)
def grid(n: int) -> Array:
    """The centres of n × n cells, row by row from the top left; shape (n², 2)."""
    along = REACH * (2 * (np.arange(n) + 0.5) / n - 1)
    x1, x2 = np.meshgrid(along, -along)
    return np.stack([x1.ravel(), x2.ravel()], axis=1)


@lru_cache(maxsize=8)
def grid_inputs(features: tuple[str, ...], n: int) -> Array:
    """The network's inputs at the centres of the grid's cells."""
    return np.asfortranarray(brains.inputs(features, grid(n)))


@lru_cache(maxsize=4)
def _reader(plan: Plan) -> Sequential:
    rng = np.random.default_rng(0)
    return plans.network(plan, rng, rng)


def reader(session: Session) -> Sequential:
    """A network with the session's parameters, to ask as often as one likes."""
    plan = session.plan
    network = _reader(
        plans.Plan(0, features=plan.features, layers=plan.layers, batch_norm=plan.batch_norm)
    )
    network.copy_from(session.network)
    network.theta[...] = session.trainer.theta
    return network


def columns(network: Sequential, x: Array) -> list[Array]:
    """The inputs, what each hidden layer gives after its activation, and the output.

    Shapes: x (n, features) → one (n, units) for each column of the picture.
    """
    found = [x]
    with np.errstate(all="ignore"):
        for layer in network:
            x = layer.forward(x)
            if isinstance(layer, Activation):
                found.append(x)
    return [*found, x]


def answer(session: Session, y: Array) -> Array:
    """An output as it is drawn, −1 to 1: 0 is the border between classes."""
    with np.errstate(all="ignore"):
        if session.classes and session.trainer.loss_name == "cross-entropy":
            y = 2 * sigmoid(y) - 1
        return np.clip(np.nan_to_num(y, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)


def dense(network: Sequential) -> list[Dense]:
    """The layers that hold weights, from first to last."""
    return [layer for layer in network if isinstance(layer, Dense)]


def gradients(session: Session) -> tuple[list[Array], list[Array]]:
    """Activations of each hidden layer and dL/dW of each Dense, over all training points.

    As at test time: no dropout, running statistics in batch norm.
    """
    network = reader(session)
    x, y = session.data.train
    given = columns(network, brains.inputs(session.plan.features, x))
    network.zero_grad()
    loss = brains.LOSSES[session.trainer.loss_name]()
    with np.errstate(all="ignore"):
        loss.forward(given[-1], loss.prepare(session.trainer.targets(y), np.float64))
        network.accumulate(loss.backward())
    return given[1:-1], [layer.dW for layer in dense(network)]
