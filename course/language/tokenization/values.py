"""What the article on tokenization computes behind the scenes, a cell for each heading."""

from collections import Counter

import numpy as np

from games.ui.sequences import spelled
from pycore import corpora, subwords, text

small = "new newer newest low lower lowest"
tale = corpora.harbour()
of_tale = subwords.train_bpe(tale, 300)


def cut(cutter, written):
    """A text's tokens with bars between them."""
    return " | ".join(spelled(cutter.tokens[token]) for token in cutter.encode(written))


# %% spelling-puzzle
berry = of_tale.encode(" strawberry")
with_r = [token for token in berry if b"r" in of_tale.tokens[token]]

# %% byte-pairs
trained = subwords.train_bpe(small, 8)
trainer = subwords.BPETrainer(small)
first, count = trainer.pairs(1)[0]
start = trainer.length

# %% how-many-merges
lengths = {m: len(subwords.train_bpe(tale, m).encode(tale)) for m in (0, 100, 200)}
m, d = 100, 64
N0, N = lengths[0], lengths[m]
embedding = (256 + m) * d

# %% likeliest-cut
unigram = subwords.train_unigram(tale, 300)
ways = 2 ** (len("lighthouse") - 1)
n, p = np.array([3.0, 1.0, 4.0]), np.array([0.2, 0.5, 0.3])
q, x = np.array([0.5, 0.3, 0.2]), np.array([2.0, 0.5, 1.2])
wordpiece = subwords.WordPieceTrainer(tale)
pairs = wordpiece.scores()
alone = Counter(part for parts, times in wordpiece.words.values() for part in parts * times)
by_score = max(pairs, key=pairs.__getitem__)
by_count = max(pairs, key=lambda pair: pairs[pair][1])

# %% price-of-a-language
rows = corpora.three_languages()
texts = {
    "english": "\n".join(row[0] for row in rows[:24]),
    "three": "\n".join("\n".join(row) for row in rows[:24]),
}
price, merges = {}, {}
for name, read in texts.items():
    bpe = subwords.train_bpe(read, 200)
    merges[name] = len(bpe.merges)
    price[name] = [sum(len(bpe.encode(row[k])) for row in rows[24:]) for k in range(3)]
characters = [sum(len(row[k]) for row in rows[24:]) for k in range(3)]

# %% why-spelling-is-hard
squares = subwords.train_bpe(" ".join(str(i * i) for i in range(1000)), 120)

# %% tokenization-cannot
fewest = subwords.Unigram(
    {token.decode(): -1.0 for token in of_tale.tokens[256:]} | dict.fromkeys(tale, -1.0)
)
found = {piece for piece in text.pieces(tale) if piece.strip().isalpha()}
longer = [w for w in found if len(of_tale.encode(w)) > len(fewest.encode(w))]
