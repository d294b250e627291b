"""Makes the pages in a process of its own: `python -m web.builder.render FOLDER < assets.pickle`.

A fresh process sees games, engine and lessons as they are on disk. What a lesson or a template got
wrong is told in one sentence; anything else is a fault of the code and shows where.
"""

import pickle
import sys
from pathlib import Path

from jinja2 import TemplateError

from games import ParamError, words
from web.builder import catalogue
from web.builder.assets import UnknownAssetError
from web.builder.lessons import LessonError
from web.builder.pages import build_pages
from web.builder.report import BuildError


def main() -> int:
    """Write the pages; return 0, or 1 with the reason on standard error."""
    try:
        assets = pickle.load(sys.stdin.buffer)
        words.use(catalogue.language(assets.language))
        build_pages(Path(sys.argv[1]), assets)
    except (BuildError, LessonError, ParamError, UnknownAssetError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
