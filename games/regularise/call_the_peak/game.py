"""Call the Peak: say where the curve is worst, then choose what takes that peak away.

The curve is a sum of random waves with the shortest weights that fit (`pycore.random_features`).
Its error has its peak where the waves are just enough to meet each place that was measured at: of
repeated labels it is the places that count. Then one must keep the worst number of waves, and
chooses a cure before it is swept: how much ridge, how many places, or one of three. It must come
within `MARGIN` of the best ridge. A wrong call begins the three rounds anew, and no two in a row
have their peaks near each other: one guess for all never wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np

from games import Message, Node
from games.concepts.bet import Bet, commit, pick, slip
from games.moves import Dial, Pick, Press, moves
from games.regularise.call_the_peak.waves import FINE, MOST, Points, Run, drawn, machine, measured
from games.regularise.call_the_peak.waves import truth as wave
from games.ui import controls, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, short
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array

TICKS_PER_SECOND = 30
NEAR = 2
"""A call may be off by so many waves."""
APART = 7
"""Places of two rounds in a row differ by at least so many."""
MARGIN = 1.3
PLACES = 10, 29
"""From how many places a round has to below how many."""
AGAIN = 25
"""Labels at each place, for each there was, when all is measured again."""
MARKS = 12
"""Labels of a place that are drawn."""
EXPONENTS = np.arange(-6, 5)
"""Of the ridges there are, to the base 10."""
Kind = Literal["ridge", "places", "any"]
ROUNDS: tuple[Kind, ...] = ("ridge", "places", "any")
"""What may be chosen against the peak, round by round."""

LEARNT = word(
    "The error peaks where the waves just suffice to meet every place: there the weights grow "
    "huge. A little ridge or clearly more data takes the peak away, and beyond it more waves help."
)
MOVES = moves(
    guess=Dial(1, MOST, when=lambda state: state.call.open),
    sweep=Press(when=lambda state: state.call.ready),
    face=Press(when=lambda state: state.called and not state.facing),
    ridge=Dial(-6, 4, when=lambda state: state.curing == "ridge"),
    places=Dial(
        lambda state: state.points.places,
        lambda state: state.points.places * 9 // 4,
        when=lambda state: state.curing == "places",
    ),
    cure=Pick("quiet", "few", "ridge", when=lambda state: state.curing == "any"),
    treat=Press(when=lambda state: state.called and state.cure.ready),
    other=Press(when=lambda state: state.cure.over and not state.cured),
    go_on=Press(when=lambda state: state.call.over and (state.cured or not state.called)),
    at=Dial(1, MOST, when=lambda state: not state.call.open),
)


@dataclass
class State:
    """A round: its points, the call and the cure, and the sweeps that judge them.

    Attributes:
        bare: the sweep without a cure.
        stage: rounds in a row that were called and cured before this one.
        treated: the sweep with the cure.
        look: for how many waves the curve is drawn.
        aim: the error that the cure must reach at the peak, known once this was called.
        best: the exponent of the best ridge there.
        facing: whether the cure is what is asked for; what the call came to is seen before.
    """

    rng: np.random.Generator
    points: Points
    bare: Run
    stage: int = 0
    call: Bet[int] = field(default_factory=Bet)
    cure: Bet[int | str] = field(default_factory=Bet)
    treated: Run | None = None
    look: int = 3
    aim: float = 0.0
    best: int = 0
    facing: bool = False

    @property
    def called(self) -> bool:
        """Whether the call was right."""
        said = self.call.said
        return self.call.over and said is not None and abs(said - self.bare.peak) <= NEAR

    @property
    def curing(self) -> Kind | None:
        """What may be chosen just now."""
        return ROUNDS[self.stage] if self.facing and self.cure.open else None

    @property
    def cured(self) -> bool:
        """Whether what was chosen took the peak away."""
        run = self.treated
        return self.cure.over and run is not None and run.test[self.bare.peak - 1] <= self.aim


def init(seed: int) -> State:
    """The first round."""
    rng = np.random.default_rng(seed)
    points = _dealt(rng, 0, None)
    return State(rng, points, Run(machine(rng, points.places), points))


def _dealt(rng: np.random.Generator, stage: int, last: int | None) -> Points:
    """New points, at a number of places that is far from the last; in a second round repeated."""
    repeats = int(rng.integers(*((1, 2), (2, 4), (1, 4))[stage]))
    places = rng.choice([n for n in range(*PLACES) if last is None or abs(n - last) >= APART])
    phase, noise = rng.uniform(0, 2 * np.pi), rng.choice([0.2, 0.3, 0.4])
    return measured(rng, int(places), repeats, float(phase), float(noise))


def update(state: State, move: str, *values: Any) -> None:
    """A call, a cure, and what follows each."""
    match move, *values:
        case "guess", k:
            state.call.place(k)
        case ("sweep",):
            state.call.begin()
        case ("face",):
            state.facing = True
        case "ridge" | "places" | "cure", said:
            state.cure.place(said)
        case ("treat",):
            state.cure.begin()
            state.treated = _treated(state)
        case ("other",):
            state.treated = None
            state.cure.again()
        case ("go_on",):
            state.stage = (state.stage + 1) % len(ROUNDS) if state.cured else 0
            state.points = _dealt(state.rng, state.stage, state.points.places)
            state.bare = Run(machine(state.rng, state.points.places), state.points)
            state.treated, state.look, state.facing = None, 3, False
            state.call.again()
            state.cure.again()
        case "at", k:
            state.look = k


def _treated(state: State) -> Run:
    """The sweep with what was chosen: the same waves, another ridge or other points."""
    points, said = state.points, state.cure.said
    more, repeats = points.places, points.repeats
    match ROUNDS[state.stage], said:
        case "ridge", int(exponent):
            return Run(state.bare.features, points, 10.0**exponent)
        case "any", "ridge":
            return Run(state.bare.features, points, 10.0**state.best)
        case "any", "quiet":
            repeats *= AGAIN
        case "any", "few":
            more += -(-more // 10)
        case "places", int(places):
            more = places
    others = measured(state.rng, more, repeats, points.phase, points.noise)
    return Run(state.bare.features, others)


def tick(state: State) -> bool:
    """One wave more."""
    run = state.treated if state.cure.running else state.bare if state.call.running else None
    if run is None:
        return False
    run.advance()
    state.look = len(run.test)
    if run.over:
        state.look = state.bare.peak
        (state.cure if state.cure.running else state.call).settle()
        if run is state.bare:
            errors = run.ridged(run.peak, 10.0**EXPONENTS)
            state.aim, state.best = MARGIN * float(errors.min()), int(EXPONENTS[errors.argmin()])
    return True


def score(state: State) -> float:
    """Half a round for the call, half for the cure, of three rounds in a row."""
    return (state.stage + (state.called + state.cured) / 2) / len(ROUNDS)


def solution(state: State) -> Iterator[Message]:
    """Call the number of places, and choose the best ridge or twice the places."""
    if state.call.running or state.cure.running:
        yield ("at", state.look)  # what is under way comes to its end
    while score(state) < 1:
        if state.call.open:
            yield ("guess", state.points.places)
            yield ("sweep",)
        if state.called and not state.facing:
            yield ("face",)
        if state.cure.over and not state.cured:
            yield ("other",)
        if state.curing == "ridge":
            yield ("ridge", state.best)
        elif state.curing == "places":
            yield ("places", 2 * state.points.places)
        elif state.curing == "any":
            yield ("cure", "ridge")
        if state.cure.ready:
            yield ("treat",)
        if score(state) < 1:
            yield ("go_on",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "guess", _:
            return say("As many waves as places: just enough to meet every one.")
        case "ridge", _:
            return say("Small, but not nothing: long weights now cost something.")
        case "places", _:
            return say("With twice the places the peak has moved to twice the waves.")
        case "cure", _:
            return say("The others leave waves and places about equal.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-1, 1), (-2.4, 2.4), 400, 168, 44, 12, 26, 18)
ERRORS = plots.Axes((0, MOST), (1e-2, 1e4), 400, 164, 44, 12, 26, 38, log_y=True)
COUNTS = np.arange(1, MOST + 1)


def view(state: State) -> Node:
    """The points with a curve, and below them the error for each number of waves."""
    won = score(state) == 1
    return shell(
        h("div", _plane(state), _errors(state), class_="call-peak won" if won else "call-peak"),
        widgets.verdict(_verdict(state), won, lost=_lost(state)),
        mission=widgets.progress(
            say("rounds in a row"), state.stage + state.cured, len(ROUNDS), most=len(ROUNDS)
        ),
        dock=[_cure(state) if state.facing else _call(state)],
        go=_next(state),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What is drawn"),
                say(
                    "The curve adds up random waves, each times a weight; of all weights that "
                    "come nearest to the labels it takes the shortest. Below is how far it is "
                    "from the wave behind the labels (mean square, the middle of five draws of "
                    "waves), and dashed the length of the weights. The earlier sweep is of "
                    "other labels."
                ),
                key="why",
            ),
        ],
        tone=_tone(state),
        unfinished=not won,
    )


def _tone(state: State) -> float | None:
    run = state.treated if state.cure.running else state.bare if state.call.running else None
    return float(np.log10(run.test[-1]) / 6 + 1 / 3) if run and run.test else None


def _call(state: State) -> Node:
    bet = state.call
    return slip(
        bet,
        say("With how many waves is the curve worst?"),
        controls.slider(say("waves"), bet.said, MOVES.on(state).guess),
        said=bet.told(str),
        truth=str(state.bare.peak) if bet.over else None,
        hit=state.called,
    )


def _cure(state: State) -> Node:
    """What may be chosen in this round, and what came of it."""
    bet, may, kind = state.cure, MOVES.on(state), ROUNDS[state.stage]
    peak = state.bare.peak
    if kind == "any":
        return pick(
            bet,
            say("You must keep {n} waves. Which one takes the peak away?", n=peak),
            say("cure"),
            _cures(),
            may.cure,
            bet.said if state.cured else None,
            key="cure-bet",
        )
    if kind == "ridge":
        said = bet.said if isinstance(bet.said, int) else None
        control = controls.slider(
            say("ridge"),
            said,
            may.ridge,
            at=-6,
            printed=short(10.0 ** (-6 if said is None else said)),
        )
        question = say(
            "You must keep {n} waves. Ridge makes long weights costly: how much of it?", n=peak
        )
    else:
        control = controls.slider(
            say("places"), bet.said if isinstance(bet.said, int) else None, may.places
        )
        question = say(
            "You must keep {n} waves. At how many places would you measure anew?", n=peak
        )
    return slip(
        bet, question, control, said=bet.told(lambda said: _told(state, said)), key="cure-bet"
    )


def _cures() -> dict[int | str, str]:
    return {
        "quiet": say("{n} times the labels at each place", n=AGAIN),
        "few": say("a tenth more places"),
        "ridge": say("a little ridge"),
    }


def _told(state: State, said: int | str) -> str:
    if isinstance(said, str):
        return _cures()[said]
    return short(10.0**said) if ROUNDS[state.stage] == "ridge" else str(said)


def _next(state: State) -> Node:
    """The one thing to do next."""
    may = MOVES.on(state)
    if state.call.over and (state.cured or not state.called):
        last = state.stage == len(ROUNDS) - 1
        told = say("Begin anew") if last or not state.called else say("Next round")
        return controls.button(told, may.go_on, primary=True, key="commit")
    if state.called and not state.facing:
        return controls.button(say("Take the peak away"), may.face, primary=True, key="commit")
    if state.facing:
        said = state.cure.told(lambda said: _told(state, said))
        return commit(
            state.cure,
            said and say("Sweep with {choice}", choice=said),
            may.treat,
            may.other,
            more=say("Choose again"),
        )
    said = state.call.told(str)
    return commit(
        state.call, said and say("Sweep: worst at {guess}", guess=said), may.sweep, may.go_on
    )


def describe(state: State) -> str:
    """The points, what was said and chosen, and the curve that is drawn."""
    return say(
        "Round {round}: {points} Called: {guess}. Chosen: {choice}. Drawn: {n} waves, {numbers}. "
        "{verdict}",
        round=state.stage + 1,
        points=_given(state),
        guess=state.call.told(str) or say("nothing yet"),
        choice=state.cure.told(lambda said: _told(state, said)) or say("nothing yet"),
        n=state.look,
        numbers=_here(state),
        verdict=_verdict(state),
    )


def _given(state: State) -> str:
    points = state.points
    n = points.labels.size
    if points.repeats == 1:
        return say("{n} labels, each at a place of its own.", n=n)
    return say("{n} labels, {repeats} at each place.", n=n, repeats=points.repeats)


def _shown(state: State) -> Run:
    """The sweep whose curve is drawn."""
    return state.treated or state.bare


def _here(state: State) -> str:
    run, k = _shown(state), state.look
    if k > len(run.test):
        return say("not swept yet")
    return say(
        "off by {error}, weights {norm} long",
        error=short(run.test[k - 1]),
        norm=short(run.norm[k - 1]),
    )


def _lost(state: State) -> bool:
    return (state.call.over and not state.called) or (state.cure.over and not state.cured)


def _verdict(state: State) -> str:
    if state.call.open:
        return say(
            "{points} Random waves, 1 to {most} of them, are added up to meet them. How many are "
            "worst in between?",
            points=_given(state),
            most=MOST,
        )
    if state.call.running or state.cure.running:
        return say.count(
            "{n} wave: {numbers}.", "{n} waves: {numbers}.", state.look, numbers=_here(state)
        )
    run, peak = state.bare, state.bare.peak
    if not state.called:
        return say(
            "Worst at {n} waves, about one for each of the {places} places. The rounds begin anew.",
            n=peak,
            places=state.points.places,
        )
    if not state.facing:
        return say(
            "Called it! For {places} places {n} waves are worst: off by {error}, weights {norm} "
            "long.",
            n=peak,
            places=state.points.places,
            error=short(run.test[peak - 1]),
            norm=short(run.norm[peak - 1]),
        )
    if state.treated is None:
        return say(
            "The error of {n} waves is {error}. Aim: {aim}.",
            n=peak,
            error=short(run.test[peak - 1]),
            aim=fixed(state.aim),
        )
    error = short(state.treated.test[peak - 1])
    if state.cured and state.stage == len(ROUNDS) - 1:
        return say(
            "Three in a row! With {choice}, {n} waves are off by {error}, before by {before}.",
            choice=state.cure.told(lambda said: _told(state, said)) or "",
            n=peak,
            error=error,
            before=short(run.test[peak - 1]),
        )
    if state.cured:
        return say(
            "The peak is gone: {n} waves are off by {error}, before by {before}.",
            n=peak,
            error=error,
            before=short(run.test[peak - 1]),
        )
    return _missed(state, error)


def _missed(state: State, error: str) -> str:
    """Why what was chosen does not do."""
    aim, said = fixed(state.aim), state.cure.said
    match ROUNDS[state.stage], said:
        case "ridge", int(exponent) if exponent > state.best:
            return say(
                "Off by {error}, the aim is {aim}: so much ridge holds the curve flat. Less?",
                error=error,
                aim=aim,
            )
        case "ridge", _:
            return say(
                "Off by {error}, the aim is {aim}: the weights are still long. More?",
                error=error,
                aim=aim,
            )
        case "any", "quiet":
            return say(
                "Off by {error}, before by {before}: what few waves cannot say acts as noise too, "
                "so the peak stays where it was.",
                error=error,
                before=short(state.bare.test[state.bare.peak - 1]),
            )
    return say(
        "Off by {error}, the aim is {aim}: the peak has only moved a little. It is now at {n}.",
        error=error,
        aim=aim,
        n=_shown(state).peak,
    )


@cache
def _ghost() -> Run:
    """An earlier sweep, of points that are no round's."""
    rng = np.random.default_rng(0)
    run = Run(machine(rng, 7), measured(rng, 7, 1, 0.0, 0.3))
    while not run.over:
        run.advance()
    return run


def _within(axes: plots.Axes, values: Any) -> Array:
    return np.clip(np.asarray(values, float), *axes.y)


def _plane(state: State) -> Node:
    """The labels and the curve; the wave behind them once the call is over."""
    run = _shown(state)
    points = run.points
    labels = points.labels[:, :MARKS]
    curve = drawn(run.features[0], points, state.look, run.ridge)
    return plots.plot(
        PLANE,
        state.call.over
        and plots.curve(
            PLANE, FINE[:, 0], wave(FINE, points.phase), "dashed behind", name=say("wave: x, y")
        ),
        plots.curve(PLANE, FINE[:, 0], curve, "fit", name=say("curve: x, y")),
        plots.scatter(
            PLANE,
            np.repeat(points.x[:, 0], labels.shape[1]),
            _within(PLANE, labels.ravel()),
            "train",
            name=say("labels: x, y"),
        ),
        label=say("The labels and the curve"),
        y_label=say.count("the curve of {n} wave", "the curve of {n} waves", state.look),
        key="plane",
    )


def _errors(state: State) -> Node:
    """The error for each number of waves, as far as it was swept."""
    may, call, bare, treated = MOVES.on(state), state.call, state.bare, state.treated
    run = _shown(state)
    begun = not call.open
    names = [
        (say("error"), "bare" if treated is None else "cured"),
        (say("weights"), "dashed norm"),
    ]
    return plots.plot(
        ERRORS,
        call.over and plots.band(ERRORS, (bare.peak - NEAR, bare.peak + NEAR), "zone"),
        state.called and plots.rule(ERRORS, y=state.aim, class_="aim"),
        None if begun else plots.curve(ERRORS, COUNTS, _within(ERRORS, _ghost().test), "ghost"),
        None if begun else plots.text_at(ERRORS, 24, 40, say("an earlier sweep"), "ghost"),
        plots.curve(
            ERRORS,
            COUNTS[: len(run.norm)],
            _within(ERRORS, run.norm),
            "dashed norm",
            name=say("length of the weights: waves, length"),
        ),
        plots.curve(
            ERRORS,
            COUNTS[: len(bare.test)],
            _within(ERRORS, bare.test),
            "bare" if treated is None else "bare past",
            name=say("error: waves, mean square"),
        ),
        treated is not None
        and plots.curve(
            ERRORS,
            COUNTS[: len(treated.test)],
            _within(ERRORS, treated.test),
            "cured",
            name=say("error with the cure: waves, mean square"),
        ),
        plots.legend(ERRORS, names) if begun else None,
        call.said is not None and plots.rule(ERRORS, x=call.said, class_="dial"),
        call.open
        and call.said is not None
        and controls.handle(
            say("call"), ERRORS, call.said, 1, may.guess, said=str(call.said), along="x"
        ),
        call.over
        and not state.cure.running
        and controls.handle(
            say("look at"),
            ERRORS,
            state.look,
            float(_within(ERRORS, run.test[state.look - 1])),
            may.at,
            said=say.count(
                "{n} wave, {numbers}", "{n} waves, {numbers}", state.look, numbers=_here(state)
            ),
            along="x",
        ),
        label=say("The error of the curve for each number of waves"),
        x_label=say("waves"),
        y_label=say("error"),
        key="errors",
    )


def _numbers(state: State) -> Node:
    """What is known of the number of waves that is drawn."""
    rows, marks = [], {}
    for name, run in ((say("bare"), state.bare), (say("with the cure"), state.treated)):
        known = run is not None and state.look <= len(run.test)
        i = state.look - 1
        found = [run.train[i], run.test[i], run.norm[i]] if run and known else []
        rows.append([name, *([short(v) for v in found] or ["–"] * 3)])
        if found:
            marks[name] = np.array(found)
    head = [say("sweep"), say("on the labels"), say("on the wave"), say("length of the weights")]
    return marked(widgets.table(say.count("{n} wave", "{n} waves", state.look), head, rows), marks)
