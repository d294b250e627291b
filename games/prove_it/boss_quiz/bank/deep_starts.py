"""The frontier lesson on initialisation: variance, order and chaos, depth, width, residual sums."""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Exercise,
    Item,
    Numeric,
    whole,
)
from games.words import word
from pycore import mean_field
from pycore.activations import leaky_relu


def he_variance(rng: np.random.Generator) -> Exercise:
    """The variance of weights that ReLU asks for, 2 / n_in."""
    n_in, n_out = (int(n) for n in rng.choice([20, 40, 50, 80, 100, 160, 200], 2, replace=False))
    return Exercise(
        word(
            "A layer of ReLU neurons has {n_in} inputs and {n_out} outputs. Which variance of the "
            "weights keeps the mean square of a signal on its way forward?"
        ),
        {"n_in": n_in, "n_out": n_out},
        1 / (n_in * mean_field.variance(1.0, 1.0, 0.0, "relu")),
        word("ReLU keeps half of the mean square, so n·v/2 = 1: v = 2 / {n_in} = {right}."),
        {
            word("That forgets the half that ReLU makes 0."): 1 / n_in,
            word("That counts the outputs; a sum adds up the inputs."): 2 / n_out,
            word("That is Xavier’s compromise."): 2 / (n_in + n_out),
            word("That is the spread, the root of the variance."): math.sqrt(2 / n_in),
            word("That divides by the half twice."): 4 / n_in,
        },
        digits=4,
    )


def xavier_product(rng: np.random.Generator) -> Exercise:
    """What Xavier's start makes of the mean square going forward, 2 n_in / (n_in + n_out)."""
    n_in, n_out = (int(n) for n in rng.choice([50, 100, 150, 300, 400], 2, replace=False))
    v = 2 / (n_in + n_out)
    return Exercise(
        word(
            "A layer of {n_in} inputs and {n_out} outputs begins with Xavier’s variance. By what "
            "does it multiply the mean square of a small signal (tanh is straight there)?"
        ),
        {"n_in": n_in, "n_out": n_out},
        n_in * v,
        word("n·v = {n_in}·2 / ({n_in} + {n_out}) = {right}."),
        {
            word("That is what it does to gradients, which add up over the outputs."): n_out * v,
            word("That holds only where both numbers are equal."): 1.0,
            word("That forgets the 2."): n_in / (n_in + n_out),
            word("That is the root of it."): math.sqrt(n_in * v),
            word("That is the product of both directions."): n_in * n_out * v * v,
        },
        digits=3,
    )


def half_a_layer(rng: np.random.Generator) -> Exercise:
    """ReLU with weights of variance 1 / n, over k layers."""
    k = whole(rng, 3, 11)
    left = float(mean_field.profile(1.0, 1.0, 0.0, k + 1, "relu")[-1])
    return Exercise(
        word(
            "Every layer has ReLU, no biases, and weights of variance 1/n. Which share of the mean "
            "square is left after {k} layers?"
        ),
        {"k": k},
        left,
        word("Each layer keeps half: ½ to the power of {k} is {right}."),
        {
            word("Weights of 1/n keep it only where the activation does not take half."): 1.0,
            word("That divides by the number of layers; halves multiply."): 1 / (2 * k),
            word("That counts one layer too few."): 2 * left,
            word("That counts one layer too many."): left / 2,
            word("That takes the root: it is the spread, not the mean square."): math.sqrt(left),
        },
        digits=4,
    )


def leaky_start(rng: np.random.Generator) -> Exercise:
    """What leaky ReLU keeps of the mean square, (1 + a²) / 2."""
    a = float(rng.choice([0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5]))
    kept = mean_field.expectation(lambda h: leaky_relu(h, a) ** 2, 1.0)
    return Exercise(
        word(
            "Leaky ReLU multiplies negative sums by {a}. Which share of the mean square of its "
            "sums does it keep?"
        ),
        {"a": a},
        kept,
        word("One half keeps its squares, the other {a}² of them: (1 + {a}²) / 2 = {right}."),
        {
            word("That forgets to square the factor."): (1 + a) / 2,
            word("That is ReLU, which keeps nothing of the negative half."): 0.5,
            word("That takes only the negative half."): a * a / 2,
            word("That adds both halves in full."): 1 + a * a,
            word("That takes the square away."): (1 - a * a) / 2,
        },
        digits=3,
    )


def relu_rest(rng: np.random.Generator) -> Exercise:
    """Where the variance of ReLU layers settles, σ_b² / (1 − σ_w² / 2)."""
    sigma_w, sigma_b = float(rng.choice([0.6, 0.8, 1.2])), float(rng.choice([0.2, 0.4, 0.5]))
    return Exercise(
        word(
            "Deep ReLU layers have σ_w = {sigma_w} and σ_b = {sigma_b}. At which variance q do "
            "their sums come to rest?"
        ),
        {"sigma_w": sigma_w, "sigma_b": sigma_b},
        mean_field.fixed_point(sigma_w, sigma_b, "relu"),
        word("q = σ_w²·q/2 + σ_b² gives q = {sigma_b}² / (1 − {sigma_w}²/2) = {right}."),
        {
            word("That is one layer after a signal of 0."): sigma_b**2,
            word("That forgets to square the spread of the biases."): sigma_b
            / (1 - sigma_w**2 / 2),
            word("That forgets to square the spread of the weights."): (
                sigma_b**2 / (1 - sigma_w / 2)
            ),
            word("That leaves the biases out."): sigma_w**2 / 2,
        },
        digits=3,
    )


def next_variance(rng: np.random.Generator) -> Exercise:
    """One step of the recursion, the mean square of tanh being given."""
    sigma_w, sigma_b = float(rng.choice([1.2, 1.5, 2.0])), float(rng.choice([0.2, 0.3, 0.5]))
    q = float(rng.choice([0.5, 1.0, 2.0]))
    kept = round(mean_field.variance(q, 1.0, 0.0), 2)
    return Exercise(
        word(
            "The sums of a wide layer have the variance {q}, and tanh makes of them answers with "
            "the mean square {kept}. With σ_w = {sigma_w} and σ_b = {sigma_b}, what is the next "
            "variance?"
        ),
        {"q": q, "kept": kept, "sigma_w": sigma_w, "sigma_b": sigma_b},
        sigma_w**2 * kept + sigma_b**2,
        word("{sigma_w}²·{kept} + {sigma_b}² = {right}."),
        {
            word("That forgets the squares of both spreads."): sigma_w * kept + sigma_b,
            word("That multiplies the sums, not the answers of tanh."): sigma_w**2 * q + sigma_b**2,
            word("That leaves the biases out."): sigma_w**2 * kept,
            word("That forgets to square the spread of the biases."): sigma_w**2 * kept + sigma_b,
            word("That multiplies the biases by the answers too."): (
                (sigma_w**2 + sigma_b**2) * kept
            ),
        },
        digits=3,
    )


def gradient_after(rng: np.random.Generator) -> Exercise:
    """χ to the power of the layers."""
    chi, layers = float(rng.choice([0.7, 0.8, 0.9, 1.1, 1.2])), whole(rng, 5, 12)
    return Exercise(
        word(
            "In every layer χ is {chi}. By what is the mean square of a gradient multiplied on its "
            "way back through {layers} layers?"
        ),
        {"chi": chi, "layers": layers},
        chi**layers,
        word("{chi} to the power of {layers} is {right}."),
        {
            word("Factors multiply; that adds up what each takes or gives."): (
                1 + layers * (chi - 1)
            ),
            word("That squares it: χ is of mean squares already."): chi ** (2 * layers),
            word("That is the factor of the root, of lengths."): chi ** (layers / 2),
            word("That is one layer alone."): chi,
            word("That counts one layer too many."): chi ** (layers + 1),
        },
        digits=3,
    )


def depth_reach(rng: np.random.Generator) -> Exercise:
    """ξ = 1 / |log χ| of ReLU layers, whose χ is σ_w² / 2."""
    sigma_w = float(rng.choice([0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]))
    chi = mean_field.chi(1.0, sigma_w, "relu")
    return Exercise(
        word(
            "ReLU layers have σ_w = {sigma_w}. In how many layers does the mean square of a "
            "gradient shrink to one part in e?"
        ),
        {"sigma_w": sigma_w},
        mean_field.depth_scale(chi),
        word("χ = {sigma_w}²/2 = {chi}, and ξ = 1 / |log {chi}| = {right}."),
        {
            word("That forgets the square."): 1 / abs(math.log(sigma_w / 2)),
            word("That turns the fraction round."): abs(math.log(chi)),
            word("That is 1 / (1 − χ), which is near it only where χ is near 1."): 1 / (1 - chi),
            word("That counts lengths, not mean squares."): 2 / abs(math.log(chi)),
        },
        digits=2,
        worked={"chi": chi},
    )


def width_strays(rng: np.random.Generator) -> Exercise:
    """The variance of log q in ReLU networks with He's start, 5 l / n."""
    layers, n = int(rng.choice([10, 20, 40, 50])), int(rng.choice([50, 100, 200, 500]))
    half = mean_field.expectation(lambda h: np.maximum(h, 0) ** 2, 1.0)
    fourth = mean_field.expectation(lambda h: np.maximum(h, 0) ** 4, 1.0)
    return Exercise(
        word(
            "A ReLU network with He’s start is {n} neurons wide. About what is the variance of the "
            "logarithm of its mean square after {layers} layers?"
        ),
        {"n": n, "layers": layers},
        layers * (fourth / half**2 - 1) / n,
        word("Each layer adds 5/n, so 5·{layers} / {n} = {right}."),
        {
            word("That is one layer alone."): 5 / n,
            word("That forgets the 5, which ReLU’s squares stray by."): layers / n,
            word("That is its standard deviation."): math.sqrt(5 * layers / n),
            word("That is how far the logarithm sinks on average, half of it."): 2.5 * layers / n,
            word("That is the 2 of squares of normal numbers; ReLU’s stray more."): 2 * layers / n,
        },
        digits=3,
    )


def branch_factor(rng: np.random.Generator) -> Exercise:
    """1 / √(2 L)."""
    blocks = int(rng.choice([4, 6, 8, 10, 12, 16, 18, 24, 32, 36, 48]))
    return Exercise(
        word(
            "A Transformer has {blocks} blocks, and each adds two normalised branches to the "
            "stream. By which factor must each branch be scaled so that all of them together add "
            "a variance of 1?"
        ),
        {"blocks": blocks},
        1 / math.sqrt(2 * blocks),
        word("2·{blocks} branches add α² each, so α = 1 / √(2·{blocks}) = {right}."),
        {
            word("That counts one branch in each block."): 1 / math.sqrt(blocks),
            word("That forgets the root: variances add up, factors are squared."): 1 / (2 * blocks),
            word("That forgets the root and counts one branch in each block."): 1 / blocks,
            word("That puts the 2 outside of the root."): 1 / (2 * math.sqrt(blocks)),
            word("That divides by the square."): 1 / (2 * blocks) ** 2,
        },
        digits=3,
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "signs-cancel",
        "forward",
        word("Why does nothing have to be assumed about the inputs of a layer to find E h²?"),
        word("The weights are independent with mean 0, so mixed terms vanish."),
        word(
            "Only the squares are left, and each input’s square counts with the variance of the "
            "weights."
        ),
        {
            word("The inputs of every layer are independent of one another."): word(
                "They are not: all come from the same neurons before. It is the weights that are."
            ),
            word("Tanh makes all answers lie between −1 and 1."): word(
                "It holds for every activation, and for inputs of any size."
            ),
            word("In a wide layer the inputs have the mean 0."): word(
                "Behind ReLU they do not, and the formula holds there too."
            ),
        },
        6,
    ),
    Numeric("he-variance", "forward", he_variance, 6),
    Numeric("half-a-layer", "forward", half_a_layer, 6),
    Numeric("leaky-start", "forward", leaky_start, 6),
    Numeric("xavier-product", "backward", xavier_product, 6),
    Concept(
        "two-directions",
        "backward",
        word("Why does Xavier’s start divide by the mean of the inputs’ and outputs’ numbers?"),
        word("Signals add up over the inputs, gradients over the outputs."),
        word(
            "Each direction asks for 1 divided by its own number, and only in a square layer are "
            "these the same."
        ),
        {
            word("Half of the neurons are silent at the start."): word(
                "That is ReLU, and He’s start."
            ),
            word("Biases take away part of the variance."): word(
                "They add to it, and both starts set them to 0."
            ),
            word("So the largest weight cannot be above 1."): word(
                "Nothing is said of single weights, only of their spread."
            ),
        },
        6,
    ),
    Numeric("next-variance", "mean-field", next_variance, 6),
    Numeric("relu-rest", "mean-field", relu_rest, 6),
    Concept(
        "one-fixed-point",
        "mean-field",
        word("Tanh layers with biases come to rest at one variance from every start. Why?"),
        word("V(q) grows with q, and V(q)/q falls, so it passes 1 once."),
        word("Below that place the variance climbs, above it sinks, and it never jumps over."),
        {
            word("Tanh is bounded, and what is bounded comes to rest."): word(
                "A bounded thing may go round forever; that V grows rules it out."
            ),
            word("The weights of all layers are the same."): word(
                "Each layer draws its own; only their spread is the same."
            ),
            word("In the limit of wide layers nothing is random any more."): word(
                "So the variance follows one rule; that the rule leads to rest is another matter."
            ),
        },
        6,
    ),
    Concept(
        "what-order-does",
        "edge",
        word("A deep tanh network starts with χ = 0.7. What does it answer to two inputs?"),
        word("Nearly the same to both, whatever they are."),
        word(
            "1 − c shrinks by 0.7 in each layer, so all inputs become alike, and the gradient dies "
            "out by the same factor."
        ),
        {
            word("Something unrelated to each, even if they are close."): word(
                "That is chaos, χ above 1."
            ),
            word("0 to both, because the signal dies out."): word(
                "Only without biases. With them the signal settles at a size, the same for both."
            ),
            word("Answers as different as the inputs are."): word(
                "That takes χ = 1, and even there it fades slowly."
            ),
        },
        6,
    ),
    Concept(
        "he-is-the-edge",
        "edge",
        word("Why is He’s start all there is of ReLU’s edge of chaos?"),
        word("χ is σ_w²/2 for every q, and at √2 any bias makes the signal grow."),
        word("So χ = 1 leaves σ_w = √2 alone, and only without biases is q kept."),
        {
            word("ReLU keeps the size of a signal at every σ_w."): word(
                "Only at √2. Below it signals shrink to what biases add, above it they grow."
            ),
            word("He’s start makes all neurons of a layer independent."): word(
                "Every random start does; it says nothing of χ."
            ),
            word("ReLU has the slope 0 or 1, so gradients cannot grow."): word(
                "They are multiplied by the weights too."
            ),
        },
        6,
    ),
    Numeric("gradient-after", "edge", gradient_after, 6),
    Numeric("depth-reach", "depth-scale", depth_reach, 6),
    Numeric("width-strays", "band", width_strays, 6),
    Concept(
        "mean-misleads",
        "band",
        word(
            "With He’s start the mean of q stays 1 in every layer. Yet nearly every deep, narrow "
            "network shrinks. How?"
        ),
        word("A few networks with very large q hold up the mean."),
        word(
            "The logarithm of q walks at random and sinks by 5/(2n) a layer. What is lost by many "
            "is won by few."
        ),
        {
            word("Rounding errors take a little of the signal each time."): word(
                "They are far too small; it happens with exact numbers too."
            ),
            word("ReLU neurons die one after the other."): word(
                "Nothing is trained yet, and each layer has about half of its neurons awake."
            ),
            word("He’s start is right only for the gradient."): word(
                "It is right for the mean in both directions."
            ),
        },
        6,
    ),
    Concept(
        "mean-is-not-all",
        "isometry",
        word("A linear network has χ = 1. What do orthogonal weights add to normal ones?"),
        word("No direction is stretched or crushed, not only the mean kept."),
        word(
            "A product of many normal matrices crushes most directions, which makes a narrow "
            "valley."
        ),
        {
            word("A larger gradient in the first layer."): word(
                "On average it is the same: χ is 1 for both."
            ),
            word("Isometry for ReLU networks as well."): word(
                "There half of the slopes are 0, and no weights make up for that."
            ),
            word("Fewer weights that have to be learned."): word(
                "There are just as many, and they need not stay orthogonal."
            ),
        },
        6,
    ),
    Numeric("branch-factor", "residual", branch_factor, 6),
    Concept(
        "fixup-zero",
        "residual",
        word("Fixup starts the last layer of each residual branch at 0. Why can it still learn?"),
        word("The skip connection brings each of its neurons its own gradient."),
        word(
            "Each adds to a place of its own in the sum and gets that place’s gradient, and the "
            "features they read are random. Nothing stays the same as its neighbour."
        ),
        {
            word("The biases of that layer are random."): word(
                "They start at 0 too; it needs no random number of its own."
            ),
            word("Normalisation makes its zeros different from one another."): word(
                "Fixup is made to go without it, and it could not."
            ),
            word("It cannot; that layer is only there for counting."): word(
                "It moves as soon as a gradient comes, which is at the second step."
            ),
        },
        6,
    ),
)
