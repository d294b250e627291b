"""The frontier lesson on convergence: limits, rates, momentum, noise, Adam."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.engine import stepped
from games.prove_it.boss_quiz.bank.question import (
    POWERS,
    Concept,
    Exercise,
    Item,
    Numeric,
    grid,
    whole,
)
from games.words import word
from pycore import rates
from pycore.optimizers import SGD, Adam


def parabola_steps(rng: np.random.Generator) -> Exercise:
    """Plain steps on ½ λ w², w (1 − η λ)ᵏ."""
    w, bend, lr = grid(rng, -4, 4, 1), whole(rng, 2, 9), float(rng.choice([0.05, 0.1, 0.2, 0.3]))
    k, place = whole(rng, 2, 3), w
    for _ in range(k):
        place = stepped(SGD(lr), place, bend * place)
    return Exercise(
        word(
            "The loss is ½·{bend}·w². Gradient descent starts at w = {w} with the rate {lr}. Where "
            "is w after {k} steps?"
        ),
        {"w": w, "bend": bend, "lr": lr, "k": k},
        place,
        word(
            "The slope is {bend}·w, so each step multiplies w by 1 − {lr}·{bend} = {factor}: "
            "{w}·({factor}){power} = {right}."
        ),
        {
            word("That is after one step."): w * (1 - lr * bend),
            word("That takes the first slope for every step; it changes along with w."): (
                w * (1 - k * lr * bend)
            ),
            word("That walks uphill."): w * (1 + lr * bend) ** k,
            word("That leaves out the curvature."): w * (1 - lr) ** k,
            word("That brings down a 2, but there is a ½ in front of the square."): (
                w * (1 - 2 * lr * bend) ** k
            ),
        },
        digits=3,
        worked={"factor": 1 - lr * bend, "power": POWERS[k]},
    )


def rate_limit(rng: np.random.Generator) -> Exercise:
    """The largest rate below which plain descent settles, 2 / L."""
    mu, L = whole(rng, 1, 4), int(rng.choice([8, 10, 16, 20, 25, 40]))
    return Exercise(
        word(
            "A loss is a sum of parabolas, with curvatures from {mu} to {L}. Below which learning "
            "rate does plain gradient descent always get to the bottom?"
        ),
        {"mu": mu, "L": L},
        2 / L,
        word("The steepest direction sets the limit: 2 / {L} = {right}."),
        {
            word("That is the rate at which the descent lemma promises most, 1 / L."): 1 / L,
            word("That takes the flattest direction; the steepest is thrown off first."): 2 / mu,
            word("That is the fastest rate, 2 / (L + μ), not the largest."): 2 / (L + mu),
            word("That divides by κ; the unit of the curvature counts too."): 2 * mu / L,
            word("That takes the difference of the two curvatures."): 2 / (L - mu),
        },
        digits=3,
    )


def best_plain_factor(rng: np.random.Generator) -> Exercise:
    """The best factor of plain descent, (κ − 1) / (κ + 1)."""
    mu, kappa = whole(rng, 1, 3), int(rng.choice([3, 4, 5, 7, 9, 16, 19]))
    L = mu * kappa
    return Exercise(
        word(
            "The curvatures lie between {mu} and {L}. With the best rate, by what factor does a "
            "plain step shrink the distance to the bottom at least?"
        ),
        {"mu": mu, "L": L},
        rates.contraction(mu, L, 2 / (L + mu)),
        word(
            "At the rate 2 / (L + μ) both ends shrink alike, by ({L} − {mu}) / ({L} + {mu}) = "
            "{right}."
        ),
        {
            word("That is what the rate 1 / L gives, 1 − 1/κ."): 1 - mu / L,
            word("That is the heavy ball’s factor, with √κ for κ."): (
                (kappa**0.5 - 1) / (kappa**0.5 + 1)
            ),
            word("That is how much is taken off, not what is left."): 2 * mu / (L + mu),
            word("That is 1/κ."): mu / L,
            word("That is the factor of the loss: the square."): ((L - mu) / (L + mu)) ** 2,
        },
        digits=3,
    )


def promised_fall(rng: np.random.Generator) -> Exercise:
    """What the descent lemma promises, η (1 − η L / 2) |g|²."""
    L, lr = int(rng.choice([2, 4, 5, 8])), float(rng.choice([0.05, 0.1, 0.15, 0.2]))
    g = whole(rng, 2, 6)
    return Exercise(
        word(
            "A loss is smooth with L = {L}. At a place where the slope has the length {g}, you "
            "take "
            "a step with the rate {lr}. By how much does the loss fall at least?"
        ),
        {"L": L, "g": g, "lr": lr},
        lr * (1 - lr * L / 2) * g * g,
        word("{lr}·(1 − {lr}·{L}/2)·{g}² = {right}."),
        {
            word("That follows the tangent, which lies below the loss: η·|g|²."): lr * g * g,
            word("That is the promise for the rate 1 / L exactly, η/2·|g|²."): lr / 2 * g * g,
            word("That forgets the square of the slope."): lr * (1 - lr * L / 2) * g,
            word("That forgets the ½ in the parabola."): lr * (1 - lr * L) * g * g,
            word("That adds what the curvature takes away."): lr * (1 + lr * L / 2) * g * g,
        },
        digits=3,
    )


def convex_bound(rng: np.random.Generator) -> Exercise:
    """D² / (2 η t)."""
    D, lr = whole(rng, 2, 6), float(rng.choice([0.1, 0.2, 0.25, 0.5]))
    t = int(rng.choice([10, 20, 40, 50, 100]))
    return Exercise(
        word(
            "A convex loss is lowest at a distance of {D} from the start. The rate {lr} is not "
            "above 1/L. How much too high may the loss be after {t} steps, by the proved bound?"
        ),
        {"D": D, "lr": lr, "t": t},
        float(rates.smooth_bound(D, lr, t)),
        word("D² / (2ηt) = {D}² / (2·{lr}·{t}) = {right}."),
        {
            word("That forgets the square of the distance."): D / (2 * lr * t),
            word("That forgets the 2."): D * D / (lr * t),
            word("That multiplies by the rate; a larger rate makes the bound smaller."): (
                D * D * lr / (2 * t)
            ),
            word("That forgets the steps."): D * D / (2 * lr),
            word("That squares the steps; plain descent is promised 1/t only."): (
                D * D / (2 * lr * t * t)
            ),
        },
        digits=3,
    )


def best_beta(rng: np.random.Generator) -> Exercise:
    """The heavy ball's best β, ((√κ − 1) / (√κ + 1))²."""
    root, mu = whole(rng, 2, 9), whole(rng, 1, 4)
    L = mu * root * root
    return Exercise(
        word(
            "The curvatures of a parabola lie between {mu} and {L}. Which β of the heavy ball is "
            "the fastest?"
        ),
        {"mu": mu, "L": L},
        rates.best_heavy_ball(mu, L)[1],
        word("√κ = {root}, so √β = ({root} − 1) / ({root} + 1), and β = {right}."),
        {
            word("That is √β, the factor a step."): (root - 1) / (root + 1),
            word("That puts κ where √κ belongs."): ((L - mu) / (L + mu)) ** 2,
            word("That is 1 − 1/√κ."): 1 - 1 / root,
            word("That is 1/κ."): mu / L,
            word("That turns the fraction round."): 4 * root / (root + 1) ** 2,
        },
        digits=3,
        worked={"root": root},
    )


def ball_limit(rng: np.random.Generator) -> Exercise:
    """The largest stable rate with momentum, 2 (1 + β) / L."""
    L, beta = int(rng.choice([4, 5, 8, 10, 20])), float(rng.choice([0.2, 0.3, 0.5, 0.6, 0.8]))
    return Exercise(
        word(
            "The steepest curvature of a parabola is {L}. With β = {beta}, below which rate does "
            "the "
            "heavy ball settle?"
        ),
        {"L": L, "beta": beta},
        2 * (1 + beta) / L,
        word("Momentum raises the limit to 2·(1 + β) / L = 2·(1 + {beta}) / {L} = {right}."),
        {
            word("That is the limit without momentum, 2 / L."): 2 / L,
            word("That lowers the limit; momentum raises it."): 2 * (1 - beta) / L,
            word("That is where the roots stop being complex, (1 + √β)² / L."): (
                (1 + beta**0.5) ** 2 / L
            ),
            word("That counts the long run of equal slopes, 2 / (L (1 − β))."): (
                2 / (L * (1 - beta))
            ),
            word("That is half of it."): (1 + beta) / L,
        },
        digits=3,
    )


def noise_floor(rng: np.random.Generator) -> Exercise:
    """η σ² / (λ (2 − η λ))."""
    bend, sigma = whole(rng, 1, 4), whole(rng, 1, 3)
    lr = float(rng.choice([0.1, 0.2, 0.3, 0.4]))
    S = 0.0
    for _ in range(2000):
        S = (1 - lr * bend) ** 2 * S + lr**2 * sigma**2
    return Exercise(
        word(
            "The loss is ½·{bend}·w², and each slope has an error with standard deviation {sigma}. "
            "With the constant rate {lr}, what does the mean of w² come to in the end?"
        ),
        {"bend": bend, "sigma": sigma, "lr": lr},
        S,
        word(
            "What a step shrinks is what the noise adds: η·σ² / (λ·(2 − η·λ)) = {lr}·{sigma}² / "
            "({bend}·(2 − {lr}·{bend})) = {right}."
        ),
        {
            word("It does not go to 0: each step brings new noise."): 0.0,
            word("That is what a single step adds, η²·σ²."): lr**2 * sigma**2,
            word("That is the noise itself."): float(sigma**2),
            word("That leaves out the division by 2 − η·λ."): (lr * sigma**2 / bend),
            word("That is its root, the standard deviation of w."): S**0.5,
        },
        digits=3,
    )


def running_mean(rng: np.random.Generator) -> Exercise:
    """Adam's m before its correction, (1 − βᵗ) g."""
    g, k = whole(rng, 2, 9), whole(rng, 2, 4)
    beta = float(rng.choice([0.5, 0.6, 0.8, 0.9]))
    adam = Adam(0.01, beta1=beta)
    stepped(adam, 0.0, *[float(g)] * k)
    return Exercise(
        word(
            "Adam’s running mean m starts at 0 and has β₁ = {beta}. Every slope is {g}. How "
            "large is "
            "m after {k} steps, before it is corrected?"
        ),
        {"beta": beta, "g": g, "k": k},
        float(adam.m[0]),
        word("Its weights add up to 1 − β{power}, so m = (1 − {beta}{power})·{g} = {right}."),
        {
            word("That is after the correction."): float(g),
            word("That is after one step, (1 − β)·g."): (1 - beta) * g,
            word("That is what is missing, β to the power of the steps, times g."): beta**k * g,
            word("That adds (1 − β)·g each time and forgets nothing."): k * (1 - beta) * g,
            word("That adds whole slopes, as momentum does."): g * (1 - beta**k) / (1 - beta),
        },
        digits=3,
        worked={"power": POWERS[k]},
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("parabola-steps", "speed-limit", parabola_steps, 4),
    Numeric("rate-limit", "speed-limit", rate_limit, 4),
    Concept(
        "which-direction-is-slow",
        "speed-limit",
        word("A valley is much steeper across than along. Why is plain descent slow in it?"),
        word("The steep direction limits the rate, and the flat one then hardly moves."),
        word(
            "There is one rate for all directions. Below 2/L the flattest shrinks by 1 − ημ only."
        ),
        {
            word("The steep direction needs the most steps."): word(
                "Well below the limit it needs the fewest steps of all."
            ),
            word("The slope along the valley points the wrong way, towards a wall."): word(
                "Along the valley the slope points to the bottom; it is only small."
            ),
            word("Its loss is not convex, so the steps go in circles."): word(
                "A stretched bowl is as convex as a round one."
            ),
        },
        4,
    ),
    Numeric("promised-fall", "descent-lemma", promised_fall, 4),
    Concept(
        "smooth-is-enough",
        "descent-lemma",
        word("The descent lemma says that a step of at most 1/L goes down. What does it assume?"),
        word("That the loss is smooth, and no more."),
        word(
            "Only the slope’s largest speed of change is used. Convexity comes in when one asks "
            "how near the lowest value is."
        ),
        {
            word("That the loss is convex and has one lowest place."): word(
                "Neither is used: the lemma holds for a network’s loss, where it is smooth."
            ),
            word("That the loss is a parabola with the curvature L."): word(
                "The parabola is only a lid that lies above the loss."
            ),
            word("That the slope at the start is small enough."): word(
                "It holds for every slope; the loss just falls by more where it is steep."
            ),
        },
        4,
    ),
    Concept(
        "beyond-the-limit",
        "descent-lemma",
        word(
            "A loss is smooth with L, but it is no parabola. The rate is a little above 2/L. Then?"
        ),
        word("Nothing is promised: it may be thrown off, or go to and fro."),
        word(
            "The limit is where the promise ends. Where the walls bend less, the run can circle "
            "around the bottom and stay there."
        ),
        {
            word("The loss always grows without end, as it does on a parabola."): word(
                "On a parabola it does; on walls that become straight it cannot."
            ),
            word("It still gets down, only more slowly than before."): word(
                "Near the bottom the curvature may be L itself, and there each step goes up."
            ),
            word("It gets down if there is some momentum in it as well."): word(
                "Momentum raises the limit on parabolas; it is no promise for every loss."
            ),
        },
        4,
    ),
    Numeric("convex-bound", "one-over-t", convex_bound, 4),
    Numeric("best-plain-factor", "strongly-convex", best_plain_factor, 4),
    Concept(
        "digits-cost-the-same",
        "strongly-convex",
        word("What does strong convexity change about the speed of plain descent?"),
        word("Each further digit costs the same number of steps."),
        word(
            "The distance shrinks by a constant factor, a straight line on a logarithmic axis; "
            "with "
            "convexity alone ten times nearer takes ten times the steps."
        ),
        {
            word("The rate may be larger than 2/L, since the bottom is well curved."): word(
                "The limit comes from the largest curvature, and that has not changed."
            ),
            word("It arrives exactly at the bottom after κ steps."): word(
                "It comes nearer by a factor each time and is never quite there."
            ),
            word("The number of steps no longer depends on κ."): word(
                "It is the very thing it depends on: about κ for each factor of e."
            ),
        },
        4,
    ),
    Numeric("best-beta", "momentum", best_beta, 4),
    Numeric("ball-limit", "momentum", ball_limit, 4),
    Concept(
        "equal-speed",
        "momentum",
        word("Between two limits the heavy ball shrinks every direction by √β. Why?"),
        word("Its two roots are mirror images there, and their product is β."),
        word(
            "Two complex conjugates have the same length, so each has the length √β, whatever the "
            "curvature is."
        ),
        {
            word("Its velocity has forgotten the slopes of all steps but the last."): word(
                "It forgets none at once: each counts β times as much a step later."
            ),
            word("The rate is divided by the curvature, as Adam does it."): word(
                "Nothing is divided: there is one rate for all directions."
            ),
            word("It takes the slope where momentum is about to lead."): word(
                "That is Nesterov’s change, and not why the factor is the same."
            ),
        },
        4,
    ),
    Concept(
        "ball-goes-round",
        "momentum",
        word(
            "With its best setting for μ = 1 and L = 25, the heavy ball goes round without end. "
            "How?"
        ),
        word("The setting was derived for parabolas, and this loss is not one."),
        word(
            "A loss with the curvatures 25, 1 and 25 again catches it in a cycle. A rate belongs "
            "to "
            "a method and a class of losses."
        ),
        {
            word("Its rate was above the limit 2 (1 + β) / L after all."): word(
                "It is below: 1/9 against about 0.116."
            ),
            word("It had started exactly on a saddle."): word(
                "The loss is strongly convex and has no saddle."
            ),
            word("The rounding errors of 600 steps had added up."): word(
                "They are tiny, and the cycle is attracting: a proof shows it without a computer."
            ),
        },
        4,
    ),
    Concept(
        "what-cannot-be-beaten",
        "lower-bound",
        word("Why can no method that sees only slopes beat Nesterov’s by more than a constant?"),
        word("On a chain of weights, t slopes reach no more than t of them."),
        word(
            "The others are still where they began, and with the first t alone the loss cannot be "
            "low."
        ),
        {
            word("Its steps are already as long as the curvature permits."): word(
                "Longer steps now and then are possible; the bound does not speak of lengths."
            ),
            word("Each slope has an error that no method can take away."): word(
                "Here all slopes are exact."
            ),
            word("A computer cannot add numbers faster than it does."): word(
                "The bound counts steps, however long each takes."
            ),
        },
        4,
    ),
    Numeric("noise-floor", "noise", noise_floor, 4),
    Concept(
        "sudden-drop",
        "noise",
        word(
            "The loss has been level for long. You divide the rate by 10, and it drops at once. "
            "Why?"
        ),
        word("It was at its noise floor, which sinks along with the rate."),
        word(
            "With a constant rate the weights circle around the bottom; with a smaller one the "
            "circle is smaller."
        ),
        {
            word("It was at a saddle, and smaller steps find the way out."): word(
                "At a saddle smaller steps take longer still."
            ),
            word("It has found a deeper valley next to the first."): word(
                "Smaller steps do not leave a valley; it sank within its own."
            ),
            word("The slopes have fewer errors when the rate is small."): word(
                "The errors are those of the mini-batches; only what they do has shrunk."
            ),
        },
        4,
    ),
    Numeric("running-mean", "adam", running_mean, 4),
    Concept(
        "adam-forgets",
        "counterexample",
        word(
            "Slopes come as 3, −1, −1, again and again, so left is down. Adam with a small β₂ "
            "walks "
            "right. Why?"
        ),
        word("The 3 is divided by its own size, the −1 by one that has forgotten it."),
        word(
            "So the rare large slope counts about as much as one small one, and there are two of "
            "those. AMSGrad keeps the largest v."
        ),
        {
            word("Its running means start at 0 and were not corrected."): word(
                "They were; the correction fades after a few steps, the walk goes on."
            ),
            word("Its rate is above the speed limit of the loss."): word(
                "The loss is straight lines: there is no curvature to set a limit."
            ),
            word("Momentum carries it past the best place each time."): word(
                "Here β₁ is 0: there is no momentum at all."
            ),
        },
        4,
    ),
)
