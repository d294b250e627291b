"""What the part on noise and Adam computes behind the scenes, by heading."""

import numpy as np

from pycore.optimizers import Adam, AdamW, AMSGrad

# %% noise
lam, sigma, step = 1.0, 1.0, 0.1
floor = step * sigma**2 / (lam * (2 - step * lam))
rng = np.random.default_rng(0)
w = np.full(4000, 3.0)
for _ in range(400):
    w -= step * (lam * w + rng.normal(0, sigma, 4000))
spread = float(np.mean(w**2))
noise = np.random.default_rng(1).normal(0, sigma, (4000, 100))
xi = noise[0]
v = np.full(4000, 3.0)
for t in range(1, 101):
    v = v - 1 / (lam * t) * (lam * v + noise[:, t - 1])
fading = float(np.mean(v**2))

# %% adam
uncorrected = (1 - 0.9) / np.sqrt(1 - 0.999)
first_steps = np.arange(1, 1001)
too_long = (1 - 0.9**first_steps) / np.sqrt(1 - 0.999**first_steps)


def two_weights(optimizer, inside):
    """Two weights of 1 whose slopes only swing, after 1,000 steps; `inside` goes with the slope."""
    w, swing = np.ones(2), np.array([0.1, 10.0])
    for t in range(1000):
        optimizer.step(w, swing * (-1) ** t + inside * w)
    return w


decayed = {
    "Adam": two_weights(Adam(0.01), 0.1),
    "AdamW": two_weights(AdamW(0.01, weight_decay=0.1), 0.0),
}

# %% counterexample
C = 3.0
cycle = [C, -1.0, -1.0]


def online(optimizer, steps, cycle=cycle):
    """A weight between −1 and 1 that meets the same slopes again and again."""
    w, path = np.zeros(1), [0.0]
    for t in range(steps):
        optimizer.lr = 0.5 / np.sqrt(t + 1)
        optimizer.step(w, np.array([cycle[t % len(cycle)]]))
        np.clip(w, -1, 1, out=w)
        path.append(float(w[0]))
    return np.array(path)


forgetful = online(Adam(0.5, beta1=0.0, beta2=1 / (1 + C**2)), 3000)
mindful = online(AMSGrad(0.5, beta1=0.0, beta2=1 / (1 + C**2)), 3000)
usual = online(Adam(0.5), 3000)
rare = {
    (kind.__name__, beta2): online(kind(0.5, 0.9, beta2), 30_000, [1010.0] + [-10.0] * 100)[-1]
    for kind, beta2 in ((Adam, 0.99), (AMSGrad, 0.99), (Adam, 0.999))
}
# the cycle that v settles into, and what Adam makes of each slope, in rates
share = 1 / (1 + C**2)
seen = 1.0
for _ in range(20):
    sizes, pushes = [], []
    for slope_now in cycle:
        seen = share * seen + (1 - share) * slope_now**2
        sizes.append(seen)
        pushes.append(slope_now / np.sqrt(seen))

# %% exercises


def together(beta2):
    """The sum of Adam's three steps to the left, up to a factor, once v repeats."""
    v = [9 + beta2 + beta2**2, 1 + 9 * beta2 + beta2**2, 1 + beta2 + 9 * beta2**2]
    return float(np.array(cycle) @ (1 / np.sqrt(v)))


left, right = 0.0, 1.0  # to the right at the one end, to the left at the other
for _ in range(50):
    turns = (left + right) / 2
    left, right = (turns, right) if together(turns) < 0 else (left, turns)
