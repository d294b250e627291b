"""One Neuron by Hand: 0.7 and 0.668 to begin with, and every step right for any numbers."""

import math

import numpy as np
import pytest

from games.first_neurons.neuron_by_hand import game
from games.run import Run
from games.ui.numbers import fixed, plain
from tests.games.player import wander
from tests.games.reading import classed

SLUG = "neuron-by-hand"


def lines(run):
    (steps,) = classed(run.view(), "hand-steps")
    return [item.children[1].text() for item in steps.children]


def test_the_worked_example_makes_0_668():
    run = Run(SLUG, 0)
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
        run = Run(SLUG, seed)
        for _ in wander(run, np.random.default_rng(seed)):
            state = run.state
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
    run = Run(SLUG, 0)
    run.send(["x", 0, 1.23456])
    assert run.state.x[0, 0] == 1.23
    field = next(n for n in run.view().walk() if n.attributes.get("aria-label") == "input 1")
    assert field.attributes["value"] == "1.23"


def test_drawn_numbers_come_from_the_seed():
    runs = [Run(SLUG, seed) for seed in (1, 1, 2)]
    for run in runs:
        run.send(["draw"])
    drawn = [(run.state.x.tolist(), run.state.network.theta.tolist()) for run in runs]
    assert drawn[0] == drawn[1] != drawn[2]


def test_nothing_of_a_step_shows_before_it_is_done():
    run = Run(SLUG, 0)
    said = ("= 0.80", "−0.60", "0.70", "0.497", "0.67")
    for step, text in enumerate(said):
        assert text not in run.view().text()
        assert len(run.numbers()) == 3 + (step > 0) + max(step - 2, 0)
        run.send(["step"])
        assert text in run.view().text()
    assert len(run.numbers()) == 7


@pytest.mark.parametrize(("guess", "told"), [("yes", "Called it"), ("no", "Not what you said")])
def test_a_guess_is_judged_at_the_end_and_not_changed_on_the_way(guess, told):
    run = Run(SLUG, 0)
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
    run = Run(SLUG, 0)
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
