"""A show: the right control, in words; nothing before its time; the learner's run left alone."""

import pytest

from games.run import Run
from games.show import PAUSE, Show, control, said
from games.ui import widgets
from games.ui.node import h

VIEW = h(
    "div",
    h("g", h("title", "a unit"), on={"click": ("look", 1)}),
    widgets.button("Look into h₁", ("look", 1)),
    widgets.button("Fire", ("fire",)),
    widgets.slider("w", 0.5, -3, 3, 0.1, ("weight", 0), name="weight 1"),
    widgets.toggle("input x₁", False, ("switch", 0)),
    h("input", type="checkbox", aria_label="keep", on={"change": ("keep",)}),
    h("input", type="text", aria_label="a sentence", on={"change": ("text",)}),
    widgets.stepper("neurons", 3, 1, 8, ("units", 1)),
    h("g", tabindex=0, aria_label="the sum", on={"point": ("part", "sum")}),
    widgets.handle("rate", 10, 10, ("drag",), said="0.1"),
)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (("fire",), "Press “Fire”."),
        (("weight", 0, -1.5), "Set “weight 1” to −1.5."),
        (("switch", 0, True), "Press “input x₁”."),
        (("keep", True), "Switch “keep” on."),
        (("text", "le chat"), "Set “a sentence” to “le chat”."),
        (("drag", 12.5, 3.0), "Drag “rate”."),
        (("look", 1), "Press “Look into h₁”."),
        (("part", "sum"), "Point at “the sum”."),
        (("units", 1, 4), "Press “more neurons”."),
        (("units", 1, 6), "Press “more neurons” until it is 6."),
        (("units", 1, 1), "Press “fewer neurons” until it is 1."),
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
    assert show.said == "Press “input x₁”."
    assert not show.rest(PAUSE - 1)
    assert (show.run.state.x == start).all()
    assert show.rest(PAUSE)
    assert (show.run.state.x != start).any()


def test_a_show_plays_a_fresh_run_of_the_same_game_to_its_end():
    run = Run("light-the-network", 3, {"bias": 0.5})
    run.send(["weight", 0, 1.0])
    log, now = list(run.log), 0.0
    show = Show(run)
    while not show.over:
        show.rest(now)
        now += PAUSE
    assert show.run.score() == 1
    assert (show.run.seed, show.run.params) == (run.seed, run.params)
    assert run.log == log
    assert not show.rest(now + PAUSE)
