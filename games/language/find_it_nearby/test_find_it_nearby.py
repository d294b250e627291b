"""Find It Nearby: recall and cost are those of every distance computed, and every deal is won."""

import numpy as np
import pytest

from games.language._words import vocabulary
from games.language.find_it_nearby import game
from games.run import Run

SLUG = "find-it-nearby"


def by_hand(state):
    """Recall and distances a word, counted word by word without the engine."""
    points, centres = game.places(state.training), np.array(state.centres)
    home = [int(((centres - p) ** 2).sum(axis=1).argmin()) for p in points]
    hits, computed, n = 0, 0, len(points)
    for i, point in enumerate(points):
        apart = np.sqrt(((points - point) ** 2).sum(axis=1))
        others = sorted((j for j in range(n) if j != i), key=apart.__getitem__)
        order = ((centres - point) ** 2).sum(axis=1).argsort(kind="stable")[: state.looks]
        inside = [j for j in others if home[j] in order]
        hits += len(set(others[:3]) & set(inside[:3]))
        computed += len(centres) + len(inside)
    return hits / (3 * n), computed / n


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_recall_and_cost_are_those_counted_by_hand(looks):
    for seed in range(3):
        state = game.init(seed)
        state.looks = looks
        assert (game.seen(state).recall, game.seen(state).cost) == pytest.approx(by_hand(state))


def test_lines_lead_to_the_true_neighbours_that_are_in_another_cell():
    state = game.init(1)
    points, centres = game.places(state.training), np.array(state.centres)
    home = [int(((centres - p) ** 2).sum(axis=1).argmin()) for p in points]
    lost = game.missed(state)
    assert len(lost) == round((1 - game.seen(state).recall) * 3 * len(vocabulary()))
    assert all(home[i] != home[j] for i, j in lost)


@pytest.mark.slow
def test_no_deal_is_won_at_the_start_nor_by_looking_into_more_cells_and_each_can_be_won():
    starts, by_k_means = [], 0
    for seed in range(50):
        state = game.init(seed)
        for looks in (1, 2, 3):
            state.looks = looks
            assert game.score(state) < 1
        state.looks = 1
        starts.append(game.seen(state).recall)
        once = game.on_grid(game.k_means(game.places(state.training), 5, rng=0))
        by_k_means += game.rated(game.look(state.training, once, 1)) == 1
        state.centres = game.best(state.training, 5)
        assert game.score(state) == 1
        state.looks = 2  # finds nearly everything and costs too much, as the article says
        assert game.seen(state).recall > 0.95
        assert game.seen(state).cost > game.MOST
    assert max(starts) < 0.9
    assert by_k_means == 36  # as the docstring says


def test_centres_at_one_place_leave_the_others_all_the_words():
    run = Run(SLUG, 2)
    for cell in range(1, 5):
        run.send(["centre", cell, 0.5, 0.5])
    assert run.score() < 1
    assert game.seen(run.state).cost == pytest.approx(by_hand(run.state)[1])


def test_what_is_said_short_of_a_win_is_true_to_the_digit_and_can_be_done():
    state = game.init(2)
    state.centres = ((0.0, 0.0), *[(1.0, 0.85)] * 4)
    assert game.seen(state).recall == 1
    assert "Make the cells more alike" in game._verdict(state)
    state.looks = 2
    assert "Look into fewer cells" in game._verdict(state)


@pytest.mark.parametrize(
    ("recall", "cost", "told"), [(129 / 144, 10, "89.6"), (0.95, 16 + 2 / 48, "16.04")]
)
def test_what_just_misses_an_aim_is_not_rounded_onto_it(monkeypatch, recall, cost, told):
    state = game.init(2)
    near = game.seen(state)._replace(recall=recall, cost=cost)
    monkeypatch.setattr(game, "look", lambda *_: near)
    assert game.score(state) < 1
    assert told in game._verdict(state)
