"""Automatic differentiation: a Tensor remembers how it was made, and the chain rule walks back.

Every operation is one `Op` with two rules beside its value. `pull` takes dL/dy to dL/dx, against
the arrows of the graph (reverse mode: one walk gives the gradient of one number by everything).
`push` takes dx to dy, along them (forward mode: one walk gives the change of everything along one
direction). It knows arrays only; the layers do not use it, and agree with it to the last digits.

Examples:
    >>> from pycore.autodiff import Tensor, gradient
    >>> x = Tensor([1.0, 2.0])
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    array([2., 4.])
    >>> gradient(lambda t: t.tanh().sum(), [0.0, 1.0]).round(3)
    array([1.  , 0.42])
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from pycore import activations
from pycore.arrays import Array, ShapeError, floats, refuse_empty
from pycore.kernels import product

Number = float | int | Array
"""What a Tensor may be added to, and the like, beside another Tensor."""
Axis = int | tuple[int, ...] | None
"""Along which dimensions; None: all."""


class Op(ABC):
    """y = f(x₁, x₂, …) with its two derivative rules."""

    name: str

    @abstractmethod
    def value(self, *xs: Array) -> Array:
        """Return y."""

    @abstractmethod
    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """Return dL/dx for each x, given dL/dy: the vector–Jacobian product."""

    @abstractmethod
    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """Return dy, given dx for each x: the Jacobian–vector product."""


@dataclass(frozen=True)
class Elementwise(Op):
    """y = f(x₁, x₂, …), number by number, broadcasting; `slopes` are the ∂y/∂xᵢ.

    0 · ∞ is 0 here, in both directions, and in products of matrices too: √0 in a branch that
    `maximum` did not take, or times 0, gets no gradient.
    """

    name: str
    f: Callable[..., Any]
    slopes: Callable[..., Sequence[Any]]

    def value(self, *xs: Array) -> Array:
        """Return y."""
        return np.asarray(self.f(*xs))

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """dxᵢ = Σ dy ∂y/∂xᵢ, summed where xᵢ was broadcast."""
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = self.slopes(y, *xs)
        return [
            unbroadcast(_along(dy, slope), x.shape) for slope, x in zip(slopes, xs, strict=True)
        ]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """dy = Σᵢ ∂y/∂xᵢ dxᵢ."""
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = self.slopes(y, *xs)
        return np.asarray(sum(_along(dx, slope) for slope, dx in zip(slopes, dxs, strict=True)))


@dataclass(frozen=True)
class Linear(Op):
    """y = f(x), f linear: pushing forward is f itself, pulling back is its transpose."""

    name: str
    f: Callable[[Array], Any]
    transpose: Callable[[Array, Array], Any]

    def value(self, *xs: Array) -> Array:
        """Return y."""
        return np.asarray(self.f(xs[0]))

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """dx = fᵀ(dy)."""
        return [np.asarray(self.transpose(dy, xs[0]))]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """dy = f(dx)."""
        return np.asarray(self.f(dxs[0]))


@dataclass(frozen=True)
class MatMul(Op):
    """Y = A B, also for stacks of matrices; a single vector is a row of A or a column of B."""

    name: str = "@"

    def value(self, *xs: Array) -> Array:
        """Return A B."""
        A, B = xs
        if not A.ndim or not B.ndim or A.shape[-1] != B.shape[max(B.ndim - 2, 0)]:
            raise ShapeError(
                f"@: got arrays of shapes {A.shape} and {B.shape}; allowed: (…, m, k) and "
                "(…, k, n), or (k,) for either"
            )
        return np.asarray(product(A, B))

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """dA = dY Bᵀ;  dB = Aᵀ dY."""
        A = xs[0] if xs[0].ndim > 1 else xs[0][None]
        B = xs[1] if xs[1].ndim > 1 else xs[1][:, None]
        dY = dy if xs[1].ndim > 1 else dy[..., None]
        dY = dY if xs[0].ndim > 1 else dY[..., None, :]
        dA, dB = multiplied(dY, np.swapaxes(B, -1, -2)), multiplied(np.swapaxes(A, -1, -2), dY)
        pulled = unbroadcast(dA, A.shape), unbroadcast(dB, B.shape)
        return [d.reshape(x.shape) for d, x in zip(pulled, xs, strict=True)]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """dY = dA B + A dB."""
        return np.asarray(multiplied(dxs[0], xs[1]) + multiplied(xs[0], dxs[1]))


def multiplied(A: Array, B: Array) -> Array:
    """Return A B where one of them is a gradient or a tangent: 0 · ∞ is 0, as in `Elementwise`.

    Shapes: (…, m, k), (…, k, n) → (…, m, n); a single vector is a row of A or a column of B.
    """
    with np.errstate(invalid="ignore"):
        Y = np.asarray(product(A, B))
    if not np.isnan(Y).any():
        return Y
    A_, B_ = A if A.ndim > 1 else A[None], B if B.ndim > 1 else B[:, None]
    with np.errstate(invalid="ignore"):
        Y_ = _along(A_[..., None], B_[..., None, :, :]).sum(axis=-2)
    return np.asarray(Y_.reshape(Y.shape)).astype(Y.dtype)


def _along(d: Array, slope: Any) -> Array:
    """Return d · slope, and 0 wherever one of them is 0."""
    with np.errstate(invalid="ignore"):
        change = np.asarray(d * slope)
    if not np.isnan(change).any():
        return change
    return np.where((d == 0) | (np.asarray(slope) == 0), 0, change).astype(change.dtype)


def unbroadcast(dx: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the dimensions along which x was broadcast.

    Shapes: any → `shape`.
    """
    dx = dx.sum(axis=tuple(range(dx.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and dx.shape[i] != 1)
    return np.asarray(dx.sum(axis=stretched, keepdims=True))


ADD = Elementwise("+", lambda a, b: a + b, lambda y, a, b: (1.0, 1.0))
SUBTRACT = Elementwise("−", lambda a, b: a - b, lambda y, a, b: (1.0, -1.0))
MULTIPLY = Elementwise("×", lambda a, b: a * b, lambda y, a, b: (b, a))
DIVIDE = Elementwise("÷", lambda a, b: a / b, lambda y, a, b: (1 / b, -y / b))
MAXIMUM = Elementwise("max", np.maximum, lambda y, a, b: (a > b, a <= b))
EXP = Elementwise("exp", np.exp, lambda y, x: (y,))
LOG = Elementwise("log", np.log, lambda y, x: (1 / x,))
SIN = Elementwise("sin", np.sin, lambda y, x: (np.cos(x),))
TANH = Elementwise("tanh", activations.tanh, lambda y, x: (1 - y * y,))
SIGMOID = Elementwise("σ", activations.sigmoid, lambda y, x: (y * (1 - y),))
SOFTPLUS = Elementwise("softplus", activations.softplus, lambda y, x: (activations.sigmoid(x),))
RELU = Elementwise("ReLU", activations.relu, lambda y, x: (x > 0,))
MATMUL = MatMul()


class Tensor:
    """An array, the operation that made it, and the tensors it was made from.

    Source: reverse mode, Linnainmaa, The representation of the cumulative rounding error of an
    algorithm, 1970; forward mode, Wengert, A simple automatic derivative evaluation program, 1964.

    Attributes:
        data: the array.
        grad: dL/d(this) after `L.backward()`, else None; a second backward adds to it.
        tangent: the change of this along the chosen direction, in forward mode, else None.
        op: the operation, or None for a leaf.
        inputs: what the operation took.
        name: for pictures of the graph.
    """

    __array_ufunc__ = None  # so that array + tensor asks the tensor
    inputs: tuple[Tensor, ...] = ()
    _loose: ClassVar[list[tuple[Tensor, ...]]] = []  # what freed tensors held, still to be let go
    _freeing: ClassVar[bool] = False

    def __init__(
        self,
        data: npt.ArrayLike,
        name: str = "",
        *,
        tangent: npt.ArrayLike | None = None,
        op: Op | None = None,
        inputs: tuple[Tensor, ...] = (),
    ) -> None:
        self.data: Array = floats(data)
        refuse_empty("Tensor", self.data)
        self.grad: Array | None = None
        self.tangent = None if tangent is None else np.asarray(tangent, self.data.dtype)
        if self.tangent is not None and self.tangent.shape != self.data.shape:
            raise ShapeError(
                f"Tensor: a tangent of shape {self.tangent.shape}; allowed: {self.data.shape}"
            )
        self.op, self.inputs, self.name = op, inputs, name

    def __del__(self) -> None:
        """Let go of the inputs, one tensor after the other.

        By itself Python would free each tensor from inside the freeing of the one made from it, and
        a graph of some thousand operations would overflow the browser's stack.
        """
        Tensor._loose.append(self.inputs)
        self.inputs = ()
        if not Tensor._freeing:
            Tensor._freeing = True
            while Tensor._loose:
                Tensor._loose.pop()  # what this frees comes back here, and only appends
            Tensor._freeing = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the data."""
        return self.data.shape

    def item(self) -> float:
        """Return the one number that it holds, as a float."""
        return float(self.data.item())

    def walk(self) -> list[Tensor]:
        """Return every tensor this one was made from, inputs before results, itself last."""
        order: list[Tensor] = []
        seen: set[int] = set()
        stack: list[tuple[Tensor, Iterator[Tensor]]] = [(self, iter(self.inputs))]
        seen.add(id(self))
        while stack:  # a loop, not recursion: graphs may be deeper than Python's stack
            tensor, rest = stack[-1]
            for below in rest:
                if id(below) not in seen:
                    seen.add(id(below))
                    stack.append((below, iter(below.inputs)))
                    break
            else:
                order.append(tensor)
                stack.pop()
        return order

    def backward(self, dy: npt.ArrayLike | None = None) -> None:
        """Add dL/d(tensor) into the `grad` of every tensor this one was made from.

        Raises:
            ShapeError: this is not a single number and no dL/dy is given, or one that does not fit.
        """
        if dy is None and self.data.size != 1:
            raise ShapeError(f"backward: y has shape {self.shape}; allowed without dy: one number")
        seed = np.ones_like(self.data) if dy is None else np.array(dy, self.data.dtype)
        if seed.shape != self.shape:
            raise ShapeError(f"backward: dy has shape {seed.shape}; allowed: {self.shape}")
        pulled: dict[int, Array] = {id(self): seed}
        for tensor in reversed(self.walk()):
            dt = pulled.pop(id(tensor))
            tensor.grad = dt if tensor.grad is None else tensor.grad + dt
            if tensor.op is None:
                continue
            arrays = [x.data for x in tensor.inputs]
            for x, dx in zip(tensor.inputs, tensor.op.pull(dt, tensor.data, *arrays), strict=True):
                dx = dx.astype(x.data.dtype, copy=False)  # where x met a wider type
                pulled[id(x)] = pulled[id(x)] + dx if id(x) in pulled else dx

    def __add__(self, other: Tensor | Number) -> Tensor:
        return apply(ADD, self, other)

    __radd__ = __add__

    def __sub__(self, other: Tensor | Number) -> Tensor:
        return apply(SUBTRACT, self, other)

    def __rsub__(self, other: Number) -> Tensor:
        return apply(SUBTRACT, other, self)

    def __mul__(self, other: Tensor | Number) -> Tensor:
        return apply(MULTIPLY, self, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Tensor | Number) -> Tensor:
        return apply(DIVIDE, self, other)

    def __rtruediv__(self, other: Number) -> Tensor:
        return apply(DIVIDE, other, self)

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __pow__(self, p: float) -> Tensor:
        if not isinstance(p, int | float | np.integer | np.floating):
            return NotImplemented
        p = float(p)

        def slopes(y: Array, x: Array) -> Sequence[Array]:
            return (p * x ** (p - 1) if p else np.zeros_like(x),)

        return apply(Elementwise(f"^{p:g}", lambda x: x**p, slopes), self)

    def __matmul__(self, other: Tensor | Array) -> Tensor:
        return apply(MATMUL, self, other)

    def __rmatmul__(self, other: Array) -> Tensor:
        return apply(MATMUL, other, self)

    def __getitem__(self, place: Any) -> Tensor:
        def transpose(dy: Array, x: Array) -> Array:
            dx = np.zeros_like(x)
            np.add.at(dx, place, dy)
            return dx

        return apply(Linear("[ ]", lambda x: x[place], transpose), self)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return Σ x along `axis`."""

        def transpose(dy: Array, x: Array) -> Array:
            if axis is not None and not keepdims:
                dy = np.expand_dims(dy, axis)
            return np.broadcast_to(dy, x.shape).copy()

        return apply(Linear("Σ", lambda x: x.sum(axis=axis, keepdims=keepdims), transpose), self)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the mean of x along `axis`."""
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def reshape(self, *shape: int | tuple[int, ...]) -> Tensor:
        """Return x in another shape, given as numbers or as one tuple."""
        return apply(
            Linear("reshape", lambda x: x.reshape(*shape), lambda dy, x: dy.reshape(x.shape)), self
        )

    def transpose(self, *axes: int | tuple[int, ...]) -> Tensor:
        """Return x with its dimensions in another order; without `axes`, reversed."""

        def back(dy: Array, x: Array) -> Array:
            places = np.arange(x.ndim)
            order = places[np.ravel(axes)] if axes else places[::-1]
            return dy.transpose(np.argsort(order).tolist())

        return apply(Linear("ᵀ", lambda x: x.transpose(*axes), back), self)

    @property
    def T(self) -> Tensor:
        """The transpose."""
        return self.transpose()

    def exp(self) -> Tensor:
        """Return eˣ."""
        return apply(EXP, self)

    def log(self) -> Tensor:
        """Return log x."""
        return apply(LOG, self)

    def sin(self) -> Tensor:
        """Return sin x."""
        return apply(SIN, self)

    def tanh(self) -> Tensor:
        """Return tanh x."""
        return apply(TANH, self)

    def sigmoid(self) -> Tensor:
        """Return σ(x)."""
        return apply(SIGMOID, self)

    def softplus(self) -> Tensor:
        """Return log(1 + eˣ)."""
        return apply(SOFTPLUS, self)

    def relu(self) -> Tensor:
        """Return max(x, 0)."""
        return apply(RELU, self)

    def maximum(self, other: Tensor | Number) -> Tensor:
        """Return the larger of the two, number by number; of equals the gradient goes to other."""
        return apply(MAXIMUM, self, other)

    def log_softmax(self) -> Tensor:
        """Return x − log Σ eˣ along the last dimension, after taking away max x."""
        top: Array = self.data.max(axis=-1, keepdims=True)
        shifted = self - top
        return shifted - shifted.exp().sum(-1, keepdims=True).log()

    def __repr__(self) -> str:
        made = f", {self.op.name}" if self.op else ""
        return f"Tensor({self.name + ', ' if self.name else ''}shape {self.shape}{made})"


def apply(op: Op, *inputs: Tensor | Number) -> Tensor:
    """Return op(inputs) as a tensor that remembers it; a tangent among the inputs goes along.

    Plain numbers, and arrays of whole numbers, take the precision of the tensors they meet.

    Raises:
        ShapeError: the shapes do not fit the operation, or each other.
    """
    tensors = tuple(x if isinstance(x, Tensor) else _constant(x, inputs) for x in inputs)
    arrays = [x.data for x in tensors]
    try:
        y = op.value(*arrays)
    except ShapeError:
        raise
    except ValueError as error:
        shapes = " and ".join(str(x.shape) for x in arrays)
        raise ShapeError(f"{op.name}: got arrays of shapes {shapes}; {error}") from None
    tangent = None
    if any(x.tangent is not None for x in tensors):
        dxs = [np.zeros_like(x.data) if x.tangent is None else x.tangent for x in tensors]
        tangent = op.push(dxs, y, *arrays)
    return Tensor(y, op=op, inputs=tensors, tangent=tangent)


def _constant(x: Number, beside: Sequence[Tensor | Number]) -> Tensor:
    array = np.asarray(x)
    if array.ndim == 0 or array.dtype.kind != "f":
        types = [other.data.dtype for other in beside if isinstance(other, Tensor)]
        array = floats(array).astype(np.result_type(*types) if types else np.float64)
    return Tensor(array)


def gradient(f: Callable[[Tensor], Tensor], x: npt.ArrayLike) -> Array:
    """∇f(x), by one forward walk and one back.

    Shapes: x any, f(x) one number → shaped like x.
    """
    leaf = Tensor(x)
    f(leaf).backward()
    return np.zeros_like(leaf.data) if leaf.grad is None else leaf.grad


def directional(f: Callable[[Tensor], Tensor], x: npt.ArrayLike, v: npt.ArrayLike) -> Array:
    """J v: how f(x) changes as x moves along v, by one forward walk.

    Shapes: x and v the same → shaped like f(x).
    """
    y = f(Tensor(x, tangent=v))
    return np.zeros_like(y.data) if y.tangent is None else y.tangent


@dataclass(frozen=True)
class _Checkpoint(Op):
    f: Callable[..., Tensor]
    name: str = "checkpoint"

    def value(self, *xs: Array) -> Array:
        return self.f(*map(Tensor, xs)).data

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        leaves = [Tensor(x) for x in xs]
        self.f(*leaves).backward(dy)
        return [np.zeros_like(x.data) if x.grad is None else x.grad for x in leaves]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        moved = self.f(*(Tensor(x, tangent=dx) for x, dx in zip(xs, dxs, strict=True)))
        return np.zeros_like(y) if moved.tangent is None else moved.tangent


def checkpoint(f: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """Return f(inputs) and forget everything in between; on the way back, f is computed again.

    Memory falls from all of f's tensors to its inputs and output; f is computed twice, and must do
    the same both times, without new random numbers. Leaves that f uses besides its inputs (weights)
    get their gradients as usual.

    Source: Chen et al., Training deep nets with sublinear memory cost, 2016.
    """
    y = f(*(Tensor(x.data, tangent=x.tangent) for x in inputs))
    return Tensor(y.data, op=_Checkpoint(f), inputs=inputs, tangent=y.tangent)


def kept_bytes(y: Tensor) -> int:
    """Count the bytes of all arrays that y's graph keeps for the way back."""
    return sum(tensor.data.nbytes for tensor in y.walk())


def dot(y: Tensor) -> str:
    """Return the graph of y as text for Graphviz, which draws it: leaves are boxes.

    Each tensor shows its name or operation, and below it its value, or the shape if it is not a
    single number; behind it its gradient, once it has one.
    """
    order = y.walk()
    numbers = {id(tensor): i for i, tensor in enumerate(order)}
    lines = ["digraph {", "    rankdir=LR"]
    for i, tensor in enumerate(order):
        single = tensor.data.size == 1
        below = f"{tensor.data.item():.4g}" if single else f"shape {tensor.shape}"
        if single and tensor.grad is not None:
            below += f", gradient {tensor.grad.item():.4g}"
        above = " = ".join(filter(None, [tensor.name, tensor.op.name if tensor.op else ""]))
        label = json.dumps(f"{above}\n{below}", ensure_ascii=False)
        lines.append(f"    {i} [label={label}, shape={'ellipse' if tensor.op else 'box'}]")
        lines += [f"    {numbers[id(x)]} -> {i}" for x in tensor.inputs]
    return "\n".join([*lines, "}", ""])
