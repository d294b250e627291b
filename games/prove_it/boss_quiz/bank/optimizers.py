"""The article on optimisers: momentum, running averages, Adam, and what came after it."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.optimizers import Adagrad, Adam, AdamW, Momentum


def momentum_limit(rng: np.random.Generator) -> Exercise:
    """Where the velocity ends, g / (1 − β), by the engine's steps."""
    g, beta = 0.5 * whole(rng, 1, 12), 0.05 * whole(rng, 10, 18)
    ball = Momentum(0.0, beta)
    for _ in range(400):
        ball.step(np.zeros(1), np.array([g]))
    return Exercise(
        word("Momentum with β = {beta} meets the gradient {g} in every step. Where does v end?"),
        {"beta": beta, "g": g},
        float(ball.v[0]),
        word("It grows until v = {beta}·v + {g}, so v = {g} / (1 − {beta}) = {right}."),
        {
            word("That divides by β, and not by what is lost in each step, 1 − β."): g / beta,
            word("That is the velocity after two steps only."): g * (1 + beta),
            word("That is an average of the gradients; momentum adds them up."): g,
            word("That shrinks the gradient; adding up makes it larger."): g * (1 - beta),
            word("That takes the root, which is for noise."): g / np.sqrt(1 - beta),
        },
    )


def adagrad_step(rng: np.random.Generator) -> Exercise:
    """η / √t, by the engine's steps."""
    rate, root = 0.1 * whole(rng, 1, 9), whole(rng, 2, 8)
    theta, rule = np.zeros(1), Adagrad(rate, eps=0.0)
    before = 0.0
    for _ in range(root * root):
        before = float(theta[0])
        rule.step(theta, np.array([3.0]))
    t = root * root
    return Exercise(
        word("Adagrad has the rate {rate}, and all gradients are equal. How long is step {t}?"),
        {"rate": rate, "t": t},
        before - float(theta[0]),
        word("It divides g by the root of {t} g²: {rate} / √{t} = {right}."),
        {
            word("That divides by the sum of the squares without its root."): rate / t,
            word("That is the first step; Adagrad’s steps get shorter."): rate,
            word("That is the length of all steps together if none got shorter."): rate * t,
            word("That multiplies by the root, and steps would grow."): rate * root,
        },
        digits=3,
    )


def average_share(rng: np.random.Generator) -> Exercise:
    """1 − βᵗ, by the engine's m."""
    beta, t = 0.05 * whole(rng, 12, 19), whole(rng, 2, 6)
    adam = Adam(0.0, beta1=beta)
    for _ in range(t):
        adam.step(np.zeros(1), np.ones(1))
    return Exercise(
        word(
            "A running average with β = {beta} starts from 0, and all gradients are 1. Where is it "
            "after {t} steps?"
        ),
        {"beta": beta, "t": t},
        float(adam.m[0]),
        word("At 1 − {beta} to the power of {t} = {right}."),
        {
            word("That is what is missing, not what is there."): beta**t,
            word("That is the share of the first step alone."): 1 - beta,
            word("That is only so after the correction."): 1.0,
            word("The steps overlap: each takes its share of what is missing."): t * (1 - beta),
            word("That is 1 − β to the power of t; it is β that is raised."): (1 - beta) ** t,
        },
        digits=3,
    )


def corrected_average(rng: np.random.Generator) -> Exercise:
    """The average over its weights, m / (1 − βᵗ)."""
    m, beta, t = 0.1 * whole(rng, 3, 20), 0.05 * whole(rng, 12, 19), whole(rng, 2, 5)
    return Exercise(
        word("After {t} steps Adam’s average with β₁ = {beta} is {m}. What is it corrected?"),
        {"t": t, "beta": beta, "m": m},
        m / (1 - beta**t),
        word("The weights so far add up to 1 − βᵗ = {share}: {m} / {share} = {right}."),
        {
            word("That multiplies: the average is too small, and gets smaller."): m * (1 - beta**t),
            word("That corrects for a single step."): m / (1 - beta),
            word("That divides by what is missing."): m / beta**t,
            word("That is the average as it is."): m,
        },
        worked={"share": 1 - beta**t},
    )


def jump_left(rng: np.random.Generator) -> Exercise:
    """βᵏ."""
    beta, k = 0.05 * whole(rng, 10, 19), whole(rng, 2, 6)
    return Exercise(
        word(
            "All gradients jump to another value. What share of the jump is an average with "
            "β = {beta} still missing {k} steps later?"
        ),
        {"beta": beta, "k": k},
        beta**k,
        word("Each step multiplies what is missing by β: {beta} to the power of {k} is {right}."),
        {
            word("That is the share that it has caught up with."): 1 - beta**k,
            word("That is what is missing after one step."): beta,
            word("That takes 1 − β for what stays."): (1 - beta) ** k,
            word("That divides in place of multiplying again and again."): beta / k,
        },
        digits=3,
    )


def noise_left(rng: np.random.Generator) -> Exercise:
    """√((1 − β) / (1 + β)) times the noise."""
    beta, noise = 0.05 * whole(rng, 8, 19), whole(rng, 1, 9)
    return Exercise(
        word(
            "Gradients have independent noise of standard deviation {noise}. What is left of it in "
            "a running average with β = {beta}, after many steps?"
        ),
        {"noise": noise, "beta": beta},
        noise * np.sqrt((1 - beta) / (1 + beta)),
        word("The root of (1 − β)/(1 + β), times {noise}: {right}."),
        {
            word("That is the variance’s factor; its root is the deviation’s."): noise
            * (1 - beta)
            / (1 + beta),
            word("That is the weight of the last gradient alone."): noise * (1 - beta),
            word("An average makes noise smaller, never larger."): noise
            * np.sqrt((1 + beta) / (1 - beta)),
            word("That forgets that older gradients share in the average."): noise
            * np.sqrt(1 - beta),
        },
        digits=3,
    )


def apart_shrinks(rng: np.random.Generator) -> Exercise:
    """θ (1 − η λ), by the engine's step."""
    weight, rate, decay = whole(rng, 2, 9), 0.1 * whole(rng, 1, 5), 0.1 * whole(rng, 1, 5)
    theta = np.array([float(weight)])
    AdamW(rate, weight_decay=decay).step(theta, np.zeros(1))
    return Exercise(
        word(
            "AdamW has the rate {rate} and the weight decay {decay}. A weight is {weight}, and its "
            "gradients have all been 0. What is it after a step?"
        ),
        {"rate": rate, "decay": decay, "weight": weight},
        float(theta[0]),
        word("Only the decay acts: {weight}·(1 − {rate}·{decay}) = {right}."),
        {
            word("That shrinks by the decay without the rate."): weight * (1 - decay),
            word("That divides the pull by its own size, as L2 in Adam does."): weight - rate,
            word("The decay acts without a gradient, too."): float(weight),
            word("The decay pulls towards 0, and not away."): weight * (1 + rate * decay),
        },
        digits=2,
    )


def newton_schulz(rng: np.random.Generator) -> Exercise:
    """(3 s − s³) / 2, of a matrix."""
    s = 0.05 * whole(rng, 4, 18)
    X = np.diag([s, 1.0])
    Y = (3 * X - X @ X.T @ X) / 2
    return Exercise(
        word(
            "A matrix has the singular value {s}. What becomes of it in a round of Newton and "
            "Schulz, Y = (3 X − X Xᵀ X) / 2?"
        ),
        {"s": s},
        float(Y[0, 0]),
        word("(3·{s} − {s}³) / 2 = {right}: nearer to 1."),
        {
            word("That leaves out the power of three."): 1.5 * s,
            word("That squares where three factors meet."): (3 * s - s**2) / 2,
            word("That forgets to halve."): 3 * s - s**3,
            word("That is where it ends after many rounds."): 1.0,
            word("That is the product alone."): s**3,
        },
        digits=3,
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("momentum-limit", "speed-and-scale", momentum_limit, 7),
    Numeric("adagrad-step", "speed-and-scale", adagrad_step, 7),
    Concept(
        "across-the-axes",
        "speed-and-scale",
        word("A valley lies across the axes. Why does a rate for each weight not help?"),
        word("Each weight’s gradient mixes steep and flat, and one number cannot part them."),
        word("A single number for each weight can stretch the axes, but not turn them."),
        {
            word("Across the axes all gradients are so small that rates do not matter."): word(
                "They are as large as in the straight valley, only turned."
            ),
            word("The rates would have to be negative for one of the two weights."): word(
                "A negative rate goes uphill, wherever the valley lies."
            ),
            word("Momentum is missing, and only momentum can turn a step around."): word(
                "Adam has momentum as well, and its rates for each weight still do not help."
            ),
        },
        7,
    ),
    Concept(
        "nesterov-brakes",
        "speed-and-scale",
        word("What does Nesterov’s method do that plain momentum does not?"),
        word("It takes the gradient at the place to which the velocity is about to lead."),
        word("So it feels the opposite wall before it has run up there."),
        {
            word("It sets the velocity back to zero whenever the loss has gone up."): word(
                "That is called a restart, and is another method."
            ),
            word("It divides the velocity by the size that it has had on average."): word(
                "Dividing by sizes came with Adagrad, RMSProp and Adam."
            ),
            word("It averages the places passed through instead of the gradients."): word(
                "That is what schedule-free methods do."
            ),
        },
        7,
    ),
    Concept(
        "forgetting-helps",
        "speed-and-scale",
        word("On which ground does RMSProp go on where Adagrad hardly moves any more?"),
        word("Where gradients are large at first and small later on."),
        word("Adagrad’s sum keeps the large ones forever, and divides by them."),
        {
            word("Where gradients are noisy and the rate stays the same."): word(
                "There Adagrad’s shrinking steps are an advantage."
            ),
            word("Where the valley is as steep along as it is across."): word(
                "In a round bowl both arrive, if their rates are tuned."
            ),
            word("Where all gradients are multiplied by the same number."): word(
                "Neither of them notices that."
            ),
        },
        7,
    ),
    Numeric("average-share", "running-average", average_share, 7),
    Numeric("jump-left", "running-average", jump_left, 7),
    Numeric("noise-left", "running-average", noise_left, 7),
    Concept(
        "calm-or-quick",
        "running-average",
        word("β of a running average goes from 0.9 to 0.99. What happens?"),
        word("It gets calmer, and later when the gradients change."),
        word("It remembers about ten times as long."),
        {
            word("It gets calmer, and quicker when the gradients change."): word(
                "Calm and quick are the two sides of a bargain."
            ),
            word("It gets more restless, and quicker when they change."): word(
                "That is what a smaller β does."
            ),
            word("It stays as it is, once its start has been corrected."): word(
                "The correction concerns the first steps only."
            ),
        },
        7,
    ),
    Numeric("corrected-average", "adams-step", corrected_average, 7),
    Concept(
        "loss-times-thousand",
        "adams-step",
        word("The loss is multiplied by 1000, ε being 0. What happens to Adam’s steps?"),
        word("Nothing: both averages grow, and the factor cancels."),
        word("m grows by 1000, v by a million, and its root by 1000."),
        {
            word("They get 1000 times as long, as all gradients do."): word(
                "So it is with plain steps and with momentum."
            ),
            word("They get 1000 times as short, for v grows faster than m."): word(
                "v does, but it is the root of v that divides."
            ),
            word("They get longer at first, until v has caught up."): word(
                "Both averages begin together and are both corrected."
            ),
        },
        7,
    ),
    Numeric("apart-shrinks", "decay-apart", apart_shrinks, 7),
    Concept(
        "noisy-weight-stays",
        "decay-apart",
        word("Adam gets an L2 penalty. Which weights does it shrink least?"),
        word("Those whose gradients are large or noisy."),
        word("The pull to 0 is part of the gradient, and is divided by their size."),
        {
            word("Those whose gradients are close to 0."): word(
                "There the pull is nearly all of the gradient: they shrink by a whole rate."
            ),
            word("Those that are already larger than 1."): word(
                "The pull grows with the weight itself."
            ),
            word("None: all of them by the same share."): word(
                "That is so with weight decay apart, as in AdamW."
            ),
        },
        7,
    ),
    Concept(
        "lion-hops",
        "sign-steps",
        word("Why does Lion need a rate that falls towards the end?"),
        word("Its steps are as long as the rate, however small the gradient is."),
        word("Near the lowest point it hops to and fro over it."),
        {
            word("Its average of the gradients gets larger from step to step."): word(
                "An average stays as large as what it averages, and only its sign is used."
            ),
            word("Its steps are divided by an ever smaller root of squares."): word(
                "Lion keeps no squares at all."
            ),
            word("Its sign is wrong in about every second step of training."): word(
                "Far from the lowest point it is mostly right."
            ),
        },
        7,
    ),
    Concept(
        "muon-alike",
        "muon-step",
        word("What does Muon make of a gradient that is a matrix?"),
        word("A matrix of the same directions, all singular values about 1."),
        word("So the rare directions are moved as far as the strong ones."),
        {
            word("A matrix of its signs, each entry −1, 0 or 1."): word(
                "That is Lion, which sees entries and no directions."
            ),
            word("A matrix with its largest singular value alone."): word(
                "On the contrary: the small ones are raised."
            ),
            word("A matrix divided by its running mean square."): word(
                "That is RMSProp’s way, entry by entry."
            ),
        },
        7,
    ),
    Numeric("newton-schulz", "muon-step", newton_schulz, 7),
)
