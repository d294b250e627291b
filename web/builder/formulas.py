"""Formulas: TeX in, HTML with MathML out, by KaTeX in one Node process. It knows no lesson."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from web.builder import node
from web.builder.paths import CACHE, MODULES

SCRIPT = Path(__file__).with_name("katex.mjs")


class FormulaError(ValueError):
    """KaTeX refused a formula; the message is KaTeX's."""


@dataclass(frozen=True)
class Formula:
    """One formula as it stands in the text: `$…$`, or `$$…$$` when it has a line of its own."""

    tex: str
    display: bool = False

    @property
    def name(self) -> str:
        """What the cache calls it."""
        return ("display " if self.display else "inline ") + self.tex


class Typesetter:
    """Typesets formulas and remembers them in `cache`, so that only new ones cost anything.

    Args:
        cache: a JSON file; it is emptied when KaTeX or the way it is called changes.
    """

    def __init__(self, cache: Path = CACHE / "formulas.json") -> None:
        self.cache = cache
        package = json.loads((MODULES / "katex" / "package.json").read_text("utf-8"))
        script = hashlib.sha256(SCRIPT.read_bytes()).hexdigest()[:8]
        self.version = f"{package['version']} {script}"
        self.known: dict[str, str] = self._load()

    def learn(self, formulas: Iterable[Formula]) -> dict[Formula, str]:
        """Typeset those of `formulas` that are new; return the ones refused, with the reason."""
        fresh = [f for f in dict.fromkeys(formulas) if f.name not in self.known]
        if not fresh:
            return {}
        refused: dict[Formula, str] = {}
        for formula, answer in zip(fresh, self._run(fresh), strict=True):
            if "html" in answer:
                self.known[formula.name] = answer["html"]
            else:
                refused[formula] = answer["error"]
        self._save()
        return refused

    def html(self, formula: Formula) -> str:
        """Return the HTML of one formula."""
        refused = self.learn([formula])
        if formula in refused:
            raise FormulaError(refused[formula])
        return self.known[formula.name]

    def _run(self, formulas: list[Formula]) -> list[dict[str, str]]:
        asked = json.dumps([{"tex": f.tex, "display": f.display} for f in formulas])
        command = [*node.find().node, str(SCRIPT)]
        done = subprocess.run(command, input=asked.encode(), capture_output=True)
        if done.returncode:
            raise FormulaError(f"KaTeX did not run: {done.stderr.decode().strip()}")
        answers: list[dict[str, str]] = json.loads(done.stdout)
        return answers

    def _load(self) -> dict[str, str]:
        if not self.cache.exists():
            return {}
        kept = json.loads(self.cache.read_text("utf-8"))
        formulas: dict[str, str] = kept["formulas"] if kept["katex"] == self.version else {}
        return formulas

    def _save(self) -> None:
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        content = {"katex": self.version, "formulas": self.known}
        self.cache.write_text(json.dumps(content, ensure_ascii=False, indent=0), "utf-8")
