"""`python -m tools.run`: host, simulated terminal and front panel until Ctrl-C."""

import asyncio
import sys

from tools.run import settings as run_settings
from tools.run.settings import RunError


def main(arguments=None):
    """Exit status: 0 after Ctrl-C, 1 when it could not start or something ended by itself."""
    try:
        settings = run_settings.read(arguments)
        from tools.run import together  # after the settings: a mistake in them is told at once

        asyncio.run(together.run(settings, _say))
    except RunError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _say(line):
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
