"""What runs of earlier editions of Translate a Sentence say today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from games.editions import Log, Params, retold
from pycore.text import normalize

Said = list[list[Any]]
SENTENCES = {
    "the cat sits": "cat",
    "the tired woman waits in the garden": "woman",
    "the white mouse waits by the river and the boy sits in the garden": "mouse-and-boy",
    "the zebra follows the cow": "zebra",
}


@dataclass
class _Old:
    """The two guesses of edition 1, which were filled in, and what had been run with them."""

    believed: str = "right"
    length: int = 5
    translated: bool = False
    measured: bool = False


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Sentences by ids; both guesses said where they counted, after what was run before is over."""
    old = _Old()

    def fresh(name: str, value: object) -> Said:
        old.translated = False
        return [[name, value]]

    def attention(on: bool) -> Said:
        old.measured = False
        return fresh("attention", on)

    def believe(answer: str) -> Said:
        old.believed = answer
        return [*_over("restart", old.translated), *fresh("believe", answer)]

    def translate() -> Said:
        before = _over("restart", old.translated)
        old.translated = True
        return [*before, ["believe", old.believed], ["translate"]]

    def length(words: float) -> Said:
        old.length = int(words)
        return [] if old.measured else [["length", old.length]]

    def measure() -> Said:
        before = _over("rethink", old.measured)
        old.measured = True
        return [*before, ["length", old.length], ["measure"]]

    return params, retold(
        log,
        sentence=lambda text: fresh("sentence", SENTENCES[text]),
        type=lambda line: fresh("type", line),
        width=lambda width: fresh("width", width),
        attention=attention,
        believe=believe,
        translate=translate,
        length=length,
        measure=measure,
    )


def from_2(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """What was typed is cut as edition 2 cut it, between letters and their marks."""

    def typed(line: str) -> Said:
        cut: list[str] = re.findall(r"\w+(?:['’]\w+)*", normalize(line))
        return [["type", " ".join(word for word in cut if word[0].isalnum())]]

    return params, retold(log, type=typed)


def _over(name: str, there: bool) -> Said:
    return [[name]] if there else []
