"""What part 2 of Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import convolution, images
from pycore.convolution import Flatten
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.models.vision import cnn
from pycore.optimizers import Adam
from pycore.training import Trainer


def shifted(x, dots):
    """The pictures further to the right, blank at their left."""
    moved = np.zeros_like(x)
    moved[:, :, dots:] = x[:, :, : x.shape[2] - dots]
    return moved


def learned(kind, seed=0):
    """How many parameters, and the share of 500 new digits read when moved by 0, 1, 2, 3 dots."""
    x, y = images.glyphs(400, 0.1, seed, size=12)
    x_new, y_new = images.glyphs(500, 0.1, 99, size=12)
    x, x_new = x.astype(np.float32), x_new.astype(np.float32)
    if kind == "cnn":
        network = cnn(12, [1, 6, 12], [40, 10], seed, dtype=np.float32)
    else:
        network = Sequential(Flatten(), *mlp([144, 68, 10], seed, dtype=np.float32))
    rng = np.random.default_rng(seed)
    trainer = Trainer(network, CrossEntropy(), Adam(0.005), x, y, 50, rng)
    for _ in range(100):
        trainer.step()
    return network.size(), [accuracy(network.forward(shifted(x_new, n)), y_new) for n in range(4)]


size, right = {}, {}
for kind in ("dense", "cnn"):
    size[kind], right[kind] = learned(kind)

# %% convolution
x = np.array([[0, 0, 1, 1, 1], [0, 0, 1, 1, 1], [0, 0, 1, 1, 1]], float)
k, b = np.array([[-1.0, 0.0, 1.0]] * 3), 0.0
layer = convolution.Conv2D(1, 1, 3, rng=np.random.default_rng(0))
layer.W[:, :, 0, 0], layer.b[:] = k, b
y = layer.forward(x[None, :, :, None])[0, :, :, 0]

# %% padding-stride
n, k, p, s = 32, 3, 1, 2
conv = convolution.Conv2D(1, 1, k, stride=s, padding=p, rng=np.random.default_rng(0))


def size_after(n, k, p=0, s=1):
    return (n + 2 * p - k) // s + 1
