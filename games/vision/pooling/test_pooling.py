"""Pooling: what moves inside a window is unseen, dots count in full, and both must be called."""

import numpy as np

from games.run import Run
from games.vision._drawing import digit
from games.vision.pooling import game

SEEDS = range(50)


def stiller(drawing, way, window=2):
    state = game.init(0)
    state.before, state.drawing, state.way = drawing, game.moved(drawing, way), way
    state.window = window
    return game.stiller(state)


def test_max_changes_less_for_most_strokes_and_the_average_among_lonely_dots():
    strokes = [stiller(digit(np.random.default_rng(seed)), "right") for seed in SEEDS]
    assert strokes.count("max") >= 40
    among = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        drawing = np.zeros((game.SIZE, game.SIZE))
        drawing[2:6, 2:4] = 1.0
        for window in rng.choice(game.SIZE // 2, 4, replace=False):
            row = 2 * window + rng.integers(2)
            drawing[row, 7] = 1.0  # alone in its window, and it will leave it
        among.append(stiller(drawing, "right"))
    assert among.count("average") == len(among)


def test_the_average_never_changes_more_than_the_drawing():
    for seed in SEEDS:
        drawing = np.random.default_rng(seed).integers(0, 2, (game.SIZE, game.SIZE)).astype(float)
        for way in game.WAYS:
            after = game.moved(drawing, way)
            for window in game.WINDOWS:
                pools = (game.pooled(d, "average", window) for d in (drawing, after))
                assert game.change(*pools) <= game.change(drawing, after) + 1e-12


def test_neither_is_blind_to_a_shift():
    for seed in SEEDS:
        run = Run("pooling", seed)
        run.send(["guess", "max"])
        run.send(["shift"])
        assert game.change(run.state.before, run.state.drawing) > 0
        assert game.changes(run.state)["average"] > 0


def test_a_dot_inside_its_window_is_unseen_and_across_the_edge_nothing_stays():
    for column, expected in ((4, 0.0), (5, 1.0)):
        drawing = np.zeros((game.SIZE, game.SIZE))
        drawing[4, column] = 1.0
        after = game.moved(drawing, "right")
        for name in game.POOLS:
            assert game.change(*(game.pooled(d, name, 2) for d in (drawing, after))) == expected


def test_a_shift_goes_where_it_says_and_loses_what_goes_over_the_edge():
    drawing = np.zeros((game.SIZE, game.SIZE))
    drawing[3, 0] = 1.0
    assert game.moved(drawing, "right")[3, 1] == 1
    assert game.moved(drawing, "down")[4, 0] == 1
    assert game.moved(drawing, "up")[2, 0] == 1
    assert not game.moved(drawing, "left").any()


def test_one_kind_alone_does_not_win():
    run = Run("pooling", 0)
    for _ in range(6):
        run.send(["guess", "max"])
        run.send(["shift"])
        assert run.score() < 1
        run.send(["again"])


def test_both_kinds_come_up_in_what_is_dealt():
    found = {"max": 0, "average": 0, None: 0}
    for seed in SEEDS:
        run = Run("pooling", seed)
        for _ in range(2):
            run.send(["guess", "max"])
            run.send(["shift"])
            found[game.stiller(run.state)] += 1
            run.send(["again"])
    assert found["max"] > 20
    assert found["average"] > 5, found
