"""What the article on optimisers computes behind the scenes, a cell for each heading."""

import numpy as np

from games.optimisation.the_lineage.scenes import SCENES, Racer, tuned
from pycore import optimizers


def power(x):
    """A loss as a power of ten."""
    return f"10^{int(np.floor(np.log10(x)))}"


def ends(scene):
    """What is left of the loss for the ancestor and for the heir, both tuned."""
    return [tuned(scene)[kind][0] for kind in SCENES[scene].kinds]


def times(scene):
    """How many times as much the loser of a race has left."""
    low, high = sorted(ends(scene))
    return high / low


def short(x):
    """A number to one digit, however small."""
    mantissa, exponent = f"{x:.0e}".split("e")
    return f"{mantissa}·10^{int(exponent)}" if abs(int(exponent)) > 3 else f"{x:.2g}"


# %% speed-and-scale
g = np.array([1.0, 3.0, 2.0, 2.5, 0.5, 1.5])

# %% running-average
β = 0.9

# %% adams-step
rng = np.random.default_rng(0)
gradients = rng.normal(1.0, 2.0, 50)

# %% decay-apart
θ, η, λ = 2.0, 0.01, 0.1
slope = 0.7

# %% sign-steps
H = np.array([[1.0, 0.4], [0.4, 3.0]])
place = np.array([2.0, -1.0])
other = np.array([0.1, -0.03])

# %% without-schedule
noise = np.random.default_rng(0).normal(size=60)

# %% muon-step
G = np.random.default_rng(1).normal(size=(4, 4)) @ np.diag([5.0, 2.0, 0.6, 0.2])
Q = np.linalg.qr(np.random.default_rng(2).normal(size=(4, 4)))[0]
s = np.geomspace(0.004, 1, 4000)
for _ in range(5):
    s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5

# %% optimisers-cannot
wrong = {}
rules = {
    "Adam": lambda: optimizers.Adam(0.01, beta1=0.0, beta2=0.9),
    "AMSGrad": lambda: optimizers.AMSGrad(0.01, beta1=0.0, beta2=0.9),
    "long memory": lambda: optimizers.Adam(0.01, beta1=0.0, beta2=0.999),
}
for name, make in rules.items():
    ends_at = []
    for seed in range(50):
        gradients = np.where(np.random.default_rng(seed).random(3000) < 0.02, 101.0, -1.0)
        at, rule = np.zeros(1), make()
        for gradient in gradients:
            rule.step(at, np.array([gradient]))
            np.clip(at, -1, 1, out=at)
        ends_at.append(float(at[0]))
    wrong[name] = sum(end > 0 for end in ends_at)
