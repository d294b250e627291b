"""The Lineage: who wins where is so beyond one start, noise or matrix, and no habit wins."""

from dataclasses import replace

import numpy as np
import pytest

from games.optimisation.the_lineage import game
from games.optimisation.the_lineage.scenes import (
    DECAYS,
    KINDS,
    RATES,
    SCENES,
    Matrix,
    Racer,
    Surface,
    tuned,
    winner,
)
from games.run import Run
from pycore.optimizers import Adam

SLUG = "the-lineage"


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.slow
def test_the_one_that_is_to_win_wins_also_from_other_starts_and_with_other_noise(name):
    """With the settings of the race, from at least 42 of 50 others."""
    scene = SCENES[name]
    assert (winner(name) == "newer") == scene.heir
    rng = np.random.default_rng(0)
    best = [tuned(name)[kind][1] for kind in scene.kinds]
    if scene.surface and not any(scene.noise):
        starts = np.array(scene.start)[:, None] * rng.uniform(0.9, 1.1, (2, 50))
        older, newer = (Racer(scene, *trial, start=starts).run().ends for trial in best)
    else:
        ends = [[Racer(scene, *trial, seed=s).run().end for trial in best] for s in range(1, 51)]
        older, newer = np.transpose(ends)
    heirs = int((newer < older).sum())
    assert (heirs if scene.heir else 50 - heirs) >= 42


@pytest.mark.parametrize("beta1", [0.5, 0.9])
def test_adam_loses_to_lion_by_its_memory_of_the_steep_start(beta1):
    """With a short one it gets several times as low, whatever its momentum."""
    scene, left = SCENES["steep-then-flat-sign"], []
    for beta2 in (0.9, 0.999):
        ends = []
        for rate in RATES:
            racer = Racer(scene, "adam", rate, 0.0)
            racer.optimizer = Adam(rate, beta1, beta2)
            ends.append(racer.run().end)
        left.append(min(ends))
    assert left[0] < left[1] / 5
    assert tuned("steep-then-flat-sign")["lion"][0] < left[1] / 10


@pytest.mark.parametrize(("name", "beta"), [("nearly-round", 0.1), ("long-valley-ahead", 0.7)])
def test_where_the_article_says_so_momentum_wins_with_another_beta(name, beta):
    ends = min(Racer(SCENES[name], "momentum", rate, beta).run().end for rate in RATES)
    assert ends < min(end for end, _ in tuned(name).values()) / 1000


def test_each_best_pull_lies_within_the_list():
    """So that a longer list would not turn the race."""
    for _, (_, _, decay) in tuned("only-noise").values():
        assert DECAYS[0] < decay < DECAYS[-1]


def test_every_member_of_the_family_races_and_heirs_lose_too():
    raced = {kind for scene in SCENES.values() for kind in scene.kinds}
    assert raced == set(KINDS)
    assert sum(scene.heir for scene in SCENES.values()) in (9, 10)


def test_a_mirror_changes_no_race():
    signs = np.array([[-1.0], [1.0]])
    for name, scene in SCENES.items():
        if not scene.mirrors or any(scene.noise):
            continue
        ground = scene.surface
        mirrored = Surface(
            lambda p, ground=ground: ground.value(signs * p),
            lambda p, ground=ground: signs * ground.slope(signs * p),
            lambda p, ground=ground: ground.bend(signs * p),
        )
        there = replace(scene, surface=mirrored, start=(-scene.start[0], scene.start[1]))
        for kind in scene.kinds:
            trial = tuned(name)[kind][1]
            seen, run = Racer(there, *trial).run(), Racer(scene, *trial).run()
            np.testing.assert_allclose(np.array(seen.path), signs.T * np.array(run.path))


@pytest.mark.parametrize("habit", game.SIDES)
def test_calling_the_same_always_wins_rarely(habit):
    """Of 50 seeds, in eight races each."""
    won = 0
    for seed in range(50):
        state = game.init(seed)
        streak = most = 0
        for _ in range(8):
            streak = streak + 1 if winner(state.scene) == habit else 0
            most = max(most, streak)
            game._draw(state)
        won += most >= state.streak.goal
    assert won <= 15


def test_every_surface_comes_before_one_comes_back():
    state = game.init(0)
    seen = {state.scene}
    for _ in range(60):
        game._draw(state)
        seen.add(state.scene)
    assert seen == set(SCENES)


def test_the_race_is_that_of_the_best_trials_and_its_end_is_what_is_called():
    run = Run(SLUG, 3)
    run.send(["guess", winner(run.state.scene)])
    run.send(["race"])
    while run.tick():
        pass
    for racer, kind in zip(run.state.racers, run.state.at.kinds, strict=True):
        assert racer.end == tuned(run.state.scene)[kind][0]
    assert run.state.streak.now == 1


def test_a_race_that_is_left_counts_as_a_miss():
    run = Run(SLUG, 3)
    run.state.streak.now = 2
    run.send(["guess", "older"])
    run.send(["race"])
    run.send(["next"])
    assert run.state.streak.now == 0


@pytest.mark.parametrize("mixed", [True, False])
def test_the_gradient_of_the_matrix_is_that_of_its_loss(mixed):
    matrix, rng = Matrix(100, mixed), np.random.default_rng(1)
    theta, step = rng.normal(size=16), 1e-6
    for i in range(16):
        up, down = theta.copy(), theta.copy()
        up[i] += step
        down[i] -= step
        slope = (matrix.loss(up) - matrix.loss(down)) / (2 * step)
        assert slope == pytest.approx(matrix.gradient(theta)[i], rel=1e-5)


@pytest.mark.parametrize("name", [n for n, s in SCENES.items() if s.surface])
def test_slopes_and_bends_are_those_of_the_surface(name):
    if name == "only-noise":  # keeps b from the optimizer
        return
    surface, place, step = SCENES[name].surface, np.array([[1.1], [-0.7]]), 1e-4
    for i in range(2):
        up, down = place.copy(), place.copy()
        up[i] += step
        down[i] -= step
        slope = (surface.value(up) - surface.value(down)) / (2 * step)
        bend = (surface.slope(up) - surface.slope(down))[i] / (2 * step)
        np.testing.assert_allclose(slope, surface.slope(place)[i], rtol=1e-4)
        np.testing.assert_allclose(bend, surface.bend(place)[i], rtol=1e-4)
