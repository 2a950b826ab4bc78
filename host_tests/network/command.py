"""Breaks the line between a real terminal and a real host at every byte that either sends.

The plan is a table in sweep.py. Each worker has a host, a proxy and a terminal of its own. The last line says how many
positions were tried and what was lost; exit status 1 when anything was.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

from network import sweep, wire

from tools import bound

ROOT = Path(__file__).parents[2]
WAYS = (*wire.WAYS, sweep.UNTIL_HEALED)


def main(arguments=None):
    """Exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    plan = [(flow, way, max(1, step * options.coarser // options.finer)) for flow, way, step in sweep.PLAN]
    plan = [row for row in plan if options.flow in (None, row[0]) and options.way in (None, row[1])]
    if not plan:
        parser.error(f"the plan breaks no {options.flow} by {options.way}; see PLAN in sweep.py")
    if options.part is not None:
        return _work(plan, options.part, options.workers)
    began_s = time.monotonic()
    try:
        if options.position:
            results = [asyncio.run(_run(plan, 0, 1, options.position))]
        else:
            results = asyncio.run(_workers(options.workers, arguments or sys.argv[1:]))
    except KeyboardInterrupt:
        print("network: stopped", file=sys.stderr)
        return 130
    lost = [text for result in results for text in result["lost"]]
    tried = sum(result["tried"] for result in results)
    for text in lost:
        print(f"LOST {text}")
        print(f"  again: python -m host_tests.network {text.split(': ')[0]}")
    doubled = sum(": doubled" in text for text in lost)  # charged for what the terminal does not know
    seconds = time.monotonic() - began_s
    print(f"network: {tried:,} positions, {len(lost) - doubled} lost, {doubled} doubled, {seconds:.0f} s")
    return 1 if lost or not tried else 0


async def _run(plan, part, parts, only=None):
    def say(text):
        print(f"network {part}: {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="network-") as folder:
        return await sweep.run(folder, plan, part, parts, only, say)


def _work(plan, part, parts):
    """One worker: its result is a line of JSON."""
    with contextlib.suppress(KeyboardInterrupt):
        print(json.dumps(asyncio.run(_run(plan, part, parts))))
    return 0


async def _workers(count, arguments):
    """The result of each of so many processes like this one."""

    async def worker(part):
        command = [sys.executable, "-m", "host_tests.network", *arguments, "--workers", str(count), "--part", str(part)]
        process = await asyncio.create_subprocess_exec(
            *bound.command(command), stdout=asyncio.subprocess.PIPE, cwd=ROOT
        )
        said, _ = await process.communicate()
        if process.returncode or not said:
            return {"tried": 0, "lost": [f"worker {part}: ended with {process.returncode}"]}
        return json.loads(said)

    return await asyncio.gather(*[worker(part) for part in range(count)])


def _parser():
    parser = argparse.ArgumentParser(prog="python -m host_tests.network", description=__doc__)
    parser.add_argument("position", nargs="*", type=_position, help="only these, such as sale:down:700:reset")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many at once (2)")
    parser.add_argument("--flow", choices=sweep.FLOWS, help="only this flow")
    parser.add_argument("--way", choices=WAYS, help="only this way of breaking, see wire.py")
    parser.add_argument("--finer", type=int, default=1, metavar="N", help="divides the plan's steps; 200: every byte")
    parser.add_argument("--coarser", type=int, default=1, metavar="N", help="multiplies the steps of the plan")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser


def _position(text):
    """ValueError, which the parser turns into words."""
    position = sweep.Position.read(text)
    if position.flow not in sweep.FLOWS or position.way not in WAYS or position.direction not in (wire.UP, wire.DOWN):
        raise ValueError(text)
    return position
