"""Cuts the power at every flash operation of every flow, starts on what is on the flash, and tells what was lost."""

import argparse
import sys
from pathlib import Path

from host_tests.crash import runner


def main():
    options = _options()
    try:
        with runner.Runner(options.firmware, options.workers) as run:
            if options.list:
                for name in run.flows():
                    print(name)
                return 0
            if options.point:
                return run.repeat(options.flow[0], options.point)
            total = run.sweep(options.flow, options.every, options.offset, options.second, options.dead)
    except KeyboardInterrupt:
        print("\ncrash: interrupted", file=sys.stderr)
        return 130
    except runner.CrashError as error:
        print(f"crash: {error}", file=sys.stderr)
        return 2
    print(total.summary())
    return 1 if total.failures else 0


def _options():
    parser = argparse.ArgumentParser(prog="python -m host_tests.crash", description=__doc__)
    parser.add_argument("--flow", action="append", metavar="NAME", help="only this flow (may be given again)")
    parser.add_argument("--list", action="store_true", help="names of all flows")
    parser.add_argument("--point", metavar="POINT",
                        help="one point of one --flow again, as a failure names it, told at length")  # fmt: skip
    parser.add_argument("--every", type=int, default=1, metavar="K", help="each K-th point only")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="with --every: which of them, 0 to K-1")
    parser.add_argument("--second", type=int, default=7, metavar="K",
                        help="at each K-th state the recovery is cut at all its points (0: never)")  # fmt: skip
    parser.add_argument("--dead", type=int, default=12, metavar="K",
                        help="at each K-th operation the flash dies while the firmware goes on (0: never)")  # fmt: skip
    parser.add_argument("--firmware", type=Path, default=runner.FIRMWARE, metavar="DIR",
                        help="another copy of firmware/, such as one with a planted bug")  # fmt: skip
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    options = parser.parse_args()
    if options.point and (not options.flow or len(options.flow) != 1):
        parser.error("--point needs one --flow")
    if options.every < 1 or not 0 <= options.offset < options.every:
        parser.error("--offset is 0 to K-1 of --every K")
    return options


if __name__ == "__main__":
    sys.exit(main())
