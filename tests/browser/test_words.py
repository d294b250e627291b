"""The course in the pseudo-language: every message in brackets, with accents, a third longer.

What a person reads and is not in brackets never went through `say`: it cannot be translated. What
is cut off, or moves while a game runs, had room for English only. Numbers, symbols, code and what
is marked as English or as not to be translated stay as they are.
"""

import functools
import json
import re
import subprocess
import sys

import pytest

from games import discover
from games.backpropagation.train_a_brain import plan
from tests.browser.conftest import ANY, use
from tests.browser.test_play import SMALLER
from tests.browser.test_steady import LETTERS, moved
from web.builder import catalogue, pseudo
from web.builder.articles import find_articles
from web.builder.paths import ROOT
from web.builder.pseudo import CLOSE, OPEN

PLAY = """
import json, sys
from games import load
from games.words import Language, say, use
from games.ui.node import to_html
from tests.browser.test_steady import names, runs
use(Language(**json.load(sys.stdin)))
slug, params = sys.argv[1], json.loads(sys.argv[2])
told = {say(text, n=1) for text in getattr(load(slug).module, "RECORDS", {}).values()}
def hear(run):
    told.update([run.describe(), *run.numbers()])
    told.update(text for pair in run.mistakes() for text in pair)
stretches = [
    [(to_html(frame), names(frame)) for frame in frames] for frames in runs(slug, params, hear)
]
print(json.dumps([stretches, sorted(told)]))
"""
"""Plays a game in a Python of its own: what games keep of their pictures is in one language."""

WORD = re.compile(r"[^\W\d_⁰-⁹²³₀-₉]{3,}")
SEAM = "\u2063"
"""Stands between two texts of a page; no page has it."""
FUNCTIONS = {"sin", "sigmoid", "Sigmoid", "tanh", "Tanh", "softplus", "Softplus"}
LINEAR_UNITS = {"ReLU", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU"}
OPTIMIZERS = {kind.__name__ for kind in plan.OPTIMIZERS.values()}
GATES = {"AND", "NAND", "NOR", "XOR"}
KEYS = {"Ctrl", "Enter"}
NAMES = {
    "Neuronauts",
    "Muon",
    "Nesterov",
    "Rosenbrock",
    "RNN",
    "GRU",
    "LSTM",
    *KEYS,
    *FUNCTIONS,
    *LINEAR_UNITS,
    *OPTIMIZERS,
    *GATES,
}
"""The same in every language."""

READ = """([root, except]) => {
    const skip = `script, style, noscript, code, pre, kbd, samp, textarea, math, .katex,
        [translate=no], [lang]:not(html), ${except}`;
    const named = ['label', 'valuetext', 'description', 'roledescription'].map((n) => `aria-${n}`);
    named.push('title', 'alt', 'placeholder');
    const place = document.querySelector(root);
    const texts = [], attributes = [];
    const read = (node) => {
        if (node instanceof Text) return texts.push(node.data);
        if (!(node instanceof Element) || node.matches(skip)) return;
        attributes.push(...named.map((name) => node.getAttribute(name)).filter(Boolean));
        for (const child of node.childNodes) read(child);
    };
    read(place);
    if (root === 'body' && !document.querySelector('.reference-name')) {
        const description = document.querySelector('meta[name=description]');
        attributes.push(document.title, description?.content ?? '');
    }
    return [texts.join('\\u2063'), ...attributes];
}"""
"""What a person reads or hears: all running text in one, then what attributes say."""

CLIPPED = """([root, except]) => {
    const found = [];
    const tell = (e, what) => {
        const name = `${e.tagName}.${e.getAttribute('class') ?? ''}`;
        found.push(`${name} “${e.textContent.trim().slice(0, 60)}” ${what}`);
    };
    const closed = '[aria-hidden=true] .katex, .katex-mathml, [popover]:not(:popover-open), defs';
    const rolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
    const scrolled = (e) => e !== null && (rolls(e) || scrolled(e.parentElement));
    if (except) document.querySelectorAll(except).forEach((e) => (e.style.display = 'none'));
    for (const e of document.querySelectorAll(`${root} *`)) {
        if (e.closest(closed) || !e.checkVisibility()) continue;
        const own = [...e.childNodes].filter((one) => one instanceof Text && one.data.trim());
        if (own.length === 0) continue;
        const boxes = own.map((one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            return range.getBoundingClientRect();
        });
        const text = {
            left: Math.min(...boxes.map(({ left }) => left)),
            right: Math.max(...boxes.map(({ right }) => right)),
        };
        const svg = e.ownerSVGElement;
        if (svg) {
            const room = svg.getBoundingClientRect();
            const out = Math.max(room.left - text.left, text.right - room.right);
            const cuts = getComputedStyle(svg).overflow !== 'visible' || text.right > innerWidth;
            if (e.tagName !== 'text') continue;
            if (cuts && out > 2) tell(e, `is cut off by ${out.toFixed()} px`);
            continue;
        }
        const style = getComputedStyle(e);
        if (style.position === 'absolute' && e.clientWidth <= 1) continue; // for screen readers
        if (scrolled(e)) continue;
        const wide = e.scrollWidth - e.clientWidth;
        if (style.display !== 'inline' && wide > 1) tell(e, `is ${wide} px too wide`);
        else if (text.right > innerWidth + 1 || text.left < -1) tell(e, 'leaves the window');
    }
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`);
    return found;
}"""
"""Texts that have no room; what scrolls has."""


@pytest.fixture(scope="session")
def site(disguised):
    """The address of the course in the pseudo-language."""
    return disguised(pseudo.CODE)


def bare(text):
    """What of a text is in words and in no brackets, piece by piece; brackets that are open."""
    depth, outside = 0, []
    for letter in text:
        depth -= letter == CLOSE
        outside.append(SEAM if depth or letter == CLOSE else letter)
        depth += letter == OPEN
    pieces = "".join(outside).split(SEAM)
    found = [piece.strip() for piece in pieces if set(WORD.findall(piece)) - NAMES]
    return found + [f"a bracket is open: {text[:200]}"] * bool(depth)


def unsaid(page, root="body", without=""):
    """What is to be read below `root` and was never said."""
    read = page.evaluate(READ, [root, without or "none"])
    return [piece for text in read for piece in bare(text)]


def clipped(page, root="body", without=""):
    return page.evaluate(CLIPPED, [root, without])


STAGES = "[data-stage], [data-describe]"


def paths():
    """Every kind of page; of games all, of the engine's reference its index and two modules."""
    return [
        "",
        "lesson/",
        *(f"lesson/{path.parent.name.replace('_', '-')}/" for path in find_articles()),
        "class/",
        "certificate/",
        "glossary/",
        "404.html",
        "reference/",
        "reference/layers/",
        "reference/training/",
        *(f"{kind}/{slug}/" for slug in sorted(discover()) for kind in ("play", "frame")),
    ]


@pytest.mark.in_turns
@pytest.mark.parametrize("path", paths())
def test_every_page_says_what_it_says_through_the_catalogue_and_has_room_for_it(visit, path):
    page = visit(width=390, height=844, scripts=False, again=True).open(path)
    page.evaluate(LETTERS)
    assert unsaid(page, without=STAGES)[:20] == []
    assert clipped(page, without=STAGES)[:20] == []


@functools.cache
def spoken():
    """The pseudo-language as JSON."""
    return catalogue.as_json(catalogue.language(pseudo.CODE))


def played(slug):
    """A game's frames, stretch by stretch, with the names of their parts; and what it tells."""
    query = SMALLER.get(slug, "").removeprefix("?")
    params = dict(pair.split("=") for pair in query.split("&") if pair)
    command = [sys.executable, "-c", PLAY, slug, json.dumps(params)]
    done = subprocess.run(
        command, cwd=ROOT, input=spoken(), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def faults(page, slug):
    """All that is wrong with a game in this language."""
    stretches, told = played(slug)
    found = [f"not said: {piece}" for text in told for piece in bare(text)]
    frames = [frame for stretch in stretches for frame in stretch]
    for html, _ in (frames[0], frames[len(frames) // 2], frames[-1]):
        page.evaluate("html => document.querySelector('[data-stage]').innerHTML = html", html)
        found += [f"not said: {piece}" for piece in unsaid(page, "[data-stage]")]
        found += clipped(page, "[data-stage]")
    found += moved(page, [stretch for stretch in stretches if len(stretch) > 1], [390])
    return list(dict.fromkeys(found))


@pytest.mark.in_turns
@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_game_says_all_through_the_catalogue_and_has_room_for_it(visit, slug):
    page = visit(width=390, height=844, scripts=False, again=True).open(f"play/{slug}/")
    page.evaluate(LETTERS)
    assert faults(page, slug)[:20] == []


def test_python_and_the_scripts_of_a_page_speak_its_language(visit):
    watched = visit(width=390, height=844, again=True)
    watched.shift_allowed = ANY
    page = watched.open("play/light-the-network/")
    watched.ready()
    for tool in ("numbers", "share", "reseed"):
        use(page, tool)
    page.wait_for_selector("[data-numbers] table")
    watched.ready()
    assert unsaid(page) == []
    use(page, "show")
    page.wait_for_selector("[data-pressing]")
    assert unsaid(page) == []
    page = watched.open("class/")
    page.fill("[data-links]", "nothing")
    page.click("[data-check]")
    page.wait_for_selector("[data-notes] li")
    assert unsaid(page) == []
    page = watched.open("lesson/")
    page.click("[data-export]")
    page.wait_for_selector("[data-said]:not(:empty)")
    assert unsaid(page) == []
