"""The article on tokenization: byte pairs, the likeliest cut, WordPiece, and what cuts cost."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.subwords import BPE, BPETrainer, Unigram, WordPieceTrainer


def vocabulary_size(rng: np.random.Generator) -> Exercise:
    """The bytes and the merges."""
    m = 10 * whole(rng, 3, 60)
    return Exercise(
        word(
            "Byte pair encoding starts from bytes and makes {m} merges. How many tokens are there?"
        ),
        {"m": m},
        len(BPE()) + m,
        word("One for each of the 256 bytes and one for each merge: 256 + {m} = {right}."),
        {
            word("That forgets the bytes it started from."): m,
            word("A merge adds one token; its two halves stay in the vocabulary."): 256 - m,
            word("A merge of two tokens makes one new token, not two."): 256 + 2 * m,
            word("That starts from 26 letters, and not from bytes."): 26 + m,
        },
        digits=0,
    )


def merge_saves(rng: np.random.Generator) -> Exercise:
    """N' = N − n, by the trainer on a text of pairs."""
    n, other = whole(rng, 3, 12), whole(rng, 2, 12)
    trainer = BPETrainer("ab" * n + "c" * 1 + "".join(chr(0x64 + i) for i in range(other)))
    before = trainer.length
    trainer.step()
    return Exercise(
        word(
            "A text has {N} tokens. Its most frequent pair, of two different tokens, comes {n} "
            "times. How many tokens are left when it is merged?"
        ),
        {"N": before, "n": n},
        trainer.length,
        word("Where two tokens stood there is one, {n} times: {N} − {n} = {right}."),
        {
            word("That takes away both halves of each pair."): before - 2 * n,
            word("That takes away one token in all."): before - 1,
            word("That is how many were merged, not what is left."): n,
            word("The vocabulary grows; the text gets shorter."): before + n,
            word("That adds the new token to the text once more."): before - n + 1,
        },
        digits=0,
    )


def table_weights(rng: np.random.Generator) -> Exercise:
    """(256 + m) d."""
    m, d = 8 * whole(rng, 2, 30), int(rng.choice([4, 8, 16, 32]))
    return Exercise(
        word(
            "A vocabulary has the 256 bytes and {m} merges. Each token has a row of {d} weights. "
            "How many weights is that?"
        ),
        {"m": m, "d": d},
        (256 + m) * d,
        word("(256 + {m})·{d} = {right}: one row for each token."),
        {
            word("That leaves out the rows of the bytes."): m * d,
            word("That leaves out the rows of the merges."): 256 * d,
            word("That gives each merge a single weight."): 256 * d + m,
            word("That counts the tokens, not their weights."): 256 + m,
            word("That gives each merge two rows."): (256 + 2 * m) * d,
        },
        digits=0,
    )


def unseen_bytes(rng: np.random.Generator) -> Exercise:
    """Three bytes a letter of Hindi, one a space."""
    letters, spaces = whole(rng, 5, 30), whole(rng, 1, 4)
    text = "न" * letters + " " * spaces
    return Exercise(
        word(
            "Byte pairs were trained on English alone. A Hindi text has {letters} letters of three "
            "bytes each and {spaces} single spaces. How many tokens is it, if no merge fits?"
        ),
        {"letters": letters, "spaces": spaces},
        len(BPE().encode(text)),
        word("Every byte is a token: 3·{letters} + {spaces} = {right}."),
        {
            word("That makes a token of each letter; it is three bytes."): letters + spaces,
            word("A space is one byte in every language."): 3 * (letters + spaces),
            word("The spaces are tokens too."): 3 * letters,
            word("Byte pairs know no unknown word: nothing is lost."): spaces + 1,
        },
        digits=0,
    )


def ways_to_cut(rng: np.random.Generator) -> Exercise:
    """2 to the power of the places between letters."""
    k = whole(rng, 4, 12)
    return Exercise(
        word("In how many ways can a word of {k} letters be cut into pieces?"),
        {"k": k},
        2.0 ** (k - 1),
        word("Between the letters there are {places} places, each cut or not: {right} ways."),
        {
            word("There is one place fewer than there are letters."): 2.0**k,
            word("That counts the places; each is cut or not by itself."): float(k - 1),
            word("That counts the pieces that the word has, not its cuts."): k * (k + 1) / 2,
            word("That multiplies the places by 2, which is not each by 2."): 2.0 * (k - 1),
        },
        digits=0,
        worked={"places": k - 1},
    )


def likelier_cut(rng: np.random.Generator) -> Exercise:
    """The probability of the best of two cuts, by Viterbi."""
    a, b, ab = (int(rng.choice([4, 5, 8, 10, 20])), whole(rng, 2, 9), whole(rng, 20, 90))
    model = Unigram({"a": -np.log(a), "b": -np.log(b), "ab": -np.log(ab)})
    best = float(np.exp(model.best("ab")[0]))
    return Exercise(
        word(
            "In a unigram model p(a) = 1/{a}, p(b) = 1/{b} and p(ab) = 1/{ab}. How likely is its "
            "cut of “ab”?"
        ),
        {"a": a, "b": b, "ab": ab},
        best,
        word("The cut a, b has 1/{a}·1/{b}, the whole has 1/{ab}. The larger is {right}."),
        {
            word("That is the cut that is less likely."): min(1 / a / b, 1 / ab),
            word("That adds both cuts: the text’s probability, not its cut’s."): 1 / a / b + 1 / ab,
            word("The probabilities of tokens are multiplied, not added."): 1 / a + 1 / b,
            word("That takes the likeliest token, and not the whole cut."): max(1 / a, 1 / b),
        },
        digits=4,
    )


def expected_share(rng: np.random.Generator) -> Exercise:
    """A probability is a share: n / Σ n."""
    n, rest = 0.5 * whole(rng, 2, 12), 0.5 * whole(rng, 10, 60)
    return Exercise(
        word(
            "A step of expectation maximisation expects a token {n} times, and all other tokens "
            "together {rest} times. What is its new probability?"
        ),
        {"n": n, "rest": rest},
        n / (n + rest),
        word("Its share of all: {n} / ({n} + {rest}) = {right}."),
        {
            word("That divides by the others; the token itself is part of the whole."): n / rest,
            word("That is the share of the others."): rest / (n + rest),
            word("That is one over how often it is expected."): 1 / n,
            word("That gives every expected token the same share."): 1 / (n + rest),
        },
        digits=3,
    )


def wordpiece_score(rng: np.random.Generator) -> Exercise:
    """n_ab / (n_a n_b), by the trainer on words of the three kinds."""
    both, only_a, only_b = whole(rng, 2, 6), whole(rng, 1, 8), whole(rng, 1, 8)
    text = " ".join(["ab"] * both + ["ax"] * only_a + ["yb"] * only_b)
    score = WordPieceTrainer(text).scores()["a", "##b"][0]
    a, b = both + only_a, both + only_b
    return Exercise(
        word(
            "In a text the token a comes {a} times, b comes {b} times, and they are side by side "
            "{both} times. What is the pair’s score in WordPiece?"
        ),
        {"a": a, "b": b, "both": both},
        score,
        word("{both} / ({a}·{b}) = {right}: how often they meet for how often they come at all."),
        {
            word("That is what byte pairs count: the meetings alone."): float(both),
            word("The counts of the parts are multiplied, not added."): both / (a + b),
            word("That is the share of the first token only."): both / a,
            word("That is the share of the second token only."): both / b,
            word("That squares the meetings."): both * both / (a * b),
        },
        digits=3,
    )


QUESTIONS: tuple[Item, ...] = (
    Concept(
        "why-spelling",
        "spelling-puzzle",
        word("Why is it hard for a language model to count the letters of a word?"),
        word("It reads numbers of tokens, and no number shows its letters."),
        word(
            "The word was cut before the model saw it. How its tokens are spelled is a fact that "
            "has to be learned."
        ),
        {
            word("It reads the words too quickly to look at single letters."): word(
                "It looks at each token as long as at any other; the letters are not there."
            ),
            word("It cannot count at all, whether letters or anything else."): word(
                "Reasoning step by step, models count letters better."
            ),
            word("Its tokens are put in another order than the letters of the word."): word(
                "The tokens keep their order."
            ),
        },
        6,
    ),
    Numeric("vocabulary-size", "byte-pairs", vocabulary_size, 6),
    Numeric("merge-saves", "byte-pairs", merge_saves, 6),
    Concept(
        "bytes-first",
        "byte-pairs",
        word("What is gained by starting from bytes and not from letters?"),
        word("Every text can be written with 256 tokens, so none is ever unknown."),
        word("All writing in a computer is bytes; with a token for each, nothing is left out."),
        {
            word("Texts become shorter than they would be in letters."): word(
                "At first they are longer, where a letter has several bytes."
            ),
            word("A letter is then never cut into two tokens."): word(
                "On the contrary: a rare letter comes as two to four tokens."
            ),
            word("Every language then costs equally many tokens for each letter."): word(
                "A letter has one byte in English and three in Hindi."
            ),
        },
        6,
    ),
    Concept(
        "order-of-merges",
        "byte-pairs",
        word("How do byte pairs cut a word that was not in the training?"),
        word("By the merges learned, in the order in which they were learned."),
        word("The earliest merge that fits comes first, until none fits."),
        {
            word("By counting the pairs of that word and merging the most frequent one."): word(
                "Nothing is counted any more: the merges are fixed after the training."
            ),
            word("By the longest token that begins it, then the longest of the rest."): word(
                "That is how WordPiece cuts."
            ),
            word("By the cut with the fewest tokens that the vocabulary allows."): word(
                "The merges in their order need not give the fewest."
            ),
        },
        6,
    ),
    Concept(
        "inside-words",
        "byte-pairs",
        word("Why are pairs counted inside words only?"),
        word("So that no token is the end of one word and the beginning of the next."),
        word("Most of them would be frequent in one text, useless in another."),
        {
            word("So that every word becomes one token in the end."): word(
                "Most words that training never saw stay in pieces."
            ),
            word("Because a space is no byte and has no token."): word(
                "It is a byte like others, and belongs to the word behind it."
            ),
            word("Because a pair may not come twice in the same word."): word(
                "It may, and each time counts."
            ),
        },
        6,
    ),
    Numeric("table-weights", "how-many-merges", table_weights, 6),
    Numeric("ways-to-cut", "likeliest-cut", ways_to_cut, 6),
    Numeric("likelier-cut", "likeliest-cut", likelier_cut, 6),
    Numeric("expected-share", "likeliest-cut", expected_share, 6),
    Numeric("wordpiece-score", "likeliest-cut", wordpiece_score, 6),
    Concept(
        "best-before",
        "likeliest-cut",
        word("Why can Viterbi find the best cut without trying all of them?"),
        word("What comes before the last token of a best cut is cut best too."),
        word("Otherwise one could exchange that part for a better one and gain."),
        {
            word("Most of the cuts have the probability 0 and need no look."): word(
                "It would be as true if none had: the method does not need it."
            ),
            word("The longest token always belongs to the best cut of a word."): word(
                "It need not: two frequent short ones may be likelier."
            ),
            word("It starts from the cut that the byte pairs have found."): word(
                "It knows nothing of byte pairs; it starts with no letters at all."
            ),
        },
        6,
    ),
    Numeric("unseen-bytes", "price-of-a-language", unseen_bytes, 6),
    Concept(
        "unknown-to-three",
        "price-of-a-language",
        word("A script was in no training text. Which of the three methods loses a word of it?"),
        word("WordPiece: a word it cannot cut to the end becomes one unknown token."),
        word("Byte pairs and our unigram model fall back on bytes, and give the text back."),
        {
            word("All three: what was never seen cannot be written in any of them."): word(
                "With a token for each byte, everything can be written."
            ),
            word("The unigram model, because the word has the probability 0."): word(
                "Ours gives each unseen byte a small probability."
            ),
            word("None of them, but byte pairs need the fewest tokens for it."): word(
                "One is lost, and byte pairs pay for every byte."
            ),
        },
        6,
    ),
    Concept(
        "who-pays",
        "price-of-a-language",
        word(
            "A vocabulary keeps its size, and Hindi is added to its training texts. What happens?"
        ),
        word("Hindi gets much cheaper, and English a little more expensive."),
        word("Tokens that go to one language are missing in the other."),
        {
            word("Both become cheaper, since there is more text to learn from."): word(
                "The number of tokens is the same, and now two scripts share them."
            ),
            word("Nothing changes, because both are written in bytes."): word(
                "Which bytes are merged depends on the texts."
            ),
            word("Hindi becomes cheaper than English, for it has fewer letters."): word(
                "It has three bytes a letter, and needs merges to catch up at all."
            ),
        },
        6,
    ),
)
