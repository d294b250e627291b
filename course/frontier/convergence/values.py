"""What the first part of the lesson on convergence computes behind the scenes, by heading."""

import numpy as np

from pycore.optimizers import SGD

c = np.array([1.0, 9.0])
p = np.array([0.3, 0.1])


def slope(p):
    """Its gradient."""
    return c * np.tanh(p)


def walked(optimizer, slope, start, steps):
    """Where an optimizer comes after each step, the start first."""
    theta, path = np.array(start, float), [np.array(start, float)]
    for _ in range(steps):
        optimizer.step(theta, slope(theta))
        path.append(theta.copy())
    return np.array(path)


# %% speed-limit
bend = 10.0
tries = {rate: walked(SGD(rate), lambda w: bend * w, [1.0], 5)[:, 0] for rate in (0.05, 0.19, 0.21)}

# %% descent-lemma
L = 9.0
q = np.array([0.2, -0.4])
g = slope(p)

# %% one-over-t
best = np.zeros(2)
start = np.array([20.0, 0.5])

# %% strongly-convex
mu, M = 1.0, 10.0
