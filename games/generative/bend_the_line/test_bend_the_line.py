"""Bend the Line: every strip keeps its sand, the goal is the best there is, and nothing folds."""

import itertools
import re

import numpy as np
import pytest

from games.generative.bend_the_line import game
from games.run import Run

SLUG = "bend-the-line"


def sand(knots, low, high):
    x = np.linspace(low, high, 20_001)
    return np.trapezoid(np.exp(game.line(knots).log_density(x)), x)


def test_every_strip_holds_a_fifth_of_the_sand_wherever_its_knots_are():
    for knots in (game.START, (-1.0, 0.0, 0.2, 1.0, 1.2, 2.9), (-3.0, -1.2, -1.0, 1.3, 1.5, 1.7)):
        ends = [-30.0, *knots[1:-1], 30.0]
        for low, high in itertools.pairwise(ends):
            assert sand(knots, low + 1e-9, high - 1e-9) == pytest.approx(0.2, abs=2e-3)


def test_no_knots_on_the_grid_are_likelier_than_the_best():
    """Neither from there, each knot moved alone or with its neighbour, nor anywhere at random."""
    rng = np.random.default_rng(0)
    for kind in game.KINDS:
        data = np.sort(game.drawn(kind, rng))
        best = game.best_knots(data)
        top = game.likely(best, data)
        others = [game.pulled(best, k, to) for k in range(6) for to in game.GRID.tolist()]
        others += [
            game.pulled(game.pulled(best, k, best[k] + a), k + 1, best[k + 1] + b)
            for k in range(5)
            for a in (-0.1, 0.1)
            for b in (-0.1, 0.1)
        ]
        for _ in range(200):
            picked = np.sort(rng.choice(np.arange(0, 61, 2), 6, replace=False)) / 10 - 3
            others.append(tuple(np.round(picked, 1).tolist()))
        assert max(game.likely(knots, data) for knots in others) <= top + 1e-9, kind


def test_over_fifty_seeds_the_start_is_far_from_every_goal_and_fifths_of_the_data_are_near():
    """Each strip with a fifth of the data is nearly the best, unless there is a gap."""
    near, far = 0, []
    for seed in range(50):
        rng = np.random.default_rng(seed)
        for kind in game.KINDS:
            data = np.sort(game.drawn(kind, rng))
            assert len(data) == game.COUNT
            goal = game.likely(game.best_knots(data), data) - game.SLACK
            far.append(goal - game.likely(game.START, data))
            if kind == "two":
                continue
            fifths = np.round(np.quantile(data, [0.03, 0.2, 0.4, 0.6, 0.8, 0.97]), 1)
            knots = game.START
            for which, to in enumerate(fifths.tolist()):
                knots = game.pulled(knots, which, to)
            near += game.likely(knots, data) >= goal
    assert min(far) > 0.05
    assert near >= 135  # of 150


def test_a_knot_pushes_the_others_along_and_never_folds_the_band():
    run = Run(SLUG, 1)
    run.send(["knot", 1, 2.9])
    assert run.state.knots == (-2.0, 2.2, 2.4, 2.6, 2.8, 3.0)
    run.send(["knot", 5, -3.0])
    assert run.state.knots == (-3.0, -2.8, -2.6, -2.4, -2.2, -2.0)
    rng = np.random.default_rng(0)
    for _ in range(300):
        run.send(["knot", int(rng.integers(6)), round(float(rng.uniform(-3, 3)), 1)])
        assert np.diff(run.state.knots).min() >= game.GAP - 1e-9
        assert np.abs(run.state.knots).max() <= game.END


def test_the_gap_comes_last_and_three_missions_win():
    for seed in range(20):
        run = Run(SLUG, seed)
        kinds = run.state.kinds
        assert len(kinds) == 3
        assert kinds[-1] == "two"
        run.solve()
        assert run.score() == 1
        run.send(["next"])
        assert run.score() == 1
        assert (run.state.done, run.state.reached) == (0, False)


def told(verdict):
    """The strip that a verdict names, its share of the data, and whether it is to be wider."""
    strip, share, way = re.fullmatch(
        r"Strip (\d) .*, and (\d+)\s?% of the data\. Make it (\w+)\.", verdict
    ).groups()
    return int(strip) - 1, int(share), way == "wider"


def test_over_fifty_seeds_whoever_does_what_the_text_says_reaches_the_goal():
    """An end of the strip that is named, or the last knot on a side, a step at a time."""
    stuck = 0
    for seed in range(50):
        run = Run(SLUG, seed)
        state = run.state
        state.kinds = [list(game.KINDS)[seed % 4]]
        game._deal(state)
        run.send(["knot", 2, state.knots[2] - game.STEP])
        for _ in range(150):
            if state.reached:
                break
            verdict = game._verdict(state)
            if "two neighbours" in verdict:
                stuck += 1
                break
            which, way = game.helps(state)
            if state.knots == game.START:
                assert "teal" in verdict
            elif "last knot" in verdict:
                assert ("left" in verdict) == (which == 0)
                assert ("outwards" in verdict) == ((which == 0) == (way < 0))
            else:
                strip, share, wider = told(verdict)
                assert which in (strip, strip + 1)
                assert wider == ((which == strip) == (way < 0))
                assert share <= 22 if wider else share >= 18
            before = game.likely(state.knots, state.data)
            run.send(["knot", which, round(state.knots[which] + way, 1)])
            assert game.likely(state.knots, state.data) > before
        else:
            pytest.fail(f"too long: {seed}")
    assert stuck <= 2
