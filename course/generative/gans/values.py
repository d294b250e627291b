"""What the article on GANs computes behind the scenes, a cell for each heading that needs one."""

import numpy as np

from games.generative.gan_tug_of_war.game import JUDGED
from pycore import models
from pycore.models import gan as gans
from pycore.recipes.gan import APART, STEPS, WIDTH

# %% best-judge
p = np.array([0.5, 0.25, 0.25, 0.0])
q = np.array([0.0, 0.25, 0.25, 0.5])
a, b = 0.4, 0.1

# %% no-overlap
real = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
near = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
far = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
x = np.arange(7.0)
some = np.array([0.3, 0.3, 0.2, 0.2, 0.0, 0.0, 0.0])
others = np.array([0.4, 0.0, 0.0, 0.1, 0.1, 0.1, 0.3])

# %% held-slope
between = np.random.default_rng(0).normal(size=(4, 2))
network = models.mlp([2, 3, 1], 1)
network.pack()


def penalty():
    """What the network pays, as the formula says it."""
    slopes = network.backward(np.ones_like(network.forward(between)))
    return float(10 * ((np.linalg.norm(slopes, axis=1) - 1) ** 2).mean())


# %% mode-collapse
answers = np.array([0.2, 0.7, 0.4, 0.6])

# %% style-gan
features = np.random.default_rng(2).normal(3.0, 2.0, 5)
