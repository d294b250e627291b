"""Move the Fakes: put them where the two distances pull as asked, then let go and see.

Real data and fakes are clouds on a line, in bins of `STEP`. How far they are apart is said twice by
the engine: by the Jensen–Shannon divergence, which the discriminator of a GAN measures, and by the
Wasserstein distance. A distance pulls where it falls to one side. After the release two copies of
the fakes slide, each down the slope of its own distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.streak import Streak, meter
from games.moves import Dial, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.distances import jensen_shannon, wasserstein

LEARNT = word(
    "Jensen–Shannon pulls only where real and fake overlap, and towards the nearest cloud. "
    "Wasserstein pulls from afar, to where more of the data are. Where they lie half and half, it "
    "does not."
)
PARAMS = {"missions": Param(Dial(1, 4), 3, word("Missions in a row"))}
STEP, END, FAR = 0.1, 7.0, 5.0
"""A bin; how far the line goes to either side, and how far the middle of a cloud may lie."""
BUMP = 7.0 - np.abs(np.arange(-6, 7))
"""A cloud: 13 bins, highest in the middle."""
PULL = 0.1
"""A slope that is flatter does not pull."""
TICKS, RATE = 75, 0.09
"""Steps of the slide, and how far each goes on a slope of 1."""
Clouds = tuple[tuple[float, float], ...]
"""The middle and the share of each cloud."""

KINDS = {
    "far": word("Put the fakes where Wasserstein pulls and Jensen–Shannon does not."),
    "together": word("Put the fakes where both distances pull, and in the same direction."),
    "against": word("Put the fakes where the two distances pull in opposite directions."),
    "none": word("Put the fakes where neither distance pulls, and nothing overlaps."),
}
"""What is asked, by kind of mission."""

MOVES = moves(
    place=Dial(-FAR, FAR, STEP, when=lambda state: state.bet.open),
    release=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: not state.bet.open),
)


@dataclass
class State:
    """The clouds and what is asked of them, the place, and how far each copy has slid.

    `left` holds the kinds of missions that are still to come before one comes again.
    """

    rng: np.random.Generator
    streak: Streak
    kind: str = ""
    left: list[str] = field(default_factory=list)
    clouds: Clouds = ()
    bet: Bet[float] = field(default_factory=Bet)
    copies: list[float] = field(default_factory=list)
    slid: int = 0


def init(seed: int, missions: int = 3) -> State:
    """The first mission."""
    state = State(np.random.default_rng(seed), Streak(missions))
    _deal(state)
    return state


def _deal(state: State) -> None:
    """The next kind of mission, on other clouds."""
    rng = state.rng
    if not state.left:
        kinds = [kind for kind in KINDS if kind != state.kind]
        state.left = [str(kind) for kind in rng.permutation(kinds)]
    state.kind = state.left.pop()
    left, right = -rng.uniform(2.2, 3.6), rng.uniform(2.2, 3.6)
    if state.kind == "none":
        shares = [0.5, 0.5]
    elif state.kind == "against" or rng.uniform() < 0.5:
        shares = [0.3, 0.7] if rng.uniform() < 0.5 else [0.7, 0.3]
    else:
        left, shares = float(rng.choice([left, right])), [1.0]
    middles = [round(float(middle), 1) for middle in (left, right)]
    state.clouds = tuple(zip(middles, shares, strict=False))
    state.copies, state.slid = [], 0
    state.bet.again()


# --- what is true ---------------------------------------------------------------------------------

LINE = np.round(np.arange(-END, END + STEP / 2, STEP), 1)
PLACES = np.round(np.arange(-FAR, FAR + STEP / 2, STEP), 1)


def cloud(middle: float) -> Array:
    """The share of a cloud in each bin of the line."""
    shares = np.zeros(len(LINE))
    first = int(np.argmin(np.abs(LINE - middle))) - len(BUMP) // 2
    shares[first : first + len(BUMP)] = BUMP / BUMP.sum()
    return shares


def real(clouds: Clouds) -> Array:
    """The share of the data in each bin of the line."""
    return np.asarray(sum(share * cloud(middle) for middle, share in clouds))


@lru_cache(8)
def distances(clouds: Clouds) -> Array:
    """Jensen–Shannon and Wasserstein for the fakes at each place: (2, places)."""
    p = real(clouds)
    fakes = [cloud(place) for place in PLACES]
    return np.array(
        [[jensen_shannon(p, q) for q in fakes], [wasserstein(p, q, STEP) for q in fakes]]
    )


@lru_cache(8)
def slopes(clouds: Clouds) -> Array:
    """How fast both rise with the place, a bin to either side compared: (2, places)."""
    return np.asarray(np.gradient(distances(clouds), STEP, axis=1))


def pulls(clouds: Clouds, place: float) -> tuple[int, int]:
    """The way each distance pulls at a place: −1 to the left, 1 to the right, 0 not at all."""
    at = int(np.argmin(np.abs(PLACES - place)))
    js, w = (0 if abs(slope) < PULL else -int(np.sign(slope)) for slope in slopes(clouds)[:, at])
    return js, w


def meets(kind: str, clouds: Clouds, place: float) -> bool:
    """Whether the pulls at this place are those that a mission asks for."""
    js, w = pulls(clouds, place)
    apart = bool(jensen_shannon(real(clouds), cloud(place)) > np.log(2) - 1e-9)
    return {
        "far": js == 0 != w and apart,
        "together": js == w != 0,
        "against": js == -w != 0,
        "none": js == w == 0 and apart,
    }[kind]


def places(state: State) -> list[float]:
    """All places that fulfil the mission."""
    return [float(place) for place in PLACES if meets(state.kind, state.clouds, float(place))]


# --- the moves ------------------------------------------------------------------------------------


def update(state: State, move: str, *values: Any) -> None:
    """Place the fakes, let them go, go on; a slide that is left counts as a miss."""
    match move, *values:
        case "place", place:
            state.bet.place(place)
        case ("release",):
            state.bet.begin()
            state.copies = [state.bet.said or 0.0] * 2
        case ("next",):
            state.streak.leave(state.bet)
            _deal(state)


TICKS_PER_SECOND = 30


def tick(state: State) -> bool:
    """Both copies take a step down their slopes."""
    if not state.bet.running:
        return False
    state.copies = [
        float(f"{np.clip(at - RATE * np.interp(at, PLACES, slope), -FAR, FAR):.6g}")
        for at, slope in zip(state.copies, slopes(state.clouds), strict=True)
    ]
    state.slid += 1
    if state.slid == TICKS:
        state.bet.settle()
        state.streak.count(hit(state))
    return True


def hit(state: State) -> bool:
    """Whether the fakes were put where the mission wants them."""
    return state.bet.said is not None and meets(state.kind, state.clouds, state.bet.said)


def score(state: State) -> float:
    """1 once enough missions in a row were fulfilled."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """In the middle of the places that fulfil each mission. To be read message by message."""
    while score(state) < 1:
        if not state.bet.open:
            yield ("next",)
        fits = places(state)
        yield ("place", fits[len(fits) // 2])
        yield ("release",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    if move != "place":
        return ""
    return {
        "far": say("Nothing overlaps here, so Jensen–Shannon is flat. Wasserstein counts the way."),
        "together": say("Here they overlap, and the cloud they touch is where more data are."),
        "against": say("They touch the small cloud, on the side that faces the large one."),
        "none": say("Between equal halves: a step to one side is a step from the other."),
    }[state.kind]


# --- pictures and words ---------------------------------------------------------------------------

CLOUDS = plots.Axes((-5.8, 5.8), (0, 0.17), height=200, left=34, top=26, bottom=28)
CURVES = plots.Axes((-5.8, 5.8), (0, 1.1), height=150, left=34, top=26)
DEMO: Clouds = ((0.0, 1.0),)
LINES = ("run-1", "run-3")
"""How the two distances are drawn, JS and W."""


def view(state: State) -> Node:
    """The clouds on their line, and below how both distances depend on the place of the fakes."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    missed = bet.over and not hit(state)
    said = bet.told(lambda place: fixed(place, 1))
    return shell(
        h("div", _line(state, won), _curves(state), class_="distances"),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=meter(state.streak, say("missions in a row")),
        dock=[
            slip(
                bet,
                say(KINDS[state.kind]),
                controls.slider(say("fakes at"), bet.said, may.place, digits=1),
                said=said,
                truth=_truth(state) if bet.over else None,
                hit=not missed if bet.over else None,
            ),
        ],
        go=commit(
            bet,
            said and say("Let go at {place}", place=said),
            may.release,
            may.next,
            more=say("Next mission"),
            leaves=True,
        ),
        drawers=[
            widgets.explained(
                say("What the two distances measure"),
                say(
                    "Jensen–Shannon (JS) asks how well real and fake can be told apart, bin by "
                    "bin. It is at most log 2, and that wherever no bin holds both. "
                    "Wasserstein (W) asks how much work it is to carry the fakes to where the "
                    "real ones are: amount times way."
                ),
                key="measured",
            )
        ],
    )


def _way(pull: int) -> str:
    return {-1: say("to the left"), 0: say("not at all"), 1: say("to the right")}[pull]


def _truth(state: State) -> str:
    js, w = pulls(state.clouds, state.bet.said or 0.0)
    return say("JS pulls {js}, W {w}", js=_way(js), w=_way(w))


def _line(state: State, won: bool) -> Node:
    """The real clouds, the fakes with a handle, and the two copies on their ways."""
    bet, may = state.bet, MOVES.on(state)
    place = 0.0 if bet.said is None else bet.said
    p, q = real(state.clouds), cloud(place)
    there, made = p > 0, q > 0
    top = float(q.max())
    shape = cloud(0.0)
    copies = [
        plots.curve(CLOUDS, LINE[shape > 0] + at, shape[shape > 0], f"copy {line}")
        for at, line in zip(state.copies, LINES, strict=False)
    ]
    return plots.plot(
        CLOUDS,
        plots.bars(
            CLOUDS,
            LINE[there],
            p[there],
            STEP,
            "real won" if won and bet.over and hit(state) else "real",
            name=say("real share of each bin"),
        ),
        plots.bars(
            CLOUDS,
            LINE[made],
            q[made],
            STEP,
            "fake ghost" if bet.said is None else "fake",
            name=say("fake share of each bin"),
        ),
        copies,
        controls.handle(
            say("place of the fakes"),
            CLOUDS,
            place,
            top,
            may.place,
            along="x",
            said=fixed(place, 1),
            key="place",
        ),
        plots.legend(CLOUDS, [(say("real"), "real"), (say("fake"), "fake")]),
        y_label=say("share of each bin"),
        label=say("Real clouds and fakes on a line"),
        key="line",
    )


def _curves(state: State) -> Node:
    """Each distance over all places of the fakes, as a share of its largest value."""
    shown = not state.bet.open
    clouds = state.clouds if shown else DEMO
    pair = distances(clouds)
    shares = pair / pair.max(axis=1, keepdims=True)
    marks = [
        plots.scatter(
            CURVES,
            [at],
            [float(np.interp(at, PLACES, share))],
            f"copy {line}",
        )
        for at, share, line in zip(state.copies, shares, LINES, strict=False)
    ]
    kind = "" if shown else " ghost"
    return plots.plot(
        CURVES,
        plots.curve(CURVES, PLACES, shares[0], LINES[0] + kind, name=say("JS / log 2, by place")),
        plots.curve(CURVES, PLACES, shares[1], LINES[1] + kind, name=say("W / its largest")),
        marks,
        plots.legend(CURVES, [(say("JS"), LINES[0]), (say("W"), LINES[1])]),
        x_label=say("place of the fakes")
        if shown
        else say("place of the fakes (faint: one cloud)"),
        y_label=say("distance, as a share of its largest"),
        label=say("Both distances, by the place of the fakes"),
        key="curves",
    )


def _verdict(state: State) -> str:
    bet = state.bet
    if bet.open:
        return say(
            "Teal is real. JS asks how little the fakes overlap with it, W how much work it is to "
            "carry them there. Each pulls to where it gets less."
        )
    if bet.running:
        return say("Two copies slide, one down the slope of JS, one down that of W.")
    js, w = pulls(state.clouds, bet.said or 0.0)
    if hit(state):
        return {
            "far": say(
                "Right: they share no bin, so JS is log 2 on both sides and says nothing. W says "
                "which way is less work."
            ),
            "together": say("Right: they overlap, and both distances fall towards the same side."),
            "against": say(
                "Right: JS clings to the cloud it touches, W wants to go where more data are."
            ),
            "none": say(
                "Right: JS sees no overlap, and for W each step nearer to one half is a step away "
                "from the other."
            ),
        }[state.kind]
    return say(
        "Not so: JS pulls {js}, W {w}. {hint}",
        js=_way(js),
        w=_way(w),
        hint={
            "far": say("For JS to be flat, they must not share a bin."),
            "together": say("Let them overlap a little, from outside of all clouds."),
            "against": say("Touch the small cloud, from the side of the large one."),
            "none": say("Try between the two halves, without touching either."),
        }[state.kind],
    )


def describe(state: State) -> str:
    """The clouds, the mission, the place, and what came of it."""
    return say(
        "{mission} Real clouds: {clouds}. Fakes at {place}. {streak} of {missions} missions in a "
        "row. {verdict}",
        mission=say(KINDS[state.kind]),
        clouds="; ".join(
            say("{share} of the data at {place}", share=fixed(share, 1), place=fixed(middle, 1))
            for middle, share in state.clouds
        ),
        place=say("no place yet") if state.bet.said is None else fixed(state.bet.said, 1),
        streak=state.streak.now,
        missions=state.streak.goal,
        verdict=_verdict(state),
    )
