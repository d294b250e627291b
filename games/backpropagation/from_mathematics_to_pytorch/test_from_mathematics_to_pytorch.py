"""From Mathematics to PyTorch: which orders learn, what zero_grad() is for, and the program."""

from __future__ import annotations

import collections
import itertools

import numpy as np
import pytest

from games.backpropagation.from_mathematics_to_pytorch import program
from games.backpropagation.from_mathematics_to_pytorch.training import Training, problem, shapes
from games.run import Run
from pycore import data
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp

RIGHT = tuple(program.LINES)
BARE = RIGHT[1:]


def trained(seed: int, order: tuple[str, ...]) -> Training:
    training = Training(seed, order)
    while not training.over:
        training.advance()
    return training


def play(seed: int = 3) -> Run:
    run = Run("from-mathematics-to-pytorch", seed)
    for message in (["layer", "8-1"], ["test"]):
        run.send(message)
    return run


def order(run: Run, lines: tuple[str, ...]) -> None:
    for name in lines:
        run.send(["put", name])


def ended(run: Run) -> None:
    run.send(["run"])
    while run.tick():
        pass


def test_of_24_orders_five_learn_six_stay_and_thirteen_stop():
    orders = list(itertools.permutations(program.LINES))
    found = {lines: trained(1, lines).outcome for lines in orders}
    assert collections.Counter(found.values()) == {"falls": 5, "stays": 6, "stops": 13}
    turns = {RIGHT[i:] + RIGHT[:i] for i in range(4)}
    learn = {lines for lines, outcome in found.items() if outcome == "falls"}
    assert {lines for lines in turns if found[lines] != "stops"} < learn


@pytest.mark.slow
def test_the_right_order_learns_and_without_zero_grad_the_loss_swings_from_all_of_50_seeds():
    for seed in range(50):
        right, bare = trained(seed, RIGHT), trained(seed, BARE)
        assert (right.outcome, bare.outcome) == ("falls", "swings")
        assert right.losses == sorted(right.losses, reverse=True)
        assert max(bare.norms) > max(right.norms)
        assert right.agree
        assert bare.agree


def test_on_two_moons_the_loop_that_forgets_wins():
    """The sceptic's turn: points that can be told apart without an error have no bottom to miss."""
    for seed in range(50):
        ends = []
        for clears in (True, False):
            rng = np.random.default_rng(seed)
            x, y = data.moons(40, 0.15, rng)
            network, loss = mlp([2, 8, 1], rng), BinaryCrossEntropy()
            for _ in range(300):
                if clears:
                    network.zero_grad()
                value = loss.forward(network.forward(x), y)
                network.backward(loss.backward())
                network.theta -= 0.1 * network.grad
            ends.append(value)
        assert ends[1] < ends[0]


@pytest.mark.parametrize(
    ("layer", "columns", "error"),
    [
        ("8-1", [1, 8, 8, 1], ""),
        ("8-8", [1, 8, 8, 8], "AssertionError"),
        (
            "1-8",
            [1, 8, 8],
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (40x8 and 1x8)",
        ),
        (
            "1-1",
            [1, 8, 8],
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (40x8 and 1x1)",
        ),
    ],
)
def test_the_shape_test_says_what_pytorch_says(layer, columns, error):
    assert shapes(program.LAYERS[layer]) == ([(40, n) for n in columns], error)


def test_a_layer_that_does_not_fit_is_told_and_another_may_be_tried():
    run = Run("from-mathematics-to-pytorch", 3)
    for layer, told in (
        ("1-8", "40x8 and 1x8"),
        ("8-8", "the model gives 40 × 8, but y is 40 × 1"),
    ):
        run.send(["layer", layer])
        run.send(["test"])
        assert told in run.describe()
        assert run.score() == 0
    run.send(["layer", "8-1"])
    run.send(["test"])
    assert run.score() == 0.5


def test_any_order_that_learns_wins_and_the_others_say_why_not():
    told = {
        ("step", "zero", "forward", "backward"): "It learns",
        ("forward", "zero", "step", "backward"): "the gradients are gone already",
        ("zero", "backward", "forward", "step"): "There was no loss yet",
        ("forward", "step", "zero", "backward"): "before backward() had read them",
    }
    for lines, words in told.items():
        run = play()
        order(run, lines)
        ended(run)
        assert words in run.describe()
        assert (run.score() == 1) == (words == "It learns")


def test_lines_offered_from_left_to_right_never_learn():
    for seed in range(50):
        offered = Run("from-mathematics-to-pytorch", seed).state.offered
        assert trained(1, tuple(offered)).outcome != "falls"


def test_the_loop_without_zero_grad_waits_for_a_guess_and_the_win_stays():
    run = play()
    order(run, RIGHT)
    ended(run)
    run.send(["drop", "zero"])
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["run"])
    run.send(["guess", "swings"])
    ended(run)
    assert "Called it!" in run.describe()
    assert run.score() == 1
    run.send(["clear"])
    order(run, BARE)
    run.send(["guess", "falls"])
    ended(run)
    assert "Called it!" not in run.describe()
    assert run.state.bet.said != run.state.training.outcome


def test_before_a_win_a_loop_needs_all_four_lines():
    run = play()
    order(run, BARE)
    for message in (["run"], ["guess", "falls"]):
        with pytest.raises(ValueError, match="not possible now"):
            run.send(message)


def test_the_saved_program_comes_to_the_same_loss_here():
    run = play(7)
    order(run, RIGHT)
    ended(run)
    text = run.game.module.files(run.state)["training_loop.py"].decode()
    assert text.startswith(program.PYTORCH)
    assert program.loop(RIGHT) in text
    names: dict[str, object] = {}
    exec(text.replace(program.PYTORCH, program.HERE).replace("print(loss.item())", ""), names)
    assert abs(names["loss"].item() - run.state.training.losses[-1]) < 1e-4  # rounded there


def test_the_problem_is_a_wave_of_40_points():
    x, y, network = problem(5)
    assert x.shape == y.shape == (40, 1)
    np.testing.assert_allclose(y, np.sin(3 * x), atol=1e-5)
    assert network.size() == 25
