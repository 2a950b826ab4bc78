"""python -m host_tests.network: the command; see --help."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "firmware"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.sim.cpython import shims


def main():
    shims.install()  # before anything of the firmware is imported
    from network import command

    return command.main()


if __name__ == "__main__":
    sys.exit(main())
