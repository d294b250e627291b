"""The article on variational autoencoders: its tables of fifty trainings, and what it sums up."""

import numpy as np
import pytest

from course.generative.variational_autoencoders import values
from pycore.recipes.bottleneck import pictures, scatter, train_vae


def test_the_table_has_fifty_starts_for_each_price_and_the_dearer_the_fewer_speak():
    every = [values.counts(beta) for beta in values.ALIVE]
    assert {len(counts) for counts in every} == {50}
    means = [counts.mean() for counts in every]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize(("beta", "seed"), [(0.3, 1), (1.0, 9), (3.0, 30), (8.0, 49)])
def test_some_trainings_made_anew_come_to_what_the_table_says(beta, seed):
    """But for a number at the edge, where float32 of another machine decides."""
    assert abs(values.alive(beta, seed) - int(values.ALIVE[beta][seed])) <= 1


@pytest.mark.parametrize("code", [2, 6])
def test_some_scatters_measured_anew_are_what_the_table_says(code):
    """But for what float32 of another machine makes of a training."""
    new = pictures(100, 1)
    for seed in (3, 40):
        network = train_vae(code, 1.0, 250, seed, 32, 32)[0]
        for told, taken in zip(values.RATIOS[code], (False, True), strict=True):
            by_slope, by_height = scatter(network, new[seed], 1000, seed, taken)
            ratio = by_height.var(axis=0).sum() / by_slope.var(axis=0).sum()
            assert len(told.split()) == 50
            assert ratio == pytest.approx(float(told.split()[seed]), rel=0.15)


def test_both_ways_have_the_same_mean():
    network = train_vae(2, 1.0, 60, 0, 32, 32)[0]
    by_slope, by_height = scatter(network, pictures(1, 1)[0], 20000, 0, baseline=True)
    room = 5 * by_height.std(axis=0) / np.sqrt(len(by_height))
    assert (np.abs(by_slope.mean(axis=0) - by_height.mean(axis=0)) < room).all()


def test_few_random_codes_make_nearly_all_of_a_digits_chance_and_fewer_the_more_it_says():
    """Of 100 new digits."""
    assert values.needed.max() < 0.1 * values.TRIES
    assert np.corrcoef(np.log(values.needed), values.away)[0, 1] < -0.7


def test_the_gap_is_the_same_from_random_codes_and_from_the_encoders_own():
    """Both estimate log p(x); where few random codes suit, they are off by more."""
    rng, both = np.random.default_rng(0), []
    for i in range(20):
        mean, s = values.mean[i], values.s[i]
        eps = rng.normal(size=(2000, 6))
        z = mean + np.exp(s / 2) * eps
        cost = values.costs(values.network, values.digits[i][None], z)[0]
        ratio = -cost + (eps**2 - z**2).sum(axis=1) / 2 + s.sum() / 2
        both.append((np.log(np.mean(np.exp(ratio - ratio.max()))) + ratio.max(), values.log_p[i]))
    by_encoder, by_chance = np.array(both).T
    assert np.abs(by_encoder - by_chance).max() < 0.7
    assert np.median(by_encoder - by_chance) == pytest.approx(0, abs=0.1)


def test_warm_is_calm_and_wrong_and_cool_is_right_and_restless():
    means, spreads = zip(*(values.soft_slope(t) for t in (3, 1, 0.1)), strict=True)
    assert means[0] < means[1] < means[2] == pytest.approx(0.25, abs=0.03)
    assert spreads[0] < spreads[1] < spreads[2]


def test_chance_draws_are_greyer_than_digits():
    assert values.grey(values.thrown_pictures) > 2 * values.grey(values.seen)
