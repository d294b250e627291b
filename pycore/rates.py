"""Rates: what theory promises of descent before a step is made. They know no run and no optimizer.

L is the largest curvature of what is minimised, and mu the smallest; kappa is L / mu.

Examples:
    >>> from pycore import rates
    >>> rates.contraction(1.0, 3.0, lr=0.5)  # the best rate, 2 / (L + mu)
    0.5
    >>> lr, beta = rates.best_heavy_ball(1.0, 100.0)
    >>> round(lr, 4), round(beta, 4), float(rates.heavy_ball(100.0, lr, beta).round(4))
    (0.0331, 0.6694, 0.8182)
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pycore.arrays import Array, above_zero, below_one, floats, within


def contraction(mu: float, L: float, lr: float) -> float:
    """Return ρ = max(|1 − lr μ|, |1 − lr L|): |θ − θ*| shrinks to ρ of itself in a plain step.

    For every function whose curvature is between μ and L; below 1 for 0 < lr < 2 / L and μ > 0.

    Source: Polyak, Introduction to optimization, 1987.
    """
    _curvatures("contraction", mu, L)
    within("contraction", lr=lr)
    return max(abs(1 - lr * mu), abs(1 - lr * L))


def heavy_ball(curvature: npt.ArrayLike, lr: npt.ArrayLike, beta: npt.ArrayLike) -> Array:
    """Return ρ, the larger size of the roots of r² − (1 + β − lr λ) r + β = 0, λ the curvature.

    On a parabola of curvature λ the heavy ball shrinks by ρ a step in the long run; from 1 on it
    does not. Arrays of one shape, or that broadcast.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
    """
    bend, lr, beta = (floats(x) for x in (curvature, lr, beta))
    trace = 1 + beta - lr * bend
    inside = trace * trace - 4 * beta
    real = (np.abs(trace) + np.sqrt(np.maximum(inside, 0))) / 2
    return np.asarray(np.where(inside < 0, np.sqrt(np.maximum(beta, 0)), real))


def best_heavy_ball(mu: float, L: float) -> tuple[float, float]:
    """Return the lr and β at which the heavy ball is fastest on parabolas of curvature μ to L.

    lr = (2 / (√L + √μ))², β = ((√κ − 1) / (√κ + 1))²; there ρ = √β.
    """
    _curvatures("best_heavy_ball", mu, L)
    root = math.sqrt(L / mu)
    return (2 / (math.sqrt(L) + math.sqrt(mu))) ** 2, ((root - 1) / (root + 1)) ** 2


def smooth_bound(distance: float, lr: float, t: npt.ArrayLike) -> Array:
    """Return D² / (2 lr t), above f(θₜ) − f* for convex f, plain steps of lr ≤ 1 / L, from t = 1.

    `distance` is D, from the start to a lowest point.
    """
    within("smooth_bound", distance=distance)
    above_zero("smooth_bound", lr=lr)
    return np.asarray(distance**2 / (2 * lr * np.asarray(t, float)))


def heavy_ball_bound(rho: float, beta: float, t: npt.ArrayLike) -> Array:
    """Return what (f(θₜ) − f*) / (f(θ₀) − f*) is at most, f a sum of parabolas with the worst ρ.

    From rest. ρ²ᵗ for plain steps; with β > 0, (1 + t + t ρ)² ρ²ᵗ: the roots may coincide, and
    then the ball first runs on before it shrinks.
    """
    within("heavy_ball_bound", rho=rho)
    below_one("heavy_ball_bound", beta=beta)
    steps = np.asarray(t, float)
    ahead = 1 + steps * (1 + rho) if beta else np.ones_like(steps)
    with np.errstate(over="ignore"):
        return np.asarray((ahead * rho**steps) ** 2)


def nesterov_bound(mu: float, L: float, start: float, distance: float, t: npt.ArrayLike) -> Array:
    """Return (f(θ₀) − f* + μ D² / 2) (1 − 1/√κ)ᵗ, above f(xₜ) − f* for Nesterov's steps.

    They have lr = 1 / L and β = (√κ − 1) / (√κ + 1), and the curvature of f is from μ to L. xₜ is
    the place from which momentum leads: where `NAG` is at θ with the velocity v, x = θ + lr β v.
    `start` is f(θ₀) − f*, `distance` is D, from θ₀ to the lowest point.

    Source: Nesterov, Introductory lectures on convex optimization, 2004, theorem 2.2.3.
    """
    _curvatures("nesterov_bound", mu, L)
    within("nesterov_bound", start=start, distance=distance)
    shrinks = 1 - math.sqrt(mu / L)
    return np.asarray((start + mu * distance**2 / 2) * shrinks ** np.asarray(t, float))


def _curvatures(who: str, mu: float, L: float) -> None:
    above_zero(who, mu=mu, L=L)
    if not 0 < mu <= L < math.inf:
        raise ValueError(f"{who}: mu is {mu:g}, L is {L:g}; allowed: 0 < mu ≤ L, finite")
