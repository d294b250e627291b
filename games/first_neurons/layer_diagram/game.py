"""Layer Diagram: win five rounds. Each line is a number in a table: row says from, column says to.

Five rounds, each of another kind (rounds.py), are answered before the truth is shown; a miss is
asked again with other numbers. Whoever looks around freely touches a line and sees which number in
which table it is, and the reverse; then there is nothing to win.

h = tanh(x W₁ + b₁), y = σ(h W₂ + b₂), by the engine; a line from unit i to
unit j is the entry W[i, j], row i and column j counted from 0. A brain that is opened is drawn in
the same way, with one more hidden layer at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from games import Message, Node, Param, refuse
from games.brains import Room, named, opener, taken
from games.concepts.bet import Bet, commit
from games.first_neurons.layer_diagram import rounds
from games.first_neurons.layer_diagram.rounds import KINDS, Entry, Question, Sizes
from games.moves import Dial, File, Parts, Pick, Press, Switch, moves
from games.ui import controls, diagrams, sums, widgets
from games.ui.node import Child, h, marked
from games.ui.numbers import fixed
from games.ui.shell import shell
from games.words import indexed, say, word
from pycore import brains
from pycore.arrays import Array
from pycore.brains import Brain, name_of
from pycore.layers import Dense, Sequential

EDITION = 2
LEARNT = word(
    "The weights between two layers are a table: a row for each unit that sends, a column for each "
    "neuron that collects. So a layer learns rows × columns weights, and a bias for each column."
)
PARAMS = {
    "inputs": Param(Dial(*rounds.RANGES[0]), 3, "Inputs"),
    "hidden": Param(Dial(*rounds.RANGES[1]), 4, "Hidden neurons"),
    "outputs": Param(Dial(*rounds.RANGES[2]), 2, "Output neurons"),
}
ROOM = Room(hidden=2, units=6, inputs=4, largest=100)
"""Of a brain that is opened in place of the network drawn by seed."""
LAYERS = ("inputs", "hidden", "outputs")
REACH = 2.5
"""The point that it is asked about lies between −REACH and REACH, where it was trained."""


def _answering(*kinds: str) -> Any:
    """Whether a question of one of these kinds waits for its answer."""
    return lambda state: not state.free and state.bet.open and state.asked.kind in kinds


def _building(layer: int) -> Dial:
    low, high = rounds.RANGES[layer]
    return Dial(low, high, when=_answering("build"))


MOVES = moves(
    entry=Parts(
        lambda state: state.free or _answering("entry")(state),
        matrix=Dial(0, lambda state: len(_dense(state)) - 1),
        row=Dial(0, ROOM.units - 1),
        column=Dial(0, ROOM.units - 1),
    ),
    start=Dial(0, lambda state: _ends(state)[0] - 1, when=_answering("line")),
    end=Dial(
        0,
        lambda state: _ends(state)[1] - 1,
        when=lambda state: state.start is not None and _answering("line")(state),
    ),
    answer=Pick(
        *rounds.ids(),
        when=_answering("shape", "count"),
        only=lambda state: state.asked.options,
    ),
    inputs=_building(0),
    hidden=_building(1),
    outputs=_building(2),
    check=Press(when=lambda state: not state.free and state.bet.ready),
    next=Press(when=lambda state: not state.free and state.bet.over),
    free=Switch(),
    open=File(binary=True),
    close=Press(when=lambda state: state.brain is not None),
)


@dataclass
class State:
    """The network on show, the question about it, and what was answered.

    `own` is the network drawn by seed, and `example` its inputs. `network` is that, the one that is
    asked about, or what answers for the `brain` that is open; `values` are x, then each layer's
    sums and activations. `entry` is the line looked at freely: (matrix from 0 on, row, column).
    Of the `asked` question, whose chance is the `dice`, `bet` holds the answer, `start` where a
    line begins that is half said, and `built` the sizes in the last round. `done` counts the
    rounds won.
    """

    rng: np.random.Generator
    dice: np.random.Generator
    own: Sequential
    example: Array
    network: Sequential
    values: list[Array]
    asked: Question
    built: Sizes
    entry: Entry = (0, 0, 0)
    brain: Brain | None = None
    free: bool = False
    done: int = 0
    bet: Bet[Any] = field(default_factory=Bet)
    start: int | None = None


def init(seed: int, inputs: int = 3, hidden: int = 4, outputs: int = 2) -> State:
    """Weights, biases and inputs with one decimal, so that sums can be checked by hand."""
    rng = np.random.default_rng(seed)
    sizes = inputs, hidden, outputs
    network = rounds.network(sizes, rng)
    example = rounds.one_decimal((1, inputs), rng)
    values = network.activations(example)
    dice = np.random.default_rng([seed, len(KINDS)])
    asked = rounds.drawn(dice, KINDS[0], sizes)
    return State(rng, dice, network, example, network, values, asked, sizes)


def update(state: State, move: str, *values: Any) -> None:
    """An answer and its check; a look at one weight; a brain in the network's place, or out."""
    match move, *values:
        case "entry", matrix, i, j:
            shape = _dense(state)[matrix].W.shape
            if not (i < shape[0] and j < shape[1]):
                allowed = say("row and column, from 0, of a matrix of shape {s}", s=str(shape))
                refuse(move, values, allowed)
            if state.free:
                state.entry = (matrix, i, j)
            elif matrix != state.asked.matrix:
                allowed = say("matrix {n}, which is asked about", n=state.asked.matrix)
                refuse(move, values, allowed)
            else:
                state.bet.place((matrix, i, j))
        case "start", i:
            state.start = i
            state.bet.again()
        case "end", j:
            state.bet.place((state.asked.matrix, state.start, j))
        case "answer", said:
            state.bet.place(said)
        case layer, n if layer in LAYERS:
            sizes = list(state.built)
            sizes[LAYERS.index(layer)] = n
            state.built = (sizes[0], sizes[1], sizes[2])
            state.bet.place(state.built)
            _show(state)
        case ("check",):
            state.bet.settle()
            state.done += right(state)
        case ("next",):
            _go_on(state)
        case "free", on:
            state.free = on
            _show(state)
        case "open", text:
            brain = taken(text, ROOM)
            point = np.round(state.rng.uniform(-REACH, REACH, (1, 2)), 1)
            state.free = True
            _put(state, brain, brain.answering(), brains.inputs(brain.inputs, point))
        case ("close",):
            _show(state)


def right(state: State) -> bool:
    """Whether what was said is the truth."""
    return bool(state.bet.said == state.asked.truth)


def score(state: State) -> float | None:
    """The share of the rounds that are over; None while one looks around."""
    return None if state.free else state.done / len(KINDS)


def solution(state: State) -> Iterator[Message]:
    """Every round that is left, answered; each move is for the question as it then is."""
    if state.free:
        yield ("free", False)
    while state.done < len(KINDS):
        if state.bet.over:
            yield ("next",)
        yield from _answer(state)
        yield ("check",)


def _answer(state: State) -> Iterator[Message]:
    """The moves that say the truth."""
    match state.asked.kind:
        case "line":
            _, i, j = state.asked.truth
            yield from (("start", i), ("end", j))
        case "entry":
            yield ("entry", *state.asked.truth)
        case "build":
            for layer, name in enumerate(LAYERS):
                wanted = state.asked.truth[layer]
                while (n := state.built[layer]) != wanted:
                    yield (name, n + (1 if wanted > n else -1))
        case _:
            yield ("answer", state.asked.truth)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "entry" | "start":
            return say("The first number counts the rows, the second the columns, both from 0.")
        case "answer" if state.asked.kind == "shape":
            return say("As many rows as units send, as many columns as neurons collect.")
        case "answer":
            return say("Every line is a weight, and every neuron that collects has a bias.")
        case _ if move in LAYERS:
            return say("The table settles two layers; the number settles the third.")
        case _:
            return ""


# --- the network ----------------------------------------------------------------------------------


def _go_on(state: State) -> None:
    """The next round; after a miss the same kind again, and after the last one all from the first.

    A plan that was missed stays, and so does what was built.
    """
    missed = not right(state)
    state.bet.again()
    state.start = None
    if missed and state.asked.kind == "build":
        return
    state.done %= len(KINDS)
    inputs, hidden, outputs = _sizes(state.own)
    state.built = (inputs, hidden, outputs)
    state.asked = rounds.drawn(state.dice, KINDS[state.done], state.built)
    _show(state)


def _show(state: State) -> None:
    """Show what is looked at freely, or what the question is about."""
    if state.free or state.asked.kind in ("line", "entry"):
        _put(state, None, state.own, state.example)
    else:
        sizes = state.built if state.asked.kind == "build" else state.asked.sizes
        _put(state, None, _sketch(sizes), np.ones((1, sizes[0])))


@cache
def _sketch(sizes: Sizes) -> Sequential:
    """A network of these sizes, always the same."""
    return rounds.network(sizes, np.random.default_rng(sizes))


def _put(state: State, brain: Brain | None, network: Sequential, x: Array) -> None:
    """Put another network on show, at its first entry."""
    state.brain, state.network, state.entry = brain, network, (0, 0, 0)
    state.values = network.activations(x)


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


def _sizes(network: Sequential) -> list[int]:
    """Units in every layer, inputs included."""
    dense = [layer for layer in network if isinstance(layer, Dense)]
    return [dense[0].n_in, *(layer.n_out for layer in dense)]


def _ends(state: State) -> tuple[int, int]:
    """Rows and columns of the table that is asked about."""
    rows, columns = state.asked.sizes[state.asked.matrix : state.asked.matrix + 2]
    return rows, columns


# --- pictures -------------------------------------------------------------------------------------


def view(state: State) -> Node:
    """The diagram with its question and what answers it; freely, both tables to touch."""
    return _around(state) if state.free else _round(state)


def _round(state: State) -> Node:
    """One of the rounds: the question on the stage, what answers it below."""
    may, over, won = MOVES.on(state), state.bet.over, score(state) == 1
    more = say("Five more") if won else say("Next round") if right(state) else say("Once more")
    return shell(
        _picture(state, won),
        widgets.verdict(_verdict(state), won, lost=over and not right(state)),
        mission=widgets.progress(say("rounds won"), state.done, len(KINDS)),
        dock=_answers(state),
        go=widgets.row(
            commit(state.bet, say("Check"), may.check, may.next, more=more),
            controls.button(say("Look around"), may.free(True), key="free"),
        ),
        drawers=[
            opener(state.brain, may.open, may.close, say("Back to the first network")),
        ],
    )


def _answers(state: State) -> list[Child]:
    """The controls that answer the question."""
    may, asked = MOVES.on(state), state.asked
    match asked.kind:
        case "line":
            starts, ends = _names(state)[asked.matrix : asked.matrix + 2]
            end = state.bet.said[2] if state.bet.said else None
            return [
                controls.choice(say("From"), starts.__getitem__, state.start, may.start),
                controls.choice(say("to"), ends.__getitem__, end, may.end),
                _table(state, asked.matrix),
            ]
        case "entry":
            return [_table(state, asked.matrix)]
        case "build":
            return [
                controls.stepper(say("Inputs"), state.built[0], may.inputs),
                controls.stepper(say("Hidden neurons"), state.built[1], may.hidden),
                controls.stepper(say("Output neurons"), state.built[2], may.outputs),
            ]
        case kind:
            label = say("rows × columns") if kind == "shape" else say("numbers")
            return [controls.choice(label, _option, state.bet.said, may.answer)]


def _around(state: State) -> Node:
    """Every line and every entry to touch, and what the marked one does."""
    may = MOVES.on(state)
    return shell(
        _picture(state, False),
        widgets.verdict(_line(state)),
        dock=[_table(state, matrix) for matrix in range(len(_dense(state)))],
        go=controls.button(say("To the rounds"), may.free(False), primary=True, key="free"),
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


def _picture(state: State, won: bool) -> Node:
    """The network, with the line that is marked, and what its layers are called."""
    kind = "line" if state.free else state.asked.kind
    told = state.free or state.bet.over
    lit = not state.free and bool(_marked(state))
    looks = ["layers", *["asked"] * (not state.free), *["marking"] * lit, *["won"] * won]
    network = diagrams.network(
        [dense.W for dense in _dense(state)],
        [values[0] for values in state.values[::2]],
        label=say("The network; its lines can be pointed at"),
        won=won,
        chosen_edges=_marked(state),
        pick_edge=_picks(state),
        point_edge=state.free,
        edge_name=_entry if told and kind in ("line", "entry") else None,
        names=_names(state),
        width=420,
        height=300,
    )
    return h(
        "div",
        marked(network, _drawn(state) if told or kind in ("line", "entry") else {}),
        h("p", [h("span", name) for name in _layer_names(state)], class_="layer-names"),
        class_=" ".join(looks),
    )


def _marked(state: State) -> list[Entry]:
    """The line looked at freely; in a round the chosen one, and once it is over the right one."""
    if state.free:
        return [state.entry]
    if state.asked.kind == "entry" or (state.asked.kind == "line" and state.bet.over):
        return [state.asked.truth]
    if state.asked.kind != "line":
        return []
    if state.bet.said is None and state.start is not None:
        matrix, columns = state.asked.matrix, _ends(state)[1]
        return [(matrix, state.start, j) for j in range(columns)]
    return [state.bet.said] if state.bet.said else []


def _picks(state: State) -> Callable[[int, int, int], Message | None] | None:
    """What a line sends: freely any, in a round one that starts where the asked one is said to."""
    may = MOVES.on(state)
    if state.free:
        return lambda matrix, i, j: may.entry(matrix, i, j).message
    if not may.end.open:
        return None
    begun = state.asked.matrix, state.start
    return lambda matrix, i, j: may.end(j).message if (matrix, i) == begun else None


def _letters(state: State) -> str:
    """What the layers are called: x, then h and k for those between, then y."""
    return "x" + "hk"[: len(_dense(state)) - 1] + "y"


def _names(state: State) -> list[list[str]]:
    """What the units are called; the inputs of a brain have names of their own."""
    layers = zip(_letters(state), _sizes(state.network), strict=True)
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


def _option(name: str) -> str:
    return name.replace("x", " × ")


def _table(state: State, matrix: int) -> Node:
    """A weight matrix whose entries are the lines.

    Rows and columns carry the units' names; while a round asks about them, their numbers only.
    """
    W, names = _dense(state)[matrix].W, _names(state)
    rows, columns = names[matrix], names[matrix + 1]
    if not state.free:
        numbers = [[str(i) for i in range(n)] for n in W.shape]
        if state.bet.over:
            numbers = [
                [f"{i} {name}" for i, name in zip(some, units, strict=True)]
                for some, units in zip(numbers, (rows, columns), strict=True)
            ]
        rows, columns = numbers
    lit = state.entry if state.free else _lit(state)
    look, pressed = MOVES.on(state).entry, state.free or state.asked.kind == "entry"

    def cell(i: int, j: int) -> Node:
        value, here = float(W[i, j]), (matrix, i, j)
        printed = fixed(value, 1 if abs(value) >= 10 else _digits(state))
        truth = not state.free and state.bet.over and here == state.asked.truth
        look_of = " negative" * (value < 0) + " truth" * truth
        if not pressed:
            return h("td", h("span", printed, class_="entry" + look_of + " lit" * (here == lit)))
        events = ("click", "point") if state.free else ("click",)
        return h(
            "td",
            controls.tile(
                look(matrix, i, j),
                printed,
                look="button" + look_of,
                pressed=here == lit,
                name=f"{_entry(matrix, i, j)} = {printed}",
                events=events,
            ),
        )

    at = lit[1:] if lit and lit[0] == matrix else (None, None)
    return h(
        "table",
        h("caption", _caption(state, matrix)),
        h(
            "thead",
            h(
                "tr",
                h("td"),
                [
                    h("th", name, scope="col", class_="at" if at[1] == j else None)
                    for j, name in enumerate(columns)
                ],
            ),
        ),
        h(
            "tbody",
            [
                h(
                    "tr",
                    h("th", name, scope="row", class_="at" if at[0] == i else None),
                    [cell(i, j) for j in range(len(columns))],
                )
                for i, name in enumerate(rows)
            ],
        ),
        key=matrix,
        class_="matrix fine" if state.brain else "matrix",
        data_symbol="W w",
    )


def _lit(state: State) -> Entry | None:
    """The entry that a round asks about, or that was chosen in it."""
    said: Entry | None = state.asked.truth if state.asked.kind == "line" else state.bet.said
    return said


def _caption(state: State, matrix: int) -> str:
    """What the table is called; freely, which shape it has and why."""
    name, names = indexed("W", matrix + 1), _names(state)
    if not state.free:
        return say("{name}: rows and columns are counted from 0", name=name)
    rows, columns = names[matrix], names[matrix + 1]
    told = {"name": name, "shape": f"{len(rows)} × {len(columns)}"}
    told |= {"first": rows[0], "last": rows[-1], "left": columns[0]}
    if len(columns) > 1:
        return say(
            "{name}, shape {shape}: a row for each of {first} to {last}, a column for each of "
            "{left} to {right}",
            **told,
            right=columns[-1],
        )
    return say(
        "{name}, shape {shape}: a row for each of {first} to {last}, one column for {left}", **told
    )


# --- words ----------------------------------------------------------------------------------------


def describe(state: State) -> str:
    """The layers and the line looked at; in a round the question, what is said, and the truth."""
    layers = " → ".join(map(str, _sizes(state.network)))
    if not state.free:
        return say(
            "Round {n} of {total}, {done} won. A network of {layers} units. You say: {said}. "
            "{verdict}",
            n=min(KINDS.index(state.asked.kind) + 1, len(KINDS)),
            total=len(KINDS),
            done=state.done,
            layers=layers,
            said=_said(state),
            verdict=_verdict(state),
        )
    told = {"layers": layers, "line": _line(state), "sum": _sum(state)}
    if state.brain:
        brain = named(state.brain)
        return say("The brain {brain}, with units {layers}. {line} {sum}.", brain=brain, **told)
    return say("A network of {layers} units. {line} {sum}.", **told)


def _said(state: State) -> str:
    """The answer so far."""
    match state.asked.kind, state.bet.said:
        case "line", None if state.start is not None:
            names = _names(state)[state.asked.matrix]
            return say("from {start}", start=names[state.start])
        case _, None:
            return say("nothing")
        case "line", said:
            start, end = _units(state, said)
            return say("from {start} to {end}", start=start, end=end)
        case "entry", said:
            return _entry(*said)
        case "build", sizes:
            return "-".join(map(str, sizes))
        case _, said:
            return _option(said)


def _verdict(state: State) -> str:
    """The question; once it was checked, the truth and why it is so."""
    if not state.bet.over:
        return _question(state)
    truth = _truth(state)
    if score(state) == 1:
        return say("All five! {truth}", truth=truth)
    return say("Yes! {truth}", truth=truth) if right(state) else truth


def _question(state: State) -> str:
    asked = state.asked
    name = indexed("W", asked.matrix + 1)
    match asked.kind:
        case "line":
            _, i, j = asked.truth
            return say(
                "Which line is {entry}, row {i}, column {j} of the table? Say where it starts, and "
                "where it ends.",
                entry=_entry(*asked.truth),
                i=i,
                j=j,
            )
        case "entry":
            start, end = _units(state, asked.truth)
            return say(
                "The marked line runs from {start} to {end}. Tap its number in the table.",
                start=start,
                end=end,
            )
        case "shape":
            letters = _letters(state)[asked.matrix :]
            return say(
                "{name} is the table of the lines from {start} to {end}. What is its shape?",
                name=name,
                start=letters[0],
                end=letters[1],
            )
        case "count":
            return say(
                "How many numbers does this network have to learn, weights and biases together?"
            )
        case _:
            rows, columns = asked.truth[asked.matrix : asked.matrix + 2]
            return say(
                "Build a network: {name} has the shape {shape}, and weights and biases together "
                "are {n} numbers.",
                name=name,
                shape=f"{rows} × {columns}",
                n=rounds.parameters(asked.truth),
            )


def _truth(state: State) -> str:
    """Why the answer is what it is; after a miss, what the answer given would have been."""
    asked, hit = state.asked, right(state)
    said: Any = state.bet.said
    match asked.kind:
        case "line" | "entry":
            matrix, i, j = asked.truth
            start, end = _units(state, asked.truth)
            told = {"start": start, "end": end, "i": i, "j": j}
            if hit:
                return say(
                    "Row {i} is {start}, where it starts; column {j} is {end}, where it ends.",
                    **told,
                )
            return say(
                "Not quite: yours is {said}. {entry} is row {i}, from {start}, and column {j}, to "
                "{end}.",
                said=_entry(*said),
                entry=_entry(matrix, i, j),
                **told,
            )
        case "shape":
            rows, columns = _ends(state)
            told = {"rows": rows, "columns": columns}
            if hit:
                return say(
                    "{rows} units send: a row each. {columns} collect: a column each.", **told
                )
            return say(
                "Not {said}: {rows} units send, a row each; {columns} collect, a column each. So "
                "{rows} × {columns}.",
                said=_option(said),
                **told,
            )
        case "count":
            if hit:
                return _count(asked.sizes)
            return say("Not {said}. {count}", said=said, count=_count(asked.sizes))
        case _:
            if hit:
                return _count(asked.truth)
            rows, columns = state.built[asked.matrix : asked.matrix + 2]
            return say(
                "Not yet: your {name} is {rows} × {columns}. {count}",
                name=indexed("W", asked.matrix + 1),
                rows=rows,
                columns=columns,
                count=_count(state.built),
            )


def _count(sizes: Sizes) -> str:
    """How weights and biases add up."""
    ins, hidden, outs = sizes
    return say(
        "{ins} × {hidden} + {hidden} × {outs} weights and {hidden} + {outs} biases make {n} "
        "numbers.",
        ins=ins,
        hidden=hidden,
        outs=outs,
        n=rounds.parameters(sizes),
    )


def _units(state: State, entry: Entry) -> tuple[str, str]:
    """The two units that a line connects."""
    matrix, i, j = entry
    names = _names(state)
    return names[matrix][i], names[matrix + 1][j]


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
