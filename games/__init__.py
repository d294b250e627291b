"""The contract every game keeps, and how games are found. It knows no game and no browser.

A game is a folder `games/<track>/<name>/` with a module `game.py`, whose docstring opens with
`Title: how to play.`; its slug is the folder's name with hyphens. Beside it lie its `style.css`,
its tests `test_*.py`, `editions.py` (games.editions), and what else only this game uses; what only
the games of a track use lies in the track's folder. A game defines

    PARAMS                        optional: {name: Param}, what a placed game may set
    MOVES                         moves(name=Domain, …), all that a player may say (games.moves)
    EDITION                       optional: a whole number that rises when an old log would come to
                                  something else; `editions.py` says how old ones are played
    init(seed, **params)          -> State, a dataclass that owns its random generator
    update(state, move, *values)  the player's writes; the move is in the table, possible now, and
                                  its values in canonical form. What no table can say it refuses
                                  with `refuse`, before it changes anything
    tick(state)                   optional, where something runs by itself: -> bool, one small step;
                                  False when idle and nothing changed
    view(state)                   -> Node, reads only
    score(state)                  optional, where there is something to win: -> 0..1, 1 for won, or
                                  None for nothing to win just now
    describe(state)               -> one sentence for a screen reader, from the state's numbers
    solution(state)               -> messages that win from this state; where there is nothing to
                                  win, a short tour of what there is to see
    why(state, move, *values)     optional: in one sentence, why the solution makes this move
                                  now, for who watches it; "" where its control says enough
    mistakes(state)               optional: the wrong answers given so far, as pairs of texts, the
                                  question and the answer, for a teacher to count
    RECORDS, records(state)       optional: {id: word("Fewest weights: {n}")}, {id: whole number},
                                  the best so far of what may get ever smaller; the page keeps the
                                  smallest by its id from visit to visit, outside the state
    files(state)                  optional: {name: bytes}, what its view offers to save
                                  (`controls.save_file`)
    LEARNT                        word("…"), where there is something to win: what a win has shown,
                                  in one or two sentences; the page says it beside the medal
    SECTIONS                      optional: the sections of the course that its view links to, each
                                  as article#anchor (`panes.section_link`); an unknown one stops
                                  the build
    TICKS_PER_SECOND              optional: the pace of an animation; without it, a game ticks as
                                  often as the frame's budget allows
    pace(state)                   optional, in place of it: the pace now (None: without one)

What is drawn under a name (`marks` of a node) can be opened, copied and saved as numbers. What
decides (everything but view and describe) never looks at how it is drawn: a test follows the
imports. Colours, sizes and time are the page's; randomness is the state's own generator.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from games.moves import Domain, MessageError, Moves, refuse
from games.ui.node import Message, Node
from games.words import say

__all__ = [
    "Game",
    "Message",
    "MessageError",
    "Node",
    "Param",
    "ParamError",
    "discover",
    "load",
    "refuse",
]

Scalar = str | int | float | bool
SHARED = frozenset({"ui", "concepts"})
"""The folders of `games/` that are no track: what all games may use."""


class ParamError(ValueError):
    """A parameter, or a game's name, that does not exist or is out of range."""


@dataclass(frozen=True)
class Param:
    """One parameter of a game, a domain with a default: behind slider, link, embed and check."""

    domain: Domain
    default: Scalar
    label: str

    def __post_init__(self) -> None:
        """Refuse a default that the domain does not hold."""
        self.parse("default", self.default)

    def parse(self, name: str, raw: object) -> Scalar:
        """The value of `raw` (a number or text from a link), or ParamError with what is allowed."""
        try:
            return self.domain.parse(raw)
        except ValueError:
            given = f"{name}={raw!r}"
            allowed = self.domain.allowed(None)
            raise ParamError(
                say("{given} is not {allowed}", given=given, allowed=allowed)
            ) from None


class _Module(Protocol):
    """What a game module offers (see the module docstring)."""

    MOVES: Moves

    def init(self, seed: int, **params: Any) -> Any: ...
    def update(self, state: Any, move: str, *values: Any) -> None: ...
    def view(self, state: Any) -> Node: ...
    def describe(self, state: Any) -> str: ...
    def solution(self, state: Any) -> Iterable[Message]: ...


@dataclass(frozen=True)
class Game:
    """A loaded game: its names for people and its module for the computer."""

    slug: str
    track: str
    english: tuple[str, ...]
    module: _Module
    ticks_per_second: float | None

    @property
    def moves(self) -> Moves:
        """The table of its moves."""
        return self.module.MOVES

    @property
    def table(self) -> Mapping[str, Param]:
        """Its parameters by name."""
        return cast("Mapping[str, Param]", getattr(self.module, "PARAMS", {}))

    def tick(self, state: Any) -> bool:
        """One small step; False where nothing runs, or nothing can."""
        step = getattr(self.module, "tick", None)
        return step is not None and bool(step(state))

    def score(self, state: Any) -> float | None:
        """How far the game is won, 0..1, or None where there is nothing to win."""
        judge = getattr(self.module, "score", None)
        return None if judge is None else cast("float | None", judge(state))

    @property
    def edition(self) -> int:
        """Rises when a log made before would come to something else (games.editions)."""
        return getattr(self.module, "EDITION", 1)

    @property
    def title(self) -> str:
        """What the game is called, in the language in use."""
        return say(self.english[0])

    @property
    def how(self) -> str:
        """How to play, in the language in use."""
        return say(self.english[1])

    @property
    def learnt(self) -> str:
        """What a win has shown, in the language in use; "" where there is nothing to win."""
        return say(getattr(self.module, "LEARNT", ""))

    def params(self, given: Mapping[str, object]) -> dict[str, Scalar]:
        """All parameters of this game: the given ones checked, the rest at their defaults."""
        table = self.table
        unknown = sorted(set(given) - set(table))
        if unknown:
            raise ParamError(
                say(
                    "{game} has no parameter {name}; it has: {allowed}",
                    game=self.slug,
                    name=repr(unknown[0]),
                    allowed=", ".join(table) or say("none"),
                )
            )
        return {
            name: param.parse(name, given[name]) if name in given else param.default
            for name, param in table.items()
        }


@cache
def discover() -> dict[str, str]:
    """Every game's slug → the name of its module, found by looking into the track folders."""
    found: dict[str, str] = {}
    here = Path(__file__).parent
    for place in sorted(here.glob("*/*/game.py*")):
        parts = place.relative_to(here).with_suffix("").parts
        slug, name = parts[1].replace("_", "-"), ".".join(("games", *parts))
        if found.setdefault(slug, name) != name:
            raise ValueError(f"two games are called {slug}: {found[slug]} and {name}")
    return dict(sorted(found.items()))


@cache
def load(slug: str) -> Game:
    """Import the game called `slug`; ParamError names the known games if there is none."""
    names = discover()
    if slug not in names:
        known = ", ".join(sorted(names))
        raise ParamError(
            say("there is no game {name}; there are: {known}", name=repr(slug), known=known)
        )
    module = importlib.import_module(names[slug])
    english = opening(module.__doc__ or "")
    if not english:
        raise ValueError(f"the docstring of {names[slug]} must open with 'Title: how to play.'")
    pace = cast("float | None", getattr(module, "TICKS_PER_SECOND", None))
    track = names[slug].split(".")[1]
    return Game(slug, track, english, cast(_Module, module), pace)


def opening(docstring: str) -> tuple[str, ...]:
    """Return a game's title and how to play it, from the line that opens its docstring; or ()."""
    title, colon, how = docstring.strip().split("\n")[0].partition(": ")
    return (title, how[:1].upper() + how[1:]) if colon else ()
