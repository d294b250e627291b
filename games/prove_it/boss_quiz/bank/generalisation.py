"""The frontier lesson on generalisation: bounds, the smallest solution, the threshold, ridge."""

from __future__ import annotations

import math

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word


def examples_needed(rng: np.random.Generator) -> Exercise:
    """Where the counting bound comes down to 1: n = 16 P log 2."""
    P = 10 * whole(rng, 10, 90)
    return Exercise(
        word(
            "A network has {P} parameters of 32 bits each. From how many thousand examples on is "
            "the bound √(log M / 2n) below 1? (log 2 is 0.693, and δ is left out.)"
        ),
        {"P": P},
        32 * P * math.log(2) / 2 / 1000,
        word("log M = 32·{P}·0.693, and n = log M / 2: {right} thousand."),
        {
            word("That forgets the 2 under the root."): 32 * P * math.log(2) / 1000,
            word("That counts parameters, not networks: each has 32 bits."): (
                P * math.log(2) / 2 / 1000
            ),
            word("That takes the logarithm to the base 2."): 32 * P / 2 / 1000,
            word("A root is below 1 where the number under it is; no second root is taken."): (
                (32 * P * math.log(2) / 2) ** 0.5 / 1000
            ),
        },
        digits=2,
    )


def smallest_solution(rng: np.random.Generator) -> Exercise:
    """The first weight of what gradient descent finds from zero: a y / (a² + b²)."""
    a, b, y = (whole(rng, low, high) for low, high in ((1, 4), (5, 8), (10, 30)))
    w = np.linalg.pinv(np.array([[float(a), float(b)]])) @ np.array([float(y)])
    return Exercise(
        word(
            "The only example has the features {a} and {b}, and the answer is {y}. Gradient "
            "descent starts with both weights at 0. Where does the first weight end?"
        ),
        {"a": a, "b": b, "y": y},
        float(w[0]),
        word("The weights are c·({a}, {b}) with c = {y}/({a}² + {b}²), so the first is {right}."),
        {
            word("That is the solution with the other weight at 0."): y / a,
            word("That is the second weight."): float(w[1]),
            word("That is where both weights are equal, which is where Adam goes."): y / (a + b),
            word("That is c; it is still to be multiplied by the feature."): y / (a * a + b * b),
            word("That divides by the length, not by its square."): a * y / math.hypot(a, b),
        },
        digits=3,
    )


def solution_length(rng: np.random.Generator) -> Exercise:
    """|w*| = y / |x| for one example."""
    a, b, length = ((3, 4, 5), (6, 8, 10), (5, 12, 13), (8, 15, 17))[whole(rng, 0, 3)]
    y = length * whole(rng, 1, 4) + whole(rng, 1, 4)
    w = np.linalg.pinv(np.array([[float(a), float(b)]])) @ np.array([float(y)])
    return Exercise(
        word(
            "The only example has the features {a} and {b}, and the answer is {y}. How long is the "
            "shortest vector of weights that fits it?"
        ),
        {"a": a, "b": b, "y": y},
        float(np.linalg.norm(w)),
        word("It lies along the example: {y} / √({a}² + {b}²) = {right}."),
        {
            word("That is the solution that uses the second feature alone."): y / b,
            word("That is the solution that uses the first feature alone."): y / a,
            word("That divides by the square of the example’s length."): y / (a * a + b * b),
            word("That is the solution with equal weights."): math.sqrt(2) * y / (a + b),
            word("That divides by the sum of the features."): y / (a + b),
        },
        digits=3,
    )


def noise_over(rng: np.random.Generator) -> Exercise:
    """σ² n / (p − n − 1)."""
    n = 10 * whole(rng, 2, 9)
    p = n + 10 * whole(rng, 1, 12) + 1
    return Exercise(
        word(
            "There are {n} examples with {p} normal features each, and the noise has the variance "
            "1. What does it add to the error of the smallest solution, on average?"
        ),
        {"n": n, "p": p},
        n / (p - n - 1),
        word("n / (p − n − 1) = {n} / ({p} − {n} − 1) = {right}."),
        {
            word("That forgets the 1."): n / (p - n),
            word("That counts features above, not examples."): p / (p - n - 1),
            word("That is the share of the signal that is found."): n / p,
            word("That is one example’s part."): 1 / (p - n - 1),
            word("That turns the fraction round."): (p - n - 1) / n,
        },
        digits=3,
    )


def noise_under(rng: np.random.Generator) -> Exercise:
    """σ² p / (n − p − 1)."""
    p = 5 * whole(rng, 1, 9)
    n = p + 5 * whole(rng, 1, 12) + 1
    return Exercise(
        word(
            "There are {n} examples and only {p} normal features, and the noise has the variance "
            "1. What does it add to the error, on average?"
        ),
        {"n": n, "p": p},
        p / (n - p - 1),
        word("p / (n − p − 1) = {p} / ({n} − {p} − 1) = {right}."),
        {
            word("That forgets the 1."): p / (n - p),
            word("That counts examples above, not features."): n / (n - p - 1),
            word("That is what it adds on the examples that were learned."): p / n,
            word("That is one feature’s part."): 1 / (n - p - 1),
            word("That turns the fraction round."): (n - p - 1) / p,
        },
        digits=3,
    )


def singular_noise(rng: np.random.Generator) -> Exercise:
    """σ² Σ 1 / s²."""
    small, large = (float(rng.choice(of)) for of in ([0.1, 0.2, 0.25, 0.4, 0.5], [1, 2, 2.5, 4, 5]))
    variance = float(rng.choice([0.5, 2.0, 3.0]))
    s = np.array([small, large])
    parts = np.linalg.pinv(np.diag(s))
    return Exercise(
        word(
            "The examples’ matrix has the singular values {small} and {large}, and the noise has "
            "the variance {variance}. How large is the mean square of the noise’s part in the "
            "smallest solution?"
        ),
        {"small": small, "large": large, "variance": variance},
        variance * float(np.sum(parts**2)),
        word("{variance}·(1/{small}² + 1/{large}²) = {right}: the smaller value makes nearly all."),
        {
            word("That forgets the squares."): variance * float(np.sum(1 / s)),
            word("That multiplies by the squares instead of dividing."): (
                variance * float(np.sum(s**2))
            ),
            word("That counts the larger value alone."): variance / large**2,
            word("That is without the noise’s own variance."): float(np.sum(1 / s**2)),
            word("That adds up before it squares."): variance / float(np.sum(s)) ** 2,
        },
        digits=2,
    )


def ridge_factor(rng: np.random.Generator) -> Exercise:
    """What ridge makes of 1 / s: s / (s² + λ)."""
    s = float(rng.choice([0.1, 0.2, 0.5, 2.0, 3.0]))
    penalty = float(rng.choice([0.3, 0.7, 1.5, 2.5]))
    ridge = np.linalg.solve(np.array([[s * s + penalty]]), np.array([s]))
    return Exercise(
        word(
            "A direction has the singular value {s}. By what does ridge regression with λ = "
            "{penalty} multiply the answers’ part in it?"
        ),
        {"s": s, "penalty": penalty},
        float(ridge[0]),
        word("s / (s² + λ) = {s} / ({s}² + {penalty}) = {right}."),
        {
            word("That is without ridge."): 1 / s,
            word("That is the share of the signal that is left."): s * s / (s * s + penalty),
            word("That forgets the square."): s / (s + penalty),
            word("That is the most it can be for any s."): 1 / (2 * math.sqrt(penalty)),
            word("That forgets the s above."): 1 / (s * s + penalty),
        },
        digits=3,
    )


def ridge_promise(rng: np.random.Generator) -> Exercise:
    """σ² n / (4 λ)."""
    n, penalty = 10 * whole(rng, 1, 9), whole(rng, 2, 9)
    variance = float(rng.choice([0.5, 2.0, 3.0]))
    return Exercise(
        word(
            "There are {n} examples, and the noise has the variance {variance}. With λ = "
            "{penalty}, what is the noise’s part in the ridge solution at most, whatever the "
            "features are?"
        ),
        {"n": n, "penalty": penalty, "variance": variance},
        variance * n * (1 / (2 * math.sqrt(penalty))) ** 2,
        word(
            "No direction multiplies by more than 1/(2√λ), so it is {variance}·{n} / (4·{penalty}) "
            "= {right}."
        ),
        {
            word("That forgets to square the 2."): variance * n / (2 * penalty),
            word("That forgets to square the factor."): variance * n / (2 * math.sqrt(penalty)),
            word("That leaves out the 4."): variance * n / penalty,
            word("That is one direction’s part."): variance / (4 * penalty),
            word("That leaves out the noise’s variance."): n / (4 * penalty),
        },
        digits=2,
    )


def power_law(rng: np.random.Generator) -> Exercise:
    """The factor of the error, k^(−b)."""
    power, k = -float(rng.choice([0.3, 0.4, 0.5, 0.6, 0.7])), int(rng.choice([2, 4, 8, 16]))
    return Exercise(
        word(
            "The error falls with the number of examples to the power of {power}. By what is it "
            "multiplied with {k} times as many examples?"
        ),
        {"power": power, "k": k},
        math.exp(power * math.log(k)),
        word("{k} to the power of {power} is {right}."),
        {
            word("That is the power −1."): 1 / k,
            word("That divides the exponent; it is a power."): -power / k,
            word("That lets the error grow."): k**-power,
            word("That turns base and exponent round."): (-power) ** k,
            word("That takes the same share away for each example."): 1 / (1 - power * (k - 1)),
        },
        digits=3,
    )


def scaled_curvature(rng: np.random.Generator) -> Exercise:
    """A layer scaled by α: the curvature along the other grows by α²."""
    alpha, curvature = whole(rng, 3, 9), whole(rng, 2, 9) / 10
    x = math.sqrt(curvature)
    return Exercise(
        word(
            "In a ReLU network the weights of layer 1 are multiplied by {alpha}, and those of "
            "layer 2 divided by it. The curvature along a weight of layer 2 was {curvature}. What "
            "is it now?"
        ),
        {"alpha": alpha, "curvature": curvature},
        max(alpha * x, 0.0) ** 2,
        word("What layer 2 reads is {alpha} times as large, and curvature is its square: {right}."),
        {
            word("Curvature is a square: the factor counts twice."): alpha * curvature,
            word("The answers stay the same; the curvature does not."): curvature,
            word("That is the curvature along layer 1, which shrinks."): curvature / alpha**2,
            word("It is layer 1 that would become flatter, and by the square."): curvature / alpha,
            word("That squares the old curvature too."): alpha**2 * curvature**2,
        },
        digits=3,
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "vacuous-bound",
        "old-bounds",
        word("A theorem says that a network’s gap is at most 13, with probability 0.95. It is…"),
        word("true, and says nothing."),
        word("A gap is a difference of two shares and never above 1."),
        {
            word("false, since the measured gap is far smaller."): word(
                "An upper bound may lie far above; that does not make it false."
            ),
            word("a sign that this network will not predict well."): word(
                "A large bound promises nothing, neither good nor bad."
            ),
            word("right for one network in twenty."): word(
                "It holds with probability 0.95, for all of them at once."
            ),
        },
        6,
    ),
    Numeric("examples-needed", "old-bounds", examples_needed, 6),
    Concept(
        "random-labels-show",
        "random-labels",
        word("A network learns true labels and random ones equally well. What follows from that?"),
        word("What a network could learn does not explain why it predicts well."),
        word("In both trainings the network is the same, and only one of the two predicts."),
        {
            word("It learns true labels by heart as well, and understands nothing."): word(
                "On new examples with true labels it does well, so it learned more than that."
            ),
            word("It has too many parameters and should be made smaller than the data."): word(
                "With true labels it predicts well as it is."
            ),
            word("Random labels carry some hidden information that it finds."): word(
                "On new examples it guesses: there was nothing to find."
            ),
        },
        6,
    ),
    Concept(
        "rademacher-one",
        "random-labels",
        word("What does a Rademacher complexity of 1 mean?"),
        word("Whatever signs are drawn, some model fits them all."),
        word("Then the bound on the gap is at least 1 and holds for anything."),
        {
            word("The best model gets every new example right."): word(
                "It is about the examples at hand and about random answers."
            ),
            word("The model has one parameter for each example."): word(
                "It can be 1 then, and with more parameters too."
            ),
            word("Training finds a model that fits random signs."): word(
                "It asks whether there is one, not whether training finds it."
            ),
        },
        6,
    ),
    Numeric("smallest-solution", "which-solution", smallest_solution, 6),
    Numeric("solution-length", "which-solution", solution_length, 6),
    Concept(
        "why-smallest",
        "minimum-norm",
        word("Why does gradient descent from zero find the smallest of all solutions?"),
        word("Each gradient is a mix of the examples, and only one mix fits."),
        word("What no example notices is never added, and anything else in it would add length."),
        {
            word("Each step makes the weights as small as it can."): word(
                "Each step lowers the loss; nothing in it asks for small weights."
            ),
            word("Small learning rates keep all weights small."): word(
                "Every rate below the speed limit ends at the same place."
            ),
            word("The loss has only one lowest place."): word(
                "With more weights than examples it has endlessly many."
            ),
        },
        6,
    ),
    Concept(
        "other-start",
        "minimum-norm",
        word("Gradient descent starts from random weights instead of zero. Where does it end?"),
        word("At the solution that is nearest to the start."),
        word("What no example notices keeps the value that it had, and the rest fits."),
        {
            word("At the smallest solution all the same."): word(
                "Only from zero, or from another mix of examples."
            ),
            word("At a solution that depends on the learning rate."): word(
                "The rate decides how fast it goes there, not where."
            ),
            word("At no solution, since it is drawn back to zero."): word(
                "Without weight decay nothing draws it to zero."
            ),
        },
        6,
    ),
    Numeric("singular-noise", "threshold", singular_noise, 6),
    Numeric("noise-over", "threshold", noise_over, 6),
    Numeric("noise-under", "threshold", noise_under, 6),
    Concept(
        "own-direction",
        "threshold",
        word("Why is a model with just as many features as examples so bad?"),
        word("Each example has one direction to itself, often a short one."),
        word("A wrong answer must be explained through it, which takes large weights."),
        {
            word("It cannot fit all of its examples."): word(
                "It just can, in exactly one way. That is the trouble."
            ),
            word("Gradient descent has not enough freedom to find a solution."): word(
                "It finds the only one there is. It is a bad one."
            ),
            word("The signal is spread over too many weights."): word(
                "That happens with far more features; there noise is spread too."
            ),
        },
        6,
    ),
    Numeric("ridge-factor", "ridge", ridge_factor, 6),
    Numeric("ridge-promise", "ridge", ridge_promise, 6),
    Concept(
        "ridge-removes",
        "ridge",
        word("How does ridge regression remove the peak?"),
        word("It no longer divides by a small singular value."),
        word("s / (s² + λ) goes to 0 with s, where 1/s has no upper end."),
        {
            word("It removes the features that carry only noise."): word(
                "All features stay; weak directions count for less."
            ),
            word("It makes the number of weights smaller."): word("There are as many as before."),
            word("It takes the noise out of the answers."): word(
                "The answers are what they are; it follows them less closely."
            ),
        },
        6,
    ),
    Numeric("scaled-curvature", "flatness", scaled_curvature, 6),
    Concept(
        "flat-alone",
        "flatness",
        word("What did Dinh and others show about flat minima?"),
        word("The same function can lie in a flat or in a sharp one."),
        word("So the curvature alone cannot decide how well it predicts."),
        {
            word("Sharp minima predict as well as flat ones."): word(
                "They showed that it cannot be read off, not that it makes no difference."
            ),
            word("ReLU networks have no flat minima at all."): word(
                "Any of their minima can be made sharper by scaling, or less sharp."
            ),
            word("Gradient descent always ends in the flattest."): word(
                "They say nothing about where training ends."
            ),
        },
        6,
    ),
    Concept(
        "lazy-scale",
        "lazy",
        word("The tangent kernel of a very wide network changed a lot in training. How?"),
        word("Its start made the outputs small, so weights had to travel."),
        word("Laziness comes from the scale of the start, not from width alone."),
        {
            word("It cannot: in wide networks it never changes."): word(
                "With Xavier’s start it does, at every width that we measured."
            ),
            word("It had more examples than weights."): word(
                "The networks of the table have ten examples and far more weights."
            ),
            word("Its learning rate was above the speed limit."): word(
                "Then the loss would not have gone down to 0.01."
            ),
        },
        6,
    ),
    Numeric("power-law", "scaling", power_law, 6),
    Concept(
        "what-decay-does",
        "grokking",
        word(
            "In our runs all known sums are right, and long after, the others are too. What worked "
            "in between?"
        ),
        word("Weight decay, which prefers a smaller solution."),
        word("Many solutions fit, and the rule seems to be a small one. Without decay none came."),
        {
            word("The loss of the known sums, which was still large."): word(
                "It was near 0 by then, and without decay it led nowhere."
            ),
            word("New sums that were shown later in training."): word(
                "The known half stayed the same all the time."
            ),
            word("Chance, which finds the rule some day."): word(
                "It came in every run with decay at about the same time, and in none without."
            ),
        },
        6,
    ),
)
