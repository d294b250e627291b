"""What the article on diffusion computes behind the scenes, a cell for each heading."""

import math

import numpy as np

from games.generative.back_from_noise.game import NOISING
from pycore.recipes import latent

# %% drowning
betas = NOISING.beta
last = NOISING.alpha_bar[-1]
rng = np.random.default_rng(0)
x_0, noises = rng.normal(size=5), rng.normal(size=(3, 5))

# %% noise-arrows
left = 0.5
crossing = math.erfc(math.sqrt(0.5)) / 2
place = np.array([0.3])


def log_density():
    """Of two equal bells at −1 and 0.8 with the spread 0.2, half drowned."""
    mu, v = np.array([-1.0, 0.8]), left * 0.04 + 1 - left
    bells = np.exp(-((place[0] - np.sqrt(left) * mu) ** 2) / (2 * v))
    return float(np.log(bells.mean()))


def log_wish():
    """How likely it is of the bell at 0.8."""
    mu, v = np.array([-1.0, 0.8]), left * 0.04 + 1 - left
    bells = np.exp(-((place[0] - np.sqrt(left) * mu) ** 2) / (2 * v))
    return float(np.log(bells[1] / bells.sum()))


# %% jumps-and-dice
islands = np.array([[-1.4, 0.8], [1.4, 0.8], [-1.4, -0.8], [1.4, -0.8], [0.0, 0.0]])

# %% latent-diffusion
code, dots, made = latent.CODE, latent.DOTS, latent.MADE
drawn, slanted, diffused, real = latent.distances()

# %% diffusion-cannot
noise = np.random.default_rng(0).normal(size=(20, 2))
