"""Losses that compare: what belongs together scores high, what does not scores low.

Examples:
    >>> from pycore.contrastive import ContrastiveMargin
    >>> import numpy as np
    >>> distances, together = np.array([[0.1], [0.1], [2.0]]), np.array([[1], [0], [0]])
    >>> loss = ContrastiveMargin()
    >>> round(loss.forward(distances, together), 3)
    0.273
    >>> loss.backward().ravel().round(3)  # those apart, but near, are pushed away
    array([ 0.067, -0.6  ,  0.   ])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.activations import sigmoid
from pycore.arrays import Array, within
from pycore.losses import Loss, refuse_targets, require_signs


class NegativeSampling(Loss):
    """L = mean over the batch of −Σ log σ(t y): the skip-gram loss on dot products.

    Shapes: scores y (batch, 1 + negatives), t the same, 1 for the word seen and −1 for words drawn
    → one number. dL/dy = −t σ(−t y) / batch.

    Source: Mikolov et al., Distributed representations of words and phrases, 2013.
    """

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return scores and signs."""
        shape = rng.integers(1, 6, size=2)
        return cls(), rng.normal(size=shape), rng.choice([-1.0, 1.0], shape)

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse all but −1 and 1."""
        require_signs("NegativeSampling", target, ", 1 for the word seen")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of −Σ log σ(t y)."""
        self.t = self.matched(y, target)
        self.ty = self.t * y
        return float(np.logaddexp(0.0, -self.ty).sum()) / len(y)

    def backward(self) -> Array:
        """Return −t σ(−t y) / batch."""
        return np.asarray(-self.t * sigmoid(-self.ty) / len(self.t))


class ContrastiveMargin(Loss):
    """L = mean of d² for pairs that belong together, max(0, margin − d)² for the others.

    Shapes: distances d (batch, 1), t the same, 1 for a pair that belongs together, else 0 → one
    number. dL/dd = 2 t d / n − 2 (1 − t) max(0, margin − d) / n.

    Source: Hadsell et al., Dimensionality reduction by learning an invariant mapping, 2006.
    """

    def __init__(self, margin: float = 1.0) -> None:
        within("ContrastiveMargin", margin=margin)
        self.margin = margin

    @classmethod
    def example(cls, rng: np.random.Generator) -> tuple[Loss, Array, npt.NDArray[Any]]:
        """Return distances and whether they belong together."""
        shape = (rng.integers(1, 6), 1)
        return cls(), rng.uniform(0.1, 2, shape), rng.choice([0.0, 1.0], shape)

    def require(self, target: npt.NDArray[Any]) -> None:
        """Refuse all but 0 and 1."""
        fits = (target == 0) | (target == 1)
        refuse_targets("ContrastiveMargin", target, fits, "0 and 1, 1 for what belongs together")

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return the mean of t d² + (1 − t) max(0, margin − d)²."""
        t = self.matched(y, target)
        self.pull, self.push = t * y, (1 - t) * np.maximum(self.margin - y, 0)
        return float((self.pull * y + self.push * (self.margin - y)).sum()) / y.size

    def backward(self) -> Array:
        """Return 2 (t d − (1 − t) max(0, margin − d)) / n."""
        return np.asarray(2 * (self.pull - self.push) / self.pull.size)
