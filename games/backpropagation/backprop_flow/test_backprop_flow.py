"""Backprop Flow: the factors on the page multiply to the gradient, whatever the network."""

import math

import numpy as np
import pytest

from games import load
from games.backpropagation.backprop_flow import game
from games.editions import current
from games.run import Run
from games.ui.numbers import short
from pycore.activations import sigmoid
from tests.games.player import wander
from tests.games.reading import classed

CASES = [(net, seed) for net in game.NETS for seed in range(8)]


def flow(seed=0, **params):
    return Run("backprop-flow", seed, params)


def predict(run):
    run.send(["sign", "rises"])
    run.send(["killer", 0])


def run_down(run):
    while run.tick():
        pass


def weights(state):
    """W and b of every layer, copied out of the engine."""
    return [(d.W.copy(), d.b.copy()) for d in game._dense(state)]


def loss(layers, x, t):
    """(y − t)² with σ everywhere, by hand."""
    for W, b in layers:
        x = sigmoid(x @ W + b)
    return float((x[0, 0] - t) ** 2)


def by_hand(state):
    """dL/dW of every layer by the δ-recursion in matrix form."""
    layers, a = weights(state), [state.x]
    for W, b in layers:
        a.append(sigmoid(a[-1] @ W + b))
    delta = 2 * (a[-1] - state.target) * a[-1] * (1 - a[-1])
    found = []
    for (W, _), before in zip(reversed(layers), reversed(a[:-1]), strict=True):
        found.insert(0, before.T @ delta)
        delta = (delta @ W.T) * before * (1 - before)
    return found


@pytest.mark.parametrize(("net", "seed"), CASES)
def test_the_factors_along_all_paths_add_up_to_the_gradient_of_every_weight(net, seed):
    state = flow(seed, net=net).state
    exact = by_hand(state)
    for weight in game._weights(state).values():
        gap, i, j = weight
        ways = game.paths(state, weight)
        total = sum(math.prod(f.value for f in way.factors) for way in ways)
        assert total == pytest.approx(game.gradient(state, weight), rel=1e-12, abs=1e-15)
        assert total == pytest.approx(exact[gap][i, j], rel=1e-9, abs=1e-15)
        assert len(ways) == math.prod(game.NETS[net][gap + 2 :])


@pytest.mark.parametrize(("net", "seed"), CASES[::5])
def test_the_gradient_is_the_slope_of_the_loss(net, seed):
    state = flow(seed, net=net).state
    layers, tiny = weights(state), 1e-6
    for gap, i, j in game._weights(state).values():
        W = layers[gap][0]
        old = W[i, j]
        W[i, j] = old + tiny
        above = loss(layers, state.x, state.target)
        W[i, j] = old - tiny
        below = loss(layers, state.x, state.target)
        W[i, j] = old
        slope = (above - below) / (2 * tiny)
        assert slope == pytest.approx(game.gradient(state, (gap, i, j)), abs=1e-8)
        assert float(state.done.numeric[gap][i, j]) == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize(("net", "seed"), CASES)
def test_every_case_has_one_factor_that_stops_the_gradient(net, seed):
    state = flow(seed, net=net).state
    sizes = sorted(abs(f.value) for f in game.questions(state))
    assert sizes[0] < game.TINY < game.PLAIN < sizes[1]
    assert game.questions(state)[game.smallest(state)].value in (sizes[0], -sizes[0])


def test_cases_differ_in_the_factor_that_stops_the_gradient():
    names = set()
    for seed in range(40):
        state = flow(seed).state
        names.add(game.questions(state)[game.smallest(state)].name.split()[0])
    assert len(names) >= 4


def test_nothing_is_known_before_the_signal_brings_it():
    run = flow(1)
    assert not classed(run.view(), "values")
    assert np.isnan(run.numbers()["loss L"]).all()
    assert all(np.isnan(v).all() for k, v in run.numbers().items() if "a = σ" in k or k[0] == "δ")
    run.send(["forward"])
    assert "?" in classed(run.view(), "values")[0].text()
    run_down(run)
    assert np.isnan(run.numbers()["loss L"]).all()
    run.send(["loss"])
    assert not np.isnan(run.numbers()["loss L"]).any()
    assert all(np.isnan(v).all() for k, v in run.numbers().items() if k[0] == "δ")
    predict(run)
    run.send(["backward"])
    run_down(run)
    assert not any(np.isnan(v).any() for v in run.numbers().values())


def test_the_three_readings_of_a_gradient_are_printed_from_three_computations():
    run = flow(2, net="2-2-2-1")
    run.solve()
    for place, (gap, i, j) in game._weights(run.state).items():
        run.send(["weight", place])
        total, engine, numeric = [n.text() for n in classed(shown_sum(run), "readout-value")]
        assert total == engine == short(game.gradient(run.state, (gap, i, j)), 4)
        assert numeric == short(float(run.state.done.numeric[gap][i, j]), 4)


def shown_sum(run):
    (node,) = classed(run.view(), "gradient-sum")
    return node


def test_steps_come_in_order_and_wait_for_the_signal():
    run = flow(0)
    for message in (["loss"], ["backward"]):
        with pytest.raises(ValueError, match="allowed"):
            run.send(message)
    run.send(["forward"])
    with pytest.raises(ValueError, match="allowed"):
        run.send(["loss"])
    run_down(run)
    run.send(["loss"])
    predict(run)
    run.send(["backward"])
    with pytest.raises(ValueError, match="allowed"):
        run.send(["killer", 0])


def played(run, sign, factor):
    """A pass with both predictions, each right or wrong."""
    state = run.state
    right = game.smallest(state)
    up = (game.gradient(state, state.asked) > 0) == sign
    run.send(["sign", "rises" if up else "falls"])
    run.send(["killer", right if factor else (right + 1) % len(game.questions(state))])
    for message in (["forward"], ["loss"], ["backward"]):
        run.send(message)
        run_down(run)
    return run


@pytest.mark.parametrize("seed", range(6))
def test_each_of_the_two_predictions_counts_half(seed):
    assert played(flow(seed), sign=True, factor=True).score() == 1
    assert played(flow(seed), sign=True, factor=False).score() == 0.5
    assert played(flow(seed), sign=False, factor=True).score() == 0.5
    assert played(flow(seed), sign=False, factor=False).score() == 0


def test_the_right_factor_alone_still_wins_in_runs_of_before():
    params, _ = current(load("backprop-flow"), 2, 3, {"net": "2-2-1"}, [])
    assert played(Run("backprop-flow", 3, params), sign=False, factor=True).score() == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_win_says_what_the_other_factors_come_to_and_why_one_is_tiny(seed):
    run = played(flow(seed), sign=True, factor=True)
    least = game.questions(run.state)[game.smallest(run.state)]
    (rest,) = run.numbers()["what the other factors come to"]
    assert rest * least.value == pytest.approx(game.gradient(run.state, run.state.asked))
    text = run.view().text()
    assert f"come to {short(rest, 4)}. Times {least.name}" in text
    assert game.WHY[least.kind] in text


def test_a_wrong_factor_is_not_won_and_the_right_sign_is_worth_half():
    run = flow(3)
    state = run.state
    right = game.smallest(state)
    run.send(["killer", (right + 1) % len(game.questions(state))])
    run.send(["sign", "rises" if game.gradient(state, state.asked) > 0 else "falls"])
    for message in (["forward"], ["loss"], ["backward"]):
        run.send(message)
        run_down(run)
    assert run.score() == 0.5
    assert "is smaller" in run.view().text()
    run.solve()
    assert run.score() == 1


def test_the_guess_cannot_be_changed_once_the_answer_is_out():
    run = flow(4)
    run.solve()
    run.send(["forward"])
    run_down(run)
    with pytest.raises(ValueError, match="allowed"):
        run.send(["killer", 0])
    assert run.state.killer.over


def test_another_example_takes_the_pass_back():
    run = flow(5)
    run.solve()
    run.send(["input", 0, 0.5])
    assert run.score() == 0
    assert run.state.stage == game.START
    assert run.state.killer.open
    assert run.state.done.a[0].tolist() == run.state.x[0].tolist()


def test_looking_never_moves_a_weight():
    run = flow(6)
    before = run.state.network.theta.copy()
    for what, offer in wander(run, np.random.default_rng(6), moves=30):
        if what == "send" and offer.message[0] in ("case", "net"):
            break
        assert run.state.network.theta.tolist() == before.tolist()


def pins(run):
    """What stands on the path: each factor's text, and the move it makes, if it makes one."""
    found = [n for n in classed(run.view(), "flow-pin") if n.key != "weight"]
    return [(n.text(), n.messages().get("click")) for n in found]


@pytest.mark.parametrize("net", game.NETS)
def test_the_factors_come_with_the_loss_are_pressed_and_then_say_their_values(net):
    run = flow(7, net=net)
    run.send(["forward"])
    run_down(run)
    assert pins(run) == []
    run.send(["loss"])
    factors = game.questions(run.state)
    offered = [message for _, message in pins(run) if message]
    assert sorted(offered) == [("killer", k) for k in range(len(factors))]
    known = [short(f.value) for f in factors if f.kind in ("slope", "error")]
    assert not any(text in known for text, _ in pins(run))
    predict(run)
    run.send(["backward"])
    run_down(run)
    assert all(message is None for _, message in pins(run))
    values = [text for text, _ in pins(run)]
    assert all(game._printed(run.state, f) in values for f in factors)
    (least,) = classed(run.view(), "least")
    assert least.text() == game._printed(run.state, factors[game.smallest(run.state)])


def test_a_gradient_floods_back_as_wide_as_it_is_large():
    run = flow(2)
    assert not classed(run.view(), "edge-flood")
    run.solve()
    lines = {n.key: float(n.attributes["stroke-width"]) for n in classed(run.view(), "edge-flood")}
    sizes = {
        f"{gap}-{i}-{j}": abs(game.gradient(run.state, (gap, i, j)))
        for gap, i, j in game._weights(run.state).values()
    }
    assert lines.keys() == {*sizes, "dy"}
    order = sorted(sizes, key=sizes.__getitem__)
    assert [lines[key] for key in order] == sorted(lines[key] for key in order)


@pytest.mark.parametrize("net", game.NETS)
def test_what_stands_on_the_path_lies_apart(net):
    for seed in range(6):
        state = flow(seed, net=net).state
        places = {f.at for path in game.paths(state, state.asked) for f in path.factors}
        spots = [game._spot(state, at) for at in (*places, state.asked)]
        for n, (x, y) in enumerate(spots):
            assert 0 < x < game.WIDTH
            assert 16 <= y <= game.HEIGHT - 8
            for u, v in spots[:n]:
                assert abs(x - u) >= 50 or abs(y - v) >= 32
