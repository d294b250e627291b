"""A small expression on the engine's own tape, and what the walks along it find. No picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pycore.autodiff import Tensor

NAMES = ("a", "b", "u", "v", "w", "y")
"""Of the numbers, each after those that it is made from: u = a ∘ b, v = a ∘ u, w = u ∘ b, …"""
INPUTS = {"u": ("a", "b"), "v": ("a", "u"), "w": ("u", "b"), "y": ("v", "w")}
SIGNS = ("+", "−", "×")
REUSED = ("u", "a", "b")
LARGEST = 40
"""Slopes are at most so large, values at most half as large again."""


@dataclass(frozen=True)
class Tape:
    """What the engine has written down.

    Attributes:
        signs: the operation of each line.
        values: of each number.
        arrows: the local slope of (from, to).
        back: the numbers in the order in which a walk back passes them.
        bars: how fast y moves with each number.
        dots: how fast each number moves with a, and with b.
    """

    signs: dict[str, str]
    values: dict[str, int]
    arrows: dict[tuple[str, str], int]
    back: tuple[str, ...]
    bars: dict[str, int]
    dots: dict[str, dict[str, int]]

    def parts(self, name: str) -> list[int]:
        """What arrives at a number on the walk back, arrow by arrow."""
        return [
            self.bars[to] * slope for (start, to), slope in self.arrows.items() if start == name
        ]


def _applied(sign: str, p: Tensor, q: Tensor) -> Tensor:
    return p + q if sign == "+" else p - q if sign == "−" else p * q


def _run(a: Tensor, b: Tensor, signs: dict[str, str]) -> dict[str, Tensor]:
    made = {"a": a, "b": b}
    for name, (p, q) in INPUTS.items():
        made[name] = _applied(signs[name], made[p], made[q])
    return made


def written(a: int, b: int, signs: dict[str, str]) -> Tape:
    """Run the expression, and walk its tape back once, and forwards once from each input."""
    made = _run(Tensor(float(a)), Tensor(float(b)), signs)
    names = {id(tensor): name for name, tensor in made.items()}
    made["y"].backward()
    arrows: dict[tuple[str, str], int] = {}
    order = made["y"].walk()
    for tensor in order:
        if tensor.op is not None:
            arrays = [x.data for x in tensor.inputs]
            for x, slope in zip(
                tensor.inputs, tensor.op.pull(np.ones(()), tensor.data, *arrays), strict=True
            ):
                arrows[names[id(x)], names[id(tensor)]] = round(float(slope))
    dots = {}
    for start in "ab":
        first = Tensor(float(a), tangent=float(start == "a"))
        pushed = _run(first, Tensor(float(b), tangent=float(start == "b")), signs)
        dots[start] = {name: _whole(tensor.tangent) for name, tensor in pushed.items()}
    return Tape(
        signs,
        {name: _whole(tensor.data) for name, tensor in made.items()},
        arrows,
        tuple(names[id(tensor)] for tensor in reversed(order)),
        {name: _whole(tensor.grad) for name, tensor in made.items()},
        dots,
    )


def _whole(number: object) -> int:
    return round(float(np.asarray(number, float)))


def drawn(rng: np.random.Generator, asked: str, seen: int | None = None) -> Tape:
    """One in which two parts arrive at `asked`; their sum is neither of them, nor `seen`."""
    while True:
        a, b = (int(rng.choice([-3, -2, -1, 1, 2, 3, 4])) for _ in range(2))
        signs = {name: str(rng.choice(SIGNS)) for name in INPUTS} | {"y": "×"}
        tape = written(a, b, signs)
        parts = tape.parts(asked)
        large = max(map(abs, tape.bars.values()))
        if (
            list(signs.values()).count("×") == 3
            and max(large, *map(abs, parts)) <= LARGEST
            and max(map(abs, tape.values.values())) <= 1.5 * LARGEST
            and max(abs(d) for dots in tape.dots.values() for d in dots.values()) <= LARGEST
            and 0 not in (*parts, sum(parts), *tape.values.values())
            and sum(parts) != seen
            and parts[0] != parts[1]
        ):
            return tape
