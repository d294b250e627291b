"""The controls of Train a Brain, around the pictures. They know what may be set, and train nothing.

Groups that depend on the plan alone are kept from frame to frame, so that a frame compares only
what can have changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.challenges import CHALLENGES, Rule, next_of
from games.backpropagation.train_a_brain.pictures import amount, once, thumbnail
from games.backpropagation.train_a_brain.plan import OPTIMIZERS, Plan
from games.backpropagation.train_a_brain.points import DATA, LEAST_OWN, MOST_OWN, Points
from games.backpropagation.train_a_brain.state import Kept
from games.backpropagation.train_a_brain.table import Table, numbered, understood
from games.moves import Offer, Offers, Pick
from games.ui import controls, inputs, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent, plain, short, signed
from games.words import say, word
from pycore.arrays import Array

NAMES = {
    "xor": word("XOR"),
    "circles": word("Circles"),
    "clouds": word("Clouds"),
    "moons": word("Moons"),
    "spiral": word("Spiral"),
    "plane": word("Plane"),
    "waves": word("Waves"),
    "own": word("Draw"),
    "csv": word("CSV"),
}
"""Data sets as their buttons call them."""
PENS = {
    "class-1": word("● class 1"),
    "class-0": word("■ class 0"),
    "erase": word("eraser"),
    "lift": word("lifted"),
}
ACTIVATIONS = plans.ACTIVATION_NAMES | {"leaky-relu": word("leaky ReLU"), "none": word("none")}
LOSSES = {
    "cross-entropy": word("cross-entropy"),
    "squared-error": word("squared error"),
    "hinge": word("hinge"),
    "huber": word("Huber"),
}
OPTIONS = {
    "init": {
        "xavier-uniform": word("Xavier uniform"),
        "xavier-normal": word("Xavier normal"),
        "he-uniform": word("He uniform"),
        "he-normal": word("He normal"),
        "lecun-normal": word("LeCun normal"),
        "orthogonal": word("orthogonal"),
        "all-zero": word("all zero"),
        "small-normal": word("normal, std 0.1"),
        "large-normal": word("normal, std 3"),
    },
    "optimizer": {name: kind.__name__ for name, kind in OPTIMIZERS.items()},
    "schedule": {
        "constant": word("constant"),
        "step-decay": word("halved in steps"),
        "cosine": word("cosine"),
        "warm-up": word("warm-up"),
        "warm-up-stable-decay": word("warm-up, stable, decay"),
        "range-test": word("range test"),
    },
    "batch": {"all": word("all points")},
    "class_loss": LOSSES,
    "number_loss": LOSSES,
}
"""What options are called, where their numbers do not say it."""
SCHEDULE_SAYS = {
    "constant": word("The learning rate stays as it is from the first step to the last."),
    "step-decay": word(
        "The learning rate is halved again and again, after each quarter of the schedule’s steps."
    ),
    "cosine": word(
        "The learning rate falls to 0 within the schedule’s steps: slowly, then fast, then slowly "
        "again, like a wave from its top to its bottom."
    ),
    "warm-up": word(
        "The learning rate grows from almost 0 during the first tenth of the schedule’s steps and "
        "stays there, so that the first steps from random weights are small."
    ),
    "warm-up-stable-decay": word(
        "The learning rate grows during the first tenth of the schedule’s steps, stays for half of "
        "them, and falls to 0 in the rest. Language models are often trained like this."
    ),
    "range-test": word(
        "The learning rate grows from a thousandth of itself to its full size. Where the loss "
        "falls fastest is a good rate, and where it jumps up it is too large."
    ),
}
"""What each schedule does to the learning rate."""
LABELS = {
    "noise": word("noise"),
    "points": word("points"),
    "held_out": word("held out"),
    "init": word("weights start"),
    "optimizer": word("optimiser"),
    "lr": word("learning rate"),
    "schedule": word("schedule"),
    "span": word("schedule’s steps"),
    "batch": word("batch size"),
    "class_loss": word("loss"),
    "number_loss": word("loss"),
    "l1": word("L1 penalty"),
    "l2": word("L2 penalty"),
    "dropout": word("dropout"),
    "batch_norm": word("batch norm"),
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "rho": "ρ",
    "eps": "ε",
    "weight_decay": word("weight decay λ"),
}


ROLES = {
    "x1": word("x₁ is column"),
    "x2": word("x₂ is column"),
    "y": word("y is column"),
}
KINDS = {"classes": word("two classes"), "numbers": word("a number")}


def option(move: str, name: str | int | float) -> str:
    """What one of a setting's ids is called."""
    named = OPTIONS.get(move, {})
    if name in named:
        return say(named[str(name)])
    value = float(name)
    return plain(value, 5) if value == 0 or abs(value) >= 1e-5 else short(value, 1)


@once(16)
def ladder(name: str, best: frozenset[str], may: Offer) -> Node:
    """The challenges as steps: the won ones are ticked, and the next one is marked."""
    after = next_of("", best)
    steps = []
    for i, (key, item) in enumerate(CHALLENGES.items(), 1):
        title, here, won = say(item.title), key == name, key in best
        if won:
            told = say("Step {i}, won: {title}", i=i, title=title)
        elif item.data is None:
            told = title
        else:
            told = say("Step {i}: {title}", i=i, title=title)
        mark = "✓" if won else "∞" if item.data is None else str(i)
        state = " won" if won else " next" if key == after else ""
        step = controls.tile(
            may(key),
            h("span", mark, class_="brain-rung"),
            " ",
            h("span", title, class_="brain-title"),
            look=f"button brain-step{state}",
            aria_current="step" if here else None,
            title=say("Start over: {title}", title=title) if here else told,
        )
        steps.append(h("li", step, key=key, class_="here" if here else None))
    return h("ol", steps, key="ladder", class_="brain-ladder", aria_label=say("challenges"))


@once(32)
def aims(rules: tuple[Rule, ...]) -> Node:
    """Every condition with its mark; of a share, how near it is."""
    return h("ul", [_aim(rule) for rule in rules], key="aims", class_="brain-aims")


def _aim(rule: Rule) -> Node:
    label, value = _condition(rule)
    mark = h(
        "span",
        "✓" if rule.met else "·",
        class_="brain-mark",
        role="img",
        aria_label=say("met:") if rule.met else say("not yet:"),
    )
    share = rule.what in ("train", "held")
    now = min(max(rule.now, 0.0), 1.0) if math.isfinite(rule.now) else 0.0
    return h(
        "li",
        mark,
        h("span", label, class_="brain-aim"),
        " " if value else None,
        h("span", value, class_="brain-at") if value else None,
        h(
            "span",
            class_="brain-bar",
            style=f"--now:{100 * now:.0f}%;--aim:{100 * rule.aim:.0f}%",
            aria_hidden="true",
        )
        if share
        else None,
        class_="met" if rule.met else None,
        key=rule.what,
    )


def _condition(rule: Rule) -> tuple[str, str]:
    """What is asked, and how it stands."""
    now, aim = rule.now, rule.aim
    match rule.what:
        case "train" | "held":
            # rounded down: 99.6 % is not yet 100 %
            right = max(math.floor(100 * now + 1e-9), -99) if math.isfinite(now) else -99
            name = say("filled points") if rule.what == "train" else say("hollow points")
            return name, say("{now} of {aim}", now=right, aim=percent(aim))
        case "weights":
            return say("parameters"), say("{now}, at most {most}", now=int(now), most=int(aim))
        case "samples":
            return say("filled points"), say("{now}, at most {most}", now=int(now), most=int(aim))
        case "data":
            return say("data of the challenge"), ""
        case "noise":
            return say("noise at least {least}", least=plain(aim)), ""
        case "inputs":
            return say("only x₁ and x₂ go in"), ""
        case _:
            return say("at least {n} points held out", n=int(aim)), ""


@once(16)
def data_sets(name: str, may: Offer) -> Node:
    """The data sets, each as a small picture of itself."""
    return h(
        "div",
        [
            controls.tile(
                may(key),
                thumbnail(key),
                h("span", say(NAMES[key])),
                look="button brain-data",
                pressed=key == name,
                key=key,
            )
            for key in DATA
        ],
        role="group",
        aria_label=say("data"),
        class_="brain-datas",
        key="data",
    )


@once(16)
def heads(layers: tuple[tuple[int, str], ...], may: Offer) -> Node:
    """Above each hidden layer: one unit more, one fewer."""
    narrow = len(layers) > 3

    def side(sign: str, layer: int, to: int, name: str) -> Node:
        low, high, _ = may(layer).ends()
        return controls.button(sign, may.only_if(low <= to <= high)(layer, to), name=name, key=sign)

    return h(
        "div",
        h("div", say("inputs"), key="in", class_="brain-end"),
        [
            h(
                "div",
                h(
                    "span",
                    units if narrow else say.count("{n} neuron", "{n} neurons", units),
                    class_="brain-count",
                ),
                side("−", i, units - 1, say("one fewer neuron in layer {i}", i=i)),
                side("+", i, units + 1, say("one more neuron in layer {i}", i=i)),
                key=i,
            )
            for i, (units, _) in enumerate(layers, 1)
        ],
        h("div", say("output"), key="out", class_="brain-end"),
        class_="brain-heads",
        key="heads",
    )


@once(16)
def layers(n: int, may: Offer) -> Node:
    """How many hidden layers."""
    return controls.stepper(say("hidden layers"), n, may)


@once(16)
def build(
    layers: tuple[tuple[int, str], ...],
    features: tuple[str, ...],
    counted: bool,
    may: Offers,
) -> Node:
    """Which inputs, which activation in each layer, and unless `counted` how many layers."""
    return widgets.folded(
        say("Network: inputs, layers, activations"),
        h(
            "div",
            h("span", say("inputs"), class_="choice-label"),
            [
                controls.tile(
                    may.feature.only_if(features != (name,))(id_),
                    name,
                    look="button brain-chip",
                    pressed=name in features,
                    key=id_,
                )
                for id_, name in plans.FEATURE_NAMES.items()
            ],
            role="group",
            aria_label=say("inputs"),
            class_="choice",
        ),
        None if counted else controls.stepper(say("hidden layers"), len(layers), may.layers),
        [
            controls.select(
                say("layer {i}", i=i),
                {id_: say(text) for id_, text in ACTIVATIONS.items()},
                next(k for k, v in plans.ACTIVATION_NAMES.items() if v == name),
                may.activation(i),
                name=say("activation of layer {i}", i=i),
                key=i,
            )
            for i, (_, name) in enumerate(layers, 1)
        ],
        key="build",
    )


def unit_name(plan: Plan, column: int, unit: int) -> str:
    """A unit in words."""
    if column == 0:
        return say("input {name}", name=plan.features[unit])
    if column == len(plan.sizes) - 1:
        return say("the output")
    return say("neuron {i} of layer {layer}", i=unit + 1, layer=column)


def neuron(plan: Plan, at: tuple[int, int], weight: int, W: Array, b: Array, may: Offers) -> Node:
    """The weights that lead into a unit, each readable, one on a slider.

    Shapes: W (units before, units), b (units,).
    """
    column, unit = at
    before = [unit_name(plan, column - 1, i) for i in range(len(W))]
    marks = plan.features if column == 1 else tuple(f"h{i + 1}" for i in range(len(W)))
    values = [float(w) for w in W[:, unit]] + [float(b[unit])]
    names = [*(say("w from {unit}", unit=name) for name in before), say("bias b")]
    low, high, _ = may.write.ends()
    return widgets.panel(
        h(
            "p",
            say("What leads into {unit}", unit=unit_name(plan, column, unit)),
            class_="brain-what",
        ),
        h(
            "div",
            [
                controls.tile(
                    may.weight(i),
                    h("span", mark),
                    h("span", short_signed(v)),
                    look="button brain-w",
                    pressed=i == weight,
                    name=say("{weight}: {value}", weight=name, value=short_signed(v)),
                    key=i,
                )
                for i, (mark, name, v) in enumerate(zip([*marks, "b"], names, values, strict=True))
            ],
            role="group",
            aria_label=say("weights"),
            class_="brain-ws",
            data_symbol="W b",
        ),
        controls.slider(
            "w" if weight < len(W) else "b",
            min(max(values[weight], low), high),
            may.write,
            name=names[weight],
        ),
        key="neuron",
        class_="brain-neuron",
    )


def short_signed(value: float) -> str:
    """A weight in a few digits, with its sign."""
    return signed(value) if abs(value) < 1000 else amount(value)


@once(128)
def control(move: str, value: str | float, may: Offer) -> Node:
    """The control of one setting, at its value."""
    label = say(LABELS[move])
    if isinstance(value, bool):
        return controls.toggle(label, value, may)
    if isinstance(may.domain, Pick):
        names = {str(id_): option(move, id_) for id_ in may.ids()}
        return controls.select(label, names, str(value), may)
    return controls.slider(label, float(value), may)


def settings(plan: Plan, may: Offers, *moves: str) -> list[Node]:
    """Controls of several settings of the plan."""
    return [control(move, plans.id_of(move, plan), getattr(may, move)) for move in moves]


@once(16)
def learning(plan: Plan, classes: bool, rows: int, may: Offers) -> Node:
    """Optimizer with its own knobs, learning rate, schedule, batch, loss.

    `rows` are those of a batch as it is dealt.
    """
    span = ["span"] if plan.schedule != "constant" else []
    loss = "class_loss" if classes else "number_loss"
    return widgets.folded(
        say(
            "Learning: {optimizer}, rate {rate}",
            optimizer=OPTIMIZERS[plan.optimizer].__name__,
            rate=plain(plan.lr),
        ),
        settings(plan, may, "lr", "optimizer", *plans.knobs(plan), "batch", "schedule"),
        settings(plan, may, *span, loss),
        widgets.hint(say(SCHEDULE_SAYS[plan.schedule]), key="schedule says"),
        widgets.hint(
            say("Batch norm needs two rows or more at a time; here a batch has {n}.", n=rows),
            key="rows",
        )
        if plan.batch and rows != plan.batch
        else None,
        key="learning",
    )


@once(16)
def holding_back(plan: Plan, may: Offers) -> Node:
    """Start of the weights, penalties, dropout and batch norm."""
    return widgets.folded(
        say("Weights: start, penalties, dropout, batch norm"),
        settings(plan, may, "init", "l2", "l1", "dropout", "batch_norm"),
        key="holding",
    )


@once(16)
def points(
    plan: Plan,
    data: Points,
    table: Table | None,
    problem: str,
    columns: bool,
    choice: bool,
    needs: tuple[str, ...],
    held: bool,
    may: Offers,
) -> Node:
    """Which points, with what noise and split; a table of one's own, and how it is read.

    `columns` and `choice`: whether its columns can be chosen, and y read in two ways; `needs` are
    controls that are not in a drawer; `held`, whether held-out points are shown.
    """
    made = ["noise", "points"] if plan.data not in ("own", "csv") else []
    split = [] if "held_out" in needs else ["held_out"]
    found = say("Both columns are scaled to fill the plane.")
    if problem:
        found = problem
        if columns:
            found = say("{problem} Choose other columns below, or mend the table.", problem=problem)
    elif table and plan.data == "csv":
        found = say("{understood} {scaled}", understood=understood(table), scaled=found)
    return widgets.folded(
        say("Points: which, how many, your own"),
        None if "data" in needs else data_sets(plan.data, may.data),
        settings(plan, may, *made, *split),
        controls.toggle(say("hollow points ○"), held, may.held),
        widgets.hint(_parts(data), key="parts"),
        inputs.text_field(
            say(
                "A table of your own, {least} to {most} rows: x₁, x₂, label. Paste it here.",
                least=LEAST_OWN,
                most=MOST_OWN,
            ),
            "",
            may.csv,
            lines=4,
            name=say("table of points"),
            example="1.2, 0.5, cat",
            plain=False,
            key="table",
        ),
        controls.open_file(say("Or open a CSV file"), may.csv, ".csv,.txt,text/*"),
        widgets.note(found, key="problem"),
        [
            controls.select(
                say(name), _column(table), getattr(table, role) + 1, may.column(role), key=role
            )
            for role, name in ROLES.items()
        ]
        if table and columns
        else None,
        controls.choice(
            say("y is"),
            {key: say(name) for key, name in KINDS.items()},
            "classes" if table.of_classes() else "numbers",
            may.label,
        )
        if table and choice
        else None,
        key="points",
    )


def _column(table: Table) -> Callable[[int], str]:
    """What a column is called where it is chosen: its number, and its name where it has one."""

    def called(n: int) -> str:
        name = table.names[n - 1]
        return name if name == numbered(n) else say("{n}: {column}", n=n, column=name)

    return called


def _parts(data: Points) -> str:
    """How many points there are to learn from and held out, and of which class."""
    seen, held = data.train[1], data.test[1]
    if not data.classes:
        return say("{n} points to learn from, {m} held out.", n=len(seen), m=len(held))
    if len({*seen, *held}) == 1:
        return say("All points belong to one class, so there is nothing to separate.")
    return say(
        "{n} points to learn from, {a} of them of class 1; {m} held out, {b} of them of class 1.",
        n=len(seen),
        a=int(seen.sum()),
        m=len(held),
        b=int(held.sum()),
    )


def runs(kept: Sequence[Kept], may: Offers) -> Node:
    """Runs put aside, with what they were and how they ended."""
    return widgets.folded(
        say("Compare runs: {n} kept", n=len(kept)),
        controls.button(say("Keep this run’s curve"), may.keep),
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
                h("span", _what(run)),
                controls.button(
                    say("Forget"), may.forget(run.name), name=say("forget run {x}", x=run.name)
                ),
                class_="row",
                key=run.name,
            )
            for i, run in enumerate(kept)
        ],
        key="runs",
    )


def _what(run: Kept) -> str:
    """A run in a few words, to tell it from others."""
    plan, last = run.plan, list(run.history.by_step.values())[-1]
    return say(
        "{data}, {sizes} {activations}, {optimizer} {rate}: {right}",
        data=say(NAMES[plan.data]),
        sizes="-".join(map(str, plan.sizes)),
        activations="/".join(sorted({name for _, name in plan.layers})),
        optimizer=OPTIMIZERS[plan.optimizer].__name__,
        rate=plain(plan.lr),
        right=quality(last.held_quality, run.classes),
    )


def loss(value: float) -> str:
    """A loss, whatever its size."""
    return fixed(value, 3) if abs(value) < 100 else amount(value)


def quality(value: float, classes: bool) -> str:
    """A share of right answers, or R², which can fall below zero, and far."""
    if classes:
        return percent(value, 1)
    return fixed(value) if value > -10 else say("far below {zero}", zero=0)
