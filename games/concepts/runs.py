"""Runs side by side: the last few are kept, each with a line of its own, whatever they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from games.ui import plots
from games.ui.node import Child, Node, h
from games.words import say

Run = TypeVar("Run")

NOTHING = "–"
"""Stands in a table for a run that is not there yet."""


@dataclass
class Runs(Generic[Run]):
    """The last `most` runs, oldest first."""

    most: int = 3
    kept: list[Run] = field(default_factory=list)

    def add(self, run: Run) -> Run:
        """Keep a run; the oldest goes where there is no room."""
        self.kept.append(run)
        del self.kept[: -self.most]
        return run

    def drop(self) -> None:
        """Forget the newest."""
        self.kept.pop()

    @property
    def last(self) -> Run | None:
        """The newest, if there is one."""
        return self.kept[-1] if self.kept else None


def line(place: int) -> str:
    """The class of a run's line, dots and swatch, by its place."""
    return f"run-{place + 1}"


def curves(axes: plots.Axes, series: Sequence[ArrayLike], x: ArrayLike | None = None) -> list[Node]:
    """A line for each run, over x or, without one, over its own count from 0."""
    return [
        plots.curve(axes, np.arange(np.size(y)) if x is None else x, y, line(place))
        for place, y in enumerate(series)
    ]


def tracks(axes: plots.Axes, paths: Sequence[ArrayLike]) -> list[Node]:
    """The way of each run through the plane; each path has shape (steps, 2)."""
    return [plots.track(axes, path, line(place)) for place, path in enumerate(paths)]


def legend(axes: plots.Axes, names: Sequence[str], inside: plots.Corner = "") -> Node:
    """Which line is whose: see `plots.legend`."""
    return plots.legend(axes, [(name, line(place)) for place, name in enumerate(names)], inside)


def table(label: str, head: Sequence[str], rows: Sequence[Sequence[Child]], most: int) -> Node:
    """What each run did, behind its swatch; always `most` rows, so that nothing moves."""
    empty = [[NOTHING] * len(head)] * (most - len(rows))
    return h(
        "table",
        h("thead", h("tr", h("th", say("run")), [h("th", name) for name in head])),
        h(
            "tbody",
            [
                h("tr", h("td", _swatch(place)), [h("td", cell) for cell in cells], key=place)
                for place, cells in enumerate([*rows, *empty])
            ],
        ),
        class_="runs",
        aria_label=label,
    )


def along(ways: Sequence[float], share: float) -> list[float]:
    """Where racers stand on their lanes, 0 to 1, by how far each has come in whatever unit.

    The one ahead stands where the race itself does, at its `share`; the others by their part of its
    way, and at the start whoever has made none.
    """
    most = max(ways, default=0.0)
    return [share * max(way, 0.0) / most if most > 0 else 0.0 for way in ways]


def lanes(
    label: str,
    names: Sequence[str],
    places: Sequence[float],
    said: Sequence[str],
    first: int | None = None,
) -> Node:
    """A race seen from the side: a lane for each run, and who is ahead.

    It is the legend of the runs' lines, too.

    Args:
        label: what the race is about.
        names: of the runs, in their order.
        places: where each is, from 0, the start, to 1, the finish (`along`).
        said: what stands at the end of each lane, such as its loss.
        first: who is ahead, if anybody is.
    """
    rows = [
        h(
            "li",
            h("span", _swatch(i), name, class_="lane-name"),
            h(
                "span",
                class_="lane-track",
                style=f"--at:{100 * min(max(place, 0.0), 1.0):.1f}%",
                aria_hidden="true",
            ),
            h("span", text, class_="lane-value"),
            key=i,
            class_=f"lane {line(i)}{' first' if i == first else ''}",
        )
        for i, (name, place, text) in enumerate(zip(names, places, said, strict=True))
    ]
    return h("ol", rows, class_="lanes", aria_label=label, key="lanes")


def _swatch(place: int) -> Node:
    return h(
        "svg",
        h("path", d="M0 6h32", class_=f"curve {line(place)}"),
        viewBox="0 0 32 12",
        width=32,
        height=12,
        aria_hidden="true",
    )
