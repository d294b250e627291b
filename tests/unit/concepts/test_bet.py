"""A bet starts empty, is committed by the run, and is not changed by what the run finds."""

from games.concepts.bet import Bet, commit, pick, slip
from games.moves import Dial, Pick, Press, moves

MOVES = moves(
    guess=Dial(0, 9, when=lambda bet: bet.open),
    run=Press(when=lambda bet: bet.ready),
    again=Press(when=lambda bet: bet.over),
)
PICKS = moves(pick=Pick(1, 2, 3, when=lambda bet: bet.open))


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
    assert commit(bet, None, may(bet).run, may(bet).again).text() == "Predict first"
    bet.place(1)
    assert commit(bet, "Go", may(bet).run, may(bet).again).messages() == {"click": ("run",)}
    bet.begin()
    bet.settle()
    again = commit(bet, "Go", may(bet).run, may(bet).again, more="Once more")
    assert (again.text(), again.messages()) == ("Once more", {"click": ("again",)})


def test_a_pick_is_right_where_its_id_came_true_and_says_if_none_did():
    bet = Bet()
    names = {1: "one", 2: "two", 3: "three"}.get

    def shown(truth):
        node = pick(bet, "Which?", "mine", names, PICKS.on(bet).pick, truth, none="nobody")
        return node.text(), {n.attributes.get("class") for n in node.walk()}

    text, _ = shown(None)
    assert all(name in text for name in ("one", "two", "three"))
    bet.place(2)
    bet.begin()
    bet.settle()
    for truth, said, look in ((2, "two", "hit"), (3, "three", "miss"), (None, "nobody", "miss")):
        text, classes = shown(truth)
        assert said in text.partition("It is")[2]
        assert f"prediction-truth {look}" in classes


def test_what_was_predicted_is_told_in_words_once_it_is():
    bet = Bet()
    assert bet.told(str) is None
    bet.place(0)
    assert bet.told(str) == "0"
