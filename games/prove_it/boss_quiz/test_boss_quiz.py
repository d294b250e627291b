"""Boss Quiz: every question of the bank, and the rules of a run.

The right answers are derived here once more, with plain formulas from the numbers that a prompt
shows; nothing of the engine is used for that.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from games import MessageError, load
from games.editions import current
from games.prove_it.boss_quiz import game as boss_quiz
from games.prove_it.boss_quiz.bank import (
    BANK,
    BANKS,
    LEVELS,
    OPTIONS,
    Concept,
    Numeric,
    Question,
    level,
    of,
    spelled,
    taught,
)
from games.prove_it.boss_quiz.bank.names import NAMES
from games.prove_it.boss_quiz.bank.question import Decimals, Exercise, Sum
from games.prove_it.boss_quiz.bank.spelled import plain
from games.run import Run
from games.ui.node import Node, to_html
from games.ui.numbers import fixed
from pycore.layers import Dense
from pycore.losses import MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD
from tests.games.reading import buttons

SEEDS = range(200)
NUMERIC = [item for item in BANK.values() if isinstance(item, Numeric)]
CONCEPTS = [item for item in BANK.values() if isinstance(item, Concept)]


@cache
def asked(name: str, seed: int) -> Question:
    return BANK[name].ask(np.random.default_rng(seed))


@cache
def settled(name: str, seed: int) -> tuple[Exercise, dict[str, float]]:
    return BANK[name].settle(np.random.default_rng(seed))


def texts(question: Question) -> list[str]:
    return [spelled.answer(option) for option in question.options]


def why(question: Question, place: int) -> str:
    return spelled.mistake(question, question.options[place])


def names(items: list[Numeric] | list[Concept]) -> list[str]:
    return [item.name for item in items]


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def softmax(z: list[float], place: int) -> float:
    return math.exp(z[place]) / sum(map(math.exp, z))


EXPECTED: dict[str, Callable[..., float]] = {
    # one neuron
    "weighted-sum": lambda g: g.w1 * g.x1 + g.w2 * g.x2 + g.b,
    "sigmoid-neuron": lambda g: sigma(g.w1 * g.x1 + g.w2 * g.x2 + g.b),
    "half-bias": lambda g: -(g.w1 * g.x1 + g.w2 * g.x2),
    "leaky-relu": lambda g: 0.1 * (g.w * g.x + g.b),
    "sigmoid-slope": lambda g: g.y - g.y**2,
    "tanh-slope": lambda g: (1 - g.y) * (1 + g.y),
    "three-inputs": lambda g: np.dot(g.w, g.x) + g.b,
    "missing-weight": lambda g: (g.z - g.b - g.w1 * g.x1) / g.x2,
    "undecided-wind": lambda g: (g.sun + g.b) / abs(g.wind),
    "sum-change": lambda g: g.w * g.after - g.w * g.before,
    "gate-corner": lambda g: sigma(g.a + g.bias),
    "and-bias": lambda g: -3 * g.w / 2,
    "flipped-gate": lambda g: 1 - sigma(g.a * (1 + g.on) + g.bias),
    "sharper": lambda g: sigma(g.k * g.z),
    "sigmoid-mirror": lambda g: 1 - g.y,
    "sigmoid-from-e": lambda g: 1 / (1 + g.e),
    "tanh-mirror": lambda g: -g.y,
    "tanh-from-sigmoid": lambda g: 2 * g.s - 1,
    "relu-neuron": lambda g: max(0, np.dot(g.w, g.x) + g.b),
    "relu-rise": lambda g: g.w * (g.high + g.b / g.w),
    "network-weights": lambda g: (g.n + 1) * g.h,
    "two-neurons": lambda g: g.v * max(g.w * g.x + g.b, 0) + g.c,
    # layers
    "table-entries": lambda g: g.n * g.m,
    "table-column": lambda g: g.first[1] * g.x[0] + g.second[1] * g.x[1],
    "second-example": lambda g: np.dot(g.second, g.w) + g.b,
    "last-neuron": lambda g: sigma(np.dot(g.h, g.v) + g.c),
    "relay": lambda g: max(
        0, g.w[2] * max(0, g.w[1] * max(0, g.w[0] * g.x + g.b[0]) + g.b[1]) + g.b[2]
    ),
    "neurons-on": lambda g: sum(w * g.x + b > 0 for w, b in zip(g.w, g.b, strict=True)),
    "two-hidden": lambda g: (g.n + 1) * g.h + (g.h + 1) * g.g + (g.g + 1) * g.k,
    "image-weights": lambda g: g.s**2 * g.h,
    "one-neuron-more": lambda g: g.n + g.k + 1,
    "one-layer-more": lambda g: (g.h + 1) * g.h,
    "merged-weight": lambda g: g.w1 * g.v1 + g.w2 * g.v2,
    "kink": lambda g: -g.b / g.w,
    "joint-slope": lambda g: g.v1 * g.w1 + (g.v2 * g.w2 if g.x > g.second else 0),
    "line-crossing": lambda g: -(g.b + g.w1 * g.x1) / g.w2,
    "xor-score": lambda g: g.n * 3 / 4,
    "spread-through": lambda g: g.a**g.k,
    "copies": lambda g: g.n * g.v,
    "two-layers": lambda g: (
        g.v1 * max(g.w1 * g.x + g.b1, 0) + g.v2 * max(g.w2 * g.x + g.b2, 0) + g.c
    ),
    "parameter-count": lambda g: g.n * g.h + g.h + g.h * g.k + g.k,
    "output-numbers": lambda g: g.n * g.n_out,
    "collapsed-bias": lambda g: g.v * g.b + g.c,
    "xor-corner": lambda g: sigma(g.a + g.minus_c + g.minus_d),
    # learning
    "mean-squared-error": lambda g: np.mean(np.subtract(g.y, g.t) ** 2),
    "squared-error-slope": lambda g: (g.y - g.t) * 2 / g.n,
    "binary-cross-entropy": lambda g: -math.log(g.p if g.t == 1 else 1 - g.p),
    "cross-entropy": lambda g: -math.log(g.p[g.c - 1]),
    "softmax-of-three": lambda g: softmax(g.z, 0),
    "knows-nothing": lambda g: math.log(g.n),
    "finite-difference": lambda g: (g.up - g.down) / 2 / g.h,
    "temperature": lambda g: softmax([z / g.T for z in g.z], 0),
    "p-minus-y": lambda g: g.p[g.c - 1] - 1,
    "p-minus-y-batch": lambda g: g.p / g.n,
    "learning-step": lambda g: g.w - g.lr * g.g,
    "two-steps": lambda g: g.w * (1 - 2 * g.lr) ** 2,
    "chain-linear": lambda g: 2 * (g.w * g.x + g.b - g.t) * g.x,
    "chain-sigmoid": lambda g: g.y * (1 - g.y) * g.x,
    "backward-neuron": lambda g: 2 * (g.y - g.t) * g.y * (1 - g.y) * g.x,
    "two-paths": lambda g: (g.v1 * g.d1 + g.v2 * g.d2) * g.y * (1 - g.y),
    "batch-gradient": lambda g: (g.w * g.x1 - g.t1) * g.x1 + (g.w * g.x2 - g.t2) * g.x2,
    "updates": lambda g: g.epochs * math.ceil(g.n / g.size),
    # optimisers, depth, initialisation
    "momentum-two-steps": lambda g: g.w - g.lr * g.g1 - g.lr * (g.beta * g.g1 + g.g2),
    "momentum-cruise": lambda g: g.lr * g.g / (1 - g.beta),
    "adam-first-step": lambda g: g.w - g.lr * math.copysign(1, g.g),
    "saddle-step": lambda g: g.b + g.lr * 2 * g.b,
    "saddle-growth": lambda g: g.b * (1 + 2 * g.lr) ** g.k,
    "adam-reach": lambda g: g.n * g.lr,
    "sigmoid-chain": lambda g: (g.w / 4) ** g.k,
    "relu-chain": lambda g: g.w**g.k,
    "xavier": lambda g: (2 / (g.n_in + g.n_out)) ** 0.5,
    "he": lambda g: (2 / g.n_in) ** 0.5,
    "sum-variance": lambda g: g.n * (g.std * g.x_std) ** 2,
    # practice
    "weight-decay": lambda g: g.w - g.lr * g.g - g.lr * g.decay * g.w,
    "dropout-scale": lambda g: g.x / (1 - g.p),
    "dropout-kept": lambda g: g.n - g.n * g.p,
    "early-stop": lambda g: 1 + g.losses.index(min(g.losses)),
    "gap": lambda g: 100 * g.train / g.n_train - 100 * g.val / g.n_val,
    "batch-norm": lambda g: (g.x[0] - np.mean(g.x)) / np.std(g.x),
    "batch-norm-affine": lambda g: g.gamma * (g.x - g.mu) / g.variance**0.5 + g.beta,
    "skip-chain": lambda g: (1 + g.slope) ** g.k,
    # wirings
    "window": lambda g: np.dot([*g.k1, *g.k2], [*g.p1, *g.p2]),
    "kernel-parameters": lambda g: g.c_out * (g.k * g.k * g.c_in + 1),
    "output-size": lambda g: len(range(0, g.n + 2 * g.p - g.k + 1, g.s)),
    "average-pooling": lambda g: np.mean(g.values),
    "rnn-step": lambda g: math.tanh(g.w_h * g.h + g.w_x * g.x + g.b),
    "lstm-cell": lambda g: g.f * g.c + g.i * g.g,
    "bottom-width": lambda g: g.n / 2**g.halvings,
    "kernel-lines": lambda g: 3 * g.n - 2,
    "bridged-parameters": lambda g: g.out * (9 * (g.up + g.across) + 1),
    "autoencoder-parameters": lambda g: (g.d + 1) * g.k + (g.k + 1) * g.d,
    "vae-sample": lambda g: g.mu + g.variance**0.5 * g.noise,
    "gan-value": lambda g: math.log(g.real * (1 - g.fake)),
    "flow-density": lambda g: g.p / abs(g.a),
    "diffusion-noise": lambda g: g.keep**0.5 * g.x + (1 - g.keep) ** 0.5 * g.noise,
    "attention-score": lambda g: np.dot(g.q, g.k) / len(g.q) ** 0.5,
    "attention-mix": lambda g: softmax(g.scores, 0) * g.v1 + softmax(g.scores, 1) * g.v2,
    "attention-weights": lambda g: g.heads * g.n**2,
    "cosine": lambda g: np.dot(g.a, g.b) / np.linalg.norm(g.a) / np.linalg.norm(g.b),
    "message-mean": lambda g: np.mean([g.own, *g.near]),
    "router": lambda g: np.average(g.y[:2], weights=g.g[:2]),
    # convergence
    "parabola-steps": lambda g: g.w * (1 - g.lr * g.bend) ** g.k,
    "rate-limit": lambda g: 2 / g.L,
    "best-plain-factor": lambda g: (g.L - g.mu) / (g.L + g.mu),
    "promised-fall": lambda g: g.lr * g.g**2 - g.lr**2 * g.L * g.g**2 / 2,
    "convex-bound": lambda g: g.D**2 / (2 * g.lr * g.t),
    "best-beta": lambda g: (1 - 2 / (1 + (g.L / g.mu) ** 0.5)) ** 2,
    "ball-limit": lambda g: (2 + 2 * g.beta) / g.L,
    "noise-floor": lambda g: g.lr * g.sigma**2 / (2 * g.bend - g.lr * g.bend**2),
    "running-mean": lambda g: g.g - g.g * g.beta**g.k,
    # reverse mode
    "reused-number": lambda g: 2 * g.a * g.b + g.a,
    "through-two-arrows": lambda g: 2 * g.a + g.b,
    "paths-through": lambda g: 2**g.k,
    "gears-reverse": lambda g: 3 * g.n - 3,
    "forward-price": lambda g: 3 * g.n + 1,
    "cheaper-side": lambda g: min(3 * g.n, 4 * g.m) + 1,
    "cheapest-bracket": lambda g: min(
        g.p * g.r * (g.q + g.s),
        g.q * g.s * (g.p + g.r),
    ),
    "broadcast-bias": lambda g: g.d1 + g.d2 + g.d3 + g.d4,
    "checkpoints": lambda g: g.n / g.k + g.k,
    # deep starts
    "he-variance": lambda g: 2 / g.n_in,
    "xavier-product": lambda g: 2 * g.n_in / (g.n_in + g.n_out),
    "half-a-layer": lambda g: 0.5**g.k,
    "leaky-start": lambda g: 0.5 + g.a**2 / 2,
    "relu-rest": lambda g: 2 * g.sigma_b**2 / (2 - g.sigma_w**2),
    "next-variance": lambda g: g.kept * g.sigma_w**2 + g.sigma_b**2,
    "gradient-after": lambda g: np.exp(g.layers * np.log(g.chi)),
    "depth-reach": lambda g: 1 / np.log(2 / g.sigma_w**2),
    "width-strays": lambda g: 5 * g.layers / g.n,
    "branch-factor": lambda g: (2 * g.blocks) ** -0.5,
    # generalisation
    "examples-needed": lambda g: 16 * g.P * np.log(2) / 1e3,
    "smallest-solution": lambda g: g.y / (g.a + g.b**2 / g.a),
    "solution-length": lambda g: g.y / np.sqrt(g.a**2 + g.b**2),
    "noise-over": lambda g: 1 / ((g.p - 1) / g.n - 1),
    "noise-under": lambda g: 1 / ((g.n - 1) / g.p - 1),
    "singular-noise": lambda g: g.variance * (g.small**-2 + g.large**-2),
    "ridge-factor": lambda g: 1 / (g.s + g.penalty / g.s),
    "ridge-promise": lambda g: g.n * g.variance / g.penalty / 4,
    "power-law": lambda g: g.k**g.power,
    "scaled-curvature": lambda g: g.alpha * g.alpha * g.curvature,
    # tokenization
    "vocabulary-size": lambda g: 2**8 + g.m,
    "merge-saves": lambda g: g.N - g.n,
    "table-weights": lambda g: 256 * g.d + g.m * g.d,
    "unseen-bytes": lambda g: g.letters + g.letters + g.letters + g.spaces,
    "ways-to-cut": lambda g: math.prod([2] * (g.k - 1)),
    "likelier-cut": lambda g: 1 / min(g.a * g.b, g.ab),
    "expected-share": lambda g: 1 / (1 + g.rest / g.n),
    "wordpiece-score": lambda g: g.both / g.a / g.b,
    # optimizers
    "momentum-limit": lambda g: g.g / (1 - g.beta),
    "adagrad-step": lambda g: g.rate * g.t**-0.5,
    "average-share": lambda g: sum((1 - g.beta) * g.beta**k for k in range(g.t)),
    "corrected-average": lambda g: g.m / sum((1 - g.beta) * g.beta**k for k in range(g.t)),
    "jump-left": lambda g: math.prod([g.beta] * g.k),
    "noise-left": lambda g: (
        g.noise * math.sqrt(sum(((1 - g.beta) * g.beta**k) ** 2 for k in range(2000)))
    ),
    "apart-shrinks": lambda g: g.weight - g.rate * g.decay * g.weight,
    "newton-schulz": lambda g: 1 - (1 - g.s) ** 2 * (2 + g.s) / 2,
    # GANs
    "best-answer": lambda g: 1 / (1 + g.b / g.a),
    "value-of-best": lambda g: 2 * (g.js - np.log(2)),
    "js-of-shared": lambda g: np.log(2) - g.s * np.log(2),
    "work-of-piles": lambda g: g.far - g.a * (g.far - g.near),
    "work-by-sums": lambda g: abs(g.p1 - g.q1) + abs(g.p3 - g.q3),
    "clip-bound": lambda g: g.c * (g.n * g.c) ** 2,
    "row-gradient": lambda g: g.times * g.g,
    "pair-pull": lambda g: sigma(-g.y),
    "best-score": lambda g: (
        math.log(g.seen) - math.log(g.k) - math.log(g.every) - math.log(g.chance)
    ),
    "mutual-information": lambda g: math.log(g.both) - math.log(g.one) - math.log(g.other),
    "tied-weights": lambda g: g.tokens * g.size,
    "squared-distance": lambda g: (1 - g.cosine) ** 2 + 1 - g.cosine**2,
    "same-sides": lambda g: (180 - g.angle) ** g.planes / 180**g.planes,
    "search-cost": lambda g: g.cells + g.looks * g.points / g.cells,
    "penalty-slope": lambda g: (2 * g.strength + g.way) / g.strength / 2,
    "penalty-paid": lambda g: g.strength * (math.hypot(g.first, g.second) - 1) ** 2,
    "forgers-pull": lambda g: sigma(-g.y),
    # flows
    "strip-height": lambda g: g.h / (g.b / g.a),
    "knots-density": lambda g: g.log_n + np.log(1 / g.factor),
    "best-scale": lambda g: g.m**-0.5,
    "steps-of-stretch": lambda g: np.log((1 / g.a**2) ** g.k),
    "cell-area": lambda g: abs(g.b * g.c - g.a * g.d),
    "coupling-back": lambda g: g.y / g.scale - g.t / g.scale,
    "coupling-log-det": lambda g: math.log(math.exp(g.s1) * math.exp(g.s2)),
    "small-step": lambda g: -g.h * g.a - g.h * g.d,
    "straight-target": lambda g: (g.x - g.goal) / (g.t - 1),
    "mean-of-velocities": lambda g: g.u2 + (g.u1 - g.u2) * g.percent / 100,
    "one-long-step": lambda g: (g.a + g.b) / 2,
    # variational autoencoders
    "picture-probability": lambda g: g.first * (g.a - g.b) + g.b,
    "right-share": lambda g: 1 / (1 + (1 - g.first) * g.b / (g.first * g.a)),
    "missing-gap": lambda g: (
        g.log_p
        + g.q * math.log(g.right_a / g.q)
        + (1 - g.q) * math.log((1 - g.right_a) / (1 - g.q))
    ),
    "elbo-parts": lambda g: g.redrawn + 0.5 * g.mean * g.mean,
    "cloud-price": lambda g: 0.5 * (g.mean**2 - 1 + g.std**2 - 2 * math.log(g.std)),
    "code-price": lambda g: sum([g.mean**2] * int(g.k)) / 2,
    "slope-under": lambda g: 2 * g.mean + 2 * g.std * g.eps,
    "height-of": lambda g: g.eps / g.std * g.height - g.eps / g.std * g.base,
    "lift-spread": lambda g: math.sqrt(g.lift**2 / g.std**2),
    "last-word": lambda g: math.exp(math.log(g.variance) - math.log(g.noise)),
    "what-it-says": lambda g: (math.log(g.variance) - math.log(g.beta) - math.log(g.noise)) / 2,
    # dropout
    "thinned-count": lambda g: 4**g.a * 2.0 ** (g.b - g.a),
    "mask-chance": lambda g: math.exp(g.off * math.log(g.p) + (g.n - g.off) * math.log(1 - g.p)),
    "both-on": lambda g: g.steps * (1 - 2 * g.p + g.p**2),
    "added-variance": lambda g: (g.u**2 + g.v**2 + g.w**2) * (1 / (1 - g.p) - 1),
    "mean-loss": lambda g: (g.u + g.v - g.t) ** 2 + (g.u**2 + g.v**2) * (1 / (1 - g.p) - 1),
    "relu-mean": lambda g: max(g.a + (1 - g.p) * g.b, 0),
    "geometric-vote": lambda g: 1 / (1 + math.sqrt((1 / g.a - 1) * (1 / g.b - 1))),
    "convex-middle": lambda g: g.low + (g.high - g.low) / 2,
    # diffusion
    "left-after-noise": lambda g: math.exp(g.k * math.log(1 - g.beta)),
    "merged-noise": lambda g: (1 - g.second) * g.first + g.second,
    "step-back-variance": lambda g: 1 / ((1 - g.beta) / g.beta + 1 / (1 - g.before)),
    "guessed-data": lambda g: (g.x - (1 - g.keep) ** 0.5 * g.guess) / g.keep**0.5,
    "jump-lands": lambda g: 0.8 * g.x + 0.6 * g.guess,
    "guided-guess": lambda g: (1 - g.w) * g.anything + g.w * g.wish,
    "parting-level": lambda g: 0.5 / g.m**2,
    "score-of-guess": lambda g: -g.guess / (1 - g.keep) ** 0.5,
    # convolutional networks
    "dense-map": lambda g: g.n**4,
    "local-map": lambda g: (g.n - g.k + 1) * g.k,
    "shared-gradient": lambda g: g.d0 * g.x0 + g.d1 * g.x1,
    "field-of-stack": lambda g: g.layers * g.k - g.layers + 1,
    "field-after-stride": lambda g: (g.m - 1) * g.s + g.k,
    "dilated-span": lambda g: g.k * g.d - g.d + 1,
    "ways-of-the-middle": lambda g: np.convolve(np.ones(int(g.k)), np.ones(int(g.m))).max(),
    "stack-or-one": lambda g: 3 * 3 * g.c**2 * g.layers,
    # recurrent networks
    "bits-paid": lambda g: -math.log2(g.p),
    "text-price": lambda g: -math.log2(g.a * g.b * g.c),
    "blind-loss": lambda g: math.log(g.n),
    "perplexity-of": lambda g: math.exp(g.loss),
    "fair-units": lambda g: g.loss / g.letters / math.log(2),
    "heated-ratio": lambda g: g.ratio ** (1 / g.temperature),
    "top-two": lambda g: g.first / (g.first + g.second),
    "mean-score": lambda g: g.log_p / g.n,
    "letter-with-cache": lambda g: 12 * g.n**2 + 2 * g.n * g.t,
    "cache-numbers": lambda g: 2 * g.blocks * g.n * g.t,
    "cell-left": lambda g: math.prod([g.f] * g.k),
    "half-gone": lambda g: math.floor(math.log(0.5) / math.log(g.f)) + 1,
    "bias-reach": lambda g: 1 + math.exp(g.b),
    "jacobian-bound": lambda g: math.prod([g.stretch * g.slope] * g.k),
    "step-back": lambda g: g.w - g.w * g.h * g.h,
    "cell-step": lambda g: g.f * g.c + g.i * g.g,
    "lstm-size": lambda g: 4 * g.n * (g.inputs + g.n + 1),
    "gru-size": lambda g: 3 * g.n * (g.inputs + g.n + 1),
    # the article on positions
    "mask-share": lambda g: 1 / g.t,
    "full-turn": lambda g: math.tau / g.w,
    "one-frequency": lambda g: math.exp(-2 * g.i / g.n * math.log(10000)),
    "hands-product": lambda g: math.cos(g.fast * (g.t - g.s)) + math.cos(g.slow * (g.t - g.s)),
    "bias-table": lambda g: g.heads + 2 * g.heads * g.reach,
    "slope-half": lambda g: math.log(2) / g.m,
    "slope-ratio": lambda g: math.exp(g.m * g.far) / math.exp(g.m * g.near),
    "turned-score": lambda g: g.a * g.b * math.cos(g.w * (g.n - g.m)),
    "looks-like": lambda g: g.d / g.times,
}


# --- the bank -------------------------------------------------------------------------------------


def test_bank_is_large_and_at_least_half_numeric() -> None:
    assert len(BANK) >= 64
    assert len(NUMERIC) >= len(CONCEPTS)
    assert set(EXPECTED) == set(names(NUMERIC))


def test_names_and_prompts_are_unique() -> None:
    items = [item.name for parts in LEVELS.values() for part in parts for item in part.QUESTIONS]
    assert [name for name, n in Counter(items).items() if n > 1] == []
    prompts = [spelled.prompt(asked(name, 0)) for name in BANK]
    assert [prompt for prompt, n in Counter(prompts).items() if n > 1] == []


@pytest.mark.parametrize("name", BANK)
def test_question_has_one_right_answer_and_explains_every_wrong_one(name: str) -> None:
    for seed in SEEDS:
        question = asked(name, seed)
        answers = texts(question)
        assert len(set(answers)) == len(answers) == OPTIONS
        assert sum(not option.mistake for option in question.options) == 1
        said = [spelled.prompt(question), spelled.because(question), *answers]
        for text in said:
            assert text.strip() == text
            assert text
        said += [why(question, place) for place in range(OPTIONS)]
        assert not [text for text in said if re.search(r"\bnan\b|inf\b|[{}]|--|\+ −|e[-+]\d", text)]


@pytest.mark.parametrize("name", names(NUMERIC))
def test_numeric_answer_follows_from_the_numbers_shown(name: str) -> None:
    for seed in SEEDS:
        exercise, _ = settled(name, seed)
        question = asked(name, seed)
        expected = EXPECTED[name](SimpleNamespace(**exercise.given))
        assert exercise.right == pytest.approx(expected, abs=1e-7)
        assert texts(question)[question.right] == fixed(float(expected), exercise.digits)
        shown = re.findall(r"−?\d+(?:\.\d+)?", spelled.prompt(question))
        for value in exercise.given.values():
            for number in value if isinstance(value, list | tuple) else (value,):
                hidden = isinstance(number, float | int) and plain(number) not in shown
                assert not hidden or plain(abs(number)) in shown, (number, question)


@pytest.mark.parametrize("name", names(NUMERIC))
def test_wrong_numbers_stay_apart_from_the_right_one(name: str) -> None:
    for seed in SEEDS:
        exercise, mistakes = settled(name, seed)
        assert len(mistakes) == OPTIONS - 1
        one = 10.0**-exercise.digits
        for value in mistakes.values():
            assert math.isfinite(value)
            assert abs(value - exercise.right) > 0.5 * one


@pytest.mark.parametrize("name", names(NUMERIC))
def test_numeric_question_offers_many_draws(name: str) -> None:
    draws = {spelled.prompt(asked(name, seed)) for seed in SEEDS}
    assert len(draws) >= 6


@pytest.mark.slow
def test_place_of_the_right_answer_is_not_predictable() -> None:
    rng = np.random.default_rng(0)
    places = Counter(item.ask(rng).right for item in BANK.values() for _ in SEEDS)
    share = [places[i] / places.total() for i in range(OPTIONS)]
    assert max(share) - min(share) < 0.02


def test_size_does_not_give_the_right_number_away() -> None:
    ranks = Counter[int]()
    for item in NUMERIC:
        for seed in range(40):
            exercise, mistakes = settled(item.name, seed)
            ranks[sum(value < exercise.right for value in mistakes.values())] += 1
    assert max(ranks.values()) / ranks.total() < 0.4


def test_length_does_not_give_the_right_answer_away() -> None:
    longest = [max(map(len, item.wrong)) < len(item.right) for item in CONCEPTS]
    assert sum(longest) / len(longest) < 0.4


def test_every_subject_has_its_section_and_the_game_names_them_all() -> None:
    """That they are there is a test of the articles (test_articles.py) and of every build."""
    assert {taught(name) for name in BANK} == set(boss_quiz.SECTIONS)


def test_a_question_points_where_its_answer_is_taught_not_where_its_subject_is() -> None:
    assert taught("sigmoid-slope") == "level-3#chain-rule"
    assert taught("saddle-step") == taught("saddle-ridge") == "level-3#saddles"
    assert taught("sigmoid-neuron") == "level-1#sigmoid"


@pytest.mark.parametrize("about", [1, 2, 3, 4])
def test_each_level_has_forty_questions_for_its_boss(about: int) -> None:
    asks = of(BANKS[-1], about)
    assert len(asks) >= 40
    assert {level(name) for name in asks} == {about}
    numbers = sum(isinstance(item, Numeric) for item in asks.values())
    assert 0.4 < numbers / len(asks) < 0.6


@pytest.mark.parametrize(
    ("article", "before"),
    [
        ("convergence", 3),
        ("reverse-mode", 5),
        ("deep-starts", 5),
        ("generalisation", 5),
        ("tokenization", 5),
        ("optimizers", 6),
        ("convolutional-networks", 6),
        ("gans", 7),
        ("recurrent-networks", 7),
        ("dropout-masks", 7),
        ("diffusion-models", 8),
        ("tokens-to-embeddings", 8),
        ("autoregressive", 8),
        ("variational-autoencoders", 8),
        ("positions", 8),
    ],
)
def test_an_article_has_fifteen_questions_that_no_level_asks(article: str, before: int) -> None:
    asks = of(BANKS[-1], article)
    assert len(asks) >= 15
    assert not set(asks) & set(of(BANKS[-1]))
    assert not of(before, article)
    numbers = sum(isinstance(item, Numeric) for item in asks.values())
    assert 0.4 < numbers / len(asks) < 0.6


@pytest.mark.parametrize(
    "about",
    [
        1,
        2,
        3,
        4,
        "convergence",
        "reverse-mode",
        "deep-starts",
        "generalisation",
        "tokenization",
        "optimizers",
        "convolutional-networks",
        "gans",
        "recurrent-networks",
        "dropout-masks",
        "diffusion-models",
        "tokens-to-embeddings",
        "autoregressive",
        "variational-autoencoders",
        "positions",
    ],
)
def test_a_boss_of_one_level_asks_about_that_level_alone(about: int | str) -> None:
    run = Run("boss-quiz", 2, {"questions": 5, "level": about})
    asked = []
    for _ in of(BANKS[-1], about):
        asked.append(run.state.run[-1].name)
        answer(run, False)
        run.send(["next"])
    assert set(asked) == set(of(BANKS[-1], about))
    run.solve()
    assert run.score() == 1


def test_questions_with_numbers_have_names_for_people() -> None:
    assert set(NAMES) == set(names(NUMERIC))
    assert len(set(NAMES.values())) == len(NAMES)


def test_two_words_meet_in_no_more_pairs_than_each_is_in() -> None:
    mutual = BANK["mutual-information"]
    assert isinstance(mutual, Numeric)
    for seed in range(200):
        shown = SimpleNamespace(**mutual.draw(np.random.default_rng(seed)).given)
        assert 0 < shown.both <= min(shown.one, shown.other)


def test_weighted_sums_are_written_as_people_write_them() -> None:
    assert plain(Sum([0.5, -0.3], [2, -4], 0.1)) == "0.5·2 − 0.3·(−4) + 0.1"
    assert plain(Sum([-1], ["x"], -2)) == "−1·x − 2"
    assert plain(Sum([1, -0.2], ["", ""])) == "1 − 0.2"
    assert plain([1, 2.5, -3]) == "1, 2.5 and −3"
    assert plain([4]) == "4"
    assert plain((1, -2)) == "1, −2"
    assert plain(Decimals(-0.5, 3)) == "−0.500"
    with pytest.raises(TypeError, match="text, not None"):
        plain(None)


def test_equal_weights_keep_neurons_identical_only_where_the_whole_network_has_them() -> None:
    """What `equal-start` says, on a network that learns."""
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))

    def spread(everywhere: bool) -> float:
        network = mlp([2, 5, 1], rng=1)
        hidden = network.layers[0]
        assert isinstance(hidden, Dense)
        if everywhere:
            network.theta[:] = 0.5
        hidden.W[:], hidden.b[:] = 0.5, 0.0
        loss, optimizer = MeanSquaredError(), SGD(0.1)
        for _ in range(100):
            loss.forward(network.forward(x), t)
            network.grad[:] = 0
            network.backward(loss.backward())
            optimizer.step(network.theta, network.grad)
        return float(np.ptp(hidden.W, axis=1).max())

    assert spread(everywhere=True) < 1e-12
    assert spread(everywhere=False) > 0.1


# --- a bank that grows ----------------------------------------------------------------------------

ASKED = json.loads(Path(__file__).with_name("asked.json").read_text("utf-8"))
"""What runs of each bank asked when that bank was the newest: name, place of the right answer, and
the numbers among the answers, by bank and seed. A new bank adds what `noted` says of it; what is
written of an earlier one is never made anew."""

NEW = (
    Concept("aaa", "neuron", "Is it?", "Yes.", "It is.", {"No.": "It is.", "?": "!", "!": "?"}, 99),
    Numeric("zzz", "gan", lambda rng: DRAWN[rng.integers(3)], 99),
    Concept("mmm", "new", "So?", "So.", "So.", {"No.": "!", "?": "!", "!": "?"}, 99, "level-4#gan"),
)
"""Questions of a bank that is still to come."""
DRAWN = [
    Exercise("{a}?", {"a": a}, a, "", {"x": a + 2, "y": a + 4, "z": a + 6}, 0) for a in range(3)
]


def noted(
    seed: int, bank: int, count: int = 40, about: int | str = boss_quiz.WHOLE
) -> list[list[object]]:
    """What a run asks, in short."""
    params = {"questions": 20, "bank": bank, "level": about, "opening": boss_quiz.ANY}
    run, rows = Run("boss-quiz", seed, params), []
    for _ in range(count):
        question = run.state.run[-1]
        numbers = [o.answer for o in question.options if isinstance(o.answer, Decimals)]
        rows.append([question.name, question.right, *[fixed(n.value, n.digits) for n in numbers]])
        answer(run, False)
        run.send(["next"])
    return rows


@pytest.fixture(params=[(0,), (1,), (2,), (0, 1, 2)], ids=["idea", "numbers", "subject", "all"])
def grown(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The bank with more questions: at its beginning, in the middle and at its end."""
    old, new = list(BANK.items()), [(NEW[i].name, NEW[i]) for i in request.param]
    BANK.clear()
    BANK.update([*new[:1], *old[:70], *new[1:2], *old[70:], *new[2:]])
    yield [name for name, _ in new]
    BANK.clear()
    BANK.update(old)


def test_every_bank_is_pinned() -> None:
    assert [int(bank) for bank in ASKED] == list(BANKS)
    assert boss_quiz.PARAMS["bank"].default == BANKS[-1]
    assert max(item.since for item in BANK.values()) <= BANKS[-1]


@pytest.mark.parametrize("bank", BANKS)
def test_a_bank_asks_for_ever_what_it_asked_when_it_was_new(bank: int) -> None:
    for seed, rows in ASKED[str(bank)].items():
        assert noted(int(seed), bank, len(rows)) == rows


@pytest.mark.parametrize(
    ("about", "first"),
    [
        (1, ["weights-origin", "two-neurons", "leaky", "relu-rise", "weight-size"]),
        (2, ["parameters-and-data", "kink", "boundary-is", "xor-corner", "row-of-x"]),
        (3, ["relu-chain", "adam-divides", "saddle-growth", "why-squares", "p-minus-y-batch"]),
        (4, ["test-set", "message-mean", "dropout-in-use", "diffusion-noise", "sparse-experts"]),
    ],
)
def test_the_boss_of_a_level_asks_for_ever_what_the_third_bank_had_it_ask(
    about: int, first: list[str], grown: list[str]
) -> None:
    assert [name for name, *_ in noted(7, 3, len(first), about)] == first


def test_the_boss_of_the_lesson_asks_for_ever_what_the_fourth_bank_had_it_ask() -> None:
    rows = noted(7, 4, 18, "convergence")
    assert [name for name, *_ in rows[:4]] == [
        *("parabola-steps", "ball-goes-round", "noise-floor", "adam-forgets"),
    ]


@pytest.mark.parametrize("bank", BANKS)
def test_a_question_more_changes_no_run_of_an_earlier_bank(bank: int, grown: list[str]) -> None:
    assert set(grown) < set(BANK)
    for seed, rows in ASKED[str(bank)].items():
        assert noted(int(seed), bank, len(rows)) == rows


def test_a_question_more_is_asked_by_the_bank_it_came_with(grown: list[str]) -> None:
    assert set(grown) < set(of(99))
    assert not set(grown) & set(of(BANKS[-1]))
    state = boss_quiz.init(0, bank=99, opening=boss_quiz.ANY)
    for _ in range(len(of(99)) - 1):
        boss_quiz.update(state, "answer", 0)
        boss_quiz.update(state, "next")
    assert state.deck == []
    assert state.deals == 1


def test_a_question_draws_the_same_whatever_else_is_in_its_bank(grown: list[str]) -> None:
    """From the second bank on; so the next bank can ask what this one asks, in another order."""

    def drawn(bank: int) -> dict[str, Question]:
        found = {}
        state = boss_quiz.init(4, bank=bank, opening=boss_quiz.ANY)
        for _ in of(bank):
            found[state.run[-1].name] = state.run[-1]
            boss_quiz.update(state, "answer", 0)
            boss_quiz.update(state, "next")
        return found

    before, after = drawn(BANKS[-1]), drawn(99)
    assert {name: after[name] for name in before} == before


def test_a_run_of_the_first_edition_is_of_the_first_bank() -> None:
    log = [["answer", 2], ["next"]]
    params, moves = current(load("boss-quiz"), 1, 7, {"questions": 5}, log)
    assert params == {"questions": 5, "bank": 1, "opening": "any"}
    assert moves == log


@pytest.mark.parametrize("about", [boss_quiz.WHOLE, 1, 2, 3, 4])
def test_a_run_opens_with_an_idea_of_the_first_level_that_is_asked_about(about: int | str) -> None:
    for seed in range(10):
        run = Run("boss-quiz", seed, {"questions": 5, "level": about})
        for _ in range(3):
            first = run.state.run[0].name
            assert isinstance(BANK[first], Concept)
            assert level(first) == (1 if about == boss_quiz.WHOLE else about)
            play(run, 0)
            run.send(["next"])


def test_a_run_that_is_lost_can_be_begun_anew_at_once() -> None:
    run = Run("boss-quiz", 4)
    for _ in range(3):
        assert "Start again" not in buttons(run.view())
        answer(run, False)
        if not boss_quiz.lost(run.state):
            run.send(["next"])
    known = {question.name for question in run.state.run}
    assert "Start again" in buttons(run.view())
    run.send(["restart"])
    assert (len(run.state.run), run.state.answers) == (1, [])
    assert not known & {question.name for question in run.state.run}
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["restart"])


def test_a_run_that_can_be_won_cannot_be_begun_anew() -> None:
    run = Run("boss-quiz", 4)
    answer(run, True)
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["restart"])


def test_a_question_that_comes_back_has_other_numbers() -> None:
    state = boss_quiz.init(3)
    seen: dict[str, list[Question]] = {}
    for _ in range(2 * len(of(BANKS[-1]))):
        seen.setdefault(state.run[-1].name, []).append(state.run[-1])
        boss_quiz.update(state, "answer", 0)
        boss_quiz.update(state, "next")
    numbers = [(a.places, b.places) for a, b in seen.values() if a.places]
    assert sum(a != b for a, b in numbers) > 0.8 * len(numbers)


# --- the run --------------------------------------------------------------------------------------


def answer(run: Run, right: bool) -> None:
    question = run.state.run[-1]
    run.send(["answer", question.right if right else (question.right + 1) % OPTIONS])


def play(run: Run, right: int) -> None:
    """Finish a run of which `right` answers are right, the wrong ones first."""
    wrong = run.state.length - right
    for i in range(run.state.length):
        if run.state.answers:
            run.send(["next"])
        answer(run, i >= wrong)


def classes(view: Node, name: str) -> int:
    return sum(name in node.attributes.get("class", "").split() for node in view.walk())


def test_no_question_comes_back_before_the_bank_is_used_up() -> None:
    whole = of(BANKS[-1])
    for seed in range(5):
        run = Run("boss-quiz", seed)
        asked = []
        for _ in range(2 * len(whole)):
            asked.append(run.state.run[-1].name)
            answer(run, False)
            run.send(["next"])
        for start in (0, len(whole)):
            assert set(asked[start : start + len(whole)]) == set(whole)


def test_question_is_not_repeated_within_a_run_when_the_bank_is_dealt_anew() -> None:
    for seed in range(20):
        run = Run("boss-quiz", seed, {"questions": 20})
        for _ in range(8):
            play(run, 0)
            assert len({question.name for question in run.state.run}) == 20
            run.send(["next"])


def test_run_mixes_numbers_and_ideas_and_subjects() -> None:
    for seed in range(20):
        run = Run("boss-quiz", seed)
        for _ in range(3):
            play(run, 0)
            kinds = Counter(type(BANK[question.name]) for question in run.state.run)
            assert min(kinds[Numeric], kinds[Concept]) >= 4
            assert len({question.subject for question in run.state.run}) >= 6
            run.send(["next"])


@pytest.mark.parametrize(
    ("length", "right", "won"), [(10, 8, True), (10, 7, False), (5, 4, True), (13, 10, False)]
)
def test_boss_is_beaten_at_four_fifths(length: int, right: int, won: bool) -> None:
    run = Run("boss-quiz", 3, {"questions": length})
    play(run, right)
    assert (run.score() == 1) is won
    if not won:
        assert run.score() == pytest.approx(right / length)


def test_boss_is_beaten_only_when_the_run_is_finished() -> None:
    run = Run("boss-quiz", 4)
    for _ in range(9):
        answer(run, True)
        run.send(["next"])
    assert run.score() == pytest.approx(0.9)
    answer(run, False)
    assert run.score() == 1


def test_best_run_counts_for_ever() -> None:
    run = Run("boss-quiz", 5)
    play(run, 7)
    run.send(["next"])
    assert run.score() == pytest.approx(0.7)
    play(run, 8)
    run.send(["next"])
    play(run, 0)
    assert run.score() == 1


@pytest.mark.parametrize("wrong", [0, 1, 5, 10, 13])
def test_solution_wins_from_the_middle_of_a_lost_run(wrong: int) -> None:
    for seed in range(20):
        run = Run("boss-quiz", seed)
        for _ in range(wrong):
            answer(run, False)
            run.send(["next"])
        assert run.score() < 1
        run.solve()
        assert run.score() == 1


def test_wrong_answer_shows_its_mistake_the_right_answer_and_where_it_is_taught() -> None:
    for seed in range(40):
        run = Run("boss-quiz", seed)
        question = run.state.run[-1]
        chosen = (question.right + 1) % OPTIONS
        run.send(["answer", chosen])
        view = run.view()
        text = view.text()
        assert "Not quite." in text
        assert why(question, chosen) in text
        assert spelled.because(question) in text
        assert "the right answer" in text
        assert "your answer" in text
        assert f'data-section="{taught(question.name)}"' in to_html(view)


def test_options_keep_their_place_and_cannot_be_chosen_twice() -> None:
    run = Run("boss-quiz", 6)
    before = [node.key for node in run.view().walk() if node.tag == "button"]
    answer(run, True)
    buttons = [node for node in run.view().walk() if node.tag == "button"]
    assert [node.key for node in buttons] == [*before, "go"]
    sending = [node.messages() for node in buttons if "aria-disabled" not in node.attributes]
    assert sending == [{"click": ("next",)}]


def test_way_on_waits_for_an_answer() -> None:
    run = Run("boss-quiz", 6)
    assert [node for node in run.view().walk() if node.key == "go"] == []
    with pytest.raises(MessageError, match="answer"):
        run.send(["next"])


@pytest.mark.parametrize(
    "message",
    [
        ["answer"],
        ["answer", 4],
        ["answer", -1],
        ["answer", "1"],
        ["answer", True],
        ["answer", 0, 1],
    ],
)
def test_refused_messages_change_nothing(message: list[object]) -> None:
    run = Run("boss-quiz", 8)
    before = dataclasses.replace(run.state, run=[*run.state.run], answers=[])
    with pytest.raises(MessageError, match="'answer' with a whole number from 0 to 3"):
        run.send(message)
    assert run.state == before


def test_marks_count_right_wrong_and_open() -> None:
    run = Run("boss-quiz", 9)
    answer(run, True)
    run.send(["next"])
    answer(run, False)
    run.send(["next"])
    (boss,) = [n for n in run.view().walk() if n.tag == "svg" and "boss" in n.attributes["class"]]
    told = "The boss: 1 of its 10 neurons switched off, 1 strikes"
    assert boss.attributes["aria-label"] == told
    units = [n.attributes["class"] for n in boss.walk() if n.tag == "g"]
    expected = {"hit": 1, "miss": 1, "now": 1, "to-come": 7}
    assert {kind: units.count(f"boss-unit {kind}") for kind in expected} == expected


def test_the_boss_falls_only_when_its_run_is_won() -> None:
    moods = {}
    for right in (7, 8):
        run = Run("boss-quiz", 10)
        play(run, right)
        (boss,) = [
            n for n in run.view().walk() if n.tag == "svg" and "boss" in n.attributes["class"]
        ]
        moods[right] = boss.attributes["class"].split()[-1]
    assert moods == {7: "wins", 8: "beaten"}


def test_result_links_each_missed_subject_once() -> None:
    run = Run("boss-quiz", 10)
    play(run, 6)
    (result,) = [node for node in run.view().walk() if node.key == "again"]
    links = [node.attributes["data-section"] for node in result.walk() if node.tag == "a"]
    missed = [taught(question.name) for question in run.state.run[:4]]
    assert links == [*dict.fromkeys(missed)]
    assert "6 of 10." in run.view().text()


def test_description_reads_the_question_then_the_verdict() -> None:
    run = Run("boss-quiz", 11)
    question = run.state.run[-1]
    assert spelled.prompt(question) in run.describe()
    answer(run, True)
    assert run.describe() == "Question 1 of 10: Right. 1 right so far."
    run.send(["next"])
    answer(run, False)
    assert run.describe().startswith("Question 2 of 10: Not quite. ")
    run.solve()
    assert run.describe().endswith("The boss is beaten.")


def test_view_reads_only() -> None:
    run = Run("boss-quiz", 12)
    before = run.state.rng.bit_generator.state
    first = to_html(run.view())
    assert to_html(boss_quiz.view(run.state)) == first
    assert run.state.rng.bit_generator.state == before
