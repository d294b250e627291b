"""Ask for More: choose how far guidance exaggerates, and fill three orders in a row.

Six bells of one size stand on a circle; every second one is wanted. For bells the best guess of the
noise is known exactly, once for all six and once for the three that are wanted, and guidance goes
from the one through the other and beyond (Ho and Salimans, Classifier-free diffusion guidance,
2022). Two things are measured on the dots that come of it: the share that is more likely wanted
than not, and the way from dots as they should be to the nearest one made, in units of a bell's
spread: how much has been left out.

An order says how much has to be right and how much may be left out at most, and is filled by a
narrow range of strengths. The next one is never filled by what was just handed over, so nobody wins
by one strength; the bells stay, and so does what has been measured on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from games import Message, Param
from games.concepts.bet import Bet, commit, slip
from games.concepts.streak import Streak, meter
from games.moves import Dial, Pick, Press, moves
from games.ui import controls, fields, plots, widgets
from games.ui.node import Node, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.models.diffusion import Denoiser, gaussian_noise, guided, linear

EDITION = 2
LEARNT = word(
    "Guidance makes every dot look more like what was asked for, and all of them more alike. "
    "Beyond 1, being sure is paid for with variety."
)
NOISING = linear(40, 1e-4, 0.008)
"""As in Back from Noise."""
JUMPS, DOTS, MOST = 16, 200, 8.0
ROW = 3
"""Orders in a row that win."""
GOALS, REACH, APART = (1.5, 4.5), 0.12, 0.4
"""Between which strengths orders are made, by what share of it one may miss, and how far the next
order's strength is from the last at least, as a difference of logarithms."""
DRAWS = 40
"""After so many an order may be near the last one, where all that are far are filled already."""
OLD_REACH = 0.35
"""How far the two ends of edition 1's only order were from the strength it was made for."""
IN_A_ROW, ONE = "orders-in-a-row", "one-order"
"""What counts as won; in edition 1 it was the latter, and all was measured while one turned."""

PARAMS = {"goal": Param(Pick(IN_A_ROW, ONE), IN_A_ROW, word("What counts as won"))}
MOVES = moves(
    w=Dial(0.0, MOST, 0.1, when=lambda state: state.goal == ONE or state.bet.open),
    hand=Press(when=lambda state: state.goal != ONE and state.bet.ready),
    again=Press(when=lambda state: state.goal == ONE or state.bet.over),
)


@dataclass
class State:
    """The bells, the noise, the order, and what comes of the guidance now.

    Attributes:
        wanted, other: the middles of the bells, (3, 2) each, and their spread.
        true: dots of the wanted bells, as they should be.
        least, most: the share that has to be right, and what may be left out.
        strength: the one that the order was made for.
        right, lost: both, for the dots that are made now.
        bet: the strength that is chosen for the order, and whether it has been handed over.
        tried: strength, right and left out, of all that was handed over on these bells.
        found: right and left out by strength, of all that was measured on them for dots or orders.
        streak: orders filled in a row.
    """

    rng: np.random.Generator
    goal: str = IN_A_ROW
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
    strength: float = 0.0
    w: float = 1.0
    bet: Bet[float] = field(default_factory=Bet)
    tried: list[tuple[float, float, float]] = field(default_factory=list)
    found: dict[float, tuple[float, float]] = field(default_factory=dict)
    streak: Streak = field(default_factory=lambda: Streak(ROW))


def init(seed: int, goal: str = IN_A_ROW) -> State:
    """Bells turned and as wide as chance has it, and an order that some guidance fills."""
    state = State(np.random.default_rng(seed), goal)
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
    state.w, state.found = 1.0, {}
    _make(state)
    state.tried = [(state.w, state.right, state.lost)]
    if state.goal == ONE:
        strength = float(rng.uniform(1.8, 3.5))
        _order(state, strength - OLD_REACH, strength + OLD_REACH)
    else:
        state.strength = 0.0
        state.streak.end()
        _next(state)


def _order(state: State, low: float, high: float) -> None:
    """Ask for what guidance between these two strengths makes."""
    state.least = float(np.floor(200 * _at_end(state, low)[0])) / 200
    state.most = float(np.ceil(100 * _at_end(state, high)[1])) / 100


def _at_end(state: State, strength: float) -> tuple[float, float]:
    """What that strength makes, measured once: orders that are drawn again share their ends."""
    if strength not in state.found:
        state.found[strength] = measured(state, made(state, strength))
    return state.found[strength]


def _next(state: State) -> None:
    """An order for quite another strength, which what was just handed over does not fill."""
    last, ends = state.strength, np.log(GOALS)
    for draw in range(2 * DRAWS):
        strength = float(np.exp(state.rng.uniform(*ends)))
        if last and draw < DRAWS and abs(np.log(strength / last)) < APART:
            continue
        state.strength = strength
        _order(state, *(round(strength * (1 + by), 1) for by in (-REACH, REACH)))
        if not filled(state):
            break
    state.bet.again()


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
    across, up = (np.subtract.outer(state.true[:, i], dots[:, i]) for i in (0, 1))
    nearest = np.sqrt((across * across + up * up).min(axis=1))
    lost = float(nearest.mean()) / state.spread
    return float((likely(state, dots) > 0.5).mean()), lost


def _make(state: State) -> None:
    state.made = made(state, state.w)
    state.found[state.w] = state.right, state.lost = measured(state, state.made)


def update(state: State, move: str, *values: Any) -> None:
    """The strength of the guidance, handing over, and the next order; after a win other bells."""
    match move, *values:
        case "w", w:
            state.w = w
            state.bet.place(w)
            _make(state)
        case ("hand",):
            state.bet.settle()
            state.tried.append((state.w, state.right, state.lost))
            state.streak.count(filled(state))
        case ("again",):
            if state.goal == ONE or state.streak.full:
                state.bet.again()
                _begin(state)
            else:
                _next(state)


def filled(state: State) -> bool:
    """Whether enough of the dots is right, and not too much left out."""
    return _meets(state, state.right, state.lost)


def _meets(state: State, right: float, lost: float) -> bool:
    return right >= state.least and lost <= state.most


def score(state: State) -> float:
    """1 for three orders in a row; in edition 1 half for each of the two demands."""
    if state.goal == ONE:
        return 0.5 * (state.right >= state.least) + 0.5 * (state.lost <= state.most)
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """Turn it up until both demands are met, order by order. To be read message by message."""
    if state.goal == ONE:
        yield from (("w", w) for w in fitting(state)[:1])
        return
    while score(state) < 1:
        if state.bet.over:
            yield ("again",)
        w = round(state.strength, 1)
        if not _fills(state, w):
            fits = fitting(state)
            w = fits[len(fits) // 2]
        yield from (("w", w), ("hand",))


def _fills(state: State, w: float) -> bool:
    return _meets(state, *measured(state, made(state, w)))


def fitting(state: State) -> list[float]:
    """The first strengths in a row that fill the order."""
    fits: list[float] = []
    for w in np.round(np.arange(1.0, MOST, 0.1), 1).tolist():
        if _fills(state, w):
            fits.append(w)
        elif fits:
            break
    return fits


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    if move == "w":
        return say("More guidance until enough dots are right, and no more, for that loses others.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

WIDE, HIGH = 3.2, 2.3
PLANE = plots.Axes((-WIDE, WIDE), (-HIGH, HIGH), height=280, left=30, bottom=24)
TRADE = plots.Axes((0.2, 0.9), (0.7, 1.0), height=126, left=40, top=10, bottom=36)


def view(state: State) -> Node:
    """The plane with the bells and the dots, what was measured, the dial and the order."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    measure = widgets.explained(
        say("What is measured"),
        say(
            "Right: the share of the orange dots that are more likely of the teal "
            "bells than of the others. Left out: the mean way from dots as they "
            "should be, drawn from the teal bells, to the nearest orange one, in "
            "units of a bell’s spread. At w = 0 anything is made, at w = 1 exactly "
            "what is asked for."
        ),
        key="measured",
    )
    if state.goal == ONE:
        return shell(
            _plane(state, won),
            widgets.verdict(_verdict(state), won),
            dock=[
                controls.slider(say("guidance w"), state.w, may.w, symbol="w"),
                widgets.meter(
                    say("right"),
                    state.right,
                    0.5,
                    1.0,
                    zone=(state.least, 1.0),
                    digits=3,
                    key="right",
                ),
                widgets.meter(
                    say("left out"), state.lost, 0.0, 1.0, zone=(0.0, state.most), key="lost"
                ),
            ],
            go=controls.button(say("Other bells"), may.again, key="go"),
            drawers=[measure],
        )
    missed = bet.over and not filled(state)
    said = bet.told(lambda w: fixed(w, 1))
    return shell(
        h("div", _plane(state, won and bet.over and not missed), _trade(state)),
        widgets.verdict(_verdict(state), won and not missed, lost=missed),
        mission=meter(state.streak, say("orders in a row")),
        dock=[
            slip(
                bet,
                say("Which strength fills the order?"),
                controls.slider(say("guidance w"), bet.said, may.w, symbol="w", digits=1),
                said=said,
                truth=say(
                    "{right} right, {lost} left out",
                    right=fixed(state.right, 3),
                    lost=fixed(state.lost, 2),
                ),
                hit=not missed if bet.over else None,
            ),
        ],
        go=commit(
            bet,
            said and say("Hand over w = {w}", w=said),
            may.hand,
            may.again,
            more=say("Other bells") if state.streak.full else say("Next order"),
        ),
        drawers=[
            widgets.folded(
                say("What you have handed over"),
                widgets.table(
                    say("On these bells"),
                    ["w", say("right"), say("left out")],
                    [[fixed(w, 1), fixed(r, 3), fixed(lost, 2)] for w, r, lost in _known(state)],
                ),
                key="tried",
            ),
            measure,
        ],
    )


def _known(state: State) -> list[tuple[float, float, float]]:
    return sorted(set(state.tried))


def _trade(state: State) -> Node:
    """What was measured on these bells: right by left out, and the corner that the order leaves."""
    known = _known(state)
    left, right = (float(x) for x in TRADE.across([TRADE.x[0], min(state.most, TRADE.x[1])]))
    top, bottom = (float(y) for y in TRADE.up([1.0, max(state.least, TRADE.y[0])]))
    return plots.plot(
        TRADE,
        h("rect", x=left, y=top, width=right - left, height=bottom - top, class_="order-corner"),
        plots.labelled(
            TRADE,
            [(lost, share) for _, share, lost in known],
            [fixed(w, 1) for w, _, _ in known],
            name=say("left out, right, of what was handed over"),
        ),
        x_label=say("left out; beside each dot its w"),
        y_label=say("right"),
        label=say("What was measured, and the corner in which the order is filled"),
        key="trade",
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
    told = state.goal == ONE or state.bet.over
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
                    *([round(state.right, 6), round(state.lost, 6)] if told else []),
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
    told = say(
        "{verdict} Guidance w = {w}, one of the bells asked for at {x}, {y}.",
        verdict=_verdict(state),
        w=fixed(state.w, 1),
        x=fixed(x, 2),
        y=fixed(y, 2),
    )
    if state.goal == ONE:
        return told
    return say(
        "{told} Measured so far: {known}; {chosen}. In a row: {streak} of {row}.",
        told=told,
        known=", ".join(
            say("w {w}: {right}, {lost}", w=fixed(w, 1), right=fixed(r, 3), lost=fixed(lost, 2))
            for w, r, lost in _known(state)
        ),
        chosen=say("no w is chosen yet") if state.bet.said is None else say("a w is chosen"),
        streak=state.streak.now,
        row=ROW,
    )


def _verdict(state: State) -> str:
    right, lost = fixed(state.right, 3), fixed(state.lost, 2)
    told = {
        "right": right,
        "lost": lost,
        "least": fixed(state.least, 3),
        "most": fixed(state.most, 2),
    }
    if state.goal != ONE and not state.bet.over:
        return say(
            "The order: at least {least} right, at most {most} left out. The dots follow the dial, "
            "and are measured when you hand them over.",
            least=told["least"],
            most=told["most"],
        )
    if filled(state):
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
