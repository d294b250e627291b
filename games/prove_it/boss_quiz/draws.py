"""Where the chance of a run comes from. It knows no question but by its name.

The first bank took everything from one stream, in which each question's place in the bank counts.
From the second on, each question has streams of its own, found by its name: what else is in the
bank changes nothing about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np


class Draws(Protocol):
    """What deals the questions, and draws the numbers in them."""

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """The names in an order of chance."""
        ...

    def jitter(self, name: str) -> float:
        """A number from 0 to 1, by which a question's place varies."""
        ...

    def numbers(self, name: str) -> np.random.Generator:
        """What a question draws its numbers from."""
        ...


@dataclass
class OneStream:
    """All from one generator, one after the other."""

    rng: np.random.Generator

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """The names, permuted by position."""
        return [names[i] for i in self.rng.permutation(len(names))]

    def jitter(self, name: str) -> float:
        """The next number."""
        return self.rng.random()

    def numbers(self, name: str) -> np.random.Generator:
        """The one generator."""
        return self.rng


@dataclass
class ByName:
    """A generator for each question and use, seeded by the run, the deal and the name."""

    seed: int
    deal: int

    def shuffled(self, names: Sequence[str]) -> list[str]:
        """The names, each at a place of its own drawing."""
        return sorted(names, key=lambda name: self._stream("order", name).random())

    def jitter(self, name: str) -> float:
        """The question's own number."""
        return self._stream("place", name).random()

    def numbers(self, name: str) -> np.random.Generator:
        """The question's own generator."""
        return self._stream("numbers", name)

    def _stream(self, use: str, name: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.deal, *f"{use} {name}".encode()])
