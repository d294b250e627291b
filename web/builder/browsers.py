"""Finds a browser for the tests. It starts none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from web.builder.report import BuildError, step

VARIABLE = "NEURONAUTS_BROWSER"
"""Names the browser's program; set for the tests when a browser was found."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
"""How tests and bench start it: no graphics card, no calls home, also as root in a container."""

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)


def find() -> tuple[str, str]:
    """Return a Chromium's program and where it was found.

    The environment variable comes first, then PATH, then what Playwright has, then what Playwright
    can download, then Debian's package where this user may install it.

    Raises:
        BuildError: there is none to be had.
    """
    ways: dict[str, Callable[[], str | None]] = {
        f"the variable {VARIABLE}": _named,
        "PATH": _on_path,
        "Playwright": _playwrights,
        "Playwright's download": _download,
        "Debian's package": _debian,
    }
    for where, find_there in ways.items():
        program = find_there()
        if program:
            return program, where
    raise BuildError(
        f"the browser tests need Chromium or Chrome and found none; install one, or name its "
        f"program in the variable {VARIABLE}"
    )


def firefox() -> str | None:
    """Return a Firefox's program; None where there is none. No test needs one to pass."""
    return next(filter(None, map(shutil.which, ("firefox", "firefox-esr"))), None)


def _named() -> str | None:
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    program = shutil.which(named)
    if not program:
        raise BuildError(f"{VARIABLE} names {named}, which is not a program")
    return program


def _on_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = playwright.chromium.executable_path
    return program if Path(program).is_file() else None


def _download() -> str | None:
    with step("No browser found: asking Playwright for one"):
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=300)
        except subprocess.TimeoutExpired:
            return None
    return _playwrights() if done.returncode == 0 else None


def _debian() -> str | None:
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")
    if not may_install:
        return None
    with step("Installing Debian's chromium"):
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            done = subprocess.run(["apt-get", "-q", *command], capture_output=True)
    return _on_path() if done.returncode == 0 else None
