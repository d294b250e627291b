"""Merge by Merge: find the two neighbours that meet most often, and see them become one.

Byte pair encoding is trained in sight, by the engine's own trainer: one call of `step` is one
merge. A text that the game draws has a single most frequent pair, and at least `OPTIONS` that may
be asked for; it goes on until its next pair is no longer the only one, or a call has failed. Only
calls on drawn texts count, for on a text of one's own one could see the answer first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, pick
from games.concepts.streak import Streak, meter
from games.moves import Dial, Pick, Press, Text, moves, refuse
from games.ui import controls, plots, sequences, widgets
from games.ui.node import marked
from games.ui.shell import shell
from games.words import say, word
from pycore import corpora
from pycore.subwords import BPETrainer, Pair
from pycore.text import pieces

LEARNT = word(
    "Byte pair encoding knows no grammar. It counts neighbours, merges the most frequent pair, and "
    "counts again: many endings and words come out of that, and some cuts that no one would make."
)
PARAMS = {"calls": Param(Dial(1, 6), 3, "Right calls in a row")}
OPTIONS, LONGEST, AHEAD, GHOST = 4, 160, 10, 60
"""Pairs to choose from; letters of a text of one's own; merges at once; merges of the ghost."""
STEMS = (
    *("low", "new", "young", "old", "fast", "slow", "cold", "warm", "deep", "long"),
    *("dark", "light", "soft", "hard", "kind", "mild"),
)
ENDINGS = ("", "er", "est", "ness", "ish", "ly")
SAMPLES = {
    "german": word("German"),
    "hindi": word("Hindi"),
    "digits": word("Digits"),
    "emoji": word("Emoji"),
}
WRITTEN = {
    "german": "Donaudampfschifffahrt, Dampfschifffahrt, Schifffahrt, Dampfschiff, Schiff",
    "hindi": "नदी में नाव, नाव में नदी, नदी की नाव",
    "digits": "1415, 31415, 314159, 3141592, 31415926",
    "emoji": "🚀👩‍🚀 🚀👩‍🚀 🌍 🚀🌍 👨‍🚀 🌍👨‍🚀",
}
"""Texts to begin with where nobody wants to type."""

MOVES = moves(
    guess=Pick(
        when=lambda state: state.bet.open and bool(state.options),
        only=lambda state: state.options,
    ),
    merge=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: state.bet.over),
    text=Text(LONGEST),
    sample=Pick(*SAMPLES),
    ahead=Press(when=lambda state: state.own and bool(state.options)),
    fresh=Press(when=lambda state: state.own),
)


@dataclass
class State:
    """The text being merged, the pairs to choose from, and what was called.

    `counts` is how often each option came before the last merge; `lengths` how many tokens were
    left after each merge, first before any; `streak` the calls right in a row.
    """

    rng: np.random.Generator
    streak: Streak
    text: str
    trainer: BPETrainer
    options: tuple[str, ...] = ()
    own: bool = False
    bet: Bet[str] = field(default_factory=Bet)
    counts: dict[str, int] = field(default_factory=dict)
    truth: str = ""
    lengths: list[int] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


def init(seed: int, calls: int = 3) -> State:
    """A drawn text in single letters."""
    rng = np.random.default_rng(seed)
    state = State(rng, Streak(calls), "", BPETrainer(""))
    _draw(state)
    return state


def _draw(state: State) -> None:
    """Another text, one that was not there yet and asks a fair question."""
    rng = state.rng
    while True:
        stems, ends = rng.choice(STEMS, 3, replace=False), rng.choice(ENDINGS, 3, replace=False)
        words = [f"{rng.choice(stems)}{rng.choice(ends)}" for _ in range(9)]
        text = " ".join(words)
        trainer = BPETrainer(text)
        if text not in state.seen and fair(trainer):
            break
    state.seen.append(text)
    _begin(state, text, own=False)


def _own(state: State, text: str) -> None:
    """A text of the learner's own; a question left open for it counts as missed."""
    if not state.own and not state.bet.over:
        state.streak.end()
    _begin(state, text, own=True)


def _begin(state: State, text: str, *, own: bool) -> None:
    state.text, state.own, state.trainer = text, own, BPETrainer(text)
    state.lengths = [state.trainer.length]
    _ask(state)


def _ask(state: State) -> None:
    """Clear the table, and ask for the next pair of the text."""
    state.bet.again()
    state.truth = ""
    state.counts = {_id(pair): n for pair, n in state.trainer.pairs(OPTIONS) if n > 1}
    tokens = state.trainer.bpe.tokens
    spelled = {pair: [tokens[int(token)] for token in pair.split("+")] for pair in state.counts}
    state.options = tuple(sorted(state.counts, key=spelled.__getitem__))


def _id(pair: Pair) -> str:
    return f"{pair[0]}+{pair[1]}"


def namer(state: State) -> Callable[[str], str]:
    """What names a pair by its id: its two tokens as they are spelled."""
    tokens = state.trainer.bpe.tokens

    def name(pair: str) -> str:
        a, b = (sequences.spelled(tokens[int(token)]) for token in pair.split("+"))
        return say("{a} + {b}", a=a, b=b)

    return name


def fair(trainer: BPETrainer) -> bool:
    """Whether there are enough pairs to choose from, and one is more frequent than all others."""
    counts = [n for _, n in trainer.pairs(OPTIONS)]
    return len(counts) == OPTIONS and counts[-1] > 1 and counts[0] > counts[1]


def update(state: State, move: str, *values: Any) -> None:
    """A call and its merge; the next one; a text of one's own."""
    match move, *values:
        case "guess", pair:
            state.bet.place(pair)
        case ("merge",):
            state.bet.begin()
            state.bet.settle()
            state.truth = _merged(state)
            if not state.own:
                state.streak.count(hit(state))
        case ("next",):
            if state.own or (hit(state) and fair(state.trainer)):
                _ask(state)
            else:
                _draw(state)
        case "text", text:
            try:
                pieces(text)
            except ValueError:
                refuse(move, values, say("a text of whole characters"))
            if text:
                _own(state, text)
            elif state.own:
                _draw(state)
        case "sample", name:
            _own(state, WRITTEN[name])
        case ("ahead",):
            for _ in range(AHEAD):
                if not _merged(state):
                    break
            _ask(state)
        case ("fresh",):
            _draw(state)


def _merged(state: State) -> str:
    """Merge once; return the pair's id, or nothing where no pair comes twice."""
    pair = state.trainer.step()
    if pair is None:
        return ""
    state.lengths.append(state.trainer.length)
    return _id(pair)


def hit(state: State) -> bool:
    """Whether no other pair came more often than the one that was called."""
    said = state.bet.said
    return said is not None and state.counts[said] == state.counts[state.truth]


def score(state: State) -> float:
    """1 once enough calls in a row were right."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """Call the most frequent pair. To be read message by message: the texts are drawn."""
    while score(state) < 1:
        if state.own:
            yield ("fresh",)
        elif state.bet.over:
            yield ("next",)
        yield ("guess", max(state.counts, key=state.counts.__getitem__))
        yield ("merge",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a call of the solution."""
    if move == "guess":
        return say(
            "It comes {n} times, more often than any other pair.", n=max(state.counts.values())
        )
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The text in its tokens, and how short it has become."""
    may, won, over = MOVES.on(state), score(state) == 1, state.bet.over
    name = namer(state)
    return shell(
        widgets.panel(_text(state), _curve(state)),
        widgets.verdict(_verdict(state), won, lost=over and not hit(state)),
        mission=meter(state.streak, say("right calls in a row")),
        dock=[
            pick(
                state.bet,
                say("Which pair comes most often?"),
                say("pair"),
                name,
                may.guess,
                state.truth or None,
            )
            if state.options
            else None,
        ],
        go=commit(
            state.bet,
            say("Merge: I say {pair}", pair=name(state.bet.said)) if state.bet.said else None,
            may.merge,
            may.next,
            more=say("Another text")
            if not state.own and not _goes_on(state)
            else say("Next merge"),
        ),
        drawers=[
            widgets.folded(
                say("A text of your own"),
                controls.entry(say("Your text"), state.text if state.own else "", may.text),
                controls.choice(
                    say("or one of these"),
                    {name: say(label) for name, label in SAMPLES.items()},
                    next((n for n, text in WRITTEN.items() if text == state.text), None),
                    may.sample,
                ),
                widgets.row(
                    controls.button(say("Merge ten times"), may.ahead),
                    controls.button(say("Back to drawn texts"), may.fresh),
                ),
                widgets.hint(
                    say(
                        "Any language, digits and emoji too. Calls do not count here, for you "
                        "could see the answer first."
                    )
                ),
                key="own",
            ),
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
        ],
    )


def _goes_on(state: State) -> bool:
    return not state.bet.over or (hit(state) and fair(state.trainer))


def _text(state: State) -> Node:
    bpe = state.trainer.bpe
    tokens = [(bpe.tokens[token], token) for token in bpe.encode(state.text)]
    lit = {len(bpe) - 1} if state.bet.over else set()
    return sequences.cut(
        say("the text in its tokens"),
        tokens,
        lit=lit,
        won=score(state) == 1,
        key="text",
        name=say("tokens of the text"),
    )


@cache
def tale() -> tuple[float, ...]:
    """How much of the tale's length is left after each merge, in percent: the ghost."""
    trainer = BPETrainer(corpora.harbour())
    lengths = [trainer.length]
    for _ in range(GHOST):
        trainer.step()
        lengths.append(trainer.length)
    return tuple(100 * n / lengths[0] for n in lengths)


def _curve(state: State) -> Node:
    """The vocabulary's growth across, the text's length upwards."""
    merges = len(state.lengths) - 1
    most = 12 if merges < 12 else 10 * (merges // 10 + 1)
    axes = plots.Axes((0, most), (0, 105), height=150)
    left = 100 * np.array(state.lengths) / max(state.lengths[0], 1)
    ghost = np.array(tale()[: most + 1])
    drawn = plots.plot(
        axes,
        plots.curve(axes, np.arange(len(ghost)), ghost, "ghost"),
        plots.curve(axes, np.arange(merges + 1), left, "forward"),
        plots.scatter(axes, [merges], left[-1:], "forward"),
        plots.text_at(axes, most * 0.5, 62, say("dim: a long tale"), "ghost"),
        label=say("the text’s length after each merge"),
        x_label=say("merges: new tokens in the vocabulary"),
        y_label=say("tokens left, %"),
        key="curve",
    )
    return marked(
        drawn,
        {
            say("tokens left after each merge"): np.array(state.lengths, float),
            say("% of the bytes after each merge"): left,
            say("count of each pair shown"): np.array([*_known(state).values()], float),
            say("merges"): np.array([float(merges)]),
        },
    )


def _known(state: State) -> dict[str, int]:
    """The counts that give nothing away: of the merged pair, and of all once the text is done."""
    if not state.bet.over:
        return {}
    if state.own or _goes_on(state):
        return {
            pair: n for pair, n in state.counts.items() if pair in (state.truth, state.bet.said)
        }
    return state.counts


def _numbers(state: State) -> Node:
    name, known = namer(state), _known(state)
    return widgets.table(
        say("How often each pair came"),
        [say("pair"), say("times")],
        [[name(pair), str(known[pair]) if pair in known else "?"] for pair in state.options],
    )


def describe(state: State) -> str:
    """The text so far, what may be called, and what came of it."""
    tokens, name = state.trainer.bpe.tokens, namer(state)
    spelled = [sequences.spelled(tokens[token]) for token in state.trainer.bpe.encode(state.text)]
    text = " ".join(spelled)
    return say(
        "{streak} of {calls} right calls in a row. The text in {n} tokens after {merges} merges: "
        "{text}. Pairs: {options}. Called: {said}. {verdict}",
        streak=state.streak.now,
        calls=state.streak.goal,
        n=state.lengths[-1],
        merges=len(state.lengths) - 1,
        text=text if len(text) < 200 else f"{text[:200]}…",
        options="; ".join(map(name, state.options)) or say("none"),
        said=name(state.bet.said) if state.bet.said else say("nothing yet"),
        verdict=_verdict(state),
    )


def _verdict(state: State) -> str:
    """What to do, or what came of the call."""
    name, said = namer(state), state.bet.said
    if not state.options:
        return say("No pair comes twice any more: {n} tokens, and no shorter.", n=state.lengths[-1])
    if not state.bet.over or said is None:
        if len(state.lengths) == 1 and not state.own:
            return say(
                "Each block is a token, at first one letter. The pair that comes most often "
                "becomes one token. Which is it?"
            )
        return say("{n} tokens now. Which pair comes most often next?", n=state.lengths[-1])
    pair, count = name(state.truth), state.counts[state.truth]
    if not hit(state):
        return say(
            "{pair} comes {count} times, {said} only {fewer}. {n} tokens are left.",
            pair=pair,
            count=count,
            said=name(said),
            fewer=state.counts[said],
            n=state.lengths[-1],
        )
    if score(state) == 1:
        return say(
            "Called it! {pair} comes {count} times. {n} tokens are left, and the vocabulary has "
            "{merges} more.",
            pair=pair,
            count=count,
            n=state.lengths[-1],
            merges=len(state.lengths) - 1,
        )
    return say(
        "Called it! {pair} comes {count} times. {n} tokens are left.",
        pair=pair,
        count=count,
        n=state.lengths[-1],
    )
