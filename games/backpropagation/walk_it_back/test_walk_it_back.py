"""Walk It Back: slopes are those of differences, orders are counted, what was seen does not win."""

from itertools import permutations

import numpy as np
import pytest

from games.backpropagation.walk_it_back import chain, own
from games.backpropagation.walk_it_back.pictures import BAR, WIDTH, own_picture
from games.backpropagation.walk_it_back.tape import INPUTS, LARGEST
from games.run import Run
from games.ui.numbers import short
from tests.games.reading import buttons

SLUG = "walk-it-back"
SEEDS = range(60)


def ended(run):
    while run.tick():
        pass
    return run


def computed(a, b, signs):
    """The expression in plain Python."""
    made = {"a": a, "b": b}
    for name, (p, q) in INPUTS.items():
        p, q = made[p], made[q]
        made[name] = {"+": p + q, "−": p - q, "×": p * q}[signs[name]]
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slopes_are_those_of_finite_differences(seed):
    tape = Run(SLUG, seed).state.tape
    a, b, h = tape.values["a"], tape.values["b"], 1e-5
    assert computed(a, b, tape.signs) == tape.values
    for name, (da, db) in {"a": (h, 0), "b": (0, h)}.items():
        above, below = (computed(a + s * da, b + s * db, tape.signs) for s in (1, -1))
        moved = {other: (above[other] - below[other]) / (2 * h) for other in above}
        assert moved["y"] == pytest.approx(tape.bars[name], abs=1e-4)
        assert moved == pytest.approx(tape.dots[name], abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_asked_is_used_twice_and_one_arrow_alone_is_wrong(seed):
    state = Run(SLUG, seed).state
    parts = state.tape.parts(state.asked)
    assert len(parts) == 2
    assert sum(parts) == state.tape.bars[state.asked]
    assert state.tape.bars[state.asked] not in parts
    assert abs(sum(parts)) <= LARGEST


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cheapest_order_is_neither_forwards_nor_backwards(seed):
    widths = Run(SLUG, seed).state.widths
    tables = [np.ones((widths[k], widths[k - 1])) for k in range(1, 5)]

    def multiplied(order):
        held, cost = dict(enumerate(tables, 1)), 0
        for joint in order:  # the table that ends at the joint, and the one that begins there
            low = max(k for k in held if k <= joint)
            high = min(k for k in held if k > joint)
            (p, q), (_, r) = held[high].shape, held[low].shape
            cost += p * q * r
            held[low] = held.pop(high) @ held[low]
        return cost

    costs = {order: multiplied(order) for order in permutations(chain.JOINTS)}
    assert costs == {order: chain.cost(widths, order) for order in costs}
    best = costs[chain.cheapest(widths)]
    assert best == min(costs.values())
    assert best < min(costs[chain.FORWARD], costs[chain.REVERSE])


def test_the_narrowest_joint_is_nearly_always_best_closed_last():
    chains = [Run(SLUG, seed).state.widths for seed in SEEDS]
    last = [widths[chain.cheapest(widths)[-1]] == min(widths[1:-1]) for widths in chains]
    assert sum(last) >= len(SEEDS) - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_answer_that_was_seen_does_not_win(seed):
    run = Run(SLUG, seed)
    truth = run.state.tape.bars[run.state.asked]
    run.send(["guess", run.state.tape.parts(run.state.asked)[0]])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0
    run.send(["again"])
    run.send(["guess", truth])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0
    run.send(["part", "order"])
    best = chain.cheapest(run.state.widths)
    for order in (chain.FORWARD, best):
        for joint in order:
            run.send(["join", joint])
        run.send(["multiply"])
        assert run.score() == 0
        run.send(["again"])
        assert run.state.joints == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_is_listed_even_where_two_cost_the_same(seed):
    run = Run(SLUG, seed)
    run.send(["part", "order"])
    for joint in chain.FORWARD:
        run.send(["join", joint])
    run.send(["multiply"])
    assert sum(node.tag == "tr" for node in run.view().walk()) == 1 + 6


def test_both_parts_are_needed_and_one_leads_to_the_other():
    run = Run(SLUG, 3)
    run.send(["guess", run.state.tape.bars[run.state.asked]])
    run.send(["walk"])
    ended(run)
    assert run.score() == 0.5
    assert "Next: an order" in buttons(run.view())
    run.send(["part", "order"])
    for joint in chain.cheapest(run.state.widths):
        run.send(["join", joint])
    assert run.score() == 0.5, "an order counts once it is multiplied"
    run.send(["multiply"])
    assert run.score() == 1


def test_nothing_below_the_end_is_known_before_the_walk():
    run = Run(SLUG, 5)
    run.send(["guess", 3])
    found = next(
        array
        for node in run.view().walk()
        for name, array in (node.marks or {}).items()
        if name.startswith("slopes found")
    )
    assert np.isnan(found[:-1]).all()
    assert found[-1] == 1


# --- a formula of one's own -----------------------------------------------------------------------

PLAIN = {
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    **{name: getattr(np, name) for name in ("exp", "log", "sin", "tanh")},
}


def invented(rng, room=own.MOST):
    """A formula of at most so many operations."""
    if room == 0 or rng.random() < 0.1:
        return str(rng.choice(["a", "b", "c"]))
    kind = rng.choice(["sign", "sign", "sign", "function", "power", "number"])
    if kind == "function":
        return f"{rng.choice(['sin', 'tanh', 'sigmoid'])}({invented(rng, room - 1)})"
    if kind == "power":
        return f"({invented(rng, room - 1)})^2"
    if kind == "number":
        return f"({rng.integers(-3, 4)} {rng.choice(['+', '−', '·'])} {invented(rng, room - 1)})"
    left = int(rng.integers(room))
    sides = invented(rng, left), invented(rng, room - 1 - left)
    return f"({sides[0]} {rng.choice(['+', '-', '*', '*'])} {sides[1]})"


def formula(seed):
    """One that has an operation in it."""
    rng, text = np.random.default_rng(seed), ""
    while not text.strip("abc()"):
        text = invented(rng)
    return text


FORMULAS = [formula(seed) for seed in SEEDS]


def opened(text, seed=1):
    run = Run(SLUG, seed)
    run.send(["part", "own"])
    run.send(["write", text])
    return run


@pytest.mark.parametrize("text", FORMULAS)
def test_the_tape_of_any_formula_has_its_value_and_its_slopes(text):
    at = {"a": 1.5, "b": -0.5, "c": 2.0}
    read = own.read(text)
    walks = own.walked(read, at)
    code = text.translate(own.TYPED)

    def value(**changed):
        return eval(code, {**PLAIN, **at, **changed})

    assert walks.values["y"] == pytest.approx(value(), rel=1e-9)
    assert set(read.letters) == {x for x in own.LETTERS if x in walks.values}
    for x in read.letters:
        h = 1e-5
        slope = (value(**{x: at[x] + h}) - value(**{x: at[x] - h})) / (2 * h)
        size = max(abs(slope), abs(value()), 1)
        assert walks.bars[x] == pytest.approx(slope, abs=1e-5 * size)
        assert walks.dots[x]["y"] == pytest.approx(walks.bars[x], abs=1e-9 * size)
        assert own.differences(read, at, x) == pytest.approx(slope, abs=1e-4 * size)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_arrives_along_the_arrows_of_any_formula_adds_up_to_its_slope(text):
    walks = own.walked(own.read(text), {"a": 1.5, "b": -0.5, "c": 2.0})
    for name in walks.back[1:]:
        parts = [walks.bars[end] * slope for start, end, slope in walks.arrows if start == name]
        assert walks.bars[name] == pytest.approx(sum(parts))


@pytest.mark.parametrize("text", FORMULAS)
def test_every_number_of_any_formula_has_a_box_of_its_own_within_the_picture(text):
    read = own.read(text)
    walks = own.walked(read, {"a": 1.5, "b": -0.5, "c": 2.0})
    drawing = own_picture(read, walks, {}, "", [])
    high = float(drawing.attributes["viewBox"].split()[3])
    boxes = [
        [float(node.attributes[side]) for side in ("x", "y", "width", "height")]
        for node in drawing.walk()
        if node.attributes.get("class") == "graph-body"
    ]
    assert len(boxes) == len(walks.values)
    for i, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x <= x + w <= WIDTH
        assert 0 <= y <= y + h <= high
        for x2, y2, _, _ in boxes[:i]:
            assert abs(x - x2) >= w or abs(y - y2) >= h


def test_what_has_a_name_is_computed_once_and_used_twice():
    named, spelled = own.read("u = a·b; u·u"), own.read("(a·b)·(a·b)")
    assert [line.name for line in named.lines] == ["u", "y"]
    assert [line.name for line in spelled.lines] == ["v₁", "v₂", "y"]
    walks = own.walked(named, {"a": 2.0, "b": 3.0})
    assert walks.arrows[-2:] == [("u", "y", 6.0), ("u", "y", 6.0)]
    assert walks.bars == {"y": 1.0, "u": 12.0, "a": 36.0, "b": 24.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing is written. Try u = a * b; u * (u + a)."),
        ("a +", "It breaks off: something is missing at the end of a line."),
        ("2a", "It cannot be read from “2a” on."),
        ("a * b)", "It cannot be read from “)” on."),
        ("a", "“a” computes nothing: the last line needs an operation, such as a * b."),
        ("2 * 3 + a", "“2 * 3” holds no letter"),
        ("x * a", "x has no value. There are a, b, c, and functions such as tanh(a)."),
        ("a ^ b", "In “a ^ b” the power must be a whole number from 2 to 5."),
        ("a ^ -1", "In “a ^ -1” the power must be"),
        ("a ^ 2.5", "In “a ^ 2.5” the power must be"),
        ("1e9 * a", "1e9 is too large: a number is from −100 to 100."),
        ("1e999 * a", "1e999 is too large"),
        ("sqrt(a)", "“sqrt(a)” is no operation of this tape. There are + − * / ^ and exp, log,"),
        ("tanh(a, b)", "“tanh(a, b)” is no operation"),
        ("a % b", "“a % b” is no operation"),
        ("a < b", "“a < b” is no operation"),
        ("True * a", "“True” is no operation"),
        ("1j * a", "“1j” is no operation"),
        ("import os", "“import os” is no operation"),
        ("__import__('os').getcwd()", "is no operation"),
        ("a.real * b", "“a.real” is no operation"),
        ("(lambda: a)()", "is no operation"),
        ("[a for b in c]", "is no operation"),
        ("a * b; a + b", "Only the last line is without a name; before it each gives one"),
        ("u = a * b", "The last line gives the result"),
        ("u = a * b; b + c", "u is never used"),
        ("u = a * b; u = b; u * u", "u has a value already"),
        ("a = b * c; a * a", "a has a value already"),
        ("uv = a * b; uv * a", "uv is no name here: take one small letter"),
        ("+".join("a" * 10), "These are 9 operations; at most 8 have room."),
        ("a * \ud800", "It cannot be read: one of its characters is broken."),
    ],
)
def test_what_is_no_formula_is_said_with_what_is_allowed_and_the_last_one_stays(text, said):
    run = opened("a·b + c")
    before = run.state.own.formula
    run.send(["write", text])
    assert run.state.own.formula == before
    field = next(node for node in run.view().walk() if node.tag == "textarea")
    assert field.attributes["aria-invalid"] == "true"
    assert said in field.attributes["aria-label"]
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["go"])


def test_a_walk_along_ones_own_tape_passes_one_number_a_tick_both_ways():
    run = opened("tanh(a·b + c)")
    for way, begins in (("back", "y"), ("b", "b")):
        run.send(["along", way])
        run.send(["go"])
        ticks = 0
        while run.tick():
            ticks += 1
        assert ticks == 6
        assert f"{begins} 1" in run.describe().split("Found")[1]
    assert f"y moves {short(2 * (1 - np.tanh(5.0) ** 2), 3)} times as far" in run.describe()


def test_where_a_formula_has_no_value_there_is_no_walk():
    run = opened("1 / (a − 2)")
    assert run.state.own.at["a"] == 2
    assert "y or its slope is no number" in run.describe()
    with pytest.raises(ValueError, match="not possible now"):
        run.send(["go"])
    run.send(["put", "a", 1.5])
    run.send(["go"])
    assert f"a{BAR} = −4. Two runs beside each letter say −4." in ended(run).describe()


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_free_play_counts_for_nothing_and_leaves_what_wins_as_it_is(seed):
    run, other = Run(SLUG, seed), Run(SLUG, seed)
    run.send(["part", "own"])
    run.send(["write", "a * a * b"])
    run.send(["go"])
    ended(run)
    assert run.score() == 0
    assert (run.state.tape, run.state.widths) == (other.state.tape, other.state.widths)
    run.solve()
    assert run.score() == 1
