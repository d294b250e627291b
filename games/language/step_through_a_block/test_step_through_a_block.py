"""Step Through a Block: every stage is the engine's, and its promises hold in numbers."""

import numpy as np
import pytest

from games import MessageError
from games.language.step_through_a_block import editions, game
from games.language.step_through_a_block.trace import STAGES, trace
from games.run import Run
from pycore.activations import softmax
from pycore.recipes import tale
from tests.games.player import html

SLUG = "step-through-a-block"
TEXTS = ("t", "the cat s", "x", tale.text()[1][: tale.LONGEST])


@pytest.mark.parametrize("prompt", TEXTS)
def test_the_last_stage_is_what_the_network_answers(prompt):
    stages = list(trace(prompt).values())
    assert len(stages) == len(STAGES)
    x = np.array([tale.vocabulary().encode(prompt)])
    np.testing.assert_array_equal(stages[-1].y, tale.trained().forward(x)[0])


@pytest.mark.parametrize("prompt", TEXTS)
def test_at_every_plus_the_difference_is_what_the_layers_made(prompt):
    stages = list(trace(prompt).values())
    nodes = [(i, stage) for i, stage in enumerate(stages) if stage.kind == "add"]
    assert len(nodes) == 2 * tale.BLOCKS
    for i, stage in nodes:
        np.testing.assert_allclose(stage.y - stage.x, stage.F, atol=1e-14)
        np.testing.assert_array_equal(stage.F, stages[i - 1].y)
        np.testing.assert_array_equal(stage.x, stages[i - 3].y)


def test_rows_of_attention_sum_to_1_and_see_nothing_later():
    stages = [stage for stage in trace("the cat s").values() if stage.A is not None]
    assert len(stages) == tale.BLOCKS
    for stage in stages:
        assert stage.A.shape == (tale.HEADS, 9, 9)
        np.testing.assert_allclose(stage.A.sum(axis=-1), 1)
        assert not np.triu(stage.A, 1).any()


def test_what_follows_changes_no_row_before():
    short, long = trace("the cat"), trace("the cat s")
    for here, there in zip(short.values(), long.values(), strict=True):
        np.testing.assert_allclose(here.y, there.y[:7], atol=1e-12)


def test_equal_characters_differ_only_once_their_places_are_added():
    embed, place = list(trace("tt").values())[:2]
    np.testing.assert_array_equal(embed.y[0], embed.y[1])
    assert np.abs(place.y[0] - place.y[1]).max() > 0.01


def test_layer_norms_own_part_has_mean_0_and_variance_1():
    *_, norm, _ = tale.trained()
    z = (trace("the cat s")["norm"].y - norm.beta) / norm.gamma
    np.testing.assert_allclose(z.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(z.var(axis=1), 1, atol=1e-3)


def test_temperature_sharpens_and_keeps_the_order():
    logits = trace("the wa")["head"].y[-1]
    for temperature in (0.1, 1.0, 2.0):
        p = game.probabilities("the wa", temperature)
        np.testing.assert_allclose(p, softmax(logits / temperature))
        assert p.sum() == pytest.approx(1)
        assert p.argmax() == logits.argmax()
    cold, hot = (game.probabilities("the wa", t).max() for t in (0.1, 2.0))
    assert cold > game.probabilities("the wa").max() > hot


def test_the_guess_counts_when_the_head_is_seen_and_once_for_a_prompt():
    run = Run(SLUG, 0)
    run.send(["type", "the lam"])
    assert game.likeliest("the lam") == "p"
    run.send(["guess", "x"])
    run.send(["stage", STAGES[-2]])
    assert "?" in html(run)
    run.send(["step"])
    assert game.hits(run.state) == 0
    with pytest.raises(MessageError, match="not possible now"):
        run.send(["guess", "p"])
    run.send(["type", "the lam"])
    run.send(["stage", game.HEAD])
    assert run.score() == 0


def test_the_head_waits_for_a_guess():
    run = Run(SLUG, 0)
    run.send(["stage", STAGES[-2]])
    for message in (["step"], ["stage", game.HEAD]):
        with pytest.raises(MessageError):
            run.send(message)
    assert "?" in html(run)
    run.send(["guess", "i"])
    run.send(["step"])
    assert run.state.stage == game.HEAD


def test_a_prompt_that_was_written_on_without_a_guess_counts_no_more():
    run = Run(SLUG, 0)
    run.send(["write"])
    run.send(["prompt", "the-cat"])
    assert run.state.bet.over
    run.send(["stage", game.HEAD])
    assert run.score() == 0


def test_three_predicted_prompts_win_and_written_ones_count_for_nothing():
    run = Run(SLUG, 0)
    run.send(["write"])
    while run.tick():
        pass
    assert run.score() == 0
    for i, prompt in enumerate(("the lam", "every da", "the wa"), start=1):
        for message in (["type", prompt], ["guess", game.likeliest(prompt)], ["stage", game.HEAD]):
            run.send(message)
        assert run.score() == pytest.approx(i / 3)


def test_writing_draws_from_the_printed_probabilities_by_the_states_own_chance():
    run = Run(SLUG, 7)
    run.send(["temperature", 0.5])
    run.send(["write"])
    rng, text = np.random.default_rng(7), run.state.text
    for _ in range(game.WRITTEN):
        p = game.probabilities(text[-tale.LONGEST :], 0.5)
        text += tale.vocabulary().words[rng.choice(len(p), p=p)]
        assert run.tick()
        assert run.state.text == text
    assert not run.tick()
    words = {word for part in tale.text() for word in part.split()}
    whole = text.split()[:-1]
    assert sum(word in words for word in whole) > len(whole) / 2


def test_a_prompt_keeps_what_the_network_can_read():
    run = Run(SLUG, 0)
    cases = (("The  Cat#9# ", "the cat ", "# 9"), ("0.5", ".", "0 5"), ("é e", "e", "é"))
    for typed, kept, signs in cases:
        run.send(["type", typed])
        assert run.state.text.strip() == kept.strip()
        said = "Left out, because the network never saw them: " + signs
        assert said in html(run)
        assert run.describe().endswith(f": {signs}")
    run.send(["prompt", "the-cat"])
    assert "Left out" not in html(run) + run.describe()
    run.send(["type", "the cat "])
    assert run.state.text == "the cat "
    for nothing in ("", "###"):
        with pytest.raises(MessageError, match=r"^The network knows no character of that; type"):
            run.send(["type", nothing])
    with pytest.raises(MessageError, match="it has 81 characters; allowed: at most 80 characters"):
        run.send(["type", "x" * 81])


def test_what_is_drawn_are_the_stages_tensors():
    run = Run(SLUG, 0)
    run.send(["guess", "i"])
    for name, stage in trace("the cat s").items():
        run.send(["stage", name])
        arrays = list(run.numbers().values())
        np.testing.assert_array_equal(arrays[0], stage.y)
        if stage.A is not None:
            np.testing.assert_array_equal([a for a in arrays if a.shape == (9, 9)], stage.A)


def test_the_row_that_is_read_is_the_last_until_another_is_looked_at():
    run = Run(SLUG, 0)
    run.send(["stage", "block-1-attention"])
    A = trace("the cat s")["block-1-attention"].A
    for row, look in ((8, []), (2, [["look", 2]])):
        for message in look:
            run.send(message)
        for head in range(tale.HEADS):
            assert f"({A[head, row].max():.2f})" in html(run)
    with pytest.raises(MessageError, match="from 0 to 8"):
        run.send(["look", 9])
    run.send(["type", "a"])
    assert run.state.look is None


def test_a_guess_of_edition_1_stayed_from_prompt_to_prompt_and_is_said_where_it_counted():
    log = [["guess", "."], ["prompt", "the red b"], ["stage", 14], ["step"], ["step_back"]]
    assert editions.from_1(0, {}, log)[1] == [
        ["guess", "period"],
        ["prompt", "the-red"],
        ["stage", "norm"],
        ["guess", "period"],
        ["step"],
        ["step_back"],
    ]


def test_a_text_that_edition_1_saw_while_it_wrote_is_given_no_guess():
    run = Run(SLUG, 3)
    run.send(["write"])
    for _ in range(5):
        run.tick()
    cut = run.state.text[:-2]
    head = len(STAGES) - 1
    log = [["write"], 5, ["type", cut], ["stage", head], ["type", cut + "x"], ["stage", head]]
    again = Run(SLUG, 3)
    for _ in again.replay(editions.from_1(3, {}, log)[1]):
        pass
    assert again.state.asked[cut] == ""
    assert again.state.asked[cut + "x"] == "space"


def end_of_the_way(run):
    nodes = run.view().walk()
    (end,) = (n for n in nodes if "pipe-outcome" in n.attributes.get("class", "").split())
    return end.attributes["class"].split()[1:], end.children[1].text(), end.text()


def test_the_end_of_the_way_shows_the_guess_and_only_then_what_came_out():
    run = Run(SLUG, 0)
    assert end_of_the_way(run) == ([], "?", "?")
    run.send(["guess", "x"])
    assert end_of_the_way(run) == (["guess"], "x", "x")
    run.send(["stage", game.HEAD])
    kind, sign, chances = end_of_the_way(run)
    assert (kind, sign) == (["miss"], game.likeliest("the cat s"))
    assert f"{100 * game.probabilities('the cat s').max():.0f}" in chances
    run.send(["prompt", "the-red"])
    run.send(["guess", game.likeliest("the red b")])
    run.send(["stage", game.HEAD])
    assert end_of_the_way(run)[:2] == (["won"], game.likeliest("the red b"))


def test_arcs_are_the_two_heads_rows():
    run = Run(SLUG, 0)
    run.send(["stage", "block-1-attention"])
    A = trace("the cat s")["block-1-attention"].A
    arcs = [n for n in run.view().walk() if n.attributes.get("class") == "arc"]
    rows = [head[-1] / head[-1].max() for head in A]
    shares = np.concatenate([row[(row >= 0.02) & (row > 0)] for row in rows])
    widths = [float(n.attributes["stroke-width"]) for n in arcs]
    np.testing.assert_allclose(sorted(widths), sorted(1 + 5 * shares), atol=0.01)
