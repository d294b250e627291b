"""Python sources in, packs of bytecode for the browser's Python out; done once for each content."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from web.builder import node
from web.builder.pack import pack, squeeze
from web.builder.paths import CACHE
from web.builder.report import BuildError, step
from web.builder.sources import sha256

_HERE = Path(__file__).parent
_RECIPE = [_HERE / "in_pyodide.py", _HERE / "precompile.mjs", _HERE / "pack.py"]


@dataclass(frozen=True)
class Tree:
    """Python files that belong together.

    Attributes:
        name: what the pack is called.
        files: relative path → content; what does not end in `.py` is taken along as it is.
        prefix: the folder it is unpacked to.
        docstrings: the paths that keep their docstrings and asserts, or None for all of them.
    """

    name: str
    files: Mapping[str, bytes]
    prefix: str
    docstrings: frozenset[str] | None = None


@dataclass(frozen=True)
class Compiled:
    """A compiled tree on disk: `packed`, gzipped, for the fast way; `archive`, a stored zip."""

    packed: Path
    archive: Path


class Compiler:
    """Compiles trees in one Pyodide under Node, started when first needed and kept.

    Args:
        runtime: a hash over the Pyodide in use; with it the cache knows old bytecode.
        folder: the cache.
    """

    def __init__(self, runtime: str, folder: Path = CACHE / "compiled") -> None:
        self.runtime, self.folder = runtime, folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Compiler:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start Pyodide now, so that the first tree need not wait for it."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                node.script(_HERE / "precompile.mjs"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )

    def close(self) -> None:
        """End the Node process, if there is one."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()
        self._process = None

    def compile(self, tree: Tree) -> Compiled:
        """Return the compiled tree, from the cache when its content has been seen before.

        Raises:
            BuildError: a file is not valid Python, or Pyodide could not run.
        """
        key = self._key(tree)
        target = self.folder / f"{tree.name}-{key}"
        result = Compiled(target / "pack.gz", target / "compiled.zip")
        if not target.is_dir():
            with step(f"Precompiling {tree.name}"), tempfile.TemporaryDirectory() as scratch:
                made = Path(scratch) / "made"
                made.mkdir()
                self._run(tree, made / "compiled.zip")
                with zipfile.ZipFile(made / "compiled.zip") as archive:
                    files = {name: archive.read(name) for name in archive.namelist()}
                (made / "pack.gz").write_bytes(squeeze(pack(files)))
                for old in self.folder.glob(f"{tree.name}-*"):
                    shutil.rmtree(old)
                shutil.move(made, target)
        return result

    def _key(self, tree: Tree) -> str:
        recipe = b"".join(path.read_bytes() for path in _RECIPE)
        kept = "all" if tree.docstrings is None else " ".join(sorted(tree.docstrings))
        settings = f"{self.runtime} {tree.prefix} {kept}".encode()
        return sha256(sha256(recipe + settings).encode() + pack(tree.files))[:16]

    def _run(self, tree: Tree, target: Path) -> None:
        source = target.with_name("source.zip")
        with zipfile.ZipFile(source, "w") as archive:
            for name, data in tree.files.items():
                archive.writestr(name, data)
        job = {
            "source": str(source),
            "target": str(target),
            "prefix": tree.prefix,
            "bare": tree.docstrings is not None,
            "keep": sorted(tree.docstrings or ()),
        }
        answer = self._ask(job)
        source.unlink()
        if not answer["ok"]:
            raise BuildError(f"{tree.name} could not be compiled: {answer['error']}")

    def _ask(self, job: Mapping[str, object]) -> dict[str, object]:
        self.start()
        process = self._process
        assert process is not None
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
        except OSError:
            raise BuildError("Pyodide could not be started under Node.js") from None
        line = process.stdout.readline()
        if not line:
            raise BuildError("Pyodide under Node.js ended without an answer")
        answer: dict[str, object] = json.loads(line)
        return answer


def zip_names(archive: Path) -> list[str]:
    """Return the names of the files of a zip archive."""
    with zipfile.ZipFile(archive) as opened:
        return [i.filename for i in opened.infolist() if not i.is_dir()]


@lru_cache(maxsize=2)
def zip_members(archive: bytes) -> Mapping[str, bytes]:
    """Return the files of a zip archive, relative path → content; of the same bytes, the same."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {i.filename: opened.read(i) for i in opened.infolist() if not i.is_dir()}
