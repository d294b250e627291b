"""What layers and functions are made with: it works, or is refused in a sentence."""

from __future__ import annotations

import importlib
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pycore import (
    decoding,
    graph_data,
    images,
    mean_field,
    phrases,
    positions,
    rates,
    subwords,
    text,
)
from pycore.activations import elu, leaky_relu
from pycore.attention import DotAttention, MultiHeadAttention, causal_mask
from pycore.layer import Layer
from pycore.models import diffusion
from pycore.models.language import language_transformer
from pycore.models.vision import cnn
from pycore.positions import ALiBi, Rotary
from pycore.telling import Named
from tests.unit.pycore.found import subclasses

STRANGE: list[Any] = [math.nan, math.inf, -1, 0, 2.5, 1e308, "0.1", None, True, [1]]


def options(layer: Layer) -> dict[str, Any]:
    """What a layer was made with, by name."""
    names = [name for name in inspect.signature(type(layer)).parameters if name != "dtype"]
    given = dict(zip(names, layer.options.given, strict=False)) | layer.options.named
    return {name: again(name, value) for name, value in given.items() if name in names}


def again(name: str, value: Any) -> Any:
    if isinstance(value, Named):
        module, _, own = value.partition(":")
        return getattr(importlib.import_module(module), own) if own else 0
    return 0 if name == "rng" else value


OWN = [kind for kind in subclasses(Layer) if kind.__module__.startswith("pycore")]
MADE = [
    (kind, name)
    for kind in OWN
    for name, option in inspect.signature(kind).parameters.items()
    if option.kind is not option.VAR_POSITIONAL and name not in ("rng", "dtype")
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("kind", "name"), MADE)
def test_a_layer_is_made_with_what_it_takes_or_says_what_that_is(
    kind: type[Layer], name: str
) -> None:
    layer, x = kind.example(np.random.default_rng(0))
    for strange in STRANGE:
        made = options(layer) | {name: strange}
        if "rng" in inspect.signature(kind).parameters:
            made["rng"] = 0
        try:
            found = kind(**made).forward(x.copy(), True)
        except (TypeError, ValueError) as error:
            assert "allowed:" in str(error), (strange, error)  # noqa: PT017 - of any of them
        else:
            assert np.isfinite(found).all() or strange == 1e308, strange


NUMBERS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (positions.sinusoidal, {"time": 3, "n": 4, "start": 0}),
    (positions.frequencies, {"n": 4, "base": 100.0}),
    (causal_mask, {"time_q": 3, "time_k": 3, "start": 0}),
    (lambda **o: Rotary().turn(np.ones((2, 4)), **o), {"sign": 1, "start": 0}),
    (lambda scale: DotAttention(2, scale), {"scale": 1.0}),
    (rates.contraction, {"mu": 1.0, "L": 2.0, "lr": 0.1}),
    (rates.best_heavy_ball, {"mu": 1.0, "L": 2.0}),
    (lambda **o: rates.heavy_ball_bound(**o, t=3), {"rho": 0.5, "beta": 0.5}),
    (lambda **o: rates.smooth_bound(**o, t=3), {"distance": 1.0, "lr": 0.1}),
    (
        lambda **o: rates.nesterov_bound(**o, t=3),
        {"mu": 1.0, "L": 2.0, "start": 1.0, "distance": 1.0},
    ),
    (lambda alpha: leaky_relu(np.ones(2), alpha), {"alpha": 0.1}),
    (lambda alpha: elu(np.ones(2), alpha), {"alpha": 0.1}),
    (lambda n: text.ngrams("abc", n), {"n": 2}),
    (lambda k: decoding.top_k(np.array([0.5, 0.5]), k), {"k": 1}),
    (lambda mass: decoding.top_p(np.array([0.5, 0.5]), mass), {"mass": 0.5}),
    (
        lambda temperature: decoding.with_temperature(np.array([0.5, 0.5]), temperature),
        {"temperature": 0.5},
    ),
    (
        lambda **o: decoding.search(lambda items: np.zeros((len(items), 2)), **o),
        {"width": 2, "length": 2, "alpha": 0.5},
    ),
    (lambda **o: text.NgramModel("abc", **o), {"n": 2, "alpha": 0.1}),
    (lambda merges: subwords.train_bpe("aa aa", merges), {"merges": 2}),
    (diffusion.linear, {"steps": 5, "low": 1e-4, "high": 0.02}),
    (diffusion.cosine, {"steps": 5, "offset": 0.008}),
    (lambda **o: diffusion.time_features(np.arange(3), **o), {"steps": 5, "n": 4}),
    (lambda **o: cnn(channels=[1, 2], dense=[2], rng=0, **o), {"size": 8, "window": 3}),
    (
        lambda **o: language_transformer(words=3, n=4, longest=4, rng=0, **o),
        {"heads": 2, "blocks": 1, "dropout": 0.0},
    ),
    (lambda **o: images.shape("square", **o), {"size": 8, "radius": 0.5, "angle": 0.0}),
    (mean_field.correlation, {"c": 0.5, "q": 1.0, "sigma_w": 1.0, "sigma_b": 0.1}),
    (mean_field.profile, {"q": 1.0, "sigma_w": 1.0, "sigma_b": 0.1, "layers": 2}),
    (lambda **o: phrases.sentence(**o, rng=0), {"length": 4, "unknown": 0.0}),
    (lambda **o: graph_data.distances([[0, 1]], **o), {"n": 3, "start": 0}),
]
WRONG: list[Any] = [math.nan, "0.1", None, [0.1]]


@pytest.mark.parametrize(("function", "good"), NUMBERS)
def test_a_number_that_is_none_is_refused_by_its_name(
    function: Callable[..., Any], good: dict[str, Any]
) -> None:
    function(**good)
    for name in good:
        for wrong in WRONG:
            if (name, wrong) in (("time_k", None), ("scale", None)):
                continue  # as many as queries, and the usual scale
            with pytest.raises((TypeError, ValueError), match=rf"\b{name} is .*; allowed: "):
                function(**good | {name: wrong})


@pytest.mark.parametrize(
    "past",
    ["ab", 3, (np.ones((1, 2, 3, 4)),), [np.ones((1, 2, 3, 4))] * 2, ("a", "b")],
)
def test_a_past_is_the_keys_and_values_of_another_pass(past: Any) -> None:
    layer, x = MultiHeadAttention(8, 2, causal=True, rng=0), np.ones((1, 2, 8))
    layer.past = past
    with pytest.raises(TypeError, match=r"(?s)past is .*; allowed: \(keys, values\), both arrays"):
        layer.forward(x)
    for shapes in (((1, 2, 3, 4), (1, 2, 2, 4)), ((1, 2, 3, 5), (1, 2, 3, 5)), ((3,), (3,))):
        layer.past = np.ones(shapes[0]), np.ones(shapes[1])
        with pytest.raises(ValueError, match=r"past: got an array .*; allowed: \(1, 2, "):
            layer.forward(x)


def test_a_bias_stands_at_a_whole_place() -> None:
    bias = ALiBi(2)
    for start in (-1, 0.5, "0", None):
        bias.start = start  # type: ignore[assignment]
        with pytest.raises(ValueError, match=r"start is .*; allowed: whole numbers from 0"):
            bias.forward(np.zeros((1, 2, 2, 2)))


def test_tokens_are_whole_numbers_numpys_too() -> None:
    merged = subwords.BPE([(np.int64(97), np.int64(98))])  # type: ignore[list-item]
    assert merged.encode("ab") == [256]
    assert merged.decode(np.array([256, 97])) == "aba"
    for strange in ("a", 97.5, None):
        with pytest.raises(ValueError, match=r"BPE: no token .*; allowed: 0 to 256"):
            merged.decode([strange])  # type: ignore[list-item]
    for cut in (text.words, text.pieces, merged.encode):
        for strange in (None, b"ab", 3):
            with pytest.raises(TypeError, match=r"got .* as a text; allowed: a str"):
                cut(strange)
