"""Read My Digit: a shift costs the dense network more, from every start; empty is called empty."""

import base64

import numpy as np
import pytest

from games import MessageError
from games.link import encode, replayed
from games.run import Run
from games.ui.node import to_html
from games.vision.read_my_digit import game
from pycore import bundles, images
from pycore.models.vision import cnn
from tests.games.player import brain_file


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


def photographed(seed):
    """A digit on paper under uneven light, large or small and off the middle, and which it is."""
    rng = np.random.default_rng(seed)
    large, turn = rng.uniform(0.3, 0.9), rng.uniform(-0.15, 0.15)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    lines = large * (images.segments(str(seed % 10)) @ turned)
    lines = lines + 0.8 * (1 - large) * rng.uniform(-1, 1, 2)
    ink = images.draw(lines, 240, rng.uniform(0.06, 0.2) * max(large, 0.5))
    light = 0.85 + 0.1 * rng.uniform(-1, 1) * np.linspace(-1, 1, 240)
    dark = 1 - light * (1 - 0.8 * ink) + rng.normal(0, 0.02, ink.shape)
    cells = dark.reshape(game.FINE, 10, game.FINE, 10).mean(axis=(1, 3))
    shades = np.rint(8 * (cells - cells.min()) / np.ptp(cells)).astype(int)
    return "".join(map(str, shades.ravel())), seed % 10


def test_of_fifty_pictures_of_digits_both_networks_read_most():
    run = trained(1)
    read = 0
    for seed in range(50):
        shades, digit = photographed(seed)
        run.send(["picture", shades])
        read += all(game.taken_for(run.state, kind, 0) == digit for kind in game.KINDS)
    assert read >= 35


def test_where_a_digit_lies_in_its_picture_and_how_large_makes_no_difference():
    for digit in images.DIGITS:
        small = np.rint(8 * images.glyph(digit, 10)) / 8
        made = []
        for down, right, times in ((0, 0, 1), (3, 9, 1), (2, 4, 2)):
            taken = np.zeros((game.FINE, game.FINE))
            one = np.kron(small, np.ones((times, times)))
            taken[down : down + len(one), right : right + len(one)] = one
            made.append(game.fitted(taken))
            assert np.ptp(np.nonzero(made[-1])[0]) < game.SIZE
        assert all((one == made[0]).all() for one in made)


def test_a_picture_is_a_drawing_of_ones_own_that_its_link_holds_and_that_clean_paper_forgets():
    run = Run("read-my-digit", 3)
    run.send(["picture", photographed(7)[0]])
    assert run.state.own
    assert run.state.label is None
    assert "from a picture" in run.describe()
    again = replayed(encode(run))
    assert again.describe() == run.describe()
    assert (again.state.drawing == run.state.drawing).all()
    run.send(["clear"])
    assert run.state.taken is None
    assert not run.state.drawing.any()
    for shades in ("0" * game.FINE**2, "1" * game.FINE**2):
        run.send(["picture", shades])
        assert not run.state.drawing.any()
    for wrong in ("", "0" * 144, "9" * game.FINE**2, None):
        with pytest.raises(MessageError, match="24 × 24 digits from 0 to 8"):
            run.send(["picture", wrong])


def lenet_of(run):
    """What a learner has saved of a run, as the page sends it."""
    return base64.b64encode(run.files()[game.FILE]).decode()


def test_a_saved_lenet_reads_the_same_when_it_is_opened_and_goes_again():
    run = Run("read-my-digit", 1)
    run.send(["train"])
    while run.tick():
        pass
    other = Run("read-my-digit", 2)
    before = other.describe()
    other.send(["open", lenet_of(run)])
    for drawing in game.digits(20, 5)[0]:
        for dots in (0, 2):
            here, there = (game.read(r.state, "cnn", drawing, dots) for r in (run, other))
            assert (here == there).all()  # to the last bit: six decimals fit into float32
    assert other.state.opened_held == run.state.held["cnn"]
    assert "is from a file" in other.describe()
    assert lenet_of(other) == lenet_of(run)
    again = replayed(encode(other))
    assert again.describe() == other.describe()
    other.send(["close"])
    assert other.describe() == before


def test_an_opened_lenet_wins_nothing_and_the_win_is_there_once_it_has_gone():
    for seed in range(5):
        run = Run("read-my-digit", seed)
        run.send(["train"])
        while run.tick():
            pass
        plan = game._plan(run.state)
        if plan is None:
            continue
        drawing, label, dots = plan
        run.send(["open", lenet_of(run)])
        run.send(["clear"])
        for row, column in np.argwhere(drawing).tolist():
            run.send(["draw", column, row])
        run.send(["label", label])
        run.send(["move", dots])
        assert game.only_one(run.state, run.state.drawing, label, dots)
        assert run.score() == 0
        assert "wins nothing" in run.describe()
        run.send(["close"])
        assert run.score() == 1
        break
    else:
        raise AssertionError("no seed has a digit that wins")


def test_what_is_no_lenet_is_refused_and_says_what_it_is():
    run = Run("read-my-digit", 1)
    before = run.describe()
    small = cnn(12, (1, 4, 12), (40, 10), 0, 5)
    for file, told in (
        (brain_file(), "a brain from Train a Brain"),
        (brain_file("an autoencoder"), "It holds an autoencoder; allowed: a LeNet"),
        (as_text(bundles.write(game.BUNDLE, {"": small})), "weights do not fit"),
        (lenet_of(run)[:4000], "part of it is missing"),
    ):
        with pytest.raises(MessageError, match="Not opened") as refusal:
            run.send(["open", file])
        assert told in str(refusal.value)
    assert run.describe() == before


def as_text(file):
    """A file as the page sends it."""
    return base64.b64encode(file).decode()


def test_a_script_for_pytorch_has_the_lenet_and_what_it_answers():
    run = Run("read-my-digit", 1)
    script = run.files()[game.SCRIPT].decode()
    compile(script, "lenet.py", "exec")
    assert "nn.Conv2d" in script
    assert len(script) < 300_000
