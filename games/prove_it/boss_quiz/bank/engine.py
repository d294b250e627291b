"""Short ways to ask the engine for one number. It knows no question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pycore.arrays import Array
from pycore.attention import DotAttention
from pycore.convolution import Conv1D, Conv2D
from pycore.layer import Layer
from pycore.layers import Dense
from pycore.losses import Loss
from pycore.optimizers import Optimizer

Matrix = Sequence[Sequence[float]]


def dense(W: Matrix, b: Sequence[float] | None = None) -> Dense:
    """A dense layer with these weights (n_in rows, n_out columns) and biases (default: none)."""
    weights = np.array(W, float)
    n_in, n_out = weights.shape
    layer = Dense(n_in, n_out, rng=np.random.default_rng(0))
    layer.W[...] = weights
    layer.b[...] = 0.0 if b is None else b
    return layer


def convolution(W: Matrix) -> Conv2D:
    """A convolution layer with this one square kernel and no bias, from one channel to one."""
    layer = Conv2D(1, 1, len(W), rng=np.random.default_rng(0))
    layer.W[...] = np.array(W, float)[:, :, None, None]
    return layer


def seen(layer: Layer, picture: Matrix) -> float:
    """The first output of `layer` for one picture of one channel."""
    return float(layer.forward(np.array(picture, float)[None, :, :, None]).flat[0])


def places(n: int, k: int, padding: int, stride: int) -> int:
    """How many outputs a kernel k wide has on n inputs."""
    layer = Conv1D(1, 1, k, stride, padding, rng=np.random.default_rng(0))
    return layer.forward(np.zeros((1, n, 1))).shape[1]


def output(layer: Layer, *x: float) -> float:
    """The first output of `layer` for one example x."""
    return float(layer.forward(np.array([x], float))[0, 0])


def attended(scores: Sequence[float], values: Sequence[float]) -> float:
    """What attention makes of values whose keys have these scores with the query."""
    keys, v = (np.array(column, float)[None, :, None] for column in (scores, values))
    return float(DotAttention(1, scale=1.0).attend(np.ones((1, 1, 1)), keys, v=v)[0, 0, 0])


def at(function: Callable[[Array], Array], x: float) -> float:
    """function(x) for one number."""
    return float(function(np.array(x, float)))


def loss_and_slope(loss: Loss, y: Matrix, target: Sequence[float]) -> tuple[float, Array]:
    """The loss of predictions y (batch, features), and dL/dy."""
    value = loss.forward(np.array(y, float), np.array(target))
    return value, loss.backward()


def stepped(optimizer: Optimizer, w: float, *gradients: float) -> float:
    """Where one parameter stands after a step with each of these gradients."""
    theta = np.array([w], float)
    for g in gradients:
        optimizer.step(theta, np.array([g], float))
    return float(theta[0])
