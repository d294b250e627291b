"""Slide the Kernel: the chain adds up, a dot shows the kernel, and only the right kernel wins."""

import numpy as np
import pytest

from games import MessageError
from games.link import encode, replayed
from games.run import Run
from games.vision.slide_the_kernel import game

SEEDS = range(50)


def by_hand(state, kernel, row, column):
    """A cell of the map, computed without the engine."""
    padded = np.pad(state.drawing, state.padding)
    top, left = state.stride * row, state.stride * column
    return float((padded[top : top + 3, left : left + 3] * kernel).sum())


@pytest.mark.parametrize(("padding", "stride"), [(0, 1), (1, 1), (2, 2), (0, 3)])
def test_every_cell_is_its_window_times_the_kernel_added_up(padding, stride):
    for seed in SEEDS:
        run = Run("slide-the-kernel", seed)
        run.send(["padding", padding])
        run.send(["stride", stride])
        n = game.places(run.state)
        assert n == (game.SIZE + 2 * padding - 3) // stride + 1
        run.send(["look", n - 1, seed % n])
        column, row = run.state.at
        found = game.feature_map(run.state, run.state.secret)
        assert found.shape == (n, n)
        assert found[row, column] == pytest.approx(
            by_hand(run.state, run.state.secret, row, column)
        )
        assert (game.window(run.state) * run.state.secret).sum() == pytest.approx(
            found[row, column]
        )


def test_a_single_dot_shows_the_kernel_turned_by_half_a_turn():
    for seed in SEEDS:
        run = Run("slide-the-kernel", seed, {"weights": 1 + seed % 9})
        run.send(["clear"])
        run.send(["draw", 5, 5])
        shown = game.feature_map(run.state, run.state.secret)
        assert (shown[3:6, 3:6] == run.state.secret[::-1, ::-1]).all()
        assert np.count_nonzero(shown) == np.count_nonzero(run.state.secret)


def test_neither_the_start_nor_a_ready_made_kernel_nor_empty_paper_wins():
    for seed in SEEDS:
        run = Run("slide-the-kernel", seed)
        for name in game.KERNELS:
            run.send(["kernel", name])
            assert run.score() < 1
        run.send(["clear"])
        assert run.score() < 1
        assert "every kernel answers 0" in run.describe()


def test_every_weight_counts():
    for seed in SEEDS:
        run = Run("slide-the-kernel", seed)
        run.solve()
        assert run.score() == 1
        row, column = seed % 3, seed // 3 % 3
        run.send(["weight", row, column, float(run.state.secret[row, column]) + 0.5])
        assert run.score() < 1


def test_another_target_is_another_kernel():
    run = Run("slide-the-kernel", 3)
    run.solve()
    before = run.state.secret.copy()
    run.send(["again"])
    assert run.score() < 1
    assert (run.state.secret != before).any()
    run.solve()
    assert run.score() == 1


def test_the_window_slides_over_every_place_and_rests_where_the_target_is_furthest():
    for seed in range(5):
        run = Run("slide-the-kernel", seed)
        run.send(["slide"])
        seen, cells = [run.state.at], []
        while run.state.sliding:
            shown = run.numbers()["your map"]
            cells.append(int(np.isfinite(shown).sum()))
            assert np.isfinite(shown.ravel()[: cells[-1]]).all(), "row by row"
            assert run.tick()
            seen.append(run.state.at)
        assert not run.tick()
        n = game.places(run.state)
        assert cells == list(range(1, n * n + 1))
        assert seen[:-1] == [(i % n, i // n) for i in range(n * n)]
        mine, wanted = (
            game.feature_map(run.state, k) for k in (run.state.kernel, run.state.secret)
        )
        column, row = run.state.at
        assert abs(mine - wanted)[row, column] == abs(mine - wanted).max() > 0
        assert (run.numbers()["your map"] == mine).all()


def test_whatever_is_done_ends_the_slide():
    for message in (["look", 2, 2], ["weight", 0, 0, 1.0], ["draw", 1, 1], ["padding", 1]):
        run = Run("slide-the-kernel", 1)
        run.send(["slide"])
        assert run.tick()
        run.send(message)
        assert not run.tick()
        assert np.isfinite(run.numbers()["your map"]).all()


def test_a_picture_becomes_the_drawing_in_quarters_of_ink_and_comes_back_by_its_link():
    rng = np.random.default_rng(0)
    for seed in SEEDS:
        run = Run("slide-the-kernel", seed)
        digits = "".join(map(str, rng.integers(0, game.LEVELS, game.SIZE**2)))
        run.send(["slide"])
        run.send(["picture", digits])
        assert not run.state.sliding
        shown = run.numbers()["drawing"]
        assert (shown * 4 == np.array([*map(int, digits)]).reshape(game.SIZE, game.SIZE)).all()
        assert run.numbers()["your map"][3, 4] == pytest.approx(
            by_hand(run.state, run.state.kernel, 3, 4)
        )
        assert "They have 4 shades" in run.describe()
        again = replayed(encode(run))
        assert (again.state.drawing == run.state.drawing).all()
        run.solve()
        assert run.score() == 1


def test_a_picture_of_one_dot_is_told_as_a_dot_only_where_it_is_full_ink():
    run = Run("slide-the-kernel", 1)
    run.send(["slide"])
    for digit, told in (("4", True), ("2", False)):
        run.send(["picture", f"{digit:0>55}{'0' * 45}"])
        assert ("One dot" in run.describe()) == told


def test_what_is_no_picture_of_its_grid_is_refused():
    run = Run("slide-the-kernel", 1)
    before = run.state.drawing.copy()
    for digits in ("", "0" * 99, "0" * 101, "5" * 100, "é" * 100, "0" * 99 + " ", 0, None):
        with pytest.raises(MessageError, match="10 × 10 digits from 0 to 4"):
            run.send(["picture", digits])
    assert (run.state.drawing == before).all()
