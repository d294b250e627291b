"""The catalogue: every text is found by reading, whole, and a language's own file is held to it."""

import ast
import io
import re
from pathlib import Path

import pytest

from games.words import ENGLISH
from web.builder import catalogue, pseudo
from web.builder.paths import ROOT
from web.builder.report import BuildError


@pytest.fixture(scope="module")
def found():
    return catalogue.messages(catalogue.collect())


def texts(method, source):
    """What a method of extraction finds in a source."""
    return [message for _, _, message, _ in method(io.BytesIO(source.encode()))]


def test_texts_of_games_scripts_and_pages_are_found(found):
    assert {"Start again", "Light the Network", "Bias of the neuron", "Copied."} <= found.keys()
    assert found["{n} more row"] == ("{n} more row", "{n} more rows")
    assert any("<a href=" in text for text in found)


PYTHON = "from games.words import say, word\n"
SCRIPT = "import { say } from './words.js';\n"


@pytest.mark.parametrize(
    ("method", "source", "wanted"),
    [
        (catalogue.in_python, PYTHON + 'say("a " "b {n}", n=say("c"))', ["a b {n}", "c"]),
        (catalogue.in_python, PYTHON + 'say.count("{n} a", "{n} b", n)', [("{n} a", "{n} b")]),
        (catalogue.in_python, PYTHON + 'say.nodes("{b}", b=h("b"))', ["{b}"]),
        (catalogue.in_python, PYTHON + 'T = {"x": word("y")}\nsay(T["x"])', ["y"]),
        (catalogue.in_python, 'from web.builder.report import say\nsay("to the terminal")', []),
        (catalogue.in_python, 'Param(Dial(0, 1), 0, "How many")', ["How many"]),
        (catalogue.in_javascript, SCRIPT + "say('a {n}', { n: say('b') });", ["a {n}", "b"]),
        (catalogue.in_javascript, SCRIPT + "say.count('a', 'b', n); // say('c')", [("a", "b")]),
        (catalogue.in_javascript, SCRIPT + "say(TABLE['x'])", []),
        (catalogue.in_javascript, "say('to somebody else');", []),
        (
            catalogue.in_template,
            "<p title=\"{{ say('a') }}\">{{ say('b {c}', c=d) }}",
            ["a", "b {c}"],
        ),
        (catalogue.in_template, "{{ say.count('a', 'b', 2) }}", [("a", "b")]),
    ],
)
def test_a_text_is_found_wherever_it_stands(method, source, wanted):
    assert sorted(map(str, texts(method, source))) == sorted(map(str, wanted))


@pytest.mark.parametrize(
    ("method", "source"),
    [
        (catalogue.in_python, PYTHON + 'say(f"{n} rows")'),
        (catalogue.in_python, PYTHON + 'say("a" + b)'),
        (catalogue.in_python, PYTHON + 'say("a" if b else "c")'),
        (catalogue.in_python, PYTHON + 'say.count("one", many, n)'),
        (catalogue.in_python, PYTHON + "word(text)"),
        (catalogue.in_python, PYTHON + 'say("{n:.2f}")'.replace(":.2f", ".real")),
        (catalogue.in_python, PYTHON + 'say("{n")'),
        (catalogue.in_javascript, SCRIPT + "say(`${n} rows`)"),
        (catalogue.in_javascript, SCRIPT + "say('a' + b)"),
        (catalogue.in_javascript, SCRIPT + "say(a ? 'b' : 'c')"),
        (catalogue.in_javascript, SCRIPT + "tell(`${say('a')}!`)"),
        (catalogue.in_template, "{{ say('a' ~ b) }}"),
        (catalogue.in_template, "{{ say('a' if b else 'c') }}"),
    ],
)
def test_a_text_that_is_glued_together_stops_the_build(method, source):
    with pytest.raises(catalogue.TextError, match=r"^\d+: "):
        texts(method, source)


def calls():
    """Every call of `say` and `say.count` in Python with all of its texts written out."""
    for folder in ("games", "web"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text("utf-8")
            if "games.words" not in source or path.name.startswith("test_"):
                continue
            for node in ast.walk(ast.parse(source)):
                if not isinstance(node, ast.Call):
                    continue
                name = ast.unparse(node.func)
                forms = node.args[: catalogue.KEYWORDS.get(name, 0)]
                written = [part.value for part in forms if isinstance(part, ast.Constant)]
                if name != "word" and written and all(isinstance(t, str) for t in written):
                    yield path.relative_to(ROOT), node, name, written


def test_every_template_is_given_its_places():
    seen = 0
    for path, node, name, written in calls():
        if any(keyword.arg is None for keyword in node.keywords):
            continue  # **places: seen when it runs
        given = {keyword.arg for keyword in node.keywords}
        wanted = set().union(*map(catalogue.places, written))
        optional = {"n"} if name == "say.count" else set()
        assert (wanted ^ given) <= optional, f"{path}:{node.lineno}: {written[0]!r} takes {wanted}"
        seen += 1
    assert seen > 100


TOLD = {"refuse", "MessageError", "ParamError", "EditionError", "TableError"}
"""What a learner reads of a move, a parameter, a run or a file that is not taken."""


def bare(node):
    """The words in an expression that do not go through `say`."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "say.count"):
        return
    if isinstance(node, ast.Constant) and re.search(r"[a-z]{2}", str(node.value)):
        yield node.value
    for part in ast.iter_child_nodes(node):
        yield from bare(part)


def test_whatever_is_refused_is_said_in_the_language_of_the_page():
    seen = 0
    for path in sorted((ROOT / "games").rglob("*.py")):
        if path.name.startswith("test_"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) in TOLD):
                continue
            assert list(bare(node.args[-1])) == [], f"{path.relative_to(ROOT)}:{node.lineno}"
            seen += 1
    assert seen > 20


def test_every_template_of_a_script_is_given_its_places():
    call = re.compile(r"\bsay\('((?:[^'\\]|\\.)*)'(?:, \{ ([^}]*) \})?\)")
    seen = 0
    for pattern in catalogue.SCRIPTS:
        for path in sorted(ROOT.glob(pattern)):
            for text, places in call.findall(path.read_text("utf-8")):
                if "..." in places:
                    continue
                given = set(re.findall(r"(?:^|, )(\w+)(?=:|,|$)", places))
                assert catalogue.places(text) <= given, f"{path.name}: {text}"
                seen += 1
    assert seen > 80


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Write the catalogue of a language of one's own, and read it."""
    monkeypatch.setattr(catalogue, "WORDS", tmp_path)

    def write(text, plural="nplurals=2; plural=(n != 1);"):
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        (tmp_path / "de.po").write_text(
            f'{head}"Language: de\\n"\n"Plural-Forms: {plural}\\n"\n\n{text}', "utf-8"
        )
        return catalogue.language("de")

    return write


def test_a_language_is_read_from_its_file(own):
    german = own(
        'msgid "Copied."\nmsgstr "Kopiert."\n\n'
        'msgid "{n} more row"\nmsgid_plural "{n} more rows"\n'
        'msgstr[0] "{n} weitere Zeile"\nmsgstr[1] "{n} weitere Zeilen"\n\n'
        '#, fuzzy\nmsgid "Start again"\nmsgstr "?"\n\nmsgid "Show me"\nmsgstr ""\n'
    )
    assert (german.code, german.decimal) == ("de", ",")
    assert german.messages == {
        "Copied.": "Kopiert.",
        "{n} more row": ("{n} weitere Zeile", "{n} weitere Zeilen"),
    }
    assert [german.form(n) for n in (0, 1, 2, 101)] == [1, 0, 1, 1]
    assert "Kopiert." in catalogue.script_json(german)
    assert catalogue.script_json(ENGLISH) == "null"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('msgid "{n} of {total}"\nmsgstr "{n} von {alle}"\n', "alle, total"),
        (
            'msgid "{n} in {x}"\nmsgid_plural "{n} in {x}"\nmsgstr[0] "{x}"\nmsgstr[1] "{n}"\n',
            "not in both: x",
        ),
    ],
)
def test_a_translation_keeps_the_places(own, text, wrong):
    with pytest.raises(BuildError, match=wrong):
        own(text)


def test_a_plural_rule_must_repeat(own):
    with pytest.raises(BuildError, match="does not repeat"):
        own("", "nplurals=2; plural=(n == 1000);")


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(BuildError, match=r"no language 'xx'; there are: ar-XB, en, en-XA"):
        catalogue.language("xx")


def test_what_is_to_be_translated_is_written_down(tmp_path):
    path = tmp_path / "build" / "messages.pot"
    catalogue.write_template(catalogue.collect(["web/pages/**/*.html"]), path)
    written = path.read_text("utf-8")
    assert 'msgid "Contents"' in written
    assert "python-format" not in written
    assert str(Path.home()) not in written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Run", "⟦Rûûñ⟧"),
        ("{n} of {total}", "⟦{n} ööf {total}⟧"),
        (
            'a <a href="x">link</a> &amp; <code>code</code>',
            '⟦ááá <a href="x">lîîñk</a> &amp; <code>code</code>⟧',
        ),
        ("{{x}}", "⟦{{x}}⟧"),
    ],
)
def test_the_pseudo_language_keeps_places_tags_and_code(text, said):
    assert pseudo.pseudo(text) == said


def test_the_pseudo_language_is_a_third_longer(found):
    for text in found:
        bare = len(pseudo.KEPT.sub("", text))
        longer = len(pseudo.KEPT.sub("", pseudo.pseudo(text))) - 2
        assert longer == bare + round(bare / 3), text
