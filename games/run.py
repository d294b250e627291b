"""A run of a game: seed + parameters + log. It owns the state; it knows no browser and no clock.

Because games are deterministic, the log alone brings a run back: after a crash, from a link, in a
test. A log is a list whose items are messages (lists) and whole numbers (that many ticks).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from games import Game, MessageError, ParamError, load
from games.editions import LogEntry
from games.moves import LONGEST_TEXT
from games.ui.node import Node, to_html
from games.words import say


class Run:
    """One game being played.

    Args:
        slug: the game.
        seed: a whole number from 0 to 2**32 - 1.
        params: values for some of the game's PARAMS; the rest take their defaults.

    Raises:
        ParamError: an unknown game or parameter, or a value out of range.
    """

    def __init__(self, slug: str, seed: int, params: Mapping[str, object] | None = None) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
            raise ParamError(
                say(
                    "seed {given} is not a whole number from 0 to {high}",
                    given=repr(seed),
                    high=2**32 - 1,
                )
            )
        self.game: Game = load(slug)
        self.seed = seed
        self.params = self.game.params(params or {})
        self.state: Any = self.game.module.init(seed, **self.params)
        self.log: list[LogEntry] = []

    def send(self, message: Sequence[Any]) -> None:
        """Give the game a move and log it; MessageError if it is refused (nothing changes)."""
        name, *args = _checked(message)
        args = list(self.game.moves.take(self.state, name, args))
        self.game.module.update(self.state, name, *args)
        self.log.append([name, *args])

    def tick(self) -> bool:
        """One step of whatever is running, logged; False when there was nothing to do."""
        if not self.game.tick(self.state):
            return False
        if self.log and isinstance(self.log[-1], int):
            self.log[-1] += 1
        else:
            self.log.append(1)
        return True

    @property
    def pace(self) -> float | None:
        """Ticks a second that the game asks for now; None for as many as there is time for."""
        choose = getattr(self.game.module, "pace", None)
        if choose is None:
            return self.game.ticks_per_second
        return cast("float | None", choose(self.state))

    def replay(self, log: Sequence[LogEntry]) -> Iterator[None]:
        """Repeat `log` step by step; yields after every message and tick, so callers can pause."""
        for entry in log:
            if isinstance(entry, int):
                for _ in range(entry):
                    if not self.tick():
                        break
                    yield
            else:
                self.send(entry)
                yield

    def view(self) -> Node:
        """The picture of the state as it is now."""
        return self.game.module.view(self.state)

    def score(self) -> float | None:
        """How far the game is won, 0..1, or None where there is nothing to win."""
        return self.game.score(self.state)

    def describe(self) -> str:
        """The state in one sentence."""
        return self.game.module.describe(self.state)

    def numbers(self) -> Mapping[str, NDArray[Any]]:
        """The arrays that the picture draws under a name, by that name, as the picture orders them.

        Raises:
            ValueError: two parts of the picture draw different arrays under one name.
        """
        found: dict[str, NDArray[Any]] = {}
        for node in self.view().walk():
            for name, array in (node.marks or {}).items():
                if name in found and not np.array_equal(found[name], array, equal_nan=True):
                    raise ValueError(f"{self.game.slug} draws two things called {name!r}")
                found[name] = np.asarray(array)
        return found

    def mistakes(self) -> Sequence[tuple[str, str]]:
        """The wrong answers given so far, each after its question; none where nothing is asked."""
        tell = getattr(self.game.module, "mistakes", None)
        return cast("Sequence[tuple[str, str]]", tell(self.state)) if tell else ()

    def records(self) -> Mapping[str, int]:
        """The smallest figures reached so far, by the ids of the game's RECORDS."""
        tell = getattr(self.game.module, "records", None)
        return cast("Mapping[str, int]", tell(self.state)) if tell else {}

    def files(self) -> Mapping[str, bytes]:
        """The files that the view offers to save, by name."""
        make = getattr(self.game.module, "files", None)
        return {} if make is None else cast("Mapping[str, bytes]", make(self.state))

    def solve(self, limit: int = 1_000_000) -> None:
        """Play the game's own solution, ticking after each message until the game is idle."""
        for message in self.game.module.solution(self.state):
            self.send(message)
            if not self._rests(limit):
                raise RuntimeError(f"{self.game.slug} still runs {limit} ticks after {message!r}")

    def begin_solution(self, moves: int, ticks: int) -> None:
        """Play the first moves of the game's own solution, at most so many ticks after each."""
        for _ in self.beginning(moves, ticks):
            pass

    def beginning(self, moves: int, ticks: int) -> Iterator[None]:
        """The same, with a pause after every move and every tick."""
        for message in islice(self.game.module.solution(self.state), moves):
            self.send(message)
            yield
            for _ in takewhile(lambda _: self.tick(), range(ticks)):
                yield

    def _rests(self, limit: int) -> bool:
        """Tick until the game is idle; whether it was within so many ticks."""
        return any(not self.tick() for _ in range(limit))


def fingerprint(node: Node) -> str:
    """A short name for a frame's exact HTML: tells a live page whether its first frame is right."""
    return f"{zlib.crc32(to_html(node).encode()):08x}"


def _checked(message: Sequence[Any]) -> list[Any]:
    if isinstance(message, str) or not isinstance(message, Sequence) or not message:
        raise MessageError(
            say("a message is a list that opens with a name, got {given}", given=f"{message!r:.80}")
        )
    name, *args = message
    if not isinstance(name, str):
        raise MessageError(say("a message opens with a name, got {given}", given=f"{name!r:.80}"))
    for part in message:
        if part is not None and not isinstance(part, str | int | float):
            raise MessageError(
                say(
                    "messages hold text, numbers, true, false and null, got {given}",
                    given=f"{part!r:.80}",
                )
            )
        if isinstance(part, float) and not math.isfinite(part):
            raise MessageError(
                say("{name}: {given} is not a finite number", name=name, given=str(part))
            )
        if isinstance(part, str) and len(part) > LONGEST_TEXT:
            raise MessageError(
                say(
                    "{name}: a text or file may have {n} characters, this one has more",
                    name=name,
                    n=LONGEST_TEXT,
                )
            )
    return [name, *args]
