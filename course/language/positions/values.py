"""What the article on positions computes behind the scenes, a cell for each heading."""

import numpy as np

from games.language.turn_the_clock_hands import game
from pycore import attention, positions

# %% order-puzzle
twins = (14, 24)
meet = int(np.lcm(*twins))
rival = float(game.scores(list(twins), 0, 1, 150).max())

# %% shuffle
rng = np.random.default_rng(3)
X = rng.normal(size=(4, 8))
Wq, Wk, Wv = rng.normal(size=(3, 8, 4)) / 2
order = np.array([2, 0, 3, 1])
P = np.eye(4)[order]

# %% sinusoids
n, k = 8, 5
longest_turn = 2 * np.pi * 10000 ** (1 - 2 / 512)
W = np.random.default_rng(0).normal(size=(8, 8))

# %% by-distance
halves = [float(np.log(2) / slope) for slope in positions.slopes(2)]
half_of_eight = float(np.log(2) / positions.slopes(8)[0])
s = np.where(np.arange(60) < 20, -0.5, 0.5)
m, c, D, T = 0.25, 0.5, 20, 60

# %% rope
q, key = np.array([2.0, 1.0]), np.array([1.5, -0.5])
ω, place_q, place_k = 0.4, 7, 3
qs, ks = np.random.default_rng(1).normal(size=(2, 8))
δ = place_q - place_k
φ = float(np.arctan2(q[1], q[0]) - np.arctan2(key[1], key[0]))

# %% beyond-length
LENGTHS = {
    ("three back", "none"): [[28, 31, 35], [25, 26, 28], [22, 23, 25]],
    ("three back", "sinusoids"): [[100, 100, 100], [16, 33, 73], [16, 21, 37]],
    ("three back", "learned"): [[100, 100, 100], [15, 17, 20], [16, 17, 19]],
    ("three back", "relative"): [[100, 100, 100], [98, 99, 100], [87, 90, 92]],
    ("three back", "rotary"): [[94, 100, 100], [80, 100, 100], [15, 18, 28]],
    ("three back", "rotary, all slower"): [[14, 16, 19], [15, 16, 18], [15, 17, 18]],
    ("three back", "rotary, other base"): [[94, 100, 100], [86, 100, 100], [52, 86, 100]],
    ("three back", "ALiBi"): [[32, 35, 38], [30, 33, 36], [30, 32, 35]],
    ("three back", "ALiBi, eight heads"): [[31, 38, 49], [32, 36, 48], [32, 35, 50]],
    ("latest capital", "none"): [[64, 73, 78], [50, 56, 60], [42, 46, 52]],
    ("latest capital", "sinusoids"): [[96, 99, 100], [38, 53, 90], [22, 30, 46]],
    ("latest capital", "learned"): [[100, 100, 100], [42, 47, 54], [28, 33, 39]],
    ("latest capital", "relative"): [[93, 96, 98], [82, 87, 90], [76, 80, 83]],
    ("latest capital", "rotary"): [[97, 100, 100], [56, 90, 98], [24, 32, 40]],
    ("latest capital", "rotary, all slower"): [[85, 97, 99], [86, 97, 99], [86, 97, 99]],
    ("latest capital", "rotary, other base"): [[95, 100, 100], [91, 100, 100], [41, 86, 95]],
    ("latest capital", "ALiBi"): [[84, 91, 94], [70, 81, 86], [64, 78, 84]],
    ("latest capital", "ALiBi, eight heads"): [[96, 99, 100], [91, 96, 98], [90, 95, 97]],
}
"""Of fifty networks each: lowest, middle and highest percent right, after 16, 32 and 64 letters
(tests/unit/course/lengths.py)."""


def middle(task, kind, length):
    """The middle of fifty networks, in percent."""
    return LENGTHS[task, kind][(16, 32, 64).index(length)][1]


def row(kind):
    """All middles of a kind, as cells of a table."""
    tasks = ("three back", "latest capital")
    return " | ".join(f"{middle(task, kind, n)}" for task in tasks for n in (16, 32, 64))


base = 10000 * 4 ** (4 / 3)

# %% positions-cannot
good = [found for (task, _), found in LENGTHS.items() if task == "three back" and found[0][1] > 99]
perfect, lasting = len(good), sum(found[2][1] > 80 for found in good)
