"""Files made elsewhere, each checked against its recorded SHA-256 before a byte of it is used.

npm checks a package when it installs it; the hashes in `web/assets.sha256` (in the format of
`sha256sum`) hold for every build after that. The NumPy wheel's hash is the one that Pyodide's own
`pyodide-lock.json` names.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web.builder.paths import CACHE, MODULES, WEB
from web.builder.report import BuildError, say, step

WHEELS = CACHE / "wheels"
RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file}"
"""Pyodide's own address for the files of a release."""
CARRIER = "gbdraw==0.14.2"
"""A package of the Python package index that carries Pyodide's NumPy wheel unchanged."""


@dataclass
class Packages:
    """The files of `web/node_modules`, read by name and checked.

    Args:
        root: the folder of the packages.
        table: the file of hashes.
        recording: take the files as they are, for a new table.
    """

    root: Path = MODULES
    table: Path = WEB / "assets.sha256"
    recording: bool = False
    _known: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.recording:
            for line in self.table.read_text("utf-8").splitlines():
                digest, _, name = line.partition("  ")
                self._known[name] = digest

    def read(self, name: str) -> bytes:
        """Return the content of a file, e.g. `pyodide/pyodide.mjs`.

        Raises:
            BuildError: the file is missing, or a byte of it is wrong.
        """
        try:
            data = (self.root / name).read_bytes()
        except OSError as error:
            raise BuildError(f"{self.root / name} cannot be read: {error.strerror}") from None
        if self.recording:
            self._known[name] = sha256(data)
        elif name not in self._known:
            raise BuildError(
                f"{name} has no hash in {self.table.name}; after a look at what changed, record it "
                "with `python build.py build --record-hashes`"
            )
        elif self._known[name] != sha256(data):
            raise BuildError(
                f"{self.root / name} is not the file whose hash stands in {self.table.name}; "
                f"delete {self.root} and build again"
            )
        return data

    def save(self) -> None:
        """Write the table of what was read."""
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._known.items())]
        self.table.write_text("".join(lines), "utf-8")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def pyodide_lock(packages: Packages) -> dict[str, Any]:
    """Return Pyodide's lock file: its version, and the hash of every wheel of the release."""
    lock: dict[str, Any] = json.loads(packages.read("pyodide/pyodide-lock.json"))
    return lock


def numpy_wheel(packages: Packages, folder: Path = WHEELS) -> Path:
    """Return the NumPy wheel for Pyodide, from the first source that delivers its exact bytes.

    Raises:
        BuildError: none did; the message says what each of them gave.
    """
    entry: dict[str, str] = pyodide_lock(packages)["packages"]["numpy"]
    version = json.loads(packages.read("pyodide/package.json"))["version"]
    name, wanted = entry["file_name"], entry["sha256"]
    target = folder / name
    sources: dict[str, Callable[[], bytes]] = {
        str(target): target.read_bytes,
        "the Pyodide release": lambda: _download(RELEASE.format(version=version, file=name)),
        f"the package {CARRIER}": lambda: _from_carrier(name),
    }
    given = []
    for source, read in sources.items():
        try:
            data = read()
        except FileNotFoundError:
            continue
        except (OSError, BuildError) as error:
            given.append(f"{source}: {error}")
            continue
        if sha256(data) == wanted:
            if source != str(target):
                folder.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            return target
        given.append(f"{source}: other bytes (SHA-256 {sha256(data)[:12]}…)")
        say(f"  {source} has wrong bytes; trying the next source")
    raise BuildError(f"no source delivered {name} with SHA-256 {wanted[:12]}…: " + "; ".join(given))


def _download(url: str) -> bytes:
    with step("Asking the Pyodide release for NumPy"):
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                data: bytes = response.read()
                return data
        except urllib.error.URLError as error:
            raise BuildError(f"not reached ({error.reason})") from None


def _from_carrier(name: str) -> bytes:
    with (
        tempfile.TemporaryDirectory() as folder,
        step(f"Getting NumPy from the package {CARRIER} (41 MB)"),
    ):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
        options = ["--no-deps", "--only-binary=:all:", "--dest", folder, CARRIER]
        done = subprocess.run([*pip, *options], capture_output=True, text=True)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            raise BuildError((done.stderr.strip() or "pip gave no file").splitlines()[-1])
        with zipfile.ZipFile(wheels[0]) as carrier:
            inside = [entry for entry in carrier.namelist() if entry.endswith("/" + name)]
            if not inside:
                raise BuildError(f"it holds no {name}")
            return carrier.read(inside[0])
