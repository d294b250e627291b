"""Level 2: layers, the forward pass, counting parameters, and why depth bends."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.engine import at, dense, output
from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Exercise,
    Item,
    Numeric,
    Sum,
    grid,
    whole,
)
from games.words import word
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
        word(
            "A network has one input, two hidden ReLU neurons and one output without activation. "
            "The hidden neurons have weights {w1} and {w2} and biases {b1} and {b2}; the output "
            "has weights {v1} and {v2} and bias {c}. What is the output for the input {x}?"
        ),
        {"w1": w1, "w2": w2, "b1": b1, "b2": b2, "v1": v1, "v2": v2, "c": c, "x": x},
        y,
        word(
            "The hidden sums are {first} = {z1} and {second} = {z2}. ReLU keeps the first and "
            "turns the second into 0, so the output is {out} = {right}."
        ),
        {
            word("That skips the ReLU: the negative hidden sum was passed on."): y + v2 * z2,
            word("That leaves out the bias of the output."): y - c,
            word("That leaves out the biases of the hidden neurons."): v1 * w1 * x + c,
            word("That adds up the hidden values without the output's weights."): z1 + c,
            word("That drops the minus sign of the second hidden sum; ReLU makes it 0."): y
            - v2 * z2,
        },
        worked={
            "first": Sum([w1], [x], b1),
            "second": Sum([w2], [x], b2),
            "out": Sum([v1, v2], [z1, 0], c),
            "z1": z1,
            "z2": z2,
        },
    )


def parameter_count(rng: np.random.Generator) -> Exercise:
    """Parameters of a dense network, Σ (n_in + 1) n_out."""
    n, h, k = whole(rng, 2, 6), whole(rng, 3, 9), whole(rng, 2, 5)
    size = mlp([n, h, k], rng).theta.size
    return Exercise(
        word(
            "A dense network has {n} inputs, one hidden layer of {h} neurons and {k} outputs. How "
            "many parameters does it have, biases included?"
        ),
        {"n": n, "h": h, "k": k},
        size,
        word(
            "Weights: {n}·{h} + {h}·{k} = {weights}. Biases: one for each neuron that computes, "
            "{h} + {k} = {biases}. Together {right}."
        ),
        {
            word("That counts the weights only; every hidden and output neuron has a bias too."): (
                n * h + h * k
            ),
            word("That gives the inputs biases too; inputs are given, they compute nothing."): size
            + n,
            word("That counts neurons; a parameter sits on every connection."): n + h + k,
            word("That multiplies all three sizes; connections run only between neighbours."): n
            * h
            * k,
            word("That stops at the hidden layer; the output has weights and biases too."): n * h
            + h,
        },
        digits=0,
        worked={"weights": n * h + h * k, "biases": h + k},
    )


def output_numbers(rng: np.random.Generator) -> Exercise:
    """Numbers in y = x W, (n, n_in) times (n_in, n_out)."""
    n, n_in, n_out = int(rng.choice([16, 32, 64])), whole(rng, 2, 5), whole(rng, 6, 10)
    return Exercise(
        word(
            "A batch of {n} examples, {n_in} numbers each, goes through a dense layer of {n_out} "
            "neurons. How many numbers come out?"
        ),
        {"n": n, "n_in": n_in, "n_out": n_out},
        mlp([n_in, n_out], rng).forward(np.zeros((n, n_in))).size,
        word("Every example gives one number for each neuron: {n}·{n_out} = {right}."),
        {
            word("That is what went in: examples times inputs."): n * n_in,
            word("That is the number of weights; it does not depend on the batch."): n_in * n_out,
            word("That counts every product inside; each neuron adds up its own to one number."): (
                n * n_in * n_out
            ),
            word("That is the output for a single example."): n_out,
        },
        digits=0,
    )


def collapsed_bias(rng: np.random.Generator) -> Exercise:
    """Two linear neurons in a row: the bias of v (w x + b) + c."""
    w, v = grid(rng, -3, 3, 1), grid(rng, -3, 3, 1)
    b, c = grid(rng, -4, 4, 1), grid(rng, -4, 4, 1)
    bias = output(Sequential(dense([[w]], [b]), dense([[v]], [c])), 0)
    return Exercise(
        word(
            "Two neurons without activation form a chain: the first computes a = {first}, the "
            "second y = {second}. Together they are one neuron. What is its bias?"
        ),
        {"w": w, "b": b, "v": v, "c": c},
        bias,
        word(
            "Set x = 0: the first gives {b}, the second {out} = {right}. (The weight of the one "
            "neuron is {weight}, so the second linear layer has gained nothing.)"
        ),
        {
            word("That adds the two biases; the first still passes through the second weight."): b
            + c,
            word("That is the weight of the one neuron, the product of both weights."): w * v,
            word("That is what the first bias brings; the second bias is missing."): v * b,
            word("That multiplies the second bias by the second weight as well."): v * (b + c),
            word("That sends the first bias through its own weight; it is added after that."): w * b
            + c,
        },
        digits=0,
        worked={
            "first": Sum([w], ["x"], b),
            "second": Sum([v], ["a"], c),
            "out": Sum([v], [b], c),
            "weight": Sum([v], [w]),
        },
    )


def xor_corner(rng: np.random.Generator) -> Exercise:
    """XOR's output σ(a H₁ − c H₂ − d) at the corner (1, 1), where both cuts say 1."""
    a, c, d = grid(rng, 2, 4, 0.5), grid(rng, 3, 6, 0.5), grid(rng, 0.5, 2, 0.5)
    layer = dense([[a], [-c]], [-d])
    z = output(layer, 1, 1)
    return Exercise(
        word(
            "A network for XOR has two hidden cuts: H₁ is 1 if at least one input is 1, H₂ is 1 if "
            "both are. Its output is a sigmoid neuron with weight {a} on H₁, weight {minus_c} on "
            "H₂ and bias {minus_d}. What is its output for the inputs 1 and 1?"
        ),
        {"a": a, "minus_c": -c, "minus_d": -d},
        output(Sequential(layer, Sigmoid()), 1, 1),
        word("For two ones both cuts say 1: z = {sum} = {z}, and σ({z}) = {right}."),
        {
            word("That forgets the second cut, which also says 1 here."): at(sigmoid, a - d),
            word("That forgets the bias."): at(sigmoid, a - c),
            word("That loses the minus sign of the weight on H₂."): at(sigmoid, a + c - d),
            word("That has H₁ off; at least one input is 1, so it says 1."): at(sigmoid, -c - d),
            word("That is z; the squash is still to come."): z,
        },
        digits=3,
        worked={"sum": Sum([a, -c], [1, 1], -d), "z": z},
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
        word("Why is a hidden layer called hidden?"),
        word("The data do not say what its outputs should be."),
        word(
            "Inputs and targets are in the data. What the neurons between them should represent is "
            "written nowhere; training has to find it."
        ),
        {
            word("Its weights cannot be looked at."): word(
                "They can: they are plain numbers in an array, as in every other layer."
            ),
            word("It is switched off when the network is used."): word(
                "It works in every forward pass, in training and in use."
            ),
            word("Its neurons see only part of the training examples."): word(
                "A dense hidden layer sees every example, and all of its inputs."
            ),
        },
    ),
    Concept(
        "shape-of-w",
        "layers",
        word(
            "A dense layer computes y = x W + b. Each row of x holds 3 numbers, each row of y "
            "holds 5. What is the shape of W?"
        ),
        word("3 rows and 5 columns"),
        word(
            "In x W each row of x meets each column of W: a column has as many entries as there "
            "are inputs, and there is one column for each neuron."
        ),
        {
            word("5 rows and 3 columns"): word(
                "That fits the other convention, y = W x with columns. With y = x W the inner "
                "sizes must agree: (n, 3) times (3, 5)."
            ),
            word("5 rows and 5 columns"): word("Then x would need 5 numbers in a row; it has 3."),
            word("1 row and 5 columns"): word(
                "That is the shape of the bias, one number for each neuron; W needs one for each "
                "pair of input and neuron."
            ),
        },
    ),
    Concept(
        "second-layer-input",
        "forward-pass",
        word("In a forward pass, what does the second layer take as its input?"),
        word("The first layer's outputs, after the activation."),
        word(
            "Each layer computes its weighted sums, squashes them, and hands the results on. That "
            "is all the next layer knows about the input."
        ),
        {
            word("The original input, once more."): word(
                "In a plain network it sees the input only through the first layer. A skip "
                "connection would be needed for more."
            ),
            word("The first layer's weighted sums, before the activation."): word(
                "Then the activation would have no effect, and the two layers would merge into a "
                "single linear one."
            ),
            word("The weights of the first layer."): word(
                "Weights stay in their layer. What travels forward are activations."
            ),
        },
    ),
    Concept(
        "ten-linear-layers",
        "non-linearity",
        word(
            "Ten dense layers are stacked without any activation function. What can the stack "
            "compute?"
        ),
        word("Nothing that a single dense layer could not."),
        word(
            "A linear function of a linear function is linear: multiply the ten matrices, and one "
            "matrix and one bias do the same work."
        ),
        {
            word("Any curve you like, once the layers are wide enough."): word(
                "Width does not help: with no activation between them, the result stays linear in "
                "x."
            ),
            word("Polynomials up to degree ten."): word(
                "Degree grows only if something multiplies x by x. Here x is only scaled and "
                "added, again and again."
            ),
            word("Nothing at all: its output is always zero."): word(
                "It computes a perfectly good linear function, just no more than one."
            ),
        },
    ),
    Concept(
        "xor-one-line",
        "xor",
        word(
            "One neuron draws one straight line. How many of XOR's four points can it get right at "
            "most?"
        ),
        word("Three"),
        word(
            "Some lines get three right. Four would need b ≤ 0, w₁ + b > 0, w₂ + b > 0 and w₁ + w₂ "
            "+ b ≤ 0. Adding the middle two and the outer two gives a contradiction."
        ),
        {
            word("Two"): word("More is possible: an OR line, for one, is wrong only at (1, 1)."),
            word("Four"): word(
                "That would need w₁ + w₂ + 2b to be above zero and not above zero at once."
            ),
            word("It depends on the learning rate"): word(
                "No training can reach what no line can do; the limit lies in the geometry."
            ),
        },
    ),
    Concept(
        "xor-hidden",
        "xor",
        word("What does the hidden layer do for XOR?"),
        word("It moves the points so that a line separates them."),
        word(
            "Two hidden cuts give each point new coordinates. There the two classes lie on "
            "different sides of one line, which is all the output neuron can draw."
        ),
        {
            word("It remembers the four answers in a list."): word(
                "It holds a few weights, not a list. The same cuts also answer for points that "
                "were never shown."
            ),
            word("It lets the output neuron bend its line."): word(
                "The output neuron still draws a straight line, only in the hidden layer's "
                "coordinates."
            ),
            word("It makes the learning faster, but is not needed."): word(
                "It is needed: without it three of four is the limit, however long the training."
            ),
        },
    ),
    Concept(
        "input-parameters",
        "parameters",
        word("Which part of a dense network has no parameters?"),
        word("The input layer"),
        word(
            "The inputs are just passed in. Weights and biases belong to the layers that compute: "
            "the hidden ones and the output."
        ),
        {
            word("The first hidden layer"): word(
                "It has a weight for every pair of input and hidden neuron, and a bias for every "
                "hidden neuron."
            ),
            word("The output layer"): word(
                "It computes weighted sums as well, so it has weights and biases of its own."
            ),
            word("The biases"): word(
                "A bias is a parameter itself: it is learned just as the weights are."
            ),
        },
    ),
)
