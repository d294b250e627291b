"""The ladder of challenges: what each starts from, and when it is met. It draws nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from games.backpropagation.train_a_brain.plan import Plan
from games.backpropagation.train_a_brain.session import Session
from games.words import word

FAIR_TEST = 50
"""Held-out points that a challenge asks for at least: fewer could be right by chance."""


@dataclass(frozen=True)
class Challenge:
    """An aim, and the plan to start from.

    Attributes:
        title: what it is called.
        hint: one thought to start with.
        learnt: what winning has shown.
        data: the data set, None where anything goes and nothing can be won.
        noise: the least noise of the data.
        train: share of training points to get right.
        held: share of held-out points to get right.
        weights: most parameters allowed, None for any number.
        samples: most training points allowed, None for any number.
        league: figure that a personal record is kept of: "weights", "samples" or "steps".
        points: number of points to start with, and `held_out` the share kept from training.
        recipe: neurons in each hidden layer that lead to a win.
        needs: what has to be set for it beside the neurons, so that none of it lies in a drawer.
    """

    title: str
    hint: str
    learnt: str
    data: str | None
    train: float = 0.0
    held: float = 0.0
    noise: float = 0.0
    weights: int | None = None
    samples: int | None = None
    league: str = "steps"
    points: int = 200
    held_out: float = 0.5
    recipe: tuple[int, ...] = (6,)
    needs: tuple[str, ...] = ()


CHALLENGES: dict[str, Challenge] = {
    "xor": Challenge(
        word("XOR, all of it"),
        word("Two neurons make two cuts, and four corners need more: press + above the layer."),
        word("Each hidden neuron draws a cut, and the output puts the cuts together."),
        "xor",
        train=1.0,
        held=0.97,
        recipe=(6,),
    ),
    "moons": Challenge(
        word("Moons, 97 %"),
        word("The border between the moons is bent, but not much."),
        word("A few straight cuts with soft edges make a bent border."),
        "moons",
        held=0.97,
        noise=0.1,
        points=300,
        recipe=(8,),
    ),
    "spiral": Challenge(
        word("Spiral on a budget"),
        word("Depth helps: a second layer can bend what the first one cut."),
        word("What the first layer cut, the second has bent into arms."),
        "spiral",
        held=0.95,
        noise=0.02,
        weights=150,
        points=400,
        recipe=(10, 8),
        needs=("layers",),
    ),
    "fewest-weights": Challenge(
        word("XOR with the fewest weights"),
        word("Remove neurons until it only just works. Biases count, too. Another seed may help."),
        word("Every neuron that is left has a cut of its own to make."),
        "xor",
        train=1.0,
        held=0.97,
        weights=17,
        league="weights",
        recipe=(4,),
    ),
    "fewest-points": Challenge(
        word("Moons from the fewest points"),
        word("Keep more points out of training. What does a network do between the few it sees?"),
        word("Between its few points it guesses, and the held-out ones say how well."),
        "moons",
        held=0.95,
        noise=0.1,
        samples=40,
        points=300,
        league="samples",
        recipe=(6,),
        needs=("held_out",),
    ),
    "free": Challenge(
        word("Free play"),
        word("Nothing to win: try anything."),
        "",
        None,
        needs=("layers", "data"),
    ),
}
RECORDS = {
    "xor": word("XOR, all of it: {n} steps"),
    "moons": word("Moons, 97 %: {n} steps"),
    "spiral": word("Spiral on a budget: {n} steps"),
    "fewest-weights": word("XOR with the fewest weights: {n} parameters"),
    "fewest-points": word("Moons from the fewest points: {n} training points"),
}
"""The best of each challenge, as it is told."""


@dataclass(frozen=True)
class Rule:
    """One condition of a challenge: what it is about, how it stands, what is asked, whether met."""

    what: str
    now: float
    aim: float
    met: bool


def start(name: str, plan: Plan) -> Plan:
    """The plan that a challenge starts from, with the seed and the settings of `plan`."""
    challenge = CHALLENGES[name]
    if challenge.data is None:
        return plan
    return replace(
        plan,
        data=challenge.data,
        noise=challenge.noise,
        points=challenge.points,
        held_out=challenge.held_out,
        features=("x₁", "x₂"),
    )


def next_of(name: str, won: Collection[str]) -> str | None:
    """The next challenge that is not won yet, after `name` or from the first one on."""
    names = [key for key, item in CHALLENGES.items() if item.data is not None]
    place = names.index(name) + 1 if name in names else 0
    return next((key for key in names[place:] + names[:place] if key not in won), None)


def rules(name: str, session: Session) -> list[Rule]:
    """Every condition of a challenge as the session stands; none where nothing can be won."""
    challenge, plan, now = CHALLENGES[name], session.plan, session.now
    if challenge.data is None:
        return []
    seen, unseen = len(session.data.train[1]), len(session.data.test[1])
    found = []
    if challenge.train:
        found.append(Rule("train", now.quality, challenge.train, now.quality >= challenge.train))
    found.append(Rule("held", now.held_quality, challenge.held, now.held_quality >= challenge.held))
    if challenge.weights is not None:
        count = plan.count()
        found.append(Rule("weights", count, challenge.weights, count <= challenge.weights))
    if challenge.samples is not None:
        found.append(Rule("samples", seen, challenge.samples, seen <= challenge.samples))
    terms = [
        Rule("data", 0, 0, plan.data == challenge.data),
        Rule("noise", plan.noise, challenge.noise, plan.noise >= challenge.noise),
        Rule("inputs", 0, 0, set(plan.features) <= {"x₁", "x₂"}),
        Rule("fair", unseen, FAIR_TEST, unseen >= FAIR_TEST),
    ]
    return found + [rule for rule in terms if not rule.met]


def met(name: str, session: Session) -> bool:
    """Whether a challenge is won as the session stands."""
    found = rules(name, session)
    return bool(found) and session.step > 0 and all(rule.met for rule in found)


def figure(name: str, session: Session) -> int:
    """The number that the challenge's record is made of; smaller is better."""
    league = CHALLENGES[name].league
    if league == "weights":
        return session.plan.count()
    return len(session.data.train[1]) if league == "samples" else session.step
