"""Memory for Time: bytes really alive, layers really computed, one and the same gradient."""

import gc

import numpy as np
import pytest

from games.backpropagation.memory_for_time import game
from games.run import Run
from pycore.activations import Tanh
from pycore.autodiff import Tensor, apply, checkpoint, kept_bytes
from pycore.layers import Dense, Sequential
from tests.games.reading import buttons, classed, readouts

OUTPUT = game.WIDTH * game.BATCH * 8


def measured(guess=6, depth=16, seed=0):
    run = Run("memory-for-time", seed, {"depth": depth})
    run.send(["every", guess])
    run.send(["measure"])
    while run.tick():
        pass
    return run


@pytest.mark.parametrize("depth", game.DEPTHS)
def test_the_least_memory_is_at_the_square_root_of_the_depth(depth):
    state = measured(1, depth).state
    assert game.best(state) == [round(depth**0.5)]


def test_the_peak_is_what_is_kept_and_one_stretch():
    for depth in (9, 36):
        for k, found in measured(1, depth).state.passes.items():
            assert found.peak == OUTPUT * (-(-depth // k) + k)


def test_keeping_all_computes_every_layer_once_and_checkpoints_twice():
    state = measured(1, 25).state
    assert state.plain.computed == 25
    assert state.plain.peak == 25 * OUTPUT
    assert {found.computed for found in state.passes.values()} == {50}


def test_the_gradient_is_the_same_to_the_last_digit():
    run = measured(4)
    assert {found.difference for found in run.state.passes.values()} == {0.0}
    assert readouts(run.view())["difference in the gradient"] == "0"


def test_the_gradient_is_that_of_the_layers():
    trace, grad = game.run(5, 4, 2)
    rng = np.random.default_rng(5)
    layers = []
    for _ in range(4):
        dense = Dense(game.WIDTH, game.WIDTH, rng=np.random.default_rng(0))
        dense.W[:] = rng.normal(0, game.WIDTH**-0.5, dense.W.shape)
        layers += [dense, Tanh()]
    network = Sequential(*layers)
    y = network.forward(rng.normal(size=(game.BATCH, game.WIDTH)))
    network.backward(2 * y / y.size)
    assert len(trace) == 8
    assert grad == pytest.approx(network.grad, rel=1e-9, abs=1e-15)


def test_forward_mode_agrees_with_the_way_back():
    rng = np.random.default_rng(1)
    x, W, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    dx, dW, db, dy = (rng.normal(size=a.shape) for a in (x, W, b, x))
    layer = game.DenseTanh(game.Meter())
    leaves = [Tensor(a, tangent=t) for a, t in zip((x, W, b), (dx, dW, db), strict=True)]
    y = apply(layer, *leaves)
    y.backward(dy)
    pulled = sum(float((leaf.grad * t).sum()) for leaf, t in zip(leaves, (dx, dW, db), strict=True))
    assert float((y.tangent * dy).sum()) == pytest.approx(pulled)


def test_the_meter_agrees_with_what_the_graph_keeps():
    rng = np.random.default_rng(0)
    W, b = Tensor(rng.normal(size=(16, 16)) / 4), Tensor(np.zeros(16))
    meter = game.Meter()
    layer = game.DenseTanh(meter)

    def two(y):
        return apply(layer, apply(layer, y, W, b), W, b)

    x = Tensor(rng.normal(size=(16, 16)))
    y = checkpoint(two, checkpoint(two, x))
    gc.disable()
    try:
        assert meter.live == kept_bytes(y) - x.data.nbytes == 2 * OUTPUT
        del y
        assert meter.live == 0
    finally:
        gc.enable()


def test_won_by_the_guess_not_by_the_slider_afterwards():
    run = measured(9)
    assert run.score() < 1
    run.send(["every", 4])
    assert run.score() < 1
    assert measured(4).score() == 1


def test_the_guess_just_seen_does_not_win_at_the_next_number_of_layers():
    run = Run("memory-for-time", 0)
    guess = 1
    for _ in range(12):
        run.send(["every", guess])
        run.send(["measure"])
        while run.tick():
            pass
        assert run.score() < 1
        (guess,) = game.best(run.state)
        run.send(["again"])


def test_a_number_of_layers_that_was_measured_counts_for_nothing():
    run = measured(1)
    run.send(["depth", 25])
    run.send(["depth", 16])
    run.send(["every", 4])
    run.send(["measure"])
    while run.tick():
        pass
    assert run.state.bet.said in game.best(run.state)
    assert run.score() == 0


def test_the_truth_shows_only_after_the_measuring():
    run = Run("memory-for-time", 0, {"depth": 16})
    assert not classed(run.view(), "prediction-truth")
    run.send(["every", 2])
    run.send(["measure"])
    run.tick()
    assert not classed(run.view(), "prediction-truth")
    assert buttons(run.view())["Measure all: I predict one in 2"].attributes["aria-disabled"]
    while run.tick():
        pass
    assert "one in 4" in classed(run.view(), "prediction-truth")[0].text()


def test_the_bytes_printed_are_those_measured():
    run = measured(5)
    found = run.state.passes[5]
    printed = readouts(run.view())
    assert printed["bytes needed with one in 5 kept"].startswith(f"{found.peak} (")
    assert printed["bytes needed with all outputs kept"] == str(16 * OUTPUT)
    assert printed["layers computed"] == "32 instead of 16"
