"""PyTorch's names for the engine: the numbers of its layers, PyTorch's rules and words."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pycore import data, export, torch
from pycore.losses import BinaryCrossEntropy, CrossEntropy, MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD, Adam, Momentum
from pycore.torch import nn


def pair(sizes: list[int], seed: int = 0) -> tuple[nn.Sequential, object]:
    """A model, and the engine's own network with the same weights."""
    network = mlp(sizes, seed)
    parts = [p for a, b in itertools.pairwise(sizes) for p in (nn.Linear(a, b), nn.Tanh())]
    model = nn.Sequential(*parts[:-1])
    model.load_state_dict(export.state_dict(network))
    return model, network


@pytest.mark.parametrize(
    ("make", "engine"),
    [
        (lambda p: torch.optim.SGD(p, lr=0.1), SGD(0.1)),
        (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), Momentum(0.1, 0.9)),
        (lambda p: torch.optim.Adam(p, lr=0.01), Adam(0.01)),
    ],
)
@pytest.mark.parametrize(
    ("loss_fn", "loss", "width"),
    [
        (nn.BCEWithLogitsLoss(), BinaryCrossEntropy(), 1),
        (nn.MSELoss(), MeanSquaredError(), 1),
        (nn.CrossEntropyLoss(), CrossEntropy(), 2),
    ],
)
def test_the_four_lines_are_the_engines_own_training(make, engine, loss_fn, loss, width):
    x, y = data.moons(24, 0.1, 0)
    model, network = pair([2, 5, width])
    optimizer, engine = make(model.parameters()), type(engine)(**_settings(engine))
    t = torch.tensor(y if width == 2 else y[:, None])
    for _ in range(30):
        optimizer.zero_grad()
        value = loss_fn(model(torch.tensor(x)), t)
        value.backward()
        optimizer.step()
        network.zero_grad()
        expected = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        engine.step(network.theta, network.grad)
        assert abs(value.item() - expected) < 1e-12
    for name, array in export.state_dict(network).items():
        np.testing.assert_allclose(model.state_dict()[name], array, atol=1e-12)


def _settings(engine):
    match engine:
        case Momentum():
            return {"lr": engine.lr, "beta": engine.beta}
        case _:
            return {"lr": engine.lr}


def test_gradients_add_up_until_they_are_cleared():
    layer, x = nn.Linear(2, 1), torch.tensor([[1.0, 2.0]])
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for times in (1, 2, 3):
        layer(x).backward()
        np.testing.assert_array_equal(layer.weight.grad, [[times, 2 * times]])
    optimizer.zero_grad()
    assert layer.weight.grad is None


def test_a_step_without_gradients_changes_nothing():
    layer = nn.Linear(2, 1)
    before = layer.state_dict()
    torch.optim.Adam(layer.parameters()).step()
    for name, array in layer.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_step_between_forward_and_backward_is_refused_where_the_way_back_reads_the_weights():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    optimizer, x = torch.optim.SGD(model.parameters(), lr=0.1), torch.tensor([[1.0, 2.0]])
    model(x).backward()
    late = model(x)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        late.backward()
    one = nn.Linear(2, 1)  # nothing before it: its weights are not read again, as in PyTorch
    one(x).backward()
    late = one(x)
    torch.optim.SGD(one.parameters(), lr=0.1).step()
    late.backward()


def test_modules_of_the_learners_own_are_walked_through():
    class Net(nn.Module):
        def __init__(self):
            self.hidden, self.out = nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 1))

        def forward(self, x):
            return self.out(self.hidden(x).sigmoid())

    net = Net()
    assert list(net.state_dict()) == ["hidden.weight", "hidden.bias", "out.1.weight", "out.1.bias"]
    assert net(torch.tensor(np.zeros((4, 2)))).shape == (4, 1)
    assert nn.Sigmoid()(torch.tensor([0.0])).item() == 0.5


def test_the_same_seed_gives_the_same_parameters_within_pytorchs_bounds():
    torch.manual_seed(3)
    first = nn.Linear(16, 50)
    torch.manual_seed(3)
    np.testing.assert_array_equal(nn.Linear(16, 50).weight.data, first.weight.data)
    assert 0.2 < np.abs(first.weight.data).max() <= 0.25


def test_mistakes_are_told_in_pytorchs_words_with_what_is_allowed():
    x = torch.tensor(np.zeros((40, 8)))
    with pytest.raises(RuntimeError, match=r"multiplied \(40x8 and 1x2\); allowed: 1 col"):
        nn.Linear(1, 2)(x)
    with pytest.raises(ValueError, match=r"Target size \(40, 1\) must be the same .*\(40, 8\)"):
        nn.MSELoss()(x, torch.tensor(np.zeros((40, 1))))
    with pytest.raises(ValueError, match="runs from 0 to 9; allowed: whole numbers from 0 to 7"):
        nn.CrossEntropyLoss()(x, torch.tensor([0.0] * 39 + [9.0]))
    with pytest.raises(ValueError, match="Target size"):
        nn.CrossEntropyLoss()(x, torch.tensor([0.0]))
    with pytest.raises(ValueError, match="empty parameter list"):
        torch.optim.SGD(nn.Tanh().parameters())
    with pytest.raises(ValueError, match=r"allowed: model\.parameters"):
        torch.optim.SGD([x])
    with pytest.raises(TypeError, match=r"Sequential: got .*Tanh"):
        nn.Sequential(nn.Tanh)
    layer = nn.Linear(1, 2)
    with pytest.raises(RuntimeError, match=r"weight has shape \(3, 1\); allowed: shape \(2, 1\)"):
        layer.load_state_dict({"weight": np.zeros((3, 1)), "bias": np.zeros(2)})
    with pytest.raises(RuntimeError, match="bias has nothing"):
        layer.load_state_dict({"weight": np.zeros((2, 1))})


def test_a_linear_layers_rules_are_derivatives():
    layer, rng = nn.Linear(3, 2), np.random.default_rng(0)
    x = torch.tensor(rng.normal(size=(4, 3)))
    y = layer(x)
    dxs = [rng.normal(size=t.shape) for t in (x, layer.weight, layer.bias)]
    dy = rng.normal(size=y.shape)
    arrays = [x.data, layer.weight.data, layer.bias.data]
    pushed = (dy * y.op.push(dxs, y.data, *arrays)).sum()
    pulled = y.op.pull(dy, y.data, *arrays)
    assert abs(pushed - sum((a * b).sum() for a, b in zip(pulled, dxs, strict=True))) < 1e-12


@pytest.mark.parametrize(("y", "t"), [(30, 1), (-30, 0), (40, 1), (-40, 0), (3, 0.25), (-3, 1)])
def test_a_loss_that_is_sure_and_right_keeps_its_digits(y, t):
    leaf = nn.Parameter([[float(y)]])
    loss = nn.BCEWithLogitsLoss()(leaf, torch.tensor([[t]]))
    loss.backward()
    wrong, right = (np.log1p(np.exp(-abs(y))) + max(sign * y, 0) for sign in (1, -1))
    expected = (1 - t) * wrong + t * right
    assert loss.item() == pytest.approx(expected, rel=1e-14, abs=0)
    slope = (1 - t) / (1 + np.exp(-y)) - t / (1 + np.exp(y))
    assert leaf.grad.item() == pytest.approx(slope, rel=1e-13, abs=0)


def test_a_linear_layer_of_zeros_sends_nothing_back_through_a_root():
    layer, x = nn.Linear(2, 1), nn.Parameter([[1.0, 2.0]])
    layer.weight.change(np.zeros((1, 2)))
    layer.bias.change(np.zeros(1))
    (layer(x) ** 0.5).sum().backward()
    np.testing.assert_array_equal(x.grad, [[0, 0]])
