"""The article on autoregressive models: the price of a letter, the tree, the cache and slips."""

from __future__ import annotations

import numpy as np

from games.prove_it.boss_quiz.bank.question import Concept, Exercise, Item, Numeric, whole
from games.words import word
from pycore.decoding import Beginning, top_k, with_temperature
from pycore.models.language import carry_on, multiplications
from pycore.seq2seq import SequenceCrossEntropy
from pycore.transformer import TransformerBlock


def _paid(*p: float) -> float:
    """What the engine's loss says of an item that was given each probability in turn, in nats."""
    rows = np.log([[[each, 1 - each] for each in p]])
    return SequenceCrossEntropy().forward(rows, np.zeros((1, len(p)), int))


def bits_paid(rng: np.random.Generator) -> Exercise:
    """−log₂ p, by the engine's loss."""
    p = 0.05 * whole(rng, 1, 18)
    return Exercise(
        word("The letter that came had been given the probability {p}. How many bits is that?"),
        {"p": p},
        _paid(p) / np.log(2),
        word("−log₂ {p} = {right}."),
        {
            word("Those are nats; a nat is 1.44 bits."): -np.log(p),
            word("That is one divided by p, among how many it seems to guess."): 1 / p,
            word("That is what was given to all others."): 1 - p,
            word("That is with 10 as the base of the logarithm."): -np.log10(p),
        },
        digits=2,
    )


def text_price(rng: np.random.Generator) -> Exercise:
    """The sum of three prices, by the engine's loss."""
    a, b, c = (0.1 * whole(rng, 1, 9) for _ in range(3))
    return Exercise(
        word(
            "Three letters were given {a}, {b} and {c}. How many bits does the text of them cost?"
        ),
        {"a": a, "b": b, "c": c},
        3 * _paid(a, b, c) / np.log(2),
        word("Prices add up where probabilities multiply: −log₂ ({a}·{b}·{c}) = {right}."),
        {
            word("That is the mean for each letter."): _paid(a, b, c) / np.log(2),
            word("Those are nats."): 3 * _paid(a, b, c),
            word("The price of the mean probability, three times, is not the sum of the prices."): (
                -3 * np.log2((a + b + c) / 3)
            ),
            word("That is the costliest letter alone."): -np.log2(min(a, b, c)),
        },
        digits=2,
    )


def blind_loss(rng: np.random.Generator) -> Exercise:
    """Ln n, by the engine's loss of equal scores."""
    n = whole(rng, 12, 90)
    return Exercise(
        word(
            "A network that has learned nothing gives {n} characters equal odds. What is its loss?"
        ),
        {"n": n},
        SequenceCrossEntropy().forward(np.zeros((1, 1, n)), np.zeros((1, 1), int)),
        word("It is ln {n} = {right}, whatever comes."),
        {
            word("Those are bits; a loss is in nats."): float(np.log2(n)),
            word("That is with 10 as the base of the logarithm."): float(np.log10(n)),
            word("That is the probability of each of them."): 1 / n,
            word("That is the root of their number."): float(np.sqrt(n)),
        },
        digits=2,
    )


def perplexity_of(rng: np.random.Generator) -> Exercise:
    """Loss → perplexity."""
    loss = 0.1 * whole(rng, 8, 35)
    return Exercise(
        word("A language model has a loss of {loss} nats a token. What is its perplexity?"),
        {"loss": loss},
        float(np.exp(loss)),
        word("e to the power of {loss} is {right}: so many equally likely tokens cost as much."),
        {
            word("That takes the loss for bits: 2 to its power."): 2**loss,
            word("That is the loss in bits, not the perplexity."): loss / np.log(2),
            word("That is the probability that tokens get on average."): float(np.exp(-loss)),
            word("That is with 10 in place of e."): 10**loss,
        },
        digits=1,
    )


def fair_units(rng: np.random.Generator) -> Exercise:
    """Nats a token → bits a letter."""
    loss, letters = 0.1 * whole(rng, 15, 40), 0.5 * whole(rng, 5, 10)
    return Exercise(
        word(
            "A loss of {loss} nats a token, and {letters} letters in a token on average: how many "
            "bits a letter is that?"
        ),
        {"loss": loss, "letters": letters},
        loss / letters / np.log(2),
        word("{loss} ÷ {letters} nats a letter, and each is 1.44 bits: {right}."),
        {
            word("That is still in nats."): loss / letters,
            word("Those are the bits of a whole token."): loss / np.log(2),
            word("That multiplies by the letters of a token in place of dividing."): (
                loss * letters / np.log(2)
            ),
            word("A nat is more than a bit, so there are more bits than nats."): (
                loss / letters * np.log(2)
            ),
        },
        digits=2,
    )


def heated_ratio(rng: np.random.Generator) -> Exercise:
    """What a temperature makes of a ratio, by the engine's."""
    ratio, temperature = 0.5 * whole(rng, 3, 10), float(rng.choice([0.25, 0.5, 2.0, 4.0]))
    q = with_temperature(np.array([ratio, 1.0]) / (1 + ratio), temperature)
    return Exercise(
        word(
            "One letter is {ratio} times as likely as another. How many times is it at a "
            "temperature of {temperature}?"
        ),
        {"ratio": ratio, "temperature": temperature},
        float(q[0] / q[1]),
        word("{ratio} to the power of 1 ÷ {temperature} is {right}."),
        {
            word("That raises to the power of the temperature, not of one divided by it."): (
                ratio**temperature
            ),
            word("Logits are divided by the temperature, not the odds."): ratio / temperature,
            word("That multiplies the odds by the temperature."): ratio * temperature,
            word("So it is at a temperature of 1."): ratio,
        },
        digits=2,
    )


def top_two(rng: np.random.Generator) -> Exercise:
    """The first of two that are kept, by the engine's cut."""
    first = 0.05 * whole(rng, 5, 10)
    second = 0.05 * whole(rng, 2, 4)
    rest = 1 - first - second
    p = np.array([first, second, *np.full(20, rest / 20)])
    return Exercise(
        word(
            "The likeliest letter has {first}, the next {second}, all others less. Top-k draws, "
            "with k = 2. What is the probability of the likeliest now?"
        ),
        {"first": first, "second": second},
        float(top_k(p, 2)[0]),
        word("What is kept is scaled to the sum 1: {first} ÷ ({first} + {second}) = {right}."),
        {
            word("What the others had has to go somewhere."): first,
            word("What the others had is not halved: both grow by the same factor."): (
                first + rest / 2
            ),
            word("That gives the likeliest all that the others had."): first + rest,
            word("That draws the two as if they were equally likely."): 0.5,
        },
        digits=3,
    )


def mean_score(rng: np.random.Generator) -> Exercise:
    """The sum of log p divided by the length, by the engine's score."""
    log_p, n = -0.5 * whole(rng, 6, 24), whole(rng, 3, 9)
    return Exercise(
        word("A text of {n} tokens has log p = {log_p}. What is its score at α = 1?"),
        {"log_p": log_p, "n": n},
        Beginning((0,) * n, log_p).score(1.0),
        word("{log_p} ÷ {n} = {right}, the mean for each token."),
        {
            word("That is its score at α = 0, which favours the short."): log_p,
            word("That is its score at α = 0.5."): log_p / np.sqrt(n),
            word("That punishes it for its length once more."): log_p * n,
            word("A price is −log p; the score is log p, divided."): -log_p / n,
        },
        digits=2,
    )


def letter_with_cache(rng: np.random.Generator) -> Exercise:
    """12 n² + 2 n t, as the engine counts it in one block."""
    n, t = 2 * whole(rng, 2, 6), whole(rng, 5, 30)
    block, x = TransformerBlock(n, 1, causal=True, rng=0), np.ones((1, t, n))
    block.forward(x[:, :-1])
    carry_on(block)
    block.forward(x[:, -1:])
    return Exercise(
        word(
            "A block is {n} wide, with 4·{n} hidden numbers. How many multiplications does letter "
            "{t} take, with a cache?"
        ),
        {"n": n, "t": t},
        float(multiplications(block)),
        word("12·{n}² for the letter itself and 2·{n}·{t} for its look at all {t}: {right}."),
        {
            word("So it is without a cache, where all {t} are read anew."): float(
                12 * n * n * t + 2 * n * t * t
            ),
            word("That leaves out its look at the kept keys and values."): float(12 * n * n),
            word("That leaves out the letter’s own way through the block."): float(2 * n * t),
            word("The keys are met, but the values have to be mixed as well."): float(
                12 * n * n + n * t
            ),
        },
        digits=0,
    )


def cache_numbers(rng: np.random.Generator) -> Exercise:
    """2 · n · blocks · t, as the engine keeps them."""
    n, blocks, t = 2 * whole(rng, 2, 8), whole(rng, 2, 6), whole(rng, 5, 20)
    block = TransformerBlock(n, 1, causal=True, rng=0)
    block.forward(np.ones((1, t, n)))
    carry_on(block)
    keys, values = block.attention.past or (np.zeros(0), np.zeros(0))
    return Exercise(
        word("{blocks} blocks, each {n} wide: how many numbers does the cache of {t} tokens hold?"),
        {"blocks": blocks, "n": n, "t": t},
        float(blocks * (keys.size + values.size)),
        word("A key and a value of {n} numbers, for each token in each block: {right}."),
        {
            word("That keeps the keys and forgets the values."): float(blocks * n * t),
            word("That is one block."): float(2 * n * t),
            word("That is one token."): float(2 * n * blocks),
            word("Queries are needed once, and not kept."): float(3 * n * blocks * t),
        },
        digits=0,
    )


QUESTIONS: tuple[Item, ...] = (
    Numeric("bits-paid", "next-letter", bits_paid, 9),
    Concept(
        "sure-and-wrong",
        "next-letter",
        word("Two people are right nine times in ten. Why may one pay far more bits?"),
        word("Because of the tenth: whoever was surer of the wrong letter pays more for it."),
        word("The price of a miss has no upper bound; that of a hit cannot fall below 0."),
        {
            word("Because bits count only hits, and theirs were rarer letters."): word(
                "Every letter is paid for, by what was given to it."
            ),
            word("They cannot: whoever is right equally often pays equally much."): word(
                "The price depends on how sure one was, not only on being right."
            ),
            word("Because one of them said fewer letters at a time."): word(
                "How many are said does not matter, only what the true one was given."
            ),
        },
        9,
    ),
    Concept(
        "chain-assumes",
        "chain-of-letters",
        word("A text’s probability is taken apart into next letters. What does that assume?"),
        word("Nothing: it holds for all probabilities of texts."),
        word("Each factor is a share of the one before; in the product all but the last cancel."),
        {
            word("That a letter depends on those before it and not on those behind."): word(
                "The factors only look back, but what is behind has its say in the later ones."
            ),
            word("That letters are independent of each other."): word(
                "Then no letter would need those before it."
            ),
            word("That far letters matter less than near ones."): word(
                "Each factor may depend on all that was before, however far."
            ),
        },
        9,
    ),
    Numeric("text-price", "price-in-bits", text_price, 9),
    Numeric("blind-loss", "price-in-bits", blind_loss, 9),
    Numeric("perplexity-of", "price-in-bits", perplexity_of, 9),
    Numeric("fair-units", "price-in-bits", fair_units, 9),
    Concept(
        "below-the-truth",
        "price-in-bits",
        word("Can a model pay less on average than one that knows the true odds?"),
        word("No: what others say costs at least as much, on average."),
        word("ln x lies below x − 1, so the difference cannot be below 0."),
        {
            word("Yes, if it is surer than the truth and mostly right."): word(
                "What it gains where it is right it loses, and more, where it is not."
            ),
            word("Yes, a larger network can get as low as one likes."): word(
                "Not on new text: what is left is the entropy of the text itself."
            ),
            word("No, since both have to pay exactly the same."): word(
                "Only if both say the same; all else costs more."
            ),
        },
        9,
    ),
    Concept(
        "mask-for-lessons",
        "all-at-once",
        word("What does a causal mask make possible while a Transformer learns?"),
        word("One pass asks for the next token at every place at once."),
        word("No place sees what it is to guess, so that all answers of one pass are fair."),
        {
            word("It leaves tokens out at random, so that the network does not overfit."): word(
                "That is dropout; a causal mask hides all that comes later, always."
            ),
            word("It saves half of the multiplications that attention takes."): word(
                "It could, but what it is there for is that nothing leaks."
            ),
            word("It lets the network look ahead while it learns."): word(
                "That is what it prevents."
            ),
        },
        9,
    ),
    Numeric("heated-ratio", "one-tree", heated_ratio, 9),
    Numeric("top-two", "one-tree", top_two, 9),
    Numeric("mean-score", "one-tree", mean_score, 9),
    Concept(
        "greedy-misses",
        "one-tree",
        word("The likeliest first letter leads to no likely word. How can that be?"),
        word("Many words begin with it, and they share its probability among them."),
        word("A letter’s probability is the sum over all words behind it."),
        {
            word("The network has not been trained for long enough."): word(
                "It is so for the true odds of a language as well."
            ),
            word("The temperature was above 1."): word("No temperature was used at all."),
            word("Probabilities grow on the way down, and others catch up."): word(
                "They only fall, for each letter multiplies by at most 1."
            ),
        },
        9,
    ),
    Concept(
        "wider-beam",
        "one-tree",
        word("A beam is made wider. Must what it finds be at least as likely as before?"),
        word("No, though it mostly is: more rivals can push out the beginning that led to it."),
        word("Only a beam that keeps all beginnings is sure to find the best."),
        {
            word("Yes, for it keeps all that the narrow one kept."): word(
                "At the first step it does; later its further beginnings compete for the places."
            ),
            word("Yes, since longer texts are always likelier."): word(
                "They are always less likely."
            ),
            word("No, since it draws letters at random."): word(
                "A beam draws nothing; it is the same each time."
            ),
        },
        9,
    ),
    Concept(
        "likely-circle",
        "likeliest-is-worst",
        word("Our network takes the likeliest letter each time. Why does it end in a circle?"),
        word("It reads 24 letters. Once the same ones are back, all that followed comes back."),
        word("After the same letters it always says the same: a likely text, and a useless one."),
        {
            word("Because its cache is full, and nothing new fits in."): word(
                "A cache saves work; what is said is the same without it."
            ),
            word("Because its training text repeats itself as often."): word(
                "The tale says “to the wall” now and then; the circle says nothing else."
            ),
            word("Because the rounding errors add up."): word("Nothing here is rounded that much."),
        },
        9,
    ),
    Numeric("letter-with-cache", "keys-kept", letter_with_cache, 9),
    Numeric("cache-numbers", "keys-kept", cache_numbers, 9),
    Concept(
        "why-keys-stay",
        "keys-kept",
        word("Why may keys and values be kept while the text grows?"),
        word("Because of the mask, what was read never depends on what comes later."),
        word("Each letter’s numbers are made from itself and those before it."),
        {
            word("Because they change so little that nobody notices."): word(
                "They do not change at all; the text is exactly the same."
            ),
            word("Because only the newest letter matters for what comes next."): word(
                "Its query meets the keys of all the others."
            ),
            word("Because the weights are the same at every place."): word(
                "They are without a mask as well, and there nothing could be kept."
            ),
        },
        9,
    ),
    Concept(
        "one-slip",
        "own-slips",
        word(
            "A network has read one wrong letter. What did we measure of the right ones after it?"
        ),
        word("The next few cost more, and after about ten it is as if nothing had happened."),
        word("A slip hurts the next few letters; then the network recovers."),
        {
            word("Each costs more than the one before it, to the end."): word(
                "So the usual claim has it; it was the other way round."
            ),
            word("They cost the same as before at once."): word(
                "The very next one costs several bits more."
            ),
            word("They cost less, for the wrong letter tells more."): word(
                "It tells something false, and the next ones cost more."
            ),
        },
        9,
    ),
)
