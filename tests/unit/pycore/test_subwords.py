"""Subwords: what goes in comes out, and what was learnt is what a slow search finds too."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import corpora
from pycore.subwords import (
    BPE,
    BPETrainer,
    Unigram,
    UnigramTrainer,
    WordPiece,
    WordPieceTrainer,
    train_bpe,
    train_unigram,
    train_wordpiece,
)
from pycore.text import pieces, words

TALE = corpora.harbour()
TRAINED = train_bpe(TALE, 200)
UNIGRAM = train_unigram(TALE, 300)
WORDPIECE = train_wordpiece(TALE, 300)


@pytest.mark.parametrize(
    "text", [" हिन्दी में क्‍या?", " ภาษาไทย น้ำ", " 👩‍🚀👍🏽 🇫🇷🇩🇪❤️!", " α\u0301νθρωπος"]
)
def test_byte_pairs_never_part_a_word_from_its_marks(text: str) -> None:
    bpe = train_bpe(text * 3, 200)
    assert [bpe.decode([token]) for token in bpe.encode(text)] == pieces(text)


@settings(max_examples=200)
@given(
    st.text() | st.lists(st.sampled_from("the harbour \n\té🌊हिन्दीß7"), max_size=40).map("".join)
)
def test_every_string_comes_back(text: str) -> None:
    for cutter in (BPE(), TRAINED, UNIGRAM):
        tokens = cutter.encode(text)
        assert cutter.decode(tokens) == text
        assert all(0 <= token < len(cutter) for token in tokens)


@given(st.text("ab ", max_size=30), st.integers(0, 10))
def test_training_and_encoding_cut_the_same_text_alike(text: str, merges: int) -> None:
    trainer = BPETrainer(text)
    for _ in range(merges):
        trainer.step()
    for piece, (tokens, _) in trainer.pieces.items():
        assert tuple(trainer.bpe.encode(piece)) == tokens
    assert len(trainer.bpe.encode(text)) == trainer.length


def test_merges_by_hand() -> None:
    # aa and ab come twice each (aab aab): the smaller pair wins, then (aa) b.
    trainer = BPETrainer("aab\naab")
    assert trainer.pairs() == [((97, 97), 2), ((97, 98), 2)]
    assert [trainer.step(), trainer.step(), trainer.step()] == [(97, 97), (256, 98), None]
    assert trainer.bpe.tokens[256:] == [b"aa", b"aab"]
    assert trainer.bpe.encode("aab b") == [257, 32, 98]


def test_each_merge_shortens_the_text_by_its_count() -> None:
    trainer = BPETrainer(TALE)
    assert trainer.length == len(TALE.encode())
    for _ in range(30):
        before, ((_, count),) = trainer.length, trainer.pairs(1)
        trainer.step()
        assert before - count <= trainer.length < before  # a run such as aaa overlaps itself


def test_a_trained_encoding_is_rebuilt_from_its_merges() -> None:
    again = BPE(TRAINED.merges)
    assert again.encode(TALE) == TRAINED.encode(TALE)
    assert len(TRAINED.encode(TALE)) < 0.5 * len(TALE)
    assert b" harbour" in TRAINED.tokens
    assert train_bpe(TALE, 50).merges == TRAINED.merges[:50]


def test_half_a_character_is_shown_as_such() -> None:
    assert BPE().decode(BPE().encode("é")[:1]) == "�"


def test_merges_and_tokens_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match=r"merge \(97, 256\) has a token that is not there"):
        BPE([(97, 256)])
    with pytest.raises(ValueError, match=r"merge \(97, 98\) is there already"):
        BPE(itertools.repeat((97, 98), 2))
    with pytest.raises(ValueError, match="no token 256; allowed: 0 to 255"):
        BPE().decode([256])


@settings(max_examples=60)
@given(st.text("abc ", max_size=40), st.integers(1, 8))
def test_merges_are_those_of_a_search_through_the_whole_text(text: str, merges: int) -> None:
    cut = [[bytes([b]) for b in piece.encode()] for piece in pieces(text)]
    tokens = [bytes([i]) for i in range(256)]
    expected = []
    for _ in range(merges):
        pairs = Counter(pair for piece in cut for pair in itertools.pairwise(piece))
        order = {token: i for i, token in reversed([*enumerate(tokens)])}
        if not pairs or max(pairs.values()) < 2:
            break
        best = min(pairs, key=lambda p: (-pairs[p], order[p[0]], order[p[1]]))
        expected.append(best)
        tokens.append(best[0] + best[1])
        for piece in cut:
            i = 0
            while i + 1 < len(piece):
                if (piece[i], piece[i + 1]) == best:
                    piece[i : i + 2] = [tokens[-1]]
                i += 1
    bpe = train_bpe(text, merges)
    if len(set(tokens)) == len(tokens):  # else two merges spell the same, told apart by number only
        assert [(bpe.tokens[a], bpe.tokens[b]) for a, b in bpe.merges] == expected


@pytest.mark.parametrize("cutter", [BPE(), TRAINED, UNIGRAM])
def test_half_of_a_character_is_no_text(cutter: BPE | Unigram) -> None:
    with pytest.raises(ValueError, match="half of a character"):
        cutter.encode("a \ud83d")


def cuts(piece: str) -> Iterator[list[str]]:
    """Every way to cut a piece."""
    for inside in itertools.product((False, True), repeat=max(len(piece) - 1, 0)):
        parts = [""]
        for character, divided in zip(piece, (False, *inside), strict=True):
            if divided:
                parts.append("")
            parts[-1] += character
        yield parts


P = {"a": 0.3, "b": 0.2, "ab": 0.2, "aba": 0.1, "ba": 0.15, "bb": 0.05}
SMALL = Unigram({part: math.log(p) for part, p in P.items()})


@given(st.text("ab", min_size=1, max_size=9))
def test_viterbi_finds_the_likeliest_of_all_cuts(piece: str) -> None:
    values = [sum(SMALL.log_p.get(part, -math.inf) for part in cut) for cut in cuts(piece)]
    log_p, parts = SMALL.best(piece)
    assert "".join(parts) == piece
    assert log_p == pytest.approx(max(values))
    assert sum(SMALL.log_p[part] for part in parts) == pytest.approx(log_p)


@given(st.text("ab", min_size=1, max_size=8))
def test_expected_counts_are_those_of_all_cuts(piece: str) -> None:
    shares = {tuple(c): math.prod(P.get(part, 0) for part in c) for c in cuts(piece)}
    log_p, counts = SMALL.expected(piece)
    assert log_p == pytest.approx(math.log(sum(shares.values())))
    for part in P:
        mean = sum(cut.count(part) * p for cut, p in shares.items()) / sum(shares.values())
        assert counts.get(part, 0.0) == pytest.approx(mean)


def test_the_likeliest_cut_by_hand() -> None:
    # aab: a a b 0.018, a ab 0.06; bab: b ab 0.04, ba b 0.03
    assert SMALL.best("aab")[1] == ["a", "ab"]
    assert SMALL.best("bab")[1] == ["b", "ab"]
    assert SMALL.best("bab", without="ab")[1] == ["ba", "b"]


def test_what_was_never_seen_is_spelled_in_bytes() -> None:
    tokens = UNIGRAM.encode("é")
    assert tokens == list("é".encode())
    assert SMALL.best("aé")[1] == ["a", "é"]


@pytest.mark.parametrize("text", [TALE[:700], "abab abba", "x"])
def test_fitting_never_makes_the_text_less_likely(text: str) -> None:
    trainer = UnigramTrainer(text)
    seen = []
    for _ in range(6):
        trainer.fit()
        seen.append(trainer.log_p)
        assert sum(map(math.exp, trainer.unigram.log_p.values())) == pytest.approx(1, abs=1e-6)
    assert all(after >= before - 1e-6 for before, after in itertools.pairwise(seen))


def test_pruning_keeps_characters_and_what_is_missed_most() -> None:
    assert len(UNIGRAM.log_p) == 300
    assert set(TALE) <= set(UNIGRAM.log_p)
    assert " harbour" in UNIGRAM.log_p
    assert len(UNIGRAM.encode(TALE)) < 0.5 * len(TALE)
    assert set(train_unigram("abcabc", 2).log_p) == {"a", "b", "c"}


def test_what_is_no_unigram_is_refused() -> None:
    with pytest.raises(ValueError, match="no entries"):
        Unigram({})
    for bad in ({"a": 0.1}, {"a": math.nan}, {"a": -math.inf}, {"": -1.0}):
        with pytest.raises(ValueError, match="allowed: at least one character each, log p up to 0"):
            Unigram(bad)
    with pytest.raises(ValueError, match="the text is empty"):
        UnigramTrainer("")
    with pytest.raises(ValueError, match="no cut of 'é'"):
        SMALL.expected("é")
    with pytest.raises(ValueError, match="Unigram: no token 262; allowed: 0 to 261"):
        SMALL.decode([262])


def test_wordpiece_takes_the_longest_beginning_first() -> None:
    cutter = WordPiece(["un", "una", "##able", "##ble", "##aff", "a"])
    said = [cutter.tokens[token] for token in cutter.encode("unaffable unable a")]
    assert said == ["[UNK]", "una", "##ble", "a"]  # una ##ffable has no end: greed does not go back
    assert cutter.decode(cutter.encode("unable a")) == "unable a"


@given(st.lists(st.text("abc", min_size=1, max_size=6), max_size=8).map(" ".join))
def test_wordpiece_gives_back_the_words_that_it_can_spell(text: str) -> None:
    assert WORDPIECE.decode(WORDPIECE.encode(text)) == text


@given(st.text())
def test_wordpiece_loses_only_whole_words(text: str) -> None:
    found = WORDPIECE.decode(WORDPIECE.encode(text)).split(" ") if words(text) else []
    for word, back in zip(words(text), found, strict=True):
        assert back in (word, "[UNK]")


def test_wordpiece_merges_by_hand() -> None:
    # th: 3 / (3 · 3); he: 3 / (3 · 4); zq comes once and is left alone
    trainer = WordPieceTrainer("the the the e zq")
    assert trainer.scores() == {("t", "##h"): (1 / 3, 3), ("##h", "##e"): (1 / 3, 3)}
    assert trainer.step() == ("##h", "##e")
    assert trainer.step() == ("t", "##he")
    assert trainer.step() is None
    assert trainer.tokens == ["##e", "##h", "##q", "e", "t", "z", "##he", "the"]


def test_wordpiece_prefers_parts_that_seldom_come_apart() -> None:
    # ab comes twice and its parts nowhere else; ae three times, but a and e are everywhere
    text = "ae ae ae xe ye ze we ax ay xy xy"
    trainer = WordPieceTrainer(text)
    scores = trainer.scores()
    assert max(scores, key=lambda p: scores[p][1]) == ("a", "##e")
    assert trainer.step() == ("x", "##y")
    assert BPETrainer(text).pairs(2)[0][0] != (120, 121)


def test_what_is_no_wordpiece_is_refused() -> None:
    for bad in (["##"], [""]):
        with pytest.raises(ValueError, match="allowed: at least one character"):
            WordPiece(bad)
    with pytest.raises(ValueError, match="'a' is there twice"):
        WordPiece(["a", "a"])
    with pytest.raises(ValueError, match=r"'\[UNK\]' is there twice"):
        WordPiece(["[UNK]"])
    with pytest.raises(ValueError, match="WordPiece: no token 9; allowed: 0 to 1"):
        WordPiece(["a"]).decode([9])
