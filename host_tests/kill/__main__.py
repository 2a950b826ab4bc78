"""`make kill N=100`: kills the host, or its database's server, under load, and tells what was lost."""

import argparse
import logging
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from host_tests.kill.disk import NoDisk
from host_tests.kill.run import KINDS, run


def main():
    options = _options()
    logging.disable(logging.WARNING)
    lost = False
    try:
        for name in options.only or KINDS:
            lost |= not _one(name, options)
    except KeyboardInterrupt:
        print("\nkill: interrupted", file=sys.stderr)
        return 130
    return 1 if lost else 0


def _one(name, options):
    with tempfile.TemporaryDirectory(prefix="pos-kill-") as folder:
        try:
            result = run(KINDS[name], options.n, Path(folder), options.seed, options.tills, _progress)
        except NoDisk as error:
            print(f"kill: {KINDS[name].title}: NOT TRIED, {error}")
            return True
    for line in result.verdict.lines():
        print(line)
    print(result.line(), flush=True)
    if not result.good:
        print(
            f"again: python -m host_tests.kill {options.n} --only {name} --seed {options.seed} --tills {options.tills}"
        )
    return result.good


def _progress(line):
    print(line, file=sys.stderr, flush=True)


def _options():
    parser = argparse.ArgumentParser(
        prog="python -m host_tests.kill",
        description="Terminals trade over TLS with real host processes, which are killed (SIGKILL) at random moments "
        "and started again; then every answer that a terminal got is held against the ledger. Exit status 1 when "
        "anything was lost or done twice. The moments are the scheduler's as well as the seed's: the same seed does "
        "not repeat a run exactly.",
    )
    parser.add_argument("n", nargs="?", type=int, default=100, metavar="N", help="kills of each kind (100)")
    parser.add_argument("--only", action="append", choices=KINDS, metavar="KIND", help=f"{', '.join(KINDS)}")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments and the trade")
    parser.add_argument("--tills", type=int, default=8, metavar="N", help="terminals that trade at once (8)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
