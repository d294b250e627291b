"""What the lesson on convergence computes behind the scenes, a cell for each heading."""

import numpy as np

from games.ui.numbers import short
from pycore import rates
from pycore.optimizers import NAG, SGD, Adam, AMSGrad, Momentum

c = np.array([1.0, 9.0])
p = np.array([0.3, 0.1])


def slope(p):
    """Its gradient."""
    return c * np.tanh(p)


def walked(optimizer, slope, start, steps):
    """Where an optimizer comes after each step, the start first."""
    theta, path = np.array(start, float), [np.array(start, float)]
    for _ in range(steps):
        optimizer.step(theta, slope(theta))
        path.append(theta.copy())
    return np.array(path)


# %% speed-limit
bend = 10.0
tries = {rate: walked(SGD(rate), lambda w: bend * w, [1.0], 5)[:, 0] for rate in (0.05, 0.19, 0.21)}

# %% descent-lemma
L = 9.0
q = np.array([0.2, -0.4])
g = slope(p)

# %% one-over-t
best = np.zeros(2)
start = np.array([20.0, 0.5])

# %% strongly-convex
mu, M = 1.0, 10.0
kappas = [10.0, 100.0, 1e4, 1e6]
plain_steps = [float(k * np.log(1e6)) for k in kappas]
ball_steps = [float(np.sqrt(k) * np.log(1e6)) for k in kappas]

# %% momentum
eta, beta = rates.best_heavy_ball(mu, 100.0)
ball = walked(Momentum(eta, beta), lambda w: np.array([1.0, 100.0]) * w, [1.0, 1.0], 60)

# %% heavy-ball-true-story


def three_pieces(x):
    """The slope of a curve whose curvature is 25, then 1, then 25 again."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


eta25, beta25 = rates.best_heavy_ball(1.0, 25.0)
turning = walked(Momentum(eta25, beta25), three_pieces, [3.3], 600)[:, 0]
root25 = 5.0
nesterov25 = walked(NAG(1 / 25, (root25 - 1) / (root25 + 1)), three_pieces, [3.3], 600)[:, 0]
plain25 = walked(SGD(2 / 26), three_pieces, [3.3], 600)[:, 0]

# %% nesterov
x, y = np.array([9.0, 0.2]), np.array([8.0, 0.05])

# %% lower-bound
n = 41
chain = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
first = np.eye(n)[0]
lowest = np.linalg.solve(chain, first)
reached = walked(Momentum(0.3, 0.6), lambda x: chain @ x - first, np.zeros(n), 20)
touched = np.count_nonzero(reached, axis=1)

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
