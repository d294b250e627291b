"""Trace the U: predict what a network loses as its skips close, then draw a shape that needs them.

A U-Net says of every dot whether it belongs to a shape. It halves the picture twice, so that it
sees the whole, and doubles it twice, and beside each doubling it gets what stood there on the way
down. Its twin has the same weights to begin with and learns from the same pictures, but its skips
are closed. Both learn live; what they have learned is judged on shapes that they have never seen,
and on the learner's own. IoU is the area found and true over the area found or true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node
from games.concepts import bet as bets
from games.concepts.bet import Bet
from games.concepts.pen import written
from games.concepts.training import Rounded
from games.moves import Dial, Pick, Place, Press, Switch, moves
from games.ui import controls, inputs, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent
from games.ui.panes import sheet
from games.ui.pixels import picture
from games.ui.shell import shell
from games.vision._wall import wall
from games.words import say, word
from pycore import images, schedules
from pycore.activations import ReLU, sigmoid
from pycore.arrays import Array
from pycore.convolution import Conv2D
from pycore.layer import Layer
from pycore.layers import Skip
from pycore.losses import BinaryCrossEntropy
from pycore.metrics import intersection_over_union
from pycore.models.vision import unet
from pycore.optimizers import Adam
from pycore.recipes.segmentation import outline
from pycore.training import Trainer

SIZE = 16
CHANNELS = (1, 6, 8, 8)
SEEN, UNSEEN = 300, 40
NOISE, SLOPE, CONTRAST = 0.05, 0.15, 0.35
BATCH, RATE, STEPS, WARM, CLIP = 4, 0.015, 400, 40, 1.0
LATELY = 20
"""Steps over which a loss is averaged where it is told."""
LOSSES = ("nothing", "edges", "shape")
HARDLY, LOST = 0.05, 0.35
"""The twin has lost nothing where its IoU is so little lower; the whole shape where it is below."""
GOOD, APART = 0.7, 0.3
"""A shape needs the skips where the IoU with them is at least the one, and without them so much
lower as the other."""

LEAST = 16
"""Dots of a shape that counts."""

LEARNT = word(
    "On its way down a U learns what is where, and forgets where exactly it ends. The skips carry "
    "the edges across, and thin strokes need them most."
)
_CELL = Dial(0, SIZE - 1)
MOVES = moves(
    draw=Place(_CELL, _CELL),
    pen=Place(_CELL, _CELL),
    erase=Switch(),
    clear=Press(),
    scene=Press(),
    skips=Switch(),
    guess=Pick(*LOSSES, when=lambda state: state.bet.open),
    train=Press(when=lambda state: state.bet.ready),
    again=Press(when=lambda state: not state.bet.open),
)


@dataclass
class State:
    """The shape and the scene it is in, the twins, the bet, and what came of them.

    Attributes:
        drawing: the shape, 1 where it is: (SIZE, SIZE).
        ground: what lies behind it, brightness with noise: (SIZE, SIZE).
        shade: what a dot of the shape adds to that.
        twins: the trainer with open skips, and the one with closed skips.
        own: whether the shape was drawn on clean paper.
        held: once they are trained, the IoU of each on shapes never seen.
        found: whether a shape of the learner's own needed the skips.
    """

    rng: np.random.Generator
    drawing: Array
    ground: Array
    shade: float
    twins: dict[bool, Rounded]
    bet: Bet[str] = field(default_factory=Bet)
    skips: bool = True
    own: bool = False
    held: dict[bool, float] = field(default_factory=dict)
    found: bool = False
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    erase: bool = False


def init(seed: int) -> State:
    """A shape in a scene, and twins that have learned nothing."""
    rng = np.random.default_rng(seed)
    state = State(rng, np.zeros((SIZE, SIZE)), *_ground(rng), _twins(rng))
    _scene(state)
    return state


def _ground(rng: np.random.Generator) -> tuple[Array, float]:
    """A sloping ground with noise, and whether a shape is darker or lighter than it."""
    axis = (2 * np.arange(SIZE) + 1) / SIZE - 1
    across, down = rng.uniform(-SLOPE, SLOPE, 2)
    slope = 0.5 + across * axis + down * axis[:, None]
    ground = slope + NOISE * rng.normal(size=(SIZE, SIZE))
    return ground, float(rng.choice([-CONTRAST, CONTRAST]))


def _scene(state: State) -> None:
    """Another shape on another ground."""
    state.drawing = masks(2, state.rng)[int(state.rng.integers(2))]
    state.ground, state.shade = _ground(state.rng)
    state.own = False


def masks(count: int, rng: np.random.Generator) -> Array:
    """Solid shapes, and letters of a pen's width, half of each: (count, SIZE, SIZE)."""
    solid, _ = images.shapes(count // 2, 0.0, rng, size=SIZE)
    thin, _ = images.glyphs(count - count // 2, 0.0, rng, "".join(images.STROKES), SIZE)
    return np.asarray(np.concatenate([solid, thin])[..., 0] >= 0.5, float)


@cache
def scenes() -> tuple[Array, Array, Array, Array]:
    """Pictures to learn from and their masks, then those to be judged on: (n, SIZE, SIZE, 1)."""
    rng = np.random.default_rng(0)
    found: list[Array] = []
    for count in (SEEN, UNSEEN):
        truth = masks(count, rng)
        shown = np.stack([seen(*_ground(rng), mask) for mask in truth])
        found += [shown[..., None], truth[..., None]]
    x, y, new, true = found
    return x, y, new, true


def seen(ground: Array, shade: float, drawing: Array) -> Array:
    """What a network gets to see, about from −2 to 2."""
    return 4 * (ground + shade * drawing) - 2


def _twins(rng: np.random.Generator) -> dict[bool, Rounded]:
    seed = int(rng.integers(2**31))
    return {skips: _trainer(skips, seed) for skips in (True, False)}


def _trainer(skips: bool, seed: int) -> Rounded:
    rng = np.random.default_rng(seed)
    x, y, _, _ = scenes()
    network = unet(CHANNELS, rng, skips)
    *_, head = network
    assert isinstance(head, Conv2D)
    share = y.mean()
    head.b[...] = np.log(share / (1 - share))  # so that the first steps need not find out
    schedule = schedules.warm_up(schedules.cosine(RATE, STEPS - WARM), WARM)
    loss, adam = BinaryCrossEntropy(), Adam(RATE)
    return Rounded(network, loss, adam, x, y, BATCH, rng, schedule, CLIP, total=STEPS)


def update(state: State, move: str, *values: Any) -> None:
    """The pen, the scene, the twin that is looked at, and the bet."""
    if written(state, move, *values):
        state.own = state.own or move == "clear"
    match move, *values:
        case ("scene",):
            _scene(state)
        case "skips", is_open:
            state.skips = is_open
        case "guess", loss:
            state.bet.place(loss)
        case ("train",):
            state.bet.begin()
        case ("again",):
            state.bet.again()
            state.twins, state.held, state.found = _twins(state.rng), {}, False
    if state.bet.over and state.own and not state.found:
        state.found = needs_skips(state)


def tick(state: State) -> bool:
    """A step of both twins; at the end they are judged on shapes that they have never seen."""
    if not state.bet.running:
        return False
    for trainer in state.twins.values():
        trainer.step()
    if state.twins[True].progress == 1:
        state.held = {skips: judged(trainer)[0] for skips, trainer in state.twins.items()}
        state.bet.settle()
    return True


def judged(trainer: Trainer) -> tuple[float, float]:
    """The IoU on shapes never seen, and the share of the wrong dots that lie along an outline."""
    _, _, x, y = scenes()
    logits = trainer.network.forward(x)
    wrong = (logits > 0) != (y > 0)
    along = wrong & (outline(y) > 0)
    return intersection_over_union(logits, y), float(along.sum() / max(wrong.sum(), 1))


def through(layers: Iterable[Layer], x: Array, maps: list[Array]) -> Array:
    """Send x through a U; after each of its convolutions what comes of it is added to `maps`."""
    for layer in layers:
        if isinstance(layer, Skip):
            below = through(_inside(layer), x, maps)
            kept = x if layer.open else np.zeros_like(x)
            x = np.concatenate([kept, below], axis=-1)
        else:
            x = layer.forward(x)
            if isinstance(layer, ReLU):
                maps.append(x[0])
    return x


def _inside(skip: Skip) -> Iterable[Layer]:
    assert isinstance(skip.inner, Iterable)
    return skip.inner


def traced(state: State, skips: bool) -> tuple[Array, list[Array]]:
    """How sure a twin is of each dot, (SIZE, SIZE), and its maps: down, down, bottom, up, up."""
    x = seen(state.ground, state.shade, state.drawing)
    maps: list[Array] = []
    logits = through(state.twins[skips].network, x[None, :, :, None], maps)
    return np.asarray(sigmoid(logits[0, :, :, 0])), maps


def iou(state: State, skips: bool) -> float:
    """How well a twin finds the shape that is there."""
    return intersection_over_union(traced(state, skips)[0][None], state.drawing[None], 0.5)


def needs_skips(state: State) -> bool:
    """Whether the shape that is there is found with skips, and hardly without."""
    if state.drawing.sum() < LEAST:
        return False
    there = iou(state, True)
    return there >= GOOD and there - iou(state, False) >= APART


def lost(state: State) -> str:
    """What the twin without skips has lost."""
    if state.held[False] < LOST:
        return "shape"
    return "nothing" if state.held[True] - state.held[False] < HARDLY else "edges"


def called(state: State) -> bool:
    """Whether that was predicted."""
    return state.bet.over and state.bet.said == lost(state)


def score(state: State) -> float:
    """Half for the prediction, half for a shape of one's own that needs the skips."""
    return 0.5 * called(state) + 0.5 * state.found


HOOK = [
    *[(8, row) for row in range(7, 2, -1)],
    *[(column, 3) for column in range(9, 14)],
    *[(13, row) for row in range(4, 14)],
]
"""Strokes of a pen that begins in the middle, and of one that goes on from there."""
CORNER = [
    *[(column, 13) for column in range(12, 2, -1)],
    *[(3, row) for row in range(12, 3, -1)],
]


def solution(state: State) -> Iterator[Message]:
    """Predict the edges, then draw thin strokes."""
    if not state.bet.open and not called(state):
        yield ("again",)
    if state.bet.open:
        yield from (("guess", "edges"), ("train",))
    if state.bet.running:
        return  # whoever plays it has not waited for the training
    for again, strokes in enumerate((HOOK, CORNER) * 3):
        if state.found:
            return
        if again and strokes is HOOK:
            yield ("scene",)  # on another ground
        if state.erase:
            yield ("erase", False)
        yield ("clear",)
        for cell in strokes:
            yield ("draw", *cell)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say(
                "At the bottom each number stands for 4 × 4 dots: enough for where, not to trace."
            )
        case "clear":
            return say("A thin stroke is nearly all edge.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

NAMES = {
    "nothing": word("Hardly anything"),
    "edges": word("The edges"),
    "shape": word("The whole shape"),
}
COLUMNS = (6, 4, 4)
"""Maps beside one another, at each level from the top."""


def view(state: State) -> Node:
    """The shape, the U with its maps, what is found, and the bet."""
    may, bet, won = MOVES.on(state), state.bet, score(state) == 1
    return shell(
        _board(state, won),
        widgets.verdict(_verdict(state), won, lost=bet.over and not called(state)),
        mission=widgets.progress(
            say("a guess, then a shape"), int(called(state)) + int(state.found), 2
        ),
        dock=[
            bets.pick(
                bet,
                say("What will the twin without skips lose?"),
                say("it will lose"),
                lambda name: say(NAMES[name]),
                may.guess,
                lost(state) if bet.over else None,
            ),
            widgets.row(
                controls.toggle(say("Rub out"), state.erase, may.erase),
                controls.button(say("Another shape"), may.scene),
            ),
            controls.toggle(say("Skips of the U that is drawn"), state.skips, may.skips),
        ],
        go=_next(state),
        drawers=[
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What the picture shows"),
                say(
                    "Above is the shape, and what each twin finds of it; the line around that "
                    "is the shape itself. Below is the U of one of them. On the left the "
                    "picture goes down: six maps of 16 × 16 dots, eight of 8 × 8, eight of 4 × "
                    "4 at the bottom. On the right it comes up again. IoU is the share of dots "
                    "in both, of all that are in the shape or in what is found: 1 if the two "
                    "are the same."
                ),
                key="what",
            ),
        ],
    )


def _next(state: State) -> Node:
    """The one thing to do next."""
    may, bet = MOVES.on(state), state.bet
    if bet.running:
        return widgets.row(controls.button(say("Start over"), may.again, key="go"))
    if bet.over and called(state) and not state.found:
        return widgets.row(
            controls.button(say("Draw my own"), may.clear, primary=not state.own, key="own"),
            controls.button(say("Other weights"), may.again, key="weights"),
        )
    go = say("Train both twins") if bet.said else None
    return widgets.row(
        bets.commit(bet, go, may.train, may.again, more=say("Other weights")),
        controls.button(say("Clear the paper"), may.clear, key="clear"),
    )


def describe(state: State) -> str:
    """The shape, the bet, and how well each twin finds it."""
    return say(
        "{ink} dots in the shape, the first dot of the picture {dot}, the pen at column {column}, "
        "row {row}{mode}. Seen: {twin}. Predicted: {guess}. IoU of this shape: {open} with skips, "
        "{closed} without. {verdict}",
        ink=int(state.drawing.sum()),
        dot=fixed(float(seen(state.ground, state.shade, state.drawing)[0, 0])),
        column=state.pen[0] + 1,
        row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        twin=say("the twin with skips") if state.skips else say("the twin without skips"),
        guess=state.bet.told(lambda name: say(NAMES[name])) or say("none yet"),
        open=fixed(iou(state, True)),
        closed=fixed(iou(state, False)),
        verdict=_verdict(state),
    )


def _board(state: State, won: bool) -> Node:
    """The shape and what each twin finds of it; below, one's way down, across and up again."""
    found = {skips: traced(state, skips) for skips in (True, False)}
    shown = (seen(state.ground, state.shade, state.drawing) + 2) / 4
    pad = inputs.pad(
        say("the shape"),
        shown,
        MOVES.on(state).draw,
        at=state.pen,
        pen=MOVES.on(state).pen,
        name=say("picture"),
    )
    down, lower, bottom, upper, up = found[state.skips][1]
    return h(
        "div",
        h(
            "div",
            sheet(
                say("the shape"),
                pad,
                below=say.count("{n} dot", "{n} dots", int(state.drawing.sum())),
            ),
            _found(state, say("with skips"), found[True][0]),
            _found(state, say("without"), found[False][0]),
            class_="u-twins",
        ),
        h(
            "div",
            wall(say("way down, 16 × 16"), down, COLUMNS[0]),
            _across(state.skips),
            wall(say("way up, 16 × 16"), up, COLUMNS[0]),
            class_="u-level",
        ),
        h(
            "div",
            wall(say("way down, 8 × 8"), lower, COLUMNS[1]),
            _across(state.skips),
            wall(say("way up, 8 × 8"), upper, COLUMNS[1]),
            class_="u-level lower",
        ),
        h("div", wall(say("bottom, 4 × 4"), bottom, COLUMNS[2]), class_="u-level bottom"),
        class_="u won" if won else "u",
    )


def _found(state: State, title: str, sure: Array) -> Node:
    """What a twin finds, with the line around what is there, and how well the two agree."""
    share = intersection_over_union(sure[None], state.drawing[None], 0.5)
    return sheet(
        title,
        picture(sure, "ink", title, largest=1.0, name=say("sure, {twin}", twin=title)),
        _around(state.drawing),
        below=marked(
            h("span", say("IoU {share}", share=fixed(share))),
            {say("IoU of this shape, {twin}", twin=title): [share]},
        ),
    )


def _across(is_open: bool) -> Node:
    """The arrow of a skip."""
    return h(
        "svg",
        h("path", d="M2 8H42M35 2l7 6l-7 6"),
        viewBox="0 0 46 16",
        role="img",
        aria_label=say("skip open") if is_open else say("skip closed"),
        class_="u-skip" if is_open else "u-skip closed",
    )


def _around(drawing: Array) -> Node:
    """The line around the shape, over what is found."""
    wide = np.pad(drawing, 1) > 0
    level = np.argwhere(wide[1:, 1:-1] != wide[:-1, 1:-1])
    upright = np.argwhere(wide[1:-1, 1:] != wide[1:-1, :-1])
    d = "".join(f"M{x} {y}h1" for y, x in level.tolist())
    d += "".join(f"M{x} {y}v1" for y, x in upright.tolist())
    return h(
        "svg",
        h("path", d=d),
        viewBox=f"0 0 {SIZE} {SIZE}",
        class_="u-outline",
        aria_hidden="true",
    )


def _numbers(state: State) -> Node:
    """Of each twin the IoU on new shapes, and where it is wrong."""
    if not state.bet.over:
        return widgets.hint(say("Train first: then how both do on new shapes is here."))
    rows = {skips: judged(trainer) for skips, trainer in state.twins.items()}
    names = {True: say("open"), False: say("closed")}
    head = (say("skips"), say("IoU"), say("wrong dots along an edge"))
    return marked(
        widgets.table(
            say("On {n} new shapes", n=UNSEEN),
            head,
            [[names[s], fixed(share), percent(along)] for s, (share, along) in rows.items()],
        ),
        {say("IoU, wrong dots along an edge in %"): [[a, 100 * b] for a, b in rows.values()]},
    )


def _verdict(state: State) -> str:
    """What to do, how the training goes, or what came of it."""
    if state.bet.open:
        return say(
            "Twins will learn to find shapes. One gets no skips, the two arrows: all that it knows "
            "goes through the bottom. What will it lose?"
        )
    if state.bet.running:
        step = state.twins[True].steps
        with_, without = (_lately(state.twins[skips]) for skips in (True, False))
        return say(
            "Step {step} of {total}: loss {open} with skips, {closed} without.",
            step=step,
            total=STEPS,
            open=with_,
            closed=without,
        )
    if state.own:
        told = {skips: fixed(iou(state, skips)) for skips in (True, False)}
        ink = int(state.drawing.sum())
        if ink < LEAST:
            return say.count(
                "{n} dot is too little to judge by. Draw a shape of at least {least} that the twin "
                "without skips will miss. Thick or thin?",
                "{n} dots are too few to judge by. Draw a shape of at least {least} that the twin "
                "without skips will miss. Thick or thin?",
                ink,
                least=LEAST,
            )
        if state.found and needs_skips(state):
            return say(
                "It needs them: IoU {open} with skips, {closed} without. A thin stroke is nearly "
                "all edge, and edges go across.",
                open=told[True],
                closed=told[False],
            )
        return say(
            "Your shape: IoU {open} with skips, {closed} without. The aim: at least {good} with, "
            "and {apart} less without. Thick or thin?",
            open=told[True],
            closed=told[False],
            good=fixed(GOOD, 1),
            apart=fixed(APART, 1),
        )
    held = {"open": fixed(state.held[True]), "closed": fixed(state.held[False])}
    if called(state):
        return say(
            "Called it: IoU {open} with skips on new shapes, {closed} without. Now draw a shape "
            "that cannot do without them.",
            **held,
        )
    return say(
        "Not that. IoU {open} with skips on new shapes, {closed} without: it knows where a shape "
        "is, and blurs its edges.",
        **held,
    )


def _lately(trainer: Trainer) -> str:
    """The loss of the last steps."""
    losses = list(trainer.history.values())[-LATELY:]
    return fixed(float(np.mean(losses))) if losses else "–"
