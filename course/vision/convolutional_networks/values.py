"""What the article on convolutional networks computes behind the scenes, heading by heading."""

import numpy as np

from games.vision.read_my_digit.game import aside, digits, reader
from pycore import convolution, images, initializers, layers, losses, metrics, optimizers, training
from pycore.convolution import Conv2D
from pycore.metrics import accuracy
from pycore.models import vision

rng = np.random.default_rng(0)
(x_learn, y_learn), (x_new, y_new) = digits(400, 0), digits(500, 2)


def mixed(x):
    """Every picture with its dots in the same other order."""
    order = np.random.default_rng(0).permutation(144)
    return x.reshape(-1, 144)[:, order].reshape(-1, 12, 12)


def read(network, x):
    """The share of the new digits, changed or not, that a network reads."""
    return accuracy(network.forward(x[..., None]), y_new)


# %% shuffle-puzzle
lenet = reader("cnn", 0, x_learn, y_learn).run().network
dense = reader("dense", 0, x_learn, y_learn).run().network

# %% sharing
x = np.array([0.2, 0.9, 1.0, 0.4, 0.0, 0.7, 0.3, 0.8])
k = np.array([-1.0, 0.5, 2.0])
d = np.array([1.0, -2.0, 0.5, 0.0, 1.5, -1.0])
first, second = Conv2D(1, 6, 5, rng=0), Conv2D(6, 12, 5, rng=0)
shared = np.array([[k[j - i] if 0 <= j - i < 3 else 0.0 for j in range(8)] for i in range(6)])

# %% moving-along
S = np.roll(np.eye(12), 1, axis=0)
drawn = np.array([0, 0, 0, 1, 3, 2, 0, 0, 0, 0, 0, 0.0])
edge = np.array([-1.0, 0.0, 1.0])
right = {
    kind: [read(network, aside(x_new, dots)) for dots in range(4)]
    for kind, network in (("cnn", lenet), ("dense", dense))
}
kept = aside(x_new, 3).sum(axis=(1, 2)) == x_new.sum(axis=(1, 2))
of_kept = accuracy(lenet.forward(aside(x_new, 3)[kept][..., None]), y_new[kept])

# %% shuffled-pictures
mixed_lenet = reader("cnn", 0, mixed(x_learn), y_learn).run().network
mixed_dense = reader("dense", 0, mixed(x_learn), y_learn).run().network
of_mixed = {"cnn": read(mixed_lenet, mixed(x_new)), "dense": read(mixed_dense, mixed(x_new))}
