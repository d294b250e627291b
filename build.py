#!/usr/bin/env python3
"""The one command: `python build.py serve | build | test | bench | check` (`-h` after any of them).

It needs Python 3.11 or newer and nothing else: it makes `.venv` beside itself, installs the locked
requirements into it, and hands over to `web/builder/cli.py` inside. It knows no more than that.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.txt"
STAMP = ENVIRONMENT / "installed"
OLDEST, NEWEST = (3, 11), (3, 14)


def fingerprint() -> str:
    """Return what the environment was made from: this Python and the locked requirements."""
    return f"{sys.version}\n{hashlib.sha256(LOCK.read_bytes()).hexdigest()}\n"


def prepare_environment() -> None:
    """Make `.venv` and fill it, unless it is already what the lock asks for."""
    if STAMP.is_file() and STAMP.read_text() == fingerprint():
        return
    print("Setting up .venv (once; about a minute) …", flush=True)
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            f"Could not make a virtual environment in {ENVIRONMENT}: {error}\n"
            "On Debian and Ubuntu it needs the package python3-venv."
        )
    install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run([*install, "--require-hashes", "-r", str(LOCK)])
    if done.returncode:
        sys.exit(
            "Could not install the requirements: pip's own words stand above. Try again online."
        )
    STAMP.write_text(fingerprint())


def main() -> int:
    """Run the command in the prepared environment and return its exit status."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(f"Python 3.11 to 3.14 is needed; this is {sys.version.split()[0]}.")
    prepare_environment()
    command = [str(PYTHON), "-m", "web.builder", *sys.argv[1:]]
    try:
        return subprocess.run(command, cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
