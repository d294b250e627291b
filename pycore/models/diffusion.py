"""Diffusion: data drowned in noise step by step, and a network that learns the way back.

Examples:
    >>> from pycore.models.diffusion import cosine
    >>> noising = cosine(100)
    >>> noising.alpha_bar[[0, 49, 99]].round(3)  # what is left of the data
    array([0.999, 0.494, 0.   ])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pycore.activations import ActivationLike, ReLU, softmax
from pycore.arrays import (
    Array,
    DType,
    Integers,
    Seed,
    above_zero,
    floats,
    numbers,
    positive,
    seeded,
    within,
)
from pycore.layers import Sequential
from pycore.losses import MeanSquaredError
from pycore.models import mlp
from pycore.objectives import Unsupervised

Denoiser = Callable[[Array, Integers], Array]
"""ε̂(x, t): the noise in each row of x (batch, n), which has been through steps 0 to t (batch,)."""


class Noising:
    """x_t = √ᾱ_t x + √(1 − ᾱ_t) ε,  ε ~ N(0, I),  ᾱ_t = Π (1 − β_s) over s = 0 … t.

    Shapes: β (steps,) → x_t like x (batch, n), for t (batch,), whole numbers from 0.

    Source: Ho et al., Denoising diffusion probabilistic models, 2020.

    Raises:
        ValueError: β is empty, or not always between 0 and 1.

    Attributes:
        beta: the variance that each step adds.
        alpha_bar: ᾱ, the share of the data's variance that is left after each step.
    """

    def __init__(self, beta: Array) -> None:
        beta = floats(beta)
        if beta.ndim != 1 or beta.size == 0 or not (beta > 0).all() or not (beta < 1).all():
            raise ValueError("Noising: beta is a list of at least one number; allowed: 0 < β < 1")
        self.beta = beta
        self.alpha_bar: Array = np.cumprod(1 - beta)

    @property
    def steps(self) -> int:
        """The number of steps from data to noise."""
        return len(self.beta)

    def forward(self, x: Array, t: Integers, eps: Array) -> Array:
        """Return x_t: t + 1 steps at once."""
        x, t, eps = floats(x), numbers("Noising: t", t), floats(eps)
        left = self.alpha_bar[t][:, None].astype(x.dtype)
        return np.asarray(np.sqrt(left) * x + np.sqrt(1 - left) * eps)

    def clean(self, x_t: Array, t: int, eps_hat: Array) -> Array:
        """x̂ = (x_t − √(1 − ᾱ_t) ε̂) / √ᾱ_t: the data, if the noise guessed were all of it.

        Shapes: x_t and eps_hat (batch, n) → (batch, n).
        """
        x_t, eps_hat, left = floats(x_t), floats(eps_hat), self.left(t)
        return np.asarray((x_t - math.sqrt(1 - left) * eps_hat) / math.sqrt(left))

    def left(self, t: int) -> float:
        """Return ᾱ_t; before the first step, t = −1, it is 1."""
        if not -1 <= t < self.steps:
            raise ValueError(f"Noising: t is {t}; allowed: -1 to {self.steps - 1}")
        return 1.0 if t == -1 else float(self.alpha_bar[t])

    def backward(
        self,
        x_t: Array,
        t: int,
        eps_hat: Array,
        z: Array,
        to: int | None = None,
        eta: float = 1.0,
    ) -> Array:
        """x_s = √ᾱ_s x̂ + √(1 − ᾱ_s − σ²) ε̂ + σ z: from step t back to s, or to the one before.

        σ² = η² (1 − ᾱ_s) / (1 − ᾱ_t) · (1 − ᾱ_t / ᾱ_s). With η = 1 it is a draw from the way back
        (DDPM); with 0 there is no chance in it (DDIM), and steps may be long.

        Shapes: x_t, eps_hat and z ~ N(0, I) (batch, n) → (batch, n).

        Source: Song, Meng and Ermon, Denoising diffusion implicit models, 2021.

        Raises:
            ValueError: s is not before t; -1 is the data. Or η is not from 0 to 1.
        """
        within("Noising", high=1.0, eta=eta)
        to = t - 1 if to is None else to
        if not to < t:
            raise ValueError(f"Noising: to is {to}; allowed: -1 to {t - 1}, before t")
        left, aim = self.left(t), self.left(to)
        sigma = eta * math.sqrt((1 - aim) / (1 - left) * (1 - left / aim))
        x_s = math.sqrt(aim) * self.clean(x_t, t, eps_hat)
        x_s = x_s + math.sqrt(max(1 - aim - sigma**2, 0.0)) * floats(eps_hat)
        return np.asarray(x_s + sigma * floats(z))

    def visits(self, count: int | None = None) -> list[int]:
        """Return the steps that a way back of `count` jumps visits, from the last to -1, the data.

        They are evenly spread; None: every step.

        Raises:
            ValueError: there are not so many steps.
        """
        count = self.steps if count is None else count
        positive("Noising", count=count)
        if count > self.steps:
            raise ValueError(f"Noising: count is {count}; allowed: 1 to {self.steps}")
        stops: list[int] = np.rint(np.linspace(self.steps - 1, -1, count + 1)).astype(int).tolist()
        return stops

    def sample(
        self,
        denoiser: Denoiser,
        x: Array,
        rng: Seed,
        count: int | None = None,
        eta: float = 1.0,
    ) -> Iterator[Array]:
        """Yield what each of `count` jumps back makes of x, rows of noise; the last is the sample.

        Shapes: x (batch, n) → (batch, n), as often as there are jumps: one for each step, or count.
        """
        x, rng = floats(x), seeded(rng)
        for t, to in pairwise(self.visits(count)):
            eps_hat = denoiser(x, np.full(len(x), t))
            x = self.backward(x, t, eps_hat, rng.normal(size=x.shape), to, eta)
            yield x


def linear(steps: int, low: float = 1e-4, high: float = 0.02) -> Noising:
    """β rises in a line from `low` to `high`, both scaled by 1000 / steps, as for 1000 steps.

    Source: Ho et al., 2020.
    """
    positive("linear", steps=steps)
    above_zero("linear", low=low, high=high)
    return Noising(np.minimum(np.linspace(low, high, steps) * (1000 / steps), 0.999))


def cosine(steps: int, offset: float = 0.008) -> Noising:
    """ᾱ_t = f(t + 1) / f(0),  f(t) = cos²(π/2 · (t / steps + offset) / (1 + offset)),  β ≤ 0.999.

    Source: Nichol and Dhariwal, Improved denoising diffusion probabilistic models, 2021.
    """
    positive("cosine", steps=steps)
    within("cosine", offset=offset)
    time = np.arange(steps + 1) / steps
    f = np.cos(math.pi / 2 * (time + offset) / (1 + offset)) ** 2
    return Noising(np.minimum(1 - f[1:] / f[:-1], 0.999))


def gaussian_noise(
    noising: Noising, mean: npt.ArrayLike, std: float, shares: npt.ArrayLike | None = None
) -> Denoiser:
    """ε̂ = √(1 − ᾱ) (x_t − √ᾱ Σ r_k μ_k) / v,  v = ᾱ σ² + 1 − ᾱ: the best for N(μ_k, σ² I).

    Shapes: mean a number, or μ (k, n) with their shares (k,), equal without; x_t (batch, n),
    t (batch,) → (batch, n). r_k is the share that the k-th has at x_t.

    It is the expectation of ε given x_t: of one Gaussian both are normal, and their covariance is
    √(1 − ᾱ). With σ = 0 the data are k points, and it is what knows nothing but these.

    Raises:
        ValueError: σ is below 0, or not every μ has its share.
    """
    within("gaussian_noise", std=std)
    mu = np.atleast_2d(floats(np.asarray(mean)))
    weights = np.full(len(mu), 1 / len(mu)) if shares is None else floats(np.asarray(shares))
    if weights.shape != (len(mu),) or not (weights > 0).all():
        raise ValueError(
            f"gaussian_noise: shares are {weights.tolist()}; allowed: one above 0 for each of "
            f"{len(mu)} means"
        )

    def denoiser(x: Array, t: Integers) -> Array:
        x, left = floats(x), noising.alpha_bar[numbers("gaussian_noise: t", t)][:, None]
        v = left * std**2 + 1 - left
        away = x[:, None] - np.sqrt(left)[:, :, None] * mu
        chance = np.log(weights) - (away * away).sum(axis=2) / (2 * v)
        share = softmax(chance)[:, :, None]
        return np.asarray(np.sqrt(1 - left) * (share * away).sum(axis=1) / v)

    return denoiser


def guided(wanted: Denoiser, anything: Denoiser, scale: float) -> Denoiser:
    """ε̂ = ε̂(x) + w (ε̂(x | c) − ε̂(x)): towards what is wanted, w times as far as it asks for.

    w = 1 asks for no more than what is wanted, w = 0 for anything; beyond 1 it is exaggerated.

    Source: Ho and Salimans, Classifier-free diffusion guidance, 2022; their w is one less.
    """
    within("guided", scale=scale)

    def denoiser(x: Array, t: Integers) -> Array:
        free = anything(x, t)
        return np.asarray(free + scale * (wanted(x, t) - free))

    return denoiser


def time_features(t: Integers, steps: int, n: int) -> Array:
    """[sin ω_k t', cos ω_k t'],  t' = (t + 1) / steps,  ω_k = π 2ᵏ / 2,  k = 0 … n/2 − 1.

    Shapes: t (batch,) → (batch, n), n even.

    Sines and cosines of several speeds, as for positions in a text: a network tells near times
    apart by the fast ones and far times by the slow ones.
    """
    positive("time_features", steps=steps, n=n)
    angle = np.outer((floats(t) + 1) / steps, math.pi / 2 * 2.0 ** np.arange(n // 2))
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


class Diffusion:
    """ε̂(x_t, t) = network([x_t, features of t]), and samples drawn by it. `Denoising` trains it.

    Shapes: x_t (batch, n); the network is an `mlp` from n + n_time numbers to n.

    Source: Ho et al., 2020; time features, Vaswani et al., 2017.

    Raises:
        ValueError: n_time is odd or below 2.

    Attributes:
        network: [x_t, features of t] → ε̂.
        noising: the steps from data to noise.
    """

    def __init__(
        self,
        n: int,
        hidden: Sequence[int],
        noising: Noising,
        rng: Seed,
        n_time: int = 8,
        activation: ActivationLike = ReLU,
        dtype: DType = np.float64,
    ) -> None:
        rng = seeded(rng)
        if n_time < 2 or n_time % 2:
            raise ValueError(f"Diffusion: n_time is {n_time}; allowed: even numbers from 2")
        self.noising, self.n, self.n_time, self.rng = noising, n, n_time, rng
        self.network: Sequential = mlp([n + n_time, *hidden, n], rng, activation, dtype=dtype)

    def denoiser(self, x: Array, t: Integers) -> Array:
        """Return ε̂."""
        return self.network.forward(self.inputs(x, t))

    def sample(self, count: int, jumps: int | None = None, eta: float = 1.0) -> Iterator[Array]:
        """Yield `count` points on their way from noise to data, jump by jump.

        Shapes: → (count, n), as often as there are jumps: see `Noising.sample`.
        """
        noise = self.rng.normal(size=(count, self.n))
        return self.noising.sample(self.denoiser, noise, self.rng, jumps, eta)

    def inputs(self, x: Array, t: Integers) -> Array:
        """Return what the network is given.

        Shapes: (batch, n), (batch,) → (batch, n + n_time).
        """
        features = time_features(t, self.noising.steps, self.n_time)
        return np.concatenate([x, features], axis=1, dtype=self.network.theta.dtype)


class Denoising(Unsupervised):
    """L = mean (ε − ε̂(√ᾱ_t x + √(1 − ᾱ_t) ε, t))²: guess the noise that was mixed in.

    Shapes: x (rows, n), or a function that draws such rows.

    Source: Ho et al., 2020, with its simple loss.
    """

    def __init__(self, model: Diffusion, x: Array | Callable[[], Array]) -> None:
        super().__init__(model.network, x)
        self.model, self.rng = model, model.rng

    def loss_and_grad(self, rows: Integers | None = None) -> float:
        """Draw a time and a noise for each row; return L, and leave its gradient in `grad`."""
        x, model, loss = self.examples(rows), self.model, MeanSquaredError()
        t = self.rng.integers(model.noising.steps, size=len(x))
        eps = self.rng.normal(size=x.shape)
        inputs = model.inputs(model.noising.forward(x, t, eps), t)
        self.network.zero_grad()
        value = loss.forward(self.network.forward(inputs, training=True), eps.astype(inputs.dtype))
        self.network.accumulate(loss.backward())
        return value
