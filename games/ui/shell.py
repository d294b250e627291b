"""The form of every game: mission, stage, dock and drawers. It knows no game.

    return shell(
        _plane(state),                                        # the picture: what one touches
        widgets.verdict(_verdict(state), won),                # what came of it, on the stage
        dock=[controls.slider("β", state.beta, may.beta)],    # at most three controls
        go=controls.button(say("Release"), may.race, primary=True),
        drawers=[widgets.folded(say("Numbers"), _table(state), key="numbers")],
    )

Whatever the page, the stage is in sight while something runs and when the verdict falls: on a phone
it sticks to the top of the screen and the one thing to do next to its bottom (kit.css), beside one
another on a wide one. So the picture is one, at most about as high as it is wide.
"""

from __future__ import annotations

from collections.abc import Sequence

from games.ui.node import Child, Node, h

MOST_CONTROLS = 3
"""In a dock; what else can be set lies in a drawer."""


def shell(
    picture: Child,
    verdict: Node,
    *,
    dock: Sequence[Child] = (),
    go: Child = None,
    mission: Node | None = None,
    drawers: Sequence[Child] = (),
    wide: bool = False,
    tone: float | None = None,
    unfinished: bool = False,
) -> Node:
    """The root of a game's view.

    Args:
        picture: what is looked at and touched, the largest thing.
        verdict: how the game stands, and why (`widgets.verdict`); it is on the stage.
        dock: the controls that the next try needs, at most `MOST_CONTROLS`; None counts for none.
        go: the one thing to do next (`controls.button(…, primary=True)`, `bet.commit`), and what
            belongs beside it; it stays in reach.
        mission: how near one is (`widgets.meter`, `widgets.progress`).
        drawers: the rest, folded away or below (`widgets.folded`).
        wide: on a wide page the picture has the whole width, and the dock is below it.
        tone: how high a tone is heard while the game runs, 0 to 1, where the learner has asked for
            sound: the loss, say, on its own scale.
        unfinished: won or not, there is a next thing to do here; what follows a win waits for it.
    """
    controls = [control for control in dock if control is not None]
    if len(controls) > MOST_CONTROLS:
        raise ValueError(
            f"a dock has at most {MOST_CONTROLS} controls, here are {len(controls)}: "
            "put the others into a drawer (widgets.folded)"
        )
    rest = [drawer for drawer in drawers if drawer is not None]
    beside = [
        h("div", controls, class_="shell-dock") if controls else None,
        h("div", go, class_="shell-go", data_go=True) if go is not None else None,
        h("div", rest, class_="shell-drawers") if rest else None,
    ]
    form = "wide" if wide else "" if any(beside) else "alone"
    return h(
        "div",
        h(
            "div",
            mission,
            h("div", picture, class_="shell-picture", data_picture=True),
            h("div", verdict, class_="shell-verdict", data_verdict=True),
            class_="shell-stage",
        ),
        beside,
        class_=f"shell {form}".rstrip(),
        data_unfinished=unfinished,
        data_tone=None if tone is None else f"{min(max(tone, 0), 1):.2f}",
    )
