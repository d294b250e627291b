"""GAN Tug-of-War: keep forger and detective even until the fakes are everywhere the real dots are.

Two networks train live, as in Goodfellow et al., Generative adversarial nets, 2014 (pycore's `GAN`,
non-saturating). The forger G steps five times as far as the detective D; how many steps D makes in
a round is the player's choice, also in the middle of a match. After each round the value

    V = mean log D(x) + mean log(1 − D(G(z)))

is measured on 256 real dots and 256 fakes that D is not trained on. Where D can only guess, V is
−log 4. A match is won by `ROW` rounds in a row within `BAND` of that, with fakes at every cloud.

Of 50 seeds, eight clouds on a circle, matches won within 600 rounds; the test beside it counts a
part of them again:

    D-steps a round    0    1    2    4    8
    won                0   23   49   47   30
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, brains
from games.concepts.training import DECIMALS, RoundedMinimizer
from games.moves import Dial, File, Parts, Pick, Place, Press, moves
from games.ui import controls, fields, plots, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import say, word
from pycore import bundles, export
from pycore.activations import LeakyReLU, ReLU, sigmoid
from pycore.adversarial import value
from pycore.arrays import Array
from pycore.brains import BrainError
from pycore.initializers import he_uniform
from pycore.models import mlp
from pycore.models.gan import GAN, Drawing, Judging
from pycore.optimizers import Adam

TICKS_PER_SECOND = 30
LEARNT = word(
    "Near −log 4 neither side has the upper hand: a detective who is too strong or too weak "
    "teaches the forger little. But V alone proves nothing. Look at the fakes."
)
PARAMS = {"clouds": Param(Dial(2, 8), 8, "Clouds of real dots")}
EVEN = -float(np.log(4))
"""V where the detective can only guess."""
BAND, ROW, ROUNDS = 0.2, 100, 600
"""How far V may be from EVEN; rounds in a row to win; rounds after which a match is over."""
STD, N_Z, HIDDEN, BATCH, JUDGED = 0.1, 2, 24, 64, 256
ENOUGH = 0.25
"""A cloud is reached by this part of its fair share of the fakes."""
COLLAPSE = 3
"""The seed of the match that shows how fakes crowd together."""
STEPS = (0, 1, 2, 4, 8)
WIDE, HIGH = 2.4, 1.4
BUNDLE = "a forger and a detective"
"""What a saved file holds."""
FILE, SCRIPT, JUDGE = "gan.npz", "forger.py", "detective.py"

MOVES = moves(
    steps=Pick(*STEPS),
    clouds=Dial(2, 8, when=lambda state: state.match is None),
    cloud=Parts(
        lambda state: state.match is None,
        which=Dial(0, lambda state: len(state.middles) - 1),
        to=Place(x=Dial(-2.2, 2.2, 0.1), y=Dial(-1.2, 1.2, 0.1)),
    ),
    ring=Press(when=lambda state: state.match is None and state.moved),
    play=Press(
        when=lambda state: (
            (state.match is None and state.steps is not None)
            or (state.match is not None and not state.playing and not state.match.over)
        )
    ),
    pause=Press(when=lambda state: state.playing),
    again=Press(when=lambda state: state.match is not None),
    collapse=Press(when=lambda state: not state.playing),
    open=File(binary=True, when=lambda state: not state.playing),
)


class Match:
    """Both players, what they are judged by, and the value after each round.

    Args:
        seed: of the weights, the dots and all that is drawn.
        middles: of the clouds of real dots (clouds, 2).
        hasty: whether the forger's optimizer keeps running the way it went, too.

    Attributes:
        opened: whether both players come from a file: then there is nothing to be played or won.
    """

    def __init__(self, seed: int, middles: Array, hasty: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.middles, self.hasty, self.rng = middles, hasty, rng
        self.opened = False
        gan = GAN(
            mlp([N_Z, HIDDEN, HIDDEN, 2], rng, ReLU, he_uniform),
            mlp([2, HIDDEN, HIDDEN, 1], rng, LeakyReLU, he_uniform),
            N_Z,
            rng,
        )
        for network in (gan.generator, gan.discriminator):
            np.round(network.theta, DECIMALS, out=network.theta)
        keep = 0.9 if hasty else 0.5
        self.forger = RoundedMinimizer(Drawing(gan, BATCH), Adam(0.01, beta1=keep))
        self.detective = RoundedMinimizer(Judging(gan, self._dots, BATCH), Adam(0.002, beta1=keep))
        self.gan, self.real, self.z = gan, self._dots(JUDGED), rng.normal(size=(JUDGED, N_Z))
        self.values: list[float] = []
        self.row = 0
        self._judge()

    def _dots(self, count: int) -> Array:
        places = self.middles[self.rng.integers(len(self.middles), size=count)]
        return np.asarray(places + STD * self.rng.normal(size=(count, 2)))

    def _judge(self) -> None:
        self.fakes = self.gan.generator.forward(self.z)
        judge = self.gan.discriminator
        self.values.append(value(judge.forward(self.real), judge.forward(self.fakes)))
        away = np.linalg.norm(self.fakes[:, None] - self.middles, axis=2)
        self.shares = np.asarray((away < 3 * STD).mean(axis=0))

    @classmethod
    def of(cls, text: str) -> Match:
        """Both players of a file, judged on dots of its clouds.

        Raises:
            MessageError: it holds none.
        """
        with brains.bundled(text, BUNDLE) as bundle:
            middles = bundle.array("clouds", (None, 2))
            if not (2 <= len(middles) <= 8 and (np.abs(middles) <= [2.25, 1.25]).all()):
                raise BrainError(
                    f"It has {len(middles)} clouds of real dots; allowed: 2 to 8, within the plane."
                )
            match = cls(0, np.round(middles, 1))
            brains.put(bundle, "forger", match.gan.generator)
            brains.put(bundle, "detective", match.gan.discriminator)
        match.opened, match.values = True, []
        match._judge()
        return match

    def play(self, steps: int) -> None:
        """One round: so many steps of the detective, one of the forger."""
        for _ in range(steps):
            self.detective.step()
        self.forger.step()
        self._judge()
        self.row = self.row + 1 if abs(self.values[-1] - EVEN) <= BAND else 0

    @property
    def round(self) -> int:
        """Rounds played."""
        return len(self.values) - 1

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Which clouds get their fakes."""
        return self.shares >= ENOUGH / len(self.middles)

    @property
    def won(self) -> bool:
        """Long enough even, and no cloud forgotten."""
        return self.row >= ROW and bool(self.reached.all())

    @property
    def over(self) -> bool:
        """Won, out of rounds, or from a file."""
        return self.won or self.opened or self.round >= ROUNDS


@dataclass
class State:
    """The target, the detective's steps a round, and the match, once there is one."""

    rng: np.random.Generator
    middles: Array
    steps: int | None = None
    match: Match | None = None
    playing: bool = False
    moved: bool = False


def init(seed: int, clouds: int = 8) -> State:
    """Clouds on a circle, no match yet."""
    return State(np.random.default_rng(seed), _circle(clouds))


def _circle(clouds: int) -> Array:
    angle = 2 * np.pi * np.arange(clouds) / clouds
    return np.round(np.stack([np.cos(angle), np.sin(angle)], axis=1), 1)


def update(state: State, move: str, *values: Any) -> None:
    """The target is set before a match, the detective's steps at any time."""
    match move, *values:
        case "steps", steps:
            state.steps = steps
        case "clouds", count:
            state.middles, state.moved = _circle(count), False
        case "cloud", which, x, y:
            state.middles = state.middles.copy()
            state.middles[which] = x, y
            state.moved = True
        case ("ring",):
            state.middles, state.moved = _circle(len(state.middles)), False
        case ("play",):
            if state.match is None:
                state.match = Match(int(state.rng.integers(2**31)), state.middles)
            state.playing = True
        case ("pause",):
            state.playing = False
        case ("again",):
            state.match, state.playing = None, False
        case ("collapse",):
            state.middles, state.moved, state.steps = _circle(8), False, 1
            state.match, state.playing = Match(COLLAPSE, state.middles, hasty=True), True
        case "open", text:
            state.match = Match.of(text)
            state.middles, state.moved = state.match.middles, True


def tick(state: State) -> bool:
    """One round."""
    if not state.playing or state.match is None:
        return False
    state.match.play(state.steps or 0)
    state.playing = not state.match.over
    return True


def score(state: State) -> float:
    """1 for a match that is won; else how long V has been in the band."""
    match = state.match
    if match is None:
        return 0.0
    return 1.0 if match.won else 0.9 * min(match.row / ROW, 1.0)


def solution(state: State) -> Iterator[Message]:
    """Two steps a round, or four where two were not enough. To be read message by message."""
    for steps in (2, 4) * 8:
        if score(state) == 1:
            return
        if state.match is not None:
            yield ("again",)
        if state.moved:
            yield ("ring",)
        yield from (("steps", steps), ("play",))


def why(state: State, move: str, *values: object) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case "steps", 2:
            return say("The forger takes larger steps, so the detective gets two for each of his.")
        case "steps", _:
            return say("Two steps did not keep him even this time: four.")
        case ("again",):
            return say("Another match, with new weights.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

PLANE = plots.Axes((-WIDE, WIDE), (-HIGH, HIGH), height=246, left=30, bottom=24)
TRACE = plots.Axes((0, ROUNDS), (-2.2, -0.4), height=118, left=44, top=18, bottom=34)


def view(state: State) -> Node:
    """The plane with both kinds of dots, the value below it, and the detective's pace."""
    may, match = MOVES.on(state), state.match
    won, over = score(state) == 1, match is not None and match.over
    lost = over and not won and not (match and match.opened)
    return shell(
        h("div", _plane(state, won), _trace(match, won), class_="duel"),
        widgets.verdict(_verdict(state), won, lost=lost),
        dock=[
            controls.choice(
                say("detective’s steps a round"), lambda n: str(n), state.steps, may.steps
            ),
        ],
        go=widgets.row(
            controls.button(say("New match"), may.again, primary=True, key="go")
            if over
            else controls.button(say("Pause"), may.pause, key="go")
            if state.playing
            else controls.button(_go(state), may.play, primary=True, key="go"),
            controls.button(say("Start over"), may.again) if match and not over else None,
        ),
        mission=widgets.progress(
            say("rounds even"), min(match.row, ROW) if match else 0, ROW, key="row"
        ),
        drawers=[
            widgets.folded(
                say("The real dots"),
                controls.stepper(say("clouds"), len(state.middles), may.clouds),
                controls.button(say("Back on a circle"), may.ring),
                widgets.hint(say("Before a match you can drag every cloud.")),
                key="target",
            ),
            widgets.folded(
                say("See the fakes crowd together"),
                widgets.hint(
                    say(
                        "In the match of seed {seed} the forger also keeps running the way he "
                        "went, and the detective has one step a round. The fakes rush to whatever "
                        "place he believes in just now, and leave it again: mode collapse.",
                        seed=COLLAPSE,
                    )
                ),
                controls.button(say("Play seed {seed}", seed=COLLAPSE), may.collapse),
                key="collapse-drawer",
            ),
            widgets.explained(
                say("What V says"),
                say(
                    "V = mean log D(x) + mean log(1 − D(G(z))). The detective pushes V up "
                    "towards 0, the forger pulls it down. If he can only say one half to "
                    "everything, V = 2 log ½ = {even}. It is measured on {n} real dots and "
                    "{n} fakes that he is not trained on.",
                    even=fixed(EVEN, 3),
                    n=JUDGED,
                ),
                key="value",
            ),
            brains.keeper(
                {
                    FILE: say("Save both players"),
                    SCRIPT: say("The forger as PyTorch"),
                    JUDGE: say("The detective as PyTorch"),
                },
                may.open,
                may.again,
                say("Back to a new match"),
                BUNDLE,
                say(
                    "The file has both players’ weights as they are, and where the clouds are; "
                    "NumPy and PyTorch open it, and so does this game. Players that you open can "
                    "be looked at, and win nothing: how they learned is not in the file."
                ),
            ),
        ],
        tone=(match.values[-1] + 2.2) / 1.8 if match and state.playing else None,
    )


def files(state: State) -> dict[str, bytes]:
    """Both players as a file, and each as a PyTorch script that checks itself on what it judges."""
    match = _shown(state)
    players = {"forger": match.gan.generator, "detective": match.gan.discriminator}
    return {
        FILE: bundles.write(BUNDLE, players, clouds=match.middles),
        SCRIPT: export.pytorch_script(players["forger"], match.z[:3]).encode(),
        JUDGE: export.pytorch_script(players["detective"], match.real[:3]).encode(),
    }


def _shown(state: State) -> Match:
    """The match, or before there is one an earlier match's first dots."""
    return state.match or _opening(tuple((x, y) for x, y in state.middles.tolist()))


def _go(state: State) -> str:
    if state.match is not None:
        return say("Go on")
    return say("Choose his steps first") if state.steps is None else say("Start the match")


def describe(state: State) -> str:
    """The target, the pace and how the match stands."""
    places = "; ".join(f"{fixed(x, 1)}, {fixed(y, 1)}" for x, y in state.middles.tolist())
    match = state.match
    now = say("It runs.") if state.playing else say("It is paused.")
    return say(
        "Clouds of real dots at {places}. Detective’s steps a round: {steps}. {now} {verdict} "
        "Round {round}, V {value}, clouds reached: {reached}.",
        now=now,
        places=places,
        steps=say("not chosen") if state.steps is None else str(state.steps),
        verdict=_verdict(state),
        round=match.round if match else 0,
        value=fixed(match.values[-1], 2) if match else say("not measured yet"),
        reached=int(match.reached.sum()) if match else 0,
    )


def _verdict(state: State) -> str:
    match = state.match
    if match is None:
        return say(
            "Teal dots are real, orange ones are fakes. On red ground the detective says fake. How "
            "often may he learn?"
        )
    told = {"reached": int(match.reached.sum()), "clouds": len(match.middles)}
    v = fixed(match.values[-1])
    if match.opened:
        return say(
            "Both players come from a file: V = {v}, fakes at {reached} of {clouds} clouds. They "
            "can be looked at, and win nothing.",
            v=v,
            **told,
        )
    if match.won:
        return say(
            "Even for {n} rounds, and fakes at all {clouds} clouds: the detective can only guess.",
            n=match.row,
            clouds=told["clouds"],
        )
    if match.over and match.row >= ROW:
        return say(
            "V says even, but the fakes reach only {reached} of {clouds} clouds. He needs more "
            "steps to see it.",
            **told,
        )
    high, low = match.values[-1] > EVEN + BAND, match.values[-1] < EVEN - BAND
    if match.over and match.hasty:
        return say(
            "Mode collapse: {reached} of {clouds} clouds have fakes, after {n} rounds.",
            n=match.round,
            **told,
        )
    if match.over:
        late = np.array(match.values[-ROUNDS // 2 :])
        if (late > EVEN + BAND).sum() > (late < EVEN - BAND).sum():
            return say("Over: he saw through the fakes too often. Give him fewer steps.")
        return say("Over: he was fooled too often. Give him more steps.")
    if high:
        return say("V = {v}: he sees through the fakes. {reached} of {clouds} clouds.", v=v, **told)
    if low:
        return say("V = {v}: he is being fooled. {reached} of {clouds} clouds.", v=v, **told)
    return say("V = {v}: even. Fakes at {reached} of {clouds} clouds.", v=v, **told)


@cache
def _opening(clouds: tuple[tuple[float, float], ...]) -> Match:
    """The dots of an earlier match, before anybody has learnt."""
    return Match(0, np.array(clouds))


@cache
def _ghost() -> Array:
    """V of an earlier match, with two clouds and a detective who never learnt."""
    match = Match(0, _circle(2))
    for _ in range(120):
        match.play(0)
    return np.array(match.values)


def _plane(state: State, won: bool) -> Node:
    """Where the detective says real, the dots of both kinds, and the clouds they should fill."""
    match = _shown(state)
    judge, clouds = match.gan.discriminator, len(match.middles)
    believed = fields.field(
        PLANE,
        lambda points: 2 * sigmoid(judge.forward(points)) - 1,
        cells=30,
        largest=1.6,
        name=say("2 D − 1 over the plane"),
    )
    fakes = match.fakes[(np.abs(match.fakes) <= [WIDE, HIGH]).all(axis=1)]
    per_unit = float(PLANE.across(1) - PLANE.across(0))
    rings = [
        h(
            "circle",
            cx=float(PLANE.across(x)),
            cy=float(PLANE.up(y)),
            r=3 * STD * per_unit,
            class_="gan-cloud reached" if state.match and reached else "gan-cloud",
            key=i,
        )
        for i, ((x, y), reached) in enumerate(
            zip(match.middles.tolist(), match.reached.tolist(), strict=True)
        )
    ]
    may = MOVES.on(state).cloud
    handles = [
        controls.handle(
            say("cloud {n}", n=i + 1),
            PLANE,
            x,
            y,
            may(i),
            said=say("at {x}, {y}", x=fixed(x, 1), y=fixed(y, 1)),
            key=f"cloud {i}",
        )
        for i, (x, y) in enumerate(state.middles.tolist())
    ]
    return plots.plot(
        PLANE,
        h("g", rings, class_="won" if won else None),
        plots.scatter(
            PLANE, match.real[:, 0], match.real[:, 1], "real", name=say("real dots (x, y)")
        ),
        plots.scatter(PLANE, fakes[:, 0], fakes[:, 1], "fake" if state.match else "fake ghost"),
        marked(
            h("g", handles if state.match is None else None),
            {
                say("fakes (x, y)"): match.fakes,
                say("share of the fakes at each cloud"): match.shares,
                say("clouds reached, of"): [int(match.reached.sum()), clouds],
            },
        ),
        label=say("Real dots, fakes, and where the detective says real"),
        heat=believed.heat,
        key="plane",
    )


def _trace(match: Match | None, won: bool) -> Node:
    """V after each round, on its line and in its band."""
    top, low = (float(TRACE.up(EVEN + side)) for side in (BAND, -BAND))
    values = _ghost() if match is None else np.array(match.values)
    return plots.plot(
        TRACE,
        h(
            "rect",
            x=TRACE.left,
            y=top,
            width=TRACE.width - TRACE.left - TRACE.right,
            height=low - top,
            class_="even won" if won else "even",
        ),
        plots.rule(TRACE, y=EVEN),
        plots.text_at(TRACE, ROUNDS - 5, EVEN + 0.06, say("−log 4"), "end"),
        plots.curve(
            TRACE,
            np.arange(len(values)),
            values,
            "ghost" if match is None else "",
            name=say("V after each round"),
        ),
        marked(
            h("g"),
            {
                say("−log 4, rounds even, rounds played"): [
                    EVEN,
                    match.row if match else 0,
                    match.round if match else 0,
                ],
                say("rounds needed, seed of the collapse"): [ROW, COLLAPSE],
            },
        ),
        label=say("Value V after each round"),
        x_label=say("round"),
        y_label=say("V; faint: one who never learnt")
        if match is None
        else say("V: up, he sees through; down, he is fooled"),
        key="trace",
    )
