"""Language models: recurrent ones learn a text letter by letter; all write on from what is new."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.attention import DotAttention
from pycore.decoding import top_k
from pycore.layer import Layer
from pycore.layers import Dense, Embedding, Sequential
from pycore.models.language import (
    begin,
    carry_on,
    generate,
    language_rnn,
    language_transformer,
    multiplications,
)
from pycore.positions import ALiBi, SinusoidalPositions
from pycore.recipes import spelling as recipe
from pycore.recurrent import GRU, LSTM, RNN, Recurrent
from pycore.transformer import TransformerBlock


def test_the_stretches_are_the_text_and_what_comes_next() -> None:
    x, y = recipe.stretches()
    assert x.shape == y.shape == (len(recipe.text()) - recipe.LENGTH, recipe.LENGTH)
    np.testing.assert_array_equal(x[1:], y[:-1])
    assert "".join(recipe.vocabulary().decode(x[0])) == recipe.text()[: recipe.LENGTH]


def test_training_repeats_itself() -> None:
    one, two = (recipe.train(RNN, steps=2).theta for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.slow
@pytest.mark.parametrize("kind", recipe.KINDS)
def test_it_starts_near_a_blind_guess_and_learns_to_spell(kind: type[Recurrent]) -> None:
    guess = np.log(len(recipe.vocabulary()))
    assert recipe.judge(recipe.train(kind, steps=0)) == pytest.approx(guess, rel=0.15)
    assert recipe.judge(recipe.train(kind, steps=120)) < 0.5 * guess


def test_a_gru_has_three_quarters_of_the_lstms_gate_weights() -> None:
    rng = np.random.default_rng(0)
    lstm, gru = (kind(5, 7, rng=rng).size() for kind in (LSTM, GRU))
    assert gru / lstm == 3 / 4


def test_it_writes_on_the_same_for_the_same_seed() -> None:
    network = recipe.train(GRU, steps=5)
    one, two = (recipe.write(network, "the ", 30, np.random.default_rng(3)) for _ in range(2))
    assert one == two
    assert one.startswith("the ")
    assert len(one) == 34


def turned(rng: np.random.Generator) -> Sequential:
    """Three ways to tell where an item stands, one on top of the other."""
    return Sequential(
        Embedding(7, 4, rng=rng),
        SinusoidalPositions(),
        TransformerBlock(4, 2, causal=True, rotary=True, rng=rng),
        TransformerBlock(4, 2, causal=True, bias=ALiBi(2), rng=rng),
        Dense(4, 7, rng=rng),
    )


WRITERS: dict[str, Callable[[np.random.Generator], Sequential]] = {
    "transformer": lambda rng: language_transformer(7, 4, 2, 2, 12, rng),
    "rotary": turned,
    "rnn": lambda rng: language_rnn(7, 3, rng, RNN),
    "lstm": lambda rng: language_rnn(7, 3, rng, LSTM),
}
every_writer = pytest.mark.parametrize("make", WRITERS.values(), ids=WRITERS)


@every_writer
def test_what_is_read_in_parts_is_answered_as_at_once(
    make: Callable[[np.random.Generator], Sequential],
) -> None:
    rng = np.random.default_rng(0)
    network, x = make(rng), rng.integers(7, size=(3, 12))
    whole = network.forward(x)
    for ends in (range(1, 13), (5, 6, 12), (12,)):
        begin(network)
        start = 0
        for end in ends:
            part = network.forward(x[:, start:end])
            np.testing.assert_allclose(part, whole[:, start:end], rtol=0, atol=1e-12)
            carry_on(network)
            start = end
    begin(network)
    np.testing.assert_array_equal(network.forward(x), whole)


@every_writer
def test_it_says_what_reading_all_of_it_anew_would_say(
    make: Callable[[np.random.Generator], Sequential],
) -> None:
    network = make(np.random.default_rng(1))
    start = np.array([[1, 2], [3, 4]])
    slow = start
    for _ in range(8):
        slow = np.concatenate([slow, network.forward(slow)[:, -1:].argmax(axis=2)], axis=1)
    read: list[int] = []
    embedding, forward = network[0], network[0].forward
    embedding.forward = lambda x, training=False: (  # type: ignore[method-assign]
        read.append(x.shape[1]) or forward(x, training)
    )
    np.testing.assert_array_equal(generate(network, start, 8), slow)
    np.testing.assert_array_equal(generate(network, start, 8, cache=False), slow)
    assert read == [2] + [1] * 7 + [*range(2, 10)]
    np.testing.assert_allclose(network.forward(slow[:, :2]), network.forward(slow)[:, :2])
    np.testing.assert_array_equal(generate(network, start, 0), start)


def test_a_low_temperature_says_the_likeliest_and_a_high_one_anything() -> None:
    network = language_rnn(7, 3, np.random.default_rng(2))
    start = np.array([[1]] * 40)

    def written(temperature: float) -> set[tuple[int, ...]]:
        rng = np.random.default_rng(3)
        return {tuple(row) for row in generate(network, start, 3, rng, temperature).tolist()}

    assert written(1e-3) == {tuple(generate(network, start[:1], 3)[0].tolist())}
    assert len(written(1e3)) > 30


def test_what_cannot_be_carried_on_is_refused_and_nothing_stays_behind() -> None:
    rng = np.random.default_rng(4)
    open_ended = Sequential(Embedding(7, 4, rng=rng), TransformerBlock(4, 2, rng=rng))
    with pytest.raises(ValueError, match="is not causal; allowed: causal attention"):
        generate(open_ended, np.array([[1]]), 2)
    with pytest.raises(ValueError, match="is not causal; allowed: causal attention"):
        generate(Sequential(Embedding(7, 4, rng=rng), DotAttention(4)), np.array([[1]]), 2)
    short: Layer = language_transformer(7, 4, 2, 1, 3, rng)
    with pytest.raises(ShapeError, match=r"\(batch, 1 to 3, 4\), of which 3 were read before"):
        generate(short, np.array([[1]]), 4)
    assert short.forward(np.array([[1, 2, 3]])).shape == (1, 3, 7)
    with pytest.raises(ShapeError, match="both at least 1"):
        generate(short, np.array([1, 2]), 1)
    with pytest.raises(ValueError, match="temperature is 0; allowed: finite numbers above 0"):
        generate(short, np.array([[1]]), 1, rng, 0)


def test_what_is_not_kept_is_never_said() -> None:
    network = language_rnn(7, 3, np.random.default_rng(5))
    start = np.array([[1]] * 60)
    free = generate(network, start, 4, 6)
    two = generate(network, start, 4, 6, keep=partial(top_k, k=2))
    likeliest = {tuple(row) for row in generate(network, start[:1], 4).tolist()}
    assert {
        tuple(r) for r in generate(network, start, 4, 6, keep=partial(top_k, k=1)).tolist()
    } == (likeliest)
    assert len({*two[:, 1].tolist()}) == 2 < len({*free[:, 1].tolist()})


def test_multiplications_are_those_of_the_formula_with_and_without_a_cache() -> None:
    """Of a block n wide: 12 n² a row, with 4 n hidden, and 2 n for each pair of places."""
    n, words, blocks, time = 4, 7, 2, 6
    network = language_transformer(words, n, 2, blocks, 12, 0)
    x = np.arange(time)[None] % words
    network.forward(x)
    whole = blocks * (12 * n * n * time + 2 * n * time**2) + n * words * time
    assert multiplications(network) == whole
    network.forward(x[:, :-1])
    carry_on(network)
    network.forward(x[:, -1:])
    assert multiplications(network) == blocks * (12 * n * n + 2 * n * time) + n * words
    begin(network)
    with pytest.raises(ValueError, match=r"multiplications: GRU.*allowed: Dense"):
        multiplications(language_rnn(7, 3, 0))
