"""The whole screen of Train a Brain, put together from pictures and panels. It reads only."""

from __future__ import annotations

from typing import Any

from games.backpropagation._brain import answers, looks, panels, paper, pictures
from games.backpropagation._brain import challenges as ladder
from games.backpropagation._brain.challenges import CHALLENGES
from games.backpropagation._brain.pictures import PLANE
from games.backpropagation._brain.plan import Plan
from games.backpropagation._brain.points import REACH
from games.backpropagation._brain.state import SPEEDS, State
from games.ui import widgets
from games.ui.node import Node, h
from games.ui.numbers import fixed, percent


def view(state: State) -> Node:
    """Data and challenge, the network, the plane, the run's controls; the rest folded away."""
    session, plan = state.session, state.session.plan
    side = answers.side(plan)
    network = answers.reader(session)
    given = answers.columns(network, answers.grid_inputs(plan.features, side))
    outputs = given[-1].reshape(side, side)
    plane = answers.answer(session, outputs)
    every = side // answers.PICTURE
    small = [c.T.reshape(-1, side, side)[:, ::every, ::every] for c in given[:-1]]
    small.append(plane[None, ::every, ::every])
    hint = CHALLENGES[state.challenge].hint
    return h(
        "div",
        h(
            "div",
            h(
                "div",
                panels.challenge(state.challenge, tuple(sorted(state.best.items()))),
                panels.aims(tuple(ladder.rules(state.challenge, session)), hint),
                class_="brain-ladder",
            ),
            panels.data(plan.data),
            class_="brain-top",
        ),
        _buttons(state),
        h(
            "div",
            panels.build(len(plan.layers), plan.features),
            panels.heads(plan.layers),
            pictures.network(
                plan,
                [layer.W for layer in answers.dense(network)],
                small,
                _network_label(plan),
                state.neuron,
                state.weight if state.neuron else None,
                looks.touchpad(state),
            ),
            panels.feet(plan.layers),
            class_="brain-build",
        ),
        h(
            "div",
            pictures.plane(
                session.data,
                plane,
                outputs,
                state.held,
                _plane_label(state),
                _drawing_pad(state),
                _pen(state),
            ),
            _now(state),
            class_="brain-plane",
        ),
        widgets.panel(
            panels.pen(state.pen) if plan.data == "own" else None,
            _pace(state),
            _guess(state),
            widgets.note(_status(state), kind="win" if state.met else "", roomy=True, key="status"),
            key="run",
            class_="brain-run",
        ),
        widgets.panel(
            _neuron(state, network),
            _curves(state),
            key="more",
            class_="brain-more",
        ),
        h(
            "div",
            widgets.panel(
                panels.learning(plan), panels.points(plan, state.problem), panels.runs(state.kept)
            ),
            widgets.panel(panels.holding_back(plan), _inside(state), _paper(state)),
            class_="brain-folds",
        ),
        class_="stage brain",
    )


def _buttons(state: State) -> Node:
    """Train and pause, a step back, a step on, back to the start."""
    session = state.session
    if state.playing:
        play = widgets.button("Pause", ("pause",), primary=True, key="play")
    else:
        label = f"Guess {percent(state.guess / 100)} and train" if state.bet is None else "Train"
        play = widgets.button(label, ("play",), primary=True, key="play")
    return widgets.row(
        play,
        widgets.button("◂", ("back",), enabled=session.step > 0, name="one step back", key="back"),
        widgets.button("▸", ("step",), enabled=not state.playing, name="one step", key="step"),
        widgets.button("↺", ("reset",), name="back to the start, same seed", key="reset"),
        key="buttons",
        class_="brain-buttons",
    )


def _pace(state: State) -> Node:
    """The step on a slider, to go back and forth; the speed; another seed; what is shown."""
    session = state.session
    return h(
        "div",
        widgets.slider(
            "step", session.step, 0, max(session.furthest, 1), 1, ("seek",), digits=0, key="seek"
        ),
        widgets.row(
            widgets.select(
                "speed", [(name, name) for name in SPEEDS], state.speed, ("speed",), key="speed"
            ),
            widgets.button("New seed", ("reseed",), key="reseed"),
            panels.held_out(state.held),
            key="pace",
        ),
        class_="brain-pace",
        key="pace",
    )


def _guess(state: State) -> Node:
    now = state.session.now()
    if state.session.data.classes:
        question = "How many held-out points will it get right in the end?"
    else:
        question = "How much of the held-out ups and downs will it explain in the end (R²)?"
    if state.bet is None:
        slider = widgets.slider(
            "my guess",
            state.guess,
            50,
            100,
            5,
            ("guess",),
            printed=percent(state.guess / 100),
            key="guess",
        )
        return widgets.prediction(question, slider, key="prediction")
    ended = not state.playing and state.session.step > 0
    truth = panels.share(now.held_quality) + ("" if ended else " so far")
    close = abs(100 * now.held_quality - state.bet) <= 5 if ended else None
    return widgets.prediction(
        question, "", guess=percent(state.bet / 100), truth=truth, close=close, key="prediction"
    )


def _status(state: State) -> str:
    """One thing to know now, or to try."""
    session = state.session
    challenge = CHALLENGES[state.challenge]
    if state.failure:
        return (
            f"{state.failure} Gone back to step {session.step}, the last with finite numbers. "
            "Try a smaller learning rate."
        )
    if state.met:
        figure = ladder.figure(state.challenge, session)
        unit, best = ladder.UNITS[challenge.league], state.best[state.challenge]
        return f"Won: {challenge.title}. {figure} {unit}; the best of this run is {best}."
    if state.playing:
        return f"Training: {session.plan.count()} parameters move a little at every step."
    if session.step == 0:
        return challenge.hint
    now = session.now()
    if session.data.classes and now.quality - now.held_quality > 0.1:
        return (
            "Much better on the points it learns from than on those held out: it has learned some "
            "by heart. More points or an L2 penalty help."
        )
    if challenge.data is not None and state.challenge not in state.best:
        return f"Paused at step {session.step}: not there yet. {challenge.hint}"
    return f"Paused at step {session.step}. Change what you like: Train goes on from here."


def _now(state: State) -> Node:
    session = state.session
    now = session.now()
    right = "right" if session.data.classes else "explained"
    return panels.readouts(
        [
            (f"held-out {right}", panels.share(now.held_quality)),
            (f"training {right}", panels.share(now.quality)),
            ("held-out loss", panels.losses_of(now.held_loss)),
            ("training loss", panels.losses_of(now.loss)),
            ("parameters", str(session.plan.count())),
            ("epoch", str(session.step // session.epoch)),
        ]
    )


def _curves(state: State) -> Node:
    session = state.session
    here = session.step if session.step < session.furthest else None
    return pictures.curves(session.curve, here, tuple(state.kept), session.data.classes)


def _neuron(state: State, network: Any) -> Node:
    if state.neuron is None:
        return widgets.note(
            "Tap a neuron to read and change its weights. Its small picture is its answer all over "
            "the plane.",
            kind="hint",
            key="neuron hint",
        )
    layer = answers.dense(network)[state.neuron[0] - 1]
    return panels.neuron(state.session.plan, *state.neuron, state.weight, layer.W, layer.b)


def _drawing_pad(state: State) -> Node | None:
    if state.session.plan.data != "own":
        return None
    x, y = (float(PLANE.across(state.cursor[0])), float(PLANE.up(state.cursor[1])))
    return h(
        "rect",
        x=PLANE.left,
        y=PLANE.top,
        width=PLANE.width - PLANE.left - PLANE.right,
        height=PLANE.height - PLANE.top - PLANE.bottom,
        class_="brain-pad",
        tabindex=0,
        role="slider",
        aria_label="pen",
        aria_valuenow=state.cursor[0],
        aria_valuetext=f"pen at {fixed(state.cursor[0])}, {fixed(state.cursor[1])}",
        data_x=round(x, 2),
        data_y=round(y, 2),
        data_step=12,
        on={"drag": ("draw",)},
        key="pad",
    )


def _pen(state: State) -> Node | None:
    if state.session.plan.data != "own":
        return None
    x, y = (float(PLANE.across(state.cursor[0])), float(PLANE.up(state.cursor[1])))
    return h("circle", cx=x, cy=y, r=7, class_="brain-pen", key="pen")


def _plane_label(state: State) -> str:
    now = state.session.now()
    return (
        f"The plane from −{REACH:g} to {REACH:g}, coloured by the network’s answer at each place; "
        f"{panels.share(now.held_quality)} of the held-out points right."
    )


def _network_label(plan: Plan) -> str:
    return f"A network of {', '.join(map(str, plan.sizes))} units; lines are weights."


def _inside(state: State) -> Node:
    shown: list[Node] = []
    if state.inside:
        session = state.session
        values, slopes = answers.gradients(session)
        hidden = [f"layer {i}" for i in range(1, len(values) + 1)]
        if values:
            shown.append(pictures.histograms("Activations", values, hidden, "a"))
        shown.append(pictures.histograms("Gradients dL/dW", slopes, [*hidden, "output"], "dW"))
    return panels.group(
        "Inside: activations and gradients",
        widgets.toggle("histograms", state.inside, ("inside",), key="inside"),
        shown,
        key="inside",
    )


def _paper(state: State) -> Node:
    text = ""
    try:
        if state.playing and state.paper != "none":
            text = "Pause, and the weights stand here."
        elif state.paper == "torch":
            text = paper.pytorch(state.session)
    except paper.PaperError as error:
        text = str(error)
    return panels.group(
        "Take it with you: save, open, PyTorch",
        widgets.note(
            "A saved brain keeps its inputs, layers and weights. Open it here another day, in A "
            "Network at Work, Layer Diagram or Gradient Decay, or with NumPy.",
            kind="hint",
            key="what",
        ),
        widgets.row(
            widgets.save_file("Save the brain", paper.file_name(state.session.plan), key="save"),
            widgets.open_file("Open a brain", ("open",), ".npz", binary=True, key="open"),
            key="files",
            class_="brain-files",
        ),
        widgets.note(f"Opened: {state.opened}.", key="opened") if state.opened else None,
        widgets.choice("show as", paper.KINDS, state.paper, ("paper",), key="kinds"),
        text
        and h(
            "textarea",
            text,
            readonly=True,
            rows=8,
            class_="text-field",
            aria_label="the network as text",
            key=f"text {state.paper}",
        ),
        key="paper",
    )
