"""A table of the learner's own as points: what its rows mean, or what is wrong with them.

It takes files as people have them: commas, semicolons or tabs, decimal points or commas, a
byte-order mark, names above the columns or none. What was understood is said, and can be corrected.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from games.backpropagation.train_a_brain.points import LEAST_OWN, MOST_OWN, Own
from games.words import say
from pycore.arrays import Array
from pycore.brains import Scales

DELIMITERS = (";", "\t", ",")
"""In this order where several fit, for a comma may also stand in numbers and in texts."""
NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]{1,2})?")
THOUSANDS = re.compile(r"[+−-]?[1-9][0-9]{0,2},[0-9]{3}")
LABELS = {"class", "label", "target"}
"""Names of columns that say what is to be learnt."""
NAMED = 3
"""Of the texts that are too many for classes, so many are named."""
X_REACH, Y_REACH = 2.5, 1.0
"""Columns are shifted and scaled to ± this; y only where it is a number."""


class TableError(ValueError):
    """A text that is no table of points; the message says in which row and why."""


@dataclass(frozen=True)
class Table:
    """Rows of cells, and which columns are read as what.

    Attributes:
        rows: the cells of each, all equally many.
        lines: the line of the text that each row stands on, from 1.
        names: what stood above the columns, or their numbers.
        x1, x2, y: their columns, from 0.
        classes: whether y is read as classes where it has two different numbers.
    """

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    names: tuple[str, ...]
    x1: int = 0
    x2: int = 1
    y: int = 2
    classes: bool = True

    def reading(self, **parts: int) -> Table:
        """The same rows with other columns, or y read as classes or as numbers."""
        return replace(self, **parts)  # type: ignore[arg-type]

    def numbers(self, column: int) -> Array:
        """A column of numbers.

        Raises:
            TableError: the first cell that is none.
        """
        found = [number(row[column]) for row in self.rows]
        for line, row, value in zip(self.lines, self.rows, found, strict=True):
            if value is None:
                raise TableError(
                    say(
                        "Row {line}: {column} is {cell}, which is not a number.",
                        line=line,
                        column=self.names[column],
                        cell=quoted(row[column]),
                    )
                )
        return np.array(found, float)

    def kinds(self) -> list[str]:
        """The different entries of y in order, numbers by their size; 1 and 1.0 are the same."""
        found = {row[self.y]: number(row[self.y]) for row in self.rows}
        if None in found.values():
            return sorted(found)
        return [f"{value:g}" for value in sorted({v for v in found.values() if v is not None})]

    def of_classes(self) -> bool:
        """Whether y is read as two classes, of which one may be missing."""
        kinds = self.kinds()
        if len(kinds) == 1:
            return number(kinds[0]) is None
        return len(kinds) == 2 and self.classes is not False

    def choice(self) -> bool:
        """Whether y can be read as classes and as numbers."""
        return len(self.kinds()) == 2 and None not in (number(row[self.y]) for row in self.rows)


def read(text: str) -> Table:
    """The table in a text, its columns chosen (`_roles`).

    A row is one of names only where no cell is a number.

    Raises:
        TableError: what is wrong, and in which row.
    """
    lines, rows = _rows(text.removeprefix("\ufeff"))
    names = [numbered(i + 1) for i in range(len(rows[0]))]
    if not any(number(cell) is not None for cell in rows[0]):
        names = [shortened(cell) or name for cell, name in zip(rows[0], names, strict=True)]
        lines, rows = lines[1:], rows[1:]
    if not LEAST_OWN <= len(rows) <= MOST_OWN:
        raise TableError(
            say(
                "{n} rows; allowed: {least} to {most}.",
                n=len(rows),
                least=LEAST_OWN,
                most=MOST_OWN,
            )
        )
    table = Table(tuple(map(tuple, rows)), tuple(lines), tuple(names))
    return table.reading(**_roles(table))


def _roles(table: Table) -> dict[str, int]:
    """Which columns are x₁, x₂ and y: two of numbers and, if there is no better one, the last.

    A better y has a name that says so; or it is the only one with two different texts, where the
    last has numbers. A first column that only counts the rows is passed over where others are left.
    """
    width = len(table.names)
    of_numbers = [i for i in range(width) if all(number(row[i]) is not None for row in table.rows)]
    y = width - 1
    named = [i for i, name in enumerate(table.names) if name.casefold() in LABELS]
    of_two = [
        i
        for i in range(width)
        if i not in of_numbers and len({row[i] for row in table.rows} - {""}) == 2
    ]
    if len(named) == 1:
        y = named[0]
    elif len(of_two) == 1 and y in of_numbers and len(of_numbers) >= 2:
        y = of_two[0]
    fitting = [i for i in of_numbers if i != y]
    if len(fitting) > 2 and counts([row[fitting[0]] for row in table.rows]):
        fitting = fitting[1:]
    if len(fitting) < 2:  # and `points` names the cell that is no number
        fitting = [i for i in range(width) if i != y]
    return {"x1": fitting[0], "x2": fitting[1], "y": y}


def points(table: Table) -> tuple[Own, Scales]:
    """The rows as points that fill the plane, and the scales of x₁, x₂ and y.

    Raises:
        TableError: a cell is no number where one is needed, or y is neither classes nor numbers.
    """
    x = np.stack([table.numbers(table.x1), table.numbers(table.x2)], axis=1)
    x, scales = _fill(x, X_REACH)
    kinds = table.kinds()
    if table.of_classes():
        names = [_kind(row[table.y]) for row in table.rows]
        y = np.array([float(name != kinds[0]) for name in names])
        scales += ((0.0, 1.0),)
    else:
        if len(kinds) > 2 and all(number(kind) is None for kind in kinds):
            _require_labels(table)
            raise TableError(
                say(
                    "y is {name}, {n} different texts: {texts}; allowed: two classes, or numbers.",
                    name=table.names[table.y],
                    n=len(kinds),
                    texts=_listed(kinds),
                )
            )
        column, scale = _fill(table.numbers(table.y)[:, None], Y_REACH)
        y, scales = column[:, 0], scales + scale
    rows = np.column_stack([x, y]).round(4).tolist()
    return tuple((a, b, c) for a, b, c in rows), scales


def _require_labels(table: Table) -> None:
    """Refuse rows without a label, for one more class is not what they were meant to be."""
    for line, row in zip(table.lines, table.rows, strict=True):
        if not row[table.y]:
            column = table.names[table.y]
            raise TableError(say("Row {line}: {column} is empty.", line=line, column=column))


def understood(table: Table) -> str:
    """What the rows were taken for, in words."""
    kinds = table.kinds()
    x1, x2, y = (table.names[i] for i in (table.x1, table.x2, table.y))
    if len(kinds) == 1:
        what = say("y is {name}, {kind} in every row: nothing to learn", name=y, kind=kinds[0])
    elif table.of_classes():
        what = say(
            "y is {name}, two classes, {a} (class 0) and {b} (class 1)",
            name=y,
            a=quoted(kinds[0]),
            b=quoted(kinds[1]),
        )
    else:
        what = say("y is {name}, a number from {a} to {b}", name=y, a=kinds[0], b=kinds[-1])
    return say(
        "{n} rows: x₁ is {x1}, x₂ is {x2}; {what}.", n=len(table.rows), x1=x1, x2=x2, what=what
    )


def number(cell: str) -> float | None:
    """The number in a cell, its decimals after a point or a comma; None where it is none."""
    text = cell.replace("\N{MINUS SIGN}", "-")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if abs(value) < 1e100 else None


def numbered(n: int) -> str:
    """What a column is called that has no name, counted from 1."""
    return say("column {n}", n=n)


def shortened(text: str) -> str:
    """A cell or a name, cut where it is long."""
    return text if len(text) <= 20 else text[:19] + "…"


def quoted(cell: str) -> str:
    """A cell as it is named in a sentence, cut where it is long."""
    return say("“{text}”", text=shortened(cell))


def _listed(texts: list[str]) -> str:
    """The first of some texts, so many as a sentence has room for."""
    named = ", ".join(map(quoted, texts[:NAMED]))
    return say("{named}, …", named=named) if len(texts) > NAMED else named


def counts(cells: list[str]) -> bool:
    """Whether a column only counts its rows."""
    found = [number(cell) for cell in cells]
    return any(found == [i + first for i in range(len(found))] for first in (0, 1))


def _kind(cell: str) -> str:
    value = number(cell)
    return cell if value is None else f"{value:g}"


def _rows(text: str) -> tuple[list[int], list[list[str]]]:
    """Each row's line and cells, whatever separates them.

    Raises:
        TableError: no separator gives three columns, or a row has more or fewer than the others.
    """
    best: tuple[float, list[int], list[list[str]], int] | None = None
    damage: TableError | None = None
    for delimiter in DELIMITERS:
        try:
            lines, rows = _split(text, delimiter)
        except TableError as error:
            damage = error
            continue
        if not rows:
            break
        width, times = Counter(map(len, rows)).most_common(1)[0]
        if width >= 3 and (best is None or times / len(rows) > best[0]):
            best = times / len(rows), lines, rows, width
    if best is None:
        raise damage or TableError(
            say("No three columns found. A row looks like: {row}", row="1.2, 0.5, 1")
        )
    _, lines, rows, width = best
    for line, row in zip(lines, rows, strict=True):
        if len(row) != width:
            raise TableError(
                say(
                    "Row {line} has {n} cells, the others have {width}: {row}",
                    line=line,
                    n=len(row),
                    width=width,
                    row=quoted(", ".join(row)),
                )
            )
    _check_commas([cell for row in rows for cell in row if number(cell) is not None])
    used = [i for i in range(width) if any(row[i] for row in rows)]
    return lines, [[row[i] for i in used] for row in rows]


def _split(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    lines: list[int] = []
    rows: list[list[str]] = []
    start = 1
    reader = csv.reader(
        text.splitlines(keepends=True), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    while True:
        try:
            row = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return lines, rows
        except csv.Error as error:
            what = say("a quotation mark that is opened and not closed")
            if "end of data" not in str(error):
                what = say("text after a closed quotation mark")
            raise TableError(say("Row {line}: {what}.", line=start, what=what)) from None
        if any(row):
            lines.append(start)
            rows.append(row)
        start = reader.line_num + 1


def _check_commas(numbers: list[str]) -> None:
    """Refuse numbers whose commas may be decimal signs or mark thousands."""
    commas = [cell for cell in numbers if "," in cell]
    if not commas:
        return
    if any("." in cell for cell in numbers):
        raise TableError(
            say("Some numbers have a decimal point, others a comma; allowed: one of them.")
        )
    if all(THOUSANDS.fullmatch(cell) for cell in commas):
        cell = quoted(commas[0])
        raise TableError(say("{n} can be read in two ways; write it without a comma.", n=cell))


def _fill(columns: Array, reach: float) -> tuple[Array, Scales]:
    """The columns shifted and scaled to ±reach, and each one's (middle, half)."""
    low, high = columns.min(axis=0), columns.max(axis=0)
    middle, half = (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0) / reach
    return (columns - middle) / half, tuple(zip(middle.tolist(), half.tolist(), strict=True))
