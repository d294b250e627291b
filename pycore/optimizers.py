"""Optimizers: from a gradient to a step, in place, on one flat vector. They know no network.

Examples:
    >>> from pycore.optimizers import Momentum
    >>> import numpy as np
    >>> theta, optimizer = np.array([1.0]), Momentum(lr=0.1, beta=0.9)
    >>> for _ in range(3):
    ...     optimizer.step(theta, 2 * theta)  # the slope of θ²
    >>> theta.round(3), optimizer.t
    (array([0.062]), 3)
    >>> optimizer
    Momentum(lr=0.1, beta=0.9, weight_decay=0.0)
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pycore.arrays import (
    Array,
    NonFiniteError,
    all_finite,
    below_one,
    counted,
    floats,
    shape_error,
    within,
)
from pycore.state import Part, State, check, generators, refuse_broken, taken
from pycore.telling import made


class Optimizer(ABC):
    """θ ← θ − lr · (something made of g), g = dL/dθ.

    Shapes: theta (n,), grad (n,); theta changes in place, grad does not.

    Memory such as `v` starts at zero with the first step, and stays for the next ones. It is held
    in arrays, which are found, and so are generators and other optimizers.

    Raises:
        ValueError: a learning rate, a decay or another number is out of its domain.

    Attributes:
        t: the number of steps made.
        ages: how many of them each number of theta has made, there once some of it was still.
    """

    t = 0
    ages: npt.NDArray[np.intp]
    _network: object = None  # whose steps it makes

    def __repr__(self) -> str:
        return made(self)

    @property
    def lr(self) -> float:
        """The learning rate, a finite number from 0; may be changed between steps."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        within(type(self).__name__, lr=lr)
        self._lr = lr

    def step(self, theta: Array, grad: Array, still: npt.NDArray[np.bool_] | None = None) -> None:
        """Change theta by one step, but for what is `still`: that keeps its memory too.

        Shapes: theta and grad (n,), still the same, of truth values, or None: nothing is.

        Raises:
            ShapeError: the gradient is not shaped like theta, or theta not like the memory, for
                that is of another network.
            TypeError: theta is no array of floats.
            NonFiniteError: the gradient holds NaN or infinity, or the step would make one; names
                where.

        Whatever is raised, theta, the memory and `t` are as they were.
        """
        try:
            fits = grad.shape == theta.shape
        except AttributeError:
            raise TypeError(
                f"{type(self).__name__}: got {theta!r} and {grad!r}; allowed: arrays, for theta is "
                "changed in place"
            ) from None
        if not fits:
            raise shape_error(f"{type(self).__name__}'s gradient", grad, f"{theta.shape}, as theta")
        if not all_finite(grad):
            place = _first_broken(grad)
            raise NonFiniteError(
                f"{type(self).__name__}: the gradient holds {grad.flat[place]:g} at {place}; "
                "allowed: finite numbers",
                place,
            )
        counted_each = hasattr(self, "ages")
        if still is not None:
            self._count_each(theta)
        before, memory, names = theta.copy(), self._kept(), set(vars(self))
        if self.t == 0:
            if theta.dtype.kind != "f":
                raise TypeError(
                    f"{type(self).__name__}: theta holds {theta.dtype}; allowed: floats"
                )
            self.start(theta)
        self.t += 1
        try:
            kept = None if still is None else self._held(theta, still)
            if hasattr(self, "ages"):
                self.ages += 1
            self.update(theta, grad)
            if still is not None and kept is not None:
                for part, was in kept:
                    part[still] = was
            self._refuse_broken(theta)
        except BaseException as error:  # an interruption too
            theta[...] = before
            for thing, name, was in memory:
                setattr(thing, name, was)
            if self.t == 0:  # it was started in vain
                for name in vars(self).keys() - names:
                    delattr(self, name)
            if not counted_each:
                vars(self).pop("ages", None)
            if isinstance(error, ValueError):
                self._refuse_other(theta)
            raise

    @property
    def age(self) -> Any:
        """How many steps a number of theta has made: `t`, or `ages` where they differ."""
        return getattr(self, "ages", self.t)

    def _count_each(self, theta: Array) -> None:
        """From now on count each number's steps: one that is still makes none."""
        for optimizer in (self, *self._inner().values()):
            if not hasattr(optimizer, "ages"):
                optimizer.ages = np.full(theta.shape, optimizer.t)

    def _held(self, theta: Array, still: npt.NDArray[np.bool_]) -> list[tuple[Array, Array]]:
        """Return theta and what is remembered of each of its numbers, with what is still of it."""
        parts = [theta, *vars(self).values()]
        for optimizer in self._inner().values():
            if optimizer.t == 0:
                optimizer.start(theta)
            parts += vars(optimizer).values()
        return [
            (part, part[still])
            for part in parts
            if isinstance(part, np.ndarray) and part.shape == theta.shape
        ]

    def _kept(self) -> list[tuple[object, str, Any]]:
        """Return what a step changes besides theta, to be set again: whose, which, and a copy."""
        kept: list[tuple[object, str, Any]] = [(self, "t", self.t)]
        for name, part in vars(self).items():
            if isinstance(part, np.ndarray):
                kept.append((self, name, part.copy()))
            elif isinstance(part, np.random.Generator):
                kept.append((part.bit_generator, "state", part.bit_generator.state))
            elif isinstance(part, Optimizer):
                kept += part._kept()
        return kept

    def _refuse_broken(self, theta: Array) -> None:
        """Refuse a step that has made NaN or infinity of a parameter or in the memory."""
        for name, part in (("theta", theta), *vars(self).items()):
            if isinstance(part, np.ndarray) and part.dtype.kind == "f" and not all_finite(part):
                place = _first_broken(part)
                raise NonFiniteError(
                    f"{type(self).__name__} at lr {self.lr:g} made {part.flat[place]:g} of "
                    f"{name}[{place}]",
                    place,
                )

    def _refuse_other(self, theta: Array) -> None:
        """Refuse a theta that the memory does not fit."""
        for part in self._memory().values():
            if isinstance(part, np.ndarray) and part.shape != theta.shape:
                raise shape_error(
                    f"{type(self).__name__}'s theta",
                    theta,
                    f"{part.shape}, as in its steps so far; another network takes a new optimizer",
                )

    def belong(self, network: object) -> None:
        """Remember the network that is to be changed, for its steps are remembered too.

        Raises:
            ValueError: it has made steps on another one.
        """
        if self.t and self._network not in (None, network):
            raise ValueError(
                f"{self} has made {self.t} steps on another network, and remembers them; allowed: "
                "a new optimizer for each network"
            )
        self._network = network

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy takes along: not the network."""
        return vars(self) | {"_network": None}

    def start(self, theta: Array) -> None:  # noqa: B027 - most have a memory, plain SGD has none
        """Make the memory, shaped like theta, before the first step."""

    @abstractmethod
    def update(self, theta: Array, grad: Array) -> None:
        """Change theta; `t` counts this step, the first being 1."""

    def tested(self, theta: Array) -> Array:
        """Return the parameters to test with: θ itself, or the average that a schedule-free has.

        One that hands its steps on asks the one that makes them.

        Shapes: (n,) → the same.
        """
        for optimizer in self._inner().values():
            return optimizer.tested(theta)
        return theta

    def state(self) -> State:
        """Return a copy of all that steps change, by name: "kind", "lr", "t", and the memory."""
        inner = {name: part.state() for name, part in self._inner().items()}
        return {"kind": type(self).__name__, "lr": self.lr, "t": self.t, **inner} | taken(
            self._memory()
        )

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on as the optimizer that gave the `state`: one of the same kind.

        Raises:
            ValueError: the state is another kind's, or not one; nothing is changed.
        """
        self._check(state)
        for name, part in self._memory().items():
            if isinstance(part, np.ndarray):
                delattr(self, name)  # for steps may have made it that the state does not know
            else:
                part.bit_generator.state = state[name]
        for name, optimizer in self._inner().items():
            optimizer.restore(state[name])
        vars(self).update({name: np.array(v) for name, v in self._arrays(state).items()})
        self.lr, self.t = state["lr"], state["t"]

    def _check(self, state: Mapping[str, Any]) -> None:
        """Refuse what is no state of such an optimizer."""
        kind = type(self).__name__
        if state.get("kind") != kind:
            raise ValueError(f"{kind}: the state is of {state.get('kind')}; allowed: of {kind}")
        for name in ("lr", "t", *self._inner()):
            if name not in state:
                raise ValueError(f"{kind}: the state has nothing as {name}")
        check(f"{kind}: the state", generators(self), {n: state.get(n) for n in generators(self)})
        for name, value in self._arrays(state).items():
            if np.asarray(value).dtype.kind not in "fiub":
                raise ValueError(f"{kind}: the state has {value!r} as {name}; allowed: an array")
        refuse_broken(f"{kind}: the state", self._arrays(state))
        within(f"{kind}: the state", lr=state["lr"])
        counted(f"{kind}: the state", t=state["t"])
        for name, optimizer in self._inner().items():
            optimizer._check(state[name])

    def _arrays(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a state that is arrays."""
        others = {"kind", "lr", "t", *self._inner(), *generators(self)}
        return {name: value for name, value in state.items() if name not in others}

    def _memory(self) -> dict[str, Part]:
        """Return the arrays and generators that are there by now, by name."""
        arrays = {name: v for name, v in vars(self).items() if isinstance(v, np.ndarray)}
        return arrays | generators(self)

    def _inner(self) -> dict[str, Optimizer]:
        """Return the optimizers that this one hands its steps to, by name."""
        return {name: v for name, v in vars(self).items() if isinstance(v, Optimizer)}


def _first_broken(array: Array) -> int:
    """Return the flat place of the first number that is NaN or infinite."""
    return int(np.isfinite(array).argmin())


class SGD(Optimizer):
    """θ ← θ − lr (g + λ θ).

    Shapes: theta, grad (n,). λ is the weight decay.

    Source: Robbins and Monro, A stochastic approximation method, 1951.
    """

    def __init__(self, lr: float = 0.1, weight_decay: float = 0.0) -> None:
        within(type(self).__name__, weight_decay=weight_decay)
        self.lr, self.weight_decay = lr, weight_decay

    def update(self, theta: Array, grad: Array) -> None:
        """θ ← θ − lr (g + λ θ)."""
        if self.weight_decay:
            grad = grad + self.weight_decay * theta
        theta -= self.lr * grad


class Momentum(Optimizer):
    """v ← β v + g;  θ ← θ − lr v.

    Shapes: theta, grad, v (n,). With weight decay λ, g becomes g + λ θ.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """

    v: Array

    def __init__(self, lr: float = 0.1, beta: float = 0.9, weight_decay: float = 0.0) -> None:
        below_one(type(self).__name__, beta=beta)
        within(type(self).__name__, weight_decay=weight_decay)
        self.lr, self.beta, self.weight_decay = lr, beta, weight_decay

    def start(self, theta: Array) -> None:
        """v = 0."""
        self.v = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """v ← β v + g;  θ ← θ − lr v."""
        if self.weight_decay:
            grad = grad + self.weight_decay * theta
        self.v *= self.beta
        self.v += grad
        theta -= self.lr * self.v


class NAG(Momentum):
    """v ← β v + g;  θ ← θ − lr (g + β v): the gradient where momentum is about to lead.

    Shapes: theta, grad, v (n,).

    Source: Nesterov, A method of solving a convex programming problem with convergence rate
    O(1/k²), 1983; in this form, which takes g at θ itself, Bengio et al., Advances in optimizing
    recurrent networks, 2013.
    """

    def update(self, theta: Array, grad: Array) -> None:
        """v ← β v + g;  θ ← θ − lr (g + β v)."""
        if self.weight_decay:
            grad = grad + self.weight_decay * theta
        self.v *= self.beta
        self.v += grad
        theta -= self.lr * (grad + self.beta * self.v)


class Adagrad(Optimizer):
    """s ← s + g²;  θ ← θ − lr g / (√s + ε).

    Shapes: theta, grad, s (n,).

    Source: Duchi et al., Adaptive subgradient methods, 2011.
    """

    s: Array

    def __init__(self, lr: float = 0.1, eps: float = 1e-10) -> None:
        within(type(self).__name__, eps=eps)
        self.lr, self.eps = lr, eps

    def start(self, theta: Array) -> None:
        """s = 0."""
        self.s = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """s ← s + g²;  θ ← θ − lr g / (√s + ε)."""
        self.s += grad * grad
        theta -= self.lr * grad / (np.sqrt(self.s) + self.eps)


class RMSProp(Optimizer):
    """v ← β v + (1 − β) g²;  θ ← θ − lr g / (√v + ε).

    Shapes: theta, grad, v (n,).

    Source: Tieleman and Hinton, lecture 6.5 of Neural networks for machine learning, 2012.
    """

    v: Array

    def __init__(self, lr: float = 0.01, beta: float = 0.99, eps: float = 1e-8) -> None:
        below_one("RMSProp", beta=beta)
        within(type(self).__name__, eps=eps)
        self.lr, self.beta, self.eps = lr, beta, eps

    def start(self, theta: Array) -> None:
        """v = 0."""
        self.v = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """v ← β v + (1 − β) g²;  θ ← θ − lr g / (√v + ε)."""
        self.v += (1 - self.beta) * (grad * grad - self.v)
        theta -= self.lr * grad / (np.sqrt(self.v) + self.eps)


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − lr m̂ / (√v̂ + ε).

    Shapes: theta, grad, m, v (n,).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start from zero.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
    """

    m: Array
    v: Array

    def __init__(
        self, lr: float = 0.01, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        below_one(type(self).__name__, beta1=beta1, beta2=beta2)
        within(type(self).__name__, eps=eps)
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps

    def start(self, theta: Array) -> None:
        """m = v = 0."""
        self.m, self.v = np.zeros_like(theta), np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """m, v: running means of g and g²;  θ ← θ − lr m̂ / (√v̂ + ε)."""
        self.m += (1 - self.beta1) * (grad - self.m)
        self.v += (1 - self.beta2) * (grad * grad - self.v)
        c1, c2 = self._corrections()
        # m̂ / (√v̂ + ε) with both corrections taken out of the arrays
        theta -= self.m / (np.sqrt(self.v) + self.eps * c2) * (self.lr * c2 / c1)

    def _corrections(self) -> tuple[Any, Any]:
        """1 − β₁ᵗ and √(1 − β₂ᵗ), for each number by itself where their steps differ."""
        c1, c2 = 1 - self.beta1**self.age, 1 - self.beta2**self.age
        return c1, np.sqrt(c2) if isinstance(c2, np.ndarray) else math.sqrt(c2)


class AMSGrad(Adam):
    """Adam, but v̂ is the largest v so far: a weight's step never grows because v forgets.

    Shapes: theta, grad, m, v, largest (n,). m, v and their corrections as in Adam.

    Source: Reddi, Kale and Kumar, On the convergence of Adam and beyond, 2018; with Adam's
    corrections, which the paper leaves out, as PyTorch has it.
    """

    largest: Array

    def start(self, theta: Array) -> None:
        """m = v = 0, and nothing is larger yet."""
        super().start(theta)
        self.largest = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """m, v as in Adam;  u ← max(u, v);  θ ← θ − lr m̂ / (√û + ε)."""
        self.m += (1 - self.beta1) * (grad - self.m)
        self.v += (1 - self.beta2) * (grad * grad - self.v)
        np.maximum(self.largest, self.v, out=self.largest)
        c1, c2 = self._corrections()
        theta -= self.m / (np.sqrt(self.largest) + self.eps * c2) * (self.lr * c2 / c1)


class AdamW(Adam):
    """θ ← θ − lr λ θ, then Adam: the decay is not divided by √v̂.

    Shapes: theta, grad, m, v (n,). λ is the weight decay.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization, 2019.
    """

    def __init__(
        self,
        lr: float = 0.01,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(lr, beta1, beta2, eps)
        within(type(self).__name__, weight_decay=weight_decay)
        self.weight_decay = weight_decay

    def update(self, theta: Array, grad: Array) -> None:
        """θ ← θ (1 − lr λ), then Adam."""
        theta *= 1 - self.lr * self.weight_decay
        super().update(theta, grad)


class Lion(Optimizer):
    """θ ← θ − lr (sign(β₁ m + (1 − β₁) g) + λ θ);  m ← β₂ m + (1 − β₂) g.

    Shapes: theta, grad, m (n,). λ is the weight decay.

    Source: Chen et al., Symbolic discovery of optimization algorithms, 2023.
    """

    m: Array

    def __init__(
        self, lr: float = 0.01, beta1: float = 0.9, beta2: float = 0.99, weight_decay: float = 0.0
    ) -> None:
        below_one("Lion", beta1=beta1, beta2=beta2)
        within(type(self).__name__, weight_decay=weight_decay)
        self.lr, self.beta1, self.beta2, self.weight_decay = lr, beta1, beta2, weight_decay

    def start(self, theta: Array) -> None:
        """m = 0."""
        self.m = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """θ ← θ − lr (sign(β₁ m + (1 − β₁) g) + λ θ);  m ← β₂ m + (1 − β₂) g."""
        direction = np.sign(self.beta1 * self.m + (1 - self.beta1) * grad)
        theta *= 1 - self.lr * self.weight_decay
        theta -= self.lr * direction
        self.m += (1 - self.beta2) * (grad - self.m)


class Sophia(Optimizer):
    """m ← β₁ m + (1 − β₁) g;  θ ← θ − lr (clip(m / max(ρ h, ε), −1, 1) + λ θ).

    Shapes: theta, grad, m, h (n,). λ is the weight decay.

    h is a running mean of estimates of the Hessian's diagonal. Give it one with `curvature` every
    ten steps or so (`hutchinson` makes one); before the first, each step is lr · sign(m).

    Source: Liu et al., Sophia: a scalable stochastic second-order optimizer, 2023.
    """

    m: Array
    h: Array

    def __init__(
        self,
        lr: float = 0.01,
        beta1: float = 0.96,
        beta2: float = 0.99,
        rho: float = 0.04,
        eps: float = 1e-12,
        weight_decay: float = 0.0,
    ) -> None:
        below_one("Sophia", beta1=beta1, beta2=beta2)
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        within(type(self).__name__, rho=rho, eps=eps, weight_decay=weight_decay)
        self.rho, self.eps, self.weight_decay = rho, eps, weight_decay

    def start(self, theta: Array) -> None:
        """m = h = 0, unless `curvature` came first."""
        self.m = np.zeros_like(theta)
        if not hasattr(self, "h"):
            self.h = np.zeros_like(theta)

    def curvature(self, estimate: Array) -> None:
        """h ← β₂ h + (1 − β₂) ĥ.

        Raises:
            ShapeError: the estimate is not shaped like those before it, or like theta.
            NonFiniteError: it holds NaN or infinity; h is as it was.
        """
        estimate = floats(estimate)
        h = getattr(self, "h", np.zeros_like(estimate))
        if estimate.shape != h.shape:
            raise shape_error("Sophia's curvature", estimate, f"{h.shape}, as theta")
        if not all_finite(estimate):
            place = _first_broken(estimate)
            raise NonFiniteError(
                f"Sophia: the curvature holds {estimate.flat[place]:g} at {place}; "
                "allowed: finite numbers",
                place,
            )
        self.h = h + (1 - self.beta2) * (estimate - h)

    def update(self, theta: Array, grad: Array) -> None:
        """m ← β₁ m + (1 − β₁) g;  θ ← θ − lr (clip(m / max(ρ h, ε), −1, 1) + λ θ)."""
        self.m += (1 - self.beta1) * (grad - self.m)
        theta *= 1 - self.lr * self.weight_decay
        theta -= self.lr * np.clip(self.m / np.maximum(self.rho * self.h, self.eps), -1, 1)


class ScheduleFreeSGD(Optimizer):
    """θ = (1 − β) z + β x;  z ← z − lr g(θ);  x ← x + (z − x) / t: an average instead of a decay.

    Shapes: theta, grad, z, x (n,). Train at theta, test at `x`.

    Source: Defazio et al., The road less scheduled, 2024.
    """

    z: Array
    x: Array

    def __init__(self, lr: float = 0.1, beta: float = 0.9) -> None:
        below_one(type(self).__name__, beta=beta)
        self.lr, self.beta = lr, beta

    def start(self, theta: Array) -> None:
        """z = x = θ."""
        self.z, self.x = theta.copy(), theta.copy()

    def update(self, theta: Array, grad: Array) -> None:
        """z ← z − lr g;  x ← x + (z − x) / t;  θ = (1 − β) z + β x."""
        self.z -= self.lr * grad
        self.x += (self.z - self.x) / self.age
        theta[...] = self.z + self.beta * (self.x - self.z)

    def tested(self, theta: Array) -> Array:
        """Return x, the average."""
        return self.x if self.t else theta


class ScheduleFreeAdamW(Optimizer):
    """Schedule-free SGD with Adam's second moment: z ← z − lr (g / (√v̂ + ε) + λ θ).

    Shapes: theta, grad, z, x, v (n,). Train at theta, test at `x`.

    Source: Defazio et al., The road less scheduled, 2024.
    """

    z: Array
    x: Array
    v: Array

    def __init__(
        self,
        lr: float = 0.01,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        below_one("ScheduleFreeAdamW", beta1=beta1, beta2=beta2)
        within("ScheduleFreeAdamW", eps=eps, weight_decay=weight_decay)
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.eps, self.weight_decay = eps, weight_decay

    def start(self, theta: Array) -> None:
        """z = x = θ, v = 0."""
        self.z, self.x, self.v = theta.copy(), theta.copy(), np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """v as in Adam;  z ← z − lr (g / (√v̂ + ε) + λ θ);  x and θ as in schedule-free SGD."""
        self.v += (1 - self.beta2) * (grad * grad - self.v)
        scale = np.sqrt(self.v / (1 - self.beta2**self.age)) + self.eps
        self.z -= self.lr * (grad / scale + self.weight_decay * theta)
        self.x += (self.z - self.x) / self.age
        theta[...] = self.z + self.beta1 * (self.x - self.z)

    def tested(self, theta: Array) -> Array:
        """Return x, the average."""
        return self.x if self.t else theta


def orthogonal(matrix: Array, steps: int = 5) -> Array:
    """Return the matrix with each singular value moved close to 1, its directions kept.

    Shapes: (m, n) → the same. Newton–Schulz: X ← 3.4445 X − 4.7750 X Xᵀ X + 2.0315 (X Xᵀ)² X, from
    X = matrix / its norm. Five steps bring each singular value from 0.004 of the norm on into 0.68
    to 1.2; zero stays zero. Only products of matrices, no decomposition.

    Source: Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024.
    """
    counted("orthogonal", steps=steps)
    matrix = floats(matrix)
    if matrix.ndim != 2:
        raise shape_error("orthogonal", matrix, "(m, n)")
    norm = float(np.linalg.norm(matrix))
    if norm == 0.0:
        return matrix.copy()
    tall = matrix.shape[0] > matrix.shape[1]
    X = (matrix.T if tall else matrix) / norm
    for _ in range(steps):
        A = X @ X.T
        X = 3.4445 * X + (-4.7750 * A + 2.0315 * (A @ A)) @ X
    return np.asarray(X.T if tall else X)


class Muon(Optimizer):
    """v ← β v + g;  Θ ← Θ (1 − lr λ) − lr √max(1, m / n) · orthogonal(g + β v).

    Shapes: theta, grad, v (m n,), one matrix Θ of n `columns`, row by row. λ is the weight decay.

    All directions of a matrix are moved equally far, whatever its entries are. For hidden layers:
    give it the part of a network's theta that is one weight matrix, `theta[a:b]`, and leave biases,
    embeddings and the last layer to AdamW. With one column the step is the gradient's direction.

    Source: Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024.
    """

    v: Array

    def __init__(
        self, lr: float = 0.02, beta: float = 0.95, columns: int = 1, weight_decay: float = 0.0
    ) -> None:
        below_one("Muon", beta=beta)
        within("Muon", weight_decay=weight_decay)
        counted("Muon", columns=columns)
        if columns == 0:
            raise ValueError("Muon: columns is 0; allowed: whole numbers from 1")
        self.lr, self.beta, self.columns, self.weight_decay = lr, beta, columns, weight_decay

    def start(self, theta: Array) -> None:
        """v = 0."""
        if theta.size % self.columns:
            raise ValueError(
                f"Muon: theta has {theta.size} numbers, no rows of {self.columns} columns"
            )
        self.v = np.zeros_like(theta)

    def update(self, theta: Array, grad: Array) -> None:
        """v ← β v + g;  Θ ← Θ (1 − lr λ) − lr √max(1, m / n) · orthogonal(g + β v)."""
        self.v *= self.beta
        self.v += grad
        ahead = (grad + self.beta * self.v).reshape(-1, self.columns)
        scale = math.sqrt(max(1.0, ahead.shape[0] / self.columns))
        theta *= 1 - self.lr * self.weight_decay
        theta -= self.lr * scale * orthogonal(ahead).ravel()
