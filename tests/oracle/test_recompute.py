"""The committed reference numbers are those that PyTorch gives: only with `--oracle`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracle.reference import REFERENCE

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("group", ["layers", "training", "losses", "optimizers", "runs"])
def test_pytorch_gives_the_committed_numbers(group: str) -> None:
    from tests.oracle.make_reference import recompute

    with np.load(REFERENCE / f"{group}.npz") as committed:
        found = recompute()[group]
        assert set(found) == set(committed)
        for name, numbers in found.items():
            np.testing.assert_allclose(committed[name], numbers, rtol=1e-12, atol=1e-12)


def test_everything_in_the_engine_has_its_reference() -> None:
    from tests.oracle.make_reference import missing

    assert missing() == {"layers": [], "losses": [], "optimizers": []}
