"""How the builder speaks: one line for each step, with its time, and one sentence for a failure."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class BuildError(Exception):
    """The build cannot go on; the message is the one sentence that a person needs."""


def say(text: str) -> None:
    """Print a line at once, whatever standard output is."""
    print(text, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is going on while it does, and how long it took when it is over."""
    began = time.perf_counter()
    print(f"  {what} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.perf_counter() - began:.1f} s", flush=True)


def fail(text: str) -> None:
    """Print an error, in red where a person looks on."""
    red, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() else ("", "")
    print(f"{red}{text}{plain}", file=sys.stderr, flush=True)
