"""PyTorch's `optim`: who clears gradients and makes steps. The steps are `pycore.optimizers`' own.

Examples:
    >>> from pycore import torch
    >>> from pycore.torch import optim
    >>> from pycore.torch import nn
    >>> layer = nn.Linear(1, 1)
    >>> before = layer.weight.data.item()
    >>> optimizer = optim.SGD(layer.parameters(), lr=0.5)
    >>> layer(torch.tensor([[1.0]])).backward()
    >>> layer(torch.tensor([[1.0]])).backward()  # nothing was cleared: the second adds to the first
    >>> layer.weight.grad
    array([[2.]])
    >>> optimizer.step()
    >>> round(layer.weight.data.item() - before, 6)
    -1.0
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

from pycore import optimizers
from pycore.torch.nn import Parameter


class Optimizer:
    """Clears the gradients of its parameters, and makes steps of the engine's optimizer with them.

    Raises:
        ValueError: there are no parameters, or something among them is none.
    """

    def __init__(self, params: Iterable[Parameter], engine: optimizers.Optimizer) -> None:
        self.params = list(params)
        if not self.params:
            raise ValueError("optimizer got an empty parameter list; allowed: model.parameters()")
        for parameter in self.params:
            if not isinstance(parameter, Parameter):
                raise ValueError(f"optimizer got {parameter!r}; allowed: model.parameters()")
        self.engines = [copy.deepcopy(engine) for _ in self.params]  # each remembers its own

    def zero_grad(self) -> None:
        """Let every gradient go: the next backward pass begins a new one."""
        for parameter in self.params:
            parameter.grad = None

    def step(self) -> None:
        """Change every parameter that has a gradient; the others stay, as in PyTorch."""
        for parameter, engine in zip(self.params, self.engines, strict=True):
            if parameter.grad is not None:
                theta = parameter.data.ravel().copy()
                engine.step(theta, parameter.grad.ravel())
                parameter.change(theta)


class SGD(Optimizer):
    """v ← momentum v + g;  θ ← θ − lr v."""

    def __init__(
        self, params: Iterable[Parameter], lr: float = 0.001, momentum: float = 0.0
    ) -> None:
        plain = optimizers.SGD(lr)
        super().__init__(params, optimizers.Momentum(lr, momentum) if momentum else plain)


class Adam(Optimizer):
    """m, v: running means of g and g²;  θ ← θ − lr m̂ / (√v̂ + eps)."""

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(params, optimizers.Adam(lr, *betas, eps))
