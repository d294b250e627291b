"""Networks on the nodes of a graph, which learn from the few whose label is known.

Examples:
    >>> from pycore.graph_data import ring
    >>> from pycore.models.gnn import gnn
    >>> import numpy as np
    >>> network = gnn([3, 8, 2], ring(6), rng=0)
    >>> network.forward(np.ones((6, 3))).shape
    (6, 2)
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pycore.activations import ActivationLike, ReLU, named
from pycore.arrays import Array, DType, Integers, Seed, numbers, seeded
from pycore.graphs import Aggregate, MessagePassing
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.objectives import Objective


def gnn(
    sizes: Sequence[int],
    edges: npt.ArrayLike,
    rng: Seed,
    aggregate: Aggregate = "mean",
    activation: ActivationLike = ReLU,
    dtype: DType = np.float64,
) -> Sequential:
    """MessagePassing, activation, MessagePassing, …: each round, every node hears its neighbours.

    Shapes: (nodes, sizes[0]) → logits (nodes, sizes[-1]); edges (count, 2). With r rounds a node
    hears from all that are at most r edges away.

    Source: Hamilton et al., Inductive representation learning on large graphs, 2017.

    Raises:
        ValueError: there are fewer than two sizes.
    """
    rng = seeded(rng)
    if len(sizes) < 2:
        raise ValueError(f"gnn: sizes are {list(sizes)}; allowed: at least two")
    layers: list[Layer] = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers.append(MessagePassing(n_in, n_out, edges, aggregate, rng=rng, dtype=dtype))
        layers.append(named(activation)())
    return Sequential(*layers[:-1])


class NodeClassification(Objective):
    """L = mean of −log p_c over nodes whose label is known. All nodes are heard.

    Shapes: x (nodes, n), labels y (nodes,), known: the numbers of those that are learnt from. The
    objective's rows are places in `known`; the labels of the other nodes are not looked at.

    Source: Kipf and Welling, Semi-supervised classification with graph convolutional networks,
    2017.
    """

    def __init__(self, network: Layer, x: Array, y: Integers, known: Integers) -> None:
        x, y, known = (numbers("NodeClassification", given) for given in (x, y, known))
        super().__init__(network, len(known))
        self.x, self.y, self.known, self.loss = x, y, known, CrossEntropy()

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L over the known nodes, and leave its gradient in `network.grad`."""
        known, network = self.known if rows is None else self.known[rows], self.network
        network.zero_grad()
        logits = network.forward(self.x, training=True)
        value = self.loss.forward(logits[known], self.y[known])
        dy = np.zeros_like(logits)
        np.add.at(dy, known, self.loss.backward())
        network.accumulate(dy)
        return value
