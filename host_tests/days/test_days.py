"""A sample of `make days`: days of random trade with every fault, audited; and what makes its failures worth having.

Each runs in processes of its own, because files, clock and chance are replaced there (world.py).
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAST = re.compile(
    r"days: [\d,]+ terminal-days, ([\d,]+) transactions, ([\d,]+) faults, (\d+) lost, (\d+) doubled, seed \S+, \d+ s"
)

pytestmark = pytest.mark.slow


def days(*arguments, status=0, **environment):
    """The lines of a run that ends with this exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "host_tests.days", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_whatever_goes_wrong_the_books_agree():
    lines = days("--seed", 1, "--seeds", 4, "--terminals", 3, "--deeds", 100)
    transactions, faults, lost, doubled = (
        int(number.replace(",", "")) for number in LAST.fullmatch(lines[-1]).groups()
    )
    assert (lost, doubled) == (0, 0)
    assert transactions > 1000 and faults > 100, "too little came through to prove anything"


def test_a_seed_is_the_same_day_in_every_process():
    arguments = ("--seed", 7, "--seeds", 2, "--terminals", 2, "--deeds", 40, "--digest")
    first, second = (
        sorted(line for line in days(*arguments, "--workers", workers, PYTHONHASHSEED=seed) if "days:" not in line)
        for workers, seed in ((1, "1"), (2, "4711"))
    )
    assert first == second and len(first) == 2


def test_what_is_broken_is_found_and_made_short(tmp_path):
    """A terminal that forgets a reversal which got no answer."""
    firmware = tmp_path / "firmware"
    shutil.copytree(ROOT / "firmware", firmware)
    path = firmware / "pos" / "link" / "reversal.py"
    kept = "        pass  # it stays pending; the next transaction, or the start, tries again\n"
    source = path.read_text(encoding="utf-8")
    assert kept in source
    dropped = '        journal.append({"kind": "reversed", "trace": tx["trace"], "code": "00"})\n'
    path.write_text(source.replace(kept, dropped), encoding="utf-8")
    planted = ("--firmware", firmware, "--workers", 1)
    found = days("--seed", 1, "--seeds", 12, "--terminals", 2, "--deeds", 100, "--shrink", 6, *planted, status=1)
    again = next(line for line in found if line.startswith("again: "))
    repeated = days(*shlex.split(again)[4:], "--shrink", 0, *planted, status=1)
    told = [next(line for line in lines if " fails: " in line) for lines in (found, repeated)]
    assert told[0] == told[1]
