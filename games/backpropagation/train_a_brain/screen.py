"""The whole screen of Train a Brain, put together from pictures and panels. It reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from games.backpropagation.train_a_brain import answers, panels, paper, pictures
from games.backpropagation.train_a_brain import challenges as ladder
from games.backpropagation.train_a_brain.challenges import CHALLENGES
from games.backpropagation.train_a_brain.moves import MOVES
from games.backpropagation.train_a_brain.pictures import PLANE
from games.backpropagation.train_a_brain.session import Session
from games.backpropagation.train_a_brain.state import State
from games.backpropagation.train_a_brain.table import understood
from games.concepts.bet import slip
from games.moves import Offers
from games.ui import controls, inputs, widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent, plain
from games.ui.shell import shell
from games.words import say, word
from pycore.arrays import Array
from pycore.layers import Sequential

SPEEDS = {
    "watch": word("to watch"),
    "2-a-second": word("2 steps a second"),
    "10-a-second": word("10 a second"),
    "60-a-second": word("60 a second"),
    "full": word("full speed"),
}
PAPERS = {"none": word("nothing"), "torch": word("PyTorch")}


def view(state: State) -> Node:
    """The plane with its border and what is asked, the network, the run; the rest folded away."""
    session, plan, may = state.session, state.plan, MOVES.on(state)
    side = answers.side(plan)
    network = answers.reader(session)
    given = answers.columns(network, answers.grid_inputs(plan.features, side))
    outputs = given[-1].reshape(side, side)
    plane = answers.answer(session, outputs)
    every = side // answers.PICTURE
    small = [c.T.reshape(-1, side, side)[:, ::every, ::every] for c in given[:-1]]
    small.append(plane[None, ::every, ::every])
    needs = CHALLENGES[state.challenge].needs
    begun = not state.bet.open
    pen = _pen(state, may)
    played = shell(
        h(
            "div",
            pictures.plane(session.data, plane, outputs, state.held, pen, state.met),
            _aims(state),
            class_="brain-picture",
        ),
        widgets.verdict(_status(state), state.met, lost=bool(state.failure)),
        mission=panels.ladder(state.challenge, frozenset(state.best), may.challenge),
        dock=[
            h(
                "div",
                _tools(state, needs, may),
                panels.heads(plan.layers, may.units),
                pictures.network(
                    plan,
                    [layer.W for layer in answers.dense(network)],
                    small,
                    state.neuron,
                    state.weight,
                    panels.unit_name(plan, *state.neuron) if state.neuron else say("none chosen"),
                    state.met,
                ),
                _neuron(state, network, may) if begun or state.neuron else None,
                class_="brain-build",
                key="build",
            ),
            _time(state, may) if begun else None,
        ],
        go=[_guess(state, may), _buttons(state, may)],
        drawers=[
            panels.build(plan.layers, plan.features, "layers" in needs, may),
            panels.points(
                plan,
                session.data,
                state.table,
                state.problem,
                may.column.open,
                may.label.open,
                needs,
                state.held,
                may,
            ),
            panels.learning(plan, session.classes, session.trainer.batch_size, may),
            panels.holding_back(plan, may),
            widgets.folded(say("Curves: loss and points right"), _curves(state), key="curves"),
            widgets.folded(say("Numbers"), _numbers(state), key="numbers"),
            _inside(state, may),
            panels.runs(state.kept, may),
            _paper(state, may),
        ],
        wide=True,
        tone=_tone(session),
    )
    return h("div", played, class_="brain", marks=Drawn(state))


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


def _tone(session: Session) -> float:
    """The loss as a share of what it was at first; a number that is none is as bad as that."""
    first = next(iter(session.history.by_step.values())).loss
    share = session.now.loss / first if first else 0.0
    return share if np.isfinite(share) else 1.0


def _tools(state: State, needs: tuple[str, ...], may: Offers) -> Node | None:
    """What the challenge needs beside neurons, and the pen for points of one's own."""
    plan = state.plan
    tools = [
        panels.data_sets(plan.data, may.data) if "data" in needs else None,
        controls.choice(say("pen"), {k: say(v) for k, v in panels.PENS.items()}, state.pen, may.pen)
        if plan.data == "own"
        else None,
        panels.layers(len(plan.layers), may.layers) if "layers" in needs else None,
        *(panels.settings(plan, may, "held_out") if "held_out" in needs else []),
    ]
    return h("div", tools, class_="brain-tools", key="tools") if any(tools) else None


def _buttons(state: State, may: Offers) -> Node:
    """Train and pause, a step back, a step on, back to the start; after a win, what is next."""
    following = ladder.next_of(state.challenge, state.best) if state.met else None
    if following:
        title = say(CHALLENGES[following].title)
        return widgets.row(
            controls.button(
                say("Next: {title}", title=title),
                may.challenge(following),
                primary=True,
                key="play",
            ),
            controls.button(say("Train"), may.play, key="on"),
            key="buttons",
            class_="brain-buttons",
        )
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
        [
            controls.button("◂", may.back, name=say("One step back")),
            controls.button("▸", may.step, name=say("One step")),
            controls.button("↺", may.reset, name=say("Back to the start, same seed")),
        ]
        if state.bet.said is not None
        else None,
        key="buttons",
        class_="brain-buttons",
    )


def _time(state: State, may: Offers) -> Node:
    """The step on a slider, to go back and forth; the speed; other weights to start from."""
    speeds = {key: say(name) for key, name in SPEEDS.items()}
    return h(
        "div",
        controls.slider(say("step"), state.session.step, may.seek),
        widgets.row(
            controls.select(say("speed"), speeds, state.speed, may.speed),
            controls.button(say("New seed"), may.reseed),
            key="pace",
        ),
        class_="brain-time",
        key="time",
    )


def _guess(state: State, may: Offers) -> Node:
    bet, classes, right = state.bet, state.session.classes, state.session.now.held_quality
    if classes:
        question = say("How many hollow points will it get right?")
    else:
        question = say(
            "How much of the ups and downs of the hollow points will it explain (R²)? 1 is all of "
            "them; 0 is no better than always giving their mean."
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


def _aims(state: State) -> Node:
    """What the challenge asks and how near it is; in free play, how it does."""
    asked = tuple(ladder.rules(state.challenge, state.session))
    if asked:
        return panels.aims(asked)
    now, classes = state.session.now, state.session.classes
    return widgets.readouts(
        [
            (
                say("filled points") if classes else say("R², filled points"),
                panels.quality(now.quality, classes),
            ),
            (
                say("hollow points") if classes else say("R², hollow points"),
                panels.quality(now.held_quality, classes),
            ),
        ]
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
            learnt=say(challenge.learnt),
            n=figure,
            best=best,
        )
    now, won = session.now, state.challenge in state.best
    if state.playing and challenge.data is not None and not won and _stuck(session):
        hint = say(challenge.hint)
        return say("Stuck? {hint}", hint=hint)
    if state.playing:
        return say("Training: {n} parameters move a little at every step.", n=session.plan.count())
    if session.step == 0 and state.challenge == "xor" and not state.best and state.bet.open:
        return say(
            "Circles and squares in opposite corners. It learns from the filled points; the hollow "
            "ones are its exam. Predict, then train."
        )
    if session.step == 0:
        return say(challenge.hint)
    if session.classes and now.quality - now.held_quality > 0.1:
        return say(
            "Much better on the points it learns from than on those held out: it has learned some "
            "by heart. More points or an L2 penalty help."
        )
    if challenge.data is not None and not won:
        hint = say(challenge.hint)
        return say("Paused at step {step}: not there yet. {hint}", step=session.step, hint=hint)
    return say(
        "Paused at step {step}. Change what you like: Train goes on from here.", step=session.step
    )


def _stuck(session: Session) -> bool:
    """Whether no more points are right than some time ago."""
    history = session.history
    before = history.column("held_quality")[history.steps <= session.step - PATIENCE]
    return len(before) > 0 and session.now.held_quality <= float(np.max(before)) + 0.005


PATIENCE = 200
"""Steps without a point more after which the learner is told."""
WON = {
    "steps": word("Won in {n} steps; best: {best}. {learnt}"),
    "weights": word("Won with {n} parameters; best: {best}. {learnt}"),
    "samples": word("Won with {n} training points; best: {best}. {learnt}"),
}
"""What is said of a win, by what its record counts."""


def _numbers(state: State) -> Node:
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
        text and inputs.shown_text(say("the network as text"), text, key=f"text {state.paper}"),
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
