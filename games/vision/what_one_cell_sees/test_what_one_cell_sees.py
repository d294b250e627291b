"""What One Cell Sees: the formula is the gradient's, and every kind of stack has to be called."""

import itertools

import numpy as np
import pytest

from games.run import Run
from games.ui.node import to_html
from games.vision._field import Window, rows, width
from games.vision.what_one_cell_sees import game


@pytest.mark.parametrize("size", [3, 5])
@pytest.mark.parametrize(("stride", "dilation"), [*itertools.product((1, 2), (1, 2))])
def test_what_the_gradient_reaches_is_what_the_formula_says(size, stride, dilation):
    run = Run("what-one-cell-sees", 0)
    for move in (("size", size), ("stride", stride), ("dilation", dilation)):
        run.send(list(move))
    for layers in range(1, game.deepest(run.state) + 1):
        run.send(["layers", layers])
        state = run.state
        _, seen = game.painted(state)
        reached = np.argwhere(seen > 0)
        spans = reached.max(axis=0) - reached.min(axis=0) + 1
        assert spans.tolist() == [width(state.windows)] * 2
        (along,) = np.nonzero(rows(state.windows, game.INPUTS, state.at[0])[0].seen)
        assert along[-1] - along[0] + 1 == width(state.windows)
        assert game.cells(state) >= 2


def test_layers_may_differ():
    stack = [Window(3, 2), Window(5), Window(3, 1, 2)]
    assert width(stack) == 1 + 2 + 4 * 2 + 2 * 2 * 2
    (along,) = np.nonzero(rows(stack, 40, 2)[0].seen)
    assert along[-1] - along[0] + 1 == width(stack)


def test_the_middle_has_the_most_ways():
    ways = rows([Window()] * 3, 7, 0)[0].seen
    assert ways.tolist() == [1, 3, 6, 7, 6, 3, 1]


def test_a_cell_lies_over_the_middle_of_what_it_sees():
    for window in (Window(), Window(5), Window(3, 2), Window(3, 1, 2)):
        stack = rows([window] * 2, game.INPUTS, 3)
        (along,) = np.nonzero(stack[0].seen)
        assert stack[-1].at[3] == (along[0] + along[-1]) / 2


def test_each_kind_is_dealt_until_it_is_called_from_fifty_seeds():
    for seed in range(50):
        run = Run("what-one-cell-sees", seed)
        asked = []
        while run.score() < 1:
            asked.append(game.kind(run.state))
            run.send(["guess", width(run.state.windows)])
            run.send(["paint"])
            if run.score() < 1:
                run.send(["again"])
        assert asked == list(game.KINDS)


def test_nothing_is_painted_before_the_guess_and_a_wrong_one_wins_nothing():
    run = Run("what-one-cell-sees", 3)
    assert to_html(run.view()).count("field-cell lit") == 1
    run.send(["guess", width(run.state.windows) + 2])
    assert to_html(run.view()).count("field-cell lit") == 1
    run.send(["paint"])
    assert to_html(run.view()).count("field-cell lit") > width(run.state.windows)
    assert run.score() == 0
    assert f"= {width(run.state.windows)}." in run.describe()


def test_one_layer_alone_and_a_stack_with_both_count_for_nothing():
    run = Run("what-one-cell-sees", 4)
    run.send(["layers", 1])
    run.send(["guess", width(run.state.windows)])
    run.send(["paint"])
    assert run.score() == 0
    run.send(["stride", 2])
    run.send(["dilation", 2])
    run.send(["layers", 2])
    run.send(["guess", width(run.state.windows)])
    run.send(["paint"])
    assert run.score() == 0
