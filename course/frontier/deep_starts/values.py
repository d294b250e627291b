"""What the lesson on initialisation computes behind the scenes, a cell for each heading."""

import itertools

import numpy as np

from games.ui.numbers import short
from pycore import initializers, mean_field, random_networks

LAYERS, WIDTH, NARROW, HE = 50, 64, 32, np.sqrt(2)

# %% fifty-layers
fates = [(0.9, 0.9**50), (1.0, 1.0), (1.1, 1.1**50)]

fifty = {"layers": LAYERS, "width": NARROW, "networks": 50, "rng": 0}
three = {
    sigma_w: float(np.median(random_networks.returned("tanh", sigma_w, 0.2, **fifty)))
    for sigma_w in (0.8, 1.3, 2.4)
}

# %% forward
signs = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
x = np.array([0.5, -1.0, 2.0, 0.3])
h = np.array([-1.7, -0.4, -0.1, 0.1, 0.4, 1.7])

# %% backward
delta = np.array([0.2, -0.7, 0.1, 0.4])
widths = np.array([100.0, 400.0, 50.0, 200.0, 100.0])
gain = 1 / np.sqrt(mean_field.variance(1.0, 1.0, 0.0))

# %% mean-field
z = np.linspace(-8, 8, 129)
p = np.exp(-z * z / 2)
p = p / p.sum()
hand = mean_field.profile(4.0, 1.5, 0.3, 6)
squared = [mean_field.variance(q, 1.0, 0.0) for q in hand]
q_star = mean_field.fixed_point(1.5, 0.3)

# %% depth-scale
places = [(0.8, 0.3), (1.0, 0.1), (1.1, 0.1), mean_field.edge(0.2733), (1.5, 0.3), (2.5, 0.3)]
factors = [mean_field.chi(mean_field.fixed_point(*place), place[0]) for place in places]
reach = [mean_field.depth_scale(factor) for factor in factors]

# %% band
many = {"layers": LAYERS, "width": WIDTH, "networks": 200, "rng": 0}
relu = random_networks.squares("relu", HE, 0.0, **many)
low, high = mean_field.band(1.0, HE, 0.0, LAYERS, WIDTH, "relu")
relu_inside = int(np.sum((relu[:, -1] >= low[-1]) & (relu[:, -1] <= high[-1])))
below = int(np.sum(relu[:, -1] < 1))
tanh = random_networks.squares("tanh", 1.2, 0.1, **many)
t_low, t_high = mean_field.band(1.0, 1.2, 0.1, LAYERS, WIDTH)
tanh_inside = int(np.sum((tanh[:, -1] >= t_low[-1]) & (tanh[:, -1] <= t_high[-1])))
tanh_settled = float(mean_field.profile(1.0, 1.2, 0.1, LAYERS)[-1])

# %% isometry
rng = np.random.default_rng(0)
Q = initializers.orthogonal()((12, 12), rng)
u = rng.normal(size=12)
gaussian, turned = np.eye(12), np.eye(12)
for _ in range(20):
    gaussian = gaussian @ initializers.lecun_normal((12, 12), rng)
    turned = turned @ initializers.orthogonal()((12, 12), rng)
stretch = np.linalg.svd(gaussian, compute_uv=False)
wide = np.eye(100)
for _ in range(50):
    wide = wide @ initializers.lecun_normal((100, 100), rng)
stretches = np.linalg.svd(wide, compute_uv=False)
