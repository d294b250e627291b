"""A streak: how often in a row something was right. It knows neither what was asked nor answered.

    streak: Streak                          # of the state, Streak(3) where three in a row win

    state.streak.count(hit(state))          # a run is over
    state.streak.leave(state.bet)           # the next: left while it runs, this one is a miss
    state.streak.end()                      # all is anew
    return state.streak.share               # the score
    mission=meter(state.streak, say("calls in a row"))

A miss ends the streak, but not a win: whoever has won may go on playing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from games.concepts.bet import Bet
from games.ui import widgets
from games.ui.node import Node


@dataclass
class Streak:
    """So many in a row now and at best, and how many win."""

    goal: int
    now: int = 0
    best: int = 0

    def count(self, right: bool) -> None:
        """One more, if it was right; else the next one is the first again."""
        self.now = self.now + 1 if right else 0
        self.best = max(self.best, self.now)

    def end(self) -> None:
        """What comes next is the first again; the best stays."""
        self.now = 0

    def leave(self, bet: Bet[Any]) -> None:
        """Another is asked for; one that is left while the run that judges it goes on is a miss."""
        if bet.running:
            self.end()

    @property
    def won(self) -> bool:
        """Whether there were ever enough in a row."""
        return self.best >= self.goal

    @property
    def full(self) -> bool:
        """Whether there are just as many as win now."""
        return self.now == self.goal

    @property
    def share(self) -> float:
        """How much of the goal was reached at best, at most 1."""
        return min(self.best / self.goal, 1.0)


def meter(streak: Streak, label: str, key: widgets.Key = None) -> Node:
    """How many there are now, and all of them once it is won."""
    return widgets.progress(label, streak.goal if streak.won else streak.now, streak.goal, key=key)
