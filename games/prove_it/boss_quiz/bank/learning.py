"""Level 3, first half: losses, softmax, gradients, backpropagation and batches."""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.engine import at, dense, loss_and_slope, output, stepped
from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Decimals,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
from pycore.activations import Sigmoid, sigmoid, softmax
from pycore.data import minibatches
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from pycore.optimizers import SGD


def mean_squared_error(rng: np.random.Generator) -> Exercise:
    """The mean of (y − t)² over three predictions."""
    t = [whole(rng, 1, 9) for _ in range(3)]
    error = [grid(rng, -3, 3, 1) for _ in range(3)]
    y = [float(a + b) for a, b in zip(t, error, strict=True)]
    loss, _ = loss_and_slope(MeanSquaredError(), [[v] for v in y], t)
    total = sum(e * e for e in error)
    return Exercise(
        word("A model predicts {y}. The targets are {t}. What is the mean squared error?"),
        {"y": y, "t": t},
        loss,
        word("The errors are {error}, their squares add up to {total}, and {total} / 3 = {right}."),
        {
            word("That is the sum of the squares; it still has to be divided by 3."): total,
            word("That is the mean of the errors without squaring; plus and minus could cancel."): (
                sum(error) / 3
            ),
            word("That is the mean of the errors' sizes, the mean absolute error."): (
                sum(map(abs, error)) / 3
            ),
            word("That is the root of it, the root mean squared error."): math.sqrt(loss),
            word("That halves the mean; some books put ½ in front, but the mean has none."): loss
            / 2,
        },
        worked={"error": error, "total": total},
    )


def squared_error_slope(rng: np.random.Generator) -> Exercise:
    """One entry of dL/dy = 2 (y − t) / n."""
    n = int(rng.choice([4, 5, 8, 10]))
    y, t = grid(rng, 0.1, 0.9), grid(rng, 0.1, 0.9)
    predictions = np.full((n, 1), t)
    predictions[0] = y
    _, dy = loss_and_slope(MeanSquaredError(), predictions.tolist(), [t] * n)
    return Exercise(
        word(
            "The loss is the mean squared error over {n} predictions. The first prediction is {y}, "
            "its target {t}. How fast does the loss change with the first prediction, ∂L/∂y₁?"
        ),
        {"n": n, "y": y, "t": t},
        float(dy[0, 0]),
        word("The derivative of (y₁ − t₁)² / {n} is 2·(y₁ − t₁) / {n} = {double} / {n} = {right}."),
        {
            word("That forgets to divide by the number of predictions."): 2 * (y - t),
            word("That takes t − y: the sign is the wrong way round."): 2 * (t - y) / n,
            word("That loses the 2 that comes down from the square."): (y - t) / n,
            word("That is the first term of the loss itself, not its slope."): (y - t) ** 2 / n,
        },
        digits=3,
        worked={"double": Sum([2], [y - t])},
    )


def binary_cross_entropy(rng: np.random.Generator) -> Exercise:
    """The loss −ln p for label 1, −ln(1 − p) for label 0."""
    p, t = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])), whole(rng, 0, 1)
    loss, _ = loss_and_slope(BinaryCrossEntropy(), [[math.log(p / (1 - p))]], [t])
    share = p if t else 1 - p
    return Exercise(
        word(
            "A classifier gives class 1 the probability {p}. The right class is {t}. What is the "
            "binary cross-entropy (natural logarithm)?"
        ),
        {"p": p, "t": t},
        loss,
        word(
            "Only the probability of the right class counts, here {share}: −ln {share} = {right}."
        ),
        {
            word("That takes the probability of the other class."): -math.log(1 - share),
            word("That is the squared error."): (t - p) ** 2,
            word("That is the distance to the target; cross-entropy takes a logarithm."): 1 - share,
            word("That lacks the minus sign; the logarithm of a probability is below zero."): -loss,
            word("That uses the logarithm to base 10."): -math.log10(share),
        },
        worked={"share": share},
    )


def cross_entropy(rng: np.random.Generator) -> Exercise:
    """The loss −ln p_c over three classes."""
    p = _three_probabilities(rng)
    c = whole(rng, 0, 2)
    loss, _ = loss_and_slope(CrossEntropy(), [[math.log(v) for v in p]], [c])
    return Exercise(
        word(
            "A softmax gives three classes the probabilities {p}. Class {c} is the right one. What "
            "is the cross-entropy (natural logarithm)?"
        ),
        {"p": p, "c": c + 1},
        loss,
        word("Cross-entropy is −ln of the right class's probability: −ln {share} = {right}."),
        {
            word(
                "That takes the logarithms of all three classes and averages; only the right "
                "class's counts."
            ): -sum(map(math.log, p)) / 3,
            word("That lacks the minus sign; the logarithm of a probability is below zero."): -loss,
            word("That is 1 − p, without a logarithm."): 1 - p[c],
            word("That uses the logarithm to base 10."): -math.log10(p[c]),
            word(
                "That is the entropy of all three, Σ −p·ln p; it does not ask which class is right."
            ): (-sum(v * math.log(v) for v in p)),
        },
        worked={"share": p[c]},
    )


def knows_nothing(rng: np.random.Generator) -> Exercise:
    """The loss of equal scores over n classes, ln n."""
    n = int(rng.choice([3, 4, 5, 6, 8, 10, 20, 50, 100]))
    loss, _ = loss_and_slope(CrossEntropy(), np.zeros((1, n)).tolist(), [0])
    return Exercise(
        word(
            "A network gives all {n} classes the same score. What is its cross-entropy for an "
            "example (natural logarithm)?"
        ),
        {"n": n},
        loss,
        word(
            "Each class gets the probability 1/{n}, so the loss is −ln(1/{n}) = {right}. It is "
            "what a network that knows nothing yet starts with."
        ),
        {
            word("That is the probability of the right class, without the logarithm."): 1 / n,
            word("That is 1 − p, without a logarithm."): 1 - 1 / n,
            word("That uses the logarithm to base 10."): math.log10(n),
            word("That lacks the minus sign; the logarithm of a probability is below zero."): -loss,
            word("That adds up all the classes; only the right one counts."): n * loss,
        },
        digits=3,
    )


def finite_difference(rng: np.random.Generator) -> Exercise:
    """The slope from two losses, (L₊ − L₋) / 2h."""
    w, h = grid(rng, -3, 3, 0.5), float(rng.choice([0.1, 0.2, 0.5]))
    t = grid(rng, -3, 3, 1)
    up, down = (loss_and_slope(MeanSquaredError(), [[v]], [t])[0] for v in (w + h, w - h))
    up, down = round(up, 4), round(down, 4)
    return Exercise(
        word(
            "You raise a weight by {h}, and the loss is {up}. You lower it by {h} from where it "
            "was, and the loss is {down}. What slope does that measure?"
        ),
        {"h": h, "up": up, "down": down},
        (up - down) / (2 * h),
        word(
            "The loss differs by {difference} over a distance of 2·{h} = {distance}: their ratio "
            "is {right}."
        ),
        {
            word("That divides by one nudge; the two places are two nudges apart."): (
                (up - down) / h
            ),
            word("That is the difference of the losses, not yet divided by the distance."): (
                up - down
            ),
            word("That has the sign the wrong way round."): (down - up) / (2 * h),
            word("That adds the two losses; a slope comes from their difference."): (
                (up + down) / (2 * h)
            ),
            word("That is the mean of the two losses."): (up + down) / 2,
        },
        digits=1,
        worked={"difference": round(up - down, 6), "distance": 2 * h},
    )


def softmax_of_three(rng: np.random.Generator) -> Exercise:
    """The first of softmax(z)."""
    z = [whole(rng, 1, 4) for _ in range(3)]
    e = [math.exp(v) for v in z]
    return Exercise(
        word(
            "The logits are {z}. Which probability does the softmax give the first class? (e = "
            "2.718, e² = 7.389, e³ = 20.086, e⁴ = 54.598)"
        ),
        {"z": z},
        float(softmax(np.array(z, float))[0]),
        word(
            "Its exponential is {first}, all three together are {total}: {first} / {total} = "
            "{right}."
        ),
        {
            word("That divides the logits themselves; the exponentials come first."): z[0] / sum(z),
            word("That is the sigmoid of the first logit; a softmax looks at all of them."): (
                at(sigmoid, z[0])
            ),
            word("That divides by the other two only; the sum has all three."): e[0]
            / (e[1] + e[2]),
            word("That has e⁻ᶻ in place of eᶻ, so the smallest logit wins."): (
                math.exp(-z[0]) / sum(math.exp(-v) for v in z)
            ),
            word("That is the third class's probability."): e[2] / sum(e),
        },
        digits=3,
        worked={"first": Decimals(e[0], 3), "total": Decimals(sum(e), 3)},
    )


def temperature(rng: np.random.Generator) -> Exercise:
    """The first of softmax(z / T) over two classes."""
    low, gap, T = whole(rng, 0, 3), whole(rng, 1, 4), int(rng.choice([2, 4]))
    z = [low + gap, low]
    p = float(softmax(np.array(z, float) / T)[0])
    return Exercise(
        word(
            "Two logits are {z}. A softmax with temperature {T} turns them into probabilities. "
            "What does the first class get?"
        ),
        {"z": z, "T": T},
        p,
        word(
            "The logits are divided by the temperature first. With two classes only their "
            "difference counts: 1 / (1 + e^(−{gap}/{T})) = {right}."
        ),
        {
            word("That leaves out the temperature."): at(sigmoid, gap),
            word("That multiplies the logits by the temperature."): at(sigmoid, gap * T),
            word(
                "That divides the probability by the temperature; the logits are what is divided."
            ): (at(sigmoid, gap) / T),
            word("That is the second class's probability."): 1 - p,
        },
        digits=3,
        worked={"gap": gap},
    )


def p_minus_y(rng: np.random.Generator) -> Exercise:
    """One entry of softmax and cross-entropy's gradient, p − 1 for the right class."""
    p = _three_probabilities(rng)
    c = whole(rng, 0, 2)
    loss, dy = loss_and_slope(CrossEntropy(), [[math.log(v) for v in p]], [c])
    return Exercise(
        word(
            "A softmax gives three classes the probabilities {p}; class {c} is the right one. What "
            "is the gradient of the cross-entropy with respect to the logit of the right class?"
        ),
        {"p": p, "c": c + 1},
        float(dy[0, c]),
        word(
            "The gradient is p − y, and y is 1 for the right class: {share} − 1 = {right}. It is "
            "negative, so a step downhill raises that logit."
        ),
        {
            word("That is y − p: the sign is the wrong way round."): 1 - p[c],
            word("That is p alone; y is 1 for the right class and has to be subtracted."): p[c],
            word("That is the loss itself, −ln p."): loss,
            word(
                "That is −1 / p, the derivative by the probability; the softmax is still missing."
            ): (-1 / p[c]),
            word("That is p·(1 − p), the slope of a sigmoid."): p[c] * (1 - p[c]),
        },
        worked={"share": p[c]},
    )


def p_minus_y_batch(rng: np.random.Generator) -> Exercise:
    """The same gradient when the loss is a mean over a batch."""
    p, n = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7])), int(rng.choice([2, 4, 5]))
    logits = np.zeros((n, 2))
    logits[0] = np.log([p, 1 - p])
    _, dy = loss_and_slope(CrossEntropy(), logits.tolist(), [1] * n)
    return Exercise(
        word(
            "The loss is the mean cross-entropy over a batch of {n} examples. For the first "
            "example the softmax gives a wrong class the probability {p}. What is ∂L/∂z for that "
            "class's logit z?"
        ),
        {"n": n, "p": p},
        float(dy[0, 0]),
        word("For a wrong class y = 0, so p − y = {p}; the mean divides it by {n}: {right}."),
        {
            word("That forgets to divide by the size of the batch."): p,
            word("That takes y as 1; but this class is a wrong one."): (p - 1) / n,
            word("That has the sign the wrong way round: it is p − y, not y − p."): -p / n,
            word("That takes y as 1 and forgets the batch."): p - 1,
            word("That multiplies by the batch; the mean divides by it."): p * n,
        },
    )


def learning_step(rng: np.random.Generator) -> Exercise:
    """One step of gradient descent, w − η g."""
    w, g, lr = grid(rng, -2, 2), grid(rng, -4, 4, 0.5), float(rng.choice([0.1, 0.2, 0.5]))
    return Exercise(
        word(
            "A weight is {w} and its gradient {g}. The learning rate is {lr}. What is the weight "
            "after one step of gradient descent?"
        ),
        {"w": w, "g": g, "lr": lr},
        stepped(SGD(lr), w, g),
        word(
            "w − learning rate · gradient = {w} − {step} = {right}. The step goes against the "
            "gradient, because the gradient points uphill."
        ),
        {
            word("That adds the step: it climbs the loss."): w + lr * g,
            word("That subtracts the whole gradient; the learning rate is missing."): w - g,
            word("That is the step alone, not the weight after it."): -lr * g,
            word("That shrinks the weight instead of the gradient."): lr * w - g,
        },
        worked={"step": Sum([lr], [g])},
    )


def two_steps(rng: np.random.Generator) -> Exercise:
    """Two steps down L = w², where the gradient changes in between."""
    w, lr = float(rng.choice([-2.0, -1.0, 1.0, 2.0, 3.0])), float(rng.choice([0.1, 0.2, 0.3, 0.4]))
    once = stepped(SGD(lr), w, 2 * w)
    return Exercise(
        word(
            "Gradient descent on L(w) = w² starts at w = {w} with learning rate {lr}. Where is w "
            "after two steps?"
        ),
        {"w": w, "lr": lr},
        stepped(SGD(lr), once, 2 * once),
        word(
            "The slope is 2w. The first step leads to {once}; there the slope is {slope}, and the "
            "second step leads to {right}."
        ),
        {
            word("That is after one step."): once,
            word("That uses the first gradient twice; it changes once w has moved."): w
            - 4 * lr * w,
            word("That takes w as the slope of w²; it is 2w."): w * (1 - lr) ** 2,
            word("That steps uphill: the gradient is subtracted, not added."): w
            * (1 + 2 * lr) ** 2,
        },
        worked={"once": once, "slope": 2 * once},
    )


def chain_linear(rng: np.random.Generator) -> Exercise:
    """The slope by w of (w x + b − t)²."""
    w, b, x = grid(rng, -2, 2, 0.5), grid(rng, -2, 2, 0.5), grid(rng, 2, 4, 1)
    t = grid(rng, -3, 3, 1)
    layer = dense([[w]], [b])
    y = output(layer, x)
    _, dy = loss_and_slope(MeanSquaredError(), [[y]], [t])
    layer.backward(dy)
    return Exercise(
        word(
            "A neuron without activation computes y = w·x + b with w = {w}, b = {b}, x = {x}. The "
            "loss is (y − t)² with t = {t}. What is ∂L/∂w?"
        ),
        {"w": w, "b": b, "x": x, "t": t},
        float(layer.dW[0, 0]),
        word(
            "y = {sum} = {y}. Along the path the rates multiply: 2·(y − t)·x = {twice}·{x} = "
            "{right}."
        ),
        {
            word("That is ∂L/∂b; on the way to w the factor x is still to come."): 2 * (y - t),
            word("That is ∂L/∂x: it multiplies by w in place of x."): 2 * (y - t) * w,
            word("That loses the 2 of the square."): (y - t) * x,
            word("That has the sign the wrong way round, t − y."): 2 * (t - y) * x,
            word("That leaves the bias out of y."): 2 * (y - b - t) * x,
        },
        digits=1,
        worked={"sum": Sum([w], [x], b), "y": y, "twice": Sum([2], [y - t])},
    )


def chain_sigmoid(rng: np.random.Generator) -> Exercise:
    """The slope by w of σ(w x + b)."""
    y, x = float(rng.choice([0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9])), grid(rng, -3, 3, 1)
    layer = dense([[0.0]], [math.log(y / (1 - y))])
    network = Sequential(layer, Sigmoid())
    output(network, x)
    network.backward(np.ones((1, 1)))
    return Exercise(
        word(
            "A sigmoid neuron gets the input {x} through its weight w and outputs {y}. How fast "
            "does the output change with w, ∂y/∂w?"
        ),
        {"x": x, "y": y},
        float(layer.dW[0, 0]),
        word(
            "Two rates multiply: ∂y/∂z = y·(1 − y) = {slope} and ∂z/∂w = x = {x}. Together {right}."
        ),
        {
            word("That stops at z: the factor ∂z/∂w = x is missing."): y * (1 - y),
            word("That is ∂z/∂w alone: the slope of the sigmoid is missing."): x,
            word("That takes y for the slope of the sigmoid; it is y·(1 − y)."): y * x,
            word("That takes the slope of tanh, 1 − y²."): (1 - y * y) * x,
            word("That adds the two rates; along one path they multiply."): y * (1 - y) + x,
        },
        worked={"slope": y * (1 - y)},
    )


def backward_neuron(rng: np.random.Generator) -> Exercise:
    """The slope by w of (σ(w x + b) − t)²."""
    y, t = float(rng.choice([0.2, 0.3, 0.4, 0.6, 0.7, 0.8])), whole(rng, 0, 1)
    x = grid(rng, 2, 5, 1)
    layer = dense([[0.0]], [math.log(y / (1 - y))])
    network = Sequential(layer, Sigmoid())
    _, dy = loss_and_slope(MeanSquaredError(), [[output(network, x)]], [t])
    network.backward(dy)
    slope = y * (1 - y)
    return Exercise(
        word(
            "A sigmoid neuron outputs {y} for the input {x}; the target is {t} and the loss (y − "
            "t)². What is the gradient of its weight?"
        ),
        {"y": y, "x": x, "t": t},
        float(layer.dW[0, 0]),
        word(
            "Three rates multiply: 2·(y − t) = {outer}, y·(1 − y) = {slope}, and x = {x}. Together "
            "{right}."
        ),
        {
            word("That skips the slope of the sigmoid."): 2 * (y - t) * x,
            word("That skips the input; that is the gradient of the bias."): 2 * (y - t) * slope,
            word("That loses the 2 of the square."): (y - t) * slope * x,
            word("That has the sign the wrong way round, t − y."): 2 * (t - y) * slope * x,
        },
        digits=3,
        worked={"outer": 2 * (y - t), "slope": slope},
    )


def two_paths(rng: np.random.Generator) -> Exercise:
    """Blame δ of a hidden sigmoid neuron that feeds two neurons."""
    y = float(rng.choice([0.2, 0.4, 0.6, 0.8]))
    v1, v2 = grid(rng, 0.5, 3, 0.5), grid(rng, -3, 3, 0.5)
    d1, d2 = grid(rng, -0.5, 0.5), grid(rng, -0.5, 0.5)
    network = Sequential(Sigmoid(), dense([[v1, v2]]))
    output(network, math.log(y / (1 - y)))
    back, slope = v1 * d1 + v2 * d2, y * (1 - y)
    return Exercise(
        word(
            "A hidden sigmoid neuron outputs {y}. It feeds two neurons through the weights {v1} "
            "and {v2}; their deltas are δ₁ = {d1} and δ₂ = {d2}. What is the hidden neuron's own "
            "delta, ∂L/∂z?"
        ),
        {"y": y, "v1": v1, "v2": v2, "d1": d1, "d2": d2},
        float(network.backward(np.array([[d1, d2]]))[0, 0]),
        word(
            "Over the two paths blame adds up: {sum} = {back}. Then it passes the squash, whose "
            "slope is {y}·{rest} = {slope}: {right}."
        ),
        {
            word("That stops before the squash: the factor y·(1 − y) is missing."): back,
            word("That adds the deltas without the weights they come back through."): (d1 + d2)
            * slope,
            word("That follows the first path only; the second counts too."): v1 * d1 * slope,
            word("That multiplies by y in place of the slope y·(1 − y)."): back * y,
            word(
                "That multiplies the two paths; along a path rates multiply, over paths they add."
            ): (v1 * d1 * v2 * d2 * slope),
        },
        digits=3,
        worked={"sum": Sum([v1, v2], [d1, d2]), "back": back, "rest": 1 - y, "slope": slope},
    )


def batch_gradient(rng: np.random.Generator) -> Exercise:
    """The slope by w of a mean over two examples."""
    w = grid(rng, -2, 2, 1)
    x = [grid(rng, 1, 3, 1), grid(rng, -3, -1, 1)]
    t = [grid(rng, -4, 4, 1) for _ in x]
    layer = dense([[w]])
    y = layer.forward(np.array(x)[:, None])
    _, dy = loss_and_slope(MeanSquaredError(), y.tolist(), t)
    layer.backward(dy)
    each = [2 * (w * a - b) * a for a, b in zip(x, t, strict=True)]
    return Exercise(
        word(
            "The model is y = w·x with w = {w}. A batch holds two examples: x = {x1} with target "
            "{t1}, and x = {x2} with target {t2}. The loss is the mean of (y − t)². What is ∂L/∂w?"
        ),
        {"w": w, "x1": x[0], "t1": t[0], "x2": x[1], "t2": t[1]},
        float(layer.dW[0, 0]),
        word("Each example has the gradient 2·(w·x − t)·x: {each}. Their mean is {right}."),
        {
            word(
                "That is the sum over the batch; the loss is a mean, so the gradient is one too."
            ): (sum(each)),
            word("That is the gradient of the first example alone."): each[0],
            word("That has the sign the wrong way round, t − y."): -sum(each) / 2,
            word("That loses the 2 of the square."): sum(each) / 4,
            word("That leaves out the factor x of each example."): sum(
                w * a - b for a, b in zip(x, t, strict=True)
            ),
        },
        digits=1,
        worked={"each": each},
    )


def updates(rng: np.random.Generator) -> Exercise:
    """Updates in several epochs of mini-batches, the last of them smaller."""
    size, epochs = int(rng.choice([8, 10, 16, 20, 32])), whole(rng, 2, 5)
    full = whole(rng, 4, 9)
    n = size * full + whole(rng, 1, size - 1)
    x = np.zeros((n, 1))
    return Exercise(
        word(
            "A training set has {n} examples, a mini-batch {size}. The last batch of an epoch may "
            "be smaller. How many updates do {epochs} epochs make?"
        ),
        {"n": n, "size": size, "epochs": epochs},
        epochs * sum(1 for _ in minibatches(x, x, size, rng)),
        word(
            "{n} / {size} rounded up is {batches} batches in an epoch, one update each; {epochs} "
            "epochs make {right}."
        ),
        {
            word("That throws the last, smaller batch away; its examples count too."): epochs
            * full,
            word("That counts one epoch only."): full + 1,
            word("That makes an update for every example; a batch shares one."): epochs * n,
            word("That makes one update in an epoch, as full-batch descent would."): epochs,
        },
        digits=0,
        worked={"batches": full + 1},
    )


def _three_probabilities(rng: np.random.Generator) -> list[float]:
    """Three different multiples of a tenth that add up to 1."""
    choices = [(0.1, 0.2, 0.7), (0.1, 0.3, 0.6), (0.2, 0.3, 0.5)]
    return [float(p) for p in rng.permutation(choices[whole(rng, 0, 2)])]


QUESTIONS: tuple[Item, ...] = (
    Numeric("mean-squared-error", "loss", mean_squared_error),
    Numeric("squared-error-slope", "loss", squared_error_slope),
    Numeric("binary-cross-entropy", "cross-entropy", binary_cross_entropy),
    Numeric("cross-entropy", "cross-entropy", cross_entropy),
    Numeric("knows-nothing", "softmax", knows_nothing, 3),
    Numeric("finite-difference", "gradient", finite_difference, 3, "level-3#loss"),
    Numeric("softmax-of-three", "softmax", softmax_of_three),
    Numeric("temperature", "softmax", temperature),
    Numeric("p-minus-y", "p-minus-y", p_minus_y),
    Numeric("p-minus-y-batch", "p-minus-y", p_minus_y_batch),
    Numeric("learning-step", "gradient", learning_step),
    Numeric("two-steps", "gradient", two_steps),
    Numeric("chain-linear", "chain-rule", chain_linear),
    Numeric("chain-sigmoid", "chain-rule", chain_sigmoid),
    Numeric("backward-neuron", "backpropagation", backward_neuron),
    Numeric("two-paths", "backpropagation", two_paths),
    Numeric("batch-gradient", "batches", batch_gradient),
    Numeric("updates", "batches", updates),
    Concept(
        "why-squares",
        "loss",
        word("Why is the plain mean of the errors y − t no good as a loss?"),
        word("Errors of opposite sign cancel."),
        word(
            "Errors of +5 and −5 have the mean 0. Squaring makes every miss count as positive, and "
            "large misses count more."
        ),
        {
            word("It takes too long to compute."): word(
                "It is even cheaper than the mean of the squares. The trouble is what it measures."
            ),
            word("It has no derivative."): word(
                "It has one, the constant 1/n. But following it only pushes all predictions down "
                "forever."
            ),
            word("It is always larger than the mean squared error."): word(
                "It may be smaller, and even negative. A loss should be smallest when the "
                "predictions are right."
            ),
        },
    ),
    Concept(
        "confident-and-wrong",
        "cross-entropy",
        word(
            "The probability that a model gives to the right class goes towards 0. What does the "
            "cross-entropy of that example do?"
        ),
        word("It grows without limit."),
        word(
            "−ln p has no upper bound as p goes to 0: being sure and wrong is the costliest "
            "mistake. The squared error of a probability could never exceed 1."
        ),
        {
            word("It goes to 1."): word(
                "That is what the squared error (1 − p)² would do. −ln p already passes 1 at p = "
                "0.37."
            ),
            word("It goes to 0."): word(
                "It is 0 for p = 1, for an answer that is both sure and right."
            ),
            word("It becomes negative."): word(
                "The logarithm of a probability is never above 0, so −ln p is never below 0."
            ),
        },
    ),
    Concept(
        "shift-logits",
        "softmax",
        word(
            "The same number, say 100, is added to all logits of a softmax. What happens to the "
            "probabilities?"
        ),
        word("They stay the same."),
        word(
            "Every exponential is multiplied by e¹⁰⁰, and so is their sum: the factor cancels. "
            "Programs use this to subtract the largest logit, so that nothing overflows."
        ),
        {
            word("They come nearer to equal."): word(
                "That happens when the logits are divided by something large. Adding the same to "
                "each leaves their differences alone."
            ),
            word("The largest one goes towards 1."): word(
                "That happens when the logits are multiplied. Only their differences matter, and "
                "these have not changed."
            ),
            word("They all grow, and no longer add up to 1."): word(
                "A softmax always adds up to 1, since it divides by the sum."
            ),
        },
    ),
    Concept(
        "high-temperature",
        "softmax",
        word("The temperature of a softmax is raised. What do the probabilities do?"),
        word("They move towards equal shares."),
        word(
            "Dividing the logits by a large T shrinks their differences, so the shares even out. A "
            "small T lets the largest logit take almost everything."
        ),
        {
            word("They move towards 1 for the largest logit."): word(
                "That is a low temperature: dividing by a small T stretches the differences."
            ),
            word("Another class becomes the most likely."): word(
                "Dividing by a positive T keeps the order of the logits, so the same class stays "
                "in front."
            ),
            word("They stay the same."): word(
                "That is what adding a constant does. Dividing changes the differences, and with "
                "them the shares."
            ),
        },
    ),
    Concept(
        "p-minus-y-zero",
        "p-minus-y",
        word(
            "When is the gradient of softmax and cross-entropy zero for all logits of an example?"
        ),
        word("When the probabilities equal the target exactly."),
        word(
            "The gradient is p − y. It shrinks as the prediction comes near the target. If the "
            "target is exactly 1, finite logits never quite get there."
        ),
        {
            word("When the right class has the largest probability."): word(
                "That makes the answer correct, but p − y still asks for more certainty."
            ),
            word("When all probabilities are equal."): word(
                "Then p − y is far from 0: the right class is pushed up, the others down."
            ),
            word("When the learning rate is zero."): word(
                "The learning rate scales the step. The gradient does not depend on it."
            ),
        },
    ),
    Concept(
        "rate-too-large",
        "gradient",
        word(
            "The loss rises from step to step in full-batch gradient descent. What is the first "
            "thing to suspect?"
        ),
        word("The learning rate is too large."),
        word(
            "The gradient is only valid nearby. A step that is too long jumps over the valley and "
            "lands higher on the other side, each time further out."
        ),
        {
            word("The learning rate is too small."): word(
                "Then the loss would fall, only slowly. Short steps against the gradient do not "
                "climb."
            ),
            word("The network has too few neurons."): word(
                "That limits how low the loss can get; it does not make it rise."
            ),
            word("The gradient has become zero."): word(
                "Then nothing would move, and the loss would stay where it is."
            ),
        },
    ),
    Concept(
        "gradient-zero",
        "gradient",
        word(
            "The gradient of a loss is exactly zero at some point. What is certain about this "
            "point?"
        ),
        word("To first order the loss is flat there."),
        word(
            "A zero gradient says that no direction goes up or down at first order. It may be a "
            "minimum, a maximum or a saddle."
        ),
        {
            word("It is the lowest point of all."): word(
                "It may be a local minimum, a maximum or a saddle: the gradient only looks at the "
                "immediate surroundings."
            ),
            word("It is a minimum, local or global."): word(
                "A saddle and a maximum have a zero gradient too."
            ),
            word("The loss is zero there."): word("The slope is zero. The height can be anything."),
        },
    ),
    Concept(
        "paths",
        "chain-rule",
        word(
            "A weight influences the loss along two different paths through the network. How is "
            "its gradient made from the rates on these paths?"
        ),
        word("Multiply along each path, then add the paths."),
        word(
            "Along a chain rates multiply; where paths join, influences add up. That is also why "
            "code for a backward pass adds into its gradients."
        ),
        {
            word("Add along each path, then multiply the paths."): word(
                "It is the other way round: rates in a row multiply, influences side by side add."
            ),
            word("Multiply all the rates of both paths."): word(
                "Then a path of rate 0 would wipe out the other one, though that one still has its "
                "effect."
            ),
            word("Take the path with the larger rate."): word(
                "A small change of the weight acts along both paths at once, so both count."
            ),
        },
    ),
    Concept(
        "backprop-and-optimiser",
        "backpropagation",
        word("What does backpropagation compute?"),
        word("The loss's gradient for every weight."),
        word(
            "Backpropagation only answers: which way, and how steep? Moving the weights is the "
            "next step, and belongs to the optimiser."
        ),
        {
            word("The new value of every weight."): word(
                "That is the job of the optimiser, which uses the gradients. Gradient descent and "
                "Adam share the same backward pass."
            ),
            word("The error of every training example."): word(
                "The errors come from the forward pass and the loss. The backward pass starts from "
                "there."
            ),
            word("The best learning rate for every layer."): word(
                "The learning rate is chosen by people or a schedule; the backward pass does not "
                "depend on it."
            ),
        },
    ),
    Concept(
        "backprop-cost",
        "backpropagation",
        word(
            "A network has a million weights. About how much work is it to get all their gradients "
            "for one example by backpropagation?"
        ),
        word("A few forward passes' worth."),
        word(
            "One sweep back reuses what is shared: each layer passes on the blame for all layers "
            "before it. Its cost is about twice that of the forward pass."
        ),
        {
            word("A million forward passes."): word(
                "That is what nudging each weight in turn would cost. Avoiding that is the whole "
                "point."
            ),
            word("Less than one forward pass."): word(
                "The backward pass visits every connection too, and does about two multiplications "
                "where the forward pass did one."
            ),
            word("It depends on the learning rate."): word(
                "The learning rate comes in later, when the gradients are used."
            ),
        },
    ),
    Concept(
        "forgotten-zero",
        "backpropagation",
        word(
            "A backward pass adds into the stored gradients. What happens if they are not set to "
            "zero between two updates?"
        ),
        word("Each update also contains all the old gradients."),
        word(
            "An old gradient never fades, so steps become too long and point to where the loss "
            "used to fall. Hence the line that clears the gradients in every training loop."
        ),
        {
            word("Nothing, the new gradients replace the old ones."): word(
                "They would if the pass wrote them; it adds, so that weights used twice get their "
                "full gradient."
            ),
            word("The weights go back to where they began."): word(
                "Gradients only steer the steps; the old weights are stored nowhere."
            ),
            word("The training stops, since the gradients cancel."): word(
                "Nothing makes them cancel: they are added up, step after step."
            ),
        },
    ),
    Concept(
        "mini-batch-noise",
        "batches",
        word("What is gained and lost by taking smaller mini-batches?"),
        word("Each update is cheaper, but its direction is noisier."),
        word(
            "A mean over fewer examples costs less and varies more around the gradient of the "
            "whole set. Often many cheap, rough steps beat a few expensive, exact ones."
        ),
        {
            word("Each update is more expensive, but its direction is exact."): word(
                "That describes the full batch. A small batch only estimates the gradient."
            ),
            word("Each epoch has fewer updates."): word(
                "It has more: an epoch is once through the data, and smaller portions make more of "
                "them."
            ),
            word("Each update is cheaper and just as exact."): word(
                "Being cheap has its price: fewer examples give a rougher estimate of the gradient."
            ),
        },
    ),
)
