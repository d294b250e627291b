"""What part 3 of Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from games.ui.numbers import power_text
from pycore.arrays import NonFiniteError
from pycore.optimizers import SGD, Adam, Momentum

# %% optimisers-true-story


turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)  # by 45°


def race(optimizer, stretch, steps=200, turned=False):
    """Where 200 steps lead from (3, 1) on the loss (a² + stretch · b²) / 2, and that loss.

    `turned` turns the valley and the start in it.
    """
    theta, curve = np.array([3.0, 1.0]), np.diag([1.0, stretch])
    if turned:
        theta, curve = turn @ theta, turn @ curve @ turn.T
    try:
        for _ in range(steps):
            optimizer.step(theta, curve @ theta)
    except NonFiniteError:  # out of the valley, and out of the numbers there are
        return np.inf, theta
    left = float(theta @ curve @ theta) / 2
    return left if np.isfinite(left) else np.inf, theta


makers = {"SGD": SGD, "Momentum": Momentum, "Adam": Adam}
rates = 10 ** np.arange(-4, 1.01, 0.25)
betas = np.arange(20) / 20


worth = {"Momentum": (rates > 0.03) & (rates < 0.4), "Adam": rates > 0.03}  # no others win here


def best_beta(name, stretch, turned=False):
    """What is left with the best rate and the best β (Adam's β₁), and that β."""
    return min(
        (race(makers[name](float(rate), float(beta)), stretch, turned=turned)[0], float(beta))
        for beta in betas
        for rate in rates[worth[name]]
    )


best, tuned, turned = {}, {}, {}
with np.errstate(all="ignore"):
    for k in (10.0, 100.0):
        for name, make in makers.items():
            best[name, k] = min(race(make(float(rate)), k)[0] for rate in rates)
        for name in ("Momentum", "Adam"):
            tuned[name, k] = best_beta(name, k)
            turned[name, k] = best_beta(name, k, turned=True)
same = {name: race(make(0.01), 100.0)[0] for name, make in makers.items()}
adam_at = race(Adam(0.01), 100.0)[1][0]
finer = {  # by a search fifty times as fine in the rate, and five times in β
    "Momentum": race(Momentum(0.2265, 0.28), 10.0)[0],
    "Adam": race(Adam(0.2692, 0.15), 10.0)[0],
}


def power(value):
    """A number as one digit times a power of ten."""
    digit, exponent = f"{value:.0e}".split("e")
    return f"{digit} × {power_text(int(exponent))}"


# %% saddles
def escape(beta, b=1e-4, rate=0.02, far=1.5, most=100_000):
    """Steps until b² has grown to far², from b beside the ridge."""
    theta, optimizer = np.array([1.0, b]), Momentum(rate, beta)
    for step in range(1, most):
        optimizer.step(theta, np.array([2.0, -2.0]) * theta)
        if abs(theta[1]) >= far:
            return step
    return most


# %% initialisation
n_in, n_out = 200, 100


def spread(init, n_in, n_out):
    return init((n_in, n_out), np.random.default_rng(0)).std()
