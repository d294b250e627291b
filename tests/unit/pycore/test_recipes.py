"""The recipes: training repeats itself, and what is shipped is as good as it says."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from pycore import corpora, recipes
from pycore.losses import BinaryCrossEntropy, CrossEntropy
from pycore.models.diffusion import Denoising
from pycore.models.gan import Drawing, GANLoss
from pycore.models.gnn import NodeClassification
from pycore.recipes import (
    bottleneck,
    communities,
    diffusion,
    digits,
    double_descent,
    flow,
    gan,
    grokking,
    latent,
    routing,
    segmentation,
    spelling,
    tale,
    translation,
)
from pycore.recurrent import GRU, LSTM, RNN, Recurrent


def shares(attention: bool, lengths: range) -> list[float]:
    """The share of held-out sentences translated without a mistake, by length."""
    network, rng = translation.trained(attention), np.random.default_rng(5)
    judged = [
        translation.right(network, translation.examples(length, 25, rng)) for length in lengths
    ]
    return [sum(row) / len(row) for row in judged]


def test_held_out_sentences_are_never_learnt_and_exist() -> None:
    rng = np.random.default_rng(0)
    for length in (3, 6, 12):
        found = translation.examples(length, 10, rng)
        assert found
        assert all(translation.held_out(english) for english, _ in found)
    assert translation.examples(6, 10, rng) != translation.examples(6, 10, rng)


@pytest.mark.parametrize("attention", [False, True])
def test_the_cat_sits_is_translated(attention: bool) -> None:
    network = translation.trained(attention)
    assert translation.right(network, [("the cat sits", "le chat est assis")]) == [True]


def test_without_attention_long_sentences_break_that_were_learnt_in_training() -> None:
    got = shares(False, range(3, 13))
    assert all(share >= 0.8 for share in got[:3])
    assert all(share <= 0.5 for share in got[6:])


def test_attention_carries_further_than_training_went_but_not_for_ever() -> None:
    got = shares(True, range(3, 19))
    assert all(share >= 0.9 for share in got[: translation.LONGEST - 2])
    assert got[-1] <= 0.2


def test_most_of_the_shipped_sentences_are_translated() -> None:
    by_length: dict[int, list[tuple[str, str]]] = {}
    for english, french in corpora.english_french():
        by_length.setdefault(len(english.split()), []).append((english, french))
    network = translation.trained(True)
    judged = [translation.right(network, pairs) for n, pairs in by_length.items() if n <= 7]
    assert all(all(row) for row in judged)


def test_the_writer_knows_its_tale_better_than_chance_and_the_rest_better_too() -> None:
    seen, unseen = (tale.loss(tale.trained(), part[-500:]) for part in tale.text())
    assert seen < 1.3 < unseen < np.log(len(tale.vocabulary())) - 1


def test_the_tales_stretches_are_the_text_and_what_comes_next() -> None:
    x, y = tale.stretches(tale.text()[1])
    assert x.shape == y.shape == (len(tale.text()[1]) - tale.LONGEST, tale.LONGEST)
    assert all(np.array_equal(a[1:], b[:-1]) for a, b in zip(x, y, strict=True))
    assert all(np.array_equal(a[1:], b[:-1]) for a, b in pairwise(x))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.rarely
def test_sums_are_understood_long_after_they_are_known_and_only_with_decay(seed: int) -> None:
    shares = grokking.train(1.0, seed)
    by_heart, understood = grokking.first(shares[:, 0], 1.0), grokking.first(shares[:, 1], 0.95)
    assert by_heart is not None
    assert understood is not None
    assert by_heart < 60 < 4 * by_heart < understood
    assert shares[by_heart, 1] < 0.1
    assert grokking.first(grokking.train(0.0, seed)[:, 1], 0.95) is None


def test_the_error_peaks_where_features_and_examples_are_as_many() -> None:
    counts = double_descent.COUNTS
    plain, length = (np.median(found, axis=0) for found in double_descent.measure())
    assert counts[int(plain.argmax())] == counts[int(length.argmax())] == double_descent.EXAMPLES
    assert plain[-1] < 0.8 * plain[: counts.index(double_descent.EXAMPLES)].min()
    ridge = np.median(double_descent.measure(ridge=3.0)[0], axis=0)
    assert ridge.argmax() == 0
    assert np.all(ridge <= plain + 0.01)
    assert np.median(double_descent.measure(noise=0.0)[0], axis=0).max() < plain.max() / 3


def few(attention: bool) -> float:
    """The last loss of a translator's first batches."""
    rng = np.random.default_rng(0)
    network = translation.build(attention, rng, np.float32)
    return translation.training(network, 3, rng).run().history[2]


def read(looks_around: bool) -> float:
    x, y = digits.pictures(40, np.random.default_rng(1))
    network = digits.train(looks_around, steps=3)
    return CrossEntropy().forward(network.forward(x.astype(np.float32)), y)


def found(skips: bool) -> float:
    x, masks = segmentation.pictures(10, np.random.default_rng(1))
    network = segmentation.train(skips, steps=3)
    return BinaryCrossEntropy().forward(network.forward(x.astype(np.float32)), masks)


def heard() -> float:
    network, (x, _, y) = communities.train(steps=3)
    return NodeClassification(network, x, y, np.arange(communities.KNOWN)).loss_and_grad()


def denoised() -> float:
    model, x = diffusion.train(steps=3)
    return Denoising(model, x[:100]).loss_and_grad()


def squeezed() -> float:
    model, _, middle, _ = latent.train(steps=3)
    return Denoising(model, np.tile(middle, (50, 1))).loss_and_grad()


def fooled(loss: GANLoss) -> float:
    return Drawing(gan.train(loss, rounds=3), 100).loss_and_grad()


def routed() -> float:
    x, y = routing.points(np.random.default_rng(1))
    return CrossEntropy().forward(routing.train(steps=3).forward(x), y)


def spelt(kind: type[Recurrent]) -> float:
    return spelling.judge(spelling.train(kind, steps=3), 20)


FIRST_STEPS: dict[str, tuple[Callable[[], float], float]] = {
    "bottleneck": (lambda: bottleneck.error(bottleneck.train(4, steps=3), 40), 0.136051),
    "bottleneck vae": (lambda: bottleneck.train_vae(4, steps=3)[1], 93.769287),
    "communities": (heard, 0.668962),
    "diffusion": (denoised, 0.840655),
    "digits dense": (lambda: read(False), 1.703215),
    "digits": (lambda: read(True), 2.365732),
    "flow moons": (lambda: flow.judge(flow.train("moons", steps=3), "moons")[0], 2.238760),
    "flow ring": (lambda: flow.judge(flow.train("ring", steps=3), "ring")[0], 2.271435),
    "gan minimax": (lambda: fooled("minimax"), -0.475348),
    "gan non-saturating": (lambda: fooled("non-saturating"), 1.020699),
    "gan wasserstein": (lambda: fooled("wasserstein"), -0.015983),
    "gan wasserstein-gp": (lambda: fooled("wasserstein-gp"), 1.493854),
    "double_descent": (
        lambda: float(double_descent.measure(draws=1)[0][0, 0]),
        0.253934,
    ),
    "grokking": (lambda: float(grokking.train(1.0, steps=10)[10, 0]), 0.689394),
    "latent": (squeezed, 0.810933),
    "routing": (routed, 0.941140),
    "segmentation": (lambda: found(True), 0.590769),
    "segmentation closed": (lambda: found(False), 0.589276),
    "spelling RNN": (lambda: spelt(RNN), 2.948808),
    "spelling LSTM": (lambda: spelt(LSTM), 3.032106),
    "spelling GRU": (lambda: spelt(GRU), 2.847015),
    "tale": (lambda: tale.loss(tale.train(steps=2), tale.text()[1][-100:]), 3.733689),
    "translation": (lambda: few(False), 4.067400),
    "translation attention": (lambda: few(True), 3.910662),
}
"""Each recipe's loss after a few steps, and what it was when its weights and figures were made."""


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_a_recipe_still_begins_as_when_its_figures_were_made(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bottleneck, digits, segmentation):  # drawing takes longer than the steps
        monkeypatch.setattr(module, "COUNT", 60)
    loss, recorded = FIRST_STEPS[name]
    assert loss() == pytest.approx(recorded, rel=1e-4, abs=1e-6)


def test_every_recipe_has_its_first_steps_recorded() -> None:
    names = {name.split()[0] for name in FIRST_STEPS}
    assert names == {module.name for module in pkgutil.iter_modules(recipes.__path__)}
