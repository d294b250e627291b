"""The article on diffusion: drowning, one step back, the loss, arrows, jumps and guidance."""

from __future__ import annotations

import math

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
from pycore.models.diffusion import Noising, guided

SINCE = 9


def left_after(rng: np.random.Generator) -> Exercise:
    """(1 − β)^k, by the engine."""
    beta, k = grid(rng, 0.05, 0.4, 0.05), whole(rng, 2, 6)
    return Exercise(
        word("Each of {k} steps of noise has β = {beta}. Which share ᾱ of the variance is left?"),
        {"k": k, "beta": beta},
        float(Noising(np.full(k, beta)).alpha_bar[-1]),
        word("Every step leaves 1 − β of it: (1 − {beta})^{k} = {right}."),
        {
            word("Steps multiply; that takes the same amount away each time."): 1 - k * beta,
            word("That is the share of the noise."): 1 - (1 - beta) ** k,
            word("That multiplies what each step takes, not what it leaves."): beta**k,
            word("That is what is left after one step."): 1 - beta,
            word("That is the root, by which the data are shrunk."): (1 - beta) ** (k / 2),
        },
        digits=3,
    )


def merged_noise(rng: np.random.Generator) -> Exercise:
    """1 − (1 − β₁)(1 − β₂), by the engine."""
    first, second = grid(rng, 0.1, 0.6, 0.1), grid(rng, 0.1, 0.6, 0.1)
    return Exercise(
        word(
            "Two steps of noise, with β = {first} and then β = {second}. How large is the variance "
            "of all the noise that is in x then?"
        ),
        {"first": first, "second": second},
        1 - float(Noising(np.array([first, second])).alpha_bar[-1]),
        word("The first noise was shrunk too: (1 − {second})·{first} + {second} = {right}."),
        {
            word("The second step shrinks the noise of the first."): first + second,
            word("That is the share of the data that is left."): (1 - first) * (1 - second),
            word("That multiplies the two noises; they add up."): first * second,
            word("That is the noise of the second step alone."): second,
            word("That shrinks by the root, and variances by its square."): (
                math.sqrt(1 - second) * first + second
            ),
        },
        digits=3,
    )


def step_back_variance(rng: np.random.Generator) -> Exercise:
    """Β (1 − ᾱ before) / (1 − ᾱ), by the engine."""
    beta, before = grid(rng, 0.1, 0.5, 0.1), grid(rng, 0.2, 0.8, 0.1)
    noising, one = Noising(np.array([1 - before, beta])), np.ones((1, 1))
    low, high = (noising.backward(one, 1, one, z * one).item() for z in (0.0, 1.0))
    left = (1 - beta) * before
    return Exercise(
        word(
            "Before a step of noise ᾱ was {before}; the step has β = {beta}. How large is the "
            "variance of one step back, if the clean data are known?"
        ),
        {"before": before, "beta": beta},
        (high - low) ** 2,
        word("ᾱ is {left} after the step: {beta}·(1 − {before}) / (1 − {left}) = {right}."),
        {
            word("That is the variance of the step forward; knowing the data narrows it."): beta,
            word("That is its root, the spread."): math.sqrt((1 - before) / (1 - left) * beta),
            word("That has the shares of the data in place of those of the noise."): (
                beta * before / left
            ),
            word("That turns the fraction over."): beta * (1 - left) / (1 - before),
            word("That is all the noise there was before the step."): 1 - before,
        },
        digits=3,
        worked={"left": round(left, 6)},
    )


def guessed_data(rng: np.random.Generator) -> Exercise:
    """(x − √(1 − ᾱ) ε̂) / √ᾱ, by the engine."""
    keep = float(rng.choice([0.36, 0.64]))
    x, guess = grid(rng, -2, 2, 0.5), grid(rng, -2, 2, 0.5)
    a, b = math.sqrt(keep), math.sqrt(1 - keep)
    clean = Noising(np.array([1 - keep])).clean(np.array([[x]]), 0, np.array([[guess]]))
    return Exercise(
        word(
            "At ᾱ = {keep} a noisy number is {x}, and the noise in it is guessed to be {guess}. "
            "What is the clean number then?"
        ),
        {"keep": keep, "x": x, "guess": guess},
        clean.item(),
        word("({x} − {b}·({guess})) / {a} = {right}."),
        {
            word("That adds the noise once more."): (x + b * guess) / a,
            word("The data were shrunk too, by the root of ᾱ."): x - b * guess,
            word("That swaps the two factors."): (x - a * guess) / b,
            word("That forgets that the noise was mixed in by a factor."): (x - guess) / a,
            word("That forgets the roots."): (x - (1 - keep) * guess) / keep,
        },
        worked={"a": a, "b": b},
    )


def jump_lands(rng: np.random.Generator) -> Exercise:
    """√ᾱ_s x̂ + √(1 − ᾱ_s) ε̂, by the engine."""
    x, guess = grid(rng, -2, 2, 0.5), grid(rng, -2, 2, 0.5)
    noising = Noising(np.array([0.36, 1 - 0.36 / 0.64]))
    high = np.array([[0.6 * x + 0.8 * guess]])
    eps = np.array([[guess]])
    return Exercise(
        word(
            "The noise in a dot is guessed to be {guess}, and so the clean dot to be at {x}. "
            "Without dice, where does a jump to ᾱ = 0.64 land?"
        ),
        {"x": x, "guess": guess},
        noising.backward(high, 1, eps, eps, 0, 0.0).item(),
        word("0.8·({x}) + 0.6·({guess}) = {right}: drowned again, but less."),
        {
            word("That swaps the two factors."): 0.6 * x + 0.8 * guess,
            word("That is the clean dot itself; the jump ends in some noise."): x,
            word("That forgets the roots."): 0.64 * x + 0.36 * guess,
            word("That takes the noise away instead of mixing it in."): 0.8 * x - 0.6 * guess,
            word("That mixes the noise in at full strength."): 0.8 * x + guess,
        },
    )


def guided_guess(rng: np.random.Generator) -> Exercise:
    """ε̂ + w (ε̂_c − ε̂), by the engine."""
    anything, wish = grid(rng, -1, 1, 0.1), grid(rng, -1, 1, 0.1)
    w = whole(rng, 2, 7)
    one, t = np.ones((1, 1)), np.zeros(1, int)
    found = guided(lambda x, t: wish * x, lambda x, t: anything * x, float(w))(one, t)
    return Exercise(
        word(
            "For anything the noise is guessed to be {anything}, for what is wished {wish}. What "
            "does guidance with w = {w} guess?"
        ),
        {"anything": anything, "wish": wish, "w": w},
        found.item(),
        word("{anything} + {w}·({wish} − ({anything})) = {right}."),
        {
            word("That goes away from the wish."): anything - w * (wish - anything),
            word("That begins at the wish, one too far."): wish + w * (wish - anything),
            word("That is w times the wish alone."): w * wish,
            word("That is w = 1: no more than was asked for."): wish,
            word("That forgets where the way begins."): w * (wish - anything),
        },
        digits=1,
    )


def parting_level(rng: np.random.Generator) -> Exercise:
    """1 / (2 m²)."""
    m = grid(rng, 0.75, 1.0, 0.01)
    return Exercise(
        word(
            "Data are two bells at −{m} and {m}, and have the variance 1 in all. Noise is taken "
            "away: at which ᾱ does the density get a dip between them?"
        ),
        {"m": m},
        1 / (2 * m**2),
        word("Where ᾱ·{m}² is as much as the variance of each, 1 − ᾱ·{m}²: ᾱ = {right}."),
        {
            word("That forgets the square."): 1 / (2 * m),
            word("The bells begin to part when half of that is left."): 1 / m**2,
            word("That is the variance of each bell before there is noise."): 1 - m**2,
            word("That turns the fraction over."): m**2 / 2,
        },
        digits=3,
    )


def score_of_guess(rng: np.random.Generator) -> Exercise:
    """−ε̂ / √(1 − ᾱ)."""
    keep = float(rng.choice([0.19, 0.36, 0.64, 0.84]))
    guess = grid(rng, -2, 2, 0.25)
    b = math.sqrt(1 - keep)
    return Exercise(
        word(
            "At ᾱ = {keep} the best guess of the noise in x is {guess}. How large is the score at "
            "x, the slope of the logarithm of the density?"
        ),
        {"keep": keep, "guess": guess},
        -guess / b,
        word("ε̂ = −√(1 − ᾱ)·score, so it is −({guess}) / {b} = {right}."),
        {
            word("The score leads to the data, away from the noise."): guess / b,
            word("That multiplies by the factor instead of dividing."): -guess * b,
            word("That forgets the root."): -guess / (1 - keep),
            word("That has the factor of the data, √ᾱ."): -guess / math.sqrt(keep),
            word("That leaves the factor out."): -guess,
        },
        digits=3,
        worked={"b": b},
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "noise-shrinks-data",
        "drowning",
        word("Why does a step of noise shrink the data a little as well?"),
        word("So that the variance stays as it is."),
        word("(1 − β)·1 + β = 1; without it the numbers would grow with every step."),
        {
            word("So that the network has fewer numbers to read."): word(
                "There are as many numbers at every noise level."
            ),
            word("So that the noise of two steps cancels in the end."): word(
                "Independent noises never cancel; their variances add up."
            ),
            word("So that the step can be undone without a network."): word(
                "The noise is by chance: nobody can undo it exactly."
            ),
        },
        SINCE,
    ),
    Numeric("left-after-noise", "drowning", left_after, SINCE),
    Numeric("merged-noise", "drowning", merged_noise, SINCE),
    Concept(
        "told-the-data",
        "one-step-back",
        word("When is the distribution of one step back a single bell curve?"),
        word("When the clean data are known."),
        word("Then two bells are multiplied, and that gives a bell."),
        {
            word("Always, for all noise is normal."): word(
                "A noisy dot may come from several islands, and then there are several bells."
            ),
            word("When the network has learned for long."): word(
                "What it has learned does not change the distribution of the data."
            ),
            word("When the noise level is the highest."): word(
                "A little of the data is left in it, whatever their form."
            ),
        },
        SINCE,
    ),
    Numeric("step-back-variance", "one-step-back", step_back_variance, SINCE),
    Concept(
        "dropped-weight",
        "why-this-loss",
        word("What in the usual loss does not follow from the bound?"),
        word("That all noise levels count alike."),
        word("The bound weighs them; the weight was dropped since pictures were better for it."),
        {
            word("That the error of the guess is squared."): word(
                "It is the divergence of two bells of one width."
            ),
            word("That the network guesses the noise in a dot."): word(
                "The middle of the bell needs nothing else than that guess."
            ),
            word("That one noise level is drawn for each example."): word(
                "The bound is a sum over the levels; drawing one estimates it."
            ),
        },
        SINCE,
    ),
    Numeric("score-of-guess", "noise-arrows", score_of_guess, SINCE),
    Numeric("parting-level", "noise-arrows", parting_level, SINCE),
    Concept(
        "one-jump-mean",
        "jumps-and-dice",
        word("With perfect guesses, where does one jump from pure noise end?"),
        word("At about the mean of all data."),
        word("A squared error is smallest at the mean of what is possible."),
        {
            word("At the data point that is nearest to the noise."): word(
                "In so much noise every data point is about as likely."
            ),
            word("At a data point drawn by chance."): word(
                "Nothing in the jump is drawn by chance, and a mean is no data point."
            ),
            word("Where 40 jumps would have ended too."): word(
                "On their way the guesses change, and the arrows part."
            ),
        },
        SINCE,
    ),
    Concept(
        "same-network",
        "jumps-and-dice",
        word("What has to be trained anew to go from DDPM to DDIM?"),
        word("Nothing."),
        word("Both ask the same network; they differ in what they do with its guess."),
        {
            word("The network, without noise in its inputs."): word(
                "It has to know all noise levels, for either."
            ),
            word("The last layer, which guesses data in place of noise."): word(
                "A guess of the noise is one of the data already."
            ),
            word("The noise schedule, which has fewer levels."): word(
                "It jumps over levels of the same schedule."
            ),
        },
        SINCE,
    ),
    Numeric("guessed-data", "jumps-and-dice", guessed_data, SINCE),
    Numeric("jump-lands", "jumps-and-dice", jump_lands, SINCE),
    Concept(
        "more-guidance",
        "guidance",
        word("Guidance is turned up from w = 1 to w = 8. What becomes of the samples?"),
        word("They are surer, and more alike."),
        word("They go away from all that could be taken for something else, and leave much out."),
        {
            word("They come nearer to how the wished data are distributed."): word(
                "At w = 1 they are distributed so; beyond it is exaggerated."
            ),
            word("They are blurred, as after a single jump."): word(
                "The number of jumps has not changed."
            ),
            word("They keep their variety, and need more jumps."): word(
                "What is lost is variety: the dots crowd together."
            ),
        },
        SINCE,
    ),
    Numeric("guided-guess", "guidance", guided_guess, SINCE),
    Concept(
        "code-of-what",
        "latent-diffusion",
        word("What does latent diffusion drown in noise?"),
        word("The codes of an autoencoder."),
        word("They are far fewer numbers, and a decoder turns them into pictures."),
        {
            word("The dots of a picture, one in eight of them."): word(
                "No dots are left out; an encoder has squeezed all of them."
            ),
            word("The weights of the network that guesses."): word(
                "Those are trained; the noise is in the data."
            ),
            word("The words of the wish that guides it."): word(
                "A wish goes in as a further input, as it is."
            ),
        },
        SINCE,
    ),
    Concept(
        "perfect-repeats",
        "diffusion-cannot",
        word("On 100 pictures a network reaches the lowest loss there is. What does it make?"),
        word("Those 100 pictures again."),
        word("The best guess for bells of width 0 ends at one of them."),
        {
            word("New pictures of the same kind, the best there are."): word(
                "Those need a network that is wrong in a good way."
            ),
            word("The mean of the 100 pictures."): word("So ends one jump, and not the whole way."),
            word("Noise, for the loss says nothing of pictures."): word(
                "Guesses of noise are arrows, and they lead to the data."
            ),
        },
        SINCE,
    ),
)
