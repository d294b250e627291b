"""The class page: links and files of students are played again here, and what is true is shown."""

import csv
import io
import json
from uuid import uuid4

import pytest

from games import link
from games.run import Run
from tests.browser.conftest import ANY, READY
from tests.browser.looks import looks_well

PAGE = "class/"
AT = "2026-01-02T10:00:00.000Z"


def solved(slug, seed=7, **params):
    run = Run(slug, seed, params)
    run.solve()
    return run


def missed():
    """A quiz in which the first answer is always the wrong one."""
    run = Run("boss-quiz", 3)
    for _ in range(run.params["questions"]):
        run.send(["answer", (run.state.run[-1].right + 1) % 4])
        run.send(["next"])
    return run


def shortened(run, *more):
    """The run's first move, and what else is said to have been done."""
    begun = Run(run.game.slug, run.seed)
    begun.send(next(entry for entry in run.log if isinstance(entry, list)))
    begun.log += more
    return begun


def handed(name, run, site="https://a.school/course/"):
    return f"{name} {site}play/{run.game.slug}/?seed={run.seed}#run={link.encode(run)}"


def kept(run, **more):
    placed = {"seed": run.seed, "params": run.params}
    return placed | {"run": link.encode(run), "at": AT} | more


def progress(name, won, played):
    return json.dumps(
        {"neuronauts": "progress", "version": 3, "name": name, "won": won, "played": played}
    )


def checked(page, pattern=r"^\d+ runs? played again"):
    page.wait_for_function(
        "pattern => new RegExp(pattern).test("
        "document.querySelector('[data-class] [data-said]').textContent)",
        arg=pattern,
        timeout=READY,
    )


@pytest.mark.parametrize("width", [390, 1440])
def test_links_and_files_are_checked_and_shown(visit, width):
    watched = visit(width, 844, dark=width < 600, again=True)
    watched.shift_allowed = ANY  # results grow as they come
    page = watched.open(PAGE)
    xor, quiz, tune = solved("solve-xor"), missed(), solved("tune-the-neuron")
    begun = shortened(tune)
    lines = [
        handed("Ana:", xor),
        handed("Ben –", shortened(tune)),
        handed("Cleo", quiz),
        handed("=Dora", shortened(xor, ["win"])),
        handed("Emil", xor)[:-20],
        "Finn forgot the link",
        "Gus https://a.school/course/play/solve-xor/?seed=7",
        handed("Jan", solved("light-the-network", bias=-2)),
    ]
    page.get_by_label("Links, one a line").fill("\n".join(lines))
    page.get_by_role("button", name="Check these links").press("Enter")
    checked(page)
    played = {"best": 1, "tries": [AT], "last": kept(begun, score=begun.score(), moves=1)}
    won = {"level-2/solve-xor": kept(xor), "play/solve-xor": kept(xor)}
    honest = progress("Hal", won, {"level-1/tune-the-neuron": played})
    forged = progress(
        "", {"tune-the-neuron": kept(begun), "solve-xor": kept(xor) | {"run": ""}}, {}
    )
    page.locator("[data-files]").set_input_files(
        [
            {"name": "hal.json", "mimeType": "application/json", "buffer": honest.encode()},
            {"name": "Ida.json", "mimeType": "application/json", "buffer": forged.encode()},
            {"name": "odd.json", "mimeType": "application/json", "buffer": b'{"a": 1}'},
        ]
    )
    checked(page, "^6 runs played again and confirmed, 5 not confirmed")
    heads = page.locator("[data-table] thead th").all_inner_texts()
    assert "Light the Network (bias=-2)" in heads
    text = page.locator("[data-results]").inner_text()
    for reason in (
        "=Dora, Solve XOR: move 2 is not possible",
        "Emil, Solve XOR: These moves cannot be read",
        "Gus, Solve XOR: no moves were handed in with it.",
        "Ida, Tune the Neuron: the file says won; played again it is a score of 0.",
        "Ida, Solve XOR: no moves were handed in with it.",
        "Tune the Neuron: 2 not there yet, 0 won. Ben",
    ):
        assert reason in text, reason
    notes = page.locator("[data-notes]").inner_text()
    assert "No link in: Finn forgot the link" in notes
    assert "odd.json: This is not a file of progress" in notes
    wrong = page.locator("[data-wrong] tr").all_inner_texts()
    assert len(wrong) == 1 + len(set(quiz.mistakes()))
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as CSV").click()
    rows = list(csv.DictReader(io.StringIO(saving.value.path().read_text("utf-8"))))
    found = {(row["student"], row["game"]): row["result"] for row in rows}
    assert found == {
        ("Ana", "solve-xor"): "won",
        ("Ben", "tune-the-neuron"): "not won",
        ("Cleo", "boss-quiz"): "not won",
        ("'=Dora", "solve-xor"): "not confirmed",
        ("Emil", "solve-xor"): "not confirmed",
        ("Gus", "solve-xor"): "not confirmed",
        ("Hal", "solve-xor"): "won",
        ("Hal", "tune-the-neuron"): "not won",
        ("Ida", "solve-xor"): "not confirmed",
        ("Jan", "light-the-network"): "won",
        ("Ida", "tune-the-neuron"): "not confirmed",
    }
    assert {row["parameters"] for row in rows if row["student"] != "Jan"} == {""}
    assert [row["parameters"] for row in rows if row["student"] == "Jan"] == ["bias=-2"]
    (ana,) = (row for row in rows if row["student"] == "Ana")
    assert int(ana["moves"]) == sum(isinstance(entry, list) for entry in xor.log)
    looks_well(page)
    page.get_by_role("button", name="Start over").press("Enter")
    assert not page.locator("[data-results]").is_visible()


def stayed(visit):
    """The class page, in a page where Python is likely to be there already."""
    watched = visit(stay="sharing")
    watched.shift_allowed = ANY  # results grow as they come
    return watched.open(f"{PAGE}?{uuid4()}")  # a link to where the page is already leads nowhere


def test_nothing_that_is_handed_in_leaves_the_page(visit):
    page = stayed(visit)
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.get_by_label("Links, one a line").fill(handed("Ana", solved("solve-xor")))
    page.get_by_role("button", name="Check these links").click()
    checked(page)
    assert not [(method, url) for method, url in asked if method != "GET" or "run=" in url]


def test_a_check_without_end_is_stopped(visit):
    page = stayed(visit)
    endless = Run("train-a-brain", 1)
    endless.log = [["guess", 75], ["play"], 10**8]
    lines = [handed("Ana", endless), handed("Ben", solved("solve-xor"))]
    page.get_by_label("Links, one a line").fill("\n".join(lines))
    page.get_by_role("button", name="Check these links").click()
    checked(page, r"^Checking Ana, Train a Brain, 1 more to come: \d+\s%")
    page.get_by_role("button", name="Stop").press("Enter")
    checked(page, "^Stopped. 0 runs played again")
    page.get_by_label("Links, one a line").fill(handed("Ben", solved("solve-xor")))
    page.get_by_role("button", name="Check these links").click()
    checked(page, "^1 run played again and confirmed")
