"""Guess the Next Letter: what is paid is −log₂ of what was said, and neither side has a gift."""

import math
from collections import Counter

import numpy as np
import pytest

from games import MessageError
from games.language.guess_the_next_letter import game
from games.run import Run
from pycore.activations import softmax
from pycore.recipes import tale

SLUG = "guess-the-next-letter"


def bet(run, names, sure):
    for name in names:
        run.send(["tap", name])
    run.send(["sure", sure])
    run.send(["reveal"])


def test_a_bet_is_shared_out_and_its_probabilities_add_up_to_one():
    for said in (["a"], ["a", "space", "t"], [*game.LETTERS][:26], [*game.LETTERS]):
        for sure in (30, 70, 98):
            p = game.shares(said, sure)
            assert p.sum() == pytest.approx(1)
            assert (p > 0).all()
    assert game.shares(["a", "b"], 80)[:3] == pytest.approx([0.4, 0.4, 0.2 / 25])


def test_both_pay_minus_the_logarithm_of_what_they_said():
    for seed in range(50):
        run = Run(SLUG, seed)
        state = run.state
        right = game.truth(state)
        wrong = "q" if right != "q" else "x"
        y = tale.trained().forward(
            np.array([tale.vocabulary().encode(state.line[: state.place][-24:])])
        )[0, -1]
        p = softmax(y)
        kept = [
            tale.vocabulary().encode([c])[0]
            for c in tale.vocabulary().words
            if c in "abcdefghijklmnopqrstuvwxyz "
        ]
        (number,) = tale.vocabulary().encode([state.line[state.place]])
        bet(run, [right, wrong], 80)
        assert state.mine == pytest.approx([-math.log2(0.4)])
        assert state.theirs[0] == pytest.approx(-math.log2(p[number] / p[kept].sum()), rel=1e-5)
        other = next(name for name in game.LETTERS if name != game.truth(state))
        bet(run, [other], 60)
        assert state.mine[1] == pytest.approx(-math.log2(0.4 / 26))
        assert state.missed == state.mine[1]


def test_the_lines_are_strange_to_the_network_and_fair():
    seen, _ = tale.text()
    assert len(game.lines()) > 30
    assert not [line for line in game.lines() if line in seen]
    for seed in range(50):
        state = game.init(seed)
        cost = sum(game.price(state.line, state.start + i) for i in range(game.HIDDEN))
        assert game.FAIR[0] <= cost <= game.FAIR[1]
        assert state.start >= game.SHOWN
        assert len(state.line) >= state.start + game.HIDDEN


def paid(state, said, *how):
    """Bits for the ten letters of a line, if `said` names letters and how sure, place by place."""
    total = 0.0
    for place in range(state.start, state.start + game.HIDDEN):
        names, sure = said(state.line[:place], *how)
        letter = [*game.LETTERS.values()].index(state.line[place])
        total += game.bits(game.shares(names, sure)[letter])
    return total


def network(state):
    return sum(game.price(state.line, state.start + i) for i in range(game.HIDDEN))


def test_no_price_is_cut_off_in_the_picture():
    assert game.bits(float(game.shares(["a"], game.SUREST)[1])) < game.DEAREST
    for line in game.lines():
        for place in range(game.LAST, len(line)):
            assert game.price(line, place) < game.DEAREST


def test_no_fixed_bet_wins_more_than_seldom():
    """Of 100 seeds, for the commonest letters of the lines, few or many, sure or not."""

    def fixed(before, names, sure):
        return names, sure

    order = ["space", "e", "o", "s", "t", "a", "n", "l", "h", "i", "r", "d"]
    states = [game.init(seed) for seed in range(100)]
    for names in (order[:1], order[:3], order[:5], order[:8], order, [*game.LETTERS]):
        for sure in (50, 80, 98):
            won = sum(paid(state, fixed, names, sure) < network(state) for state in states)
            assert won <= 5


def test_whoever_knows_the_words_wins_mostly_by_saying_all_that_still_make_one():
    """The article's advice, by a player who knows all words and not the sentence."""
    known = {word for line in (*game.lines(), tale.text()[0]) for word in line.split()}
    known = {word for word in known if word.isalpha()}
    ids = {letter: name for name, letter in game.LETTERS.items()}

    def said(before, most, sure):
        begun = before.split(" ")[-1]
        nexts = Counter((word + " ")[len(begun)] for word in known if word.startswith(begun))
        held = nexts.most_common(most if begun else 5)
        return [ids[letter] for letter, _ in held], sure if begun else 80

    states = [game.init(seed) for seed in range(100)]
    won = [sum(paid(state, said, most, 90) < network(state) for state in states) for most in (1, 3)]
    assert won[0] < 50 < won[1]


def test_the_networks_dearest_letter_mostly_stands_inside_a_word():
    """Of 100 seeds; often in one that it has never read."""
    read, inside, strange = set(tale.text()[0].replace(",", "").replace(".", "").split()), 0, 0
    for seed in range(100):
        line, start = (state := game.init(seed)).line, state.start
        place = max(range(start, start + game.HIDDEN), key=lambda at: game.price(line, at))
        begun = line[:place].split(" ")[-1]
        inside += bool(begun)
        strange += bool(begun) and (begun + line[place:].split(" ")[0]) not in read
    assert inside > 65
    assert strange > 40


def test_the_networks_odds_are_hidden_until_the_letter_is_out():
    run = Run(SLUG, 3)
    run.send(["tap", "e"])
    assert "the network’s odds" not in run.numbers()
    run.send(["reveal"])
    assert run.numbers()["the network’s odds"].sum() == pytest.approx(1)
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["reveal"])
    run.send(["tap", "e"])
    assert run.state.said == ["e"]
    assert "the network’s odds" not in run.numbers()


def test_the_advice_names_what_cost_most():
    run = Run(SLUG, 1)
    for _ in range(game.HIDDEN):
        wrong = next(name for name in game.LETTERS if name != game.truth(run.state))
        bet(run, [wrong], 90)
    assert "Misses cost you most" in run.describe()
    run = Run(SLUG, 1)
    for _ in range(game.HIDDEN):
        others = [name for name in game.LETTERS if name != game.truth(run.state)]
        bet(run, [game.truth(run.state), *others[:12]], 90)
    assert "where you were right" in run.describe()
    assert run.score() < 1


def test_a_win_stays_won_in_another_line():
    run = Run(SLUG, 5)
    run.solve()
    assert "You win" in run.describe()
    run.send(["again"])
    assert run.score() == 1
    assert run.state.mine == []
    for _ in range(game.HIDDEN):
        bet(run, [*game.LETTERS], 50)
        run.send(["tap", "a"]) if not game.over(run.state) else None
    assert "the network wins" in run.describe()
    assert run.score() == 1
    assert not game.ahead(run.state)


def test_a_bet_that_was_paid_does_not_change_with_the_slider():
    run = Run(SLUG, 3)
    bet(run, ["e"], 70)
    assert run.numbers()["your odds"].max() == pytest.approx(0.7)
    run.send(["sure", 90])
    assert run.state.said == []
    assert "your odds" not in run.numbers()
