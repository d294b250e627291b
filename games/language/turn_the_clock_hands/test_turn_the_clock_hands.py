"""Turn the Clock Hands: the score knows the distance alone, and each task needs its own hands."""

import itertools

import numpy as np
import pytest

from games.language.turn_the_clock_hands import game
from games.run import Run
from pycore.positions import Rotary

SLUG = "turn-the-clock-hands"
TASKS = [(stage, task) for stage, tasks in enumerate(game.ROUNDS) for task in tasks]


def played(run, *periods):
    for hand, steps in enumerate(periods, 1):
        run.send(["turn", hand, steps])
    run.send(["walk"])
    while run.tick():
        pass
    return run


def clear(periods, task):
    """Whether the mean of the cosines stays low; how near it comes to what is allowed."""
    d = np.arange(1, task.far + 1)
    most = np.mean([np.cos(2 * np.pi * d / period) for period in periods], axis=0).max()
    return most - (1 - task.fall)


def test_the_score_is_a_mean_of_cosines_and_the_same_wherever_both_are():
    periods, d = [5, 32, 320], np.arange(201)
    expected = np.mean([np.cos(2 * np.pi * d / period) for period in periods], axis=0)
    for query in range(13):
        found = game.scores(periods, query, query, query + 200)
        np.testing.assert_allclose(found, expected, atol=1e-8)
    before = game.scores(periods, 12, 0, 12)
    np.testing.assert_allclose(before[::-1], expected[:13], atol=1e-8)
    turned = Rotary([2 * np.pi / 5]).turn(np.array([[1.0, 0.0]]), start=1)[0]
    np.testing.assert_allclose(turned, [np.cos(2 * np.pi / 5), np.sin(2 * np.pi / 5)])


@pytest.mark.parametrize(("stage", "task"), TASKS)
def test_a_task_is_done_by_its_periods_and_not_by_those_one_begins_with(stage, task):
    assert len(task.periods) == stage + 1
    assert clear(task.periods, task) < 0
    for other in game.ROUNDS[stage - 1] if stage else ():
        assert clear((*other.periods, other.periods[-1]), task) > 0
    assert clear((game.START,) * (stage + 1), task) > 0


@pytest.mark.parametrize(("stage", "task"), TASKS)
def test_no_choice_is_so_near_the_edge_that_rounding_decides(stage, task):
    d = np.arange(1, task.far + 1)
    cosines = np.array([np.cos(2 * np.pi * d / period) for period in game.PERIODS])
    choices = np.array(list(itertools.combinations_with_replacement(range(30), stage + 1)))
    highest = np.array([cosines[choice].mean(axis=0).max() for choice in choices])
    assert np.abs(highest - (1 - task.fall)).min() > 1e-6
    solved = (highest < 1 - task.fall).sum()
    assert 1 <= solved <= len(choices) / 4


@pytest.mark.parametrize("task", [task for stage, task in TASKS if stage])
def test_with_one_hand_less_a_task_of_a_later_round_cannot_be_done(task):
    """Of all choices there are."""
    hands = len(task.periods) - 1
    for periods in itertools.combinations_with_replacement(game.PERIODS, hands):
        assert clear(periods, task) > 0, periods


def test_the_hands_a_task_is_made_for_win_it_every_time():
    """Of 50 seeds."""
    for seed in range(50):
        run = Run(SLUG, seed)
        for stage in range(3):
            assert run.score() == pytest.approx(stage / 3)
            played(run, *run.state.task.periods)
            assert game.passed(run.state)
            if stage < 2:
                run.send(["next"])
                assert len(run.state.periods) == stage + 2
        assert run.score() == 1


def test_a_miss_keeps_task_and_hands_and_says_which_way_to_go():
    run = Run(SLUG, 0)
    task = run.state.task
    played(run, 3)
    assert game.mixed_up(run.state)[0] == 3
    assert "slower" in run.describe()
    run.send(["next"])
    assert (run.state.task, run.state.periods, run.score()) == (task, [3], 0)
    played(run, 400)
    assert game.mixed_up(run.state)[0] == 1
    assert "faster" in run.describe()


@pytest.mark.parametrize(("stage", "task"), TASKS)
def test_what_a_miss_says_is_true_of_every_choice(stage, task):
    """All hands are slow, or all are nearly back, or one is and the slowest has hardly moved."""
    d = np.arange(1, task.far + 1)
    cosines = np.array([np.cos(2 * np.pi * d / period) for period in game.PERIODS])
    choices = np.array(list(itertools.combinations_with_replacement(range(30), stage + 1)))
    low = np.array([cosines[choice].mean(axis=0) for choice in choices]) <= 1 - task.fall
    won = low.all(axis=1)
    state = game.init(0)
    state.task, state.stage, state.phase = task, stage, "over"
    for choice, at in list(zip(choices[~won], low[~won].argmin(axis=1) + 1, strict=True))[::3]:
        state.periods = [game.PERIODS[i] for i in choice]
        said, turned = game._verdict(state), at / np.array(state.periods)
        if "faster" in said:
            assert at == 1
            continue
        assert np.abs(turned - turned.round()).max() < 0.2
        if "slower." in said:
            assert at == min(state.periods)
            assert choices[won].min() > choice
        elif "elsewhere" in said:
            assert turned.min() > 0.8
        else:
            assert turned.min() < 0.2
            assert turned.max() > 0.8


def test_query_and_key_are_moved_before_the_walk_and_after_it():
    run = Run(SLUG, 2)
    run.send(["query", 5])
    run.send(["key", 9])
    before = game.here(run.state)
    run.send(["query", 8])
    run.send(["key", 12])
    assert game.here(run.state) == pytest.approx(before)
    played(run)
    far = run.state.task.far
    run.send(["key", 12 + far])
    assert run.state.distance == 4 + far
    run.send(["next"])
    assert run.state.distance == 3
