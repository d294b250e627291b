"""Slide the Kernel: nine hidden weights have made the target from your drawing. Find them.

The map of a kernel holds one number for each place of its window: what the window covers, times the
weights, added up. A secret kernel has made the target from the same drawing. Two kernels that agree
on one drawing may differ on another, so they are compared on ten digits: off by the mean distance
between their maps. What gives a kernel away is a single dot: wherever the window meets it, the sum
is the one weight that lies on the dot, so the map holds the whole kernel, turned by half a turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param
from games.concepts.pen import drawing_pad, written
from games.moves import Dial, Parts, Pick, Place, Press, Shades, Switch, moves
from games.ui import controls, inputs, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed, plain
from games.ui.panes import sheet
from games.ui.pixels import picture, tints
from games.ui.shell import shell
from games.vision._drawing import SIZE, digit, inked
from games.words import say, word
from pycore import images
from pycore.arrays import Array
from pycore.convolution import Conv2D

TICKS_PER_SECOND = 24
WINDOW, LARGEST = 3, 4.0
TOLERANCE = 0.05
"""Off by so much at most, on ten digits, and the kernel is found."""
KERNELS = {
    "copy": (0, 0, 0, 0, 1, 0, 0, 0, 0),
    "upright": (-1, 0, 1, -1, 0, 1, -1, 0, 1),
    "level": (-1, -1, -1, 0, 0, 0, 1, 1, 1),
    "blur": (0.5, 1, 0.5, 1, 2, 1, 0.5, 1, 0.5),
    "sharpen": (0, -1, 0, -1, 4, -1, 0, -1, 0),
}
NAMES = {
    "copy": word("Copy"),
    "upright": word("Upright edges"),
    "level": word("Level edges"),
    "blur": word("Blur"),
    "sharpen": word("Outline"),
}
DOT = SIZE // 2
"""Column and row of the lone dot."""
LEVELS = 5
"""Shades of a picture: a quarter of ink apart, so that sums can be read."""
SHADES = Shades(SIZE, SIZE, LEVELS)
PAPERS = {"digit": word("A digit"), "dot": word("A dot"), "line": word("A line")}

LEARNT = word(
    "A kernel asks the same question at every place of a picture. Ask a single dot, and the map "
    "answers with the kernel itself, turned by half a turn."
)
PARAMS = {"weights": Param(Dial(1, WINDOW**2), 3, "Weights of the target that are not 0")}
_CELL, _PLACE = Dial(0, SIZE - 1), Dial(0, WINDOW - 1)
_OUT = Dial(0, lambda state: places(state) - 1)
MOVES = moves(
    draw=Place(_CELL, _CELL),
    pen=Place(_CELL, _CELL),
    erase=Switch(),
    clear=Press(),
    paper=Pick(*PAPERS),
    picture=SHADES,
    slide=Press(),
    look=Place(_OUT, _OUT),
    pick=Parts(row=_PLACE, column=_PLACE),
    weight=Parts(row=_PLACE, column=_PLACE, value=Dial(-LARGEST, LARGEST, 0.5)),
    kernel=Pick(*KERNELS),
    padding=Dial(0, 2),
    stride=Dial(1, 3),
    again=Press(when=lambda state: score(state) == 1),
)


@dataclass
class State:
    """The drawing, the learner's kernel and the secret one, and what is looked at.

    Places are (column, row) in the drawing (`pen`) and the map (`at`), (row, column) in the kernel
    (`chosen`). While the window slides by itself, `sliding`, the map ends at `at`; `slid` says that
    it has done so.
    """

    rng: np.random.Generator
    weights: int
    drawing: Array
    secret: Array
    kernel: Array = field(default_factory=lambda: _ready("copy"))
    pen: tuple[int, int] = (SIZE // 2, SIZE // 2)
    at: tuple[int, int] = (3, 3)
    chosen: tuple[int, int] = (1, 1)
    erase: bool = False
    padding: int = 0
    stride: int = 1
    sliding: bool = False
    slid: bool = False


def init(seed: int, weights: int = 3) -> State:
    """A digit, a kernel that copies it, and another that is to be found."""
    rng = np.random.default_rng(seed)
    state = State(rng, weights, digit(rng), _ready("copy"))
    state.secret = _secret(state)
    return state


def update(state: State, move: str, *values: Any) -> None:
    """The pen, the window, the weights, and how the window goes; it slides until then."""
    state.sliding = move == "slide"
    if written(state, move, *values):
        return
    match move, *values:
        case "paper", name:
            state.drawing = _paper(state.rng, name)
        case "picture", digits:
            state.drawing = np.array(SHADES.cells(digits))
        case ("slide",):
            state.at, state.slid = (0, 0), True
        case "look", column, row:
            state.at = (column, row)
        case "pick", row, column:
            state.chosen = (row, column)
        case "weight", row, column, value:
            state.chosen = (row, column)
            state.kernel[row, column] = value
        case "kernel", name:
            state.kernel = _ready(name)
        case ("padding" | "stride") as which, n:
            setattr(state, which, n)
            column, row = state.at
            last = places(state) - 1
            state.at = (min(column, last), min(row, last))
        case ("again",):
            state.kernel = _ready("copy")
            state.secret = _secret(state)


def tick(state: State) -> bool:
    """Where the window slides, one place further, row by row."""
    if not state.sliding:
        return False
    column, row = state.at
    n = places(state)
    after = row * n + column + 1
    state.sliding = after < n * n
    if not state.sliding:  # to rest where map and target differ most
        off_by = np.abs(feature_map(state, state.kernel) - feature_map(state, state.secret))
        after = int(off_by.argmax())
    state.at = (after % n, after // n)
    return True


def _paper(rng: np.random.Generator, name: str) -> Array:
    """A ready-made drawing."""
    drawing = np.zeros((SIZE, SIZE))
    if name == "digit":
        return digit(rng)
    drawing[DOT, DOT if name == "dot" else slice(2, SIZE - 2)] = 1.0
    return drawing


def convolution(kernel: Array, padding: int = 0, stride: int = 1) -> Conv2D:
    """The engine's layer with these nine weights and no bias."""
    layer = Conv2D(1, 1, WINDOW, stride, padding, rng=0)
    layer.W[:, :, 0, 0] = kernel
    return layer


def feature_map(state: State, kernel: Array) -> Array:
    """What a kernel makes of the drawing: (places, places)."""
    layer = convolution(kernel, state.padding, state.stride)
    return layer.forward(state.drawing[None, :, :, None])[0, :, :, 0]


def places(state: State) -> int:
    """Where the window can stand, along each side."""
    layer = convolution(state.kernel, state.padding, state.stride)
    return layer.windows.out((SIZE, SIZE))[0]


def window(state: State) -> Array:
    """What the window covers at the place looked at: (WINDOW, WINDOW)."""
    layer = convolution(state.kernel, state.padding, state.stride)
    column, row = state.at
    return layer.windows.im2col(state.drawing[None, :, :, None])[0, row, column, :, :, 0]


@cache
def _digits() -> Array:
    x, _ = images.glyphs(10, 0.0, 0, images.DIGITS, SIZE)
    return np.asarray(x > 0.4, float)


def distance(kernel: Array, other: Array) -> float:
    """How far the maps of two kernels are apart on ten digits: the mean |difference|."""
    one, two = (convolution(k).forward(_digits()) for k in (kernel, other))
    return float(np.abs(one - two).mean())


def off(state: State) -> float:
    """How far the learner's kernel is from the secret one."""
    return distance(state.kernel, state.secret)


def fresh(state: State) -> bool:
    """Whether nothing has been tried yet: the window has not slid, the kernel copies."""
    return not state.slid and bool((state.kernel == _ready("copy")).all())


def score(state: State) -> float:
    """1 within the tolerance, and the less the further off."""
    far = off(state)
    return 1.0 if far <= TOLERANCE else 0.95 / (1 + far)


def view(state: State) -> Node:
    """Drawing, map and target; below them how the cell looked at has come about."""
    won, may = score(state) == 1, MOVES.on(state)
    row, column = state.chosen
    return shell(
        _board(state, won),
        widgets.verdict(_verdict(state), won),
        mission=widgets.meter(
            say("off by, on ten digits"), off(state), 0, 2, zone=(0, TOLERANCE), digits=3
        ),
        dock=[
            None
            if fresh(state)
            else controls.slider(
                say("chosen weight"),
                float(state.kernel[row, column]),
                may.weight(row, column),
                name=say("weight in row {row}, column {column}", row=row + 1, column=column + 1),
                symbol="w",
                key="weight",
            ),
            controls.choice(say("Paper"), lambda name: say(PAPERS[name]), None, may.paper),
        ],
        go=widgets.row(
            controls.button(say("Another target"), may.again, primary=True) if won else None,
            controls.button(say("Slide the window"), may.slide, primary=not won),
        ),
        drawers=[
            widgets.folded(
                say("The nine products"),
                _grid(say("products"), window(state) * state.kernel),
                key="products",
            ),
            widgets.folded(
                say("Draw, or take a picture"),
                widgets.hint(say("The drawing takes ink wherever you touch it.")),
                widgets.row(
                    controls.toggle(say("Rub out"), state.erase, may.erase),
                    controls.button(say("Clear the paper"), may.clear),
                    inputs.picture_file(say("Take a photo or open a picture"), may.picture),
                ),
                widgets.hint(
                    say(
                        "Your picture stays on this device. Its middle becomes {n} × {n} dots, "
                        "each the mean of its pixels, in {levels} shades from the lightest to the "
                        "darkest; only these go into the run and its link.",
                        n=SIZE,
                        levels=LEVELS,
                    )
                ),
                key="draw",
            ),
            widgets.folded(
                say("Ready-made kernels"),
                controls.choice(
                    say("Put in"),
                    lambda name: say(NAMES[name]),
                    next((k for k in KERNELS if (_ready(k) == state.kernel).all()), None),
                    may.kernel,
                ),
                key="kernels",
            ),
            widgets.folded(
                say("Padding and stride"),
                controls.stepper(say("padding"), state.padding, may.padding),
                controls.stepper(say("stride"), state.stride, may.stride),
                widgets.hint(_size(state), live=True),
                key="windows",
            ),
        ],
    )


def describe(state: State) -> str:
    """The drawing, the kernel, the cell looked at, and how far off the kernel is."""
    column, row = state.at
    return say(
        "{ink} cells of ink, the pen at column {pen_column}, row {pen_row}{mode}. {shades} Kernel "
        "{kernel}; "
        "chosen is row {chosen_row}, column {chosen_column}. The map has {n} × {n} cells, padding "
        "{padding}, stride {stride}; the one in column {column}, row {row} is {value}, the "
        "target’s {wanted}. {verdict}",
        ink=inked(state.drawing),
        shades=_shades(state),
        pen_column=state.pen[0] + 1,
        pen_row=state.pen[1] + 1,
        mode=say(", rubbing out") if state.erase else "",
        kernel=", ".join(map(plain, state.kernel.ravel().tolist())),
        chosen_row=state.chosen[0] + 1,
        chosen_column=state.chosen[1] + 1,
        n=places(state),
        padding=state.padding,
        stride=state.stride,
        column=column + 1,
        row=row + 1,
        value=plain(float(feature_map(state, state.kernel)[row, column])),
        wanted=plain(float(feature_map(state, state.secret)[row, column])),
        verdict=_verdict(state),
    )


def solution(state: State) -> Iterator[Message]:
    """Ask a single dot, and set each weight that its map tells."""
    if score(state) == 1:
        return
    if fresh(state):
        yield ("slide",)
    if state.padding:
        yield ("padding", 0)
    if state.stride > 1:
        yield ("stride", 1)
    yield ("paper", "dot")
    yield ("look", DOT - 1, DOT - 1)
    for row, column in np.argwhere(state.kernel != state.secret).tolist():
        yield ("pick", row, column)
        yield ("weight", row, column, float(state.secret[row, column]))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move, *values:
        case ("slide",):
            return say("Each place of the window gives one cell of the map.")
        case "paper", *_:
            return say("A single dot: each sum has one product that is not 0.")
        case "look", *_:
            return say("Around the dot the target shows its kernel, turned by half a turn.")
        case "weight", row, column, value:
            return say(
                "The target is {value} in the opposite cell, row {row}, column {column}.",
                value=plain(value),
                row=WINDOW - row,
                column=WINDOW - column,
            )
    return ""


def _ready(name: str) -> Array:
    return np.array(KERNELS[name], float).reshape(WINDOW, WINDOW)


def _secret(state: State) -> Array:
    """A kernel of whole numbers from −2 to 2 that is none of the ready-made ones, nor close."""
    while True:
        kernel = np.zeros((WINDOW, WINDOW))
        where = state.rng.choice(kernel.size, state.weights, replace=False)
        kernel.flat[where] = state.rng.choice([-2, -1, 1, 2], state.weights)
        if min(distance(kernel, _ready(name)) for name in KERNELS) > 2 * TOLERANCE:
            return kernel


# --- pictures and words ---------------------------------------------------------------------------


def _board(state: State, won: bool) -> Node:
    """Drawing, map and target side by side, and below them the chain."""
    may = MOVES.on(state)
    mine, wanted = feature_map(state, state.kernel), feature_map(state, state.secret)
    largest = max(float(np.abs(mine).max()), float(np.abs(wanted).max()), 1.0)
    column, row = state.at
    chain = _chain(state, float(mine[row, column]), float(wanted[row, column]))
    if state.sliding:
        mine[np.arange(mine.size).reshape(mine.shape) > row * len(mine) + column] = np.nan
    left, top = (state.stride * at - state.padding for at in state.at)
    ring = h("div", _frame(len(mine), column, row, 1), class_="kernel-ring")
    return h(
        "div",
        h(
            "div",
            sheet(
                say("your drawing"),
                drawing_pad(state, may.draw, may.pen),
                _frame(SIZE, left, top, WINDOW),
            ),
            sheet(
                say("your map"),
                inputs.pad(
                    say("your map"),
                    mine,
                    may.look,
                    at=state.at,
                    palette="signed",
                    largest=largest,
                    name=say("your map"),
                ),
                ring,
            ),
            sheet(
                say("target"),
                picture(wanted, "signed", say("target"), largest=largest, name=say("target")),
                ring,
            ),
            class_="kernel-sheets",
        ),
        chain,
        class_="kernel-board won" if won else "kernel-board",
    )


def _frame(cells: int, column: int, row: int, size: int) -> Node:
    """A square around some cells of a picture, as a drawing over it."""
    return h(
        "svg",
        h("rect", x=column, y=row, width=size, height=size),
        viewBox=f"0 0 {cells} {cells}",
        class_="kernel-frame",
        aria_hidden="true",
    )


def _chain(state: State, sum_: float, wanted: float) -> Node:
    """Window · kernel = sum: the cell of the map that is looked at, beside the target's."""
    covered = window(state)
    return h(
        "div",
        _grid(say("window"), covered),
        h("span", "×", class_="kernel-sign", aria_hidden="true"),
        _weights(state),
        h("span", "=", class_="kernel-sign", aria_hidden="true"),
        h(
            "div",
            h("p", say("your cell"), class_="kernel-title"),
            h("span", plain(sum_), class_="kernel-sum"),
            h("p", say("target"), class_="kernel-title"),
            h("span", plain(wanted), class_="kernel-sum" + " wanted" * (sum_ != wanted)),
            class_="kernel-answer",
        ),
        class_="kernel-chain",
    )


def _grid(title: str, values: Array) -> Node:
    cells = [
        h("span", plain(value), class_=look["class_"], style=look["style"])
        for numbers, looks in zip(values.tolist(), tints(values, "signed", LARGEST), strict=True)
        for value, look in zip(numbers, looks, strict=True)
    ]
    grid = h("div", cells, class_="kernel-cells", data_palette="signed", role="img")
    grid.attributes["aria-label"] = title
    return h("div", h("p", title, class_="kernel-title"), marked(grid, {title: values}), key=title)


def _weights(state: State) -> Node:
    """The kernel: a tap chooses the weight that the slider sets."""
    may = MOVES.on(state)
    looks = tints(state.kernel, "signed", LARGEST)
    cells = [
        controls.tile(
            may.pick(row, column),
            plain(float(state.kernel[row, column])),
            pressed=(row, column) == state.chosen,
            name=say(
                "weight in row {row}, column {column}: {value}",
                row=row + 1,
                column=column + 1,
                value=plain(float(state.kernel[row, column])),
            ),
            key=f"{row}-{column}",
            look=looks[row][column]["class_"],
            style=looks[row][column]["style"],
        )
        for row in range(WINDOW)
        for column in range(WINDOW)
    ]
    grid = h("div", cells, class_="kernel-cells weights", data_palette="signed", data_symbol="w")
    return h(
        "div",
        h("p", say("your kernel"), class_="kernel-title"),
        marked(grid, {say("your kernel"): state.kernel}),
        key="weights",
    )


def _verdict(state: State) -> str:
    """How near the kernel is, and what the drawing can tell."""
    far = {"far": fixed(off(state), 3)}
    if score(state) == 1:
        return say(
            "Found! On ten digits your map is off by {far}: both kernels ask the same.", **far
        )
    if state.sliding:
        return say("The window times your kernel, added up: that is one cell of your map.")
    if fresh(state):
        return say(
            "Let the window slide over the drawing, and watch your map. The target is what hidden "
            "weights make of the same drawing."
        )
    if not state.drawing.any():
        return say("On empty paper every kernel answers 0. Draw something small, a dot say.")
    if state.drawing.sum() == state.drawing.max() == 1:
        return say(
            "One dot: your map now shows your kernel, turned by half a turn. So what does the "
            "target show?"
        )
    if (feature_map(state, state.kernel) == feature_map(state, state.secret)).all():
        return say(
            "Alike on this drawing, off by {far} on ten digits. Draw something that tells more.",
            **far,
        )
    return say(
        "{n} of {total} weights are right. Tap a weight, turn it, and your map answers at once. "
        "Which drawing would give the kernel away?",
        n=int(np.isclose(state.kernel, state.secret).sum()),
        total=state.secret.size,
    )


def _shades(state: State) -> str:
    """What a picture has beside ink and paper."""
    if (state.drawing == np.round(state.drawing)).all():
        return ""
    return say(
        "They have {n} shades, worth {sum} cells of full ink.",
        n=len(np.unique(state.drawing[state.drawing > 0])),
        sum=plain(float(state.drawing.sum())),
    )


def _size(state: State) -> str:
    return say(
        "The window fits into ({n} + 2 × {padding} − {k}) / {stride} + 1 = {out} places along each "
        "side, rounded down. Padding is a rim of zeros; the stride is how far the window goes at "
        "a time.",
        n=SIZE,
        padding=state.padding,
        k=WINDOW,
        stride=state.stride,
        out=places(state),
    )
