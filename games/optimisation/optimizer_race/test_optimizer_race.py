"""Optimiser Race: real optimisers, a real search, and the truth about "Adam is the fastest"."""

import numpy as np
import pytest

from games import load
from games.editions import current
from games.optimisation.optimizer_race import game
from games.optimisation.optimizer_race import race as racing
from games.run import Run
from games.ui.numbers import short
from pycore.gradient_check import numeric_gradient
from tests.games.reading import buttons, classed, lanes


def race(surface="bowl-100", rate=0.01, bet="adam", tuned=False, **params):
    run = Run("optimizer-race", 0, {"surface": surface, **params})
    if tuned:
        run.send(["rates", "best"])
    else:
        run.send(["rate", game.RATES.index(rate) / 4 - 4])
    run.send(["bet", bet])
    run.send(["race"])
    while run.tick():
        pass
    return run


def finals(run):
    return {name: racer.loss for name, racer in zip(racing.RACERS, run.state.racers, strict=True)}


def by_hand(kappa, rate, steps, start=(3.0, 1.0)):
    """The three update rules written out, number by number."""
    curve = np.array([1.0, kappa])
    ends = {}
    p = np.array(start)
    for _ in range(steps):
        p = p - rate * curve * p
    ends["sgd"] = p
    p, v = np.array(start), np.zeros(2)
    for _ in range(steps):
        v = 0.9 * v + curve * p
        p = p - rate * v
    ends["momentum"] = p
    p, m, v = np.array(start), np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        g = curve * p
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        p = p - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    ends["adam"] = p
    return {name: float(curve @ (p * p) / 2) for name, p in ends.items()}


@pytest.mark.parametrize(("surface", "kappa"), [("bowl-10", 10), ("bowl-100", 100)])
@pytest.mark.parametrize("steps", [20, 200])
def test_the_race_is_the_three_update_rules(surface, kappa, steps):
    assert finals(race(surface, steps=steps)) == pytest.approx(
        by_hand(kappa, 0.01, steps), rel=1e-6
    )


@pytest.mark.parametrize("surface", racing.SURFACES)
def test_slopes_are_the_derivatives_of_the_surface(surface):
    surface = racing.SURFACES[surface]
    for theta in np.random.default_rng(0).uniform(-2, 2, (5, 2)):
        numeric = numeric_gradient(lambda p=theta: surface.value(*p), theta)
        height = racing.Height(surface, theta)
        assert height.loss_and_grad() == surface.value(*theta)
        assert height.network.grad == pytest.approx(numeric, rel=1e-5, abs=1e-6)
    lowest = racing.Height(surface, surface.lowest)
    assert (lowest.loss_and_grad(), lowest.network.grad) == (0.0, pytest.approx([0, 0]))


def test_with_one_rate_for_all_adam_is_last_on_the_badly_scaled_bowl():
    ends = finals(race())
    assert ends["sgd"] == pytest.approx(8.1e-2, rel=0.05)
    assert ends["momentum"] == pytest.approx(1.5e-8, rel=0.05)
    assert ends["adam"] == pytest.approx(8.8e-1, rel=0.05)


def test_with_tuned_rates_the_winner_depends_on_the_surface():
    ends = finals(race("bowl-10", tuned=True))
    assert ends["sgd"] < 1e-33 < 1e-12 < min(ends["momentum"], ends["adam"])
    ends = finals(race("bowl-100", tuned=True))
    assert ends["adam"] == pytest.approx(4e-9, rel=0.05)
    assert ends["adam"] < ends["momentum"] < 2e-8 < 3e-3 < ends["sgd"]
    ends = finals(race("rosenbrock", tuned=True))
    assert ends["momentum"] == pytest.approx(3.2e-4, rel=0.05)
    assert ends["momentum"] < ends["adam"] < ends["sgd"]


def test_the_search_finds_for_each_the_rate_that_a_race_confirms():
    run = race("rosenbrock", tuned=True, steps=60)
    for row, racer in zip(run.state.finals, run.state.racers, strict=True):
        assert racer.rate == game.RATES[int(row.argmin())]
        assert racer.loss == row.min()


def test_all_run_from_the_same_start_and_take_the_same_steps():
    run = race("rosenbrock", rate=game.RATES[2])
    starts = {tuple(racer.history.column("place")[0].tolist()) for racer in run.state.racers}
    assert starts == {(-1.2, 1.0)}
    assert {len(racer.history.steps) for racer in run.state.racers} == {201}


def test_who_is_thrown_off_stops_and_cannot_win():
    run = race("bowl-100", rate=game.RATES[12])
    sgd, _, adam = run.state.racers
    assert sgd.thrown
    assert not adam.thrown
    assert sgd.step < 200
    assert game.winner(run.state) == "adam"
    assert lanes(run.view())["SGD"] == "thrown off"
    crosses = classed(run.view(), "thrown")
    assert len(crosses) == sum(racer.thrown for racer in run.state.racers)
    assert "run-1" in crosses[0].attributes["class"]


def test_a_bet_on_one_that_is_thrown_off_is_told_why():
    run = call(Run("optimizer-race", 0), "sgd", surface="bowl-100", rate=-1.0)
    assert run.state.racers[0].thrown
    assert "SGD was thrown off: each step overshot" in run.view().text()
    run = call(Run("optimizer-race", 0), "sgd", surface="rosenbrock", rate=1.0)
    assert "nan" not in run.view().text()


def call(run, bet, **settings):
    """One more race of a run, with a bet on it."""
    for name, value in settings.items():
        run.send([name, value])
    run.send(["bet", bet])
    run.send(["race"])
    while run.tick():
        pass
    return run


def test_won_when_two_different_winners_are_called_from_one_start():
    run = race("bowl-10", bet="sgd", tuned=True)
    assert run.score() == 0.5
    assert call(run, "momentum", beta=0.95).score() == 0.5
    assert call(run, "momentum", beta=0.35).score() == 1
    text = run.describe()
    assert "you had SGD win, and then momentum" in text


def test_the_same_winner_twice_or_in_another_place_is_not_enough():
    run = race("bowl-10", bet="sgd", tuned=True)
    assert call(run, "sgd", beta=0.85).score() == 0.5
    run.send(["start", 2.0, 1.0])
    assert run.score() == 0
    assert call(run, "momentum", beta=0.35).score() == 0.5


def test_a_run_of_an_earlier_edition_is_won_as_it_was_then():
    rate = game.RATES.index(game.RATES[13]) / 4 - 4
    log = [["rate", rate], ["bet", "sgd"], ["race"], 200]
    params, moves = current(load("optimizer-race"), 2, 0, {"surface": "bowl-10"}, log)
    run = Run("optimizer-race", 0, params)
    for _ in run.replay(moves):
        pass
    assert run.score() == 1
    assert "Gold! SGD is lowest" in run.describe()
    today = Run("optimizer-race", 0, {"surface": "bowl-10"})
    for _ in today.replay(moves):
        pass
    assert today.score() == 0.5


def test_the_bet_comes_first_and_cannot_be_changed_by_the_result():
    run = race()
    assert "Bet again" in buttons(run.view())
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["bet", "momentum"])
    run.send(["again"])
    assert not run.state.racers


def test_the_bet_still_counts_after_the_table_is_cleared():
    run = race("bowl-10", bet="sgd", tuned=True)
    run.send(["again"])
    assert run.score() == 0.5
    assert "Called here so far: SGD" in run.describe()


def test_another_beta_searches_momentums_rates_anew_and_no_others():
    run = race("bowl-10", bet="sgd", tuned=True)
    before = run.state.finals.copy()
    run.send(["beta", 0.35])
    assert np.isnan(run.state.finals[1]).all()
    call(run, "momentum")
    after = run.state.finals
    assert (after[[0, 2]] == before[[0, 2]]).all()
    assert after[1].min() < 1e-80 < before[1].min()


def test_with_beta_set_too_momentum_wins_both_bowls():
    for surface, beta, low in (("bowl-10", 0.35, 2e-90), ("bowl-100", 0.7, 7e-29)):
        ends = finals(
            call(Run("optimizer-race", 0, {"surface": surface, "beta": beta}), "adam", rates="best")
        )
        assert ends["momentum"] < low < min(ends["sgd"], ends["adam"])


def test_why_adam_is_last_at_a_common_rate_is_said_with_its_numbers():
    assert (
        "200 steps of 0.010 reach about 2.00, and the lowest point is 3.00 away"
        in race().describe()
    )
    assert "its steps" not in race("bowl-10", tuned=True).describe()


@pytest.mark.parametrize("steps", [20, 100, 400])
def test_the_solution_has_two_winners_however_long_the_race_is(steps):
    run = Run("optimizer-race", 0, {"steps": steps})
    run.solve()
    assert run.score() == 1


@pytest.mark.parametrize("steps", [20, 100, 400])
def test_the_solution_of_earlier_editions_goal_has_sgd_win_however_long_the_race_is(steps):
    run = Run("optimizer-race", 0, {"steps": steps, "goal": game.SGD_WINS})
    run.solve()
    assert run.score() == 1


def test_every_printed_loss_is_the_engines():
    run = race("network", rate=game.RATES[14], steps=40)
    ends = [short(racer.loss) for racer in run.state.racers]
    assert list(lanes(run.view()).values()) == ends
