"""Simulated days: `make days N=1000`, or `python -m host_tests.days --help`."""

import argparse
import multiprocessing
import signal
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from days import plan as planning
from days import shrink, work

TERMINAL_DAYS = 100
SHOWN_EVERY_S = 10


def parsed(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m host_tests.days",
        description="Days of random trade at 1 to 20 terminals with the real host, while power, network, paper, flash"
        " and host fail; after each day an auditor compares all books. Exit status 1 when he finds anything.",
    )
    add = parser.add_argument
    add(
        "n", nargs="?", type=int, metavar="N", help=f"terminal-days to play ({TERMINAL_DAYS} when nothing else ends it)"
    )
    add("--seed", default="1", help="first seed (1); the others count up from it")
    add("--seeds", type=int, metavar="N", help="play just so many seeds")
    add("--terminals", type=int, metavar="N", help="terminals of every seed; without it 1 to 20, as the seed has it")
    add("--days", type=int, metavar="N", help=f"days of every seed ({planning.DAYS})")
    deeds = f"what is done at each terminal on each day ({planning.DEEDS}, of which 200 transactions come)"
    add("--deeds", type=int, metavar="N", help=deeds)
    add("--minutes", type=float, metavar="M", help="begin no more seeds after so many minutes")
    add("--workers", type=int, default=2, metavar="N", help="processes (2)")
    shorter = f"seconds to look for a shorter history of a failure ({shrink.SECONDS})"
    add("--shrink", type=float, default=shrink.SECONDS, metavar="S", help=shorter)
    add("--only", metavar="DEEDS", help="deeds that are left of the seed, as a failure's message has them")
    add("--trace", type=int, default=0, metavar="N", help="print the end of the transcript, so many lines")
    add("--digest", action="store_true", help="print the digest of each seed's transcript")
    add("--keep-going", action="store_true", help="play on after a failure")
    add("--firmware", metavar="DIR", help="a folder with another `pos`, instead of firmware/")
    add("--host", metavar="DIR", help="a folder with another `tools`, instead of this tree's")
    return parser.parse_args(arguments)


class Tally:
    """What has been played so far."""

    def __init__(self):
        self.begun_s = time.monotonic()
        self.terminal_days = self.transactions = self.faults = self.lost = self.doubled = self.failed = 0
        self.seeds = []

    def add(self, seed, result):
        self.seeds.append(seed)
        self.terminal_days += result.terminal_days
        self.transactions += result.transactions
        self.faults += result.faults
        if result.failure:
            self.failed += 1
            self.doubled += result.kind == "doubled"
            self.lost += result.kind != "doubled"

    def line(self):
        seconds = time.monotonic() - self.begun_s
        seeds = f"seed {min(self.seeds)}..{max(self.seeds)}" if self.seeds else "no seed"
        return (
            f"days: {self.terminal_days:,} terminal-days, {self.transactions:,} transactions, {self.faults:,} faults, "
            f"{self.lost} lost, {self.doubled} doubled, {seeds}, {seconds:.0f} s"
        )


def main(arguments=None):
    options = parsed(arguments)
    first = int(options.seed) if options.seed.isdigit() else options.seed
    wanted = options.n
    if options.only or not isinstance(first, int):
        options.seeds = 1
    elif wanted is None and options.seeds is None and options.minutes is None:
        wanted = TERMINAL_DAYS
    tally = Tally()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(options.workers, context, work.enter, (options.firmware, options.host))
    try:
        _all(pool, options, first, wanted, tally)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one is too late: everything ends
        print("days: interrupted", file=sys.stderr)
        for worker in multiprocessing.active_children():
            worker.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        print(tally.line())
        return 130
    pool.shutdown(wait=True, cancel_futures=True)
    print(tally.line())
    return 1 if tally.failed else 0


def _all(pool, options, first, wanted, tally):
    """Begins seeds until enough terminal-days, seeds or minutes are over, and counts what comes back."""
    running, planned, at = {}, 0, 0
    shown_s = time.monotonic()
    stop = False
    while True:
        while len(running) < options.workers and not stop:
            over = options.minutes and time.monotonic() - tally.begun_s > options.minutes * 60
            if (
                over
                or (options.seeds is not None and at >= options.seeds)
                or (wanted is not None and planned >= wanted)
            ):
                stop = True
                break
            seed = first + at if isinstance(first, int) else first
            at += 1
            planned += _terminal_days(options, seed)
            running[pool.submit(work.play, options, seed)] = seed
        if not running:
            return
        done, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
        for future in done:
            seed = running.pop(future)
            result, report = future.result()
            tally.add(seed, result)
            _show(options, seed, result, report)
            stop = stop or bool(report and not options.keep_going)
        if time.monotonic() - shown_s > SHOWN_EVERY_S:
            shown_s = time.monotonic()
            print(f"{tally.line()} ...", file=sys.stderr, flush=True)


def _terminal_days(options, seed):
    terminals = options.terminals or planning.make(seed, deeds=0).terminals
    return terminals * (options.days or planning.DAYS)


def _show(options, seed, result, report):
    if options.digest:
        print(f"seed {seed}: {result.digest}", flush=True)
    if options.trace:
        print("\n".join(result.log), flush=True)
    if report:
        print(report, flush=True)


if __name__ == "__main__":
    sys.exit(main())
