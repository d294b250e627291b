"""The learner's program, run: each line of the text as it stands, the engine's own line beside it.

It draws nothing. What came of a loop is read off its losses (`Training.outcome`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from games.backpropagation.from_mathematics_to_pytorch import program
from games.concepts.training import DECIMALS
from pycore import torch
from pycore.arrays import Array
from pycore.export import load_state_dict, state_dict
from pycore.layers import Dense, Sequential
from pycore.losses import MeanSquaredError
from pycore.models import mlp
from pycore.optimizers import SGD

POINTS = 40
FALLEN = 0.5
"""A loss has fallen that ends below this part of what it was."""
ROSE = 1.5
"""A loss swings that rises to this many times its lowest."""
WILD = 1e6
"""A loop ends here, whatever its count: the next rounds could only overflow."""
SAME = 1e-12
"""Two computations agree that differ by less, in numbers of about 1."""


def problem(seed: int) -> tuple[Array, Array, Sequential]:
    """Points of a wave, and a network that has not learnt it yet."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.uniform(-1, 1, (POINTS, 1)), DECIMALS)
    network = mlp([1, 8, 1], rng)
    np.round(network.theta, DECIMALS, out=network.theta)
    return x, np.round(np.sin(3 * x), DECIMALS), network


def said(error: Exception) -> str:
    """An error as Python names it, without what the engine adds to PyTorch's words."""
    return f"{type(error).__name__}: {str(error).partition('; allowed')[0]}"


def shapes(last: str) -> tuple[list[tuple[int, ...]], str]:
    """The shape of x, and after each layer of a model with that last one; an error ends them.

    The test that follows has an error of its own where the last is not the shape of y.
    """
    names: dict[str, Any] = {}
    x = torch.tensor(np.zeros((POINTS, 1)))
    exec(f"{program.HERE}{program.model(last)}", names)
    found = [x.shape]
    for layer in names["model"].layers:
        try:
            x = layer(x)
        except RuntimeError as error:
            return found, said(error)
        found.append(x.shape)
    names |= {"x": torch.tensor(np.zeros((POINTS, 1))), "y": torch.tensor(np.zeros((POINTS, 1)))}
    try:
        exec(program.TEST, names)
    except AssertionError as error:
        return found, type(error).__name__
    return found, ""


@dataclass(frozen=True)
class Round:
    """What one round of the loop did.

    Attributes:
        did: what each line came to: the length of the gradient after `zero` and `backward`, the
            loss of `forward`, the length of the way of `step`.
        agree: whether the engine's own lines came to the same numbers.
        fit: what the model makes of GRID now.
        line: the line that raised an error, if one did.
        error: what it said.
    """

    did: dict[str, float]
    agree: bool
    fit: Array
    line: str = ""
    error: str = ""


GRID = np.linspace(-1, 1, 61)[:, None]


class Training:
    """A loop that is run round by round.

    Attributes:
        order: its lines, by name.
        losses: of each round that computed one.
        norms: the length of the gradient right after each `backward()`.
        last: the newest round, once there is one.
        agree: whether the engine's own lines have come to the same numbers in every round.
    """

    def __init__(self, seed: int, order: Sequence[str]) -> None:
        self.order = tuple(order)
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.last: Round | None = None
        self.rounds, self.agree = 0, True
        self._coming = _rounds(seed, self.order)

    @property
    def over(self) -> bool:
        """All rounds done, or ended by an error or by a loss beyond all bounds."""
        wild = bool(self.losses) and not self.losses[-1] < WILD
        return self.rounds == program.LOOPS or wild or self.stopped

    @property
    def stopped(self) -> bool:
        """Whether an error has ended it."""
        return self.last is not None and self.last.error != ""

    def advance(self) -> None:
        """One round: each line once, in order."""
        self.last = last = next(self._coming)
        self.agree &= last.agree
        if "forward" in last.did:
            self.losses.append(last.did["forward"])
        if "backward" in last.did:
            self.norms.append(last.did["backward"])
        self.rounds += not last.error

    @property
    def outcome(self) -> str:
        """What came of it: "stops", "stays", "swings" or "falls"."""
        if self.stopped:
            return "stops"
        losses = np.array(self.losses)
        lowest = int(losses.argmin())
        if np.ptp(losses) <= SAME:
            return "stays"
        if losses[-1] > FALLEN * losses[0] or losses[lowest:].max() > ROSE * losses[lowest]:
            return "swings"
        return "falls"


def _rounds(seed: int, order: tuple[str, ...]) -> Iterator[Round]:
    """Run the text, as long as somebody asks.

    The weights and gradients are rounded after each round: a last bit that differs between machines
    would grow where nothing brakes.
    """
    x, y, network = problem(seed)
    names: dict[str, Any] = {}
    exec(program.head(program.HERE, x, y, state_dict(network)), names)
    loss, sgd = MeanSquaredError(), SGD(program.RATE)
    beside: dict[str, Any] = {"x": x, "y": y, "network": network, "loss": loss, "sgd": sgd}
    lines = {name: compile(program.LINES[name], "loop", "exec") for name in order}
    parameters = list(names["model"].parameters())
    dense = [layer for layer in network if isinstance(layer, Dense)]
    looked_at = mlp([1, 8, 1], 0)  # a network of its own, so that looking changes nothing

    def length(arrays: list[Array]) -> float:
        return float(np.sqrt(sum(float((a * a).sum()) for a in arrays)))

    def gradients() -> list[Array]:
        return [np.zeros_like(p.data) if p.grad is None else p.grad for p in parameters]

    def fit() -> Array:
        load_state_dict(looked_at, names["model"].state_dict())
        return looked_at.forward(GRID)

    while True:
        did: dict[str, float] = {}
        for name in order:
            before = [p.data for p in parameters]
            try:
                exec(lines[name], names)
            except Exception as error:
                yield Round(did, True, fit(), name, said(error))
                return
            exec(program.ENGINE[name], beside)
            if name == "forward":
                did[name] = names["loss"].item()
            elif name == "step":
                did[name] = length([p.data - b for p, b in zip(parameters, before, strict=True)])
            else:
                did[name] = length(gradients())
        agree = True
        own = [pair for layer in dense for pair in ((layer.W, layer.dW), (layer.b, layer.db))]
        for p, grad, (mine, d_mine) in zip(parameters, gradients(), own, strict=True):
            apart = max(np.abs(mine - p.data.T).max(), np.abs(d_mine - grad.T).max())
            agree &= bool(apart <= SAME * (1 + np.abs(grad).max() + np.abs(p.data).max()))
            p.data = np.round(p.data, DECIMALS)
            p.grad = None if p.grad is None else np.round(p.grad, DECIMALS)
            mine[...], d_mine[...] = p.data.T, np.round(grad.T, DECIMALS)
        yield Round(did, agree, fit())
