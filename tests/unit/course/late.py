"""Trains what the lesson on generalisation counts: `python -m tests.unit.course.late`.

How far the tangent kernel of a network moves, when sums are understood, and how many digits
readers of ever more of them get wrong. Hundreds of trainings take a while, so their table is in
`values.py` of the lesson's last part, and a test runs some anew.
"""

import sys

import numpy as np

from pycore import images, initializers
from pycore.losses import CrossEntropy, MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD, Adam
from pycore.recipes import grokking
from pycore.training import Trainer

SEEDS, WIDTHS, LONG = range(50), (16, 64, 256, 1024), 400
SIZES, POOL = (20, 40, 80, 160, 320, 640, 1280), 2560
STARTS = {"lecun": initializers.lecun_normal, "xavier": initializers.xavier_uniform}


def slopes(network, examples):
    """For each example the slope of the output by every weight: a row of the tangent features."""
    rows = []
    for example in examples:
        network.grad[...] = 0
        network.forward(example[None])
        network.backward(np.ones((1, 1)))
        rows.append(network.grad.copy())
    return np.array(rows)


def moved(start, width, seed):
    """By what percentage the tangent kernel changes until ten answers are learned."""
    ten = np.random.default_rng(seed).normal(size=(10, 10))
    sides = np.array([1.0, -1.0] * 5)[:, None]
    network = mlp([10, width, 1], seed, weights=STARTS[start])
    G = slopes(network, ten)
    before = G @ G.T
    rate = len(ten) / np.linalg.eigvalsh(before)[-1] / 2
    trainer = Trainer(network, MeanSquaredError(), SGD(rate), ten, sides)
    while trainer.step() > 0.01:
        pass
    G = slopes(network, ten)
    return 100 * np.linalg.norm(G @ G.T - before) / np.linalg.norm(before)


def outer_share(width, seed):
    """The share of the kernel's diagonal at LeCun's start that comes from the output's weights."""
    ten = np.random.default_rng(seed).normal(size=(10, 10))
    G = slopes(mlp([10, width, 1], seed, weights=STARTS["lecun"]), ten) ** 2
    return G[:, -width - 1 : -1].sum() / G.sum()


def grokked(decay, seed):
    """The step from which all known sums are right, and the one from which most others are."""
    shares = grokking.train(decay, seed, LONG)
    return grokking.first(shares[:, 0], 1.0), grokking.first(shares[:, 1], 0.95)


def digits(count, seed):
    """The lesson's digits, a row each, and which they are."""
    pictures, which = images.glyphs(count, 0.25, np.random.default_rng(seed), size=12)
    return pictures.reshape(count, -1).astype(np.float32), which


def wrong(count, seed):
    """How many of 1,000 new digits four readers get wrong in all; each read `count` of a pool."""
    (pool, labels), (new, which), found = digits(POOL, seed + 1), digits(1000, 99), 0
    for k in range(min(4, POOL // count)):
        seen = slice(k * count, (k + 1) * count)
        trainer = Trainer(
            mlp([144, 64, 10], k), CrossEntropy(), Adam(0.01), pool[seen], labels[seen]
        )
        for _ in range(60):
            trainer.step()
        found += int(np.sum(trainer.network.forward(new).argmax(axis=1) != which))
    return found


if __name__ == "__main__":
    part = sys.argv[1:]
    for count in SIZES:
        if not part or "digits" in part:
            found = " ".join(str(wrong(count, seed)) for seed in SEEDS)
            print(f'{count}: "{found}"', flush=True)
    for start in STARTS:
        for width in WIDTHS:
            if not part or start in part:
                found = [f"{moved(start, width, seed):.2g}" for seed in SEEDS]
                print(f'("{start}", {width}): "{" ".join(found)}"', flush=True)
    for decay in (1.0, 0.0):
        if not part or str(decay) in part:
            runs = [grokked(decay, seed) for seed in SEEDS]
            for name, found in zip(
                ("by heart", "understood"), zip(*runs, strict=True), strict=True
            ):
                print(f'("{name}", {decay}): "{" ".join(map(str, found))}"', flush=True)
