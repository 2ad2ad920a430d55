"""`python -m bot` and `jibungoto`."""

import os
import sys

from bot.cli import app
from bot.logs import guard, tell
from bot.redaction import keep_quiet
from bot.settings import SECRETS


def main() -> None:
    """The command line. What nobody caught ends in a crash report without secrets, and exit code 1."""
    keep_quiet(value for name, value in os.environ.items() if name.lower() in SECRETS)
    guard()
    try:
        app()
    except Exception as error:  # here and not in a hook: typer puts its own in place
        tell(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
