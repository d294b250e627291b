"""Read My Digit: draw a digit that two networks read, then move it until only one still does.

A small LeNet and a dense network of about as many weights learn the same 400 digits, live. Every
digit lies with the middle of its ink in the middle of its picture; so does what is drawn, before
it is read. Then it can be moved aside. All that the LeNet computes on the way is shown. A picture
of a digit becomes a drawing too: the box around its ink is scaled to the size of the others.

The LeNet can be saved and opened again. An opened one reads, and wins nothing: weights can be made
to fit one digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, brains
from games.concepts.pen import drawing_pad, written
from games.concepts.training import Rounded
from games.moves import Dial, File, Pick, Place, Press, Shades, Switch, moves
from games.ui import controls, inputs, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, percent, plain
from games.ui.panes import sheet
from games.ui.pixels import picture
from games.ui.shell import shell
from games.vision._wall import wall
from games.words import say, word
from pycore import bundles, export, images, schedules
from pycore.activations import softmax
from pycore.arrays import Array, Integers
from pycore.convolution import Flatten
from pycore.layer import Layer
from pycore.layers import Sequential
from pycore.losses import CrossEntropy
from pycore.metrics import accuracy
from pycore.models import mlp
from pycore.models.vision import cnn
from pycore.optimizers import Adam

SIZE = 12
CHANNELS, WINDOW, HEAD = (1, 6, 12), 5, (40, 10)
HIDDEN = 40
"""Neurons in the hidden layer of the dense network, which gives it about as many weights."""
INK = 0.4
"""A dot that is darker is ink, as from the pen."""
SEEN, UNSEEN = 400, 100
BATCH, RATE, STEPS = 16, 0.01, 150
FURTHEST = 3
"""Dots that a drawing can be moved to either side."""
LEAST = 7
"""Dots of ink that make a digit."""
FINE, BOX = 24, 10
"""Dots along each side of a picture as it comes in; and of the box that its ink then fills."""
SHADES = Shades(FINE, FINE, 9)
KINDS = ("cnn", "dense")
BUNDLE = "a LeNet"
"""What a saved file holds."""
FILE, SCRIPT = "lenet.npz", "lenet.py"

LEARNT = word(
    "The LeNet slides the same kernels over all of the picture, so its maps moved along with your "
    "strokes. The dense network has other weights for every dot: to it you drew another picture."
)
_CELL = Dial(0, SIZE - 1)
MOVES = moves(
    draw=Place(_CELL, _CELL),
    pen=Place(_CELL, _CELL),
    erase=Switch(),
    clear=Press(),
    picture=SHADES,
    digit=Press(),
    label=Pick(*range(10), when=lambda state: state.reads and state.own),
    move=Dial(-FURTHEST, FURTHEST, when=lambda state: state.reads),
    train=Press(when=lambda state: not (state.trained or state.training)),
    again=Press(when=lambda state: state.trained or state.training),
    open=File(binary=True),
    close=Press(when=lambda state: state.opened is not None),
)


@dataclass
class State:
    """The drawing, the two networks that read it, and what came of it.

    Attributes:
        drawing: 1 where ink is: (SIZE, SIZE).
        label: which digit it is meant to be, once that is said.
        own: whether it was drawn on clean paper.
        moved: dots to the right of the middle.
        readers: the trainers of both networks.
        training: whether they are learning just now.
        held: once they are trained, of each the share of unseen digits that it reads when they
            are moved by 0, 1, … dots.
        found: whether a digit of one's own was moved to where only the LeNet reads it.
        opened: a LeNet from a file, which reads in the place of the one that learns here.
        opened_held: the same shares as in `held`, of that one.
        taken: the picture that the drawing was made of, (FINE, FINE), until the paper is cleared.
    """

    rng: np.random.Generator
    drawing: Array
    label: int | None
    readers: dict[str, Rounded]
    own: bool = False
    moved: int = 0
    training: bool = False
    held: dict[str, list[float]] = field(default_factory=dict)
    found: bool = False
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    erase: bool = False
    opened: Sequential | None = None
    opened_held: list[float] = field(default_factory=list)
    taken: Array | None = None

    @property
    def trained(self) -> bool:
        """Whether both have learned."""
        return bool(self.held)

    @property
    def reads(self) -> bool:
        """Whether there is a network that has learned, here or elsewhere."""
        return self.trained or self.opened is not None


def init(seed: int) -> State:
    """A digit that no network has seen, and networks that have learned nothing."""
    rng = np.random.default_rng(seed)
    readers = _readers(rng)
    drawing, label = _digit(rng)
    return State(rng, drawing, label, readers)


@cache
def digits(count: int, seed: int) -> tuple[Array, Integers]:
    """Digits in black and white, each in its middle, and which they are: (count, SIZE, SIZE)."""
    x, y = images.glyphs(count, 0.0, seed, size=SIZE)
    return np.stack([centred(np.asarray(one > INK, float)) for one in x[..., 0]]), y


def _digit(rng: np.random.Generator) -> tuple[Array, int]:
    x, y = digits(UNSEEN, 1)
    i = int(rng.integers(UNSEEN))
    return np.array(x[i]), int(y[i])


def centred(drawing: Array) -> Array:
    """The drawing, with the middle of its ink in the middle, as far as all of it stays on."""
    if not drawing.any():
        return drawing
    rows, columns = np.nonzero(drawing)
    down, right = (
        int(np.clip(round(middle - at.mean()), -at.min(), SIZE - 1 - at.max()))
        for middle, at in (((SIZE - 1) / 2, rows), ((SIZE - 1) / 2, columns))
    )
    return np.roll(drawing, (down, right), axis=(0, 1))


def fitted(taken: Array) -> Array:
    """The drawing in a picture: what is darker than half-way, in a box of the digits' size.

    Each dot is the mean of what lies under it, and ink where that is above `INK` of the darkest.
    """
    rows, columns = np.nonzero(taken > 0.5)
    if not rows.size:
        return np.zeros((SIZE, SIZE))
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    steps = ((np.arange(8 * SIZE) + 0.5) / 8 - SIZE / 2) * side / BOX  # eight to a dot
    down, right = (
        np.floor((at.min() + at.max() + 1) / 2 + steps).astype(int) + FINE for at in (rows, columns)
    )
    wide = np.pad(taken, FINE)  # paper all around
    dots = wide[np.ix_(down, right)].reshape(SIZE, 8, SIZE, 8).mean(axis=(1, 3))
    return np.asarray(dots > INK * dots.max(), float)


def aside(drawing: Array, dots: int) -> Array:
    """The drawing so many dots to the right, or to the left; what leaves the paper is lost."""
    out = np.zeros_like(drawing)
    out[..., max(dots, 0) : SIZE + min(dots, 0)] = drawing[..., max(-dots, 0) : SIZE - max(dots, 0)]
    return out


def _readers(rng: np.random.Generator) -> dict[str, Rounded]:
    seed = int(rng.integers(2**31))
    return {kind: reader(kind, seed, *digits(SEEN, 0)) for kind in KINDS}


def _lenet(rng: np.random.Generator) -> Sequential:
    return cnn(SIZE, CHANNELS, HEAD, rng, WINDOW)


def reader(kind: str, seed: int, x: Array, y: Integers) -> Rounded:
    """What trains a network of this kind to read these pictures, (count, SIZE, SIZE)."""
    rng = np.random.default_rng(seed)
    network = (
        _lenet(rng)
        if kind == "cnn"
        else Sequential(Flatten(), *mlp([SIZE * SIZE, HIDDEN, 10], rng))
    )
    schedule = schedules.cosine(RATE, STEPS)
    loss, adam = CrossEntropy(), Adam(RATE)
    return Rounded(network, loss, adam, x[..., None], y, BATCH, rng, schedule, total=STEPS)


def update(state: State, move: str, *values: Any) -> None:
    """The pen, what is said of the drawing, where it is moved, and the training."""
    if written(state, move, *values) and move == "clear":
        state.own, state.label, state.moved, state.taken = True, None, 0, None
    match move, *values:
        case "picture", shades:
            state.taken = np.array(SHADES.cells(shades))
            state.drawing, state.erase = fitted(state.taken), False
            state.own, state.label, state.moved = True, None, 0
        case ("digit",):
            (state.drawing, state.label), state.own, state.moved = _digit(state.rng), False, 0
            state.taken = None
        case "label", digit:
            state.label = digit
        case "move", dots:
            state.moved = dots
        case ("train",):
            state.training = True
        case ("again",):
            state.readers, state.held = _readers(state.rng), {}
            state.training, state.found, state.moved = False, False, 0
        case "open", text:
            lenet = _lenet(np.random.default_rng(0))
            with brains.bundled(text, BUNDLE) as bundle:
                brains.put(bundle, "", lenet)
            state.opened, state.opened_held = lenet, _held(lenet)
        case ("close",):
            state.opened, state.opened_held = None, []
    if (
        state.opened is None
        and only_one(state, state.drawing, state.label, state.moved)
        and state.own
    ):
        state.found = True


def tick(state: State) -> bool:
    """A step of both networks; at the end they are judged on digits that they have never seen."""
    if not state.training:
        return False
    for trainer in state.readers.values():
        trainer.step()
    if state.readers["cnn"].progress == 1:
        state.training = False
        state.held = {kind: _held(trainer.network) for kind, trainer in state.readers.items()}
    return True


def _held(network: Layer) -> list[float]:
    """The share of unseen digits that a network reads, moved by 0, 1, … dots."""
    x, y = digits(UNSEEN, 1)
    return [accuracy(network.forward(aside(x, dots)[..., None]), y) for dots in range(FURTHEST + 1)]


def reading(state: State, kind: str) -> Layer:
    """What reads: for the LeNet the one that is open, if any."""
    if kind == "cnn" and state.opened is not None:
        return state.opened
    return state.readers[kind].network


def read(state: State, kind: str, drawing: Array, dots: int) -> Array:
    """How likely each digit is to a network, (10,), where the drawing is centred and moved."""
    x = aside(centred(drawing), dots)
    return np.asarray(softmax(reading(state, kind).forward(x[None, ..., None]))[0])


def taken_for(state: State, kind: str, dots: int) -> int:
    """The digit that a network takes the drawing for."""
    return int(read(state, kind, state.drawing, dots).argmax())


def whole(drawing: Array, dots: int) -> bool:
    """Whether all ink is still on the paper when it is moved."""
    return bool(aside(centred(drawing), dots).sum() == drawing.sum())


def both(state: State, drawing: Array, label: int | None) -> bool:
    """Whether both networks read a drawing in the middle for what it is."""
    if not state.trained or label is None or drawing.sum() < LEAST:
        return False
    return all(int(read(state, kind, drawing, 0).argmax()) == label for kind in KINDS)


def only_one(state: State, drawing: Array, label: int | None, dots: int) -> bool:
    """Whether both read it in the middle, and where it is moved to only the LeNet does."""
    if not both(state, drawing, label) or not whole(drawing, dots):
        return False
    there = {kind: int(read(state, kind, drawing, dots).argmax()) for kind in KINDS}
    return there["cnn"] == label != there["dense"]


def score(state: State) -> float:
    """Half for a digit of one's own that both read, all for moving it to where only one does."""
    if state.found:
        return 1.0
    mine = state.own and state.opened is None
    return 0.5 if mine and both(state, state.drawing, state.label) else 0.0


def solution(state: State) -> Iterator[Message]:
    """Train, draw a digit that will do, say which it is, and move it."""
    while not state.found:
        if state.opened is not None:
            yield ("close",)
        if state.training:
            yield ("again",)
        if not state.trained:
            yield ("train",)
        if state.training:
            return  # whoever plays it has not waited for the training
        plan = _plan(state)
        if plan is None:
            yield ("again",)
            continue
        drawing, label, dots = plan
        yield ("clear",)
        for row, column in np.argwhere(drawing).tolist():
            yield ("draw", column, row)
        yield from (("label", label), ("move", dots))


def _plan(state: State) -> tuple[Array, int, int] | None:
    """Of the digits that no network has seen, that of the least ink which wins, and where to."""
    x, y = digits(UNSEEN, 1)
    for i in np.argsort(x.sum(axis=(1, 2)), kind="stable").tolist():
        for dots in (2, -2, 3, -3, 1, -1):
            if only_one(state, x[i], int(y[i]), dots):
                return x[i], int(y[i]), dots
    return None


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "train":
            return say("Before they have learned, both guess.")
        case "move":
            return say("The ink now lies on dots whose weights have learned something else.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------

NAMES = {"cnn": word("LeNet"), "dense": word("Dense")}


def view(state: State) -> Node:
    """The drawing, what is read, every map on the way, and how to move it."""
    may = MOVES.on(state)
    return shell(
        _board(state),
        widgets.verdict(_verdict(state), state.found),
        mission=widgets.progress(say("read by both, then by one"), int(2 * score(state)), 2),
        dock=[
            controls.choice(
                say("I drew a"), lambda digit: str(digit), state.label, may.label, key="label"
            )
            if state.own
            else None,
            controls.slider(say("dots to the right"), state.moved, may.move),
            widgets.row(
                controls.toggle(say("Rub out"), state.erase, may.erase),
                controls.button(say("Another digit"), may.digit),
            ),
        ],
        go=_next(state),
        drawers=[
            _picture(state),
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            widgets.explained(
                say("What the picture shows"),
                say(
                    "Upper left your drawing, beside it what both networks get: the same ink, "
                    "with its middle in the middle, then moved. Below it how likely each digit "
                    "is to each of them. The four rows at the bottom are the LeNet’s maps: six "
                    "of 12 × 12 dots; each pooled to 6 × 6; twelve that look at all six; each "
                    "pooled to 3 × 3. Dense layers read those."
                ),
                key="what",
            ),
            brains.keeper(
                {FILE: say("Save the LeNet"), SCRIPT: say("Save it as PyTorch")},
                may.open,
                may.close,
                say("Back to the one that learns here"),
                BUNDLE,
                say(
                    "The file has the LeNet’s weights as it reads just now; NumPy and PyTorch open "
                    "it, and so does this game. One that you open reads in the place of the one "
                    "that learns here, and wins nothing."
                ),
            ),
        ],
    )


def files(state: State) -> dict[str, bytes]:
    """The LeNet that reads, as a file and as a PyTorch script that checks itself on the drawing."""
    lenet = reading(state, "cnn")
    x = aside(centred(state.drawing), state.moved)[None, ..., None]
    return {
        FILE: bundles.write(BUNDLE, {"": lenet}),
        SCRIPT: export.pytorch_script(lenet, x).encode(),
    }


def _next(state: State) -> Node:
    """The one thing to do next."""
    may = MOVES.on(state)
    if state.training:
        return controls.button(say("Start over"), may.again, key="go")
    if not state.trained:
        return controls.button(say("Train both"), may.train, primary=True, key="go")
    if state.found:
        return widgets.row(
            controls.button(say("Other weights"), may.again, primary=True, key="go"),
            controls.button(say("Clear the paper"), may.clear, key="clear"),
        )
    told = say("Clear the paper") if state.own else say("Draw my own")
    return widgets.row(
        controls.button(told, may.clear, primary=not state.own, key="clear"),
        controls.button(say("Other weights"), may.again, key="go"),
    )


def describe(state: State) -> str:
    """The drawing, where it is moved, and what each network takes it for."""
    told = {kind: _told(state, kind) for kind in KINDS}
    return say(
        "{ink} dots of ink{taken}, the pen at column {column}, row {row}{mode}. Meant as {label}, "
        "dots to the right: {dots}. The LeNet: {cnn}. The dense network: {dense}. {opened} "
        "{verdict}",
        ink=int(state.drawing.sum()),
        column=state.pen[0] + 1,
        row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        label=say("nothing yet") if state.label is None else str(state.label),
        dots=state.moved,
        opened=say("The LeNet is from a file.") if state.opened is not None else "",
        taken=""
        if state.taken is None
        else say(", from a picture with {sum} dots’ worth of ink", sum=plain(state.taken.sum())),
        verdict=_verdict(state),
        **told,
    )


def _told(state: State, kind: str) -> str:
    if not state.drawing.any():
        return say("empty")
    p = read(state, kind, state.drawing, state.moved)
    return say("{digit} at {p}", digit=int(p.argmax()), p=fixed(float(p.max()), 3))


def _board(state: State) -> Node:
    """The drawing, beside it what is read, and below both the maps of the LeNet."""
    fed = aside(centred(state.drawing), state.moved)
    given = say("centred, then moved") if state.moved else say("centred")
    x, maps = fed[None, ..., None], []
    for layer in reading(state, "cnn").children():
        x = layer.forward(x)
        if x.ndim == 4:
            maps.append(x[0])
    _, first, pooled, _, second, last = maps
    return h(
        "div",
        sheet(
            say("your drawing"),
            drawing_pad(state, MOVES.on(state).draw, MOVES.on(state).pen),
        ),
        h(
            "div",
            sheet(given, picture(fed, "ink", given, largest=1.0, name=say("what is read"))),
            [_answer(state, kind) for kind in KINDS],
            class_="digit-read",
        ),
        h(
            "div",
            h("p", say("the LeNet’s maps, on their way"), class_="sheet-title"),
            wall(say("six maps, 12 × 12"), first, 6),
            wall(say("pooled, 6 × 6"), pooled, 6),
            wall(say("twelve maps, 6 × 6"), second, 12),
            wall(say("pooled again, 3 × 3"), last, 12),
            class_="digit-maps",
        ),
        class_="digit won" if state.found else "digit",
    )


def _picture(state: State) -> Node:
    """Where a picture is taken, and what came in."""
    said = say("your picture, in {n} × {n} dots", n=FINE)
    return widgets.folded(
        say("Take a picture of a digit"),
        inputs.picture_file(say("Take a photo or open a picture"), MOVES.on(state).picture),
        widgets.hint(
            say(
                "A dark digit on light paper, with nothing beside it. Your picture stays on this "
                "device. Its middle becomes {n} × {n} dots in {levels} shades; only these go into "
                "the run and its link. What is darker than half-way is ink. The box around it is "
                "scaled to {box} dots, and then centred as a drawing is.",
                n=FINE,
                levels=SHADES.levels,
                box=BOX,
            )
        ),
        None
        if state.taken is None
        else h(
            "div",
            sheet(said, picture(state.taken, "ink", said, largest=1.0, name=say("your picture"))),
            class_="digit-taken",
        ),
        key="picture",
    )


def _answer(state: State, kind: str) -> Node:
    """What a network takes the drawing for: ten cells, each as full as its digit is likely."""
    name = say(NAMES[kind])
    if not state.drawing.any():
        return h(
            "div",
            h("p", name, h("b", say("empty")), class_="digit-said"),
            h("div", [h("span", d, key=d) for d in range(10)], class_="digit-bars"),
            key=kind,
            class_="digit-answer",
        )
    p = read(state, kind, state.drawing, state.moved)
    best = int(p.argmax())
    learned = state.trained or (kind == "cnn" and state.opened is not None)
    wrong = learned and state.label is not None and best != state.label
    bars = h(
        "div",
        [
            h("span", d, style=f"--p:{p[d]:.3f}", class_="best" if d == best else "", key=d)
            for d in range(10)
        ],
        class_="digit-bars",
        role="img",
        aria_label=say("{network}: how likely each digit is", network=name),
    )
    return h(
        "div",
        h(
            "p",
            name,
            h("b", say("{digit}, {p}", digit=best, p=percent(float(p[best])))),
            class_="digit-said wrong" if wrong else "digit-said",
        ),
        marked(bars, {name: p}),
        key=kind,
        class_="digit-answer",
    )


def _numbers(state: State) -> Node:
    """The share of unseen digits that each reads, by how far they are moved."""
    held = state.held | ({"cnn": state.opened_held} if state.opened is not None else {})
    kinds = [kind for kind in KINDS if kind in held]
    if not kinds:
        return widgets.hint(say("Train first: then how both do on new digits is here."))
    head = (say("moved by"), *(say(NAMES[kind]) for kind in kinds))
    rows = [
        [str(dots), *(percent(held[kind][dots]) for kind in kinds)] for dots in range(FURTHEST + 1)
    ]
    sizes = {kind: state.readers[kind].network.size() for kind in KINDS}
    return widgets.panel(
        marked(
            widgets.table(say("{n} new digits, moved to the right", n=UNSEEN), head, rows),
            {say("share read"): np.array([held[kind] for kind in kinds])},
        ),
        widgets.hint(
            say("Weights and biases: {cnn} in the LeNet, {dense} in the dense network.", **sizes)
        ),
    )


def _verdict(state: State) -> str:
    """What is read, and what to try next."""
    if state.training:
        return say(
            "Step {n} of {total}: both learn from the same {seen} digits, all of them in the "
            "middle.",
            n=state.readers["cnn"].steps,
            total=STEPS,
            seen=SEEN,
        )
    if state.opened is not None:
        return _opened_verdict(state)
    if not state.trained:
        return say("Both have random weights, so they guess. Let them learn, then draw.")
    if not state.drawing.any():
        return say("Empty: nothing to read, so nobody reads. Draw a digit, large and in one go.")
    if state.drawing.sum() < LEAST:
        return say.count(
            "{n} dot of ink is no digit yet. Draw on.",
            "{n} dots of ink are no digit yet. Draw on.",
            int(state.drawing.sum()),
        )
    there = {kind: taken_for(state, kind, state.moved) for kind in KINDS}
    if not state.own:
        return say(
            "The LeNet reads {cnn}, the dense network {dense}. Move this {label} if you like, then "
            "draw a digit of your own.",
            label=str(state.label),
            **there,
        )
    if state.label is None:
        return say("The LeNet reads {cnn}, the dense network {dense}. Which did you draw?", **there)
    label = {"label": state.label}
    if only_one(state, state.drawing, state.label, state.moved):
        return say(
            "Here the LeNet still reads your {label}, and the dense network reads {dense}. It is "
            "the same ink, on other dots.",
            dense=there["dense"],
            **label,
        )
    if not both(state, state.drawing, state.label):
        return say(
            "In the middle the LeNet reads {cnn}, the dense network {dense}. For your {label} to "
            "count, both must read it. Draw it larger, or plainer.",
            cnn=taken_for(state, "cnn", 0),
            dense=taken_for(state, "dense", 0),
            **label,
        )
    if not state.moved:
        return say(
            "Both read your {label} in the middle. Now move it to where only the LeNet does.",
            **label,
        )
    if not whole(state.drawing, state.moved):
        return say("Some of your {label} has left the paper. That is not fair: go back.", **label)
    if there["cnn"] != state.label:
        return say(
            "Here the LeNet reads {cnn}, not your {label}: it forgives a little, not everything. "
            "Less far, or to the other side?",
            cnn=there["cnn"],
            **label,
        )
    return say("Both still read your {label} here. Move it further.", **label)


def _opened_verdict(state: State) -> str:
    """What a LeNet from a file does here."""
    right = {"n": round(UNSEEN * state.opened_held[0]), "total": UNSEEN}
    if not state.drawing.any():
        return say(
            "This LeNet comes from a file, and reads {n} of {total} new digits. Draw one for it; "
            "it wins nothing here.",
            **right,
        )
    return say(
        "This LeNet comes from a file, and reads {n} of {total} new digits. Yours it takes for "
        "{digit}; it wins nothing here.",
        digit=taken_for(state, "cnn", state.moved),
        **right,
    )
