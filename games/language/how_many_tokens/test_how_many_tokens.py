"""How Many Tokens?: no habit wins, and what is said of a row is true."""

import pytest

from games import MessageError
from games.language.how_many_tokens import game
from games.run import Run
from pycore.subwords import WordPiece

SLUG = "how-many-tokens"


def test_calling_the_same_row_always_never_wins():
    """Of 50 seeds."""
    for row in game.ROWS:
        won = 0
        for seed in range(50):
            run = Run(SLUG, seed)
            for _ in range(3):
                run.send(["guess", row])
                run.send(["cut"])
                run.send(["next"])
            won += run.score() == 1
        assert won <= 4, row


def test_every_row_is_dearest_now_and_then_and_by_a_margin():
    dearest = set()
    for seed in range(60):
        state = game.init(seed)
        costs = sorted(game.counts(state).values())
        assert costs[-1] >= costs[-2] + game.MARGIN
        assert state.bet.said is None
        dearest.add(game.truth(state))
    assert dearest == set(game.ROWS)


def test_rows_that_were_cut_come_back_no_more_and_a_miss_begins_anew():
    for seed in range(50):
        run = Run(SLUG, seed)
        for turn in range(4):
            right = game.truth(run.state)
            wrong = next(row for row in game.ROWS if row != right)
            run.send(["guess", wrong if turn == 1 else right])
            run.send(["cut"])
            run.send(["next"])
            assert run.state.streak.now == (1, 0, 1, 2)[turn]
        assert len(set(run.state.seen)) == 5


def test_the_picture_shows_no_count_before_the_call():
    run = Run(SLUG, 2)
    assert "tokens of each row" not in run.numbers()
    bars = [
        n.attributes["class"] for n in run.view().walk() if "bars" in n.attributes.get("class", "")
    ]
    assert bars == ["bars letters"]
    for message in (["look", "hindi"], ["text", "abc"]):
        with pytest.raises(MessageError, match="not possible now"):
            run.send(message)


def test_what_is_said_of_bytes_and_unknown_words_is_true():
    sizes = [len(emoji.encode()) for emoji in game.EMOJI]
    assert (min(sizes), max(sizes)) == (3, 17)
    for seed in range(80):
        state = game.init(seed)
        row, text = game.truth(state), state.rows[game.truth(state)]
        cutter = game.trained(state.cutter, state.trained)
        tokens = cutter.encode(text)
        said = game._reason(state)
        if "every byte" in said:
            plain = [token for token in tokens if token > 255]
            assert sum(len(cutter.tokens[token]) for token in plain) <= text.count(" ") + 1
        if "each of them is a token" in said:
            assert len(tokens) == len(text)
        if "[UNK]" in said:
            others = [cutter.encode(t) for r, t in state.rows.items() if r not in (row, "german")]
            assert isinstance(cutter, WordPiece)
            assert all(0 in found for found in others)
            assert tokens.count(0) <= 1


def test_half_of_a_character_is_refused():
    run = Run(SLUG, 1)
    run.solve()
    with pytest.raises(MessageError, match="whole characters"):
        run.send(["text", chr(0xD83D)])
