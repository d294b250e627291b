"""Words Find Their Cluster: predict which word ends up nearest to another, then let them train.

Skip-gram with negative sampling (Mikolov et al., Distributed representations of words and phrases,
2013) on the 209 English sentences that ship with the engine. A word's vector learns to tell the
words that stand at most `WINDOW` places away from words drawn at random; “the” is left out, as
very frequent words usually are. Nobody tells the network what kind of word a word is.

The words glide in the plane of their two main directions (PCA of the unit vectors), turned at each
look so that it fits the look before. Nearness is judged by the cosine of the whole vectors.

Of 50 seeds, the candidate of the word's own kind ended nearest in all 50; the test counts again.

A text of the learner's own may be read instead (`own`). A call on it is judged and wins nothing,
for one could write the text around the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, pick
from games.concepts.training import RoundedMinimizer
from games.language._words import (
    KIND,
    KINDS,
    WINDOW,
    Corpus,
    company,
    new_learner,
    plane,
    shipped,
    unit,
    vocabulary,
)
from games.language.words_find_their_cluster import own
from games.moves import Dial, Pick, Press, Text, moves, refuse
from games.ui import controls, inputs, plots, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore import corpora
from pycore.arrays import Array
from pycore.text import pieces

TICKS_PER_SECOND = 40
LEARNT = word(
    "The words that end up close are not neighbours in a sentence, but words that could replace "
    "each other: they keep the same company."
)
PARAMS = {"steps": Param(Dial(200, 600, 50), 300, "Training steps")}
LOOK = 10
"""Steps from one look at the words to the next."""
ASKED = ("cow", "dog", "cat", "horse", "boy", "girl", "mouse", "woman", "sits", "waits", "sings")
"""The words whose neighbour may be asked for."""
ANALOGIES = {
    "sing": ("eats", "eat", "sings"),
    "run": ("eats", "eat", "runs"),
    "sleep": ("runs", "run", "sleeps"),
    "wait": ("sings", "sing", "waits"),
}
"""What is expected of b − a + c: a is to b as c is to …"""
DRAWN_AT_MOST = 60
"""Words of a text of one's own that have room in the picture."""

MOVES = moves(
    word=Pick(when=lambda state: state.bet.open, only=lambda state: asked(state.read)),
    guess=Pick(when=lambda state: state.bet.open, only=lambda state: state.options),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
    analogy=Pick(*ANALOGIES, when=lambda state: state.bet.over and not state.own),
    text=Text(own.LONGEST),
    shipped=Press(when=lambda state: bool(state.text)),
)


@dataclass
class State:
    """The word asked for, the candidates and the bet; the learner, and where it shows the words.

    `read` is what the words learn from; `text` the learner's own, which may be too little to learn.
    """

    rng: np.random.Generator
    steps: int
    learner: RoundedMinimizer
    word: str
    options: tuple[str, ...]
    turn: Array
    bet: Bet[str] = field(default_factory=Bet)
    analogy: str | None = None
    read: Corpus = field(default_factory=shipped)
    text: str = ""

    @property
    def own(self) -> bool:
        """Whether it is a text of the learner's own that is read."""
        return self.read is not shipped()


def init(seed: int, steps: int = 300) -> State:
    """A word, five candidates, and vectors that know nothing."""
    rng = np.random.default_rng(seed)
    first = str(rng.choice(ASKED))
    options = drawn(first, rng)
    learner = new_learner(rng)
    return State(rng, steps, learner, first, options, plane(unit(learner)))


def asked(read: Corpus) -> tuple[str, ...]:
    """The words whose neighbour may be asked for."""
    return ASKED if read is shipped() else tuple(own.asked(read))


def drawn(asked: str, rng: np.random.Generator, read: Corpus | None = None) -> tuple[str, ...]:
    """One word that could replace it, and four that stand beside the word in what is read."""
    if read is not None and read is not shipped():
        candidates = own.asked(read)[asked]
        return tuple(candidates[i] for i in rng.permutation(len(candidates)).tolist())
    names = vocabulary()
    pairs, _ = company()
    beside = Counter(names[j] for i, j in pairs.tolist() if names[i] == asked)
    others = [name for name, _ in beside.most_common() if KIND[name] != KIND[asked]]
    same = [n for n in KINDS[KIND[asked]].split() if n != asked and asked not in n and n in ASKED]
    found = [str(rng.choice(same)), *others[:4]]
    return tuple(found[i] for i in rng.permutation(len(found)).tolist())


def update(state: State, move: str, *values: str) -> None:
    """The word, the prediction, the training; after it, a sum of words. Or another text."""
    match move, *values:
        case "word", name:
            state.word, state.options = name, drawn(name, state.rng, state.read)
            state.bet.again()
        case "guess", name:
            state.bet.place(name)
        case ("train",):
            state.bet.begin()
        case ("again",):
            _begin(state)
        case "analogy", name:
            state.analogy = name
        case "text", text:
            try:
                pieces(text)
            except ValueError:
                refuse(move, values, say("a text of whole characters"))
            _take(state, text.strip())
        case ("shipped",):
            _take(state, "")


def _begin(state: State) -> None:
    """Another word, and vectors that know nothing."""
    others = [name for name in asked(state.read) if name != state.word]
    state.word = str(state.rng.choice(others))
    state.options = drawn(state.word, state.rng, state.read)
    state.learner = new_learner(state.rng, state.read)
    state.turn, state.analogy = plane(unit(state.learner)), None
    state.bet.again()


def _take(state: State, text: str) -> None:
    """Learn from a text; from the shipped sentences where it is too little, or none."""
    before, state.text = state.read, text
    state.read = (own.read(text)[0] if text else None) or shipped()
    if state.read is not before:
        _begin(state)


def tick(state: State) -> bool:
    """One step."""
    if not state.bet.running:
        return False
    state.learner.step()
    if state.learner.steps % LOOK == 0:
        state.turn = plane(unit(state.learner), state.turn)
    if state.learner.steps >= state.steps:
        state.bet.settle()
    return True


def nearness(state: State) -> dict[str, float]:
    """The cosine of every other word with the one asked for, the nearest first."""
    vectors, names = unit(state.learner), state.read.names
    cosines = vectors @ vectors[names.index(state.word)]
    order = np.argsort(-cosines, kind="stable").tolist()
    return {names[i]: float(cosines[i]) for i in order if names[i] != state.word}


def truth(state: State) -> str:
    """The candidate that is nearest."""
    return next(name for name in nearness(state) if name in state.options)


def answers(state: State, analogy: str) -> list[tuple[str, float]]:
    """Every word by its cosine with b − a + c, the nearest first."""
    vectors, names = unit(state.learner), vocabulary()
    a, b, c = (vectors[names.index(name)] for name in ANALOGIES[analogy])
    sought = b - a + c
    cosines = vectors @ sought / np.linalg.norm(sought)
    return [(names[i], float(cosines[i])) for i in np.argsort(-cosines, kind="stable").tolist()]


def score(state: State) -> float:
    """1 when the nearest candidate was predicted; else the share of candidates further away.

    A text of one's own wins nothing.
    """
    if state.own or not state.bet.over or state.bet.said is None:
        return 0.0
    ranked = [name for name in nearness(state) if name in state.options]
    return 1 - ranked.index(state.bet.said) / len(ranked)


def solution(state: State) -> Iterator[Message]:
    """The candidate of the same kind. To be read message by message: chance has its part."""
    if state.own:
        yield ("shipped",)
    for _ in range(12):
        if score(state) == 1:
            return
        if not state.bet.open:
            yield ("again",)
        same = next(name for name in state.options if KIND[name] == KIND[state.word])
        yield from (("guess", same), ("train",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say("It could replace the word in most of its sentences.")
        case "again":
            return say("Chance has its part: another word.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-1.15, 1.15), (-1.0, 1.0), height=300, left=36, right=8, top=8, bottom=24)


def view(state: State) -> Node:
    """The words in the plane, and the candidates."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    found = truth(state) if bet.over else None
    question = say("Which of these ends nearest to “{word}”?", word=state.word)
    return shell(
        _words(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and bet.said != found),
        dock=[pick(bet, question, say("nearest"), _quoted, may.guess, found)],
        go=widgets.row(
            commit(
                bet,
                bet.said and say("Train: I say {word}", word=bet.said),
                may.train,
                may.again,
                more=say("Another word"),
            ),
            controls.button(say("Start over"), may.again, key="back") if bet.running else None,
        ),
        drawers=[
            widgets.folded(
                say("More controls"),
                controls.select(
                    say("the word asked for"),
                    {n: _quoted(n) for n in asked(state.read)},
                    state.word,
                    may.word,
                ),
                key="more",
            ),
            widgets.folded(say("Calculate with words"), _analogy(state), key="sums"),
            widgets.folded(say("A text of your own"), _text(state), key="own"),
            widgets.folded(say("Numbers"), _cosines(state), key="numbers"),
            widgets.explained(
                say("What they read"),
                say(
                    "{n} sentences such as these: {some}. Each word learns to tell its "
                    "neighbours, at most {window} places away, from words drawn at random.",
                    n=len(state.read.sentences),
                    some="; ".join(_some(state)),
                    window=WINDOW,
                ),
                key="corpus",
            ),
        ],
        tone=state.learner.steps / state.steps if bet.running else None,
    )


def _some(state: State) -> list[str]:
    """Four of the sentences, as they are read."""
    read = [" ".join(line) for line in state.read.sentences if len(line) > 1]
    return [f"{line[:60]}…" if len(line) > 60 else line for line in read[12 % len(read) :: 29][:4]]


def _text(state: State) -> list[Node]:
    """The field for it, what it lacks, what can be expected of it and what is done with it."""
    lacks = own.read(state.text)[1] if state.text else ""
    may = MOVES.on(state)
    return [
        inputs.text_field(say("Your text"), state.text, may.text),
        widgets.note(lacks or _taken(state), key="taken"),
        widgets.row(controls.button(say("Back to the shipped sentences"), may.shipped)),
        widgets.hint(
            say(
                "At most {n} characters, in a language that puts spaces between its words. What "
                "you paste is read at once, what you write once you leave the field. It stays on "
                "your device; a link to this run would hold it, and so would a saved file.",
                n=own.LONGEST,
            )
        ),
        widgets.hint(
            say(
                "Many short sentences with the same words work best. With the shipped ones, pasted "
                "here, the word with the most similar company ended nearest in {short} of {of} "
                "trainings; with a tale of {letters} letters in {tale}, and luck alone gives "
                "{luck}.",
                short=own.SHORT,
                of=own.OF,
                letters=len(corpora.harbour()),
                tale=own.TALE,
                luck=own.OF // 5,
            )
        ),
        widgets.hint(
            say(
                "Your calls on it are judged, but win nothing: one could write the text around "
                "the answer."
            )
        ),
    ]


def _taken(state: State) -> str:
    """What is learnt from."""
    if not state.own:
        return say("Read now: the shipped sentences.")
    return say(
        "Read now: your text. {words} words come twice or more and are learnt from; {n} of them "
        "can be asked for.",
        words=len(state.read.names),
        n=len(asked(state.read)),
    )


def _quoted(name: str) -> str:
    return say("“{word}”", word=name)


def describe(state: State) -> str:
    """The word, the candidates, the guess and how near each is."""
    near = nearness(state)
    return say(
        "Nearest to “{word}”? {options}. You say: {guess}. Step {step}. {verdict} {sum} {text}",
        word=state.word,
        options=", ".join(f"{name} {fixed(near[name])}" for name in state.options)
        if state.learner.steps
        else ", ".join(state.options),
        guess=state.bet.said or say("nothing yet"),
        step=state.learner.steps,
        verdict=_verdict(state),
        sum=_sum(state) if state.analogy else "",
        text=own.read(state.text)[1] or _taken(state) if state.text else "",
    ).strip()


def _sum(state: State) -> str:
    analogy = state.analogy or ""
    ranked = [name for name, _ in answers(state, analogy) if name not in ANALOGIES[analogy]]
    if ranked[0] == analogy:
        return say("The nearest word that was not asked with is “{word}”, as hoped.", word=analogy)
    return say(
        "Hoped for was “{word}”; it comes in place {n}, and “{first}” is nearer.",
        word=analogy,
        n=ranked.index(analogy) + 1,
        first=ranked[0],
    )


def _verdict(state: State) -> str:
    bet = state.bet
    if bet.open:
        return say(
            "{n} words lie anywhere. {sentences} sentences will move them. Who ends up close?",
            n=len(state.read.names),
            sentences=len(state.read.sentences),
        )
    near, first = nearness(state), truth(state)
    told = {"first": first, "cosine": fixed(near[first])}
    if bet.running:
        return say(
            "Step {n}: of the five, “{first}” is nearest, cosine {cosine}.",
            n=state.learner.steps,
            **told,
        )
    if state.own:
        return _own_verdict(state, told)
    if bet.said == first:
        return say(
            "Called it! “{first}”, cosine {cosine}: it can take the place of “{word}” in a "
            "sentence.",
            word=state.word,
            **told,
        )
    if KIND[bet.said or first] == KIND[state.word]:
        return say(
            "It is “{first}”, cosine {cosine}. This time a neighbour came closer: chance has its "
            "part. Try another word.",
            **told,
        )
    return say(
        "It is “{first}”, cosine {cosine}. “{said}” is often next to “{word}”, but could it "
        "replace it?",
        said=bet.said or "",
        word=state.word,
        **told,
    )


def _own_verdict(state: State, told: dict[str, str]) -> str:
    """How a call on the learner's own text ended."""
    like = own.asked(state.read)[state.word][0]
    if state.bet.said == told["first"]:
        return say("Right: “{first}”, cosine {cosine}. On your own text it wins nothing.", **told)
    if told["first"] == like:
        return say(
            "It is “{first}”, cosine {cosine}: of the five, the one in company most like that of "
            "“{word}”.",
            word=state.word,
            **told,
        )
    return say(
        "It is “{first}”, cosine {cosine}, often next to “{word}”. With so little text a "
        "neighbour may come closer than “{like}”, whose company is similar.",
        word=state.word,
        like=like,
        **told,
    )


def _words(state: State, won: bool) -> Node:
    """Every word at its place; a line from the one asked for to the guess, and to the nearest.

    Of a text of one's own, only so many as have room.
    """
    names, vectors = state.read.names, unit(state.learner)
    points = (vectors - vectors.mean(axis=0)) @ state.turn
    points = np.clip(points, [-1.12, -0.97], [1.12, 0.97])
    at = dict(zip(names, points.tolist(), strict=True))
    shown = (state.word, *state.options)
    order = [*(names.index(n) for n in shown), *(i for i, n in enumerate(names) if n not in shown)]
    order = order[:DRAWN_AT_MOST]
    kinds = None if state.own else [list(KINDS).index(KIND[names[i]]) for i in order]
    x, y = at[state.word]
    lines = [
        plots.curve(PLANE, [x, at[name][0]], [y, at[name][1]], kind)
        for name, kind in (
            (state.bet.said, "said"),
            (truth(state) if state.bet.over else None, "nearest won" if won else "nearest"),
        )
        if name
    ]
    return plots.plot(
        PLANE,
        lines,
        h(
            "circle",
            cx=float(PLANE.across(x)),
            cy=float(PLANE.up(y)),
            r=11,
            class_="word-asked won" if won else "word-asked",
        ),
        h(
            "g",
            plots.labelled(
                PLANE,
                points[order],
                [names[i] for i in order],
                classes=None if state.bet.open else kinds,
                sure=len(shown),
                name=say("words in the plane"),
            ),
            translate="no",
        ),
        marked(
            h("g"),
            {
                say("unit vectors (words × numbers)"): vectors,
                say("cosine of each word with the one asked for"): list(nearness(state).values()),
                say("step, words, sentences"): [
                    state.learner.steps,
                    len(names),
                    len(state.read.sentences),
                ],
            },
        ),
        label=say("The words; close together: much the same company"),
        key="words",
    )


def _analogy(state: State) -> Node:
    """A sum of words, with its nearest words; those asked with are struck out."""
    may, analogy = MOVES.on(state).analogy, state.analogy
    asked = {key: say("{b} − {a} + {c}", a=a, b=b, c=c) for key, (a, b, c) in ANALOGIES.items()}
    found: list[Node] = []
    if analogy:
        ranked = answers(state, analogy)[:6]
        found = [
            h(
                "ol",
                [
                    h(
                        "li",
                        h("s" if name in ANALOGIES[analogy] else "span", name, translate="no"),
                        f" {fixed(cosine)}",
                        key=name,
                    )
                    for name, cosine in ranked
                ],
                class_="answers",
                key="answers",
                marks={say("cosines of the answers"): np.array([cosine for _, cosine in ranked])},
            ),
            widgets.note(_sum(state), key="sum"),
        ]
    return h(
        "div",
        controls.choice(say("take"), asked, analogy, may),
        found,
        widgets.hint(
            say(
                "Words that were asked with are struck out, as is usual: left in, one of them "
                "often wins. After a training you can try, with the shipped sentences."
            )
        ),
        key="analogy-drawer",
    )


def _cosines(state: State) -> Node:
    near = nearness(state)
    trained = state.learner.steps > 0
    rows: list[list[Child]] = [
        [widgets.verbatim(name), fixed(near[name], 3) if trained else "–"] for name in state.options
    ]
    best: list[list[Child]] = [
        [widgets.verbatim(name), fixed(cosine, 3) if trained else "–"]
        for name, cosine in list(near.items())[:5]
    ]
    return h(
        "div",
        widgets.table(
            say("Cosine with “{word}”", word=state.word),
            [say("candidate"), say("cosine")],
            rows,
            key="candidates",
        ),
        widgets.table(
            say("The nearest of all"),
            [say("word"), say("cosine")],
            best if trained else [["–", "–"] for _ in range(5)],
            key="nearest",
        ),
        key="cosines",
    )
