"""Networks in PyTorch's names and layouts, and back; PyTorch itself is not needed."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import re
from typing import Any

import numpy as np
import pytest

from pycore import export
from pycore.activations import ReLU, Softplus, Tanh, sigmoid
from pycore.arrays import Array
from pycore.attention import GeneralAttention, MultiHeadAttention
from pycore.convolution import Conv2D, Flatten, MaxPool2D
from pycore.layer import Layer
from pycore.layers import Dense, Embedding, Residual, Sequential, Skip
from pycore.losses import BinaryCrossEntropy
from pycore.models import mlp
from pycore.normalization import BatchNorm
from pycore.optimizers import Adam, Optimizer, ScheduleFreeAdamW, ScheduleFreeSGD
from pycore.positions import ALiBi, RelativeBias, ScoreBias
from pycore.recurrent import GRU, LSTM, BiasedGRU
from pycore.saving import load, save
from pycore.training import Trainer
from pycore.transformer import TransformerBlock
from tests.unit.pycore.found import subclasses


def exported(layer: Layer) -> dict[str, np.ndarray] | None:
    """The layer's arrays, or None where PyTorch has no such module."""
    try:
        return export.state_dict(layer)
    except TypeError:
        return None


@pytest.mark.parametrize("kind", subclasses(Layer), ids=lambda kind: kind.__name__)
def test_every_layer_comes_back_from_its_state_or_is_refused(kind: type[Layer]) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    state = exported(layer)
    if state is None:
        with pytest.raises(TypeError, match="PyTorch has no module for"):
            export.load_state_dict(layer, {})
        return
    other = copy.deepcopy(layer)
    for _, value, _ in other.parameters():
        value[...] = 99
    if layer.size():
        assert (other.forward(x) != layer.forward(x)).any()
    export.load_state_dict(other, state)
    np.testing.assert_array_equal(other.forward(x), layer.forward(x))
    parameters = sum(value.size for name, value in state.items() if "running" not in name)
    second_biases = sum(value.size for name, value in state.items() if "bias_hh" in name)
    if isinstance(layer, BiasedGRU):  # which has a third of it
        second_biases -= layer.n
    assert parameters - second_biases == layer.size()


def test_what_the_models_are_made_of_has_a_script_that_is_python() -> None:
    written = set()
    for kind in subclasses(Layer):
        layer, x = kind.example(np.random.default_rng(0))
        with contextlib.suppress(TypeError):  # PyTorch has no module for it
            ast.parse(export.pytorch_script(Sequential(layer), x))
            written.add(kind.__name__)
    parts = {"CouplingFlow", "MessagePassing", "MixtureOfExperts", "Reparameterize", "Skip"}
    assert parts | {"BiasedGRU", "Conv2D", "LSTM", "TransformerBlock"} <= written


def test_names_and_layouts_are_pytorchs() -> None:
    network = mlp([2, 3, 1], np.random.default_rng(0))
    state = export.state_dict(network)
    assert list(state) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    np.testing.assert_array_equal(state["0.weight"], network[0].W.T)  # type: ignore[attr-defined]
    before = network.theta.copy()
    state["0.weight"][...] = 0
    np.testing.assert_array_equal(network.theta, before, "a copy, not the weights themselves")


def test_npz_there_and_back() -> None:
    rng = np.random.default_rng(1)
    network = Sequential(Conv2D(1, 2, 3, rng=rng), BatchNorm(2), Flatten(), Dense(8, 2, rng=rng))
    x = rng.normal(size=(3, 4, 4, 1))
    network.forward(x, training=True)
    other = copy.deepcopy(network)
    other.theta[...] = 0
    other.layers[1].running_mean[...] = 9  # type: ignore[attr-defined]
    export.load_npz(other, io.BytesIO(export.npz(network)))
    np.testing.assert_array_equal(other.forward(x), network.forward(x))


@pytest.mark.parametrize("weights", [None, "network.npz"])
def test_the_script_is_python_and_holds_every_digit(weights: str | None) -> None:
    network = mlp([2, 3, 1], np.random.default_rng(0))
    x = np.array([[0.1, -0.2], [1 / 3, 2.0]])
    script = export.pytorch_script(network, x, weights)
    tree = ast.parse(script)
    assert "Shapes: (batch, 2) → (batch, 1)." in script
    assert "    nn.Linear(2, 3),\n    nn.Tanh(),\n    nn.Linear(3, 1),\n)" in script
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    if weights:
        assert not found
        assert 'with_name("network.npz")' in script
        return
    for name, values in ast.literal_eval(found[0]).items():
        np.testing.assert_array_equal(values, export.state_dict(network)[name])
    for array in (x, network.forward(x)):
        assert all(f"        {row.tolist()},\n" in script for row in array)


def test_float32_is_written_with_few_digits_and_read_back_exactly() -> None:
    network = mlp([2, 2, 1], np.random.default_rng(0), dtype=np.float32)
    script = export.pytorch_script(network, np.ones((1, 2)))
    assert ".to(torch.float32)" in script
    assert not re.search(r"\d\.\d{12}", script)
    (table,) = (node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Dict))
    for name, values in ast.literal_eval(table).items():
        mine = export.state_dict(network)[name]
        np.testing.assert_array_equal(np.array(values, np.float32), mine)


def test_the_script_defines_just_the_modules_it_needs() -> None:
    rng = np.random.default_rng(0)
    network = Sequential(
        Conv2D(1, 2, 3, rng=rng),
        MaxPool2D(),
        Flatten(),
        Residual(Sequential(Dense(2, 2, rng=rng), Softplus())),
        Skip(Sequential(Dense(2, 2, rng=rng))),
    )
    script = export.pytorch_script(network, np.ones((1, 4, 4, 1)))
    defined = [n.name for n in ast.walk(ast.parse(script)) if isinstance(n, ast.ClassDef)]
    assert defined == ["Residual", "Skip", "ChannelsLast", "Conv2d", "MaxPool2d"]
    assert "Conv2d(1, 2, 3, stride=1, padding=0, dilation=1)," in script


def test_a_transformer_in_a_script() -> None:
    rng = np.random.default_rng(0)
    network = Sequential(Embedding(5, 4, rng=rng), TransformerBlock(4, 2, causal=True, rng=rng))
    script = export.pytorch_script(network, np.array([[0, 3, 1]]))
    assert "SelfAttention(4, 2, causal=True)," in script
    assert "torch.tensor([\n        [0, 3, 1],\n    ], dtype=torch.int64)" in script
    assert {"1.0.0.1.in_proj_weight", "1.1.0.3.bias"} <= set(export.state_dict(network))


def test_attention_that_pytorch_has_no_module_for_brings_its_own() -> None:
    rng = np.random.default_rng(0)
    relative = RelativeBias(4, 3)
    relative.W[...] = rng.normal(size=relative.W.shape)
    for options, expected in (
        ({"rotary": True, "kv_heads": 2}, "2, causal=False, rotary=True),"),
        ({"rotary": [0.5]}, "4, causal=False, rotary=[0.5]),"),
        ({"causal": True, "bias": ALiBi(4)}, "slopes=[0.25, 0.0625, 0.015625, 0.00390625]),"),
        ({"bias": relative}, "4, causal=False, rotary=False, reach=3),"),
    ):
        network = Sequential(MultiHeadAttention(8, 4, **options, rng=rng))  # type: ignore[arg-type]
        script = export.pytorch_script(network, rng.normal(size=(1, 3, 8)))
        assert "    Attention(8, 4, " in script
        assert expected in script
        ast.parse(script)
    assert export.state_dict(network)["0.by_distance"].tolist() == relative.W.tolist()

    class Own(ScoreBias):
        def forward(self, x: Array, training: bool = False) -> Array:
            return x

        def backward(self, dy: Array) -> Array:
            return dy

    with pytest.raises(TypeError, match="PyTorch has no module for MultiHeadAttention"):
        export.state_dict(MultiHeadAttention(8, 4, bias=Own(4), rng=rng))


def test_both_biases_of_an_lstm_are_added() -> None:
    layer = LSTM(1, 2, rng=np.random.default_rng(0))
    state = export.state_dict(layer)
    state["bias_hh_l0"][...] = 0.5
    before = layer.b.copy()
    export.load_state_dict(layer, state)
    np.testing.assert_array_equal(layer.b, before + 0.5)


def test_what_cannot_be_loaded_is_refused_and_changes_nothing() -> None:
    network = mlp([2, 3, 1], np.random.default_rng(0))
    state, before = export.state_dict(network), network.theta.copy()
    with pytest.raises(ValueError, match=r"lacks 2\.bias; allowed: 0\.weight, 0\.bias"):
        export.load_state_dict(network, {k: v for k, v in state.items() if k != "2.bias"})
    with pytest.raises(ValueError, match=r"has 4\.weight"):
        export.load_state_dict(network, {**state, "4.weight": np.ones(1)})
    with pytest.raises(ValueError, match=r"0\.weight has shape \(2, 3\); allowed: \(3, 2\)"):
        export.load_state_dict(network, {**state, "0.weight": np.ones((2, 3))})
    gru = GRU(1, 2, rng=np.random.default_rng(0))
    state = export.state_dict(gru)
    state["bias_hh_l0"][4] = 1
    with pytest.raises(ValueError, match=r"reset gate.* BiasedGRU"):
        export.load_state_dict(gru, state)
    np.testing.assert_array_equal(network.theta, before)


def test_the_inner_bias_of_a_gru_is_loaded_where_there_is_one() -> None:
    rng = np.random.default_rng(0)
    layer = BiasedGRU(1, 2, rng=rng)
    state = export.state_dict(layer)
    for name in ("bias_ih_l0", "bias_hh_l0"):
        state[name] = rng.normal(size=6)
    first, second = state["bias_ih_l0"].copy(), state["bias_hh_l0"].copy()
    export.load_state_dict(layer, state)
    np.testing.assert_array_equal(layer.b, first + second * [1, 1, 1, 1, 0, 0])
    np.testing.assert_array_equal(layer.c, second[4:])
    np.testing.assert_array_equal(state["bias_hh_l0"], second)


def test_batch_norms_counter_is_passed_over() -> None:
    layer = BatchNorm(2)
    export.load_state_dict(layer, {**export.state_dict(layer), "num_batches_tracked": 7})


def test_what_pytorch_lacks_and_what_is_not_finite_is_refused() -> None:
    rng = np.random.default_rng(0)
    attention, x = GeneralAttention.example(rng)
    with pytest.raises(TypeError, match="no module for GeneralAttention"):
        export.pytorch_script(Sequential(attention), x)
    network = Sequential(Dense(1, 1, rng=rng), Tanh(), ReLU())
    network.theta[0] = np.nan
    with pytest.raises(ValueError, match=r"0\.weight holds NaN"):
        export.pytorch_script(network, np.ones((1, 1)))


def test_a_closed_skip_is_refused() -> None:
    rng = np.random.default_rng(0)
    network = Sequential(Skip(Dense(2, 2, rng=rng), is_open=False))
    with pytest.raises(TypeError, match="PyTorch has no module for Skip"):
        export.pytorch_script(network, np.ones((1, 2)))


def test_whole_numbers_for_a_dense_layer_are_written_as_floats() -> None:
    rng = np.random.default_rng(0)
    whole = np.array([[1, 2]])
    script = export.pytorch_script(Sequential(Dense(2, 1, rng=rng)), whole)
    assert "1.0, 2.0" in script
    assert "int64" not in script
    words = Sequential(Embedding(3, 1, rng=rng), Dense(1, 1, rng=rng))
    assert "dtype=torch.int64" in export.pytorch_script(words, whole)


@pytest.mark.parametrize("strange", [np.ones((1, 2), complex), np.array([["a", "b"]])])
def test_what_is_no_real_number_is_refused_before_anything_is_written(strange: Any) -> None:
    network = Sequential(Dense(2, 1, rng=np.random.default_rng(0)))
    before = network.theta.copy()
    with pytest.raises(ValueError, match=r"0\.weight holds .*allowed: real"):
        export.load_state_dict(network, {"0.bias": np.ones(1), "0.weight": strange})
    np.testing.assert_array_equal(network.theta, before)


def test_a_file_that_is_no_npz_is_refused_by_name() -> None:
    network = Sequential(Dense(2, 1, rng=np.random.default_rng(0)))
    single = io.BytesIO()
    np.save(single, np.ones(3))
    for content in (b"", b"weights", single.getvalue()):
        with pytest.raises(ValueError, match=r"not an \.npz file; allowed"):
            export.load_npz(network, io.BytesIO(content))


@pytest.mark.parametrize("optimizer", [ScheduleFreeSGD(0.3), ScheduleFreeAdamW(0.1), Adam(0.1)])
def test_of_a_training_is_written_what_it_is_tested_with(optimizer: Optimizer) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 2)), rng.integers(2, size=20)
    trainer = Trainer(mlp([2, 4, 1], 0), BinaryCrossEntropy(), optimizer, x, y, total=30).run()
    theta, shown = trainer.network.theta.copy(), trainer.proba(x)
    file, whole = io.BytesIO(export.npz(trainer)), io.BytesIO()
    save(whole, trainer)
    whole.seek(0)
    read, again = mlp([2, 4, 1], 1), load(whole)
    export.load_npz(read, file)
    for network in (read, again):
        np.testing.assert_allclose(sigmoid(network.forward(x)), shown, rtol=1e-12)
    weights = ast.literal_eval(
        export.pytorch_script(trainer, x).split("weights = ")[1].split("\nnetwork.load")[0]
    )
    np.testing.assert_array_equal(weights["0.weight"], export.state_dict(trainer)["0.weight"])
    np.testing.assert_array_equal(trainer.network.theta, theta)
    assert np.allclose(read.theta, theta) == isinstance(optimizer, Adam)
