"""How Many Tokens?: say which of five texts costs most once they are cut, three times in a row.

The cutters are the engine's, each with a vocabulary of at most `SIZE` tokens, trained on the first
24 sentences of `corpora.three_languages`, English alone or all three; what they cut are the last
eight, which none of them has seen. Which row is to cost most is drawn first, each as often as the
others, and then sentence, cutter, digits and emoji for which it does: no habit wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, pick
from games.concepts.streak import Streak, meter
from games.moves import Dial, Pick, Press, Text, moves, refuse
from games.ui import controls, plots, sequences, widgets
from games.ui.node import h, marked
from games.ui.shell import shell
from games.words import say, word
from pycore import corpora
from pycore.subwords import BPE, Unigram, WordPiece, train_bpe, train_unigram, train_wordpiece
from pycore.text import pieces

LEARNT = word(
    "What a text costs depends on what the cutter was trained on: whatever was rare there comes in "
    "small pieces, down to single bytes, or is lost as unknown."
)
PARAMS = {"calls": Param(Dial(1, 6), 3, "Right calls in a row")}
SIZE, SEEN, LONGEST, MARGIN = 456, 24, 80, 2
"""Tokens of a vocabulary; sentences trained on; letters of one's own; tokens ahead of the next."""
ROWS = {
    "english": word("English"),
    "german": word("German"),
    "hindi": word("Hindi"),
    "emoji": word("Emoji"),
    "digits": word("Digits"),
}
CUTTERS = {
    "bpe": word("Byte pairs"),
    "unigram": word("Unigram"),
    "wordpiece": word("WordPiece"),
}
TEXTS = {"english": word("English only"), "three": word("English, German and Hindi")}
"""What a cutter was trained on."""
EMOJI = (
    *("🌊", "⛵", "🐟", "📖", "🌬️", "🏝️", "🍞", "💰", "👩\u200d🚀", "👧🏽", "🏊🏽\u200d♀️"),
    *("🌅", "🎶", "🌃", "🌪️", "🌉"),
)

MOVES = moves(
    guess=Pick(*ROWS, when=lambda state: state.bet.open),
    cut=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: state.bet.over),
    look=Pick(*ROWS, when=lambda state: state.bet.over),
    text=Text(LONGEST, when=lambda state: state.bet.over),
)


@dataclass
class State:
    """What is to be cut by whom, and what was called.

    `look` is the row whose cuts are shown, "" for the learner's own text.
    """

    rng: np.random.Generator
    streak: Streak
    cutter: str = ""
    trained: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    bet: Bet[str] = field(default_factory=Bet)
    look: str = "hindi"
    text: str = ""
    seen: list[str] = field(default_factory=list)


@cache
def trained(cutter: str, text: str) -> BPE | Unigram | WordPiece:
    """A cutter after its training."""
    rows = corpora.three_languages()[:SEEN]
    read = "\n".join(row[0] if text == "english" else "\n".join(row) for row in rows)
    if cutter == "bpe":
        return train_bpe(read, SIZE - 256)
    if cutter == "unigram":
        return train_unigram(read, SIZE - 256)
    return train_wordpiece(read, SIZE)


@cache
def count(cutter: str, text: str, written: str) -> int:
    """How many tokens a text costs."""
    return len(trained(cutter, text).encode(written))


def init(seed: int, calls: int = 3) -> State:
    """Five rows and a cutter."""
    state = State(np.random.default_rng(seed), Streak(calls))
    _draw(state)
    return state


def _draw(state: State) -> None:
    """Rows that were not there yet, for which the row drawn first costs most."""
    rng, bet = state.rng, state.bet
    wanted = str(rng.choice([*ROWS]))
    while True:
        state.cutter, state.trained = str(rng.choice([*CUTTERS])), str(rng.choice([*TEXTS]))
        english, german, hindi = corpora.three_languages()[int(rng.integers(SEEN, 32))]
        emoji = "".join(rng.choice(EMOJI, int(rng.integers(2, 9))))
        digits = "".join(map(str, rng.integers(0, 10, int(rng.integers(6, 31)))))
        texts = (english, german, hindi, emoji, digits)
        state.rows = dict(zip(ROWS, texts, strict=True))
        asked = " ".join((state.cutter, state.trained, *texts))
        costs = sorted(counts(state).values())
        fair = costs[-1] >= costs[-2] + MARGIN
        if fair and truth(state) == wanted and asked not in state.seen:
            break
    state.seen.append(asked)
    state.look, state.text = wanted, ""
    bet.again()


def counts(state: State) -> dict[str, int]:
    """How many tokens each row costs."""
    return {row: count(state.cutter, state.trained, text) for row, text in state.rows.items()}


def truth(state: State) -> str:
    """The row that costs most."""
    costs = counts(state)
    return max(costs, key=costs.__getitem__)


def hit(state: State) -> bool:
    """Whether that is what was said."""
    return state.bet.said == truth(state)


def update(state: State, move: str, *values: Any) -> None:
    """A call, its count, the next; which cuts to look at."""
    match move, *values:
        case "guess", row:
            state.bet.place(row)
        case ("cut",):
            state.bet.begin()
            state.bet.settle()
            state.streak.count(hit(state))
        case ("next",):
            _draw(state)
        case "look", row:
            state.look = row
        case "text", text:
            try:
                pieces(text)
            except ValueError:
                refuse(move, values, say("a text of whole characters"))
            state.text = text
            state.look = "" if text else truth(state)


def score(state: State) -> float:
    """1 once enough calls in a row were right."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """Call the row that costs most. To be read message by message: the rows are drawn."""
    while score(state) < 1:
        if state.bet.over:
            yield ("next",)
        yield ("guess", truth(state))
        yield ("cut",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a call of the solution."""
    return _reason(state) if move == "guess" else ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The five rows; after the call, what each of them costs."""
    may, won, over = MOVES.on(state), score(state) == 1, state.bet.over
    names = {row: say(name) for row, name in ROWS.items()}
    letters = np.array([len(text) for text in state.rows.values()])
    marks = {say("characters of each row"): letters}
    if over:
        marks[say("tokens of each row")] = np.array([*counts(state).values()])
    return shell(
        marked(_rows(state, won), marks),
        widgets.verdict(_verdict(state), won, lost=over and not hit(state)),
        mission=meter(state.streak, say("right calls in a row")),
        dock=[
            pick(
                state.bet,
                say("Which row costs most tokens?"),
                say("row"),
                names,
                may.guess,
                truth(state) if over else None,
            )
        ],
        go=commit(
            state.bet,
            say("Cut them: I say {row}", row=names[state.bet.said]) if state.bet.said else None,
            may.cut,
            may.next,
            more=say("Other rows"),
        ),
        drawers=[
            widgets.folded(say("See the cuts"), _cuts(state), key="cuts") if over else None,
            widgets.folded(say("Numbers"), _numbers(state), key="numbers") if over else None,
        ],
    )


def _rows(state: State, won: bool) -> Node:
    """Who cuts, the five texts, and below them how long each is: in characters, then in tokens."""
    texts = [
        h(
            "li",
            h("span", say(ROWS[row]), class_="writing-name"),
            h("span", text, class_="writing-text", translate="no", dir="auto"),
            key=row,
            class_="writing",
        )
        for row, text in state.rows.items()
    ]
    return h(
        "div",
        h("p", _cutter(state), class_="writings-by"),
        h("ul", texts, class_="writings"),
        _lengths(state, won),
    )


def _lengths(state: State, won: bool) -> Node:
    """A dim bar for the characters of each row and, after the call, one for its tokens."""
    letters, costs = [len(text) for text in state.rows.values()], [*counts(state).values()]
    over = state.bet.over
    top = 10 * (max(letters + (costs if over else [])) // 10 + 1)
    names = tuple(say(name) for name in ROWS.values())
    axes = plots.Axes((-0.5, 4.5), (0, top), height=170, left=36, bottom=26, names=names)
    place = costs.index(max(costs))
    others = [i for i in range(len(costs)) if i != place]
    tokens = [
        plots.bars(axes, np.array(others) + 0.2, np.array(costs)[others], 0.36),
        plots.bars(axes, [place + 0.2], [costs[place]], 0.36, "gold" if won else "gradient"),
    ]
    return plots.plot(
        axes,
        plots.bars(axes, np.arange(len(letters)) - 0.2, letters, 0.36, "letters"),
        tokens if over else None,
        y_label=say("dim: characters, bright: tokens") if over else say("characters"),
        label=say("how long each row is"),
        key="lengths",
    )


def _cutter(state: State) -> str:
    return say(
        "{cutter}, trained on {text}",
        cutter=say(CUTTERS[state.cutter]),
        text=say(TEXTS[state.trained]),
    )


def _cuts(state: State) -> Node:
    """One row, or the learner's own text, cut in all three ways."""
    may = MOVES.on(state)
    text = state.rows[state.look] if state.look else state.text
    shown = []
    for name, title in CUTTERS.items():
        cutter = trained(name, state.trained)
        numbers = cutter.encode(text)
        label = say("{cutter}: {n} tokens", cutter=say(title), n=len(numbers))
        tokens = [(cutter.tokens[number], number) for number in numbers]
        cut = sequences.cut(label, tokens, key=name)
        shown.append(marked(widgets.part(label, cut, key=name), {label: np.array([len(numbers)])}))
    return widgets.panel(
        controls.choice(
            say("row"), {row: say(name) for row, name in ROWS.items()}, state.look, may.look
        ),
        controls.entry(say("or a text of your own"), state.text, may.text),
        shown,
    )


def _numbers(state: State) -> Node:
    costs = counts(state)
    return widgets.table(
        say("What each row costs"),
        [say("row"), say("characters"), say("bytes"), say("tokens")],
        [
            [say(ROWS[row]), str(len(text)), str(len(text.encode())), str(costs[row])]
            for row, text in state.rows.items()
        ],
    )


def describe(state: State) -> str:
    """Who cuts, what was called, what the rows cost, and which cuts are shown."""
    over, costs = state.bet.over, counts(state)
    look = say(ROWS[state.look]) if state.look else state.text
    shown = [
        f"{say(title)} {len(trained(name, state.trained).encode(_looked_at(state)))}"
        for name, title in CUTTERS.items()
    ]
    return say(
        "{streak} of {calls} right calls in a row. {cutter}. Rows: {rows}. Called: {said}. "
        "{verdict} {cuts}",
        streak=state.streak.now,
        calls=state.streak.goal,
        cutter=_cutter(state),
        rows="; ".join(
            f"{say(ROWS[row])} {costs[row]}" if over else f"{say(ROWS[row])} “{text}”"
            for row, text in state.rows.items()
        ),
        said=say(ROWS[state.bet.said]) if state.bet.said else say("nothing yet"),
        verdict=_verdict(state),
        cuts=say("Cuts shown: {row}, {shown}.", row=look, shown=", ".join(shown)) if over else "",
    ).strip()


def _looked_at(state: State) -> str:
    return state.rows[state.look] if state.look else state.text


def _verdict(state: State) -> str:
    """What to do, or what came of the call."""
    if not state.bet.over or state.bet.said is None:
        return say(
            "Five rows, one cutter. It keeps what was frequent in its training as one token. Which "
            "row ends up in the most pieces?"
        )
    if score(state) == 1 and hit(state):
        return say("Called it! {why}", why=_reason(state))
    if hit(state):
        return say("Right. {why}", why=_reason(state))
    return say("No: {row}. {why}", row=say(ROWS[truth(state)]), why=_reason(state))


REASONS = {
    ("english", "wordpiece"): word(
        "Words with a strange letter are one [UNK] each; the English ones can be spelled, piece by "
        "piece."
    ),
    ("german", "wordpiece"): word(
        "What can be spelled is spelled, and the joined words take the most pieces."
    ),
    ("hindi", "wordpiece"): word("The alphabet is known, the words are not: they are spelled."),
    ("english", ""): word("This sentence has many parts that were rare in training."),
    ("german", ""): word("Joined words such as these were not in training: they come in pieces."),
    ("hindi", ""): word(
        "A letter of Hindi is three bytes, and none was in the training: every byte is a token."
    ),
    ("emoji", ""): word("Emoji were never seen: each is 3 to 17 bytes, and every byte a token."),
    ("digits", ""): word("Digits were never seen: each of them is a token of its own."),
}
"""Why a row costs most, cut by WordPiece or otherwise."""


def _reason(state: State) -> str:
    """Why the most expensive row is so."""
    row, known = truth(state), state.trained == "three"
    if row == "hindi" and known and state.cutter != "wordpiece":
        return say("Even with Hindi in training, this sentence has many parts that were rare.")
    unknown = state.cutter == "wordpiece" and not (row == "english" and known)
    return say(REASONS[row, "wordpiece" if unknown else ""])
