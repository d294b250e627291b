"""The Lineage: call which of two optimisers gets lower, four times in a row.

The two are ancestor and heir, and race on a surface from `scenes.py`: on some the ancestor fails,
on others the heir does. First both are tuned there: every rate, and every β or weight decay, is
tried by the engine, and each one's best runs. What the race shows are those two runs, live.

Which of the two is to win is drawn first, and then a surface on which it does, so that no habit
wins. Surfaces come back only when all of their kind were there, seen in a mirror: every optimizer
here does the same in a mirror, so what was tuned holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts import runs
from games.concepts.bet import Bet, commit, pick
from games.concepts.streak import Streak, meter
from games.moves import Dial, Pick, Press, moves
from games.optimisation.the_lineage.scenes import (
    BETAS,
    COPIES,
    DECAYS,
    KINDS,
    RATES,
    SCENES,
    STEPS,
    Matrix,
    Racer,
    Scene,
    Trial,
    trials,
    winner,
)
from games.ui import plots, widgets
from games.ui.landscapes import Landscape, landscape
from games.ui.node import h, marked
from games.ui.numbers import counted, short
from games.ui.shell import shell
from games.words import say, word, written
from pycore.arrays import Array

STRIDE = 25
"""Steps of a trial in one tick of the search."""
LEARNT = word(
    "Each optimiser mends one way in which an older one fails, and each has a surface on which it "
    "loses even when both are tuned. The question is which surface is yours."
)
PARAMS = {"calls": Param(Dial(1, 6), 4, word("Right calls in a row"))}
SIDES = ("older", "newer")
MOVES = moves(
    guess=Pick(*SIDES, when=lambda state: state.bet.open),
    race=Press(when=lambda state: state.bet.ready),
    next=Press(when=lambda state: not state.bet.open),
)


@dataclass
class State:
    """Who races where, the call, and how far search and race are.

    `flip` are the signs of the mirror. `tried` counts the trials of the search, `trial` is under
    way, `best` holds the best of each of the two. `done` are the races that were run, with what
    was said and who won.
    """

    rng: np.random.Generator
    streak: Streak
    scene: str = ""
    flip: tuple[int, int] = (1, 1)
    bet: Bet[str] = field(default_factory=Bet)
    tried: int = 0
    trial: Racer | None = None
    best: dict[str, tuple[float, Trial]] = field(default_factory=dict)
    racers: list[Racer] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def at(self) -> Scene:
        """The scene."""
        return SCENES[self.scene]


def init(seed: int, calls: int = 4) -> State:
    """Two optimizers and a surface."""
    state = State(np.random.default_rng(seed), Streak(calls))
    _draw(state)
    return state


def _draw(state: State) -> None:
    """A surface that was not there yet, or the one that was there longest ago."""
    heir = bool(state.rng.integers(2))
    some = [name for name, scene in SCENES.items() if scene.heir == heir]
    fresh = [name for name in some if name not in state.seen]
    if not fresh:
        last = state.seen[-1]
        state.seen = [name for name in state.seen if name not in some]
        fresh = [name for name in some if name != last]
    state.scene = fresh[int(state.rng.integers(len(fresh)))]
    state.seen.append(state.scene)
    across, up = state.rng.choice([-1, 1], 2).tolist()
    state.flip = (across, up) if state.at.mirrors else (1, 1)
    state.tried, state.trial, state.best, state.racers = 0, None, {}, []
    state.bet.again()


def update(state: State, move: str, *values: Any) -> None:
    """A call, its race, the next one; a race that is left counts as a miss."""
    match move, *values:
        case "guess", side:
            state.bet.place(side)
        case ("race",):
            state.bet.begin()
        case ("next",):
            state.streak.leave(state.bet)
            _draw(state)


def tick(state: State) -> bool:
    """A piece of a trial, as long as both are tuned; then a step of the race."""
    if not state.bet.running:
        return False
    if not state.racers:
        _search(state)
        return True
    for racer in state.racers:
        if not racer.over:
            racer.advance()
    if all(racer.over for racer in state.racers):
        state.bet.settle()
        state.streak.count(_hit(state))
    return True


def pace(state: State) -> float | None:
    """The search as fast as it can, the race to be watched."""
    return 60 if state.racers else None


def _search(state: State) -> None:
    """Go on with the trials; after the last one line up the best of both."""
    todo = trials(state.at)
    if state.trial is None:
        state.trial = Racer(state.at, *todo[state.tried])
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STRIDE):
            if not state.trial.over:
                state.trial.advance()
    if not state.trial.over:
        return
    trial = todo[state.tried]
    if trial[0] not in state.best or state.trial.end < state.best[trial[0]][0]:
        state.best[trial[0]] = state.trial.end, trial
    state.tried, state.trial = state.tried + 1, None
    if state.tried == len(todo):
        state.racers = [Racer(state.at, *state.best[kind][1]) for kind in state.at.kinds]


def truth(state: State) -> str | None:
    """Who got lower, once the race is over."""
    if not state.bet.over:
        return None
    first, second = state.racers
    return "older" if first.end < second.end else "newer"


def _hit(state: State) -> bool:
    return state.bet.said is not None and state.bet.said == truth(state)


def score(state: State) -> float:
    """1 once enough calls in a row were right."""
    return state.streak.share


def solution(state: State) -> Iterator[Message]:
    """Call who wins, by running it first. To be read message by message."""
    while score(state) < 1:
        if not state.bet.open:
            yield ("next",)
        yield ("guess", winner(state.scene))
        yield ("race",)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a call of the solution."""
    return say(state.at.why) if move == "guess" else ""


# --- pictures and words ---------------------------------------------------------------------------

IDEAS = {
    "sgd": word("a step against the slope"),
    "momentum": word("adds up the slopes behind it"),
    "nesterov": word("momentum that looks ahead"),
    "adagrad": word("divides by all slopes so far"),
    "rmsprop": word("divides by recent slopes"),
    "adam": word("momentum, divided by recent slopes"),
    "adam-l2": word("the pull to 0 is part of the slope"),
    "adamw": word("the pull to 0 is apart"),
    "lion": word("only the sign of its momentum"),
    "sophia": word("divides by the curvature"),
    "schedule-free": word("steps, and averages where it was"),
    "muon": word("all directions of a matrix alike"),
}
"""What each does, in a few words."""


def view(state: State) -> Node:
    """The family, the surface with the runs on it, and who is ahead; the call."""
    may, bet, won, scene = MOVES.on(state), state.bet, score(state) == 1, state.at
    names = dict(zip(SIDES, (_name(kind) for kind in scene.kinds), strict=True))
    said = names[bet.said] if bet.said else None
    return shell(
        h("div", _family(scene), _map(state), _lanes(state), class_="lineage"),
        widgets.verdict(_verdict(state), won, lost=bet.over and not _hit(state)),
        mission=meter(state.streak, say("right calls in a row")),
        dock=[
            pick(
                bet,
                say("Who gets lower in {n} steps?", n=STEPS),
                say("my call"),
                names,
                may.guess,
                truth(state),
            )
        ],
        go=commit(
            bet,
            said and say("Race: {name}", name=said),
            may.race,
            may.next,
            more=say("Next surface"),
            leaves=True,
        ),
        drawers=[
            widgets.folded(say("How both are tuned"), _tuning(state), key="tuning"),
            widgets.folded(
                say("Loss, step by step"),
                _losses(state)
                if state.racers
                else widgets.hint(say("Once both race, their losses are drawn here.")),
                key="losses",
            ),
        ],
        tone=_tone(state),
    )


def _name(kind: str) -> str:
    return say(KINDS[kind].name)


def _family(scene: Scene) -> Node:
    """All of the family, oldest first, the two of this race marked."""
    ours = [kind.removesuffix("-l2") for kind in scene.kinds]
    return h(
        "ol",
        [
            h(
                "li",
                _name(kind),
                key=kind,
                class_=f"relative {runs.line(ours.index(kind))}" if kind in ours else "relative",
            )
            for kind in KINDS
            if kind != "adam-l2"
        ],
        class_="family",
        aria_label=say("The family, oldest first"),
    )


@cache
def _ground(name: str, flip: tuple[int, int]) -> Landscape:
    """A scene's surface, seen in its mirror; of the matrix, the slice through what is drawn."""
    scene = SCENES[name]
    axes = plots.Axes(scene.x, scene.y, height=240)
    signs = np.array(flip)[:, None]

    def height(points: Array) -> Array:
        places = points.T * signs
        if scene.surface:
            return scene.surface.value(places)
        return np.asarray((places[0] ** 2 + scene.kappa * places[1] ** 2) / 2)

    x, y = (np.linspace(*ends, 40) for ends in (scene.x, scene.y))
    every = height(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    top = float(every.max())
    return landscape(axes, height, (top * np.geomspace(3e-3, 0.7, 7)).tolist(), cells=56)


def _map(state: State) -> Node:
    """The surface, with the start, and the ways of both or of what is being tried."""
    scene, ground = state.at, _ground(state.scene, state.flip)
    axes, flip = ground.axes, np.array(state.flip)
    begun = flip * _start(state.scene)
    lowest = flip * np.array([2.0 if state.scene == "only-noise" else 0.0, 0.0])
    paths = [np.array(racer.path) * flip for racer in state.racers]
    kinds = dict(zip(scene.kinds, paths, strict=False))
    return plots.plot(
        axes,
        ground.layers,
        plots.track(axes, np.array(state.trial.path) * flip, "ghost") if state.trial else None,
        [
            plots.track(
                axes, path, runs.line(i), name=say("way of {name} (a, b)", name=_name(kind))
            )
            for i, (kind, path) in enumerate(kinds.items())
        ],
        plots.scatter(axes, [lowest[0]], [lowest[1]], "lowest"),
        plots.scatter(axes, [begun[0]], [begun[1]], "start", name=say("start (a, b)")),
        [
            plots.scatter(axes, [x], [y], f"now {runs.line(i)}")
            for i, (x, y) in enumerate(path[-1] for path in paths)
            if axes.x[0] <= x <= axes.x[1] and axes.y[0] <= y <= axes.y[1]
        ],
        x_label=say("its lightest part") if scene.surface is None else "a",
        y_label=say("its heaviest part") if scene.surface is None else "b",
        label=say("The surface, and the ways of both on it"),
        key="map",
    )


@cache
def _start(name: str) -> Array:
    scene = SCENES[name]
    if scene.surface:
        return np.array(scene.start)
    return Matrix(scene.kappa, scene.mixed).place(np.zeros(scene.size))


def _lanes(state: State) -> Node:
    """Who they are; while both are tuned, how far that is; then who is ahead."""
    kinds = state.at.kinds
    names = [_name(kind) for kind in kinds]
    label = say("The race")
    if not state.racers and state.bet.running:
        every = [kind for kind, _, _ in trials(state.at)]
        done = [every[: state.tried].count(kind) for kind in kinds]
        total = [every.count(kind) for kind in kinds]
        return runs.lanes(
            label,
            names,
            [n / most for n, most in zip(done, total, strict=True)],
            [say("{n} of {total}", n=n, total=most) for n, most in zip(done, total, strict=True)],
        )
    if not state.racers:
        return _who(state.at)
    losses = [_height(racer) for racer in state.racers]
    ways = [
        0.0 if loss == np.inf else float(np.log(racer.losses[0].mean() / max(loss, 1e-300)))
        for loss, racer in zip(losses, state.racers, strict=True)
    ]
    share = max(racer.step for racer in state.racers) / STEPS
    first = int(np.argmin(losses)) if losses[0] != losses[1] else None
    said = [say("thrown off") if loss == np.inf else short(loss) for loss in losses]
    lanes = runs.lanes(label, names, runs.along(ways, share), said, first)
    return marked(lanes, {say("losses of both"): np.array(losses)})


def _who(scene: Scene) -> Node:
    """What each of the two does, where its lane will be."""
    rows = [
        h(
            "li",
            h("span", _name(kind), class_="lane-name who"),
            h("span", say(IDEAS[kind]), class_="idea"),
            key=i,
            class_=f"lane {runs.line(i)}",
        )
        for i, kind in enumerate(scene.kinds)
    ]
    return h("ol", rows, class_="lanes", aria_label=say("The two of this race"), key="who")


def _height(racer: Racer) -> float:
    """What is shown as its loss: at the end, what counts."""
    if racer.thrown:
        return float(np.inf)
    return racer.end if racer.over else racer.loss


def _tuning(state: State) -> Node:
    """What is tried for whom, and what was best."""
    rows = [
        [
            _name(kind),
            str(len(RATES) * len(KINDS[kind].settings)),
            _settings(state, kind),
        ]
        for kind in state.at.kinds
    ]
    panel = widgets.panel(
        widgets.table(say("Both optimisers"), [say("optimiser"), say("tried"), say("best")], rows),
        widgets.hint(
            say(
                "Each tries {n} rates from {low} to {high}; momentum, Nesterov and Muon also β = "
                "{betas}; Adam + L2 and AdamW also λ = {decays}. Other settings are the engine’s "
                "own, but RMSProp’s β is 0.9, and Sophia’s memories are short and it is told the "
                "true curvature. What counts is the mean loss of the last 10 steps; with noise, of "
                "{copies} runs, one of which is drawn. Surfaces were chosen to tell the two apart.",
                n=len(RATES),
                low=short(RATES[0]),
                high=short(RATES[-1]),
                betas=", ".join(map(written, BETAS)),
                decays=", ".join(map(written, DECAYS)),
                copies=COPIES,
            )
        ),
    )
    return marked(
        panel,
        {
            say("rates tried"): np.array(RATES),
            say("β tried"): np.array(BETAS),
            say("λ tried"): np.array(DECAYS),
        },
    )


def _settings(state: State, kind: str) -> str:
    """The rate, and the setting if it has one, with which it races."""
    if not state.racers:
        return runs.NOTHING
    _, (_, rate, setting) = state.best[kind]
    if not KINDS[kind].setting:
        return f"η = {short(rate)}"
    return f"η = {short(rate)}, {KINDS[kind].setting} = {written(setting)}"


def _losses(state: State) -> Node:
    """Both losses by step, on a scale of factors."""
    series = [[float(each.mean()) for each in racer.losses] for racer in state.racers]
    every = np.concatenate([np.array(s) for s in series])
    axes = plots.Axes((0, STEPS), plots.decades(every, 1e-12, 1e6), height=190, log_y=True)
    return plots.plot(
        axes,
        runs.curves(axes, series),
        runs.legend(axes, [_name(kind) for kind in state.at.kinds]),
        x_label=say("step"),
        y_label=say("loss"),
        label=say("Loss after each step"),
        key="losses-plot",
    )


def _tone(state: State) -> float | None:
    """The lower the one ahead, the lower the tone."""
    if not state.racers or not state.bet.running:
        return None
    best = min(racer.loss / racer.losses[0].mean() for racer in state.racers)
    return float(1 + np.log10(max(best, 1e-6)) / 6)


def _verdict(state: State) -> str:
    scene, bet = state.at, state.bet
    if bet.open:
        return say(
            "{surface}. Both are tuned first. Who gets lower?",
            surface=say(scene.name),
        )
    if not state.racers:
        return say(
            "Tuning: settings {n} of {total} from the same start.",
            n=counted(state.tried),
            total=counted(len(trials(scene))),
        )
    if bet.running:
        return say("Step {n} of {total}.", n=max(r.step for r in state.racers), total=STEPS)
    if _hit(state):
        return say("Called it! {why}", why=say(scene.why))
    lower = _name(scene.kinds[SIDES.index(truth(state) or "older")])
    return say("Lower: {name}. {why}", name=lower, why=say(scene.why))


def describe(state: State) -> str:
    """Who races where, what was called, and how it stands."""
    first, second = (
        say("{name} ({idea})", name=_name(kind), idea=say(IDEAS[kind])) for kind in state.at.kinds
    )
    losses = ", ".join(
        f"{_name(kind)} {short(_height(racer)) if _height(racer) < np.inf else say('thrown off')}"
        for kind, racer in zip(state.at.kinds, state.racers, strict=False)
    )
    names = dict(zip(SIDES, state.at.kinds, strict=True))
    return say(
        "{streak} of {calls} right calls in a row. {first} against {second} on: {surface}. Start "
        "{start}. Called: {said}. {verdict} Losses: {losses}.",
        streak=state.streak.now,
        calls=state.streak.goal,
        first=first,
        second=second,
        surface=say(state.at.name),
        start=", ".join(short(float(x)) for x in np.array(state.flip) * _start(state.scene)),
        said=_name(names[state.bet.said]) if state.bet.said else say("nothing yet"),
        verdict=_verdict(state),
        losses=losses or say("none yet"),
    )
