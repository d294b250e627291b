"""GAN Tug-of-War: the right pace wins, a wrong one does not, and V alone proves nothing."""

import base64

import numpy as np
import pytest

from games import MessageError
from games.generative.gan_tug_of_war import game
from games.link import encode, replayed
from games.run import Run
from pycore import bundles
from pycore.adversarial import value
from pycore.models import mlp


def matches(steps, seeds, **how):
    """A finished match of each seed."""
    played = []
    for seed in seeds:
        match = game.Match(seed, game._circle(8), **how)
        while not match.over:
            match.play(steps)
        played.append(match)
    return played


@pytest.mark.slow
def test_a_pace_between_wins_and_both_ends_do_not():
    won = {k: sum(m.won for m in matches(k, range(50))) for k in game.STEPS}
    assert won == {0: 0, 1: 23, 2: 49, 4: 47, 8: 30}


@pytest.mark.slow
def test_a_hasty_forger_never_has_fakes_at_more_than_two_of_eight_clouds():
    reached = [int(m.reached.sum()) for m in matches(1, range(50), hasty=True)]
    assert max(reached) == 2


def test_a_match_without_the_detective_is_lost_below_the_band():
    (match,) = matches(0, [0])
    assert not match.won
    assert match.values[-1] < game.EVEN - game.BAND


def test_v_can_say_even_while_clouds_are_forgotten():
    played = matches(1, range(6))
    assert any(m.row >= game.ROW and not m.reached.all() for m in played)


def test_the_named_seed_collapses():
    (match,) = matches(1, [game.COLLAPSE], hasty=True)
    assert not match.won
    assert match.reached.sum() <= 2


def test_v_is_measured_on_dots_that_nobody_trains_on():
    match = game.Match(5, game._circle(4))
    match.play(2)
    y = [match.gan.discriminator.forward(x) for x in (match.real, match.fakes)]
    assert match.values[-1] == value(*y)
    assert np.allclose(match.fakes, match.gan.generator.forward(match.z))


def test_a_match_waits_for_its_pace_and_the_pace_may_change_on_the_way():
    run = Run("gan-tug-of-war", 1)
    with pytest.raises(Exception, match="not possible now"):
        run.send(["play"])
    run.send(["steps", 0])
    run.send(["play"])
    for _ in range(5):
        run.tick()
    low = run.state.match.values[-1]
    run.send(["steps", 8])
    for _ in range(60):
        run.tick()
    assert run.state.match.values[-1] > low
    assert run.state.match.round == 65


def test_a_cloud_that_was_dragged_is_part_of_the_target():
    run = Run("gan-tug-of-war", 1, {"clouds": 2})
    run.send(["cloud", 1, 0.5, 1.0])
    run.send(["steps", 2])
    run.send(["play"])
    away = np.linalg.norm(run.state.match.real - [0.5, 1.0], axis=1)
    assert 0.3 < (away < 3 * game.STD).mean() < 0.7


def as_text(file):
    """A file as the page sends it."""
    return base64.b64encode(file).decode()


def test_saved_players_forge_and_judge_the_same_when_they_are_opened_and_win_nothing():
    run = Run("gan-tug-of-war", 0)
    run.send(["cloud", 0, 1.2, 0.3])
    run.send(["steps", 2])
    run.send(["play"])
    while run.tick():
        pass
    assert run.score() == 1
    file = run.files()[game.FILE]
    other = Run("gan-tug-of-war", 7)
    other.send(["open", as_text(file)])
    mine, theirs = run.state.match, other.state.match
    assert (theirs.middles == mine.middles).all()
    z, x = np.random.default_rng(0).normal(size=(2, 500, 2))
    assert (mine.gan.generator.forward(z) == theirs.gan.generator.forward(z)).all()
    assert (mine.gan.discriminator.forward(x) == theirs.gan.discriminator.forward(x)).all()
    assert other.score() == 0
    assert "come from a file" in other.describe()
    with pytest.raises(MessageError, match="not possible now"):
        other.send(["play"])
    assert other.files()[game.FILE] == file
    assert replayed(encode(other)).describe() == other.describe()
    other.send(["again"])
    assert other.state.match is None
    other.solve()
    assert other.score() == 1


def test_players_of_another_build_and_clouds_off_the_plane_are_refused():
    run = Run("gan-tug-of-war", 1)
    before = run.describe()
    forger, judge = mlp([2, 24, 24, 2], 0), mlp([2, 24, 24, 1], 0)

    def made(clouds, forger=forger, judge=judge):
        players = {"forger": forger, "detective": judge}
        return as_text(bundles.write(game.BUNDLE, players, clouds=clouds))

    two = [[1, 0], [0, 1]]
    for file, told in (
        (made(two, judge=mlp([2, 9, 1], 0)), "weights do not fit"),
        (made([[1, 0]]), "It has 1 clouds"),
        (made([[9, 0], [0, 1]]), "within the plane"),
        (made([1, 0]), "Its clouds have shape"),
        (as_text(bundles.write(game.BUNDLE, {"forger": forger}, clouds=two)), "state_dict lacks"),
    ):
        with pytest.raises(MessageError, match="Not opened") as refusal:
            run.send(["open", file])
        assert told in str(refusal.value)
    assert run.describe() == before
    run.send(["open", made(two)])
    assert "V = " in run.describe()
