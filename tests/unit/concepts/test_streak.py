"""A miss ends a streak, and takes away neither the best one nor a win."""

import numpy as np
import pytest

from games.concepts.bet import Bet
from games.concepts.streak import Streak, meter
from games.ui.node import to_html


def test_a_miss_ends_it_and_the_best_stays():
    streak = Streak(3)
    for right, now, best in [(True, 1, 1), (True, 2, 2), (False, 0, 2), (True, 1, 2)]:
        streak.count(right)
        assert (streak.now, streak.best) == (now, best)
    assert streak.share == 2 / 3
    assert not streak.won
    streak.end()
    assert (streak.now, streak.best) == (0, 2)


def test_a_win_is_not_lost_and_can_go_on():
    streak = Streak(2)
    for right, full in [(True, False), (True, True), (True, False), (False, False)]:
        streak.count(right)
        assert streak.full == full
    assert streak.won
    assert streak.share == 1
    assert (streak.now, streak.best) == (0, 3)


@pytest.mark.parametrize("seed", range(50))
def test_the_best_is_the_longest_row_of_hits(seed):
    hits = np.random.default_rng(seed).random(20) < 0.7
    streak = Streak(4)
    for hit in hits.tolist():
        streak.count(hit)
    rows = "".join("x" if hit else " " for hit in hits).split()
    assert streak.best == max(map(len, rows))
    assert streak.won == (streak.best >= 4)


def test_only_what_is_left_while_it_runs_is_a_miss():
    streak, bet = Streak(3, now=2, best=2), Bet(said=1)
    streak.leave(bet)
    assert streak.now == 2
    bet.begin()
    streak.leave(bet)
    assert (streak.now, streak.best) == (0, 2)
    streak.count(True)
    bet.settle()
    streak.leave(bet)
    assert streak.now == 1


def test_the_meter_counts_what_is_now_and_stays_full_after_a_win():
    streak = Streak(2)
    streak.count(True)
    assert 'max="2" value="1"' in to_html(meter(streak, "calls in a row"))
    streak.count(True)
    streak.end()
    html = to_html(meter(streak, "calls in a row"))
    assert 'max="2" value="2"' in html
    assert "2 of 2" in html
