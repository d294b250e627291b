"""A check: a run that somebody else made is played again, without drawing, to see what came of it.

It knows no browser and no clock: whoever checks says when it is time for a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from games import MessageError, load
from games.editions import LogEntry, current
from games.run import Run
from games.words import say


class Check:
    """The repetition of a log, in pieces.

    Args:
        slug: the game.
        seed: a whole number from 0 to 2**32 - 1.
        params: values for some of the game's PARAMS.
        log: messages, and between them how many ticks there were.
        edition: of the game that the log was made with.

    Attributes:
        run: the run as far as it has been repeated.
        done: how many messages and ticks that is.
        of: how many the log names; the ticks may turn out to be fewer.

    Raises:
        ParamError: an unknown game or parameter, or a value out of range.
        EditionError: an edition that cannot be played here.
    """

    def __init__(
        self,
        slug: str,
        seed: int,
        params: Mapping[str, object],
        log: Sequence[LogEntry],
        edition: int,
    ) -> None:
        params, log = current(load(slug), edition, seed, params, log)
        self.run = Run(slug, seed, params)
        self.done = 0
        self.of = sum(entry if isinstance(entry, int) else 1 for entry in log)
        self._steps = self.run.replay(log)

    def go_on(self, pause: Callable[[], bool]) -> bool:
        """Repeat until `pause` says stop, asked after every step; True at the end of the log.

        Raises:
            MessageError: the game refused a move, and which one it was.
        """
        try:
            for _ in self._steps:
                self.done += 1
                if pause():
                    return False
        except MessageError as error:
            raise MessageError(
                say("move {n} is not possible: {reason}", n=self.moves + 1, reason=str(error))
            ) from error
        return True

    @property
    def moves(self) -> int:
        """How many messages the game has taken."""
        return sum(not isinstance(entry, int) for entry in self.run.log)

    def facts(self) -> dict[str, Any]:
        """What came of the run, computed here: score, won, moves, ticks and mistakes."""
        score = self.run.score()
        return {
            "score": score,
            "won": score == 1,
            "moves": self.moves,
            "ticks": sum(entry for entry in self.run.log if isinstance(entry, int)),
            "mistakes": self.run.mistakes(),
        }
