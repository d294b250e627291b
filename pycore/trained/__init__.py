"""Weights that come trained: small files beside this one, and a table of their SHA-256.

`pycore/recipes` holds the program that made each file. In the browser a file is fetched when it is
first opened (`web/client/boot.mjs`), and Python waits for it: a game opens its own in `init`, while
the page is patient. Importing this module opens none. It knows no network's purpose.

Examples:
    >>> from pycore import trained
    >>> list(trained.names())
    ['tale', 'translation', 'translation-attention']
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.layer import Layer
from pycore.state import put

FOLDER = Path(__file__).parent
TABLE = "SHA256SUMS"
"""Lines of `hash  name.npz`, as `sha256sum` writes and checks them."""


def names(folder: Path = FOLDER) -> dict[str, str]:
    """Return the SHA-256 of every file by its name without `.npz`."""
    lines = (folder / TABLE).read_text("utf-8").split("\n")
    pairs = (line.split() for line in lines if line)
    return {name.removesuffix(".npz"): sha256 for sha256, name in pairs}


def load(name: str, folder: Path = FOLDER) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of a shipped file, by the names that `Layer.state` gives them.

    Raises:
        ValueError: no such file is in the table, or its bytes are not those of the table.
        OSError: the file cannot be read, or in a browser not be fetched.
    """
    known = names(folder)
    if name not in known:
        raise ValueError(f"trained: no weights {name!r}; allowed: {', '.join(sorted(known))}")
    data = (folder / f"{name}.npz").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != known[name]:
        raise ValueError(
            f"trained: {name}.npz ({len(data)} bytes) has SHA-256 {found}; {TABLE} says "
            f"{known[name]}"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return dict(arrays)


def restore(network: Layer, name: str, folder: Path = FOLDER) -> None:
    """Write the shipped weights into a network of the same shape.

    Raises:
        ValueError: as `load`, or the names or a shape differ; the network is unchanged.
        OSError: as `load`.
    """
    put(f"trained: {name}.npz", network.arrays(), load(name, folder))


def save(network: Layer, name: str, folder: Path = FOLDER) -> None:
    """Write the network's arrays as `name.npz`, in half precision, and its hash into the table.

    They are its parameters and its running statistics; the same numbers give the same bytes.

    Raises:
        ValueError: a number is not finite, or too large for half precision; nothing is written.
    """
    file = io.BytesIO()
    with np.errstate(over="ignore"):
        arrays = {key: value.astype(np.float16) for key, value in network.arrays().items()}
    for key, array in arrays.items():
        if not np.isfinite(array).all():
            largest = np.finfo(np.float16).max
            raise ValueError(f"trained: {key} of {name} is not finite; allowed: up to ±{largest}")
    np.savez(file, **arrays)  # type: ignore[arg-type]
    (folder / f"{name}.npz").write_bytes(file.getvalue())
    known = names(folder) if (folder / TABLE).exists() else {}
    known[name] = hashlib.sha256(file.getvalue()).hexdigest()
    text = "".join(f"{known[key]}  {key}.npz\n" for key in sorted(known))
    (folder / TABLE).write_text(text, "utf-8")
