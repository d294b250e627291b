"""The grammar: it makes the shipped sentences, in any length, and knows its own French."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import corpora, phrases


def test_every_shipped_pair_is_of_this_grammar() -> None:
    for english, french in corpora.english_french():
        assert phrases.translate(english) == french


@pytest.mark.parametrize("length", range(3, 18))
def test_sentences_have_the_length_asked_for_and_the_french_of_the_grammar(length: int) -> None:
    rng = np.random.default_rng(length)
    for _ in range(20):
        english, french = phrases.sentence(length, rng)
        assert len(english.split()) == length
        assert phrases.translate(english) == french


def test_chance_is_the_generators() -> None:
    one, two = (phrases.sentence(9, np.random.default_rng(3)) for _ in range(2))
    assert one == two


def test_someone_unknown_stays_unknown_in_french() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        english, french = phrases.sentence(5, rng, unknown=1)
        assert english.split().count(phrases.UNKNOWN) == french.split().count(phrases.UNKNOWN) == 1


def test_what_is_not_of_the_grammar_has_no_french() -> None:
    for english in ("", "the zebra sits", "the cat", "the cat sits and", "sits the cat"):
        assert phrases.translate(english) is None
    with pytest.raises(ValueError, match="2 words; allowed: from 3"):
        phrases.sentence(2, np.random.default_rng(0))
