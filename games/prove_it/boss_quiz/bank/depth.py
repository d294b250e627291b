"""Level 2, second part: tables of weights, counting, what bends buy, and where weights begin."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.engine import at, dense, output
from games.prove_it.boss_quiz.bank.question import (
    POWERS,
    Concept,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
from pycore.activations import ReLU, Sigmoid, relu, sigmoid, tanh
from pycore.layers import Sequential
from pycore.models import mlp

SINCE = 3


def table_entries(rng: np.random.Generator) -> Exercise:
    """The entries of a layer's table, n_in · n_out."""
    n, m = whole(rng, 3, 9), whole(rng, 3, 9)
    return Exercise(
        word(
            "A dense layer of {m} neurons reads {n} numbers. How many entries does its table of "
            "weights have?"
        ),
        {"m": m, "n": n},
        dense(np.zeros((n, m)).tolist()).W.size,
        word("A row for each number, a column for each neuron: {n}·{m} = {right}."),
        {
            word("That counts the biases as well; they are no part of the table."): n * m + m,
            word("That counts rows and columns; an entry sits wherever the two cross."): n + m,
            word("That gives each neuron a single weight."): m,
            word("That makes as many columns as rows; there is a column for each neuron."): n * n,
            word("That makes as many rows as columns; there is a row for each number."): m * m,
        },
        digits=0,
    )


def table_column(rng: np.random.Generator) -> Exercise:
    """One neuron's sum, x times its column of W."""
    W = [[whole(rng, -3, 4) for _ in range(3)] for _ in range(2)]
    x = [whole(rng, 1, 4), whole(rng, -3, 3)]
    layer = dense(W)
    z = layer.forward(np.array([x], float))[0]
    return Exercise(
        word(
            "A layer's table of weights has the rows ({first}) and ({second}); there are no "
            "biases. It reads the numbers {x}. What is the sum of its second neuron?"
        ),
        {"first": tuple(W[0]), "second": tuple(W[1]), "x": x},
        float(z[1]),
        word("A neuron's weights are a column. The second column gives {sum} = {right}."),
        {
            word("That is the first column, so the first neuron."): float(z[0]),
            word("That is the third column, so the third neuron."): float(z[2]),
            word("That goes along the second row; a neuron's weights are a column."): (
                W[1][0] * x[0] + W[1][1] * x[1]
            ),
            word("That adds the column up without the numbers it meets."): W[0][1] + W[1][1],
            word("That pairs the column with the numbers in the opposite order."): (
                W[0][1] * x[1] + W[1][1] * x[0]
            ),
        },
        digits=0,
        worked={"sum": Sum([W[0][1], W[1][1]], x)},
    )


def second_example(rng: np.random.Generator) -> Exercise:
    """One entry of X w + b, the second row's."""
    X = [[whole(rng, 0, 4), whole(rng, 0, 4)] for _ in range(2)]
    w, b = [grid(rng, -3, 3, 1), grid(rng, -3, 3, 1)], grid(rng, -2, 2, 1)
    layer = dense([[v] for v in w], [b])
    y = layer.forward(np.array(X, float))[:, 0]
    return Exercise(
        word(
            "A batch X has the rows ({first}) and ({second}). One neuron with the weights {w} and "
            "the bias {b} reads it, without a bend. What does it answer to the second example?"
        ),
        {"first": tuple(X[0]), "second": tuple(X[1]), "w": w, "b": b},
        float(y[1]),
        word("An example is a row: {sum} = {right}. The first row plays no part in it."),
        {
            word("That is the first example."): float(y[0]),
            word("That reads the second column; an example is a row."): output(
                layer, X[0][1], X[1][1]
            ),
            word("That leaves out the bias; it is added for every example."): float(y[1]) - b,
            word("That adds both examples up; each one gets an answer of its own."): float(y.sum()),
            word("That pairs weights and inputs in the opposite order."): output(
                layer, *X[1][::-1]
            ),
        },
        digits=0,
        worked={"sum": Sum(w, X[1], b)},
    )


def last_neuron(rng: np.random.Generator) -> Exercise:
    """The answer σ(v·h + c) to given hidden answers."""
    h = [grid(rng, -0.9, 0.9), grid(rng, -0.9, 0.9)]
    v, c = [grid(rng, -3, 3, 0.5), grid(rng, -3, 3, 0.5)], grid(rng, -1, 1, 0.5)
    layer = dense([[a] for a in v], [c])
    z = output(layer, *h)
    return Exercise(
        word(
            "In a forward pass two hidden neurons answer {h}. The output neuron reads them with "
            "the weights {v} and the bias {c} and ends in a sigmoid. What does the network answer?"
        ),
        {"h": h, "v": v, "c": c},
        output(Sequential(layer, Sigmoid()), *h),
        word("The last sum is {sum} = {z}, and σ({z}) = {right}."),
        {
            word("That is the sum; the sigmoid is still to come."): z,
            word("That leaves out the bias."): at(sigmoid, z - c),
            word("That bends with tanh; this output ends in a sigmoid."): at(tanh, z),
            word("That pairs weights and answers in the opposite order."): at(
                sigmoid, output(layer, *h[::-1])
            ),
            word("That adds the hidden answers up without their weights."): at(sigmoid, sum(h) + c),
        },
        digits=3,
        worked={"sum": Sum(v, h, c), "z": z},
    )


def relay(rng: np.random.Generator) -> Exercise:
    """A chain of three ReLU neurons."""
    w = [grid(rng, -2, 3, 1), grid(rng, -2, 3, 1), grid(rng, 1, 3, 1)]
    b = [grid(rng, -2, 4, 1) for _ in w]
    x = whole(rng, 1, 3)
    layers = [dense([[a]], [c]) for a, c in zip(w, b, strict=True)]
    steps = [float(x)]
    for layer in layers:
        steps.append(output(Sequential(layer, ReLU()), steps[-1]))
    return Exercise(
        word(
            "Three ReLU neurons form a chain, each reading the one before. Their weights are "
            "{w}, their biases {b}. The first reads the input {x}. What does the third answer?"
        ),
        {"w": w, "b": b, "x": x},
        steps[3],
        word(
            "The first answers {first}, the second {second}, and the third {right}. Where a sum is "
            "below 0, ReLU hands on a 0."
        ),
        {
            word("That stops after the second neuron."): steps[2],
            word("That stops after the first neuron."): steps[1],
            word("That leaves out the bends, so that negative sums are handed on."): output(
                Sequential(*layers), x
            ),
            word("That leaves out the biases."): at(relu, w[0] * w[1] * w[2] * x),
            word("That lets the third neuron read the input itself."): at(
                relu, output(layers[2], x)
            ),
            word("That adds all the biases at the end; each goes through the weights after it."): (
                at(relu, w[0] * w[1] * w[2] * x + sum(b))
            ),
        },
        digits=0,
        worked={"first": steps[1], "second": steps[2]},
    )


def neurons_on(rng: np.random.Generator) -> Exercise:
    """How many ReLU neurons of a layer are on."""
    w = [grid(rng, -3, 3, 1) for _ in range(5)]
    b = [grid(rng, -4, 4, 1) for _ in w]
    x = whole(rng, 1, 3)
    layer = dense([w], b)
    z = layer.forward(np.array([[x]], float))[0]
    on = int((Sequential(layer, ReLU()).forward(np.array([[x]], float)) > 0).sum())
    return Exercise(
        word(
            "Five ReLU neurons read the same input, {x}. Their weights are {w}, their biases {b}, "
            "in the same order. How many of them answer something above 0?"
        ),
        {"x": x, "w": w, "b": b},
        on,
        word("The five sums are {sums}. Count those above 0: {right}."),
        {
            word("That counts those that are off."): 5 - on,
            word("That counts the positive weights; the bias belongs to the sum."): sum(
                a > 0 for a in w
            ),
            word("That counts the positive biases; weight times input belongs to the sum."): sum(
                c > 0 for c in b
            ),
            word("That assumes that all of them are on."): 5,
            word("That takes the biases away where they have to be added."): sum(
                a * x - c > 0 for a, c in zip(w, b, strict=True)
            ),
            word("That counts the neurons with positive weight and positive bias only."): sum(
                a > 0 and c > 0 for a, c in zip(w, b, strict=True)
            ),
        },
        digits=0,
        worked={"sums": z.tolist()},
    )


def two_hidden(rng: np.random.Generator) -> Exercise:
    """Parameters with two hidden layers."""
    n, h, g, k = whole(rng, 2, 4), whole(rng, 4, 7), whole(rng, 3, 6), whole(rng, 1, 3)
    weights = n * h + h * g + g * k
    return Exercise(
        word(
            "A dense network has {n} inputs, a hidden layer of {h} neurons, another one of {g}, "
            "and {k} at the output. How many parameters does it have?"
        ),
        {"n": n, "h": h, "g": g, "k": k},
        mlp([n, h, g, k], rng).theta.size,
        word(
            "{n}·{h} + {h}, then {h}·{g} + {g}, then {g}·{k} + {k}: {weights} weights and {biases} "
            "biases, together {right}."
        ),
        {
            word("That counts the weights only; each neuron has a bias too."): weights,
            word("That gives the inputs biases as well; they compute nothing."): (
                weights + n + h + g + k
            ),
            word("That skips the layer between the two hidden ones."): n * h + h + g * k + g + k,
            word("That forgets the output's weights and biases."): n * h + h + h * g + g,
            word("That joins the inputs to the second hidden layer as well."): (
                weights + h + g + k + n * g
            ),
        },
        digits=0,
        worked={"weights": weights, "biases": h + g + k},
    )


def image_weights(rng: np.random.Generator) -> Exercise:
    """The weights from the dots of an image into a dense layer."""
    s, h = int(rng.choice([8, 10, 12, 16, 20, 28])), int(rng.choice([10, 16, 20, 32, 50]))
    return Exercise(
        word(
            "Images of {s} × {s} dots go into a dense layer of {h} neurons. How many weights does "
            "this layer have, biases not counted?"
        ),
        {"s": s, "h": h},
        dense(np.zeros((s * s, h)).tolist()).W.size,
        word("Each neuron reads all {dots} dots: {dots}·{h} = {right}."),
        {
            word("That counts the biases too."): s * s * h + h,
            word("That reads one side of the image only."): s * h,
            word("That gives each dot a single weight; each neuron has its own."): s * s,
            word("That adds dots and neurons; each dot is joined to each neuron."): s * s + h,
            word("That counts the four edges of the image."): 4 * s * h,
        },
        digits=0,
        worked={"dots": s * s},
    )


def one_neuron_more(rng: np.random.Generator) -> Exercise:
    """What one more hidden neuron costs, n + 1 + k parameters."""
    n, h, k = whole(rng, 3, 9), whole(rng, 4, 9), whole(rng, 2, 6)
    more = mlp([n, h + 1, k], rng).theta.size - mlp([n, h, k], rng).theta.size
    return Exercise(
        word(
            "A dense network has {n} inputs, {h} hidden neurons and {k} outputs. How many "
            "parameters does one more hidden neuron add?"
        ),
        {"n": n, "h": h, "k": k},
        more,
        word(
            "It reads {n} inputs and has a bias, and {k} outputs read it: {n} + 1 + {k} = {right}."
        ),
        {
            word("That forgets the new neuron's bias."): n + k,
            word("That forgets the outputs, each of which gets a new weight to read it."): n + 1,
            word("That forgets the inputs that it reads."): k + 1,
            word("That joins it to the other hidden neurons; neurons of a layer do not meet."): (
                n + 1 + k + h
            ),
            word("That multiplies what comes in and what goes out; these are separate lines."): (
                n * k
            ),
        },
        digits=0,
    )


def one_layer_more(rng: np.random.Generator) -> Exercise:
    """What one more hidden layer of the same width costs, h² + h."""
    n, h, k = whole(rng, 2, 5), whole(rng, 6, 12), whole(rng, 1, 4)
    more = mlp([n, h, h, k], rng).theta.size - mlp([n, h, k], rng).theta.size
    return Exercise(
        word(
            "A dense network has {n} inputs, one hidden layer of {h} neurons and {k} at the "
            "output. A second hidden layer of {h} neurons is added after the first. How many "
            "parameters does that add?"
        ),
        {"n": n, "h": h, "k": k},
        more,
        word(
            "Each of the {h} new neurons reads {h} and has a bias: {h}·{h} + {h} = {right}. The "
            "output reads {h} neurons as before."
        ),
        {
            word("That leaves out the new biases."): h * h,
            word("That lets the new layer read the inputs."): n * h + h,
            word("That counts the output's weights once more; it reads {h} neurons as before."): (
                h * h + h + h * k
            ),
            word("That gives each new neuron a single weight and a bias."): 2 * h,
            word("That counts new neurons, not their parameters."): h,
        },
        digits=0,
    )


def merged_weight(rng: np.random.Generator) -> Exercise:
    """One weight of the product W₁ W₂."""
    w1, w2, v1, v2 = (grid(rng, -3, 4, 1) for _ in range(4))
    return Exercise(
        word(
            "An input reaches two hidden neurons with the weights {w1} and {w2}. The output reads "
            "them with the weights {v1} and {v2}. Nothing bends. With which weight could the "
            "output read this input directly?"
        ),
        {"w1": w1, "w2": w2, "v1": v1, "v2": v2},
        output(Sequential(dense([[w1, w2]]), dense([[v1], [v2]])), 1),
        word("Multiply along each of the two paths and add: {sum} = {right}."),
        {
            word("That follows the first path only."): w1 * v1,
            word("That follows the second path only."): w2 * v2,
            word("That multiplies the two paths; side by side they add."): w1 * v1 * w2 * v2,
            word("That multiplies the totals; the first weight never meets the second reader."): (
                (w1 + w2) * (v1 + v2)
            ),
            word("That swaps the two weights of the output."): w1 * v2 + w2 * v1,
            word("That adds along a path; weights in a row multiply."): w1 + v1 + w2 + v2,
        },
        digits=0,
        worked={"sum": Sum([w1, w2], [v1, v2])},
    )


def kink(rng: np.random.Generator) -> Exercise:
    """Where a ReLU neuron of one input has its corner, −b / w."""
    w, b = float(rng.choice([-4.0, -2.0, -1.0, 2.0, 4.0, 5.0])), grid(rng, -6, 6, 1)
    return Exercise(
        word(
            "A hidden ReLU neuron reads one input x, with weight {w} and bias {b}. At which x does "
            "it put a corner into what the network draws?"
        ),
        {"w": w, "b": b},
        -b / w,
        word("The corner is where its sum is 0: {sum} = 0, so x = {right}."),
        {
            word("That has the wrong sign; there the sum is twice the bias."): b / w,
            word("That forgets to divide by the weight."): -b,
            word("That has the fraction upside down."): -w / b,
            word("That multiplies by the weight where it has to divide."): -b * w,
            word("That leaves the bias out; only without one is the corner at 0."): 0.0,
        },
        digits=2,
        worked={"sum": Sum([w], ["x"], b)},
    )


def joint_slope(rng: np.random.Generator) -> Exercise:
    """The slope of v₁ ReLU(w₁ x + b₁) + v₂ ReLU(w₂ x + b₂) where both or one of them are on."""
    w1, w2 = grid(rng, 1, 3, 1), grid(rng, 1, 4, 1)
    v1, v2 = grid(rng, -3, 3, 1), grid(rng, -3, 3, 1)
    first, second = whole(rng, 0, 2), whole(rng, 4, 6)
    x = whole(rng, first + 1, second - 1) if rng.random() < 0.3 else second + whole(rng, 1, 3)
    network = Sequential(
        dense([[w1, w2]], [-w1 * first, -w2 * second]), ReLU(), dense([[v1], [v2]])
    )
    rise = output(network, x + 0.5) - output(network, x - 0.5)
    both = v1 * w1 + v2 * w2
    return Exercise(
        word(
            "A network of one input has two hidden ReLU neurons. The first has weight {w1} and "
            "turns on at x = {first}, the second has weight {w2} and turns on at x = {second}. The "
            "output reads them with the weights {v1} and {v2}. How steep is the output at x = {x}?"
        ),
        {"w1": w1, "first": first, "w2": w2, "second": second, "v1": v1, "v2": v2, "x": x},
        rise,
        word(
            "Each neuron that is on adds weight times weight: the first {one}, the second {two}. "
            "At x = {x} that makes {right}."
        ),
        {
            word("That counts the first neuron alone."): v1 * w1,
            word("That counts the second neuron alone."): v2 * w2,
            word("That counts a neuron that is off at this x."): both,
            word("That adds the output's weights only."): v1 + v2,
            word("That adds the hidden weights only."): w1 + w2,
            word("That multiplies the two shares; side by side they add."): v1 * w1 * v2 * w2,
        },
        digits=0,
        worked={"one": v1 * w1, "two": v2 * w2},
    )


def line_crossing(rng: np.random.Generator) -> Exercise:
    """Where the line w₁ x₁ + w₂ x₂ + b = 0 passes a given x₁."""
    w1, b, x1 = grid(rng, -4, 4, 1), grid(rng, -6, 6, 1), whole(rng, 1, 3)
    w2 = float(rng.choice([-4.0, -2.0, 2.0, 4.0, 5.0]))
    rest = output(dense([[w1], [w2]], [b]), x1, 0)
    return Exercise(
        word(
            "A neuron has the weights w₁ = {w1} and w₂ = {w2} and the bias {b}. Its line runs "
            "where its sum is 0. At x₁ = {x1}, which x₂ lies on the line?"
        ),
        {"w1": w1, "w2": w2, "b": b, "x1": x1},
        -rest / w2,
        word(
            "The first input and the bias bring {rest}, so {w2}·x₂ must cancel that: x₂ = {right}."
        ),
        {
            word("That has the wrong sign: it doubles the sum instead of cancelling it."): (
                rest / w2
            ),
            word("That forgets the bias."): -w1 * x1 / w2,
            word("That forgets to divide by w₂."): -rest,
            word("That forgets the first input."): -b / w2,
            word("That adds the bias where it has to be taken away."): (b - w1 * x1) / w2,
        },
        digits=2,
        worked={"rest": rest},
    )


def xor_score(rng: np.random.Generator) -> Exercise:
    """How many of n points at XOR's corners one line gets right, ¾ n."""
    n = int(rng.choice([40, 80, 100, 120, 160, 200, 400]))
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    either = dense([[6.0], [6.0]], [-3.0]).forward(corners)[:, 0] > 0
    right = float(np.mean(either == (corners.sum(1) == 1))) * n
    return Exercise(
        word(
            "{n} points lie at XOR's four corners, a quarter of them at each. One neuron draws one "
            "line. How many points can it get right at most?"
        ),
        {"n": n},
        right,
        word("Three of the four corners, and {quarter} points at each: {right}."),
        {
            word("That is two corners; a line for OR gets a third one right."): n / 2,
            word("That is one point wrong; but a whole corner is on the wrong side."): n - 1,
            word("That is all of them, which no line can do."): n,
            word("That is a single corner."): n / 4,
        },
        digits=0,
        worked={"quarter": n // 4},
    )


def spread_through(rng: np.random.Generator) -> Exercise:
    """What is left of a signal after k layers that each multiply it by a, aᵏ."""
    a, k = float(rng.choice([0.4, 0.5, 0.6, 0.8, 1.5, 2.0, 3.0])), whole(rng, 3, 5)
    layers = [dense([[a]]) for _ in range(k)]
    return Exercise(
        word(
            "Each of {k} layers multiplies the size of the signal by {a}. The signal starts with "
            "size 1. How large is it after the last layer?"
        ),
        {"k": k, "a": a},
        output(Sequential(*layers), 1),
        word("Once more in each layer: {a}{power} = {right}."),
        {
            word("That adds up; from layer to layer the factors multiply."): k * a,
            word("That is a single layer."): a,
            word("That misses one layer."): a ** (k - 1),
            word("That takes what is lost or gained in one layer {k} times."): 1 + k * (a - 1),
            word("That counts one layer too many."): a ** (k + 1),
        },
        digits=3,
        worked={"power": POWERS[k]},
    )


def copies(rng: np.random.Generator) -> Exercise:
    """One neuron in place of n copies, with the weight n v."""
    n, v = whole(rng, 3, 9), grid(rng, -0.9, 0.9)
    layer = dense([[v] for _ in range(n)])
    return Exercise(
        word(
            "A hidden layer has {n} neurons that are exact copies of each other. The output reads "
            "each of them with the weight {v}. A single one of them would do as well, read with "
            "which weight?"
        ),
        {"n": n, "v": v},
        output(layer, *[1.0] * n),
        word("All {n} say the same, and the output adds it up: {n}·{v} = {right}."),
        {
            word("That is the weight of one copy; the others said it too."): v,
            word("That divides; the copies add up, they do not share."): v / n,
            word("That leaves one of the copies out."): (n - 1) * v,
            word("That multiplies the weights with each other; the output adds."): v**n,
            word("That adds the number of neurons to the weight."): n + v,
        },
        digits=2,
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("table-entries", "layers", table_entries, SINCE),
    Numeric("table-column", "layers", table_column, SINCE),
    Numeric("second-example", "layers", second_example, SINCE),
    Numeric("last-neuron", "forward-pass", last_neuron, SINCE),
    Numeric("relay", "forward-pass", relay, SINCE),
    Numeric("neurons-on", "forward-pass", neurons_on, SINCE),
    Numeric("two-hidden", "parameters", two_hidden, SINCE),
    Numeric("image-weights", "parameters", image_weights, SINCE),
    Numeric("one-neuron-more", "parameters", one_neuron_more, SINCE),
    Numeric("one-layer-more", "parameters", one_layer_more, SINCE),
    Numeric("merged-weight", "non-linearity", merged_weight, SINCE),
    Numeric("kink", "non-linearity", kink, SINCE),
    Numeric("joint-slope", "non-linearity", joint_slope, SINCE),
    Numeric("line-crossing", "xor", line_crossing, SINCE),
    Numeric("xor-score", "xor", xor_score, SINCE),
    Numeric("spread-through", "init-true-story", spread_through, SINCE),
    Numeric("copies", "starting-weights", copies, SINCE),
    Concept(
        "layer-is",
        "layers",
        word("What makes several neurons a layer?"),
        word("They read the same numbers, each in its own way."),
        word(
            "A layer is neurons side by side. They share what they read, not the weights with "
            "which they read it."
        ),
        {
            word("They have the same weights."): word(
                "Then they would all say the same, and one of them would be enough."
            ),
            word("Each reads the answer of its neighbour."): word(
                "That is neurons in a row, one layer after another. Within a layer nobody hears "
                "the neighbour."
            ),
            word("They answer the same question."): word(
                "Each answers a question of its own; that is why there are several."
            ),
        },
        SINCE,
    ),
    Concept(
        "column-of-w",
        "layers",
        word("With y = x W + b, what is in the third column of W?"),
        word("The weights of the third neuron, one for each input."),
        word(
            "In x W the numbers of x meet each column in turn, and each column makes one neuron's "
            "sum."
        ),
        {
            word("The weights of the third input, one for each neuron."): word(
                "That is the third row: a weight for each neuron that reads the third input."
            ),
            word("The third example of the batch."): word(
                "Examples are rows of x. The table W is the same for all of them."
            ),
            word("What the third neuron answers."): word(
                "That is the third column of y. W holds only what the neurons multiply by."
            ),
        },
        SINCE,
    ),
    Concept(
        "row-of-x",
        "layers",
        word("A table X of shape (10, 4) goes into a layer. What is one row of it?"),
        word("One example: the 4 numbers that belong to it."),
        word("Ten examples go through at once, one in each row, and come out in ten rows again."),
        {
            word("One input, for all 10 examples."): word(
                "That is a column. There are four of them, one for each input."
            ),
            word("The weights of one neuron."): word(
                "Weights are in W, as columns. X holds what is read."
            ),
            word("The answers of one neuron."): word(
                "Those come out of the layer, as a column of Y."
            ),
        },
        SINCE,
    ),
    Concept(
        "dense-word",
        "layers",
        word("What does it mean that a layer is dense?"),
        word("Every neuron reads every input."),
        word("There is a line, and so a weight, for each pair of input and neuron."),
        {
            word("It has very many neurons."): word(
                "A layer of two neurons is dense as well. It is the lines that are complete."
            ),
            word("Its weights are large."): word("The weights may be anything, even 0."),
            word("Its neurons read each other."): word(
                "Neurons of one layer do not; they all read the layer before."
            ),
        },
        SINCE,
    ),
    Concept(
        "forward-changes",
        "forward-pass",
        word("A network computes an answer. What has changed in it afterwards?"),
        word("None of its weights and biases."),
        word(
            "A forward pass makes activations, anew for each input. The parameters stay the same "
            "until a learning step changes them."
        ),
        {
            word("The weights that were used most."): word(
                "Using a weight neither wears it out nor strengthens it. Learning is a step of its "
                "own."
            ),
            word("All weights, a little."): word(
                "That is a learning step. The forward pass only reads the weights."
            ),
            word("The biases, but not the weights."): word(
                "Biases are parameters too, and stay as they are."
            ),
        },
        SINCE,
    ),
    Concept(
        "above-half",
        "forward-pass",
        word(
            "A network ends in a sigmoid. What can you say about its last sum when it answers more "
            "than ½?"
        ),
        word("It is above 0."),
        word("The sigmoid gives exactly ½ for 0 and rises all the way."),
        {
            word("It is above ½."): word(
                "The answer is; but a sum of 0.1 is already enough for an answer above ½."
            ),
            word("It is above 1."): word("It need not be: σ(0.5) is 0.622, which is more than ½."),
            word("Nothing: that depends on the weights."): word(
                "The weights make the sum. From the sum on, the sigmoid is always the same."
            ),
        },
        SINCE,
    ),
    Concept(
        "parameters-and-data",
        "parameters",
        word(
            "A network is trained on twice as many examples. How many parameters does it have now?"
        ),
        word("As many as before."),
        word(
            "The number of parameters follows from the sizes of the layers. Examples pass through "
            "one after the other, or in rows, and use the same weights."
        ),
        {
            word("Twice as many."): word(
                "Then it would have to grow with every photograph that it sees."
            ),
            word("Twice as many in the input layer only."): word(
                "The input layer has none, and its width is the size of one example."
            ),
            word("Fewer, because it knows better what it needs."): word(
                "Training changes the values of the parameters, not how many there are."
            ),
        },
        SINCE,
    ),
    Concept(
        "most-parameters",
        "parameters",
        word(
            "A dense network for images has 784 inputs, 128 hidden neurons and 10 outputs. Where "
            "are most of its parameters?"
        ),
        word("Between the inputs and the hidden layer."),
        word(
            "784·128 = 100,352 weights lie there; between hidden layer and output 128·10 = 1,280."
        ),
        {
            word("Between the hidden layer and the output."): word(
                "There are 128·10 = 1,280 weights: a small part, because the output is small."
            ),
            word("In the biases."): word("There are only 128 + 10 of them, one for each neuron."),
            word("In the input layer."): word("It computes nothing, and has no parameters at all."),
        },
        SINCE,
    ),
    Concept(
        "ten-corners",
        "non-linearity",
        word(
            "A network has one input, ten hidden ReLU neurons and an output without a bend. What "
            "can it draw?"
        ),
        word("A line that changes direction at ten places at most."),
        word(
            "Each hidden neuron turns on or off at one place. Between those places everything is "
            "straight."
        ),
        {
            word("Ten separate straight lines."): word(
                "The output adds the ten up. There is one line, with corners in it."
            ),
            word("One straight line, because ReLU is made of straight pieces."): word(
                "The pieces are straight, but where a neuron turns on, the direction changes."
            ),
            word("A smooth curve through any ten points."): word(
                "It has corners, not smooth bends. And which points it meets depends on training."
            ),
        },
        SINCE,
    ),
    Concept(
        "bend-removed",
        "non-linearity",
        word(
            "Someone takes the activations out of all hidden layers of a network for XOR. What can "
            "training still reach?"
        ),
        word("What one neuron can: three of the four corners."),
        word(
            "Without a bend, all its layers collapse into a single one. Then the output neuron "
            "draws one straight line in the plane of the inputs."
        ),
        {
            word("All four corners, only more slowly."): word(
                "No amount of training helps: what the layers compute together is one straight cut."
            ),
            word("All four corners, if it is made deeper."): word(
                "Ten layers without a bend are worth no more than one. Depth needs bends."
            ),
            word("None of them: its answer is the same everywhere."): word(
                "It still computes a weighted sum of the inputs, and can draw a line with it."
            ),
        },
        SINCE,
    ),
    Concept(
        "staircase",
        "xor",
        word("Which of these everyday rules is XOR?"),
        word("A staircase light with a switch at either end."),
        word(
            "It is on when exactly one of the switches is up. So flipping either of them always "
            "changes it."
        ),
        {
            word("A safe that opens with two keys together."): word(
                "That is AND: both are needed."
            ),
            word("A doorbell with a button at either door."): word(
                "That is OR: one button is enough, and both together ring it as well."
            ),
            word("A lamp that goes out only when both switches are up."): word(
                "That is NAND: it is on in three of the four cases."
            ),
        },
        SINCE,
    ),
    Concept(
        "boundary-is",
        "xor",
        word("What is the decision boundary of a neuron with two inputs?"),
        word("The line of all points where its sum is 0."),
        word(
            "On one side the sum is positive and the neuron leans to yes, on the other to no. On "
            "the line it is undecided."
        ),
        {
            word("The largest inputs that it can take."): word(
                "A neuron takes any numbers. Its boundary is where its answer changes sides."
            ),
            word("The curve of its activation."): word(
                "That bends the sum. Where the sum is 0 is settled before."
            ),
            word("The gap between the gold points and the others."): word(
                "The points are the data. The line belongs to the neuron, and may run anywhere."
            ),
        },
        SINCE,
    ),
    Concept(
        "points-left",
        "xor",
        word(
            "Two hidden cuts for XOR ask “is at least one on?” and “are both on?”. How many "
            "different points do the four cases become?"
        ),
        word("Three"),
        word(
            "“0 and 1” and “1 and 0” give the same pair of answers: yes, no. So they become one "
            "point, and a single line can separate it from the other two."
        ),
        {
            word("Four"): word(
                "Two of the cases get the same two answers, and so become one and the same point."
            ),
            word("Two"): word(
                "“Both off” answers no, no and “both on” answers yes, yes: these stay apart."
            ),
            word("One"): word("Then nothing could tell them apart any more."),
        },
        SINCE,
    ),
    Concept(
        "cybenko",
        "xor",
        word("What does Cybenko's theorem of 1989 say about one hidden layer of sigmoid neurons?"),
        word("With enough neurons it can come as near as you like to any continuous function."),
        word(
            "That holds on a closed and bounded region. The theorem does not say how many neurons "
            "it takes, nor that training finds their weights."
        ),
        {
            word("It learns any function if it is trained long enough."): word(
                "The theorem says that such weights exist. Whether training finds them is another "
                "matter."
            ),
            word("It is always better than several layers."): word(
                "For some functions several narrow layers need far fewer neurons."
            ),
            word("As many neurons as examples are enough."): word("It names no number at all."),
        },
        SINCE,
    ),
    Concept(
        "all-zero-tanh",
        "starting-weights",
        word(
            "A network with a hidden tanh layer starts with all weights and biases at 0. What "
            "moves in its first learning step?"
        ),
        word("Nothing but the output's bias."),
        word(
            "tanh(0) is 0, so the output reads zeros and its weights get no gradient. And through "
            "output weights of 0 no blame reaches the hidden layer."
        ),
        {
            word("All weights, by the same amount."): word(
                "That happens with equal weights that are not 0. Here every product contains a 0."
            ),
            word("The hidden weights, but not those of the output."): word(
                "Blame reaches them through the output's weights, and these are 0."
            ),
            word("Whatever the examples ask for."): word(
                "They ask in vain: nothing they say gets through a weight of 0."
            ),
        },
        SINCE,
    ),
    Concept(
        "equal-start",
        "starting-weights",
        word(
            "All weights of a network start at the same number, say 0.5, and its biases at 0. What "
            "is wrong with that?"
        ),
        word("The neurons of a layer stay identical, however long they train."),
        word(
            "They say the same, are blamed for the same and are corrected in the same way. A layer "
            "of a hundred can then do no more than one of them. (One layer alone may start so: "
            "different weights behind it tell its neurons apart.)"
        ),
        {
            word("The number is too large; with 0.01 it would work."): word(
                "Small equal weights keep the neurons identical too. They have to differ."
            ),
            word("Nothing: training gives each neuron a task of its own."): word(
                "It has no reason to: neurons that are equal get equal corrections."
            ),
            word("The network cannot compute its answer."): word(
                "It can. All the neurons of a layer just compute the same."
            ),
        },
        SINCE,
    ),
    Concept(
        "large-and-shallow",
        "init-true-story",
        word(
            "A network with two hidden tanh layers starts from rather large random weights. Is it "
            "lost?"
        ),
        word("No: it may even learn fastest."),
        word(
            "With so few layers a signal has hardly any room to get lost in. Only in deep networks "
            "does the right size decide everything."
        ),
        {
            word("Yes: its activations grow without limit."): word(
                "tanh keeps them between −1 and 1. They are pushed to the flat ends, no further."
            ),
            word("Yes: only a balanced start can learn."): word(
                "That is the usual story, and true of deep networks. The race shows where it fails."
            ),
            word("No: the size of the first weights never matters."): word(
                "With six hidden layers it matters a great deal."
            ),
        },
        SINCE,
    ),
    Concept(
        "why-depth-matters",
        "init-true-story",
        word("Why does the size of the first weights matter more in a deep network?"),
        word("Each layer multiplies the signal once more."),
        word(
            "A factor of 0.5 leaves a half after one layer, and less than a sixtieth after six. A "
            "factor of 2 makes it 64 times as large."
        ),
        {
            word("A deep network has more weights to set."): word(
                "A wide, shallow one may have more. What counts is how often the signal is "
                "multiplied."
            ),
            word("A deep network learns from fewer examples."): word(
                "It learns from the same ones. The trouble is on the way through its layers."
            ),
            word("Deep layers start later than the first ones."): word(
                "All start at the same moment. But the signal reaches the last one through all "
                "the others."
            ),
        },
        SINCE,
    ),
)
