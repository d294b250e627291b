"""A brain goes from one game to another as a file, and what it answers stays the same."""

import base64
import io
import re

import numpy as np

from games.ui.numbers import fixed
from pycore import brains
from tests.browser.conftest import ANY, READY
from tests.browser.player import at_play

INPUT = 'input[type="file"][data-binary]'


def test_a_brain_saved_in_one_game_answers_the_same_in_another(visit, tmp_path):
    watched = visit(stay="brains")
    watched.expect("Not opened")
    free = "play/train-a-brain/?challenge=free&layers=1&units=3&seed=5"
    trainer, page = at_play(watched, free), watched.page
    for message in (("guess", 80), ("step",), ("step",)):
        trainer.do(message)
    page.get_by_text("Take it with you").click()
    with page.expect_download(timeout=READY) as saving:
        page.get_by_role("button", name="Save the brain").click()
    saving.value.save_as(tmp_path / "brain.npz")
    file = (tmp_path / "brain.npz").read_bytes()
    ((name, expected),) = trainer.twin.files().items()
    assert saving.value.suggested_filename == name
    here, there = (brains.read(content).network.theta for content in (expected, file))
    np.testing.assert_allclose(there, here, rtol=1e-9)  # sums are added up in another order
    assert page.get_by_text(f"Saved as {name}.").is_visible()

    diagram = at_play(watched, "play/layer-diagram/?seed=5")
    page.locator(INPUT).set_input_files(tmp_path / "brain.npz")
    diagram.twin.send(["open", base64.b64encode(file).decode()])
    diagram.agree()
    diagram.do(("entry", 1, 0, 0))
    with np.load(io.BytesIO(file)) as arrays:
        W1, b1, W2, b2 = (arrays[f"{i}.{name}"].T for i in (0, 2) for name in ("weight", "bias"))
    h = np.tanh(diagram.twin.state.values[0] @ W1 + b1)
    y = 1 / (1 + np.exp(-(h @ W2 + b2)[0, 0]))
    assert page.locator(".arithmetic").text_content().endswith(f"= {fixed(y)}")

    (tmp_path / "words.npz").write_text("a few words")
    page.locator(INPUT).set_input_files(tmp_path / "words.npz")
    page.get_by_text("Not opened. This is no brain").wait_for(timeout=READY)
    diagram.agree()


def test_a_record_stays_from_visit_to_visit_outside_of_the_run(visit):
    watched = visit(stay="brains")
    watched.shift_allowed = ANY
    page = watched.open("play/train-a-brain/?units=8&seed=1")
    watched.ready()
    page.get_by_role("slider", name="my prediction").press("ArrowRight")
    page.get_by_role("button", name="Predict 80 % and train").click()
    page.wait_for_selector("[data-game][data-won]", timeout=READY)
    line = page.locator("[data-best]").inner_text()
    assert re.fullmatch(r"Your best on this device: XOR, all of it: \d+ steps\.", line)
    watched.open("glossary/").wait_for_selector("dl, dt, h1")
    watched.open("play/train-a-brain/?seed=2")
    watched.ready()
    assert page.locator("[data-best]").inner_text() == line
    assert page.locator("[data-score]").get_attribute("data-score") != "1"


def test_a_lenet_saved_in_its_game_is_opened_by_it_again(visit, tmp_path):
    watched = visit(again=True)
    watched.expect("Not opened")
    player, page = at_play(watched, "play/read-my-digit/?seed=5"), watched.page
    page.get_by_text("Take it with you").click()
    for name, button in (("lenet.npz", "Save the LeNet"), ("lenet.py", "Save it as PyTorch")):
        with page.expect_download(timeout=READY) as saving:
            page.get_by_role("button", name=button).click()
        assert saving.value.suggested_filename == name
        saving.value.save_as(tmp_path / name)
    assert (tmp_path / "lenet.npz").read_bytes() == player.twin.files()["lenet.npz"]
    script = (tmp_path / "lenet.py").read_text("utf-8")
    compile(script, "lenet.py", "exec")  # its answers have the last digits of this browser's sums
    assert "nn.Conv2d" in script
    page.locator(INPUT).set_input_files(tmp_path / "lenet.npz")
    file = base64.b64encode((tmp_path / "lenet.npz").read_bytes()).decode()
    player.twin.send(["open", file])
    player.agree()
    assert page.get_by_text("This LeNet comes from a file").first.is_visible()
    (tmp_path / "words.npz").write_text("a few words")
    page.locator(INPUT).set_input_files(tmp_path / "words.npz")
    page.get_by_text("Not opened. This is no saved network").first.wait_for(timeout=READY)
    player.agree()
    player.do(("close",))
