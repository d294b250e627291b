"""The Speed Limit: find a step size and a momentum that get down each of three bowls in time.

Each bowl has 8 directions with curvatures from 1 to L; the steps are the engine's Momentum, and η
is shown as η · L. In the plane of (η · L, β) a parabola is stable below η · L = 2 (1 + β): that
edge, the rate at each place and the bound over the measured losses are `pycore.rates`, the losses
are a run's. Best found on the grid: κ = 4 about 7 steps to a millionth, plain steps 13; κ = 100
about 38, plain steps 300. So the first bowl can be beaten without momentum, the others cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts.bet import Bet, commit, pick
from games.moves import Dial, Pick, Place, Press, moves
from games.optimisation.the_speed_limit.bowls import (
    BOWLS,
    LOW,
    Bowl,
    Descent,
    Outcome,
    descent,
    ended,
)
from games.ui import controls, plots, widgets
from games.ui.fields import Field
from games.ui.fields import field as over_plane
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import drawn_once, say, word
from pycore.arrays import Array

TICKS_PER_SECOND = 30
TRIES = 12
"""Settings of a bowl that stay marked in the plane."""
BEGIN = 2.4, 0.0
"""Where the dials stand at first: η · L beyond the limit, no momentum."""

LEARNT = word(
    "Beyond 2/L plain steps overshoot; well below it the flattest direction sets the pace. "
    "Momentum needs about √κ steps where plain descent needs κ."
)
FAR, MOST = Dial(0.1, 4.0, 0.05), Dial(0.0, 0.98, 0.02)
"""η · L, and β."""
MOVES = moves(
    setting=Place(FAR, MOST, when=lambda state: not state.bet.running),
    guess=Pick("budget", "late", "never", when=lambda state: state.bet.open),
    roll=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: state.bet.over),
    bowl=Pick(*BOWLS),
)


@dataclass
class State:
    """The bowl and the setting, the bet on the first run here, and what was tried and beaten.

    `came` is what came of that first run.
    """

    rng: np.random.Generator
    starts: dict[str, Array]
    bowl: str = "round"
    pace: float = BEGIN[0]
    beta: float = BEGIN[1]
    bet: Bet[Outcome] = field(default_factory=Bet)
    run: Descent | None = None
    came: Outcome | None = None
    tried: list[tuple[float, float, Outcome]] = field(default_factory=list)
    beaten: tuple[str, ...] = ()


def init(seed: int) -> State:
    """The round bowl, and a start on the wall of each."""
    rng = np.random.default_rng(seed)
    return State(rng, {name: bowl.start(rng) for name, bowl in BOWLS.items()})


def update(state: State, move: str, *values: Any) -> None:
    """Before the first run on a bowl a setting is only a setting; afterwards it is run at once."""
    match move, *values:
        case "setting", pace, beta:
            state.pace, state.beta = pace, beta
            if state.bet.over:
                state.run = ended(_fresh(state))
                _judge(state)
        case "guess", outcome:
            state.bet.place(outcome)
        case ("roll",):
            state.bet.begin()
            state.run = _fresh(state)
        case ("again",):
            state.run = state.came = None
            state.bet.again()
        case "bowl", name:
            state.bowl, state.run, state.came, state.tried = name, None, None, []
            state.bet.again()


def tick(state: State) -> bool:
    """One step of the run that was predicted."""
    if state.run is None or not state.bet.running:
        return False
    state.run.advance()
    if state.run.over:
        state.bet.settle()
        state.came = state.run.outcome
        _judge(state)
    return True


def score(state: State) -> float:
    """The share of the bowls that were beaten."""
    return len(state.beaten) / len(BOWLS)


def solution(state: State) -> Iterator[Message]:
    """On each bowl first too bold, then the setting that theory calls the best."""
    for name, bowl in BOWLS.items():
        if name in state.beaten and len(state.beaten) < len(BOWLS):
            continue
        yield ("bowl", name)  # ends what runs
        yield ("setting", *BEGIN)
        yield ("guess", "never")
        yield ("roll",)
        yield ("setting", *best(bowl))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    if move == "guess":
        return say("Without momentum, η · L above 2 never gets down: the steps overshoot.")
    if move == "setting" and state.bet.over:
        return say("The setting that theory calls the fastest for this κ.")
    return ""


@cache
def best(bowl: Bowl) -> tuple[float, float]:
    """The setting on the grid of the dials that theory calls the fastest.

    The fastest of all lies on a cliff (`rates.best_heavy_ball`): the mark nearest to it may be far
    slower than one a little further away.
    """
    paces, betas = np.meshgrid(np.arange(2, 81) / 20, np.arange(50) / 50)
    place = bowl.rho(paces, betas).argmin()
    return float(paces.flat[place]), float(betas.flat[place])


def _fresh(state: State) -> Descent:
    return descent(BOWLS[state.bowl], state.starts[state.bowl], state.pace, state.beta)


def _judge(state: State) -> None:
    """Note what a run that is over came to."""
    run = state.run
    assert run is not None
    state.tried = [*state.tried, (run.pace, run.beta, run.outcome)][-TRIES:]
    if run.outcome == "budget" and state.bowl not in state.beaten:
        state.beaten = *state.beaten, state.bowl


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((0, 4), (0, 1), height=196, bottom=36, top=8)
GHOST = 0.6, 0.0
"""The setting of the earlier run that is shown before the first."""


def view(state: State) -> Node:
    """The plane of settings with the handle, and below it the losses with the bound."""
    may, bet = MOVES.on(state), state.bet
    done, won = state.bowl in state.beaten, score(state) == 1
    left = [name for name in BOWLS if name not in state.beaten]
    said = bet.told(_told)
    if done and left and bet.over:
        go = controls.button(
            say("Next: {bowl}", bowl=say(BOWLS[left[0]].name)),
            may.bowl(left[0]),
            primary=True,
            key="commit",
        )
    else:
        go = commit(
            bet,
            said and say("Let it roll: {guess}", guess=said),
            may.roll,
            may.again,
            more=say("Predict another setting"),
        )
    return shell(
        h("div", _plane(state, done), _losses(state), class_="speed won" if won else "speed"),
        widgets.verdict(_verdict(state), won, lost=_lost(state)),
        mission=widgets.progress(say("bowls beaten"), len(state.beaten), len(BOWLS)),
        dock=[
            pick(
                bet,
                say("With the setting in the plane, when is the loss down to a millionth?"),
                say("prediction"),
                _told,
                may.guess,
                state.came if bet.over else None,
            ),
            widgets.hint(
                say("Now drag the point: each setting is run at once.")
                if bet.over
                else say("Once this has run, each setting is run at once."),
                key="drag",
            ),
        ],
        go=go,
        drawers=[
            controls.choice(
                say("bowl"),
                {name: say(b.name) for name, b in BOWLS.items()},
                state.bowl,
                may.bowl,
                done=state.beaten,
            ),
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What is drawn"),
                say(
                    "L is the curvature of the steepest direction, and κ is L divided by that "
                    "of the flattest. The plane holds every step size η, as η · L, and every "
                    "momentum β; behind the edge no run settles. Below is the loss of the run, "
                    "and dashed what theory says that it is at most, where a theorem of the "
                    "lesson covers the setting."
                ),
                key="why",
            ),
        ],
        tone=None
        if state.run is None or not bet.running
        else float(np.log10(max(state.run.losses[-1], 1e-12)) / 18 + 0.67),
        unfinished=not won,
    )


def describe(state: State) -> str:
    """The bowl, the setting, the prediction and the run."""
    tried = "; ".join(
        say("η · L {pace}, β {beta}: {outcome}", pace=fixed(p), beta=fixed(b), outcome=_told(o))
        for p, b, o in state.tried[-3:]
    )
    return say(
        "Bowl {bowl}, η · L = {pace}, β = {beta}, prediction {guess}. {verdict} Beaten: {n} of "
        "{total}. Tried: {tried}.",
        bowl=say(BOWLS[state.bowl].name),
        pace=fixed(state.pace),
        beta=fixed(state.beta),
        guess=state.bet.told(_told) or say("none yet"),
        verdict=_verdict(state),
        n=len(state.beaten),
        total=len(BOWLS),
        tried=tried or say("nothing yet"),
    )


def _told(outcome: Outcome) -> str:
    return {"budget": say("in time"), "late": say("too late"), "never": say("never")}[outcome]


def _lost(state: State) -> bool:
    return state.bet.over and state.run is not None and state.run.outcome != "budget"


def _verdict(state: State) -> str:
    bowl, run = BOWLS[state.bowl], state.run
    if run is None:
        return say(
            "Drag the point to a step size and a momentum, predict, and let it roll. "
            "Budget: {n} steps.",
            n=bowl.budget,
        )
    if state.bet.running:
        return say(
            "Step {n}: the loss is {loss} of what it was.",
            n=len(run.losses) - 1,
            loss=short(run.losses[-1]),
        )
    factor = fixed(run.measured)
    if run.outcome == "never" and run.losses[-1] >= 1:
        return say("Thrown off: each step multiplies the loss by {factor}.", factor=factor)
    if run.outcome == "never":
        return say("It never gets down: it goes to and fro at {loss}.", loss=short(run.losses[-1]))
    if run.steps is None:
        return say(
            "Not down in {n} steps: each leaves {factor} of the loss. The budget is {budget}.",
            n=bowl.limit,
            factor=factor,
            budget=bowl.budget,
        )
    if run.outcome == "late":
        return say(
            "Down after {n} steps, × {factor} a step. The budget is {budget}.",
            n=run.steps,
            factor=factor,
            budget=bowl.budget,
        )
    return say(
        "Down after {n} steps, within {budget}! Each left {factor} of the loss; theory says "
        "{promised}.",
        n=run.steps,
        budget=bowl.budget,
        factor=factor,
        promised=fixed(run.promised),
    )


@cache
def _region(name: str, all_of_it: bool) -> Field:
    """Where a run settles and where it does not; once the bowl is beaten, how fast everywhere."""
    bowl = BOWLS[name]

    def f(points: Array) -> Array:
        ahead = 1 - bowl.rho(points[:, 0], points[:, 1])
        return np.where(ahead > 0, ahead / fastest if all_of_it else 0.15, -0.35)

    fastest = 1 - float(bowl.rho(*best(bowl)))
    return over_plane(PLANE, f, cells=60, contours=(0.25, 0.5, 0.75) if all_of_it else ())


@drawn_once
def _edge() -> Node:
    """η · L = 2 (1 + β): behind it no parabola settles."""
    beta = np.linspace(0, 1, 21)
    return plots.curve(PLANE, 2 * (1 + beta), beta, "edge", name=say("edge: η · L, β"))


@cache
def _ghost(name: str) -> Descent:
    """An earlier run, with another setting, from a start of its own."""
    bowl = BOWLS[name]
    return ended(descent(bowl, bowl.start(np.random.default_rng(0)), *GHOST))


def _plane(state: State, done: bool) -> Node:
    may, run, seen = MOVES.on(state), state.run, bool(state.tried)
    region = _region(state.bowl, done) if seen else None
    places = np.array([(p, b) for p, b, _ in state.tried]).reshape(-1, 2)
    kinds = [outcome for _, _, outcome in state.tried]
    label: Node | None = None
    if state.bet.over and run is not None:
        right = state.pace < 2.6
        label = plots.text_at(
            PLANE,
            state.pace + (0.16 if right else -0.16),
            min(max(state.beta, 0.06), 0.92),
            say("× {factor} a step", factor=fixed(run.measured)),
            "rate" if right else "rate end",
        )
    pace, beta = fixed(state.pace), fixed(state.beta)
    plot = plots.plot(
        PLANE,
        None if region is None else region.lines,
        _edge() if seen else None,
        [
            _dots(places[[k == kind for k in kinds]], kind)
            for kind in ("never", "late", "budget")
            if kind in kinds
        ],
        None
        if run or state.tried
        else [
            plots.scatter(PLANE, [GHOST[0]], [GHOST[1] + 0.03], "tried late"),
            plots.text_at(PLANE, GHOST[0] - 0.1, 0.12, say("an earlier run"), "ghost"),
        ],
        label,
        controls.handle(
            say("setting"),
            PLANE,
            state.pace,
            state.beta,
            may.setting,
            said=say("η · L = {pace}, β = {beta}", pace=pace, beta=beta),
        ),
        label=say("Every step size and momentum, and those that were tried"),
        x_label=say("step size, η · L"),
        y_label=say("momentum β"),
        heat=region.heat if region else None,
        key="plane",
    )
    return marked(plot, {say("η · L, β"): np.array([state.pace, state.beta])})


def _dots(places: Array, kind: str) -> Node:
    """Settings that were tried, with what came of them."""
    return plots.scatter(PLANE, places[:, 0], places[:, 1], f"tried {kind}")


def _within(axes: plots.Axes, values: Array) -> Array:
    """What the axes can show; missing elsewhere."""
    return np.where((values >= axes.y[0]) & (values <= axes.y[1]), values, np.nan)


def _losses(state: State) -> Node:
    bowl, run = BOWLS[state.bowl], state.run
    axes = plots.Axes((0, bowl.limit), (1e-10, 1e4), height=150, bottom=36, top=8, log_y=True)
    shown = run or _ghost(state.bowl)
    steps = np.arange(len(shown.losses))
    bound = run.bound() if run else None
    names = [(say("measured"), "run-1")]
    if bound is not None:
        names.append((say("at most"), "dashed bound"))
    return plots.plot(
        axes,
        plots.band(axes, (0, bowl.budget), "budget"),
        plots.rule(axes, y=LOW),
        plots.curve(
            axes,
            steps,
            _within(axes, np.array(shown.losses)),
            "run-1" if run else "ghost",
            name=say("loss: step, share of the first"),
        ),
        None
        if bound is None
        else plots.curve(
            axes,
            steps,
            _within(axes, bound),
            "dashed bound",
            name=say("bound: step, at most"),
        ),
        plots.legend(axes, names) if run else None,
        plots.text_at(axes, bowl.limit, 20, say("the lesson has no bound here"), "end")
        if run and bound is None
        else None,
        label=say("The loss after each step, its bound, the budget and the aim"),
        x_label=say("step; the budget is shaded"),
        y_label=say("loss"),
        key="losses",
    )


def _numbers(state: State) -> Node:
    run, bowl = state.run if state.bet.over else None, BOWLS[state.bowl]
    rows = [
        ("η", short(state.pace / bowl.kappa)),
        (say("steps"), str(run.steps) if run and run.steps else "–"),
        (say("factor a step"), fixed(run.measured, 3) if run else "–"),
        (say("in theory"), fixed(run.promised, 3) if run else "–"),
        (say("bound"), _bound_said(run) if run else "–"),
    ]
    return widgets.table(say("This setting"), [say("what"), say("value")], rows)


def _bound_said(run: Descent) -> str:
    if run.bound() is not None:
        return say("holds")
    return say("beyond the edge") if run.promised >= 1 else say("no theorem here")
