"""Level 1: one neuron and its activation function."""

from __future__ import annotations

import math

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
from pycore.activations import LeakyReLU, Sigmoid, Tanh, sigmoid, tanh
from pycore.layers import Sequential


def weighted_sum(rng: np.random.Generator) -> Exercise:
    """The weighted sum, z = w·x + b."""
    w1, w2, b = grid(rng, 0.2, 0.9), grid(rng, -0.9, -0.2), grid(rng, -0.5, 0.5)
    x1, x2 = grid(rng, 0.2, 0.9), grid(rng, 0.2, 0.9)
    z = output(dense([[w1], [w2]], [b]), x1, x2)
    return Exercise(
        word(
            "A neuron has weights w₁ = {w1} and w₂ = {w2} and bias b = {b}. Its inputs are x₁ = "
            "{x1} and x₂ = {x2}. What is the weighted sum z, before the squash?"
        ),
        {"w1": w1, "w2": w2, "b": b, "x1": x1, "x2": x2},
        z,
        word("z = w₁·x₁ + w₂·x₂ + b = {sum} = {right}."),
        {
            word("That leaves out the bias."): z - b,
            word("That subtracts the bias instead of adding it."): z - 2 * b,
            word("That loses the minus sign of w₂."): z - 2 * w2 * x2,
            word("That adds each input to its weight; an input is multiplied by its weight."): (
                w1 + x1 + w2 + x2 + b
            ),
        },
        worked={"sum": Sum([w1, w2], [x1, x2], b)},
    )


def sigmoid_neuron(rng: np.random.Generator) -> Exercise:
    """A neuron's output, y = σ(w·x + b)."""
    w1, w2, b = grid(rng, -3, 3, 0.5), grid(rng, -3, 3, 0.5), grid(rng, -1, 1, 0.5)
    x1, x2 = grid(rng, 0.2, 1, 0.2), grid(rng, 0.2, 1, 0.2)
    layer = dense([[w1], [w2]], [b])
    z = output(layer, x1, x2)
    return Exercise(
        word(
            "A sigmoid neuron has weights {w1} and {w2} and bias {b}. Its inputs are {x1} and "
            "{x2}. What is its output?"
        ),
        {"w1": w1, "w2": w2, "b": b, "x1": x1, "x2": x2},
        output(Sequential(layer, Sigmoid()), x1, x2),
        word("z = {sum} = {z}, and σ({z}) = 1 / (1 + e⁻ᶻ) = {right}."),
        {
            word("That is z, the weighted sum: the squash is still to come."): z,
            word("That leaves out the bias."): at(sigmoid, z - b),
            word("That has e⁺ᶻ where e⁻ᶻ belongs, so it is σ(−z)."): at(sigmoid, -z),
            word("That adds the bias after the squash; it belongs inside."): at(sigmoid, z - b) + b,
            word("That is tanh(z); this neuron squashes with the sigmoid."): at(tanh, z),
        },
        digits=3,
        worked={"sum": Sum([w1, w2], [x1, x2], b), "z": z},
    )


def half_bias(rng: np.random.Generator) -> Exercise:
    """The bias with σ(w·x + b) = ½."""
    w1, w2 = grid(rng, 0.5, 3, 0.5), grid(rng, -3, -0.5, 0.5)
    x1, x2 = whole(rng, 1, 4), whole(rng, 1, 4)
    total = output(dense([[w1], [w2]]), x1, x2)
    return Exercise(
        word(
            "A sigmoid neuron has weights {w1} and {w2}. For the inputs {x1} and {x2} its output "
            "should be exactly 0.5. Which bias does that?"
        ),
        {"w1": w1, "w2": w2, "x1": x1, "x2": x2},
        0.0 - total,
        word(
            "σ(z) = 0.5 exactly where z = 0. The inputs contribute {sum} = {total}, so the bias "
            "has to cancel that: {right}."
        ),
        {
            word("That has the wrong sign: it doubles the sum instead of cancelling it."): total,
            word("That makes z = 0.5; but it is σ(z) that should be 0.5, and σ(0.5) is 0.622."): (
                0.5 - total
            ),
            word("That loses the minus sign of the second weight."): -w1 * x1 + w2 * x2,
            word("A bias of 0.5 is not an output of 0.5: the bias is added to the sum."): 0.5,
        },
        digits=1,
        worked={"sum": Sum([w1, w2], [x1, x2]), "total": total},
    )


def leaky_relu(rng: np.random.Generator) -> Exercise:
    """Leaky ReLU below zero, y = α z."""
    w, x, b = grid(rng, -2, -0.5, 0.5), whole(rng, 2, 4), grid(rng, -0.5, 0.5, 0.5)
    z = output(dense([[w]], [b]), x)
    y = output(Sequential(dense([[w]], [b]), LeakyReLU(0.1)), x)
    return Exercise(
        word(
            "A neuron with weight {w} and bias {b} gets the input {x}. Its activation is a leaky "
            "ReLU with slope 0.1 below zero. What is its output?"
        ),
        {"w": w, "b": b, "x": x},
        y,
        word("z = {sum} = {z} is below zero, so it is multiplied by 0.1: {right}."),
        {
            word("That is the plain ReLU, which gives 0 for everything below zero."): 0.0,
            word("That is z itself; below zero the leaky ReLU lets only a tenth through."): z,
            word("That flips the sign; a leaky ReLU keeps it."): -y,
            word("That leaves out the bias."): 0.1 * (z - b),
            word("That adds the bias after the activation; it belongs inside."): 0.1 * (z - b) + b,
        },
        worked={"sum": Sum([w], [x], b), "z": z},
    )


def sigmoid_slope(rng: np.random.Generator) -> Exercise:
    """The sigmoid's slope, y (1 − y)."""
    y = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]))
    return Exercise(
        word("A sigmoid neuron outputs y = {y}. What is the slope of the sigmoid there, dy/dz?"),
        {"y": y},
        at(Sigmoid().derivative, math.log(y / (1 - y))),
        word("The sigmoid's slope is y·(1 − y) = {y}·{rest} = {right}."),
        {
            word("That is 1 − y², the slope of tanh."): 1 - y * y,
            word("That is 1 − y: the factor y is missing."): 1 - y,
            word("That is y, the output, not its slope."): y,
            word("That squashes once more: it takes y for z."): at(Sigmoid().derivative, y),
        },
        worked={"rest": 1 - y},
    )


def tanh_slope(rng: np.random.Generator) -> Exercise:
    """The slope of tanh, 1 − y²."""
    y = grid(rng, -0.9, 0.9)
    return Exercise(
        word("A tanh neuron outputs y = {y}. What is the slope of tanh there, dy/dz?"),
        {"y": y},
        at(Tanh().derivative, math.atanh(y)),
        word("The slope of tanh is 1 − y² = 1 − {square} = {right}."),
        {
            word("That is y·(1 − y), the slope of the sigmoid."): y * (1 - y),
            word("That is 1 − y: the square is missing."): 1 - y,
            word("That is y²; it still has to be subtracted from 1."): y * y,
            word("That is 1 + y²; the square is subtracted from 1, not added."): 1 + y * y,
        },
        worked={"square": y * y},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("weighted-sum", "neuron", weighted_sum),
    Numeric("sigmoid-neuron", "sigmoid", sigmoid_neuron),
    Numeric("half-bias", "neuron", half_bias),
    Numeric("leaky-relu", "relu", leaky_relu),
    Numeric("sigmoid-slope", "sigmoid", sigmoid_slope, taught="level-3#chain-rule"),
    Numeric("tanh-slope", "tanh", tanh_slope, taught="level-3#backpropagation"),
    Concept(
        "what-learns",
        "network",
        word("When a network is trained, what changes from one step to the next?"),
        word("Its weights and biases."),
        word(
            "Training changes the parameters, which are the weights and biases, so that the "
            "outputs get closer to the targets. Data, wiring and activation functions stay as they "
            "are."
        ),
        {
            word("The numbers in the training examples."): word(
                "The examples are given. They say what is wanted; it is the network that has to "
                "move."
            ),
            word("The number of its layers and neurons."): word(
                "In ordinary training the wiring is chosen first and then stays fixed; only the "
                "strength of the connections changes."
            ),
            word("The formulas of its activation functions."): word(
                "A sigmoid stays a sigmoid. What is learned is what goes into it."
            ),
        },
    ),
    Concept(
        "bias-role",
        "neuron",
        word("What does the bias of a sigmoid neuron do?"),
        word("It moves the point where the output is ½."),
        word(
            "The output is one half where w·x + b = 0. Changing b shifts that place, without "
            "touching how strongly each input counts."
        ),
        {
            word("It decides how much each input counts."): word(
                "That is what the weights do, one for each input. The bias is added, whatever the "
                "inputs are."
            ),
            word("It keeps the output between 0 and 1."): word(
                "That is the sigmoid's job, and it does it for any z, with or without a bias."
            ),
            word("It corrects for unfairness in the training data."): word(
                "The word is the same, but here the bias is just the constant added to the "
                "weighted sum."
            ),
        },
    ),
    Concept(
        "negative-weight",
        "neuron",
        word(
            "A sigmoid neuron has a negative weight on one input. What happens when that input "
            "grows?"
        ),
        word("The weighted sum and the output fall."),
        word(
            "A negative weight times a growing input is a falling term of z, and the sigmoid falls "
            "whenever z falls."
        ),
        {
            word("The output becomes negative."): word(
                "z may become negative, but the sigmoid keeps the output between 0 and 1."
            ),
            word("The neuron ignores the input from then on."): word(
                "To ignore an input, a weight has to be 0. A negative weight listens, and votes "
                "against."
            ),
            word("The output rises, only more slowly."): word(
                "How fast it moves depends on the weight's size; the minus sign reverses the "
                "direction."
            ),
        },
    ),
    Concept(
        "which-gate",
        "neuron",
        word(
            "A sigmoid neuron has w₁ = 10, w₂ = 10 and b = −15. Its inputs are 0 or 1. Which logic "
            "gate does it come close to?"
        ),
        word("AND"),
        word(
            "Only for two ones is z above zero: 10 + 10 − 15 = 5, so the output is near 1. A "
            "single one gives z = −5, none gives −15: outputs near 0."
        ),
        {
            word("OR"): word(
                "For OR a single one must be enough. Here it gives z = 10 − 15 = −5, an output "
                "near 0; a bias of −5 would make an OR."
            ),
            word("NAND"): word(
                "NAND is 1 unless both inputs are 1. Here two zeros give z = −15, an output near "
                "0: flip all three signs for a NAND."
            ),
            word("XOR"): word(
                "XOR is 0 for two ones, but here they give z = 5, an output near 1. A single "
                "neuron cannot make XOR with any weights."
            ),
        },
        taught="level-1#tuning",
    ),
    Concept(
        "sigmoid-steepest",
        "sigmoid",
        word("Where is the sigmoid steepest?"),
        word("At z = 0, with slope ¼."),
        word(
            "Its slope is y·(1 − y), which is largest for y = ½, at z = 0: ½·½ = ¼. On both sides "
            "it falls towards 0."
        ),
        {
            word("At z = 0, with slope 1."): word(
                "The place is right, but ½·½ is ¼. It is tanh whose slope at 0 is 1."
            ),
            word("Where the output comes near 1."): word(
                "There the curve is almost flat: y·(1 − y) is near 0 when y is near 1."
            ),
            word("Nowhere: its slope is the same for every z."): word(
                "That is a straight line. The sigmoid is S-shaped: steep in the middle, flat at "
                "both ends."
            ),
        },
    ),
    Concept(
        "tanh-and-sigmoid",
        "tanh",
        word("How does tanh differ from the sigmoid?"),
        word("Its outputs lie between −1 and 1, and it maps 0 to 0."),
        word(
            "tanh(0) = 0 and its range is −1 to 1; the sigmoid's range is 0 to 1 with σ(0) = ½. "
            "The two are the same curve, shifted and stretched: tanh(z) = 2·σ(2z) − 1."
        ),
        {
            word("It does not flatten out for large z."): word(
                "It does: tanh approaches −1 and 1 just as the sigmoid approaches 0 and 1."
            ),
            word("It has no limits: its output may be any number, however large."): word(
                "tanh is a squash too: its outputs stay between −1 and 1."
            ),
            word("It has a corner at z = 0."): word(
                "tanh is smooth everywhere. The corner at 0 belongs to ReLU."
            ),
        },
    ),
    Concept(
        "dead-relu",
        "relu",
        word(
            "A ReLU neuron gets z < 0 for every example of the data. What does that mean for its "
            "training?"
        ),
        word("Its gradient is 0, so it learns nothing."),
        word(
            "Below zero the slope of ReLU is 0, and every gradient that has to pass through the "
            "neuron is multiplied by it. Such a neuron is called dead; leaky ReLU was invented to "
            "prevent that."
        ),
        {
            word("Its output grows until it is active again."): word(
                "Its output is 0, and with slope 0 no gradient arrives to change it."
            ),
            word("Its weights shrink a little at every step."): word(
                "With a gradient of 0 plain gradient descent does not move them at all."
            ),
            word("It learns at the same speed as the other neurons."): word(
                "Only neurons that are active for some example get a gradient through ReLU."
            ),
        },
    ),
    Concept(
        "relu-slope",
        "relu",
        word(
            "What makes ReLU kinder than the sigmoid to gradients that travel through many layers?"
        ),
        word("Where it is active, its slope is exactly 1."),
        word(
            "In the backward pass, each layer multiplies by the slope of its activation. ReLU's "
            "factor is 1 where z > 0, the sigmoid's is ¼ at best."
        ),
        {
            word("Its outputs cannot become large."): word(
                "They can: ReLU has no upper limit. What counts for the gradient is the slope."
            ),
            word("Its slope is never 0."): word(
                "It is 0 for every z below zero. Leaky ReLU is the one whose slope is never 0."
            ),
            word("It adds to the gradient instead of multiplying."): word(
                "Every activation multiplies the gradient by its slope; that is the chain rule."
            ),
        },
        taught="level-3#vanishing",
    ),
)
