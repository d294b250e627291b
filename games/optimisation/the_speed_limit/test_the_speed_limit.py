"""The Speed Limit: bounds lie above runs, the edge is where theory says, the budgets are fair."""

from functools import cache

import numpy as np
import pytest

from games.optimisation.the_speed_limit import game
from games.optimisation.the_speed_limit.bowls import BOWLS, LOW, descent, ended
from games.run import Run
from tests.games.reading import buttons

SEEDS = range(50)


def run_of(name, seed, pace, beta):
    bowl = BOWLS[name]
    return ended(descent(bowl, bowl.start(np.random.default_rng(seed)), pace, beta))


@cache
def thousand():
    """The runs of a thousand random settings, each on some bowl from a start of its own."""
    rng, found = np.random.default_rng(1), []
    for seed in range(1000):
        beta = float(rng.choice([0.0, rng.uniform(0, 0.98)]))
        found.append(run_of(str(rng.choice(list(BOWLS))), seed, float(rng.uniform(0.1, 4)), beta))
    return found


@pytest.mark.slow
def test_the_bound_lies_above_the_measured_losses_wherever_a_theorem_holds():
    covered = 0
    for run in thousand():
        bound, stable = run.bound(), run.pace < 2 * (1 + run.beta)
        assert (bound is not None) == (stable and not (run.bowl.soft and run.beta > 0))
        if bound is not None:
            covered += 1
            assert (np.array(run.losses) <= bound * (1 + 1e-9) + 1e-13).all(), run
    assert covered > 400


def test_beyond_the_edge_parabolas_throw_off_and_below_it_they_settle():
    for run in thousand():
        edge = 2 * (1 + run.beta)
        if not run.bowl.soft and abs(run.pace - edge) > 0.02:
            assert (run.outcome == "never") == (run.pace > edge), run


def test_beyond_2_over_L_plain_steps_on_soft_walls_go_to_and_fro_without_end():
    for seed in SEEDS:
        run = run_of("soft", seed, 2.4, 0.0)
        assert run.outcome == "never"
        assert LOW < run.losses[-1] < 1


@pytest.mark.parametrize("name", BOWLS)
def test_what_theory_calls_the_best_setting_beats_the_budget_from_every_start(name):
    for seed in SEEDS:
        assert run_of(name, seed, *game.best(BOWLS[name])).outcome == "budget"


def test_only_the_round_bowl_can_be_beaten_without_momentum():
    paces = np.arange(1.1, 2, 0.1)
    for seed in SEEDS[:5]:
        for name in BOWLS:
            quick = any(run_of(name, seed, pace, 0.0).outcome == "budget" for pace in paces)
            assert quick == (name == "round"), (name, seed)


def test_the_measured_factor_comes_near_theorys():
    for name in ("round", "ravine"):
        run = run_of(name, 0, 1.5, 0.0)
        assert run.measured == pytest.approx(run.promised, rel=0.02)


def test_momentum_needs_root_kappa_where_plain_steps_need_kappa():
    plain = run_of("ravine", 0, 1.95, 0.0)
    assert plain.steps is None or plain.steps > 150
    assert run_of("ravine", 0, *game.best(BOWLS["ravine"])).steps < 50


def test_a_setting_is_run_at_once_only_after_the_prediction():
    run = Run("the-speed-limit", 3)
    run.send(["setting", 1.5, 0.0])
    assert run.state.run is None
    assert "Predict first" in buttons(run.view())
    run.send(["guess", "budget"])
    run.send(["roll"])
    while run.tick():
        pass
    assert run.state.came == "budget"
    assert run.score() == pytest.approx(1 / 3)
    run.send(["setting", 2.5, 0.0])
    assert run.state.run.outcome == "never"
    assert run.score() == pytest.approx(1 / 3), "a bowl stays beaten"
    assert "Next: soft walls, κ = 25" in buttons(run.view())
