"""Optimizers: from a gradient to a step, in place, on one flat vector. They know no network."""

from __future__ import annotations

import math

import numpy as np

from pycore.arrays import Array


class Optimizer:
    """θ ← θ − lr · (something made of dL/dθ).

    Shapes: theta (n,), grad (n,); theta changes in place, grad does not.

    Attributes:
        lr: the learning rate; may be changed between steps.
    """

    lr: float

    def step(self, theta: Array, grad: Array) -> None:
        """Change theta by one step."""
        raise NotImplementedError


class SGD(Optimizer):
    """θ ← θ − lr g.

    Shapes: theta, grad (n,).
    """

    def __init__(self, lr: float = 0.1) -> None:
        self.lr = lr

    def step(self, theta: Array, grad: Array) -> None:
        """θ ← θ − lr g."""
        theta -= self.lr * grad


class Momentum(Optimizer):
    """v ← β v + g;  θ ← θ − lr v.

    Shapes: theta, grad, v (n,).

    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """

    def __init__(self, lr: float = 0.1, beta: float = 0.9) -> None:
        self.lr, self.beta = lr, beta
        self.v: Array | None = None

    def step(self, theta: Array, grad: Array) -> None:
        """v ← β v + g;  θ ← θ − lr v."""
        if self.v is None:
            self.v = np.zeros_like(theta)
        self.v *= self.beta
        self.v += grad
        theta -= self.lr * self.v


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  θ ← θ − lr m̂ / (√v̂ + ε).

    Shapes: theta, grad, m, v (n,).

    m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start from zero.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.
    """

    def __init__(
        self, lr: float = 0.01, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.m: Array | None = None
        self.v: Array | None = None

    def step(self, theta: Array, grad: Array) -> None:
        """m, v: running means of g and g²;  θ ← θ − lr m̂ / (√v̂ + ε)."""
        if self.m is None or self.v is None:
            self.m, self.v = np.zeros_like(theta), np.zeros_like(theta)
        self.t += 1
        self.m += (1 - self.beta1) * (grad - self.m)
        self.v += (1 - self.beta2) * (grad * grad - self.v)
        c1, c2 = 1 - self.beta1**self.t, math.sqrt(1 - self.beta2**self.t)
        theta -= self.m / (np.sqrt(self.v) + self.eps * c2) * (self.lr * c2 / c1)


def gradient_norm(grad: Array) -> float:
    """‖g‖ = √Σ gᵢ².

    Shapes: (n,) → one number.
    """
    return math.sqrt(float(np.vdot(grad, grad)))
