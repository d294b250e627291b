"""pycore/bundles.py: networks come back as they were, and nothing made up is believed."""

import io
import json
import zipfile

import numpy as np
import pytest

from pycore import brains, bundles
from pycore.brains import Brain, BrainError
from pycore.models import mlp
from pycore.models.vision import cnn

KIND = "a pair"


def pair(seed):
    return {"one": mlp([2, 5, 1], seed), "two": cnn(8, (1, 3), (4, 2), seed)}


def test_networks_and_what_belongs_to_them_come_back():
    for seed in range(50):
        networks, again = pair(seed), pair(seed + 100)
        bundle = bundles.read(bundles.write(KIND, networks, clouds=[[1, 2.5]]), KIND)
        for name, network in again.items():
            bundle.fill(name, network)
            wanted = networks[name].theta.astype(np.float32)
            assert (network.theta == wanted).all()
        assert bundle.array("clouds", (None, 2)).tolist() == [[1.0, 2.5]]


def test_a_rounded_weight_comes_back_to_its_last_digit():
    theta = np.round(np.random.default_rng(0).uniform(-7.9, 7.9, 10_000), 6)
    assert (np.round(theta.astype(np.float32).astype(float), 6) == theta).all()


def test_the_same_networks_are_the_same_bytes_and_numpy_reads_them():
    file = bundles.write(KIND, pair(0))
    assert file == bundles.write(KIND, pair(0))
    with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
        about = json.loads(str(arrays["brain"]))
        assert arrays["one.0.weight"].shape == (5, 2)
        assert arrays["two.0.weight"].shape == (3, 1, 3, 3)
        assert arrays["one.0.weight"].dtype == np.float32
    assert about["kind"] == KIND
    assert about["networks"]["one"] == "Sequential(Dense(2, 5), Tanh, Dense(5, 1))"


def test_a_brain_is_no_bundle_and_a_bundle_no_brain():
    brain = brains.write(Brain(mlp([2, 3, 1], 0), ("x₁", "x₂"), "cross-entropy", True))
    with pytest.raises(BrainError, match="It holds a brain from Train a Brain; allowed: a pair"):
        bundles.read(brain, KIND)
    with pytest.raises(BrainError, match="another kind of network, a pair"):
        brains.read(bundles.write(KIND, pair(0)))


def test_what_does_not_fit_changes_nothing():
    bundle = bundles.read(bundles.write(KIND, pair(0)), KIND)
    for name, network in (("one", mlp([2, 6, 1], 1)), ("three", mlp([2, 5, 1], 1))):
        before = network.theta.copy()
        with pytest.raises(BrainError, match="Its weights do not fit"):
            bundle.fill(name, network)
        assert (network.theta == before).all()
    with pytest.raises(BrainError, match="Its clouds have shape"):
        bundle.array("clouds", (None, 2))


def test_damaged_and_made_up_files_are_refused():
    file = bundles.write(KIND, pair(0))
    rng = np.random.default_rng(0)
    for cut in rng.integers(0, len(file), 50).tolist():
        with pytest.raises(BrainError):
            bundles.read(file[:cut], KIND)
    for strange in (np.nan, 1e39):  # of which the second is too large for float32
        with pytest.raises(BrainError, match="NaN or infinity"):
            bundles.write(KIND, {}, clouds=[strange])

    def with_array(array):
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name))
            member = io.BytesIO()
            np.save(member, array)
            new.writestr("clouds.npy", member.getvalue())
        return made.getvalue()

    for array in (np.array([np.inf]), np.array(["text"])):
        with pytest.raises(BrainError, match="NaN or infinite"):
            bundles.read(with_array(array), KIND)
    for array in (np.zeros(60_000), np.array([1, 2]), np.array([None])):
        with pytest.raises(BrainError):
            bundles.read(with_array(array), KIND)
