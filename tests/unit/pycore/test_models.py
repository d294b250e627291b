"""Whole networks: built as said, and they learn within a few steps."""

from __future__ import annotations

import io

import numpy as np
import pytest

from pycore import corpora, export, images
from pycore.activations import Tanh
from pycore.arrays import Array
from pycore.gradient_check import numeric_gradient, relative_error
from pycore.layers import Sequential
from pycore.losses import CrossEntropy, MeanSquaredError
from pycore.metrics import accuracy
from pycore.models.autoencoders import autoencoder, vae, vae_pass
from pycore.models.language import language_rnn
from pycore.models.vision import cnn
from pycore.optimizers import Adam
from pycore.recurrent import GRU, LSTM, RNN, Recurrent
from pycore.seq2seq import SequenceCrossEntropy
from pycore.text import Vocabulary
from pycore.training import Trainer


def digits(n: int, rng: np.random.Generator, size: int = 8) -> tuple[Array, Array]:
    return images.glyphs(n, 0.05, rng, size=size, wobble=0.3)


def test_a_cnn_has_the_shapes_and_parameters_of_its_recipe() -> None:
    rng = np.random.default_rng(0)
    network = cnn(28, [1, 6, 16], [120, 84, 10], rng, window=5)
    assert [value.shape[1:] for value in network.activations(np.ones((2, 28, 28, 1)))[1:7]] == [
        *[(28, 28, 6)] * 2, (14, 14, 6), *[(14, 14, 16)] * 2, (7, 7, 16),
    ]  # fmt: skip
    dense = (7 * 7 * 16 + 1) * 120 + 121 * 84 + 85 * 10
    assert network.size() == 26 * 6 + (25 * 6 + 1) * 16 + dense


@pytest.mark.parametrize(
    ("size", "channels", "window"), [(6, [1, 2, 3], 3), (8, [1], 3), (8, [1, 2], 2)]
)
def test_a_cnn_that_does_not_fit_is_refused(size: int, channels: list[int], window: int) -> None:
    with pytest.raises(ValueError, match="allowed: at least two channels"):
        cnn(size, channels, [2], np.random.default_rng(0), window)


def test_a_cnn_learns_digits_it_has_not_seen() -> None:
    rng = np.random.default_rng(0)
    x, y = digits(200, rng)
    network = cnn(8, [1, 6, 12], [24, 10], rng)
    trainer = Trainer(network, CrossEntropy(), Adam(0.01), x[:150], y[:150], 50, rng)
    for _ in range(60):
        trainer.step()
    assert accuracy(network.forward(x[150:]), y[150:]) >= 0.9


def test_an_autoencoder_reconstructs_better_than_the_mean_picture() -> None:
    rng = np.random.default_rng(0)
    x = digits(100, rng)[0].reshape(100, -1)
    network = autoencoder([64, 32, 6], rng)
    trainer = Trainer(network, MeanSquaredError(), Adam(0.01), x, x)
    for _ in range(150):
        loss = trainer.step()
    assert loss < 0.5 * x.var(axis=0).mean()
    code = network[0].forward(x)
    assert code.shape == (100, 6)
    np.testing.assert_array_equal(network[1].forward(code), network.forward(x))


def test_the_gradient_of_the_elbo() -> None:
    rng = np.random.default_rng(0)
    network, x = vae([5, 4, 2], rng), rng.uniform(size=(3, 5))
    state = rng.bit_generator.state

    def loss() -> float:
        rng.bit_generator.state = state
        reconstruction, kl = vae_pass(network, x, beta=0.7)
        return reconstruction + 0.7 * kl

    numeric = numeric_gradient(loss, network.theta)
    network.zero_grad()
    loss()
    assert relative_error(network.grad, numeric) <= 1e-6


def test_a_vae_learns_and_its_decoder_draws() -> None:
    rng = np.random.default_rng(0)
    x = np.clip(digits(100, rng)[0].reshape(100, -1), 0, 1)
    network, adam, losses = vae([64, 32, 4], rng), Adam(0.01), []
    for _ in range(100):
        network.zero_grad()
        losses.append(sum(vae_pass(network, x)))
        adam.step(network.theta, network.grad)
    assert losses[-1] < 0.75 * losses[0]
    assert network[2].forward(rng.normal(size=(3, 4))).shape == (3, 64)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_a_recurrent_network_learns_to_spell(kind: type[Recurrent]) -> None:
    rng = np.random.default_rng(0)
    text = corpora.harbour()[:400]
    letters = Vocabulary(text)
    numbers = np.array(letters.encode(text))
    x, y = numbers[:-1].reshape(-1, 21), numbers[1:].reshape(-1, 21)
    network = language_rnn(len(letters), 24, rng, kind)
    trainer = Trainer(network, SequenceCrossEntropy(), Adam(0.02), x, y)
    first = trainer.step()
    last = [trainer.step() for _ in range(60)][-1]
    assert first == pytest.approx(np.log(len(letters)), rel=0.2)
    assert last < 0.5 * first


def test_models_survive_the_way_to_a_file_and_back() -> None:
    def build(seed: int) -> list[Sequential]:
        rng = np.random.default_rng(seed)
        return [
            cnn(4, [1, 2], [3], rng, activation=Tanh),
            vae([6, 4, 2], rng),
            language_rnn(5, 3, rng),
        ]

    for trained, fresh in zip(build(0), build(1), strict=True):
        export.load_npz(fresh, io.BytesIO(export.npz(trained)))
        np.testing.assert_array_equal(fresh.theta, trained.theta)
