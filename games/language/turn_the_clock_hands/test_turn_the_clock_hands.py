"""Turn the Clock Hands: the score knows the distance alone, and each task needs its own hands."""

import itertools

import numpy as np
import pytest

from games import load
from games.editions import current
from games.language.turn_the_clock_hands import game
from games.run import Run
from pycore.positions import Rotary

SLUG = "turn-the-clock-hands"
TASKS = [
    pytest.param(goal, stage, task, id=f"{goal}-{task.far}")
    for goal, rounds in game.ROUNDS.items()
    for stage, tasks in enumerate(rounds)
    for task in tasks
]
ALL = {
    hands: np.array(list(itertools.combinations_with_replacement(range(len(game.PERIODS)), hands)))
    for hands in (1, 2, 3)
}
"""Every choice of so many hands, by places in PERIODS, the fastest first."""


def played(run, *periods):
    for hand, steps in enumerate(periods, 1):
        run.send(["turn", hand, steps])
    run.send(["walk"])
    while run.tick():
        pass
    return run


def room(task, hands):
    """By how much the mean of the cosines is below what is allowed: (choice, distance from 1)."""
    d = np.arange(1, task.far + 1)
    most = np.where(task.after and d >= task.after, task.low, 1 - task.fall)
    cosines = np.cos(2 * np.pi * d / np.array(game.PERIODS)[:, None])
    return most - np.mean([cosines[ALL[hands][:, i]] for i in range(hands)], axis=0)


def winners(task, hands):
    """The periods of every choice that wins."""
    return np.array(game.PERIODS)[ALL[hands][(room(task, hands) > 0).all(axis=1)]]


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


@pytest.mark.parametrize(("goal", "stage", "task"), TASKS)
def test_a_task_is_done_by_its_periods_and_not_by_those_one_begins_with(goal, stage, task):
    assert len(task.periods) == stage + 1
    won = set(map(tuple, winners(task, stage + 1).tolist()))
    assert task.periods in won
    assert (game.START,) * (stage + 1) not in won
    for other in game.ROUNDS[goal][stage - 1] if stage else ():
        for periods in winners(other, stage).tolist():
            assert goal == game.APART or (*periods, periods[-1]) not in won
        assert (*other.periods, other.periods[-1]) not in won


@pytest.mark.parametrize(("goal", "stage", "task"), TASKS)
def test_no_choice_is_so_near_the_edge_that_rounding_decides(goal, stage, task):
    left = room(task, stage + 1)
    assert np.abs(left.min(axis=1)).min() > 1e-6
    assert 1 <= (left.min(axis=1) > 0).sum() <= len(left) / 4


@pytest.mark.parametrize(("goal", "stage", "task"), TASKS)
def test_with_one_hand_less_a_task_of_a_later_round_cannot_be_done(goal, stage, task):
    """Of all choices there are."""
    assert not stage or len(winners(task, stage)) == 0


def test_in_every_choice_that_wins_each_hand_is_at_least_three_times_slower():
    """Of all choices there are for every task that comes in fifty seeds; not so in edition 1."""
    met = set()
    for seed in range(50):
        run = Run(SLUG, seed)
        for stage in range(3):
            met.add((stage + 1, run.state.task))
            played(run, *run.state.task.periods)
            run.send(["next"])
    assert met == {
        (hands, task) for hands, tasks in enumerate(game.ROUNDS[game.FADES], 1) for task in tasks
    }
    for hands, task in met:
        won = winners(task, hands)
        assert len(won) >= (1, 4, 6)[hands - 1]
        assert (won[:, 1:] >= 3 * won[:, :-1]).all(), task
        assert hands == 1 or won.max(axis=1).min() > task.far
    early = [winners(task, 2) for task in game.ROUNDS[game.APART][1]]
    assert all((won[:, 1] < 1.5 * won[:, 0]).any() for won in early)


def test_each_further_hand_reaches_several_times_as_far():
    reach = [[task.far for task in tasks] for tasks in game.ROUNDS[game.FADES]]
    for before, after in itertools.pairwise(reach):
        assert min(after) > 3 * max(before)


def test_hands_of_nearly_the_same_speed_lose_and_won_in_edition_1():
    """The beat of 14 and 16 is a slow hand of its own, until both meet again."""
    for seed in range(50):
        for goal, passed in ((game.FADES, False), (game.APART, True)):
            run = Run(SLUG, seed, {"goal": goal})
            played(run, *run.state.task.periods).send(["next"])
            if goal == game.FADES or run.state.task.far == 60:
                played(run, 14, 16)
                assert game.passed(run.state) is passed


def test_a_run_of_edition_1_plays_as_it_did():
    old = {"game": SLUG, "seed": 3, "params": {"rounds": 2}, "log": []}
    params, log = current(load(SLUG), 1, old["seed"], old["params"], old["log"])
    run = Run(SLUG, 3, params)
    assert (params, log) == ({"rounds": 2, "goal": game.APART}, [])
    assert run.state.task in game.ROUNDS[game.APART][0]
    played(run, *run.state.task.periods)
    run.send(["next"])
    assert run.score() == 0.5
    assert run.state.task in game.ROUNDS[game.APART][1]


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


@pytest.mark.parametrize(("goal", "stage", "task"), TASKS)
def test_what_a_miss_says_is_true_of_every_choice(goal, stage, task):
    """What has turned how far; and where a hand is to be slower or faster, every win has it so."""
    left = room(task, stage + 1)
    low, won = left > 0, winners(task, stage + 1)
    missed = ~low.all(axis=1)
    state = game.init(0, goal=goal)
    state.task, state.stage, state.phase = task, stage, "over"
    periods = np.array(game.PERIODS)[ALL[stage + 1][missed]]
    heard = set()
    for chosen, at in list(zip(periods, low[missed].argmin(axis=1) + 1, strict=True))[::3]:
        state.periods = chosen.tolist()
        said, turned = game._verdict(state), at / chosen
        if "neighbour" in said:
            heard.add("neighbour")
            assert at == 1
            assert (won.min(axis=1) < chosen.max()).all()
        elif "not turned enough" in said:
            assert stage == 0
            assert turned[0] < 0.5
            assert won.max() < chosen[0]
        elif "hand is back. It" in said:
            assert stage == 0
            assert turned[0] > 0.6
            assert won.min() > chosen[0]
        elif "hardly moved" in said:
            heard.add("hardly moved")
            assert turned.min() < 1 / 8
            assert won.max() < chosen.max()
        elif "even the slowest" in said:
            heard.add("even the slowest")
            assert turned.min() >= 1
            assert won.max(axis=1).min() > chosen.max()
        elif "too well" in said:
            heard.add("too well")
            assert np.cos(2 * np.pi * turned).mean() > task.low
        elif "every hand" in said:
            assert turned.min() > 0.8
            assert np.abs(turned - turned.round()).max() < 0.2
        else:
            assert "before the slower ones" in said
            assert turned.min() < 0.2
            assert turned.max() > 0.8
            assert np.abs(turned - turned.round()).max() < 0.2
    if goal == game.FADES and stage:
        assert heard >= {"neighbour", "even the slowest", "too well"}


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
