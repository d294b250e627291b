"""What Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from games.ui.numbers import power_text
from pycore import activations, layers, losses, optimizers
from pycore.gradient_check import numeric_gradient
from pycore.optimizers import SGD, Adam, Momentum

# %% in-symbols

tanh = activations.tanh
a_before = np.array([[1.0, 0.5], [0.0, -1.0], [0.5, 0.5], [-1.0, 1.0]])
W = np.array([[0.6, -1.0, 0.3], [0.8, 0.4, -0.9]])
b = np.array([0.1, 0.0, -0.2])
z = a_before @ W + b
a = tanh(z)
dense = layers.Dense(2, 3, rng=np.random.default_rng(0))
dense.W[:], dense.b[:] = W, b

# %% loss
mse = losses.MeanSquaredError()
y, t = np.array([3.0, 5.5, 2.0]), np.array([2.0, 5.0, 4.0])
n = y.size

# %% cross-entropy
p, t = np.array([0.7, 0.2, 0.1]), np.array([0.0, 1.0, 0.0])

# %% softmax
logits = np.array([2.0, 1.0, 0.1])
p = activations.softmax(logits)

# %% gradient
theta, rate = np.array([-1.8]), 0.3
gradient = 2 * theta
stepped = theta.copy()
optimizers.SGD(rate).step(stepped, gradient)

# %% chain-rule
x, w, b, t = np.array([1.0, 3.0]), np.array([0.8, -0.2]), 0.5, 1.0
z = x @ w + b
y = activations.sigmoid(z)
L = (y - t) ** 2

# %% backpropagation
x, w, b = np.array([1.0, 3.0]), np.array([0.8, -0.2]), 0.5
z = x @ w + b
y = activations.sigmoid(z)
t, rate = 1.0, 0.5
dy, slope = 2 * (y - t), y * (1 - y)
dz = dy * slope
dw, db = dz * x, dz
w2, b2 = w - rate * dw, b - rate * db
y2 = activations.sigmoid(x @ w2 + b2)

rng = np.random.default_rng(3)
z_before = rng.normal(size=(4, 3)).round(1)
a = tanh(z_before)
W = np.array([[1.2], [-0.7], [0.5]])
target = np.array([[1.0], [0.0], [1.0], [0.0]])
delta = 2 / 4 * (a @ W - target)


def loss_of(a):
    return losses.MeanSquaredError().forward(a @ W, target)


# %% p-minus-y
softmax = activations.softmax
z, y = np.array([2.0, 1.0, 0.1]), np.array([0.0, 1.0, 0.0])
p = softmax(z)

# %% optimisers-true-story


def race(optimizer, stretch, steps=200):
    """The loss (a² + stretch · b²) / 2 after some steps from (3, 1)."""
    theta, curve = np.array([3.0, 1.0]), np.array([1.0, stretch])
    for _ in range(steps):
        optimizer.step(theta, curve * theta)
    return float((curve * theta * theta).sum() / 2)


makers = {"SGD": SGD, "Momentum": Momentum, "Adam": Adam}
rates = 10 ** np.arange(-4, 1.01, 0.25)
with np.errstate(all="ignore"):
    best = {
        (name, k): min(
            (race(make(float(r)), k), float(r))
            for r in rates
            if np.isfinite(race(make(float(r)), k))
        )[0]
        for name, make in makers.items()
        for k in (10.0, 100.0)
    }
same = {name: race(make(0.01), 100.0) for name, make in makers.items()}


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
def spread(init, n_in, n_out):
    return init((n_in, n_out), np.random.default_rng(0)).std()
