"""Where things lie in the project. One table, no logic."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
MODULES = WEB / "node_modules"
CACHE = ROOT / "build"
"""Everything that may be deleted and is made again."""
DIST = ROOT / "dist"
"""The site: plain static files."""
PACKAGES = ROOT / "packages"
"""What is made of the site to be carried elsewhere."""
