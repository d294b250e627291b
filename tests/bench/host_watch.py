"""Runs in the page's worker before the host starts: tells watch.js how long a frame is drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import js  # type: ignore[import-not-found]

from web.host import Host


class Stopwatch:
    """Adds up the milliseconds that functions take."""

    total = 0.0

    def timed(self, function: Callable[..., None]) -> Callable[..., None]:
        """Return `function`, whose calls now count."""

        def call(*arguments: Any, **named: Any) -> None:
            begun = js.performance.now()
            function(*arguments, **named)
            self.total += js.performance.now() - begun

        return call


def watch() -> None:
    """Post, after each frame, the time that its views, diffs and JSON took."""
    watch = Stopwatch()
    answer = watch.timed(Host._answer)

    def answer_and_tell(host: Host, question: str, *arguments: Any, **named: Any) -> None:
        answer(host, question, *arguments, **named)
        if question == "frame":
            host._post(json.dumps({"kind": "drawn", "ms": watch.total}), [])
        watch.total = 0.0

    Host._draw = watch.timed(Host._draw)  # type: ignore[method-assign]
    Host._answer = answer_and_tell  # type: ignore[method-assign, assignment]


watch()
