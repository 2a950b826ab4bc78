"""One flow: recorded once, then cut at every point; what the terminal makes of each is judged.

A point is a moment between two operations of the flash (with each state of host, screen and paper that there was while
it lasted), or the middle of one operation. Points that leave the same files, the same host and the same knowledge of
people are one state, which is started and judged once; that the file system itself is whole and can be written is
looked at for every point.
"""

import asyncio
import io
import sys

import dual
import flash as chip
import stand
from auditor import Audit

_GOES_ON_MINOR = 700  # the sale after the cut, and one more at each start: it may have been undone
_DEAD = "dead-"
_DEAD_FOR_MS = 30_000
_LINES_SHOWN, _CHARS_SHOWN = 8, 400


class Point:
    """number; what: in words; image: of the flash; mark: of host and people, see stand.Seen; seen: the whole log."""

    def __init__(self, number, what, image, mark, seen):
        self.number, self.what, self.image, self.mark = number, what, image, mark
        self.host = mark[1]
        self.seen = seen

    def log(self):
        return self.seen[: self.mark[2]]

    def key(self):
        """What makes it the same state as another one. OSError when the file system cannot be read."""
        return chip.digest(self.image), self.mark


def points(image, log, marks, seen, wanted):
    """Yields all points of a recording, in order. wanted(number, moment): whether to make it; moment: host, screen or
    paper have moved on between two operations, and this is just before or after that."""
    image = bytearray(image)
    number, at_mark, mark = 0, 1, marks[0]
    for done in range(len(log) + 1):
        moments = [mark]
        while at_mark < len(marks) and marks[at_mark][0] <= done:
            mark = marks[at_mark]
            moments.append(mark)
            at_mark += 1
        for moment in moments:
            if wanted(number, len(moments) > 1):
                yield Point(number, "after operation %d of %d" % (done, len(log)), bytearray(image), moment, seen)
            number += 1
        if done == len(log):
            return
        for way in chip.ways_to_tear(log[done]):
            if wanted(number, False):
                what = "within operation %d, %s" % (done + 1, _in_words(log[done], way))
                yield Point(number, what, chip.torn(image, log[done], way, number), mark, seen)
            number += 1
        chip.apply(image, log[done])


def _in_words(operation, way):
    at, data = operation
    kind = "erase of block %d" % (at // chip.BLOCK_BYTES)
    if data is not chip.ERASE:
        kind = "program of %d bytes at %d" % (len(data), at)
    return "%s, %d/4 of it, the rest %s" % (kind, way[0], "noise" if way[1] else "as before")


def record(flow, alive=-1):
    """The desk after the flow, with its recording in desk.image, desk.flash.log and desk.seen. alive: after so many
    operations the flash is dead, while all else goes on; the power goes some time later."""
    desk, error = _tried(flow, alive)
    if error is not None:
        raise error
    return desk


def _tried(flow, alive=-1):
    """As record: the desk, and what the flow ended with, None when it came to its end."""
    desk = stand.Desk(stand.fresh_image(flow.blocks))

    async def all_of_it():
        try:
            await flow.prepare(desk)
            desk.record()
            desk.flash.alive = alive
            if alive < 0:
                await _flow(flow, desk)
            else:
                await _until_after_death(desk, asyncio.create_task(_flow(flow, desk)))
        finally:
            desk.end()

    return desk, dual.run(_error_of(all_of_it()))


async def _flow(flow, desk):
    await flow.act(desk)
    await flow.quiet(desk)


async def _until_after_death(desk, work):
    while not desk.flash.dead and not work.done():
        await asyncio.sleep_ms(100)
    await asyncio.sleep_ms(_DEAD_FOR_MS)
    work.cancel()
    await _error_of(work)  # the screens are others than those of a good day


async def _error_of(work):
    """What the work ends with, whichever error it is; None when it comes to its end."""
    return (await asyncio.gather(work, return_exceptions=True))[0]


def start_again(flow, image, host, seen, recorded=False):
    """A start on this image, and the rest of the day; the desk and its problems [(kind, text)]."""
    desk = stand.Desk(image, host, seen)
    if recorded:
        desk.record()
    audit = Audit(desk.host, desk.seen.log)

    async def all_of_it():
        try:
            desk.seen.note("start")
            desk.power()
            await flow.at_start(desk, audit)
            await desk.home()
            desk.recovered = len(desk.flash.log or ())
            await flow.at_home(desk, audit)
            await day_goes_on(desk, flow)
            await flow.judge(desk, audit)
        finally:
            desk.end()

    error = dual.run(_error_of(all_of_it()))
    if error is not None:
        audit.say("stuck", "%s", _traceback(error))
        # The day did not come to its end; what is wrong in the books is the reason, or the harm.
        error = dual.run(_error_of(flow.judge(desk, audit)))
        if error is not None:
            audit.say("stuck", "nor can it be judged: %r", error)
    return desk, audit.problems


def _traceback(error):
    text = io.StringIO()
    sys.print_exception(error, text)
    return text.getvalue()


async def day_goes_on(desk, flow):
    """Log-in, whatever the flow has left to do, a sale, the settlement."""
    await desk.log_in()
    await desk.see("READY")
    await flow.finish(desk)
    starts = len([event for event in desk.seen.log if event[0] == "start"])
    desk.doing("sale", _GOES_ON_MINOR + starts)
    await desk.sell(str(_GOES_ON_MINOR + starts))
    await desk.settle(flow.settles_as(desk))


class Result:
    """Of a flow or a part of it."""

    def __init__(self, name):
        self.name = name
        self.operations = self.points = self.states = 0
        self.failures = []  # (point, what, [(kind, text)])


def sweep(flow, wanted, tell, second_every=0, dead_every=0):
    """All wanted points of the flow; wanted: see points. tell(result): called now and then. second_every: so often the
    recovery is cut as well; dead_every: so often the flash dies while the rest goes on."""
    result = Result(flow.name)
    desk, error = _tried(flow)
    if error is not None:
        result.failures.append(("none", "no cut at all", [("stuck", _traceback(error))]))
        return result
    result.operations = len(desk.flash.log)
    _judge_all(flow, desk, result, "", wanted, tell, second_every)
    for alive in range(result.operations % dead_every, result.operations, dead_every) if dead_every else ():
        problems = dies(flow, alive)[1]
        result.points += 1
        result.states += 1
        if problems:
            result.failures.append((_DEAD + str(alive), "the flash dies after operation %d" % alive, problems))
        tell(result)
    return result


def dies(flow, alive):
    """The flash is dead after so many operations of the flow, and the firmware goes on for a while; then the next
    start, on a flash that works. As start_again."""
    desk = record(flow, alive)
    desk.flash.alive = -1
    return start_again(flow, desk.flash.image, desk.host.snapshot(), desk.seen.log, True)


def _judge_all(flow, desk, result, before, wanted, tell, second_every=0):
    known = {}
    log, marks, seen = desk.flash.log[: desk.recovered], desk.seen.marks, desk.seen.log
    for point in points(desk.image, log, marks, seen, wanted):
        result.points += 1
        name = before + str(point.number)
        try:
            files, mark = point.key()
            problems = known.get((files, id(mark)))
            if not chip.still_writable(point.image, files):
                problems = [("lost", "the file system cannot be written without changing other files")]
        except OSError as error:
            problems = [("lost", "the file system cannot be read: %r" % (error,))]
        if problems is None:
            result.states += 1
            deeper = second_every and result.states % second_every == 0
            again, problems = start_again(flow, point.image, point.host, point.log(), deeper)
            known[files, id(mark)] = problems
            if deeper and not problems:
                _judge_all(flow, again, result, name + ".", lambda _number, _moment: True, tell)
        if problems:
            result.failures.append((name, point.what, problems))
        tell(result)


def look(flow, path, say):
    """One point, "N" or "N.M" of the recovery of N, with an account of it by say(text); its problems, None when there
    is no such point."""
    if path.startswith(_DEAD):
        desk, problems = dies(flow, int(path[len(_DEAD) :]))
        say("%s, the flash dies after operation %s and the firmware goes on; all that people saw:" % (flow.name, path))
        _tell_events(desk.seen.log, say)
        return _found(desk, problems, say)
    desk, problems = record(flow), None
    numbers = [int(number) for number in path.split(".")]
    for number in numbers:
        wanted = _find(desk, number)
        if wanted is None:
            return None
        say("%s, point %d: cut %s" % (flow.name, number, wanted.what))
        seen = wanted.log()
        _account(wanted, seen, say)
        desk, problems = start_again(flow, wanted.image, wanted.host, seen, True)
        say("what people saw after it:")
        _tell_events(desk.seen.log[len(seen) :], say)
    return _found(desk, problems, say)


def _found(desk, problems, say):
    say("the host at the end: charged %r, returned %r, held %r" % _ledger(desk.host.__dict__))
    for kind, text in problems:
        say("%s: %s" % (kind.upper(), text))
    say("found: %s" % ("nothing wrong" if not problems else "%d problems" % len(problems)))
    return problems


def _find(desk, number):
    for point in points(
        desk.image, desk.flash.log[: desk.recovered], desk.seen.marks, desk.seen.log, lambda at, _moment: at == number
    ):
        return point
    return None


def _account(point, seen, say):
    say("what people had seen until then:")
    _tell_events(seen, say)
    say("the host then: charged %r, returned %r, held %r" % _ledger(point.host))
    say("its last request: %r" % (point.host["requests"][-1:],))
    say("on the flash:")
    try:
        for path, data in chip.files(point.image):
            say("  %s %s" % (path, "/" if data is None else "%d bytes" % len(data)))
            for line in (data or b"").split(b"\n")[-_LINES_SHOWN:]:
                say("      %r" % (line[:_CHARS_SHOWN],))
    except OSError as error:
        say("  cannot be read: %r" % (error,))


def _ledger(host):
    return host["charged"], host["returned"], host["held"]


def _tell_events(events, say):
    for event in events:
        text = " / ".join([str(part) for part in event]).replace("\n", " | ")
        say("  " + (text if event[0] != "slip" else text[:_CHARS_SHOWN]))
