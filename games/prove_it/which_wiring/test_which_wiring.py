"""Which Wiring: the natural wirings win every seed, and a tile shows what its program does."""

import itertools

import numpy as np
import pytest

from games.prove_it.which_wiring import game, wirings
from games.run import Run


def guess(run, wiring):
    run.send(["guess", wiring])
    run.send(["wire"])


def test_every_seed_deals_one_kind_of_data_for_each_wiring():
    seen = set()
    for seed in range(50):
        left = Run("which-wiring", seed).state.left
        assert sorted(game.TRUTH[data] for data in left) == sorted(game.NAMES)
        seen.update(left)
    assert seen == set(game.TRUTH)


def test_what_is_wrong_says_why_and_comes_back_after_the_others():
    for seed in range(50):
        run = Run("which-wiring", seed)
        order, first = list(run.state.left), game.truth(run.state)
        guess(run, next(name for name in game.NAMES if name != first))
        assert run.score() == 0
        assert game.mistakes(run.state)
        run.send(["next"])
        for data in order[1:]:
            assert run.state.left[0] == data
            guess(run, game.TRUTH[data])
            run.send(["next"])
        assert run.score() == pytest.approx(5 / 6)
        assert run.state.left == [order[0]]
        guess(run, first)
        assert run.score() == 1
        run.send(["next"])
        assert run.score() == 0
        assert len(run.state.left) == 6


def test_every_guess_has_its_reason():
    for truth, said in itertools.permutations(game.NAMES, 2):
        assert game.WRONG[truth][said]
    assert game.RIGHT.keys() == game.DATA.keys() == game.NAMES.keys()


def test_no_wiring_is_told_before_it_is_guessed():
    run = Run("which-wiring", 0)
    before = game.describe(run.state)
    run.send(["guess", game.truth(run.state)])
    assert game.RIGHT[game.truth(run.state)] not in before + game.describe(run.state)


# --- the tiles ------------------------------------------------------------------------------------


def measured(wiring, n):
    """The slopes by finite differences, of the very network."""
    names = wirings.made(wiring, n)
    network, x = names["network"], np.array(names["x"], float)
    items = n if x.shape[0] == 1 else x.shape[0]
    found = np.zeros((items, items))
    for place in range(x.size):
        step = np.zeros(x.size)
        step[place] = 1e-5
        step = step.reshape(x.shape)
        dy = (network.forward(x + step) - network.forward(x - step)).reshape(items, -1) / 2e-5
        found[:, place * items // x.size] += (dy**2).sum(axis=1)
    return np.sqrt(found)


@pytest.mark.parametrize("wiring", [name for name in game.NAMES if name != "autoencoder"])
def test_a_tile_shows_how_much_each_output_moves_with_each_input(wiring):
    (slopes,) = wirings.listening(wiring, game.DOTS)
    np.testing.assert_allclose(slopes, measured(wiring, game.DOTS), atol=1e-6)


def test_the_bottleneck_has_two_dots_and_both_of_its_steps_are_whole():
    into, out_of = wirings.listening("autoencoder", game.DOTS)
    assert into.shape == (2, 8)
    assert out_of.shape == (8, 2)
    encoder, decoder = (abs(part[0].W.T) for part in wirings.made("autoencoder", 8)["network"])
    np.testing.assert_allclose(into, encoder)
    np.testing.assert_allclose(out_of, decoder)


def test_who_listens_to_whom_is_what_the_win_says():
    """All to all, a window, what came before, all by what is there, neighbours of a graph."""
    n = game.DOTS
    one = {name: wirings.listening(name, n)[0] for name in game.NAMES}
    assert (one["dense"] > 0).all()
    band = abs(np.subtract.outer(np.arange(n), np.arange(n))) <= 1
    assert ((one["convolution"] > 0) == band).all()
    for shift in (-1, 0, 1):  # the same kernel everywhere
        assert np.ptp(np.diag(one["convolution"], shift)) < 1e-12
    assert ((one["recurrent"] > 0) == np.tri(n, dtype=bool)).all()
    edges = wirings.made("graph", n)["edges"]
    joined = np.eye(n, dtype=bool)
    joined[edges[:, 1], edges[:, 0]] = True
    assert ((one["graph"] > 0) == joined).all()
    assert (one["attention"] > 0).all()
    for name in game.NAMES:  # and every line is strong enough to be drawn
        for slopes in wirings.listening(name, n):
            assert slopes[slopes > 0].min() >= game.STRENGTHS["faint"] * slopes.max(), name
    names = wirings.made("attention", n)
    other = wirings._slopes(names["network"], names["x"][:, ::-1] * 1.5)
    assert abs(other - one["attention"]).max() > 0.1  # dense lines would not have moved


@pytest.mark.parametrize(
    ("wiring", "formula"),
    [
        ("dense", lambda n: n * n + n),
        ("convolution", lambda _: 3 + 1),
        ("recurrent", lambda _: 8 + 8 * 8 + 8),
        ("graph", lambda _: 1 + 1 + 1),
        ("autoencoder", lambda n: 2 * n + 2 + 2 * n + n),
    ],
)
def test_parameters_are_counted_by_the_network_as_the_formula_says(wiring, formula):
    for n in (4, 12, 32):
        assert wirings.parameters(wiring, n) == formula(n)


def test_only_wirings_with_a_weight_for_each_place_grow_with_the_data():
    grows = {
        name: wirings.parameters(name, 32) > wirings.parameters(name, 8) for name in game.NAMES
    }
    assert {name for name in grows if grows[name]} == {"dense", "autoencoder"}


def test_a_program_is_shown_as_it_is_run():
    for wiring in game.NAMES:
        names = {}
        exec(wirings.program(wiring, 12), names)
        assert names["network"].size() == wirings.parameters(wiring, 12)
