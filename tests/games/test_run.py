"""games/run.py: what a run accepts, logs and repeats."""

import math

import pytest

from games import MessageError, ParamError, discover, load
from games.run import LONGEST_TEXT, Run, fingerprint


def relay():
    return Run("forward-pass-relay", 1)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", None, True])
def test_a_seed_is_a_whole_number_of_32_bits(seed):
    with pytest.raises(ParamError, match="seed"):
        Run("forward-pass-relay", seed)


def test_an_unknown_game_is_refused_with_the_known_ones():
    with pytest.raises(ParamError, match="forward-pass-relay"):
        Run("no-such-game", 0)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ([], "opens with a name"),
        ("fire", "opens with a name"),
        ([1], "opens with a name"),
        (["input", 0, math.nan], "not a finite number"),
        (["input", 0, -math.inf], "not a finite number"),
        (["input", 0, [1]], "text, numbers"),
        (["x" * (LONGEST_TEXT + 1)], "characters"),
    ],
)
def test_a_message_is_a_name_and_plain_values(message, why):
    run = relay()
    with pytest.raises(MessageError, match=why):
        run.send(message)
    assert run.log == []


def test_parameters_come_from_text_or_numbers_and_have_defaults():
    assert Run("forward-pass-relay", 1).params == {"hidden": 3}
    assert Run("forward-pass-relay", 1, {"hidden": "5"}).params == {"hidden": 5}
    assert Run("light-the-network", 1, {"bias": "-0.5"}).params == {"bias": -0.5}


@pytest.mark.parametrize("slug", discover())
def test_whatever_a_link_gives_a_parameter_is_refused_in_a_sentence(slug):
    for name in load(slug).table:
        for bad in (math.nan, math.inf, 10**400, -(10**400), None, [], {}, "1_0", "\ud800"):
            with pytest.raises(ParamError, match=f"{name}=.* is not "):
                Run(slug, 1, {name: bad})


def test_the_log_counts_ticks_and_leaves_out_idle_ones_and_refusals():
    run = relay()
    assert not run.tick()
    run.send(["fire"])
    for _ in range(7):
        run.tick()
    with pytest.raises(MessageError):
        run.send(["fire", 1])
    run.send(["look", 1])
    run.tick()
    assert run.log == [["fire"], 7, ["look", 1], 1]


def test_replay_yields_after_every_step():
    run = relay()
    log = [["input", 0, 0.5], ["fire"], 30, ["look", 2]]
    assert sum(1 for _ in run.replay(log)) == 33
    assert run.log == log
    assert run.state.signal.clock == 30


def test_a_game_that_never_rests_is_noticed_when_solved():
    run = relay()
    with pytest.raises(RuntimeError, match="still runs 5 ticks"):
        run.solve(limit=5)


def test_a_fingerprint_tells_pictures_apart():
    a, b = relay(), relay()
    assert fingerprint(a.view()) == fingerprint(b.view())
    b.send(["input", 0, 0.05])
    assert fingerprint(a.view()) != fingerprint(b.view())
