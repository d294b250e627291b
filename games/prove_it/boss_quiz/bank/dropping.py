"""The article on dropout: masks, what they add, whose mean is used, and where it wavers."""

from __future__ import annotations

import math
from itertools import product

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, grid, whole
from games.words import word
from pycore.activations import relu, sigmoid
from pycore.arrays import Array

RATES = (0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.75, 0.8)


def _outputs(adds: list[float], p: float) -> tuple[Array, Array]:
    """The sum under every mask, and how likely each mask is."""
    masks = np.array(list(product((0, 1), repeat=len(adds))))
    likely = np.prod(np.where(masks == 1, 1 - p, p), axis=1)
    return np.asarray(masks @ np.array(adds) / (1 - p)), np.asarray(likely)


def thinned_count(rng: np.random.Generator) -> Exercise:
    """2 to the power of the units."""
    a, b = whole(rng, 2, 5), whole(rng, 2, 5)
    return Exercise(
        word(
            "A network has two hidden layers, of {a} and {b} units, with dropout behind both. How "
            "many different masks are there?"
        ),
        {"a": a, "b": b},
        len(list(product((0, 1), repeat=a + b))),
        word("Each of {units} units is on or off: 2 to the power of {units} is {right}."),
        {
            word("That adds the masks of both layers; any of one goes with any of the other."): (
                2**a + 2**b
            ),
            word("That is twice the number of units; each unit doubles the number."): 2 * (a + b),
            word("That counts pairs of units."): a * b,
            word("That counts the first layer only."): 2**a,
        },
        digits=0,
        worked={"units": a + b},
    )


def mask_chance(rng: np.random.Generator) -> Exercise:
    """The product of what each unit does."""
    p, off, on = float(rng.choice((0.2, 0.4, 0.6, 0.75))), whole(rng, 1, 2), whole(rng, 1, 3)
    _, likely = _outputs([0.0] * (off + on), p)
    place = int("0" * off + "1" * on, 2)
    return Exercise(
        word(
            "A layer has {n} units and dropout of rate {p}. How likely is the mask in which the "
            "first {off} are off and the others on?"
        ),
        {"n": off + on, "p": p, "off": off},
        float(likely[place]),
        word(
            "Units drop out independently: {p} for each that is off, {keep} for each that is on. "
            "The product is {right}."
        ),
        {
            word("That takes all masks to be equally likely, as at a rate of a half."): (
                0.5 ** (off + on)
            ),
            word("That swaps the two: the rate is the chance of being off."): (
                (1 - p) ** off * p**on
            ),
            word("That is any mask with so many units off, not this one."): (
                math.comb(off + on, off) * p**off * (1 - p) ** on
            ),
            word("That forgets the units that stay on."): p**off,
        },
        digits=3,
        worked={"keep": 1 - p},
    )


def both_on(rng: np.random.Generator) -> Exercise:
    """(1 − p)²."""
    p, steps = float(rng.choice((0.1, 0.2, 0.4, 0.5, 0.6))), int(rng.choice((100, 200, 1000)))
    return Exercise(
        word(
            "A weight leads from one layer to the next, both with dropout of rate {p}. It learns "
            "from an example only if both of its units are on. From how many of {steps} examples, "
            "on average?"
        ),
        {"p": p, "steps": steps},
        steps * (1 - p) ** 2,
        word("Both are on with the chance {keep}·{keep}: {right} of {steps} examples."),
        {
            word("That asks for one of the two units only."): steps * (1 - p),
            word("That is how often both are off."): steps * p**2,
            word("That is how often at least one is on."): steps * (1 - p**2),
            word("That subtracts the rate twice; the chances multiply."): steps * (1 - 2 * p),
        },
        digits=0,
        worked={"keep": 1 - p},
    )


def added_variance(rng: np.random.Generator) -> Exercise:
    """P/(1 − p) Σ v²."""
    p = float(rng.choice(RATES))
    adds = [grid(rng, -3, 3, 1.0) for _ in range(3)]
    sums, likely = _outputs(adds, p)
    mean = likely @ sums
    squares = sum(v * v for v in adds)
    return Exercise(
        word(
            "Three units add {u}, {v} and {w} to an output. With inverted dropout of rate {p} on "
            "them, what is the variance of the output over all masks?"
        ),
        {"u": adds[0], "v": adds[1], "w": adds[2], "p": p},
        float(likely @ (sums - mean) ** 2),
        word(
            "Squares of what is added, {squares} in all, times p/(1 − p) = {odds}: the variance is "
            "{right}."
        ),
        {
            word("That squares the sum; independent noise adds up in squares."): (
                p / (1 - p) * sum(adds) ** 2
            ),
            word("That is the standard deviation, the root of it."): (
                math.sqrt(p / (1 - p) * squares)
            ),
            word("That leaves out the scaling: kept units are divided by 1 − p."): (
                p * (1 - p) * squares
            ),
            word("That has the rate upside down: (1 − p)/p."): (1 - p) / p * squares,
            word("That forgets the rate."): squares,
        },
        worked={"squares": squares, "odds": p / (1 - p)},
    )


def mean_loss(rng: np.random.Generator) -> Exercise:
    """(f − t)² + p/(1 − p) Σ v²."""
    p = float(rng.choice((0.2, 0.4, 0.5, 0.6, 0.75, 0.8)))
    adds, target = [grid(rng, -2, 2, 1.0) for _ in range(2)], grid(rng, -3, 3, 1.0)
    sums, likely = _outputs(adds, p)
    off = (sum(adds) - target) ** 2
    noise = p / (1 - p) * sum(v * v for v in adds)
    return Exercise(
        word(
            "Two units add {u} and {v} to an output without a bias; the target is {t}. What is the "
            "squared error on average over all masks of inverted dropout, rate {p}?"
        ),
        {"u": adds[0], "v": adds[1], "t": target, "p": p},
        float(likely @ (sums - target) ** 2),
        word(
            "The error with all units on, {off}, and the variance that the masks add, {noise}: "
            "{right}."
        ),
        {
            word("That is the error without dropout; the masks add their variance."): off,
            word("That is the variance alone."): noise,
            word("That subtracts the variance; noise makes the error larger."): off - noise,
            word("That is the error when all units are off."): target**2,
        },
        worked={"off": off, "noise": noise},
    )


def relu_mean(rng: np.random.Generator) -> Exercise:
    """(1 − p) relu(a/(1 − p) − c)."""
    p = float(rng.choice((0.2, 0.5, 0.6, 0.75, 0.8)))
    a = grid(rng, 1, 3, 0.5)
    c = a + grid(rng, 0.5, 1, 0.5) if a / (1 - p) > a + 1.2 else grid(rng, 0.5, a, 0.5)
    return Exercise(
        word(
            "A ReLU neuron reads one input x = {a} with weight 1 and bias {b}. The input has "
            "inverted dropout of rate {p}. What does the neuron answer on average over the masks?"
        ),
        {"a": a, "b": -c, "p": p},
        float((1 - p) * relu(np.array(a / (1 - p) - c)) + p * relu(np.array(-c))),
        word(
            "Kept, the input is {scaled}, and the neuron answers {high}; dropped, 0. Kept with the "
            "chance {keep}: {right}."
        ),
        {
            word("That is the network in use; behind a ReLU it is not the mean."): max(a - c, 0.0),
            word("That is the answer when the input is kept."): max(a / (1 - p) - c, 0.0),
            word("That leaves out the scaling of what is kept."): (1 - p) * max(a - c, 0.0),
            word("That is the mean of the sum; the ReLU cuts off the negative part first."): a - c,
        },
        worked={"scaled": a / (1 - p), "high": max(a / (1 - p) - c, 0.0), "keep": 1 - p},
    )


def geometric_vote(rng: np.random.Generator) -> Exercise:
    """√ab, divided by the sum over both answers."""
    a, b = float(rng.choice((0.1, 0.2, 0.3))), float(rng.choice((0.6, 0.7, 0.8, 0.9, 0.99)))
    logits = [math.log(q / (1 - q)) for q in (a, b)]
    yes, no = math.sqrt(a * b), math.sqrt((1 - a) * (1 - b))
    return Exercise(
        word(
            "Two thinned networks, equally likely, say yes with {a} and {b}. What does their "
            "geometric mean say, normalised so that yes and no sum to 1?"
        ),
        {"a": a, "b": b},
        float(sigmoid(np.array(sum(logits) / 2))),
        word("Yes has the root {yes}, no the root {no}: {yes} / ({yes} + {no}) = {right}."),
        {
            word("That is the plain mean."): (a + b) / 2,
            word("That forgets to normalise."): yes,
            word("That is what it says to no."): no / (yes + no),
            word("That multiplies and takes no root."): a * b,
        },
        worked={"yes": yes, "no": no},
    )


def convex_middle(rng: np.random.Generator) -> Exercise:
    """(V(a) + V(b)) / 2."""
    low, high = grid(rng, 0.1, 0.9, 0.1), grid(rng, 1, 3, 0.2)
    return Exercise(
        word(
            "A network with one hidden layer of ReLUs has dropout behind it. Over the masks its "
            "output has variance {low} at x = −1 and {high} at x = 1. How large can it be at "
            "x = 0, at most?"
        ),
        {"low": low, "high": high},
        float(np.mean([low, high])),
        word(
            "The variance is a sum of squared hinges, so it is convex: in the middle at most the "
            "mean of both, {right}."
        ),
        {
            word("It can be that at an end, not in the middle."): high,
            word("It can be larger than the smaller of the two."): low,
            word("That adds both; it is at most their mean."): low + high,
            word("That is the geometric mean, which is lower than what it can be."): (
                math.sqrt(low * high)
            ),
        },
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "never-trained",
        "every-step-another",
        word("Which network is used once training with dropout is over?"),
        word("The one with all units on, which was never trained in that form."),
        word("All that was trained are thinned ones; they share their weights with the whole one."),
        {
            word("The thinned network that had the lowest loss."): word(
                "No mask is kept; each is used once and thrown away."
            ),
            word("The one whose mask was drawn most often."): word(
                "With many units hardly any mask is drawn twice."
            ),
            word("A new mask for each example, as in training."): word(
                "That is Monte Carlo dropout, and is done only to see how much it wavers."
            ),
        },
        8,
    ),
    Numeric("thinned-count", "every-step-another", thinned_count, 8),
    Numeric("mask-chance", "every-step-another", mask_chance, 8),
    Numeric("both-on", "every-step-another", both_on, 8),
    Concept(
        "what-a-mask-changes",
        "mask-and-scale",
        word("Inverted dropout keeps the mean of a weighted sum. What does it change?"),
        word("Its variance, by p/(1 − p) times the sum of the squared terms."),
        word("Each term is 0 or scaled up; independent noise adds up in squares."),
        {
            word("Nothing else: that is what the scaling is for."): word(
                "The scaling mends the mean only, and makes the noise larger."
            ),
            word("Its sign, where more than half of the terms are dropped."): word(
                "It may change in one step; what is asked is the mean and spread over all."
            ),
            word("Its variance, by the square of the whole sum."): word(
                "Terms drop out independently, so each is squared by itself."
            ),
        },
        8,
    ),
    Numeric("added-variance", "mask-and-scale", added_variance, 8),
    Numeric("mean-loss", "mask-and-scale", mean_loss, 8),
    Numeric("relu-mean", "mask-and-scale", relu_mean, 8),
    Concept(
        "what-is-paid",
        "mask-and-scale",
        word("With squared error and dropout before the last layer, for what does a weight pay?"),
        word("For its square times the mean square of what its unit says on the training points."),
        word("That is the variance of the output, averaged over those points."),
        {
            word("For its square alone, whatever its unit says, as in weight decay."): word(
                "A unit that is silent on all points makes no noise, and costs nothing."
            ),
            word("For its absolute value, so that many weights end at exactly 0."): word(
                "Variances are squares; that would be an L1 penalty."
            ),
            word("For nothing: noise with mean 0 cancels in the loss."): word(
                "In a squared error it adds its variance."
            ),
        },
        8,
    ),
    Concept(
        "where-it-helped",
        "which-rate",
        word("Two moons, fifty starts: where did a rate of 0.4 help?"),
        word("Where the network was much too large for its few points."),
        word("With more points, or with four units in a layer, it did worse in most runs."),
        {
            word("Everywhere, and more so in the smallest networks."): word(
                "With four units there was nothing to spare."
            ),
            word("Where there were most points to learn from."): word(
                "There it did more harm than good, for there was little to overfit."
            ),
            word("Wherever it closed the gap between training and held-out accuracy."): word(
                "It closes the gap in bad networks too."
            ),
        },
        8,
    ),
    Concept(
        "exactly-the-mean",
        "thinned-ensemble",
        word(
            "For which network is the one in use exactly a mean of all thinned ones, and which "
            "mean?"
        ),
        word("A softmax directly behind the dropped layer: the normalised geometric mean."),
        word("Scores are linear in the mask, and a geometric mean takes the mean of scores."),
        {
            word("Any network: the plain mean of the probabilities."): word(
                "Softmax is no straight line, so the plain mean differs even for one layer."
            ),
            word("A deep network with ReLUs: the geometric mean."): word(
                "Behind a ReLU the mean of the scores is no longer the score of the mean."
            ),
            word("None: it is always an approximation."): word(
                "With one linear layer behind the masks the step is exact."
            ),
        },
        8,
    ),
    Numeric("geometric-vote", "thinned-ensemble", geometric_vote, 8),
    Concept(
        "never-widest",
        "it-wavers",
        word(
            "One hidden layer of ReLUs, dropout behind it, points with a gap. Where can the band "
            "of Monte Carlo dropout not be widest?"
        ),
        word("In the gap: there it is never wider than at both sides of it."),
        word("The variance is convex, whatever the points and the weights are."),
        {
            word("At the ends of the axis, where there are no points."): word(
                "At one of the ends it always is the widest."
            ),
            word("Where labels are noisy."): word(
                "It may be wide or narrow there; masks do not see noise."
            ),
            word("Nowhere: it depends on the training alone."): word(
                "Training moves it, but convex it stays."
            ),
        },
        8,
    ),
    Numeric("convex-middle", "it-wavers", convex_middle, 8),
    Concept(
        "ten-times-the-points",
        "it-wavers",
        word("Ten times as many points lead to the same weights. What becomes of the band?"),
        word("Nothing: it is made of the weights and the rate."),
        word("No formula for it has the number of points in it."),
        {
            word("It is about a third as wide, by the root of ten."): word(
                "A mean of ten times the points would be; masks are not drawn from the points."
            ),
            word("It is a tenth as wide."): word("Nothing in p/(1 − p) Σ v² counts points."),
            word("It closes up: with enough points there is nothing left to doubt."): word(
                "It ought to; that is one of the objections to it."
            ),
        },
        8,
    ),
    Concept(
        "seen-once",
        "dropout-now",
        word("Why are most large language models pretrained without dropout?"),
        word("They see each text about once, so there is little to overfit."),
        word("Then the noise only slows learning; for fine-tuning it is often switched on again."),
        {
            word("Because masks take too much memory in large networks."): word(
                "A mask is a bit for each number, little beside everything else."
            ),
            word("Because attention does not work with units that are off."): word(
                "The first Transformers were trained with it."
            ),
            word("Because layer normalisation already drops units at random."): word(
                "It draws nothing at random."
            ),
        },
        8,
    ),
)
