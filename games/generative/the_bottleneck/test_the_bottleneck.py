"""The Bottleneck: networks beat components, the bar decides, and knobs redraw the picture."""

import base64

import numpy as np
import pytest

from games import MessageError
from games.generative.the_bottleneck import game
from games.run import Run
from pycore import bundles
from pycore.losses import MeanSquaredError
from pycore.models.autoencoders import autoencoder
from pycore.recipes.bottleneck import SIZE


def trained(seed, k):
    run = Run("the-bottleneck", seed)
    run.send(["k", k])
    run.send(["train"])
    while run.tick():
        pass
    return run


@pytest.mark.slow
def test_a_network_needs_fewer_numbers_than_components_from_fifty_starts():
    for seed in range(50):
        run = trained(seed, 6)
        assert run.state.errors[6] < game.straight_errors()[6]  # of seven components


def test_components_are_what_a_straight_way_can_do_best():
    errors = game.straight_errors()
    assert (np.diff(errors) < 0).all()
    x = game.digits()[0]
    rng = np.random.default_rng(0)
    mean, rows = game.components()
    mine = float(((x - game.straight(x, 3)) ** 2).mean())
    for _ in range(20):
        other = np.linalg.qr((rows[:3] + 0.05 * rng.normal(size=rows[:3].shape)).T)[0].T
        assert float(((x - mean - (x - mean) @ other.T @ other) ** 2).mean()) > mine


@pytest.mark.slow
def test_only_a_width_under_the_bar_with_the_next_above_it_wins():
    for seed in range(4):
        run = Run("the-bottleneck", seed)
        run.solve()
        best = game.smallest(run.state)
        assert run.state.errors[best] <= run.state.bar < run.state.errors[best - 1]
        assert game.straight_errors()[best - 1] > run.state.bar, "components need more"
        del run.state.errors[best - 1]
        assert run.score() < 1


def test_training_again_reaches_the_same_weights():
    one, two = (trained(3, 2).state.trainers[2].network.theta for _ in range(2))
    assert (one == two).all()


def test_a_knob_redraws_the_picture_and_lets_go_again():
    run = trained(1, 2)
    before = game.redrawn(run.state)
    run.send(["knob", 1, 2.5])
    after = game.redrawn(run.state)
    assert before.shape == (SIZE, SIZE)
    assert np.abs(after - before).max() > 0.05
    run.send(["release"])
    assert (game.redrawn(run.state) == before).all()


def test_a_training_that_was_stopped_goes_on_where_it_was():
    run = Run("the-bottleneck", 2)
    run.send(["train"])
    for _ in range(10):
        run.tick()
    run.send(["stop"])
    run.send(["train"])
    while run.tick():
        pass
    whole = trained(2, run.state.k)
    assert run.state.errors == whole.state.errors


def as_text(file):
    """A file as the page sends it."""
    return base64.b64encode(file).decode()


def test_a_saved_autoencoder_draws_the_same_when_it_is_opened_and_wins_nothing():
    run = trained(3, 8)
    file = run.files()[game.FILE]
    assert len(as_text(file)) < 100_000  # the widest code of all
    other = Run("the-bottleneck", 3)
    other.send(["k", 8])
    other.send(["open", as_text(file)])
    assert (game.redrawn(other.state) == game.redrawn(run.state)).all()
    assert other.state.errors == run.state.errors
    assert other.state.mine == {}
    assert other.score() == 0
    assert game.smallest(other.state) is None
    assert "comes from a file" in other.describe()
    assert other.files()[game.FILE] == file
    other.send(["knob", 1, 2.0])
    assert (game.redrawn(other.state) != game.redrawn(run.state)).any()
    other.send(["close"])
    assert other.state.errors == {}
    assert "comes from a file" not in other.describe()


def test_a_width_that_was_opened_can_be_trained_here_and_counts_then():
    run = trained(3, 2)
    other = Run("the-bottleneck", 3)
    other.send(["open", as_text(run.files()[game.FILE])])
    assert other.state.k == 2
    other.send(["train"])
    while other.tick():
        pass
    assert other.state.mine == run.state.errors  # the same seed, the same training
    assert other.score() == 0.1


def test_what_is_no_autoencoder_of_these_widths_is_refused():
    run = Run("the-bottleneck", 1)
    before = run.describe()

    def made(sizes, code):
        return as_text(bundles.write(game.BUNDLE, {"": autoencoder(sizes, 0)}, code=[code]))

    for file, told in (
        (made([144, 48, 3], 4), "weights do not fit"),
        (made([144, 48, 9], 9), "Its code has 9 numbers; allowed: 1 to 8"),
        (made([144, 48, 3], 2.5), "Its code has 2.5 numbers"),
        (made([100, 48, 3], 3), "weights do not fit"),
        (as_text(bundles.write("a LeNet", {})), "It holds a LeNet; allowed: an autoencoder"),
    ):
        with pytest.raises(MessageError, match="Not opened") as refusal:
            run.send(["open", file])
        assert told in str(refusal.value)
    assert run.describe() == before


@pytest.mark.slow
def test_single_precision_reaches_the_error_of_double():
    x = game.digits()[1]
    for seed in range(50):
        errors = []
        for dtype in (np.float32, np.float64):
            trainer = game._trainer(seed, 4, dtype)
            for _ in range(game.STEPS):
                trainer.step()
            y = trainer.network.forward(x.astype(dtype))
            errors.append(MeanSquaredError().forward(y, x))
        assert errors[0] != errors[1]
        assert abs(errors[0] - errors[1]) < 1e-5
