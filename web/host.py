"""The host: plays games inside the browser's worker. The only Python that touches the browser.

`Host` is the loop (messages in, ticks within the frame's budget, patches out). It is given its
clock and its way out, so that tests run it without a browser; only `start`, at the end, imports
the browser.

The page and the host exchange JSON. From the page:

    {"kind": "open", "id", "game", "edition", "seed", "params", "log", "frame", "fresh", "show"}
        frame: fingerprint of what the page shows; log: what to repeat first, made with that edition
        of the game;
        fresh: start again even if this id is already playing;
        show: let the game show its solution, until it is opened again without
    {"kind": "frame", "messages": [[id, message], …], "visible": [id, …]}
    {"kind": "close", "id"}
    {"kind": "numbers", "id"}            the arrays behind the picture, as short tables
    {"kind": "csv", "id", "caption"}     one of them, whole
    {"kind": "file", "id", "name"}       a file that the view offers to save
    {"kind": "check", "id", "game", "edition", "seed", "params", "log"}      play a log again
    {"kind": "check", "id"}              go on with it for a moment; "close" drops it
    {"kind": "compare", "id", "given", "value"}       of a card's line: web.scratch.compare
    {"kind": "leave"}                    nobody looks on any more
    {"kind": "ping"}

To the page: {"kind": "pong"},

    {"kind": "check", "id", "done", "of"}         steps so far and in all, after each moment
    {"kind": "check", "id", "facts"}              games.check, at the end
    {"kind": "check", "id", "refused"}            why it cannot be played again

    {"kind": "compare", "id", "shown", "agrees"}   also "right", "lost" and, of a claim, "slack"

    {"kind": "numbers", "id", "tables": [{"caption", "shape", "rows"}, …]}     games.ui.tables
    {"kind": "csv", "id", "caption", "text"}
    {"kind": "file", "id", "name", "base64"}                  without it when there is none

and, after every open and frame,

    {"kind": "frame", "answers": "open" or "frame", "games": {id: report}, "running"}

where running says whether another frame is wanted, and a report has only what changed: "html" or
"patch" (games.ui.node), "edition" (of the game that plays), "params" (where an older log was turned
into it), "status", "score", "describe", "running" (it moves by itself), "records", "repeated"
(percent of the log that was to be repeated), "log" (new entries; after a repeated log all of it),
"refused" (why a message or parameter was not taken), "outdated" (why a log of an older edition was
not), "error", "show"
(games.show). While a show is on, everything but the log is the show's; the learner's run waits, and
takes no messages.
"""

from __future__ import annotations

import base64
import json
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from games import MessageError, ParamError, discover, load
from games.check import Check
from games.editions import EditionError, LogEntry, current
from games.rehearsal import rehearse
from games.run import Run, fingerprint
from games.show import Show
from games.ui.node import Node, diff, same, to_html
from games.ui.tables import csv, tables
from games.words import Language, say, use

FRAME = 15.0
"""Milliseconds of work in one frame: a 60 Hz frame less the hand-over."""
LEAST_BUDGET = 3.0
"""Milliseconds that ticks get even when drawing alone fills the frame."""
LONGEST_GAP = 250.0
"""Milliseconds of missed animation that are made up for; the rest is dropped (a tab that slept)."""
REHEARSAL = 400.0
"""Milliseconds of work that rehearsing a game may take."""
REHEARSAL_PART = 4.0
"""Milliseconds of it at a time, or one picture."""
REST = 10.0
"""Milliseconds between two parts, in which the page is answered."""
LONGEST_CHECK = 60_000.0
"""Milliseconds of work after which a check is given up."""

LANGUAGE = Path(__file__).with_name("language.json")
"""What games say in another language than English (web/builder/catalogue.py)."""

Packet = dict[str, Any]
Post = Callable[[str, list[bytes]], None]


@dataclass
class Seat:
    """One placed game: its run, the tree the page shows, and what the page already knows.

    While there is a `show`, its run is what is ticked and drawn, and `run` stays as it is. A log
    that is repeated has `steps` messages and ticks, of which so many are `repeated`.
    """

    run: Run
    shown: Node
    show: Show | None = None
    idle: bool = False
    moved: float = 0.0
    said: Packet = field(default_factory=dict)
    logged: int = 0
    logged_ticks: int = 0
    replay: Iterator[object] | None = None
    steps: int = 0
    repeated: int = 0
    broken: bool = False

    @property
    def playing(self) -> Run:
        """The run that is to be seen."""
        return self.show.run if self.show else self.run

    @property
    def running(self) -> bool:
        """Whether a step would do anything."""
        return not self.broken and (self.replay is not None or not self.idle)

    @property
    def showing(self) -> bool:
        """Whether a show will go on by itself, though its game may be idle now."""
        return self.show is not None and not self.show.over

    def step(self) -> None:
        """One step of the log being repeated, or else one tick."""
        if self.replay is None:
            self.idle = not self.playing.tick()
        elif next(self.replay, self) is self:  # nothing left to repeat
            self.replay = None
        else:
            self.repeated += 1

    def repeat(self, log: Sequence[LogEntry]) -> None:
        """Begin to repeat a log."""
        self.replay, self.repeated = self.run.replay(log), 0
        self.steps = sum(max(entry, 1) if isinstance(entry, int) else 1 for entry in log)

    def news(self, facts: Packet) -> Packet:
        """Those of `facts` that the page does not know yet."""
        new = object()
        fresh = {k: value for k, value in facts.items() if self.said.get(k, new) != value}
        self.said.update(fresh)
        return fresh

    def unsent_log(self) -> list[LogEntry]:
        """Log entries since the last call; ticks of the entry sent last come as further ticks."""
        log = self.run.log
        fresh: list[LogEntry] = []
        last = log[self.logged - 1] if self.logged else None
        if isinstance(last, int) and last > self.logged_ticks:
            fresh.append(last - self.logged_ticks)
        fresh += log[self.logged :]
        self.logged = len(log)
        self.logged_ticks = log[-1] if log and isinstance(log[-1], int) else 0
        return fresh


class Line:
    """Packets on their way to a host: one whose game is not here yet holds up those behind it.

    Args:
        host: takes the packets.
        bring: fetches the games of a track and calls back, with '' or with why it could not.
    """

    def __init__(self, host: Host, bring: Callable[[str, Callable[[str], None]], None]) -> None:
        self._host, self._bring = host, bring
        self._waiting: deque[Packet] = deque()

    def take(self, packet: Packet) -> None:
        """Hand on a packet, at once if nothing stands before it; a ping never waits."""
        if packet["kind"] == "ping":
            self._host.receive(packet)
            return
        self._waiting.append(packet)
        if len(self._waiting) == 1:
            self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            packet = self._waiting[0]
            if track := _track_to_bring(packet):
                self._bring(track, self._brought)
                return
            self._host.receive(packet)
            self._waiting.popleft()

    def _brought(self, trouble: str) -> None:
        if trouble:
            self._host.lack(self._waiting[0], trouble)
        else:
            self._host.receive(self._waiting[0])
        self._waiting.popleft()
        self._go_on()


def _track_to_bring(packet: Packet) -> str:
    """The track whose games a packet needs and this Python has not imported yet, or ''."""
    module = discover().get(packet.get("game", ""), "")
    return module.split(".")[1] if module and module not in sys.modules else ""


class Host:
    """All games of a page. Several pages may share one worker; each has a host of its own.

    Args:
        post: takes the JSON of a packet and the pixel buffers that travel with it.
        clock: milliseconds from any start, never going back.
        later: calls a function after a rest in which packets are received; without it no game is
            rehearsed.
        rehearsed: the games that this Python has rehearsed, whichever page they were opened on.
    """

    def __init__(
        self,
        post: Post,
        clock: Callable[[], float],
        later: Callable[[Callable[[], None]], None] | None = None,
        rehearsed: set[str] | None = None,
    ) -> None:
        self._post = post
        self._clock = clock
        self._later = later
        self._rehearsed = set() if rehearsed is None else rehearsed
        self._rehearsals: deque[tuple[Iterator[None], float]] = deque()
        self._seats: dict[str, Seat] = {}
        self._checks: dict[str, tuple[Check, float]] = {}
        self._turn = 0
        self._drawing = 0.0

    def receive(self, packet: Packet) -> None:
        """Act on one packet from the page."""
        match packet["kind"]:
            case "ping":
                self._post('{"kind":"pong"}', [])
            case "open":
                self._open(packet)
            case "close":
                self._seats.pop(packet["id"], None)
                self._checks.pop(packet["id"], None)
            case "check":
                self._post(
                    json.dumps({"kind": "check", "id": packet["id"], **self._check(packet)}), []
                )
            case "compare":
                said = _compared(packet["given"], packet["value"])
                self._post(json.dumps({"kind": "compare", "id": packet["id"], **said}), [])
            case "leave":
                self._seats.clear()
                self._checks.clear()
                self._rehearsals.clear()
            case "frame":
                self._frame(packet["messages"], packet["visible"])
            case "file" if seat := self._playing(packet["id"]):
                self._post(json.dumps(packet | _file(seat, packet["name"])), [])
            case "numbers" | "csv" if seat := self._playing(packet["id"]):
                self._post(json.dumps(packet | _numbers(seat, packet)), [])

    def lack(self, packet: Packet, why: str) -> None:
        """Answer a packet whose game could not be fetched."""
        sentence = say("its Python could not be fetched ({reason})", reason=why)
        if packet["kind"] == "open":
            report = {"status": "error", "error": sentence}
            self._answer("open", {packet["id"]: report}, [], running=True)
        else:
            said = {"kind": "check", "id": packet["id"], "refused": sentence}
            self._post(json.dumps(said), [])

    # --- opening ----------------------------------------------------------------------------------

    def _open(self, packet: Packet) -> None:
        name, report = packet["id"], Packet()
        try:
            seat = self._seats.get(name)
            if seat is None or packet.get("fresh"):
                seat = self._seat(packet, report)
                self._seats[name] = seat
            if (show := bool(packet.get("show"))) or seat.show:
                seat.show = Show(seat.run) if show else None
                seat.shown, seat.idle = seat.playing.view(), False
            seat.said = {}
            report["edition"] = seat.run.game.edition
            if fingerprint(seat.shown) != packet["frame"]:
                report["html"] = to_html(seat.shown)
            report |= seat.news(self._facts(seat))
            self._plan_rehearsal(seat.run)
        except MemoryError:
            raise
        except Exception as error:
            report |= {"status": "error", "error": _explain(error)}
        self._answer("open", {name: report}, [], running=True)

    # --- rehearsing -------------------------------------------------------------------------------

    def _plan_rehearsal(self, run: Run) -> None:
        if self._later is None or run.game.slug in self._rehearsed:
            return
        self._rehearsed.add(run.game.slug)
        self._rehearsals.append((rehearse(run), REHEARSAL))
        if len(self._rehearsals) == 1:
            self._later(self._rehearse)

    def _rehearse(self) -> None:
        """Go on with rehearsing, for a moment; what goes wrong here is told when it is played."""
        if not self._rehearsals:  # the page was left
            return
        rehearsal, left = self._rehearsals.popleft()
        start = self._clock()
        with suppress(Exception):
            while (worked := self._clock() - start) < min(REHEARSAL_PART, left):
                next(rehearsal)
            if worked < left:
                self._rehearsals.appendleft((rehearsal, left - worked))
        if self._rehearsals and self._later:
            self._later(self._rehearse)

    def _seat(self, packet: Packet, report: Packet) -> Seat:
        game, seed, params, log = (packet[part] for part in ("game", "seed", "params", "log"))
        if log:
            try:
                edition = packet["edition"]
                params, log = current(load(game), edition, seed, params, log)
                if edition != load(game).edition:
                    report["params"] = params
            except EditionError as error:  # say so, and play from the start
                report["outdated"], log = str(error), []
        try:
            run = Run(game, seed, params)
        except ParamError as error:  # say so, and play with the defaults
            report["refused"] = str(error)
            run = Run(game, seed if isinstance(seed, int) and seed >= 0 else 0)
        seat = Seat(run, run.view(), moved=self._clock())
        if log:
            seat.repeat(log)
        return seat

    # --- the frame --------------------------------------------------------------------------------

    def _frame(self, messages: list[list[Any]], visible: list[str]) -> None:
        start = self._clock()
        reports: dict[str, Packet] = {name: {} for name in self._seats}
        changed: dict[str, Seat] = {}
        for name, message in messages:
            if (seat := self._playing(name)) and not seat.show:
                with self._guard(seat, reports[name]):
                    seat.run.send(message)
                    if seat.idle:
                        seat.idle, seat.moved = False, start
                changed[name] = seat
        running = self._advance(start, visible, reports, changed)
        ticked = self._clock()
        buffers: list[bytes] = []
        for name, seat in changed.items():
            with self._guard(seat, reports[name]):
                self._draw(seat, reports[name], buffers)
        self._drawing = self._clock() - ticked
        self._answer("frame", reports, buffers, running)

    def _advance(
        self,
        start: float,
        visible: list[str],
        reports: dict[str, Packet],
        changed: dict[str, Seat],
    ) -> bool:
        """Tick what is visible and running, in turn, until the budget is spent."""
        deadline = start + max(FRAME - self._drawing, LEAST_BUDGET)
        hungry: list[str] = []
        for name, seat in self._seats.items():
            if name not in visible and not seat.replay:
                continue
            if seat.showing and seat.idle:
                self._show_on(name, start, reports, changed)
            if not seat.running:
                continue
            pace = seat.playing.pace
            if pace is None or seat.replay:
                hungry.append(name)
                continue
            step = 1000 / pace
            seat.moved = max(seat.moved, start - max(LONGEST_GAP, step))
            with self._guard(seat, reports[name]):
                while seat.moved + step <= start and seat.running:
                    seat.moved += step
                    seat.step()
                    changed[name] = seat
        seen = [self._seats[name] for name in visible if name in self._seats]
        running = any(seat.running or seat.showing for seat in seen)
        while hungry and self._clock() < deadline:
            self._turn += 1
            name = hungry[self._turn % len(hungry)]
            seat = changed[name] = self._seats[name]
            with self._guard(seat, reports[name]):
                seat.step()
            if not seat.running:
                hungry.remove(name)
        return running or bool(hungry)

    def _show_on(
        self, name: str, now: float, reports: Mapping[str, Packet], changed: dict[str, Seat]
    ) -> None:
        """Go on with a show whose game is idle."""
        seat = self._seats[name]
        assert seat.show is not None
        moved = True
        with self._guard(seat, reports[name]):
            moved = seat.show.rest(now)
        if moved:
            seat.idle, seat.moved = seat.show.coming is not None, now
            changed[name] = seat

    def _draw(self, seat: Seat, report: Packet, buffers: list[bytes]) -> None:
        if seat.replay is None:
            new = seat.playing.view()
            if not same(seat.shown, new):
                report["html"] = to_html(new)
            elif (patch := diff(seat.shown, new, buffers)) is not None:
                report["patch"] = patch
            seat.shown = new
        report |= seat.news(self._facts(seat))
        if seat.replay is None and (log := seat.unsent_log()):
            report["log"] = log

    def _facts(self, seat: Seat) -> Packet:
        facts: Packet = {
            "status": "loading" if seat.replay else "ready",
            "score": seat.playing.score(),
            "describe": seat.playing.describe(),
            "running": seat.running or seat.showing,
        }
        if seat.show:
            facts["show"] = seat.show.facts(seat.shown)
        elif records := seat.run.records():
            facts["records"] = dict(records)
        if seat.replay:
            facts["repeated"] = 100 * seat.repeated // seat.steps
        return facts

    # --- checking ---------------------------------------------------------------------------------

    def _check(self, packet: Packet) -> Packet:
        """Begin to check a log, or go on with it, for one frame's time; what there is to say."""
        start = self._clock()
        try:
            if "log" in packet:
                parts = ("game", "seed", "params", "log", "edition")
                found = Check(*(packet[part] for part in parts)), 0.0
            elif packet["id"] in self._checks:
                found = self._checks.pop(packet["id"])
            else:
                return {"refused": say("it was dropped")}
            check, worked = found
            over = check.go_on(lambda: self._clock() - start >= FRAME)
            worked += self._clock() - start
            if over:
                return {"facts": check.facts()}
            if worked > LONGEST_CHECK:
                seconds = int(LONGEST_CHECK / 1000)
                return {"refused": say("it takes longer than {n} s to play again", n=seconds)}
            self._checks[packet["id"]] = check, worked
            return {"done": check.done, "of": check.of}
        except (EditionError, MessageError, ParamError) as error:
            return {"refused": str(error)}
        except MemoryError:
            raise
        except Exception as error:
            return {"refused": say("the game stopped: {reason}", reason=_explain(error))}

    # --- what can go wrong ------------------------------------------------------------------------

    def _playing(self, name: str) -> Seat | None:
        seat = self._seats.get(name)
        return None if seat is None or seat.broken else seat

    @contextmanager
    def _guard(self, seat: Seat, report: Packet) -> Iterator[None]:
        """A refusal is passed on; an exception ends its own game; memory running out ends all.

        What goes wrong in a show ends the show.
        """
        try:
            yield
        except MessageError as error:
            seat.replay = None
            if seat.show:
                seat.show.over = True
            report["refused"] = str(error)
        except MemoryError:
            raise
        except Exception as error:
            if seat.show:
                seat.show.over = seat.idle = True
                report["refused"] = say("The show stopped: {reason}", reason=_explain(error))
                return
            seat.broken = True
            report |= {"status": "error", "error": _explain(error)}

    def _answer(
        self, question: str, reports: Mapping[str, Packet], buffers: list[bytes], running: bool
    ) -> None:
        packet = {
            "kind": "frame",
            "answers": question,
            "games": {name: report for name, report in reports.items() if report},
            "running": running,
        }
        self._post(json.dumps(packet, separators=(",", ":"), ensure_ascii=False), buffers)


def _numbers(seat: Seat, packet: Packet) -> Packet:
    """What is asked for of the arrays behind a game's picture; {} when it is not there any more."""
    arrays = seat.playing.numbers()
    if packet["kind"] == "numbers":
        return {"tables": [table._asdict() for table in tables(arrays)]}
    found = arrays.get(packet["caption"])
    return {} if found is None else {"text": csv(found)}


def _file(seat: Seat, name: str) -> Packet:
    """The file of that name; {} when there is none."""
    found = seat.playing.files().get(name)
    return {} if found is None else {"base64": base64.b64encode(found).decode()}


def _compared(given: str, value: str) -> Packet:
    """How a line's value reads, and whether it agrees with what is beside it, or holds."""
    from web.scratch import compare  # seldom asked for, and no start should pay for it

    return compare(given, value)


def _explain(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return say(
        "{error} (in {function}, line {n})",
        error=f"{type(error).__name__}: {error}",
        function=where.name,
        n=where.lineno or 0,
    )


def speak() -> None:
    """Take up the language of the course, where the build put one beside this file."""
    if LANGUAGE.exists():
        use(Language(**json.loads(LANGUAGE.read_text("utf-8"))))


def start() -> None:
    """Wait for pages' ports and serve them; called once, in the worker."""
    import js  # type: ignore[import-not-found]
    from polyscript import xworker  # type: ignore[import-not-found]
    from pyodide.ffi import create_once_callable, create_proxy, to_js  # type: ignore[import-not-found]

    speak()
    performance = js.performance
    rehearsed: set[str] = set()

    def connect(event: Any) -> None:
        port = event.ports[0]

        def post(text: str, buffers: list[bytes]) -> None:
            if not buffers:
                port.postMessage(text)
                return
            arrays = [to_js(buffer) for buffer in buffers]
            transfer = to_js([array.buffer for array in arrays])
            port.postMessage(to_js([text, *arrays]), transfer)

        def later(act: Callable[[], None]) -> None:
            js.setTimeout(create_once_callable(lambda: guarded(act)), REST)

        # performance's `now` is whatever it is at the time: tests set it ahead
        host = Host(post, lambda: performance.now(), later, rehearsed)

        def bring(track: str, then: Callable[[str], None]) -> None:
            js.bringTrack(track).then(
                lambda _: guarded(lambda: then("")),
                lambda error: guarded(lambda: then(str(error))),
            )

        def guarded(act: Callable[[], None]) -> None:
            try:
                act()
            except MemoryError:
                post(json.dumps({"kind": "fatal", "reason": say("out of memory")}), [])

        line = Line(host, bring)

        def receive(event: Any) -> None:
            guarded(lambda: line.take(json.loads(event.data)))

        port.onmessage = create_proxy(receive)
        post('{"kind":"hello"}', [])

    xworker.onmessage = create_proxy(connect)
    js.postMessage(to_js({"neuronauts": "up"}, dict_converter=js.Object.fromEntries))
