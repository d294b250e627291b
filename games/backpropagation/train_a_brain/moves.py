"""All that may be said in Train a Brain: what a placed game may set, and the table of its moves."""

from __future__ import annotations

from games import Param
from games.backpropagation.train_a_brain import plan as plans
from games.backpropagation.train_a_brain.challenges import CHALLENGES
from games.backpropagation.train_a_brain.plan import MOST_LAYERS, MOST_UNITS
from games.backpropagation.train_a_brain.points import DATA, MADE, REACH
from games.backpropagation.train_a_brain.state import LETTERS, MOST_KEPT, State, reach
from games.moves import Dial, File, Parts, Pick, Place, Press, Switch, moves
from games.words import word

AS_ASKED = "as-asked"
SPEEDS = {
    "watch": 60.0,
    "2-a-second": 2.0,
    "10-a-second": 10.0,
    "60-a-second": 60.0,
    "full": None,
}
"""Steps a second; None for as many as the frame has time for. To watch, it begins slower."""
CHALLENGE = Pick(*CHALLENGES)

PARAMS = {
    "challenge": Param(CHALLENGE, "xor", word("Challenge")),
    "data": Param(
        Pick(AS_ASKED, *MADE, was={"as the challenge asks": AS_ASKED}), AS_ASKED, word("Data set")
    ),
    "noise": Param(Dial(0, 0.5, 0.05), 0.0, word("Noise of the data")),
    "layers": Param(Dial(0, MOST_LAYERS), 1, word("Hidden layers")),
    "units": Param(Dial(1, MOST_UNITS), 2, word("Neurons in each")),
    "activation": Param(plans.ACTIVATION, "tanh", word("Activation")),
    "optimizer": Param(plans.OPTIMIZER, "adam", word("Optimiser")),
    "lr": Param(plans.RATE, "0.03", word("Learning rate")),
    "steps": Param(Dial(300, 20_000, 100), 3000, word("Steps until it pauses by itself")),
    "ways": Param(Pick("today", "first"), "today", word("Played as today, or as at first")),
}
ARROW = Dial(-1, 1)
LAYER = Dial(1, lambda s: len(s.plan.layers))


def _ready(state: State) -> bool:
    return not state.playing and state.bet.said is not None


def _draws(state: State) -> bool:
    return state.plan.data == "own"


def _table(state: State) -> bool:
    """Whether columns can be chosen: of the table in use, or of one that was refused."""
    return state.table is not None and (state.plan.data == "csv" or bool(state.problem))


def _columns(state: State) -> int:
    return len(state.table.names) if state.table else 1


MOVES = moves(
    # the run
    guess=Dial(50, 100, 5, when=lambda s: s.bet.open),
    play=Press(when=_ready),
    pause=Press(when=lambda s: s.playing),
    step=Press(when=_ready),
    back=Press(when=lambda s: s.session.step > 0),
    seek=Dial(0, lambda s: max(s.session.furthest, 1)),
    reset=Press(),
    reseed=Press(),
    speed=Pick(*SPEEDS),
    # what is trained, and on what
    challenge=CHALLENGE,
    data=Pick(*DATA),
    feature=plans.FEATURE,
    layers=Dial(0, MOST_LAYERS),
    units=Parts(lambda s: bool(s.plan.layers), layer=LAYER, to=Dial(1, MOST_UNITS)),
    activation=Parts(lambda s: bool(s.plan.layers), layer=LAYER, to=plans.ACTIVATION),
    **plans.SETTINGS,
    **plans.KNOBS,
    pen=Pick("class-1", "class-0", "erase", "lift", when=_draws),
    draw=Place(Dial(-REACH, REACH, 0.01), Dial(-REACH, REACH, 0.01), when=_draws),
    nudge=Place(ARROW, ARROW, when=_draws),
    csv=File(),
    column=Parts(_table, role=Pick("x1", "x2", "y"), to=Dial(1, _columns)),
    label=Pick("classes", "numbers", when=lambda s: _table(s) and s.table.choice()),
    # a close look
    look=Parts(column=Dial(1, lambda s: len(s.plan.sizes) - 1), unit=Dial(0, MOST_UNITS - 1)),
    go=Place(ARROW, ARROW),
    weight=Dial(
        0,
        lambda s: s.plan.sizes[s.neuron[0] - 1] if s.neuron else 0,
        when=lambda s: bool(s.neuron),
    ),
    write=Dial(lambda s: -reach(s), reach, 0.01, when=lambda s: bool(s.neuron)),
    held=Switch(),
    inside=Switch(),
    # runs and networks kept
    keep=Press(when=lambda s: len(s.kept) < MOST_KEPT),
    forget=Pick(*LETTERS, when=lambda s: bool(s.kept)),
    paper=Pick("none", "torch"),
    open=File(binary=True),
)
