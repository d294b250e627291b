"""Call the Peak: it is at as many waves as places, cures take it away, one guess never wins."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from games.regularise.call_the_peak import game
from games.regularise.call_the_peak.waves import (
    DIGITS,
    FINE,
    LINE,
    MOST,
    drawn,
    machine,
    measured,
    truth,
)
from games.regularise.call_the_peak.waves import Run as Sweep
from games.run import Run
from pycore.random_features import least_norm, sweep
from tests.games.reading import buttons

SEEDS = range(50)


def play(run: Run, *message: object) -> None:
    """A move, and what it sets going."""
    run.send(list(message))
    while run.tick():
        pass


def choose(run: Run, stage: int) -> None:
    """The cure of a stage, as the solution has it."""
    state = run.state
    cures = [("ridge", state.best), ("places", 2 * state.points.places), ("cure", "ridge")]
    play(run, "face")
    play(run, *cures[stage])
    play(run, "treat")


@cache
def rounds() -> list[tuple[int, int, int, bool, float]]:
    """Of 50 games, round by round: the stage, the places, the peak, whether cured, its height."""
    found = []
    for seed in SEEDS:
        run = Run("call-the-peak", seed)
        for stage in range(3):
            play(run, "guess", run.state.points.places)
            play(run, "sweep")
            state = run.state
            places, peak = state.points.places, state.bare.peak
            if state.called:
                choose(run, stage)
            height = state.bare.test[peak - 1] / state.aim
            found.append((stage, places, peak, state.cured, height))
            if state.cured and stage < 2:
                play(run, "go_on")
    return found


@pytest.mark.slow
def test_the_peak_is_where_waves_just_meet_every_place_however_often_each_was_measured():
    for _, places, peak, *_ in rounds():
        assert abs(peak - places) <= game.NEAR


def test_the_best_ridge_and_twice_the_places_take_the_peak_away_in_every_round():
    assert len(rounds()) == 3 * len(SEEDS)
    assert all(cured for *_, cured, _ in rounds())
    assert min(height for *_, height in rounds()) > 3, "and there was a peak"


def test_two_rounds_in_a_row_have_no_guess_in_common():
    """So whoever says the same number each time, whatever it is, never wins."""
    found = rounds()
    for before, after in pairwise(found):
        if after[0] > before[0]:
            assert abs(after[2] - before[2]) > 2 * game.NEAR


def test_counting_labels_in_place_of_places_fails_in_every_second_round():
    for seed in SEEDS[:10]:
        run = Run("call-the-peak", seed)
        play(run, "guess", run.state.points.places)
        play(run, "sweep")
        choose(run, 0)
        play(run, "go_on")
        play(run, "guess", min(run.state.points.labels.size, MOST))
        play(run, "sweep")
        assert not run.state.called
        play(run, "go_on")
        assert run.state.stage == 0
        assert run.score() == 0


@pytest.mark.slow
def test_of_the_three_cures_only_ridge_takes_the_peak_away():
    """The others in a last round of 10 games: less noise lowers it, few places more move it."""
    lower = []
    for seed in SEEDS[:10]:
        run = Run("call-the-peak", seed)
        for stage in range(2):
            play(run, "guess", run.state.points.places)
            play(run, "sweep")
            choose(run, stage)
            play(run, "go_on")
        play(run, "guess", run.state.points.places)
        play(run, "sweep")
        peak = run.state.bare.peak
        play(run, "face")
        for cure in ("quiet", "few"):
            play(run, "cure", cure)
            play(run, "treat")
            assert not run.state.cured, (seed, cure)
            if cure == "quiet":
                lower.append(run.state.treated.test[peak - 1] < run.state.bare.test[peak - 1])
            play(run, "other")
    assert np.mean(lower) >= 0.8


@pytest.mark.parametrize("exponent", [-6, -4, 3, 4])
@pytest.mark.slow
def test_too_little_ridge_leaves_a_peak_and_too_much_holds_the_curve_flat(exponent):
    for seed in SEEDS[:10]:
        run = Run("call-the-peak", seed)
        play(run, "guess", run.state.points.places)
        play(run, "sweep")
        play(run, "face")
        play(run, "ridge", exponent)
        play(run, "treat")
        assert not run.state.cured
        assert "Choose again" in buttons(run.view())


def test_a_few_more_places_do_not_do():
    for seed in SEEDS[:10]:
        rng = np.random.default_rng(seed)
        places = int(rng.integers(*game.PLACES))
        features = machine(rng, places)
        found = []
        for more in (places, places + 1, 2 * places):
            run = Sweep(features, measured(rng, more, 2, 1.0, 0.3))
            while not run.over:
                run.advance()
            found.append(run.test[places - 1])
        assert found[2] < found[1] / 2
        assert found[2] < found[0] / 2


def test_the_sweep_is_the_engines_and_means_of_labels_do_what_all_labels_do():
    rng = np.random.default_rng(5)
    points = measured(rng, 12, 3, 0.5, 0.3)
    features = machine(rng, 12)
    run = Sweep(features, points)
    while not run.over:
        run.advance()
    y, on_line = points.labels.mean(axis=1), truth(LINE, points.phase)
    each = [sweep(one, points.x, y, LINE, on_line) for one in features]
    expected = np.exp(np.mean([np.log(one.test) for one in each], axis=0))
    np.testing.assert_allclose(run.test, expected, rtol=1e-5)
    for count in (5, 9, 30):
        phi = features[0].first(count)(np.repeat(points.x, 3, axis=0))
        a = least_norm(phi, points.labels.ravel())
        curve = features[0].first(count)(FINE) @ a
        np.testing.assert_allclose(drawn(features[0], points, count, 0.0), curve, rtol=0, atol=1e-6)


def test_beyond_the_peak_the_weights_only_get_shorter():
    """In the geometric mean over five draws, in 10 games."""
    for seed in SEEDS[:10]:
        run = Run("call-the-peak", seed)
        places = run.state.points.places
        play(run, "guess", places)
        play(run, "sweep")
        norms = np.array(run.state.bare.norm)[places - 1 :]
        assert not any(run.state.bare.train[places + 1 :]), "met, and no rounding is shown"
        assert (np.diff(norms) <= 1e-5 * norms[:-1]).all()
        assert norms[-1] < norms[0] / 3


def test_nothing_of_the_sweep_is_seen_before_the_call():
    run = Run("call-the-peak", 1)
    assert "Predict first" in buttons(run.view())
    assert not run.state.bare.test
    run.send(["guess", 40])
    assert "Sweep: worst at 40" in buttons(run.view())


def test_what_is_shown_has_the_digits_that_all_machines_agree_on():
    """Labels moved by a rounding stand in for another machine; near the peak that grows most."""
    for seed in SEEDS[:10]:
        run = Run("call-the-peak", seed)
        play(run, "guess", run.state.points.places)
        play(run, "sweep")
        bare = run.state.bare
        points = replace(bare.points, labels=bare.points.labels * (1 + 2**-52))
        other = Sweep(bare.features, points)
        while not other.over:
            other.advance()
        assert (other.train, other.test, other.norm) == (bare.train, bare.test, bare.norm)
        for value in (*bare.train, *bare.test, *bare.norm):
            assert value == float(f"{value:.{DIGITS}g}")


def test_what_the_call_came_to_is_seen_until_the_cure_is_asked_for():
    run = Run("call-the-peak", 1)
    play(run, "guess", run.state.points.places)
    play(run, "sweep")
    assert "Take the peak away" in buttons(run.view())
    assert run.state.curing is None
    play(run, "face")
    assert run.state.curing == "ridge"
