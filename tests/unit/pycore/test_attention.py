"""The attention family: masks, heads, keys from elsewhere, positions."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from pycore.arrays import ShapeError
from pycore.attention import (
    AdditiveAttention,
    Attention,
    DotAttention,
    GeneralAttention,
    MultiHeadAttention,
    causal_mask,
)
from pycore.gated import SwiGLU
from pycore.gradient_check import check, numeric_gradient, relative_error
from pycore.initializers import standard_normal
from pycore.layers import Dense
from pycore.normalization import LayerNorm, RMSNorm
from pycore.positions import (
    ALiBi,
    LearnedPositions,
    RelativeBias,
    Rotary,
    SinusoidalPositions,
    frequencies,
    moved,
    sinusoidal,
    slopes,
)
from pycore.transformer import TransformerBlock
from tests.unit.pycore.found import subclasses

every_attention = pytest.mark.parametrize(
    "kind", subclasses(Attention), ids=lambda kind: kind.__name__
)


def two_widths(kind: type[Attention], rng: np.random.Generator) -> tuple[Attention, int, int]:
    """An attention, with queries and keys of different widths where it can."""
    if kind is GeneralAttention:
        return kind(2, 3, rng=rng), 2, 3
    if kind is AdditiveAttention:
        return kind(2, 3, 4, rng=rng), 2, 3
    return (DotAttention(4) if kind is DotAttention else MultiHeadAttention(4, 2, rng=rng)), 4, 4


@every_attention
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_with_keys_from_elsewhere(kind: type[Attention], masked: bool) -> None:
    rng = np.random.default_rng(0)
    layer, n_q, n_k = two_widths(kind, rng)
    q, k = rng.normal(size=(2, 3, n_q)), rng.normal(size=(2, 4, n_k))
    mask = rng.random((2, 3, 4)) < 0.6 if masked else None
    if mask is not None:
        mask[..., 0] = True
    r = rng.normal(size=layer.attend(q, k, mask).shape)
    numeric = [
        numeric_gradient(lambda: float((r * layer.attend(q, k, mask)).sum()), v) for v in (q, k)
    ]
    layer.attend(q, k, mask)
    assert max(map(relative_error, layer.attend_backward(r), numeric)) <= 1e-6


@every_attention
def test_weights_sum_to_one_and_are_zero_where_masked(kind: type[Attention]) -> None:
    rng = np.random.default_rng(1)
    layer, n_q, n_k = two_widths(kind, rng)
    mask = np.array([[[True, False, True], [False, True, False]]])
    layer.attend(rng.normal(size=(2, 2, n_q)), rng.normal(size=(2, 3, n_k)), mask)
    np.testing.assert_allclose(layer.A.sum(axis=-1), 1)
    assert not layer.A[..., ~mask[0]].any()


@every_attention
def test_a_query_that_may_see_nothing_is_refused(kind: type[Attention]) -> None:
    rng = np.random.default_rng(2)
    layer, n_q, n_k = two_widths(kind, rng)
    q, k, mask = np.ones((3, 3, n_q)), np.ones((3, 2, n_k)), np.ones((3, 3, 2), bool)
    mask[2, 1] = False
    with pytest.raises(ValueError, match="leaves query 1 of row 2 nothing to see; allowed: at lea"):
        layer.attend(q, k, mask)


@every_attention
def test_what_does_not_fit_is_refused(kind: type[Attention]) -> None:
    layer, n_q, n_k = two_widths(kind, np.random.default_rng(3))
    fits = np.ones((2, 3, n_q)), np.ones((2, 4, n_k))
    for q, k in (
        (fits[0][:, :, 1:], fits[1]),
        (fits[0], fits[1][:, :, 1:]),
        (fits[0][:1], fits[1]),
        (fits[0], fits[1][:, :0]),
    ):
        with pytest.raises(ShapeError, match="allowed"):
            layer.attend(q, k)


def test_no_item_depends_on_a_later_one() -> None:
    rng = np.random.default_rng(4)
    for layer in (
        MultiHeadAttention(4, 2, causal=True, rng=rng),
        TransformerBlock(4, 2, causal=True, rng=rng),
    ):
        x = rng.normal(size=(1, 5, 4))
        before = layer.forward(x)
        x[:, 3:] += 1
        after = layer.forward(x)
        np.testing.assert_allclose(after[:, :3], before[:, :3])
        assert np.abs(after[:, 3:] - before[:, 3:]).min() > 1e-6
    np.testing.assert_array_equal(causal_mask(2), [[True, False], [True, True]])


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_with_rotary_positions_and_with_biases(causal: bool) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2, 3, 4))
    relative = RelativeBias(2, 1)
    relative.W[...] = rng.normal(size=relative.W.shape)
    turns: tuple[tuple[Any, Any], ...] = ((True, None), ([0.7], None))
    for rotary, bias in (*turns, (False, ALiBi(2)), (False, relative)):
        for kv_heads in (1, 2):
            layer = MultiHeadAttention(4, 2, causal, rotary, bias, kv_heads, rng=rng)
            assert check(layer, x, rng) <= 1e-6


PLACED: dict[str, dict[str, Any]] = {
    "causal": {},
    "rotary": {"rotary": True},
    "alibi": {"bias": ALiBi(2)},
    "relative": {"bias": RelativeBias(2, 1)},
    "grouped": {"rotary": True, "kv_heads": 1},
}
every_placed = pytest.mark.parametrize("options", PLACED.values(), ids=PLACED)


def placed(options: dict[str, Any], rng: np.random.Generator) -> MultiHeadAttention:
    """Attention that knows where items stand; a learnt bias is moved from its start."""
    layer = MultiHeadAttention(4, 2, causal=True, **copy.deepcopy(options), rng=rng)
    if isinstance(layer.bias, RelativeBias):
        layer.bias.W[...] = rng.normal(size=layer.bias.W.shape)
    return layer


@every_placed
def test_queries_alone_find_what_they_find_in_the_whole(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(11)
    layer, x = placed(options, rng), rng.normal(size=(2, 5, 4))
    whole = layer.forward(x)
    for start in range(5):
        for end in range(start + 1, 6):
            part = layer.attend(x[:, start:end], x, start=start)
            np.testing.assert_allclose(part, whole[:, start:end], rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match=r"1 queries and 5 keys; allowed: .* 4 if they are the"):
        layer.attend(x[:, 4:], x)
    with pytest.raises(ValueError, match="start is -1; allowed: whole numbers from 0"):
        layer.attend(x[:, 4:], x, start=-1)


@every_placed
def test_read_in_parts_it_answers_as_read_at_once(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(12)
    layer, x = placed(options, rng), rng.normal(size=(2, 6, 4))
    whole, dy = layer.forward(x), rng.normal(size=(2, 6, 4))
    for ends in ((1, 2, 3, 4, 5, 6), (4, 6), (2, 3, 6)):
        layer.past, start = None, 0
        for end in ends:
            part = layer.forward(x[:, start:end])
            np.testing.assert_allclose(part, whole[:, start:end], rtol=0, atol=1e-12)
            layer.past, start = (layer.K, layer.V), end
        assert layer.past[0].shape == (2, layer.kv_heads, 6, 2)
    layer.past = None
    layer.forward(x[:, :4])
    layer.past = (layer.K, layer.V)

    def loss() -> float:
        return float((dy[:, 4:] * layer.forward(x[:, 4:])).sum())

    numeric = numeric_gradient(loss, x)[:, 4:]
    layer.forward(x[:, 4:])
    assert relative_error(layer.backward(dy[:, 4:]), numeric) <= 1e-6
    with pytest.raises(ShapeError, match=r"past.*allowed: \(1, \d, time, 2\)"):
        layer.forward(x[:1])


def test_causal_attention_hides_what_a_mask_shows_and_the_other_way_round() -> None:
    rng = np.random.default_rng(13)
    layer = MultiHeadAttention(4, 2, causal=True, rng=rng)
    q, k = rng.normal(size=(2, 2, 3, 4))
    layer.attend(q, k, np.array([[[True, True, True]], [[True, False, True]]]))
    seen = layer.A[:, 0] > 0
    np.testing.assert_array_equal(seen[0], causal_mask(3))
    np.testing.assert_array_equal(seen[1], [[1, 0, 0], [1, 0, 0], [1, 0, 1]])
    with pytest.raises(ValueError, match="query 0 of row 1 nothing to see"):
        layer.attend(q, k, np.array([[[True] * 3], [[False, True, True]]]))


@every_attention
def test_a_mask_of_two_dimensions_is_refused_for_it_may_mean_two_things(
    kind: type[Attention],
) -> None:
    layer, n_q, n_k = two_widths(kind, np.random.default_rng(14))
    q, k, padding = np.ones((2, 2, n_q)), np.ones((2, 3, n_k)), np.array([[1, 1, 0], [1, 0, 0]]) > 0
    with pytest.raises(ShapeError, match=r"\(2, 3\); allowed: .*mask\[None\].*mask\[:, None\]"):
        layer.attend(q, k, padding)
    layer.attend(q, k, padding[:, None])
    assert not layer.A[1, ..., 1:].any()
    layer.attend(q, k, padding[None])
    assert not layer.A[..., 1, 1:].any()
    assert layer.A[..., 0, 1].all()


@pytest.mark.parametrize(
    "layer",
    [SinusoidalPositions(), LearnedPositions(7, 4, standard_normal, rng=np.random.default_rng(0))],
    ids=repr,
)
def test_a_part_is_told_where_it_begins(layer: SinusoidalPositions | LearnedPositions) -> None:
    x = np.random.default_rng(15).normal(size=(2, 5, 4))
    whole = layer.forward(x)
    layer.start = 3
    np.testing.assert_array_equal(layer.forward(x[:, 3:]), whole[:, 3:])
    layer.start = -1
    with pytest.raises(ValueError, match="start is -1; allowed: whole numbers from 0"):
        layer.forward(x)


def test_learned_positions_end_where_their_table_ends() -> None:
    rng = np.random.default_rng(16)
    layer, x = LearnedPositions(5, 2, rng=rng), rng.normal(size=(1, 3, 2))
    layer.start = 2
    assert check(layer, x, rng) <= 1e-6
    layer.forward(x)
    layer.backward(np.ones_like(x))
    np.testing.assert_array_equal(layer.dW[:, 0], [0, 0, 1, 1, 1])
    layer.start = 3
    with pytest.raises(ShapeError, match=r"\(1, 3, 2\); allowed: .*1 to 5, 2\), of which 3 were"):
        layer.forward(x)


def test_slopes_are_the_published_ones_for_any_number_of_heads() -> None:
    np.testing.assert_array_equal(slopes(1), [2.0**-8])
    np.testing.assert_array_equal(slopes(4), [1 / 4, 1 / 16, 1 / 64, 1 / 256])
    np.testing.assert_array_equal(slopes(6), [1 / 4, 1 / 16, 1 / 64, 1 / 256, 1 / 2, 1 / 8])
    np.testing.assert_allclose(slopes(12)[:8], 2.0 ** -np.arange(1, 9))
    np.testing.assert_allclose(slopes(12)[8:], 2.0 ** -np.array([0.5, 1.5, 2.5, 3.5]))
    bias = ALiBi(6).forward(np.zeros((1, 6, 2, 3)))
    np.testing.assert_array_equal(bias[0, :, 0, 2], -2 * slopes(6))


def test_grouped_queries_are_as_if_the_shared_heads_stood_once_for_each() -> None:
    rng = np.random.default_rng(17)
    grouped = MultiHeadAttention(8, 4, causal=True, kv_heads=2, rng=rng)
    plain = MultiHeadAttention(8, 4, causal=True, rng=rng)
    for mine, theirs in zip(grouped.children(), plain.children(), strict=True):
        assert isinstance(mine, Dense)
        assert isinstance(theirs, Dense)
        for name in ("W", "b"):
            array = getattr(mine, name)
            if array.shape[-1] == 4:  # two heads of two: each for two heads of queries
                array = array.reshape(-1, 2, 2).repeat(2, axis=1).reshape(*array.shape[:-1], 8)
            getattr(theirs, name)[...] = array
    x = rng.normal(size=(2, 5, 8))
    np.testing.assert_allclose(grouped.forward(x), plain.forward(x), rtol=0, atol=1e-12)
    assert grouped.K.shape == (2, 2, 5, 2)
    assert repr(grouped) == "MultiHeadAttention(8, 4, kv_heads=2)"
    with pytest.raises(ValueError, match="heads is 4; allowed: multiples of kv_heads, 3"):
        MultiHeadAttention(12, 4, kv_heads=3, rng=rng)


def test_turned_products_depend_on_distance_only() -> None:
    rng = np.random.default_rng(6)
    q, k = (np.tile(rng.normal(size=(1, 4)), (6, 1)) for _ in range(2))
    products = Rotary().turn(q) @ Rotary().turn(k).T
    for distance in range(-5, 6):
        np.testing.assert_allclose(np.diff(np.diagonal(products, distance)), 0, atol=1e-12)
    np.testing.assert_allclose(Rotary().turn(Rotary().turn(q), -1), q)


def test_sinusoidal_positions_of_a_shift_are_a_turn() -> None:
    P = sinusoidal(50, 8)
    assert P.shape == (50, 8)
    np.testing.assert_allclose(P[0], [0, 1] * 4)
    gram = P @ P.T
    np.testing.assert_allclose(np.diff(np.diagonal(gram, 3)), 0, atol=1e-12)


def test_frequencies_are_those_of_the_sinusoids_and_fall_by_one_factor() -> None:
    ω = frequencies(8)
    np.testing.assert_allclose(ω, [1, 0.1, 0.01, 0.001], rtol=1e-14)
    np.testing.assert_allclose(frequencies(4, 100), [1, 0.1], rtol=1e-14)
    np.testing.assert_allclose(sinusoidal(9, 8)[:, ::2], np.sin(np.arange(9)[:, None] * ω))
    for wrong in ({"n": 3}, {"n": 0}, {"n": 4, "base": 0.0}, {"n": 4, "base": np.inf}):
        with pytest.raises(ValueError, match="allowed:"):
            frequencies(**wrong)  # type: ignore[arg-type]


def test_one_matrix_moves_sinusoids_by_k_wherever_they_are() -> None:
    P = sinusoidal(60, 8)
    for k in (0, 1, 7, 30):
        M = moved(frequencies(8), k)
        np.testing.assert_allclose(P[: 60 - k] @ M, P[k:], atol=1e-12)
        np.testing.assert_allclose(M @ M.T, np.eye(8), atol=1e-12)
    np.testing.assert_allclose(moved([0.3], -2) @ moved([0.3], 2), np.eye(2), atol=1e-12)
    with pytest.raises(ValueError, match="allowed:"):
        moved([np.nan], 1)


def test_rotary_turns_by_frequencies_of_its_own() -> None:
    x = np.random.default_rng(3).normal(size=(5, 4))
    np.testing.assert_array_equal(Rotary(frequencies(4)).turn(x), Rotary().turn(x))
    turned = Rotary([0.5, 0.25]).turn(np.tile([1.0, 0.0], (5, 2)))
    t = np.arange(5)
    np.testing.assert_allclose(
        turned.T, [np.cos(t / 2), np.sin(t / 2), np.cos(t / 4), np.sin(t / 4)]
    )
    slow, plain = Rotary(frequencies(4) / 2), Rotary()
    np.testing.assert_allclose(slow.turn(x)[4], plain.turn(x[4:], start=2)[0], rtol=1e-12)
    with pytest.raises(ValueError, match="2 frequencies for 6 numbers; allowed: one for each pair"):
        Rotary([1.0, 0.1]).turn(np.ones((2, 6)))
    with pytest.raises(ValueError, match="2 frequencies for 6 numbers"):
        MultiHeadAttention(6, 1, rotary=[1.0, 0.1], rng=0)
    layer = MultiHeadAttention(4, 1, rotary=[0.5, 0.25], rng=0)
    assert layer.rotary is not None
    assert layer.rotary.frequencies is not None
    assert layer.rotary.frequencies.tolist() == [0.5, 0.25]


def test_multi_head_attention_needs_equal_heads() -> None:
    with pytest.raises(ValueError, match="n is 5"):
        MultiHeadAttention(5, 2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="2 heads has 3 numbers; allowed with rotary: an even"):
        MultiHeadAttention(6, 2, rotary=True, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="ALiBi is for 3 heads; allowed: 2"):
        MultiHeadAttention(6, 2, bias=ALiBi(3), rng=np.random.default_rng(0))


def test_a_post_norm_block_leaves_normalised_and_a_pre_norm_block_keeps_x() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(2, 3, 4))
    post = TransformerBlock(4, 2, pre_norm=False, rng=rng).forward(x)
    np.testing.assert_allclose(post.mean(axis=-1), 0, atol=1e-12)
    pre = TransformerBlock(4, 2, pre_norm=True, rng=rng)
    silent = copy.deepcopy(pre)
    silent.theta[...] = 0
    for _, value, _ in silent.parameters():
        value[...] = 0
    np.testing.assert_array_equal(silent.forward(x), x)
    assert pre.attention.heads == 2


@pytest.mark.parametrize("pre_norm", [False, True])
def test_the_block_of_todays_language_models_has_its_gradient(pre_norm: bool) -> None:
    rng = np.random.default_rng(18)
    block = TransformerBlock(
        8, 4, 3, True, pre_norm, rotary=True, kv_heads=2, norm=RMSNorm, gated=True, rng=rng
    )
    kinds = {type(layer) for layer in block.walk()}
    assert {RMSNorm, SwiGLU} <= kinds
    assert LayerNorm not in kinds
    assert check(block, rng.normal(size=(2, 3, 8)), rng) <= 1e-6


def test_a_gated_network_has_about_as_many_parameters_as_a_plain_one() -> None:
    rng = np.random.default_rng(19)
    plain, gated = (TransformerBlock(24, 2, gated=gated, rng=rng).size() for gated in (False, True))
    assert gated == pytest.approx(plain, rel=0.03)


def test_the_gate_of_swiglu_opens_and_shuts() -> None:
    layer = SwiGLU(1, 1, rng=np.random.default_rng(20))
    for name, value in (("W", 100), ("V", 2), ("W2", 3)):
        getattr(layer, name)[...] = value
    y = layer.forward(np.array([[[-1.0], [0.0], [1.0]]]))
    np.testing.assert_allclose(y, [[[0], [0], [100 * 2 * 3]]], atol=1e-12)
    with pytest.raises(ShapeError, match=r"SwiGLU\(1, 1\).*allowed: \(batch, …, 1\)"):
        layer.forward(np.ones((2, 2)))


def test_values_of_their_own_are_mixed_and_get_their_gradient() -> None:
    rng = np.random.default_rng(8)
    q, k, v = (rng.normal(size=shape) for shape in ((2, 3, 4), (2, 5, 4), (2, 5, 2)))
    layer, mask = DotAttention(4), rng.random((1, 3, 5)) < 0.7
    mask[..., 0] = True
    r = rng.normal(size=(2, 3, 2))
    found = layer.attend(q, k, mask, v)
    np.testing.assert_allclose(found, layer.A @ v)

    def loss() -> float:
        return float((r * layer.attend(q, k, mask, v)).sum())

    numeric = [numeric_gradient(loss, x) for x in (q, k, v)]
    layer.attend(q, k, mask, v)
    exact = [*layer.attend_backward(r), layer.dv]
    assert max(map(relative_error, exact, numeric)) <= 1e-6
    with pytest.raises(ShapeError, match=r"values.*\(2, 4, 2\)"):
        layer.attend(q, k, v=v[:, :4])


@every_attention
def test_products_of_small_whole_numbers_do_not_wrap_around(kind: type[Attention]) -> None:
    layer, n_q, n_k = two_widths(kind, np.random.default_rng(10))
    q, k = np.full((1, 2, n_q), 16, np.int8), np.arange(3 * n_k).reshape(1, 3, n_k).astype(np.int8)
    found = layer.attend(q, k)
    np.testing.assert_allclose(found, layer.attend(q.astype(float), k.astype(float)))


@every_attention
def test_a_mask_that_is_none_is_refused(kind: type[Attention]) -> None:
    layer, n_q, n_k = two_widths(kind, np.random.default_rng(9))
    q, k = np.ones((1, 2, n_q)), np.ones((1, 3, n_k))
    with pytest.raises(TypeError, match="float64; allowed: True"):
        layer.attend(q, k, np.zeros((1, 2, 3)))
    for shape in ((1, 3, 2), (5, 2, 3), (1, 1, 2, 3)):
        with pytest.raises(ShapeError, match=r"mask.*allowed"):
            layer.attend(q, k, np.ones(shape, bool))


def test_positions_of_one_row_are_refused_by_name() -> None:
    causal = MultiHeadAttention(4, 2, causal=True, rng=np.random.default_rng(0))
    for layer in (causal, SinusoidalPositions()):
        with pytest.raises(ShapeError, match=r"\(4,\); allowed"):
            layer.forward(np.ones(4))


def test_a_mask_of_another_size_is_refused_as_it_came_without_heads() -> None:
    layer, x = MultiHeadAttention(8, 2, rng=0), np.ones((4, 4, 8))
    with pytest.raises(ShapeError, match=r"\(4, 4, 3\); allowed: what broadcasts to \(4, 4, 4\)"):
        layer.attend(x, x, np.ones((4, 4, 3), bool))


@pytest.mark.parametrize("none", [None, False, np.False_])
def test_no_rotary_positions_are_none_however_it_is_said(none: Any) -> None:
    assert MultiHeadAttention(8, 2, rotary=none, rng=0).rotary is None
    assert MultiHeadAttention(8, 2, rotary=np.True_, rng=0).rotary is not None  # type: ignore[arg-type]
