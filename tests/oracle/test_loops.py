"""A training loop written for PyTorch gives PyTorch's numbers on the engine, lines in any order."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from games.backpropagation.from_mathematics_to_pytorch import program
from tests.oracle.loops import FILE, LOOPS, ORDERS, recompute, run

REFERENCE: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_the_engine_says_after_each_round_what_pytorch_said(order: tuple[str, ...]) -> None:
    found, expected = run(order, program.HERE), REFERENCE[" ".join(order)]
    assert found["error"] == expected["error"]
    assert np.shape(found["said"]) == np.shape(expected["said"])
    np.testing.assert_allclose(found["said"], expected["said"], rtol=1e-9, atol=1e-12)


def test_the_reference_has_every_order_and_loops_that_ran() -> None:
    assert list(REFERENCE) == [" ".join(order) for order in ORDERS]
    whole = [said for said in REFERENCE.values() if len(said["said"]) == LOOPS]
    stopped = [said["error"] for said in REFERENCE.values() if said["error"]]
    assert len(whole) == 13
    assert (stopped.count("NameError"), stopped.count("RuntimeError")) == (15, 2)


@pytest.mark.oracle
def test_pytorch_still_says_so() -> None:
    for order, said in recompute().items():
        assert said["error"] == REFERENCE[order]["error"]
        np.testing.assert_allclose(said["said"], REFERENCE[order]["said"], rtol=1e-9, atol=1e-12)
