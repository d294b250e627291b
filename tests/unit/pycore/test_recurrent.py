"""RNN, LSTM and GRU, beyond what every layer keeps."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.arrays import Array, ShapeError
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.recurrent import GRU, LSTM, RNN, BiasedGRU, Recurrent

every_kind = pytest.mark.parametrize("kind", [RNN, LSTM, GRU, BiasedGRU])


@every_kind
def test_two_halves_equal_the_whole(kind: type[Recurrent]) -> None:
    rng = np.random.default_rng(0)
    layer, x = kind(3, 4, rng=rng), rng.normal(size=(2, 6, 3))
    whole = layer.forward(x)
    first = layer.forward(x[:, :2])
    layer.start = layer.end
    np.testing.assert_allclose(np.concatenate([first, layer.forward(x[:, 2:])], axis=1), whole)


@every_kind
def test_the_state_at_the_start_has_its_gradient(kind: type[Recurrent]) -> None:
    rng = np.random.default_rng(1)
    layer, x = kind(2, 3, rng=rng), rng.normal(size=(2, 4, 2))
    layer.start = [rng.normal(size=(2, 3)) for _ in range(kind.STATES)]
    r, r_end = rng.normal(size=(2, 4, 3)), [rng.normal(size=(2, 3)) for _ in layer.start]

    def loss() -> float:
        y = layer.forward(x)
        ends = sum((a * b).sum() for a, b in zip(r_end, layer.end, strict=True))
        return float((r * y).sum() + ends)

    numeric = [numeric_gradient(loss, state) for state in layer.start]
    loss()
    layer.dend = r_end
    layer.backward(r)
    assert max(map(relative_error, layer.dstart, numeric)) <= 1e-6


@every_kind
def test_truncation_cuts_the_gradient_but_not_the_state(kind: type[Recurrent]) -> None:
    rng = np.random.default_rng(2)
    layer, x = kind(2, 3, rng=rng), rng.normal(size=(1, 6, 2))
    dy: Array = np.zeros((1, 6, 3))
    dy[:, -1] = 1
    y = layer.forward(x)
    assert layer.backward(dy)[:, 0].any()
    layer.truncate = 3
    np.testing.assert_array_equal(layer.forward(x), y)
    dx = layer.backward(dy)
    assert not dx[:, :3].any()
    assert dx[:, 3].any()


@every_kind
def test_what_does_not_fit_is_refused(kind: type[Recurrent]) -> None:
    layer = kind(2, 3, rng=np.random.default_rng(0))
    for shape in ((4, 2), (1, 4, 3), (0, 4, 2), (1, 0, 2)):
        with pytest.raises(ShapeError, match="allowed"):
            layer.forward(np.ones(shape))
    for strange in ([np.ones((1, 3))] * kind.STATES, [np.ones((4, 3))] * (kind.STATES + 1)):
        layer.start = strange
        with pytest.raises(ShapeError, match=r"start has .* of \(4, 3\)"):
            layer.forward(np.ones((4, 2, 2)))
    with pytest.raises(ValueError, match="truncate is 0"):
        kind(2, 3, truncate=0, rng=np.random.default_rng(0))


def test_an_open_forget_gate_carries_a_value_unchanged() -> None:
    layer = LSTM(1, 1, forget=50.0, rng=np.random.default_rng(3))
    layer.Wx[...] = layer.Wh[...] = 0
    layer.b[0] = -50
    layer.start = [np.zeros((1, 1)), np.full((1, 1), 0.7)]
    layer.forward(np.ones((1, 50, 1)))
    assert layer.end[1][0, 0] == pytest.approx(0.7)


def test_what_a_cell_carried_is_its_state_after_each_step() -> None:
    rng = np.random.default_rng(4)
    layer, x = LSTM(2, 3, rng=rng), rng.normal(size=(2, 5, 2))
    layer.forward(x)
    carried = layer.carried()
    for t in range(5):
        layer.forward(x[:, : t + 1])
        np.testing.assert_allclose(carried[:, t], layer.end[1])
