"""Two Ways to a Slope: put a cloud where one way of feeling the slope beats the other, as asked.

A cloud of draws z = μ + σ ε lies on a hillside f. How does its mean height change as μ grows? By
slope, the reparameterised way, one reads f′ under each draw. By height, the score function's way,
one knows only how high each draw lies, f, and how far to which side of μ. The hillside has a
smooth, a stepped and a rippled part. Both ways are the engine's, and each draw gives an estimate of
each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from games import Message, Node, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.streak import Streak, meter
from games.moves import Dial, Press, moves
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.variational import pathwise, score_function

LEARNT = word(
    "By slope, a few draws are enough on smooth ground, however high it lies. By height, the "
    "scatter grows with the height and shrinks with the width of the cloud; so it wins low down on "
    "ripples, whose slopes scatter widely, and it is right on steps too, where slopes say nothing."
)
PARAMS = {"missions": Param(Dial(1, 4), 3, word("Missions in a row"))}
FAR, STEP = 4.0, 0.1
WIDTHS = np.round(np.arange(0.3, 1.25, 0.1), 1)
START = 0.6
"""The width of a new cloud."""
TICKS, DRAWS = 48, 5
"""How long it rains, and how many draws fall at once."""
MANY, EVEN = 100.0, 2.0
"""Draws by height for each by slope: where that is many, and where both are about even."""
OFF = 0.5
"""By slope is wrong if even its mean is off by more than this share of the truth."""
RIGHT = 0.035
"""… and right where it is off by less than this, a tenth of the hillside's slope."""

KINDS = {
    "many": word(
        "Put the cloud where going by height needs at least 100 draws for each draw by slope."
    ),
    "calm": word("Put the cloud where going by height scatters less than going by slope."),
    "even": word(
        "Put the cloud where both scatter about alike: neither needs twice the other’s draws."
    ),
    "wrong": word("Put the cloud where going by slope is wrong, however many draws it takes."),
}
"""What is asked, by kind of mission."""

MOVES = moves(
    place=Dial(-FAR, FAR, STEP, when=lambda state: state.bet.open),
    width=Dial(float(WIDTHS[0]), float(WIDTHS[-1]), STEP, when=lambda state: state.bet.open),
    release=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: not state.bet.open),
)


class Ground(NamedTuple):
    """A hillside in three parts, from its top to its foot; down to the right if `down` is 1.

    Attributes:
        parts: what they are, the last one ripples.
        border: how far the borders of the middle part are from 0.
        ripple: how high the ripples are.
    """

    parts: tuple[str, str, str]
    down: int
    border: float
    ripple: float


DEMO = Ground(("ripples", "smooth", "ripples"), 1, 1.6, 0.05)
"""Another hillside, for what is drawn before anything has fallen."""


@dataclass
class State:
    """The hillside and what is asked, the cloud, and the ε of every draw that has fallen.

    `left` holds the kinds of missions that are still to come before one comes again.
    """

    rng: np.random.Generator
    streak: Streak
    kind: str = ""
    left: list[str] = field(default_factory=list)
    ground: Ground = field(default_factory=lambda: DEMO)
    bet: Bet[float] = field(default_factory=Bet)
    width: float = START
    eps: list[float] = field(default_factory=list)


def init(seed: int, missions: int = 3) -> State:
    """The first mission."""
    state = State(np.random.default_rng(seed), Streak(missions))
    _deal(state)
    return state


def _deal(state: State) -> None:
    """The next kind of mission, on another hillside."""
    rng = state.rng
    if not state.left:
        kinds = [kind for kind in KINDS if kind != state.kind]
        state.left = [str(kind) for kind in rng.permutation(kinds)]
    state.kind = state.left.pop()
    upper = ("smooth", "steps") if rng.uniform() < 0.5 else ("steps", "smooth")
    state.ground = Ground(
        (*upper, "ripples"),
        1 if rng.uniform() < 0.5 else -1,
        round(float(rng.uniform(1.4, 1.8)), 1),
        round(float(rng.uniform(0.19, 0.23)), 2),
    )
    state.eps, state.width = [], START
    state.bet.again()


# --- what is true ---------------------------------------------------------------------------------

SLOPE, FOOT, BOW, TREAD, WAVE = 0.35, 0.4, 0.12, 0.64, 0.4
"""Of the hillside: how much it falls, its height 5 from the middle; of the smooth part how deep it
hangs; the length of a step and of a ripple."""
END = 5.0
EPS = np.linspace(-5, 5, 321)
SHARE = np.exp(-(EPS**2) / 2) / np.exp(-(EPS**2) / 2).sum()
"""A fine grid of ε, and how often each is drawn."""
PLACES = np.round(np.arange(-FAR, FAR + STEP / 2, STEP), 1)


def height(ground: Ground, z: Any) -> tuple[Array, Array]:
    """How high the hillside is at z, and its slope there, which is 0 on every step."""
    x = np.asarray(z, float) * ground.down
    f, slope = np.array(FOOT + SLOPE * (END - x)), np.full(x.shape, -SLOPE)
    edges = (-END, -ground.border, ground.border, END)
    which = np.searchsorted(edges[1:3], x, side="right")
    for i, part in enumerate(ground.parts):
        here, left, long = which == i, edges[i], edges[i + 1] - edges[i]
        way = x[here] - left
        if part == "smooth":
            turn = np.pi / long
            f[here] -= BOW * np.sin(turn * way)
            slope[here] -= BOW * turn * np.cos(turn * way)
        elif part == "steps":
            tread = long / round(long / TREAD)
            f[here] += SLOPE * (way - (np.floor(way / tread) + 0.5) * tread)
            slope[here] = 0.0
        else:
            turn = 2 * np.pi * round(long / WAVE) / long
            f[here] += ground.ripple * np.sin(turn * way)
            slope[here] += ground.ripple * turn * np.cos(turn * way)
    return f, slope * ground.down


class Found(NamedTuple):
    """The true slope of the mean height by μ, and mean and variance of one draw's estimates."""

    true: Array
    slope: Array
    slope_variance: Array
    height_variance: Array

    @property
    def needed(self) -> Array:
        """Draws by height for each by slope, for the same scatter."""
        return np.asarray(self.height_variance / np.maximum(self.slope_variance, 1e-9))


def found(ground: Ground, place: Any, width: Any) -> Found:
    """What both ways come to for a cloud, or for each of several, from all ε there are."""
    place, width = np.asarray(place, float)[..., None], np.asarray(width, float)[..., None]
    f, slope = height(ground, place + width * EPS)
    by_height = f * EPS / width
    true, mean = by_height @ SHARE, slope @ SHARE
    return Found(
        true,
        mean,
        (slope - mean[..., None]) ** 2 @ SHARE,
        (by_height - true[..., None]) ** 2 @ SHARE,
    )


def meets(kind: str, ground: Ground, place: Any, width: Any) -> Any:
    """Whether a cloud, or each of several, is what a mission asks for."""
    one = found(ground, place, width)
    off = np.abs(one.slope - one.true)
    right = off <= RIGHT
    return {
        "many": right & (one.needed >= MANY),
        "calm": right & (one.needed < 1),
        "even": right & (one.needed > 1 / EVEN) & (one.needed < EVEN),
        "wrong": off > OFF * np.abs(one.true),
    }[kind]


@lru_cache(16)
def fits(kind: str, ground: Ground) -> list[tuple[float, float]]:
    """All clouds, place and width, that fulfil a mission."""
    place, width = (side.ravel() for side in np.meshgrid(PLACES, WIDTHS))
    good = meets(kind, ground, place, width)
    return list(zip(place[good].tolist(), width[good].tolist(), strict=True))


def estimates(ground: Ground, place: float, width: float, eps: Array) -> tuple[Array, Array]:
    """What each draw says of the slope by μ: by slope, and by height."""
    f, slope = height(ground, place + width * eps)
    return pathwise(slope, eps)[0], score_function(f, eps, width)[0]


# --- the moves ------------------------------------------------------------------------------------


def update(state: State, move: str, *values: Any) -> None:
    """Place the cloud, let it rain, go on; a rain that is left counts as a miss."""
    match move, *values:
        case "place", place:
            state.bet.place(place)
        case "width", width:
            state.width = width
        case ("release",):
            state.bet.begin()
        case ("next",):
            state.streak.leave(state.bet)
            _deal(state)


TICKS_PER_SECOND = 24


def tick(state: State) -> bool:
    """A few draws fall; after the last the mission is judged."""
    if not state.bet.running:
        return False
    state.eps += state.rng.normal(size=DRAWS).tolist()
    if len(state.eps) == TICKS * DRAWS:
        state.bet.settle()
        state.streak.count(hit(state))
    return True


def hit(state: State) -> bool:
    """Whether the cloud was put where the mission wants it."""
    place = state.bet.said
    return place is not None and bool(meets(state.kind, state.ground, place, state.width))


def score(state: State) -> float:
    """1 once enough missions in a row were fulfilled."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """A cloud that fulfils each mission. To be read message by message."""
    while score(state) < 1:
        if not state.bet.open:
            yield ("next",)
        good = fits(state.kind, state.ground)
        place, width = good[len(good) // 2]
        yield ("place", place)
        if width != state.width:
            yield ("width", width)
        yield ("release",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    if move != "place":
        return ""
    return {
        "many": say("On smooth ground all draws find nearly the same slope."),
        "calm": say("On ripples each draw finds another slope; at the foot, heights are small."),
        "even": say("On ripples slopes scatter much, and so do heights over a small width."),
        "wrong": say("Each step is level: the slope is 0 under every draw, and the hill falls."),
    }[state.kind]


# --- pictures and words ---------------------------------------------------------------------------

HILL = plots.Axes((-END, END), (0, 4.3), height=190, left=30, top=24, bottom=24)
RAIN = plots.Axes((-1, 1), (0, 2), height=130, left=12, right=12, top=24, bottom=36)
LINE = np.round(np.arange(-END, END + 0.01, 0.02), 2)
TURN = np.linspace(-3, 3, 61)
BELL = np.exp(-(TURN**2) / 2)
WAYS = ("by-slope", "by-height")
"""How the two ways are drawn: by slope, by height."""
LAST = 12
"""Draws that are shown on the hillside."""
GHOST = np.random.default_rng(0).normal(size=TICKS * DRAWS)
"""Draws that are shown before the first mission has begun."""
JITTER = np.random.default_rng(1).uniform(-0.34, 0.34, size=TICKS * DRAWS)


def view(state: State) -> Node:
    """The hillside with the cloud, and below what each draw says by slope and by height."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    missed = bet.over and not hit(state)
    said = bet.told(lambda place: fixed(place, 1))
    return shell(
        h(
            "div",
            _hill(state, won and not missed),
            h("div", _rain(state), class_="two-slopes-rain"),
            class_="two-slopes",
        ),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=meter(state.streak, say("missions in a row")),
        dock=[
            slip(
                bet,
                say(KINDS[state.kind]),
                controls.slider(say("place, μ"), bet.said, may.place, at=0.0, digits=1),
                said=said,
                truth=_truth(state) if bet.over else None,
                hit=not missed if bet.over else None,
            ),
            controls.slider(say("width, σ"), state.width, may.width, digits=1),
        ],
        go=commit(
            bet,
            said and say("Let it rain at {place}", place=said),
            may.release,
            may.next,
            more=say("Next mission"),
            leaves=True,
        ),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("How the two ways go"),
                say(
                    "Both estimate how the cloud’s mean height changes as μ grows. By slope: "
                    "read the hillside’s slope under the draw. By height: take the draw’s "
                    "height f times (z − μ) / σ², so a high draw pulls to its own side. The "
                    "scatter of a mean shrinks with the root of the number of draws; so who "
                    "scatters 3 times as widely needs 9 times as many."
                ),
                key="ways",
            ),
        ],
    )


def _place(state: State) -> float:
    return 0.0 if state.bet.said is None else state.bet.said


def _hill(state: State, won: bool) -> Node:
    """The hillside, the bell of the cloud, and the last draws with their slopes and heights."""
    place, width, may = _place(state), state.width, MOVES.on(state)
    f, _ = height(state.ground, LINE)
    top = float(height(state.ground, place)[0])
    eps = np.array(state.eps[-LAST:])
    z = place + width * eps
    fallen, slope = height(state.ground, z)
    inside = np.abs(z) < END
    z, fallen, slope = z[inside], fallen[inside], slope[inside]
    reach = 0.32 / np.sqrt(1 + slope**2)
    gap = np.full(len(z), np.nan)
    strokes_x = np.column_stack([z - reach, z + reach, gap]).ravel()
    strokes_y = np.column_stack([fallen - reach * slope, fallen + reach * slope, gap]).ravel()
    ghost = " ghost" if state.bet.said is None else ""
    turn = place + width * TURN
    seen = np.abs(turn) <= END
    bell = marked(
        plots.curve(HILL, turn[seen], 1.1 * BELL[seen], "cloud" + ghost),
        {say("the cloud: μ, σ"): np.array([place, width])},
    )
    return plots.plot(
        HILL,
        bell,
        plots.curve(HILL, LINE, f, "ground won" if won else "ground", name=say("place, height")),
        plots.ranges(HILL, z, np.zeros(len(z)), fallen, "stem"),
        plots.curve(HILL, strokes_x, strokes_y, WAYS[0] + " stroke"),
        plots.scatter(HILL, z, fallen, "draw", name=say("the last draws: place, height")),
        controls.handle(
            say("place of the cloud"),
            HILL,
            place,
            top,
            may.place,
            along="x",
            said=fixed(place, 1),
            key="place",
        ),
        y_label=say("height"),
        label=say("The hillside and the cloud on it"),
        key="hill",
    )


def _rain(state: State) -> Node:
    """What each draw says of the slope, by slope above and by height below; the truth as a line."""
    shown = not state.bet.open
    place, width, ground = _place(state), state.width, state.ground
    eps = np.array(state.eps)
    if not shown:
        place, width, ground, eps = 0.0, START, DEMO, GHOST
    one = found(ground, place, width)
    far = float(abs(one.true) + 2.6 * np.sqrt(max(one.height_variance, one.slope_variance)))
    axes = plots.Axes(
        (-far, far), RAIN.y, RAIN.width, RAIN.height, RAIN.left, RAIN.right, RAIN.top, RAIN.bottom
    )
    kind = "" if shown else " ghost"
    strips = []
    names = (say("by slope: estimate of each draw"), say("by height: estimate of each draw"))
    for row, said in enumerate(estimates(ground, place, width, eps) if len(eps) else ()):
        level = np.full(len(said), 1.5 - row)
        dots = plots.scatter(
            axes, np.clip(said, -far, far), level + JITTER[: len(said)], f"rain {WAYS[row]}{kind}"
        )
        strips.append(marked(dots, {names[row]: said}) if shown else dots)
        mean = float(said.mean())
        strips.append(plots.ranges(axes, [mean], [1.12 - row], [1.88 - row], f"mean{kind}"))
    return plots.plot(
        axes,
        plots.rule(axes, x=float(one.true), class_="truth"),
        strips,
        plots.legend(axes, [(say("by slope"), WAYS[0]), (say("by height"), WAYS[1])]),
        x_label=say("what each draw says; dashed: the truth")
        if shown
        else say("what each draw says (faint: another hill)"),
        label=say("What each draw says of the slope, by slope above, by height below"),
        key="rain",
    )


def _times(needed: float) -> str:
    """How many draws, as a text."""
    if needed >= 1000:
        return say("over 1000")
    return fixed(needed, 0 if needed >= 10 else 1)


def _truth(state: State) -> str:
    """What is true of the cloud, in words."""
    one = found(state.ground, _place(state), state.width)
    if state.kind == "wrong" or abs(float(one.slope - one.true)) > RIGHT:
        return say(
            "by slope {mean}, in truth {true}",
            mean=fixed(float(one.slope)),
            true=fixed(float(one.true)),
        )
    needed = float(one.needed)
    if needed >= 1:
        return say("{n} draws by height for 1 by slope", n=_times(needed))
    return say("{n} draws by slope for 1 by height", n=_times(1 / needed))


def _numbers(state: State) -> Node:
    """Mean and spread of one draw's estimate, both ways, from all draws there could be."""
    if not state.bet.over:
        return widgets.hint(say("Let it rain first: then what both ways come to is here."))
    one = found(state.ground, _place(state), state.width)
    rows = [
        [float(one.slope), float(np.sqrt(one.slope_variance))],
        [float(one.true), float(np.sqrt(one.height_variance))],
    ]
    head = (say("way"), say("mean"), say("spread of one draw"))
    names = (say("by slope"), say("by height"))
    return marked(
        widgets.table(
            say("Of all draws there could be"),
            head,
            [[name, *(fixed(v) for v in row)] for name, row in zip(names, rows, strict=True)],
        ),
        {", ".join(head[1:]): np.array(rows)},
    )


def _verdict(state: State) -> str:
    """How it goes, or what came of it and what to try."""
    bet = state.bet
    if bet.open:
        return say(
            "Drag the cloud along the hillside. Each draw will tell how the mean height changes: "
            "by the slope under it, or by its height and place."
        )
    if bet.running:
        return say(
            "It rains: {n} of {total} draws. Two estimates of one slope, from the same draws.",
            n=len(state.eps),
            total=TICKS * DRAWS,
        )
    if not hit(state):
        return _missed(state)
    truth = _truth(state)
    return {
        "many": say("Right: {truth}. Slopes agree here; the height itself scatters.", truth=truth),
        "calm": say(
            "Right: {truth}. Ripples turn every slope, and hardly change a height.", truth=truth
        ),
        "even": say("Right: {truth}. A wider cloud would favour the heights.", truth=truth),
        "wrong": say("Right: {truth}. Each step is level, only the jumps lead down.", truth=truth),
    }[state.kind]


def _missed(state: State) -> str:
    """What is true of the cloud, and what to try."""
    one = found(state.ground, _place(state), state.width)
    if state.kind != "wrong" and abs(float(one.slope - one.true)) > RIGHT:
        return say(
            "Not so: {truth}. It is wrong near the steps; keep away from them.",
            truth=_truth(state),
        )
    hint = {
        "many": say("Try smooth ground, high up, with a narrow cloud."),
        "calm": say("Try the ripples, low down, with a wide cloud."),
        "even": say("Try the ripples, and change the width."),
        "wrong": say("Try ground that is level under each draw and falls all the same."),
    }[state.kind]
    return say("Not so: {truth}. {hint}", truth=_truth(state), hint=hint)


def describe(state: State) -> str:
    """The hillside, the mission, the cloud, and what came of it."""
    names = {"smooth": say("smooth"), "steps": say("steps"), "ripples": say("ripples")}
    parts = state.ground.parts if state.ground.down == 1 else state.ground.parts[::-1]
    return say(
        "{mission} The hillside from left to right: {parts}; it falls to the {side}. The cloud: "
        "{place}, {width} wide. {streak} of {missions} missions in a row. {verdict}",
        mission=say(KINDS[state.kind]),
        parts=", ".join(names[part] for part in parts),
        side=say("right") if state.ground.down == 1 else say("left"),
        place=say("no place yet")
        if state.bet.said is None
        else say("at {place}", place=fixed(state.bet.said, 1)),
        width=fixed(state.width, 1),
        streak=state.streak.now,
        missions=state.streak.goal,
        verdict=_verdict(state),
    )
