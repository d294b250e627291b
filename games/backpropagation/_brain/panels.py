"""The controls of Train a Brain, around the pictures. They know what may be set, and train nothing.

Groups that depend on the plan alone are kept from frame to frame, so that a frame compares only
what can have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from games.backpropagation._brain import plan as plans
from games.backpropagation._brain import settings
from games.backpropagation._brain.challenges import CHALLENGES, Rule
from games.backpropagation._brain.pictures import MOST_KEPT, Kept, short, thumbnail
from games.backpropagation._brain.plan import MOST_LAYERS, MOST_UNITS, Plan
from games.backpropagation._brain.points import DATA, LEAST_OWN, MOST_OWN
from games.ui import widgets
from games.ui.node import Child, Message, Node, h
from games.ui.numbers import fixed, percent, signed
from pycore.arrays import Array
from pycore.brains import ACTIVATIONS, FEATURES

NAMES = {
    "xor": "XOR",
    "circles": "Circles",
    "clouds": "Clouds",
    "moons": "Moons",
    "spiral": "Spiral",
    "plane": "Plane",
    "waves": "Waves",
    "own": "Draw",
    "CSV": "CSV",
}
"""Data sets as their buttons call them."""
PENS = (("● class 1", "1"), ("■ class 0", "0"), ("eraser", "erase"), ("lifted", "lift"))
"""What the pen may do: its name, and how messages call it."""


def group(title: str, *children: Child, key: str) -> Node:
    """Controls that stay folded away until they are asked for."""
    return h(
        "details",
        h("summary", title),
        h("div", *children, class_="brain-group"),
        key=key,
        class_="brain-fold",
    )


@lru_cache(maxsize=16)
def challenge(name: str, best: tuple[tuple[str, int], ...]) -> Node:
    """Which challenge; those won say their record."""
    records = dict(best)
    options = [(f"{'★ ' * (key in records)}{item.title}", key) for key, item in CHALLENGES.items()]
    return widgets.row(
        widgets.select("challenge", options, name, ("challenge",)),
        widgets.button("Start over", ("challenge", name)),
        key="challenge",
        class_="brain-challenge",
    )


@lru_cache(maxsize=32)
def aims(rules: tuple[Rule, ...], hint: str) -> Node:
    """Every condition with its mark."""
    if not rules:
        return h("p", hint, key="aims", class_="brain-aims")
    return h(
        "ul",
        [
            h(
                "li",
                h(
                    "span",
                    "✓" if rule.met else "○",
                    class_="brain-mark",
                    role="img",
                    aria_label="met:" if rule.met else "not yet:",
                ),
                f" {rule.text}",
                class_="met" if rule.met else None,
            )
            for rule in rules
        ],
        key="aims",
        class_="brain-aims",
    )


@lru_cache(maxsize=16)
def data(name: str) -> Node:
    """The data sets, each as a small picture of itself."""
    return h(
        "div",
        [
            h(
                "button",
                thumbnail(key),
                h("span", NAMES[key]),
                type="button",
                class_="button brain-data",
                aria_pressed="true" if key == name else "false",
                on={"click": ("data", key)},
                key=key,
            )
            for key in DATA
        ],
        role="group",
        aria_label="data",
        class_="brain-datas",
        key="data",
    )


@lru_cache(maxsize=16)
def heads(layers: tuple[tuple[int, str], ...]) -> Node:
    """Above each hidden layer: one unit more, one fewer."""
    narrow = len(layers) > 3

    def cell(layer: int, units: int) -> Node:
        def side(sign: str, to: int, verb: str) -> Node:
            return widgets.button(
                sign,
                ("units", layer, to),
                enabled=1 <= to <= MOST_UNITS,
                name=f"{verb} neuron in layer {layer}",
            )

        return h(
            "div",
            h(
                "span",
                units if narrow else f"{units} neuron{'s' * (units > 1)}",
                class_="brain-count",
            ),
            side("−", units - 1, "one less"),
            side("+", units + 1, "one more"),
            key=layer,
        )

    return h(
        "div",
        h("div", "inputs", key="in", class_="brain-end"),
        [cell(i, units) for i, (units, _) in enumerate(layers, 1)],
        h("div", "output", key="out", class_="brain-end"),
        class_="brain-heads",
        key="heads",
    )


@lru_cache(maxsize=16)
def feet(layers: tuple[tuple[int, str], ...]) -> Node:
    """Below each hidden layer: how many units, and which activation."""
    options = [(name, name) for name in ACTIVATIONS]
    return h(
        "div",
        h("div", key="in"),
        [
            h(
                "div",
                widgets.select(
                    "", options, name, ("activation", i), name=f"activation of layer {i}"
                ),
                key=i,
            )
            for i, (_, name) in enumerate(layers, 1)
        ],
        h("div", key="out"),
        class_="brain-heads",
        key="feet",
    )


@lru_cache(maxsize=16)
def build(layers: int, features: tuple[str, ...]) -> Node:
    """How many hidden layers, and which inputs."""
    return h(
        "div",
        widgets.stepper("hidden layers", layers, 0, MOST_LAYERS, ("layers",)),
        h(
            "div",
            h("span", "inputs", class_="choice-label"),
            [
                h(
                    "button",
                    name,
                    type="button",
                    class_="button brain-chip",
                    aria_pressed="true" if name in features else "false",
                    aria_disabled="true" if features == (name,) else None,
                    on={"click": ("feature", name)} if features != (name,) else None,
                    key=name,
                )
                for name in FEATURES
            ],
            role="group",
            aria_label="inputs",
            class_="choice",
        ),
        class_="brain-options",
        key="build",
    )


def unit_name(plan: Plan, column: int, unit: int) -> str:
    """A unit in words."""
    if column == 0:
        return f"input {plan.features[unit]}"
    if column == len(plan.sizes) - 1:
        return "the output"
    return f"neuron {unit + 1} of layer {column}"


def neuron(plan: Plan, column: int, unit: int, weight: int, W: Array, b: Array) -> Node:
    """The weights that lead into a unit, each readable, one on a slider.

    Shapes: W (units before, units), b (units,).
    """
    before = [unit_name(plan, column - 1, i) for i in range(len(W))]
    marks = plan.features if column == 1 else tuple(f"h{i + 1}" for i in range(len(W)))
    values = [float(w) for w in W[:, unit]] + [float(b[unit])]
    names = [*(f"w from {name}" for name in before), "bias b"]
    value = values[weight]
    reach = 5.0
    while abs(value) > reach and reach < 1e9:
        reach *= 2
    return widgets.panel(
        h(
            "p",
            unit_name(plan, column, unit).capitalize(),
            ": what leads into it",
            class_="brain-what",
        ),
        h(
            "div",
            [
                h(
                    "button",
                    h("span", mark),
                    h("span", short_signed(v)),
                    type="button",
                    class_="button brain-w",
                    aria_pressed="true" if i == weight else "false",
                    aria_label=f"{name}: {short_signed(v)}",
                    on={"click": ("weight", i)},
                    key=i,
                )
                for i, (mark, name, v) in enumerate(zip([*marks, "b"], names, values, strict=True))
            ],
            role="group",
            aria_label="weights",
            class_="brain-ws",
            data_symbol="W b",
        ),
        widgets.slider(
            "w" if weight < len(W) else "b",
            min(max(value, -reach), reach),
            -reach,
            reach,
            0.01,
            ("write",),
            name=names[weight],
            key="write",
        ),
        key="neuron",
        class_="brain-neuron",
    )


def short_signed(value: float) -> str:
    """A weight in a few digits, with its sign."""
    return signed(value) if abs(value) < 1000 else short(value)


@lru_cache(maxsize=128)
def control(name: str, value: float | str) -> Node:
    """The control of one setting, at its value."""
    setting = settings.SETTINGS.get(name) or settings.KNOBS[name]
    message: Message = ("set", name)
    if isinstance(setting, settings.Listed):
        options = [(setting.text(option), str(option)) for option in setting.options]
        return widgets.select(setting.label, options, str(value), message, key=name)
    return widgets.slider(
        setting.label,
        float(value),
        setting.low,
        setting.high,
        setting.step,
        message,
        digits=setting.digits,
        key=name,
    )


def controls(plan: Plan, *names: str) -> list[Node]:
    """Controls of several settings of the plan."""
    return [control(name, getattr(plan, name)) for name in names]


@lru_cache(maxsize=16)
def learning(plan: Plan) -> Node:
    """Optimizer with its own knobs, learning rate, schedule, batch, loss."""
    own = [control(name, value) for name, value in plans.knobs(plan).items()]
    losses = settings.losses(plan)
    loss = plan.loss if plan.loss in losses else losses[0]
    return group(
        f"Learning: {plan.optimizer}, rate {settings.plain(plan.lr)}",
        controls(plan, "lr", "optimizer"),
        own,
        controls(plan, "batch", "schedule"),
        controls(plan, "span") if plan.schedule != "constant" else None,
        widgets.select(
            "loss", [(name, name) for name in losses], loss, ("set", "loss"), key="loss"
        ),
        key="learning",
    )


@lru_cache(maxsize=16)
def holding_back(plan: Plan) -> Node:
    """Start of the weights, penalties, dropout and batch norm."""
    return group(
        "Weights: start, penalties, dropout, batch norm",
        controls(plan, "init", "l2", "l1", "dropout"),
        widgets.toggle("batch norm", plan.batch_norm, ("set", "batch_norm"), key="bn"),
        key="holding",
    )


@lru_cache(maxsize=16)
def points(plan: Plan, problem: str) -> Node:
    """Noise, number and split of the points; a table of one's own."""
    made = plan.data not in ("own", "CSV")
    return group(
        "Points: number, noise, your own",
        controls(plan, "noise", "points", "held_out") if made else controls(plan, "held_out"),
        h(
            "label",
            f"A table of your own, {LEAST_OWN} to {MOST_OWN} rows: x₁, x₂, label. Paste it here.",
            h(
                "textarea",
                rows=4,
                class_="text-field",
                aria_label="table of points",
                placeholder="1.2, 0.5, cat",
                on={"change": ("csv",)},
            ),
            key="csv",
        ),
        widgets.open_file("Or open a CSV file", ("csv",), ".csv,.txt,text/*", key="csv file"),
        widgets.note(problem or "Both columns are scaled to fill the plane.", key="problem"),
        key="points",
    )


def pen(name: str) -> Node:
    """The pen alone, beside the plane."""
    return widgets.choice("pen", PENS, name, ("pen",), key="pen")


def runs(kept: Sequence[Kept]) -> Node:
    """Runs put aside, with what they were and how they ended."""
    return group(
        f"Compare runs: {len(kept)} kept",
        widgets.button(
            "Keep this run’s curve", ("keep",), enabled=len(kept) < MOST_KEPT, key="keep"
        ),
        [
            h(
                "div",
                h(
                    "svg",
                    h("path", d="M2 7h36", class_=f"curve kept k{i}"),
                    viewBox="0 0 40 14",
                    class_="brain-swatch",
                    aria_hidden="true",
                ),
                h("span", run.name),
                h("span", f"{run.what}: {share(run.curve.points[-1].held_quality)}"),
                widgets.button("Forget", ("forget", i), name=f"forget run {run.name}"),
                class_="row",
                key=run.name,
            )
            for i, run in enumerate(kept)
        ],
        key="runs",
    )


def readouts(items: Sequence[tuple[str, str]]) -> Node:
    """Named numbers, side by side."""
    return h(
        "div", [widgets.readout(a, b, key=a) for a, b in items], class_="row readouts", key="now"
    )


def losses_of(value: float) -> str:
    """A loss, whatever its size."""
    return fixed(value, 3) if abs(value) < 100 else short(value)


def share(value: float) -> str:
    """A share in percent; R² can fall below zero, and far."""
    return percent(value, 1) if value > -10 else f"far below {percent(0)}"


def held_out(on: bool) -> Node:
    """The switch of the held-out points."""
    return widgets.toggle("held-out points ○", on, ("held",), key="held")
