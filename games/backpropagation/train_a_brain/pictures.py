"""The pictures of Train a Brain: the network, the plane, the curves. They draw what they are given.

One pass over a grid of the plane gives every picture of a frame: the output's, and a small one for
each neuron. Blue is above zero, vermilion below, for outputs, neurons and weights alike; squares,
dashes and the border line say the same without colour.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ParamSpec, TypeVar

import numpy as np

from games.backpropagation.train_a_brain.answers import PICTURE
from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.points import REACH, Points, points
from games.backpropagation.train_a_brain.session import Measure
from games.backpropagation.train_a_brain.state import Kept
from games.concepts.training import History
from games.moves import Offer, Offers
from games.ui import numbers, pixels, plots
from games.ui.node import Node, h, marked
from games.words import drawn_once, language, say
from pycore.arrays import Array

P = ParamSpec("P")
T = TypeVar("T")


def once(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the last `size` results of a function that makes nodes, for each language its own.

    What is made depends on the arguments, and of an `Offer` on what it sends and whether it is
    open; `Offers` may be given as well, where the others say which of them are open.
    """

    def keeping(make: Callable[P, T]) -> Callable[P, T]:
        kept: dict[object, T] = {}

        def found(*args: P.args, **named: P.kwargs) -> T:
            told = [a for a in args if not isinstance(a, Offers)]
            said = [(a.message, a.open) if isinstance(a, Offer) else a for a in told]
            key = (language().code, *said)
            made = kept.pop(key) if key in kept else make(*args, **named)
            kept[key] = made
            if len(kept) > size:
                del kept[next(iter(kept))]
            return made

        return found

    return keeping


STRONGEST = 0.82
"""Opacity at ±1: what lies over it can still be read."""

# --- the network ----------------------------------------------------------------------------------

WIDTH = 480.0
GAP = 4
"""Empty cells between two pictures of a column."""
DRAWN = 160
"""Weights drawn one by one; of more, only the largest, over a faint web of all."""
WIDTHS = (0.04, 0.15, 0.4, 0.7)
"""Shares of the largest weight from which a line gets its next width."""


@dataclass(frozen=True)
class Layout:
    """Where everything of a network's picture is, in viewBox units.

    Attributes:
        height: of the whole picture.
        across: middle of each column.
        size: side of a unit's square, in each column.
        up: middles of each column's units.
        lines: the path of every weight, in the order of the weights.
    """

    height: float
    across: tuple[float, ...]
    size: tuple[float, ...]
    up: tuple[tuple[float, ...], ...]
    lines: tuple[str, ...]


@lru_cache(maxsize=8)
def layout(sizes: tuple[int, ...]) -> Layout:
    """Columns of equal width; the units of each are spread around the middle.

    The height is always the same, so that what is below stays where it is pressed.
    """
    width = WIDTH / len(sizes)
    across = tuple(width * (i + 0.5) for i in range(len(sizes)))
    share = PICTURE / (PICTURE + GAP)
    height = 340.0
    size = tuple(min(78.0, height / n * share, 0.72 * width) for n in sizes)
    up = tuple(
        tuple(height / 2 + (j - (n - 1) / 2) * s / share for j in range(n))
        for n, s in zip(sizes, size, strict=True)
    )
    lines = []
    for k in range(len(sizes) - 1):
        start, end = across[k] + size[k] / 2, across[k + 1] - size[k + 1] / 2
        middle = (start + end) / 2
        lines += [
            f"M{start:.0f} {a:.0f}C{middle:.0f} {a:.0f} {middle:.0f} {b:.0f} {end:.0f} {b:.0f}"
            for a in up[k]
            for b in up[k + 1]
        ]
    return Layout(height, across, size, up, tuple(lines))


def network(
    plan: Plan,
    weights: Sequence[Array],
    given: Sequence[Array],
    chosen: tuple[int, int] | None,
    chosen_weight: int,
    said: str,
    won: bool,
) -> Node:
    """The network as it thinks: lines are weights, each unit shows its answer all over the plane.

    Args:
        plan: the build.
        weights: W of each Dense (units before, units after).
        given: for each column, (units, PICTURE, PICTURE) values.
        chosen: (column, unit) that is looked at closely.
        chosen_weight: which of its incoming weights.
        said: the unit in words.
        won: whether the output has a ring of gold.
    """
    spots = layout(plan.sizes)
    return h(
        "div",
        _web(plan.sizes),
        h(
            "svg",
            _edges(spots, weights),
            _chosen_edges(spots, plan.sizes, chosen, chosen_weight),
            viewBox=f"0 0 {WIDTH:g} {spots.height:g}",
            class_="diagram brain-over",
            role="img",
            aria_label=say("The network; its lines are weights"),
            key="edges",
        ),
        [_column(spots, k, values) for k, values in enumerate(given)],
        h(
            "svg",
            _frames(plan.sizes, plan.features),
            _ring(spots, (len(plan.sizes) - 1, 0), "brain-won") if won else None,
            _ring(spots, chosen, "brain-ring") if chosen is not None else None,
            h(
                "g",
                _units(plan.sizes),
                _lines(plan.sizes, chosen),
                tabindex=0,
                role="group",
                aria_label=say("Neuron to look at: {unit}. Arrow keys go on.", unit=said),
                class_="brain-touch",
                on={"key": ("go",)},
                key="touch",
            ),
            viewBox=f"0 0 {WIDTH:g} {spots.height:g}",
            class_="diagram brain-over",
            role="group",
            aria_label=say("The network’s neurons"),
            key="over",
        ),
        class_="brain-net",
    )


def _edges(spots: Layout, weights: Sequence[Array]) -> Node:
    """All weights, in a few paths: by sign and by width."""
    flat = np.concatenate([w.ravel() for w in weights])
    flat = np.nan_to_num(flat, nan=0.0, posinf=1e300, neginf=-1e300)
    size = np.abs(flat)
    steps = np.searchsorted(WIDTHS, size / (size.max() or 1.0))
    if len(flat) > DRAWN:
        steps[np.argpartition(size, len(flat) - DRAWN)[: len(flat) - DRAWN]] = 0
    bins = 2 * steps + (flat < 0)
    paths = [""] * 10
    lines = spots.lines
    for place in range(2, 10):
        paths[place] = "".join([lines[i] for i in np.flatnonzero(bins == place).tolist()])
    return h(
        "g",
        [
            h("path", d=path, key=i, class_=f"edge lit w{i // 2}{' negative' * (i % 2)}")
            for i, path in enumerate(paths[2:], 2)
        ],
        data_symbol="W",
    )


@drawn_once
def _web(sizes: tuple[int, ...]) -> Node:
    """A faint line for every weight, whatever its size, and the ground of the units' pictures.

    A picture of its own, drawn once.
    """
    spots = layout(sizes)
    return h(
        "svg",
        h("path", d="".join(spots.lines)),
        h("path", d=_squares(spots), class_="brain-ground"),
        viewBox=f"0 0 {WIDTH:g} {spots.height:g}",
        class_="diagram brain-web",
        aria_hidden="true",
        key="web",
    )


def _chosen_edges(
    spots: Layout, sizes: tuple[int, ...], chosen: tuple[int, int] | None, weight: int
) -> Node | None:
    if chosen is None:
        return None
    mine = incoming(sizes, *chosen)
    return h(
        "g",
        h("path", d="".join(spots.lines[i] for i in mine), class_="brain-incoming"),
        weight < len(mine) and h("path", d=spots.lines[mine[weight]], class_="brain-weight"),
        key="chosen",
    )


@drawn_once
def _units(sizes: tuple[int, ...]) -> Node:
    """What takes a tap on a unit: its whole cell."""
    spots, width = layout(sizes), WIDTH / len(sizes)
    return h(
        "g",
        [
            h(
                "rect",
                x=across - width / 2,
                y=up - tall / 2,
                width=width,
                height=tall,
                tabindex=-1,
                on={"click": ("look", column, unit)},
                key=f"{column} {unit}",
            )
            for column, across in list(enumerate(spots.across))[1:]
            for unit, up in enumerate(spots.up[column])
            for tall in [spots.size[column] * (PICTURE + GAP) / PICTURE]
        ],
        key="units",
    )


@drawn_once
def _lines(sizes: tuple[int, ...], chosen: tuple[int, int] | None) -> Node | None:
    """What takes a tap on a line that leads into the unit looked at."""
    if chosen is None:
        return None
    lines = layout(sizes).lines
    return h(
        "g",
        [
            h("path", d=lines[place], tabindex=-1, on={"click": ("weight", i)}, key=i)
            for i, place in enumerate(incoming(sizes, *chosen))
        ],
        key="lines",
    )


def incoming(sizes: tuple[int, ...], column: int, unit: int) -> list[int]:
    """Places, in Layout.lines, of the weights that lead into a unit."""
    before = sum(a * b for a, b in itertools.pairwise(sizes[:column]))
    return [before + i * sizes[column] + unit for i in range(sizes[column - 1])]


def _column(spots: Layout, k: int, values: Array) -> Node:
    """The pictures of a column's units, below one another, as one image."""
    n = len(values)
    values = np.clip(np.nan_to_num(values), -1e9, 1e9)
    largest, usual = float(np.abs(values).max()), 2 * float(np.sqrt((values * values).mean()))
    scale = max(min(largest, usual), 1.0)  # full colour at ±1; beyond it, at twice the usual size
    shown = np.zeros((n, PICTURE + GAP, PICTURE))
    shown[:, GAP // 2 : GAP // 2 + PICTURE] = np.clip(values / scale, -1, 1)
    image = pixels.picture(
        shown.reshape(-1, PICTURE), "signed", "", largest=1 / STRONGEST, key=f"column {k}"
    )
    side, tall = spots.size[k], spots.size[k] * (PICTURE + GAP) / PICTURE * n
    share = {
        "left": (spots.across[k] - side / 2) / WIDTH,
        "top": (spots.height - tall) / 2 / spots.height,
        "width": side / WIDTH,
        "height": tall / spots.height,
    }
    image.attributes["style"] = ";".join(f"{name}:{100 * v:.3f}%" for name, v in share.items())
    image.attributes["aria-hidden"] = "true"
    return image


@drawn_once
def _frames(sizes: tuple[int, ...], features: tuple[str, ...]) -> Node:
    """The squares around the units, and the inputs' names."""
    spots = layout(sizes)
    aside = spots.across[0] - spots.size[0] / 2
    names = [
        h("text", name, x=aside - 6, y=y + 4, class_="end")
        if aside > 40
        else h("text", name, x=spots.across[0], y=y + 4, class_="middle")
        for name, y in zip(features, spots.up[0], strict=True)
    ]
    return h("g", h("path", d=_squares(spots), class_="brain-frame"), names, key="frames")


def _squares(spots: Layout) -> str:
    """The path around every unit."""
    return "".join(
        f"M{x - s / 2:.1f} {y - s / 2:.1f}h{s:.1f}v{s:.1f}h{-s:.1f}z"
        for x, s, column in zip(spots.across, spots.size, spots.up, strict=True)
        for y in column
    )


def _ring(spots: Layout, at: tuple[int, int], class_: str) -> Node:
    """A frame around one unit."""
    column, unit = at
    s = spots.size[column] + 4
    return h(
        "rect",
        x=spots.across[column] - s / 2,
        y=spots.up[column][unit] - s / 2,
        width=s,
        height=s,
        rx=3,
        class_=class_,
        key=class_,
    )


# --- the plane ------------------------------------------------------------------------------------

PLANE = plots.Axes((-REACH, REACH), (-REACH, REACH), 320, 320, 2, 2, 2, 2)
"""Without room for ticks: where the points are says enough."""


def plane(
    data: Points,
    answers: Array,
    outputs: Array,
    held: bool,
    pen: Sequence[Node],
    won: bool,
) -> Node:
    """What the network says everywhere, the border between yes and no, and the points.

    Args:
        data: the points.
        answers: −1 to 1 at each place, (side, side): the colours.
        outputs: the network's outputs themselves, of which 0 is the border.
        held: whether the held-out points are shown too.
        pen: what draws points, on top.
        won: whether the border is of gold.
    """
    return plots.plot(
        PLANE,
        plots.isoline(
            PLANE, np.clip(np.nan_to_num(outputs), -1e6, 1e6), class_="won" if won else ""
        ),
        _dots(data, held),
        pen,
        label=say("The plane, coloured by the network’s answer at each place"),
        heat=pixels.Shade(answers, "signed", largest=1 / STRONGEST),
    )


@once(8)
def _dots(data: Points, held: bool) -> Node:
    """The points: round above zero, square below; held-out ones hollow."""
    layers = []
    for kind, (x, y) in (("held", data.test), ("seen", data.train)):
        if kind == "held" and not held:
            continue
        value = 2 * y - 1 if data.classes else y
        for sign, rows in (("above", value > 0), ("below", value <= 0)):
            x1, x2 = x[rows].T
            layers.append(plots.scatter(PLANE, x1, x2, f"halo {sign}"))
            layers.append(plots.scatter(PLANE, x1, x2, f"{kind} {sign}"))
            if kind == "held":
                layers.append(plots.scatter(PLANE, x1, x2, f"hole {sign}"))
    drawn = {
        say("training points (x₁, x₂, label)"): np.column_stack(data.train),
        say("held-out points (x₁, x₂, label)"): np.column_stack(data.test),
    }
    return marked(h("g", layers, class_="brain-points", data_symbol="x t"), drawn)


@drawn_once
def thumbnail(name: str) -> Node:
    """A data set, small."""
    axes = plots.Axes((-REACH, REACH), (-REACH, REACH), 44, 44, 2, 2, 2, 2)
    if name in ("own", "csv"):
        d = (
            "M8 34c6 -20 12 4 18 -10l8 -14l4 4l-8 14z"
            if name == "own"
            else "M8 12h28M8 22h28M8 32h28M18 8v28"
        )
        return h(
            "svg", h("path", d=d, class_="brain-sign"), viewBox="0 0 44 44", aria_hidden="true"
        )
    found = points(Plan(1, data=name, points=90, held_out=0.1))
    x, y = found.train
    value = 2 * y - 1 if found.classes else y
    dots = []
    for sign, rows in (("above", value > 0), ("below", value <= 0)):
        spots = np.column_stack([axes.across(x[rows, 0]), axes.up(x[rows, 1])]).round().astype(int)
        d = "M%d %dh0" * len(spots) % tuple(spots.ravel().tolist())
        dots.append(h("path", d=d, class_=f"dots {sign}"))
    return h("svg", dots, viewBox="0 0 44 44", aria_hidden="true", class_="brain-points")


# --- the curves -----------------------------------------------------------------------------------


CURVES = plots.Axes((0, 1), (0, 1), 400, 130, 44, 8, 8, 34)


@once(4)
def curves(
    history: History[Measure], here: int | None, kept: tuple[Kept, ...], classes: bool
) -> Node:
    """Loss, and share of right answers, against steps; kept runs behind the one that goes on.

    `here` is the step that a run gone back stands at.
    """
    steps = history.steps
    last = max(20.0, *(past.steps[-1] for past in (*(run.history for run in kept), history)))
    losses = np.stack([history.column("loss"), history.column("held_loss")])
    finite = losses[np.isfinite(losses)]
    start = float(finite[0]) if len(finite) else 1.0
    top = min(float(finite.max(initial=0.0)), 3 * start + 0.1)
    top = 1.05 * max([top, 1e-3, *(run.history.column("held_loss")[0] for run in kept)])
    named = say("share right") if classes else say("share explained, R²")
    found = []
    for name, train, held, ends in (
        (say("loss"), "loss", "held_loss", (0.0, top)),
        (named, "quality", "held_quality", (0.0, 1.02)),
    ):
        axes = replace(CURVES, x=(0, last), y=ends)
        layers = [
            plots.curve(axes, run.history.steps, run.history.column(held), f"kept k{i}")
            for i, run in enumerate(kept)
        ]
        for what, class_ in ((train, "train"), (held, "validation")):
            layers.append(plots.curve(axes, steps, history.column(what), class_))
        if here is not None:
            layers.append(plots.rule(axes, x=here))
        label = say("{what} at each step: training dashed, held-out solid", what=name)
        found.append(
            plots.plot(axes, layers, label=label, y_label=name, x_label=say("step"), key=train)
        )
    legend = h("p", say("– – training points   — held-out points"), class_="brain-count")
    columns = [steps, *(history.column(n) for n in ("loss", "held_loss", "quality"))]
    table = np.column_stack([*columns, history.column("held_quality")])
    return marked(
        h("div", found, legend, class_="brain-curves", key="curves"),
        {say("curve (step, loss, held-out loss, right, held-out right)"): np.nan_to_num(table)},
    )


BINS = 24


def histograms(title: str, layers: Sequence[Array], names: Sequence[str], symbol: str) -> Node:
    """One row of bars for each layer: how its numbers are spread; the ends are printed."""
    rows = []
    for i, (values, name) in enumerate(zip(layers, names, strict=True)):
        flat = np.nan_to_num(values.ravel(), nan=0.0, posinf=1e9, neginf=-1e9)
        reach = float(np.abs(flat).max()) or 1.0
        counts, _ = np.histogram(flat, BINS, (-reach, reach))
        heights = 26 * counts / max(int(counts.max()), 1)
        base = 34 + 44 * i
        bars = "".join(
            f"M{70 + 9 * k} {base}v{-tall:.1f}h8v{tall:.1f}z"
            for k, tall in enumerate(heights.tolist())
        )
        rows.append(
            h(
                "g",
                h("text", name, x=62, y=base - 2, class_="end"),
                h("path", d=bars, class_="bars"),
                h("path", d=f"M70 {base}h{9 * BINS}M{70 + 4.5 * BINS:g} {base}v-28", class_="grid"),
                h("text", f"±{amount(reach)}", x=70 + 9 * BINS + 6, y=base - 2),
                key=i,
            )
        )
    tall = 44 * len(rows) + 6
    return h(
        "figure",
        h("figcaption", title),
        h(
            "svg",
            rows,
            viewBox=f"0 0 360 {tall}",
            class_="diagram",
            role="img",
            aria_label=say("{title}: one row for each layer", title=title),
            data_symbol=symbol,
        ),
        key=title,
        class_="brain-histogram",
    )


def amount(value: float) -> str:
    """A number in three digits, however large or small."""
    return numbers.short(value, 3) if np.isfinite(value) else say("too large")
