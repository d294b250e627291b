"""A bet starts empty, is committed by the run, and is not changed by what the run finds."""

from games.concepts.bet import Bet, commit, slip
from games.moves import Dial, Press, moves

MOVES = moves(
    guess=Dial(0, 9, when=lambda bet: bet.open),
    run=Press(when=lambda bet: bet.ready),
    again=Press(when=lambda bet: bet.over),
)


def possible(bet):
    return {name for name in MOVES.table if getattr(MOVES.on(bet), name).open}


def test_the_run_waits_for_a_prediction():
    bet = Bet()
    assert possible(bet) == {"guess"}
    bet.place(0)
    assert possible(bet) == {"guess", "run"}
    bet.begin()
    assert possible(bet) == set()
    bet.settle()
    assert possible(bet) == {"again"}
    bet.again()
    assert (bet.said, possible(bet)) == (None, {"guess"})


def test_what_was_not_judged_yet_stays_when_something_else_changes():
    bet = Bet()
    bet.place(3)
    bet.reopen()
    assert bet.said == 3
    bet.begin()
    bet.reopen()
    assert bet.said is None
    assert bet.open


def test_the_truth_is_told_only_when_the_run_is_over():
    bet = Bet()

    def shown():
        return slip(bet, "How many?", "CONTROL", said="three", truth="four", hit=False).text()

    bet.place(3)
    assert "CONTROL" in shown()
    assert "four" not in shown()
    bet.begin()
    assert "three" in shown()
    assert "four" not in shown()
    bet.settle()
    assert "three" in shown()
    assert "four" in shown()


def test_one_button_begins_and_then_asks_again():
    bet, may = Bet(), MOVES.on
    button = commit(bet, "Go", may(bet).run, may(bet).again)
    assert button.attributes["aria-disabled"] == "true"
    bet.place(1)
    assert commit(bet, "Go", may(bet).run, may(bet).again).messages() == {"click": ("run",)}
    bet.begin()
    bet.settle()
    again = commit(bet, "Go", may(bet).run, may(bet).again, more="Once more")
    assert (again.text(), again.messages()) == ("Once more", {"click": ("again",)})
