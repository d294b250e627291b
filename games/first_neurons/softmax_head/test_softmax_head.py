"""Softmax Head: probabilities, what leaves them alone, and the gradient p − y."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.first_neurons.softmax_head import game
from games.run import Run
from games.ui.numbers import fixed, signed
from tests.games.reading import buttons, classed, readouts

steps = st.integers(-160, 160).map(lambda n: round(n * game.STEP, 2))
logits = st.lists(steps, min_size=4, max_size=4)


def head(z=(0, 0, 0, 0), temperature=1.0, label=0, seed=0):
    run = Run("softmax-head", seed)
    for i, v in enumerate(z):
        run.send(["logit", game.CLASSES[i], v])
    run.send(["temperature", temperature])
    run.send(["label", game.CLASSES[label]])
    return run


@given(logits, st.sampled_from([0.5, 1.0, 2.5]))
def test_probabilities_are_exponentials_over_their_sum(z, temperature):
    run = head(z, temperature)
    e = np.exp(np.array(z) / temperature)
    assert game.probabilities(run.state) == pytest.approx(e / e.sum(), rel=1e-12)
    assert readouts(run.view())["sum of p"] == "1.0000000000"


@given(logits, st.integers(0, 3))
def test_the_arrows_are_the_slope_of_the_loss(z, label):
    run = head(z, label=label)
    _, slope = game.loss_and_gradient(run.state)
    p = game.probabilities(run.state)
    assert slope == pytest.approx(p - np.eye(4)[label], abs=1e-12)
    for i in range(4):
        ends = []
        for nudge in (1e-5, -1e-5):
            run.state.z[i] += nudge
            ends.append(game.loss_and_gradient(run.state)[0])
            run.state.z[i] -= nudge
        assert slope[i] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6)


def test_adding_to_all_logits_changes_nothing_but_the_logits():
    run = head((1.0, -0.5, 2.0, 0.25))
    before = game.probabilities(run.state)
    run.send(["add", 1])
    assert run.state.z.tolist() == [2.0, 0.5, 3.0, 1.25]
    assert game.probabilities(run.state) == pytest.approx(before, abs=1e-15)
    run.send(["add", -1])
    assert run.state.z.tolist() == [1.0, -0.5, 2.0, 0.25]
    assert "With 1000 added to each, p changes by 0.0000000000" in run.view().text()
    assert run.numbers()["change of p with 1000 added"] == 0


def test_there_is_no_room_beyond_the_end_of_the_sliders():
    run = head((game.REACH, 0, 0, 0))
    assert buttons(run.view())["Add 1 to all logits"].attributes["aria-disabled"] == "true"
    with pytest.raises(ValueError, match="allowed: add up to a logit of 8"):
        run.send(["add", 1])


def test_temperature_sharpens_or_evens_out_and_keeps_the_winner():
    z = (1.0, 0.5, 2.0, -1.0)
    p = [game.probabilities(head(z, t).state) for t in (0.2, 1.0, 5.0)]
    assert {int(v.argmax()) for v in p} == {2}
    assert p[0].max() > 0.99 > p[1].max() > p[2].max()


def test_won_within_one_hundredth_of_every_mark():
    for seed in range(20):
        run = Run("softmax-head", seed)
        assert run.score() < 1
        run.solve()
        assert run.score() == 1
        assert np.abs(game.probabilities(run.state) - run.state.target).max() <= game.CLOSE
        run.send(["logit", game.CLASSES[run.state.target.argmax()], 0.0])
        near = np.abs(game.probabilities(run.state) - run.state.target).max() <= game.CLOSE
        assert (run.score() == 1) == near


def test_the_winner_is_named_and_a_bar_is_gold_when_it_is_at_its_mark():
    run = head((0, 0, 3, 0))
    assert "winner: fox" in run.view().text()
    for message in game.solution(run.state):
        run.send(list(message))
        (gold,) = classed(run.view(), "there")
        near = np.abs(game.probabilities(run.state) - run.state.target) <= game.CLOSE
        assert gold.attributes["d"].count("M") == near.sum()


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_a_bar_goes_where_it_is_dragged_and_the_others_keep_their_proportions(temperature):
    run = head((1.5, -2.0, 0.35, 0.0), temperature=temperature)
    before = game.probabilities(run.state)
    run.send(["share", "dog", 0.4])
    after = game.probabilities(run.state)
    assert after[1] == pytest.approx(0.4, abs=0.001)
    rest = [0, 2, 3]
    assert after[rest] / after[rest].sum() == pytest.approx(before[rest] / before[rest].sum())


def test_a_share_that_no_logit_within_reach_gives_goes_as_far_as_there_is_room():
    run = head((8.0, 8.0, 8.0, 0.0))
    run.send(["share", "owl", 0.99])
    assert run.state.z.tolist() == [8.0] * 4


def test_no_number_is_written_outside_its_plot():
    for z in itertools.product((-8.0, 0.0, 8.0), repeat=4):
        run = head(z, label=3)
        for plot in classed(run.view(), "plot"):
            (svg,) = (n for n in plot.walk() if n.tag == "svg")
            left, top, wide, high = map(float, svg.attributes["viewBox"].split())
            for text in classed(plot, "plot-text"):
                x, y = float(text.attributes["x"]), float(text.attributes["y"])
                assert left < x - 30 < x + 30 < left + wide
                assert top + 12 < y < top + high - 12


def test_every_number_on_bars_and_arrows_is_the_engines():
    run = head((1.5, -2.0, 0.35, 0.0), temperature=1.4, label=2)
    texts = [n.text() for n in classed(run.view(), "plot-text")]
    p = game.probabilities(run.state)
    slope = game.loss_and_gradient(run.state)[1]
    assert texts == [fixed(v, 3) for v in p] + [signed(v, 3) for v in slope]
