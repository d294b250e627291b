import json
from pathlib import Path

import pytest

from web.builder import sources
from web.builder.report import BuildError
from web.builder.sources import Packages, numpy_wheel, sha256

WHEEL = b"a wheel, byte by byte"


def flip(path: Path) -> None:
    """Change one bit of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.fixture
def packages(tmp_path: Path) -> Packages:
    """A small `node_modules` with its table of hashes."""
    root = tmp_path / "node_modules"
    lock = {"packages": {"numpy": {"file_name": "numpy.whl", "sha256": sha256(WHEEL)}}}
    files = {
        "pyodide/pyodide-lock.json": json.dumps(lock),
        "pyodide/package.json": '{"version": "0.29.0"}',
        "katex/katex.css": ".katex {}",
    }
    recording = Packages(root, tmp_path / "assets.sha256", recording=True)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        recording.read(name)
    recording.save()
    return Packages(root, tmp_path / "assets.sha256")


def test_recorded_file_is_read(packages: Packages) -> None:
    assert packages.read("katex/katex.css") == b".katex {}"


def test_flipped_bit_in_a_package_stops_the_build_and_names_the_file(packages: Packages) -> None:
    flip(packages.root / "katex" / "katex.css")
    with pytest.raises(BuildError, match=r"katex\.css is not the file whose hash"):
        packages.read("katex/katex.css")


def test_missing_file_is_named(packages: Packages) -> None:
    with pytest.raises(BuildError, match=r"katex\.js cannot be read"):
        packages.read("katex/katex.js")


def test_file_without_a_recorded_hash_is_refused(packages: Packages) -> None:
    (packages.root / "katex" / "new.css").touch()
    with pytest.raises(BuildError, match=r"katex/new\.css has no hash"):
        packages.read("katex/new.css")


class Elsewhere:
    """Stands for the sources outside this machine; remembers which were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, release: bytes, carrier: bytes) -> None:
        self.asked: list[str] = []
        monkeypatch.setattr(sources, "_download", lambda _: self.answer("release", release))
        monkeypatch.setattr(sources, "_from_carrier", lambda _: self.answer("carrier", carrier))

    def answer(self, source: str, data: bytes) -> bytes:
        self.asked.append(source)
        if not data:
            raise BuildError("not reached")
        return data


def test_cached_wheel_is_used_without_asking_anybody(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Elsewhere(monkeypatch, b"", b"")
    (tmp_path / "numpy.whl").write_bytes(WHEEL)
    assert numpy_wheel(packages, tmp_path).read_bytes() == WHEEL
    assert elsewhere.asked == []


def test_first_source_with_the_right_bytes_wins(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Elsewhere(monkeypatch, WHEEL, WHEEL)
    assert numpy_wheel(packages, tmp_path).read_bytes() == WHEEL
    assert elsewhere.asked == ["release"]
    numpy_wheel(packages, tmp_path)
    assert elsewhere.asked == ["release"]


def test_flipped_bit_in_the_cache_leads_to_the_next_source(
    packages: Packages,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    elsewhere = Elsewhere(monkeypatch, b"", WHEEL)
    (tmp_path / "numpy.whl").write_bytes(WHEEL)
    flip(tmp_path / "numpy.whl")
    assert numpy_wheel(packages, tmp_path).read_bytes() == WHEEL
    assert elsewhere.asked == ["release", "carrier"]
    assert "numpy.whl has wrong bytes" in capsys.readouterr().out


def test_wrong_bytes_everywhere_stop_the_build_and_name_the_file(
    packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Elsewhere(monkeypatch, b"other", b"")
    with pytest.raises(BuildError, match=r"no source delivered numpy\.whl .*not reached"):
        numpy_wheel(packages, tmp_path)
    assert not (tmp_path / "numpy.whl").exists()
