"""Objectives: what is minimised, and its gradient. They know no optimizer and no time.

Examples:
    >>> from pycore.losses import MeanSquaredError
    >>> from pycore.models import mlp
    >>> from pycore.objectives import Supervised
    >>> objective = Supervised(mlp([1, 1], rng=0), MeanSquaredError(), [[0.0], [1.0]], [1.0, 3.0])
    >>> objective.network.theta[...] = 0
    >>> objective.loss_and_grad(), objective.network.grad
    (5.0, array([-3., -4.]))
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pycore import data
from pycore.arrays import (
    Array,
    Integers,
    NonFiniteError,
    ShapeError,
    all_finite,
    numbers,
    shape_error,
)
from pycore.fused import FusedStep, fusible
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import Loss
from pycore.normalization import BatchNorm
from pycore.state import Part, generators


@contextmanager
def watched(network: Layer, name: str = "") -> Iterator[None]:
    """Inside of `with`, refuse the first forward or backward of a layer that makes NaN or infinity.

    For training loops of one's own, while looking for the reason: every result is looked through.
    A layer inside of others is named by its path, as its parameters are: 1.0.2. `name` tells one
    network from another.

    Raises:
        NonFiniteError: names the pass and the layer, of layers in each other the innermost.
    """
    layers = dict(network.paths())
    for path, layer in layers.items():
        of = f"of {f'layer {path}' if path else 'the network'}, {layer}"
        added_to = [gradient for _, _, gradient in layer.parameters()]
        for way, called, written in (
            ("forward", "forward", []),
            ("backward", "backward", added_to),
            ("backward", "accumulate", added_to),
        ):
            said = f"{name}{': ' * bool(name)}{way} {of}"
            setattr(layer, called, _refusing(getattr(layer, called), written, said))
    try:
        yield
    finally:
        for layer in layers.values():
            del layer.forward, layer.backward, layer.accumulate  # what the class has stands behind


def _refusing(
    method: Callable[..., Array | None], written: Sequence[Array], name: str
) -> Callable[..., Array | None]:
    """Return the method, which then looks at its result and at what it has written."""

    def refusing(*args: Any, **options: Any) -> Array | None:
        result = method(*args, **options)
        made = written if result is None else (result, *written)
        if not all(np.isfinite(array).all() for array in made):
            raise NonFiniteError(f"{name}, made NaN or infinity")
        return result

    return refusing


class Objective(ABC):
    """L(θ) and dL/dθ, on rows of the data: all that training has to know of a model.

    Shapes: rows (batch,) of whole numbers below `count`, or None → one number.

    A new objective is a subclass that defines `loss_and_grad`. Where it needs a second network, it
    names all of them in `networks`; generators of random numbers that it holds are found.

    Raises:
        TypeError: the network is no layer, such as a class not called.
        ValueError: a parameter is no part of the network's theta.

    Attributes:
        network: what learns; its theta is θ.
        count: how many rows there are to choose from; None where the objective draws new examples
            each time.
    """

    def __init__(self, network: Layer, count: int | None = None) -> None:
        who = type(self).__name__
        if not isinstance(network, Layer):
            raise TypeError(f"{who}: network is {network!r}; allowed: an object of Layer")
        if hasattr(network, "theta"):
            network.refuse_unnamed()
        else:
            network.pack()
        if hidden := network.hidden():
            raise ValueError(
                f"{who}: layers in {', '.join(hidden)} are not found, and would not learn; "
                "allowed: each as an attribute, or in a list or tuple"
            )
        self.refuse_loose(network)
        self.network, self.count = network, count

    def __repr__(self) -> str:
        rows = "new rows each time" if self.count is None else f"{self.count} rows"
        return f"{type(self).__name__}({self.network}, {rows})"

    def refuse_loose(self, network: Layer) -> None:
        """Refuse parameters that no step would reach, and gradients that none would see.

        Raises:
            ValueError: names them.
        """
        if loose := network.loose():
            raise ValueError(
                f"{type(self).__name__}: {', '.join(loose)} of {network} is no part of its theta "
                "or grad: it was replaced, or added, or another network has it now; allowed: to "
                "write into it, as in W[...] = 0 and dW += …, or to call pack()"
            )

    @abstractmethod
    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return L on these rows, None for all of them, and leave dL/dθ in `network.grad`."""

    def went_well(self, loss: float) -> bool:
        """Tell whether neither the last pass's loss nor its gradient is NaN or infinite."""
        return math.isfinite(loss) and all_finite(self.network.grad)

    def takes_one_row(self) -> bool:
        """Tell whether a batch may be of a single row; batch normalisation may want more."""
        return True

    def project(self) -> None:  # noqa: B027 - most objectives allow every θ
        """Move θ back to where it may be; called after each step."""

    def networks(self) -> dict[str, Layer]:
        """Return every network that a pass runs through, by name."""
        return {"network": self.network}

    def buffers(self) -> dict[str, Part]:
        """Return what a pass changes besides the gradients, by name: see `Layer.buffers`."""
        return self._parts(lambda network: dict(network.buffers()))

    def lasting(self) -> dict[str, Part]:
        """Return the parameters too."""
        return self._parts(Layer.lasting)

    def _parts(self, of: Callable[[Layer], Mapping[str, Part]]) -> dict[str, Part]:
        found = {
            f"{name}.{key}": part
            for name, network in self.networks().items()
            for key, part in of(network).items()
        }
        return found | generators(self)

    def repeat(self, rows: Integers | None = None) -> float:
        """Do as `loss_and_grad`, while every layer is watched; look at what lies between them."""
        return self.loss_and_grad(rows)

    def blame(self, rows: Integers | None = None) -> str:
        """Repeat the pass slowly; say what made the first number that is not finite."""
        networks = self.networks()
        names = networks.keys() if len(networks) > 1 else [""]
        for name, network in zip(names, networks.values(), strict=True):
            for key, value, _ in network.parameters():
                if not np.isfinite(value).all():
                    return f"{name}{': ' * bool(name)}parameter {key} holds NaN or infinity"
            network.zero_grad()
        try:
            with ExitStack() as stack:
                for name, network in zip(names, networks.values(), strict=True):
                    stack.enter_context(watched(network, name))
                loss = self.repeat(rows)
        except NonFiniteError as error:
            return str(error)
        return f"the {'gradient' if math.isfinite(loss) else 'loss'} overflowed"


class Supervised(Objective):
    """L = loss(network(x), y): the outputs are compared with targets.

    Shapes: x (n, …), y as the loss takes it; arrays or lists, of which copies are kept, as precise
    as the network: whatever becomes of x and y later, the training is of what they were.

    Where the network is a plain multi-layer perceptron, forward and backward run as a `FusedStep`,
    which comes to the same numbers. With `fused=False` they run layer by layer, so that a debugger
    walks through what the layers say.

    With `sample_weights` rows count by them: L = mean of wᵢ ℓᵢ / w̄, w̄ the mean of all weights, so
    that they may be of any size and a batch of heavy rows has a large loss. A row of weight 2
    counts as two rows of weight 1.

    Raises:
        TypeError: network or loss is something else, such as a class not called, x, y or weights
            hold no real numbers, or the loss does not weigh rows.
        ValueError: x and y differ in rows, a number in y is none for the loss, numbers are masked,
            a weight is below 0 or all are 0, or a parameter is no part of the network's theta.
    """

    def __init__(
        self,
        network: Layer,
        loss: Loss,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        sample_weights: npt.ArrayLike | None = None,
        fused: bool = True,
    ) -> None:
        x, y = numbers("Supervised: x", x), numbers("Supervised: y", y)
        super().__init__(network, data.same_length("Supervised", x, y))
        if not isinstance(loss, Loss):
            raise TypeError(f"Supervised: loss is {loss!r}; allowed: an object of Loss")
        self.loss, self.fused = loss, fused
        order: Literal["C", "F"] = "F" if x.ndim == 2 else "C"  # the products want rows that way
        precise = network.theta.dtype
        self.x = np.array(x, precise if x.dtype.kind == "f" else x.dtype, order=order)
        self.y = loss.prepare(y.copy(), precise)
        loss.require(self.y)
        self._loss = loss.trusting()
        self.sample_weights: Array | None = None
        if sample_weights is not None:
            self._loss = self._weighed = _Weighed(self._loss)
            self.sample_weights = _shares(sample_weights, len(x)).astype(precise)
        self._fused_steps: dict[int, FusedStep] = {}
        self._well = False  # the last pass is known to have gone well

    def __repr__(self) -> str:
        return f"Supervised({self.network}, {self.loss}, {self.count} rows)"

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return the loss, and leave its gradient in `network.grad`."""
        network = self.network
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        if (weights := self.sample_weights) is not None:
            self._weighed.weights = weights if rows is None else weights[rows]
        if fused_step := self._fused_step(x):
            loss = fused_step(self._loss, x, y)
            if math.isfinite(loss) and all_finite(network.grad):
                self._well = True
                return loss  # else the layers may find a way around, or tell where it happened
        self._well = False
        network.zero_grad()
        loss = self._loss.forward(network.forward(x, training=True), y)
        network.accumulate(self._loss.backward())
        return loss

    def takes_one_row(self) -> bool:
        """Try it, on a copy."""
        return _normalises_one(self.network, self.x)

    def went_well(self, loss: float) -> bool:
        """Do not look twice at what the fused step made."""
        return self._well or super().went_well(loss)

    def blame(self, rows: Integers | None = None) -> str:
        """Look at x, y and the loss too."""
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        if not np.isfinite(x).all():
            return "the input x itself holds NaN or infinity"
        if not np.isfinite(y).all():
            return "the target y itself holds NaN or infinity"
        return super().blame(rows)

    def repeat(self, rows: Integers | None = None) -> float:
        """Look at the loss and its gradient."""
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        loss = self._loss.forward(self.network.forward(x, training=True), y)
        dy = self._loss.backward()
        if not math.isfinite(loss) or not np.isfinite(dy).all():
            raise NonFiniteError(f"{type(self.loss).__name__} made NaN or infinity")
        self.network.backward(dy)
        return loss

    def _fused_step(self, x: Array) -> FusedStep | None:
        """Return the fused step for so many rows, or None where the network allows none."""
        network = self.network
        if not isinstance(network, Sequential) or not self.fused:
            return None
        step = self._fused_steps.get(len(x))
        if step is None or not step.fits(network, x):
            if not fusible(network, x):
                return None
            step = self._fused_steps[len(x)] = FusedStep(network, len(x))
        return step

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy takes along: not the fused steps, whose buffers are this one's."""
        return vars(self) | {"_fused_steps": {}}


def _normalises_one(network: Layer, x: Array) -> bool:
    """Tell whether a pass in training goes through with one row of x, where any is normalised."""
    if not any(isinstance(layer, BatchNorm) for layer in network.walk()):
        return True
    try:
        copy.deepcopy(network).forward(x[:1], training=True)
    except ShapeError:
        return False
    return True


class _Weighed(Loss):
    """L = mean of wᵢ ℓᵢ of another loss; dL/dyᵢ = wᵢ times the other's."""

    weights: Array

    def __init__(self, loss: Loss) -> None:
        if type(loss).each is Loss.each:
            loss.each()  # which refuses
        self.loss = loss

    def forward(self, y: Array, target: npt.NDArray[Any]) -> float:
        """Return mean of wᵢ ℓᵢ."""
        self.loss.forward(y, target)
        return float((self.weights * self.loss.each()).mean())

    def backward(self) -> Array:
        """Return wᵢ dℓᵢ / dy."""
        dy = self.loss.backward()
        return dy * self.weights.reshape(-1, *[1] * (dy.ndim - 1))


def _shares(weights: npt.ArrayLike, rows: int) -> Array:
    """Return the weights divided by their mean.

    Shapes: (rows,) → the same.
    """
    w = numbers("Supervised: sample_weights", weights).astype(np.float64)
    if w.shape != (rows,):
        raise shape_error("Supervised's sample_weights", w, f"({rows},), one for each row")
    if not (np.isfinite(w).all() and (w >= 0).all() and w.any()):
        strange = w[~(np.isfinite(w) & (w >= 0))]
        said = f"one is {strange[0]:g}" if strange.size else "all are 0"
        raise ValueError(
            f"Supervised: sample_weights: {said}; allowed: finite numbers from 0, one above"
        )
    w /= w.max()  # so that the sum of the largest is a number too
    return np.asarray(w / w.mean())


class Unsupervised(Objective):
    """L of the examples alone: rows of x, or new ones each time, where x is a function.

    Shapes: x (n, …), an array or a list, of which a copy is kept, or () → (batch, …).
    """

    x: Array | Callable[[], Array]

    def __init__(self, network: Layer, x: npt.ArrayLike | Callable[[], Array]) -> None:
        if callable(x):
            super().__init__(network)
            self.x = x
            return
        x = numbers(f"{type(self).__name__}: x", x).copy()
        if x.ndim == 0 or len(x) == 0:
            raise shape_error(f"{type(self).__name__}'s x", x, "(n, …), at least one row")
        super().__init__(network, len(x))
        self.x = x

    def examples(self, rows: Integers | None = None) -> Array:
        """Return these rows, None for all of them, or new examples."""
        if callable(self.x):
            return self.x()
        return self.x if rows is None else self.x[rows]
