"""A graph network finds each node's group: `python -m pycore.recipes.communities`.

Of 90 nodes 30 are told their group. On the others, over ten graphs, the accuracy is 0.94 (0.77 to
0.98); a network that looks at each node alone gets 0.57 (0.35 to 0.72), for its own numbers are
blurred by noise.
"""

from __future__ import annotations

import numpy as np

from pycore import graph_data
from pycore.arrays import Array, Integers
from pycore.layers import Sequential
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.models.gnn import gnn, node_pass
from pycore.optimizers import AdamW

NODES, GROUPS, NOISE = 90, 3, 1.0
KNOWN = 30
"""Nodes whose group is told."""
SIZES = (GROUPS, 8, GROUPS)
STEPS, RATE, DECAY = 60, 0.02, 0.05

Graph = tuple[Array, Integers, Integers]


def graph(rng: np.random.Generator) -> Graph:
    """Return x (NODES, GROUPS), edges (count, 2), y (NODES,): x alone says little of y."""
    return graph_data.communities(NODES, NOISE, rng, GROUPS, inside=0.3, across=0.02)


def train(hears: bool = True, steps: int = STEPS, seed: int = 0) -> tuple[Sequential, Graph]:
    """Return the network after so many steps, and the graph; the first KNOWN nodes are learnt from.

    With `hears` False it is an `mlp`, which looks at each node for itself.
    """
    rng = np.random.default_rng(seed)
    x, edges, y = graph(rng)
    network = gnn(SIZES, edges, rng) if hears else mlp(SIZES, rng)
    optimizer = AdamW(RATE, weight_decay=DECAY)
    for _ in range(steps):
        network.zero_grad()
        node_pass(network, x, y, np.arange(KNOWN))
        optimizer.step(network.theta, network.grad)
    return network, (x, edges, y)


def judge(hears: bool, seed: int = 0, steps: int = STEPS) -> float:
    """Return the accuracy on the nodes whose group was not told."""
    network, (x, _, y) = train(hears, steps, seed)
    return accuracy(network.forward(x)[KNOWN:], y[KNOWN:])


if __name__ == "__main__":
    for hears in (True, False):
        found = [judge(hears, seed) for seed in range(10)]
        name = "hearing its neighbours" if hears else "each node alone"
        print(f"{name}: accuracy {np.mean(found):.2f}, from {min(found):.2f} to {max(found):.2f}")
