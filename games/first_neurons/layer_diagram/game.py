"""Layer Diagram: find the line of each number that is asked for: row is from, column is to.

Whoever touches a line sees which number in which table it is, and the reverse. FINDS numbers are
asked for; they are counted, but there is nothing to win.

h = tanh(x W₁ + b₁), y = σ(h W₂ + b₂), by the engine; a line from unit i to
unit j is the entry W[i, j], row i and column j counted from 0. A brain that is opened is drawn in
the same way, with one more hidden layer at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from games import Message, Node, Param, refuse
from games.brains import Room, named, opener, taken
from games.moves import Dial, File, Parts, Press, moves
from games.ui import diagrams, sums, widgets
from games.ui.node import h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import indexed, say
from pycore import brains
from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.brains import Brain, name_of
from pycore.layers import Dense, Sequential

PARAMS = {
    "inputs": Param(Dial(2, 4), 3, "Inputs"),
    "hidden": Param(Dial(2, 5), 4, "Hidden neurons"),
    "outputs": Param(Dial(1, 3), 2, "Output neurons"),
}
ROOM = Room(hidden=2, units=6, inputs=4, largest=100)
"""Of a brain that is opened in place of the network drawn by seed."""
FINDS = 5
REACH = 2.5
"""The point that it is asked about lies between −REACH and REACH, where it was trained."""
MOVES = moves(
    entry=Parts(
        matrix=Dial(0, lambda state: len(_dense(state)) - 1),
        row=Dial(0, ROOM.units - 1),
        column=Dial(0, ROOM.units - 1),
    ),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """The network, an example, its values layer by layer, and the entry looked at.

    `own` is the network drawn by seed, and `example` its inputs; `network` is that, or what answers
    for the `brain` that is open. `values` are x, then each layer's sums and activations. `entry` is
    (matrix from 0 on, row, column), and so are those still `asked` for, the next one first;
    `hit` says that the entry looked at was asked for.
    """

    rng: np.random.Generator
    own: Sequential
    example: Array
    network: Sequential
    values: list[Array]
    asked: list[tuple[int, int, int]]
    entry: tuple[int, int, int] = (0, 0, 0)
    brain: Brain | None = None
    hit: bool = False


def init(seed: int, inputs: int = 3, hidden: int = 4, outputs: int = 2) -> State:
    """Weights, biases and inputs with one decimal, so that sums can be checked by hand."""
    rng = np.random.default_rng(seed)
    network = Sequential(
        Dense(inputs, hidden, _one_decimal, _one_decimal, rng=rng),
        Tanh(),
        Dense(hidden, outputs, _one_decimal, _one_decimal, rng=rng),
        Sigmoid(),
    )
    example = _one_decimal((1, inputs), rng)
    values = network.activations(example)
    return State(rng, network, example, network, values, _asked(seed, network))


def update(state: State, move: str, *values: Any) -> None:
    """A look at one weight; a brain in the network's place, or out of it again."""
    match move, *values:
        case "entry", matrix, i, j:
            shape = _dense(state)[matrix].W.shape
            if not (i < shape[0] and j < shape[1]):
                refuse(move, values, f"row and column of a matrix of shape {shape}, from 0 on")
            if state.entry == (matrix, i, j):
                return  # a finger points and clicks: what was found stays found
            state.entry = (matrix, i, j)
            state.hit = state.brain is None and state.asked[:1] == [state.entry]
            if state.hit:
                del state.asked[0]
        case "open", text:
            brain = taken(text, ROOM)
            point = np.round(state.rng.uniform(-REACH, REACH, (1, 2)), 1)
            _put(state, brain, brain.answering(), brains.inputs(brain.inputs, point))
        case ("close",):
            _put(state, None, state.own, state.example)


def view(state: State) -> Node:
    """The diagram and what its marked line is; both matrices with their shapes."""
    may = MOVES.on(state)
    network = diagrams.network(
        [dense.W for dense in _dense(state)],
        [values[0] for values in state.values[::2]],
        label=say("The network; its lines can be pointed at"),
        chosen_edges=[state.entry],
        pick_edge=lambda matrix, i, j: may.entry(matrix, i, j).message,
        point_edge=True,
        edge_name=_entry,
        names=_names(state),
        width=420,
        height=300,
    )
    return shell(
        h(
            "div",
            marked(network, _drawn(state)),
            h("p", [h("span", name) for name in _layer_names(state)], class_="layer-names"),
        ),
        widgets.verdict(_verdict(state)),
        mission=None
        if state.brain
        else widgets.progress(_quest(state), FINDS - len(state.asked), FINDS),
        dock=[_matrix(state, matrix) for matrix in range(len(_dense(state)))],
        drawers=[
            widgets.folded(
                say("Where the line leads: the whole sum"),
                h("p", widgets.verbatim(_sum(state)), class_="arithmetic"),
                key="sum",
            ),
            widgets.folded(say("Shapes"), h("p", _shapes(state)), key="shapes"),
            opener(state.brain, may.open, may.close, say("Back to the first network")),
        ],
    )


def describe(state: State) -> str:
    """The layers, and the entry looked at with what it does."""
    layers = " → ".join(map(str, _sizes(state)))
    told = {"layers": layers, "line": _line(state), "sum": _sum(state)}
    if state.brain:
        brain = named(state.brain)
        return say("The brain {brain}, with units {layers}. {line} {sum}.", brain=brain, **told)
    return say(
        "{quest}: {n} of {total}. A network of {layers} units. {line} {sum}.",
        quest=_quest(state),
        n=FINDS - len(state.asked),
        total=FINDS,
        **told,
    )


def solution(state: State) -> Iterator[Message]:
    """What is asked for; then along a row (what a unit sends), down a column (what it collects)."""
    if state.brain is None:
        yield from [("entry", *entry) for entry in state.asked]
    first, *others = _dense(state)
    yield from (("entry", 0, 0, j) for j in range(first.n_out))
    yield from (("entry", 0, i, first.n_out - 1) for i in range(first.n_in))
    for n, dense in enumerate(others, 1):
        yield from (("entry", n, i, 0) for i in range(dense.n_in))


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    if state.asked[:1] == [values]:
        return say("The first number counts the rows, the second the columns, both from 0.")
    match values:
        case 0, 0, _:
            return say("A row holds the weights with which one unit sends.")
        case _:
            return say("A column holds the weights with which one neuron collects.")


# --- the network ----------------------------------------------------------------------------------


def _one_decimal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    size = np.round(rng.uniform(0.1, 1.5, shape), 1)
    return np.asarray(size * rng.choice([-1.0, 1.0], shape))


def _asked(seed: int, network: Sequential) -> list[tuple[int, int, int]]:
    """FINDS entries to look for, none twice in a row, and first not the one that is marked."""
    rng = np.random.default_rng([seed, FINDS])
    shapes = [layer.W.shape for layer in network if isinstance(layer, Dense)]
    found = [(0, 0, 0)]
    while len(found) <= FINDS:
        matrix = int(rng.integers(len(shapes)))
        i, j = (int(rng.integers(n)) for n in shapes[matrix])
        if (entry := (matrix, i, j)) != found[-1]:
            found.append(entry)
    return found[1:]


def _put(state: State, brain: Brain | None, network: Sequential, x: Array) -> None:
    """Look at another network, at its first entry."""
    state.brain, state.network, state.entry, state.hit = brain, network, (0, 0, 0), False
    state.values = network.activations(x)


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


def _sizes(state: State) -> list[int]:
    """Units in every layer, inputs included."""
    return [_dense(state)[0].n_in, *(dense.n_out for dense in _dense(state))]


# --- pictures and words ---------------------------------------------------------------------------


def _letters(state: State) -> str:
    """What the layers are called: x, then h and k for those between, then y."""
    return "x" + "hk"[: len(_dense(state)) - 1] + "y"


def _names(state: State) -> list[list[str]]:
    """What the units are called; the inputs of a brain have names of their own."""
    layers = zip(_letters(state), _sizes(state), strict=True)
    names = [[indexed(letter, i + 1) for i in range(n)] for letter, n in layers]
    return [list(state.brain.inputs), *names[1:]] if state.brain else names


def _layer_names(state: State) -> list[str]:
    """What stands below the picture, where more layers have less room each."""
    hidden = len(_dense(state)) - 1
    if hidden > 1:
        between = [say("hidden {i}", i=i + 1) for i in range(hidden)]
        return [say("input"), *between, say("output")]
    return [say("input layer"), *[say("hidden layer")] * hidden, say("output layer")]


def _function(state: State, matrix: int) -> str:
    """What bends the sums of a matrix, as it is written; nothing where nothing does."""
    name = name_of(state.network.layers[2 * matrix + 1])
    return {"sigmoid": "σ", "none": ""}.get(name, name)


def _digits(state: State) -> int:
    """Decimals of the weights: those drawn by seed have one."""
    return 2 if state.brain else 1


def _entry(matrix: int, i: int, j: int) -> str:
    return f"{indexed('W', matrix + 1)}[{i}, {j}]"


def _matrix(state: State, matrix: int) -> Node:
    """A weight matrix whose entries are buttons; rows and columns carry the units' names."""
    W, names = _dense(state)[matrix].W, _names(state)
    rows, columns = names[matrix], names[matrix + 1]
    row, here = state.entry[:2], (state.entry[0], state.entry[2])
    look = MOVES.on(state).entry

    shape = {"name": indexed("W", matrix + 1), "shape": f"{W.shape[0]} × {W.shape[1]}"}
    shape |= {"first": rows[0], "last": rows[-1]}

    def cell(i: int, j: int) -> Node:
        value = float(W[i, j])
        printed = fixed(value, 1 if abs(value) >= 10 else _digits(state))
        return h(
            "td",
            h(
                "button",
                printed,
                type="button",
                class_="button" + " negative" * (value < 0),
                aria_pressed="true" if state.entry == (matrix, i, j) else "false",
                aria_label=f"{_entry(matrix, i, j)} = {printed}",
                on=dict.fromkeys(("click", "point"), look(matrix, i, j).message),
            ),
        )

    return h(
        "table",
        h(
            "caption",
            say(
                "{name}, shape {shape}: a row for each of {first} to {last}, a column for each of "
                "{left} to {right}",
                **shape,
                left=columns[0],
                right=columns[-1],
            )
            if len(columns) > 1
            else say(
                "{name}, shape {shape}: a row for each of {first} to {last}, one column for {left}",
                **shape,
                left=columns[0],
            ),
        ),
        h(
            "thead",
            h(
                "tr",
                h("td"),
                [
                    h("th", name, scope="col", class_="at" if here == (matrix, j) else None)
                    for j, name in enumerate(columns)
                ],
            ),
        ),
        h(
            "tbody",
            [
                h(
                    "tr",
                    h("th", name, scope="row", class_="at" if row == (matrix, i) else None),
                    [cell(i, j) for j in range(len(columns))],
                )
                for i, name in enumerate(rows)
            ],
        ),
        key=matrix,
        class_="matrix fine" if state.brain else "matrix",
        data_symbol="W w",
    )


def _quest(state: State) -> str:
    """Which entry is asked for, and whether the last one has just been found."""
    if not state.asked:
        return say("All found!")
    entry = _entry(*state.asked[0])
    return say("Yes! Now {entry}", entry=entry) if state.hit else say("Find {entry}", entry=entry)


def _line(state: State) -> str:
    matrix, i, j = state.entry
    names = _names(state)
    weight = float(_dense(state)[matrix].W[i, j])
    carried = float(state.values[2 * matrix][0, i])
    factor = fixed(weight, _digits(state))
    return say(
        "{entry} = {weight}: row {i}, column {j}, the line from {start} to {end}. It carries "
        "{carried} × {factor} = {product}.",
        entry=_entry(*state.entry),
        weight=factor,
        i=i,
        j=j,
        start=names[matrix][i],
        end=names[matrix + 1][j],
        carried=fixed(carried),
        factor=f"({factor})" if weight < 0 else factor,
        product=fixed(carried * weight),
    )


def _verdict(state: State) -> str:
    """What the line is; as long as another is asked for, which one that is."""
    if state.brain or state.hit or not state.asked:
        return _line(state)
    matrix, i, j = state.entry
    names = _names(state)
    return say(
        "{entry} = {weight}: row {i}, column {j}, counted from 0; from {start} to {end}. Not what "
        "is asked for: that is {asked}.",
        entry=_entry(*state.entry),
        weight=fixed(float(_dense(state)[matrix].W[i, j]), _digits(state)),
        i=i,
        j=j,
        start=names[matrix][i],
        end=names[matrix + 1][j],
        asked=_entry(*state.asked[0]),
    )


def _sum(state: State) -> str:
    """The whole weighted sum of the neuron that the line leads to."""
    matrix, _, j = state.entry
    dense = _dense(state)[matrix]
    x, z, a = (values[0] for values in state.values[2 * matrix : 2 * matrix + 3])
    function = _function(state, matrix)
    total = sums.weighted_sum(
        dense.W[:, j].tolist(), x.tolist(), float(dense.b[j]), digits=_digits(state)
    )
    name = _names(state)[matrix + 1][j]
    return f"{name} = {function}({total}) = {function}({fixed(z[j])}) = {fixed(a[j])}"


def _shapes(state: State) -> str:
    """The shapes of one forward pass, layer by layer."""
    letters, steps = _letters(state), []
    for n, dense in enumerate(_dense(state)):
        n_in, n_out = dense.W.shape
        steps.append(
            say(
                "{formula} gives {result}: (1, {n_in}) times ({n_in}, {n_out}) is (1, {n_out}).",
                formula=f"{letters[n]} {indexed('W', n + 1)} + {indexed('b', n + 1)}",
                result=letters[n + 1],
                n_in=n_in,
                n_out=n_out,
            )
        )
    return " ".join([*steps, say("Rows and columns are counted from 0, as in the code.")])


def _drawn(state: State) -> dict[str, Array]:
    """Every layer's parameters and values, and the entry looked at."""
    found: dict[str, Array] = {say("inputs x"): state.values[0][0]}
    for n, dense in enumerate(_dense(state)):
        z, a = (values[0] for values in state.values[2 * n + 1 : 2 * n + 3])
        found |= {
            say("weights {name} (units before × units)", name=indexed("W", n + 1)): dense.W,
            say("biases {name}", name=indexed("b", n + 1)): dense.b,
            say("sums {name}", name=indexed("z", n + 1)): z,
            say("activations {name}", name=_letters(state)[n + 1]): a,
        }
    matrix, i, j = state.entry
    weight = _dense(state)[matrix].W[i, j]
    carries = weight * state.values[2 * matrix][0, i]
    return found | {say("the marked weight, and what it carries"): np.array([weight, carries])}
