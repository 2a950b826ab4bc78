"""`flips` turns over every bit of every stored file, on both interpreters. Exit status 1 when anything was lost.

For each: is it seen and told, is the rest still to be read, does a right PIN still work and a wrong one not, does a
lock stay. The files: operators, settings, parameters, identity with the master key, the authority's certificate, and
the copy of each; then all of a journal after a day, segments and small files: told, one record gone at most, no amount
that never was, no trace number twice; then a deletion's plan at each point at which the power could go, the evidence of
deletions, and the segments with lines of it: nothing raised, nothing deleted that was not meant, no evidence that is
lost in silence.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SWEEPS = {
    "stored files": HERE.parent / "security" / "flips.py",
    "journal": HERE.parent / "journal" / "damaged_day.py",
    "deletion": HERE.parent / "journal" / "flipping.py",
}
HEAP = "4M"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m host_tests.secrets",
        description=__doc__.split("\n", 1)[0],
        epilog=__doc__.split("\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sweep", choices=("flips",))
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th bit (default: all)")
    parser.add_argument("--only", choices=INTERPRETERS, help="one interpreter (default: both)")
    options = parser.parse_args(arguments)
    if options.every < 1:
        parser.error("--every must be 1 or more")
    begun_s, bits, problems = time.monotonic(), 0, 0
    try:
        for name in [options.only] if options.only else INTERPRETERS:
            for what, script in SWEEPS.items():
                print(f"flips of {what} on {name} ...", file=sys.stderr)
                done = subprocess.run(_command(name, script, options.every), cwd=ROOT, capture_output=True, text=True)
                lines = done.stdout.splitlines()
                if done.returncode or not lines:
                    print(done.stdout + done.stderr, file=sys.stderr)
                    return 2
                for line in lines[:-1]:
                    print(f"  {name}: {line}")
                bits += int(lines[-1].split()[0])
                problems += int(lines[-1].split()[2])
                print(f"  {name}, {what}: {lines[-1]}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nflips: interrupted", file=sys.stderr)
        return 130
    print(f"flips: {bits:,} bits, {problems} lost or let in, {time.monotonic() - begun_s:.0f} s")
    return 1 if problems else 0


def _command(name, script, every):
    paths = [str(every), str(script.parent), str(HERE.parent), str(ROOT / "firmware")]
    if name == "micropython":
        interpreter = Path(sys.executable).with_name("micropython")
        return [str(interpreter), "-X", f"heapsize={HEAP}", str(script), *paths]
    return [sys.executable, "-c", _ON_CPYTHON, str(script), *paths]


# The firmware needs its shims before it is imported.
_ON_CPYTHON = """
import runpy, sys
sys.path[:0] = [sys.argv[3], sys.argv[4], sys.argv[5]]
from tools.sim.cpython import shims
shims.install()
del sys.argv[0]
sys.argv[2:2] = sys.path
runpy.run_path(sys.argv[0], run_name="__main__")
"""
INTERPRETERS = ("cpython", "micropython")


if __name__ == "__main__":
    sys.exit(main())
