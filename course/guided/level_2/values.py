"""What Level 2 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from games.run import Run
from pycore import activations, layers, models
from pycore.activations import sigmoid

# %% layers
tanh = activations.tanh
X = np.array([[1.0, 0.5], [0.0, -1.0], [0.5, 0.5], [-1.0, 1.0]])
W = np.array([[0.6, -1.0, 0.3], [0.8, 0.4, -0.9]])
b = np.array([0.1, 0.0, -0.2])
Y = tanh(X @ W + b)
dense = layers.Dense(2, 3, rng=np.random.default_rng(0))
dense.W[:], dense.b[:] = W, b

# %% parameters
rng = np.random.default_rng(0)


def count(*sizes):
    return models.mlp(sizes, rng).size()


# %% xor
rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
H1 = sigmoid(40.0 * rows.sum(axis=1) - 20)
H2 = sigmoid(40.0 * rows.sum(axis=1) - 60)
out = sigmoid(40 * H1 - 40 * H2 - 20)

# %% init-true-story


def race(depth, limit):
    """The last loss of each runner, in the very race that the link below opens."""
    run = Run("init-race", 2, {"depth": depth, "limit": limit})
    run.send(["guess", "zero-large-balanced"])  # a race begins with one
    run.send(["train"])
    while run.tick():
        pass
    last = [runner.now.loss for runner in run.state.runners]
    return dict(zip(("zero", "too large", "balanced"), last, strict=True))


deep, flat8, flat3 = race("deep", 8), race("shallow", 8), race("shallow", 3)

# Who ended lower at each seed, L (too large) or b (balanced), and z where balanced did and zero,
# too, ended lower than too large: `python -m tests.unit.course.races` prints it.
WINNERS = {
    "deep-8": "bbbbbbbbbbbbzbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbzbbbbbbbbbbbbbbb",
    "deep-3": "bbbbbbbbbbLbbbbbbbbbbbbLbLbLLbbbbbbbLbLbbLbbbbbbbLLbbbbLbbbb",
    "shallow-8": "bLLLLLLLbbLLbbbbbbbbbbbbbLbbbbbLbbbbbbbbbbbbbbbbLLbbbbbbbLbb",
    "shallow-3": "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLbLLLLLLLLLLLLbLLLLL",
}


def large(race):
    """How often the start that is too large beat the balanced one."""
    return f"{WINNERS[race].count('L')} of {len(WINNERS[race])}"


def behind_zero(race):
    """How often the start that is too large ended behind even the zeros."""
    return WINNERS[race].count("z")


n_in, n_out = 8, 8
a = np.sqrt(6 / (n_in + n_out))
