"""Pipelines: every stage can be pressed, what was passed is lit, and the end says what came out."""

import pytest

from games.moves import Pick, moves
from games.ui.node import Node
from games.ui.pipelines import WIDTH, Lane, Outcome, Part, pipeline

IDS = ("embed", "norm", "attention", "add", "head")
PARTS = {
    name: Part(name, "+" if name == "add" else name, f"{name}, said", 2 if name == "add" else 0)
    for name in IDS
}
LANES = [
    Lane((PARTS["embed"],), begin="the cat s"),
    Lane(tuple(PARTS[name] for name in IDS[1:4]), "block 1"),
    Lane((PARTS["head"],)),
]


def drawn(chosen: str, outcome: Outcome | None = None, only: tuple[str, ...] = IDS) -> Node:
    may = moves(stage=Pick(*IDS, only=lambda _: only)).on(None)
    return pipeline(
        "the way", LANES, chosen=chosen, offer=may.stage, outcome=outcome or Outcome("?")
    )


def of_class(node: Node, name: str) -> list[Node]:
    return [n for n in node.walk() if name in n.attributes.get("class", "").split()]


def test_every_stage_is_a_button_and_only_those_allowed_make_the_move():
    buttons = of_class(drawn("norm", only=IDS[:4]), "pipe-button")
    assert [b.attributes["aria-label"] for b in buttons] == [f"{name}, said" for name in IDS]
    assert [b.messages().get("click") for b in buttons] == [
        *(("stage", name) for name in IDS[:4]),
        None,
    ]
    assert [b.attributes["aria-pressed"] for b in buttons].index("true") == 1


def test_what_lies_before_the_chosen_stage_is_lit_and_nothing_after_it():
    for reached, name in enumerate(IDS):
        parts = of_class(drawn(name), "pipe-part")
        lit = ["lit" in part.attributes["class"].split() for part in parts]
        assert lit == [i <= reached for i in range(len(IDS))]


def test_an_arc_goes_around_the_stages_below_it_and_ends_at_the_plus():
    (arc,) = of_class(drawn("embed"), "around")
    (fork,) = of_class(drawn("embed"), "pipe-fork")
    bodies = of_class(drawn("embed"), "pipe-body")
    norm, plus = bodies[1].attributes, bodies[3].attributes
    assert arc.attributes["d"].startswith(f"M{float(fork.attributes['cx']):.1f} ")
    assert float(fork.attributes["cx"]) < float(norm["x"])
    assert f"H{float(plus['cx']) - 8:.1f}q" in arc.attributes["d"]


@pytest.mark.parametrize("name", ["norm", "a name that is much too long for its box"])
def test_a_lane_keeps_within_the_drawing(name):
    parts = tuple(Part(f"{i}", name, name, 2 if i in (2, 5) else 0) for i in range(6))
    may = moves(stage=Pick(*"012345")).on(None)
    lane = Lane(parts, "block 1")
    shown = pipeline("way", [lane], chosen="0", offer=may.stage, outcome=Outcome("?"))
    boxes = [n for n in of_class(shown, "pipe-body") if n.tag == "rect"]
    assert all(
        float(b.attributes["x"]) + float(b.attributes["width"]) < WIDTH
        and float(b.attributes["width"]) > 0
        for b in boxes
    )


def test_the_end_says_what_came_out_and_how_likely_it_was():
    outcome = Outcome("i", "won", (("i", 0.75), ("a", 0.25)))
    text = drawn("head", outcome).text()
    assert "75" in text
    assert of_class(drawn("head", outcome), "won")
    first, second = of_class(drawn("head", outcome), "pipe-bar")
    assert float(first.attributes["width"]) == pytest.approx(
        3 * float(second.attributes["width"]), abs=0.05
    )


def test_a_stage_that_is_not_there_cannot_be_looked_at():
    with pytest.raises(ValueError, match="there is no stage 'ffn'; allowed: embed, norm"):
        drawn("ffn")
