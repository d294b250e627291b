"""A run as text, as links carry it: read and written without a browser.

The twin of `web/client/share.js`, for tests and for engineers. The text is a format's number, a
full stop, and the base64url (without padding) of the raw deflate of the JSON of {"game", "edition",
"seed", "params", "log", "score"}. Format 1 had neither edition (it was the first) nor score; the
score is what its maker's computer found, for a game that no longer plays such a run.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from games import load
from games.editions import current
from games.run import Run

FORMAT = 2
PARTS = {"game", "edition", "seed", "params", "log", "score"}
MOST_BYTES = 4_000_000
"""Of the JSON inside, so that a small text cannot unfold into a flood."""


class LinkError(ValueError):
    """A text that holds no run, or one of a newer format."""


def encode(run: Run) -> str:
    """The text of a run: what was placed, everything done to it, and what it came to."""
    whole = {
        "game": run.game.slug,
        "edition": run.game.edition,
        "seed": run.seed,
        "params": run.params,
        "log": run.log,
        "score": run.score(),
    }
    pack = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    data = json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()
    packed = pack.compress(data) + pack.flush()
    return f"{FORMAT}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(text: str) -> dict[str, Any]:
    """What a text holds: {"game", "edition", "seed", "params", "log", "score"}, or LinkError.

    Whether such a game exists and takes these messages is for `Run` to say.
    """
    number, _, packed = text.partition(".")
    if number.isdecimal() and (len(number) > 9 or int(number) > FORMAT):
        raise LinkError(f"format {number:.12} is newer than {FORMAT}, the newest known here")
    if number not in map(str, range(1, FORMAT + 1)):
        raise LinkError(f"a run's text opens with '{FORMAT}.', got {text!r:.40}")
    unpack = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        data = unpack.decompress(
            base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES
        )
        whole = json.loads(data)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise LinkError(f"the run's text is damaged: {error}") from None
    if number == "1" and isinstance(whole, dict):
        whole |= {"edition": 1, "score": None}
    if not isinstance(whole, dict) or not set(whole) >= PARTS:
        raise LinkError("the run's text holds no run")
    kinds = {"game": str, "log": list, "params": dict}
    if not all(isinstance(whole[part], kind) for part, kind in kinds.items()):
        raise LinkError("the run's text holds no run")
    messages = (message for message in whole["log"] if isinstance(message, list) and message)
    if not all(isinstance(message[0], str) for message in messages):
        raise LinkError("a message of the run does not open with a name")
    return whole


STEPS = 1_000_000
"""Moves and ticks after which a run is not played on: some games never rest, and a link may claim
any number. Whoever can pause and stop takes games.check.Check."""


def replayed(text: str) -> Run:
    """The run of a text, played again; or LinkError, ParamError, EditionError or MessageError."""
    whole = decode(text)
    game = load(whole["game"])
    params, log = current(game, whole["edition"], whole["seed"], whole["params"], whole["log"])
    run = Run(whole["game"], whole["seed"], params)
    try:
        for step, _ in enumerate(run.replay(log), 1):
            if step == STEPS:
                raise LinkError(f"the run is longer than {STEPS} moves and ticks")
    except RecursionError:
        raise LinkError("a message of the run is nested too deeply") from None
    return run
