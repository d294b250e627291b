"""A run as text, as links carry it: read and written without a browser.

The twin of `web/client/share.js`, for tests and for engineers. The text is a format's number, a
full stop, and in format 1 the base64url (without padding) of the raw deflate of the JSON of
{"game", "seed", "params", "log"}.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from games.run import Run

FORMAT = 1
MOST_BYTES = 4_000_000
"""Of the JSON inside, so that a small text cannot unfold into a flood."""


class LinkError(ValueError):
    """A text that holds no run, or one of a newer format."""


def encode(run: Run) -> str:
    """The text of a run: what was placed, and everything done to it."""
    whole = {"game": run.game.slug, "seed": run.seed, "params": run.params, "log": run.log}
    pack = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    data = json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()
    packed = pack.compress(data) + pack.flush()
    return f"{FORMAT}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def decode(text: str) -> dict[str, Any]:
    """What a text holds: {"game", "seed", "params", "log"}, or LinkError.

    Whether such a game exists and takes these messages is for `Run` to say.
    """
    number, _, packed = text.partition(".")
    if number.isdecimal() and int(number) > FORMAT:
        raise LinkError(f"format {number} is newer than {FORMAT}, the newest known here")
    if number != str(FORMAT):
        raise LinkError(f"a run's text opens with '{FORMAT}.', got {text!r:.40}")
    unpack = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        data = unpack.decompress(
            base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES
        )
        whole = json.loads(data)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise LinkError(f"the run's text is damaged: {error}") from None
    if not isinstance(whole, dict) or not {"game", "seed", "params", "log"} <= set(whole):
        raise LinkError("the run's text holds no run")
    return whole


def replayed(text: str) -> Run:
    """The run of a text, played again; or LinkError, ParamError or MessageError."""
    whole = decode(text)
    run = Run(whole["game"], whole["seed"], whole["params"])
    for _ in run.replay(whole["log"]):
        pass
    return run
