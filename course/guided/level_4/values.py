"""What part 1 of Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import images, layers
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.normalization import BatchNorm
from pycore.optimizers import SGD, Adam
from pycore.training import Trainer

# %% overfitting


def digits(n, seed):
    """Scribbled digits of 12 by 12 dots, blurred by noise, and which they are."""
    x, y = images.glyphs(n, 0.25, np.random.default_rng(seed), size=12)
    return x.reshape(n, -1), y


def learned(n, seed=0):
    """A network that has learned n digits, and the share right of those and of 500 new ones."""
    reader, (x, y), (x_new, y_new) = mlp([144, 64, 10], seed), digits(n, seed), digits(500, 99)
    trainer = Trainer(reader, CrossEntropy(), Adam(0.01), x, y)
    for _ in range(100):
        trainer.step()
    return reader, accuracy(reader.forward(x), y), accuracy(reader.forward(x_new), y_new)


counts = (10, 40, 160, 640)
readers, seen, fresh = zip(*map(learned, counts), strict=True)
reader = readers[0]

# %% regularisation
w, g, lr, decay = np.array([2.0, -1.0, 0.5]), np.array([0.0, 0.3, -0.4]), 0.1, 0.5
stepped = w.copy()
SGD(lr).step(stepped, g + decay * w)

# %% dropout
p, x = 0.4, np.array([0.5, 2.0, -1.0, 1.5, 0.8])
layer = layers.Dropout(p, rng=np.random.default_rng(2))
y = layer.forward(x, training=True)
m = (layer.mask > 0).astype(int)

drop = layers.Dropout(0.4, rng=np.random.default_rng(0))
drop.forward(np.ones((1, 10000)), training=True)

# %% batch-norm
x, gamma, beta = np.array([2.0, 4.0, 6.0, 8.0]), 1.5, 0.2
norm = BatchNorm(1)
norm.gamma[:], norm.beta[:] = gamma, beta
y = norm.forward(x[:, None], training=True)[:, 0]
column = x
