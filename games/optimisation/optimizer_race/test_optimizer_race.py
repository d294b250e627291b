"""Optimizer Race: real optimizers, a real search, and the truth about "Adam is the fastest"."""

import itertools

import numpy as np
import pytest

from games.optimisation.optimizer_race import game
from games.optimisation.optimizer_race import race as racing
from games.run import Run
from games.ui.numbers import short
from pycore.gradient_check import numeric_gradient
from tests.games.reading import buttons, readouts


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
        numeric = numeric_gradient(lambda p=theta: surface.measure(p)[0], theta)
        assert surface.measure(theta)[1] == pytest.approx(numeric, rel=1e-5, abs=1e-6)
    assert surface.measure(np.array(surface.lowest)) == (0.0, pytest.approx([0, 0]))


def test_the_network_is_measured_with_its_gradient():
    state = game.init(3)
    loss, grad = state.network(state.theta)
    numeric = numeric_gradient(lambda: state.network(state.theta)[0], state.theta)
    assert grad == pytest.approx(numeric, rel=1e-4, abs=1e-7)
    assert state.network(state.theta)[0] == loss


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
    starts = {tuple(racer.track[0].tolist()) for racer in run.state.racers}
    assert starts == {(-1.2, 1.0)}
    assert {len(racer.losses) for racer in run.state.racers} == {201}


def test_who_is_thrown_off_stops_and_cannot_win():
    run = race("bowl-100", rate=game.RATES[12])
    sgd, _, adam = run.state.racers
    assert sgd.thrown
    assert not adam.thrown
    assert len(sgd.losses) < 201
    assert game.winner(run.state) == "adam"
    assert "thrown off" in readouts(run.view()).values()


def test_won_only_when_sgd_wins_with_the_bet_on_it():
    rate = game.RATES[13]
    assert race("bowl-10", rate, bet="sgd").score() == 1
    assert race("bowl-10", rate, bet="momentum").score() == 0
    assert race("bowl-100", bet="sgd").score() == 0
    assert race("bowl-100", bet="momentum").score() == 0.5


def test_the_bet_comes_first_and_cannot_be_changed_by_the_result():
    run = race()
    assert "Bet again" in buttons(run.view())
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["bet", "momentum"])
    run.send(["again"])
    assert run.score() == 0
    assert not run.state.racers


@pytest.mark.parametrize("steps", [20, 200])
def test_from_every_corner_of_the_map_there_is_a_rate_at_which_sgd_wins(steps):
    for start in itertools.product((-4.0, -0.1, 0.0, 2.3), (-2.0, -0.7, 0.1, 2.0)):
        state = game.init(0, "bowl-10", steps)
        state.start = start
        assert "sgd" in {game.would_win(state, i) for i in range(8, 15)}, start


def test_every_printed_loss_is_the_engines():
    run = race("network", rate=game.RATES[14], steps=40)
    ends = [short(racer.loss) for racer in run.state.racers]
    assert list(readouts(run.view()).values()) == ends
