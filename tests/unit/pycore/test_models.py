"""Whole networks: what holds for each of them. What they learn stands in `models/`."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest

from pycore import export, models
from pycore.activations import Tanh
from pycore.layers import Sequential
from pycore.models.autoencoders import vae
from pycore.models.language import language_rnn
from pycore.models.vision import cnn, unet


def build(seed: int) -> list[Sequential]:
    rng = np.random.default_rng(seed)
    return [
        cnn(4, [1, 2], [3], rng, activation=Tanh),
        unet([1, 2, 3], rng),
        vae([6, 4, 2], rng),
        language_rnn(5, 3, rng),
    ]


def test_models_survive_the_way_to_a_file_and_back() -> None:
    for trained, fresh in zip(build(0), build(1), strict=True):
        export.load_npz(fresh, io.BytesIO(export.npz(trained)))
        np.testing.assert_array_equal(fresh.theta, trained.theta)


def test_a_perceptron_of_one_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sizes are \[2\]; allowed: at least two"):
        models.mlp([2], np.random.default_rng(0))


@pytest.mark.skipif(sys.platform == "emscripten", reason="no second process in a browser")
def test_who_builds_a_perceptron_loads_no_other_model() -> None:
    code = "import sys, pycore.models; print(*(m for m in sys.modules if m.startswith('pycore')))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert {"pycore.convolution", "pycore.attention"}.isdisjoint(loaded.stdout.split())
