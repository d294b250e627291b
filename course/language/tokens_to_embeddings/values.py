"""What the article on embeddings computes behind the scenes, heading by heading."""

import numpy as np

from games.language._words import (
    CELLS,
    bags,
    company,
    fitted,
    new_learner,
    recalls,
    sentence_vectors,
    sentences,
    trained,
    vocabulary,
)
from pycore import gradient_check, layers, optimizers, search
from pycore.activations import sigmoid, softmax

names = vocabulary()
unit = trained(0)
cat, dog, sleeps = names.index("cat"), names.index("dog"), names.index("sleeps")

# %% looking-up
W = np.array(
    [[0.9, 0.1, -0.4], [0.8, 0.2, -0.5], [-0.3, 0.7, 0.2], [-0.2, 0.8, 0.1], [0.1, -0.6, 0.9]]
)
x = 3
dy = np.array([0.5, -1.0, 0.25])
large = 50257 * 768

# %% company
pairs, often = company()
met = np.zeros((len(names), len(names)))
np.add.at(met, (pairs[:, 0], pairs[:, 1]), 1)
w, c = np.array([0.4, 0.9]), np.array([1.0, 0.2])
d = np.array([[-0.3, 0.8], [0.7, 0.6]])
noise = often**0.75 / (often**0.75).sum()
table, under = names.index("table"), names.index("under")
n, n_w, P, k = met[table, under], met[table].sum(), noise[under], 5


def loss_of_w():
    """The loss of one pair and two drawn words."""
    return np.logaddexp(0, -w @ c) + np.logaddexp(0, d @ w).sum()


best = np.log(n / (k * n_w * P))
share_w, share_c, share_both = n_w / met.sum(), met[:, under].sum() / met.sum(), n / met.sum()
matches = {size: np.corrcoef(*fitted(size))[0, 1] for size in (2, 8, 16)}
never = met.size - int((met > 0).sum())

# %% one-table-for-both
h = np.array([0.6, -0.2, 0.3])
p = softmax(h @ W.T)


def loss_of_table():
    """The loss where token x should come."""
    return -np.log(softmax(h @ W.T)[x])


# %% finding-neighbours
a, b = unit[cat], unit[sleeps]
N = len(bags()) - 1
K, looks = np.arange(1.0, N), 1
points = sentence_vectors()
centres = search.k_means(points, CELLS, rng=0)
sizes = np.bincount(search.InvertedFile(points, centres).cells, minlength=CELLS).astype(float)
measured = recalls()
θ = 0.3 * np.pi

# %% embeddings-cannot
learner = new_learner(np.random.default_rng(0))
for _ in range(300):
    learner.step()
own, other = learner.network.theta.reshape(2, len(names), -1)
stretch = np.array([10.0] + [1.0] * (own.shape[1] - 1))


def first_neighbours(vectors):
    """The nearest word of each, by the cosine."""
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.argmax(rows @ rows.T - 2 * np.eye(len(rows)), axis=1)


changed = int((first_neighbours(own) != first_neighbours(own * stretch)).sum())
C = np.array([[0.2, -0.5, 0.4], [0.7, 0.1, -0.2]])
D = np.array([10.0, 1.0, 1.0])
