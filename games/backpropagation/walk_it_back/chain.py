"""The orders in which a chain of tables can be multiplied, and what each costs. No picture."""

from __future__ import annotations

from itertools import permutations

import numpy as np

JOINTS = (1, 2, 3)
"""Between four tables, J₄ J₃ J₂ J₁: joint k lies between J₍k₊₁₎ and Jₖ."""
FORWARD, REVERSE = (1, 2, 3), (3, 2, 1)
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
FAR = 1.25
"""The second cheapest order costs at least so many times the cheapest."""

Widths = tuple[int, ...]


def products(widths: Widths, order: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """The sizes of each product in turn: rows, what is summed over, columns.

    Args:
        widths: numbers at each place of the chain, inputs first (5,); Jₖ has widths[k] rows and
            widths[k − 1] columns.
        order: joints, the first to be closed first.
    """
    open_, found = list(range(len(widths))), []
    for joint in order:
        i = open_.index(joint)
        found.append((widths[open_[i + 1]], widths[joint], widths[open_[i - 1]]))
        open_.remove(joint)
    return found


def cost(widths: Widths, order: tuple[int, ...]) -> int:
    """Multiplications that the order needs in all."""
    return sum(p * q * r for p, q, r in products(widths, order))


def cheapest(widths: Widths) -> tuple[int, ...]:
    """An order that needs the fewest."""
    return min(permutations(JOINTS), key=lambda order: cost(widths, order))


def drawn(rng: np.random.Generator, seen: tuple[int, ...] | None = None) -> Widths:
    """Widths whose cheapest order is none of forwards, backwards and `seen`, and clearly so."""
    while True:
        widths = tuple(int(rng.choice(SIZES)) for _ in range(len(JOINTS) + 2))
        costs = sorted({cost(widths, order) for order in permutations(JOINTS)})
        others = [cost(widths, order) for order in (FORWARD, REVERSE, seen) if order]
        if costs[0] not in others and costs[1] >= FAR * costs[0] and len(set(widths)) > 3:
            return widths
