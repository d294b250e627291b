"""Ask for More: choose how far guidance exaggerates, until the dots are right and still various.

Six bells of one size stand on a circle; every second one is wanted. For bells the best guess of the
noise is known exactly, once for all six and once for the three that are wanted, and guidance goes
from the one through the other and beyond (Ho and Salimans, Classifier-free diffusion guidance,
2022). Two things are measured on the dots that come of it: the share that is more likely wanted
than not, and the way from dots as they should be to the nearest one made, as a share of what it is
without exaggeration: how much has been left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message
from games.moves import Dial, Press, moves
from games.ui import controls, fields, plots, widgets
from games.ui.node import Node, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.models.diffusion import Denoiser, gaussian_noise, guided, linear

LEARNT = word(
    "Guidance makes every dot look more like what was asked for, and all of them more alike. "
    "Beyond 1, being sure is paid for with variety."
)
NOISING = linear(40, 1e-4, 0.008)
"""As in Back from Noise."""
JUMPS, DOTS, MOST = 16, 200, 8.0
REACH = 0.35
"""How far the goal's two ends are from the amount it was made for."""

MOVES = moves(w=Dial(0.0, MOST, 0.1), again=Press())


@dataclass
class State:
    """The bells, the noise, the goal, and what comes of the guidance now.

    Attributes:
        wanted, other: the middles of the bells, (3, 2) each, and their spread.
        true: dots of the wanted bells, as they should be.
        least, most: the share that has to be right, and what may be left out.
        right, lost: both, for the dots that are made now.
    """

    rng: np.random.Generator
    wanted: Array = field(init=False)
    other: Array = field(init=False)
    spread: float = field(init=False)
    noise: Array = field(init=False)
    true: Array = field(init=False)
    least: float = field(init=False)
    most: float = field(init=False)
    made: Array = field(init=False)
    right: float = field(init=False)
    lost: float = field(init=False)
    w: float = 1.0


def init(seed: int) -> State:
    """Bells turned and as wide as chance has it, and a goal that some guidance reaches."""
    state = State(np.random.default_rng(seed))
    _begin(state)
    return state


def _begin(state: State) -> None:
    rng = state.rng
    angle = 2 * np.pi * (np.arange(6) / 6 + rng.random())
    spread = float(rng.choice([0.32, 0.36, 0.4, 0.44]))
    size = float(np.sqrt(0.5 + spread**2))  # in the unit of the noise
    middles = np.stack([np.cos(angle), np.sin(angle)], axis=1) / size
    state.wanted, state.other, state.spread = middles[::2], middles[1::2], spread / size
    state.noise = rng.normal(size=(DOTS, 2))
    chosen = state.wanted[rng.integers(3, size=DOTS)]
    state.true = np.asarray(chosen + state.spread * rng.normal(size=(DOTS, 2)))
    goal = float(rng.uniform(1.8, 3.5))
    low, high = (measured(state, made(state, goal + by)) for by in (-REACH, REACH))
    state.least = float(np.floor(200 * low[0])) / 200
    state.most = float(np.ceil(100 * high[1])) / 100
    state.w = 1.0
    _make(state)


def guesses(state: State) -> tuple[Denoiser, Denoiser]:
    """The best guess of the noise for what is wanted, and for anything."""
    both = np.concatenate([state.wanted, state.other])
    return (
        gaussian_noise(NOISING, state.wanted, state.spread),
        gaussian_noise(NOISING, both, state.spread),
    )


def made(state: State, w: float) -> Array:
    """What guidance of that strength makes of the noise (dots, 2)."""
    *_, dots = NOISING.sample(guided(*guesses(state), w), state.noise, 0, JUMPS, 0.0)
    return dots


def likely(state: State, x: Array) -> Array:
    """How likely it is that a dot is of the wanted bells (dots,)."""
    away = ((x[:, None] - np.concatenate([state.wanted, state.other])) ** 2).sum(axis=2)
    near = np.exp((away.min(axis=1, keepdims=True) - away) / (2 * state.spread**2))
    return np.asarray(near[:, :3].sum(axis=1) / near.sum(axis=1))


def measured(state: State, dots: Array) -> tuple[float, float]:
    """The share of dots that are right, and what is left out, in the bells' spread."""
    apart = np.linalg.norm(state.true[:, None] - dots, axis=2)
    lost = float(apart.min(axis=1).mean()) / state.spread
    return float((likely(state, dots) > 0.5).mean()), lost


def _make(state: State) -> None:
    state.made = made(state, state.w)
    state.right, state.lost = measured(state, state.made)


def update(state: State, move: str, *values: Any) -> None:
    """The strength of the guidance, and other bells."""
    match move, *values:
        case "w", w:
            state.w = w
            _make(state)
        case ("again",):
            _begin(state)


def score(state: State) -> float:
    """1 where enough is right and not too much left out; half for one of both."""
    return 0.5 * (state.right >= state.least) + 0.5 * (state.lost <= state.most)


def solution(state: State) -> Iterator[Message]:
    """Turn it up until both goals are met."""
    for w in np.round(np.arange(1.0, MOST, 0.1), 1).tolist():
        right, lost = measured(state, made(state, w))
        if right >= state.least and lost <= state.most:
            yield ("w", w)
            return


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    if move == "w":
        return say("More guidance until enough dots are right, and no more, for that loses others.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

WIDE, HIGH = 3.2, 2.3
PLANE = plots.Axes((-WIDE, WIDE), (-HIGH, HIGH), height=280, left=30, bottom=24)


def view(state: State) -> Node:
    """The plane with the bells and the dots; the dial; both goals."""
    may, won = MOVES.on(state), score(state) == 1
    return shell(
        _plane(state, won),
        widgets.verdict(_verdict(state), won),
        dock=[
            controls.slider(say("guidance w"), state.w, may.w, symbol="w"),
            widgets.meter(
                say("right"), state.right, 0.5, 1.0, zone=(state.least, 1.0), digits=3, key="right"
            ),
            widgets.meter(
                say("left out"), state.lost, 0.0, 1.0, zone=(0.0, state.most), digits=2, key="lost"
            ),
        ],
        go=controls.button(say("Other bells"), may.again, key="go"),
        drawers=[
            widgets.folded(
                say("What is measured"),
                widgets.hint(
                    say(
                        "Right: the share of the orange dots that are more likely of the teal "
                        "bells than of the others. Left out: the mean way from dots as they "
                        "should be, drawn from the teal bells, to the nearest orange one, in "
                        "units of a bell’s spread. At w = 0 anything is made, at w = 1 exactly "
                        "what is asked for."
                    )
                ),
                key="measured",
            )
        ],
    )


def _plane(state: State, won: bool) -> Node:
    ground = fields.field(
        PLANE,
        lambda points: 2 * likely(state, points) - 1,
        cells=32,
        largest=1.6,
        name=say("how likely each place is of what is asked for, −1 to 1"),
    )
    radius = 2 * state.spread * float(PLANE.across(1) - PLANE.across(0))
    rings = [
        h("circle", cx=float(PLANE.across(x)), cy=float(PLANE.up(y)), r=radius, class_=look, key=i)
        for i, (x, y, look) in enumerate(
            [(*at, "bell wanted") for at in state.wanted.tolist()]
            + [(*at, "bell") for at in state.other.tolist()]
        )
    ]
    inside = (np.abs(state.made) <= [WIDE, HIGH]).all(axis=1)
    dots = state.made[inside].round(5)
    return plots.plot(
        PLANE,
        h("g", rings),
        plots.scatter(
            PLANE,
            dots[:, 0],
            dots[:, 1],
            "asked won" if won else "asked",
            name=say("made dots (x, y)"),
        ),
        marked(
            h("g"),
            {
                say("guidance, right, left out"): [
                    state.w,
                    round(state.right, 6),
                    round(state.lost, 6),
                ],
                say("right at least, left out at most"): [state.least, state.most],
            },
        ),
        label=say("Dots made with guidance, and the bells they should fill"),
        heat=ground.heat,
        key="plane",
    )


def describe(state: State) -> str:
    """The guidance and what comes of it."""
    x, y = state.wanted[0].tolist()
    return say(
        "{verdict} Guidance w = {w}, one of the bells asked for at {x}, {y}.",
        verdict=_verdict(state),
        w=fixed(state.w, 1),
        x=fixed(x, 2),
        y=fixed(y, 2),
    )


def _verdict(state: State) -> str:
    right, lost = fixed(state.right, 3), fixed(state.lost, 2)
    told = {
        "right": right,
        "lost": lost,
        "least": fixed(state.least, 3),
        "most": fixed(state.most, 2),
    }
    if score(state) == 1:
        return say(
            "{right} right and {lost} left out: certain, and still various.", right=right, lost=lost
        )
    if state.right < state.least:
        return say(
            "{right} are right, {least} should be. Left out: {lost}, at most {most}. Ask for "
            "more of the teal bells.",
            **told,
        )
    return say(
        "{right} of at least {least} are right, but {lost} is left out, at most {most} may be: "
        "the dots crowd together. Ask for less.",
        **told,
    )
