"""Trained networks of a known build as one file: who opens it builds them and finds the weights.

A brain (`pycore.brains`) says how its network is built. A bundle's networks are built by whoever
opens it: the file says which kind it holds, and has their weights by the names and in the layout of
PyTorch's `state_dict`, in float32, as PyTorch has them. It is the same `.npz`, read with the same
distrust.

Examples:
    >>> from pycore.bundles import read, write
    >>> from pycore.models import mlp
    >>> file = write("a pair", {"forger": mlp([2, 3, 2], rng=0)}, clouds=[[1.0, 0.5]])
    >>> bundle, again = read(file, "a pair"), mlp([2, 3, 2], rng=1)
    >>> bundle.fill("forger", again)
    >>> bundle.array("clouds", (None, 2)).tolist()
    [[1.0, 0.5]]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore import export
from pycore.arrays import Array
from pycore.brains import DAMAGES, FORMAT, VERSION, BrainError, packed, unpacked
from pycore.layer import Layer


@dataclass(frozen=True, eq=False)
class Bundle:
    """What was in a file: arrays by name."""

    arrays: Mapping[str, npt.NDArray[Any]]

    def fill(self, name: str, network: Layer) -> None:
        """Write the weights of the network of that name into one that is built alike.

        Raises:
            BrainError: they do not fit; the network is unchanged.
        """
        own = _own(name)
        weights = {
            full.removeprefix(own): array
            for full, array in self.arrays.items()
            if full.startswith(own) and full.removeprefix(own)[:1].isdigit()
        }
        try:
            export.load_state_dict(network, weights)
        except ValueError as error:
            raise BrainError(f"Its weights do not fit: {str(error)[:400]}") from None

    def array(self, name: str, shape: tuple[int | None, ...]) -> Array:
        """An array beside the networks; None in its shape is any length.

        Raises:
            BrainError: it is missing or has another shape.
        """
        found = self.arrays.get(name, np.zeros(0))
        fits = found.ndim == len(shape) and all(
            wanted in (None, n) for wanted, n in zip(shape, found.shape, strict=False)
        )
        if not fits:
            raise BrainError(f"Its {name} have shape {found.shape}; allowed: {shape}.")
        return np.asarray(found, float)


def write(kind: str, networks: Mapping[str, Layer], **more: npt.ArrayLike) -> bytes:
    """The file of some networks by name, "" for a lone one, and of what else belongs to them.

    Its bytes depend on these alone.

    Raises:
        BrainError: a weight is NaN or infinite.
        TypeError: PyTorch has no module for one of the layers.
    """
    arrays: dict[str, npt.ArrayLike] = {}
    for name, network in networks.items():
        weights = export.state_dict(network)
        arrays |= {_own(name) + part: array for part, array in weights.items()}
    about = {
        "format": FORMAT,
        "version": VERSION,
        "kind": kind,
        "networks": {name: str(network) for name, network in networks.items()},
    }
    return packed(about, arrays | more, "<f4")


def _own(name: str) -> str:
    """What stands before the names of a network's weights."""
    return f"{name}." if name else ""


def read(data: bytes, kind: str) -> Bundle:
    """What is in a file of that kind.

    Raises:
        BrainError: it holds something else, or a number in it is not finite.
    """
    try:
        about, arrays = unpacked(data)
        held = str(about.get("kind", "a brain from Train a Brain"))[:30]
    except BrainError:
        raise
    except DAMAGES:
        raise BrainError(
            f"This is no saved network, or a part of it is missing; allowed: {kind}."
        ) from None
    if held != kind:
        raise BrainError(f"It holds {held}; allowed: {kind}.")
    if not all(a.dtype.kind == "f" and np.isfinite(a).all() for a in arrays.values()):
        raise BrainError("A number in it is NaN or infinite; allowed: finite numbers.")
    return Bundle(arrays)
