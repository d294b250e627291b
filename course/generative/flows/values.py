"""What the article on normalising flows computes behind the scenes, heading by heading."""

import numpy as np

from pycore import data, flow_matching, flows, models, optimizers, training
from pycore.recipes.flow import in_the_hole, judge, ring, train


def ring_density(r):
    """How dense the ring is so far from its middle."""
    return np.exp(-(r**2 + 1) / 0.02) * np.i0(r / 0.01) / (0.02 * np.pi)


# %% stretching
five = np.array([-2.4, -0.8, 0.0, 0.8, 2.4])

# %% areas
a, b, c, d = 1.5, 0.4, -0.3, 0.8
weights = 0.7 * np.random.default_rng(0).normal(size=36)
corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])

# %% couplings
x = np.array([[0.3, -0.8, 1.1, 0.5]])
weights = 0.7 * np.random.default_rng(0).normal(size=92)

# %% exact-likelihood
STEPS, POINTS = 600, 10_000
learnt = train("ring", STEPS)
nats, error = judge(learnt, "ring", POINTS)
hole = in_the_hole(learnt)
side = np.arange(-4, 4, 0.02) + 0.01
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
whole = float(np.exp(learnt.log_density(grid)).sum() * 0.02**2)
r = np.linalg.norm(grid, axis=1)
true = ring_density(r)
true_hole = float(true[r < 0.6].sum() * 0.02**2)
there = true > 0
entropy = -float((true[there] * np.log(true[there])).sum() * 0.02**2)
some = np.linalg.norm(ring(1000, np.random.default_rng(1)), axis=1)
lucky = -float(np.log(ring_density(some)).mean())
p, q = np.array([0.5, 0.25, 0.25]), np.array([0.4, 0.4, 0.2])

# %% many-steps
V = np.array([[0.6, 0.9], [0.4, -0.2]])
h = 0.1

# %% flow-matching
t, place = 0.4, 0.5
u, w = np.array([3.0, -1.0, 0.5]), np.array([0.5, 0.3, 0.2])
