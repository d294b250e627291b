"""Words Find Their Cluster: predict which word ends up nearest to another, then let them train.

Skip-gram with negative sampling (Mikolov et al., Distributed representations of words and phrases,
2013) on the 209 English sentences that ship with the engine. A word's vector learns to tell the
words that stand at most `WINDOW` places away from words drawn at random; “the” is left out, as
very frequent words usually are. Nobody tells the network what kind of word a word is.

The words glide in the plane of their two main directions (PCA of the unit vectors), turned at each
look so that it fits the look before. Nearness is judged by the cosine of the whole vectors.

Of 50 seeds, the candidate of the word's own kind ended nearest in all 50; the test counts again.
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
    company,
    new_learner,
    plane,
    sentences,
    unit,
    vocabulary,
)
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array

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


WORDS = tuple(KIND)
MOVES = moves(
    word=Pick(*ASKED, when=lambda state: state.bet.open),
    guess=Pick(*WORDS, when=lambda state: state.bet.open, only=lambda state: state.options),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
    analogy=Pick(*ANALOGIES, when=lambda state: state.bet.over),
)


@dataclass
class State:
    """The word asked for, the candidates and the bet; the learner, and where it shows the words."""

    rng: np.random.Generator
    steps: int
    learner: RoundedMinimizer
    word: str
    options: tuple[str, ...]
    turn: Array
    bet: Bet[str] = field(default_factory=Bet)
    analogy: str | None = None


def init(seed: int, steps: int = 300) -> State:
    """A word, five candidates, and vectors that know nothing."""
    rng = np.random.default_rng(seed)
    asked = str(rng.choice(ASKED))
    options = drawn(asked, rng)
    learner = new_learner(rng)
    return State(rng, steps, learner, asked, options, plane(unit(learner)))


def drawn(asked: str, rng: np.random.Generator) -> tuple[str, ...]:
    """One word of the same kind, and four that stand beside the word in the corpus."""
    names = vocabulary()
    pairs, _ = company()
    beside = Counter(names[j] for i, j in pairs.tolist() if names[i] == asked)
    others = [name for name, _ in beside.most_common() if KIND[name] != KIND[asked]]
    same = [n for n in KINDS[KIND[asked]].split() if n != asked and asked not in n and n in ASKED]
    found = [str(rng.choice(same)), *others[:4]]
    return tuple(found[i] for i in rng.permutation(len(found)).tolist())


def update(state: State, move: str, *values: str) -> None:
    """The word, the prediction, the training; after it, a sum of words."""
    match move, *values:
        case "word", asked:
            state.word, state.options = asked, drawn(asked, state.rng)
            state.bet.again()
        case "guess", name:
            state.bet.place(name)
        case ("train",):
            state.bet.begin()
        case ("again",):
            state.word = str(state.rng.choice([name for name in ASKED if name != state.word]))
            state.options = drawn(state.word, state.rng)
            state.learner = new_learner(state.rng)
            state.turn, state.analogy = plane(unit(state.learner)), None
            state.bet.again()
        case "analogy", name:
            state.analogy = name


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
    vectors, names = unit(state.learner), vocabulary()
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
    """1 when the nearest candidate was predicted; else the share of candidates further away."""
    if not state.bet.over or state.bet.said is None:
        return 0.0
    ranked = [name for name in nearness(state) if name in state.options]
    return 1 - ranked.index(state.bet.said) / len(ranked)


def solution(state: State) -> Iterator[Message]:
    """The candidate of the same kind. To be read message by message: chance has its part."""
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
        widgets.verdict(_verdict(state), won, lost=bet.over and not won),
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
                    say("the word asked for"), {n: _quoted(n) for n in ASKED}, state.word, may.word
                ),
                key="more",
            ),
            widgets.folded(say("Calculate with words"), _analogy(state), key="sums"),
            widgets.folded(say("Numbers"), _cosines(state), key="numbers"),
            widgets.folded(
                say("What they read"),
                widgets.hint(
                    say(
                        "{n} short sentences such as these: {some}. Each word learns to tell its "
                        "neighbours, at most {window} places away, from words drawn at random.",
                        n=len(sentences()),
                        some="; ".join(" ".join(s) for s in sentences()[12:100:29]),
                        window=WINDOW,
                    )
                ),
                key="corpus",
            ),
        ],
        tone=state.learner.steps / state.steps if bet.running else None,
    )


def _quoted(name: str) -> str:
    return say("“{word}”", word=name)


def describe(state: State) -> str:
    """The word, the candidates, the guess and how near each is."""
    near = nearness(state)
    return say(
        "Nearest to “{word}”? {options}. You say: {guess}. Step {step}. {verdict} {sum}",
        word=state.word,
        options=", ".join(f"{name} {fixed(near[name])}" for name in state.options)
        if state.learner.steps
        else ", ".join(state.options),
        guess=state.bet.said or say("nothing yet"),
        step=state.learner.steps,
        verdict=_verdict(state),
        sum=_sum(state) if state.analogy else "",
    )


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
            n=len(vocabulary()),
            sentences=len(sentences()),
        )
    near, first = nearness(state), truth(state)
    told = {"first": first, "cosine": fixed(near[first])}
    if bet.running:
        return say(
            "Step {n}: of the five, “{first}” is nearest, cosine {cosine}.",
            n=state.learner.steps,
            **told,
        )
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


def _words(state: State, won: bool) -> Node:
    """Every word at its place; a line from the one asked for to the guess, and to the nearest."""
    names, vectors = vocabulary(), unit(state.learner)
    points = (vectors - vectors.mean(axis=0)) @ state.turn
    points = np.clip(points, [-1.12, -0.97], [1.12, 0.97])
    at = dict(zip(names, points.tolist(), strict=True))
    kinds = [list(KINDS).index(KIND[name]) for name in names]
    shown = (state.word, *state.options)
    order = [*(names.index(n) for n in shown), *(i for i, n in enumerate(names) if n not in shown)]
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
                classes=None if state.bet.open else [kinds[i] for i in order],
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
                    len(sentences()),
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
                "often wins. After a training you can try."
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
