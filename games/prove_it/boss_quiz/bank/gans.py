"""The article on GANs: the best judge, two distances, held slopes, collapse and styles."""

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
from pycore.activations import ReLU
from pycore.adversarial import NonSaturatingGenerator, gradient_penalty
from pycore.distances import jensen_shannon, wasserstein
from pycore.layers import Dense, Sequential
from pycore.models import mlp

LOG_2, LOG_4 = float(np.log(2)), float(np.log(4))


def best_answer(rng: np.random.Generator) -> Exercise:
    """A / (a + b)."""
    a, b = grid(rng, 0.05, 0.6, 0.05), grid(rng, 0.05, 0.6, 0.05)
    return Exercise(
        word(
            "At one place real things have the probability {a}, fakes {b}. What does the best "
            "judge say there, as the probability that a thing is real?"
        ),
        {"a": a, "b": b},
        a / (a + b),
        word("What share of what is found there is real: {a} / ({a} + {b}) = {right}."),
        {
            word("That is the share of the fakes."): b / (a + b),
            word("That forgets that fakes are found there too."): a,
            word("That would be right only if both were as likely."): 0.5,
            word("That takes one from the other; the best answer is a share."): abs(a - b),
        },
    )


def value_of_best(rng: np.random.Generator) -> Exercise:
    """2 JS − log 4."""
    js = grid(rng, 0.05, 0.6, 0.05)
    return Exercise(
        word(
            "The Jensen–Shannon divergence of real and fake is {js}. What is V against the best "
            "judge?"
        ),
        {"js": js},
        2 * js - LOG_4,
        word("2·{js} − log 4 = {right}."),
        {
            word("Two divergences are in it, one for each kind of thing."): js - LOG_4,
            word("That forgets the −log 4, what is left when nobody can tell."): 2 * js,
            word("That turns its sign: V is never above 0."): LOG_4 - 2 * js,
            word("Each of both sums brings a −log 2, and together they are −log 4."): (
                2 * js - LOG_2
            ),
        },
    )


def js_of_shared(rng: np.random.Generator) -> Exercise:
    """(1 − s) log 2, by the engine."""
    s = grid(rng, 0.1, 0.9, 0.1)
    return Exercise(
        word(
            "In one place real and fake have the same probability, {s}. All the rest of the real "
            "is where no fakes are, and the other way round. What is their Jensen–Shannon "
            "divergence?"
        ),
        {"s": s},
        jensen_shannon([1 - s, s, 0.0], [0.0, s, 1 - s]),
        word("The shared place adds nothing; the rest adds log 2 for its share: {right}."),
        {
            word("So it is where nothing at all is shared."): LOG_2,
            word("That is the part of the shared place, which adds nothing."): s * LOG_2,
            word("The logarithm is missing: a share alone is no divergence."): 1 - s,
            word("That adds up both sums; JS is half of them."): 2 * (1 - s) * LOG_2,
        },
    )


def work_of_piles(rng: np.random.Generator) -> Exercise:
    """A d₁ + (1 − a) d₂, by the engine."""
    a, near = grid(rng, 0.1, 0.9, 0.1), whole(rng, 1, 3)
    far = near + whole(rng, 2, 4)
    q = np.zeros(far + 1)
    q[near], q[far] = a, 1 - a
    return Exercise(
        word(
            "All data are at 0. The fakes are at {near} with a share of {a}, and at {far} with the "
            "rest. What is the Wasserstein distance?"
        ),
        {"near": near, "a": a, "far": far},
        wasserstein(np.eye(far + 1)[0], q),
        word("Amount times way, for both piles: {a}·{near} + {rest}·{far} = {right}."),
        {
            word("That swaps the shares of the two piles."): (1 - a) * near + a * far,
            word("That counts both piles as equal."): (near + far) / 2,
            word("That is the way of the farther pile alone."): far,
            word("That is the way of both, whatever the amount."): near + far,
        },
        worked={"rest": round(1 - a, 6)},
    )


def work_by_sums(rng: np.random.Generator) -> Exercise:
    """|P₁ − Q₁| + |P₂ − Q₂|, by the engine."""
    p = 0.1 * rng.multinomial(10, [1 / 3] * 3)
    q = 0.1 * rng.multinomial(10, [1 / 3] * 3)
    p1, p2, p3 = (round(float(v), 1) for v in p)
    q1, q2, q3 = (round(float(v), 1) for v in q)
    first, both = p1 - q1, p1 + p2 - q1 - q2
    return Exercise(
        word(
            "On three neighbouring places the real have {p1}, {p2}, {p3} and the fakes {q1}, {q2}, "
            "{q3}. What is the Wasserstein distance, if neighbours are 1 apart?"
        ),
        {"p1": p1, "p2": p2, "p3": p3, "q1": q1, "q2": q2, "q3": q3},
        wasserstein(p, q),
        word("Over the first border goes {first}, over the second {both}, whichever way: {right}."),
        {
            word("That adds up the differences place by place, however far they are carried."): (
                abs(first) + abs(p2 - q2) + abs(p3 - q3)
            ),
            word("That is what has to be moved, without the way."): (
                (abs(first) + abs(p2 - q2) + abs(p3 - q3)) / 2
            ),
            word("That is what goes over the first border alone."): abs(first),
            word("That lets one direction pay for the other."): abs(first + both),
            word("That counts every border twice, there and back."): 2 * (abs(first) + abs(both)),
        },
        worked={"first": round(abs(first), 6), "both": round(abs(both), 6)},
    )


def clip_bound(rng: np.random.Generator) -> Exercise:
    """N² c³, by the engine."""
    n, c = int(rng.choice([4, 8, 10, 16])), grid(rng, 0.05, 0.5, 0.05)
    critic = mlp([1, n, n, 1], 0, ReLU)
    critic.pack()
    critic.theta[:] = c
    critic.forward(np.ones((1, 1)))
    return Exercise(
        word(
            "A critic has one input, two hidden layers of {n} ReLU neurons and one output. All "
            "weights are clipped at {c}. How large can its slope be at most?"
        ),
        {"n": n, "c": c},
        float(critic.backward(np.ones((1, 1)))[0, 0]),
        word("{n}·{n} ways lead through it, each multiplies by {c} three times: {right}."),
        {
            word("That is one way of the many, and their parts add up."): c**3,
            word("That has only one of the two hidden layers."): n * c**2,
            word("A way goes through three weights."): (n * c) ** 2,
            word("That counts as many ways as weights, one layer too many."): (n * c) ** 3,
            word("A clip holds weights, not slopes."): c,
        },
        digits=3,
    )


def penalty_slope(rng: np.random.Generator) -> Exercise:
    """1 + W / (2 λ)."""
    way, strength = whole(rng, 1, 12), int(rng.choice([2, 4, 5, 8, 10]))
    return Exercise(
        word(
            "A straight critic of slope s gains {way}·s and pays {strength}·(s − 1)². At which s "
            "is it best off?"
        ),
        {"way": way, "strength": strength},
        1 + way / (2 * strength),
        word("Its derivative, {way} − 2·{strength}·(s − 1), is 0 at {right}."),
        {
            word("That pays nothing, but a little more slope gains more than it costs."): 1.0,
            word("The square brings a factor of 2."): 1 + way / strength,
            word("That is how far it goes beyond 1."): way / (2 * strength),
            word("To be less steep than 1 costs, and gains less."): 1 - way / (2 * strength),
        },
    )


def penalty_paid(rng: np.random.Generator) -> Exercise:
    """Λ (‖∇D‖ − 1)², by the engine."""
    k, strength = 0.5 * whole(rng, 1, 6), int(rng.choice([1, 2, 5, 10]))
    steep = 5 * k
    critic = Sequential(Dense(2, 1, rng=0))
    critic.pack()
    critic.theta[:] = 3 * k, 4 * k, 0.0
    paid = gradient_penalty(critic, np.ones((1, 2)), float(strength))
    return Exercise(
        word(
            "A critic rises by {first} in one direction and by {second} in the one at right "
            "angles to it. What does it pay, with λ = {strength}?"
        ),
        {"first": 3 * k, "second": 4 * k, "strength": strength},
        paid,
        word("Its slope is {steep} in all, so it pays {strength}·({steep} − 1)² = {right}."),
        {
            word("Slopes at right angles add up in squares."): strength * (7 * k - 1) ** 2,
            word("That pays for all of the slope, and not for what differs from 1."): (
                strength * steep**2
            ),
            word("That forgets the square."): strength * abs(steep - 1),
            word("That forgets the root: the length is compared with 1."): (
                strength * (steep**2 - 1) ** 2
            ),
        },
        worked={"steep": steep},
    )


def forgers_pull(rng: np.random.Generator) -> Exercise:
    """1 − σ(y), by the engine."""
    y = grid(rng, -3, 2, 0.5)
    loss = NonSaturatingGenerator()
    loss.forward(np.array([[y]]), np.ones((1, 1)))
    share = 1 / (1 + float(np.exp(-y)))
    return Exercise(
        word(
            "The judge gives a fake the score {y}, a logit. How strongly does the non-saturating "
            "loss pull that score up?"
        ),
        {"y": y},
        -float(loss.backward()[0, 0]),
        word("By 1 − σ({y}) = {right}: the surer the judge, the stronger."),
        {
            word("That is the pull of the minimax loss, which fades where the judge is sure."): (
                share
            ),
            word("That is the slope of the sigmoid alone."): share * (1 - share),
            word("That is the loss, not its slope."): float(np.log1p(np.exp(-y))),
            word("It is at most 1, and less where the judge is in doubt."): 1.0,
        },
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "flat-without-overlap",
        "gan-puzzle",
        word("Fakes that overlap nothing come a step nearer to the data. What does JS do?"),
        word("Nothing: it is log 2 before and after."),
        word("It asks how well both can be told apart, and that is perfectly in both cases."),
        {
            word("It gets smaller, by about the way they came."): word(
                "That is what the Wasserstein distance does."
            ),
            word("It falls to 0 as soon as the gap is closed."): word(
                "Only when both are distributed in the same way."
            ),
            word("It gets larger, as the judge has to look harder."): word(
                "The judge is right all the time, near or far."
            ),
        },
        8,
    ),
    Concept(
        "between-two-halves",
        "gan-puzzle",
        word("One cloud of fakes is between two equal clouds of data. Why does W not pull?"),
        word("Each step nearer to one half is a step away from the other."),
        word("A forger that can split its fakes would feel a slope at once."),
        {
            word("W is log 2 there, as everywhere without an overlap."): word(
                "That is the Jensen–Shannon divergence."
            ),
            word("W is 0 there, since its middle is where theirs is."): word(
                "All of the fakes still have to be carried to one of them."
            ),
            word("W cannot be computed for data in two pieces."): word(
                "It can for any data: amount times way."
            ),
        },
        8,
    ),
    Numeric("best-answer", "best-judge", best_answer, 8),
    Concept(
        "at-minus-log-four",
        "best-judge",
        word("Against the best judge there is, V is −log 4. What follows?"),
        word("The fakes are distributed exactly as the data are."),
        word("V is 2 JS − log 4, and JS is 0 only for equal distributions."),
        {
            word("The judge has had too few steps to tell them apart."): word(
                "The best judge needs no further step."
            ),
            word("The fakes are all at the place that looks most real."): word(
                "The best judge would see that, and V would be higher."
            ),
            word("Real and fake do not overlap at any place."): word(
                "Then the best judge is always right, and V is 0."
            ),
        },
        8,
    ),
    Concept(
        "when-js",
        "best-judge",
        word("Under which condition does a forger’s step make JS smaller, by the derivation?"),
        word("If the judge is the best one for the present fakes."),
        word("Only the maximum over D is 2 JS − log 4."),
        {
            word("If the judge gets no step between two of the forger’s."): word(
                "Then it soon judges fakes that are no longer made."
            ),
            word("If the forger’s numbers come from a normal distribution."): word(
                "Where they come from does not appear in it."
            ),
            word("If the judge says one half to everything it is shown."): word(
                "Then it tells the forger nothing, unless the fakes are perfect."
            ),
        },
        8,
    ),
    Numeric("value-of-best", "best-judge", value_of_best, 8),
    Numeric("js-of-shared", "no-overlap", js_of_shared, 8),
    Numeric("forgers-pull", "no-overlap", forgers_pull, 8),
    Numeric("work-of-piles", "no-overlap", work_of_piles, 8),
    Numeric("work-by-sums", "no-overlap", work_by_sums, 8),
    Concept(
        "limit-on-a-critic",
        "no-overlap",
        word("Why does a Wasserstein critic need a limit on its slope?"),
        word("Without one, a steeper critic always claims a larger distance."),
        word("With a slope of at most 1, none claims more than W, and the best one W itself."),
        {
            word("Without one, its answers would not lie between 0 and 1."): word(
                "A critic’s scores may be any numbers."
            ),
            word("Without one, it would be the same as the best judge."): word(
                "It would have no best at all."
            ),
            word("Without one, the forger would learn faster than the critic."): word(
                "How fast the two learn is not what the limit is for."
            ),
        },
        8,
    ),
    Numeric("clip-bound", "held-slope", clip_bound, 8),
    Concept(
        "clip-and-depth",
        "held-slope",
        word("Why is one clip right for no two critics of different depth?"),
        word("Each layer more multiplies the slope by its width times the clip."),
        word("Below 1 the slope dies out with depth, above 1 it explodes."),
        {
            word("A deeper critic has more weights, and they share one clip."): word(
                "Each weight is clipped on its own."
            ),
            word("A deeper critic needs more steps until its weights reach the clip."): word(
                "Even when all have reached it, the slopes differ."
            ),
            word("The clip is added once more at each layer of the critic."): word(
                "Weights one after the other multiply."
            ),
        },
        8,
    ),
    Numeric("penalty-slope", "held-slope", penalty_slope, 8),
    Numeric("penalty-paid", "held-slope", penalty_paid, 8),
    Concept(
        "one-trick",
        "mode-collapse",
        word("The judge no longer learns. Where does the best forger put its fakes?"),
        word("All at the one place that looks most real to the judge."),
        word("No mean is better than its best part."),
        {
            word("Where the data are, each place by its probability."): word(
                "That is best against a judge who answers each time anew."
            ),
            word("At all places at which the judge says one half."): word(
                "Where the judge says more, a fake does better."
            ),
            word("As far away as possible from the places of the data."): word(
                "There a judge who has learned anything says fake."
            ),
        },
        8,
    ),
    Concept(
        "calm-value",
        "mode-collapse",
        word("V has been at −log 4 for a hundred rounds. What does that prove?"),
        word("Nothing yet: a poor judge gives the same value."),
        word("Only against the best judge does it mean perfect fakes."),
        {
            word("The fakes are everywhere the data are."): word(
                "In the game V was even while clouds had no fakes."
            ),
            word("The forger makes only one kind of fake."): word(
                "It may, and it may not: V does not tell."
            ),
            word("The judge has learned all that there is."): word(
                "One that never learned says one half too."
            ),
        },
        8,
    ),
    Concept(
        "style-forgets",
        "style-gan",
        word("Why does a style in StyleGAN rule its own layer only?"),
        word("The next layer’s normalisation takes its mean and spread away again."),
        word("Scale and shift are forgotten once a map is normalised."),
        {
            word("Each layer has a network of its own that makes its code w."): word(
                "There is one such network, and its w enters at all layers."
            ),
            word("The noise of the next layer is so strong that it covers the style."): word(
                "Noise changes details; it does not undo a scale."
            ),
            word("The judge looks at every layer of the generator on its own."): word(
                "It sees the finished picture only."
            ),
        },
        8,
    ),
)
