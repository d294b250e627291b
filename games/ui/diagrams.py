"""Diagrams: a network whose lines are its weights, and one neuron. They draw arrays they are given.

Width is size and dash is sign (positive solid, negative dashed), so that no meaning hangs on
colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from games.ui.node import Child, Message, Node, h
from games.ui.numbers import decimals, fixed, plain, short, signed
from games.words import indexed, say

Floats = NDArray[np.floating]
DIGIT = 9.3
"""How wide a digit is at most, in viewBox units: letters are larger on a phone."""
BRIGHT = 0.6
"""A bulb that glows so much has a dark number, in the dark theme too."""
LABEL = 16.0
"""How high the gap is that a weight's number has in its own line."""
WIDEST = 15.0
"""The width of a line whose gradient is as large as it gets."""


@dataclass(frozen=True)
class Pulse:
    """Signals on their way from one layer to the next: `share` 0 at the start, 1 on arrival.

    With `sizes`, one for each sending unit, its comets are as large as what they carry (0 to 1).
    """

    layer: int
    share: float
    sizes: Sequence[float] | None = None


@dataclass(frozen=True)
class Layout:
    """Where the units of a network are, and the numbers of its weights.

    Attributes:
        sizes: units in each layer.
        width: of the viewBox.
        height: of the viewBox.
    """

    sizes: tuple[int, ...]
    width: float
    height: float

    @property
    def radius(self) -> float:
        """Of a unit."""
        return min(22.0, 0.42 * self.height / max(self.sizes))

    def units(self, layer: int) -> list[tuple[float, float]]:
        """The middles of a layer's units, from the top down."""
        margin = 40.0
        x = margin + (self.width - 2 * margin) * layer / (len(self.sizes) - 1)
        gap = self.height / self.sizes[layer]
        return [(x, gap * (i + 0.5)) for i in range(self.sizes[layer])]

    def label(self, gap: int, i: int, j: int, digits: int) -> tuple[float, float]:
        """The middle of a weight's number of so many decimals, on its own line."""
        return _labels(self, gap, digits)[i][j]


def network(
    weights: Sequence[Floats],
    values: Sequence[Floats | None],
    *,
    label: str,
    pulse: Pulse | None = None,
    won: bool = False,
    chosen: tuple[int, int] | None = None,
    pick: Callable[[int, int], Message] | None = None,
    chosen_edges: Collection[tuple[int, int, int]] = (),
    pick_edge: Callable[[int, int, int], Message | None] | None = None,
    point_edge: bool = False,
    edge_name: Callable[[int, int, int], str] | None = None,
    point: Callable[[int, int], Message] | None = None,
    names: Sequence[Sequence[str]] | None = None,
    deltas: Sequence[Floats | None] | None = None,
    backward: bool = False,
    biases: Sequence[Floats] | None = None,
    weight_digits: int | None = None,
    width: float = 440,
    height: float = 300,
    over: Child = None,
    gradients: Sequence[Floats | None] | None = None,
    full: float = 1.0,
    digits: int = 2,
) -> Node:
    """Layers of units from left to right.

    Args:
        weights: one matrix (units before, units after) for each gap; lines are drawn from them.
        values: one vector of activations for each layer, or None where nothing has arrived yet.
        label: its name; what it shows just now is told once, by `describe`.
        pulse: signals under way.
        won: the last layer glows gold.
        chosen: (layer, unit) to mark, with the lines that lead into it.
        pick: (layer, unit) → what a click on that unit sends; units of the first layer send
            nothing. Give the keyboard the same choice beside the picture.
        chosen_edges: weights (gap, i, j) to mark.
        pick_edge: (gap, i, j) → what a click on that weight’s line sends, or None.
        point_edge: a pointer that comes over a line sends what a click on it would.
        edge_name: (gap, i, j) → what that weight is called when the pointer rests on its line.
        point: (layer, unit) → what pointing at that unit, or reaching it by keyboard, sends; units
            of the first layer send nothing.
        names: what stands above each unit.
        deltas: one vector δ for each layer, printed at its units in the gradient's colour, or
            None where no gradient has arrived.
        backward: the pulse is a gradient: it runs from the layer after the gap to the one before.
        biases: one vector for each layer after the first, printed at its units. What is printed
            at a unit stands away from the middle, where weights stand on their lines.
        weight_digits: decimals of the weights printed on their lines; None prints none.
        width: viewBox width.
        height: viewBox height.
        over: what is drawn over it, in its coordinates.
        gradients: dL/dW for each gap, or None where none has arrived; it floods back along its
            line, as wide as it is large.
        full: the size of a gradient that is drawn `WIDEST`; larger ones are no wider.
        digits: decimals printed in the units.

    What stands for x, w, h, b and y in a formula says so (`data-symbol`).
    """
    sizes = (weights[0].shape[0], *(w.shape[1] for w in weights))
    layout = Layout(sizes, width, height)
    places = [layout.units(layer) for layer in range(len(sizes))]
    radius = layout.radius
    largest = max(float(np.abs(w).max(initial=0.0)) for w in weights) or 1.0
    marked = set(chosen_edges)
    edges: list[Node] = []
    for layer, matrix in enumerate(weights):
        arrived = values[layer] is not None
        for i, j in np.ndindex(matrix.shape):
            edges.append(
                edge(
                    places[layer][i],
                    places[layer + 1][j],
                    float(matrix[i, j]),
                    largest,
                    key=f"{layer}-{i}-{j}",
                    lit=arrived,
                    chosen=chosen == (layer + 1, j) or (layer, i, j) in marked,
                    click=pick_edge(layer, i, j) if pick_edge else None,
                    pointed=point_edge,
                    name=edge_name(layer, i, j) if edge_name else "",
                )
            )
    units: list[Node] = []
    last = len(places) - 1
    for layer, spots in enumerate(places):
        vector = values[layer]
        delta = deltas[layer] if deltas else None
        for i, spot in enumerate(spots):
            value = None if vector is None else float(vector[i])
            gold = won and layer == last
            units.append(
                unit(
                    spot,
                    radius,
                    value,
                    key=f"{layer}-{i}",
                    gold=gold,
                    chosen=chosen == (layer, i),
                    click=pick(layer, i) if pick and layer else None,
                    point=point(layer, i) if point and layer else None,
                    digits=digits,
                    name=names[layer][i] if names else None,
                    delta=None if delta is None else float(delta[i]),
                    bias=float(biases[layer - 1][i]) if biases and layer else None,
                    above=spot[1] < height / 2,
                    symbol="x" if layer == 0 else "y" if layer == last else "h a",
                )
            )
    return h(
        "svg",
        None if gradients is None else _floods(places, gradients, full),
        h("g", edges, key="edges", class_="edges", data_symbol="w W"),
        None if pulse is None else _comets(places, weights, pulse, backward),
        None if weight_digits is None else _edge_names(layout, weights, weight_digits),
        h("g", units, key="units", class_="units"),
        over,
        viewBox=f"0 0 {width:g} {height:g}",
        class_="diagram network",
        role="group" if point else "img",
        aria_label=label,
    )


def edge(
    start: tuple[float, float],
    end: tuple[float, float],
    weight: float,
    largest: float,
    *,
    key: str,
    lit: bool = False,
    chosen: bool = False,
    click: Message | None = None,
    pointed: bool = False,
    name: str = "",
) -> Node:
    """A line as wide as its weight is large; negative ones are dashed.

    With a `click`, a wide invisible line around it takes the pointer; `pointed`, it sends the same
    when the pointer only comes over it.
    """
    sign = "negative" if weight < 0 else "positive"
    d = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    value = signed(weight, 3)
    title = h("title", f"{name} {value}" if name else say("weight {value}", value=value))
    line = h(
        "path",
        None if click else title,
        key=None if click else key,
        d=d,
        stroke_width=0.5 + 5.5 * abs(weight) / largest,
        class_=f"edge {sign}" + " lit" * lit + " chosen" * chosen,
    )
    if click is None:
        return line
    reach = h("path", title, d=d, class_="edge-reach")
    on = {"click": click} | ({"point": click} if pointed else {})
    return h("g", line, reach, key=key, class_="edge-pick", on=on)


def unit(
    place: tuple[float, float],
    radius: float,
    value: float | None,
    *,
    key: str,
    gold: bool = False,
    chosen: bool = False,
    click: Message | None = None,
    point: Message | None = None,
    digits: int = 2,
    name: str | None = None,
    delta: float | None = None,
    bias: float | None = None,
    above: bool = False,
    symbol: str | None = None,
) -> Node:
    """One neuron: dark until a value arrives, then filled by how much and printed.

    With `point` it can be reached by keyboard. Its `name` stands above it, its bias or the gradient
    `delta` that came back to it below, or `above` the name.
    """
    x, y = place
    beside = y - radius - 23 if above else y + radius + 16
    state = "gold" if gold else "quiet" if value is None else "lit"
    strength = 0.0 if value is None else min(abs(value), 1.0)
    printed = "?" if value is None else fixed(value, digits)
    return h(
        "g",
        h("circle", cx=x, cy=y, r=radius, class_="unit-body"),
        h("circle", cx=x, cy=y, r=radius, class_="unit-fill", fill_opacity=round(strength, 3)),
        name and h("text", name, x=x, y=y - radius - 6, class_="unit-name middle"),
        name and " ",  # a reader says both: the name, the value
        h(
            "text",
            printed,
            x=x,
            y=y + 4,
            class_="unit-value middle",
            style=_fitting(printed, radius),
        ),
        delta is not None
        and h("text", f"δ {short(delta)}", x=x, y=beside, class_="unit-delta middle"),
        bias is not None
        and h(
            "text",
            f"b {signed(bias, 1)}",
            x=x,
            y=beside,
            class_="unit-name middle",
            data_symbol="b",
        ),
        key=key,
        class_=f"unit {state}" + " chosen" * chosen,
        on=({"click": click} if click else {}) | ({"point": point} if point else {}) or None,
        tabindex=0 if point else None,
        role="button" if point else None,
        data_symbol=symbol,
    )


def _fitting(text: str, radius: float) -> str | None:
    """The largest letters with which a long number stays inside its circle (`--fit` in kit.css)."""
    return f"--fit: {1.7 * radius / (0.6 * len(text)):.1f}px" if len(text) > 4 else None


def neuron(
    inputs: Sequence[float],
    weights: Sequence[float],
    bias: float,
    total: float,
    output: float,
    *,
    target: float | None = None,
    won: bool = False,
    label: str,
    largest: float = 3.0,
    done: int | None = None,
    press: Callable[[int], Message] | None = None,
) -> Node:
    """One neuron from its inputs to its glow: x·w on the lines, the sum, the output as light.

    `target` draws a ring with the glow that is asked for around the bulb. With `done` only so many
    results are there, a product for each input, the sum and the output, and what made the last one
    is on its way. `press` says what a press of an input sends; give the keyboard the same beside
    the picture. What stands for x, w, b, z and y in a formula says so (`data-symbol`).
    """
    n = len(inputs)
    steps = n + 2 if done is None else done
    height = 260.0
    spots = [(52.0, height * (i + 0.42) / (len(inputs) - 0.16)) for i in range(len(inputs))]
    heart, bulb = (238.0, height / 2), (372.0, height / 2)
    lines, names = [], []
    for i, (spot, x, w) in enumerate(zip(spots, inputs, weights, strict=True)):
        lines.append(edge(spot, heart, w, largest, key=f"w{i}", lit=x != 0 and i < steps))
        if done == i + 1:
            lines.append(_signal(spot, heart, done))
        middle = ((spot[0] + heart[0]) / 2, (spot[1] + heart[1]) / 2)
        above = -36 if spot[1] < height / 2 else 54
        product = f"{plain(x, 2)} × {fixed(w)} = {fixed(x * w) if i < steps else '?'}"
        names.append(
            h(
                "text",
                product,
                x=middle[0] + 30,
                y=middle[1] + above,
                class_="edge-name middle",
                data_symbol="w x",
            )
        )
    return h(
        "svg",
        h("g", lines, class_="edges", data_symbol="w"),
        names,
        [
            unit(
                spot,
                24,
                x,
                key=f"x{i}",
                digits=decimals(x, 2),
                symbol="x",
                click=press(i) if press else None,
            )
            for i, (spot, x) in enumerate(zip(spots, inputs, strict=True))
        ],
        [
            h("text", indexed("x", i + 1), x=spot[0], y=spot[1] - 32, class_="unit-name middle")
            for i, spot in enumerate(spots)
        ],
        edge(heart, bulb, 1.0, 2.0, key="out", lit=steps > n + 1),
        _signal(heart, bulb, done) if done == n + 2 else None,
        h("circle", cx=heart[0], cy=heart[1], r=36, class_="unit-body"),
        h("text", say("sum"), x=heart[0], y=heart[1] - 7, class_="unit-name middle"),
        h(
            "text",
            fixed(total) if steps > n else "?",
            x=heart[0],
            y=heart[1] + 13,
            class_="unit-value middle",
            data_symbol="z",
        ),
        h(
            "text",
            f"b = {fixed(bias)}",
            x=heart[0],
            y=heart[1] + 58,
            class_="unit-name middle",
            data_symbol="b",
        ),
        _bulb(bulb, output if steps > n + 1 else None, target, won),
        viewBox=f"0 0 440 {height:g}",
        class_="diagram neuron",
        role="img",
        aria_label=label,
    )


def _signal(start: tuple[float, float], end: tuple[float, float], key: int) -> Node:
    """A signal that runs along a line once, when it is drawn."""
    d = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    return h("path", d=d, pathLength=100, class_="signal", key=f"signal{key}")


def _rays(x: float, y: float) -> str:
    """Short lines all around a bulb that is won, but for where its name and its aim are read."""
    turns = 2 * np.pi * np.arange(16) / 16
    rays = ""
    for across, up in zip(np.sin(turns), np.cos(turns), strict=True):
        if abs(up) < 0.95:
            rays += f"M{x + 60 * across:.1f} {y + 60 * up:.1f}"
            rays += f"L{x + 68 * across:.1f} {y + 68 * up:.1f}"
    return rays


def _bulb(
    place: tuple[float, float], output: float | None, target: float | None, won: bool
) -> Node:
    """The light of the output, and its glow around it; dark as long as there is none."""
    x, y = place
    light = output or 0.0
    return h(
        "g",
        target is not None
        and [
            h("circle", cx=x, cy=y, r=52, class_="bulb-target", stroke_opacity=round(target, 3)),
            h(
                "text",
                say("aim {value}", value=fixed(target)),
                x=x,
                y=y + 76,
                class_="unit-name middle",
            ),
        ],
        [
            h("circle", cx=x, cy=y, r=r, class_="bulb-glow", fill_opacity=round(share * light, 3))
            for r, share in ((66, 0.14), (56, 0.2), (46, 0.3))
        ],
        h("path", d=_rays(x, y), class_="bulb-rays", key="rays") if won else None,
        h("circle", cx=x, cy=y, r=38, class_="unit-body"),
        h("circle", cx=x, cy=y, r=38, class_="bulb-light", fill_opacity=round(light, 3)),
        h("text", "y", x=x, y=y - 64, class_="unit-name middle"),
        h(
            "text",
            "?" if output is None else fixed(output),
            x=x,
            y=y + 5,
            class_="unit-value middle",
        ),
        class_="bulb won" if won else "bulb bright" if light >= BRIGHT else "bulb",
        data_symbol="y",
    )


@cache
def _labels(layout: Layout, gap: int, digits: int) -> list[list[tuple[float, float]]]:
    """Where the numbers of a gap's weights stand: each on its line, and no other line passes there.

    Each takes the place on its line where fewest points of other lines, of units with their names,
    and of other numbers are in its way; then all choose again, with the others where they are.
    """
    before, after = (np.array(layout.units(layer)) for layer in (gap, gap + 1))
    half = np.array([DIGIT * len(signed(0, digits)), LABEL]) / 2 + 3
    ways = np.array([[a, b] for a in before for b in after])  # (lines, ends, 2)
    along = np.linspace(0.15, 0.85, 71)[:, None]
    places = ways[:, :1] + along * (ways[:, 1:] - ways[:, :1])  # (lines, places, 2)
    lines = ways[:, :1] + np.linspace(0, 1, 60)[:, None] * (ways[:, 1:] - ways[:, :1])
    near = (np.abs(places[:, :, None, None] - lines) < half).all(axis=-1).sum(axis=-1)
    own = np.arange(len(ways))
    near[own, :, own] = 0
    to_unit = np.abs(places[:, :, None] - np.vstack([before, after])) - half
    behind = np.hypot(*np.moveaxis(np.maximum(to_unit, 0), -1, 0)) < layout.radius
    named = (to_unit < [30, layout.radius + 30]).all(axis=-1)
    cost = near.sum(axis=-1) + (60 * behind + 20 * named).sum(axis=-1)
    cost = cost + np.abs(along[:, 0] - 0.36)  # of equal places, one near where the line begins
    chosen = cost.argmin(axis=1)
    for _ in range(3):
        for k in own:
            others = places[own, chosen][own != k]
            over = (np.abs(places[k][:, None] - others) < 2 * half).all(axis=-1).sum(axis=-1)
            chosen[k] = (cost[k] + 40 * over).argmin()
    spots = places[own, chosen].reshape(len(before), len(after), 2)
    return [[(x, y) for x, y in row] for row in spots.tolist()]


def _edge_names(layout: Layout, weights: Sequence[Floats], digits: int) -> Node:
    """The weights as text on their lines, where no other line passes."""
    names = []
    for gap, matrix in enumerate(weights):
        for i, j in np.ndindex(matrix.shape):
            x, y = layout.label(gap, i, j, digits)
            text = signed(float(matrix[i, j]), digits)
            wide = DIGIT * len(text)
            names += [
                h(
                    "rect",
                    x=x - wide / 2,
                    y=y - LABEL / 2,
                    width=wide,
                    height=LABEL,
                    class_="edge-gap",
                ),
                h("text", text, x=x, y=y + 4, class_="edge-name middle"),
            ]
    return h("g", names, key="names", data_symbol="w W")


def _floods(
    places: Sequence[Sequence[tuple[float, float]]], gradients: Sequence[Floats | None], full: float
) -> Node:
    """The gradients that are back, each from the unit it comes from to the one it goes to."""
    floods = []
    for gap, gradient in enumerate(gradients):
        if gradient is None:
            continue
        for i, j in np.ndindex(gradient.shape):
            (x0, y0), (x1, y1) = places[gap][i], places[gap + 1][j]
            size = min(abs(float(gradient[i, j])) / full, 1.0)
            floods.append(
                h(
                    "path",
                    key=f"{gap}-{i}-{j}",
                    d=f"M{x1:.1f} {y1:.1f}L{x0:.1f} {y0:.1f}",
                    pathLength=1,
                    stroke_width=0.8 + (WIDEST - 0.8) * size,
                    class_="edge-flood",
                )
            )
    return h("g", floods, key="floods", data_symbol="dW")


def _comets(
    places: Sequence[Sequence[tuple[float, float]]],
    weights: Sequence[Floats],
    pulse: Pulse,
    backward: bool,
) -> Node:
    """One on each line that carries something; all that one unit sends are one shape."""
    starts, ends = places[pulse.layer], places[pulse.layer + 1]
    lines = weights[pulse.layer]
    if backward:
        starts, ends, lines = ends, starts, lines.T
    share = min(max(pulse.share, 0.0), 1.0)
    sizes = [0.4] * len(starts) if pulse.sizes is None else pulse.sizes
    return h(
        "g",
        [
            h(
                "path",
                d="".join(
                    _comet(a, b, share, 1.5 + 4 * min(abs(size), 1.0))
                    for j, b in enumerate(ends)
                    if lines[i, j] != 0
                ),
                class_="pulse backward" if backward else "pulse",
            )
            for i, (a, size) in enumerate(zip(starts, sizes, strict=True))
        ],
    )


def _comet(
    start: tuple[float, float], end: tuple[float, float], share: float, radius: float
) -> str:
    """A head at `share` of the way, and a tail that narrows towards the start."""
    a, b = np.array(start), np.array(end)
    length = float(np.hypot(*(b - a)))
    way = (b - a) / length
    head = a + share * (b - a)
    tail = head - min(share * length, 7 * radius) * way
    side = radius * np.array([-way[1], way[0]])
    (x0, y0), (x1, y1), (x2, y2) = (point.tolist() for point in (tail, head + side, head - side))
    arc = f"A{radius:.1f} {radius:.1f} 0 0 0 {x2:.1f} {y2:.1f}"
    return f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}{arc}Z"


def pinned(picture: Node, layout: Layout, pins: Iterable[tuple[tuple[float, float], Node]]) -> Node:
    """A drawing with what is pressed or read laid over it, each at its place in the drawing."""
    return h(
        "div",
        picture,
        [
            h(
                "div",
                node,
                key=node.key,
                class_="pin",
                style=f"left:{100 * x / layout.width:.2f}%;top:{100 * y / layout.height:.2f}%",
            )
            for (x, y), node in pins
        ],
        class_="pinned",
    )
