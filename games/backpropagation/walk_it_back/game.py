"""Walk It Back: name the slope of a number used twice, then find the cheapest order of products.

The expression is drawn, and run by `pycore.autodiff`: its tape gives the graph, `Op.pull` the local
slopes, and one `backward` all that a walk back finds; forward mode is the same engine's tangents.
The second part is a chain of four tables: which neighbours are multiplied first decides how many
multiplications it takes, and the cheapest of the orders is neither forwards nor backwards. Whoever
has seen an answer is asked about other numbers. A third part is free play, and counts for nothing:
a formula of one's own (`own.read`) is walked back or forwards, number by number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

import numpy as np

from games import Message, Node, refuse
from games.backpropagation.walk_it_back import chain, own, tape
from games.backpropagation.walk_it_back.chain import FORWARD, JOINTS, REVERSE, Widths
from games.backpropagation.walk_it_back.pictures import (
    BAR,
    DOT,
    chain_picture,
    own_picture,
    spans,
    table_name,
    tape_picture,
    written,
)
from games.backpropagation.walk_it_back.tape import LARGEST, NAMES, REUSED, Tape
from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, Parts, Pick, Press, Text, moves
from games.ui import controls, inputs, widgets
from games.ui.numbers import plain
from games.ui.shell import shell
from games.words import say, word

TICKS_PER_SECOND = 2
PARTS = {"slope": word("a slope"), "order": word("an order")}
"""What wins."""
SHEETS = PARTS | {"own": word("a formula of your own")}
WALKS = {"back": word("back from y"), "a": word("forwards from a"), "b": word("forwards from b")}
OWN_WALKS = WALKS | {"c": word("forwards from c")}
FAR = Dial(-3.0, 3.0, 0.5)
"""Where a letter of one's own formula may be."""
DRAWN = (-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0)
"""Where chance may put it."""

LEARNT = word(
    "A walk back finds every slope at once: what is used twice gets a part along each arrow, and "
    "the parts are added. The cheapest way to a whole table of slopes may begin in the middle."
)
MOVES = moves(
    guess=Dial(-LARGEST, LARGEST, 1, when=lambda state: state.part == "slope" and state.bet.open),
    walk=Press(when=lambda state: state.part == "slope" and state.bet.ready),
    watch=Pick(*WALKS, when=lambda state: state.part == "slope" and state.bet.over),
    join=Pick(*JOINTS, when=lambda state: choosing(state) and len(state.joints) < len(JOINTS)),
    undo=Press(when=lambda state: choosing(state) and bool(state.joints)),
    multiply=Press(when=lambda state: choosing(state) and len(state.joints) == len(JOINTS)),
    again=Press(),
    part=Pick(*SHEETS),
    write=Text(own.LONGEST, when=lambda state: state.part == "own"),
    put=Parts(
        lambda state: state.part == "own" and not state.own.going,
        letter=Pick(*own.LETTERS),
        to=FAR,
    ),
    along=Pick(
        *OWN_WALKS,
        when=lambda state: state.part == "own",
        only=lambda state: ("back", *state.own.formula.letters),
    ),
    go=Press(when=lambda state: state.part == "own" and may_go(state.own)),
)


@dataclass
class Own:
    """The formula of the learner's own.

    Attributes:
        typed: what stands in the field.
        formula: the last that could be read.
        at: where each letter is.
        along: the walk that is shown: back, or the letter from which it goes forwards.
        passed: numbers that it has passed.
        going: whether it is going on.
    """

    typed: str = own.EXAMPLE
    formula: own.Formula = field(default_factory=lambda: own.read(own.EXAMPLE))
    at: dict[str, float] = field(default_factory=lambda: {"a": 2.0, "b": 3.0, "c": -1.0})
    along: str = "back"
    passed: int = 0
    going: bool = False

    def rest(self) -> None:
        """Forget the walk."""
        self.passed, self.going = 0, False


@dataclass
class State:
    """Both parts: the tape with the bet on one of its slopes, and the chain with its order.

    `passed` numbers have been passed on the walk back; `joints` are closed in this order.
    """

    rng: np.random.Generator
    tape: Tape
    asked: str
    widths: Widths
    part: str = "slope"
    bet: Bet[int] = field(default_factory=Bet)
    passed: int = 0
    watched: str = "back"
    joints: tuple[int, ...] = ()
    multiplied: bool = False
    named: bool = False
    ordered: bool = False
    own: Own = field(default_factory=Own)


def init(seed: int) -> State:
    """An expression and a chain; nothing is found yet."""
    rng = np.random.default_rng(seed)
    asked = str(rng.choice(REUSED))
    return State(rng, tape.drawn(rng, asked), asked, chain.drawn(rng))


def choosing(state: State) -> bool:
    """Whether the order of the products is being chosen."""
    return state.part == "order" and not state.multiplied


def update(state: State, move: str, *values: Any) -> None:
    """Predict and walk back; close joints and multiply; and whatever was seen is asked no more."""
    match move, *values:
        case "guess", slope:
            state.bet.place(slope)
        case ("walk",):
            state.bet.begin()
            state.passed = 0
        case "watch", way:
            state.watched = way
        case "join", joint:
            if joint in state.joints:
                left = [k for k in JOINTS if k not in state.joints]
                refuse(move, values, say("one of {ids}", ids=", ".join(map(repr, left))))
            state.joints = (*state.joints, joint)
        case ("undo",):
            state.joints = ()
        case ("multiply",):
            state.multiplied = True
            state.ordered = state.ordered or is_cheapest(state)
        case ("again",):
            _ask(state)
        case "part", part:
            state.part = part
        case "write", text:
            _write(state.own, text)
        case "put", letter, value:
            state.own.at[letter] = value
            state.own.rest()
        case "along", way:
            state.own.along = way
            state.own.rest()
        case ("go",):
            state.own.passed, state.own.going = 0, True


def _write(mine: Own, text: str) -> None:
    """Another formula; where it is none, the last one stays, and the field says what is wrong."""
    mine.typed = text
    mine.rest()
    if wrong(mine):
        return
    mine.formula = own.read(text)
    if mine.along not in ("back", *mine.formula.letters):
        mine.along = "back"


def wrong(mine: Own) -> str:
    """What is wrong with what was typed, "" for nothing."""
    try:
        own.read(mine.typed)
    except own.FormulaError as error:
        return str(error)
    return ""


def may_go(mine: Own) -> bool:
    """Whether there is a tape to walk, and no walk going on."""
    return not (mine.going or wrong(mine) or own.walked(mine.formula, mine.at).lost)


def _ask(state: State) -> None:
    """Other numbers for the part that is open, with another answer."""
    if state.part == "own":
        state.own.at = {x: float(state.rng.choice(DRAWN)) for x in own.LETTERS}
        state.own.rest()
        return
    if state.part == "order":
        state.widths = chain.drawn(state.rng, chain.cheapest(state.widths))
        state.joints, state.multiplied = (), False
        return
    seen = state.tape.bars[state.asked]
    state.asked = str(state.rng.choice(REUSED))
    state.tape = tape.drawn(state.rng, state.asked, seen)
    state.passed, state.watched = 0, "back"
    state.bet.again()


def tick(state: State) -> bool:
    """The walk passes one number more."""
    if state.part == "own" and state.own.going:
        state.own.passed += 1
        state.own.going = state.own.passed < len(own.walked(state.own.formula, state.own.at).back)
        return True
    if not state.bet.running or state.part != "slope":
        return False
    state.passed += 1
    if state.passed == len(NAMES):
        state.bet.settle()
        state.named = state.named or state.bet.said == state.tape.bars[state.asked]
    return True


def is_cheapest(state: State) -> bool:
    """Whether no order needs fewer multiplications than the one that was chosen."""
    best = chain.cost(state.widths, chain.cheapest(state.widths))
    return state.multiplied and chain.cost(state.widths, state.joints) == best


def score(state: State) -> float:
    """Half for each part."""
    return (state.named + state.ordered) / 2


def solution(state: State) -> Iterator[Message]:
    """What is not won yet: the sum of the parts, and the cheapest of the orders."""
    for part in [part for part in PARTS if part not in _done(state)] or list(PARTS):
        yield ("part", part)
        yield ("again",)  # ends a walk, and forgets what was seen
        if part == "slope":
            yield ("guess", state.tape.bars[state.asked])
            yield ("walk",)
        else:
            yield from (("join", joint) for joint in chain.cheapest(state.widths))
            yield ("multiply",)


def why(state: State, move: str, *values: Any) -> str:
    """The reason for a move of the solution."""
    match move:
        case "guess":
            return say("One part arrives along each arrow that leaves it; their sum is the slope.")
        case "join" if not state.joints:
            return say("The smallest middle is nearly always best left for last.")
    return ""


# --- pictures and words ---------------------------------------------------------------------------


def view(state: State) -> Node:
    """The part that is open."""
    won = score(state) == 1
    mission = widgets.progress(say("parts done"), round(2 * score(state)), 2)
    which = controls.choice(
        say("part"),
        {name: say(text) for name, text in SHEETS.items()},
        state.part,
        MOVES.on(state).part,
    )
    again = controls.button(say("Other numbers"), MOVES.on(state).again, key="again")
    draw = {"slope": _slope, "order": _order, "own": _own}[state.part]
    return draw(state, won, mission, widgets.row(which, again))


def _done(state: State) -> list[str]:
    return [part for part, done in zip(PARTS, (state.named, state.ordered), strict=True) if done]


def _next(state: State, otherwise: Node) -> Node:
    """The step after a part was done: the other one, as long as that is open."""
    left = [part for part in PARTS if part not in _done(state)]
    if state.part in left or not left:
        return otherwise
    return controls.button(
        say("Next: {part}", part=say(PARTS[left[0]])),
        MOVES.on(state).part(left[0]),
        primary=True,
        key="commit",
    )


def _slope(state: State, won: bool, mission: Node, which: Node) -> Node:
    """The tape, and the bet on one of its slopes."""
    may, bet, truth = MOVES.on(state), state.bet, state.tape.bars[state.asked]
    hit = bet.over and bet.said == truth
    said = bet.told(plain)
    name = state.asked + BAR
    ask = commit(
        bet,
        said and say("Walk back: {name} = {guess}", name=name, guess=said),
        may.walk,
        may.again,
        more=say("Other numbers"),
    )
    return shell(
        tape_picture(
            state.tape,
            _found(state),
            BAR if state.watched == "back" else DOT,
            asked=state.asked,
            sends=_sends(state),
            won=hit,
        ),
        widgets.verdict(_slope_verdict(state), won or hit, lost=bet.over and not hit),
        mission=mission,
        dock=[
            slip(
                bet,
                say("How fast does y move with {letter}?", letter=state.asked),
                controls.slider(name, bet.said, may.guess, at=0, symbol=state.asked),
                said=said,
                truth=plain(truth),
                hit=hit,
            ),
        ],
        go=_next(state, ask) if bet.over else ask,
        drawers=[
            which,
            widgets.folded(
                say("After the walk, walk another way"),
                controls.choice(
                    say("walk"),
                    {way: say(text) for way, text in WALKS.items()},
                    state.watched,
                    may.watch,
                ),
                key="watch",
            ),
            widgets.explained(
                say("What is drawn"),
                say(
                    "Each box is a line of the tape, with its value. On an arrow is the local "
                    "slope: how fast its upper end moves with the lower one alone. A bar over "
                    "a letter means how fast y moves with it; a dot, how fast it moves with "
                    "the input that the walk forwards began at."
                ),
                key="drawn",
            ),
        ],
        unfinished=not won,
    )


def _found(state: State) -> dict[str, int]:
    """What has been found so far, by number."""
    if state.watched != "back":
        return state.tape.dots[state.watched]
    if state.bet.open:
        return {"y": 1}
    return {name: state.tape.bars[name] for name in state.tape.back[: max(state.passed, 1)]}


def _sends(state: State) -> list[tuple[str, str]]:
    """The arrows along which something is handed on just now."""
    if not state.bet.running or not state.passed:
        return []
    here = state.tape.back[state.passed - 1]
    return [pair for pair in state.tape.arrows if pair[1] == here]


def _slope_verdict(state: State) -> str:
    """What the walk has shown, or what there is to do."""
    bet, name = state.bet, state.asked + BAR
    one, other = map(plain, state.tape.parts(state.asked))
    truth = plain(state.tape.bars[state.asked])
    if bet.open:
        return say(
            "Begin at the top with 1, go down each arrow, multiply by what is on it. "
            "Where two arrows meet, what do you do?"
        )
    if bet.running:
        return say("Walking back, one number at a time.")
    parts = {"name": name, "one": one, "other": other, "right": truth}
    if bet.said == state.tape.bars[state.asked]:
        return say(
            "Yes: {one} along one arrow and {other} along the other, {name} = {right}.", **parts
        )
    if bet.said in state.tape.parts(state.asked):
        return say(
            "That is one arrow alone. {one} arrives along one and {other} along the other: "
            "{name} = {right}.",
            **parts,
        )
    return say(
        "{one} arrives along one arrow and {other} along the other, so {name} = {right}.", **parts
    )


def _order(state: State, won: bool, mission: Node, which: Node) -> Node:
    """The chain of tables, and the joints to close."""
    may, hit = MOVES.on(state), is_cheapest(state)
    more = controls.button(say("Other tables"), may.again, primary=True, key="commit")
    multiply = controls.button(
        say("Multiply in this order")
        if len(state.joints) == len(JOINTS)
        else say("Choose the order first"),
        may.multiply,
        primary=True,
        key="commit",
    )
    costs = chain.products(state.widths, state.joints) if state.multiplied else []
    return shell(
        chain_picture(state.widths, state.joints, costs, hit),
        widgets.verdict(_order_verdict(state), won or hit, lost=state.multiplied and not hit),
        mission=mission,
        dock=[
            widgets.row(
                [_joint(state, joint) for joint in reversed(JOINTS)], key="joints", class_="joints"
            ),
        ],
        go=_next(state, more)
        if state.multiplied
        else widgets.row(multiply, controls.button(say("Choose anew"), may.undo)),
        drawers=[
            which,
            widgets.explained(
                say("What is drawn"),
                say(
                    "Each rectangle is the table of slopes of one layer: a row for each number "
                    "that comes out, a column for each that goes in. The input is on the "
                    "right. A table of p × q times one of q × r takes p · q · r "
                    "multiplications, and becomes one of p × r."
                ),
                key="drawn",
            ),
            widgets.folded(say("Every order"), _all_orders(state), key="orders")
            if state.multiplied
            else None,
        ],
        unfinished=not won,
    )


def _joint(state: State, joint: int) -> Node:
    """A button that multiplies the two tables that meet at a joint."""
    offer = MOVES.on(state).join(joint)
    used = joint in state.joints
    left = spans(state.joints)
    names = [table_name(*span) for span in left if span[1] == joint + 1 or span[0] == joint]
    label = table_name(joint + 1, joint) if used else " · ".join(names)
    return controls.button(
        _turned(label, state.joints.index(joint) + 1 if used else None),
        replace(offer, open=offer.open and not used),
        key=f"joint {joint}",
    )


def _turned(label: str, turn: int | None) -> str:
    """What is written on a joint's button; its turn, once it has one."""
    return label if turn is None else say("{turn}. {tables}", turn=turn, tables=label)


def _order_verdict(state: State) -> str:
    """What the order costs, or what there is to do."""
    if not state.multiplied:
        return say(
            "Four tables are to become one. A product takes rows × middle × columns "
            "multiplications. Which order needs fewest?"
        )
    best, cost = chain.cheapest(state.widths), chain.cost(state.widths, state.joints)
    if is_cheapest(state):
        return say(
            "{cost} multiplications, and no order needs fewer. Forward mode takes {forward}, "
            "reverse mode {reverse}.",
            cost=cost,
            forward=chain.cost(state.widths, FORWARD),
            reverse=chain.cost(state.widths, REVERSE),
        )
    return say(
        "{cost} multiplications; {least} would do, beginning with {first}. Try the smallest "
        "middle last.",
        cost=cost,
        least=chain.cost(state.widths, best),
        first=table_name(best[0] + 1, best[0]),
    )


def _all_orders(state: State) -> Node:
    """Each order with its multiplications."""
    orders = sorted((chain.cost(state.widths, order), order) for order in permutations(JOINTS))
    return widgets.table(
        say("Each order, the cheapest first"),
        [say("first product"), say("then"), say("multiplications")],
        [
            (
                table_name(order[0] + 1, order[0]),
                table_name(order[1] + 1, order[1]),
                plain(cost),
            )
            for cost, order in orders
        ],
    )


def _own(state: State, won: bool, mission: Node, which: Node) -> Node:
    """A formula of the learner's own, its letters, and a walk along its tape."""
    may, mine = MOVES.on(state), state.own
    walks, error = own.walked(mine.formula, mine.at), wrong(mine)
    back = mine.along == "back"
    ready = say("Walk back from y") if back else say("Walk forwards from {x}", x=mine.along)
    return shell(
        own_picture(
            mine.formula,
            walks,
            _own_found(mine, walks),
            BAR if back else DOT,
            _own_sends(mine, walks),
        ),
        widgets.verdict(_own_verdict(mine, walks), won),
        mission=mission,
        dock=[
            inputs.code_field(
                say("a formula of a, b and c"), mine.typed, may.write, lines=2, error=error or None
            ),
            widgets.panel(
                [controls.slider(x, mine.at[x], may.put(x), key=x) for x in mine.formula.letters],
                key="letters",
            ),
            controls.choice(
                say("walk"),
                {
                    way: say(text)
                    for way, text in OWN_WALKS.items()
                    if way in ("back", *mine.formula.letters)
                },
                mine.along,
                may.along,
            ),
        ],
        go=controls.button(ready, may.go, primary=True, key="commit"),
        drawers=[
            which,
            widgets.explained(
                say("What may be written"),
                say(
                    "Letters a, b and c, numbers, + − * / and brackets, powers such as a^2, "
                    "and {functions}. What is used again gets a name in a line of its own, as "
                    "u in the example; the last line is y. A plain number is written at the "
                    "sign of its operation.",
                    functions=", ".join(own.FUNCTIONS),
                ),
                key="written",
            ),
        ],
        unfinished=not won,
    )


def _own_order(mine: Own, walks: own.Walks) -> list[str]:
    """The numbers in the order of the walk that is shown."""
    return walks.back if mine.along == "back" else walks.back[::-1]


def _own_found(mine: Own, walks: own.Walks) -> dict[str, float]:
    """What the walk has found so far; where it begins is known."""
    slopes = walks.bars if mine.along == "back" else walks.dots[mine.along]
    begun = own.RESULT if mine.along == "back" else mine.along
    return {name: slopes[name] for name in (begun, *_own_order(mine, walks)[: mine.passed])}


def _own_sends(mine: Own, walks: own.Walks) -> list[int]:
    """The arrows along which something is handed on just now, by their places."""
    if not mine.going or not mine.passed:
        return []
    here, end = _own_order(mine, walks)[mine.passed - 1], 1 if mine.along == "back" else 0
    return [i for i, arrow in enumerate(walks.arrows) if arrow[end] == here]


def _own_verdict(mine: Own, walks: own.Walks) -> str:
    """What is wrong, what there is to do, or what the walk has found."""
    if wrong(mine):
        return say("That cannot be read. The picture keeps to the last formula that could.")
    if lost := walks.lost:
        return say(
            "At these numbers {name} or its slope is no number that a computer can hold. Move a "
            "letter.",
            name=lost,
        )
    if mine.going and mine.along == "back":
        return say("Walking back, one number at a time.")
    if mine.going:
        return say("Walking forwards, one number at a time.")
    if not mine.passed:
        return say(
            "Type a formula, move its letters, and walk its tape. This part is for playing; it "
            "counts for nothing."
        )
    if mine.along != "back":
        return say(
            "Where {x} moves by a little, y moves {slope} times as far. For another letter one has "
            "to walk again.",
            x=mine.along,
            slope=written(walks.dots[mine.along][own.RESULT]),
        )
    return say(
        "One walk, and all slopes are there: {slopes}. Two runs beside each letter say {checks}.",
        slopes=", ".join(f"{x + BAR} = {written(walks.bars[x])}" for x in mine.formula.letters),
        checks=", ".join(
            written(own.differences(mine.formula, mine.at, x)) for x in mine.formula.letters
        ),
    )


def describe(state: State) -> str:
    """The part that is open, in words."""
    if state.part == "own":
        return _own_described(state)
    if state.part == "order":
        return say(
            "Tables {sizes}. Closed so far: {joints}. {verdict} Done: {n} of 2 parts.",
            sizes=", ".join(
                say("{rows} × {columns}", rows=state.widths[high], columns=state.widths[low - 1])
                for high, low in spans(state.joints)
            ),
            joints=", ".join(table_name(k + 1, k) for k in state.joints) or say("none"),
            verdict=_order_verdict(state),
            n=state.named + state.ordered,
        )
    found = ", ".join(f"{name} {plain(value)}" for name, value in _found(state).items())
    return say(
        "The tape: {lines}. Slopes on the arrows: {arrows}. Found, walking {way}: {found}. "
        "Prediction for {letter}: {guess}. {verdict} Done: {n} of 2 parts.",
        lines=", ".join(f"{name} {plain(value)}" for name, value in state.tape.values.items()),
        arrows=", ".join(
            say("{start} to {end} {slope}", start=a, end=b, slope=plain(slope))
            for (a, b), slope in state.tape.arrows.items()
        ),
        way=say(WALKS[state.watched]),
        found=found,
        letter=state.asked,
        guess=state.bet.told(plain) or say("none yet"),
        verdict=_slope_verdict(state),
        n=state.named + state.ordered,
    )


def _own_described(state: State) -> str:
    mine = state.own
    walks = own.walked(mine.formula, mine.at)
    return say(
        "The formula typed is “{typed}”. Its tape: {lines}. Found, walking {way}: {found}. "
        "{verdict} Done: {n} of 2 parts.",
        typed="; ".join(mine.typed.splitlines()),
        lines=", ".join(f"{x} {written(walks.values[x])}" for x in reversed(walks.back)),
        way=say(OWN_WALKS[mine.along]),
        found=", ".join(f"{x} {written(d)}" for x, d in _own_found(mine, walks).items()),
        verdict=_own_verdict(mine, walks),
        n=state.named + state.ordered,
    )
