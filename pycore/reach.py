"""How far back a recurrent layer feels: Jacobians through time, and the bound on them.

Examples:
    >>> import numpy as np
    >>> from pycore.reach import felt
    >>> from pycore.recurrent import RNN
    >>> layer, x = RNN(1, 1, rng=0), np.zeros((4, 1))
    >>> layer.Wx[:], layer.Wh[:] = 1, 0.5
    >>> felt(layer, x)  # h stays 0, where tanh has slope 1: each step back halves
    array([0.125, 0.25 , 0.5  , 1.   ])
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Array, ShapeError, above_zero, below_one, counted, floats
from pycore.recurrent import RNN, Recurrent


def jacobians(layer: Recurrent, x: Array) -> Array:
    """Return ∂h_T/∂x_t of one sequence, for every t.

    Shapes: x (time, n_in) → (time, n, n_in), row i being the gradient of the i-th number of h_T.

    The sequence is read once for each number of the state, so that one backward pass gives all
    rows; what that pass adds to the layer's gradients is taken away again.
    """
    x = floats(x).astype(np.float64)
    if x.ndim != 2 or x.shape[1] != layer.n_in or x.size == 0:
        raise ShapeError(
            f"jacobians of {layer}: x has shape {x.shape}; "
            f"allowed: (time, {layer.n_in}), every dimension at least 1"
        )
    before = [grad.copy() for _, _, grad in layer.parameters()]
    dy = np.zeros((layer.n, len(x), layer.n))
    dy[:, -1] = np.eye(layer.n)
    layer.forward(np.broadcast_to(x, (layer.n, *x.shape)))
    dx = layer.backward(dy)
    for (_, _, grad), was in zip(layer.parameters(), before, strict=True):
        grad[...] = was
    return dx.transpose(1, 0, 2)


def felt(layer: Recurrent, x: Array) -> Array:
    """Return ‖∂h_T/∂x_t‖ for every t: how much h of the last step still feels each item.

    Shapes: x (time, n_in) → (time,). The norm is that of all entries, √(Σ squares).

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks,
    2013.
    """
    return np.asarray(np.sqrt((jacobians(layer, x) ** 2).sum(axis=(1, 2))))


def reach(sizes: Array, share: float = 0.01) -> int:
    """Return how many steps back `sizes`, of `felt`, first falls below a share of its last.

    It is the number of steps there are where it never does.
    """
    sizes = floats(sizes)
    if sizes.ndim != 1 or sizes.size == 0:
        raise ShapeError(f"reach: sizes have shape {sizes.shape}; allowed: (time,), at least one")
    above_zero("reach", share=share)
    below_one("reach", share=share)
    below = np.flatnonzero(sizes[::-1] < share * sizes[-1])
    return int(below[0]) if below.size else len(sizes)


def bound(layer: RNN, steps: int) -> Array:
    """Return σᵏ for k = 0 … steps: no Jacobian ∂h_T/∂h_{T−k} of an RNN stretches anything by more.

    Each step back multiplies by diag(1 − h²) Whᵀ; 1 − h² is at most 1, and σ, the largest singular
    value of Wh, is the most that Wh stretches anything.
    """
    counted("bound", steps=steps)
    largest = float(np.linalg.norm(layer.Wh, 2))
    return np.asarray(largest ** np.arange(steps + 1))
