"""Read My Digit: a shift costs the dense network more, from every start; empty is called empty."""

import numpy as np
import pytest

from games.run import Run
from games.ui.node import to_html
from games.vision.read_my_digit import game


def trained(seed):
    run = Run("read-my-digit", seed)
    run.send(["train"])
    while run.tick():
        pass
    return run


def drawn(run, cells):
    run.send(["clear"])
    for row, column in cells:
        run.send(["draw", int(column), int(row)])


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(25), range(25, 50)])
def test_from_fifty_starts_digits_moved_two_dots_are_lost_to_the_dense_network_first(seeds):
    for seed in seeds:
        run = trained(seed)
        cnn, dense = (run.state.held[kind] for kind in game.KINDS)
        assert min(cnn[0], dense[0]) >= 0.9
        for dots in (2, 3):
            assert cnn[dots] > dense[dots]
        assert game._plan(run.state) is not None


def test_a_drawing_is_read_wherever_it_was_drawn_for_it_is_centred_first():
    x, _ = game.digits(game.UNSEEN, 1)
    for one in x[:20]:
        rows, columns = np.nonzero(one)
        corner = np.roll(one, (-rows.min(), -columns.min()), axis=(0, 1))
        assert (game.centred(corner) == one).all()
        assert game.centred(corner).sum() == corner.sum()


def test_empty_paper_is_called_empty_and_nothing_is_read_from_it():
    run = trained(1)
    run.send(["clear"])
    assert run.describe().count("empty") == 2
    assert "Empty" in run.describe()
    assert "--p:" not in to_html(run.view())
    assert run.score() == 0


def test_a_digit_that_was_given_and_one_that_left_the_paper_win_nothing():
    run = trained(2)
    for dots in (-3, -2, -1, 1, 2, 3):
        run.send(["move", dots])
    assert run.score() == 0
    x, y = game.digits(game.UNSEEN, 1)
    wide = next(i for i in range(len(x)) if not game.whole(x[i], 3))
    drawn(run, np.argwhere(x[wide]))
    run.send(["label", int(y[wide])])
    run.send(["move", 3])
    assert run.score() < 1
    run.solve()
    assert run.score() == 1


def test_what_is_said_must_be_what_both_read():
    run = trained(3)
    drawing, label, dots = game._plan(run.state)
    drawn(run, np.argwhere(drawing))
    run.send(["label", (label + 1) % 10])
    run.send(["move", dots])
    assert run.score() == 0
    run.send(["label", label])
    assert run.score() == 1
