"""Message Passing: predict when the news has reached every node, then find when all are alike.

In a round each node takes the mean of its own number and its neighbours': the engine's layer of
message passing with one edge from every node to itself. The news starts as 1 at one node, so after
r rounds exactly the nodes at most r edges away have a number above 0. As rounds go on, all numbers
come to the same: the start's edges, itself among them, as a share of all edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, graphs, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore import graph_data
from pycore.arrays import Array, Integers
from pycore.graphs import MessagePassing

TICKS_PER_SECOND = 2
NODES = 8
LETTERS = "ABCDEFGH"
FEWEST = 3
"""A prediction counts from so many rounds on."""
LIMIT = 99
"""Rounds that can be looked at."""
ALIKE = 0.01
"""Nodes are alike where no two numbers differ by more."""
SLACK = 1
"""By so many rounds a find may be late."""
CHECK = 2
"""Ticks that the check of a find takes."""

LEARNT = word(
    "News travels one edge a round, so the farthest node says how many rounds are needed. "
    "Many rounds more make all nodes alike: what told them apart is averaged away."
)
SHAPES = Pick("own", "path", "ring", "star", "grid")
PARAMS = {"shape": Param(SHAPES, "own", "Graph to start with")}
MOVES = moves(
    tap=Dial(0, NODES - 1),
    shape=SHAPES,
    form=Pick("graph", "matrix"),
    guess=Dial(0, NODES - 1, when=lambda state: state.bet.open and state.round is None),
    send=Press(when=lambda state: state.bet.ready and state.round is None),
    again=Press(when=lambda state: not state.bet.open or state.round is not None),
    on=Press(when=lambda state: state.called and not state.bet.running and state.round is None),
    round=Dial(0, LIMIT, when=lambda state: state.round is not None),
    mark=Press(when=lambda state: state.round is not None),
)


@dataclass
class State:
    """The graph, the numbers after each round so far, and the two questions.

    `joined` says which nodes are joined (NODES, NODES); `tapped` is the node that waits for a
    second one; `heard` the nodes' numbers after 0, 1, 2, … rounds. `called` says that a prediction
    came true. Then `round` is the one looked at, `marked` the one said to be where all are alike,
    and `checking` how many ticks it takes until that is found out.
    """

    rng: np.random.Generator
    shape: str
    joined: Array
    start: int = 0
    tapped: int | None = None
    form: str = "graph"
    bet: Bet[int] = field(default_factory=Bet)
    heard: list[Array] = field(default_factory=list)
    called: bool = False
    round: int | None = None
    marked: int | None = None
    checking: int = 0


def init(seed: int, shape: str = "own") -> State:
    """A graph in which the news needs at least FEWEST rounds."""
    state = State(np.random.default_rng(seed), shape, np.zeros((NODES, NODES), bool))
    _shape(state, shape)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """Edit the graph, switch how it is drawn, predict and send, look at a round and mark it."""
    match move, *values:
        case "tap", node:
            _tap(state, node)
        case "shape", name:
            _shape(state, name)
        case "form", name:
            state.form = name
        case "guess", rounds:
            state.bet.place(rounds)
        case ("send",):
            state.bet.begin()
            state.tapped = None
        case ("again",):
            state.start = int(state.rng.choice(np.delete(np.arange(NODES), state.start)))
            _begin(state)
        case ("on",):
            layer = _layer(state)
            state.heard = [_news(state)]
            while len(state.heard) <= LIMIT:
                state.heard.append(layer.forward(state.heard[-1]))
            state.round, state.tapped = needed(state), None
        case "round", place:
            state.round = place
            if state.checking:
                state.marked, state.checking = None, 0
        case ("mark",):
            state.marked, state.checking = state.round, CHECK


def tick(state: State) -> bool:
    """One round; the last is the one after which every node has heard, or nobody new has.

    Or a moment of the check whether the nodes are alike.
    """
    if state.checking:
        state.checking -= 1
        return True
    if not state.bet.running:
        return False
    before = int((state.heard[-1] > 0).sum())
    state.heard.append(_layer(state).forward(state.heard[-1]))
    lit = int((state.heard[-1] > 0).sum())
    if lit in (NODES, before):
        state.bet.settle()
        truth = needed(state)
        state.called |= state.bet.said == truth and truth >= FEWEST
    return True


def edges(state: State) -> Integers:
    """Who hears whom: both directions of every line, and every node itself (count, 2)."""
    return np.argwhere(state.joined | np.eye(NODES, dtype=bool))


def needed(state: State) -> int:
    """The rounds until all have heard, the start's eccentricity; 0 where some never do."""
    far = graph_data.distances(edges(state), NODES, state.start)
    return int(far.max()) if far.min() >= 0 else 0


def spread(heard: Array) -> float:
    """The largest difference between two nodes."""
    return float(np.ptp(heard))


def alike(state: State) -> int | None:
    """The first round after which no two nodes differ by more than ALIKE; None: not by LIMIT."""
    layer, heard = _layer(state), _news(state)
    for r in range(LIMIT + 1):
        if spread(heard) <= ALIKE:
            return r
        heard = layer.forward(heard)
    return None


def score(state: State) -> float:
    """One half for a prediction that came true, one half for the round where all are alike."""
    return 0.5 * state.called + 0.5 * (state.called and found(state))


def found(state: State) -> bool:
    """Whether the round that was marked is the first where all are alike, or just after it."""
    if state.marked is None or state.checking:
        return False
    before, here = state.heard[: max(state.marked - SLACK, 0)], state.heard[state.marked]
    return spread(here) <= ALIKE and all(spread(heard) > ALIKE for heard in before)


def solution(state: State) -> Iterator[Message]:
    """Count the edges to the farthest node, send, then go on until all are alike."""
    if not state.called:
        if not state.bet.open:
            yield ("again",)
        if needed(state) < FEWEST:
            yield ("shape", "path")
        yield from (("guess", needed(state)), ("send",))
    if alike(state) is None:
        yield ("shape", "ring")
    if state.round is None:
        yield ("on",)
    first = alike(state)
    assert first is not None
    yield from (("round", first), ("mark",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say("As many rounds as there are edges to the node that is farthest away.")
        case "shape":
            return say("A graph that hangs together, so that everyone hears the news.")
        case "round":
            return say("Here the largest and the smallest number differ by {most}.", most=_alike())
    return ""


# --- the graph ------------------------------------------------------------------------------------


def _layer(state: State) -> MessagePassing:
    """The engine's layer that gives each node the mean of what it hears, itself included."""
    layer = MessagePassing(1, 1, edges(state), "mean", rng=0)
    layer.W[...], layer.U[...] = 0, 1
    return layer


def _news(state: State) -> Array:
    """1 at the start, 0 elsewhere (NODES, 1)."""
    return np.eye(NODES)[:, [state.start]]


def _begin(state: State) -> None:
    """Before the first round; what was predicted and marked for another graph counts no more."""
    state.heard, state.tapped, state.round = [_news(state)], None, None
    state.marked, state.checking = None, 0
    state.bet.again()


def _tap(state: State, node: int) -> None:
    """The first tap chooses; the second joins or parts two nodes, or has the news start here."""
    first = state.tapped
    if first is None:
        state.tapped = node
        return
    if first == node:
        state.start = node
    else:
        state.joined[first, node] = state.joined[node, first] = not state.joined[first, node]
        state.shape = "own"
    _begin(state)


def _shape(state: State, name: str) -> None:
    """A graph of that kind; one of its own is drawn until it takes FEWEST rounds or more."""
    state.shape, state.start = name, 0
    state.joined = np.zeros((NODES, NODES), bool)
    if name != "own":
        made = {
            "path": graph_data.path(NODES),
            "ring": graph_data.ring(NODES),
            "star": graph_data.star(NODES),
            "grid": graph_data.grid(2, NODES // 2),
        }[name]
        state.joined[made[:, 0], made[:, 1]] = True
    else:
        while needed(state) < FEWEST or needed(state) > NODES - 3:
            state.joined[...] = False
            drawn = graph_data.random(NODES, 0.3, state.rng)
            state.joined[drawn[:, 0], drawn[:, 1]] = True
            state.start = int(state.rng.integers(NODES))
    _begin(state)


# --- pictures and words ---------------------------------------------------------------------------

CELL = 29.0
"""Side of a cell of the matrix, in viewBox units."""


@cache
def _places(shape: str) -> Array:
    """Where the nodes are drawn (NODES, 2)."""
    i = np.arange(NODES)
    if shape == "path":
        return np.column_stack([i, i % 2])
    if shape == "grid":
        return np.column_stack([i % 4, -(i // 4)])
    angles = np.pi / 2 - 2 * np.pi * i / NODES
    if shape == "star":
        angles = np.pi / 2 - 2 * np.pi * (i - 1) / (NODES - 1)
        return np.column_stack([np.cos(angles), np.sin(angles)]) * (i > 0)[:, None]
    return np.column_stack([1.2 * np.cos(angles), np.sin(angles)])


def view(state: State) -> Node:
    """The graph or its matrix, and one question after the other."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    picture = _matrix(state) if state.form == "matrix" else _graph(state, won)
    switch = controls.choice(
        say("the same numbers as"),
        {"graph": say("graph"), "matrix": say("matrix")},
        state.form,
        may.form,
    )
    missed = (bet.over and not _hit(state)) or (
        state.marked is not None and not state.checking and not won
    )
    return shell(
        picture,
        widgets.verdict(_verdict(state), won, lost=missed),
        dock=[
            _slip(state)
            if state.round is None
            else controls.slider(say("rounds"), state.round, may.round),
            switch,
        ],
        go=_go(state),
        drawers=[
            widgets.folded(
                say("Another graph"),
                controls.choice(say("graph"), _shapes(), state.shape, may.shape),
                controls.button(say("Start from another node"), may.again),
                widgets.hint(
                    say(
                        "Tap two nodes to join or part them. Tap one twice, and the news "
                        "starts there."
                    )
                ),
                key="more",
            ),
            widgets.folded(say("How different the nodes are"), _curve(state), key="spread"),
            widgets.explained(
                say("What a round does"),
                say(
                    "Every node takes the mean of its own number and its neighbours' "
                    "numbers. As a matrix: row by row, the numbers of all nodes are "
                    "weighted and added. Where two nodes are not joined the weight is 0, "
                    "so nothing gets past a neighbour in one round."
                ),
                key="why",
            ),
        ],
    )


def describe(state: State) -> str:
    """The graph, how it is drawn, and how things stand."""
    lines = [f"{LETTERS[i]}{LETTERS[j]}" for i, j in np.argwhere(np.triu(state.joined, 1)).tolist()]
    heard = ", ".join(
        f"{letter} {fixed(value, 3)}"
        for letter, value in zip(LETTERS, _shown(state).ravel().tolist(), strict=True)
    )
    told = say(
        "{form} Joined: {lines}. News from {start}. After {rounds}: {heard}. {verdict}",
        form=say("Shown as a matrix.") if state.form == "matrix" else say("Shown as a graph."),
        lines=", ".join(lines) or say("no two nodes"),
        start=LETTERS[state.start],
        rounds=_rounds(_round(state)),
        heard=heard,
        verdict=_verdict(state),
    )
    if state.tapped is not None:
        told = say("{told} {node} is chosen.", told=told, node=LETTERS[state.tapped])
    if state.bet.said is not None and state.round is None:
        told = say("{told} You predict: {guess}.", told=told, guess=_guess(state.bet.said))
    return told


def _shapes() -> dict[str, str]:
    return {
        "own": say("one of its own"),
        "path": say("path"),
        "ring": say("ring"),
        "star": say("star"),
        "grid": say("grid"),
    }


def _alike() -> str:
    return say("at most {most}", most=fixed(ALIKE))


def _round(state: State) -> int:
    """The round that is looked at."""
    return len(state.heard) - 1 if state.round is None else state.round


def _shown(state: State) -> Array:
    """The nodes' numbers in the round that is looked at (NODES, 1)."""
    return state.heard[_round(state)]


def _rounds(count: int) -> str:
    return say.count("{n} round", "{n} rounds", count)


def _guess(count: int) -> str:
    return _rounds(count) if count else say("never")


def _hit(state: State) -> bool:
    return state.bet.said == needed(state)


def _slip(state: State) -> Node:
    bet, over = state.bet, state.bet.over
    return slip(
        bet,
        say("After how many rounds has every node heard the news? (0 means never)"),
        controls.slider(
            say("rounds"), bet.said, MOVES.on(state).guess, name=say("predicted rounds")
        ),
        said=bet.told(_guess),
        truth=_guess(needed(state)) if over else None,
        hit=_hit(state) if over else None,
    )


def _go(state: State) -> Node:
    may, bet = MOVES.on(state), state.bet
    if state.round is not None:
        return controls.button(say("Here they are alike"), may.mark, primary=True)
    if state.called and not bet.running and (bet.over or bet.said is None):
        return controls.button(say("Keep passing messages"), may.on, primary=True)
    said = bet.told(_guess)
    return commit(
        bet,
        said and say("Send: I predict {rounds}", rounds=said),
        may.send,
        may.again,
        more=say("Start from another node"),
    )


def _graph(state: State, won: bool) -> Node:
    """The nodes, those that have heard with their number; lit are the lines the news came by."""
    values, r = _shown(state).ravel(), _round(state)
    lines = [(i, j) for i, j in np.argwhere(np.triu(state.joined, 1)).tolist()]
    before = (state.heard[r - 1].ravel() if r else 0 * values) > 0
    travelled = [
        k for k, (i, j) in enumerate(lines) if before[i] != before[j] and state.round is None
    ]
    return h(
        "div",
        graphs.graph(
            say("The graph: who is joined to whom, and what each node has heard"),
            _places(state.shape),
            lines,
            names=[
                f"{letter} {fixed(value, 3)}"
                for letter, value in zip(LETTERS, values.tolist(), strict=True)
            ],
            values=np.where(values > 0, values, np.nan),
            largest=float(values.max()),
            chosen=state.tapped,
            lit=travelled,
            offer=MOVES.on(state).tap,
            height=300,
            key="graph",
            name=say("number of each node (missing: has not heard)"),
        ),
        key="graph",
        class_="news won" if won else "news",
    )


def _matrix(state: State) -> Node:
    """The same round as a product: the weights of the layer, the numbers before and after."""
    P = _layer(state).gather(np.eye(NODES))
    before = _shown(state).ravel()
    after = P @ before
    left, top, largest = 24.0, 26.0, float(before.max())
    cells, words = [], []
    for i in range(NODES):
        y = top + i * CELL
        words.append(_word(LETTERS[i], 12, y + CELL / 2, "name"))
        words.append(_word(LETTERS[i], left + (i + 0.5) * CELL, 14, "name"))
        for j in range(NODES):
            x = left + j * CELL
            cells.append(_cell(x, y, CELL, "weight", float(P[i, j])))
            if P[i, j] > 0:
                words.append(_word(f"1/{round(1 / P[i, j])}", x + CELL / 2, y + CELL / 2, "share"))
        for k, value in enumerate((before[i], after[i])):
            x = left + NODES * CELL + 22 + 66 * k
            cells.append(_cell(x, y, 48, "news", float(value) / largest))
            if value > 0:
                words.append(_word(fixed(value, 3), x + 24, y + CELL / 2, "number"))
    at = left + NODES * CELL
    middle = top + NODES * CELL / 2
    words += [
        _word("×", at + 11, middle, "sign"),
        _word("=", at + 79, middle, "sign"),
        _word(say("now"), at + 46, 14, "name"),
        _word(say("next"), at + 112, 14, "name"),
    ]
    return h(
        "div",
        h(
            "svg",
            cells,
            words,
            viewBox=f"0 0 400 {top + NODES * CELL + 4:g}",
            class_="diagram news-matrix",
            role="img",
            aria_label=say("One round as a matrix times the nodes' numbers"),
            marks={
                say("weights of a round (node × node heard)"): P,
                say("number of each node now"): before,
                say("number of each node after one more round"): after,
            },
        ),
        key="matrix",
        class_="news",
    )


def _cell(x: float, y: float, wide: float, kind: str, strength: float) -> Node:
    return h(
        "rect",
        x=x + 1,
        y=y + 1,
        width=wide - 2,
        height=CELL - 2,
        rx=3,
        class_=f"news-cell {kind}",
        fill_opacity=0.75 * strength,
    )


def _word(text: str, x: float, y: float, kind: str) -> Node:
    return h("text", text, x=x, y=y + 4.5, class_=f"middle news-{kind}")


def _curve(state: State) -> Node:
    """The largest difference after each round there is."""
    sizes = [spread(heard) for heard in state.heard]
    axes = plots.Axes((0, max(10, len(sizes) - 1)), (1e-4, 1), height=180, log_y=True)
    return plots.plot(
        axes,
        plots.rule(axes, y=ALIKE),
        plots.curve(axes, np.arange(len(sizes)), sizes, name=say("round, largest difference")),
        plots.scatter(axes, [_round(state)], [spread(_shown(state))]),
        label=say("The largest difference between two nodes after each round"),
        x_label=say("round"),
        y_label=say("difference; dotted: alike"),
    )


def _verdict(state: State) -> str:
    r, lit = _round(state), int((_shown(state) > 0).sum())
    if state.round is not None:
        return _found(state)
    if state.tapped is not None:
        return say(
            "Tap a second node to join it to {node} or part them; tap {node} again to start there.",
            node=LETTERS[state.tapped],
        )
    if state.bet.running:
        return say(
            "Round {r}: {lit} of {total} nodes have heard the news.", r=r, lit=lit, total=NODES
        )
    truth = needed(state)
    if state.bet.open and state.called:
        return say("You have called one. Keep passing messages, or predict for this graph.")
    if state.bet.open:
        return say(
            "{start} has news, a 1. In a round each node takes the mean of its own number and its "
            "neighbours’. Tap nodes to change the graph.",
            start=LETTERS[state.start],
        )
    if not truth:
        return say(
            "Never: {lit} of {total} nodes heard, and no line leads to the others.",
            lit=lit,
            total=NODES,
        )
    if not _hit(state):
        return say(
            "It took {rounds}, one for each edge on the way to the farthest node. Count those.",
            rounds=_rounds(truth),
        )
    if truth < FEWEST:
        return say(
            "Right, {rounds}. That was near: make it {least} or more for it to count.",
            rounds=_rounds(truth),
            least=FEWEST,
        )
    return say(
        "Called it: {rounds}. Now keep going. When do the nodes become alike?",
        rounds=_rounds(truth),
    )


def _found(state: State) -> str:
    gap = fixed(spread(_shown(state)), 3)
    told = {"rounds": _rounds(_round(state)), "gap": gap}
    if state.checking:
        return say("Comparing all nodes after {rounds}: they differ by up to {gap}.", **told)
    if state.marked != state.round:
        return say(
            "After {rounds} the nodes differ by up to {gap}. Find the first round with at most "
            "{most}.",
            most=fixed(ALIKE),
            **told,
        )
    if found(state):
        return say(
            "Over-smoothed: after {rounds} they differ by {gap}, and nobody can tell where "
            "the news began.",
            **told,
        )
    if spread(_shown(state)) > ALIKE:
        return say(
            "Not yet: after {rounds} they still differ by {gap}, more than {most}.",
            most=fixed(ALIKE),
            **told,
        )
    return say("After {rounds} they differ by {gap}, but they were alike before. Go back.", **told)
