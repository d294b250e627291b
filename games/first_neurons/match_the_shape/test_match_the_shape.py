"""Match the Shape: curves of the engine, moved sideways only, and reasons that hold."""

import itertools
import math

import numpy as np
import pytest

from games.first_neurons._bends import bends, name_of, shape
from games.first_neurons.match_the_shape import game
from games.run import Run
from tests.games.reading import classed

SLUG = "match-the-shape"

# floor, top, corner: closed forms, or known minima (GELU −0.170, SiLU −0.278).
KNOWN = {
    "sigmoid": (0, 1, False),
    "tanh": (-1, 1, False),
    "relu": (0, math.inf, True),
    "leaky-relu": (-math.inf, math.inf, True),
    "elu": (-1, math.inf, False),
    "gelu": (-0.16997, math.inf, False),
    "selu": (-1.0507009873554805 * 1.6732632423543772, math.inf, True),
    "silu": (-0.27846, math.inf, False),
    "softplus": (0, math.inf, False),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_can_be_seen_of_an_activation_is_measured_right(name):
    found = shape(bends()[name])
    floor, top, corner = KNOWN[name]
    assert found.floor == pytest.approx(floor, abs=1e-4)
    assert found.top == pytest.approx(top, abs=1e-4)
    assert found.corner == corner


@pytest.mark.parametrize("of", ["lesson", "all"])
@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_curves_that_go_together_can_be_told_apart(n, of):
    for seed in range(40):
        state = game.init(seed, n, of)
        assert len(set(state.names)) == n
        for a, b in itertools.combinations(state.names, 2):
            (floor, top, corner), (floor2, top2, corner2) = KNOWN[a], KNOWN[b]
            gaps = [abs(p - q) for p, q in ((floor, floor2), (top, top2)) if p != q]
            assert corner != corner2 or max(gaps, default=0) >= game.APART


def test_every_curve_is_its_activation_stretched_and_shifted():
    for seed in range(10):
        state = game.init(seed)
        z, y = game.curves(state)
        for k, i in enumerate(state.owner):
            f = bends()[state.names[i]]
            by_hand = [
                float(f.function(np.array(state.stretch[k] * (v - state.shift[k])))) for v in z
            ]
            assert y[k] == pytest.approx(by_hand)
    assert len({game.init(seed).shift.tobytes() for seed in range(10)}) == 10


def test_the_names_stand_in_no_order_of_the_curves():
    owners = {tuple(game.init(seed).owner) for seed in range(60)}
    assert len(owners) > 10


def test_a_name_stands_on_one_curve_and_the_next_name_comes_to_hand():
    run = Run(SLUG, 0)
    run.send(["curve", 2])
    assert run.state.placed == [None, None, 0, None]
    assert run.state.selected == 1
    run.send(["name", 0])
    run.send(["curve", 1])
    assert run.state.placed == [None, 0, None, None]


def test_the_score_is_the_share_of_right_names_once_they_are_checked():
    run = Run(SLUG, 1)
    one, two, *rest = range(4)
    swapped = run.state.owner.copy()
    swapped[one], swapped[two] = swapped[two], swapped[one]
    for k, i in enumerate(swapped):
        run.send(["name", i])
        run.send(["curve", k])
    assert run.score() == 0
    run.send(["check"])
    assert run.score() == len(rest) / 4
    cards = [n.attributes["class"].split() for n in classed(run.view(), "shape-card")]
    assert sum("miss" in card for card in cards) == 2
    assert "2 of 4" in run.describe()
    run.solve()
    assert run.score() == 1


def test_the_reason_against_a_wrong_name_is_true_of_both():
    for said, true in itertools.permutations(KNOWN, 2):
        if not game._distinct(said, true):
            continue
        text = game._reason(said, true)
        (floor, top, corner), (floor2, top2, corner2) = KNOWN[said], KNOWN[true]
        if "goes on rising, but" in text:
            assert math.isinf(top)
            assert not math.isinf(top2)
        elif "but this curve goes on rising" in text:
            assert math.isinf(top2)
            assert not math.isinf(top)
        elif "falling to the left" in text:
            assert math.isinf(floor) != math.isinf(floor2)
        elif "lowest" in text:
            assert abs(floor - floor2) >= game.APART
        else:
            assert corner != corner2
            assert text.startswith(f"{name_of(said)} has a corner") == corner


def test_no_name_is_asked_that_the_lesson_does_not_tell_of():
    names = {name for seed in range(100) for name in game.init(seed).names}
    assert names == set(game.TAUGHT)
    assert {name for seed in range(100) for name in game.init(seed, of="all").names} == set(KNOWN)


def test_beside_a_wrong_curve_lies_the_one_that_was_said():
    run = Run(SLUG, 1)
    one, two, *_ = range(4)
    swapped = run.state.owner.copy()
    swapped[one], swapped[two] = swapped[two], swapped[one]
    for k, i in enumerate(swapped):
        run.send(["name", i])
        run.send(["curve", k])
    assert not classed(run.view(), "claimed"), "nothing is told before the check"
    run.send(["check"])
    assert len(classed(run.view(), "claimed")) == 2
