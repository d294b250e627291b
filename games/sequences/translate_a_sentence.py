"""Translate a Sentence: pick or type one, guess how it ends, and find the length that breaks it.

Two encoder–decoders (GRU, 32 numbers in a state) with shipped weights; how they
were trained, and on what, stands in `pycore/recipes/translation.py`. One hands over nothing but the
encoder's last state, the other may look back at all of them (attention). A length breaks a model
when it gets fewer than half of the sentences right; they come from the tenth of the grammar's
sentences that training never saw, and right means the grammar's own French, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_number, refuse
from games.moves import Dial
from games.sequences._translation import context, reading, said, saying
from games.ui import plots, widgets
from games.ui.node import h
from pycore import phrases, text
from pycore.arrays import Array
from pycore.recipes import translation
from pycore.seq2seq import Hypothesis, beam_step

PARAMS = {"sentences": Param(Dial(5, 60, 5), 20, "Sentences tried at each length")}
SENTENCES = (
    "the cat sits",
    "the tired woman waits in the garden",
    "the white mouse waits by the river and the boy sits in the garden",
    "the zebra follows the cow",
)
WIDTHS = (1, 2, 4)
MOST_WORDS, MOST_SAID, LONGEST_TEXT = 16, 24, 120
LENGTHS = tuple(range(3, 17))
BATCH = 5
"""Sentences tried in one tick."""
CLOSE = 1
"""How far from the measured length a foretold one may be, in words."""


@dataclass
class Trial:
    """A measurement, under way or done: at each length how many sentences were right, of how many.

    `guess` is the length that was foretold when it began; a length takes `rounds` batches.
    """

    rounds: int
    guess: int
    right: list[int] = field(default_factory=lambda: [0] * len(LENGTHS))
    tried: list[int] = field(default_factory=lambda: [0] * len(LENGTHS))
    batches: int = 0

    @property
    def done(self) -> bool:
        """Whether every length has been tried."""
        return self.batches == self.rounds * len(LENGTHS)


@dataclass
class State:
    """A sentence on its way through one of the two models, and how far each of them carries.

    `h` are the encoder's states after every word, (words, 32), empty before the start; `read` of
    them are on show.
    """

    rng: np.random.Generator
    sentences: int
    attention: bool = False
    width: int = 1
    sentence: str = SENTENCES[0]
    believed: bool = True
    running: bool = False
    h: Array = field(default_factory=lambda: np.empty((0, translation.N)))
    read: int = 0
    beam: list[Hypothesis] = field(default_factory=list)
    guess: int = 5
    measuring: bool = False
    trials: dict[bool, Trial] = field(default_factory=dict)


def init(seed: int, sentences: int = 20) -> State:
    """Nothing read yet; both models' weights are at hand."""
    for attention in (False, True):
        translation.trained(attention)
    return State(np.random.default_rng(seed), sentences)


def update(state: State, message: str, *args: Any) -> None:
    """Choose a sentence, a model, a width; say what will happen; let it run."""
    match message, *args:
        case "sentence", str(sentence) if sentence in SENTENCES:
            _rewind(state)
            state.sentence = sentence
        case "type", str(line) if len(line) <= LONGEST_TEXT and _words(line):
            _rewind(state)
            state.sentence = " ".join(_words(line)[:MOST_WORDS])
        case "attention", bool(on):
            _rewind(state)
            state.attention, state.measuring = on, False
        case "width", int(width) if width in WIDTHS and not isinstance(width, bool):
            _rewind(state)
            state.width = width
        case "believe", "right" | "wrong" as answer:
            _rewind(state)
            state.believed = answer == "right"
        case ("translate",):
            _rewind(state)
            state.running = True
            network = translation.trained(state.attention)
            network.encode(np.array([_source(state)]))
            state.h = network.states[0].copy()
        case "length", length if is_number(length, 3, LENGTHS[-1]) and length == int(length):
            state.guess = int(length)
        case ("measure",):
            state.measuring = True
            state.trials[state.attention] = Trial(-(-state.sentences // BATCH), state.guess)
        case _:
            refuse(
                message,
                args,
                "('sentence', one of those on offer), "
                f"('type', a text with a word, up to {LONGEST_TEXT} characters), "
                f"('attention', true or false), ('width', one of {WIDTHS}), "
                "('believe', 'right' or 'wrong'), ('translate',), "
                f"('length', 3 to {LENGTHS[-1]}), ('measure',)",
            )


def tick(state: State) -> bool:
    """Read one word, or say one; or try one batch of sentences."""
    if state.running:
        if state.read < len(state.h):
            state.read += 1
            return True
        start, end = _marks()
        network = translation.trained(state.attention)
        state.beam = beam_step(network, _source(state), state.beam, state.width, start, end)
        best = state.beam[0].items
        state.running = best[-1] != end and len(best) < MOST_SAID
        return True
    if state.measuring:
        trial = state.trials[state.attention]
        at = trial.batches // trial.rounds
        pairs = translation.examples(LENGTHS[at], BATCH, state.rng)
        judged = translation.right(translation.trained(state.attention), pairs)
        trial.right[at] += sum(judged)
        trial.tried[at] += len(judged)
        trial.batches += 1
        state.measuring = not trial.done
        return True
    return False


def pace(state: State) -> float | None:
    """Words come at a pace that can be followed; a measurement as fast as it goes."""
    return 4.0 if state.running else None


def breaking(trial: Trial) -> int:
    """The first length with fewer than half of the sentences right; one more than any if none."""
    for length, right, tried in zip(LENGTHS, trial.right, trial.tried, strict=True):
        if right < tried / 2:
            return length
    return LENGTHS[-1] + 1


def verdict(state: State) -> bool | None:
    """Whether the finished translation is the grammar's own; None before, or where it has none."""
    wanted = phrases.translate(state.sentence)
    if not state.beam or state.running or wanted is None:
        return None
    return said(state.beam[0]) == wanted


def score(state: State) -> float:
    """1 when the breaking length of either model was foretold within a word; half when measured."""
    done = [trial for trial in state.trials.values() if trial.done]
    if any(abs(trial.guess - breaking(trial)) <= CLOSE for trial in done):
        return 1.0
    return 0.5 if done else 0.0


def view(state: State) -> Node:
    """The sentence on its way on one side, the two models' reach on the other."""
    return widgets.stage(
        widgets.panel(
            widgets.choice(
                "sentence", [(s, s) for s in SENTENCES], state.sentence, ("sentence",), key="pick"
            ),
            widgets.entry(
                f"or your own (up to {MOST_WORDS} words)",
                state.sentence,
                LONGEST_TEXT,
                ("type",),
                key="own",
            ),
            widgets.row(
                widgets.toggle("attention", state.attention, ("attention",), key="attention"),
                widgets.choice(
                    "beam width", [(str(w), w) for w in WIDTHS], state.width, ("width",), key="w"
                ),
            ),
            _belief(state),
            widgets.row(widgets.button("Translate", ("translate",), primary=True, key="go")),
            _about(),
        ),
        widgets.panel(
            reading(state.sentence, state.h, state.read),
            context(state.h, state.read, state.attention),
            key="in",
        ),
        widgets.panel(saying(state.sentence, state.beam, state.width, state.attention), key="out"),
        widgets.panel(_reach(state), _foretelling(state), key="reach"),
    )


def describe(state: State) -> str:
    """What is being translated, how far it is, and what has been measured."""
    heads = [
        f"“{state.sentence}” {'with' if state.attention else 'without'} attention, beam width "
    ]
    heads[0] += f"{state.width}, believed to come out {'right' if state.believed else 'wrong'}."
    if state.h.size:
        heads.append(f"Read {state.read} of {len(state.h)} words.")
    if state.beam:
        heads.append(f"French: “{said(state.beam[0])}”{'…' if state.running else '.'}")
    heads.append(f"Foretold to break at {state.guess} words.")
    for attention, trial in state.trials.items():
        name = "With" if attention else "Without"
        found = f"breaks at {breaking(trial)}" if trial.done else f"{sum(trial.tried)} tried"
        heads.append(f"{name} attention: {found}.")
    return " ".join(heads)


def solution(state: State) -> Iterator[Message]:
    """A short sentence, a long one with and without attention; then the lengths until foretold."""
    if state.attention:
        yield ("attention", False)
    for sentence, belief in ((SENTENCES[0], "right"), (SENTENCES[2], "wrong")):
        yield from (("sentence", sentence), ("believe", belief), ("translate",))
    yield from (("length", 8), ("measure",))
    while score(state) < 1:
        length = min(breaking(state.trials[state.attention]), LENGTHS[-1])
        yield from (("length", length), ("measure",))
    yield from (("attention", True), ("translate",))


def numbers(state: State) -> Mapping[str, NDArray[Any]]:
    """The states read so far, the candidates' probabilities, the attention, the shares."""
    found: dict[str, NDArray[Any]] = {"encoder states h (words × numbers)": state.h[: state.read]}
    if state.beam:
        found["probabilities p of each next French word (words said × vocabulary)"] = state.beam[
            0
        ].p
        if state.beam[0].A is not None:
            found["attention A (words said × words read)"] = state.beam[0].A
    for attention, trial in state.trials.items():
        caption = f"share right, {'with' if attention else 'without'} attention (by length, from 3)"
        found[caption] = _shares(trial)
    return found


# --- words and numbers ----------------------------------------------------------------------------


def _words(sentence: str) -> list[str]:
    """The words of a sentence in lower case, punctuation left out."""
    return [word for word in text.words(text.normalize(sentence)) if word[0].isalnum()]


def _source(state: State) -> list[int]:
    return translation.vocabularies()[0].encode(state.sentence.split())


def _marks() -> tuple[int, int]:
    start, end = translation.vocabularies()[1].encode([translation.START, translation.END])
    return start, end


def _rewind(state: State) -> None:
    """Back to before the first word."""
    state.running, state.read, state.beam = False, 0, []
    state.h = np.empty((0, translation.N))


def _shares(trial: Trial) -> Array:
    """The share of sentences right at each length, NaN where none was tried."""
    tried = np.array(trial.tried, float)
    return np.where(tried > 0, np.array(trial.right) / np.maximum(tried, 1), np.nan)


# --- pictures -------------------------------------------------------------------------------------


def _belief(state: State) -> Node:
    judged = verdict(state)
    truth = None
    if state.beam and not state.running:
        known = phrases.translate(state.sentence)
        truth = "not in the grammar: no French to hold it against"
        if known is not None:
            truth = "right" if judged else f"wrong; right is: {known}"
    asked = widgets.prediction(
        "Will every French word be right?",
        widgets.choice(
            "my guess",
            [("all right", "right"), ("some wrong", "wrong")],
            "right" if state.believed else "wrong",
            ("believe",),
        ),
        guess="right" if state.believed else "wrong",
        truth=truth,
        close=None if judged is None else judged == state.believed,
    )
    return h("div", asked, key="belief", class_="belief")


AXES = plots.Axes(x=(2.5, LENGTHS[-1] + 0.5), y=(0, 1), height=240)


def _reach(state: State) -> Node:
    """The share of sentences translated without a mistake, by length, for each model measured."""
    lines: list[Node | None] = []
    for attention, trial in sorted(state.trials.items()):
        kind = "validation" if attention else "train"
        lines.append(plots.curve(AXES, LENGTHS, _shares(trial), kind))
        known = np.flatnonzero(trial.tried)
        lines.append(plots.scatter(AXES, np.array(LENGTHS)[known], _shares(trial)[known], kind))
    return plots.plot(
        AXES,
        plots.rule(AXES, y=0.5),
        plots.rule(AXES, x=state.guess, class_="dial"),
        lines,
        label="Share of held-out sentences right, by length. " + _found(state),
        x_label="English words in the sentence",
        y_label="share right (solid: with attention, dashed: without)",
        key="reach",
    )


def _foretelling(state: State) -> Node:
    trial = state.trials.get(state.attention)
    known = trial is not None and trial.done and trial.guess == state.guess
    hit = trial is not None and known and abs(trial.guess - breaking(trial)) <= CLOSE
    name = "with attention" if state.attention else "without attention"
    return h(
        "div",
        widgets.prediction(
            f"At how many words does the model {name} get fewer than half right?",
            widgets.slider(
                "words", state.guess, 3, LENGTHS[-1], 1, ("length",), digits=0, key="length"
            ),
            key="break",
        ),
        widgets.row(widgets.button("Measure the lengths", ("measure",), key="measure")),
        widgets.progress(
            "lengths tried",
            trial.batches // trial.rounds if trial else 0,
            len(LENGTHS),
            key="tried",
        ),
        widgets.note(_found(state), kind="win" if hit else "", roomy=True),
        key="foretell",
        class_="foretelling",
    )


def _found(state: State) -> str:
    trial = state.trials.get(state.attention)
    if trial is None:
        return "Not measured yet. Foretell the length, within one word, and measure."
    if not trial.done:
        return f"You said {trial.guess}. {sum(trial.tried)} sentences tried so far."
    found = breaking(trial)
    said_so = f"You said {trial.guess}; it breaks at {found} words."
    if abs(trial.guess - found) <= CLOSE:
        return f"{said_so} Foretold!"
    return f"{said_so} Set the slider and measure again: the sentences will be new."


def _about() -> Node:
    low, high = translation.SHORTEST, translation.LONGEST
    return widgets.note(
        f"Both models learnt from sentences of {low} to {high} words about eight animals and "
        f"people. Without attention all of a sentence must fit into {translation.N} numbers. What "
        f"they never read becomes {phrases.UNKNOWN}.",
        kind="hint",
    )
