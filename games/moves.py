"""Moves: the closed vocabulary of a game, one table. It knows no picture, no page and no game.

    MOVES = moves(
        beta=Dial(0, 0.99, 0.01),
        start=Pick("ridge", "hair", "step"),
        drag=Parts(end=Dial(0, 1), to=Place(x=Dial(-1, 1, 0.1), y=Dial(-1, 1, 0.1))),
        race=Press(when=ready),
    )

From this table come what a run accepts and its refusals (`Moves.take`), the bounds and the state of
every control (`Moves.on`), what a link holds (ids and data units, in canonical form), and what the
tests throw at a game. A bound may be a function of the state; `when` says in which states a move is
possible at all. A parameter is a domain with a default (`games.Param`).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from games.words import say, written

Value = str | int | float | bool
Id = str | int | float
Parts_ = tuple[Value, ...]
When = Callable[[Any], bool]
End = float | Callable[[Any], float]
"""A bound, or the function of the state that gives it."""

LONGEST_TEXT = 100_000
"""Characters of the longest text in a move; web/client/files.js knows it too."""


class MessageError(ValueError):
    """A message that the game refuses; the state is as it was."""


class Domain:
    """What may stand in a move: `width` values one after the other.

    `when(state)` says whether the move is possible now; None: always.
    """

    width = 1
    when: When | None

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """The canonical form of `values`; ValueError where they are none of this domain's."""
        raise NotImplementedError

    def allowed(self, state: Any) -> str:
        """What may be said, in words, as an error names it."""
        raise NotImplementedError

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Values from both ends and the middle, for tests and blind play."""
        raise NotImplementedError

    def parse(self, text: object) -> Value:
        """The one value that a link's text or a host page means; ValueError where it is none."""
        raise NotImplementedError


@dataclass(frozen=True)
class Press(Domain):
    """A move that says nothing but its name."""

    when: When | None = None
    width = 0

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """Nothing."""
        return ()

    def allowed(self, state: Any) -> str:
        """Nothing."""
        return ""

    def samples(self, state: Any) -> Iterator[Parts_]:
        """The one way to say it."""
        yield ()


@dataclass(frozen=True)
class Switch(Domain):
    """On or off."""

    when: When | None = None

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """True or False; 0 and 1 are none."""
        (value,) = values
        if not isinstance(value, bool):
            raise ValueError
        return (value,)

    def allowed(self, state: Any) -> str:
        """Both."""
        return say("true or false")

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Both."""
        yield from ((True,), (False,))

    def parse(self, text: object) -> Value:
        """True, False, or how they are written."""
        for value in (True, False):
            if str(text).lower() == str(value).lower():
                return value
        raise ValueError


@dataclass(frozen=True)
class Dial(Domain):
    """A number from `low` to `high` on a grid of `step`, both ends among it.

    Where low and step are whole numbers the value is an int, else a float. Numbers between two
    marks of the grid count as the nearer one. Without a step every number between the ends is one.
    """

    low: End
    high: End
    step: float | None = 1
    when: When | None = None

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return isinstance(self.step, int) and (callable(self.low) or isinstance(self.low, int))

    def ends(self, state: Any) -> tuple[float, float]:
        """The lowest and the highest value in this state."""
        low, high = (end(state) if callable(end) else end for end in (self.low, self.high))
        return low, high

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """The nearest value on the grid of a finite number between the ends."""
        (value,) = values
        low, high = self.ends(state)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError
        if not low <= value <= high:  # NaN lies nowhere
            raise ValueError
        return (self.nearest(value, low, high),)

    def nearest(self, value: float, low: float, high: float) -> int | float:
        """The mark of the grid that is nearest to a value between the ends."""
        if self.step is None:
            return float(value)
        place = low + round((value - low) / self.step) * self.step
        if self.whole:
            return int(min(place, high))
        return round(float(min(place, high)), self.digits)

    @property
    def digits(self) -> int:
        """How many decimals the grid needs; for printing, and to keep 0.1 + 0.2 out of links."""
        if self.step is None:
            return 6
        ends = [end for end in (self.low, self.high, self.step) if not callable(end)]
        return max(next(d for d in range(13) if math.isclose(round(e, d), e)) for e in ends)

    def allowed(self, state: Any) -> str:
        """The ends, and the grid where it is not that of the whole numbers."""
        low, high = self.ends(state)
        ends = {"low": written(low), "high": written(high)}
        if self.step is None or self.step == 1:
            if self.whole:
                return say("a whole number from {low} to {high}", **ends)
            return say("a number from {low} to {high}", **ends)
        grid = written(self.step)
        if self.whole:
            return say("a whole number from {low} to {high} in steps of {step}", **ends, step=grid)
        return say("a number from {low} to {high} in steps of {step}", **ends, step=grid)

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Both ends and a third of the way."""
        low, high = self.ends(state)
        for share in (0.0, 1 / 3, 1.0):
            yield (self.nearest(low + share * (high - low), low, high),)

    def parse(self, text: object) -> Value:
        """A number as Python and JSON write it, and nothing else."""
        if isinstance(text, bool) or not isinstance(text, str | int | float):
            raise ValueError
        if isinstance(text, str) and not _is_number(text):
            raise ValueError
        try:
            value = float(text)
        except OverflowError:  # a whole number without end, as JSON may hold
            raise ValueError from None
        low, high = self.ends(None)
        if not low <= value <= high or (self.whole and value != int(value)):
            raise ValueError
        return int(value) if self.whole else value


@dataclass(frozen=True, init=False)
class Pick(Domain):
    """One of a few ids, texts or numbers; with a mapping, code looks up what each stands for.

    `was` names the ids that earlier editions used, with today's: links keep them forever.
    `only(state)`, where it is given, are those that may be picked in a state.
    """

    ids: tuple[Id, ...]
    values: Mapping[Id, Any]
    was: Mapping[str, Id]
    when: When | None
    only: Callable[[Any], Sequence[Id]] | None

    def __init__(
        self,
        *ids: Id | Mapping[Any, Any],
        was: Mapping[str, Id] | None = None,
        when: When | None = None,
        only: Callable[[Any], Sequence[Id]] | None = None,
    ) -> None:
        values: dict[Id, Any] = {}
        for entry in ids:
            values |= dict(entry) if isinstance(entry, Mapping) else {entry: entry}
        object.__setattr__(self, "ids", tuple(values))
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "was", was or {})
        object.__setattr__(self, "when", when)
        object.__setattr__(self, "only", only)

    def now(self, state: Any) -> Sequence[Id]:
        """The ids that may be picked in a state."""
        return self.ids if self.only is None else self.only(state)

    def __getitem__(self, name: Id) -> Any:
        """What an id stands for."""
        return self.values[name]

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """The id itself."""
        (value,) = values
        for name in self.now(state):
            kind = str if isinstance(name, str) else int | float
            if isinstance(value, kind) and not isinstance(value, bool) and value == name:
                return (name,)
        raise ValueError

    def allowed(self, state: Any) -> str:
        """The ids."""
        return say("one of {ids}", ids=", ".join(map(repr, self.now(state))))

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Every id."""
        for name in self.now(state):
            yield (name,)

    def parse(self, text: object) -> Value:
        """The id that a text names, today's or an earlier edition's."""
        for name in self.ids:
            if str(text) == str(name) and not isinstance(text, bool):
                return name
        if isinstance(text, str) and text in self.was:
            return self.was[text]
        raise ValueError


@dataclass(frozen=True)
class Place(Domain):
    """A place in a plane, in the data's units: x and y, each on its dial."""

    x: Dial
    y: Dial
    when: When | None = None
    width = 2

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """Both on their grids."""
        x, y = values
        return (*self.x.take([x], state), *self.y.take([y], state))

    def allowed(self, state: Any) -> str:
        """Both ranges."""
        return say("x {x}, y {y}", x=self.x.allowed(state), y=self.y.allowed(state))

    def samples(self, state: Any) -> Iterator[Parts_]:
        """The corners and a place between."""
        for x in self.x.samples(state):
            for y in self.y.samples(state):
                yield (*x, *y)


@dataclass(frozen=True)
class Text(Domain):
    """A text of the learner's own of at most `longest` characters."""

    longest: int = 200
    when: When | None = None

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """The text as it is."""
        (value,) = values
        if not isinstance(value, str):
            raise ValueError
        if len(value) > self.longest:
            raise MessageError(
                say(
                    "The text was not taken: it has {n} characters; allowed: at most {most} "
                    "characters.",
                    n=len(value),
                    most=self.longest,
                )
            )
        return (value,)

    def allowed(self, state: Any) -> str:
        """How long it may be."""
        return say("a text of at most {n} characters", n=self.longest)

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Nothing, and a few words."""
        yield from (("",), ("0.5",), ("a few words"[: self.longest],))


@dataclass(frozen=True)
class File(Domain):
    """A file of the learner's: its text, or for a binary one its base64."""

    binary: bool = False
    when: When | None = None

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """What the file holds; what is wrong with it is for the game to say."""
        (value,) = values
        if not isinstance(value, str):
            raise ValueError
        if len(value) > LONGEST_TEXT:
            raise MessageError(self._too_long())
        if self.binary:
            try:
                base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                raise ValueError from None
        return (value,)

    def _too_long(self) -> str:
        """Why a file is not taken that somebody has chosen."""
        if self.binary:
            most = LONGEST_TEXT // 4 * 3
            return say("The file was not opened: it has more than {n} bytes.", n=most)
        return say("The file was not opened: it has more than {n} characters.", n=LONGEST_TEXT)

    def allowed(self, state: Any) -> str:
        """How it comes."""
        if self.binary:
            return say("a file as base64 of at most {n} characters", n=LONGEST_TEXT)
        return say("a file as text of at most {n} characters", n=LONGEST_TEXT)

    def samples(self, state: Any) -> Iterator[Parts_]:
        """None: which files a game takes is its own knowledge."""
        yield from ()


@dataclass(frozen=True)
class Shades(Domain):
    """A picture in a few shades: for each cell, row by row, a digit from 0, paper, up to full ink.

    The digits are those of base 16, so there are 2 to 16 levels. The page makes them of a picture
    of the learner's (web/client/pictures.js).
    """

    columns: int
    rows: int
    levels: int = 2
    when: When | None = None

    @property
    def digits(self) -> str:
        """One for each level."""
        return "0123456789abcdef"[: self.levels]

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """The digits themselves."""
        (value,) = values
        if not isinstance(value, str) or len(value) != self.columns * self.rows:
            raise ValueError
        if not set(value) <= set(self.digits):
            raise ValueError
        return (value,)

    def cells(self, text: str) -> list[list[float]]:
        """How much ink is in each cell, from 0 to 1, row by row."""
        ink = [int(digit, 16) / (self.levels - 1) for digit in text]
        return [ink[i : i + self.columns] for i in range(0, len(ink), self.columns)]

    def allowed(self, state: Any) -> str:
        """How many digits, and which."""
        return say(
            "a picture of {columns} × {rows} digits from 0 to {last}",
            columns=self.columns,
            rows=self.rows,
            last=self.digits[-1],
        )

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Paper, every level in turn, and ink."""
        n, digits = self.columns * self.rows, self.digits
        yield from ((digits[0] * n,), ((digits * n)[:n],), (digits[-1] * n,))


@dataclass(frozen=True, init=False)
class Parts(Domain):
    """Several domains one after the other, each with a name: which end, and where to."""

    parts: Mapping[str, Domain]
    when: When | None

    def __init__(self, when: When | None = None, /, **parts: Domain) -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "when", when)

    @property
    def width(self) -> int:  # type: ignore[override]
        """All their values."""
        return sum(part.width for part in self.parts.values())

    def take(self, values: Sequence[object], state: Any) -> Parts_:
        """Each part's values in canonical form."""
        found: Parts_ = ()
        for part in self.parts.values():
            found += part.take(values[len(found) : len(found) + part.width], state)
        return found

    def allowed(self, state: Any) -> str:
        """Every part by its name."""
        return ", ".join(f"{name}: {part.allowed(state)}" for name, part in self.parts.items())

    def samples(self, state: Any) -> Iterator[Parts_]:
        """Every combination of the parts' samples."""
        found: list[Parts_] = [()]
        for part in self.parts.values():
            found = [(*head, *tail) for head in found for tail in part.samples(state)]
        yield from found


@dataclass(frozen=True)
class Offer:
    """A move as a control offers it: its name, what is already settled, and what is still open.

    Attributes:
        message: the name and the settled values; the page appends the rest.
        domain: of the rest.
        open: whether the move is possible now.
        state: for bounds that depend on it.
    """

    message: tuple[Any, ...]
    domain: Domain
    open: bool
    state: Any = field(repr=False, compare=False)

    def only_if(self, possible: bool) -> Offer:
        """The same, and not possible where this does not hold."""
        return self if possible else replace(self, open=False)

    def __call__(self, *values: Value) -> Offer:
        """The same with more of it settled: which weight of many a slider moves.

        What is not possible now may be settled by anything; it is never said.
        """
        rest = self.domain
        if isinstance(rest, Parts):
            parts, taken = dict(rest.parts), 0
            while parts and taken < len(values):
                part = parts.pop(next(iter(parts)))
                self._settle(part, values[taken : taken + part.width])
                taken += part.width
            left = list(parts.values())
            rest = left[0] if len(left) == 1 else Parts(None, **parts) if left else Press()
        else:
            self._settle(rest, values)
            rest = Press()
        return Offer((*self.message, *values), rest, self.open, self.state)

    def _settle(self, domain: Domain, values: tuple[Value, ...]) -> None:
        """Refuse values that a picture settles and no move could have: a fault of the game."""
        if self.open:
            try:
                domain.take(values, self.state)
            except ValueError:
                allowed = domain.allowed(self.state)
                raise ValueError(f"{values} cannot be settled; allowed: {allowed}") from None

    def ends(self) -> tuple[float, float, float | None]:
        """Lowest and highest value and the step of a `Dial`."""
        if not isinstance(self.domain, Dial):
            raise TypeError(f"{self.message[0]} sets no single number: it takes {self.domain}")
        return self.grids()[0]

    def grids(self) -> list[tuple[float, float, float | None]]:
        """The same for each number of the move: one for a `Dial`, two for a `Place`."""
        match self.domain:
            case Dial() as dial:
                dials = [dial]
            case Place(x, y):
                dials = [x, y]
            case _:
                raise TypeError(f"{self.message[0]} sets no number: it takes {self.domain}")
        return [(*dial.ends(self.state), dial.step) for dial in dials]

    def ids(self) -> Sequence[Id]:
        """What a `Pick`, or a `Dial` of whole numbers, may be."""
        if isinstance(self.domain, Dial) and self.domain.whole:
            low, high = self.domain.ends(self.state)
            return tuple(range(int(low), int(high) + 1))
        assert isinstance(self.domain, Pick), f"{self.message[0]} picks nothing"
        return self.domain.now(self.state)

    def longest(self) -> int:
        """Characters of the longest `Text`."""
        assert isinstance(self.domain, Text), f"{self.message[0]} takes no text"
        return self.domain.longest

    def shades(self) -> Shades:
        """The grid of a picture in `Shades`."""
        assert isinstance(self.domain, Shades), f"{self.message[0]} takes no picture"
        return self.domain

    def decimals(self) -> int:
        """How many decimals a `Dial` needs in print."""
        assert isinstance(self.domain, Dial), f"{self.message[0]} sets no number"
        return self.domain.digits


class Offers:
    """All moves of a game in one state; an attribute for each."""

    def __init__(self, table: Mapping[str, Domain], state: Any) -> None:
        self._table, self._state = table, state

    def __getattr__(self, name: str) -> Offer:
        """The move of that name."""
        try:
            domain = self._table[name]
        except KeyError:
            raise AttributeError(f"no move {name!r}; there are: {', '.join(self._table)}") from None
        return Offer((name,), domain, domain.when is None or domain.when(self._state), self._state)


class Moves:
    """The table of a game's moves; see the module's docstring."""

    def __init__(self, table: Mapping[str, Domain]) -> None:
        self.table = dict(table)

    def on(self, state: Any) -> Offers:
        """The moves as they stand in a state: with their bounds, and possible or not."""
        return Offers(self.table, state)

    def take(self, state: Any, name: str, values: Sequence[object]) -> Parts_:
        """The canonical values of a move that is possible now.

        Raises:
            MessageError: it is not; what came and what is allowed. Nothing has changed.
        """
        domain = self.table.get(name)
        if domain is None:
            refuse(name, values, ", ".join(map(repr, self.table)) or say("nothing"))
        if domain.when is not None and not domain.when(state):
            possible = [repr(other) for other in self.table if getattr(self.on(state), other).open]
            refuse(
                name,
                values,
                say(
                    "{possible}; {move} is not possible now",
                    possible=", ".join(possible) or say("nothing while this runs"),
                    move=repr(name),
                ),
            )
        try:
            if len(values) != domain.width:
                raise ValueError
            return domain.take(values, state)
        except MessageError:  # the domain has said it in its own words
            raise
        except ValueError:
            what = domain.allowed(state)
            if what:
                refuse(name, values, say("{move} with {what}", move=repr(name), what=what))
            refuse(name, values, say("{move} alone", move=repr(name)))


def moves(**table: Domain) -> Moves:
    """The table of a game's moves, by name."""
    return Moves(table)


def refuse(name: str, values: Sequence[object], allowed: str) -> NoReturn:
    """Raise the MessageError that says what came and what is allowed."""
    said = ", ".join(repr(part)[:60] for part in (name, *values))
    raise MessageError(
        say(
            "({given}) is not what this game takes now; allowed: {allowed}",
            given=said,
            allowed=allowed,
        )
    )


def _is_number(text: str) -> bool:
    """Whether a text is a number in ASCII digits; underscores and full-width digits are none."""
    return text.isascii() and "_" not in text and text.strip() == text
