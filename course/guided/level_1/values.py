"""What Level 1 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from pycore import activations

# %% neuron
x, w, b = np.array([1.0, 3.0]), np.array([0.8, -0.2]), 0.5
z = x @ w + b
sigmoid = activations.sigmoid
y = sigmoid(z)


# %% tuning
def say(a, c, w1, w2, b):
    return activations.sigmoid(np.array(w1 * a + w2 * c + b))


edge = np.log(0.8 / 0.2)  # the sum whose sigmoid is 0.8
