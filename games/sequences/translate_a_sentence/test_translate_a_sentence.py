"""Translate a Sentence: what it says is the model's, and its lengths are measured."""

import numpy as np
import pytest

from games import MessageError
from games.run import Run
from games.sequences.translate_a_sentence import editions, game
from pycore import phrases
from pycore.recipes import translation
from tests.games.player import html

SLUG = "translate-a-sentence"


def translated(sentence, attention=False, width=1):
    run = Run(SLUG, 0)
    for message in (
        ["type", sentence],
        ["attention", attention],
        ["width", width],
        ["believe", "right"],
        ["translate"],
    ):
        run.send(message)
    while run.tick():
        pass
    return run


@pytest.mark.parametrize("attention", [False, True])
def test_the_cat_sits_is_le_chat_est_assis(attention):
    run = translated("the cat sits", attention)
    assert game.said(run.state.beam[0]) == "le chat est assis"
    assert game.verdict(run.state) is True
    assert "right" in html(run)


def test_words_come_one_by_one_and_states_know_only_what_was_read():
    run = Run(SLUG, 0)
    for message in (["sentence", "woman"], ["believe", "right"], ["translate"]):
        run.send(message)
    network = translation.trained(False)
    english, _ = translation.vocabularies()
    for read in range(1, 8):
        assert run.tick()
        assert (run.state.read, len(run.state.beam)) == (read, 0)
        words = run.state.sentence.split()[:read]
        network.encode(np.array([english.encode(words)]))
        np.testing.assert_allclose(
            run.numbers()["encoder states h (words × numbers)"][-1], network.encoder.end[0][0]
        )
    assert run.tick()
    assert len(run.state.beam[0].items) == 1


@pytest.mark.parametrize("attention", [False, True])
def test_what_is_said_is_what_the_engine_says_greedily(attention):
    network, (english, french) = translation.trained(attention), translation.vocabularies()
    rng = np.random.default_rng(0)
    for length in (3, 6, 9, 12):
        sentence, _ = phrases.sentence(length, rng)
        said = game.said(translated(sentence, attention).state.beam[0])
        source = np.array([english.encode(sentence.split())])
        (answer,), _ = network.greedy(source, *game._marks(), game.MOST_SAID)
        assert said == " ".join(french.decode(answer))


def test_a_wider_beam_is_at_least_as_probable_and_shows_as_many_sentences():
    sentence = "the big dog waits in the house and the girl sits on the bed"
    best = [translated(sentence, width=width).state.beam for width in (1, 2, 4)]
    assert [len(beam) for beam in best] == [1, 2, 4]
    one, two, four = (beam[0].log_p for beam in best)
    assert one <= two + 1e-9 <= four + 2e-9


def test_an_unknown_word_is_shown_as_such_and_never_judged():
    run = translated("The zebra sits.")
    assert run.state.sentence == "the zebra sits"
    assert game.said(run.state.beam[0]) == "le <unk> est assis"
    assert game.verdict(run.state) is None
    assert html(run).count("&lt;unk&gt;") >= 2
    assert "Outside the grammar" in html(run)


def test_a_sentence_of_many_words_is_cut_and_one_without_a_word_refused():
    run = Run(SLUG, 0)
    run.send(["type", "cat " * 25])
    assert len(run.state.sentence.split()) == game.MOST_WORDS
    for nothing in ("", "  ", "?!"):
        with pytest.raises(MessageError, match=r"^There is no word in that; type"):
            run.send(["type", nothing])
    with pytest.raises(MessageError, match="at most 120 characters"):
        run.send(["type", "x" * 121])


def test_a_long_sentence_breaks_without_attention_and_not_with_it():
    sentence = "the tired girl runs and the big dog sits"
    wrong, right = (translated(sentence, attention).state for attention in (False, True))
    assert game.verdict(right) is True
    long = game.SENTENCES["mouse-and-boy"]
    assert game.verdict(translated(long).state) is False
    assert wrong.beam[0].log_p < right.beam[0].log_p


def measured(attention, guess, seed=0):
    run = Run(SLUG, seed)
    for message in (["attention", attention], ["length", guess], ["measure"]):
        run.send(message)
    while run.tick():
        pass
    return run


@pytest.mark.parametrize(("attention", "low", "high"), [(False, 7, 9), (True, 11, 14)])
def test_the_breaking_length_is_measured_and_depends_on_attention(attention, low, high):
    for seed in range(3):
        trial = measured(attention, 5, seed).state.trials[attention]
        at = game.breaking(trial)
        assert low <= at <= high
        shares = [r / t for r, t in zip(trial.right, trial.tried, strict=True)]
        assert all(share >= 0.5 for share in shares[: at - 3])
        assert shares[at - 3] < 0.5


def test_only_a_predicted_length_wins():
    run = measured(True, 5)
    assert run.score() == 0.5
    at = game.breaking(run.state.trials[True])
    for miss, score in ((2, 0.5), (1, 1.0)):
        run.send(["rethink"])
        run.send(["length", at - miss])
        assert run.score() == 0.5
        run.state.rng = np.random.default_rng(0)  # the same sentences once more
        run.send(["measure"])
        while run.tick():
            pass
        assert run.score() == score


def test_judged_sentences_are_held_out_ones(monkeypatch):
    asked = []
    right = translation.right
    monkeypatch.setattr(
        translation, "right", lambda network, pairs: asked.extend(pairs) or right(network, pairs)
    )
    run = measured(False, 5)
    assert len(asked) == sum(run.state.trials[False].tried) > 200
    assert all(translation.held_out(english) for english, _ in asked)
    assert {len(english.split()) for english, _ in asked} == set(game.LENGTHS)


def test_printed_probabilities_are_those_of_the_engine():
    run = translated("the mouse follows the boy", True)
    best = run.state.beam[0]
    np.testing.assert_allclose(best.p.sum(axis=1), 1)
    np.testing.assert_allclose(best.A.sum(axis=1), 1)
    page = html(run)
    for i, word in enumerate(["la", "souris", "suit", "le", "garçon"]):
        assert f"{word} {best.p[i].max():.2f}" in page


def test_a_run_waits_for_its_guess_and_can_be_stopped():
    run = Run(SLUG, 0)
    for bet, go, stop in (
        (["believe", "wrong"], ["translate"], ["restart"]),
        (["length", 6], ["measure"], ["rethink"]),
    ):
        with pytest.raises(MessageError, match="not possible now"):
            run.send(go)
        run.send(bet)
        run.send(go)
        assert run.tick()
        with pytest.raises(MessageError, match="not possible now"):
            run.send(bet)
        run.send(stop)
        assert not run.tick()
        run.send(bet)
        run.send(go)
        run.send(stop)


def test_another_sentence_keeps_a_belief_that_nothing_has_judged():
    run = Run(SLUG, 0)
    for message in (["believe", "wrong"], ["sentence", "woman"], ["translate"]):
        run.send(message)
    run.send(["sentence", "cat"])
    assert run.state.belief.said is None


def test_a_measurement_is_cut_short_by_the_switch_and_counts_for_nothing():
    run = Run(SLUG, 0)
    for message in (["length", 8], ["measure"]):
        run.send(message)
    assert run.tick()
    run.send(["attention", True])
    assert not run.tick()
    assert run.score() == 0
    run.send(["attention", False])
    tried = sum(run.state.trials[False].tried)
    assert 0 < tried < 20
    assert f"Stopped after {tried} sentences" in html(run)


def test_guesses_of_edition_1_were_filled_in_and_are_said_where_they_counted():
    log = [
        ["sentence", "the cat sits"],
        ["translate"],
        3,
        ["translate"],
        ["measure"],
        ["length", 7.0],
        ["measure"],
    ]
    assert editions.from_1(0, {}, log)[1] == [
        ["sentence", "cat"],
        ["believe", "right"],
        ["translate"],
        3,
        ["restart"],
        ["believe", "right"],
        ["translate"],
        ["length", 5],
        ["measure"],
        ["rethink"],
        ["length", 7],
        ["measure"],
    ]


def test_words_typed_in_edition_2_are_cut_as_they_were():
    log = [["type", "The cat (हिन्दी) IS l’été!"], ["believe", "right"], ["translate"], 30]
    cut = ["the", "cat", "ह", "न", "द", "is", "l’été"]
    told = editions.from_2(0, {}, log)[1]
    assert told == [["type", " ".join(cut)], *log[1:]]
    run = Run(SLUG, 0)
    run.send(told[0])
    assert run.state.sentence.split() == cut
    run.send(log[0])
    assert run.state.sentence == "the cat हिन्दी is l’été"


def test_what_is_cut_off_is_said():
    run = translated("river " * 8, attention=True)
    assert game.cut_short(run.state)
    assert len(run.state.beam[0].items) == game.MOST_SAID
    assert "French out: stopped after 24 words, without an end" in html(run)
    assert run.describe().endswith("stopped after 24 words, before it came to an end.")
    for count, said in ((17, "1 more is left out"), (20, "4 more are left out")):
        run.send(["type", "cat " * count])
        assert f"the first 16 words; {said}" in html(run)
        assert f"{count - 16} word" in run.describe()
    for message in (["sentence", "cat"], ["type", "cat " * 16]):
        run.send(["type", "cat " * 20])
        run.send(message)
        assert "left out" not in html(run) + run.describe()
    assert not game.cut_short(translated("the cat sits").state)


def test_a_wide_beam_tells_whom_it_favours():
    edge = "so short sentences have an edge"
    assert edge not in html(translated("the cat sits"))
    assert edge in html(translated("the cat sits", width=2))


def test_short_sentences_do_have_an_edge():
    pairs = translation.examples(16, 50, np.random.default_rng(5))
    greedy, wide = (
        [len(translated(source, width=width).state.beam[0].items) for source, _ in pairs]
        for width in (1, 4)
    )
    longer = np.sign(np.array(wide) - greedy)
    assert np.count_nonzero(longer < 0) >= 10
    assert np.count_nonzero(longer > 0) <= 2


def of_class(run, name):
    nodes = run.view().walk()
    return [n for n in nodes if name in n.attributes.get("class", "").split()]


def test_the_french_comes_out_in_the_picture_word_by_word():
    run = Run(SLUG, 0)
    for message in (["believe", "right"], ["translate"]):
        run.send(message)
    shown = []
    while run.tick():
        shown.append(" ".join(n.text() for n in of_class(run, "handover-french")))
    assert shown[:6] == ["", "", "", "le", "le chat", "le chat est"]
    assert shown[-1] == "le chat est assis"


def test_every_arc_is_as_wide_as_the_engines_weight():
    run = translated("the cat sits", attention=True)
    A = run.state.beam[0].A[:4]
    looks = of_class(run, "handover-look")
    widths = [(float(n.attributes["stroke-width"]) - 0.75) / 5.25 for n in looks]
    np.testing.assert_allclose(widths, A[A >= 0.08], atol=0.002)
    assert not of_class(translated("the cat sits"), "handover-look")


def test_words_that_are_not_the_grammars_are_struck_and_counted():
    run = translated(game.SENTENCES["mouse-and-boy"])
    spoken = game.said(run.state.beam[0]).split()
    wanted = phrases.translate(run.state.sentence)
    struck = [n.text() for n in of_class(run, "wrong")]
    assert struck == [spoken[i] for i in sorted(game.wrong_words(spoken, wanted))]
    assert struck
    (words,) = (n for n in of_class(run, "progress") if n.key == "words")
    assert f"{len(spoken) - len(struck)} of" in words.text()
    assert game.wrong_words(wanted.split(), wanted) == set()
    assert not of_class(translated("the cat sits"), "wrong")


def test_the_lengths_take_the_stage_while_they_are_measured_and_leave_it_for_a_new_guess():
    run = Run(SLUG, 0)
    run.send(["length", 8])
    assert of_class(run, "handover")
    run.send(["measure"])
    while run.tick():
        assert not of_class(run, "handover")
    assert run.score() == 1
    assert len(of_class(run, "broke")) == 1
    run.send(["believe", "right"])
    assert of_class(run, "handover")


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("guess", [3, 16])
def test_a_length_that_was_missed_is_told_with_what_was_right_there(attention, guess):
    run = Run(SLUG, 0)
    for message in (["attention", attention], ["length", guess], ["measure"]):
        run.send(message)
    while run.tick():
        pass
    trial = run.state.trials[attention]
    found = game.breaking(trial)
    at = min(guess, found) - game.LENGTHS[0]
    assert abs(guess - found) > game.CLOSE
    assert f"{trial.right[at]} of {trial.tried[at]} right" in html(run)
    assert ("Guess lower" if guess > found else "Guess higher") in html(run)


def test_a_model_that_never_breaks_is_not_said_to_break():
    run = Run(SLUG, 0)
    for message in (["length", 3], ["measure"]):
        run.send(message)
    while run.tick():
        pass
    trial = run.state.trials[False]
    trial.right = list(trial.tried)
    assert "at every length up to 16" in html(run)
    assert "it breaks" not in html(run)


@pytest.mark.parametrize("attention", [False, True])
def test_a_wrong_translation_is_told_with_the_length_that_it_came_from(attention):
    sentence = game.SENTENCES.values["mouse-and-boy"]
    run = translated(sentence, attention)
    assert game.verdict(run.state) is False
    assert f"{len(sentence.split())} English words, but it learned from at most 10" in html(run)
