"""What runs of earlier editions of Train a Brain say today."""

from __future__ import annotations

import base64
import csv
from collections.abc import Sequence
from typing import Any

import numpy as np

from games.backpropagation.train_a_brain import table
from games.editions import retold
from pycore import brains

Message = list[Any]
FEATURES = {
    "x₁": "x1",
    "x₂": "x2",
    "x₁²": "x1-squared",
    "x₂²": "x2-squared",
    "x₁x₂": "x1x2",
    "sin x₁": "sin-x1",
    "sin x₂": "sin-x2",
}
IDS = {
    "2 steps a second": "2-a-second",
    "10 a second": "10-a-second",
    "60 a second": "60-a-second",
    "full speed": "full",
    "CSV": "csv",
    "normal, std 0.1": "small-normal",
    "normal, std 3": "large-normal",
    "halved in steps": "step-decay",
    "warm-up, stable, decay": "warm-up-stable-decay",
    "as the challenge asks": "as-asked",
}
"""Texts that edition 1 used as ids; of the others, today's are made by writing them small."""
LISTED = ("lr", "batch", "l1", "l2", "beta2", "eps", "weight_decay")
NUMBERS = ("plane", "waves")
CHALLENGES = {"xor": "xor", "moons": "moons", "spiral": "spiral"} | {
    "fewest-weights": "xor",
    "fewest-points": "moons",
}
"""The data that a challenge sets; free play sets circles."""
LEFT, RIGHT, TOP, BOTTOM, REACH = 26, 314, 6, 296, 3.0
"""Of the plane in the picture whose coordinates edition 1 logged."""
WIDTH, CELL = 480.0, 16 / 20
"""Of the network's picture there, and the part of a unit's cell that its square took."""


def from_1(
    seed: int, params: dict[str, object], log: Sequence[int | list[Any]]
) -> tuple[dict[str, object], list[int | list[Any]]]:
    """Ids for texts, neurons and data units for places in the picture, the guess that stood."""
    run = _Run(params)
    told = [
        now for entry in log for now in ([entry] if isinstance(entry, int) else run.tell(entry))
    ]
    texts = {name: _id(value) for name, value in params.items() if isinstance(value, str)}
    rate = {"lr": _number(params["lr"])} if "lr" in params else {}
    return params | texts | rate | {"ways": "first"}, told


def from_2(
    seed: int, params: dict[str, object], log: Sequence[int | list[Any]]
) -> tuple[dict[str, object], list[int | list[Any]]]:
    """A table had its last column for y, whatever its name; a refused one was forgotten."""

    def told(text: str) -> list[Message]:
        try:
            today = table.read(text)
            then = today.reading(**_roles(today))
            table.points(then)
        except table.TableError:
            return []
        chosen = [
            ["column", role, getattr(then, role) + 1]
            for role in ("x1", "x2", "y")
            if getattr(then, role) != getattr(today, role)
        ]
        return [["csv", text], *chosen]

    return params, retold(log, csv=told)


def from_3(
    seed: int, params: dict[str, object], log: Sequence[int | list[Any]]
) -> tuple[dict[str, object], list[int | list[Any]]]:
    """A challenge kept the optimizer and its rate, but began schedule, batches and loss anew."""
    anew: dict[str, list[Any]] = {
        "schedule": ["schedule", "constant"],
        "span": ["span", 2000],
        "batch": ["batch", "all"],
        "loss": ["class_loss", "cross-entropy"],
    }
    sets = {name: name for name in anew} | dict.fromkeys(("class_loss", "number_loss"), "loss")
    sets["open"] = "loss"  # which a brain brings with it
    told: list[int | list[Any]] = []
    touched: set[str] = set()
    for entry in log:
        told.append(entry)
        if isinstance(entry, int) or params.get("ways") == "first":
            continue
        if entry[0] == "challenge":
            told += [list(message) for name, message in anew.items() if name in touched]
            touched = set()
        elif entry[0] in sets:
            touched.add(sets[entry[0]])
    return params, told


def _roles(found: table.Table) -> dict[str, int]:
    """The columns that edition 2 took for x₁, x₂ and y."""
    width = len(found.names)
    fitting = [
        i for i in range(width - 1) if all(table.number(row[i]) is not None for row in found.rows)
    ]
    if len(fitting) > 2 and table.counts([row[fitting[0]] for row in found.rows]):
        fitting = fitting[1:]
    x1, x2 = fitting[:2] if len(fitting) > 1 else (0, 1)
    return {"x1": x1, "x2": x2, "y": width - 1}


class _Run:
    """What has to be known of a run to read its messages."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.features: tuple[str, ...] = ("x₁", "x₂")
        self.layers = [params.get("units", 2)] * params.get("layers", 1)
        self.neuron: tuple[int, int] | None = None
        self.guess, self.said = 75, False
        self.kept: list[int] = []
        self.ever_kept = 0
        data = params.get("data", "as the challenge asks")
        asked = CHALLENGES.get(params.get("challenge", "xor"), "circles")
        self.data = asked if data == "as the challenge asks" else data
        self.table_of_classes = True

    @property
    def sizes(self) -> list[int]:
        return [len(self.features), *self.layers, 1]

    def tell(self, message: Message) -> list[Message]:
        """The messages that say the same today."""
        name, *values = message
        told: list[Message] = getattr(self, f"_{name}", self._plain)(name, *values)
        if self.neuron is not None:
            column, unit = self.neuron
            if column >= len(self.sizes) or unit >= self.sizes[column]:
                self.neuron = None
        return told

    def _plain(self, name: str, *values: Any) -> list[Message]:
        return [[name, *(_id(value) if isinstance(value, str) else value for value in values)]]

    def _guess(self, name: str, value: float) -> list[Message]:
        self.guess = round(value)
        return []

    def _play(self, name: str) -> list[Message]:
        """From the first step on, the guess that its slider showed counts."""
        told = [] if self.said else [["guess", self.guess]]
        self.said = True
        return [*told, [name]]

    _step = _play

    def _challenge(self, name: str, which: str) -> list[Message]:
        self.features, self.layers, self.neuron, self.said = ("x₁", "x₂"), [2], None, False
        self.data = CHALLENGES.get(which, "circles")
        return [[name, which]]

    def _data(self, name: str, which: str) -> list[Message]:
        if which not in ("own", "CSV"):
            self.table_of_classes = True  # a table is forgotten, and one's own points begin anew
        self.data = which
        return [[name, _id(which)]]

    def _feature(self, name: str, which: str) -> list[Message]:
        features = set(self.features) ^ {which}
        self.features = tuple(f for f in FEATURES if f in features)
        return [[name, FEATURES[which]]]

    def _layers(self, name: str, n: int) -> list[Message]:
        new = self.layers[-1] if self.layers else 4
        self.layers = (self.layers + [new] * n)[:n]
        return [[name, n]]

    def _units(self, name: str, layer: int, n: int) -> list[Message]:
        self.layers[layer - 1] = n
        return [[name, layer, n]]

    def _set(self, name: str, setting: str, value: Any) -> list[Message]:
        if setting == "loss":
            return [["class_loss" if self._classes() else "number_loss", _id(value)]]
        if setting in LISTED:
            value = "all" if setting == "batch" and value == "0" else _number(value)
        return [[setting, _id(value) if isinstance(value, str) else value]]

    def _classes(self) -> bool:
        return self.table_of_classes if self.data == "CSV" else self.data not in NUMBERS

    def _pen(self, name: str, kind: str) -> list[Message]:
        return [[name, {"1": "class-1", "0": "class-0"}.get(kind, kind)]]

    def _draw(self, name: str, x: float, y: float) -> list[Message]:
        shares = (x - LEFT) / (RIGHT - LEFT), (BOTTOM - y) / (BOTTOM - TOP)
        return [[name, *(round(REACH * (2 * min(max(s, 0), 1) - 1), 2) for s in shares)]]

    def _csv(self, name: str, text: str) -> list[Message]:
        """The rows as they were read then; a text that was none changed nothing."""
        rows = _rows(text)
        if not rows:
            return []
        kinds = sorted({row[2] for row in rows})
        two = len(kinds) == 2
        labels = [str(kinds.index(row[2])) if two else repr(float(row[2])) for row in rows]
        places = [f"{float(a)!r},{float(b)!r}" for a, b, _ in rows]
        lines = [f"{place},{y}" for place, y in zip(places, labels, strict=True)]
        values = {float(y) for y in labels}
        self.data, self.table_of_classes = "CSV", two or len(values) == 1
        numbers = [["label", "numbers"]] if not two and len(values) == 2 else []
        return [[name, "\n".join(lines)], *numbers]

    def _keep(self, name: str) -> list[Message]:
        self.kept.append(self.ever_kept % 26)
        self.ever_kept += 1
        return [[name]]

    def _forget(self, name: str, i: int) -> list[Message]:
        return [[name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[self.kept.pop(i)]]]

    def _open(self, name: str, text: str) -> list[Message]:
        brain = brains.read(base64.b64decode(text))
        self.features, self.layers = brain.inputs, [units for units, _ in brain.hidden]
        return [[name, text]]

    def _touch(self, name: str, x: float, y: float) -> list[Message]:
        """The unit, or the line into the one looked at, that was nearest; or an arrow key's."""
        sizes, width = self.sizes, WIDTH / len(self.sizes)
        height = min(max(150.0, 62.0 * max(sizes)), 340.0)
        across = [width * (i + 0.5) for i in range(len(sizes))]
        side = [min(58.0, height / n * CELL, 0.72 * width) for n in sizes]
        up = [
            [height / 2 + (j - (n - 1) / 2) * s / CELL for j in range(n)]
            for n, s in zip(sizes, side, strict=True)
        ]
        column, unit = self.neuron or (1, 0)
        dx, dy = x - round(across[column], 2), y - round(up[column][unit], 2)
        if abs(abs(dx) + abs(dy) - 1) < 0.02 and min(abs(dx), abs(dy)) < 0.02:
            if abs(dx) > abs(dy):
                column = min(max(column + (1 if dx > 0 else -1), 1), len(sizes) - 1)
                unit = min(unit, sizes[column] - 1)
            else:
                unit = min(max(unit + (1 if dy > 0 else -1), 0), sizes[column] - 1)
            return self._look(column, unit)
        near = _nearest(across, x)
        left, right = across[column - 1], across[column]
        on_unit = abs(x - across[near]) <= side[near] / 2 + 4
        if self.neuron is not None and not on_unit and left < x < right:
            share = (x - left) / (right - left)
            share = share * share * (3 - 2 * share)
            heights = [start + share * (up[column][unit] - start) for start in up[column - 1]]
            return [["weight", _nearest(heights, y)]]
        return self._look(max(near, 1), _nearest(up[near], y) if near else 0)

    def _look(self, column: int, unit: int) -> list[Message]:
        self.neuron = column, unit
        return [["look", column, unit]]


def _rows(text: str) -> list[list[str]]:
    """The rows that edition 1 found in a text: two numbers and a label; none where it refused."""
    sample = text.strip()
    separator = next((c for c in (",", ";", "\t") if c in sample), "")
    if not separator:
        return []
    found = csv.reader(sample.splitlines(), delimiter=separator)
    rows = [row for row in ([cell.strip() for cell in row] for row in found) if any(row)]
    if rows and not all(map(_is_number, rows[0][:2])):
        rows = rows[1:]
    good = 4 <= len(rows) <= 400 and all(
        len(row) >= 3 and all(map(_is_number, row[:2])) for row in rows
    )
    if not good or (
        len({row[2] for row in rows}) != 2 and not all(_is_number(row[2]) for row in rows)
    ):
        return []
    return [row[:3] for row in rows]


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e100
    except ValueError:
        return False


def _nearest(places: Sequence[float], at: float) -> int:
    return min(range(len(places)), key=lambda i: abs(places[i] - at))


def _id(text: str) -> str:
    """Today's id of a text that edition 1 used."""
    return IDS.get(text, text.lower().replace(" ", "-"))


def _number(value: Any) -> str:
    """How a number of a list is said today."""
    return np.format_float_positional(float(value), trim="-")
