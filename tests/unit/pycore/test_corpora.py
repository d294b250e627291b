"""The shipped texts: clean, small, and what they promise to be."""

from __future__ import annotations

import re
from pathlib import Path

import pycore
from pycore import corpora


def test_the_cat_sits() -> None:
    assert dict(corpora.english_french())["the cat sits"] == "le chat est assis"


def test_sentence_pairs_are_clean_and_run_from_short_to_long() -> None:
    pairs = corpora.english_french()
    lengths = [len(english.split()) for english, _ in pairs]
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (3, 14)
    assert len(pairs) == len(set(pairs)) == len({english for english, _ in pairs}) > 200
    for pair in pairs:
        for sentence in pair:
            assert re.fullmatch("[a-zçéèê]+( [a-zçéèê]+)*", sentence), sentence


def test_every_word_of_a_long_sentence_is_seen_in_a_shorter_one() -> None:
    pairs = corpora.english_french()
    for side in (0, 1):
        short = {w for p in pairs if len(p[0].split()) <= 7 for w in p[side].split()}
        assert {w for p in pairs for w in p[side].split()} <= short


def test_the_tale_has_paragraphs_and_no_lines() -> None:
    tale = corpora.harbour()
    assert tale.count("\n") == 7
    assert tale.startswith("The harbour lies where the river meets the sea. In the morning")
    assert not re.search(r"  | \n|\n ", tale)


def test_three_notes_for_each_of_five_topics() -> None:
    assert len(corpora.notes()) == 15
    assert all(20 <= len(note.split()) <= 50 for note in corpora.notes())


def test_the_texts_stay_small() -> None:
    sizes = [p.stat().st_size for p in (Path(pycore.__path__[0]) / "texts").iterdir()]
    assert len(sizes) == 4
    assert sum(sizes) < 30_000


def test_three_languages_say_the_same_and_the_last_eight_join_words_in_german() -> None:
    rows = corpora.three_languages()
    assert len(rows) == 32
    for english, german, hindi in rows:
        assert english[0].isupper()
        assert english.endswith(".")
        assert german[0].isupper()
        assert german.endswith(".")
        assert hindi.endswith("।")
        assert all(c in " ।" or "\u0900" <= c <= "\u097f" for c in hindi)
    longest = [max(map(len, german.split())) for _, german, _ in rows]
    assert min(longest[24:]) >= 10
