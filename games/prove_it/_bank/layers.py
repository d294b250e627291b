"""Level 2: layers, the forward pass, counting parameters, and why depth bends."""

from __future__ import annotations

import numpy as np

from games.prove_it._bank.engine import at, dense, output
from games.prove_it._bank.question import Concept, Exercise, Item, Numeric, expand, grid, whole
from pycore.activations import ReLU, Sigmoid, sigmoid
from pycore.layers import Sequential
from pycore.models import mlp


def two_layers(rng: np.random.Generator) -> Exercise:
    """A forward pass, y = v·ReLU(w x + b) + c, with one hidden neuron off."""
    x = whole(rng, 1, 3)
    w1, b1 = grid(rng, 1, 3, 1), grid(rng, -0.5, 1, 0.5)
    w2, b2 = grid(rng, -3, -1, 1), grid(rng, -1, 0.5, 0.5)
    v1, v2, c = grid(rng, 0.5, 2, 0.5), grid(rng, -2, 2, 0.5), grid(rng, -1, 1, 0.5)
    hidden = dense([[w1, w2]], [b1, b2])
    z1, z2 = (float(z) for z in hidden.forward(np.array([[x]], float))[0])
    y = output(Sequential(hidden, ReLU(), dense([[v1], [v2]], [c])), x)
    return Exercise(
        "A network has one input, two hidden ReLU neurons and one output without activation. The "
        "hidden neurons have weights {w1} and {w2} and biases {b1} and {b2}; the output has "
        "weights {v1} and {v2} and bias {c}. What comes out for the input {x}?",
        {"w1": w1, "w2": w2, "b1": b1, "b2": b2, "v1": v1, "v2": v2, "c": c, "x": x},
        y,
        "The hidden sums are {first} = {z1} and {second} = {z2}. ReLU keeps the first and turns "
        "the second into 0, so the output is {out} = {right}.",
        {
            "That skips the ReLU: the negative hidden sum was passed on.": y + v2 * z2,
            "That leaves out the bias of the output.": y - c,
            "That leaves out the biases of the hidden neurons.": v1 * w1 * x + c,
            "That adds up the hidden values without the output's weights.": z1 + c,
            "That drops the minus sign of the second hidden sum; ReLU makes it 0.": y - v2 * z2,
        },
        worked={
            "first": expand([w1], [x], b1),
            "second": expand([w2], [x], b2),
            "out": expand([v1, v2], [z1, 0], c),
            "z1": z1,
            "z2": z2,
        },
    )


def parameter_count(rng: np.random.Generator) -> Exercise:
    """Parameters of a dense network, Σ (n_in + 1) n_out."""
    n, h, k = whole(rng, 2, 6), whole(rng, 3, 9), whole(rng, 2, 5)
    size = mlp([n, h, k], rng).theta.size
    return Exercise(
        "A dense network has {n} inputs, one hidden layer of {h} neurons and {k} outputs. How many "
        "parameters does it have, biases included?",
        {"n": n, "h": h, "k": k},
        size,
        "Weights: {n}·{h} + {h}·{k} = {weights}. Biases: one for each neuron that computes, "
        "{h} + {k} = {biases}. Together {right}.",
        {
            "That counts the weights only; every hidden and output neuron has a bias too.": (
                n * h + h * k
            ),
            "That gives the inputs biases too; inputs are given, they compute nothing.": size + n,
            "That counts neurons; a parameter sits on every connection.": n + h + k,
            "That multiplies all three sizes; connections run only between neighbours.": n * h * k,
            "That stops at the hidden layer; the output has weights and biases too.": n * h + h,
        },
        digits=0,
        worked={"weights": n * h + h * k, "biases": h + k},
    )


def output_numbers(rng: np.random.Generator) -> Exercise:
    """Numbers in y = x W, (n, n_in) times (n_in, n_out)."""
    n, n_in, n_out = int(rng.choice([16, 32, 64])), whole(rng, 2, 5), whole(rng, 6, 10)
    return Exercise(
        "A batch of {n} examples, {n_in} numbers each, goes through a dense layer of {n_out} "
        "neurons. How many numbers come out?",
        {"n": n, "n_in": n_in, "n_out": n_out},
        mlp([n_in, n_out], rng).forward(np.zeros((n, n_in))).size,
        "Every example gives one number for each neuron: {n}·{n_out} = {right}.",
        {
            "That is what went in: examples times inputs.": n * n_in,
            "That is the number of weights; it does not depend on the batch.": n_in * n_out,
            "That counts every product inside; each neuron adds up its own to one number.": (
                n * n_in * n_out
            ),
            "That is the output for a single example.": n_out,
        },
        digits=0,
    )


def collapsed_bias(rng: np.random.Generator) -> Exercise:
    """Two linear neurons in a row: the bias of v (w x + b) + c."""
    w, v = grid(rng, -3, 3, 1), grid(rng, -3, 3, 1)
    b, c = grid(rng, -4, 4, 1), grid(rng, -4, 4, 1)
    bias = output(Sequential(dense([[w]], [b]), dense([[v]], [c])), 0)
    return Exercise(
        "Two neurons without activation stand in a row: the first computes a = {first}, the second "
        "y = {second}. Together they are one neuron. What is its bias?",
        {"w": w, "b": b, "v": v, "c": c},
        bias,
        "Put x = 0: the first gives {b}, the second {out} = {right}. (The weight of the one "
        "neuron is {weight}, so two linear layers have gained nothing.)",
        {
            "That adds the two biases; the first still passes through the second weight.": b + c,
            "That is the weight of the one neuron, the product of both weights.": w * v,
            "That is what the first bias brings; the second bias is missing.": v * b,
            "That multiplies the second bias by the second weight as well.": v * (b + c),
            "That sends the first bias through its own weight; it is added after that.": w * b + c,
        },
        digits=0,
        worked={
            "first": expand([w], ["x"], b),
            "second": expand([v], ["a"], c),
            "out": expand([v], [b], c),
            "weight": expand([v], [w]),
        },
    )


def xor_corner(rng: np.random.Generator) -> Exercise:
    """XOR's output σ(a H₁ − c H₂ − d) at the corner (1, 1), where both cuts say 1."""
    a, c, d = grid(rng, 2, 4, 0.5), grid(rng, 3, 6, 0.5), grid(rng, 0.5, 2, 0.5)
    layer = dense([[a], [-c]], [-d])
    z = output(layer, 1, 1)
    return Exercise(
        "A network for XOR has two hidden cuts: H₁ is 1 if at least one input is 1, H₂ is 1 if "
        "both are. Its output is a sigmoid neuron with weight {a} on H₁, weight {minus_c} on H₂ "
        "and bias {minus_d}. What does it put out for the inputs 1 and 1?",
        {"a": a, "minus_c": -c, "minus_d": -d},
        output(Sequential(layer, Sigmoid()), 1, 1),
        "For two ones both cuts say 1: z = {sum} = {z}, and σ({z}) = {right}.",
        {
            "That forgets the second cut, which also says 1 here.": at(sigmoid, a - d),
            "That forgets the bias.": at(sigmoid, a - c),
            "That loses the minus sign of the weight on H₂.": at(sigmoid, a + c - d),
            "That has H₁ off; at least one input is 1, so it says 1.": at(sigmoid, -c - d),
            "That is z; the squash is still to come.": z,
        },
        digits=3,
        worked={"sum": expand([a, -c], [1, 1], -d), "z": z},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("two-layers", "forward-pass", two_layers),
    Numeric("parameter-count", "parameters", parameter_count),
    Numeric("output-numbers", "layers", output_numbers),
    Numeric("collapsed-bias", "non-linearity", collapsed_bias),
    Numeric("xor-corner", "xor", xor_corner),
    Concept(
        "hidden-means",
        "layers",
        "Why is a hidden layer called hidden?",
        "The data do not say what it should put out.",
        "Inputs and targets stand in the data. What the neurons between them should stand for is "
        "written nowhere; training has to find it.",
        {
            "Its weights cannot be looked at.": "They can: they are plain numbers in an array, as "
            "in every other layer.",
            "It is switched off when the network is used.": "It works in every forward pass, in "
            "training and in use.",
            "Its neurons see only part of the training examples.": "A dense hidden layer sees "
            "every example, and all of its inputs.",
        },
    ),
    Concept(
        "shape-of-w",
        "layers",
        "A dense layer computes y = x W + b. Each row of x holds 3 numbers, each row of y holds 5. "
        "Which shape has W?",
        "3 rows and 5 columns",
        "In x W each row of x meets each column of W: a column has as many entries as there are "
        "inputs, and there is one column for each neuron.",
        {
            "5 rows and 3 columns": "That fits the other habit, y = W x with columns. With "
            "y = x W the inner sizes must agree: (n, 3) times (3, 5).",
            "5 rows and 5 columns": "Then x would need 5 numbers in a row; it has 3.",
            "1 row and 5 columns": "That is the shape of the bias, one number for each neuron; W "
            "needs one for each pair of input and neuron.",
        },
    ),
    Concept(
        "second-layer-input",
        "forward-pass",
        "In a forward pass, what does the second layer take as its input?",
        "The first layer's outputs, after the activation.",
        "Each layer computes its weighted sums, squashes them, and hands the results on. The next "
        "layer knows nothing else of the input.",
        {
            "The original input, once more.": "In a plain network it sees the input only through "
            "the first layer. A skip connection would be needed for more.",
            "The first layer's weighted sums, before the activation.": "Then the activation would "
            "have no "
            "effect, and the two layers would melt into one linear one.",
            "The weights of the first layer.": "Weights stay in their layer. What travels forward "
            "are activations.",
        },
    ),
    Concept(
        "ten-linear-layers",
        "non-linearity",
        "Ten dense layers are stacked without any activation function. What can the stack compute?",
        "Nothing that a single dense layer could not.",
        "A linear function of a linear function is linear: multiply the ten matrices, and one "
        "matrix and one bias do the same work.",
        {
            "Any curve you like, once the layers are wide enough.": "Width does not help: with no "
            "activation between them, the result stays linear in x.",
            "Polynomials up to degree ten.": "Degree grows only if something multiplies x by x. "
            "Here x is only scaled and added, again and again.",
            "Nothing at all: its output is always zero.": "It computes a perfectly good linear "
            "function, just no more than one.",
        },
    ),
    Concept(
        "xor-one-line",
        "xor",
        "How many of XOR's four points can one neuron, that is one straight line, get right at "
        "most?",
        "Three",
        "Some lines get three right. Four would need b ≤ 0, w₁ + b > 0, w₂ + b > 0 and "
        "w₁ + w₂ + b ≤ 0. Adding the middle two and the outer two gives a contradiction.",
        {
            "Two": "More is possible: an OR line, for one, is wrong only at (1, 1).",
            "Four": "That would need w₁ + w₂ + 2b to be above zero and not above zero at once.",
            "It depends on the learning rate": "No training can reach what no line can do; the "
            "limit lies in the geometry.",
        },
    ),
    Concept(
        "xor-hidden",
        "xor",
        "What does the hidden layer do for XOR?",
        "It moves the points so that a line parts them.",
        "Two hidden cuts give each point new coordinates. There the two classes lie on different "
        "sides of one line, which is all the output neuron can draw.",
        {
            "It remembers the four answers in a list.": "It holds a few weights, no list. The same "
            "cuts also answer for points that were never shown.",
            "It lets the output neuron bend its line.": "The output neuron still draws a straight "
            "line, only in the hidden layer's coordinates.",
            "It makes the learning faster, but is not needed.": "It is needed: without it three of "
            "four is the limit, however long the training.",
        },
    ),
    Concept(
        "input-parameters",
        "parameters",
        "Which part of a dense network has no parameters?",
        "The input layer",
        "The inputs are only handed in. Weights and biases belong to the layers that compute: the "
        "hidden ones and the output.",
        {
            "The first hidden layer": "It has a weight for every pair of input and hidden neuron, "
            "and a bias for every hidden neuron.",
            "The output layer": "It computes weighted sums as well, so it has weights and biases "
            "of its own.",
            "The biases": "A bias is a parameter itself: it is learned just as the weights are.",
        },
    ),
)
