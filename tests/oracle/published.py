"""Optimizers that PyTorch lacks, in the form their authors published for it. Needs PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor


class _Published(torch.optim.Optimizer):
    """One group of parameters, each with a state of its own."""

    def __init__(self, parameters: list[Tensor], **options: float) -> None:
        super().__init__(parameters, dict(options))

    def _each(self) -> Iterator[tuple[dict[str, Any], dict[str, Any], Tensor, Tensor]]:
        """Yield (options, state, parameter, gradient)."""
        for group in self.param_groups:
            for p in group["params"]:
                yield group, self.state[p], p, p.grad


class Lion(_Published):
    """Chen et al., 2023: github.com/google/automl, lion/lion_pytorch.py."""

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Decay, a step by the sign of the interpolation, then the momentum."""
        for group, state, p, grad in self._each():
            exp_avg = state.setdefault("exp_avg", torch.zeros_like(p))
            p.mul_(1 - group["lr"] * group["weight_decay"])
            update = exp_avg * group["beta1"] + grad * (1 - group["beta1"])
            p.add_(update.sign_(), alpha=-group["lr"])
            exp_avg.mul_(group["beta2"]).add_(grad, alpha=1 - group["beta2"])


class Sophia(_Published):
    """Liu et al., 2023, algorithm 3: clip(m / max(ρ h, ε), 1), h from estimates now and then."""

    @torch.no_grad()
    def curvature(self, estimate: Tensor) -> None:
        """Move h towards the estimate; for one parameter."""
        for group, state, p, _ in self._each():
            h = state.setdefault("h", torch.zeros_like(p))
            h.mul_(group["beta2"]).add_(estimate, alpha=1 - group["beta2"])

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Momentum, decay, then the clipped step."""
        for group, state, p, grad in self._each():
            h = state.setdefault("h", torch.zeros_like(p))
            m = state.setdefault("m", torch.zeros_like(p))
            m.mul_(group["beta1"]).add_(grad, alpha=1 - group["beta1"])
            p.mul_(1 - group["lr"] * group["weight_decay"])
            ratio = (m.abs() / (group["rho"] * h).clamp(min=group["eps"])).clamp(max=1)
            p.addcmul_(m.sign(), ratio, value=-group["lr"])


class Muon(_Published):
    """Jordan et al., 2024: github.com/KellerJordan/Muon, in the precision of the parameters.

    All of them together are one matrix of so many columns, as the engine's theta is.
    """

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Nesterov's momentum, five steps of Newton and Schulz, decay, and the step."""
        a, b, c = 3.4445, -4.7750, 2.0315
        for group in self.param_groups:
            each = group["params"]
            grad = torch.cat([p.grad.flatten() for p in each])
            momentum = self.state[each[0]].setdefault("momentum", torch.zeros_like(grad))
            momentum.mul_(group["beta"]).add_(grad)
            update = grad.add(momentum, alpha=group["beta"]).reshape(-1, int(group["columns"]))
            rows, columns = update.shape
            X = update / update.norm()
            X = X.T if rows > columns else X
            for _ in range(5):
                A = X @ X.T
                X = a * X + (b * A + c * A @ A) @ X
            moved = (X.T if rows > columns else X).flatten() * max(1, rows / columns) ** 0.5
            for p, piece in zip(each, moved.split([p.numel() for p in each]), strict=True):
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(piece.reshape(p.shape), alpha=-group["lr"])


class ScheduleFree(_Published):
    """Defazio et al., 2024: github.com/facebookresearch/schedule_free, SGD, or AdamW with `beta2`.

    Their code keeps y, where the gradient is taken, and z; x is never stored.
    """

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Move y towards z by 1/t and along the gradient, then z."""
        for group, state, y, grad in self._each():
            z = state.setdefault("z", y.detach().clone())
            k = state["k"] = state.get("k", 0) + 1
            if "beta2" in group:
                v = state.setdefault("exp_avg_sq", torch.zeros_like(y))
                v.mul_(group["beta2"]).addcmul_(grad, grad, value=1 - group["beta2"])
                grad = grad / (v / (1 - group["beta2"] ** k)).sqrt().add(group["eps"])
                grad = grad.add(y, alpha=group["weight_decay"])
            y.lerp_(z, 1 / k)
            y.add_(grad, alpha=group["lr"] * (group["beta1"] * (1 - 1 / k) - 1))
            z.sub_(grad, alpha=group["lr"])
