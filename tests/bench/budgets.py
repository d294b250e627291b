"""The budgets, one table: what is promised, and how good is good enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """A promise about one figure.

    Attributes:
        measure: the measurement that finds the figure.
        figure: its name there.
        what: the promise in words.
        limit: the worst value that keeps it.
        unit: written after the value.
        at_least: whether more is better.
    """

    measure: str
    figure: str
    what: str
    limit: float
    unit: str
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether `value` keeps the promise."""
        return value >= self.limit if self.at_least else value <= self.limit


BUDGETS = (
    Budget("boot", "repeat visit vs stock", "repeat visit to first game, against stock", 0.4, "×"),
    Budget("boot", "first visit vs stock", "first visit, against stock", 0.5, "×"),
    Budget("boot", "slow visit vs stock", "first visit at 10 Mbit/s, against stock", 1.0, "×"),
    Budget("boot", "next page vs repeat visit", "next page, against a repeat visit", 0.3, "×"),
    Budget("boot", "long tasks in boot", "long tasks while booting", 0, ""),
    Budget("boot", "layout shift", "layout shift when games come alive", 0, ""),
    Budget("bytes", "runtime vs stock", "bytes of runtime, best compression, to stock's", 1.0, "×"),
    Budget("steps", "step vs handwritten", "faster than handwritten JavaScript", 2, "×", True),
    Budget("steps", "step vs ConvNetJS", "faster than ConvNetJS", 4, "×", True),
    Budget("steps", "step vs TensorFlow.js", "faster than TensorFlow.js", 20, "×", True),
    Budget("steps", "step at the worst size", "the best rival, at the worst size", 1, "×", True),
    Budget("frames", "frame p95", "frame (draw, patch, paint), p95, worst game", 16, "ms"),
    Budget("frames", "answer p98", "input to painted answer, p98", 100, "ms"),
    Budget("frames", "long tasks in play", "long tasks while playing and training", 0, ""),
    Budget("embeds", "embeds start", "three games on another's page, start, to one", 1.3, "×"),
    Budget("embeds", "embeds memory", "three games on another's page, memory, to one", 1.3, "×"),
    Budget("memory", "memory drift", "growth of memory over the run", 5, "%"),
    *(
        Budget("scale", figure, f"{figure}, 100 games to today's", 1.2, "×")
        for figure in (
            "first game ready",
            "repeat visit",
            "kept memory",
            "stored unasked",
            "bytes before the first game",
            "bytes of a game's page",
            "bytes of the rail",
            "rendering on save",
        )
    ),
)
