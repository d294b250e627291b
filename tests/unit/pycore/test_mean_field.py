"""Mean field: what is predicted of random networks is what random networks do."""

import math
from functools import cache

import numpy as np
import pytest

from pycore import initializers, mean_field
from pycore.activations import ReLU, Tanh
from pycore.layers import Dense

SEEDS, LAYERS, WIDTH = 200, 50, 64
SETTINGS = [
    ("tanh", 1.0, 0.0),
    ("tanh", 0.8, 0.3),
    ("tanh", 1.5, 0.3),
    ("tanh", 2.0, 0.1),
    ("relu", math.sqrt(2), 0.0),
    ("relu", 1.0, 0.5),
]


def network(rng, layers, width, activation, sigma_w, sigma_b):
    """Square layers of the engine, and what stands between them."""
    kind = {"tanh": Tanh, "relu": ReLU}[activation]
    weights = initializers.normal(sigma_w / math.sqrt(width))
    dense = [
        Dense(width, width, weights, initializers.normal(sigma_b), rng=rng) for _ in range(layers)
    ]
    return dense, [kind() for _ in range(layers)]


def sums(rng, x, *setting):
    """The sums h of every layer, of which x has the first to be squashed."""
    found = [x]
    dense, bends = network(rng, LAYERS - 1, x.shape[1], *setting)
    for layer, bend in zip(dense, bends, strict=True):
        found.append(layer.forward(bend.forward(found[-1])))
    return found


@cache
def measured(*setting):
    """The mean square of the sums of each layer, for each of many networks."""
    rows = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(1, WIDTH))
        rows.append([np.mean(h * h) for h in sums(rng, x, *setting)])
    return np.array(rows)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.rarely
def test_the_band_holds_nineteen_networks_of_twenty_in_every_layer(setting):
    """Two standard deviations hold 95.4 %; of 200 draws 184 to 198 at five of their own (1.5 %),
    a little fewer where squares of few neurons have longer tails than the normal law."""
    low, high = mean_field.band(1.0, *setting[1:], LAYERS, WIDTH, setting[0])
    inside = ((measured(*setting) >= low) & (measured(*setting) <= high)).mean(axis=0)
    assert inside.min() >= 0.88
    assert 0.92 < inside.mean() < 0.985


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_mean_over_many_networks_is_the_predicted_variance(setting):
    """In the first ten layers, within 5 standard errors and what is of order layers / width."""
    expected = mean_field.profile(1.0, *setting[1:], LAYERS, setting[0])[:10]
    found = measured(*setting)[:, :10]
    error = found.std(axis=0) / math.sqrt(SEEDS)
    drift = expected * np.arange(10) / WIDTH
    assert (np.abs(found.mean(axis=0) - expected) <= 5 * error + drift).all()


def test_relu_with_hes_start_keeps_the_mean_but_most_networks_shrink():
    found = measured("relu", math.sqrt(2), 0.0)
    predicted = mean_field.profile(1.0, math.sqrt(2), 0.0, LAYERS, "relu")
    assert predicted == pytest.approx(np.ones(LAYERS))
    low, high = mean_field.band(1.0, math.sqrt(2), 0.0, LAYERS, WIDTH, "relu")
    strayed = 5 * (LAYERS - 1) / WIDTH
    assert math.sqrt(low[-1] * high[-1]) == pytest.approx(
        math.exp(-strayed / 2 - 1 / WIDTH), rel=0.01
    )
    assert math.log(np.median(found[:, -1])) == pytest.approx(-strayed / 2, abs=0.5)


@pytest.mark.parametrize("setting", [s for s in SETTINGS if s[0] == "tanh"])
def test_gradients_change_by_chi_a_layer(setting):
    """The mean over 60 networks, as wide again as those above, of the log of what 20 layers do."""
    _, sigma_w, sigma_b = setting
    q = mean_field.profile(1.0, sigma_w, sigma_b, 21)
    expected = sum(math.log(mean_field.chi(one, sigma_w)) for one in q[:-1])
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        width = 2 * WIDTH
        dense, bends = network(rng, 20, width, *setting)
        h = rng.normal(size=(1, width))
        for layer, bend in zip(dense, bends, strict=True):
            h = layer.forward(bend.forward(h))
        d = rng.normal(size=(1, width))
        first = np.mean(d * d)
        for layer, bend in zip(reversed(dense), reversed(bends), strict=True):
            d = bend.backward(layer.backward(d))
        found.append(math.log(np.mean(d * d) / first))
    error = np.std(found) / math.sqrt(60)
    assert np.mean(found) == pytest.approx(expected, abs=5 * error + 20 * 2 / width)


@pytest.mark.parametrize("setting", SETTINGS)
def test_two_signals_grow_alike_or_apart_as_the_map_says(setting):
    """Six layers, 60 wide networks: each correlation within 5 standard errors and 3 / width."""
    kind, sigma_w, sigma_b = setting
    width, c, q, expected = 256, 0.6, 1.0, [0.6]
    for _ in range(6):
        # both have the same variance, for the same layers act on them
        c = mean_field.correlation(c, q, sigma_w, sigma_b, kind)
        q = mean_field.variance(q, sigma_w, sigma_b, kind)
        expected.append(c)
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(2, width))
        x[1] = 0.6 * x[0] + 0.8 * x[1]
        dense, bends = network(rng, 6, width, *setting)
        row = []
        for layer, bend in zip(dense, bends, strict=True):
            x = layer.forward(bend.forward(x))
            row.append(x[0] @ x[1] / math.sqrt((x[0] @ x[0]) * (x[1] @ x[1])))
        found.append(row)
    error = np.std(found, axis=0) / math.sqrt(60)
    assert (np.abs(np.mean(found, axis=0) - expected[1:]) <= 5 * error + 3 / width).all()


@pytest.mark.parametrize("q", [0.1, 1.0, 7.0])
@pytest.mark.parametrize("power", [0, 2, 4, 6])
def test_moments_of_the_normal_law_come_out(q, power):
    double_factorial = math.prod(range(power - 1, 0, -2))
    found = mean_field.expectation(lambda h: h**power, q)
    assert found == pytest.approx(double_factorial * q ** (power / 2), rel=1e-7)


def test_slopes_of_tanh_over_two_strong_signals_are_those_of_two_that_are_near_0():
    """What is left for a large q: 2 / √q wide around 0, times the density there of both."""
    for c in (0.0, 0.5):
        near = 4 / (2 * math.pi * 1000 * math.sqrt(1 - c * c))
        assert mean_field.chi_between(c, 1000.0, 1.0) == pytest.approx(near, rel=0.01)


def test_relu_halves_squares_and_slopes():
    for q in (0.01, 1.0, 30.0):
        assert mean_field.variance(q, 1.0, 0.3, "relu") == pytest.approx(q / 2 + 0.09)
        assert mean_field.chi(q, math.sqrt(2), "relu") == pytest.approx(1)


def test_means_of_tanh_agree_with_a_finer_sum():
    z = np.linspace(-12, 12, 400_001)
    p = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    for q in (0.01, 1.0, 20.0, 100.0, 1000.0, 1e5):
        h = np.tanh(math.sqrt(q) * z)
        assert mean_field.variance(q, 1.0, 0.0) == pytest.approx(float(p @ h**2), abs=1e-9)
        assert mean_field.chi(q, 1.0) == pytest.approx(float(p @ (1 - h**2) ** 2), abs=1e-9)


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(0.5, 0.0), (1.5, 0.0), (1.5, 0.3), (3.0, 1.0)])
def test_layers_settle_at_the_fixed_point_from_above_and_below(sigma_w, sigma_b):
    q = mean_field.fixed_point(sigma_w, sigma_b)
    for start in (0.01, 30.0):
        deep = mean_field.profile(start, sigma_w, sigma_b, 400)
        assert deep[-1] == pytest.approx(q, abs=1e-6)


def test_relu_settles_below_root_2_and_grows_without_end_above():
    assert mean_field.fixed_point(1.0, 0.5, "relu") == pytest.approx(0.5)
    assert mean_field.fixed_point(1.5, 0.1, "relu") == math.inf
    with pytest.raises(ValueError, match="keeps every q"):
        mean_field.fixed_point(math.sqrt(2), 0.0, "relu")
    with pytest.raises(ValueError, match="allowed: Tanh, ReLU"):
        mean_field.fixed_point(1.0, 0.0, "sigmoid")


def test_on_the_edge_q_is_settled_and_chi_is_1():
    assert mean_field.edge(0.0) == pytest.approx((1.0, 0.0))
    before = (0.0, -1.0)
    for q in np.geomspace(0.01, 10, 30):
        sigma_w, sigma_b = mean_field.edge(q)
        assert mean_field.fixed_point(sigma_w, sigma_b) == pytest.approx(q, rel=1e-6)
        assert mean_field.chi(q, sigma_w) == pytest.approx(1)
        assert sigma_w > before[0]
        assert sigma_b > before[1]
        before = sigma_w, sigma_b


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(2.0, 0.5), (3.0, 1.0)])
def test_in_chaos_two_signals_settle_at_one_correlation_below_1(sigma_w, sigma_b):
    q, c = mean_field.fixed_point(sigma_w, sigma_b), mean_field.settled(sigma_w, sigma_b)
    assert 0 < c < 0.999
    for start in (0.0, 0.99):
        for _ in range(80):
            start = mean_field.correlation(start, q, sigma_w, sigma_b)
        assert start == pytest.approx(c, abs=1e-3)
    assert mean_field.chi_between(c, q, sigma_w) < 1 < mean_field.chi(q, sigma_w)


def test_in_order_all_signals_become_alike_and_without_biases_all_vanish():
    assert mean_field.settled(0.8, 0.3) == 1
    assert mean_field.settled(0.9, 0.0) == 1
    assert mean_field.fixed_point(0.9, 0.0) == 0


def test_the_slope_of_the_map_is_what_a_nudge_of_c_does():
    for sigma_w, sigma_b in ((1.5, 0.3), (0.8, 0.3), (2.5, 0.5)):
        q = mean_field.fixed_point(sigma_w, sigma_b)
        for c in (0.1, 0.5, 0.9):
            ahead, behind = (
                mean_field.correlation(c + nudge, q, sigma_w, sigma_b) for nudge in (1e-4, -1e-4)
            )
            slope = mean_field.chi_between(c, q, sigma_w)
            assert (ahead - behind) / 2e-4 == pytest.approx(slope, rel=1e-4)
        assert mean_field.chi_between(1.0, q, sigma_w) == mean_field.chi(q, sigma_w)


def test_the_closed_form_for_relu_is_what_the_means_give():
    for c in np.linspace(-1, 1, 21):
        found = mean_field.correlation(c, 1.0, math.sqrt(2), 0.0, "relu")
        assert mean_field.relu_correlation(c) == pytest.approx(found, abs=2e-4)


def test_the_depth_scale_is_where_a_power_has_fallen_to_one_part_in_e():
    assert 0.9 ** mean_field.depth_scale(0.9) == pytest.approx(1 / math.e)
    assert 1.1 ** mean_field.depth_scale(1.1) == pytest.approx(math.e)
    assert mean_field.depth_scale(1.0) == math.inf


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: mean_field.variance(-1.0, 1.0, 0.0), "q is -1.0"),
        (lambda: mean_field.variance(1.0, -1.0, 0.0), "sigma_w is -1.0"),
        (lambda: mean_field.chi(1.0, math.inf), "sigma_w is inf"),
        (lambda: mean_field.correlation(1.5, 1.0, 1.0, 0.0), "c is 1.5"),
        (lambda: mean_field.profile(1.0, 1.0, 0.0, 0), "layers is 0"),
        (lambda: mean_field.depth_scale(0.0), "factor is 0.0"),
    ],
)
def test_what_is_no_setting_is_refused(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()
