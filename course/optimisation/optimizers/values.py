"""What the article on optimisers computes behind the scenes, a cell for each heading."""

from dataclasses import replace

import numpy as np

from games.optimisation.the_lineage.scenes import RATES, SCENES, Racer, tuned
from games.ui.numbers import short
from pycore import optimizers


def ends(scene):
    """What is left of the loss for the ancestor and for the heir, both tuned."""
    return [tuned(scene)[kind][0] for kind in SCENES[scene].kinds]


def times(scene):
    """How many times as much the loser of a race has left."""
    low, high = sorted(ends(scene))
    return high / low


def further(scene, kind, settings, make=None):
    """What is left at best with settings that the game does not try, by `make(rate, setting)`."""
    at = SCENES[scene] if isinstance(scene, str) else scene
    left = []
    for setting in settings:
        for rate in RATES:
            racer = Racer(at, kind, rate, setting)
            if make:
                racer.optimizer = make(rate, setting)
            left.append(racer.run().end)
    return min(left)


# %% speed-and-scale
g = np.array([1.0, 3.0, 2.0, 2.5, 0.5, 1.5])

# %% running-average
β = 0.9
noise_at = {beta: np.sqrt((1 - beta) / (1 + beta)) for beta in (0.9, 0.99)}
half_at = {beta: np.log(0.5) / np.log(beta) for beta in (0.9, 0.99)}

# %% adams-step
rng = np.random.default_rng(0)
gradients = rng.normal(1.0, 2.0, 50)
surprise = {beta2: (1 - 0.9) / np.sqrt(1 - beta2) for beta2 in (0.95, 0.999)}

# %% decay-apart
θ, η, λ = 2.0, 0.01, 0.1
slope = 0.7

# %% sign-steps
H = np.array([[1.0, 0.4], [0.4, 3.0]])
place = np.array([2.0, -1.0])
other = np.array([-0.1, 0.09])
shorter = further(
    "steep-then-flat-sign", "adam", [0.9], lambda rate, beta2: optimizers.Adam(rate, beta2=beta2)
)

shorter_memory = shorter / ends("steep-then-flat-sign")[1]

# %% without-schedule
noise = np.random.default_rng(0).normal(size=60)
averaged = ends("noise-without-end")[1]
falling = further(replace(SCENES["noise-without-end"], falls=True), "sgd", [0.0])

# %% muon-step
G = np.random.default_rng(1).normal(size=(4, 4)) @ np.diag([5.0, 2.0, 0.6, 0.2])
turn, _, other_turn = np.linalg.svd(G)
Q = turn @ np.diag([1.0, 1.0, 1.0, -1.0]) @ other_turn
s = np.geomspace(0.004, 1, 4000)
for _ in range(5):
    s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5

# %% optimisers-tuned
told = {
    scene: [short(left, 1) for left in ends(scene)]
    for scene in ("nearly-round", "long-valley-ahead", "straight-valley")
}
FINER = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
round_ball = further("nearly-round", "momentum", FINER)
long_ball = further("long-valley-ahead", "momentum", FINER)
long_ahead = further("long-valley-ahead", "nesterov", FINER)
calm = further("noisy-valley", "rmsprop", [0.999], optimizers.RMSProp)
half = further(
    "straight-valley", "adam", [0.5], lambda rate, beta1: optimizers.Adam(rate, beta1=beta1)
)

# %% optimisers-cannot
wrong = {}
rules = {
    "Adam": lambda: optimizers.Adam(0.01, beta1=0.0, beta2=0.9),
    "AMSGrad": lambda: optimizers.AMSGrad(0.01, beta1=0.0, beta2=0.9),
    "long": lambda: optimizers.Adam(0.01, beta1=0.0, beta2=0.999),
}
draws = np.array([np.random.default_rng(seed).random(3000) for seed in range(50)])
slopes = np.where(draws < 0.02, 101.0, -1.0)
for name, make in rules.items():
    at, rule = np.zeros(len(slopes)), make()
    for gradients in slopes.T:  # of all the runs at once: each has its own entry
        rule.step(at, gradients)
        np.clip(at, -1, 1, out=at)
    wrong[name] = int((at > 0).sum())
