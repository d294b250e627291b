"""`python -m web.builder COMMAND`: what build.py runs inside the project's environment."""

import sys

from web.builder.cli import main

sys.exit(main())
