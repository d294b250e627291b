"""Merge by Merge: the win is knowing what comes most often, on texts that were not seen."""

from collections import Counter
from itertools import pairwise

import pytest

from games import MessageError
from games.language.merge_by_merge import game
from games.run import Run
from pycore.text import pieces

SLUG = "merge-by-merge"


def counted(run):
    """Every pair of the text as it is cut now, counted anew from what the picture says."""
    trainer = run.state.trainer
    found = Counter()
    for piece in pieces(run.state.text):
        found.update(pairwise(trainer.bpe.encode(piece)))
    return found


def test_the_one_most_frequent_pair_is_among_the_options_from_every_seed():
    for seed in range(60):
        run = Run(SLUG, seed)
        for _ in range(6):
            counts = counted(run)
            (best, most), (_, second) = counts.most_common(2)
            assert most > second
            assert "{}+{}".format(*best) in run.state.options
            assert len(run.state.options) == game.OPTIONS
            assert run.state.bet.said is None
            run.send(["guess", "{}+{}".format(*best)])
            run.send(["merge"])
            assert game.hit(run.state)
            run.send(["next"])
        assert run.score() == 1


def test_a_miss_begins_the_count_anew_on_another_text():
    for seed in range(50):
        run = Run(SLUG, seed)
        before = run.state.text
        wrong = min(run.state.counts, key=run.state.counts.get)
        run.send(["guess", wrong])
        run.send(["merge"])
        assert not game.hit(run.state)
        run.send(["next"])
        assert run.state.streak.now == 0
        assert run.state.text != before
        assert len(set(run.state.seen)) == len(run.state.seen)


def test_calling_the_same_place_of_the_list_seldom_wins():
    """Of 50 seeds; the options are in the order of the alphabet."""
    won = 0
    for seed in range(50):
        for place in range(game.OPTIONS):
            run = Run(SLUG, seed)
            for _ in range(3):
                run.send(["guess", run.state.options[place]])
                run.send(["merge"])
                run.send(["next"])
            won += run.score() == 1
    assert won <= 12  # of 200


def test_calls_on_a_text_of_ones_own_do_not_count():
    run = Run(SLUG, 1)
    run.send(["text", "na na na na banana"])
    for _ in range(3):
        if run.state.options:
            run.send(["guess", max(run.state.counts, key=run.state.counts.get)])
            run.send(["merge"])
            assert game.hit(run.state)
            run.send(["next"])
    assert run.score() == 0
    run.send(["fresh"])
    assert not run.state.own


def test_a_drawn_text_that_is_left_comes_back_no_more():
    run = Run(SLUG, 1)
    before = run.state.text
    run.send(["guess", max(run.state.counts, key=run.state.counts.get)])
    run.send(["merge"])
    run.send(["next"])
    run.send(["text", before])
    assert run.state.streak.now == 0
    run.send(["text", ""])
    assert run.state.text != before


@pytest.mark.parametrize("text", ["हिन्दी हिन्दी", "👩‍🚀👩‍🚀", "x", "12 12 12", "a\nb\ta"])
def test_any_text_can_be_merged_to_its_end(text):
    run = Run(SLUG, 1)
    run.send(["text", text])
    while run.state.options:
        run.send(["ahead"])
    assert run.state.lengths == sorted(run.state.lengths, reverse=True)
    assert run.view()
    assert "no shorter" in run.describe()


def test_half_of_a_character_is_refused_and_changes_nothing():
    run = Run(SLUG, 1)
    before = run.state.text
    with pytest.raises(MessageError, match="whole characters"):
        run.send(["text", "a" + chr(0xD83D)])
    assert run.state.text == before


def test_what_is_shown_after_a_hit_does_not_give_the_next_answer_away():
    for seed in range(50):
        run = Run(SLUG, seed)
        run.send(["guess", max(run.state.counts, key=run.state.counts.get)])
        run.send(["merge"])
        if game._goes_on(run.state):
            shown = run.numbers()["count of each pair shown"]
            assert shown.tolist() == [run.state.counts[run.state.truth]]
