"""What runs of earlier editions of Step Through a Block say today."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from games.editions import Log, LogEntry, Params
from pycore.activations import softmax
from pycore.recipes import tale
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
SEEN, WRITTEN, LONGEST_TEXT = 24, 40, 160
"""Characters that the network of edition 1 saw at once, that it wrote on, and of a whole text."""


@dataclass
class _Old:
    """What edition 1 knew: the text, the place of the stage, the guess, and which heads were seen.

    The guess stayed from prompt to prompt.
    """

    rng: np.random.Generator
    text: str = "the cat s"
    stage: int = 0
    guess: str = "space"
    temperature: float = 1.0
    writing: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def new(self) -> bool:
        """Whether the head has not been seen for this text."""
        return self.text[-SEEN:] not in self.seen

    def begin(self, text: str) -> None:
        """Another text."""
        self.text, self.stage, self.writing = text, 0, 0

    def go(self, stage: int, message: LogEntry) -> Log:
        """Go to a stage; the guess is said where the head is seen for the first time."""
        self.stage, self.writing = stage, 0
        if stage < len(STAGES) - 1 or not self.new:
            return [message]
        self.seen.add(self.text[-SEEN:])
        return [["guess", self.guess], message]

    def write(self, ticks: int) -> None:
        """Write so many characters; each text on the way has been seen."""
        vocabulary = tale.vocabulary()
        for _ in range(min(ticks, self.writing)):
            x = np.array([vocabulary.encode(self.text[-SEEN:])])
            p = softmax(tale.trained().forward(x)[0, -1] / self.temperature)
            self.text += vocabulary.words[self.rng.choice(len(p), p=p)]
            self.seen.add(self.text[-SEEN:])
            self.writing -= 1


def from_1(seed: int, params: Params, log: Log) -> tuple[Params, Log]:
    """Prompts, stages and characters by ids; the guess, first "space", where the head is seen.

    A text may have been seen while it was written, so what was written is written here once more.
    """
    old = _Old(np.random.default_rng(seed))
    return params, [now for entry in log for now in _retold(old, entry)]


def _retold(old: _Old, entry: LogEntry) -> Log:
    match entry:
        case int(ticks):
            old.write(ticks)
        case ["prompt", text]:
            old.begin(text)
            return [["prompt", PROMPTS[text]]]
        case ["type", line]:
            read = "".join(c for c in normalize(line) if c in tale.vocabulary())
            old.begin(read + " " * (bool(read) and line[-1].isspace()))
        case ["stage", number]:
            return old.go(number, ["stage", STAGES[number]])
        case ["step"]:
            return old.go(old.stage + 1, entry)
        case ["guess", name]:
            old.guess = SIGNS.get(name) or str(name)
            return [["guess", old.guess]] if old.new else []
        case ["temperature", value]:
            old.temperature = round(float(value), 1)
        case ["write"]:
            told = old.go(len(STAGES) - 1, entry)
            old.writing = min(WRITTEN, LONGEST_TEXT - len(old.text))
            return told
        case ["stop"]:
            old.writing = 0
    return [entry]
