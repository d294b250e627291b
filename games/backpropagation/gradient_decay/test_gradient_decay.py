"""Gradient Decay: one real backward pass, against a product of Jacobians written out."""

import base64
import itertools

import numpy as np
import pytest

from games import MessageError
from games.backpropagation.gradient_decay import game
from games.run import Run
from games.ui.numbers import short
from pycore import brains, data
from pycore.activations import Tanh
from pycore.layers import Dense, Sequential
from tests.games.player import brain_file
from tests.games.reading import classed, readouts


def sent(activation="sigmoid", scale=1.0, depth=20, guess=0, seed=0):
    run = Run("gradient-decay", seed, {"goal": game.ARRIVES})
    for message in (["activation", activation], ["scale", scale], ["depth", depth]):
        run.send(message)
    run.send(["guess", guess])
    run.send(["send"])
    while run.tick():
        pass
    return run


def by_hand(seed, depth, scale):
    """The norms of δ with tanh, as a product of Jacobians, one point at a time."""
    rng = np.random.default_rng(seed)
    x, y = data.moons(game.POINTS, 0.1, rng)
    sizes = (2, *[game.WIDTH] * (depth - 1), 1)
    W = [scale * rng.normal(0, np.sqrt(1 / a), (a, b)) for a, b in itertools.pairwise(sizes)]
    squares = np.zeros(depth)
    for point, label in zip(x, y, strict=True):
        h, slopes = point, []
        for layer in W[:-1]:
            h = np.tanh(h @ layer)
            slopes.append(1 - h**2)
        delta = (1 / (1 + np.exp(-(h @ W[-1]))) - label) / len(x)
        squares[-1] += delta @ delta
        for i in range(depth - 2, -1, -1):
            delta = (np.diag(slopes[i]) @ W[i + 1]) @ delta
            squares[i] += delta @ delta
    return np.sqrt(squares)


@pytest.mark.parametrize("depth", [2, 7])
def test_a_bar_is_the_norm_of_a_product_of_jacobians(depth):
    run = sent("tanh", 1.2, depth)
    assert run.state.norms == pytest.approx(by_hand(run.state.seed, depth, 1.2), rel=1e-9)


def test_sigmoid_loses_the_gradient_and_he_with_relu_keeps_it():
    for seed in range(10):
        assert game.ratio(sent("sigmoid", seed=seed).state.norms) > 1e10
        assert game.ratio(sent("relu", seed=seed).state.norms) > 100
        assert 0.1 < game.ratio(sent("relu", 1.4, seed=seed).state.norms) < 10
        assert game.ratio(sent("relu", 2.5, seed=seed).state.norms) < 1e-3


def test_no_scale_on_the_slider_saves_sigmoid():
    for scale in np.arange(game.SMALLEST, game.LARGEST + 0.01, 0.5):
        assert game.ratio(sent("sigmoid", float(scale)).state.norms) > game.WIN_FACTOR


def test_twice_the_depth_is_about_the_square_of_the_loss():
    short_way, long_way = (np.log(game.ratio(sent(depth=d).state.norms)) for d in (10, 20))
    assert long_way == pytest.approx(2 * short_way, rel=0.25)


def test_won_only_deep_enough():
    assert sent("relu", 1.4, 20).score() == 1
    assert sent("relu", 1.4, 10).score() == 0.5
    assert sent("sigmoid").score() < 0.1


def test_too_much_gradient_does_not_win_either():
    run = sent("relu", 3.0)
    assert run.score() < 1
    assert "times more than the last layer" in run.describe()


def test_the_solution_wins_for_many_seeds():
    for seed in range(60):
        run = Run("gradient-decay", seed)
        run.solve()
        assert run.score() == 1, seed


def test_the_guess_is_a_power_of_ten_and_is_close_next_to_the_truth():
    truth = round(np.log10(game.ratio(sent().state.norms)))
    for guess, verdict in ((truth, "hit"), (truth - 3, "miss")):
        (node,) = classed(sent(guess=guess).view(), "prediction-truth")
        assert verdict in node.attributes["class"].split()


def test_the_bars_grow_from_the_last_layer_to_the_first():
    run = Run("gradient-decay", 0, {"goal": game.ARRIVES})
    run.send(["guess", 3])
    run.send(["send"])
    for count in range(1, 21):
        assert run.tick()
        (bars,) = classed(run.view(), "gradient")
        assert bars.attributes["d"].count("M") == count
    assert not run.tick()


def test_the_norms_printed_are_the_engines():
    run = sent("tanh", 1.3, 12)
    printed = readouts(run.view())
    assert printed["layer 1"] == short(run.state.norms[0])
    assert printed["last layer"] == short(run.state.norms[-1])


def test_the_gradient_of_a_brain_is_that_of_its_own_weights():
    brain = brains.read(base64.b64decode(brain_file()))
    run = Run("gradient-decay", 3)
    run.send(["open", brain_file()])
    run.send(["guess", 3])
    run.send(["send"])
    while run.tick():
        pass
    x, y = data.moons(game.POINTS, 0.1, np.random.default_rng(run.state.seed))
    first, second = brain.dense
    h = np.tanh(x @ first.W + first.b)
    delta = (1 / (1 + np.exp(-(h @ second.W + second.b))) - y[:, None]) / len(x)
    back = delta @ second.W.T * (1 - h**2)
    assert run.state.norms == pytest.approx([np.linalg.norm(d) for d in (back, delta)], rel=1e-9)
    with pytest.raises(MessageError):
        run.send(["depth", 20])
    assert run.score() == 0, "a brain counts for nothing"
    run.send(["close"])
    run.send(["guess", 12])


def test_a_brain_that_is_sure_of_everything_sends_no_gradient_back():
    rng = np.random.default_rng(0)
    network = Sequential(Dense(2, 1, rng=rng), Tanh(), Dense(1, 1, rng=rng))
    network.theta[:] = [0, 0, 1000, 1000, 0]
    file = brains.write(brains.Brain(network, ("x₁", "x₂"), "cross-entropy", True))
    run = Run("gradient-decay", 3)
    run.send(["open", base64.b64encode(file).decode()])
    run.send(["guess", 3])
    run.send(["send"])
    while run.tick():
        run.view()
    assert "No gradient at all arrives" in run.view().text()
    network = Sequential(Dense(2, 1, rng=rng))
    file = brains.write(brains.Brain(network, ("x₁", "x₂"), "cross-entropy", True))
    with pytest.raises(MessageError, match="no hidden layer"):
        run.send(["open", base64.b64encode(file).decode()])


def called(run, guess):
    """The call, and the gradient on its way to layer 1."""
    run.send(["guess", guess])
    run.send(["send"])
    while run.tick():
        pass


def truth(run):
    return round(game.orders(run.state))


def test_only_a_quarter_of_the_layers_is_seen_before_the_call():
    run = Run("gradient-decay", 0)
    shown = run.numbers()["gradient norm ‖δ‖ of each layer, layer 1 first"]
    assert np.isfinite(shown).tolist() == [False] * 15 + [True] * 5
    here, other = (Run("gradient-decay", 0, {"activation": a}).view() for a in ("sigmoid", "gelu"))
    for axis in (here, other):
        assert "10⁻¹⁵" in axis.text(), "the axis says nothing of what will arrive"


def test_without_a_right_call_there_is_nothing_to_build():
    run = Run("gradient-decay", 1)
    called(run, 3)
    assert run.score() == 0
    run.send(["again"])
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["scale", 1.4])
    called(run, truth(run))
    assert run.score() == 0.5
    run.send(["again"])
    run.send(["scale", 1.4])


def test_the_number_just_seen_is_wrong_for_the_next_network():
    for seed in range(10):
        run = Run("gradient-decay", seed)
        guess = 0
        for _ in range(5):
            called(run, guess)
            assert run.score() == 0, (seed, guess)
            guess = truth(run)
            run.send(["again"])


def test_every_network_that_is_to_be_called_is_far_from_level_and_on_the_axis():
    for bend, scale, depth in game.CALLED:
        for seed in range(5):
            state = game.State(np.random.default_rng(0), seed, bend, depth, scale)
            orders = game.orders(state, game.backward(state))
            assert -7 < orders < 15, (bend, scale, depth, orders)
            assert abs(orders) > 2, (bend, scale, depth, orders)


def test_a_network_to_build_does_not_arrive_as_it_is_dealt_and_is_another_after_a_miss():
    for seed in range(10):
        run = Run("gradient-decay", seed)
        called(run, truth(run))
        for _ in range(4):
            before = run.state.activation
            run.send(["again"])
            assert run.state.activation != before
            run.send(["send"])
            while run.tick():
                pass
            assert run.score() == 0.5


def test_building_shows_the_first_layers_at_once():
    run = Run("gradient-decay", 0)
    called(run, truth(run))
    run.send(["again"])
    before = run.state.norms
    run.send(["scale", 1.5])
    assert run.state.arrived == game.layers(run.state) // game.SEEN
    assert not np.array_equal(run.state.norms, before)


def test_a_dial_turned_after_a_sending_draws_other_weights():
    run = Run("gradient-decay", 0)
    called(run, truth(run))
    run.send(["again"])
    run.send(["send"])
    while run.tick():
        pass
    before = run.state.seed
    run.send(["scale", 1.4])
    assert run.state.seed != before
