"""What part 2 of Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import activations, losses
from pycore.gradient_check import numeric_gradient

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


def say(sun, wind, w, b):
    """What the neuron answers to a day."""
    return activations.sigmoid(np.array([sun, wind]) @ w + b)


# %% deriving
# The neuron of Level 1 and a colleague are hidden now; a last neuron listens to both.
x, t = np.array([[1.0, 3.0]]), np.array([[1.0]])
W1, b1 = np.array([[0.8, 0.4], [-0.2, 0.1]]), np.array([0.5, -0.3])
W2, b2 = np.array([[0.9], [-0.6]]), np.array([0.1])
tanh, sigmoid = activations.tanh, activations.sigmoid

z1 = x @ W1 + b1
a1 = tanh(z1)
z2 = a1 @ W2 + b2
y = sigmoid(z2)
L = float(((y - t) ** 2).sum())
delta2 = 2 * (y - t) * y * (1 - y)
delta1 = delta2 @ W2.T * (1 - a1**2)


def loss_from_z2(z2):
    """The loss where the last sum is z2."""
    return float(((sigmoid(z2) - t) ** 2).sum())


def loss_from_z1(z1):
    """The loss where the hidden sums are z1."""
    return loss_from_z2(tanh(z1) @ W2 + b2)


def loss_now():
    """The loss of the whole network as its numbers are now."""
    return loss_from_z1(x @ W1 + b1)


measured = {
    name: numeric_gradient(loss_now, number)
    for name, number in (("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2), ("x", x))
}
measured["z2"] = numeric_gradient(lambda: loss_from_z2(z2), z2)
measured["z1"] = numeric_gradient(lambda: loss_from_z1(z1), z1)
by_hand = {
    "z2": delta2,
    "W2": a1.T @ delta2,
    "b2": delta2.sum(axis=0),
    "z1": delta1,
    "W1": x.T @ delta1,
    "b1": delta1.sum(axis=0),
    "x": delta1 @ W1.T,
}


def row(numbers):
    """Numbers side by side, to four decimals."""
    return "  ".join(f"{number:.4f}" for number in np.ravel(numbers))


# %% four-equations
# The same network, with four days: sunny or not, and how windy.
sun, wind = [1, 1, 0, 0], [3, 12, 1, 6]
x, t = np.array([sun, wind]).T, np.array([[1, 0, 1, 0]]).T
z1 = x @ W1 + b1
a1 = tanh(z1)
z2 = a1 @ W2 + b2
y = sigmoid(z2)
L = np.mean((y - t) ** 2)
delta2 = 2 / 4 * (y - t) * y * (1 - y)
delta1 = delta2 @ W2.T * (1 - a1**2)

# %% p-minus-y
softmax = activations.softmax
z, y = np.array([2.0, 1.0, 0.1]), np.array([0.0, 1.0, 0.0])
p = softmax(z)
