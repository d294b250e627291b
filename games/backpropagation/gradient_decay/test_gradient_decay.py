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
    run = Run("gradient-decay", seed)
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
    run = Run("gradient-decay", 0)
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
    assert run.score() <= 0.5
    with pytest.raises(MessageError):
        run.send(["depth", 20])
    run.send(["close"])
    run.send(["depth", 20])


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
