"""One Neuron by Hand: 0.7 and 0.668 to begin with, and every step right for any numbers."""

import itertools
import math

import numpy as np
import pytest

from games.first_neurons.neuron_by_hand import game
from games.run import Run
from games.ui.numbers import fixed, plain
from pycore.activations import sigmoid
from tests.games.player import wander
from tests.games.reading import classed

SLUG = "neuron-by-hand"


def own(seed=0, params=None):
    """A run with numbers of one's own."""
    run = Run(SLUG, seed, params)
    run.send(["own", True])
    return run


def asked(run, kind):
    """Win the rounds before the one of this kind."""
    for message in game.solution(run.state):
        if run.state.asked == kind and run.state.bet.open:
            return
        run.send(list(message))
        while run.tick():
            pass


def lines(run):
    (steps,) = classed(run.view(), "hand-steps")
    return [item.children[1].text() for item in steps.children]


def test_the_worked_example_makes_0_668():
    run = own()
    z, y = game.answer(run.state)
    assert z == pytest.approx(0.7)
    assert fixed(y, 3) == "0.668"
    run.send(["all"])
    assert lines(run) == [
        "w₁ × x₁ = 0.8 × 1 = 0.8",
        "w₂ × x₂ = (−0.2) × 3 = −0.6",
        "z = 0.8 + (−0.6) + 0.5 = 0.7",
        "e^(−0.7) = 0.497",
        "y = 1 ÷ (1 + 0.497) = 0.668",
    ]


def test_a_link_sets_the_numbers():
    run = Run(SLUG, 0, {"x1": 2, "x2": -1.5, "w1": 0.25, "w2": 1, "b": -3})
    assert game.answer(run.state)[0] == pytest.approx(0.5 - 1.5 - 3)


def test_every_step_is_right_for_any_numbers():
    for seed in range(4):
        run = own(seed)
        for _ in wander(run, np.random.default_rng(seed)):
            state = run.state
            if not state.own:
                run.send(["own", True])
            if state.done < game.STEPS:
                run.send(["all"])
            (w1, w2), b, (x1, x2) = state.dense.W[:, 0], state.dense.b[0], state.x[0]
            z = w1 * x1 + w2 * x2 + b
            y = 1 / (1 + math.exp(-z))
            first, second, total, power, bent = lines(run)
            assert first.endswith(f"= {plain(w1 * x1)}")
            assert second.endswith(f"= {plain(w2 * x2)}")
            assert total.endswith(f"= {plain(z)}")
            assert power.startswith(f"e^({plain(-z)}) = ")
            assert bent.endswith(f"= {fixed(y, 3)}")


def test_what_is_typed_keeps_two_decimals():
    run = own()
    run.send(["x", 0, 1.23456])
    assert run.state.x[0, 0] == 1.23
    field = next(n for n in run.view().walk() if n.attributes.get("aria-label") == "input 1")
    assert field.attributes["value"] == "1.23"


def test_drawn_numbers_come_from_the_seed():
    runs = [own(seed) for seed in (1, 1, 2)]
    for run in runs:
        run.send(["draw"])
    drawn = [(run.state.x.tolist(), run.state.network.theta.tolist()) for run in runs]
    assert drawn[0] == drawn[1] != drawn[2]


def test_nothing_of_a_step_shows_before_it_is_done():
    run = own()
    said = ("= 0.80", "−0.60", "0.70", "0.497", "0.67")
    for step, text in enumerate(said):
        assert text not in run.view().text()
        assert len(run.numbers()) == 3 + (step > 0) + max(step - 2, 0)
        run.send(["step"])
        assert text in run.view().text()
    assert len(run.numbers()) == 7


@pytest.mark.parametrize(("guess", "told"), [("yes", "Called it"), ("no", "Not what you said")])
def test_a_guess_is_judged_at_the_end_and_not_changed_on_the_way(guess, told):
    run = own()
    run.send(["guess", guess])
    run.send(["step"])
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["guess", "yes"])
    run.send(["all"])
    assert told in run.describe()
    run.send(["draw"])
    assert run.state.bet.said is None
    assert run.state.done == 0


def test_a_guess_is_not_judged_by_numbers_that_came_after_it():
    run = own()
    run.send(["guess", "yes"])
    run.send(["all"])
    run.send(["x", 1, 3])
    assert "Called it" in run.describe(), "the number it was"
    run.send(["x", 1, 20])
    assert game.answer(run.state)[1] < 0.5
    assert "Called it" not in run.describe()
    assert "Not what you said" not in run.describe()
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["guess", "no"])


def test_three_rounds_are_won_one_after_the_other_and_a_miss_is_asked_again():
    for seed in range(20):
        run = Run(SLUG, seed)
        for won, kind in enumerate(game.ROUNDS):
            assert run.state.asked == kind
            day, (_, y) = run.state.day, game.answer(run.state)
            if kind == "side":
                run.send(["guess", "no" if y > 0.5 else "yes"])
            elif kind == "value":
                run.send(["value", 0 if y > 0.5 else 1])
            else:
                run.send(["turn", 0, run.state.dense.W[0, 0]])
            work_out(run)
            assert run.score() == won / 3
            run.send(["next"])
            assert run.state.asked == kind
            if kind != "build":
                assert run.state.day != day, "with other numbers"
            for message in itertools.islice(game.solution(run.state), 1 + (kind == "build")):
                run.send(list(message))
            work_out(run)
            assert run.score() == pytest.approx((won + 1) / 3)
            if won < 2:
                run.send(["next"])
        assert run.score() == 1
        assert "Right: your weights made" in run.describe()


def work_out(run):
    run.send(["run"])
    ticks = 0
    while run.tick():
        ticks += 1
    assert ticks == game.STEPS - 1


def test_the_sum_decides_the_side_and_what_the_win_says_is_so():
    """The side is the sum's sign; 2 makes 0.88, −2 makes 0.12, and the further the nearer."""
    z = np.linspace(-8, 8, 161)
    y = sigmoid(z)
    assert ((y > 0.5) == (z > 0)).all()
    assert (np.diff(np.abs(y - 0.5)[z >= 0]) > 0).all()
    assert [fixed(float(sigmoid(np.array(a)))) for a in (2.0, -2.0)] == ["0.88", "0.12"]
    assert "A sum of 2 makes 0.88" in game.LEARNT


def test_every_day_has_a_clear_side_and_every_aim_can_be_reached():
    for seed in range(100):
        run = Run(SLUG, seed)
        run.solve()
        assert run.score() == 1
        _, y = game.answer(run.state)
        assert abs(y - game.aim(run.state)) <= game.CLOSE
        run.send(["next"])
        z, _ = game.answer(run.state)
        assert 0.3 <= abs(z) <= 3


def test_nothing_of_the_answer_shows_before_it_is_worked_out():
    for seed in range(10):
        for kind in game.ROUNDS:
            run = Run(SLUG, seed)
            asked(run, kind)
            assert "z" not in " ".join(run.numbers()).replace("sums and their answers (z, y)", "")
            assert "output y" not in run.numbers()
            assert run.view().text().count("?") >= 3


def test_a_round_won_is_not_won_twice_by_a_look_at_own_numbers():
    run = Run(SLUG, 1)
    run.send(["guess", "yes"])
    work_out(run)
    assert run.state.won == 1
    run.send(["own", True])
    assert run.score() is None
    run.send(["x", 0, 7])
    run.send(["own", False])
    assert run.state.asked == "value"
    assert run.state.x[0, 0] != 7
