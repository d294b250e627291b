"""What runs of earlier editions of Step Through a Block say today."""

from __future__ import annotations

from games.editions import Log, Params, retold
from pycore.text import normalize

PROMPTS = {
    "the cat s": "the-cat",
    "the red b": "the-red",
    "a cup of t": "a-cup",
    "the boats come back be": "the-boats",
}
BLOCK = ("norm-1", "attention", "add-1", "norm-2", "ffn", "add-2")
STAGES = (
    "embed",
    "position",
    *(f"block-{n}-{part}" for n in (1, 2) for part in BLOCK),
    "norm",
    "head",
)
"""Edition 1 named a stage by its place here."""
SIGNS = {".": "period", ",": "comma", ":": "colon", ";": "semicolon", "'": "apostrophe"}
CHARACTERS, SEEN = " abcdefghiklmnopqrstuvwxy.,:;'", 24
"""What the network of edition 1 could read, and how much at once."""


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Prompts, stages and characters by ids; the guess, first "space", where the head is seen.

    It stayed from prompt to prompt, and counted where a prompt's head was seen for the first time.
    """
    guess, stage, last = ["space"], [0], len(STAGES) - 1
    window, seen = ["the cat s"], set[str]()

    def begin(message: list[str], text: str) -> list[list[str]]:
        window[0], stage[0] = text[-SEEN:], 0
        return [message]

    def typed(line: str) -> list[list[str]]:
        read = "".join(c for c in normalize(line) if c in CHARACTERS)
        return begin(["type", line], read + " " * (bool(read) and line[-1].isspace()))

    def go(number: int, message: list[str]) -> list[list[str]]:
        stage[0] = number
        if number < last or window[0] in seen:
            return [message]
        seen.add(window[0])
        return [["guess", guess[0]], message]

    def write() -> list[list[str]]:
        told = go(last, ["write"])
        window[0] = ""  # what it writes is seen as it is written
        seen.add("")
        return told

    def say(name: str) -> list[list[str]]:
        guess[0] = SIGNS.get(name, name)
        return [] if window[0] in seen else [["guess", guess[0]]]

    return params, retold(
        log,
        prompt=lambda text: begin(["prompt", PROMPTS[text]], text),
        type=typed,
        stage=lambda number: go(number, ["stage", STAGES[number]]),
        step=lambda: go(stage[0] + 1, ["step"]),
        guess=say,
        write=write,
    )
