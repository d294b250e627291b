"""The tracks of the course in their order: one table. It must not know any article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Track:
    """A folder of articles. One without articles is not shown.

    Attributes:
        id: the name of its folder, here and in `games/`.
        title: what it is called.
        hue: its colour's angle in OKLCH, away from that of gold, which means won; styles say how
            light and how strong.
        glyph: its mark: the path of a stroke on a field of 24 × 24.
        each: what its articles are called where they are numbered.
    """

    id: str
    title: str
    hue: int
    glyph: str
    each: str = ""

    @property
    def anchor(self) -> str:
        """Its place on the page of the course."""
        return f"track-{self.id.replace('_', '-')}"


TRACKS = (
    Track("guided", "The guided way", 190, "M5 19c5 0 3-7 7-7s2-7 7-7M15 5h4v4", "Level"),
    Track("first_neurons", "First neurons", 165, "M4 6l10 6-10 6M14 12h7M14 9a3 3 0 1 1 0 6"),
    Track("mathematics", "The mathematics under it", 265, "M18 5H6l7 7-7 7h12"),
    Track(
        "backpropagation",
        "Backpropagation and training",
        355,
        "M20 6H9a5 5 0 0 0 0 12h4M9 14l4 4-4 4",
    ),
    Track("optimisation", "Optimisation", 240, "M3 5c2 11 5 14 9 14s7-3 9-14M12 13v.1M6 8v.1"),
    Track("regularise", "Regularise and normalise", 140, "M4 18c2-9 4-12 8-12s6 3 8 12M4 21h16"),
    Track("vision", "Vision", 215, "M3 12c4-7 14-7 18 0-4 7-14 7-18 0M12 9.5a2.5 2.5 0 1 0 .1 0"),
    Track("sequences", "Sequences and attention", 290, "M4 12h3m3 0h4m3 0h3M6 8c4-5 9-5 12 0"),
    Track("language", "Language and Transformers", 315, "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5"),
    Track("generative", "Generative models", 40, "M5 19L16 8M14 4v4M20 8h-4M18 13v3M8 5v3"),
    Track("graphs", "Graphs", 178, "M6 7l12 2M6 7l4 11M18 9l-8 9M6 5v.1M19 9v.1M10 20v.1"),
    Track("transfer", "Transfer and adaptation", 20, "M4 8h14l-4-4M20 16H6l4 4"),
    Track("time_series", "Time series", 252, "M3 15l4-5 4 6 4-10 3 6h3"),
    Track(
        "recommenders",
        "Recommenders",
        335,
        "M12 20C2 13 5 5 9 5c2 0 3 2 3 3 0-1 1-3 3-3 4 0 7 8-3 15",
    ),
    Track("frontier", "Frontier", 302, "M12 3v6m0 6v6M3 12h6m6 0h6M6 6l3 3m6 6l3 3"),
    Track("prove_it", "Prove it", 120, "M5 13l4 4L19 6"),
)
