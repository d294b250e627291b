"""Layer Diagram: point at a line to see which entry of which matrix it is, or the other way.

Curriculum item 6. h = tanh(x W₁ + b₁), y = σ(h W₂ + b₂), by the engine; a line from unit i to
unit j is the entry W[i, j], row i and column j counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from games import Message, Node, Param, is_whole, refuse
from games.ui import diagrams, sums, widgets
from games.ui.node import h
from games.ui.numbers import fixed
from pycore.activations import Sigmoid, Tanh
from pycore.arrays import Array
from pycore.layers import Dense, Sequential

PARAMS = {
    "inputs": Param(3, "Inputs", low=2, high=4),
    "hidden": Param(4, "Hidden neurons", low=2, high=5),
    "outputs": Param(2, "Output neurons", low=1, high=3),
}


@dataclass
class State:
    """The network, an example, its values layer by layer, and the entry looked at.

    `values` are x, then each layer's sums and activations. `entry` is (matrix 0 or 1, row, column).
    """

    rng: np.random.Generator
    network: Sequential
    values: list[Array]
    entry: tuple[int, int, int] = (0, 0, 0)


def init(seed: int, inputs: int = 3, hidden: int = 4, outputs: int = 2) -> State:
    """Weights, biases and inputs with one decimal, so that sums can be checked by hand."""
    rng = np.random.default_rng(seed)
    network = Sequential(
        Dense(inputs, hidden, _one_decimal, _one_decimal, rng=rng),
        Tanh(),
        Dense(hidden, outputs, _one_decimal, _one_decimal, rng=rng),
        Sigmoid(),
    )
    return State(rng, network, network.activations(_one_decimal((1, inputs), rng)))


def update(state: State, message: str, *args: Any) -> None:
    """("entry", matrix, row, column) looks at one weight."""
    match message, *args:
        case "entry", matrix, i, j if (
            is_whole(matrix, 0, 1)
            and is_whole(i, 0, _dense(state)[matrix].n_in - 1)
            and is_whole(j, 0, _dense(state)[matrix].n_out - 1)
        ):
            state.entry = (matrix, i, j)
        case _:
            shapes = " and ".join(str(dense.W.shape) for dense in _dense(state))
            refuse(message, args, f"('entry', matrix 0 or 1, row, column), the shapes are {shapes}")


def tick(state: State) -> bool:
    """Nothing runs by itself."""
    return False


def view(state: State) -> Node:
    """The diagram and what its marked line is; both matrices with their shapes."""
    return widgets.stage(
        widgets.panel(
            diagrams.network(
                [dense.W for dense in _dense(state)],
                [values[0] for values in state.values[::2]],
                label=describe(state),
                chosen_edges=[state.entry],
                pick_edge=lambda matrix, i, j: ("entry", matrix, i, j),
                point_edge=True,
                edge_name=_entry,
                names=_names(state),
                width=420,
                height=360,
            ),
            h(
                "p",
                [h("span", name) for name in ("input layer", "hidden layer", "output layer")],
                class_="layer-names",
            ),
            widgets.note(_line(state), roomy=True),
            h("p", h("output", _sum(state)), class_="arithmetic"),
        ),
        widgets.panel(
            [_matrix(state, matrix) for matrix in (0, 1)],
            widgets.note(_shapes(state), kind="hint"),
        ),
    )


def score(state: State) -> float | None:
    """There is nothing to win here."""
    return None


def describe(state: State) -> str:
    """The layers, and the entry looked at with what it does."""
    sizes = [_dense(state)[0].n_in, *(dense.n_out for dense in _dense(state))]
    layers = ", ".join(
        f"{size} {name}" for size, name in zip(sizes, ("input", "hidden", "output"), strict=True)
    )
    return f"A network of layers {layers}. {_line(state)} {_sum(state)}."


def numbers(state: State) -> dict[str, NDArray[Any]]:
    """Both layers' parameters and the values of the example."""
    first, second = _dense(state)
    x, z1, hidden, z2, y = (values[0] for values in state.values)
    matrix, i, j = state.entry
    weight = _dense(state)[matrix].W[i, j]
    return {
        "inputs x": x,
        "weights W₁ (inputs × hidden)": first.W,
        "biases b₁": first.b,
        "hidden sums z₁": z1,
        "hidden activations h = tanh(z₁)": hidden,
        "weights W₂ (hidden × outputs)": second.W,
        "biases b₂": second.b,
        "output sums z₂": z2,
        "outputs y = σ(z₂)": y,
        "the marked weight, and what it carries": np.array(
            [weight, weight * state.values[2 * matrix][0, i]]
        ),
    }


def solution(state: State) -> Iterator[Message]:
    """A tour: along a row (what one unit sends), down a column (what one neuron collects)."""
    first, second = _dense(state)
    yield from (("entry", 0, 0, j) for j in range(first.n_out))
    yield from (("entry", 0, i, 1) for i in range(first.n_in))
    yield from (("entry", 1, i, 0) for i in range(second.n_in))


# --- the network ----------------------------------------------------------------------------------


def _one_decimal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    size = np.round(rng.uniform(0.1, 1.5, shape), 1)
    return np.asarray(size * rng.choice([-1.0, 1.0], shape))


def _dense(state: State) -> list[Dense]:
    return [layer for layer in state.network if isinstance(layer, Dense)]


# --- pictures and words ---------------------------------------------------------------------------

_SUB = "₁₂₃₄₅"


def _names(state: State) -> list[list[str]]:
    sizes = [_dense(state)[0].n_in, *(dense.n_out for dense in _dense(state))]
    return [[letter + _SUB[i] for i in range(n)] for letter, n in zip("xhy", sizes, strict=True)]


def _entry(matrix: int, i: int, j: int) -> str:
    return f"W{_SUB[matrix]}[{i}, {j}]"


def _matrix(state: State, matrix: int) -> Node:
    """A weight matrix whose entries are buttons; rows and columns carry the units' names."""
    W, names = _dense(state)[matrix].W, _names(state)
    rows, columns = names[matrix], names[matrix + 1]

    def cell(i: int, j: int) -> Node:
        value = float(W[i, j])
        return h(
            "td",
            h(
                "button",
                fixed(value, 1),
                type="button",
                class_="button" + " negative" * (value < 0),
                aria_pressed="true" if state.entry == (matrix, i, j) else "false",
                aria_label=f"{_entry(matrix, i, j)} = {fixed(value, 1)}",
                on={"click": ("entry", matrix, i, j), "point": ("entry", matrix, i, j)},
            ),
        )

    return h(
        "table",
        h(
            "caption",
            f"W{_SUB[matrix]}, shape {W.shape[0]} × {W.shape[1]}: a row for each of "
            f"{rows[0]} to {rows[-1]}, a column for each of {columns[0]} to {columns[-1]}"
            if len(columns) > 1
            else f"W{_SUB[matrix]}, shape {W.shape[0]} × 1: a row for each of {rows[0]} to "
            f"{rows[-1]}, one column for {columns[0]}",
        ),
        h("thead", h("tr", h("td"), [h("th", name, scope="col") for name in columns])),
        h(
            "tbody",
            [
                h("tr", h("th", name, scope="row"), [cell(i, j) for j in range(len(columns))])
                for i, name in enumerate(rows)
            ],
        ),
        key=matrix,
        class_="matrix",
        data_symbol="W w",
    )


def _line(state: State) -> str:
    matrix, i, j = state.entry
    names = _names(state)
    weight = float(_dense(state)[matrix].W[i, j])
    carried = float(state.values[2 * matrix][0, i])
    factor = fixed(weight, 1)
    return (
        f"{_entry(*state.entry)} = {factor}: row {i}, column {j}, the line from "
        f"{names[matrix][i]} to {names[matrix + 1][j]}. It brings {fixed(carried)} × "
        f"{f'({factor})' if weight < 0 else factor} = {fixed(carried * weight)}."
    )


def _sum(state: State) -> str:
    """The whole weighted sum of the neuron that the line leads to."""
    matrix, _, j = state.entry
    dense = _dense(state)[matrix]
    x, z, a = (values[0] for values in state.values[2 * matrix : 2 * matrix + 3])
    function = ("tanh", "σ")[matrix]
    total = sums.weighted_sum(dense.W[:, j].tolist(), x.tolist(), float(dense.b[j]))
    name = _names(state)[matrix + 1][j]
    return f"{name} = {function}({total}) = {function}({fixed(z[j])}) = {fixed(a[j])}"


def _shapes(state: State) -> str:
    """The shapes of one forward pass, layer by layer."""
    (n_in, n_hidden), (_, n_out) = (dense.W.shape for dense in _dense(state))
    return (
        f"x W₁ + b₁ gives h: (1, {n_in}) times ({n_in}, {n_hidden}) is (1, {n_hidden}). "
        f"h W₂ + b₂ gives y: (1, {n_hidden}) times ({n_hidden}, {n_out}) is (1, {n_out}). "
        "Rows and columns are counted from 0, as in the code."
    )
