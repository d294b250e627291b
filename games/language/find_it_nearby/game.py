"""Find It Nearby: draw cells so that almost every word finds its neighbours in its own.

The words are those of the skip-gram on the 209 English sentences that ship with the engine, after
300 steps, in the plane of their two main directions. Every word is searched for its three nearest
others. The engine's inverted file (`pycore.search`) files each word under its nearest centre and
looks only into the cells whose centres are nearest to the word; it counts the distances that it
computes, those to the centres too. Recall is the share of the true neighbours that it finds.

Of 50 deals, the centres that one run of k-means finds win 36; some centres win each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from games import Message, Node, Param
from games.language._words import KIND, KINDS, plane, trained, vocabulary
from games.moves import Dial, Parts, Place, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.shell import shell
from games.words import drawn_once, say, word
from pycore.arrays import Array
from pycore.search import Found, InvertedFile, exact, k_means, recall

LEARNT = word(
    "A search that looks into one cell misses the neighbours beyond its border. So borders belong "
    "where few words are. Looking into more cells finds more and costs more."
)
PARAMS = {"cells": Param(Dial(4, 8), 5, word("Cells"))}
WIDE, HIGH, STEP = 1.0, 0.85, 0.05
"""How far centres go to either side and up and down, and the grid they stand on."""
NEIGHBOURS, GOAL, MOST = 3, 0.9, 16
"""Neighbours each word is searched for; the recall to reach; distances a word, on average."""
STARTS = 12
"""Beginnings that are tried: for the first picture, and by the solution."""
TOLD = 8
"""Missed neighbours that are named in words."""
Centres = tuple[tuple[float, float], ...]

MOVES = moves(
    centre=Parts(
        cell=Dial(0, lambda state: len(state.centres) - 1),
        to=Place(x=Dial(-WIDE, WIDE, STEP), y=Dial(-HIGH, HIGH, STEP)),
    ),
    looks=Dial(1, 3),
)


@dataclass
class State:
    """The training the words are from, the centres of the cells, and how many are looked into."""

    rng: np.random.Generator
    training: int
    centres: Centres
    looks: int = 1


def init(seed: int, cells: int = 5) -> State:
    """Words, and centres in a small ring that cuts right through them: the worst of some rings."""
    rng = np.random.default_rng(seed)
    training = int(rng.integers(2**31))
    turns = 2 * np.pi * np.arange(STARTS) / STARTS / cells
    rings = [_ring(cells, float(turn)) for turn in turns]
    return State(rng, training, min(rings, key=lambda ring: look(training, ring, 1).recall))


def _ring(count: int, turn: float) -> Centres:
    angles = turn + 2 * np.pi * np.arange(count) / count
    return on_grid(0.25 * np.column_stack([np.cos(angles), np.sin(angles)]))


def on_grid(places: Array) -> Centres:
    """Places on the grid that centres stand on."""
    steps = np.round(np.clip(places, [-WIDE, -HIGH], [WIDE, HIGH]) / STEP)
    return tuple((round(x * STEP, 2), round(y * STEP, 2)) for x, y in steps.tolist())


def update(state: State, move: str, *values: Any) -> None:
    """A centre goes somewhere; more or fewer cells are looked into."""
    match move, *values:
        case "centre", cell, x, y:
            centres = list(state.centres)
            centres[cell] = (x, y)
            state.centres = tuple(centres)
        case "looks", looks:
            state.looks = looks


# --- what is found --------------------------------------------------------------------------------


@lru_cache(16)
def places(training: int) -> Array:
    """The words in the plane of their main directions, as large as fits (words, 2)."""
    vectors = trained(training)
    points = (vectors - vectors.mean(axis=0)) @ plane(vectors)
    points *= min(
        0.95 * WIDE / np.abs(points[:, 0]).max(), 0.92 * HIGH / np.abs(points[:, 1]).max()
    )
    return np.asarray(np.round(points, 6))


@lru_cache(16)
def truth(training: int) -> Found:
    """The true neighbours of each word, found by computing every distance."""
    points = places(training)
    return exact(points, points, NEIGHBOURS, leave=np.arange(len(points)))


class Look(NamedTuple):
    """What the cells find: the search, its recall, and the distances it computed for a word."""

    found: Found
    recall: float
    cost: float


@lru_cache(256)
def look(training: int, centres: Centres, looks: int) -> Look:
    """Search for every word in the cells that these centres make."""
    points = places(training)
    index = InvertedFile(points, np.array(centres))
    found = index.search(points, NEIGHBOURS, looks=looks, leave=np.arange(len(points)))
    return Look(found, recall(found, truth(training)), float(found.computed.mean()))


def seen(state: State) -> Look:
    """What the cells find as they are now."""
    return look(state.training, state.centres, state.looks)


def missed(state: State) -> list[tuple[int, int]]:
    """Each word with a true neighbour of its that was not found."""
    found, true = seen(state).found.places.tolist(), truth(state.training).places.tolist()
    return [
        (word_, other)
        for word_, (have, want) in enumerate(zip(found, true, strict=True))
        for other in want
        if other not in have
    ]


def rated(look: Look) -> float:
    """1 where both aims are met, else how near the two are."""
    if look.recall >= GOAL and look.cost <= MOST:
        return 1.0
    return 0.99 * min(look.recall / GOAL, 1.0) * min(MOST / look.cost, 1.0)


def score(state: State) -> float:
    """1 with the recall that is wanted, at no more distances than are allowed."""
    return rated(seen(state))


@lru_cache(16)
def best(training: int, count: int) -> Centres:
    """Centres that win: by k-means from some starts, and then by moving them a little."""
    points, rng = places(training), np.random.default_rng(0)
    tried = [on_grid(k_means(points, count, rng=start)) for start in range(STARTS)]
    found = max(tried, key=lambda centres: rated(look(training, centres, 1)))
    for _ in range(400):
        rating = rated(look(training, found, 1))
        if rating == 1:
            break
        moved = np.array(found)
        moved[rng.integers(count)] += rng.normal(0, 0.15, 2)
        if rated(look(training, on_grid(moved), 1)) >= rating:
            found = on_grid(moved)
    return found


def solution(state: State) -> Iterator[Message]:
    """One cell to look into, and every centre to where the engine found that it wins."""
    if score(state) == 1:
        return
    if state.looks != 1:
        yield ("looks", 1)
    for cell, place in enumerate(best(state.training, len(state.centres))):
        if state.centres[cell] != place:
            yield ("centre", cell, *place)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move:
        case "centre":
            return say("Each centre goes to the middle of a group, so that borders run between.")
        case "looks":
            return say("Every further cell costs the distances to all of its words.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes(
    (-WIDE - 0.05, WIDE + 0.05),
    (-HIGH - 0.05, HIGH + 0.05),
    height=310,
    left=36,
    right=8,
    top=8,
    bottom=24,
)


def view(state: State) -> Node:
    """The words and the cells; how much is found, and at what cost."""
    may, now, won = MOVES.on(state), seen(state), score(state) == 1
    return shell(
        h("div", _plane(state, won), class_="search-plane"),
        widgets.verdict(_verdict(state), won),
        mission=h(
            "div",
            widgets.meter(say("recall"), now.recall, 0.5, 1, zone=(GOAL, 1), digits=3),
            widgets.meter(say("distances a word"), now.cost, 5, 40, zone=(5, MOST)),
            class_="search-meters",
        ),
        dock=[controls.stepper(say("cells to look into"), state.looks, may.looks)],
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What is searched, and how"),
                say(
                    "{words} words after a training on small sentences, in the plane of their "
                    "two main directions. Each is searched for its {n} nearest words. First "
                    "the distances to the {cells} centres are computed, then those to every "
                    "word in the cells that are looked into.",
                    words=len(vocabulary()),
                    n=NEIGHBOURS,
                    cells=len(state.centres),
                ),
                key="how",
            ),
        ],
    )


def _plane(state: State, won: bool) -> Node:
    """The cells behind the words, a line from each word to a neighbour it misses, the centres."""
    may, points = MOVES.on(state), places(state.training)
    lines = [
        plots.curve(PLANE, points[list(pair), 0], points[list(pair), 1], "missed")
        for pair in missed(state)
    ]
    return plots.plot(
        PLANE,
        marked(
            h(
                "g",
                plots.nearest_areas(
                    PLANE,
                    state.centres,
                    [f"tint-{i} won" if won else f"tint-{i}" for i in range(len(state.centres))],
                ),
            ),
            {say("centres (x, y)"): np.array(state.centres)},
        ),
        h("g", lines, key="missed"),
        _words(state.training),
        [
            controls.handle(
                say("centre {n}", n=i + 1),
                PLANE,
                x,
                y,
                may.centre(i),
                said=say("{x} across, {y} up", x=fixed(x), y=fixed(y)),
                key=f"centre {i}",
            )
            for i, (x, y) in enumerate(state.centres)
        ],
        label=say("The words in their cells; lines lead to neighbours that are missed"),
        key="plane",
    )


@drawn_once
def _words(training: int) -> Node:
    """Every word at its place, in the shape of its kind."""
    names = vocabulary()
    return h(
        "g",
        plots.labelled(
            PLANE,
            places(training),
            names,
            classes=[list(KINDS).index(KIND[name]) for name in names],
            name=say("words in the plane"),
        ),
        translate="no",
        key="words",
    )


def _numbers(state: State) -> Node:
    """Recall and cost for one, two and three cells, and the words in each."""
    rows = []
    for looks in (1, 2, 3):
        there = look(state.training, state.centres, looks)
        rows.append([str(looks), fixed(there.recall, 3), fixed(there.cost)])
    index = InvertedFile(places(state.training), np.array(state.centres))
    sizes = np.bincount(index.cells, minlength=len(state.centres))
    return h(
        "div",
        widgets.table(
            say("What more cells find and cost"),
            [say("cells looked into"), say("recall"), say("distances a word")],
            rows,
            key="looks",
        ),
        widgets.hint(say("Words in each cell: {sizes}.", sizes=", ".join(map(str, sizes)))),
        marked(
            h("g"),
            {
                say("recall, distances a word, neighbours missed, words"): [
                    seen(state).recall,
                    seen(state).cost,
                    len(missed(state)),
                    len(vocabulary()),
                ],
                say("words in each cell"): sizes,
            },
        ),
        key="found",
    )


def _verdict(state: State) -> str:
    now, lost, names = seen(state), missed(state), vocabulary()
    found, cost = percent(now.recall, 1), fixed(now.cost)
    if score(state) == 1:
        return say(
            "{recall} of the neighbours found, with {cost} distances a word in place of {all}. Few "
            "neighbours have a border between them.",
            recall=found,
            cost=cost,
            all=len(names) - 1,
        )
    if now.cost > MOST and now.recall >= GOAL:
        told = {"recall": found, "cost": cost, "most": str(MOST)}
        if state.looks > 1:
            return say(
                "{recall} found, but {cost} distances a word; {most} are allowed. Look into fewer "
                "cells.",
                **told,
            )
        return say(
            "{recall} found, but {cost} distances a word; {most} are allowed. Make the cells more "
            "alike in size.",
            **told,
        )
    one, other = (names[i] for i in lost[0])
    return say(
        "{recall} found, {goal} wanted. “{one}” misses “{other}”: a border is between them. Drag "
        "the centres.",
        recall=found,
        goal=percent(GOAL),
        one=one,
        other=other,
    )


def describe(state: State) -> str:
    """Where the centres are, what is found, at what cost, and what is missed."""
    names, now, lost = vocabulary(), seen(state), missed(state)
    return say(
        "{verdict} Recall {recall}, {cost} distances a word, {looks} of {count} cells looked into. "
        "Centres: {centres}. {n} neighbours missed: {missed}.",
        verdict=_verdict(state),
        recall=fixed(now.recall, 3),
        cost=fixed(now.cost),
        looks=state.looks,
        count=len(state.centres),
        centres="; ".join(f"{fixed(x)}, {fixed(y)}" for x, y in state.centres),
        n=len(lost),
        missed=", ".join(f"{names[i]} → {names[j]}" for i, j in lost[:TOLD]) or say("none"),
    )
