"""What the article on dropout computes behind the scenes, heading by heading."""

from itertools import product

import numpy as np

from games.regularise.where_it_wavers.nets import GRID, learned
from pycore import activations, data, layers, losses, models, optimizers, thinning, training
from pycore.activations import softmax

# %% every-step-another
p = 0.4

# %% mask-and-scale
x, w = np.array([0.5, 2.0, -1.0, 1.5]), np.array([1.0, 0.5, 2.0, -1.0])
b, target = 1.3, 0.5
masks = np.array(list(product((0.0, 1.0), repeat=4)))
chance = np.prod(np.where(masks == 1, 1 - p, p), axis=1)
sums = masks @ (w * x) / (1 - p)

# %% thinned-ensemble
W, c = np.random.default_rng(4).normal(size=(4, 3)), np.array([0.2, -0.4, 0.0])
scores = (masks * x / (1 - p)) @ W + c
shares = softmax(scores)

# %% it-wavers
slopes, shifts = np.array([1.0, -1.0, 2.0, -0.5]), np.array([0.5, 0.3, -1.0, 1.0])
deep = learned("gap", 2, 55).spread ** 2
