"""Descent Paths: real sampling noise, and the price of a step in samples."""

import numpy as np
import pytest

from games.backpropagation.descent_paths import game
from games.run import Run
from games.ui.fields import grid
from games.ui.numbers import fixed
from tests.games.reading import classed, path


def walked(rate=0.2, bet="single", seed=0, batch=16, **params):
    run = Run("descent-paths", seed, params)
    for message in (["rate", rate], ["batch", batch], ["bet", bet], ["go"]):
        run.send(message)
    while run.tick():
        pass
    return run


def places(walker):
    """The start, and the place after each step."""
    return walker.history.column("theta")


def descend(state, batches, rate, start):
    """Gradient descent on the squared error, written out: the place after each batch of rows."""
    theta, places = start.copy(), []
    for rows in batches:
        x, y = state.x[rows, 0], state.y[rows, 0]
        error = theta[0] * x + theta[1] - y
        theta = theta - rate * 2 * np.array([(error * x).mean(), error.mean()])
        places.append(theta)
    return np.array(places)


def test_full_batch_is_plain_gradient_descent():
    walker = walked().state.walkers["full"]
    state = walked().state
    rows = [np.arange(len(state.x))] * walker.step
    expected = descend(state, rows, 0.2, places(walker)[0])
    assert places(walker)[1:] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("way", "size"), [("single", 1), ("mini", 16)])
def test_the_noise_of_a_path_is_that_of_the_points_dealt(way, size):
    state = walked(rate=0.02).state
    walker = state.walkers[way]
    rng = np.random.default_rng(state.seed)
    game.Dense(1, 1, rng=rng)  # the network's weights are drawn before the first deal
    steps, rows = walker.step, []
    while len(rows) < steps:
        order = rng.permutation(len(state.x))
        rows += [order[i : i + size] for i in range(0, len(order), size)]
    expected = descend(state, rows[:steps], 0.02, places(walker)[0])
    assert places(walker)[1:] == pytest.approx(expected, rel=1e-9)
    assert walker.samples == sum(map(len, rows[:steps]))


def test_all_start_at_the_same_place_and_stop_in_the_bowl():
    state = walked().state
    assert len({tuple(places(w)[0].tolist()) for w in state.walkers.values()}) == 1
    for walker in state.walkers.values():
        *before, last = walker.history.column("loss")
        assert all(loss > game.rim(state) for loss in before)
        assert (last <= game.rim(state)) == game.arrived(state, walker)


def test_full_batch_cannot_pay_for_the_bowl_and_some_way_can():
    for seed in range(15):
        state = game.init(seed)
        costs = {way: [game._cost(state, way, rate) for rate in game.RATES] for way in game.WAYS}
        assert min(costs["full"]) > state.budget
        assert min(costs["single"]) <= state.budget


def test_the_solution_wins_for_many_seeds():
    for seed in range(40):
        state = game.init(seed, 100)
        messages = game.solution(state)
        for name, *args in messages:
            game.update(state, name, *args)
            while game.tick(state):
                pass
        assert game.score(state) == 1, seed


def test_won_by_the_right_bet_within_the_budget():
    assert walked(bet="single").score() == 1
    assert walked(bet="full").score() == 0
    late = walked(rate=0.01, bet="single")
    assert game.winner(late.state) == "single"
    assert 0 < late.score() < 1


def test_a_rate_too_high_throws_single_examples_off():
    run = walked(rate=game.RATES[-1])
    assert not any(game.arrived(run.state, w) and w.thrown for w in run.state.walkers.values())
    for walker in run.state.walkers.values():
        assert walker.thrown == (walker.now.loss >= game.FAR)


def test_the_least_loss_is_least_and_the_bowls_rim_is_its_rim():
    state = game.init(2)
    for nudge in np.random.default_rng(0).normal(0, 0.1, (20, 2)):
        assert game.loss_at(state, state.best + nudge) > state.least
    for place in game._bowl(state):
        assert game.loss_at(state, place) == pytest.approx(game.rim(state), rel=1e-9)


def test_the_map_shows_the_engines_loss():
    state = game.init(1)
    axes = game._axes(state)
    ground = game._landscape(axes, np.stack([state.x, state.y]).tobytes(), state.least)
    points, shape = grid(axes, ground.values.shape[1])
    assert ground.values.shape == shape
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(points), 30):
        loss = game.loss_at(state, points[place])
        assert ground.values.ravel()[place] == pytest.approx(loss)


def test_no_more_points_are_drawn_than_needed_and_the_end_is_exact():
    run = walked(rate=0.01)
    walker = run.state.walkers["single"]
    assert walker.step >= game.DRAWN
    tracks = [n for n in classed(run.view(), "track") if "run-3" in n.attributes["class"]]
    drawn = path(tracks[0])
    axes = game._axes(run.state)
    assert len(drawn) <= 2 * (game.DRAWN + 1)
    assert drawn[-2:] == pytest.approx(
        [axes.across(walker.now.theta[0]), axes.up(walker.now.theta[1])], abs=0.06
    )


def test_samples_and_steps_printed_are_those_touched():
    run = walked()
    (table,) = classed(run.view(), "values")
    rows = [[cell.text() for cell in row.children] for row in table.children[-1].children]
    for row, name, walker in zip(rows, game.WAYS.values(), run.state.walkers.values(), strict=True):
        sign = " ✓" * game.arrived(run.state, walker) + " ✗" * walker.thrown
        assert row == [name, f"{walker.samples}{sign}", str(walker.step)]
    run.send(["again"])
    assert fixed(game.rim(run.state), 3) in run.view().text()


@pytest.mark.parametrize(
    ("bet", "rate", "reason"),
    [
        ("full", 0.02, "Your bet, full batch, pays 200 for each step."),
        ("mini", 0.02, "Your bet, mini-batch, pays 16 for each step."),
    ],
)
def test_a_lost_bet_is_told_what_a_step_of_it_costs(bet, rate, reason):
    run = walked(rate=rate, bet=bet)
    assert game.winner(run.state) == "single"
    assert run.describe().count(reason) == 1


def test_a_bet_that_was_thrown_off_is_told_so():
    run = next(
        run
        for seed in range(50)
        if (run := walked(rate=game.RATES[-1], bet="single", seed=seed))
        .state.walkers["single"]
        .thrown
        and game.winner(run.state)
    )
    assert "Your bet, single example, was thrown off: try a lower rate." in run.describe()
