"""The article on variational autoencoders: the bound, its price, slopes through dice, silence."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import (
    Concept,
    Exercise,
    Item,
    Numeric,
    grid,
    whole,
)
from games.words import word
from pycore.distances import kullback_leibler
from pycore.variational import gaussian_kl, pathwise, score_function


def picture_probability(rng: np.random.Generator) -> Exercise:
    """Σ p(z) p(x | z)."""
    first, a, b = grid(rng, 0.1, 0.9, 0.1), grid(rng, 0.05, 0.9, 0.05), grid(rng, 0.05, 0.9, 0.05)
    rest = round(1 - first, 6)
    return Exercise(
        word(
            "Code A is thrown with the probability {first}, code B otherwise. From A the picture "
            "comes with the probability {a}, from B with {b}. How likely is the picture?"
        ),
        {"first": first, "a": a, "b": b},
        float(np.dot([first, rest], [a, b])),
        word("Each code adds its part: {first}·{a} + {rest}·{b} = {right}."),
        {
            word("That takes both codes as equally likely."): (a + b) / 2,
            word("That is the part of A alone."): first * a,
            word("That swaps how often the codes are thrown."): rest * a + first * b,
            word("That forgets how often each code is thrown."): a + b,
        },
        digits=3,
        worked={"rest": rest},
    )


def right_share(rng: np.random.Generator) -> Exercise:
    """P(z) p(x | z) / p(x)."""
    first, a, b = grid(rng, 0.1, 0.9, 0.1), grid(rng, 0.1, 0.9, 0.1), grid(rng, 0.1, 0.9, 0.1)
    rest = round(1 - first, 6)
    joint = np.array([first * a, rest * b])
    return Exercise(
        word(
            "Code A is thrown with the probability {first}, code B otherwise. From A the picture "
            "comes with the probability {a}, from B with {b}. You see the picture. How likely is "
            "it that the code was A?"
        ),
        {"first": first, "a": a, "b": b},
        float(joint[0] / joint.sum()),
        word(
            "A’s part of the sum, as a share: {first}·{a} / ({first}·{a} + {rest}·{b}) = {right}."
        ),
        {
            word("That was so before the picture was seen."): first,
            word("That forgets how often each code is thrown."): a / (a + b),
            word("That is A’s part, not yet as a share of the sum."): first * a,
            word("That is how likely it was B."): float(joint[1] / joint.sum()),
        },
        worked={"rest": rest},
    )


def missing_gap(rng: np.random.Generator) -> Exercise:
    """Log p(x) − KL, by the engine."""
    q, right = grid(rng, 0.1, 0.9, 0.1), grid(rng, 0.1, 0.9, 0.1)
    log_p = -grid(rng, 1, 5, 0.5)
    gap = kullback_leibler([q, 1 - q], [right, 1 - right])
    back = kullback_leibler([right, 1 - right], [q, 1 - q])
    return Exercise(
        word(
            "log p(x) is {log_p}. After seeing the picture, code A has the probability {right_a}, "
            "code B the rest. The guess gives A the probability {q}. What is the ELBO?"
        ),
        {"log_p": log_p, "right_a": right, "q": q},
        log_p - gap,
        word("log p(x) less the KL of the guess from the right shares: {right}."),
        {
            word("That would be so for the right guess alone."): log_p,
            word("The bound lies below log p(x), not above it."): log_p + gap,
            word("That is the KL turned round, of the right shares from the guess."): log_p - back,
            word("That is what is missing, with its sign turned."): -gap,
        },
    )


def elbo_parts(rng: np.random.Generator) -> Exercise:
    """−(redrawing + price)."""
    redrawn, mean = grid(rng, 20, 60, 1), grid(rng, 0.5, 3, 0.5)
    price = float(gaussian_kl(mean, 0.0))
    return Exercise(
        word(
            "Redrawing a picture costs {redrawn} nats on average. Its code is one number, whose "
            "cloud has the mean {mean} and a spread of 1. What is the loss at β = 1?"
        ),
        {"redrawn": redrawn, "mean": mean},
        redrawn + price,
        word("The price is {mean}²/2, so the loss is {right}."),
        {
            word("That forgets the price of the cloud."): redrawn,
            word("That forgets the half in the price."): redrawn + mean**2,
            word("Both cost; the price is not taken off."): redrawn - price,
            word("That forgets the square of the mean."): redrawn + mean / 2,
        },
        digits=3,
    )


def cloud_price(rng: np.random.Generator) -> Exercise:
    """(μ² + σ² − 1) / 2 − log σ, by the engine."""
    mean, std = grid(rng, 0.5, 3, 0.5), grid(rng, 0.1, 0.9, 0.1)
    log_s = float(np.log(std))
    return Exercise(
        word("A cloud has the mean {mean} and the spread {std}. What does it cost, in nats?"),
        {"mean": mean, "std": std},
        float(gaussian_kl(mean, 2 * log_s)),
        word("({mean}² + {std}² − 1)/2 − log {std} = {right}."),
        {
            word("That turns the sign of the logarithm: a narrow cloud is dearer."): (
                (mean**2 + std**2 - 1) / 2 + log_s
            ),
            word("That is the price of the mean alone."): mean**2 / 2,
            word("That is the price of the spread alone."): (std**2 - 1) / 2 - log_s,
            word("That forgets the −1: even the standard cloud would cost something."): (
                (mean**2 + std**2) / 2 - log_s
            ),
            word("That takes σ for its square."): (mean**2 + std - 1) / 2 - log_s,
        },
    )


def code_price(rng: np.random.Generator) -> Exercise:
    """K μ² / 2."""
    k, mean = whole(rng, 2, 6), grid(rng, 0.5, 2.5, 0.5)
    return Exercise(
        word(
            "Each of the {k} numbers of a code has a cloud with the mean {mean} and a spread of 1. "
            "What does the whole code cost?"
        ),
        {"k": k, "mean": mean},
        float(gaussian_kl(np.full(k, mean), np.zeros(k)).sum()),
        word("Each number costs {mean}²/2, and prices add up: {right}."),
        {
            word("That is one number’s price; they are thrown apart, so prices add up."): (
                mean**2 / 2
            ),
            word("That forgets the half."): k * mean**2,
            word("That adds up the means before it squares."): (k * mean) ** 2 / 2,
            word("That forgets the square."): k * mean / 2,
        },
        digits=3,
    )


def slope_under(rng: np.random.Generator) -> Exercise:
    """F′(z) at z = μ + σ ε, by the engine."""
    mean, std, eps = grid(rng, 0.5, 3, 0.5), grid(rng, 0.5, 2, 0.5), grid(rng, -1.5, 1.5, 0.5)
    z = mean + std * eps
    return Exercise(
        word(
            "f(z) = z², the cloud has μ = {mean} and σ = {std}. Chance gives ε = {eps}. What does "
            "this draw say of the slope by μ, by slope?"
        ),
        {"mean": mean, "std": std, "eps": eps},
        float(pathwise([2 * z], [eps])[0, 0]),
        word("z = {mean} + {std}·{eps} = {z}, and the slope there is 2·{z} = {right}."),
        {
            word("That is the mean over all draws, and not what this one says."): 2 * mean,
            word("That is the slope by σ: it is multiplied by ε."): 2 * z * eps,
            word("That is the height under the draw, not its slope."): z * z,
            word("That is by height: f(z) ε / σ."): z * z * eps / std,
        },
        worked={"z": z},
    )


def height_of(rng: np.random.Generator) -> Exercise:
    """(f(z) − b) ε / σ, by the engine."""
    height, base = grid(rng, 3, 9, 0.5), grid(rng, 1, 6, 0.5)
    eps, std = grid(rng, -2, 2, 0.5), grid(rng, 0.2, 0.8, 0.2)
    return Exercise(
        word(
            "A draw with ε = {eps} lies at the height {height}. The spread is {std}, and {base} is "
            "taken off as a baseline. What does the draw say of the slope by μ, by height?"
        ),
        {"eps": eps, "height": height, "std": std, "base": base},
        float(score_function([height], [eps], std, base)[0, 0]),
        word("({height} − {base})·{eps}/{std} = {right}."),
        {
            word("That forgets the baseline."): height * eps / std,
            word("That multiplies by the spread in place of dividing."): (height - base)
            * eps
            * std,
            word("That forgets the spread."): (height - base) * eps,
            word("That is the slope by σ."): (height - base) * (eps**2 - 1) / std,
        },
    )


def lift_spread(rng: np.random.Generator) -> Exercise:
    """C / σ."""
    lift, std = whole(rng, 2, 12), grid(rng, 0.2, 0.8, 0.1)
    return Exercise(
        word(
            "A hillside is level, {lift} high everywhere. The cloud’s spread is {std}. What single "
            "draws say of its slope by μ, by height and without a baseline, has which spread?"
        ),
        {"lift": lift, "std": std},
        lift / std,
        word("Each says {lift}·ε/{std}, and ε has a spread of 1: {right}."),
        {
            word("By slope it is 0; a height is another matter."): 0.0,
            word("That forgets to divide by σ."): lift,
            word("That multiplies by σ."): lift * std,
            word("That is the variance."): (lift / std) ** 2,
        },
    )


def last_word(rng: np.random.Generator) -> Exercise:
    """λ / s²."""
    variance, noise = grid(rng, 0.5, 6, 0.5), grid(rng, 0.1, 0.5, 0.1)
    return Exercise(
        word(
            "A straight VAE redraws with s² = {noise}. One direction of its data has the variance "
            "{variance}. At which β does that number of the code fall silent?"
        ),
        {"noise": noise, "variance": variance},
        variance / noise,
        word("At λ/s² = {variance}/{noise} = {right}."),
        {
            word("That multiplies in place of dividing."): variance * noise,
            word("That is turned upside down."): noise / variance,
            word("That forgets s²."): variance,
            word("That is what it says at β = 1, in nats, if it speaks."): (
                float(np.log(variance / noise)) / 2
            ),
        },
    )


def what_it_says(rng: np.random.Generator) -> Exercise:
    """½ log(λ / (β s²)), or 0."""
    variance, noise, beta = grid(rng, 2, 6, 0.5), grid(rng, 0.1, 0.3, 0.1), whole(rng, 1, 5)
    ratio = variance / (beta * noise)
    return Exercise(
        word(
            "A straight VAE redraws with s² = {noise} and pays β = {beta}. One direction of its "
            "data has the variance {variance}. How many nats does that number of the code say?"
        ),
        {"noise": noise, "beta": beta, "variance": variance},
        float(np.log(ratio)) / 2,
        word("½ log({variance} / ({beta}·{noise})) = {right}."),
        {
            word("That forgets the half."): float(np.log(ratio)),
            word("That forgets β: a dearer number says less."): float(np.log(variance / noise)) / 2,
            word("That forgets the logarithm."): ratio / 2,
            word("That has β on the wrong side."): float(np.log(variance * beta / noise)) / 2,
        },
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "codes-worth-a-try",
        "which-code",
        word("What is an encoder for, if only the decoder draws?"),
        word("It says which codes are worth a try for a picture."),
        word("Nearly all random codes draw something else, and teach next to nothing about it."),
        {
            word("It makes the picture smaller, so that it can be stored."): word(
                "It can be used for that, but that is not what the bound needs it for."
            ),
            word("It judges whether what was drawn is real."): word(
                "That is the discriminator of a GAN."
            ),
            word("It says which digit the picture shows."): word(
                "Nobody tells it, and it does not have to know."
            ),
        },
        9,
    ),
    Numeric("picture-probability", "two-bounds", picture_probability, 9),
    Numeric("right-share", "two-bounds", right_share, 9),
    Numeric("missing-gap", "two-bounds", missing_gap, 9),
    Concept(
        "when-bound-touches",
        "two-bounds",
        word("When is the ELBO exactly log p(x)?"),
        word("If the guess is what the codes’ shares are after the picture is seen."),
        word("What is missing is the KL of the guess from these shares."),
        {
            word("If the guess is what chance throws."): word(
                "Then the price is 0, but redrawing costs much, and the gap is large."
            ),
            word("If the picture is redrawn from its code without an error at any dot."): word(
                "The price still counts, and the guess may still be wrong."
            ),
            word("Never: a bound always lies below."): word(
                "It may touch, and with the right guess it does."
            ),
        },
        9,
    ),
    Concept(
        "bound-went-up",
        "two-bounds",
        word("After a training step the ELBO of a picture is higher. What do you know for sure?"),
        word("That p(x) rose, or the gap shrank, or both in sum."),
        word("The bound is log p(x) less the gap, and only the difference is known."),
        {
            word("That the picture has become likelier than before the step."): word(
                "Perhaps only the guess has become better."
            ),
            word("That the encoder is now right."): word(
                "The gap may still be as large as before."
            ),
            word("That the price has fallen."): word(
                "The price may have risen, if redrawing became cheaper by more."
            ),
        },
        9,
    ),
    Numeric("elbo-parts", "gaussian-price", elbo_parts, 9),
    Numeric("cloud-price", "gaussian-price", cloud_price, 9),
    Numeric("code-price", "gaussian-price", code_price, 9),
    Concept(
        "free-cloud",
        "gaussian-price",
        word("Which cloud costs nothing?"),
        word("Mean 0 and spread 1, whatever the picture is."),
        word("It is what chance throws anyway, so it says nothing about the picture."),
        {
            word("Mean 0 and a spread of nearly 0."): word(
                "Being so sure costs about −log σ, more and more."
            ),
            word("Any mean, if only the spread is 1 for every picture."): word(
                "A mean costs half of its square."
            ),
            word("None: every code has a price."): word("A code that says nothing costs nothing."),
        },
        9,
    ),
    Numeric("slope-under", "two-slopes", slope_under, 9),
    Numeric("height-of", "two-slopes", height_of, 9),
    Numeric("lift-spread", "two-slopes", lift_spread, 9),
    Concept(
        "steps-and-slopes",
        "two-slopes",
        word("On a staircase, what does going by slope say, and is it right?"),
        word("Always 0, and it is wrong: the mean height does change."),
        word("The derivative may go inside the mean only if f does not jump."),
        {
            word("Always 0, and it is right: each step of the staircase is level."): word(
                "As the cloud moves, more of it lies on the next step."
            ),
            word("The true slope, but with much scatter."): word(
                "There is no scatter at all: every draw says the same."
            ),
            word("Nothing, for a staircase has no height."): word(
                "It has a height, and by height the slope is found."
            ),
        },
        9,
    ),
    Concept(
        "why-a-baseline",
        "two-slopes",
        word("Why may a constant be taken off every height?"),
        word("On average it adds nothing, for the mean of ε is 0."),
        word("So the estimate stays right, and a good constant makes it scatter less."),
        {
            word("Because a constant does not depend on the picture."): word(
                "It may depend on the picture, but not on the draw."
            ),
            word("Because the error that it makes is small."): word("It makes none on average."),
            word("Because heights are only known up to a constant in any case."): word(
                "They are known; the constant is chosen to make the scatter small."
            ),
        },
        9,
    ),
    Concept(
        "cool-or-warm",
        "soft-draws",
        word("What happens to a soft draw’s slopes as the temperature falls?"),
        word("They become right on average, and scatter more."),
        word("Warm is calm and wrong, cool is right and restless."),
        {
            word("They become right, and scatter less."): word(
                "Near a choice, a draw either changes sharply or not at all."
            ),
            word("They become wrong, and scatter less."): word("That is what warming does."),
            word("Nothing, for the temperature cancels in the softmax."): word(
                "It divides all logits, and that does not cancel."
            ),
        },
        9,
    ),
    Concept(
        "first-to-fall-silent",
        "silent-numbers",
        word("β rises slowly in a straight VAE. Which number of the code falls silent first?"),
        word("The one whose direction varies least in the data."),
        word("It pays for itself only while λ is above β s²."),
        {
            word("The one whose direction varies most in the data."): word(
                "That one saves the most for its price, and goes last."
            ),
            word("All of them at the same β."): word("Each has a β of its own, λ / s²."),
            word("Whichever began with the smallest weights."): word(
                "At the optimum the start does not matter."
            ),
        },
        9,
    ),
    Concept(
        "what-collapse-is",
        "silent-numbers",
        word("A number of the code has collapsed. What does the encoder say with it?"),
        word("The standard cloud, for every picture."),
        word("So it costs nothing, and the decoder does not listen."),
        {
            word("One and the same code, without any spread."): word(
                "A spread of 0 would cost without end."
            ),
            word("A cloud far away from where chance throws."): word(
                "That is what happens if straying is free."
            ),
            word("Something that the decoder cannot draw."): word(
                "It says nothing at all, and so there is nothing to draw."
            ),
        },
        9,
    ),
    Numeric("last-word", "silent-numbers", last_word, 9),
    Numeric("what-it-says", "silent-numbers", what_it_says, 9),
)
