"""A failing plan made short: days, terminals, deeds and faults are left out while it still fails with the same kind."""

import re
import time

from days import plan as planning

SECONDS = 60  # unless the command line says otherwise
FIRST_TERMINAL = 10_000_001


def shrink(play, failed, seconds):
    """The shortest plan that was found within so many seconds, and its Result. play(plan) -> Result; failed: the plan
    and the Result that begin."""
    best, result = failed
    end_s = time.monotonic() + seconds

    def still(plan):
        """The Result when it fails in the same way, None otherwise or when the time is over."""
        if time.monotonic() > end_s:
            return None
        found = play(plan)
        return found if found.kind == result.kind else None

    while time.monotonic() < end_s:
        before = best
        for step in (_without_days, _without_terminals, _without_deeds, _without_faults):
            best, result = step(best, result, still)
        if best == before:
            break
    return best, result


def _without_days(best, result, still):
    """What comes after the day that failed is no part of it."""
    for days in range(1, best.days):
        fewer = best._replace(days=days, deeds=tuple(deed for deed in best.deeds if deed.key[0] < days))
        found = still(fewer)
        if found:
            return fewer, found
    return best, result


def _without_terminals(best, result, still):
    """The one that the failure names alone, then one after the other less."""
    named = re.search(r"\b1\d{7}\b", result.failure or "")
    if named:
        alone = tuple(deed for deed in best.deeds if deed.key[1] == int(named[0]) - FIRST_TERMINAL)
        if 0 < len(alone) < len(best.deeds):
            found = still(best._replace(deeds=alone))
            if found:
                return best._replace(deeds=alone), found
    for terminal in range(best.terminals):
        kept = tuple(deed for deed in best.deeds if deed.key[1] != terminal)
        if len(kept) < len(best.deeds):
            found = still(best._replace(deeds=kept))
            if found:
                best, result = best._replace(deeds=kept), found
    last = max((deed.key[1] for deed in best.deeds), default=0)
    if last + 1 < best.terminals:
        found = still(best._replace(terminals=last + 1))
        if found:
            best, result = best._replace(terminals=last + 1), found
    return best, result


def _without_deeds(best, result, still):
    """Halves, quarters, ... single ones."""
    size = max(1, len(best.deeds) // 2)
    while True:
        at = 0
        while at < len(best.deeds):
            kept = best.deeds[:at] + best.deeds[at + size :]
            found = still(best._replace(deeds=kept)) if kept or not at else None
            if found:
                best, result = best._replace(deeds=kept), found
            else:
                at += size
        if size == 1:
            return best, result
        size //= 2


def _without_faults(best, result, still):
    for at, deed in enumerate(best.deeds):
        if deed.faults:
            deeds = (*best.deeds[:at], deed._replace(faults=()), *best.deeds[at + 1 :])
            found = still(best._replace(deeds=deeds))
            if found:
                best, result = best._replace(deeds=deeds), found
    return best, result


def command(plan):
    """The command line that plays this plan again."""
    base = planning.make(plan.seed, plan.terminals, plan.days)
    words = ["python -m host_tests.days", f"--seed {plan.seed}", f"--terminals {plan.terminals}", f"--days {plan.days}"]
    if plan.deeds != base.deeds:
        words.append(f'--only "{planning.kept(plan)}"')
    return " ".join(words)
