"""Editions: how logs that an earlier form of a game made are played by today's.

Links, kept runs and course records hold a seed, parameters and a log, and are kept forever. Where
a game changes so that an old log would come to something else, its `EDITION` rises by one, and
`editions.py` beside it says how a run of each earlier edition reads today:

    def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:

An edition without such a function cannot be played any more; its runs open fresh.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from games import Game, discover
from games.words import say

LogEntry = int | list[Any]
"""So many ticks, or a message."""
Log = list[LogEntry]
Params = dict[str, object]


class EditionError(ValueError):
    """A run of an edition that cannot be played here."""


WRONG = (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError)
"""What comes of moves that no edition has ever made."""


def current(
    game: Game,
    edition: object,
    seed: int,
    params: Mapping[str, object],
    log: Sequence[LogEntry],
) -> tuple[Params, Log]:
    """The parameters and the log of a run of `edition`, as today's game takes them.

    Raises:
        EditionError: the edition is newer than this game, too old to be played, or has made no such
            run.
    """
    if not isinstance(edition, int) or isinstance(edition, bool) or edition < 1:
        raise EditionError(
            say("A game’s edition is a whole number from 1, not {given}.", given=f"{edition!r:.40}")
        )
    if edition > game.edition:
        raise EditionError(
            say(
                "This run was made with edition {edition} of {game}, and here is edition {here}: "
                "reload the page, and open it again.",
                edition=edition,
                game=game.title,
                here=game.edition,
            )
        )
    now, moves = dict(params), list(log)
    for old in range(edition, game.edition):
        package = discover()[game.slug].rpartition(".")[0]
        carry = getattr(importlib.import_module(f"{package}.editions"), f"from_{old}", None)
        if carry is None:
            raise EditionError(
                say(
                    "This run was made with edition {edition} of {game}, whose moves today’s game "
                    "no longer knows.",
                    edition=edition,
                    game=game.title,
                )
            )
        try:
            now, moves = carry(seed, now, moves)
        except WRONG:
            raise EditionError(
                say(
                    "Edition {old} of {game} has made no such run as this one.",
                    old=old,
                    game=game.title,
                )
            ) from None
    return now, moves


def retold(log: Sequence[LogEntry], **words: Callable[..., Sequence[list[Any]]]) -> Log:
    """A log in which every message of a name in `words` is replaced by what its function returns.

    The function is given the message's values.
    """
    told: Log = []
    for entry in log:
        if isinstance(entry, list) and entry and entry[0] in words:
            told += words[entry[0]](*entry[1:])
        else:
            told.append(entry)
    return told


def with_guess(log: Sequence[LogEntry], guess: str, run: str, value: Any) -> Log:
    """A log of a game whose guess was filled in with `value` and stayed from run to run.

    Before every message `run` the guess is said as it then stood.
    """
    said = value
    told: Log = []
    for entry in log:
        if isinstance(entry, list) and entry and entry[0] == guess:
            said = entry[1]
        elif isinstance(entry, list) and entry and entry[0] == run:
            told.append([guess, said])
        told.append(entry)
    return told
