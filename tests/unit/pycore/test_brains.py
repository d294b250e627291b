"""Brains as files: back and forth exactly, the same bytes, and nothing hostile gets in."""

import io
import itertools
import json
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore import brains
from pycore.activations import Sigmoid, Softmax, Tanh
from pycore.brains import Brain, BrainError
from pycore.layers import Dense, Sequential
from pycore.normalization import BatchNorm

WORDS = st.sampled_from


@st.composite
def made(draw):
    """Any brain that Train a Brain can build, its weights and statistics drawn."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    features = tuple(draw(st.lists(WORDS([*brains.FEATURES]), min_size=1, max_size=7, unique=True)))
    hidden = draw(st.lists(st.tuples(st.integers(1, 16), WORDS([*brains.ACTIVATIONS])), max_size=6))
    norm, layers = draw(st.booleans()), []
    sizes = [len(features), *(n for n, _ in hidden), 1]
    for (n_in, n_out), (_, name) in zip(itertools.pairwise(sizes[:-1]), hidden, strict=True):
        layers += [Dense(n_in, n_out, rng=rng), *([BatchNorm(n_out)] if norm else [])]
        layers.append(brains.ACTIVATIONS[name]())
    network = Sequential(*layers, Dense(sizes[-2], 1, rng=rng))
    network.theta[:] = rng.normal(0, 3, network.theta.size)
    for layer in network:
        if isinstance(layer, BatchNorm):
            layer.running_mean[:], layer.running_var[:] = rng.uniform(0, 2, (2, layer.n))
    scales = tuple((rng.normal(), rng.uniform(0.1, 9)) for _ in range(3))
    return Brain(network, features, draw(WORDS([*brains.LOSSES])), draw(st.booleans()), scales)


def small():
    rng = np.random.default_rng(3)
    network = Sequential(Dense(2, 3, rng=rng), Tanh(), Dense(3, 1, rng=rng))
    return Brain(network, ("x₁", "x₂"), "cross-entropy", True)


@settings(max_examples=40, deadline=None)
@given(made())
def test_a_brain_comes_back_exactly(brain):
    file = brains.write(brain)
    again = brains.read(file)
    x = brains.inputs(brain.inputs, np.random.default_rng(1).normal(size=(5, 2)))
    np.testing.assert_array_equal(again.network.forward(x), brain.network.forward(x))
    np.testing.assert_array_equal(again.network.theta, brain.network.theta)
    for name in ("inputs", "loss", "classes", "scales", "hidden", "sizes", "batch_norm"):
        assert getattr(again, name) == getattr(brain, name)
    assert brains.write(again) == file
    assert len(file) < 45_000, "fits a message"


def test_the_bytes_are_the_same_everywhere():
    """No times, no machine's name, and no packing, which differs from one zlib to the next."""
    with zipfile.ZipFile(io.BytesIO(brains.write(small()))) as archive:
        for member in archive.infolist():
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
            assert (member.create_system, member.compress_type) == (3, zipfile.ZIP_STORED)
            with archive.open(member) as file:
                assert np.lib.format.read_magic(file) == (1, 0)


def test_numpy_reads_the_file_and_the_text_says_what_it_is():
    brain = small()
    with np.load(io.BytesIO(brains.write(brain)), allow_pickle=False) as arrays:
        assert arrays.files == ["brain", "0.weight", "0.bias", "2.weight", "2.bias"]
        np.testing.assert_array_equal(arrays["0.weight"], brain.dense[0].W.T)
        assert json.loads(str(arrays["brain"]))["layers"] == [
            ["Dense", 2, 3], ["Tanh"], ["Dense", 3, 1],
        ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "emscripten", reason="docs/ is not there")
@pytest.mark.parametrize("scales", [brains.UNSCALED, ((5.0, 2.0), (30.0, 4.0), (-1.0, 0.5))])
def test_what_docs_say_about_asking_it_is_so(scales, tmp_path, monkeypatch, capsys):
    text = (Path(__file__).parents[3] / "docs" / "brains.md").read_text("utf-8")
    (recipe,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "brain.npz").write_bytes(brains.write(replace(small(), scales=scales)))
    monkeypatch.chdir(tmp_path)
    exec(recipe, {})
    *inputs, (middle, half) = scales
    seen = [[(value - m) / h for value, (m, h) in zip((1.0, -0.5), inputs, strict=True)]]
    expected = small().network.forward(np.array(seen))[0, 0] * half + middle
    assert float(capsys.readouterr().out) == pytest.approx(expected, rel=1e-12)


def test_with_cross_entropy_the_answer_is_a_probability():
    brain, x = small(), np.random.default_rng(0).normal(size=(4, 2))
    y = brain.network.forward(x)
    np.testing.assert_array_equal(brain.answering().forward(x), Sigmoid().forward(y))


def test_what_is_no_brain_is_not_written():
    brain = small()
    brain.network.theta[4] = np.nan
    with pytest.raises(BrainError, match=r"0\.weight holds NaN.*allowed"):
        brains.write(brain)
    rng = np.random.default_rng(0)
    with pytest.raises(BrainError, match="allowed: Dense"):
        brains.write(Brain(Sequential(Dense(2, 1, rng=rng), Softmax()), ("x₁",), "hinge", True))


# --- hostile files --------------------------------------------------------------------------------


def changed(about=None, drop=(), **arrays):
    """The small brain's file as NumPy packs it, with other arrays or another text."""
    with np.load(io.BytesIO(brains.write(small()))) as file:
        found = dict(file)
    if about:
        found["brain"] = np.array(json.dumps(json.loads(str(found["brain"])) | about))
    file = io.BytesIO()
    np.savez_compressed(file, **{k: v for k, v in {**found, **arrays}.items() if k not in drop})
    return file.getvalue()


def zipped(method=zipfile.ZIP_DEFLATED, **members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def header(text):
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


LAYERS = [["Dense", 2, 3], ["Tanh"], ["Dense", 3, 1]]
HOSTILE = {
    "nothing": b"",
    "words": b"a few words",
    "a zip of nothing": zipped(),
    "a text alone": zipped(brain=b"{}"),
    "pickled": changed(brain=np.array([{"format": "x"}], dtype=object)),
    "NaN": changed(**{"2.bias": np.array([np.nan])}),
    "infinity": changed(**{"2.bias": np.array([np.inf])}),
    "another shape": changed(**{"2.bias": np.zeros(2)}),
    "whole numbers": changed(**{"2.bias": np.array([1])}),
    "complex": changed(**{"2.bias": np.array([1j])}),
    "an array more": changed(more=np.zeros(3)),
    "an array less": changed(drop=["0.bias"]),
    "no text": changed(drop=["brain"]),
    "large": changed(more=np.zeros(100_000)),
    "a bomb": zipped(brain=bytes(50_000_000)),
    "another packing": zipped(zipfile.ZIP_BZIP2, brain=bytes(50_000)),
    "a header's lie": zipped(
        brain=header("{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }")
    ),
    "a header's tower": zipped(brain=header("-" * 9000 + "1")),
    "another format": changed({"format": "x"}),
    "a later version": changed({"version": 2}),
    "no inputs": changed({"inputs": []}),
    "strange inputs": changed({"inputs": ["x₁", "x₉"]}),
    "twice the same": changed({"inputs": ["x₁", "x₁"]}),
    "inputs of lists": changed({"inputs": [[], {}]}),
    "another loss": changed({"loss": "x"}),
    "a list for a loss": changed({"loss": []}),
    "no classes": changed({"classes": 2}),
    "no scales": changed({"scales": [[0, 1]]}),
    "a scale of nothing": changed({"scales": [[0, 1], [0, 0], [0, 1]]}),
    "a scale below zero": changed({"scales": [[0, 1], [0, 1], [0, -1]]}),
    "layers none": changed({"layers": []}),
    "layers a word": changed({"layers": "Dense"}),
    "layers of numbers": changed({"layers": [1, 2]}),
    "layers that do not fit": changed({"layers": [["Dense", 2, 3], ["Tanh"], ["Dense", 4, 1]]}),
    "layers too wide": changed({"layers": [["Dense", 2, 10**9], ["Tanh"], ["Dense", 10**9, 1]]}),
    "layers below zero": changed({"layers": [["Dense", 2, -3], ["Tanh"], ["Dense", -3, 1]]}),
    "layers unknown": changed({"layers": [["Dense", 2, 3], ["__class__"], ["Dense", 3, 1]]}),
    "too many layers": changed({"layers": [*[["Dense", 2, 2], ["Tanh"]] * 30, ["Dense", 2, 1]]}),
    "two outputs": changed({"layers": [["Dense", 2, 3], ["Tanh"], ["Dense", 3, 2]]}),
    "no Dense at the end": changed({"layers": LAYERS[:2]}),
    "two activations": changed({"layers": [LAYERS[0], ["Tanh"], ["Tanh"], LAYERS[2]]}),
    "deep": changed(brain=np.array("[" * 3000)),
    "long": changed(brain=np.array("1" * 10_000)),
}


def test_a_variance_below_zero_is_refused():
    rng = np.random.default_rng(0)
    norm = BatchNorm(3)
    network = Sequential(Dense(1, 3, rng=rng), norm, Tanh(), Dense(3, 1, rng=rng))
    norm.running_var[1] = -1
    with pytest.raises(BrainError, match="NaN"):
        brains.read(brains.write(Brain(network, ("x₁",), "hinge", True)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name):
    with pytest.raises(BrainError) as refusal:
        brains.read(HOSTILE[name])
    assert 20 < len(str(refusal.value)) < 600
    assert str(refusal.value).endswith(".") or "allowed" in str(refusal.value)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_still_a_brain(data):
    file = bytearray(brains.write(small()))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(file))] * 2)))
    damaged = bytes(file[start:stop]) if data.draw(st.booleans()) else bytes(file)
    try:
        brain = brains.read(damaged)
    except BrainError:
        return
    assert np.isfinite(brain.network.forward(np.ones((1, len(brain.inputs))))).any()
