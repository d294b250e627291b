"""Generative adversarial networks: one network draws, another judges, and each learns in turn.

Examples:
    >>> from pycore.models import mlp
    >>> from pycore.models.gan import GAN
    >>> gan = GAN(mlp([2, 8, 2], rng=0), mlp([2, 8, 1], rng=1), n_z=2, rng=2)
    >>> gan.sample(5).shape
    (5, 2)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from pycore import gradients
from pycore.adversarial import (
    MinimaxGenerator,
    NonSaturatingGenerator,
    Wasserstein,
    gradient_penalty,
)
from pycore.arrays import Array, Integers, Seed, above_zero, positive, seeded
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import BinaryCrossEntropy, Loss
from pycore.objectives import Objective
from pycore.optimizers import Optimizer
from pycore.training import Minimizer, Turns

GANLoss = Literal["minimax", "non-saturating", "wasserstein", "wasserstein-gp"]
LOSSES: dict[GANLoss, tuple[type[Loss], float, type[Loss]]] = {
    "minimax": (BinaryCrossEntropy, 0.0, MinimaxGenerator),
    "non-saturating": (BinaryCrossEntropy, 0.0, NonSaturatingGenerator),
    "wasserstein": (Wasserstein, -1.0, Wasserstein),
    "wasserstein-gp": (Wasserstein, -1.0, Wasserstein),
}
"""The discriminator's loss, its target for samples (for data it is 1), the generator's loss."""


class GAN:
    """min over G, max over D of V = mean log σ(D(x)) + mean log(1 − σ(D(G(z)))),  z ~ N(0, I).

    Shapes: generator (batch, n_z) → (batch, n), discriminator (batch, n) → logits (batch, 1).

    "non-saturating": G maximises mean log σ(D(G(z))) instead of its part of V. "wasserstein": D
    maximises mean D(x) − mean D(G(z)), and its weights are kept within ±`clip`. "wasserstein-gp":
    in place of that, it pays `penalty` · (‖∇D‖ − 1)² at points between data and samples.

    No one number is minimised by both, so each player has an objective of its own, `Judging` and
    `Drawing`, and `trainer` lets them take turns.

    Source: Goodfellow et al., Generative adversarial nets, 2014; Arjovsky et al., Wasserstein GAN,
    2017; Gulrajani et al., Improved training of Wasserstein GANs, 2017.

    Raises:
        ValueError: there is no such loss, or `clip` or `penalty` is no finite number above 0.
    """

    def __init__(
        self,
        generator: Sequential,
        discriminator: Sequential,
        n_z: int,
        rng: Seed,
        loss: GANLoss = "non-saturating",
        clip: float = 0.1,
        penalty: float = 10.0,
    ) -> None:
        if loss not in LOSSES:
            raise ValueError(f"GAN: loss is {loss!r}; allowed: {', '.join(LOSSES)}")
        above_zero("GAN", clip=clip, penalty=penalty)
        self.generator, self.discriminator = generator, discriminator
        self.n_z, self.rng = n_z, seeded(rng)
        self.clip = clip if loss == "wasserstein" else None
        self.penalty = penalty if loss == "wasserstein-gp" else None
        of_discriminator, self.target, of_generator = LOSSES[loss]
        self.discriminator_loss, self.generator_loss = of_discriminator(), of_generator()

    def sample(self, count: int, training: bool = False) -> Array:
        """Return G(z) of new z.

        Shapes: → (count, n).
        """
        z = self.rng.normal(size=(count, self.n_z)).astype(self.generator.theta.dtype)
        return self.generator.forward(z, training)

    def trainer(
        self,
        optimizers: tuple[Optimizer, Optimizer],
        x: Callable[[int], Array],
        count: int,
        critic_steps: int = 1,
        *,
        total: int | None = None,
        every: int | None = None,
    ) -> Turns:
        """Return rounds: `critic_steps` of the discriminator, then one of the generator.

        Each sees `count` samples, the discriminator as many rows of data too, which x(count) draws.
        The optimizers are the generator's and the discriminator's. A round's loss is the
        generator's; `turns` has both players, each with its history.
        """
        of_generator, of_discriminator = optimizers
        return Turns(
            (Minimizer(Judging(self, x, count), of_discriminator), critic_steps),
            (Minimizer(Drawing(self, count), of_generator), 1),
            total=total,
            every=every,
        )


class _Player(Objective):
    """What both players' objectives share: a pass runs through both networks."""

    def __init__(self, gan: GAN, network: Sequential, samples: int) -> None:
        super().__init__(network)
        positive(type(self).__name__, count=samples)
        self.gan, self.rng, self.samples = gan, gan.rng, samples

    def networks(self) -> dict[str, Layer]:
        """Return G and D."""
        return {"G": self.gan.generator, "D": self.gan.discriminator}


class Judging(_Player):
    """The discriminator's loss: `count` rows of data judged 1, as many samples 0, or −1.

    Shapes: x (count) → (count, n) draws the data.

    It is minimised over D alone, while G stays as it is.
    """

    def __init__(self, gan: GAN, x: Callable[[int], Array], count: int) -> None:
        super().__init__(gan, gan.discriminator, count)
        self.x = x

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return the loss on new data and new samples, and leave its gradient in D's `grad`."""
        gan, loss = self.gan, self.gan.discriminator_loss
        x = self.x(self.samples)
        both = np.concatenate([x, gan.sample(len(x))])
        target = np.repeat([1.0, gan.target], len(x))[:, None].astype(both.dtype)
        self.network.zero_grad()
        value = loss.forward(self.network.forward(both, training=True), target)
        self.network.accumulate(loss.backward())
        if gan.penalty is not None:
            share = self.rng.uniform(size=(len(x), 1)).astype(both.dtype)
            between = share * both[: len(x)] + (1 - share) * both[len(x) :]
            value += gradient_penalty(self.network, between, gan.penalty)
        return value

    def project(self) -> None:
        """Keep the weights of a critic without a penalty within ±clip."""
        if self.gan.clip is not None:
            gradients.clip_value(self.network.theta, self.gan.clip)


class Drawing(_Player):
    """The generator's loss: what D says of `count` samples.

    It is minimised over G alone, while D stays as it is; D's own gradients are computed on the way
    and not used.
    """

    def __init__(self, gan: GAN, count: int) -> None:
        super().__init__(gan, gan.generator, count)

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Return the loss on new samples, and leave its gradient in G's `grad`."""
        gan, loss = self.gan, self.gan.generator_loss
        self.network.zero_grad()
        y = gan.discriminator.forward(gan.sample(self.samples, training=True), training=True)
        value = loss.forward(y, np.ones_like(y))
        self.network.accumulate(gan.discriminator.backward(loss.backward()))
        return value
