"""Back from Noise: call how few jumps lead from noise to a good enough cloud, three times in a row.

A network learns to guess the noise that was mixed into the dots (pycore's `Denoising`). Then dots
of pure noise go back to data, in as many jumps as were predicted: without dice as in Song and
others, 2021 (DDIM), or with them as in Ho and others, 2020 (DDPM).

How far two clouds are off is the mean of two distances: from each made dot to the nearest real one,
and from each real dot to the nearest made one. A number of jumps is enough where the dots are off
by at most so many times as much as after the whole way; it is the fewest where the next smaller
number on offer is not. How many times is asked anew for each call, from what this network does, and
so that no two calls after one another have the same answer: nobody wins by one number, nor without
having seen how the error falls. What the fewest is for `WORSE`, of 50 seeds:

    jumps              8   13   20   40
    islands            0    8   40    2
      with dice        0    0   25   25
    moons             14   36    0    0
      with dice        1   26   21    2
    ring              48    2    0    0
      with dice        7   43    0    0
    smile              8   42    0    0
      with dice        1   47    2    0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from games import Message, Param
from games.concepts.bet import Bet
from games.concepts.streak import Streak, meter
from games.concepts.training import DECIMALS, RoundedMinimizer
from games.moves import Dial, Pick, Place, Press, Switch, moves
from games.ui import controls, plots, widgets
from games.ui.node import Child, Node, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore import schedules
from pycore.arrays import Array
from pycore.models.diffusion import Denoising, Diffusion, linear
from pycore.optimizers import Adam

EDITION = 2
TICKS_PER_SECOND = 30
LEARNT = word(
    "A network that can only guess noise is enough to make data from it. Guessed all at once, "
    "everything lands around the middle; a dozen or two jumps are nearly as good as forty."
)
TIMES = 40
"""Noise levels."""
NOISING = linear(TIMES, 1e-4, 0.008)
"""It ends where a ninth of the data's size is left, so that one jump back does not explode."""
HIDDEN, BATCH, RATE, STEPS, STRIDE = (48, 48, 48), 128, 0.015, 1200, 10
"""Of the network and its training; so many steps a tick."""
REAL, MADE, WATCHED = 400, 256, 128
"""Dots of data; made ones; made ones that are seen while the network learns."""
SEEN = 8
"""Jumps of what is seen while the network learns."""
WORSE = 1.25
"""Nearly as good as the whole way; in edition 1 this was always asked, and one right call won."""
ROW = 3
"""Calls in a row that win."""
CLEAR = 1.1
"""What is asked lies between two errors that differ by this factor at least."""
IN_A_ROW, ONE = "calls-in-a-row", "one-call"
"""What counts as won."""
JUMPS = (1, 2, 3, 5, 8, 13, 20, 40)
BLUR, MOST_DRAWN = 0.08, 80
"""Of the dots that a learner draws, and how many places are kept."""
WIDE, HIGH = 2.3, 1.35
"""What the picture shows of the plane, to each side."""
SMALLEST = 0.2
"""A cloud of a smaller size is not blown up to the size of the noise."""


def _islands(count: int, rng: np.random.Generator) -> Array:
    middles = np.array([[-1.4, 0.8], [1.4, 0.8], [-1.4, -0.8], [1.4, -0.8], [0.0, 0.0]])
    return np.asarray(middles[rng.integers(5, size=count)] + BLUR * rng.normal(size=(count, 2)))


def _moons(count: int, rng: np.random.Generator) -> Array:
    side = np.where(rng.integers(2, size=(count, 1)) == 1, 1.0, -1.0)
    arc = _arc(count, rng, (0.0, 0.0), 0.85, (0.0, np.pi))
    return np.asarray(side * (arc + np.array([-0.5, 0.4])))


def _ring(count: int, rng: np.random.Generator) -> Array:
    return _arc(count, rng, (0.0, 0.0), 1.0, (0.0, 2 * np.pi))


def _smile(count: int, rng: np.random.Generator) -> Array:
    eyes = np.array([[-0.5, 0.6], [0.5, 0.6]])[rng.integers(2, size=count)]
    eyes = eyes + BLUR * rng.normal(size=(count, 2))
    mouth = _arc(count, rng, (0.0, 0.35), 1.2, (1.2 * np.pi, 1.8 * np.pi))
    return np.asarray(np.where(rng.random((count, 1)) < 0.35, eyes, mouth))


def _arc(
    count: int,
    rng: np.random.Generator,
    middle: tuple[float, float],
    radius: float,
    ends: tuple[float, float],
) -> Array:
    angle = rng.uniform(*ends, count)
    x = middle + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(x + 0.06 * rng.normal(size=(count, 2)))


CLOUDS: dict[str, Callable[[int, np.random.Generator], Array]] = {
    "islands": _islands,
    "moons": _moons,
    "ring": _ring,
    "smile": _smile,
}
PARAMS = {
    "cloud": Param(Pick(*CLOUDS), "islands", "The cloud to make"),
    "dice": Param(Switch(), False, "Whether every jump adds new noise"),
    "goal": Param(Pick(IN_A_ROW, ONE), IN_A_ROW, word("What counts as won")),
}
_X, _Y = Dial(-2.1, 2.1, 0.1), Dial(-1.2, 1.2, 0.1)
MOVES = moves(
    cloud=Pick(*CLOUDS, "own", when=lambda state: not state.busy),
    draw=Place(_X, _Y, when=lambda state: state.cloud == "own" and not state.busy),
    pen=Place(_X, _Y, when=lambda state: state.cloud == "own" and not state.busy),
    clear=Press(
        when=lambda state: state.cloud == "own" and not state.busy and len(state.drawn) > 1
    ),
    time=Dial(0, TIMES, when=lambda state: not state.busy),
    train=Press(when=lambda state: not state.busy and not state.trained),
    dice=Switch(when=lambda state: not state.busy),
    guess=Pick(*JUMPS, when=lambda state: state.trained and state.bet.open),
    run=Press(when=lambda state: state.trained and state.bet.ready),
    again=Press(when=lambda state: state.goal == ONE or state.busy or state.bet.over),
)


@dataclass
class Walk:
    """A walk back from noise, and how far off the clouds at its end are.

    Attributes:
        stops: the noise levels that it visits, from TIMES to 0.
        places: of the dots at each of them, (dots, 2).
        off, fewer, whole: how far off the dots are at its end, at that of the next smaller number
            of jumps (infinitely, where there is none), and at that of the whole way.
        worse: how many times as far off as at the end of the whole way is still enough.
    """

    stops: list[int]
    places: list[Array]
    off: float
    fewer: float
    whole: float
    worse: float = WORSE

    @property
    def bar(self) -> float:
        """How far off the dots may be."""
        return self.worse * self.whole

    @property
    def enough(self) -> bool:
        """Whether so many jumps will do."""
        return self.off <= self.bar

    @property
    def fewest(self) -> bool:
        """Whether fewer would not."""
        return self.enough and self.fewer > self.bar

    def at(self, time: int) -> Array:
        """The dots at a noise level; a jump is a straight line from stop to stop."""
        for (early, late), (before, after) in zip(
            pairwise(self.stops), pairwise(self.places), strict=True
        ):
            if time >= late:
                share = (early - time) / (early - late)
                return np.asarray(before + share * (after - before))
        return self.places[-1]


@dataclass
class State:
    """The cloud, its network as far as it has learned, the bet, and the walk back it led to.

    Attributes:
        offs: how far off the dots are after each of JUMPS, once the network has learned.
        worse: how many times as far off as after the whole way is asked for.
        answer: the number of jumps that is the fewest for it.
        streak: right calls in a row.
    """

    rng: np.random.Generator
    goal: str
    cloud: str
    dice: bool
    drawn: list[tuple[float, float]]
    real: Array
    training: RoundedMinimizer
    noise: Array
    pen: tuple[float, float] = (0.0, 0.0)
    time: int = 0
    learning: bool = False
    bet: Bet[int] = field(default_factory=Bet)
    walk: Walk | None = None
    tried: dict[int, float] = field(default_factory=dict)
    offs: list[float] = field(default_factory=list)
    worse: float = WORSE
    answer: int = 0
    streak: Streak = field(default_factory=lambda: Streak(ROW))

    @property
    def trained(self) -> bool:
        """Whether the network has learned all it will."""
        return self.training.steps >= STEPS

    @property
    def busy(self) -> bool:
        """Whether the network learns, or the dots are on their way."""
        return self.learning or self.bet.running

    @property
    def model(self) -> Diffusion:
        """The network with its noise levels."""
        objective = self.training.objective
        assert isinstance(objective, Denoising)
        return objective.model


def init(seed: int, cloud: str = "islands", dice: bool = False, goal: str = IN_A_ROW) -> State:
    """A cloud, a network that knows nothing, and pure noise."""
    rng = np.random.default_rng(seed)
    drawn: list[tuple[float, float]] = [(0.0, 0.0)]
    real = dots(cloud, drawn, REAL, rng)
    noise = rng.normal(size=(MADE, 2))
    return State(rng, goal, cloud, dice, drawn, real, _begun(real, rng), noise)


def dots(
    cloud: str, drawn: list[tuple[float, float]], count: int, rng: np.random.Generator
) -> Array:
    """So many dots of a cloud (count, 2)."""
    if cloud != "own":
        return CLOUDS[cloud](count, rng)
    return np.asarray(np.array(drawn)[rng.integers(len(drawn), size=count)] + _blur(count, rng))


def _blur(count: int, rng: np.random.Generator) -> Array:
    return np.asarray(BLUR * rng.normal(size=(count, 2)))


def measures(real: Array) -> tuple[Array, float]:
    """The middle of a cloud and its size, which the network does not have to know."""
    return real.mean(axis=0), max(float(real.std()), SMALLEST)


def _begun(real: Array, rng: np.random.Generator) -> RoundedMinimizer:
    middle, size = measures(real)
    model = Diffusion(2, HIDDEN, NOISING, np.random.default_rng(rng.integers(2**31)))
    theta = model.network.theta
    np.round(theta, DECIMALS, out=theta)
    schedule = schedules.cosine(RATE, STEPS)
    return RoundedMinimizer(
        Denoising(model, (real - middle) / size),
        Adam(RATE),
        BATCH,
        model.rng,
        schedule,
        replace=True,
        total=STEPS,
    )


def off(made: Array, real: Array) -> float:
    """The mean of two mean distances: made dots to the nearest real one, and the other way."""
    apart = np.sqrt(
        np.maximum(
            (made * made).sum(axis=1)[:, None] - 2 * made @ real.T + (real * real).sum(axis=1), 0
        )
    )
    return float(apart.min(axis=1).mean() + apart.min(axis=0).mean()) / 2


def ends(state: State, noise: Array, jumps: int) -> list[Array]:
    """The dots in the plane, before the first jump and after each, by the network as it is."""
    middle, size = measures(state.real)
    eta, chance = float(state.dice), np.random.default_rng(0)
    ways = NOISING.sample(state.model.denoiser, noise, chance, jumps, eta)
    return [middle + size * x for x in (noise, *ways)]


def walked(state: State, jumps: int) -> Walk:
    """The walk back in so many jumps, judged beside the next fewer and the whole."""
    places = ends(state, state.noise, jumps)
    place = JUMPS.index(jumps)
    fewer = _off_after(state, JUMPS[place - 1]) if place else np.inf
    whole = _off_after(state, TIMES)
    stops = [stop + 1 for stop in NOISING.visits(jumps)]
    return Walk(stops, places, off(places[-1], state.real), fewer, whole, state.worse)


def _measure(state: State) -> None:
    """How far off each number of jumps is, and the first question: nothing was called yet."""
    if state.goal == ONE:
        return
    state.offs = []
    state.offs = [_off_after(state, jumps) for jumps in JUMPS]
    state.answer = 0
    state.streak.end()
    _ask(state)


def clear(offs: list[float]) -> dict[int, float]:
    """For which numbers of jumps something can be asked, and how many times as far off that is.

    All fewer jumps are clearly further off than that, and all more are not.
    """
    found = {}
    for place, jumps in enumerate(JUMPS[1:], 1):
        nearest, furthest = min(offs[:place]), max(offs[place:])
        if nearest >= CLEAR * furthest:
            found[jumps] = round(float(np.sqrt(nearest * furthest)) / offs[-1], 2)
    return found


def _ask(state: State) -> None:
    """How far off the dots may be, so that the fewest jumps for it are others than just now."""
    asked = clear(state.offs)
    others = [jumps for jumps in asked if jumps != state.answer] or list(asked)
    if others:
        state.answer = others[int(state.rng.integers(len(others)))]
        state.worse = asked[state.answer]
    else:
        state.worse = WORSE


def update(state: State, move: str, *values: Any) -> None:
    """The cloud, the pen, the timeline, the training and the bet."""
    match move, *values:
        case "cloud", name:
            if name != state.cloud:
                state.cloud = name
                _fresh(state)
        case "draw", x, y:
            state.pen, state.drawn = (x, y), [*state.drawn, (x, y)][-MOST_DRAWN:]
            _fresh(state)
        case "pen", x, y:
            state.pen = x, y
        case ("clear",):
            state.drawn = state.drawn[-1:]
            _fresh(state)
        case "time", time:
            state.time = time
        case ("train",):
            state.learning = True
        case "dice", on:
            changed, state.dice = state.dice != on, on
            state.tried, state.walk = {}, None
            state.bet.reopen()
            if changed and state.trained:
                _measure(state)
        case "guess", jumps:
            state.bet.place(jumps)
        case ("run",):
            assert state.bet.said is not None
            state.walk, state.time = walked(state, state.bet.said), TIMES
            state.tried[state.bet.said] = state.walk.off
            state.bet.begin()
        case ("again",):
            _again(state)


def _again(state: State) -> None:
    """Stop what runs, and clear the table for the next call; after a win, another cloud."""
    if _won(state):
        names = list(CLOUDS)
        place = names.index(state.cloud) if state.cloud in names else -1
        state.cloud = names[(place + 1) % len(names)]
        _fresh(state)
    elif state.goal == IN_A_ROW and state.trained:
        state.streak.leave(state.bet)
        _ask(state)
    state.learning, state.walk = False, None
    state.bet.again()


def _won(state: State) -> bool:
    """Whether what is on the table has just won."""
    return score(state) == 1 if state.goal == ONE else state.bet.over and state.streak.full


def _fresh(state: State) -> None:
    """New dots of the cloud, and a network that knows nothing."""
    state.real = dots(state.cloud, state.drawn, REAL, state.rng)
    state.training = _begun(state.real, state.rng)
    state.walk, state.tried, state.time = None, {}, 0
    state.offs = []
    state.streak.end()
    state.bet.again()


def tick(state: State) -> bool:
    """A few steps of the training, or a noise level less."""
    if state.learning:
        for _ in range(STRIDE):
            state.training.step()
        state.learning = not state.trained
        if state.trained:
            _measure(state)
        return True
    if not state.bet.running:
        return False
    state.time -= 1
    if state.time == 0:
        state.bet.settle()
        state.streak.count(state.walk is not None and state.walk.fewest)
    return True


def score(state: State) -> float:
    """1 for three calls in a row; else a part for a trained network, a try and a right call."""
    if state.goal == ONE and state.bet.over and state.walk is not None and state.walk.fewest:
        return 1.0
    if state.goal == IN_A_ROW and state.streak.best:
        return 0.6 + 0.4 * state.streak.share
    return 0.6 if state.tried else 0.3 if state.trained else 0.0


def solution(state: State) -> Iterator[Message]:
    """Train, and predict what the engine finds to be the fewest. To be read message by message."""
    if score(state) == 1:
        return
    if state.busy or state.bet.over:
        yield ("again",)
    if not state.trained:
        yield ("train",)
    if not state.trained:
        return  # whoever plays it has not waited for the training
    while score(state) < 1 and not state.bet.running:
        if state.bet.over:
            yield ("again",)
        yield from (("guess", fewest(state, state.worse)), ("run",))


def fewest(state: State, worse: float = WORSE) -> int:
    """The smallest number of jumps that is enough, so many times as far off as the whole way."""
    offs = state.offs or [_off_after(state, jumps) for jumps in JUMPS]
    return next(jumps for jumps, far in zip(JUMPS, offs, strict=True) if far <= worse * offs[-1])


def _off_after(state: State, jumps: int) -> float:
    if state.offs:
        return state.offs[JUMPS.index(jumps)]
    return off(ends(state, state.noise, jumps)[-1], state.real)


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "train", *_:
            return say("A network that guesses noise has to be taught on noisy dots first.")
        case "guess", jumps:
            return say(
                "With fewer jumps than {n} the corners of the way are cut too roughly.",
                n=str(jumps),
            )
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-WIDE, WIDE), (-HIGH, HIGH), height=240, left=30, bottom=22)
LEVELS = plots.Axes((0, TIMES), (0, 1.05), height=112, left=30, top=26, bottom=36)
ARROWS = np.stack(np.meshgrid(np.linspace(-2, 2, 13), np.linspace(-1.2, 1.2, 7)), -1).reshape(-1, 2)
"""Where the picture asks the network which way the data is."""
FOLLOWED = 16
"""Dots whose way is drawn."""


def view(state: State) -> Node:
    """The plane with its dots and arrows, the noise levels below it, the timeline and the bet."""
    may, walk = MOVES.on(state), state.walk
    right = state.bet.over and walk is not None and walk.fewest
    won, lost = score(state) == 1 and right, state.bet.over and not right
    return shell(
        h("div", _plane(state, won), _levels(state), class_="noise won" if won else "noise"),
        widgets.verdict(_verdict(state), won, lost=lost),
        dock=[
            controls.slider(say("noise level"), state.time, may.time),
            controls.choice(
                say("jumps back"), lambda n: str(n), state.bet.said, may.guess, done=state.tried
            ),
            controls.choice(say("cloud"), _clouds(), state.cloud, may.cloud),
        ],
        go=_go(state),
        mission=widgets.progress(say("steps learned"), state.training.steps, STEPS, key="learned")
        if state.goal == ONE or not state.trained
        else meter(state.streak, say("calls in a row"), key="row"),
        drawers=[
            widgets.folded(
                say("More controls"),
                controls.toggle(say("with dice"), state.dice, may.dice),
                widgets.hint(
                    say(
                        "With dice, every jump also adds a little new noise, as in DDPM. Without "
                        "them it is DDIM, and the same noise always ends at the same place."
                    )
                ),
                controls.button(say("Clear my drawing"), may.clear),
                key="more",
            ),
            widgets.folded(
                say("How it is judged"),
                widgets.hint(
                    say(
                        "How far off: the mean of two distances, from each made dot to the "
                        "nearest real one, and from each real dot to the nearest made one. So "
                        "many jumps are enough if the made dots are off by at most {worse} times "
                        "as much as after the whole way of {n} jumps. You win with the fewest: "
                        "the next smaller number on offer is not enough.",
                        worse=fixed(WORSE, 2),
                        n=TIMES,
                    )
                    if state.goal == ONE
                    else say(
                        "How far off: the mean of two distances, from each made dot to the "
                        "nearest real one, and from each real dot to the nearest made one. A call "
                        "is right if so many jumps are within the bar, and the next smaller "
                        "number on offer is not. Every question has another bar and another "
                        "answer; what you have tried stays true."
                    )
                ),
                widgets.table(
                    say("What you have tried"),
                    [say("jumps"), say("off by")],
                    [[str(n), fixed(found, 3)] for n, found in sorted(state.tried.items())],
                )
                if state.tried
                else None,
                key="judged",
            ),
        ],
        tone=state.time / TIMES if state.bet.running else None,
    )


def _clouds() -> dict[str, str]:
    return {
        "islands": say("islands"),
        "moons": say("moons"),
        "ring": say("ring"),
        "smile": say("smile"),
        "own": say("my drawing"),
    }


def _go(state: State) -> Node:
    may = MOVES.on(state)
    if state.learning:
        return controls.button(say("Stop"), may.again, key="go")
    if not state.trained:
        return controls.button(say("Train the network"), may.train, primary=True, key="go")
    if _won(state):
        return controls.button(say("Another cloud"), may.again, primary=True, key="go")
    if state.bet.over:
        label = say("Guess again") if state.goal == ONE else say("Next question")
        return controls.button(label, may.again, primary=True, key="go")
    label = say("Predict first") if state.bet.said is None else say("Back from noise")
    return controls.button(label, may.run, primary=True, key="go")


def describe(state: State) -> str:
    """The cloud, the noise level, the network and how the bet stands."""
    x, y = state.pen
    across, up = state.real.mean(axis=0).tolist()
    told = say(
        "{verdict} Cloud: {cloud}, its middle at {across}, {up}; {drawn} places drawn, the pen at "
        "{x}, {y}. Noise level {time}. "
        "Dice: {dice}. Tried: {tried}.",
        verdict=_verdict(state),
        cloud=_clouds()[state.cloud],
        across=fixed(across, 4),
        up=fixed(up, 4),
        drawn=len(state.drawn),
        x=fixed(x, 1),
        y=fixed(y, 1),
        time=state.time,
        dice=say("on") if state.dice else say("off"),
        tried=", ".join(f"{n}: {fixed(found, 3)}" for n, found in sorted(state.tried.items()))
        or say("none"),
    )
    if state.goal == IN_A_ROW:
        told = say(
            "{told} Calls in a row: {streak} of {row}.", told=told, streak=state.streak.now, row=ROW
        )
    if state.bet.said is None:
        return told
    return say("{told} You predict {n} jumps.", told=told, n=str(state.bet.said))


def _verdict(state: State) -> str:
    if state.learning:
        return say(
            "Step {n} of {total}: it learns to guess the noise in your dots. Orange is what it "
            "makes of pure noise so far.",
            n=state.training.steps,
            total=STEPS,
        )
    if not state.trained:
        return say(
            "Pull the noise level: your dots drown. Then let a network learn to guess the noise."
        )
    walk, jumps = state.walk, str(state.bet.said)
    if walk is None and state.goal == IN_A_ROW:
        return say(
            "The whole way of {n} jumps ends off by {whole}. In how few jumps is it at most {bar}, "
            "{worse} times as much?",
            n=TIMES,
            whole=fixed(state.offs[-1], 3),
            bar=fixed(state.worse * state.offs[-1], 3),
            worse=fixed(state.worse, 2),
        )
    if walk is None:
        return say(
            "It can guess noise now. The whole walk back has {n} jumps. In how few is the cloud "
            "nearly as good, off by at most a quarter more?",
            n=TIMES,
        )
    if not state.bet.over:
        return say("Back from noise, jumps: {n}. Noise level {t}.", n=jumps, t=state.time)
    told = {"n": jumps, "off": fixed(walk.off, 3), "bar": fixed(walk.bar, 3)}
    if not walk.enough:
        return say("Jumps: {n}. Off by {off}, and the bar is {bar}. It takes more.", **told)
    less = {"fewer": str(JUMPS[JUMPS.index(state.bet.said or 1) - 1])}
    if walk.fewest:
        return say(
            "Called it! {n} jumps are off by {off}, and {bar} is allowed; {fewer} would be by "
            "{worse}.",
            **told,
            **less,
            worse=_far(walk.fewer),
        )
    return say(
        "Jumps: {n}. Off by {off}, and the bar is {bar}: enough. But {fewer} would do as well.",
        **told,
        **less,
    )


def _far(value: float) -> str:
    return fixed(value, 3) if np.isfinite(value) else "∞"


def noisy(state: State) -> Array:
    """The first real dots at the noise level that is looked at."""
    middle, size = measures(state.real)
    x: Array = (state.real[:MADE] - middle) / size
    if state.time:
        x = NOISING.forward(x, np.full(len(x), state.time - 1), state.noise)
    return np.asarray(middle + size * x)


def _seen(points: Array) -> Array:
    """Those inside the picture, rounded to what every machine computes alike."""
    inside = (np.abs(points) <= [WIDE, HIGH]).all(axis=1)
    return np.round(points[inside], 5)


def _plane(state: State, won: bool) -> Node:
    """The real dots, what is made of noise, the ways of a few, and the network's arrows."""
    made: Array | None = None
    if state.walk is not None:
        made = state.walk.at(state.time)
    elif state.learning:
        made = ends(state, state.noise[:WATCHED], SEEN)[-1]
    shown = noisy(state) if made is None else state.real
    layers: list[Child] = [
        _dots(shown, "noise-real" if made is None else "noise-real faint", say("real dots (x, y)"))
    ]
    if state.learning or state.trained:
        layers.append(_arrows(state))
    if state.walk is not None:
        layers.append(_ways(state.walk, state.time))
    if made is not None:
        layers.append(_dots(made, "noise-made", say("made dots (x, y)")))
    if state.cloud == "own":
        layers.append(_pen(state) if not state.busy else None)
    walk = state.walk
    tried = sorted(state.tried.items())
    layers.append(
        marked(
            h("g"),
            {
                say("noise level, steps learned, of"): [state.time, state.training.steps, STEPS],
                say("jumps on offer"): list(JUMPS),
                say("middle of the cloud (x, y)"): state.real.mean(axis=0).round(6),
                say("places drawn; the pen (x, y)"): [len(state.drawn), *state.pen],
                say("jumps tried, off by"): np.array(tried, float).reshape(-1, 2).round(5),
                say("off by, bar, off by with fewer"): [
                    round(value, 5)
                    for value in ((walk.off, walk.bar, walk.fewer) if walk else ())
                    if np.isfinite(value)
                ],
                say("how much worse is allowed"): [state.worse],
            },
        )
    )
    return plots.plot(
        PLANE,
        layers,
        label=say("Real dots, and those made of noise"),
        key="plane",
    )


def _dots(points: Array, look: str, name: str) -> Node:
    seen = _seen(points)
    return plots.scatter(PLANE, seen[:, 0], seen[:, 1], look, name=name)


def _arrows(state: State) -> Node:
    """From each place a line towards where the network takes the data to be."""
    middle, size = measures(state.real)
    level = max(state.time, 1) - 1 if not state.learning else TIMES // 2
    x = (ARROWS - middle) / size
    ahead = -state.model.denoiser(x, np.full(len(x), level))
    long = np.linalg.norm(ahead, axis=1, keepdims=True)
    tips = ARROWS + 0.2 * ahead / np.maximum(long, 1.0)
    a, b = (
        np.stack([PLANE.across(ARROWS[:, 0]), PLANE.up(ARROWS[:, 1])], 1),
        np.stack([PLANE.across(tips[:, 0]), PLANE.up(tips[:, 1])], 1),
    )
    lines = "M%.1f %.1fL%.1f %.1f" * len(a) % tuple(np.hstack([a, b]).ravel().tolist())
    heads = "M%.1f %.1fh0" * len(b) % tuple(b.ravel().tolist())
    return h(
        "g",
        h("path", d=lines, class_="noise-arrow"),
        h("path", d=heads, class_="noise-arrow head"),
        aria_hidden="true",
    )


def _ways(walk: Walk, time: int) -> Node:
    """The way that a few dots have come so far."""
    stops = [stop for stop in walk.stops if stop > time]
    path = np.array([*walk.places[: len(stops)], walk.at(time)])[:, :FOLLOWED]
    return h(
        "g",
        [plots.track(PLANE, path[:, dot], "noise-way") for dot in range(path.shape[1])],
        aria_hidden="true",
    )


def _pen(state: State) -> Node:
    may = MOVES.on(state)
    x, y = state.pen
    return h(
        "g",
        controls.surface(PLANE, may.draw, key="paper"),
        controls.handle(
            say("pen"),
            PLANE,
            x,
            y,
            may.draw,
            said=say("at {x}, {y}", x=fixed(x, 1), y=fixed(y, 1)),
            lift=may.pen,
            key="pen",
        ),
        key="pen",
    )


def _levels(state: State) -> Node:
    """How much of the data is left at each noise level, and where the jumps land."""
    times = np.arange(TIMES + 1)
    left = np.sqrt(np.r_[1.0, NOISING.alpha_bar])
    stops = [] if state.walk is None else [stop for stop in state.walk.stops if stop >= state.time]
    return plots.plot(
        LEVELS,
        plots.rule(LEVELS, x=state.time, class_="dial"),
        plots.curve(LEVELS, times, np.sqrt(1 - left**2), "noise-share"),
        plots.curve(LEVELS, times, left, "data-share", name=say("level, data left")),
        plots.scatter(LEVELS, stops, left[stops], "noise-made"),
        plots.legend(LEVELS, [(say("data"), "data-share"), (say("noise"), "noise-share")]),
        x_label=say("noise level"),
        label=say("How much of data and noise is in the dots at each noise level"),
        key="levels",
    )
