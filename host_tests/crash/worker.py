"""Sweeps flows in MicroPython: `micropython worker.py COMMAND`, which is JSON. Answers are lines of JSON.

Where its modules are MICROPYPATH says, see runner.py.
"""

import json
import sys
import time

import scenarios
import sweep

_TELL_MS = 500
_MOMENTS = 8  # so many times more of them than of others


def main(command):
    flows = {flow.name: flow for flow in scenarios.FLOWS}
    if command["do"] == "list":
        for flow in scenarios.FLOWS:
            print(json.dumps({"flow": flow.name, "about": flow.__name__}))
        return
    if command["do"] == "point":
        problems = sweep.look(
            flows[command["flow"]](), command["point"], lambda text: print(json.dumps({"text": text}))
        )
        if problems is not None:
            print(json.dumps({"problems": problems}))
        return
    told = [time.ticks_ms()]

    def tell(result, always=False):
        if always or time.ticks_diff(time.ticks_ms(), told[0]) > _TELL_MS:
            told[0] = time.ticks_ms()
            failures, result.failures = result.failures, []
            line = {"points": result.points, "states": result.states, "operations": result.operations}
            print(json.dumps(dict(line, flow=result.name, failures=failures, done=always)))

    flow = flows[command["flow"]]()
    tell(sweep.sweep(flow, wanted(command, flow.weight), tell, command["second"], command["dead"]), True)


def wanted(command, weight):
    """Each K-th point, and more of the moments: they are few, and each is a state of its own."""
    every, offset = command["every"], command["offset"]
    if every > _MOMENTS:
        every *= weight
    of_moments = max(1, every // _MOMENTS)
    return lambda number, moment: not (number - offset) % (of_moments if moment else every)


main(json.loads(sys.argv[1]))
