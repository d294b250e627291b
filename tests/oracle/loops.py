"""Training loops with their lines in every order, as text: what PyTorch and the engine both run.

`python -m tests.oracle.loops` has PyTorch write `reference/loops.json` anew.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np

from games.backpropagation.from_mathematics_to_pytorch import program
from games.backpropagation.from_mathematics_to_pytorch.training import problem
from pycore.export import state_dict
from tests.oracle.reference import REFERENCE

FILE = REFERENCE / "loops.json"
LOOPS = 12
SEED = 11
ORDERS = [
    *itertools.permutations(program.LINES),
    *itertools.permutations([name for name in program.LINES if name != "zero"]),
]
"""All four lines in every order, and the three without zero_grad()."""

# After each loop: the loss, and the length of the gradient, 0 where there is none.
_LOG = """
    grads = [p.grad for p in model.parameters()]
    said.append((loss.item(), sum(float((g * g).sum()) for g in grads if g is not None) ** 0.5))
"""


def run(order: tuple[str, ...], imports: str) -> dict[str, Any]:
    """Run one loop: what it said after each round, and the kind of error that ended it, if any."""
    x, y, network = problem(SEED)
    text = program.head(imports, x, y, state_dict(network))
    text += program.loop(order, LOOPS) + _LOG.strip("\n") + "\n"
    names: dict[str, Any] = {"said": []}
    error = None
    try:
        exec(text, names)
    except Exception as stopped:
        error = type(stopped).__name__
    return {"said": np.array(names["said"]).reshape(-1, 2).tolist(), "error": error}


def recompute() -> dict[str, Any]:
    """What PyTorch says of every order."""
    return {" ".join(order): run(order, program.PYTORCH) for order in ORDERS}


if __name__ == "__main__":
    rows = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in recompute().items())
    FILE.write_text(f"{{\n{rows}\n}}\n", "utf-8")
