"""The article on embeddings: rows, company, sums of words, tied tables, search."""

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
from pycore.activations import sigmoid
from pycore.contrastive import NegativeSampling
from pycore.layers import Embedding
from pycore.search import InvertedFile
from pycore.word_vectors import shifted_pmi


def tied_weights(rng: np.random.Generator) -> Exercise:
    """V · d."""
    tokens, size = 100 * whole(rng, 2, 9), 8 * whole(rng, 2, 8)
    return Exercise(
        word(
            "A model has {tokens} tokens with {size} numbers each, and one table for both ends. "
            "How many weights is that?"
        ),
        {"tokens": tokens, "size": size},
        Embedding(tokens, size, rng=0).W.size,
        word("A row of {size} for each of {tokens} tokens, once: {right}."),
        {
            word("Tied means that there is one table, and not two."): 2 * tokens * size,
            word("Each token has a whole row of numbers."): tokens + size,
            word("A table has no bias for each token."): tokens * size + tokens,
            word("The table has a row for each token, not for each number."): size * size,
        },
        0,
    )


def row_gradient(rng: np.random.Generator) -> Exercise:
    """The gradients that arrive, added up by the engine."""
    times, g, other = whole(rng, 2, 5), grid(rng, -0.9, 0.9), whole(rng, 2, 5)
    layer = Embedding(2, 1, rng=0)
    layer.forward(np.array([0] * times + [1] * other))
    layer.backward(np.full((times + other, 1), g))
    return Exercise(
        word(
            "A word comes {times} times in a batch, another one {other} times. At each place the "
            "gradient {g} arrives at the first number of the row. What is the gradient of the "
            "first word’s first number?"
        ),
        {"times": times, "other": other, "g": g},
        float(layer.dW[0, 0]),
        word("The row is one weight at all its places, so it adds up: {times}·{g} = {right}."),
        {
            word("That keeps the last place only; gradients add up."): g,
            word("That adds the other word’s places, which have a row of their own."): (
                (times + other) * g
            ),
            word("That takes the mean over places; what arrives is added."): g / times,
            word("That is the other word’s row."): other * g,
        },
    )


def pull(rng: np.random.Generator) -> Exercise:
    """1 − σ(y), by the engine."""
    y = grid(rng, -2.5, 2.5)
    loss = NegativeSampling()
    loss.forward(np.array([[y]]), np.array([[1.0]]))
    share = float(sigmoid(np.array(y)))
    return Exercise(
        word(
            "A real pair has the score w·c = {y}. In a step with the rate 1, how many times c is "
            "added to w?"
        ),
        {"y": y},
        -float(loss.backward()[0, 0]),
        word("1 − σ({y}) = {right}: the surer the pair is, the less."),
        {
            word("That is the pull of a drawn word, away from it."): share,
            word("That is the sigmoid’s slope; the logarithm divides by σ."): share * (1 - share),
            word("The score is not the step; the sigmoid comes between."): y,
            word("A pair that is nearly sure hardly pulls."): 1.0,
        },
    )


def best_score(rng: np.random.Generator) -> Exercise:
    """Log n / (k n_w P), by the engine."""
    seen, others, k = whole(rng, 4, 12), whole(rng, 8, 20), whole(rng, 2, 5)
    chance = grid(rng, 0.05, 0.4, 0.05)
    pairs = np.array([[0, 1]] * seen + [[0, 2]] * others)
    right = float(shifted_pmi(pairs, [1 - chance - 0.1, chance, 0.1], k)[0, 1])
    every = seen + others
    return Exercise(
        word(
            "A word has {every} pairs, {seen} of them with c. For each pair {k} words are drawn, "
            "and c with the chance {chance}. At which score is the loss of the two lowest?"
        ),
        {"every": every, "seen": seen, "k": k, "chance": chance},
        right,
        word("log({seen} / ({k}·{every}·{chance})) = {right}."),
        {
            word("That draws one word for each pair."): right + float(np.log(k)),
            word("The logarithm is missing: that is how much oftener it is seen."): float(
                np.exp(right)
            ),
            word("That is the probability there, not the score."): float(sigmoid(np.array(right))),
            word("That turns the fraction over: seen goes on top."): -right,
        },
    )


def mutual(rng: np.random.Generator) -> Exercise:
    """Log p(w, c) / (p(w) p(c))."""
    one, other = grid(rng, 0.1, 0.5, 0.05), grid(rng, 0.1, 0.5, 0.05)
    times = min(float(rng.choice([0.25, 0.5, 2.0, 3.0])), 1 / max(one, other))  # within each share
    both = round(one * other * times, 4)
    return Exercise(
        word(
            "A word is in {one} of all pairs, a company in {other}, and the two together in "
            "{both}. What is their pointwise mutual information?"
        ),
        {"one": one, "other": other, "both": both},
        float(np.log(both / (one * other))),
        word("log({both} / ({one}·{other})) = {right}."),
        {
            word("The logarithm is missing."): both / (one * other),
            word("By chance they would meet in the product of both shares."): float(
                np.log(both / one)
            ),
            word("That is how much more, not how many times."): both - one * other,
            word("That turns the fraction over."): -float(np.log(both / (one * other))),
            word("The logarithm of the share alone knows nothing of chance."): float(np.log(both)),
        },
    )


def squared_distance(rng: np.random.Generator) -> Exercise:
    """2 − 2 cos."""
    cosine = grid(rng, -0.8, 0.9)
    return Exercise(
        word(
            "Two vectors of length 1 have the cosine {cosine}. What is the square of their "
            "distance?"
        ),
        {"cosine": cosine},
        2 - 2 * cosine,
        word("1 + 1 − 2·{cosine} = {right}."),
        {
            word("Both lengths are in it: 1 + 1."): 1 - 2 * cosine,
            word("The product comes twice when it is multiplied out."): 2 - cosine,
            word("That is the square of the length of their sum."): 2 + 2 * cosine,
            word("That is the distance itself, not its square."): float(np.sqrt(2 - 2 * cosine)),
        },
    )


def same_sides(rng: np.random.Generator) -> Exercise:
    """(1 − θ/180)^b."""
    angle, planes = 9 * whole(rng, 2, 12), whole(rng, 2, 4)
    one = 1 - angle / 180
    return Exercise(
        word(
            "Two vectors have an angle of {angle}° between them. {planes} planes through the "
            "origin are drawn at random. How likely is it that none of them parts the two?"
        ),
        {"angle": angle, "planes": planes},
        one**planes,
        word("Each leaves them together with 1 − {angle}/180, and all {planes}: {right}."),
        {
            word("That is for a single plane."): one,
            word("That is the chance that all of them part the two."): (angle / 180) ** planes,
            word("That is the chance that at least one parts them."): 1 - one**planes,
            word("A half turn, not a whole one, is when they always part."): (
                (1 - angle / 360) ** planes
            ),
        },
        3,
    )


def search_cost(rng: np.random.Generator) -> Exercise:
    """K + p n / K, by the engine."""
    cells, each, looks = whole(rng, 5, 12), whole(rng, 6, 15), whole(rng, 2, 3)
    points = np.repeat(np.arange(cells, dtype=float), each)[:, None]
    index = InvertedFile(points, np.arange(cells, dtype=float)[:, None])
    return Exercise(
        word(
            "{points} points fill {cells} cells equally. A search looks into {looks} cells. How "
            "many distances does it compute, those to the centres included?"
        ),
        {"points": cells * each, "cells": cells, "looks": looks},
        int(index.search([[0.2]], looks=looks).computed[0]),
        word("{cells} to the centres and {looks} times {each} to points: {right}."),
        {
            word("To know the nearest cells, it needs all centres."): looks * each,
            word("That is for a single cell."): cells + each,
            word("It computes all centres, but not all points."): cells * each + cells,
            word("That is what an exact search computes."): cells * each,
        },
        0,
        worked={"each": each},
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "no-product",
        "looking-up",
        word("Why does nobody multiply a one-hot row by the table?"),
        word("Copying one row gives the very same numbers."),
        word("All the other products are with 0."),
        {
            word("The product would have a different shape than a row of the table has."): word(
                "It has the same: as many numbers as a row."
            ),
            word("One-hot rows cannot have a gradient, and copied rows can."): word(
                "The table gets the same gradient either way."
            ),
            word("Copying rounds less, so that training is more exact."): word(
                "Multiplying by 0 and 1 rounds nothing."
            ),
        },
        9,
    ),
    Numeric("row-gradient", "looking-up", row_gradient, 9),
    Concept(
        "moved-without",
        "looking-up",
        word("In a step with Adam, a row moves that was not looked up. How can that be?"),
        word("Adam remembers gradients that this row had earlier."),
        word("Its average of gradients fades, but it is not 0 at once."),
        {
            word("One-hot rows are not exactly 0 in the other places."): word(
                "They are: that row’s gradient is 0 in this step."
            ),
            word("The row shares its numbers with the row that was looked up."): word(
                "Every row has numbers of its own."
            ),
            word("Every lookup sends a small gradient to all rows of the table."): word(
                "Only the row that was looked up gets one."
            ),
        },
        9,
    ),
    Concept(
        "never-together",
        "company",
        word("Two words are never in one sentence, yet end up nearest to each other. Why?"),
        word("They keep the same company, which pulls both the same way."),
        word("Each is pulled towards the words around it, and those are the same."),
        {
            word("They were drawn close to each other, and training leaves that as it is."): word(
                "Training moves every word; who was near at first hardly matters."
            ),
            word("They are drawn against each other most often."): word(
                "What is drawn is pushed away."
            ),
            word("They have similar numbers in the vocabulary."): word(
                "The numbers of words are only names."
            ),
        },
        9,
    ),
    Numeric("pair-pull", "company", pull, 9),
    Concept(
        "without-drawn",
        "company",
        word("What would skip-gram learn if no words were drawn against the real ones?"),
        word("To make all vectors long and alike."),
        word("Then every score is high, and nothing objects."),
        {
            word("The same vectors, only later, since each step has fewer pairs in it."): word(
                "Nothing would keep different words apart."
            ),
            word("To make all vectors zero, because nothing holds them up."): word(
                "With zeros every pair would have one half, which is far from sure."
            ),
            word("Exact mutual information, without the shift by log k."): word(
                "Without drawn words nothing is compared with chance."
            ),
        },
        9,
    ),
    Numeric("best-score", "company", best_score, 9),
    Numeric("mutual-information", "company", mutual, 9),
    Concept(
        "left-out",
        "sums-of-words",
        word("A sum of words hits more often when the words asked with are left out. Why?"),
        word("Because often the nearest word is one of them."),
        word("The sum hardly leads away from the word it begins with."),
        {
            word("Because their vectors are longer than those of all other words."): word(
                "The cosine does not look at lengths."
            ),
            word("Because a sum needs as few words as possible to be exact."): word(
                "The sum is the same; only who may answer changes."
            ),
            word("Because they were in the training and the answer was not."): word(
                "All words were in the training."
            ),
        },
        9,
    ),
    Numeric("tied-weights", "one-table-for-both", tied_weights, 9),
    Concept(
        "tied-rows",
        "one-table-for-both",
        word("One table is used for both ends. Which of its rows get a gradient in a step?"),
        word("All of them, from the output end."),
        word("Softmax gives every token some probability, so every row has a part in the loss."),
        {
            word("Only those of the tokens that were read in this step."): word(
                "That holds for the input end alone."
            ),
            word("Only those of the tokens that should have come next."): word(
                "The others are pushed down for the probability they were given."
            ),
            word("None: what both ends send cancels out."): word(
                "They add up, and nothing makes them opposite."
            ),
        },
        9,
    ),
    Numeric("squared-distance", "finding-neighbours", squared_distance, 9),
    Concept(
        "missed-neighbours",
        "finding-neighbours",
        word("A search looks into one cell. Which true neighbours does it miss?"),
        word("Those on the other side of a border."),
        word("However near they are: another cell is not looked into."),
        {
            word("Those that are farther away than the centre of the cell."): word(
                "Whoever is in the cell is looked at, near or far from the centre."
            ),
            word("Those whose distance was rounded when they were filed."): word(
                "Distances are computed anew, of the vectors themselves."
            ),
            word("Those that were filed before the query came."): word(
                "All points are filed before any search."
            ),
        },
        9,
    ),
    Numeric("same-sides", "finding-neighbours", same_sides, 9),
    Numeric("search-cost", "finding-neighbours", search_cost, 9),
    Concept(
        "stretched",
        "embeddings-cannot",
        word("All scores w·c of a trained table stay exactly as they are. Can neighbours change?"),
        word("Yes: by stretching words and shrinking companies."),
        word("The products stay, but cosines between words do not."),
        {
            word("No: the scores are all that the vectors were trained for."): word(
                "For just this reason cosines between words are not settled by them."
            ),
            word("Only if the training is begun anew with other first vectors."): word(
                "No training is needed: multiply and divide one number."
            ),
            word("Yes: by making all words’ vectors twice as long and the companies’ half."): word(
                "Then all cosines stay as they were."
            ),
        },
        9,
    ),
)
