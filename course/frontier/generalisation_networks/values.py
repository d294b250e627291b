"""What the part on time and real networks computes behind the scenes, by heading."""

import itertools

import numpy as np

from course.frontier.generalisation.shared import (
    PICTURES,
    SEEDS,
    digits,
    learned,
    pairs,
    random_labels,
)
from pycore import images
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.optimizers import Adam
from pycore.recipes import grokking
from pycore.training import Trainer

new, which = digits(1000, 99)

# %% over-time
sigma = 0.5
four = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
speeds, true = np.array([1.0, 0.1]), np.array([0.4, 1.5])
H = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]) * np.sqrt(speeds)
signal = np.array([0.2 / 50] * 50 + [0.6 / 5] * 5)
pace = 1 - 0.05 * np.array([1.0] * 50 + [0.001] * 5)

# %% flatness
a, b = 0.5, 2.0
x = np.array([-1.0, 0.4, 1.0, 2.0])
seen, truth = digits(PICTURES, 0)


def margins(network, pictures, labels):
    """By how much each right answer leads, over what the two layers can stretch at most."""
    scores = network.forward(pictures)
    rows = np.arange(len(labels))
    right = scores[rows, labels]
    scores[rows, labels] = -np.inf
    stretch = [np.linalg.norm(layer.W, 2) for layer in (network[0], network[-1])]
    return (right - scores.max(axis=1)) / np.prod(stretch)


leads = np.array(
    [
        [
            np.median(margins(reader, seen, labels))
            for reader, labels in zip(pair, told, strict=True)
        ]
        for seed, pair in enumerate(pairs())
        for told in [(truth, random_labels(seed))]
    ]
)

# %% lazy
WIDTHS = (16, 64, 256, 1024)
MOVED = {
    ("lecun", 16): (
        "95 59 53 41 25 47 51 46 23 57 44 34 35 48 36 28 58 13 21 34 56 130 11 24 17 18 12 39 53 "
        "53 52 40 27 64 7.2 37 46 50 30 52 48 49 110 21 52 91 13 35 49 60"
    ),
    ("lecun", 64): (
        "20 11 12 6.2 5.3 9.7 15 14 5.8 10 27 3.4 5.1 14 14 7.6 20 3.3 3.1 3.1 7.6 24 2.9 2.2 4.4 "
        "2.6 3.6 3.5 9.3 16 6.8 14 5.4 23 2.7 7.7 11 9.1 14 15 9.1 9.2 20 6.9 6.4 21 2.3 19 8.8 "
        "21"
    ),
    ("lecun", 256): (
        "3.5 1.1 1.1 0.55 0.69 1.1 1.4 1.2 0.8 0.79 2.3 0.13 0.38 1.9 1.8 0.33 1.7 0.33 0.26 0.39 "
        "1.6 2.4 0.24 0.37 0.55 0.38 0.46 0.39 1.1 2.7 0.88 1.6 0.79 3.8 0.32 0.7 0.78 0.68 0.75 "
        "1.8 1.2 0.97 2.2 0.58 0.57 2.8 0.17 2.4 0.97 1.2"
    ),
    ("lecun", 1024): (
        "0.23 0.092 0.11 0.054 0.031 0.076 0.12 0.074 0.051 0.066 0.13 0.013 0.014 0.18 0.13 "
        "0.046 0.17 0.028 0.027 0.023 0.086 0.17 0.02 0.02 0.029 0.018 0.045 0.032 0.078 0.22 "
        "0.091 0.1 0.039 0.32 0.019 0.058 0.044 0.051 0.082 0.11 0.093 0.06 0.14 0.051 0.036 0.17 "
        "0.0098 0.18 0.098 0.13"
    ),
    ("xavier", 16): (
        "43 57 17 19 24 43 33 41 10 24 44 16 10 31 25 23 34 15 18 18 30 60 26 20 17 14 17 8.8 24 "
        "52 24 22 15 63 14 13 21 16 18 35 26 47 41 13 16 66 17 41 33 23"
    ),
    ("xavier", 64): (
        "54 27 16 14 14 26 31 32 14 20 34 3.7 8.9 40 39 9.5 40 6.5 4.7 5.7 18 62 7.7 5.3 6.2 3.5 "
        "11 7.7 25 51 28 26 15 69 4.9 16 20 15 21 34 22 28 46 12 10 47 4.1 43 31 26"
    ),
    ("xavier", 256): (
        "110 41 39 14 18 25 45 28 36 23 53 6.3 11 29 38 10 63 8.3 7.8 4.3 20 66 5.2 4.2 12 4.4 18 "
        "8.4 35 68 23 33 18 90 6.2 12 14 18 14 33 29 27 45 13 9.8 66 3.6 80 49 57"
    ),
    ("xavier", 1024): (
        "130 64 93 13 18 29 110 26 58 21 54 20 11 27 36 8.1 81 8.7 8.7 6.2 20 66 7 5.2 12 4.2 35 "
        "8.2 45 67 24 32 15 140 7.2 12 15 20 14 31 29 28 45 15 12 63 3.7 140 67 100"
    ),
}
moves = {
    start: np.array([np.array(MOVED[start, width].split(), float) for width in WIDTHS])
    for start in ("lecun", "xavier")
}
changes = {start: np.median(found, axis=1) for start, found in moves.items()}
frozen = int(np.sum(np.all(moves["lecun"][1:] < moves["lecun"][:-1], axis=0)))
divided = moves["lecun"][2] / moves["lecun"][3]
moved_on = int(np.sum(moves["xavier"][3] > moves["xavier"][0] / 2))
apart = moves["xavier"][3] / moves["lecun"][3]
OUTER = 0.985

# %% scaling
sizes = np.array([20, 40, 80, 160, 320, 640])
pool, pool_labels = digits(2560, 1)


def missing(count):
    """The share of new digits that readers of so many get wrong: a mean of four, or of two."""
    parts = [slice(k * count, (k + 1) * count) for k in range(min(4, len(pool) // count))]
    return np.mean(
        [
            1 - accuracy(learned(pool[part], pool_labels[part], k).forward(new), which)
            for k, part in enumerate(parts)
        ]
    )


errors = np.array([missing(count) for count in sizes])
steps_x, steps_y = np.log(sizes), np.log(errors)
power, level = np.polyfit(steps_x, steps_y, 1)
off = steps_y - power * steps_x - level
power_error = np.sqrt(off @ off / (len(sizes) - 2) / np.sum((steps_x - steps_x.mean()) ** 2))
predicted = float(np.exp(level) * 1280**power)
measured = missing(1280)
WRONG = {
    20: (
        "2009 1944 2226 2209 2000 2020 1957 1894 1912 2035 2065 2276 2031 2150 1872 1936 2015 "
        "1972 2111 1909 1977 1988 2100 2084 2126 2051 2093 2281 2191 2232 2187 1879 2081 1789 "
        "2100 2024 2123 2288 2006 2146 1988 2060 2113 2173 2073 1920 1918 2063 1996 2112"
    ),
    40: (
        "1512 1564 1646 1564 1463 1411 1465 1519 1509 1499 1535 1706 1516 1472 1349 1296 1530 "
        "1543 1630 1554 1593 1558 1619 1673 1535 1451 1579 1580 1534 1669 1414 1435 1523 1420 "
        "1519 1543 1612 1665 1527 1483 1497 1582 1680 1468 1470 1504 1355 1546 1550 1482"
    ),
    80: (
        "1076 996 1134 1026 1024 1085 950 1104 1131 1003 1037 1065 1038 1050 1155 984 1025 1004 "
        "1043 920 1111 1095 1050 1119 1094 1002 1004 993 972 955 1051 1066 1040 1057 1115 1029 "
        "1075 1051 1091 1040 1024 1103 1113 1077 1062 1116 1042 1036 999 1006"
    ),
    160: (
        "682 630 757 614 670 692 648 712 653 695 659 685 706 666 722 623 678 728 719 671 701 676 "
        "699 717 662 758 693 697 594 639 713 624 688 632 676 673 717 671 617 671 722 673 670 702 "
        "665 703 660 711 628 707"
    ),
    320: (
        "449 456 417 396 438 447 419 461 416 408 409 424 431 459 445 445 437 444 479 426 451 447 "
        "456 434 412 455 453 499 396 398 419 436 415 405 487 470 485 449 439 449 446 461 442 407 "
        "454 448 411 446 403 428"
    ),
    640: (
        "265 277 264 263 267 288 280 286 272 288 302 261 263 261 247 273 313 277 262 282 311 273 "
        "280 276 275 264 306 306 273 277 296 270 267 250 312 251 265 274 227 270 300 287 293 277 "
        "280 280 292 293 279 313"
    ),
    1280: (
        "91 84 88 72 75 97 83 91 74 77 80 77 80 72 86 100 94 88 92 87 93 92 89 79 78 84 96 109 72 "
        "77 100 87 81 86 84 81 89 91 85 82 77 90 97 97 87 99 98 98 81 99"
    ),
}
shares = np.array(
    [
        np.array(found.split(), float) / (1000 * min(4, len(pool) // count))
        for count, found in WRONG.items()
    ]
)
powers, levels = np.polyfit(steps_x, np.log(shares[:-1]), 1)
promise = np.exp(levels) * 1280**powers
FITS = len(powers)
below = int(np.sum(shares[-1] < promise))
less = float(np.median(1 - shares[-1] / promise))
gains = shares[:-2] / shares[1:-1]
steeper = int(np.sum(gains[-1] > gains[0]))

# %% grokking
LONG = 400
STEPS = {
    ("by heart", 1.0): (
        "47 39 38 34 35 37 32 40 34 42 42 33 35 40 31 44 44 31 41 50 44 37 35 39 36 38 33 41 43 "
        "37 37 38 34 43 37 42 54 38 37 42 42 34 42 43 30 37 33 35 49 38"
    ),
    ("understood", 1.0): (
        "376 297 272 305 253 250 379 247 382 362 213 305 305 321 232 316 - 245 - 269 224 188 273 "
        "- 373 - 237 232 258 346 272 300 249 252 334 284 319 326 349 376 222 307 253 331 202 328 "
        "269 - 203 277"
    ),
    ("by heart", 0.0): (
        "45 37 30 35 32 35 41 38 38 40 41 31 33 43 29 43 49 28 33 46 32 33 30 34 35 31 30 39 46 "
        "54 34 39 33 40 36 42 51 33 35 40 43 30 42 38 31 40 37 29 50 35"
    ),
    ("understood", 0.0): (
        "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - "
        "- - - - - -"
    ),
}
runs = {
    (name, decay): np.array([np.inf if step == "-" else int(step) for step in found.split()])
    for (name, decay), found in STEPS.items()
}
GROKKED = len(runs["understood", 1.0])
by_heart, understood = (runs[name, 1.0] for name in ("by heart", "understood"))
knew = int(np.sum(understood <= LONG))
never = int(np.sum(np.isinf(runs["understood", 0.0])))
