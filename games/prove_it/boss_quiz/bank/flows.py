"""The article on normalising flows: stretch, areas, couplings, small steps and matching."""

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
from pycore.flow_matching import best_velocity
from pycore.flows import AffineCoupling, PiecewiseLine


def strip_height(rng: np.random.Generator) -> Exercise:
    """H a / b."""
    a, factor, h = grid(rng, 0.2, 0.8, 0.2), int(rng.choice([2, 4, 5])), grid(rng, 0.1, 0.4, 0.05)
    b = round(a * factor, 6)
    return Exercise(
        word(
            "A narrow strip of the band is {a} wide, and its sand {h} high. It is pulled until it "
            "is {b} wide. How high is its sand now?"
        ),
        {"a": a, "h": h, "b": b},
        h * a / b,
        word("It is {factor} times as wide, and keeps its sand: {h} / {factor} = {right}."),
        {
            word("That would need more sand: wider is lower."): h * factor,
            word("That is all the sand of the strip, its area."): h * a,
            word("Its height changes as well as its width."): h,
            word("That is what was added to its width, not how often it is wider."): h
            / (b - a + 1),
        },
        digits=3,
        worked={"factor": factor},
    )


def best_scale(rng: np.random.Generator) -> Exercise:
    """1 / √m."""
    root = int(rng.choice([2, 3, 4, 5, 6, 8, 10, 20]))
    m = root * root
    return Exercise(
        word(
            "Data around 0 have the mean square {m}. A flow has one number to learn, z = s·x. "
            "Which s makes the data likeliest?"
        ),
        {"m": m},
        1 / root,
        word("−s²·{m} / 2 + log s is highest at s = 1 / √{m} = {right}: z has the mean square 1."),
        {
            word("That is the spread of the data: to be a bell again, they are divided by it."): (
                root
            ),
            word("The root is missing: s enters as a square."): 1 / m,
            word("That leaves the data as wide as they are."): 1.0,
            word("That is right for data twice as wide."): 1 / (2 * root),
        },
        digits=3,
    )


def steps_of_stretch(rng: np.random.Generator) -> Exercise:
    """−2 k log a."""
    k, a = whole(rng, 2, 4), int(rng.choice([2, 3]))
    return Exercise(
        word(
            "From the bell to the data, each of {k} steps stretches the plane by {a} in both "
            "directions. By how much does the log density change?"
        ),
        {"k": k, "a": a},
        -2 * k * float(np.log(a)),
        word("Each step takes log({a}·{a}) away, and steps add up: {right}."),
        {
            word("Stretched sand is lower: the sign is the other one."): 2 * k * float(np.log(a)),
            word("The plane is stretched in two directions."): -k * float(np.log(a)),
            word("That is one step of them."): -2 * float(np.log(a)),
            word("That multiplies the logarithms of steps; they add up."): -(
                (2 * float(np.log(a))) ** k
            ),
        },
    )


def cell_area(rng: np.random.Generator) -> Exercise:
    """|a d − b c|."""
    a, d = grid(rng, 1.0, 3.0, 0.5), grid(rng, 1.0, 3.0, 0.5)
    b, c = grid(rng, 0.1, 0.9, 0.1), grid(rng, 0.1, 0.9, 0.1)
    return Exercise(
        word(
            "At one point a flow has the Jacobian with the rows ({a}, {b}) and ({c}, {d}). How "
            "many times as large does a tiny square there become?"
        ),
        {"a": a, "b": b, "c": c, "d": d},
        a * d - b * c,
        word("|{a}·{d} − {b}·{c}| = {right}."),
        {
            word("That is what it would be without the slant."): a * d,
            word("The second product is taken from the first, not added."): a * d + b * c,
            word("That is the trace, which counts for tiny steps only."): a + d,
            word("That adds up all four slopes; an area is a difference of products."): (
                a + b + c + d
            ),
        },
    )


def coupling_back(rng: np.random.Generator) -> Exercise:
    """(y_b − t) / e^s."""
    x, scale, t = whole(rng, -4, 4), int(rng.choice([2, 4, 5])), whole(rng, 1, 5)
    y = x * scale + t
    return Exercise(
        word(
            "A coupling keeps the first number, from which its network makes the scale {scale} "
            "and the shift {t}. The second number comes out as {y}. What was it?"
        ),
        {"scale": scale, "t": t, "y": y},
        x,
        word("First the shift, then the scale: ({y} − {t}) / {scale} = {right}."),
        {
            word("The shift came last, so it goes first."): y / scale - t,
            word("That goes on in the same direction, instead of back."): y * scale + t,
            word("The shift is to be taken away."): (y + t) / scale,
            word("The scale has to be undone too."): y - t,
        },
    )


def coupling_log_det(rng: np.random.Generator) -> Exercise:
    """S₁ + s₂, by the engine."""
    s1, s2 = grid(rng, 0.1, 0.9, 0.1), -grid(rng, 0.1, 0.9, 0.1)
    if abs(s1 + s2) < 0.05:
        s1 = round(s1 + 0.3, 6)
    t = whole(rng, 1, 4)
    layer = AffineCoupling(4, 2, limit=50.0, rng=0)
    layer.network.pack()
    layer.network.theta[:] = 0
    last = layer.network.layers[-1]
    last.b[:] = 50 * np.arctanh(s1 / 50), 50 * np.arctanh(s2 / 50), t, t  # type: ignore[attr-defined]
    layer.forward(np.ones((1, 4)))
    return Exercise(
        word(
            "A coupling of four numbers keeps two. The others it scales by e to the power of {s1} "
            "and of {s2}, and shifts by {t}. What is the log of the determinant?"
        ),
        {"s1": s1, "s2": s2, "t": t},
        float(layer.log_det[0]),
        word("Triangular: the diagonal is 1, 1 and the two scales, so {s1} + ({s2}) = {right}."),
        {
            word("A shift moves sand and stretches nothing."): s1 + s2 + t,
            word("That is the determinant, without the logarithm."): float(np.exp(s1 + s2)),
            word("Scales multiply, so their logarithms add up."): s1 * s2,
            word("A scale below 1 counts as well: it has a minus."): s1 - s2,
        },
    )


def straight_target(rng: np.random.Generator) -> Exercise:
    """(x₁ − x) / (1 − t), by the engine."""
    t, way = float(rng.choice([0.2, 0.5, 0.75, 0.8])), whole(rng, 1, 4)
    x = grid(rng, -2, 2, 0.5)
    goal = round(x + way, 6)
    return Exercise(
        word(
            "At time {t} a point is at {x}, on its straight way to {goal}, where it arrives at "
            "time 1. How fast is it?"
        ),
        {"t": t, "x": x, "goal": goal},
        float(best_velocity([[x]], t, [[goal]])[0, 0]),
        word("It has ({goal} − {x}) to go in the time 1 − {t}: {right}."),
        {
            word("That is the way that is left, not the speed."): way,
            word("That divides by the time that has gone."): way / t,
            word("That multiplies by the time that is left."): way * (1 - t),
            word("That is as fast, but away from where it is going."): -way / (1 - t),
        },
    )


def mean_of_velocities(rng: np.random.Generator) -> Exercise:
    """P u₁ + (1 − p) u₂."""
    p = float(rng.choice([0.1, 0.2, 0.25, 0.75, 0.8, 0.9]))
    u1, u2 = whole(rng, 1, 5), -whole(rng, 1, 5)
    right = p * u1 + (1 - p) * u2
    return Exercise(
        word(
            "At one place and time {percent} % of the straight ways go at the velocity {u1}, the "
            "others at {u2}. What does a perfectly trained network say there?"
        ),
        {"percent": round(100 * p), "u1": u1, "u2": u2},
        right,
        word("The mean has the smallest squared error: {p}·{u1} + {rest}·({u2}) = {right}."),
        {
            word("That takes both as equally many."): (u1 + u2) / 2,
            word("That swaps the two shares."): (1 - p) * u1 + p * u2,
            word("The squared error wants the mean, not what most do."): u1 if p > 0.5 else u2,
            word("That is the mean of the speeds, without their signs."): p * u1 - (1 - p) * u2,
        },
        worked={"p": p, "rest": round(1 - p, 6)},
    )


def one_long_step(rng: np.random.Generator) -> Exercise:
    """The mean of the data, by the engine."""
    a, b, x = whole(rng, 3, 6), -whole(rng, 1, 4), grid(rng, -1.5, 1.5, 0.5)
    if x == 0:
        x = 0.5
    start = np.array([[x]])
    step = best_velocity(start, 0.0, [[float(a)], [float(b)]])
    return Exercise(
        word(
            "Half of the data are at {a}, half at {b}. The velocity is perfect. From {x} a single "
            "step goes from time 0 to time 1. Where does it end?"
        ),
        {"a": a, "b": b, "x": x},
        float((start + step)[0, 0]),
        word("At the start every way is possible, so it goes to the mean of the data: {right}."),
        {
            word("That is where many small steps end from there, or nearly."): a if x > 0 else b,
            word("It does move: the mean way is not 0."): x,
            word("That is the step; the place it starts from is to be added."): (a + b) / 2 - x,
            word("That adds the place twice."): (a + b) / 2 + x,
        },
        digits=1,
    )


def small_step(rng: np.random.Generator) -> Exercise:
    """−h (a + d)."""
    a, d = grid(rng, 0.5, 3.0, 0.5), grid(rng, -2.0, -0.5, 0.5)
    if abs(a + d) < 0.1:
        a = round(a + 1, 6)
    b = grid(rng, 0.5, 2.0, 0.5)
    h = float(rng.choice([0.01, 0.02]))
    return Exercise(
        word(
            "The Jacobian of a velocity has the rows ({a}, {b}) and ({b}, {d}). By how much does "
            "the log density change over the short time {h}, seen from a point that moves along?"
        ),
        {"a": a, "b": b, "d": d, "h": h},
        -h * (a + d),
        word("Only the diagonal counts: −{h}·({a} + ({d})) = {right}."),
        {
            word("Where space grows the sand gets lower: the sign is the other one."): h * (a + d),
            word("That adds up all four; in a short time only the diagonal changes the area."): (
                -h * (a + d + 2 * b)
            ),
            word("That is per unit of time."): -(a + d),
            word("That is the determinant; for a short time the trace counts."): (
                -h * (a * d - b * b)
            ),
        },
        digits=3,
    )


def knots_density(rng: np.random.Generator) -> Exercise:
    """Log p(x) from log N(z) and a slope, by the engine."""
    z, factor = float(rng.choice([0.0, 1.0, 2.0])), int(rng.choice([2, 4]))
    line = PiecewiseLine([-3.0 * factor, 3.0 * factor], [-3.0, 3.0])
    log_n = round(-z * z / 2 - float(np.log(2 * np.pi)) / 2, 3)
    return Exercise(
        word(
            "The bell has the log density {log_n} at the place that a data point comes from. There "
            "the band is stretched by {factor}. What is the log density at the point?"
        ),
        {"log_n": log_n, "factor": factor},
        log_n + float(line.log_det(np.array([z * factor]))[0]),
        word("Stretched is lower: {log_n} − log {factor} = {right}."),
        {
            word("That would be right if the band were squeezed."): log_n + float(np.log(factor)),
            word("Densities are divided; of their logarithms one is taken away."): log_n / factor,
            word("The stretch counts too."): log_n,
            word("The logarithm of the stretch is missing."): log_n - factor,
        },
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "cut-the-band",
        "band-puzzle",
        word("Why can no pulling leave a stretch between two heaps without any sand?"),
        word("The strip between them always keeps its sand."),
        word("Wider is lower, and never zero: that would need a cut."),
        {
            word("Six knots are too few; with very many it would work."): word(
                "With more knots the strip can hold less, but never nothing."
            ),
            word("The sand of the heaps would slide down into the gap."): word(
                "Sand here stays in its strip of the band."
            ),
            word("The bell has too little sand for two heaps."): word(
                "There is as much as before: an area of 1 in all."
            ),
        },
        9,
    ),
    Numeric("strip-height", "band-puzzle", strip_height, 9),
    Numeric("knots-density", "stretching", knots_density, 9),
    Numeric("best-scale", "stretching", best_scale, 9),
    Concept(
        "without-log-det",
        "stretching",
        word(
            "A flow is trained on the bell’s height alone, without the log of the stretch. What "
            "happens?"
        ),
        word("It brings all of the data to one point, the top of the bell."),
        word("That is the highest place, and nothing says any more what squeezing costs."),
        {
            word("It learns the same, only more slowly."): word(
                "Another flow is best for it, and that one is worthless."
            ),
            word("It spreads the data as far apart as possible."): word(
                "Far from the middle the bell is low."
            ),
            word("It does not change, since the slope of every step is then 0."): word(
                "The height of the bell pulls the data towards its middle."
            ),
        },
        9,
    ),
    Concept(
        "above-one",
        "stretching",
        word("A flow says that the density at a point is 7. What does that mean?"),
        word("About 7 % lies in a stretch of 0.01 around it."),
        word("A density is probability by length; only its area is at most 1."),
        {
            word("The flow is wrong, for probabilities are at most 1."): word(
                "A density is no probability, and may be any number from 0."
            ),
            word("The point is seven times as likely as every other."): word(
                "It is compared with no other point."
            ),
            word("The band is stretched by 7 at that point."): word(
                "Where it is stretched the density is lower."
            ),
        },
        9,
    ),
    Numeric("cell-area", "areas", cell_area, 9),
    Numeric("steps-of-stretch", "areas", steps_of_stretch, 9),
    Numeric("coupling-back", "couplings", coupling_back, 9),
    Numeric("coupling-log-det", "couplings", coupling_log_det, 9),
    Concept(
        "network-inside",
        "couplings",
        word("What has to hold for the network inside of a coupling, so that it can be undone?"),
        word("Nothing: it is only asked once more."),
        word("The half that it looks at comes out as it went in, so it gives the same answer."),
        {
            word("It must have an inverse itself."): word(
                "It is never run backwards, not even for sampling."
            ),
            word("Its table of weights must be triangular."): word(
                "The Jacobian of the coupling is, whatever the weights are."
            ),
            word("It must have as many outputs as inputs."): word(
                "It makes two numbers for each that is changed."
            ),
        },
        9,
    ),
    Concept(
        "halves-swap",
        "couplings",
        word("Why do couplings change places, one half this time, the other half next?"),
        word("Otherwise half of the numbers never change."),
        word("One coupling leaves the half that it looks at as it is."),
        {
            word("Otherwise the determinant would be 0."): word(
                "It is a product of e to some power, and so never 0."
            ),
            word("Otherwise the second coupling would undo the first."): word(
                "It would scale and shift the same half once more."
            ),
            word("Otherwise the Jacobian would not be triangular."): word(
                "Each is, and their product is not, once they swap."
            ),
        },
        9,
    ),
    Concept(
        "likely-and-familiar",
        "flow-cannot",
        word(
            "A flow trained on photographs of animals calls house numbers likelier. What follows?"
        ),
        word("Its density alone does not say what belongs to the data."),
        word("Density and what one would take for typical are not the same."),
        {
            word("It was trained wrongly, and its densities do not add up to 1."): word(
                "They do, by construction, however it was trained."
            ),
            word("Its samples must look like house numbers."): word(
                "They do not: there is very little room where it is so dense."
            ),
            word("The house numbers must have been among its data."): word(
                "It happens with data that it never saw."
            ),
        },
        9,
    ),
    Concept(
        "as-many-numbers",
        "flow-cannot",
        word(
            "Why can a flow not make a picture of a million numbers from a hundred, as a GAN does?"
        ),
        word("What can be undone has as many numbers on both sides."),
        word("A hundred numbers fill a sheet without any volume, and densities need volume."),
        {
            word("Its couplings would need a network for each of the numbers."): word(
                "One network makes all scales and shifts of a coupling."
            ),
            word("A bell of a hundred numbers has too little sand."): word(
                "Every bell has an area of 1 in all."
            ),
            word("It could, but training it would take too long."): word(
                "It is a matter of what has an inverse, not of time."
            ),
        },
        9,
    ),
    Numeric("small-step", "many-steps", small_step, 9),
    Numeric("straight-target", "flow-matching", straight_target, 9),
    Numeric("mean-of-velocities", "flow-matching", mean_of_velocities, 9),
    Numeric("one-long-step", "flow-matching", one_long_step, 9),
    Concept(
        "ways-that-cross",
        "flow-matching",
        word("In training straight ways cross. Why do the paths of the samples never do?"),
        word("At one place and time there is one velocity, the mean."),
        word("Two points that met would go on together, and going back could not part them."),
        {
            word("Training picks pairs whose ways do not cross."): word(
                "Pairs are drawn at random, and their ways cross."
            ),
            word("The network is trained to keep points apart."): word(
                "Its loss has no such part."
            ),
            word("They do cross, but so seldom that one can hardly see it at all."): word(
                "Along a velocity that is smooth they never do."
            ),
        },
        9,
    ),
)
