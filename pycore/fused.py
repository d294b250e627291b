"""The training step of a plain multi-layer perceptron, as a list of NumPy calls made once.

`Sequential.forward` and `backward` say what a step computes; this module makes the same numbers
with less around them. A step always does the same operations on arrays of the same shapes, so they
are bound beforehand to buffers that stay, and a step only runs down the list: it allocates nothing
and decides nothing. Two things make the list short. A Dense layer's W and b lie one after the other
in theta, so [W; b] is one matrix there, and with a column of ones beside x the bias comes along in
the product: y = [x 1] [W; b], and d[W; b] = [x 1]ᵀ dy lands in `grad` at once. And each activation
writes y over x, and on the way back works where y was. In the browser a call costs a microsecond,
about what it takes to add a thousand numbers.

How near that comes to the end of the road: of a step of 2-8-8-1 on 200 rows, 100 µs in Chromium,
the eight products and two exponentials that nothing can spare take 53. The same calls in one
straight line, for this network alone, took 85, and 80 with the loss in buffers too; in a whole step
of the trainer that last came out as 2 to 3 %, too little for a second place that knows the formula.

Examples:
    >>> from pycore import data
    >>> from pycore.fused import fusible
    >>> from pycore.losses import BinaryCrossEntropy
    >>> from pycore.models import mlp
    >>> from pycore.objectives import Supervised
    >>> x, y = data.moons(50, noise=0.1, rng=0)
    >>> network = mlp([2, 8, 1], rng=0)
    >>> fusible(network, x)
    True
    >>> fast = Supervised(network, BinaryCrossEntropy(), x, y)
    >>> slow = Supervised(network, BinaryCrossEntropy(), x, y, fused=False)
    >>> abs(fast.loss_and_grad() - slow.loss_and_grad()) < 1e-12
    True
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pycore import kernels
from pycore.activations import Activation, Identity, ReLU, Sigmoid, Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Sequential
from pycore.losses import Loss

Call = Callable[[], object]
Calls = list[Call]

WIDE = 128
"""Neurons from which a batch lies row by row in memory; in narrower networks,
neuron by neuron, so that the inner loops run along its rows."""


class FusedStep:
    """The loss and its gradient of a multi-layer perceptron, for batches of `rows` rows.

    Shapes: x (rows, n_in), target as the loss takes it → one number; `network.grad` is overwritten.

    The network must be `fusible`. Its layers are not called: what they keep of a `forward` stays.
    """

    def __init__(self, network: Sequential, rows: int) -> None:
        self.theta, self.layers = network.theta, list(network.layers)
        stages = stages_of(network)
        order: Literal["C", "F"] = "C" if max(dense.n_out for dense, _ in stages) >= WIDE else "F"

        def buffer(columns: int) -> Array:
            return np.ones((rows, columns), self.theta.dtype, order)

        self._forward: Calls = []
        self._backward: Calls = []
        x1 = buffer(stages[0][0].n_in + 1)
        self.x, dx, start = x1[:, :-1], None, 0
        for dense, activation in stages:
            end = start + x1.shape[1] * dense.n_out
            W1, dW1 = (v[start:end].reshape(-1, dense.n_out) for v in (self.theta, network.grad))
            y1, dy = buffer(dense.n_out + 1), buffer(dense.n_out)
            y = y1[:, :-1]
            activate, slope = IN_PLACE.get(type(activation), _by_layer)(activation, y, dy)
            self._forward += [_product(x1, W1, y), *activate]
            back = [*slope, _product(x1.T, dy, dW1)]
            if dx is not None:
                back.append(_product(dy, W1[:-1].T, dx))
            self._backward[:0] = back
            x1, dx, start = y1, dy, end
        self.y, self.dy = y, dy

    def fits(self, network: Sequential, x: Array) -> bool:
        """Tell whether the network still has the same layers and theta, and x the same shape."""
        return (
            network.theta is self.theta
            and network.layers == self.layers
            and x.shape == self.x.shape
        )

    def __call__(self, loss: Loss, x: Array, target: npt.NDArray[Any]) -> float:
        """Return the loss, and leave its gradient in `network.grad`."""
        self.x[...] = x
        for call in self._forward:
            call()
        value = loss.forward(self.y, target)
        self.dy[...] = loss.backward()
        for call in self._backward:
            call()
        return value


def stages_of(network: Sequential) -> list[tuple[Dense, Activation]]:
    """Return each Dense layer with its activation; an empty list if the network has other parts."""
    stages: list[tuple[Dense, Activation]] = []
    for layer in network.layers:
        if type(layer) is Dense:
            stages.append((layer, Identity()))
        elif (
            isinstance(layer, Activation)
            and not layer.PARAMETERS
            and stages
            and isinstance(stages[-1][1], Identity)
        ):
            stages[-1] = (stages[-1][0], layer)
        else:
            return []
    return stages


def fusible(network: Sequential, x: Array) -> bool:
    """Tell whether the network is Dense layers, each with one activation or none, and x fits it.

    A class of its own that passes the numbers on in its own way is not.
    """
    ways = ("forward", "backward", "accumulate")
    if any(getattr(type(network), way) is not getattr(Sequential, way) for way in ways):
        return False
    stages = stages_of(network)
    return bool(stages) and x.size > 0 and x.shape[1:] == (stages[0][0].n_in,)


def _product(a: Array, b: Array, out: Array) -> Call:
    return partial(kernels.contraction(a, b), a, b, out=out)


def _by_layer(layer: Activation, x: Array, dx: Array) -> tuple[Calls, Calls]:
    """Any activation: by its own forward and backward."""

    def forward() -> None:
        x[...] = layer.forward(x.copy(order="K"))

    def backward() -> None:
        dx[...] = layer.backward(dx)

    return [forward], [backward]


def _identity(layer: Activation, x: Array, dx: Array) -> tuple[Calls, Calls]:
    return [], []


def _tanh(layer: Activation, x: Array, dx: Array) -> tuple[Calls, Calls]:
    """x ← tanh x, as `kernels.tanh` has it;  dx ← dx − x² dx."""
    if kernels.NATIVE:
        forward: Calls = [partial(np.tanh, x, x)]
    else:
        one, minus_two = np.array(1, x.dtype), np.array(-2, x.dtype)
        forward = [
            partial(np.add, x, x, x),
            partial(np.exp, x, x),
            partial(np.add, x, one, x),
            partial(np.divide, minus_two, x, x),
            partial(np.add, x, one, x),
        ]
    return forward, [
        partial(np.multiply, x, x, x),
        partial(np.multiply, x, dx, x),
        partial(np.subtract, dx, x, dx),
    ]


def _sigmoid(layer: Activation, x: Array, dx: Array) -> tuple[Calls, Calls]:
    """x ← σ(x);  dx ← x (1 − x) dx."""
    one, scratch = np.array(1, x.dtype), np.empty_like(x)

    def forward() -> None:
        x[...] = kernels.sigmoid(x)

    return [forward], [
        partial(np.subtract, one, x, scratch),
        partial(np.multiply, x, scratch, x),
        partial(np.multiply, dx, x, dx),
    ]


def _relu(layer: Activation, x: Array, dx: Array) -> tuple[Calls, Calls]:
    """m ← [x > 0];  x ← m x;  dx ← m dx.  Why the long way to m: see `kernels`."""
    zero, m, positive = np.array(0, x.dtype), np.empty_like(x), np.empty_like(x, bool)
    return [
        partial(np.greater, x, zero, positive),
        partial(np.copyto, m, positive.view(np.uint8)),
        partial(np.multiply, x, m, x),
    ], [partial(np.multiply, dx, m, dx)]


IN_PLACE: dict[type[Activation], Callable[[Activation, Array, Array], tuple[Calls, Calls]]] = {
    Identity: _identity,
    Tanh: _tanh,
    Sigmoid: _sigmoid,
    ReLU: _relu,
}
"""The activations that have their own way; every other goes by its layer."""
