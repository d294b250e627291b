"""Level 3, second half: optimisers, vanishing gradients, initialisation."""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.engine import dense, output, stepped
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
from pycore.activations import ReLU, Sigmoid
from pycore.initializers import fans
from pycore.layers import Sequential
from pycore.optimizers import SGD, Adam, Momentum


def momentum_two_steps(rng: np.random.Generator) -> Exercise:
    """Two steps of v ← β v + g, w ← w − η v."""
    w, lr, beta = grid(rng, -2, 2, 0.5), 0.1, float(rng.choice([0.5, 0.8, 0.9]))
    g1, g2 = grid(rng, -4, 4, 1), grid(rng, -4, 4, 1)
    first = stepped(Momentum(lr, beta), w, g1)
    return Exercise(
        word(
            "Momentum keeps a velocity, v ← β·v + g, and moves w ← w − η·v. It starts with v = 0 "
            "and w = {w}; β = {beta}, η = {lr}. Its first two steps meet the gradients {g1} and "
            "{g2}. Where is w after them?"
        ),
        {"w": w, "beta": beta, "lr": lr, "g1": g1, "g2": g2},
        stepped(Momentum(lr, beta), w, g1, g2),
        word(
            "The first step has v = {g1} and leads to {first}. The second has v = {sum} = {v} and "
            "leads to {right}."
        ),
        {
            word("That is plain gradient descent: the velocity is missing."): w - lr * (g1 + g2),
            word("That is after one step."): first,
            word("That adds the whole old velocity; it is multiplied by β first."): (
                w - lr * (g1 + g1 + g2)
            ),
            word("That uses (1 − β)·g; this form adds the whole gradient."): (
                w - lr * (1 - beta) * (g1 + beta * g1 + g2)
            ),
            word("That moves with the velocity instead of against it."): w
            + lr * (g1 + beta * g1 + g2),
        },
        digits=3,
        worked={"first": first, "sum": Sum([beta], [g1], g2), "v": beta * g1 + g2},
    )


def momentum_cruise(rng: np.random.Generator) -> Exercise:
    """The length of momentum's step after many equal gradients, η g / (1 − β)."""
    lr, beta = float(rng.choice([0.01, 0.02, 0.1])), float(rng.choice([0.5, 0.8, 0.9]))
    g = grid(rng, 1, 5, 1)
    momentum = Momentum(lr, beta)
    before = stepped(momentum, 0.0, *[g] * 400)
    return Exercise(
        word(
            "Momentum (v ← β·v + g, w ← w − η·v) with β = {beta} and η = {lr} meets the same "
            "gradient {g} for a very long time. How long is each step in the end?"
        ),
        {"beta": beta, "lr": lr, "g": g},
        before - stepped(momentum, before, g),
        word("v stops growing where v = β·v + g, at g / (1 − β) = {v}. The step is η·v = {right}."),
        {
            word("That is plain gradient descent, η·g; momentum goes on adding."): lr * g,
            word("That is β times the plain step; v also keeps adding g."): lr * g * beta,
            word("That is a running mean, with (1 − β)·g; this form adds the whole gradient."): (
                lr * g * (1 - beta)
            ),
            word("That is v itself; the step is η·v."): g / (1 - beta),
            word("That stops after two gradients; the sum goes on."): lr * g * (1 + beta),
        },
        digits=3,
        worked={"v": g / (1 - beta)},
    )


def adam_first_step(rng: np.random.Generator) -> Exercise:
    """Adam's first step, w − η sign g."""
    w, lr = grid(rng, -1, 1), float(rng.choice([0.01, 0.02, 0.05, 0.1]))
    g = grid(rng, -5, 5, 0.5)
    sign = math.copysign(1, g)
    return Exercise(
        word(
            "Adam (β₁ = 0.9, β₂ = 0.999, tiny ε) makes its first step. The weight is {w}, its "
            "gradient {g}, the learning rate {lr}. What is the weight afterwards?"
        ),
        {"w": w, "g": g, "lr": lr},
        stepped(Adam(lr), w, g),
        word(
            "After bias correction m̂ = g and √v̂ = |g|, so the step is the learning rate times "
            "the sign of g, whatever its size: {w} − {step} = {right}."
        ),
        {
            word("That is plain gradient descent; Adam divides by the gradient's size."): w
            - lr * g,
            word("That walks uphill: the sign is the wrong way round."): w + lr * sign,
            word("That leaves out both bias corrections; then 0.1 / √0.001 remains."): (
                w - lr * sign * 0.1 / math.sqrt(0.001)
            ),
            word("That leaves out the bias correction of m, which is only 0.1·g so far."): (
                w - 0.1 * lr * sign
            ),
            word("That leaves out the learning rate."): w - sign,
        },
        digits=3,
        worked={"step": Sum([lr], [sign])},
    )


def saddle_step(rng: np.random.Generator) -> Exercise:
    """One step in b on f = a² − b²."""
    a, b, lr = grid(rng, -2, 2, 0.5), grid(rng, -1, 1), float(rng.choice([0.1, 0.2, 0.3]))
    return Exercise(
        word(
            "On the saddle f = a² − b² gradient descent is at a = {a}, b = {b}, with learning "
            "rate {lr}. Where is b after one step?"
        ),
        {"a": a, "b": b, "lr": lr},
        stepped(SGD(lr), b, -2 * b),
        word(
            "∂f/∂b = −2b = {slope}. Subtracting {lr} times that carries b outwards, off the "
            "saddle: {right}."
        ),
        {
            word("That treats b like a, as the bottom of a bowl; here the slope is −2b."): (
                b * (1 - 2 * lr)
            ),
            word("That takes −b as the slope; the square brings down a 2."): b * (1 + lr),
            word("That leaves out the learning rate."): 3 * b,
            word("That is where a goes."): a * (1 - 2 * lr),
        },
        worked={"slope": -2 * b},
    )


def saddle_growth(rng: np.random.Generator) -> Exercise:
    """Several steps off the ridge of f = a² − b², b (1 + 2 η)ᵏ."""
    b, lr = float(rng.choice([0.01, 0.02, 0.1, -0.01, -0.1])), float(rng.choice([0.1, 0.25, 0.5]))
    k = whole(rng, 2, 4)
    place = b
    for _ in range(k):
        place = stepped(SGD(lr), place, -2 * place)
    return Exercise(
        word(
            "On the saddle f = a² − b² gradient descent starts beside the ridge, at b = {b}, with "
            "learning rate {lr}. Where is b after {k} steps?"
        ),
        {"b": b, "lr": lr, "k": k},
        place,
        word(
            "The slope is −2b, so each step multiplies b by 1 + 2·{lr} = {factor}: "
            "{b}·{factor}{power} = {right}. It is slow at first, but not stuck."
        ),
        {
            word("That takes the first slope for every step; it grows along with b."): (
                b * (1 + 2 * lr * k)
            ),
            word("That is after one step."): b * (1 + 2 * lr),
            word("That has b shrink, as on the floor of a bowl."): b * (1 - 2 * lr) ** k,
            word("That leaves it on the ridge; only b = 0 exactly stays where it is."): b,
            word("That uses b as the slope; the square brings down a 2."): b * (1 + lr) ** k,
        },
        digits=4,
        worked={"factor": 1 + 2 * lr, "power": POWERS[k]},
    )


def adam_reach(rng: np.random.Generator) -> Exercise:
    """How far Adam gets on a steady slope, n η."""
    lr, n = float(rng.choice([0.001, 0.005, 0.01, 0.02, 0.05])), int(rng.choice([50, 100, 200]))
    g = float(rng.choice([2.0, 4.0, 5.0, 8.0]))
    return Exercise(
        word(
            "On a long, even slope the gradient is always {g}. How far does Adam get in {n} steps "
            "with the learning rate {lr}?"
        ),
        {"g": g, "n": n, "lr": lr},
        abs(stepped(Adam(lr), 0.0, *[g] * n)),
        word(
            "Adam divides the gradient by its own size, so each step is as long as the learning "
            "rate: {n}·{lr} = {right}. If the valley is further away, Adam may come last."
        ),
        {
            word("That is plain gradient descent; Adam divides the gradient by its size."): (
                n * lr * g
            ),
            word("That is a single step."): lr,
            word("That divides by the gradient; it is the gradient that is divided by its size."): (
                n * lr / g
            ),
            word("That leaves out the learning rate."): n,
            word("That is momentum with β = 0.9, which gets up to ten times as far as SGD."): (
                10 * n * lr * g
            ),
        },
        digits=3,
    )


def sigmoid_chain(rng: np.random.Generator) -> Exercise:
    """The gradient's factor through sigmoid layers at their steepest, (w / 4)ᵏ."""
    w, k = float(rng.choice([0.8, 1.0, 1.6, 2.0, 2.4, 3.0])), whole(rng, 2, 4)
    layers = [dense([[w]], [-w / 2]) if i % 2 == 0 else Sigmoid() for i in range(2 * k)]
    network = Sequential(*layers)
    output(network, 0.5)
    return Exercise(
        word(
            "A signal passes {k} layers of one sigmoid neuron each, all with weight {w}, all at "
            "the sigmoid's steepest point (slope ¼). By what factor is the gradient multiplied as "
            "it passes back through them?"
        ),
        {"k": k, "w": w},
        float(network.backward(np.ones((1, 1)))[0, 0]),
        word(
            "Each layer multiplies by weight times slope, {w}·0.25 = {one}; {k} layers make "
            "{one}{power} = {right}."
        ),
        {
            word("That leaves out the slopes: only the weights are multiplied."): w**k,
            word("That leaves out the weights: only the slopes are multiplied."): 0.25**k,
            word("That adds the layers up; going back, factors multiply."): k * w / 4,
            word("That is a single layer."): w / 4,
            word("That counts the weight once; every layer has it."): w * 0.25**k,
        },
        digits=4,
        worked={"one": w / 4, "power": POWERS[k]},
    )


def relu_chain(rng: np.random.Generator) -> Exercise:
    """The gradient's factor through active ReLU layers, wᵏ."""
    w, k = float(rng.choice([1.5, 2.0, 3.0])), whole(rng, 3, 5)
    network = Sequential(*(dense([[w]]) if i % 2 == 0 else ReLU() for i in range(2 * k)))
    output(network, 1)
    return Exercise(
        word(
            "A signal passes {k} layers of one active ReLU neuron each, all with weight {w}. By "
            "what factor is the gradient multiplied as it passes back through them?"
        ),
        {"k": k, "w": w},
        float(network.backward(np.ones((1, 1)))[0, 0]),
        word("An active ReLU has slope 1, so only the weights count: {w}{power} = {right}."),
        {
            word("That adds the layers up; going back, factors multiply."): k * w,
            word("That is a single layer."): w,
            word("That takes the slope to be ¼ in every layer; an active ReLU's is 1."): (w / 4)
            ** k,
            word("That misses one layer."): w ** (k - 1),
        },
        worked={"power": POWERS[k]},
    )


def xavier(rng: np.random.Generator) -> Exercise:
    """The standard deviation √(2 / (n_in + n_out))."""
    n_in, n_out = _two_widths(rng)
    std = math.sqrt(2 / sum(fans((n_in, n_out))))
    return Exercise(
        word(
            "A tanh layer has {n_in} inputs and {n_out} neurons. What standard deviation does "
            "Xavier initialisation (normal) give its weights?"
        ),
        {"n_in": n_in, "n_out": n_out},
        std,
        word("The variance is 2 / (n_in + n_out) = 2 / {total}; its square root is {right}."),
        {
            word("That is the variance; the standard deviation is its square root."): std * std,
            word("That is He's rule, 2 / n_in, which is meant for ReLU."): math.sqrt(2 / n_in),
            word("That forgets the 2 in the numerator."): math.sqrt(1 / (n_in + n_out)),
            word("That looks at the inputs only, 1 / n_in."): math.sqrt(1 / n_in),
            word("That looks at the outputs only, 1 / n_out."): math.sqrt(1 / n_out),
        },
        digits=3,
        worked={"total": n_in + n_out},
    )


def he(rng: np.random.Generator) -> Exercise:
    """The standard deviation √(2 / n_in)."""
    n_in, n_out = _two_widths(rng)
    std = math.sqrt(2 / fans((n_in, n_out))[0])
    return Exercise(
        word(
            "A ReLU layer has {n_in} inputs and {n_out} neurons. What standard deviation does He "
            "initialisation (normal) give its weights?"
        ),
        {"n_in": n_in, "n_out": n_out},
        std,
        word("The variance is 2 / n_in = 2 / {n_in}; its square root is {right}."),
        {
            word("That is the variance; the standard deviation is its square root."): std * std,
            word("That is Xavier's rule, 2 / (n_in + n_out)."): math.sqrt(2 / (n_in + n_out)),
            word("That forgets the 2, which makes up for what ReLU switches off."): math.sqrt(
                1 / n_in
            ),
            word("That counts the neurons; He's rule counts the inputs of each."): math.sqrt(
                2 / n_out
            ),
        },
        digits=3,
    )


def sum_variance(rng: np.random.Generator) -> Exercise:
    """The variance of a sum of n independent products, n·Var(w)·Var(x)."""
    n, std = int(rng.choice([20, 50, 100, 200])), float(rng.choice([0.1, 0.2, 0.5]))
    x_std = float(rng.choice([1.0, 2.0]))
    right = n * std**2 * x_std**2
    return Exercise(
        word(
            "A neuron without bias has {n} independent inputs with mean 0 and standard deviation "
            "{x_std}. Its weights are drawn with mean 0 and standard deviation {std}. What is the "
            "variance of its weighted sum?"
        ),
        {"n": n, "x_std": x_std, "std": std},
        right,
        word(
            "Each product has the variance {std}²·{x_std}², and {n} independent ones add up to "
            "{right}."
        ),
        {
            word("That is the variance of a single product; there are many."): right / n,
            word("That multiplies the standard deviations; variances are their squares."): (
                n * std * x_std
            ),
            word("That is the standard deviation of the sum."): math.sqrt(right),
            word(
                "That squares the number of inputs; the variances of independent terms just add."
            ): (n * right),
        },
    )


def _two_widths(rng: np.random.Generator) -> tuple[int, int]:
    n_in, n_out = (int(n) for n in rng.choice([8, 16, 25, 32, 50, 64, 100, 128], 2, replace=False))
    return n_in, n_out


QUESTIONS: tuple[Item, ...] = (
    Numeric("momentum-two-steps", "optimisers", momentum_two_steps),
    Numeric("momentum-cruise", "optimisers", momentum_cruise),
    Numeric("adam-first-step", "optimisers", adam_first_step),
    Numeric("saddle-step", "optimisers", saddle_step, taught="level-3#saddles"),
    Numeric("saddle-growth", "saddles", saddle_growth, 3),
    Numeric("adam-reach", "optimisers", adam_reach, 3),
    Numeric("sigmoid-chain", "vanishing", sigmoid_chain),
    Numeric("relu-chain", "vanishing", relu_chain),
    Numeric("xavier", "initialisation", xavier),
    Numeric("he", "initialisation", he),
    Numeric("sum-variance", "initialisation", sum_variance),
    Concept(
        "momentum-ravine",
        "optimisers",
        word("The loss forms a long, narrow ravine. Why does momentum help there?"),
        word("Steps along the ravine add up; steps across it cancel."),
        word(
            "Across the ravine the gradient changes sign from step to step, so the velocity "
            "averages it away. Along the floor it keeps its sign, and the velocity grows."
        ),
        {
            word("It makes the learning rate smaller where it is steep."): word(
                "The learning rate stays. Steps fitted to each weight are the idea of RMSProp and "
                "Adam."
            ),
            word("It looks ahead and sees the lowest point."): word(
                "It knows past gradients only, and collects them in a velocity."
            ),
            word("It adds random noise to jump out of the ravine."): word(
                "Momentum is not random. Noise comes from mini-batches, with or without it."
            ),
        },
    ),
    Concept(
        "adam-divides",
        "optimisers",
        word("What does Adam divide its running mean of the gradient by?"),
        word("By the root of a running mean of the squared gradient."),
        word(
            "So every weight gets a step fitted to the usual size of its own gradients. (Whether "
            "that wins depends on the problem, and on which settings were tuned for whom.)"
        ),
        {
            word("By the number of steps so far."): word(
                "The step count enters the bias corrections, but it is not what scales the steps."
            ),
            word("By the size of the weight itself."): word(
                "Adam looks at gradients; the size of the weight plays no part in it."
            ),
            word("By the largest gradient that occurs in the whole network."): word(
                "Each weight has a divisor of its own. That is what makes Adam adaptive."
            ),
        },
    ),
    Concept(
        "which-optimiser",
        "optimisers",
        word(
            "SGD, momentum and Adam race on one problem, all with the same learning rate. Who wins?"
        ),
        word("It depends on the problem and the learning rate."),
        word(
            "And on every other setting. With one shared rate Adam can come last; with a rate "
            "tuned for each it may come first, lose again once momentum's β is tuned as well, and "
            "win again with a β₁ of its own. Untuned settings decide races."
        ),
        {
            word("Adam, since it adapts its steps."): word(
                "Its steps are about as long as the learning rate, and where that is short for the "
                "way it has to go, Adam can come last."
            ),
            word("Momentum, since it gathers speed."): word(
                "With its β left at 0.9 it can lose a bowl to plain descent that it wins by far "
                "with a β tuned for it."
            ),
            word("SGD, since it follows the true gradient all the way."): word(
                "Following the steepest way is slow where the bowl is narrow, however true the "
                "gradient is."
            ),
        },
    ),
    Concept(
        "saddle-ridge",
        "optimisers",
        word(
            "Gradient descent starts exactly on the ridge of a saddle, f = a² − b² with b = 0. Can "
            "momentum carry it off the ridge?"
        ),
        word("No: the slope across the ridge is exactly 0."),
        word(
            "Any b ≠ 0, however tiny, grows at every step, and faster with momentum. But from b = "
            "0 itself every gradient in b is 0, and so is the velocity."
        ),
        {
            word("Yes, if β is close enough to 1."): word(
                "β multiplies a velocity that is 0. In b, zero stays zero, for any β."
            ),
            word("Yes, with the speed gathered while rolling in a."): word(
                "Velocity is kept for each direction separately; speed in a does not become speed "
                "in b."
            ),
            word("No: on a saddle gradient descent never moves at all."): word(
                "In a it moves down to 0, and in b it escapes from any start that is slightly off "
                "the ridge."
            ),
        },
        taught="level-3#saddles",
    ),
    Concept(
        "why-vanish",
        "vanishing",
        word("In a deep network of sigmoid layers the first layer often learns very slowly. Why?"),
        word("Its gradient is a product of many small factors."),
        word(
            "Going back, each layer multiplies by weights and by a slope of at most ¼. Many such "
            "factors leave almost nothing, unless the weights make up for it."
        ),
        {
            word("It is the last one to be updated in each step."): word(
                "All weights are updated together, after the backward pass. The order is not the "
                "trouble."
            ),
            word("It has the most weights."): word(
                "The number of weights varies from net to net. What shrinks is the gradient that "
                "arrives."
            ),
            word("The optimiser gives a smaller learning rate to early layers."): word(
                "Plain descent uses one rate for all layers. It is the gradient that is small."
            ),
        },
    ),
    Concept(
        "zero-init",
        "initialisation",
        word("All weights and biases of a network with tanh neurons start at 0. What goes wrong?"),
        word("All neurons of a layer stay identical."),
        word(
            "Equal neurons get equal gradients (here, with tanh, even none at all), so they take "
            "equal steps: a layer of a hundred behaves like one. Random weights break the tie."
        ),
        {
            word("The activations explode."): word(
                "Zero weights give zero sums, the very opposite of large ones."
            ),
            word("The loss cannot be computed."): word(
                "It can: the net simply gives the same output for every input."
            ),
            word("Nothing: training soon sorts the weights out."): word(
                "Training moves all neurons of a layer in the same way. Nothing in the gradient "
                "tells them apart."
            ),
        },
    ),
    Concept(
        "too-large-tanh",
        "initialisation",
        word("A deep tanh network starts with far too large weights. What is the trouble?"),
        word("Its neurons sit where tanh is nearly flat."),
        word(
            "Large sums push tanh to −1 or 1. That is called saturation: the activations stay "
            "bounded, but little gradient gets through the flat ends."
        ),
        {
            word("Its activations grow without limit from layer to layer."): word(
                "tanh keeps them between −1 and 1. Growth without limit can happen with ReLU."
            ),
            word("All neurons of a layer become equal."): word(
                "That is the trouble of zero weights. Large random weights do differ."
            ),
            word("Its outputs are all exactly 0."): word(
                "They are near −1 or 1. Outputs of 0 come from zero weights."
            ),
        },
    ),
    Concept(
        "he-two",
        "initialisation",
        word(
            "He's rule for ReLU has the variance 2 / n_in, twice that of the rule for linear "
            "neurons. What is the 2 for?"
        ),
        word("ReLU cuts off half of the mean square."),
        word(
            "With weights symmetric around 0 half of the sums are negative and become 0. Doubling "
            "the variance makes up for it, so that the signal keeps its size from layer to layer."
        ),
        {
            word("ReLU layers have twice as many inputs."): word(
                "The number of inputs is n_in either way. It is what happens to the sums that "
                "differs."
            ),
            word("The slope of ReLU is 2 where it is active."): word(
                "Its slope is 1 there, and 0 elsewhere."
            ),
            word("The signal must pass forward and backward."): word(
                "That idea leads to Xavier's mean of n_in and n_out. He's 2 answers to ReLU."
            ),
        },
    ),
)
