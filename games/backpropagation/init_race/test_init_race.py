"""Init Race: three real trainings that differ in the scale of the start alone, and both stories."""

import itertools

import numpy as np
import pytest

from games.backpropagation.init_race import game
from games.run import Run
from games.show import control
from games.ui.numbers import percent, short
from tests.games.reading import buttons, lanes, shown

SEEDS = range(6)


def start(run):
    """Predict something, and let them run."""
    run.send(["guess", "zero-large-balanced"])
    run.send(["train"])


def race(seed=0, **params):
    run = Run("init-race", seed, params)
    start(run)
    while run.tick():
        pass
    return run


@pytest.fixture(scope="module")
def finals():
    """Final losses (seeds, zero · too large · balanced) by (depth, limit)."""
    return {
        (depth, limit): np.array(
            [
                [r.now.loss for r in race(seed, depth=depth, limit=limit).state.runners]
                for seed in SEEDS
            ]
        )
        for depth, limit in (("shallow", 3), ("deep", 8))
    }


def middle(losses):
    """The median over the seeds, without what the browser's NumPy lacks."""
    return np.quantile(losses, 0.5, axis=0)


def test_on_a_shallow_network_the_larger_start_beats_the_balanced_one(finals):
    zero, large, balanced = middle(finals["shallow", 3])
    assert large < balanced < 0.1 < zero
    assert (finals["shallow", 3][:, 1] < finals["shallow", 3][:, 2]).mean() > 0.8


def test_through_six_hidden_layers_the_large_start_loses_to_the_balanced_one(finals):
    zero, large, balanced = middle(finals["deep", 8])
    assert balanced < 0.05
    assert large > 0.2
    assert large < zero + 0.05
    assert (finals["deep", 8][:, 1] > finals["deep", 8][:, 2]).all()


def test_a_zero_start_never_leaves_ln_2_and_rank_0(finals):
    for found in finals.values():
        assert found[:, 0] == pytest.approx(np.log(2), abs=1e-6)
    zero = race(1, depth="shallow", steps=100).state.layers[0]
    assert zero.rank.tolist() == [0, 0, 0]
    assert zero.spread.tolist() == pytest.approx([0, 0, 0])


def test_a_large_start_saturates_and_does_not_explode():
    _, large, balanced = Run("init-race", 2).state.layers
    assert (large.saturated[1:] > 0.5).all()
    assert large.spread.max() <= 1
    assert balanced.saturated.max() < 0.2


def test_the_runners_share_points_and_random_numbers():
    zero, large, balanced = Run("init-race", 3).state.runners
    assert not zero.trainer.network.theta.any()
    for other in (large, balanced):
        assert other.trainer.x.tolist() == zero.trainer.x.tolist()
        assert other.trainer.y.tolist() == zero.trainer.y.tolist()
        assert other.trainer.batch_size == game.POINTS
    sizes = game.DEPTHS["deep"]
    start = 0
    for n_in, n_out in itertools.pairwise(sizes):
        end = start + n_in * n_out
        W = [r.trainer.network.theta[start:end] for r in (large, balanced)]
        ratio = 8 / np.sqrt(6 / (n_in + n_out))
        assert W[0].tolist() == pytest.approx((ratio * W[1]).tolist(), abs=2e-5)
        start = end + n_out


def test_the_losses_are_those_of_gradient_descent_by_hand():
    run = Run("init-race", 4, {"depth": "shallow"})
    runner = run.state.runners[2]
    theta = runner.trainer.network.theta.copy()
    x, t = np.array(runner.trainer.x), np.array(runner.trainer.y)
    sizes = game.DEPTHS["shallow"]
    layers, start = [], 0
    for n_in, n_out in itertools.pairwise(sizes):
        W = theta[start : start + n_in * n_out].reshape(n_in, n_out)
        start += n_in * n_out
        layers.append([W, theta[start : start + n_out]])
        start += n_out
    run.send(["guess", "zero-large-balanced"])
    run.send(["train"])
    for _ in range(5):
        a = [x]
        for W, b in layers[:-1]:
            a.append(np.tanh(a[-1] @ W + b))
        y = a[-1] @ layers[-1][0] + layers[-1][1]
        loss = float(np.mean(np.logaddexp(0, y) - t * y))
        assert runner.now.loss == pytest.approx(loss, abs=1e-4)
        delta = (1 / (1 + np.exp(-y)) - t) / len(x)
        for layer, before in zip(reversed(layers), reversed(a), strict=True):
            dW, db = before.T @ delta, delta.sum(axis=0)
            delta = (delta @ layer[0].T) * (1 - before**2)
            layer[0], layer[1] = layer[0] - 0.5 * dW, layer[1] - 0.5 * db
        run.tick()


def test_the_layers_on_show_are_measured_on_the_networks():
    run = race(5, steps=100)
    for runner, layers in zip(run.state.runners, run.state.layers, strict=True):
        network, x = runner.trainer.network, runner.trainer.x
        hidden = network.activations(x)[2::2]
        assert layers.spread[:-1].tolist() == pytest.approx([v.std() for v in hidden])
        ranks = [int(np.linalg.matrix_rank(W)) for n, W, _ in network.parameters() if n[-1] == "W"]
        assert layers.rank.tolist() == ranks


def test_printed_losses_are_the_runners():
    run = race(6, depth="shallow", steps=100)
    printed = lanes(run.view())
    for name, runner in zip(game.STARTS.values(), run.state.runners, strict=True):
        assert printed[name] == short(runner.now.loss, 3)


def test_the_ranking_predicted_wins_and_cannot_be_changed_on_the_way():
    run = Run("init-race", 0, {"steps": 100, "depth": "shallow", "limit": 3})
    start(run)
    with pytest.raises(ValueError, match="allowed"):
        run.send(["guess", "large-zero-balanced"])
    while run.tick():
        pass
    truth = game.ranking(run.state)
    run.send(["again"])
    assert run.score() == 0
    run.send(["guess", truth])
    run.send(["train"])
    while run.tick():
        pass
    assert run.score() == 1
    assert "You called it" in shown(run.view(), "win")
    assert buttons(run.view())["Guess again"].messages() == {"click": ("again",)}


def test_every_ranking_is_a_few_taps_on_the_podium_away():
    for goal in game.RANKINGS:
        for start in (None, *game.RANKINGS):
            run = Run("init-race", 0, {"steps": 100})
            if start:
                run.send(["guess", start])
            for taps, message in enumerate(game._taps(run.state, goal)):
                assert control(run.view(), message) is not None
                run.send(list(message))
                assert taps < 4
            assert run.state.bet.said == goal


def test_going_back_to_the_start_repeats_the_same_race():
    run = race(7, steps=100)
    before = [r.history.column("loss").tolist() for r in run.state.runners]
    run.send(["again"])
    start(run)
    while run.tick():
        pass
    assert [r.history.column("loss").tolist() for r in run.state.runners] == before


@pytest.mark.parametrize(
    ("depth", "told"), [("deep", "hardly any correction"), ("shallow", "though")]
)
def test_a_lost_guess_is_told_how_much_of_tanh_is_flat(depth, told):
    run = Run("init-race", 3, {"steps": 100, "depth": depth})
    run.send(["guess", "zero-large-balanced"])
    run.send(["train"])
    while run.tick():
        pass
    flat = percent(float(np.mean(run.state.layers[1].saturated)))
    verdict = run.describe()
    assert told in verdict
    assert f"{flat} of the values on tanh’s flat ends" in verdict
