"""Exported scripts, run: PyTorch makes the same network and gives the same answers.

Unlike most of its neighbours this file needs PyTorch itself: it runs only with `--oracle`.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from games.run import Run
from pycore import export, graph_data
from pycore.activations import ReLU, Tanh, TanhGELU
from pycore.convolution import AveragePool2D, Conv2D, Flatten, MaxPool2D
from pycore.flows import CouplingFlow
from pycore.layer import Layer
from pycore.layers import Dense, Dropout, Embedding, Sequential
from pycore.models import mlp
from pycore.models.autoencoders import vae
from pycore.models.gnn import gnn
from pycore.models.moe import mixture
from pycore.normalization import BatchNorm, LayerNorm, RMSNorm
from pycore.positions import ALiBi, LearnedPositions, RelativeBias, SinusoidalPositions
from pycore.recurrent import GRU, LSTM, RNN, BiasedGRU
from pycore.transformer import TransformerBlock
from tests.unit.pycore.found import subclasses

pytestmark = pytest.mark.oracle
TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}


def run(script: str, folder: Path) -> dict[str, Any]:
    """Run the script as a learner does; it fails by itself when the answers differ."""
    path = folder / "network.py"
    path.write_text(script, "utf-8")
    return runpy.run_path(str(path), run_name="__main__")


def exportable() -> list[tuple[type[Layer], type]]:
    """The layers that PyTorch has modules for; in float32 too if they have parameters."""
    cases: list[tuple[type[Layer], type]] = []
    for kind in subclasses(Layer):
        layer, x = kind.example(np.random.default_rng(0))
        try:
            export.pytorch_script(Sequential(layer), x)
        except TypeError:
            continue
        cases += [(kind, np.float64)] + [(kind, np.float32)] * (layer.size() > 0)
    return cases


def test_most_layers_are_exportable() -> None:
    assert len({kind for kind, _ in exportable()}) >= 30


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kind", "dtype"), exportable())
def test_every_layers_script_runs_and_agrees(
    kind: type[Layer], dtype: type, seed: int, tmp_path: Path
) -> None:
    layer, x = kind.example(np.random.default_rng(seed), dtype)
    network = Sequential(layer)
    done = run(export.pytorch_script(network, x), tmp_path)
    expected = network.forward(done["x"].numpy())
    np.testing.assert_allclose(
        done["y"].numpy(), expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype]
    )


def convolutional(rng: np.random.Generator) -> tuple[Sequential, Any]:
    network = Sequential(
        Conv2D(1, 4, 3, padding=1, rng=rng),
        BatchNorm(4),
        ReLU(),
        MaxPool2D(),
        Conv2D(4, 6, 3, stride=2, rng=rng),
        Tanh(),
        AveragePool2D(1),
        Flatten(),
        Dropout(0.5, rng=rng),
        Dense(24, 3, rng=rng),
    )
    x = rng.normal(size=(5, 10, 10, 1))
    network.forward(x, training=True)  # moves the running statistics
    return network, x


def language(rng: np.random.Generator) -> tuple[Sequential, Any]:
    network = Sequential(
        Embedding(11, 8, rng=rng),
        LearnedPositions(6, 8, rng=rng),
        TransformerBlock(8, 2, causal=True, rng=rng),
        TransformerBlock(8, 4, pre_norm=False, dropout=0.1, rng=rng),
        LayerNorm(8),
        Dense(8, 11, rng=rng),
    )
    network.theta += 0.1 * rng.normal(size=network.theta.size)
    return network, rng.integers(11, size=(3, 6))


def current(rng: np.random.Generator) -> tuple[Sequential, Any]:
    network = Sequential(
        Embedding(11, 8, rng=rng),
        SinusoidalPositions(),
        TransformerBlock(
            8, 4, causal=True, rotary=True, kv_heads=2, norm=RMSNorm, gated=True, rng=rng
        ),
        TransformerBlock(8, 4, kv_heads=1, activation=TanhGELU, rng=rng),
        TransformerBlock(8, 4, bias=ALiBi(4), kv_heads=2, rng=rng),
        TransformerBlock(8, 2, causal=True, bias=RelativeBias(2, 3), rotary=[0.9, 0.2], rng=rng),
        RMSNorm(8),
        Dense(8, 11, rng=rng),
    )
    network.theta += 0.1 * rng.normal(size=network.theta.size)
    return network, rng.integers(11, size=(3, 6))


def perceptron(rng: np.random.Generator) -> tuple[Sequential, Any]:
    return mlp([2, 8, 8, 1], rng, dropout=0.2), rng.normal(size=(4, 2))


def flow(rng: np.random.Generator) -> tuple[Sequential, Any]:
    return CouplingFlow(3, 3, rng=rng), rng.normal(size=(4, 3))


def experts(rng: np.random.Generator) -> tuple[Sequential, Any]:
    return mixture([2, 4, 3], 4, rng), rng.normal(size=(6, 2))


def coder(rng: np.random.Generator) -> tuple[Sequential, Any]:
    return vae([6, 4, 2], rng), rng.uniform(size=(3, 6))


def neighbours(rng: np.random.Generator) -> tuple[Sequential, Any]:
    return gnn([2, 4, 3], graph_data.ring(5), rng), rng.normal(size=(5, 2))


MAKERS = [perceptron, convolutional, language, current, flow, experts, coder, neighbours]


@pytest.mark.parametrize("weights", [None, "weights.npz"])
@pytest.mark.parametrize("make", MAKERS)
def test_whole_networks_agree_with_weights_inside_or_beside(
    make: Any, weights: str | None, tmp_path: Path
) -> None:
    network, x = make(np.random.default_rng(1))
    (tmp_path / "weights.npz").write_bytes(export.npz(network))
    run(export.pytorch_script(network, x, weights), tmp_path)


@pytest.mark.parametrize("make", MAKERS)
def test_what_pytorch_changed_comes_back(make: Any, tmp_path: Path) -> None:
    import torch

    network, x = make(np.random.default_rng(2))
    done = run(export.pytorch_script(network, x), tmp_path)
    module = done["network"]
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, dtype=parameter.dtype)
        y = module(done["x"]).numpy()
    assert np.abs(network.forward(x) - y).max() > 1e-3
    export.load_state_dict(network, {k: v.numpy() for k, v in module.state_dict().items()})
    np.testing.assert_allclose(network.forward(x), y, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU, BiasedGRU])
def test_recurrent_modules_born_in_pytorch_load(kind: Any) -> None:
    import torch

    name = kind.__name__.removeprefix("Biased")
    module = getattr(torch.nn, name)(3, 4, batch_first=True).double()
    layer, x = (
        kind(3, 4, rng=np.random.default_rng(0)),
        np.random.default_rng(1).normal(size=(2, 5, 3)),
    )
    state = {name: tensor.numpy(force=True) for name, tensor in module.state_dict().items()}
    if kind is GRU:
        with pytest.raises(ValueError, match="reset gate"):
            export.load_state_dict(layer, state)
        state["bias_hh_l0"][8:] = 0  # shares its memory with the module
    export.load_state_dict(layer, state)
    y = module(torch.tensor(x))[0].numpy(force=True)
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-10, atol=1e-10)


def test_a_script_with_other_weights_fails() -> None:
    network, x = perceptron(np.random.default_rng(3))
    script = export.pytorch_script(network, x)
    first = repr(float(network.theta[0]))
    assert first in script
    with pytest.raises(AssertionError):
        exec(compile(script.replace(first, "9.0"), "<script>", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize(
    ("slug", "begin"),
    [
        ("read-my-digit", [["train"]]),
        ("the-bottleneck", [["k", 3], ["train"]]),
        ("gan-tug-of-war", [["steps", 2], ["play"]]),
    ],
)
def test_what_a_game_saves_as_pytorch_runs_and_agrees(
    slug: str, begin: list[list[Any]], tmp_path: Path
) -> None:
    game = Run(slug, 1)
    for message in begin:
        game.send(message)
    for _ in range(60):
        game.tick()
    scripts = [file.decode() for name, file in game.files().items() if name.endswith(".py")]
    assert len(scripts) == (2 if slug == "gan-tug-of-war" else 1)
    for script in scripts:
        done = run(script, tmp_path)
        assert done["y"].numel() > 0
