"""A trained network as a file that any game can open: what goes in, its layers, weights and loss.

The file is an `.npz` as NumPy reads it: the weights by the names and in the layout of PyTorch's
`state_dict` (`pycore.export`), and a text, `brain`, which says in JSON what they belong to. The
same network gives the same bytes on every machine. A file may come from anybody: `read` believes
nothing that the file says of its own size, and asks for no more memory than a brain needs.

Examples:
    >>> from pycore.brains import Brain, read, write
    >>> from pycore.models import mlp
    >>> brain = Brain(mlp([2, 3, 1], rng=0), ("x₁", "x₂"), "cross-entropy", classes=True)
    >>> again = read(write(brain))
    >>> again.sizes, again.hidden
    ((2, 3, 1), ((3, 'tanh'),))
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore import activations, export, losses
from pycore.arrays import Array, floats
from pycore.layer import Layer
from pycore.layers import Dense, Sequential
from pycore.normalization import BatchNorm

FORMAT, VERSION = "Neuronauts brain", 1
TEXT = "brain"
"""Name of the text in the file."""
MOST_BYTES = 200_000
"""Of all arrays together, unpacked."""
MOST_LAYERS, MOST_LETTERS = 40, 4000

FEATURES: dict[str, Callable[[Array, Array], Array]] = {
    "x₁": lambda x1, x2: x1,
    "x₂": lambda x1, x2: x2,
    "x₁²": lambda x1, x2: x1 * x1,
    "x₂²": lambda x1, x2: x2 * x2,
    "x₁x₂": lambda x1, x2: x1 * x2,
    "sin x₁": lambda x1, x2: np.sin(x1),
    "sin x₂": lambda x1, x2: np.sin(x2),
}
"""What a network can be given of a point (x₁, x₂) of the plane."""
ACTIVATIONS: dict[str, type[activations.Activation]] = {
    "tanh": activations.Tanh,
    "ReLU": activations.ReLU,
    "sigmoid": activations.Sigmoid,
    "leaky ReLU": activations.LeakyReLU,
    "ELU": activations.ELU,
    "SELU": activations.SELU,
    "GELU": activations.GELU,
    "SiLU": activations.SiLU,
    "softplus": activations.Softplus,
    "none": activations.Identity,
}
"""By their names on the pages; the file has the names of the classes, which are PyTorch's too."""
LOSSES: dict[str, type[losses.Loss]] = {
    "cross-entropy": losses.BinaryCrossEntropy,
    "squared error": losses.MeanSquaredError,
    "hinge": losses.Hinge,
    "Huber": losses.Huber,
}
Scales = tuple[tuple[float, float], ...]
UNSCALED: Scales = ((0.0, 1.0),) * 3


class BrainError(ValueError):
    """Bytes that hold no brain, or a network that is none; the message says what is allowed."""


@dataclass(frozen=True, eq=False)
class Brain:
    """A network with one output, and what its numbers mean.

    Attributes:
        network: Dense, each but the last followed by an activation, all with a BatchNorm before
            it, or all without.
        inputs: what it is given of a point of the plane, from FEATURES.
        loss: what it was trained with, from LOSSES. With "cross-entropy" the probability of class 1
            is σ(output).
        classes: whether it tells two classes apart: class 1 where the output is above 0. Otherwise
            the output is a number.
        scales: (middle, half) of x₁, x₂ and y in the data it was trained on: the network saw
            (value − middle) / half.
    """

    network: Sequential
    inputs: tuple[str, ...]
    loss: str
    classes: bool
    scales: Scales = UNSCALED

    @property
    def dense(self) -> list[Dense]:
        """The layers with weights."""
        return [layer for layer in self.network if isinstance(layer, Dense)]

    @property
    def hidden(self) -> tuple[tuple[int, str], ...]:
        """(units, activation) of each hidden layer, the activation by its name on the pages."""
        bends = (layer for layer in self.network if isinstance(layer, activations.Activation))
        names = map(name_of, bends)
        return tuple(zip((layer.n_out for layer in self.dense), names, strict=False))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units in every layer, inputs and output included."""
        return (len(self.inputs), *(layer.n_out for layer in self.dense))

    @property
    def batch_norm(self) -> bool:
        """Whether a layer is normalised over the batch."""
        return any(isinstance(layer, BatchNorm) for layer in self.network)

    def answering(self) -> Sequential:
        """The same layers, and after them what makes the output an answer: σ, or nothing.

        Shapes: inputs (n, inputs) → probability of class 1, or a score or number, (n, 1).
        """
        last = activations.Sigmoid() if self.loss == "cross-entropy" else activations.Identity()
        return Sequential(*self.network, last)


def name_of(activation: Layer) -> str:
    """The name of an activation on the pages."""
    return next(name for name, kind in ACTIVATIONS.items() if type(activation) is kind)


def inputs(features: tuple[str, ...], x: Array) -> Array:
    """What a network with these features is given for points of the plane.

    Shapes: x (n, 2) → (n, features).
    """
    x = floats(x)
    return np.stack([FEATURES[name](x[:, 0], x[:, 1]) for name in features], axis=1)


# --- writing --------------------------------------------------------------------------------------


def write(brain: Brain) -> bytes:
    """The file. Its bytes depend on the brain alone.

    Raises:
        BrainError: a weight is NaN or infinite, or a layer is none that a brain has.
    """
    about = {
        "format": FORMAT,
        "version": VERSION,
        "inputs": brain.inputs,
        "scales": brain.scales,
        "layers": [_described(layer) for layer in brain.network],
        "loss": brain.loss,
        "classes": brain.classes,
    }
    return packed(about, export.state_dict(brain.network))


def packed(
    about: Mapping[str, Any], weights: Mapping[str, npt.ArrayLike], kind: str = "<f8"
) -> bytes:
    """Arrays by name and what is told of them, as a file whose bytes depend on these alone.

    Raises:
        BrainError: an array holds NaN or infinity, or a number too large for the kind.
    """
    arrays: dict[str, npt.NDArray[Any]] = {TEXT: np.array(json.dumps(about, ensure_ascii=False))}
    for name, array in weights.items():
        with np.errstate(over="ignore"):
            arrays[name] = np.ascontiguousarray(array, kind)
        if not np.isfinite(arrays[name]).all():  # 1e39 is none of single precision either
            raise BrainError(f"{name} holds NaN or infinity; allowed: finite weights")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")  # of 1980, like those that NumPy writes
            info.create_system = 3  # whatever the machine
            archive.writestr(info, member.getvalue())
    return file.getvalue()


def _described(layer: Layer) -> list[str | int]:
    """A layer as the file has it: the name of its class, and its sizes."""
    match layer:
        case Dense():
            return ["Dense", layer.n_in, layer.n_out]
        case BatchNorm():
            return ["BatchNorm", layer.n]
        case _ if type(layer) in ACTIVATIONS.values():
            return [type(layer).__name__]
    raise BrainError(f"{layer!r} is no layer of a brain; allowed: Dense, BatchNorm, activations")


# --- reading --------------------------------------------------------------------------------------


def read(data: bytes) -> Brain:
    """The brain in a file.

    Raises:
        BrainError: it holds none, or one that cannot be built here.
    """
    try:
        about, arrays = unpacked(data)
        if "kind" in about:
            raise BrainError(
                f"It holds another kind of network, {str(about['kind'])[:30]}; allowed: one that "
                "was saved in Train a Brain."
            )
        brain = _built(about)
    except BrainError:
        raise
    except DAMAGES:
        raise BrainError(
            "This is no brain, or a part of it is missing; allowed: a file that was saved in Train "
            "a Brain."
        ) from None
    try:
        export.load_state_dict(brain.network, arrays)
    except ValueError as error:
        raise BrainError(f"Its weights do not fit its layers: {str(error)[:400]}") from None
    norms = [layer for layer in brain.network if isinstance(layer, BatchNorm)]
    finite = all(np.isfinite(array).all() for array in arrays.values())
    if not finite or any((norm.running_var < 0).any() for norm in norms):
        raise BrainError("A weight in it is NaN or infinite; allowed: finite numbers.")
    return brain


DAMAGES = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, SyntaxError),
    *(RecursionError, RuntimeError, NotImplementedError, EOFError, struct.error, zlib.error),
    zipfile.BadZipFile,
)
"""What reading a file that somebody has made up may raise."""


def unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """What is told of the arrays in a file of this format, and the arrays by name.

    Raises:
        BrainError: it is of another format or version, or too large.
        DAMAGES: it is no such file.
    """
    arrays = _arrays(data)
    about = json.loads(str(arrays.pop(TEXT)[()]))
    if about["format"] != FORMAT:
        raise BrainError(f"Its format is not {FORMAT!r}.")
    if about["version"] != VERSION:
        raise BrainError(
            f"It is of version {str(about['version'])[:20]}; this course reads {VERSION}."
        )
    return about, arrays


def _arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        plain = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        if any(member.compress_type not in plain for member in members):
            raise ValueError("a compression that cannot be read piece by piece")
        if sum(member.file_size for member in members) > MOST_BYTES:
            raise BrainError(f"It is too large; allowed: {MOST_BYTES} bytes of weights.")
        found = {}
        for member in members:
            with archive.open(member) as file:
                content = file.read(member.file_size)  # and not what a bomb would make of it
            found[member.filename.removesuffix(".npy")] = _array(content)
        return found


def _array(content: bytes) -> npt.NDArray[Any]:
    """What `numpy.load` would give, which however believes what the array says of its size."""
    file = io.BytesIO(content)
    npy: Any = np.lib.format  # which has no types
    if npy.read_magic(file) != (1, 0):
        raise ValueError("another version of the format")
    shape, columns_first, dtype = npy.read_array_header_1_0(file, max_header_size=300)
    rest = file.read()
    if dtype.kind not in "fU" or len(rest) != dtype.itemsize * math.prod(shape):
        raise ValueError("no numbers or text, or not as many as it says")
    if dtype.kind == "U" and dtype.itemsize > 4 * MOST_LETTERS:
        raise ValueError("a text too long")
    return np.frombuffer(rest, dtype).reshape(shape, order="F" if columns_first else "C")


def _built(about: dict[str, Any]) -> Brain:
    """The brain that the text tells of, before its weights."""
    features = tuple(about["inputs"])
    if not features or len({*features}) != len(features) or not {*features} <= {*FEATURES}:
        raise BrainError(f"Its inputs are not known; allowed: {', '.join(FEATURES)}.")
    loss, classes = about["loss"], about["classes"]
    if loss not in LOSSES or not isinstance(classes, bool):
        raise BrainError(f"Its loss is not known; allowed: {', '.join(LOSSES)}.")
    scales = tuple((float(middle), float(half)) for middle, half in about["scales"])
    finite = all(map(math.isfinite, sum(scales, ())))
    if len(scales) != 3 or not finite or not all(half > 0 for _, half in scales):
        raise BrainError("Its scales are not a middle and a half above 0 for each of x₁, x₂ and y.")
    network = Sequential(*_layers(about["layers"], len(features)))
    return Brain(network, features, loss, classes, scales)


def _layers(described: list[list[Any]], n: int) -> list[Layer]:
    """Layers for n inputs and one output, as `_described` gave them."""
    if len(described) > MOST_LAYERS:
        raise BrainError(f"It has {len(described)} layers; allowed: {MOST_LAYERS}.")
    kinds = {kind.__name__: kind for kind in ACTIVATIONS.values()}
    rng = np.random.default_rng(0)
    layers: list[Layer] = []
    before, room = "activation", MOST_BYTES // 8
    for part in described:
        match before, part:
            case "activation", ["Dense", int(n_in), int(n_out)] if (
                n_in == n and n_out >= 1 and (n_in + 1) * n_out <= room
            ):
                room -= (n_in + 1) * n_out
                layers.append(Dense(n_in, n_out, rng=rng))
                before, n = "dense", n_out
            case "dense", ["BatchNorm", int(width)] if width == n:
                layers.append(BatchNorm(n))
                before = "norm"
            case "dense" | "norm", [str(name)] if name in kinds:
                layers.append(kinds[name]())
                before = "activation"
            case _:
                raise BrainError(
                    f"{str(part)[:60]} does not fit after its {len(layers)} layers; allowed: "
                    "Dense, then BatchNorm or not, then an activation, and so on to a Dense."
                )
    if before != "dense" or n != 1:
        raise BrainError("Its last layer is not a Dense with one output.")
    norms = sum(isinstance(layer, BatchNorm) for layer in layers)
    if norms not in (0, sum(isinstance(layer, Dense) for layer in layers) - 1):
        raise BrainError("Some hidden layers have batch norm and some not; allowed: all or none.")
    return layers
