"""What Level 3 computes behind the scenes: a cell for each heading that needs one."""

import numpy as np

from games.run import Run
from games.ui.numbers import power_text
from pycore import activations, layers, losses, optimizers
from pycore.gradient_check import numeric_gradient
from pycore.optimizers import SGD, Adam, Momentum
from pycore.recipes import translation

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
rng = np.random.default_rng(3)
z_before = rng.normal(size=(4, 3)).round(1)
a_before = tanh(z_before)
W, b = np.array([[1.2], [-0.7], [0.5]]), np.array([0.1])
z = a_before @ W + b
y, t = sigmoid(z), np.array([[1.0], [0.0], [1.0], [0.0]])
delta = 2 / 4 * (y - t) * y * (1 - y)


def loss_of_sums(z):
    """The mean squared error where the last layer's sums are z."""
    return losses.MeanSquaredError().forward(sigmoid(z), t)


def loss_of(a):
    """The same, from what the layer before gives."""
    return loss_of_sums(a @ W + b)


# %% p-minus-y
softmax = activations.softmax
z, y = np.array([2.0, 1.0, 0.1]), np.array([0.0, 1.0, 0.0])
p = softmax(z)

# %% optimisers-true-story


turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)  # by 45°


def race(optimizer, stretch, steps=200, turned=False):
    """Where 200 steps lead from (3, 1) on the loss (a² + stretch · b²) / 2, and that loss.

    `turned` turns the valley and the start in it.
    """
    theta, curve = np.array([3.0, 1.0]), np.diag([1.0, stretch])
    if turned:
        theta, curve = turn @ theta, turn @ curve @ turn.T
    for _ in range(steps):
        optimizer.step(theta, curve @ theta)
    left = float(theta @ curve @ theta) / 2
    return left if np.isfinite(left) else np.inf, theta


makers = {"SGD": SGD, "Momentum": Momentum, "Adam": Adam}
rates = 10 ** np.arange(-4, 1.01, 0.25)
betas = np.arange(20) / 20


def best_beta(name, stretch, turned=False):
    """What is left with the best rate and the best β (Adam's β₁), and that β."""
    return min(
        (race(makers[name](float(rate), float(beta)), stretch, turned=turned)[0], float(beta))
        for beta in betas
        for rate in rates[(rates > 0.03) & (rates < 1.1)]  # further out nothing is better
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


# %% translate
networks = [translation.trained(attention) for attention in (False, True)]
sentences = {n: translation.examples(n, 40, np.random.default_rng(0)) for n in (8, 10, 12)}
right = {
    n: [sum(translation.right(network, pairs)) for network in networks]
    for n, pairs in sentences.items()
}
run = Run("translate-a-sentence", 0, {})
for message in (["sentence", "cat"], ["believe", "right"], ["translate"]):
    run.send(message)
while run.tick():
    pass
said = translation.vocabularies()[1].decode(run.state.beam[0].items)
sure = [float(p.max()) for p in run.state.beam[0].p]
