"""A network as a file that knows how to make it again: every layer's class, options and state.

It knows no layer: what each was made with is remembered by `Layer`. The file is an `.npz` as NumPy
reads it, and holds no code: reading it makes layers of the engine, or of the classes given to it.

Examples:
    >>> import io
    >>> import numpy as np
    >>> from pycore.models import mlp
    >>> from pycore.saving import load, save
    >>> network, file = mlp([2, 8, 1], rng=0, activation="relu"), io.BytesIO()
    >>> save(file, network)
    >>> _ = file.seek(0)
    >>> load(file)
    Sequential(Dense(2, 8), ReLU, Dense(8, 1))
    >>> _ = file.seek(0)
    >>> np.array_equal(load(file).theta, network.theta)
    True
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pycore import initializers
from pycore.export import arrays_in
from pycore.layer import Layer
from pycore.telling import Named
from pycore.training import Minimizer

FORMAT, VERSION = "Neuronauts network", 1
TEXT = "network"
"""Name of the text in the file."""
TYPES = {"numpy:float32": np.float32, "numpy:float64": np.float64}
ROOM = 1_000_000
"""Numbers that a network may ask for while it is made, however few its file holds."""


def save(file: str | Path | BinaryIO, network: Layer | Minimizer) -> None:
    """Write the network: its architecture, parameters, running statistics and generators.

    The file is open for writing bytes, or its name, to which nothing is added. Of a training, such
    as a `Trainer`, the parameters are those that it is tested with: the average, where the
    optimizer is schedule-free, which the network itself has not.

    Raises:
        TypeError: a layer was made with something that has no name to find it by.
        ValueError: the layers are no longer what they were made as; change them when they are made.
    """
    if isinstance(network, Minimizer):
        with network.tested() as tested:
            save(file, tested)
        return
    state = network.state()
    arrays: dict[str, Any] = {
        name: value for name, value in state.items() if isinstance(value, np.ndarray)
    }
    about = {
        "format": FORMAT,
        "version": VERSION,
        "network": _described(network),
        "generators": {name: value for name, value in state.items() if name not in arrays},
        "packed": hasattr(network, "theta"),
    }
    kinds = [type(layer) for layer in network.walk()]
    again = _made(about["network"], {_name(kind): kind for kind in kinds}, _Sparing(arrays))
    shapes = [
        {name: part.shape for name, part in each.arrays().items()} for each in (network, again)
    ]
    if repr(again) != repr(network) or shapes[0] != shapes[1]:
        raise ValueError(f"save: {network} was made as {again}; allowed: layers as they were made")
    arrays[TEXT] = np.array(json.dumps(about))
    if isinstance(file, str | Path):
        with open(file, "wb") as opened:
            np.savez_compressed(opened, **arrays)
    else:
        np.savez_compressed(file, **arrays)


def load(file: str | Path | bytes | BinaryIO, *kinds: type[Layer]) -> Layer:
    """Make the network of a file again; layers of one's own are given by their classes.

    The file is open for reading bytes, or its name, or its bytes themselves.

    Raises:
        ValueError: the file was not written by `save`, or needs a class that is not given.
    """
    try:
        arrays = arrays_in(file)
        about = json.loads(str(arrays.pop(TEXT)[()]))
        known = about["format"] == FORMAT and about["version"] == VERSION
    except (IndexError, KeyError, RecursionError, TypeError, ValueError):
        known = False
    if not known:
        raise ValueError(f"load: no network of version {VERSION}; allowed: what `save` wrote")
    try:
        network = _made(about["network"], {_name(kind): kind for kind in kinds}, _Sparing(arrays))
        packed, generators = about["packed"], dict(about["generators"])
    except (AttributeError, ImportError, KeyError, MemoryError, RecursionError, TypeError) as error:
        said = f"load: the file is damaged, {error!r}; allowed: what `save` wrote"
        raise ValueError(said) from None
    if not isinstance(network, Layer):
        raise ValueError(f"load: the file has {network!r}, no network; allowed: what `save` wrote")
    if packed:
        network.pack()
    network.restore(arrays | generators)
    return network


class _Sparing(np.random.Generator):
    """The generator of a network whose numbers a file holds: it does not draw far more."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        super().__init__(np.random.PCG64(0))
        self.held = sum(array.size for array in arrays.values())

    def spare(self, *sizes: int) -> None:
        """Refuse sizes that ask for memory that the file cannot fill.

        Raises:
            ValueError: their product is more than the file's numbers, and more than `ROOM`.
        """
        asked = math.prod(sizes)
        if asked > max(self.held, ROOM):
            raise ValueError(
                f"load: the file is damaged, it asks for {asked} numbers and holds {self.held}; "
                "allowed: what `save` wrote"
            )

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        self.spare(*np.atleast_1d(1 if size is None else size).tolist())
        return super().normal(loc, scale, size)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        self.spare(*np.atleast_1d(1 if size is None else size).tolist())
        return super().uniform(low, high, size)


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _described(layer: Layer) -> dict[str, Any]:
    """The layer's class and options, as JSON has them; options that it keeps, as they are now."""
    kind, made = type(layer), layer.options
    given = inspect.signature(kind).bind(*made.given, **made.named).arguments
    return {
        "kind": _name(kind),
        "options": {
            name: _plain(f"{layer}: {name}", _now(layer, name, value))
            for name, value in given.items()
            if not isinstance(value, Named) or value
        },
    }


def _now(layer: Layer, name: str, value: Any) -> Any:
    """What the layer keeps under the option's own name, where that is something plain."""
    now = vars(layer).get(name, value)
    return now if isinstance(now, bool | int | float | str | list) else value


def _plain(who: str, value: Any) -> Any:
    match value:
        case Layer():
            return _described(value)
        case Named():
            return {"name": value}
        case list() | tuple():
            return [_plain(who, part) for part in value]
        case np.integer() | np.floating():
            return value.item()
        case np.ndarray():
            return {"array": value.tolist(), "dtype": str(value.dtype)}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"save: {who} is {value!r}; allowed: numbers, texts, layers, named functions")


def _made(about: Any, kinds: dict[str, type], rng: _Sparing) -> Any:
    """The layer, or another option, that was so described."""
    if isinstance(about, list):
        return [_made(part, kinds, rng) for part in about]
    if not isinstance(about, dict):
        return about
    if "name" in about:
        return _found(about["name"], kinds)
    if "array" in about:
        return np.array(about["array"], about["dtype"])
    kind = _found(about["kind"], kinds)
    if not (isinstance(kind, type) and issubclass(kind, Layer)):
        raise ValueError(f"load: {about['kind']} is no layer; allowed: classes of layers")
    options = {name: _made(value, kinds, rng) for name, value in about["options"].items()}
    for value in options.values():
        rng.spare(value if isinstance(value, int) else 1)
    takes = inspect.signature(kind).parameters
    several = [name for name in options if takes[name].kind is takes[name].VAR_POSITIONAL]
    given = [part for name in several for part in options.pop(name)]
    if "rng" in takes:
        options["rng"] = rng
    return kind(*given, **options)


def _found(name: str, kinds: dict[str, type]) -> Any:
    """The class or function of that name, in the engine or among those given."""
    if name in kinds or name in TYPES:
        return kinds[name] if name in kinds else TYPES[name]
    module, _, own = name.partition(":")
    if module.partition(".")[0] != "pycore" or not own.isidentifier():
        raise ValueError(
            f"load: the file needs {own or name}; allowed: to give its class, load(file, {own})"
        )
    found = getattr(importlib.import_module(module), own)
    if module == initializers.__name__ or (isinstance(found, type) and issubclass(found, Layer)):
        return found
    raise ValueError(f"load: {name} is no layer and no initializer; allowed: those of the engine")
