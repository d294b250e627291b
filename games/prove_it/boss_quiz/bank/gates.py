"""Level 1, second part: votes, gates, bends, and numbers that flow through a few neurons."""

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
from pycore.activations import ReLU, Sigmoid, relu, sigmoid, tanh
from pycore.layers import Sequential
from pycore.models import mlp

SINCE = 3


def three_inputs(rng: np.random.Generator) -> Exercise:
    """A weighted sum of three inputs."""
    w = [grid(rng, 0.5, 3, 0.5), grid(rng, -3, -0.5, 0.5), grid(rng, -2, 2, 0.5)]
    x = [whole(rng, 1, 4) for _ in w]
    b = grid(rng, -2, 2, 0.5)
    layer = dense([[v] for v in w], [b])
    z = output(layer, *x)
    return Exercise(
        word(
            "A neuron has the weights {w} and the bias {b}. Its inputs are {x}. What is its "
            "weighted sum?"
        ),
        {"w": w, "b": b, "x": x},
        z,
        word("Each input times its own weight, plus the bias: {sum} = {right}."),
        {
            word("That leaves out the bias."): z - b,
            word("That multiplies the totals; each input meets its own weight only."): (
                sum(w) * sum(x) + b
            ),
            word("That pairs weights and inputs in the opposite order."): output(layer, *x[::-1]),
            word("That loses the minus signs of the weights."): (
                sum(abs(v) * a for v, a in zip(w, x, strict=True)) + b
            ),
            word("That adds the bias to every product; it is added once."): z + 2 * b,
        },
        digits=1,
        worked={"sum": Sum(w, x, b)},
    )


def missing_weight(rng: np.random.Generator) -> Exercise:
    """The weight that makes a weighted sum come to z."""
    w1, w2, b = grid(rng, -3, 3, 1), grid(rng, -3, 3, 0.5), grid(rng, -3, 3, 1)
    x1, x2 = whole(rng, 1, 3), int(rng.choice([2, 4]))
    z = output(dense([[w1], [w2]], [b]), x1, x2)
    rest = z - w1 * x1 - b
    return Exercise(
        word(
            "For the inputs {x1} and {x2} a neuron's weighted sum is {z}. Its first weight is {w1} "
            "and its bias {b}. What is its second weight?"
        ),
        {"x1": x1, "x2": x2, "z": z, "w1": w1, "b": b},
        rest / x2,
        word(
            "The bias and the first input bring {known}, so the second input has to bring {rest}. "
            "Divided by {x2}, that is {right}."
        ),
        {
            word("That is what the second input adds; it still has to be divided by the input."): (
                rest
            ),
            word("That forgets the bias."): (z - w1 * x1) / x2,
            word("That forgets the first input's share."): (z - b) / x2,
            word("That adds the bias where it has to be taken away."): (z - w1 * x1 + b) / x2,
            word("That adds the first input's share where it has to be taken away."): (
                (z + w1 * x1 - b) / x2
            ),
        },
        digits=2,
        worked={"known": w1 * x1 + b, "rest": rest},
    )


def undecided_wind(rng: np.random.Generator) -> Exercise:
    """The wind at which sun + bias = wind, (w + b) / v."""
    sun, wind = grid(rng, 1, 4, 0.5), grid(rng, -0.5, -0.1, 0.1)
    b = grid(rng, -0.8, 1, 0.2)
    layer = dense([[sun], [wind]], [b])
    total = output(layer, 1, 0)
    return Exercise(
        word(
            "A neuron votes on eating outside. Sun (1 or 0) has the weight {sun}, wind (in "
            "kilometres an hour) has the weight {wind}, and the bias is {b}. The sun shines. At "
            "which wind is the neuron exactly undecided?"
        ),
        {"sun": sun, "wind": wind, "b": b},
        total / -wind,
        word(
            "It is undecided where the sum is 0. Sun and bias bring {total}, and each kilometre an "
            "hour takes {each} away: {total} / {each} = {right}."
        ),
        {
            word("That forgets the bias."): sun / -wind,
            word("That takes the bias away; it is added, whatever its sign."): (sun - b) / -wind,
            word("That keeps the minus sign, and no wind is below 0."): total / wind,
            word("That is the sum without any wind; each kilometre an hour takes a part of it."): (
                total
            ),
            word("That multiplies by the wind's weight where it has to divide."): total * -wind,
        },
        digits=1,
        worked={"total": total, "each": -wind},
    )


def sum_change(rng: np.random.Generator) -> Exercise:
    """How the sum answers to one input, w Δx."""
    w, b = grid(rng, -3, 3, 0.5), grid(rng, -2, 2, 0.5)
    before, more = whole(rng, 1, 4), whole(rng, 2, 4)
    layer = dense([[w]], [b])
    return Exercise(
        word(
            "An input with the weight {w} grows from {before} to {after}; nothing else changes. "
            "The neuron's bias is {b}. By how much does its weighted sum change?"
        ),
        {"w": w, "before": before, "after": before + more, "b": b},
        output(layer, before + more) - output(layer, before),
        word("Only this one product changes, by weight times difference: {product} = {right}."),
        {
            word("That adds the bias, which is there before and after, and so changes nothing."): (
                w * more + b
            ),
            word("That is what the input brings afterwards; part of it was there before."): (
                w * (before + more)
            ),
            word("That is how much the input grew; the weight still has to multiply it."): more,
            word("That is the weight, the change for a single step."): w,
            word("That has the wrong sign."): -w * more,
        },
        digits=1,
        worked={"product": Sum([w], [more])},
    )


def gate_corner(rng: np.random.Generator) -> Exercise:
    """What a gate with equal weights says to one input that is on, σ(a − c)."""
    a, c = grid(rng, 3, 8, 1), grid(rng, 1, 11, 1)
    layer = dense([[a], [a]], [-c])
    z = output(layer, 1, 0)
    gate = Sequential(layer, Sigmoid())
    return Exercise(
        word(
            "A sigmoid neuron has the weights {a} and {a} and the bias {bias}. Its first input is "
            "on (1), its second is off (0). What does it answer?"
        ),
        {"a": a, "bias": -c},
        output(gate, 1, 0),
        word("The sum is {sum} = {z}, and σ({z}) = {right}."),
        {
            word("That has both inputs on."): output(gate, 1, 1),
            word("That has both inputs off."): output(gate, 0, 0),
            word("That leaves out the bias."): at(sigmoid, a),
            word("That turns the sign of the sum round."): at(sigmoid, -z),
            word("That is the sum; the sigmoid is still to come."): z,
        },
        digits=3,
        worked={"sum": Sum([a, a], [1, 0], -c), "z": z},
    )


def and_bias(rng: np.random.Generator) -> Exercise:
    """The middle of the biases that make AND of two equal weights, −1.5 w."""
    w = grid(rng, 2, 12, 0.5)
    gate = dense([[w], [w]])
    one, both = output(gate, 1, 0), output(gate, 1, 1)
    return Exercise(
        word(
            "A neuron for AND has the weight {w} on both inputs. Two inputs must bring its sum "
            "above 0, a single one must not. Which bias lies exactly in the middle of those that "
            "do it?"
        ),
        {"w": w},
        -(one + both) / 2,
        word(
            "A single input brings {w}, both bring {both}. The bias has to lie between −{both} and "
            "−{w}, and the middle is {right}."
        ),
        {
            word("That is the middle for OR: a single input is already enough."): -w / 2,
            word("That has the wrong sign: with it, the neuron says yes to anything."): 1.5 * w,
            word("That is one end of the range: a single input brings the sum to exactly 0."): -w,
            word("That is the other end: even both inputs bring the sum no higher than 0."): -2 * w,
            word("That is too low: both inputs together no longer reach 0."): -3 * w,
        },
        digits=2,
        worked={"both": both},
    )


def flipped_gate(rng: np.random.Generator) -> Exercise:
    """What a gate says when all its signs are flipped."""
    a, c = grid(rng, 3, 6, 1), grid(rng, 1, 5, 1)
    on = whole(rng, 0, 1)
    z = output(dense([[-a], [-a]], [c]), 1, on)
    sums = {
        "old": output(dense([[a], [a]], [-c]), 1, on),
        "weights": output(dense([[-a], [-a]], [-c]), 1, on),
        "bias": output(dense([[a], [a]], [c]), 1, on),
    }
    return Exercise(
        word(
            "A sigmoid neuron has the weights {a} and {a} and the bias {bias}. Flip all three "
            "signs. What does the new neuron answer to the inputs 1 and {on}?"
        ),
        {"a": a, "bias": -c, "on": on},
        output(Sequential(dense([[-a], [-a]], [c]), Sigmoid()), 1, on),
        word(
            "The new sum is {sum} = {z}, the old one with its sign flipped. So yes and no swap "
            "places: {right}."
        ),
        {
            word("That is the old neuron's answer."): at(sigmoid, sums["old"]),
            word("That flips the weights and leaves the bias as it was."): (
                at(sigmoid, sums["weights"])
            ),
            word("That flips the bias and leaves the weights as they were."): (
                at(sigmoid, sums["bias"])
            ),
            word("That flips the sign of the answer itself; the sigmoid never goes below 0."): (
                -at(sigmoid, sums["old"])
            ),
        },
        digits=3,
        worked={"sum": Sum([-a, -a], [1, on], c), "z": z},
    )


def sharper(rng: np.random.Generator) -> Exercise:
    """The answer when weights and bias are all multiplied, σ(k z)."""
    z, k = grid(rng, -1.5, 1.5), whole(rng, 2, 3)
    y = at(sigmoid, z)
    layer = dense([[k * z]])
    return Exercise(
        word(
            "A sigmoid neuron answers {y}; its weighted sum is {z}. Now all its weights and its "
            "bias are multiplied by {k}. What does it answer to the same inputs?"
        ),
        {"y": round(y, 3), "z": z, "k": k},
        output(Sequential(layer, Sigmoid()), 1),
        word("The whole sum is multiplied: {product} = {sum}, and σ({sum}) = {right}."),
        {
            word("That multiplies the answer; it is the sum that grows."): k * y,
            word("That is the old answer; larger weights make a neuron more decided."): y,
            word("That divides the sum: larger weights make a neuron more decided, not less."): (
                at(sigmoid, z / k)
            ),
            word("That adds to the sum where it has to be multiplied."): at(sigmoid, z + k),
            word("That turns the sign of the sum round."): at(sigmoid, -k * z),
        },
        digits=3,
        worked={"product": Sum([k], [z]), "sum": k * z},
    )


def sigmoid_mirror(rng: np.random.Generator) -> Exercise:
    """σ(−z) = 1 − σ(z)."""
    y = grid(rng, 0.55, 0.95, 0.05) if rng.random() < 0.5 else grid(rng, 0.05, 0.45, 0.05)
    z = math.log(y / (1 - y))
    return Exercise(
        word(
            "For some weighted sum a sigmoid neuron answers {y}. What does it answer when the sum "
            "has the opposite sign?"
        ),
        {"y": y},
        at(sigmoid, -z),
        word("Yes and no swap places: 1 − {y} = {right}."),
        {
            word("That turns the sign of the answer; that is how tanh behaves."): -y,
            word(
                "That is the same answer; the opposite sum lies as far on the other side of ½."
            ): y,
            word("That is 1 divided by the answer, which no sigmoid can reach."): 1 / y,
            word("That is half of the answer."): y / 2,
            word("That takes the answer for the sum, and turns its sign."): at(sigmoid, -y),
        },
        digits=2,
    )


def sigmoid_from_e(rng: np.random.Generator) -> Exercise:
    """σ(z) = 1 / (1 + e⁻ᶻ) for a given e⁻ᶻ."""
    e = float(rng.choice([0.1, 0.25, 0.5, 0.6, 1.5, 2.0, 3.0, 4.0, 9.0]))
    return Exercise(
        word("For some weighted sum z, e⁻ᶻ is {e}. What is the sigmoid of z?"),
        {"e": e},
        at(sigmoid, -math.log(e)),
        word("σ(z) = 1 / (1 + e⁻ᶻ) = 1 / (1 + {e}) = {right}."),
        {
            word("That forgets the 1 in the bottom of the fraction."): 1 / e,
            word("That is σ(−z): it has e⁻ᶻ above the line as well."): e / (1 + e),
            word("That is the bottom of the fraction; 1 still has to be divided by it."): 1 + e,
            word("That takes e⁻ᶻ away from 1 in place of dividing."): 1 - e,
            word("That mistakes e⁻ᶻ itself for the answer."): e,
        },
        digits=3,
    )


def tanh_mirror(rng: np.random.Generator) -> Exercise:
    """tanh(−z) = −tanh(z)."""
    y = grid(rng, -0.9, 0.9)
    return Exercise(
        word(
            "For some weighted sum a tanh neuron answers {y}. What does it answer when the sum "
            "has the opposite sign?"
        ),
        {"y": y},
        at(tanh, -math.atanh(y)),
        word(
            "tanh is balanced around 0: flip the sign of the sum, and the answer's sign flips too."
        ),
        {
            word("That is 1 minus the answer, the sigmoid's way of turning round."): 1 - y,
            word("That is the same answer; tanh keeps track of the sign."): y,
            word("That mistakes the answer for the sum."): at(tanh, -y),
            word("That is −1 minus the answer."): -1 - y,
            word("That squashes with the sigmoid, which is never below 0."): (
                at(sigmoid, -math.atanh(y))
            ),
        },
        digits=2,
    )


def tanh_from_sigmoid(rng: np.random.Generator) -> Exercise:
    """tanh(z) = 2 σ(2z) − 1."""
    s = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95]))
    return Exercise(
        word(
            "tanh is a sigmoid, stretched and moved down: tanh(z) = 2·σ(2z) − 1. For some z, "
            "σ(2z) is {s}. What is tanh(z)?"
        ),
        {"s": s},
        at(tanh, math.log(s / (1 - s)) / 2),
        word("2·{s} − 1 = {right}: the range from 0 to 1 becomes the one from −1 to 1."),
        {
            word("That stretches it, but does not move it down by 1."): 2 * s,
            word("That moves it down, but does not stretch it."): s - 1,
            word("That is the sigmoid's own answer."): s,
            word("That has the wrong sign."): 1 - 2 * s,
            word("That moves it down before stretching it."): 2 * (s - 1),
        },
        digits=2,
    )


def relu_neuron(rng: np.random.Generator) -> Exercise:
    """A ReLU neuron's answer; the cut comes after the sum."""
    w = [grid(rng, 1, 3, 0.5), grid(rng, -3, -1, 0.5)]
    x, b = [whole(rng, 1, 4) for _ in w], grid(rng, -2, 2, 0.5)
    layer = dense([[v] for v in w], [b])
    z = output(layer, *x)
    return Exercise(
        word(
            "A ReLU neuron has the weights {w} and the bias {b}. Its inputs are {x}. What does it "
            "answer?"
        ),
        {"w": w, "b": b, "x": x},
        output(Sequential(layer, ReLU()), *x),
        word("The sum is {sum} = {z}. ReLU gives the larger of 0 and the sum: {right}."),
        {
            word("That is the sum itself; below 0, ReLU gives 0."): z,
            word("That drops the minus sign; ReLU does not turn a sum round."): abs(z),
            word("That cuts each product at 0; only the finished sum is cut."): (
                w[0] * x[0] + max(b, 0)
            ),
            word("That leaves out the bias."): at(relu, z - b),
            word("That adds the bias after the cut; it belongs inside."): at(relu, z - b) + b,
            word("That has ReLU the wrong way round: it keeps what is below 0."): min(z, 0.0),
        },
        digits=1,
        worked={"sum": Sum(w, x, b), "z": z},
    )


def relu_rise(rng: np.random.Generator) -> Exercise:
    """How much a ReLU neuron's answer rises over its corner."""
    w, corner = whole(rng, 1, 4), whole(rng, 1, 3)
    low, high = corner - whole(rng, 1, 2), corner + whole(rng, 1, 3)
    b = -w * corner
    layer = dense([[w]], [b])
    network = Sequential(layer, ReLU())
    rise = output(network, high) - output(network, low)
    return Exercise(
        word(
            "A ReLU neuron has the weight {w} and the bias {b}. Its input goes from {low} to "
            "{high}. By how much does its answer rise?"
        ),
        {"w": w, "b": b, "low": low, "high": high},
        rise,
        word(
            "At {low} the sum is {first}, so the answer is 0. At {high} it is {right}, and that is "
            "the whole rise: the answer moves only from {corner} on."
        ),
        {
            word("That treats the neuron as a straight line; below {corner} it stays at 0."): (
                w * (high - low)
            ),
            word("That is the way the input goes; the weight still has to multiply it."): (
                high - low
            ),
            word("That leaves out the bias."): at(relu, w * high) - at(relu, w * low),
            word("That counts only the part below the corner, where nothing moves."): (
                w * (corner - low)
            ),
            word("That is how far the input goes beyond the corner; the weight is missing."): (
                high - corner
            ),
        },
        digits=0,
        worked={"first": output(layer, low), "corner": corner},
    )


def network_weights(rng: np.random.Generator) -> Exercise:
    """The lines of a network with one middle layer and one answer, n h + h."""
    n, h = whole(rng, 2, 6), whole(rng, 3, 8)
    size = mlp([n, h, 1], rng).theta.size
    return Exercise(
        word(
            "A network has {n} inputs. {h} neurons read all of them, and one last neuron reads "
            "these {h}. How many weights does it have, biases not counted?"
        ),
        {"n": n, "h": h},
        size - (h + 1),
        word("{n}·{h} into the middle and {h} into the last neuron: {right}."),
        {
            word("That counts the biases too, one for each neuron."): size,
            word("That forgets the last neuron's weights."): n * h,
            word("That counts inputs and neurons; a weight sits on each line between them."): (
                n + h + 1
            ),
            word("That joins the inputs to the last neuron as well."): n * h + h + n,
            word("That gives each of the middle neurons a single weight."): 2 * h,
        },
        digits=0,
    )


def two_neurons(rng: np.random.Generator) -> Exercise:
    """A neuron that reads another one, v ReLU(w x + b) + c."""
    w, b = grid(rng, -3, 3, 1), grid(rng, -2, 4, 1)
    v, c, x = grid(rng, -3, 3, 1), grid(rng, -3, 3, 1), whole(rng, 1, 3)
    first, second = dense([[w]], [b]), dense([[v]], [c])
    z = output(first, x)
    h = at(relu, z)
    y = output(Sequential(first, ReLU(), second), x)
    return Exercise(
        word(
            "A ReLU neuron with weight {w} and bias {b} reads the input {x}. A second neuron reads "
            "its answer, with weight {v} and bias {c} and no bend. What does the second one answer?"
        ),
        {"w": w, "b": b, "x": x, "v": v, "c": c},
        y,
        word("The first has the sum {sum} = {z} and answers {h}. The second: {out} = {right}."),
        {
            word("That skips the first neuron: the second reads its answer, not the input."): (
                output(second, x)
            ),
            word("That is the first neuron's answer."): h,
            word("That skips the ReLU between the two."): output(second, z),
            word("That forgets the first bias."): output(second, at(relu, w * x)),
            word("That forgets the second bias."): y - c,
        },
        digits=0,
        worked={"sum": Sum([w], [x], b), "z": z, "h": h, "out": Sum([v], [h], c)},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("three-inputs", "neuron", three_inputs, SINCE),
    Numeric("missing-weight", "neuron", missing_weight, SINCE),
    Numeric("undecided-wind", "neuron", undecided_wind, SINCE),
    Numeric("sum-change", "neuron", sum_change, SINCE),
    Numeric("gate-corner", "tuning", gate_corner, SINCE),
    Numeric("and-bias", "tuning", and_bias, SINCE),
    Numeric("flipped-gate", "tuning", flipped_gate, SINCE),
    Numeric("sharper", "tuning", sharper, SINCE),
    Numeric("sigmoid-mirror", "by-hand", sigmoid_mirror, SINCE),
    Numeric("sigmoid-from-e", "sigmoid", sigmoid_from_e, SINCE),
    Numeric("tanh-mirror", "tanh", tanh_mirror, SINCE),
    Numeric("tanh-from-sigmoid", "tanh", tanh_from_sigmoid, SINCE),
    Numeric("relu-neuron", "relu", relu_neuron, SINCE),
    Numeric("relu-rise", "relu", relu_rise, SINCE),
    Numeric("network-weights", "flowing", network_weights, SINCE),
    Numeric("two-neurons", "flowing", two_neurons, SINCE),
    Concept(
        "photograph",
        "network",
        word("A network is shown a photograph. What does it actually receive?"),
        word("Numbers: how bright each dot is."),
        word(
            "A network multiplies, adds and bends, so whatever goes in has to be numbers first. "
            "For a photograph these are the brightnesses of its dots."
        ),
        {
            word("The picture, as you and I see it."): word(
                "It sees no picture. Finding out that some of the numbers make an ear is what it "
                "has to learn."
            ),
            word("The names of the things in it."): word(
                "Those are what it is supposed to answer. Nobody hands them in with the picture."
            ),
            word("The weights that the photograph has been given."): word(
                "Weights belong to the network. They are the same for every photograph."
            ),
        },
        SINCE,
    ),
    Concept(
        "weights-origin",
        "network",
        word("Where do the weights of a trained network come from?"),
        word("From random numbers, improved step by step."),
        word(
            "They start at random. Then they are changed a little, again and again, so that the "
            "answers to known examples get better."
        ),
        {
            word("A programmer writes them, one after the other."): word(
                "Nobody knows which weights recognise a cat. People write the program that finds "
                "them."
            ),
            word("They are computed anew for each input."): word(
                "Those are the activations. The weights stay the same while a network answers."
            ),
            word("They are measured in a living brain."): word(
                "Only the name comes from there. The numbers come from training on examples."
            ),
        },
        SINCE,
    ),
    Concept(
        "crowd",
        "network",
        word("A network is like a crowd of judges. What corresponds to the weights?"),
        word("How much each judge listens to each of the others."),
        word(
            "Every line between two neurons has a weight. It says how much the answer on one side "
            "counts on the other, and in which direction."
        ),
        {
            word("How many judges there are."): word(
                "That is the size of the network. It is decided before the weights are learned."
            ),
            word("How clever each judge is."): word(
                "No single judge is clever: each only adds up and bends. What they know is in how "
                "they listen."
            ),
            word("What the judges say."): word(
                "Those are the activations. They change with every input; the weights do not."
            ),
        },
        SINCE,
    ),
    Concept(
        "zero-weight",
        "neuron",
        word("One of a neuron's weights is exactly 0. What follows?"),
        word("That input makes no difference to it."),
        word("0 times anything is 0, so the sum is the same whatever this input is."),
        {
            word("The neuron answers 0."): word(
                "Only one product is 0. The other inputs and the bias still count."
            ),
            word("That input must be 0."): word(
                "The input may be anything. It is the neuron that does not listen to it."
            ),
            word("That input counts against."): word(
                "That is a negative weight. A weight of 0 has no opinion."
            ),
        },
        SINCE,
    ),
    Concept(
        "all-off",
        "neuron",
        word("All inputs of a sigmoid neuron are 0. What decides what it answers?"),
        word("Its bias alone."),
        word(
            "Every product is 0, so the sum is the bias, and the answer is σ(b): more than ½ for a "
            "positive bias, less for a negative one."
        ),
        {
            word("Nothing: the answer is 0."): word(
                "The sum is the bias, and even a sum of 0 gives ½. A sigmoid never answers exactly "
                "0."
            ),
            word("Its largest weight."): word(
                "Every weight is multiplied by 0 here, the largest too."
            ),
            word("Nothing: the answer is ½."): word("Only when the bias is 0 as well."),
        },
        SINCE,
    ),
    Concept(
        "weight-size",
        "tuning",
        word(
            "A sigmoid neuron has one input and no bias. Its weight is made larger. What happens "
            "to the curve of its answers?"
        ),
        word("It gets steeper around the middle."),
        word(
            "The same input now gives a larger sum, so the answer gets from near 0 to near 1 "
            "within a shorter stretch: the neuron decides more sharply."
        ),
        {
            word("It moves to one side."): word(
                "That is what a bias does. Without one the curve passes through ½ at 0, whatever "
                "the weight."
            ),
            word("It rises higher than 1."): word(
                "No sum is large enough for that: the sigmoid stays below 1."
            ),
            word("It flips over and falls."): word(
                "That takes a negative weight. A larger one only makes it rise faster."
            ),
        },
        SINCE,
    ),
    Concept(
        "or-into-and",
        "tuning",
        word("A neuron acts as OR. Its weights stay as they are. How does it become AND?"),
        word("By a lower bias, so that one input is not enough."),
        word(
            "For OR a single input lifts the sum above 0. Lower the bias until a single one no "
            "longer does, while both together still do."
        ),
        {
            word("By a higher bias, so that it says yes more easily."): word(
                "AND says yes less often than OR. A bias that is high enough makes the "
                "neuron say yes to everything."
            ),
            word("By flipping the sign of the bias."): word(
                "Then it says yes even when both inputs are off."
            ),
            word("Not at all: AND needs other weights."): word(
                "With the weights 6 and 6, OR has a bias such as −3 and AND one such as −9."
            ),
        },
        SINCE,
    ),
    Concept(
        "nor-neuron",
        "tuning",
        word("NOR says yes only when both inputs are off. Which sigmoid neuron does that?"),
        word("Weights −6 and −6, bias 3"),
        word(
            "With both off the sum is 3: yes. A single one brings it down to −3, and both to −9: "
            "no. It is the neuron for OR with all signs flipped."
        ),
        {
            word("Weights 6 and 6, bias −3"): word(
                "That is OR: its sum is −3 with both off, and above 0 as soon as one is on."
            ),
            word("Weights 6 and 6, bias −9"): word(
                "That is AND: its sum is above 0 only when both are on."
            ),
            word("Weights −6 and −6, bias 9"): word(
                "That is NAND: with a single input on, its sum is still 3, a yes."
            ),
        },
        SINCE,
    ),
    Concept(
        "bend-task",
        "activations",
        word("What is the activation at the end of a neuron for?"),
        word("It bends, so that many neurons can do more than one."),
        word(
            "Multiplying and adding only make straight lines, and a straight line of straight "
            "lines is straight. The bend is what lets a network draw anything else."
        ),
        {
            word("It keeps every answer between 0 and 1."): word(
                "The sigmoid does, but ReLU has no upper end, and tanh goes down to −1."
            ),
            word("It chooses which inputs count."): word(
                "That is what the weights do. The activation only sees the finished sum."
            ),
            word("It makes the arithmetic faster."): word(
                "It is one more step of work, and worth it."
            ),
        },
        SINCE,
    ),
    Concept(
        "flat-curve",
        "activations",
        word("A neuron's sum lies where its activation is almost flat. What does that mean?"),
        word("Small changes hardly move its answer, so it learns slowly."),
        word(
            "Learning changes the weights by how much the answer moves with them. Where the slope "
            "is near 0, that is almost nothing."
        ),
        {
            word("It is about to change its mind."): word(
                "That is the steep middle. On the flat end it is very sure."
            ),
            word("Its answer is near 0."): word(
                "Flat does not mean low: the sigmoid is as flat near 1 as it is near 0."
            ),
            word("Its weights are near 0."): word(
                "Small weights keep the sum near 0, where sigmoid and tanh are at their steepest."
            ),
        },
        SINCE,
    ),
    Concept(
        "sigmoid-end",
        "sigmoid",
        word("Why does a network that answers yes or no often end in a sigmoid?"),
        word("Its answers can be read as probabilities."),
        word(
            "They lie between 0 and 1, and rise with the sum: 0.9 can be read as “very likely "
            "yes”, 0.5 as “undecided”."
        ),
        {
            word("It answers exactly 0 or exactly 1."): word(
                "It comes as near as you like, but never reaches either. That leaves room for "
                "doubt."
            ),
            word("It is the activation that is quickest to compute."): word(
                "ReLU is cheaper: it only compares with 0."
            ),
            word("Its slope is largest where it is sure."): word(
                "It is flattest there. The slope is largest in the undecided middle."
            ),
        },
        SINCE,
    ),
    Concept(
        "sigmoid-far",
        "sigmoid",
        word("A sigmoid neuron's sum goes from 5 to 10. What does its answer do?"),
        word("It moves from just below 1 to a little nearer to 1."),
        word("σ(5) is 0.993 and σ(10) is 0.99995. Out there the curve is almost flat."),
        {
            word("It doubles, as the sum does."): word(
                "That would be a straight line. The sigmoid squashes, and cannot pass 1."
            ),
            word("It passes 1, because the sum is so large."): word(
                "No sum is large enough: 1 / (1 + e⁻ᶻ) stays below 1."
            ),
            word("It stays exactly the same, because it has reached its end."): word(
                "It rises for every further step of the sum, only less and less."
            ),
        },
        SINCE,
    ),
    Concept(
        "who-says-minus",
        "tanh",
        word("Which of sigmoid, tanh and ReLU can give the answer −0.8?"),
        word("tanh only"),
        word(
            "Its answers go from −1 to 1. The sigmoid stays above 0, and ReLU turns everything "
            "below 0 into 0."
        ),
        {
            word("Sigmoid and tanh"): word(
                "Both are S-shaped, but the sigmoid runs from 0 to 1 and is never negative."
            ),
            word("tanh and ReLU"): word(
                "ReLU lets positive sums through as they are, but turns negative ones into 0."
            ),
            word("All three, with a negative bias"): word(
                "A bias moves the sum, not the range of the answers."
            ),
        },
        SINCE,
    ),
    Concept(
        "twice-the-sum",
        "relu",
        word("A ReLU neuron's sum is 3, and then twice as large. What does its answer do?"),
        word("It doubles, from 3 to 6."),
        word("A positive sum goes through as it is. There is no upper end."),
        {
            word("It comes nearer to 1."): word(
                "That is the sigmoid, or tanh. ReLU does not squash."
            ),
            word("It stays at 1, because the neuron is on."): word(
                "ReLU is not a switch between 0 and 1. What is on lets the sum through."
            ),
            word("It stays at 3, because the slope is 1."): word(
                "A slope of 1 means one step up for each step forward, so the answer moves along."
            ),
        },
        SINCE,
    ),
    Concept(
        "leaky",
        "relu",
        word("What does a leaky ReLU do differently from a plain one?"),
        word("It keeps a small slope for negative sums."),
        word(
            "So a neuron whose sum is negative for every example still gets a small push, and can "
            "come back to life."
        ),
        {
            word("It rounds the corner at 0."): word(
                "That is GELU or SiLU. The leaky ReLU still has a corner there."
            ),
            word("It has an upper end at 1."): word(
                "Neither of the two has an upper end. Above 0 they are the same."
            ),
            word("It forgets a part of its inputs."): word(
                "What leaks through is a part of the negative sum; inputs are not lost."
            ),
        },
        SINCE,
    ),
    Concept(
        "temperature-outside",
        "relu",
        word(
            "A network predicts tomorrow's temperature in degrees Celsius. How should its last "
            "neuron bend?"
        ),
        word("Not at all: the sum itself is the answer."),
        word(
            "A temperature may be any number, below 0 and far above 1. So the last neuron has the "
            "identity for an activation; the neurons before it do bend."
        ),
        {
            word("With ReLU"): word("Then it could never predict frost: ReLU is never below 0."),
            word("With the sigmoid"): word(
                "Then it could predict nothing warmer than 1 degree, and no frost."
            ),
            word("With tanh"): word("Then every prediction would lie between −1 and 1 degree."),
        },
        SINCE,
    ),
    Concept(
        "same-inputs",
        "flowing",
        word(
            "Three neurons read the same two inputs. Why can their answers differ from each other?"
        ),
        word("Each has weights and a bias of its own."),
        word(
            "They hear the same numbers and listen differently, like judges who watch the same "
            "dance."
        ),
        {
            word("Each gets a different share of the inputs."): word(
                "Inputs are not shared out: every neuron reads them whole."
            ),
            word("The second waits for the first one's answer."): word(
                "Neurons side by side do not hear each other. Only the next ones hear all three."
            ),
            word("They answer at random."): word(
                "Nothing about it is random: the same inputs give the same answers each time."
            ),
        },
        SINCE,
    ),
    Concept(
        "flow-direction",
        "flowing",
        word("A network answers. In which order do its neurons compute?"),
        word("From the inputs to the last neuron, once."),
        word(
            "A neuron needs the answers that it reads, so those are computed before it. After one "
            "sweep the answer is there."
        ),
        {
            word("Back and forth, until nothing changes any more."): word(
                "One sweep is enough. The numbers in such a network flow one way."
            ),
            word("From the last neuron to the inputs."): word(
                "That is the direction in which blame travels while a network learns. Answering "
                "goes forward."
            ),
            word("All at once."): word(
                "The last neuron reads the answers of the middle ones, so it has to wait for them."
            ),
        },
        SINCE,
    ),
)
