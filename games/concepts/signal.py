"""A signal that passes through layers, one gap after the other. It carries nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from games.ui.diagrams import Pulse
from pycore.arrays import Array


@dataclass
class Signal:
    """How far a signal has come.

    Attributes:
        gaps: between the layers that it passes.
        hop: ticks from one layer to the next.
        rest: ticks that it then waits there.
        clock: ticks since it set out; None before.
    """

    gaps: int
    hop: int
    rest: int
    clock: int | None = None

    def send(self) -> None:
        """Set out from the first layer."""
        self.clock = 0

    def stop(self) -> None:
        """Take it back to before it set out."""
        self.clock = None

    @property
    def reached(self) -> int:
        """Gaps crossed so far."""
        return min(((self.clock or 0) + self.rest) // (self.hop + self.rest), self.gaps)

    @property
    def there(self) -> bool:
        """Whether it has come to the last layer."""
        return self.clock is not None and self.reached == self.gaps

    @property
    def over(self) -> bool:
        """Whether it has rested there, too."""
        return self.clock is not None and self.clock >= self.gaps * (self.hop + self.rest)

    def tick(self) -> bool:
        """Move on; False where there is nothing to move or it is there."""
        if self.clock is None or self.there:
            return False
        self.clock += 1
        return True


def known(values: Array, there: bool) -> Array:
    """The values once a signal has come to them, NaN before."""
    return values if there else np.full_like(values, np.nan)


def pulse(signal: Signal, sizes: Sequence[Array] | None = None, first: int = 0) -> Pulse | None:
    """The dots between two layers; None while it rests or nothing is under way.

    Args:
        signal: how far it is.
        sizes: for each layer, of what its units send.
        first: the gap that it crosses first; a negative number counts gaps backwards from there.
    """
    if signal.clock is None:
        return None
    gap, since = divmod(signal.clock, signal.hop + signal.rest)
    if gap >= signal.gaps or since >= signal.hop:
        return None
    sent = None if sizes is None else sizes[gap].tolist()
    return Pulse(first + gap if first >= 0 else -first - gap, since / signal.hop, sent)
