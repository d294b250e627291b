"""What the first part of the lesson on generalisation computes behind the scenes, by heading."""

import numpy as np

from course.frontier.generalisation.shared import (
    PICTURES,
    SEEDS,
    K,
    U,
    Vt,
    X,
    digits,
    learned,
    pairs,
    random_labels,
    s,
    signs,
    y,
)
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import SGD, Adam
from pycore.recipes import double_descent
from pycore.training import Trainer

new, which = digits(1000, 99)

# %% old-bounds
throws = (signs[:4, 1:] + 1) / 2
parameters, pictures = mlp([144, 64, 10], 0).size(), 640
log_count = 32 * parameters * np.log(2)
promised = np.sqrt((log_count + np.log(1 / 0.05)) / (2 * pictures))
reader = learned(*digits(pictures, 0))
missed = 1 - accuracy(reader.forward(new), which)
enough = log_count + np.log(1 / 0.05)

# %% random-labels
seen, truth = digits(PICTURES, 0)
honest, fooled = (
    np.array(
        [
            (accuracy(reader.forward(seen), labels), accuracy(reader.forward(new), which))
            for reader, labels in found
        ]
    )
    for found in (
        [(pair[0], truth) for pair in pairs()],
        [(pair[1], random_labels(seed)) for seed, pair in enumerate(pairs())],
    )
)

# %% peak
FORTY = double_descent.COUNTS.index(40)
shown = [double_descent.COUNTS.index(count) for count in (5, 20, 40, 80, 400)]
tested, grown = double_descent.measure()
middle, lengths = (np.median(found, axis=0)[shown] for found in (tested, grown))
hard = np.median(double_descent.measure(waves=True)[0], axis=0)[shown]
at_forty = int(np.sum(tested.argmax(axis=1) == FORTY))
wins = int(np.sum(tested[:, -1] < tested[:, :3].min(axis=1)))

# %% which-solution
row, goal = np.array([3.0, 4.0]), 5.0
ways = {"gradient": [np.zeros(2)], "Adam": [np.zeros(2)]}
for name, optimizer in (("gradient", SGD(0.02)), ("Adam", Adam(0.02))):
    w = np.zeros(2)
    for _ in range(400):
        optimizer.step(w, (row @ w - goal) * row)
        ways[name].append(w.copy())

# %% minimum-norm
smallest = X.T @ np.linalg.solve(K, y)
