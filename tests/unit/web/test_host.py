"""The host's loop, with a clock and toy games of the test's own."""

import json
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

import games.run
import web.host
from games import Game, Param
from games.moves import Dial, Press, moves
from games.run import Run, fingerprint
from games.show import PAUSE
from games.ui.node import h, to_html
from web.host import Host, Line

UNKNOWN = "('jump') is not what this game takes now; allowed: 'go', 'boom'"


def picture(count):
    marks = {"count": np.array([count]), "share": np.array([1 / 3])}
    return h(
        "div", h("p", f"count {count}", marks=marks), h("button", "Go", on={"click": ("go", 10)})
    )


def html(count):
    return to_html(picture(count))


def patch(count):
    """What turns another count's picture into this one's."""
    return [0, 0, [0, [0, 0, [0, f"count {count}"]]]]


@dataclass
class Counter:
    """A toy game's state: counts ticks while it has steps to go."""

    count: int = 0
    left: int = 0


def toy(pace=None, tick_costs=lambda: None):
    def update(state, move, *values):
        if move == "boom":
            raise RuntimeError("the toy broke")
        state.left += values[0]

    def tick(state):
        if state.left == 0:
            return False
        tick_costs()
        state.left -= 1
        state.count += 1
        return True

    module = SimpleNamespace(
        PARAMS={"size": Param(Dial(1, 3), 1, "Size")},
        MOVES=moves(go=Dial(0, 10**9), boom=Press()),
        init=lambda seed, size: Counter(),
        update=update,
        tick=tick,
        view=lambda state: picture(state.count),
        score=lambda state: min(state.count / 10, 1.0),
        describe=lambda state: f"The count is {state.count}.",
        solution=lambda state: [("go", 10)],
        files=lambda state: {"count.bin": bytes([state.count])},
    )
    return Game("toy", "test", ("Toy", "Count."), module, pace)


class Page:
    """The other side: keeps a clock, what was posted, and what the page would show."""

    def __init__(self, rehearsed=()):
        self.now = 0.0
        self.packets = []
        self.later = []
        self.host = Host(
            lambda text, buffers: self.packets.append(json.loads(text)),
            lambda: self.now,
            self.later.append,
            set(rehearsed),
        )

    def open(self, name="a", seed=1, params=None, log=(), frame="", fresh=False, show=False):
        self.host.receive(
            {"kind": "open", "id": name, "game": "toy", "edition": 1, "seed": seed,
             "params": params or {}, "log": list(log), "frame": frame, "fresh": fresh, "show": show}
        )  # fmt: skip
        return self.packets[-1]["games"][name]

    def frame(self, *messages, visible=("a",), after=16.0):
        self.now += after
        self.host.receive({"kind": "frame", "messages": list(messages), "visible": list(visible)})
        return self.packets[-1]

    def settle(self):
        """Frames until the host wants no more; returns all log entries on the way."""
        log = []
        for _ in range(1000):
            packet = self.frame()
            log += packet["games"].get("a", {}).get("log", [])
            if not packet["running"]:
                return log
        raise AssertionError("the host never came to rest")


def serve(monkeypatch, load):
    """Every module that loads games gets the toys."""
    for module in (games.run, games.check, web.host):
        monkeypatch.setattr(module, "load", load)


@pytest.fixture
def page(monkeypatch):
    page = Page()

    def load(slug):
        def cost():
            page.now += 1.0  # every tick takes a millisecond

        return toy(tick_costs=cost)

    serve(monkeypatch, load)
    return page


def test_open_answers_ready_and_leaves_the_first_frame_alone(page):
    shown = fingerprint(Run("toy", 1).view())
    assert page.open(frame=shown) == {
        "edition": 1,
        "status": "ready",
        "score": 0.0,
        "describe": "The count is 0.",
        "running": True,
    }


def test_open_sends_the_frame_when_the_page_shows_another(page):
    assert page.open(frame="stale")["html"] == html(0)


def test_a_wrong_parameter_is_explained_and_the_game_plays_with_defaults(page):
    report = page.open(params={"size": "9"})
    assert "size='9' is not a whole number from 1 to 3" in report["refused"]
    assert report["status"] == "ready"


@pytest.mark.parametrize("seed", [-1, None, "7", 2**32, True])
def test_a_wrong_seed_is_explained(page, seed):
    assert "seed" in page.open(seed=seed)["refused"]


def test_a_message_is_played_until_the_game_is_idle_and_only_changes_are_sent(page):
    page.open()
    assert page.settle() == []
    assert page.frame(["a", ["go", 3]])["games"]["a"]["patch"] == patch(3)
    assert page.frame()["games"] == {}


def test_a_report_says_when_a_game_begins_to_move_by_itself_and_when_it_rests(page):
    page.open()
    page.settle()
    began = page.frame(["a", ["go", 400]])["games"]["a"]
    assert began["running"]
    for _ in range(500):
        report = page.frame()["games"].get("a", {})
        if "running" in report:
            break
    assert report["running"] is False


def test_a_refused_message_says_what_is_allowed_and_changes_nothing(page):
    page.open()
    page.settle()
    report = page.frame(["a", ["jump"]])["games"]["a"]
    assert report == {"refused": UNKNOWN}


@pytest.mark.parametrize("message", [[], "go", [1], ["go", {}], ["go", float("nan")], None])
def test_a_malformed_message_is_refused(page, message):
    page.open()
    page.settle()
    assert "refused" in page.frame(["a", message])["games"]["a"]


def test_ticks_stop_at_the_frame_budget(page):
    page.open()
    page.settle()
    packet = page.frame(["a", ["go", 100]])
    assert packet["running"]
    assert packet["games"]["a"]["log"] == [["go", 100], 15]


def test_two_running_games_share_the_budget(page):
    page.open("a")
    page.open("b")
    page.settle()
    packet = page.frame(["a", ["go", 100]], ["b", ["go", 100]], visible=("a", "b"))
    ticks = [packet["games"][name]["log"][-1] for name in "ab"]
    assert sum(ticks) == 15
    assert max(ticks) - min(ticks) <= 1


def test_a_hidden_game_does_no_work(page):
    page.open()
    page.settle()
    packet = page.frame(["a", ["go", 5]], visible=())
    assert packet["games"]["a"]["log"] == [["go", 5]]
    assert not packet["running"]
    assert page.frame(visible=())["games"] == {}
    assert page.frame(visible=("a",))["games"]["a"]["log"] == [5]


def test_the_log_brings_the_run_back(page):
    page.open()
    log = page.settle()
    page.frame(["a", ["go", 40]])
    log += page.packets[-1]["games"]["a"]["log"]
    log += page.settle()
    page.frame(["a", ["go", 7]])
    log += page.packets[-1]["games"]["a"]["log"]
    log += page.settle()
    merged = Run("toy", 1)
    list(merged.replay(log))
    assert to_html(merged.view()) == html(47)
    assert merged.log == [["go", 40], 40, ["go", 7], 7]


def test_a_long_log_is_repeated_over_several_frames_even_when_hidden(page):
    report = page.open(log=[["go", 30], 30])
    assert report["status"] == "loading"
    statuses = [page.frame(visible=())["games"]["a"].get("status") for _ in range(3)]
    assert statuses[-1] == "ready"
    assert "loading" not in statuses
    assert page.packets[-1]["games"]["a"]["patch"] == patch(30)
    assert page.packets[-1]["games"]["a"]["log"] == [["go", 30], 30]


def test_a_broken_log_is_explained_and_play_goes_on(page):
    page.open(log=[["go", 2], 2, ["jump"], 5])
    report = page.frame()["games"]["a"]
    assert report["status"] == "ready"
    assert "allowed" in report["refused"]
    assert report["log"] == [["go", 2], 2]


def test_coming_back_to_a_playing_game_shows_it_as_it_is(page):
    page.open()
    page.settle()
    page.frame(["a", ["go", 4]])
    report = page.open()
    assert report["html"] == html(4)
    assert report["status"] == "ready"
    assert page.open(fresh=True)["html"] == html(0)


def test_a_page_that_leaves_takes_its_games_along(page):
    page.open()
    page.frame(["a", ["go", 10]])
    page.host.receive({"kind": "leave"})
    packet = page.frame()
    assert (packet["games"], packet["running"]) == ({}, False)


def test_an_exception_ends_its_own_game_only(page):
    page.open("a")
    page.open("b")
    page.settle()
    packet = page.frame(["a", ["boom"]], ["b", ["go", 1]], visible=("a", "b"))
    assert packet["games"]["a"]["status"] == "error"
    assert "the toy broke" in packet["games"]["a"]["error"]
    assert packet["games"]["b"]["patch"] == patch(1)
    assert page.frame(["a", ["go", 1]], visible=("a",))["games"] == {}


def test_an_unknown_game_is_an_error_that_names_the_known_ones(page, monkeypatch):
    monkeypatch.undo()
    page.host.receive(
        {"kind": "open", "id": "a", "game": "nope", "seed": 1, "params": {}, "log": [], "frame": ""}
    )
    report = page.packets[-1]["games"]["a"]
    assert report["status"] == "error"
    assert "light-the-network" in report["error"]


def test_a_paced_game_follows_the_clock_whatever_the_frame_rate(page, monkeypatch):
    serve(monkeypatch, lambda slug: toy(pace=60))
    page.open()
    page.settle()
    page.frame(["a", ["go", 1000]], after=0)
    counts = []
    for after in (100.1, 50.0, 4.0, 4.0, 4.0, 5.0):
        packet = page.frame(after=after)
        counts.append(sum(packet["games"].get("a", {}).get("log", [0])))
    assert counts == [6, 3, 0, 0, 0, 1]


def test_a_paced_game_does_not_make_up_for_a_sleep(page, monkeypatch):
    serve(monkeypatch, lambda slug: toy(pace=60))
    page.open()
    page.settle()
    page.frame(["a", ["go", 1000]], after=0)
    assert page.frame(after=60_000)["games"]["a"]["log"] == [15]


def test_a_game_may_choose_its_pace_as_it_goes(page, monkeypatch):
    game = toy()
    game.module.pace = lambda state: 2 if state.count < 2 else None
    serve(monkeypatch, lambda slug: game)
    page.open()
    page.settle()
    page.frame(["a", ["go", 5]], after=0)
    counts = []
    for after in (499, 2, 499, 1, 16):
        packet = page.frame(after=after)
        counts.append(sum(packet["games"].get("a", {}).get("log", [0])))
    assert counts == [0, 1, 0, 1, 3]


def test_that_there_is_nothing_to_win_is_told_too(page, monkeypatch):
    game = toy()
    game.module.score = lambda state: None
    serve(monkeypatch, lambda slug: game)
    assert page.open()["score"] is None


def check(page, log=None, name="c", **changes):
    """Send one packet of a check; what is answered."""
    begin = {"game": "toy", "edition": 1, "seed": 1, "params": {}, "log": log} | changes
    page.host.receive({"kind": "check", "id": name} | ({} if log is None else begin))
    answer = page.packets[-1]
    assert (answer.pop("kind"), answer.pop("id")) == ("check", name)
    return answer


def test_a_long_repeat_tells_how_far_it_has_come(page):
    assert page.open(log=[["go", 99], 99, 0])["repeated"] == 0
    shares = []
    while (report := page.frame()["games"]["a"]).get("status") != "ready":
        shares.append(report["repeated"])
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 100


def test_records_are_told_when_they_change_and_not_those_of_a_show(page, monkeypatch):
    game = toy()
    game.module.records = lambda state: {"steps": 9 - state.count} if state.count else {}
    serve(monkeypatch, lambda slug: game)
    assert "records" not in page.open()
    page.settle()
    told = page.frame(["a", ["go", 1]], after=0)["games"]["a"]
    assert told.get("records") == {"steps": 8}
    assert "records" not in page.frame()["games"].get("a", {})
    assert "records" not in page.open(show=True)


def test_a_file_is_sent_as_it_is_now(page):
    page.open()
    page.settle()
    page.frame(["a", ["go", 3]])
    page.host.receive({"kind": "file", "id": "a", "name": "count.bin"})
    assert page.packets[-1] == {"kind": "file", "id": "a", "name": "count.bin", "base64": "Aw=="}
    page.host.receive({"kind": "file", "id": "a", "name": "gone"})
    assert page.packets[-1] == {"kind": "file", "id": "a", "name": "gone"}


def test_a_check_goes_on_in_pieces_and_ends_with_what_it_computed(page):
    log = [["go", 40], 40]
    assert check(page, log) == {"done": 16, "of": 41}
    assert check(page) == {"done": 31, "of": 41}
    facts = {"score": 1.0, "won": True, "moves": 1, "ticks": 40, "mistakes": []}
    assert check(page) == {"facts": facts}
    assert check(page) == {"refused": "it was dropped"}


def test_games_are_played_beside_a_check(page):
    page.open()
    page.settle()
    check(page, [["go", 100], 100])
    assert page.frame(["a", ["go", 3]])["games"]["a"]["patch"] == patch(3)
    assert "done" in check(page)
    page.host.receive({"kind": "close", "id": "c"})
    assert check(page) == {"refused": "it was dropped"}


def test_a_check_names_what_is_wrong(page):
    assert f"move 2 is not possible: {UNKNOWN}" in check(page, [["go", 2], 2, ["jump"]])["refused"]
    assert "size" in check(page, [], params={"size": 9})["refused"]
    assert "seed" in check(page, [], seed=-1)["refused"]
    assert "the toy broke" in check(page, [["boom"]])["refused"]
    assert "move 1" in check(page, [{}])["refused"]


def test_a_hostile_log_ends(page):
    answer = check(page, [["go", 10**9], 10**9])
    for _ in range(10_000):
        if "refused" in answer:
            break
        answer = check(page)
    assert answer == {"refused": "it takes longer than 60 s to play again"}


def test_ping_is_answered(page):
    page.host.receive({"kind": "ping"})
    assert page.packets == [{"kind": "pong"}]


# --- the numbers behind it ------------------------------------------------------------------------


def test_numbers_are_sent_as_tables_rounded_for_reading(page):
    page.open()
    page.frame(["a", ["go", 3]])
    page.host.receive({"kind": "numbers", "id": "a"})
    assert page.packets[-1] == {
        "kind": "numbers",
        "id": "a",
        "tables": [
            {"caption": "count", "shape": [1], "rows": [["3"]]},
            {"caption": "share", "shape": [1], "rows": [["0.3333"]]},
        ],
    }


def test_one_array_is_sent_whole_as_csv(page):
    page.open()
    page.host.receive({"kind": "csv", "id": "a", "caption": "share"})
    assert page.packets[-1] == {"kind": "csv", "id": "a", "caption": "share", "text": f"{1 / 3}\n"}


def test_an_array_that_is_gone_has_no_text(page):
    page.open()
    page.host.receive({"kind": "csv", "id": "a", "caption": "gone"})
    assert "text" not in page.packets[-1]


def test_numbers_of_a_game_that_is_not_playing_are_not_answered(page):
    page.host.receive({"kind": "numbers", "id": "a"})
    assert page.packets == []


def test_asking_for_numbers_changes_nothing(page):
    page.open()
    page.settle()
    page.host.receive({"kind": "numbers", "id": "a"})
    assert page.frame()["games"] == {}


# --- a show ---------------------------------------------------------------------------------------


def shown(page, frames=1000):
    """Frames until the host wants no more; everything that was said of the game on the way."""
    reports = []
    for _ in range(frames):
        packet = page.frame()
        reports += [packet["games"]["a"]] if "a" in packet["games"] else []
        if not packet["running"]:
            return reports
    return reports


def test_a_show_says_what_comes_waits_does_it_and_lets_it_run(page):
    page.open()
    page.settle()
    report = page.open(show=True)
    assert report["show"] == {"says": "Watch: this is one way to do it.", "control": None,
                              "over": False}  # fmt: skip
    began = page.now
    reports = shown(page)
    says = [(r["show"]["says"], r["show"]["control"], r["show"]["over"])
            for r in reports if "show" in r]  # fmt: skip
    assert says == [
        ("Press “Go”.", '{"click":["go",10]}', False),
        ("Press “Go”.", None, False),
        ("That was it.", None, True),
    ]
    assert reports[-1]["show"]["over"]
    assert page.now - began > PAUSE
    assert [r["patch"] for r in reports if "patch" in r][-1] == patch(10)
    assert any(r.get("score") == 1 for r in reports)


def test_a_show_leaves_the_learners_run_and_log_as_they_were(page):
    page.open()
    page.settle()
    page.frame(["a", ["go", 4]])
    page.settle()
    page.open(show=True)
    reports = shown(page)
    assert not any("log" in report for report in reports)
    report = page.open()
    assert report["html"] == html(4)
    assert report["score"] == 0.4
    assert "show" not in report
    assert page.settle() == []
    assert page.frame(["a", ["go", 1]])["games"]["a"]["log"] == [["go", 1], 1]


def test_a_show_can_be_stopped_in_the_middle(page):
    page.open()
    page.settle()
    page.open(show=True)
    shown(page, frames=3)
    assert page.open()["html"] == html(0)
    assert page.settle() == []


def test_messages_are_not_taken_during_a_show(page):
    page.open()
    page.settle()
    page.open(show=True)
    page.frame(["a", ["go", 5]])
    assert page.open()["html"] == html(0)


def test_starting_afresh_ends_a_show(page):
    page.open()
    page.open(show=True)
    report = page.open(seed=2, fresh=True)
    assert "show" not in report
    assert page.settle() == []


def test_a_hidden_show_waits(page):
    page.open()
    page.settle()
    page.open(show=True)
    for _ in range(100):
        packet = page.frame(visible=())
        assert packet["games"] == {}
        assert not packet["running"]
    assert shown(page)[0]["show"]["says"] == "Press “Go”."


@pytest.mark.parametrize("message", [("jump",), ("boom",)])
def test_a_show_that_goes_wrong_is_over_and_the_game_plays_on(page, monkeypatch, message):
    game = toy()
    game.module.solution = lambda state: iter([message])
    serve(monkeypatch, lambda slug: game)
    page.open()
    page.settle()
    page.open(show=True)
    reports = shown(page)
    assert "refused" in {name for report in reports for name in report}
    assert reports[-1]["show"]["over"]
    page.open()
    assert page.frame(["a", ["go", 1]])["games"]["a"]["log"] == [["go", 1], 1]


def test_numbers_during_a_show_are_the_shows(page):
    page.open()
    page.settle()
    page.open(show=True)
    shown(page)
    page.host.receive({"kind": "numbers", "id": "a"})
    assert page.packets[-1]["tables"][0]["rows"] == [["10"]]


# --- packets on their way -------------------------------------------------------------------------


class Heard:
    """Stands where the host is and writes down what it hears."""

    def __init__(self):
        self.packets = []

    def receive(self, packet):
        self.packets.append(packet["kind"])

    def lack(self, packet, why):
        self.packets.append(f"lack {packet['kind']}: {why}")


OPEN = {"kind": "open", "id": "#1", "game": "solve-xor"}
FRAME_PACKET = {"kind": "frame", "messages": [], "visible": []}


@pytest.fixture
def line(monkeypatch):
    """A line to somebody who listens, and the calls for tracks that nobody has answered yet."""
    monkeypatch.setattr("web.host.discover", lambda: {"solve-xor": "games.far.solve_xor"})
    heard, asked = Heard(), []
    return Line(heard, lambda track, then: asked.append((track, then))), heard, asked


def test_a_packet_whose_game_is_on_its_way_holds_up_what_follows_but_no_ping(line):
    taking, heard, asked = line
    for packet in (OPEN, FRAME_PACKET, {"kind": "ping"}):
        taking.take(packet)
    assert heard.packets == ["ping"]
    ((track, then),) = asked
    assert track == "far"
    then("")
    assert heard.packets == ["ping", "open", "frame"]
    taking.take(FRAME_PACKET)
    assert heard.packets[-1] == "frame"


def test_a_game_that_cannot_be_fetched_is_told_and_the_rest_goes_on(line):
    taking, heard, asked = line
    for packet in (OPEN, FRAME_PACKET):
        taking.take(packet)
    asked.pop()[1]("no network")
    assert heard.packets == ["lack open: no network", "frame"]
    taking.take(OPEN)
    assert len(asked) == 1  # it is asked for again


def test_a_game_that_is_imported_is_not_fetched(line, monkeypatch):
    taking, heard, asked = line
    monkeypatch.setitem(sys.modules, "games.far.solve_xor", SimpleNamespace())
    taking.take(OPEN)
    assert (heard.packets, asked) == (["open"], [])


def test_what_could_not_be_fetched_is_answered_as_what_was_asked():
    said = []
    host = Host(lambda text, _: said.append(json.loads(text)), lambda: 0)
    host.lack({"kind": "open", "id": "#1", "game": "solve-xor"}, "gone")
    host.lack({"kind": "check", "id": "check 1", "game": "solve-xor"}, "gone")
    assert said[0]["answers"] == "open"
    assert said[0]["games"]["#1"] == {
        "status": "error",
        "error": "its Python could not be fetched (gone)",
    }
    assert said[1]["refused"] == "its Python could not be fetched (gone)"


def rehearse(page):
    """The whole rehearsal; in how many parts it came."""
    parts = 0
    while page.later:
        page.later.pop()()
        parts += 1
    return parts


def test_a_rehearsal_says_nothing_and_leaves_the_run_alone(page):
    page.open()
    packets = len(page.packets)
    assert 1 < rehearse(page) < web.host.REHEARSAL / web.host.REHEARSAL_PART
    assert len(page.packets) == packets
    report = page.frame(["a", ["go", 2]])["games"]["a"]
    assert report["log"] == [["go", 2], 2]  # and none of what was rehearsed
    assert report["score"] == 0.2


def test_a_game_is_rehearsed_once_in_a_python(page):
    page.open()
    rehearse(page)
    page.open("b", seed=3)
    assert not page.later
    other = Page(rehearsed={"toy"})
    other.open()
    assert not other.later


def test_a_page_that_is_left_rehearses_no_longer(page):
    page.open()
    page.host.receive({"kind": "leave"})
    assert rehearse(page) == 1  # it was on its way
    assert page.now == 0  # no tick was played


def test_a_rehearsal_ends_after_its_time(page, monkeypatch):
    monkeypatch.setattr(web.host, "REHEARSAL", 6.0)
    page.open()
    assert rehearse(page) == 2  # 4 ms and 2
    assert page.now == 6


def test_a_rehearsal_ends_where_the_game_breaks(page, monkeypatch):
    broken = toy()
    broken.module.solution = lambda state: [("boom",)]
    serve(monkeypatch, lambda slug: broken)
    page.open()
    rehearse(page)
    report = page.frame(["a", ["go", 2]])["games"]["a"]
    assert report["log"] == [["go", 2], 2]
    assert "status" not in report  # it is still ready
