"""What every layer keeps: forward, backward, and parameters that can lie in one flat vector.

Examples:
    >>> from pycore.gradient_check import check
    >>> from pycore.layer import Layer
    >>> import numpy as np
    >>> class Scale(Layer):
    ...     PARAMETERS = ("a",)
    ...     def __init__(self, n):
    ...         self.a, self.da = np.ones(n), np.zeros(n)
    ...     def forward(self, x, training=False):
    ...         self.x = x
    ...         return x * self.a
    ...     def backward(self, dy):
    ...         self.da += (dy * self.x).sum(axis=0)
    ...         return dy * self.a
    >>> check(Scale(2), [[0.5, -1.0]], rng=0) < 1e-6
    True
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, DType, numbers
from pycore.state import Part, State, generators, put, refuse_broken, taken
from pycore.telling import Options, Told


class Layer(Told, ABC):
    """y = f(x; θ), and from dL/dy both dL/dx and dL/dθ.

    Shapes: forward (batch, …) → (batch, …); backward takes dL/dy, shaped like y, and gives dL/dx,
    shaped like x.

    A new layer is a subclass that defines `forward` and `backward`. `forward` keeps what `backward`
    needs; `backward` *adds* dL/dθ into the gradients, so that a parameter used twice gets the sum.
    A layer with parameters names them in `PARAMETERS`: the gradient of `W` is `dW`. Arrays that a
    pass changes in place, such as running statistics, are named in `BUFFERS`; generators of random
    numbers are found. Layers held as attributes, alone or in a list or tuple, are its children,
    found in the order of definition.

    Arrays are passed on as they are, not copied: change none of them before `backward` is done.
    Where x or dy is a list or tuple, the layer's methods get an array made of it.

    Source: Rumelhart et al., Learning representations by back-propagating errors, 1986.

    Raises:
        ShapeError: `forward` got an x that is empty, or not of the layer's Shapes.
        TypeError: x or dy holds no real numbers.
        ValueError: a size is not a whole number from 1.
        RuntimeError: `backward` came before `forward`.

    Attributes:
        theta: every parameter of this layer and its children in one flat vector, of which `W`, `b`
            … are views; there once `pack` ran (`Sequential` does it).
        grad: the gradients, laid out in the same way.
        options: what it was made with.
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ()
    BUFFERS: ClassVar[tuple[str, ...]] = ()

    theta: Array
    grad: Array
    options: Options

    def __init_subclass__(cls, **options: Any) -> None:
        """Let methods take lists, and the passes refuse what is no number."""
        super().__init_subclass__(**options)
        for name, given in (("forward", "x"), ("backward", "dy"), ("accumulate", "dy")):
            if name in vars(cls):
                setattr(cls, name, _taking(vars(cls)[name], given))
        for name in ("attend", "inverse", "log_density", "density_at", "encode", "decode"):
            if name in vars(cls):
                setattr(cls, name, _taking_lists(vars(cls)[name]))

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """Remember what the layer is made with, so that a file can say how to make it again."""
        layer = super().__new__(cls)
        layer.options = Options(given, named)
        return layer

    @classmethod
    def example(cls, rng: np.random.Generator, dtype: DType = np.float64) -> tuple[Layer, Array]:
        """Return one such layer and an input that fits it, their sizes and values drawn by `rng`.

        Tests check every layer through it: gradients, dtypes, and against a reference.
        """
        raise NotImplementedError(f"{cls.__name__} has no example")

    @abstractmethod
    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y; `training` switches on what only happens then (dropout, batch statistics)."""

    @abstractmethod
    def backward(self, dy: Array) -> Array:
        """Return dL/dx for the last `forward`, and add dL/dθ into the gradients."""

    def accumulate(self, dy: Array) -> None:
        """Add dL/dθ as `backward` does, without dL/dx: all a network's first layer has to do."""
        self.backward(dy)

    def children(self) -> Iterator[Layer]:
        """Yield the layers this one is made of, in the order of definition."""
        for value in vars(self).values():
            for part in value if isinstance(value, list | tuple) else (value,):
                if isinstance(part, Layer):
                    yield part

    def walk(self) -> Iterator[Layer]:
        """Yield this layer, then its children and theirs."""
        yield self
        for child in self.children():
            yield from child.walk()

    def parameters(self) -> Iterator[tuple[str, Array, Array]]:
        """Yield (name, value, gradient) of every parameter, children included."""
        for name in self.PARAMETERS:
            yield name, getattr(self, name), getattr(self, "d" + name)
        for i, child in enumerate(self.children()):
            for name, value, gradient in child.parameters():
                yield f"{i}.{name}", value, gradient

    def buffers(self) -> Iterator[tuple[str, Part]]:
        """Yield (name, value) of all else that lasts from pass to pass, children included.

        That is what a pass in training changes besides the gradients: running statistics, and
        generators of random numbers.
        """
        for name in self.BUFFERS:
            yield name, getattr(self, name)
        yield from generators(self).items()
        for i, child in enumerate(self.children()):
            for name, value in child.buffers():
                yield f"{i}.{name}", value

    def lasting(self) -> dict[str, Part]:
        """Return every parameter and buffer by its name, themselves and not copies."""
        return {name: value for name, value, _ in self.parameters()} | dict(self.buffers())

    def state(self) -> State:
        """Return a copy of all that training changes, by name: "0.W", "1.running_mean", "2.rng"."""
        return taken(self.lasting())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Write what `state` gave, here or in a layer of the same build, into the arrays in place.

        Raises:
            ValueError: a name is missing or strange, a shape differs, or a number is not finite;
            nothing is changed.
        """
        refuse_broken(f"{self}: the state", state)
        put(f"{self}: the state", self.lasting(), state)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the parts that are arrays: what another network can be given."""
        return {name: part for name, part in self.lasting().items() if isinstance(part, np.ndarray)}

    def copy_from(self, other: Layer) -> None:
        """Write the other's arrays into these, one after the other.

        The two may differ in layers that have none: in Dropout, in activations.

        Raises:
            ValueError: the arrays differ in number or shape; nothing is changed.
        """
        here, there = list(self.arrays().values()), list(other.arrays().values())
        shapes = [[array.shape for array in arrays] for arrays in (there, here)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"{self}: got arrays of shapes {shapes[0]}; allowed: {shapes[1]}")
        for own, theirs in zip(here, there, strict=True):
            own[...] = theirs

    def size(self) -> int:
        """Count the parameters."""
        return sum(value.size for _, value, _ in self.parameters())

    def summary(self, x: npt.ArrayLike | None = None) -> str:
        """Return a table of the layers: their places, their parameters, and the last line the sum.

        With some x, also the shape of what each gives for it. What a layer is made of stands below
        it, and counts there.
        """
        copied, shapes = copy.deepcopy(self), dict[str, str]()
        if x is not None:
            for path, layer in copied.paths():
                vars(layer)["forward"] = _noting(layer.forward, shapes, path)
            copied.forward(np.array(x))
        rows = [("layer", "kind", "output", "parameters")]
        for path, layer in self.paths():
            inside = sum(child.size() for child in layer.children())
            name = type(layer).__name__ if any(True for _ in layer.children()) else repr(layer)
            count = layer.size() - inside if path else layer.size()
            rows.append((path, name, shapes.get(path, ""), f"{count:,}"))
        rows.append(rows.pop(1))
        shown = [row if x is not None else (*row[:2], row[3]) for row in rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        return "\n".join(
            "  ".join(text.ljust(n) for text, n in zip(row[:-1], widths, strict=False))
            + "  "
            + row[-1].rjust(widths[-1])
            for row in shown
        )

    def paths(self, path: str = "") -> Iterator[tuple[str, Layer]]:
        """Yield this layer, then its children and theirs, each with its place: "", "0", "0.1"."""
        yield path, self
        for i, child in enumerate(self.children()):
            yield from child.paths(f"{path}.{i}" if path else str(i))

    def pack(self) -> None:
        """Move all parameters into one flat vector `theta`, their gradients into `grad`.

        Raises:
            ValueError: a layer stands in two places, the parameters differ in dtype, or one of a
                layer is not named in its PARAMETERS.
            TypeError: the parameters hold neither float32 nor float64.
        """
        self.refuse_unnamed()
        layers = list(self.walk())
        if len({id(layer) for layer in layers}) < len(layers):
            raise ValueError(f"{self}: one layer object stands in two places; make two layers")
        dtypes = {value.dtype for _, value, _ in self.parameters()} or {np.dtype(np.float64)}
        if len(dtypes) > 1:
            raise ValueError(f"{self}: parameters have dtypes {sorted(map(str, dtypes))}; use one")
        dtype = dtypes.pop()
        if dtype not in (np.float32, np.float64):
            raise TypeError(f"{self}: parameters hold {dtype}; allowed: float32 and float64")
        self._lay(np.zeros(self.size(), dtype), np.zeros(self.size(), dtype))

    def is_packed(self) -> bool:
        """Tell whether all parameters and gradients still are views of `theta` and `grad`."""
        return not self.loose()

    def loose(self) -> list[str]:
        """Return the names of parameters and gradients that are no views of `theta` and `grad`."""
        found = []
        for name, value, gradient in self.parameters():
            layer, _, own = name.rpartition(".")
            if not np.may_share_memory(value, self.theta):
                found.append(name)
            if not np.may_share_memory(gradient, self.grad):
                found.append(f"{layer}{'.' * bool(layer)}d{own}")
        return found

    def hidden(self) -> list[str]:
        """Return where layers are held that `children` does not find.

        That is in dicts, sets and nested lists, in objects that are no layers, and on the class.
        Their parameters would never be learnt.
        """
        found = []
        for layer in self.walk():
            shared = {
                key: [[value]] for kind in type(layer).__mro__ for key, value in vars(kind).items()
            }
            for name, value in (shared | vars(layer)).items():
                if any(isinstance(part, Layer) for part in _buried(value)):
                    found.append(f"{layer}.{name}")
        return found

    def refuse_unnamed(self) -> None:
        """Refuse parameters that would not learn, for PARAMETERS does not name them as it should.

        Raises:
            TypeError: PARAMETERS is no tuple of names.
            ValueError: names a parameter without its gradient, or not in PARAMETERS at all.
        """
        for layer in self.walk():
            who, held, named = type(layer).__name__, vars(layer), layer.PARAMETERS
            if isinstance(named, str):
                raise TypeError(
                    f"{who}: PARAMETERS is {named!r}; allowed: a tuple of names, as in ({named!r},)"
                )
            for name in named:
                for key in (name, f"d{name}"):
                    if not isinstance(held.get(key), np.ndarray):
                        raise ValueError(
                            f"{who}: PARAMETERS names {name}, but {key} is no array yet; allowed: "
                            f"{name} and d{name}, shaped like it, made in __init__"
                        )
            for name, value in held.items():
                gradient = held.get(f"d{name}")
                if name in named or name in ("x", "y") or not isinstance(value, np.ndarray):
                    continue
                if isinstance(gradient, np.ndarray) and gradient.shape == value.shape:
                    raise ValueError(
                        f"{who}: it holds {name} and d{name}, but PARAMETERS does not name {name}, "
                        f"so that it would not learn; allowed: PARAMETERS = ({name!r},)"
                    )

    def _lay(self, theta: Array, grad: Array) -> None:
        """Copy the parameters into `theta` and `grad`, and keep views of them instead."""
        self.theta, self.grad = theta, grad
        start = 0
        for name in self.PARAMETERS:
            for key, flat in ((name, theta), ("d" + name, grad)):
                old = getattr(self, key)
                view = flat[start : start + old.size].reshape(old.shape)
                view[...] = old
                setattr(self, key, view)
            start += old.size
        for child in self.children():
            end = start + child.size()
            child._lay(theta[start:end], grad[start:end])
            start = end

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become what was pickled or deeply copied, with parameters that are views of `theta`.

        Neither way keeps views: each array arrives as one of its own.
        """
        vars(self).update(state)
        if "theta" in state and not self.is_packed():
            self.pack()

    def zero_grad(self) -> None:
        """Set every gradient to zero."""
        for _, _, gradient in self.parameters():
            gradient[...] = 0

    def __repr__(self) -> str:
        return type(self).__name__


def _taking(method: Callable[..., Any], given: str) -> Callable[..., Any]:
    """Return the method, which then gets an array of real numbers, whatever it is called with."""

    @wraps(method)
    def taking(self: Layer, x: Any, *training: bool, **named: bool) -> Any:
        if type(x) is not np.ndarray or x.dtype.kind not in "fiub":
            x = numbers(f"{self}: {given}", x)
        return method(self, x, *training, **named)

    return taking


def _taking_lists(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method, which then gets an array for each list."""

    @wraps(method)
    def taking(self: Layer, *given: Any, **named: Any) -> Any:
        def taken(x: Any) -> Any:
            return numbers(f"{self}.{method.__name__}", x) if isinstance(x, list | tuple) else x

        return method(self, *map(taken, given), **{k: taken(x) for k, x in named.items()})

    return taking


def _noting(
    forward: Callable[..., Array], shapes: dict[str, str], path: str
) -> Callable[..., Array]:
    """Return the method, which then notes the shape of what it gave."""

    def noting(*given: Any, **named: Any) -> Array:
        y = forward(*given, **named)
        shapes[path] = str(y.shape)
        return y

    return noting


def _buried(value: Any, depth: int = 0) -> Iterator[Any]:
    """Yield what lies in a container, but for what lies right in a list or tuple."""
    if isinstance(value, dict):
        parts: list[Any] = list(value.values())
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    elif hasattr(value, "__dict__") and not depth and not isinstance(value, Layer | Options | type):
        parts = list(vars(value).values())
    else:
        return
    for part in parts:
        if depth or not isinstance(value, list | tuple):
            yield part
        if isinstance(part, dict | list | tuple | set | frozenset):
            yield from _buried(part, depth + 1)
