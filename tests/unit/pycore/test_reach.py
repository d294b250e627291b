"""How far back a gradient is felt: Jacobians by finite differences, and formulas that are known."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.reach import bound, felt, jacobians, reach
from pycore.recurrent import GRU, LSTM, RNN, Recurrent


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_jacobians_are_those_of_finite_differences_and_leave_gradients_alone(
    kind: type[Recurrent],
) -> None:
    rng = np.random.default_rng(0)
    layer, x = kind(2, 3, rng=rng), rng.normal(size=(5, 2))
    layer.dWh += 7
    found = jacobians(layer, x)
    assert found.shape == (5, 3, 2)
    assert (layer.dWh == 7).all()
    assert not layer.dWx.any()
    for t in range(5):
        for j in range(2):
            ends = []
            for sign in (1, -1):
                moved = x.copy()
                moved[t, j] += sign * 1e-6
                ends.append(layer.forward(moved[None])[0, -1])
            np.testing.assert_allclose(found[t, :, j], (ends[0] - ends[1]) / 2e-6, atol=1e-8)


def test_a_linear_stretch_of_an_lstm_is_felt_by_the_power_of_its_forget_gate() -> None:
    """With h cut off from the gates, ∂h_T/∂x_t = o tanh′(c_T) f^{T−t} i g′(x_t)."""
    layer = LSTM(1, 1, forget=2.0, rng=0)
    layer.Wh[:], layer.Wx[:] = 0, 0
    layer.Wx[0, 2] = 1
    sizes = felt(layer, np.zeros((20, 1)))
    f = 1 / (1 + np.exp(-2.0))
    np.testing.assert_allclose(sizes, 0.25 * f ** np.arange(19, -1, -1))
    assert reach(sizes, 0.5) == int(np.ceil(np.log(0.5) / np.log(f)))


def test_no_rnn_exceeds_its_bound() -> None:
    """Of 50 networks: ∂h_T/∂x_t is at most Wx's largest singular value times σᵏ."""
    for seed in range(50):
        rng = np.random.default_rng(seed)
        layer, x = RNN(3, 8, rng=rng), rng.normal(size=(30, 3))
        layer.Wh *= rng.uniform(0.2, 2)
        stretched = np.linalg.norm(jacobians(layer, x), 2, axis=(1, 2))
        most = bound(layer, 29)[::-1] * np.linalg.norm(layer.Wx, 2)
        assert (stretched <= most * (1 + 1e-12)).all()


def test_reach_counts_the_steps_until_too_little_is_left() -> None:
    assert reach(np.array([0.001, 0.02, 0.5, 1.0])) == 3
    assert reach(np.array([0.5, 0.5, 1.0])) == 3
    with pytest.raises(ValueError, match="share is 1"):
        reach(np.ones(3), 1)
    with pytest.raises(ShapeError, match="allowed"):
        reach(np.ones((2, 2)))
    with pytest.raises(ShapeError, match="allowed"):
        felt(RNN(2, 3, rng=0), np.ones((4, 3)))
    with pytest.raises(ValueError, match="steps is -1"):
        bound(RNN(2, 3, rng=0), -1)
