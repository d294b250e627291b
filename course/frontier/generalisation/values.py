"""What the lesson on generalisation computes behind the scenes, a cell for each heading."""

import itertools

import numpy as np

from pycore import images, initializers
from pycore.losses import CrossEntropy, MeanSquaredError
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import SGD, Adam
from pycore.recipes import double_descent, grokking
from pycore.training import Trainer

X = np.array([[1.0, 2.0, 0.0, -1.0, 0.5], [0.5, -1.0, 1.5, 0.0, 1.0], [2.0, 0.5, -0.5, 1.0, 0.0]])
y = np.array([1.0, -2.0, 0.5])
n, p = X.shape
signs = np.array(list(itertools.product([-1.0, 1.0], repeat=n)))


def digits(count, seed):
    """The digits of Level 4: 12 by 12 dots, blurred by noise, and which they are."""
    pictures, which = images.glyphs(count, 0.25, np.random.default_rng(seed), size=12)
    return pictures.reshape(count, -1).astype(np.float32), which


def learned(pictures, labels, seed=0, steps=60):
    """Level 4's reader after some steps on these pictures with these labels."""
    trainer = Trainer(mlp([144, 64, 10], seed), CrossEntropy(), Adam(0.01), pictures, labels)
    for _ in range(steps):
        trainer.step()
    return trainer.network


def margins(network, pictures, labels):
    """By how much each right answer leads, over what the two layers can stretch at most."""
    scores = network.forward(pictures)
    rows = np.arange(len(labels))
    right = scores[rows, labels]
    scores[rows, labels] = -np.inf
    stretch = [np.linalg.norm(layer.W, 2) for layer in (network[0], network[-1])]
    return (right - scores.max(axis=1)) / np.prod(stretch)


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
SEEDS, PICTURES = 50, 100
seen, truth = digits(PICTURES, 0)
honest, fooled, leads = [], [], []
for seed in range(SEEDS):
    random_labels = np.random.default_rng(seed).integers(0, 10, PICTURES)
    pair = []
    for kept, labels in ((honest, truth), (fooled, random_labels)):
        network = learned(seen, labels, seed, 40)
        scores = network.forward(seen), network.forward(new)
        kept.append((accuracy(scores[0], labels), accuracy(scores[1], which)))
        pair.append(np.median(margins(network, seen, labels)))
    leads.append(pair)
honest, fooled, leads = np.array(honest), np.array(fooled), np.array(leads)

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
K = X @ X.T
U, s, Vt = np.linalg.svd(X, full_matrices=False)
smallest = X.T @ np.linalg.solve(K, y)

# %% threshold
w0 = np.array([0.5, -1.0, 0.8, 0.3, -0.6])
sigma = 0.5

# %% ridge
lam = 4.0

# %% over-time
four = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
speeds, true = np.array([1.0, 0.1]), np.array([0.4, 1.5])
H = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]) * np.sqrt(speeds)
signal = np.array([0.2 / 50] * 50 + [0.6 / 5] * 5)
pace = 1 - 0.05 * np.array([1.0] * 50 + [0.001] * 5)

# %% flatness
a, b = 0.5, 2.0
x = np.array([-1.0, 0.4, 1.0, 2.0])

# %% lazy
WIDTHS = (16, 64, 256, 1024)
ten = np.random.default_rng(0).normal(size=(10, 10))
sides = np.array([1.0, -1.0] * 5)[:, None]


def slopes(network):
    """For each example the slope of the output by every weight: a row of the tangent features."""
    rows = []
    for example in ten:
        network.grad[...] = 0
        network.forward(example[None])
        network.backward(np.ones((1, 1)))
        rows.append(network.grad.copy())
    return np.array(rows)


def moved(start, width, seed):
    """By what share the tangent kernel changes until the ten answers are learned."""
    network = mlp([10, width, 1], seed, weights=start)
    G = slopes(network)
    before = G @ G.T
    rate = len(ten) / np.linalg.eigvalsh(before)[-1] / 2
    trainer = Trainer(network, MeanSquaredError(), SGD(rate), ten, sides)
    while trainer.step() > 0.01:
        pass
    G = slopes(network)
    return np.linalg.norm(G @ G.T - before) / np.linalg.norm(before)


def outer_share(width, seed):
    """The share of the kernel's diagonal at LeCun's start that comes from the output's weights."""
    G = slopes(mlp([10, width, 1], seed, weights=initializers.lecun_normal)) ** 2
    return G[:, -width - 1 :].sum() / G.sum()


outer = np.mean([outer_share(WIDTHS[3], seed) for seed in range(5)])
changes = {
    name: [np.mean([moved(start, width, seed) for seed in range(5)]) for width in WIDTHS]
    for name, start in (
        ("lecun", initializers.lecun_normal),
        ("xavier", initializers.xavier_uniform),
    )
}

# %% scaling
sizes = np.array([20, 40, 80, 160, 320, 640])
pool, pool_labels = digits(2560, 1)


def missing(count):
    """The share of new digits that readers of so many get wrong: a mean of four, or of two."""
    parts = [slice(k * count, (k + 1) * count) for k in range(min(4, len(pool) // count))]
    return np.mean(
        [
            1 - accuracy(learned(pool[part], pool_labels[part], k).forward(new), which)
            for k, part in enumerate(parts)
        ]
    )


errors = np.array([missing(count) for count in sizes])
steps_x, steps_y = np.log(sizes), np.log(errors)
power, level = np.polyfit(steps_x, steps_y, 1)
off = steps_y - power * steps_x - level
power_error = np.sqrt(off @ off / (len(sizes) - 2) / np.sum((steps_x - steps_x.mean()) ** 2))
predicted = float(np.exp(level) * 1280**power)
measured = missing(1280)

# %% grokking
GROKKED, LONG = 3, 400
decayed = [grokking.train(1.0, seed, LONG) for seed in range(GROKKED)]
free = [grokking.train(0.0, seed, LONG) for seed in range(GROKKED)]
by_heart = [grokking.first(run[:, 0], 1.0) for run in decayed]
understood = [grokking.first(run[:, 1], 0.95) for run in decayed]
never = sum(grokking.first(run[:, 1], 0.95) is None for run in free)
left_behind = float(np.mean([run[-1, 1] for run in free]))
