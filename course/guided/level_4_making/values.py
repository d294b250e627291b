"""What part 3 of Level 4 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore.losses import BinaryCrossEntropy, MeanSquaredError
from pycore.models.autoencoders import autoencoder

# %% autoencoder
network = autoencoder([6, 4, 2], rng=0)
x = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
z = network[0].forward(x[None])[0]
x_hat = network[1].forward(z[None])[0]
loss = MeanSquaredError().forward(x_hat[None], x[None])

# %% gan
D, D_fake = np.array([0.9, 0.7, 0.6]), np.array([0.2, 0.4, 0.5])
answers = np.concatenate([D, D_fake])[:, None]
logits = np.log(answers / (1 - answers))
loss = BinaryCrossEntropy().forward(logits, np.array([[1.0]] * 3 + [[0.0]] * 3))
