"""PyTorch's `nn` on the engine's tensors: modules that hold parameters, and losses.

A module is called on a tensor and gives another; its parameters have PyTorch's names and layout, so
a `state_dict` of one fits the other.

Examples:
    >>> from pycore import torch
    >>> from pycore.torch import nn
    >>> _ = torch.manual_seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> {name: array.shape for name, array in model.state_dict().items()}
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    >>> loss = nn.BCEWithLogitsLoss()(model(torch.tensor([[0.0, 1.0]])), torch.tensor([[1.0]]))
    >>> loss.backward()
    >>> [parameter.grad.shape for parameter in model.parameters()]
    [(3, 2), (3,), (1, 3), (1,)]
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, Seed, positive, seeded, told
from pycore.autodiff import Op, Tensor, apply, multiplied
from pycore.kernels import product

_chance = [np.random.default_rng(0)]  # one for the whole program, as PyTorch has it


def manual_seed(seed: Seed) -> np.random.Generator:
    """Begin the random numbers anew from which modules made hereafter draw their parameters.

    They are not the numbers that PyTorch draws from this seed.
    """
    _chance[0] = seeded(seed)
    return _chance[0]


class Parameter(Tensor):
    """A tensor that an optimizer may change.

    Attributes:
        version: how often it was changed, so that a backward pass can tell.
    """

    version = 0

    def change(self, data: Array) -> None:
        """Put other numbers of the same shape in place of these."""
        self.data = data.reshape(self.shape)
        self.version += 1


class Module(ABC):
    """A function of tensors that may hold parameters, and other modules, as attributes."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Return what the module makes of x."""

    def __call__(self, x: Tensor) -> Tensor:
        """Return `forward` of x."""
        return self.forward(x)

    def parts(self) -> Iterable[tuple[str, object]]:
        """Return what it is made of, by name: its attributes."""
        return vars(self).items()

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Return the parameters, those of the modules inside too, by their full names."""
        for name, part in self.parts():
            if isinstance(part, Parameter):
                yield prefix + name, part
            elif isinstance(part, Module):
                yield from part.named_parameters(f"{prefix}{name}.")

    def parameters(self) -> Iterator[Parameter]:
        """Return the parameters, for an optimizer."""
        for _, parameter in self.named_parameters():
            yield parameter

    def state_dict(self) -> dict[str, Array]:
        """Return a copy of every parameter's numbers, by name."""
        return {name: parameter.data.copy() for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Tensor | npt.ArrayLike]) -> None:
        """Take over the numbers of a state.

        Raises:
            RuntimeError: a name is missing or strange, or a shape differs; nothing is changed.
        """
        mine = dict(self.named_parameters())
        given = {n: np.asarray(a.data if isinstance(a, Tensor) else a) for n, a in state.items()}
        for name in sorted(mine.keys() | given.keys()):
            here = f"shape {mine[name].shape}" if name in mine else "nothing"
            there = f"shape {given[name].shape}" if name in given else "nothing"
            if here != there:
                raise RuntimeError(f"load_state_dict: {name} has {there}; allowed: {here}")
        for name, parameter in mine.items():
            parameter.change(given[name].astype(parameter.data.dtype))

    def double(self) -> Module:
        """Return the module, whose numbers are float64 as they are."""
        return self


class _Affine(Op):
    """y = x Wᵀ + b. It remembers which W it read, for the way back reads it again."""

    name = "Linear"

    def __init__(self, weight: Parameter, reads_again: bool) -> None:
        self.weight, self.read, self.reads_again = weight, weight.version, reads_again

    def value(self, *xs: Array) -> Array:
        """Return y."""
        x, W, b = xs
        return np.asarray(product(x, W.T) + b)

    def pull(self, dy: Array, y: Array, *xs: Array) -> list[Array]:
        """dx = dy W;  dW = dyᵀ x;  db = Σ dy."""
        x, W, _ = xs
        if self.reads_again and self.weight.version != self.read:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                "inplace operation; allowed: step() before the forward pass or after backward()"
            )
        flat, rows = dy.reshape(-1, dy.shape[-1]), x.reshape(-1, x.shape[-1])
        return [multiplied(dy, W), multiplied(flat.T, rows), flat.sum(axis=0)]

    def push(self, dxs: Sequence[Array], y: Array, *xs: Array) -> Array:
        """dy = dx Wᵀ + x dWᵀ + db."""
        return np.asarray(multiplied(dxs[0], xs[1].T) + multiplied(xs[0], dxs[1].T) + dxs[2])


class Linear(Module):
    """y = x Wᵀ + b; both begin uniform within ±1 / √in_features.

    Shapes: x (…, in_features), weight (out_features, in_features), bias (out_features,) → y (…,
    out_features).

    Raises:
        RuntimeError: x has another width, in PyTorch's words.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        positive("Linear", in_features=in_features, out_features=out_features)
        self.in_features, self.out_features = in_features, out_features
        bound, rng = 1 / math.sqrt(in_features), _chance[0]
        self.weight = Parameter(rng.uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(rng.uniform(-bound, bound, out_features))

    def forward(self, x: Tensor) -> Tensor:
        """Return x Wᵀ + b."""
        if x.shape[-1:] != (self.in_features,):
            rows = math.prod(x.shape[:-1])
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1] if x.shape else 1}"
                f" and {self.in_features}x{self.out_features}); allowed: {self.in_features} columns"
            )
        made = x.op is not None or isinstance(x, Parameter)
        return apply(_Affine(self.weight, made), x, self.weight, self.bias)

    def __repr__(self) -> str:
        return f"Linear({self.in_features}, {self.out_features})"


class Tanh(Module):
    """y = tanh x."""

    def forward(self, x: Tensor) -> Tensor:
        """Return tanh x."""
        return x.tanh()


class ReLU(Module):
    """y = max(x, 0)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return max(x, 0)."""
        return x.relu()


class Sigmoid(Module):
    """y = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return σ(x)."""
        return x.sigmoid()


class Sequential(Module):
    """y = fₙ(… f₂(f₁(x))).

    Raises:
        TypeError: one of them is no module, or a class of modules that was not called.
    """

    def __init__(self, *modules: Module) -> None:
        for module in modules:
            if not isinstance(module, Module):
                raise TypeError(f"Sequential: got {module!r}; allowed: modules, such as nn.Tanh()")
        self.layers = modules

    def parts(self) -> Iterable[tuple[str, object]]:
        """Return its modules, each by its place."""
        return ((str(place), module) for place, module in enumerate(self.layers))

    def forward(self, x: Tensor) -> Tensor:
        """Return the last module's output."""
        for module in self.layers:
            x = module(x)
        return x


class MSELoss:
    """L = mean of (y − t)².

    Raises:
        ValueError: y and t differ in shape. (PyTorch warns, and goes on with something else.)
    """

    def __call__(self, y: Tensor, target: Tensor) -> Tensor:
        """Return L."""
        _refuse_other(y, target)
        return ((y - target) ** 2).mean()


class BCEWithLogitsLoss:
    """L = mean of −t log σ(y) − (1 − t) log(1 − σ(y)), from the logits y.

    Raises:
        ValueError: y and t differ in shape.
    """

    def __call__(self, y: Tensor, target: Tensor) -> Tensor:
        """Return L."""
        _refuse_other(y, target)
        return ((1 - target) * y.softplus() + target * (-y).softplus()).mean()


class CrossEntropyLoss:
    """L = mean of −log softmax(y)ₜ, from the logits y and the classes t.

    Shapes: y (batch, classes), whole numbers t (batch,) → one number.

    Raises:
        ValueError: t is not one whole number for each row of y, from 0 to classes − 1.
    """

    def __call__(self, y: Tensor, target: Tensor) -> Tensor:
        """Return L."""
        t = target.data
        if y.data.ndim != 2 or t.shape != y.shape[:1]:
            raise ValueError(f"Target size {t.shape} with input size {y.shape}; allowed: one a row")
        if (t != np.floor(t)).any() or t.min() < 0 or t.max() >= y.shape[1]:
            raise ValueError(
                f"Target runs from {told(t.min())} to {told(t.max())}; "
                f"allowed: whole numbers from 0 to {y.shape[1] - 1}"
            )
        return -y.log_softmax()[np.arange(len(t)), t.astype(int)].mean()


def _refuse_other(y: Tensor, target: Tensor) -> None:
    if y.shape != target.shape:
        raise ValueError(
            f"Target size {target.shape} must be the same as input size {y.shape}; "
            f"allowed: {y.shape}"
        )
