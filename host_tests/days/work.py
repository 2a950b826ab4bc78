"""What a worker process does: one seed at a time, and a shorter history of what failed."""

import os
import signal
import threading
import time

TOLD_MAX = 60
LOOK_S = 2


def enter(firmware, host):
    """In each worker, before anything of the product is imported."""
    from days import world

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it, who ends it
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    world.enter(firmware, host)


def _end_with(parent):
    """Nobody waits for a result any more once the process that asked for it is gone."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)


def _plan(options, seed):
    from days import plan as planning

    plan = planning.make(seed, options.terminals, options.days or planning.DAYS, options.deeds or planning.DEEDS)
    return planning.only(plan, options.only) if options.only else plan


def play(options, seed):
    """One seed: its Result; when it failed, that of the shortest plan, and the report. In a worker."""
    from days import day, shrink
    from days import plan as planning

    plan = _plan(options, seed)
    result = day.play(plan, options.trace)
    if not result.failure:
        return result, ""
    first = result
    if options.shrink > 0:
        plan, result = shrink.shrink(day.play, (plan, result), options.shrink)
        result = day.play(plan, max(options.trace, 40)) if options.trace else result
    report = [f"seed {seed} fails: {result.failure}", f"again: {shrink.command(plan)}", "history:"]
    report += ["  " + planning.told(deed) for deed in plan.deeds[:TOLD_MAX]]
    if len(plan.deeds) > TOLD_MAX:
        report.append(f"  ... and {len(plan.deeds) - TOLD_MAX} more")
    return first._replace(log=result.log), "\n".join(report)
