"""What the lesson on reverse mode computes behind the scenes, a cell for each heading."""

from itertools import pairwise, permutations

import numpy as np

from games.backpropagation.walk_it_back import chain
from pycore import data
from pycore.autodiff import Tensor, checkpoint, kept_bytes
from pycore.gradient_check import numeric_gradient


def slopes_of(f, *place):
    """The slopes of f at a place, by finite differences."""
    x = np.array(place, float)
    return numeric_gradient(lambda: float(f(*x)), x)


def table_of(y):
    """The local slopes on the arrows of y's tape, row by column, in the order of computing."""
    order = y.walk()
    places = {id(tensor): i for i, tensor in enumerate(order)}
    A = np.zeros((len(order), len(order)))
    for i, tensor in enumerate(order):
        if tensor.op is not None:
            arrays = [x.data for x in tensor.inputs]
            pulled = tensor.op.pull(np.ones(()), tensor.data, *arrays)
            for x, slope in zip(tensor.inputs, pulled, strict=True):
                A[i, places[id(x)]] += slope
    return A


class Counted:
    """A number that counts the operations done with it and its like: + − × ÷ and tanh, each one."""

    done = 0

    def __init__(self, value):
        self.value = value

    def _with(self, value):
        Counted.done += 1
        return Counted(value)

    def __add__(self, other):
        return self._with(self.value + other.value)

    def __sub__(self, other):
        return self._with(self.value - other.value)

    def __mul__(self, other):
        return self._with(self.value * other.value)

    def __truediv__(self, other):
        return self._with(self.value / other.value)

    def tanh(self):
        """The hyperbolic tangent, one operation."""
        return self._with(float(np.tanh(self.value)))


ONE = Counted(1.0)
PULLS = {
    "+": lambda d, y, a, b: (d, d),
    "*": lambda d, y, a, b: (d * b, d * a),
    "/": lambda d, y, a, b: ((p := d / b), Counted(-(p * y).value)),  # a sign costs nothing
    "tanh": lambda d, y, a: (d * (ONE - y * y),),
}
PUSHES = {
    "+": lambda y, a, b, da, db: da + db,
    "*": lambda y, a, b, da, db: da * b + a * db,
    "/": lambda y, a, b, da, db: (da - y * db) / b,
    "tanh": lambda y, a, da: da * (ONE - y * y),
}


class Taped:
    """A counted number that is written on a tape."""

    def __init__(self, number, tape, op="", inputs=()):
        self.number, self.tape, self.op, self.inputs = number, tape, op, inputs
        tape.append(self)

    def __add__(self, other):
        return Taped(self.number + other.number, self.tape, "+", (self, other))

    def __mul__(self, other):
        return Taped(self.number * other.number, self.tape, "*", (self, other))

    def __truediv__(self, other):
        return Taped(self.number / other.number, self.tape, "/", (self, other))

    def tanh(self):
        """The hyperbolic tangent, one line of the tape."""
        return Taped(self.number.tanh(), self.tape, "tanh", (self,))


def counted(f, place):
    """Operations for f's value, for its value and all slopes in reverse, and for both forward.

    The three are counted while they run, and the two gradients are compared.
    """
    Counted.done, tape = 0, []
    leaves = [Taped(Counted(float(v)), tape) for v in place]
    y = f(leaves)
    value = Counted.done
    pulled = {id(y): Counted(1.0)}
    for entry in reversed(tape):
        if not entry.op or id(entry) not in pulled:
            continue
        numbers = [x.number for x in entry.inputs]
        parts = PULLS[entry.op](pulled[id(entry)], entry.number, *numbers)
        for x, part in zip(entry.inputs, parts, strict=True):
            pulled[id(x)] = pulled[id(x)] + part if id(x) in pulled else part
    reverse = Counted.done
    Counted.done, forward = value, []
    for leaf in leaves:
        pushed = {id(x): Counted(float(x is leaf)) for x in leaves}
        for entry in tape:
            if entry.op:
                numbers = [x.number for x in entry.inputs]
                changes = [pushed[id(x)] for x in entry.inputs]
                pushed[id(entry)] = PUSHES[entry.op](entry.number, *numbers, *changes)
        forward.append(pushed[id(y)].value)
    assert np.allclose(forward, [pulled[id(leaf)].value for leaf in leaves])
    return value, reverse, Counted.done


def gears(x):
    """The product of all numbers."""
    y = x[0]
    for factor in x[1:]:
        y = y * factor
    return y


def layer(x):
    """One neuron of 20 inputs: tanh of a weighted sum; weights and inputs are all leaves."""
    half = len(x) // 2
    total = x[0] * x[half]
    for w, value in zip(x[1:half], x[half + 1 :], strict=True):
        total = total + w * value
    return total.tanh()


def fractions(x):
    """Each number over the next, all added up."""
    total = x[0] / x[1]
    for one, other in pairwise(x[1:]):
        total = total + one / other
    return total


def squared(x):
    """x·x, ten times over."""
    y = x[0]
    for _ in range(10):
        y = y * y
    return y


rng = np.random.default_rng(0)
costs = {
    "gears10": counted(gears, rng.uniform(0.9, 1.1, 10)),
    "gears100": counted(gears, rng.uniform(0.9, 1.1, 100)),
    "gears1000": counted(gears, rng.uniform(0.9, 1.1, 1000)),
    "neuron": counted(layer, rng.normal(size=40)),
    "fractions": counted(fractions, rng.uniform(1, 2, 100)),
    "squares": counted(squared, [1.001]),
}
times = {name: reverse / value for name, (value, reverse, _) in costs.items()}
worst = max(times.values())
value_counts, reverse_counts, forward_counts = (
    np.array(c) for c in zip(*costs.values(), strict=True)
)
inputs = np.array([10, 100, 1000, 40, 100, 1])

# %% tape
leaf_a, leaf_b = Tensor(2.0, "a"), Tensor(3.0, "b")
node_u = leaf_a * leaf_b
node_v = node_u + leaf_a
node_y = node_u * node_v
node_y.backward()
A = table_of(node_y)
n = len(A)
taped = {"a": leaf_a, "b": leaf_b, "u": node_u, "v": node_v, "y": node_y}
slope_at = {name: tensor.grad.item() for name, tensor in taped.items()}
at = {name: tensor.item() for name, tensor in taped.items()}

# %% walk-back
answer = np.array([slope_at[name] for name in "abuvy"])

# %% orders
drawn, neither, narrow_last = 500, 0, 0
for _ in range(drawn):
    widths = tuple(int(w) for w in rng.integers(1, 41, 5))
    prices = {order: chain.cost(widths, order) for order in permutations(chain.JOINTS)}
    least = min(prices.values())
    neither += least < min(prices[chain.FORWARD], prices[chain.REVERSE])
    narrow_last += any(
        widths[order[-1]] == min(widths[1:4]) for order in prices if prices[order] == least
    )

# %% mistakes
x = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 1.5], [2.0, 0.3, -0.7], [-1.2, 0.4, 0.8]])
bias = np.array([0.1, -0.2, 0.3])
by_difference = np.array(
    [np.sum((x + bias + half) ** 2) - np.sum((x + bias - half) ** 2) for half in np.eye(3) / 2]
)
predicted, wanted = np.array([1.0, 2.0, 3.0, 4.0]), np.array([[1.5], [2.0], [2.5], [4.0]])

# %% memory
layers = 36


def deep(every):
    """Bytes that a network of 36 layers keeps on its tape, all of it or every so many layers."""
    weights = [Tensor(np.eye(16) * 0.9) for _ in range(layers)]
    h = Tensor(np.ones((16, 16)))
    before = sum(w.data.nbytes for w in weights)
    for k in range(0, layers, every):

        def stretch(h, here=weights[k : k + every]):
            for w in here:
                h = (h @ w).tanh()
            return h

        h = stretch(h) if every == 1 else checkpoint(stretch, h)
    leaves = before if every == 1 else 0
    return kept_bytes(h.sum()) - leaves


bytes_all, bytes_sixth = deep(1), deep(6)

# %% micrograd
points, labels = data.moons(24, 0.1, 3)
targets = 2.0 * labels - 1.0
first = np.random.default_rng(1).normal(size=17)


def plain_sums(w):
    """What the output neuron of the 2-4-1 network sums up for each point, by NumPy."""
    hidden = np.tanh(points @ w[:12].reshape(4, 3)[:, :2].T + w[:12].reshape(4, 3)[:, 2])
    return hidden @ w[12:16] + w[16]


def plain_loss(w):
    """The loss of that network: what the ten cells come to, without a tape."""
    return float(np.mean((np.tanh(plain_sums(w)) - targets) ** 2))


weights_now = first.copy()
all_slopes = numeric_gradient(lambda: plain_loss(weights_now), weights_now)


def trained(steps=60, rate=0.2, beta=0.9):
    """The same training by the engine's own tape: its losses, and the weights at the end."""
    w, push, losses = first.copy(), np.zeros(17), []
    for _ in range(steps):
        leaf = Tensor(w)
        inner = leaf[:12].reshape(4, 3)
        hidden = (Tensor(points) @ inner[:, :2].T + inner[:, 2]).tanh()
        miss = (hidden @ leaf[12:16] + leaf[16]).tanh() - targets
        loss = (miss * miss).mean()
        loss.backward()
        push = beta * push + leaf.grad
        w = w - rate * push
        losses.append(loss.item())
    return losses, w


engine_losses, engine_w = trained()
engine_end = plain_loss(engine_w)
wrong = int(np.sum(plain_sums(engine_w) * targets <= 0))
