"""A check plays somebody's run again, in pieces, and says what came of it."""

import pytest

from games import MessageError, ParamError
from games.check import Check
from games.run import Run


def solved(slug, seed=7):
    run = Run(slug, seed)
    run.solve()
    return run


def checked(run, log=None, pause=lambda: False):
    check = Check(
        run.game.slug, run.seed, run.params, run.log if log is None else log, run.game.edition
    )
    while not check.go_on(pause):
        pass
    return check


def test_a_win_is_computed_again():
    run = solved("solve-xor")
    facts = checked(run).facts()
    assert facts["won"]
    assert facts["score"] == 1
    assert facts["moves"] == sum(isinstance(entry, list) for entry in run.log)
    assert facts["ticks"] == sum(entry for entry in run.log if isinstance(entry, int))
    assert facts["mistakes"] == ()


def test_pieces_give_the_same_as_the_whole():
    run = solved("tune-the-neuron")
    pieces, whole = checked(run, pause=lambda: True), checked(run)
    assert pieces.facts() == whole.facts()
    assert pieces.done == pieces.of == whole.of


def test_a_run_without_its_moves_has_not_won():
    run = solved("light-the-network")
    assert not checked(run, run.log[:1]).facts()["won"]


def test_a_move_that_is_not_possible_is_named():
    run = solved("light-the-network")
    with pytest.raises(MessageError, match=r"^move 2 is not possible: .*allowed"):
        checked(run, [run.log[0], ["win", True]])
    with pytest.raises(MessageError, match=r"^move 1 is not possible"):
        checked(run, [{"win": 1}])


def test_what_cannot_be_placed_is_refused():
    with pytest.raises(ParamError, match="there is no game"):
        Check("no-such-game", 1, {}, [], 1)
    with pytest.raises(ParamError, match="seed"):
        Check("solve-xor", "1", {}, [], 1)


def test_more_ticks_than_there_are_cost_nothing():
    assert checked(Run("light-the-network", 7), [10**9]).done == 0
