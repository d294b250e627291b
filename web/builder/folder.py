"""The course as a folder to carry: the finished site in a zip, and how to serve it beside it."""

from __future__ import annotations

from pathlib import Path

from web.builder.pack import write_zip
from web.builder.paths import PACKAGES

NAME = "neuronauts"
README = f"""\
Neuronauts: deep learning, played

This folder is the whole course. It needs no network, but it needs a server, for a browser starts
programs only from one. Python brings one along. Where you have unpacked the folder, run

    python -m http.server -d {NAME}

(on some systems the program is called python3), open http://localhost:8000 in a browser, and end it
with Ctrl-C. A class in the same room opens this computer's address in place of localhost.

To put the course on the web, copy the folder to any web server, into any place: all its links are
relative.

{NAME}/download/neuronauts.html is the same course as one file, which opens by a double-click.
The licences of everything in here are in {NAME}/licenses.
"""


def write_folder(site: Path, out: Path = PACKAGES) -> Path:
    """Write the finished site as a zip; return the file."""
    files = {
        f"{NAME}/{path.relative_to(site).as_posix()}": path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }
    return write_zip(out / f"{NAME}.zip", {**files, f"{NAME}/README.txt": README.encode()})
