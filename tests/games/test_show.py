"""A show: the right control, in words; nothing before its time; the learner's run left alone."""

import itertools

import pytest

from games import discover, load
from games.moves import Dial, Parts, Press, Switch, moves
from games.run import Run
from games.show import PAUSE, READING, Show, control, said
from games.ui import controls
from games.ui.node import h
from games.ui.plots import Axes
from tests.games.player import lowest

MAY = moves(
    look=Dial(0, 3),
    fire=Press(),
    weight=Parts(i=Dial(0, 1), to=Dial(-3.0, 3.0, 0.1)),
    switch=Parts(i=Dial(0, 1), on=Switch()),
    units=Parts(layer=Dial(1, 2), n=Dial(1, 8)),
    drag=Dial(0.0, 20.0, 0.5),
).on(None)

VIEW = h(
    "div",
    h("g", h("title", "a unit"), on={"click": ("look", 1)}),
    controls.button("Look into h₁", MAY.look(1)),
    controls.button("Fire", MAY.fire),
    controls.slider("w", 0.5, MAY.weight(0), name="weight 1"),
    controls.toggle("input x₁", False, MAY.switch(0)),
    h("input", type="checkbox", aria_label="keep", on={"change": ("keep",)}),
    h("input", type="text", aria_label="a sentence", on={"change": ("text",)}),
    controls.stepper("neurons", 3, MAY.units(1)),
    h("g", tabindex=0, aria_label="the sum", on={"point": ("part", "sum")}),
    controls.handle("rate", Axes((0, 20), (0, 1)), 10, 0, MAY.drag, said="0.1", along="x"),
)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (("fire",), "Press “Fire”."),
        (("weight", 0, -1.5), "Set “weight 1” to −1.5."),
        (("switch", 0, True), "Press “input x₁”."),
        (("keep", True), "Switch “keep” on."),
        (("text", "le chat"), "Set “a sentence” to “le chat”."),
        (("drag", 12.5), "Drag “rate”."),
        (("look", 1), "Press “Look into h₁”."),
        (("part", "sum"), "Point at “the sum”."),
        (("units", 1, 4), "Press “neurons: one more”."),
        (("units", 1, 6), "Press “neurons: one more” until it is 6."),
        (("units", 1, 1), "Press “neurons: one fewer” until it is 1."),
        (("nothing", 1), "The next move."),
    ],
)
def test_a_message_is_said_by_the_name_of_its_control(message, words):
    assert said(message, control(VIEW, message)) == words


def test_a_control_that_takes_the_focus_is_preferred():
    assert control(VIEW, ("look", 1)).tag == "button"


def test_a_control_of_another_value_is_not_it():
    assert control(VIEW, ("weight", 1, 0.5)) is None
    assert control(VIEW, ("look", 2)) is None


def test_a_message_is_said_first_and_done_after_the_pause():
    show = Show(Run("light-the-network", 3))
    start = show.run.state.x.copy()
    assert show.rest(0.0)
    why = "What is off adds nothing, whatever its weight."
    assert show.said == f"Press “input x₁”. {why}"
    due = PAUSE + READING * len(why)
    assert not show.rest(due - 1)
    assert (show.run.state.x == start).all()
    assert show.rest(due)
    assert (show.run.state.x != start).any()


def test_a_show_plays_a_fresh_run_of_the_same_game_to_its_end():
    run = Run("light-the-network", 3, {"bias": 0.5})
    run.send(["weight", 0, 1.0])
    log, now = list(run.log), 0.0
    show = Show(run)
    while not show.over:
        show.rest(now)
        now += 10 * PAUSE
    assert show.run.score() == 1
    assert (show.run.seed, show.run.params) == (run.seed, run.params)
    assert run.log == log
    assert not show.rest(now + PAUSE)


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", [s for s in discover() if hasattr(load(s).module, "why")])
def test_a_reason_is_one_short_sentence_and_some_move_has_one(slug):
    run = Run(slug, 2, lowest(slug))
    reasons = set()
    for message in itertools.islice(run.game.module.solution(run.state), 30):
        reasons.add(run.game.module.why(run.state, *message))
        run.send(list(message))
        while run.tick():
            pass
    reasons.discard("")
    assert reasons
    for reason in reasons:
        assert reason[0].isupper()
        assert reason.endswith((".", "?"))
        assert len(reason) <= 110
