"""Text as numbers: what goes in comes out, and counts are those of a hand computation."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore import corpora
from pycore.text import (
    NgramModel,
    TfIdf,
    Vocabulary,
    ngrams,
    normalize,
    pieces,
    windows,
    words,
)

TALE = corpora.harbour()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  The\tCAT \n sits ", "the cat sits"),
        ("ﬁsh ２", "fish 2"),
        ("Straße", "strasse"),
        ("e\N{COMBINING ACUTE ACCENT}t\N{LATIN SMALL LETTER E WITH ACUTE}", "été"),
        ("", ""),
    ],
)
def test_one_spelling_for_what_reads_the_same(text: str, expected: str) -> None:
    assert normalize(text) == expected


def test_case_and_accents_are_kept_or_dropped_as_asked() -> None:
    assert normalize("Près d'Évian", lower=False) == "Près d'Évian"
    assert normalize("Près d'Évian", accents=False) == "pres d'evian"


@given(st.text(max_size=20), st.booleans())
def test_normalising_twice_changes_nothing_more(text: str, accents: bool) -> None:
    once = normalize(text, accents=accents)
    assert normalize(once, accents=accents) == once


def test_words_keep_their_apostrophes_and_leave_punctuation_alone() -> None:
    assert words("I'm in, l’été: 3.5") == ["I'm", "in", ",", "l’été", ":", "3", ".", "5"]


SCRIPTS: dict[str, tuple[str, list[str]]] = {
    "Devanagari": ("हिन्दी में क्‍या?", ["हिन्दी", "में", "क्‍या", "?"]),
    "Bengali": ("বাংলা ভাষা।", ["বাংলা", "ভাষা", "।"]),
    "Tamil": ("தமிழ் மொழி", ["தமிழ்", "மொழி"]),
    "Hebrew": ("שָׁלוֹם, צה״ל", ["שָׁלוֹם", ",", "צה״ל"]),
    "Arabic": ("السَّلامُ عَلَيْكُم", ["السَّلامُ", "عَلَيْكُم"]),
    "Persian": ("می‌خواهم بروم", ["می‌خواهم", "بروم"]),
    "Thai": ("ภาษาไทย น้ำ", ["ภาษาไทย", "น้ำ"]),
    "Khmer": ("ភាសាខ្មែរ ល្អ", ["ភាសាខ្មែរ", "ល្អ"]),
    "Burmese": ("မြန်မာစာ ကောင်း", ["မြန်မာစာ", "ကောင်း"]),
    "Sinhala": ("ශ්‍රී ලංකා", ["ශ්‍රී", "ලංකා"]),
    "Korean": (
        "\u1112\u1161\u11ab\u1100\u1173\u11af 좋아",
        ["\u1112\u1161\u11ab\u1100\u1173\u11af", "좋아"],
    ),
    "Greek": ("α\u0301νθρωπος", ["α\u0301νθρωπος"]),
    "Cyrillic": ("за\u0301мок", ["за\u0301мок"]),
    "Latin": ("e\u0301te\u0301 d’e\u0301te\u0301", ["e\u0301te\u0301", "d’e\u0301te\u0301"]),
    "pictures": ("👩‍🚀👍🏽 🇫🇷🇩🇪❤️!", ["👩‍🚀", "👍🏽", "🇫🇷", "🇩🇪", "❤️", "!"]),
}
every_script = pytest.mark.parametrize("name", SCRIPTS)


@every_script
def test_a_letter_keeps_its_marks_in_every_script(name: str) -> None:
    text, expected = SCRIPTS[name]
    assert words(text) == expected


@pytest.mark.parametrize("name", sorted(SCRIPTS.keys() - {"Greek", "Cyrillic", "Latin"}))
def test_marks_that_are_vowels_or_make_another_letter_are_no_accents(name: str) -> None:
    text = SCRIPTS[name][0]
    assert normalize(text, accents=False) == normalize(text)


def test_accents_are_the_marks_on_letters_of_latin_greek_and_cyrillic() -> None:
    assert normalize("Ångström Ἑλλάς ёж", accents=False) == "angstrom ελλασ еж"
    assert normalize("か\u3099 ≠ क़लम", accents=False) == "が ≠ क\u093cलम"


@given(st.text())
def test_words_are_the_text_without_its_spaces_however_it_is_spelled(text: str) -> None:
    found = words(text)
    assert "".join(found) == "".join(c for c in text if not c.isspace() and c != "\u200b")
    forms = [words(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")]
    assert len(forms[0]) == len(forms[1])


def test_ngrams_slide_by_one() -> None:
    assert ngrams("abcd", 2) == [("a", "b"), ("b", "c"), ("c", "d")]
    assert ngrams("ab", 3) == []
    with pytest.raises(ValueError, match="n is 0; allowed: whole numbers from 1"):
        ngrams("ab", 0)


def test_a_vocabulary_counts_from_the_special_words_to_the_rare_ones() -> None:
    vocabulary = Vocabulary(["b", "a", "b", "c"], special=["<start>", "<end>"], unknown="<?>")
    assert vocabulary.words == ["<start>", "<end>", "<?>", "b", "a", "c"]
    assert vocabulary.encode(["a", "zebra"]) == [4, 2]
    assert vocabulary.decode([3, 1]) == ["b", "<end>"]
    assert len(vocabulary) == 6
    assert "zebra" not in vocabulary


def test_a_vocabulary_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="not in the vocabulary: x, y"):
        Vocabulary("ab").encode("xaby")
    with pytest.raises(ValueError, match="no word has number -1; allowed: 0 to 1"):
        Vocabulary("ab").decode([-1])


def test_ngram_probabilities_by_hand() -> None:
    model = NgramModel("abaab", 2, alpha=0.5)
    np.testing.assert_allclose(model.probabilities("a"), [1.5 / 4, 2.5 / 4])
    np.testing.assert_allclose(model.probabilities("b"), [1.5 / 2, 0.5 / 2])
    np.testing.assert_allclose(model.probabilities(""), [1.5 / 2, 0.5 / 2])
    expected = math.exp(-(math.log(1.5 / 2) + math.log(2.5 / 4)) / 2)
    assert model.perplexity("ab") == pytest.approx(expected)


def test_only_the_last_tokens_count() -> None:
    model = NgramModel("abaab", 2)
    np.testing.assert_array_equal(model.probabilities("bbba"), model.probabilities("a"))
    np.testing.assert_allclose(NgramModel("aab", 1, 1.0).probabilities("bb"), [3 / 5, 2 / 5])


def test_more_context_makes_the_model_less_surprised() -> None:
    perplexity = [NgramModel(TALE, n, 0.01).perplexity(TALE) for n in (1, 2, 3)]
    assert perplexity[0] > perplexity[1] > perplexity[2] > 1


def test_samples_repeat_by_seed() -> None:
    model = NgramModel(words(TALE), 3, 1e-4)
    first = model.sample(20, np.random.default_rng(1))
    assert first == model.sample(20, np.random.default_rng(1))
    assert len(first) == 20
    assert set(first) <= set(model.tokens)


def test_what_an_ngram_model_cannot_judge_is_refused() -> None:
    with pytest.raises(ValueError, match="never saw 'c'"):
        NgramModel("ab", 2).perplexity("abc")
    with pytest.raises(ValueError, match="no token"):
        NgramModel("ab", 2).perplexity("")
    with pytest.raises(ValueError, match="allowed: at least one token"):
        NgramModel("", 2)


def test_tf_idf_by_hand() -> None:
    index = TfIdf([["cat", "cat", "sits"], ["dog", "sits"], ["dog", "cat", "sits", "mat"]])
    assert index.words == ["cat", "dog", "mat", "sits"]
    rare, common = math.log(3), math.log(3 / 2)
    np.testing.assert_allclose(index.idf, [common, common, rare, 0])
    third = np.array([common / 4, common / 4, rare / 4, 0])
    np.testing.assert_allclose(index.matrix[0], [1, 0, 0, 0])
    np.testing.assert_allclose(index.matrix[1], [0, 1, 0, 0])
    np.testing.assert_allclose(index.matrix[2], third / math.sqrt(third @ third))
    np.testing.assert_allclose(index.transform([["cat", "zebra"]]), [[1, 0, 0, 0]])
    np.testing.assert_allclose(index.search(["mat"]), [0, 0, index.matrix[2, 2]])
    assert not index.search(["zebra"]).any()


@pytest.mark.parametrize(
    ("query", "topic"), [("flour oven", 0), ("rain coast", 1), ("telescope", 2), ("piano", 3)]
)
def test_a_search_finds_its_topic(query: str, topic: int) -> None:
    index = TfIdf([words(normalize(note)) for note in corpora.notes()])
    assert index.search(words(query)).argmax() // 3 == topic


def test_an_index_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no documents"):
        TfIdf([])


def test_windows_are_every_stretch_and_the_same_one_place_further() -> None:
    x, y = windows([3, 1, 4, 1, 5], 3)
    np.testing.assert_array_equal(x, [[3, 1, 4], [1, 4, 1]])
    np.testing.assert_array_equal(y, [[1, 4, 1], [4, 1, 5]])
    for length in (0, 5):
        with pytest.raises(ValueError, match="allowed"):
            windows([3, 1, 4, 1, 5], length)


def test_a_special_word_named_twice_has_one_number() -> None:
    words = Vocabulary(["a", "b", "a"], ("<pad>", "<unk>"), "<unk>")
    assert words.words == ["<pad>", "<unk>", "a", "b"]
    assert words.encode(["b", "c"]) == [3, 1]


@given(st.text())
def test_pieces_put_together_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@every_script
def test_a_piece_holds_whole_words(name: str) -> None:
    text = f" {SCRIPTS[name][0]}"
    found = [piece.removeprefix(" ") for piece in pieces(text)]
    for word in words(text):
        if word[0].isalpha() and not {"’", "״"} & set(word):
            assert word in found


def test_half_of_a_character_is_refused() -> None:
    for half in (0xD800, 0xDFFF):
        with pytest.raises(ValueError, match=r"half of a character, .* at place 2; allowed: whole"):
            pieces(f"a {chr(half)}")
