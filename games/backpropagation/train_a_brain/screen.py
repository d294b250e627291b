"""The whole screen of Train a Brain, put together from pictures and panels. It reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from games.backpropagation.train_a_brain import answers, panels, paper, pictures
from games.backpropagation.train_a_brain import challenges as ladder
from games.backpropagation.train_a_brain.challenges import CHALLENGES
from games.backpropagation.train_a_brain.moves import MOVES
from games.backpropagation.train_a_brain.pictures import PLANE
from games.backpropagation.train_a_brain.state import State
from games.backpropagation.train_a_brain.table import understood
from games.concepts.bet import slip
from games.moves import Offers
from games.ui import controls, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent, plain
from games.words import say, word
from pycore.arrays import Array
from pycore.layers import Sequential

SPEEDS = {
    "2-a-second": word("2 steps a second"),
    "10-a-second": word("10 a second"),
    "60-a-second": word("60 a second"),
    "full": word("full speed"),
}
PAPERS = {"none": word("nothing"), "torch": word("PyTorch")}


def view(state: State) -> Node:
    """Data and challenge, the network, the plane, the run's controls; the rest folded away."""
    session, plan, may = state.session, state.plan, MOVES.on(state)
    side = answers.side(plan)
    network = answers.reader(session)
    given = answers.columns(network, answers.grid_inputs(plan.features, side))
    outputs = given[-1].reshape(side, side)
    plane = answers.answer(session, outputs)
    every = side // answers.PICTURE
    small = [c.T.reshape(-1, side, side)[:, ::every, ::every] for c in given[:-1]]
    small.append(plane[None, ::every, ::every])
    unit = panels.unit_name(plan, *state.neuron) if state.neuron else say("none chosen")
    hint = say(CHALLENGES[state.challenge].hint)
    return h(
        "div",
        h(
            "div",
            h(
                "div",
                panels.challenge(state.challenge, frozenset(state.best), may.challenge),
                panels.aims(tuple(ladder.rules(state.challenge, session)), hint),
                panels.first_run() if state.challenge == "xor" else None,
                class_="brain-ladder",
            ),
            panels.data(plan.data),
            class_="brain-top",
        ),
        h("div", _guess(state, may), _buttons(state, may), class_="brain-go", key="go"),
        h(
            "div",
            panels.build(len(plan.layers), plan.features, may.layers),
            panels.heads(plan.layers, may.units),
            pictures.network(
                plan,
                [layer.W for layer in answers.dense(network)],
                small,
                state.neuron,
                state.weight,
                unit,
            ),
            panels.feet(plan.layers, may.activation),
            class_="brain-build",
        ),
        h(
            "div",
            pictures.plane(session.data, plane, outputs, state.held, _pen(state, may)),
            _now(state),
            class_="brain-plane",
        ),
        widgets.panel(
            controls.choice(
                say("pen"), {k: say(v) for k, v in panels.PENS.items()}, state.pen, may.pen
            )
            if plan.data == "own"
            else None,
            _pace(state, may),
            widgets.verdict(_status(state), state.met, key="status"),
            key="run",
            class_="brain-run",
        ),
        widgets.panel(
            _neuron(state, network, may), _curves(state), key="more", class_="brain-more"
        ),
        h(
            "div",
            widgets.panel(
                panels.learning(plan, session.classes, session.trainer.batch_size, may),
                panels.points(plan, session.data, state.table, state.problem, may.label.open, may),
                panels.runs(state.kept, may),
            ),
            widgets.panel(panels.holding_back(plan, may), _inside(state, may), _paper(state, may)),
            class_="brain-folds",
        ),
        class_="stage brain",
        marks=Drawn(state),
    )


class Drawn(Mapping[str, Array]):
    """The arrays behind network and plane, made when somebody asks: it takes a pass of its own."""

    def __init__(self, state: State) -> None:
        self.state = state

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        network, side = answers.reader(self.state.session), answers.PICTURE
        found = {}
        for i, layer in enumerate(answers.dense(network), 1):
            found[say("weights W{i} (units before × units)", i=i)] = layer.W.copy()
            found[say("biases b{i}", i=i)] = layer.b.copy()
        given = answers.columns(network, answers.grid_inputs(self.state.plan.features, side))
        plane = answers.answer(self.state.session, given[-1]).reshape(side, side)
        return found | {say("answers on the plane (rows from the top)"): plane}

    def __getitem__(self, name: str) -> Array:
        """The array of that name."""
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(self._arrays)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._arrays)


def _buttons(state: State, may: Offers) -> Node:
    """Train and pause, a step back, a step on, back to the start."""
    if state.playing:
        play = controls.button(say("Pause"), may.pause, primary=True, key="play")
    else:
        if state.bet.said is None:
            label = say("Predict, then train")
        elif state.bet.open:
            label = say("Predict {guess} and train", guess=percent(state.bet.said / 100))
        else:
            label = say("Train")
        play = controls.button(label, may.play, primary=True)
    return widgets.row(
        play,
        controls.button("◂", may.back, name=say("one step back")),
        controls.button("▸", may.step, name=say("one step")),
        controls.button("↺", may.reset, name=say("back to the start, same seed")),
        key="buttons",
        class_="brain-buttons",
    )


def _pace(state: State, may: Offers) -> Node:
    """The step on a slider, to go back and forth; the speed; another seed; what is shown."""
    speeds = {key: say(name) for key, name in SPEEDS.items()}
    return h(
        "div",
        controls.slider(say("step"), state.session.step, may.seek),
        widgets.row(
            controls.select(say("speed"), speeds, state.speed, may.speed),
            controls.button(say("New seed"), may.reseed),
            controls.toggle(say("held-out points ○"), state.held, may.held),
            key="pace",
        ),
        class_="brain-pace",
        key="pace",
    )


def _guess(state: State, may: Offers) -> Node:
    bet, classes, right = state.bet, state.session.classes, state.session.now.held_quality
    if classes:
        question = say("How many held-out points will it get right in the end?")
    else:
        question = say(
            "How much of the ups and downs of the held-out points will it explain (R²)? 1 is all "
            "of them; 0 is no better than always giving their mean."
        )
    guess = 75 if bet.said is None else bet.said
    printed = percent(guess / 100) if classes else fixed(guess / 100)
    control = controls.slider(say("my prediction"), bet.said, may.guess, at=75, printed=printed)
    return slip(
        bet,
        question,
        control,
        said=bet.told(lambda _: printed),
        truth=panels.quality(right, classes) if bet.over else None,
        hit=abs(100 * right - (bet.said or 0)) <= 5 if bet.over else None,
    )


def _status(state: State) -> str:
    """One thing to know now, or to try."""
    session = state.session
    challenge = CHALLENGES[state.challenge]
    if state.failure:
        return say(
            "Diverged. First to overflow: {where}. Gone back to step {step}, the last with finite "
            "numbers. Try a smaller learning rate.",
            where=state.failure,
            step=session.step,
        )
    if state.met:
        figure, best = ladder.figure(state.challenge, session), state.best[state.challenge]
        return say(
            WON[challenge.league],
            title=say(challenge.title),
            learnt=say(challenge.learnt),
            n=figure,
            best=best,
        )
    if state.playing:
        return say("Training: {n} parameters move a little at every step.", n=session.plan.count())
    if session.step == 0:
        return say(challenge.hint)
    now = session.now
    if session.classes and now.quality - now.held_quality > 0.1:
        return say(
            "Much better on the points it learns from than on those held out: it has learned some "
            "by heart. More points or an L2 penalty help."
        )
    if challenge.data is not None and state.challenge not in state.best:
        hint = say(challenge.hint)
        return say("Paused at step {step}: not there yet. {hint}", step=session.step, hint=hint)
    return say(
        "Paused at step {step}. Change what you like: Train goes on from here.", step=session.step
    )


WON = {
    "steps": word("Won: {title}. {learnt} {n} steps; the best of this run is {best}."),
    "weights": word("Won: {title}. {learnt} {n} parameters; the best of this run is {best}."),
    "samples": word("Won: {title}. {learnt} {n} training points; the best of this run is {best}."),
}
"""What is said of a win, by what its record counts."""


def _now(state: State) -> Node:
    now, classes = state.session.now, state.session.classes
    held = say("held-out right") if classes else say("held-out R²")
    training = say("training right") if classes else say("training R²")
    return widgets.readouts(
        [
            (held, panels.quality(now.held_quality, classes)),
            (training, panels.quality(now.quality, classes)),
            (say("held-out loss"), panels.loss(now.held_loss)),
            (say("training loss"), panels.loss(now.loss)),
            (say("parameters"), str(state.plan.count())),
            (say("epoch"), str(state.session.trainer.epoch)),
        ]
    )


def _curves(state: State) -> Node:
    session = state.session
    here = session.step if session.step < session.furthest else None
    return pictures.curves(session.history, here, tuple(state.kept), session.classes)


def _neuron(state: State, network: Sequential, may: Offers) -> Node:
    if state.neuron is None:
        return widgets.hint(
            say(
                "Tap a neuron to read and change its weights. Its small picture is its answer all "
                "over the plane."
            ),
            key="neuron hint",
        )
    layer = answers.dense(network)[state.neuron[0] - 1]
    return panels.neuron(state.plan, state.neuron, state.weight, layer.W, layer.b, may)


def _pen(state: State, may: Offers) -> list[Node]:
    """What draws points by hand: the whole plane, and the pen for the arrow keys."""
    if state.plan.data != "own":
        return []
    x, y = state.cursor
    said = say("pen at {x}, {y}", x=fixed(x), y=fixed(y))
    return [
        controls.surface(PLANE, may.draw, key="pad"),
        controls.handle(say("pen"), PLANE, x, y, may.draw, said=said, arrows=may.nudge, key="pen"),
    ]


def _inside(state: State, may: Offers) -> Node:
    shown: list[Node] = []
    if state.inside:
        values, slopes = answers.gradients(state.session)
        hidden = [say("layer {i}", i=i) for i in range(1, len(values) + 1)]
        if values:
            shown.append(pictures.histograms(say("Activations"), values, hidden, "a"))
        names = [*hidden, say("output")]
        shown.append(pictures.histograms(say("Gradients dL/dW"), slopes, names, "dW"))
    return widgets.folded(
        say("Inside: activations and gradients"),
        controls.toggle(say("histograms"), state.inside, may.inside),
        shown,
        key="inside",
    )


def _paper(state: State, may: Offers) -> Node:
    text = ""
    try:
        if state.playing and state.paper != "none":
            text = say("Pause, and the weights are printed here.")
        elif state.paper == "torch":
            text = paper.pytorch(state.session, state.brought)
    except paper.PaperError as error:
        text = str(error)
    opened = say("Opened: {brain}.", brain=state.opened)
    return widgets.folded(
        say("Take it with you: save, open, PyTorch"),
        widgets.hint(
            say(
                "A saved brain keeps its inputs, layers and weights. Open it here another day, in "
                "A Network at Work, Layer Diagram or Gradient Decay, or with NumPy."
            ),
            key="what",
        ),
        widgets.row(
            controls.save_file(say("Save the brain"), paper.file_name(state.plan), key="save"),
            controls.open_file(say("Open a brain"), may.open, ".npz", binary=True),
            key="files",
            class_="brain-files",
        ),
        widgets.note(opened, key="opened") if state.opened else None,
        controls.choice(
            say("show as"), {k: say(v) for k, v in PAPERS.items()}, state.paper, may.paper
        ),
        text
        and h(
            "textarea",
            text,
            readonly=True,
            rows=8,
            class_="text-field",
            aria_label=say("the network as text"),
            key=f"text {state.paper}",
        ),
        key="paper",
    )


# --- in words -------------------------------------------------------------------------------------


def describe(state: State) -> str:
    """The build, the step, how it does, and what was done last."""
    session, classes = state.session, state.session.classes
    plan, now, said = session.plan, session.now, state.bet.said
    text = say(
        "{challenge}. Data: {data}, {n} training points. Units {sizes}; {count} parameters. Step "
        "{step} of {furthest}, {playing}: loss {loss}, held-out {held_loss}; held-out points "
        "{right}. Predicted: {guess}. Last: {last}.",
        challenge=say(CHALLENGES[state.challenge].title),
        data=say(panels.NAMES[plan.data]),
        n=len(session.data.train[1]),
        sizes=", ".join(map(str, plan.sizes)),
        count=plan.count(),
        step=session.step,
        furthest=session.furthest,
        playing=say("training") if state.playing else say("paused"),
        loss=panels.loss(now.loss),
        held_loss=panels.loss(now.held_loss),
        right=say("{share} right", share=panels.quality(now.held_quality, True))
        if classes
        else say("with R² {value}", value=panels.quality(now.held_quality, False)),
        guess=percent(said / 100) if said is not None else say("nothing yet"),
        last=_last(state),
    )
    return text[:690].rstrip(" .") + "."


def _last(state: State) -> str:
    """The move made last, in words."""
    if not state.last:
        return say("nothing yet")
    plan, (x, y) = state.plan, state.cursor
    match state.last:
        case (move, *values) if move in panels.LABELS:
            value = values[-1]
            if isinstance(value, bool):
                text = say("on") if value else say("off")
            else:
                text = panels.option(str(move), value)  # type: ignore[arg-type]
            return say("{setting}: {value}", setting=say(panels.LABELS[str(move)]), value=text)
        case ("look" | "go", *_) if state.neuron:
            unit = panels.unit_name(plan, *state.neuron)
            return say("looking at {unit}", unit=unit)
        case ("weight", int(i)):
            return say("weight {i} is on the slider", i=i + 1)
        case ("write", value):
            return say("the weight is now {value}", value=plain(float(str(value))))
        case ("draw" | "nudge", *_):
            return say("pen at {x}, {y}; {n} points", x=fixed(x), y=fixed(y), n=len(plan.own))
        case ("csv" | "column" | "label", *_):
            found = state.problem or (understood(state.table) if state.table else "")
            return say("a table; {found}", found=found.rstrip("."))
        case ("open", *_):
            first = fixed(float(state.session.network.theta[0]), 4)
            return say("opened {brain}, its first weight {first}", brain=state.opened, first=first)
        case ("units" | "activation" | "layers", *_):
            layers = ", ".join(f"{units} {name}" for units, name in plan.layers)
            return say("layers {layers}", layers=layers or say("none"))
        case ("feature", *_):
            return say("inputs {names}", names=", ".join(plan.features))
        case ("forget", str(name)):
            return say("run {name} forgotten", name=name)
        case ("keep",):
            return say("run {name} kept", name=state.kept[-1].name)
        case ("reseed",):
            return say("new points and weights, from seed {seed}", seed=plan.seed)
        case ("paper", str(name)):
            return say("shown as text: {kind}", kind=say(PAPERS[name]))
        case ("pen", str(name)):
            return say("pen: {kind}", kind=say(panels.PENS[name]))
        case ("speed", str(name)):
            return say("speed: {pace}", pace=say(SPEEDS[name]))
        case ("held", on):
            return say("held-out points shown") if on else say("held-out points hidden")
        case ("inside", on):
            return say("histograms shown") if on else say("histograms hidden")
    return say(DONE[str(state.last[0])])


DONE = {
    "guess": word("a prediction"),
    "play": word("training"),
    "pause": word("paused"),
    "step": word("one step"),
    "back": word("one step back"),
    "seek": word("went to another step"),
    "reset": word("started again from the same seed"),
    "challenge": word("another challenge"),
    "data": word("other data"),
}
"""Moves of which no more is to be told."""
