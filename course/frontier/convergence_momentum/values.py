"""What the part on momentum computes behind the scenes, by heading."""

import numpy as np

from games.optimisation.optimizer_race.game import RATES
from games.ui.numbers import power_text, short
from pycore import rates
from pycore.optimizers import NAG, SGD, Adam, Momentum


def walked(optimizer, slope, start, steps):
    """Where an optimizer comes after each step, the start first."""
    theta, path = np.array(start, float), [np.array(start, float)]
    for _ in range(steps):
        optimizer.step(theta, slope(theta))
        path.append(theta.copy())
    return np.array(path)


kappas = [10.0, 100.0, 1e4, 1e6]
plain_steps = [float(k * np.log(1e6)) for k in kappas]
ball_steps = [float(np.sqrt(k) * np.log(1e6)) for k in kappas]

# %% momentum
mu = 1.0
eta, beta = rates.best_heavy_ball(mu, 100.0)
ball = walked(Momentum(eta, beta), lambda w: np.array([1.0, 100.0]) * w, [1.0, 1.0], 60)


def lowest_of(make):
    """The loss after 200 steps in the game's bowl with κ = 100, at the best of the game's rates."""
    bowl, found = np.array([1.0, 100.0]), []
    for rate in RATES:
        optimizer, theta = make(rate), np.array([3.0, 1.0])
        for _ in range(200):
            if bowl @ theta**2 < 1e6:  # else it was thrown off
                optimizer.step(theta, bowl * theta)
        found.append(bowl @ theta**2 / 2)
    return power_text(int(np.floor(np.log10(min(found)))))


left = {b: lowest_of(lambda rate, b=b: Momentum(rate, b)) for b in (0.65, 0.7, 0.9)}
left |= {"SGD": lowest_of(SGD), "Adam": lowest_of(Adam)}

# %% heavy-ball-true-story


def three_pieces(x):
    """The slope of a curve whose curvature is 25, then 1, then 25 again."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


eta25, beta25 = rates.best_heavy_ball(1.0, 25.0)
turning = walked(Momentum(eta25, beta25), three_pieces, [3.3], 600)[:, 0]
root25 = 5.0
nesterov25 = walked(NAG(1 / 25, (root25 - 1) / (root25 + 1)), three_pieces, [3.3], 600)[:, 0]
plain25 = walked(SGD(2 / 26), three_pieces, [3.3], 600)[:, 0]
lucky25 = walked(SGD(1 / 25), three_pieces, [3.3], 600)[:, 0]

# %% nesterov
c, M = np.array([1.0, 9.0]), 10.0
start = np.array([20.0, 0.5])
x, y = np.array([9.0, 0.2]), np.array([8.0, 0.05])

# %% lower-bound
n = 41
chain = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
first = np.eye(n)[0]
lowest = np.linalg.solve(chain, first)
reached = walked(Momentum(0.3, 0.6), lambda x: chain @ x - first, np.zeros(n), 20)
touched = np.count_nonzero(reached, axis=1)
