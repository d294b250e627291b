"""What the article on autoregressive models computes behind the scenes, a cell for each heading."""

import re
from collections import Counter

import numpy as np

from games.language.guess_the_next_letter import game
from pycore import decoding
from pycore.models import language
from pycore.recipes import tale

START = "and the "


def along(text):
    """The probability of each letter of a text that goes on from START, after those before it."""
    numbers = tale.vocabulary().encode(text)
    odds = [tale.log_odds([START + text[:i]])[0] for i in range(len(text))]
    return np.exp([row[number] for row, number in zip(odds, numbers, strict=True)])


# %% next-letter
held_out = tale.loss(tale.trained(), tale.text()[1])

# %% chain-of-letters
joint = np.random.default_rng(0).dirichlet(np.ones(27)).reshape(3, 3, 3)

# %% price-in-bits
line, at = "the children learn to swim", 13
p = np.array([2.0 ** -game.price(line, at + i) for i in range(10)])
truth = np.array([0.5, 0.3, 0.15, 0.05])
q = np.array([0.4, 0.3, 0.2, 0.1])
counts = np.array([6, 3, 1, 2])
y = np.array([[[2.0, 1.0, 0.0, -1.0]]])

# %% all-at-once
harbour = np.array([[5, 1, 4, 2, 0, 3]])
elsewhere = np.array([[5, 1, 4, 2, 0, 6]])

# %% one-tree
along_s, along_b = along("sall"), along("boat")
greedy, best = (tale.searched(START, width, 4)[0] for width in (1, 100))
alive = sum(
    log_p >= best[1] for length in range(1, 5) for _, log_p in tale.searched(START, 100, length)
)
odds = np.exp(tale.log_odds([START])[0])
after = np.log(np.random.default_rng(4).dirichlet(0.5 * np.ones(4), 4))
nucleus = int(np.count_nonzero(decoding.top_p(odds, 0.9)))
narrow = np.exp(tale.log_odds(["the red boa"])[0])
nucleus_narrow = int(np.count_nonzero(decoding.top_p(narrow, 0.9)))


def loops(text):
    """Whether a text ends by saying the same stretch, of at least four letters, twice."""
    return any(text[-n:] == text[-2 * n : -n] for n in range(4, len(text) // 2 + 1))


seen = tale.text()[0]
starts = [i for i in range(tale.LONGEST, len(seen)) if seen[i - 1] == " "]
begun = [seen[i - 24 : i] for i in np.random.default_rng(0).choice(starts, 50, replace=False)]
log_p = tale.log_odds([seen[i - tale.LONGEST : i] for i in range(tale.LONGEST, len(seen), 4)])
came = tale.vocabulary().encode(seen[tale.LONGEST :: 4])
learned = -np.mean([row[number] for row, number in zip(log_p, came, strict=True)]) / np.log(2)
sure, before = np.exp(log_p.max(axis=1)), np.array([*seen[tale.LONGEST - 1 : -1 : 4]])
inside, outside = sure[np.char.isalpha(before)].mean(), sure[before == " "].mean()
others = 1 - np.sort(np.exp(log_p))[:, -3:].sum(axis=1).mean()
beams = Counter(
    int(np.sign(round(wide[0][1] - one[0][1], 9)))
    for one, wide in ([tale.searched(text, width, 4) for width in (1, 2)] for text in begun)
)
read = set(re.findall("[a-z]+", seen))
few = np.array([tale.vocabulary().encode(text[-4:]) for text in begun * 4])


def share_read(temperature):
    """Of the whole words that the network writes after four characters, those that it has read."""
    rows = language.generate(tale.trained(), few, tale.LONGEST - 4, 0, temperature)
    said = ["".join(tale.vocabulary().decode(row)) for row in rows.tolist()]
    words = [word for text in said for word in re.findall("(?<= )[a-z]+(?= )", text[3:])]
    return np.mean([word in read for word in words])


known = {T: share_read(T) for T in (1, 2)}
written, certain = begun, []
for _ in range(80):
    log_p = tale.log_odds(written)
    certain.append(log_p.max(axis=1).mean())
    said = tale.vocabulary().decode(log_p.argmax(axis=1))
    written = [text + letter for text, letter in zip(written, said, strict=True)]
circle = -np.mean(certain[-20:]) / np.log(2)
in_loops = sum(loops(text[-64:]) for text in written)

# %% keys-kept
V, n, blocks = 27, 16, 2
network = language.language_transformer(V, n, 2, blocks, 24, 0)
x = np.arange(12)[None] * 7 % V

# %% own-slips
SLIPS = 200
clean, more = tale.after_a_slip(tale.text()[0], SLIPS, 0)
clean, more = clean / np.log(2), more / np.log(2)
