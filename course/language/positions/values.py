"""What the article on positions computes behind the scenes, a cell for each heading."""

import numpy as np

from games.language._lengths import LENGTHS
from games.language.turn_the_clock_hands import game
from pycore import attention, positions

# %% order-puzzle
twins = (14, 24)
meet = int(np.lcm(*twins))
met = game.scores(list(twins), 0, 1, meet - 1)
rival = float(met.max())
again = 2 + int(np.flatnonzero(np.isclose(met[1:], met[0]))[0])
"""The next distance at which the two hands score as one step away."""

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
rotary, hand = positions.Rotary(), np.tile([1.0, 0.0], 8)
ahead = rotary.turn(np.tile(rotary.turn(hand[None], start=3), (20, 1)))
fit = 4 * ahead @ rotary.turn(hand[None], start=19)[0]
three_back = float(attention.masked_softmax(fit)[16])


# %% beyond-length
def middle(task, kind, length):
    """The middle of fifty networks, in percent."""
    return LENGTHS[task, kind][(16, 32, 64).index(length)][1]


BACK, CAPITAL = "three back", "latest capital"
right_at_32 = LENGTHS[BACK, "sinusoids"][1]
kept = {"relative": middle(BACK, "relative", 64)}
suits = {2: middle(CAPITAL, "ALiBi", 64), 8: middle(CAPITAL, "ALiBi, eight heads", 64)}
near = [middle(task, "rotary, near keys", 64) for task in (BACK, CAPITAL)]
slower = [middle(CAPITAL, kind, 64) for kind in ("rotary", "rotary, all slower")]
other_base = [middle(task, "rotary, other base", 64) for task in (BACK, CAPITAL)]
worst = [LENGTHS[task, "rotary, other base"][2][0] for task in (BACK, CAPITAL)]
base = 10000 * 4 ** (4 / 3)
