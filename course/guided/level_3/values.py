"""What part 1 of Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import activations, layers, losses, optimizers
from pycore.gradient_check import numeric_gradient

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
z = np.array([2.0, 1.0, 0.1])
p = activations.softmax(z)

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
