"""PyTorch's names for the engine: a training loop that is written for PyTorch runs on it.

It is thin. A tensor is the engine's own (`pycore.autodiff.Tensor`), which remembers how it was
made, so `loss.backward()` is the engine's walk back; `nn` has modules and losses, `optim` hands its
steps to `pycore.optimizers`. It does not know PyTorch itself: `tests/oracle` has PyTorch run the
same programs, and every number is compared.

What is there behaves as it does in PyTorch, mistakes included: gradients add up until they are
cleared, a parameter without a gradient is passed over, and who steps between the forward and the
backward pass is told so. Numbers are float64 where PyTorch would take float32.

Examples:
    >>> from pycore import torch
    >>> from pycore.torch import nn
    >>> model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> x, y = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([[1.0], [0.0]])
    >>> loss_fn = nn.MSELoss()
    >>> for step in range(200):
    ...     optimizer.zero_grad()
    ...     loss = loss_fn(model(x), y)
    ...     loss.backward()
    ...     optimizer.step()
    >>> loss.item() < 0.001
    True
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pycore.arrays import DType
from pycore.autodiff import Tensor
from pycore.torch import nn, optim
from pycore.torch.nn import manual_seed

__all__ = ["Tensor", "float32", "float64", "manual_seed", "nn", "optim", "tensor"]

float32 = np.float32
float64 = np.float64


def tensor(data: npt.ArrayLike, dtype: DType = float64) -> Tensor:
    """Return a tensor with a copy of the numbers."""
    return Tensor(np.array(data, dtype))
