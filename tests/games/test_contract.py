"""What games/__init__.py promises, held against every game that is found."""

import dataclasses
import inspect
import math
import random
import re
import time
from collections import Counter

import numpy as np
import pytest

from games import MessageError, ParamError, discover, load
from games.moves import Dial, Text
from games.run import Run
from games.show import control
from games.ui.node import diff, to_html
from games.ui.numbers import MINUS
from tests.games.player import (
    IN_BROWSER,
    LONG,
    MALFORMED,
    Offer,
    extremes,
    hostile,
    html,
    lowest,
    offers,
    played,
    snapshot,
    wander,
)

GAMES = sorted(discover())
SEEDS = range(1 if IN_BROWSER else 4)
UNFINISHED = re.compile(r"(?<![a-z])(nan|inf)(?![a-z])|\bNone\b")

pytestmark = [pytest.mark.in_turns, pytest.mark.parametrize("slug", GAMES)]


def module(slug):
    return load(slug).module


def state_of(run):
    """All that a refused message or an idle tick must leave alone."""
    return html(run), run.score(), run.describe(), list(run.log), snapshot(run.state)


def refusal(run, message):
    """What the game says to a message it must not take."""
    try:
        run.send(message)
    except MessageError as error:
        return str(error)
    return pytest.fail(f"{message!r:.200} was accepted")


def test_names_itself_and_says_how_to_play(slug):
    game = load(slug)
    assert game.title
    assert game.how.endswith(".")
    assert game.slug in game.module.__name__.replace("_", "-").split(".")
    assert game.ticks_per_second is None or 1 <= game.ticks_per_second <= 60


def test_has_the_form_of_a_game_with_at_most_one_thing_to_do_next(slug):
    run = Run(slug, 1)
    frames = [run.view()]
    for message in run.game.module.solution(run.state):
        run.send(message)
        while run.tick():
            pass
        frames.append(run.view())
    for frame in frames:
        nodes = list(frame.walk())
        primary = [n for n in nodes if "primary" in n.attributes.get("class", "").split()]
        assert len(primary) <= 1, [n.text() for n in primary]
        for part in ("data-picture", "data-verdict"):
            (there,) = (n for n in nodes if part in n.attributes)
            assert there.children


def test_says_what_a_win_has_shown(slug):
    if Run(slug, 1).score() is not None:
        assert load(slug).learnt.endswith(".")


def test_state_is_a_dataclass_that_owns_its_generator(slug):
    state = module(slug).init(0)
    assert dataclasses.is_dataclass(state)
    fields = [getattr(state, field.name) for field in dataclasses.fields(state)]
    assert any(isinstance(value, np.random.Generator) for value in fields)


def test_params_are_the_arguments_of_init_with_the_same_defaults(slug):
    _, *arguments = inspect.signature(module(slug).init).parameters.values()
    table = load(slug).table
    assert {a.name: a.default for a in arguments} == {n: p.default for n, p in table.items()}
    for name, param in table.items():
        assert param.label
        assert param.parse(name, param.default) == param.default


def test_params_outside_their_range_are_refused(slug):
    for name, param in load(slug).table.items():
        wrong = ["", "many", None, [], math.nan, math.inf, -math.inf, "1e999"]
        if isinstance(param.domain, Dial):
            low, high = param.domain.ends(None)
            wrong += [low - 1, high + 1, True, False]
            wrong += [low + 0.5] if param.domain.whole else []
        for value in wrong:
            with pytest.raises(ParamError, match=name):
                Run(slug, 0, {name: value})
    with pytest.raises(ParamError, match="no_such"):
        Run(slug, 0, {"no_such": 1})


@pytest.mark.parametrize("end", [0, 1])
def test_params_at_their_ends_make_a_game_that_plays(slug, end):
    run = Run(slug, 1, extremes(slug)[end])
    for _ in wander(run, np.random.default_rng(1), moves=6, longest=4):
        assert html(run)
        assert run.describe()


def test_starts_unwon(slug):
    for params in ({}, *extremes(slug)):
        for seed in range(20):
            score = Run(slug, seed, params).score()
            assert score is None or 0 <= score < 1


def test_same_seed_and_messages_give_the_same_picture_and_replay_repeats_it(slug):
    for seed in SEEDS:
        run, twin = (played(slug, lowest(slug), seed) for _ in range(2))
        assert run.log == twin.log
        assert state_of(run) == state_of(twin)
        again = Run(slug, seed, lowest(slug))
        for _ in again.replay(run.log):
            pass
        assert state_of(again) == state_of(run)


def test_chance_comes_from_the_seed_alone(slug):
    before = random.getstate(), repr(np.random.get_state())  # noqa: NPY002
    played(slug, lowest(slug), 0)
    assert (random.getstate(), repr(np.random.get_state())) == before  # noqa: NPY002


@pytest.mark.slow
def test_looking_changes_nothing(slug):
    for seed in SEEDS:
        run = Run(slug, seed, lowest(slug))
        for _ in wander(run, np.random.default_rng(seed)):
            before = snapshot(run.state)
            first = (html(run), run.score(), run.describe())
            assert snapshot(run.state) == before
            assert (html(run), run.score(), run.describe()) == first


@pytest.mark.slow
def test_every_message_a_view_offers_is_accepted(slug):
    for seed in SEEDS:
        run = Run(slug, seed, lowest(slug))
        for _ in wander(run, np.random.default_rng(seed), moves=8):
            for offer in offers(run.view()):
                twin = Run(slug, seed, lowest(slug))
                for _ in twin.replay(run.log):
                    pass
                twin.send(list(offer.message))


def test_hostile_messages_are_refused_with_what_is_allowed_and_change_nothing(slug):
    rng = np.random.default_rng(0)
    for seed in SEEDS:
        run = played(slug, lowest(slug), seed, moves=12)
        before = state_of(run)
        for offer in offers(run.view()):
            for message in hostile(offer):
                assert 20 < len(refusal(run, message)) < 1000
        name = run.log[0][0] if run.log and isinstance(run.log[0], list) else "x"
        for message in (*MALFORMED, [name, object()], [rng.random()]):
            assert refusal(run, message)
        assert state_of(run) == before


def test_refusals_name_the_allowed_messages(slug):
    run = Run(slug, 0)
    with pytest.raises(MessageError, match="allowed: "):
        run.send(["no such message"])


def test_what_the_table_does_not_hold_is_refused_and_changes_nothing(slug):
    """Every move of the table, possible or not, with values of every wrong kind."""
    run = played(slug, lowest(slug), 1, moves=6)
    before, may = state_of(run), run.game.moves.on(run.state)
    for name, domain in run.game.moves.table.items():
        samples = list(domain.samples(run.state))
        event = "change" if isinstance(domain, Text) else "click"
        for values in samples[:3]:
            for message in hostile(Offer((name, *values), event)):
                assert 20 < len(refusal(run, message)) < 1000
            if not getattr(may, name).open:
                assert "not possible now" in refusal(run, [name, *values])
    assert state_of(run) == before


def test_every_move_is_offered_by_a_control_some_time(slug):
    """The table holds no move that only a hand-written message makes."""
    table, made, seen = load(slug).moves.table, Counter(), set()
    for seed in range(6):  # most games are through after the first
        run = Run(slug, seed, lowest(slug) if seed % 2 else {})
        plan = iter(module(slug).solution(run.state))
        for _ in range(100):
            choices = [offer.message for offer in offers(run.view())]
            seen |= {message[0] for message in choices}
            if seen == set(table):
                return
            message = next(plan, None)
            if message is None:  # the solution is over: what was tried least comes first
                message = min(choices, key=lambda m: (made[m[0]], made[m]))
            made.update([message[0], message])
            run.send(list(message))
            for tick in range(400):
                if tick % 20 == 0:
                    seen |= {offer.message[0] for offer in offers(run.view())}
                if not run.tick():
                    break
    assert set(table) == seen, f"never offered: {set(table) - seen}"


def test_an_idle_tick_changes_nothing(slug):
    for seed in SEEDS:
        run = played(slug, lowest(slug), seed)
        while run.tick():
            pass
        before = state_of(run)
        assert not run.tick()
        assert state_of(run) == before


def test_a_tick_that_advances_is_logged_and_says_true(slug):
    run = played(slug, lowest(slug), 1, moves=12)
    before = snapshot(run.state)
    log = list(run.log)
    if run.tick():
        assert snapshot(run.state) != before
        assert run.log != log


@pytest.mark.parametrize("ends", [pytest.param("defaults", marks=pytest.mark.slow), "lowest"])
def test_the_solution_wins_from_the_start(slug, ends):
    for seed in range(2 if IN_BROWSER else 12):
        run = Run(slug, seed, {} if ends == "defaults" else lowest(slug))
        if run.score() is None:
            pytest.skip("nothing to win")
        run.solve()
        assert run.score() == 1, f"seed {seed}"
        if sum(entry for entry in run.log if isinstance(entry, int)) > 10_000:
            break  # a long training: one seed is enough


@pytest.mark.slow
def test_the_solution_wins_from_wherever_play_has_come(slug):
    for seed in range(12):
        run = Run(slug, seed, lowest(slug))
        if run.score() is None:
            pytest.skip("nothing to win")
        for _ in wander(run, np.random.default_rng(seed), moves=3 * seed):
            pass
        run.solve()
        assert run.score() == 1, f"seed {seed} after {run.log}"
        run.solve()
        assert run.score() == 1, "a won game stays won when its solution is played again"


def test_the_solution_can_be_shown(slug):
    """Each message belongs to a control that the view offers just then, and they are not many."""
    run = Run(slug, 3, lowest(slug))
    moves = 0
    for message in module(slug).solution(run.state):
        assert control(run.view(), message) is not None, message
        run.send(list(message))
        while run.tick():
            pass
        moves += 1
    assert 1 <= moves <= 60


def test_score_stays_between_0_and_1(slug):
    run = Run(slug, 2, lowest(slug))
    for _ in wander(run, np.random.default_rng(2), moves=LONG):
        score = run.score()
        assert score is None or 0 <= score <= 1


@pytest.mark.slow
def test_describe_changes_when_a_message_changes_the_picture(slug):
    for seed in SEEDS:
        run = Run(slug, seed, lowest(slug))
        before = html(run), run.describe()
        for what, offer in wander(run, np.random.default_rng(seed)):
            after = html(run), run.describe()
            if what == "send" and after[0] != before[0]:
                assert after[1] != before[1], offer
            before = after


def test_describe_is_a_sentence(slug):
    run = Run(slug, 3, lowest(slug))
    for _ in wander(run, np.random.default_rng(3)):
        said = run.describe()
        assert not said[0].islower()
        assert said.rstrip()[-1] in ".!?"
        assert len(said) < 700
        assert not any(word in said for word in ("nan", "None", "inf "))


def test_every_control_and_picture_has_a_name(slug):
    run = Run(slug, 0, lowest(slug))
    for _ in wander(run, np.random.default_rng(0), moves=10):
        for node in run.view().walk():
            named = node.attributes.get("aria-label") or node.text().strip()
            if node.tag in ("button", "a"):
                assert named or node.attributes.get("data-section"), to_html(node)
            elif node.tag in ("input", "select", "svg", "progress", "meter") or node.picture:
                hidden = node.attributes.get("aria-hidden") == "true"
                assert hidden or node.attributes.get("aria-label"), to_html(node)[:200]


def test_what_can_be_clicked_can_be_reached_by_keyboard(slug):
    """A message on something without focus must also be offered by a control that has it.

    A place in a picture may be offered as a button that has the place settled.
    """
    run = Run(slug, 0, lowest(slug))
    for _ in wander(run, np.random.default_rng(0), moves=10):
        reachable, others = set(), set()
        for node in run.view().walk():
            focus = node.tag in ("button", "input", "select", "textarea", "a")
            focus = focus or "tabindex" in node.attributes
            for message in node.messages().values():
                (reachable if focus else others).add(message)
        for message in others:
            assert any(other[: len(message)] == message for other in reachable), message


def test_nothing_unfinished_is_printed(slug):
    run = Run(slug, 4, lowest(slug))
    for _ in wander(run, np.random.default_rng(4), moves=LONG):
        for node in run.view().walk():
            words = [text for name, text in node.attributes.items() if name != "class"]
            words += [child for child in node.children if isinstance(child, str)]
            for text in words:
                assert not UNFINISHED.search(text), to_html(node)[:200]


@pytest.mark.skipif(IN_BROWSER, reason="the budget is for the build machine")
def test_first_frame_and_patches_stay_small_and_quick(slug):
    run = Run(slug, 0)
    view = run.view()
    assert len(to_html(view).encode()) <= 60_000
    run = Run(slug, 0, lowest(slug))
    costs, sizes, view = [], [], run.view()
    for _ in wander(run, np.random.default_rng(0), moves=LONG):
        start = time.process_time()
        new = run.view()
        buffers = []
        patch = diff(view, new, buffers)
        costs.append(time.process_time() - start)
        sizes.append(len(str(patch)) if patch else 0)
        view = new
    assert sorted(costs)[len(costs) // 2] < 0.012
    assert max(sizes) <= 60_000
    assert sorted(sizes)[len(sizes) // 2] <= 12_000


@pytest.mark.skipif(IN_BROWSER, reason="the budget is for the build machine")
def test_a_tick_is_a_small_step(slug):
    run = Run(slug, 0)
    for message in module(slug).solution(run.state):
        run.send(list(message))
        start, ticks = time.process_time(), 0
        while ticks < 200 and run.tick():
            ticks += 1
        if ticks:
            assert (time.process_time() - start) / ticks < 0.005
            return


def same_numbers(a, b):
    return list(a) == list(b) and all(
        a[caption].dtype == b[caption].dtype
        and np.array_equal(a[caption], b[caption], equal_nan=a[caption].dtype.kind == "f")
        for caption in a
    )


def test_numbers_are_captioned_tables_of_what_is_known(slug):
    run = Run(slug, 5, lowest(slug))
    for _ in wander(run, np.random.default_rng(5)):
        before = snapshot(run.state)
        found = run.numbers()
        assert snapshot(run.state) == before
        assert found
        for caption, array in found.items():
            assert caption.strip() == caption != ""
            assert isinstance(array, np.ndarray), caption
            assert array.ndim in (1, 2), caption
            assert array.dtype.kind in "fiub", caption
            assert not np.isinf(array).any(), caption


def test_numbers_come_back_with_a_replay(slug):
    run = played(slug, lowest(slug), 6)
    again = Run(slug, 6, lowest(slug))
    for _ in again.replay(run.log):
        pass
    assert same_numbers(again.numbers(), run.numbers())
    assert same_numbers(run.numbers(), run.numbers()), "asking twice gives the same"


def test_every_file_a_view_offers_to_save_is_there(slug):
    run = Run(slug, 8, lowest(slug))
    for _ in wander(run, np.random.default_rng(8), moves=10):
        before = snapshot(run.state)
        offered = {node.attributes.get("data-save") for node in run.view().walk()} - {None}
        files = run.files()
        assert offered <= set(files)
        assert files == run.files()
        assert snapshot(run.state) == before
        assert all(isinstance(content, bytes) for content in files.values())


def test_records_are_whole_numbers_and_get_only_smaller(slug):
    run = Run(slug, 9, lowest(slug))
    before = {}
    for _ in wander(run, np.random.default_rng(9), moves=10):
        records = dict(run.records())
        assert all(isinstance(n, int) and n >= 0 for n in records.values())
        texts = getattr(module(slug), "RECORDS", {})
        assert records.keys() <= texts.keys()
        assert all("{n}" in text for text in texts.values())
        assert all(records[what] <= n for what, n in before.items())
        before = records


def test_a_file_that_is_none_of_those_asked_for_is_refused_and_changes_nothing(slug):
    run = Run(slug, 9, lowest(slug))
    takers = [node for node in run.view().walk() if "data-binary" in node.attributes]
    before = state_of(run)
    for message in (message for node in takers for message in node.messages().values()):
        for text in ("", "0.5", "a few words", "UEsDBA==", "AAAA" * 9000, "é"):
            assert refusal(run, [*message, text])
    assert state_of(run) == before


PRINTED = re.compile(rf"(?<![\w.,]){MINUS}?\d+(?:\.\d+)?(?![\w.,]*\d)")


def test_numbers_hold_what_the_view_prints(slug):
    """Some number in the picture is one of the arrays' values, rounded as it is printed there."""
    run = Run(slug, 7, lowest(slug))
    printed, found = set(), set()
    for _ in wander(run, np.random.default_rng(7), moves=LONG):
        values = np.concatenate([np.ravel(a).astype(float) for a in run.numbers().values()])
        words = [child for node in run.view().walk() for child in node.children]
        for word in PRINTED.findall(" ".join(w for w in words if isinstance(w, str))):
            digits = len(word.partition(".")[2])
            printed.add(digits > 0)
            distance = np.abs(values - float(word.replace(MINUS, "-")))
            if (distance <= 0.5000001 * 10.0**-digits).any():
                found.add(digits > 0)
    assert max(found, default=False) == max(printed, default=False)
    assert bool(found) == bool(printed), "no number of the view is in numbers(state)"


def test_a_legend_above_a_plot_has_room_beside_the_name_of_the_axis(slug):
    """A letter of the page is about 7 units wide on a phone."""
    for plot in Run(slug, 1).view().walk():
        if plot.attributes.get("class") != "plot":
            continue
        texts = [node for node in plot.walk() if node.tag == "text"]
        ends = {n.attributes["y"]: 7 * len(n.text()) for n in texts if n.attributes["x"] == "2"}
        for legend in (n for n in plot.walk() if n.attributes.get("class") == "legend"):
            line, name = legend.children[0].children
            left = float(re.match(r"M(-?[\d.]+)", line.attributes["d"])[1])
            assert left > 2 + ends.get(name.attributes["y"], 0), name.text()
