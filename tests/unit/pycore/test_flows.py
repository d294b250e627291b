"""Flows: exact inverses, true volumes, and a density that sums to one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pycore import data
from pycore.arrays import ShapeError
from pycore.flows import AffineCoupling, CouplingFlow, Likelihood, PiecewiseLine
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.optimizers import Adam
from pycore.training import Minimizer


@pytest.mark.parametrize("kind", [AffineCoupling, CouplingFlow])
def test_the_inverse_is_exact(kind: type[AffineCoupling]) -> None:
    for seed in range(20):
        flow, x = kind.example(np.random.default_rng(seed))
        np.testing.assert_allclose(flow.inverse(flow.forward(x)), x, atol=1e-12)


def test_log_det_is_that_of_the_jacobian() -> None:
    flow, _ = CouplingFlow.example(np.random.default_rng(0))
    x, h = np.array([[0.3, -0.8]]), 1e-6
    J = [(flow.forward(x + d) - flow.forward(x - d))[0] / (2 * h) for d in h * np.eye(2)[:, None]]
    flow.forward(x)
    assert flow.log_det()[0] == pytest.approx(np.log(abs(np.linalg.det(J))), abs=1e-8)


def test_the_likelihood_has_its_gradient() -> None:
    rng = np.random.default_rng(1)
    flow, _ = CouplingFlow.example(rng)
    x = rng.normal(size=(4, 2))
    numeric = numeric_gradient(lambda: -float(flow.log_density(x).mean()), flow.theta)
    Likelihood(flow, x).loss_and_grad()
    assert relative_error(flow.grad, numeric) <= 1e-6


def test_the_likelihood_of_whole_numbers_has_its_gradient_too() -> None:
    flow, _ = CouplingFlow.example(np.random.default_rng(1))
    x = np.array([[1, -2], [0, 3], [2, 1]])
    found = []
    for points in (x, x.astype(float)):
        found.append((Likelihood(flow, points).loss_and_grad(), flow.grad.copy()))
    (a, da), (b, db) = found
    assert a == b
    np.testing.assert_array_equal(da, db)


def test_moons_become_likelier_and_the_density_still_sums_to_one() -> None:
    rng = np.random.default_rng(2)
    x, _ = data.moons(200, 0.1, rng)
    flow = CouplingFlow(2, 4, 16, rng=rng)
    losses = Minimizer(Likelihood(flow, x), Adam(0.02), total=200).run().history
    assert losses[199] < losses[0] - 0.5
    axis = np.linspace(-8, 8, 401)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(flow.log_density(grid)).sum() * (axis[1] - axis[0]) ** 2
    assert mass == pytest.approx(1, abs=0.02)


def test_what_does_not_fit_a_flow_is_refused() -> None:
    rng = np.random.default_rng(0)
    for method in ("forward", "inverse"):
        for shape in ((2, 3), (0, 2), (2,)):
            with pytest.raises(ShapeError, match=r"allowed: \(batch, 2\)"):
                getattr(AffineCoupling(2, rng=rng), method)(np.ones(shape))
    with pytest.raises(ValueError, match="couplings is 0"):
        CouplingFlow(2, 0, rng=rng)


def test_a_piecewise_line_keeps_what_lies_between_its_knots_and_sums_to_one() -> None:
    x, z = [-1.5, -0.2, 0.1, 2.0], [-2.0, -0.5, 0.5, 1.0]
    line = PiecewiseLine(x, z)
    np.testing.assert_allclose(line.forward(x), z)
    places = np.linspace(-8, 12, 200_001)
    np.testing.assert_allclose(line.inverse(line.forward(places)), places, atol=1e-12)
    density = np.exp(line.log_density(places))
    assert density.sum() * 1e-4 == pytest.approx(1, abs=1e-4)
    for low, high, a, b in zip(x, x[1:], z, z[1:], strict=False):
        there = (low <= places) & (places < high)
        normal = (math.erf(b / math.sqrt(2)) - math.erf(a / math.sqrt(2))) / 2
        assert density[there].sum() * 1e-4 == pytest.approx(normal, abs=1e-3)
    h = 1e-6
    middle = np.array([-3.0, -1.0, 0.0, 1.0, 5.0])
    slope = (line.forward(middle + h) - line.forward(middle - h)) / (2 * h)
    np.testing.assert_allclose(line.log_det(middle), np.log(slope), atol=1e-8)


def test_a_line_that_falls_or_folds_is_refused() -> None:
    with pytest.raises(ValueError, match="each above the last"):
        PiecewiseLine([0, 2, 1], [0, 1, 2])
    with pytest.raises(ShapeError, match="from 2"):
        PiecewiseLine([0], [0])
