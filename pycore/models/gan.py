"""Generative adversarial networks: one network draws, another judges, and each learns in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from pycore import gradients
from pycore.adversarial import MinimaxGenerator, NonSaturatingGenerator, Wasserstein
from pycore.arrays import Array
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy, Loss
from pycore.optimizers import Optimizer
from pycore.training import NonFiniteError, is_finite, watched

Objective = Literal["minimax", "non-saturating", "wasserstein"]
OBJECTIVES: dict[Objective, tuple[type[Loss], float, type[Loss]]] = {
    "minimax": (BinaryCrossEntropy, 0.0, MinimaxGenerator),
    "non-saturating": (BinaryCrossEntropy, 0.0, NonSaturatingGenerator),
    "wasserstein": (Wasserstein, -1.0, Wasserstein),
}
"""The discriminator's loss, its target for samples (for data it is 1), the generator's loss."""


class GAN:
    """min over G, max over D of V = mean log σ(D(x)) + mean log(1 − σ(D(G(z)))),  z ~ N(0, I).

    Shapes: generator (batch, n_z) → (batch, n), discriminator (batch, n) → logits (batch, 1).

    "non-saturating": G maximises mean log σ(D(G(z))) instead of its part of V. "wasserstein": D
    maximises mean D(x) − mean D(G(z)), and its weights are kept within ±`clip`.

    A step that meets NaN or infinity raises NonFiniteError and leaves the parameters as they were.

    Source: Goodfellow et al., Generative adversarial nets, 2014; Arjovsky et al., Wasserstein GAN,
    2017.

    Raises:
        ValueError: there is no such objective.
    """

    def __init__(
        self,
        generator: Sequential,
        discriminator: Sequential,
        optimizers: tuple[Optimizer, Optimizer],
        n_z: int,
        rng: np.random.Generator,
        objective: Objective = "non-saturating",
        clip: float = 0.1,
    ) -> None:
        if objective not in OBJECTIVES:
            raise ValueError(f"GAN: objective is {objective!r}; allowed: {', '.join(OBJECTIVES)}")
        self.generator, self.discriminator = generator, discriminator
        self.generator_optimizer, self.discriminator_optimizer = optimizers
        self.n_z, self.rng, self.clip = n_z, rng, clip
        self.wasserstein = objective == "wasserstein"
        of_discriminator, self.target, of_generator = OBJECTIVES[objective]
        self.discriminator_loss, self.generator_loss = of_discriminator(), of_generator()

    def sample(self, count: int, training: bool = False) -> Array:
        """Return G(z) of new z.

        Shapes: → (count, n).
        """
        z = self.rng.normal(size=(count, self.n_z)).astype(self.generator.theta.dtype)
        return self.generator.forward(z, training)

    def _update(
        self, network: Sequential, optimizer: Optimizer, one_pass: Callable[[], float]
    ) -> float:
        """Make the step that a pass leads to; where it made NaN or infinity, find the first."""
        network.zero_grad()
        value = one_pass()
        if not is_finite(network, value):
            self.generator.zero_grad()
            self.discriminator.zero_grad()
            with watched(self.generator, "G"), watched(self.discriminator, "D"):
                one_pass()
            raise NonFiniteError("GAN: a loss or the sum of the gradients overflowed")
        optimizer.step(network.theta, network.grad)
        return value

    def discriminator_step(self, x: Array) -> float:
        """Teach D to tell the rows of x from as many samples; return its loss before.

        Shapes: x (batch, n) → one number.
        """
        network, loss = self.discriminator, self.discriminator_loss
        both = np.concatenate([x, self.sample(len(x))])
        target = np.repeat([1.0, self.target], len(x))[:, None].astype(both.dtype)

        def one_pass() -> float:
            value = loss.forward(network.forward(both, training=True), target)
            network.accumulate(loss.backward())
            return value

        value = self._update(network, self.discriminator_optimizer, one_pass)
        if self.wasserstein:
            gradients.clip_value(network.theta, self.clip)
        return value

    def generator_step(self, count: int) -> float:
        """Teach G to draw samples that D takes for data; return its loss before.

        D's own gradients are computed on the way and not used.
        """
        network, loss = self.generator, self.generator_loss

        def one_pass() -> float:
            y = self.discriminator.forward(self.sample(count, training=True), training=True)
            value = loss.forward(y, np.ones_like(y))
            network.accumulate(self.discriminator.backward(loss.backward()))
            return value

        return self._update(network, self.generator_optimizer, one_pass)
