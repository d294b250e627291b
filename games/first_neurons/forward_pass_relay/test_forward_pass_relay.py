"""Forward-Pass Relay: winnable at every width, and every number the network's own."""

import math
import re

import numpy as np
import pytest

from games.first_neurons.forward_pass_relay import game
from games.run import Run
from games.ui.numbers import fixed
from tests.games.player import wander
from tests.games.reading import classed, numbers, shown

WIDTHS = range(1, 9)
ARRIVAL = game.HOP + game.REST + game.HOP


def weights(state):
    """W1, b1, W2, b2 of the network, copied out of the engine."""
    first, _, second, _ = state.network.layers
    return first.W.copy(), first.b.copy(), second.W.copy(), second.b.copy()


def forward(state, x):
    """The forward pass, by hand: hidden sums, hidden values, output sum, output."""
    W1, b1, W2, b2 = weights(state)
    z1 = [sum(x[i] * W1[i, j] for i in range(2)) + b1[j] for j in range(state.width)]
    a1 = [math.tanh(z) for z in z1]
    z2 = sum(a1[j] * W2[j, 0] for j in range(state.width)) + b2[0]
    return z1, a1, z2, 1 / (1 + math.exp(-z2))


def relay(seed=0, **params):
    return Run("forward-pass-relay", seed, params)


def fire(run):
    run.send(["fire"])
    while run.tick():
        pass


@pytest.mark.parametrize("hidden", WIDTHS)
def test_some_inputs_win_and_some_lose_at_every_width_and_seed(hidden):
    for seed in range(40):
        state = relay(seed, hidden=hidden).state
        W1, b1, W2, b2 = weights(state)
        y = 1 / (1 + np.exp(-(np.tanh(game.GRID @ W1 + b1) @ W2 + b2)))
        assert (y > 0.5).any()
        assert (y <= 0.5).any()
        assert forward(state, (0, 0))[3] <= 0.5


@pytest.mark.parametrize("hidden", WIDTHS)
def test_a_change_of_width_builds_the_network_that_width_always_has(hidden):
    changed = relay(5)
    changed.send(["input", 0, 0.5])
    changed.send(["hidden", hidden])
    fresh = relay(5, hidden=hidden)
    for a, b in zip(weights(changed.state), weights(fresh.state), strict=True):
        assert a.tolist() == b.tolist()
    assert changed.state.x.tolist() == [[0, 0]]


def test_other_seeds_give_other_networks():
    assert len({tuple(weights(relay(seed).state)[0].ravel()) for seed in range(20)}) == 20


def test_the_grid_holds_every_setting_of_the_sliders():
    assert len(game.GRID) == 41 * 41
    assert len(np.unique(game.GRID, axis=0)) == 41 * 41
    assert game.GRID.min() == -1
    assert game.GRID.max() == 1


def test_the_score_waits_for_the_signal_to_arrive():
    run = relay(1)
    messages = list(game.solution(run.state))
    for message in messages:
        assert run.score() == 0
        run.send(list(message))
    for _ in range(ARRIVAL - 1):
        assert run.tick()
        assert run.score() == 0
        assert classed(run.view(), "gold") == []
    assert run.tick()
    assert run.score() == 1
    assert [unit.key for unit in classed(run.view(), "gold")] == ["2-0"]
    assert not run.tick()


def test_a_signal_that_is_too_weak_loses():
    run = relay(1)
    fire(run)
    assert 0 < run.score() <= 0.5
    assert classed(run.view(), "gold") == []
    assert "not above" in shown(run.view(), "note")


def shown_in_units(run):
    """What stands in the circles; a neuron's name stands above it."""
    return [unit.text().split()[-1] for unit in classed(run.view(), "unit")]


def test_layers_get_their_numbers_one_after_another():
    run = relay(2)
    run.send(["input", 0, 0.4])
    run.send(["input", 1, -0.85])
    _, a1, _, y = forward(run.state, (0.4, -0.85))
    layers = [["0.40", "−0.85"], [fixed(a) for a in a1], [fixed(y)]]
    run.send(["fire"])
    for clock in range(ARRIVAL + 1):
        reached = 0 if clock < game.HOP else 1 if clock < ARRIVAL else 2
        wanted = [
            value if layer <= reached else "?"
            for layer, values in enumerate(layers)
            for value in values
        ]
        assert shown_in_units(run) == wanted
        run.tick()


def test_pulses_travel_while_the_signal_is_between_layers():
    run = relay(2)
    assert classed(run.view(), "pulse") == []
    run.send(["fire"])
    places = []
    while True:
        places.append([numbers(p.attributes["d"])[0] for p in classed(run.view(), "pulse")])
        if not run.tick():
            break
    under_way = [place[0] for place in places if place]
    assert under_way == sorted(under_way)
    assert len(under_way) == 2 * game.HOP
    assert places[-1] == []


@pytest.mark.parametrize("message", [["input", 0, 0.5], ["hidden", 5], ["hidden", 3]])
@pytest.mark.parametrize("ticks", [0, 10, 60, 500])
def test_a_change_takes_the_signal_back(message, ticks):
    run = relay(3)
    run.send(["fire"])
    for _ in range(ticks):
        run.tick()
    run.send(message)
    assert run.score() == 0
    assert not run.tick()
    assert shown_in_units(run)[2:] == ["?"] * (run.state.width + 1)


def test_looking_into_a_neuron_leaves_the_signal_alone():
    run = relay(3)
    fire(run)
    before = run.score()
    run.send(["look", 2])
    assert run.score() == before
    assert run.state.signal.clock == ARRIVAL


def test_the_sum_written_out_is_the_neurons_own():
    for seed in range(6):
        run = relay(seed, hidden=1 + seed)
        for _ in wander(run, np.random.default_rng(seed), moves=40):
            state, text = run.state, shown(run.view(), "arithmetic")
            W1, b1, W2, b2 = weights(state)
            x = state.x[0]
            z1, a1, z2, y = forward(state, x)
            reached = state.signal.reached
            name, _, sums = text.partition(" = ")
            inside = sums[sums.index("(") + 1 :].split(" = ")[0].removesuffix(")")
            subscript = re.compile(r"h[₁-₈]")
            if name == "y":
                assert sums.startswith("sigmoid(")
                w, b, z, value, home = W2[:, 0], b2[0], z2, y, 2
                factors = [float(f"{a:.3f}") for a in a1] if reached else None
            else:
                assert sums.startswith("tanh(")
                j = "₁₂₃₄₅₆₇₈".index(name[1])
                assert j == state.looked_at
                w, b, z, value, home = W1[:, j], b1[j], z1[j], a1[j], 1
                factors = [float(f"{v:.2f}") for v in x]
            if factors is None:
                assert len(subscript.findall(inside)) == state.width
            found = signed_terms(inside)
            assert [weight for weight, _ in found[:-1]] == pytest.approx(w.tolist())
            assert found[-1] == (pytest.approx(b), None)
            if factors is not None:
                assert [factor for _, factor in found[:-1]] == factors
            if reached < home:
                assert text.endswith("= ?")
            else:
                assert text.endswith(f"({fixed(z, 3)}) = {fixed(value, 3)}")


def test_the_outputs_sum_gets_the_hidden_numbers_as_soon_as_they_are_there():
    run = relay(2)
    run.send(["look", 3])
    run.send(["fire"])
    for clock in range(ARRIVAL + 1):
        text = shown(run.view(), "arithmetic")
        assert ("h₁" in text) == (clock < game.HOP)
        assert text.endswith("= ?") == (clock < ARRIVAL)
        run.tick()


def signed_terms(text):
    """ "0.4 × 0.50 − 1.2 × (−0.30) + 0.1" as [(0.4, 0.5), (-1.2, -0.3), (0.1, None)]."""
    text = re.sub(r"^(?=\d)", "+ ", re.sub(r"^−", "− ", text))
    terms = []
    for sign, weight, factor in re.findall(r"([+−]) (\d+\.\d)(?: × \(?([^ )]+)\)?)?", text):
        number = float(weight) * (1 if sign == "+" else -1)
        terms.append((number, numbers(factor)[0] if numbers(factor) else factor or None))
    return terms


def test_weights_have_one_decimal_so_that_the_sum_can_be_checked_by_hand():
    for hidden in WIDTHS:
        theta = relay(9, hidden=hidden).state.network.theta
        assert np.abs(theta * 10 - np.rint(theta * 10)).max() < 1e-9


def test_an_output_that_prints_as_one_half_gets_more_digits():
    run = relay(0)
    fire(run)
    for y, words in ((0.50004, "y = 0.500040 is above"), (0.49996, "y = 0.499960: ")):
        run.state.values[-1][0, 0] = y
        assert words in shown(run.view(), "note")
        assert (run.score() == 1) == (y > 0.5)


def test_lines_are_drawn_from_the_weights():
    run = relay(4)
    W1, _, W2, _ = weights(run.state)
    drawn = [numbers(edge.text())[0] for edge in classed(run.view(), "edge")]
    assert drawn == pytest.approx([*W1.ravel(), *W2.ravel()])


def test_a_signal_that_is_too_weak_says_which_input_to_change():
    for seed in range(20):
        run = relay(seed)
        for _ in range(45):
            fire(run)
            told = re.search(r"a (larger|smaller) (x₁|x₂) raises it", shown(run.view(), "note"))
            if not told:
                break
            before, i = run.state.values[-1][0, 0], "x₁x₂".index(told[2]) // 2
            step = game.STEP if told[1] == "larger" else -game.STEP
            run.send(["input", i, round(run.state.x[0, i] + step, 2)])
            assert run.state.values[-1][0, 0] > before
        assert run.score() == 1 or "far from these" in shown(run.view(), "note")
