"""The article on positions: what shuffling changes, clock hands, slopes, turned queries, length."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.attention import causal_mask, masked_softmax
from pycore.positions import ALiBi, RelativeBias, Rotary, frequencies, moved


def mask_share(rng: np.random.Generator) -> Exercise:
    """1 / t, by the engine's masked softmax."""
    t, words = whole(rng, 3, 9), whole(rng, 10, 20)
    A = masked_softmax(np.zeros((words, words)), causal_mask(words))
    return Exercise(
        word(
            "A causal mask hides later words, and all scores are alike. Of {words} words, what "
            "share does word {t} give to the first one?"
        ),
        {"words": words, "t": t},
        float(A[t - 1, 0]),
        word("It sees {t} words, itself among them, and gives each the same: {right}."),
        {
            word("That shares among all words, also those that are hidden."): 1 / words,
            word("That leaves out the word itself, which it sees too."): 1 / (t - 1),
            word("That counts one word too many."): 1 / (t + 1),
            word("That is the share of words that it sees."): t / words,
        },
        digits=3,
    )


def full_turn(rng: np.random.Generator) -> Exercise:
    """2 π / ω."""
    w = 0.05 * whole(rng, 2, 18)
    return Exercise(
        word("A hand turns by {w} radians with each position. After how many steps is it back?"),
        {"w": w},
        float(2 * np.pi / w),
        word("A whole turn is 2π radians, about 6.28: divided by {w} that is {right}."),
        {
            word("That is half a turn."): float(np.pi / w),
            word("That is one radian, not a turn."): 1 / w,
            word("That takes degrees for radians."): 360 / w,
            word("That multiplies in place of dividing."): float(2 * np.pi * w),
        },
        digits=1,
    )


def one_frequency(rng: np.random.Generator) -> Exercise:
    """10000 to the power of −2i/n, by the engine."""
    n, i = int(rng.choice([8, 16])), whole(rng, 1, 3)
    return Exercise(
        word(
            "A head has {n} numbers and the base 10000. What is the frequency of hand {i}, where "
            "the fastest is hand 0?"
        ),
        {"n": n, "i": i},
        float(frequencies(n)[i]),
        word("10000 to the power of −2·{i}/{n} is {right}."),
        {
            word("That leaves out the 2: hands are pairs of numbers."): 10000 ** (-i / n),
            word("That is the hand after it."): 10000 ** (-2 * (i + 1) / n),
            word("That is the hand before it."): 10000 ** (-2 * (i - 1) / n),
            word("That divides by the number of the hand."): 1 / (i + 1),
        },
        digits=4,
    )


def hands_product(rng: np.random.Generator) -> Exercise:
    """The sum of cosines, by the matrix that moves one hand to the other."""
    fast, slow = 0.1 * whole(rng, 5, 12), 0.1 * whole(rng, 1, 4)
    t, back = whole(rng, 5, 15), whole(rng, 1, 4)
    return Exercise(
        word(
            "Sinusoids with the two frequencies {fast} and {slow} are taken at {t} and {s}. "
            "What is their product, the sum over all four numbers?"
        ),
        {"fast": fast, "slow": slow, "t": t, "s": t - back},
        float(np.trace(moved([fast, slow], back))) / 2,
        word("cos({fast}·{back}) + cos({slow}·{back}) = {right}: the distance {back} is all."),
        {
            word("That adds the positions; their difference counts."): float(
                np.cos(fast * (2 * t - back)) + np.cos(slow * (2 * t - back))
            ),
            word("That is the mean over the hands."): float(
                (np.cos(fast * back) + np.cos(slow * back)) / 2
            ),
            word("That is the fast hand alone."): float(np.cos(fast * back)),
            word("That takes the sine, which is 0 where both are the same."): float(
                np.sin(fast * back) + np.sin(slow * back)
            ),
        },
        worked={"back": back},
    )


def bias_table(rng: np.random.Generator) -> Exercise:
    """How many numbers: heads · (2 reach + 1), counted on the engine's layer."""
    heads, reach = whole(rng, 2, 12), whole(rng, 4, 16)
    return Exercise(
        word(
            "A learned bias has {heads} heads and tells distances up to {reach} apart, before and "
            "after. How many numbers does it learn?"
        ),
        {"heads": heads, "reach": reach},
        float(RelativeBias(heads, reach).size()),
        word("{heads} heads with 2·{reach} + 1 distances each: {right}."),
        {
            word("That leaves out the distance 0."): 2 * heads * reach,
            word("That is one side only."): heads * (reach + 1),
            word("That is a single head."): 2 * reach + 1,
            word("That is a bias for each pair of positions."): heads * reach * reach,
        },
        digits=0,
    )


def slope_half(rng: np.random.Generator) -> Exercise:
    """The logarithm of 2, over m."""
    m = 0.05 * whole(rng, 1, 10)
    return Exercise(
        word(
            "ALiBi takes {m} off the score with each step. After how many steps is a key’s weight "
            "half of what it would be?"
        ),
        {"m": m},
        float(np.log(2) / m),
        word("e to the power of −{m}·steps is ½ where steps = 0.693 ÷ {m} = {right}."),
        {
            word("There it is 1/e, about 0.37."): 1 / m,
            word("That takes 2 for its logarithm."): 2 / m,
            word("That takes ½ off; a score is no share."): 0.5 / m,
            word("That multiplies in place of dividing."): float(np.log(2)) * m,
        },
        digits=1,
    )


def slope_ratio(rng: np.random.Generator) -> Exercise:
    """As e to the power of m times the steps between, by the engine's ALiBi."""
    near, apart = whole(rng, 1, 4), whole(rng, 2, 6)
    scores = ALiBi(4).forward(np.zeros((1, 4, 20, 20)))[0, 0, 19]
    right = float(np.exp(scores[19 - near] - scores[19 - near - apart]))
    return Exercise(
        word(
            "Two keys are alike, at distances {near} and {far}. ALiBi’s slope is {m}. How many "
            "times as much weight does the nearer one get?"
        ),
        {"near": near, "far": near + apart, "m": 0.25},
        right,
        word("e to the power of {m}·({far} − {near}) = {right}."),
        {
            word("That is the ratio of the distances."): (near + apart) / near,
            word("That is the difference of the scores."): 0.25 * apart,
            word("That adds the distances."): float(np.exp(0.25 * (2 * near + apart))),
            word("That takes one step for the distance between them."): float(np.exp(0.25)),
        },
    )


def turned_score(rng: np.random.Generator) -> Exercise:
    """The engine's product of a turned query and a turned key."""
    a, b, w = 0.5 * whole(rng, 2, 6), 0.5 * whole(rng, 2, 6), 0.1 * whole(rng, 1, 6)
    m, n = whole(rng, 6, 12), whole(rng, 1, 5)
    rotary = Rotary([w])
    q = rotary.turn(np.array([[a, 0.0]]), start=m)[0]
    k = rotary.turn(np.array([[b, 0.0]]), start=n)[0]
    return Exercise(
        word(
            "A query of length {a} and a key of length {b} point the same way. Then they are "
            "turned at a frequency of {w}, the query at position {m}, the key at {n}. What is "
            "their product?"
        ),
        {"a": a, "b": b, "w": w, "m": m, "n": n},
        float(q @ k),
        word("{a}·{b}·cos({w}·({m} − {n})) = {right}."),
        {
            word("That adds the positions."): float(a * b * np.cos(w * (m + n))),
            word("That turns the query only."): float(a * b * np.cos(w * m)),
            word("That leaves out the lengths."): float(np.cos(w * (m - n))),
            word("That is the product before they are turned."): a * b,
        },
    )


def looks_like(rng: np.random.Generator) -> Exercise:
    """The distance over how much slower."""
    times, d = whole(rng, 2, 8), whole(rng, 9, 40)
    return Exercise(
        word(
            "After training, every hand is made {times} times slower. A key at distance {d} now "
            "has the score of which trained distance?"
        ),
        {"times": times, "d": d},
        d / times,
        word("All angles are those of {d} ÷ {times} = {right}, mostly no whole number of steps."),
        {
            word("Slower hands make distances look smaller."): d * times,
            word("Angles are divided; nothing is taken off."): d - times,
            word("That holds for a hand that is as fast as before."): d,
            word("That slows the hands down twice."): d / times**2,
        },
        digits=2,
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "moved-together",
        "order-puzzle",
        word("A query and a key, both turned by RoPE, move on by ten places. What of their score?"),
        word("It stays as it is."),
        word("Both are turned further by the same angle, so the angle between them stays."),
        {
            word("It falls, for both are farther from the beginning."): word(
                "The beginning of the text does not come into it."
            ),
            word("It is turned by ten times the frequency."): word(
                "Each is turned by that; the angle between them is not."
            ),
            word("It stays only if ten places are a whole turn."): word(
                "It stays for any number of places."
            ),
        },
        9,
    ),
    Concept(
        "one-hand",
        "order-puzzle",
        word("Why is one very slow hand not enough to tell positions?"),
        word("Neighbours look nearly alike to it."),
        word("What reaches far is coarse. That is why there are hands of many speeds."),
        {
            word("It comes back to where it was after a few steps."): word(
                "A fast hand does; a slow one takes long."
            ),
            word("It makes queries and keys shorter."): word("Turning changes no length."),
            word("Its score depends on where query and key are."): word(
                "For a hand of any speed it depends on their distance alone."
            ),
        },
        9,
    ),
    Concept(
        "shuffled-rows",
        "shuffle",
        word("Why does softmax keep to its answers when all words are shuffled?"),
        word("A row’s own sum has no order."),
        word("Rows and columns change places, and the numbers stay the same."),
        {
            word("It sorts each row before it divides."): word("It sorts nothing."),
            word("It gives every word the same share."): word(
                "The shares differ; they move with their words."
            ),
            word("It was trained on shuffled texts."): word("Softmax has nothing to train."),
        },
        9,
    ),
    Concept(
        "mask-tells",
        "shuffle",
        word("No positions are added, but a causal mask is used. Can a network tell places?"),
        word("Yes: equal shares are 1, then ½, then ⅓."),
        word("The mask treats the first word unlike the second, so order is not invisible."),
        {
            word("No: a shuffled text still gives shuffled answers."): word(
                "With a mask that no longer holds."
            ),
            word("No: a mask only hides words, and adds no number."): word(
                "Hiding changes what the shares add up over."
            ),
            word("Yes: a mask subtracts more from what is farther away."): word(
                "That is ALiBi. A mask hides later words and treats earlier ones alike."
            ),
        },
        9,
    ),
    Numeric("mask-share", "shuffle", mask_share, 9),
    Concept(
        "moves-by-k",
        "sinusoids",
        word("One matrix moves sinusoids on by k positions. On what does it depend?"),
        word("On k and the frequencies."),
        word("It turns each pair by its frequency times k, wherever it begins."),
        {
            word("On k and the position it begins from."): word(
                "By the addition theorems the position falls out."
            ),
            word("On k and the length of the text."): word("No length comes into it."),
            word("On k and the words that are there."): word("Sinusoids know no words."),
        },
        9,
    ),
    Concept(
        "table-ends",
        "sinusoids",
        word("Learned positions have 512 rows. What becomes of word 600?"),
        word("It has no row, so the model cannot read it there."),
        word("Each row is a weight of its own, and no rule says how they go on."),
        {
            word("It gets row 88, since the table is read in a circle."): word(
                "Nothing makes it a circle, unless one builds that in."
            ),
            word("Its row is computed from those before it."): word(
                "That can be had of sinusoids."
            ),
            word("It gets the last row, as all words after it."): word(
                "That is how a clipped relative bias does it."
            ),
        },
        9,
    ),
    Numeric("full-turn", "sinusoids", full_turn, 9),
    Numeric("one-frequency", "sinusoids", one_frequency, 9),
    Numeric("hands-product", "sinusoids", hands_product, 9),
    Concept(
        "slope-no-peak",
        "by-distance",
        word("Why can a head with ALiBi not pick the word exactly three places back?"),
        word("No far place has more bias than a nearer one."),
        word("What is nearer always has the higher bias, whatever the words are."),
        {
            word("Its slope is too gentle to reach three places."): word(
                "A gentle slope reaches farther, but still has no peak."
            ),
            word("Its slopes are learned only for trained lengths."): word(
                "Its slopes are not learned at all."
            ),
            word("It hides whatever is more than two places back."): word(
                "It hides nothing; far words just weigh less."
            ),
        },
        9,
    ),
    Numeric("bias-table", "by-distance", bias_table, 9),
    Numeric("slope-half", "by-distance", slope_half, 9),
    Numeric("slope-ratio", "by-distance", slope_ratio, 9),
    Concept(
        "far-not-less",
        "rope",
        word("Does RoPE, as it is built, make words count less the farther away they are?"),
        word("No: waves are as strong at any distance."),
        word("A head may learn to prefer what is near, or to look exactly r words back."),
        {
            word("Yes: turning makes queries and keys shorter."): word("Turning keeps lengths."),
            word("Yes: each step takes the same amount off the score."): word("That is ALiBi."),
            word("No: the score does not depend on distance at all."): word(
                "It does, by a wave for each pair."
            ),
        },
        9,
    ),
    Concept(
        "content-in-waves",
        "rope",
        word("What do the words themselves decide in RoPE’s sum of waves?"),
        word("How strong each wave is, and where it begins."),
        word("Amplitudes and phases come from query and key; the frequencies are fixed."),
        {
            word("How fast each wave is."): word("The frequencies are the same for all words."),
            word("How far each wave reaches before it ends."): word("Waves do not end."),
            word("Nothing: they are added only after attention."): word(
                "It is the words’ queries and keys that are turned."
            ),
        },
        9,
    ),
    Numeric("turned-score", "rope", turned_score, 9),
    Concept(
        "larger-base",
        "beyond-length",
        word("A larger base takes the place of 10000. Which hands change?"),
        word("All but the fastest, which stays as it is."),
        word("The first frequency is the base to the power of 0, which is always 1."),
        {
            word("All get slower by the same factor."): word("That is position interpolation."),
            word("The fast ones get slower, and the slowest stays as it is."): word(
                "It is the other way about."
            ),
            word("All get faster, so that more turns fit into a text."): word(
                "A larger base means smaller frequencies."
            ),
        },
        9,
    ),
    Concept(
        "new-angles",
        "beyond-length",
        word("RoPE fails on texts four times as long as those it was trained on. What is new?"),
        word("Slow hands come to angles never met."),
        word("A fast hand has been all the way round; a slow one has seen only an arc."),
        {
            word("Near words now get other scores than in training."): word(
                "Scores depend on the distance, and near ones are as before."
            ),
            word("Fast hands turn faster in longer texts."): word(
                "Their speed does not depend on the length."
            ),
            word("Queries at late positions have become longer."): word(
                "Turning changes no length."
            ),
        },
        9,
    ),
    Numeric("looks-like", "beyond-length", looks_like, 9),
)
