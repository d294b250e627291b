"""The recipes: training repeats itself, and what is shipped is as good as it says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pycore import corpora
from pycore.layer import Layer
from pycore.recipes import tale, translation


def same(one: Layer, two: Layer) -> bool:
    return np.array_equal(one.theta, two.theta)


@pytest.mark.parametrize("attention", [False, True])
def test_training_a_translator_repeats_itself_and_moves(attention: bool) -> None:
    short, again = (translation.train(attention, steps=3) for _ in range(2))
    assert same(short, again)
    assert not same(short, translation.train(attention, steps=2))


def test_training_the_writer_repeats_itself_and_moves() -> None:
    short, again = (tale.train(steps=3) for _ in range(2))
    assert same(short, again)
    assert not same(short, tale.train(steps=2))


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


def test_the_tales_windows_are_the_text_and_what_comes_next() -> None:
    x, y = tale.windows(tale.text()[1])
    assert x.shape == y.shape == (len(tale.text()[1]) - tale.LONGEST, tale.LONGEST)
    assert all(np.array_equal(a[1:], b[:-1]) for a, b in zip(x, y, strict=True))
    assert all(np.array_equal(a[1:], b[:-1]) for a, b in pairwise(x))
