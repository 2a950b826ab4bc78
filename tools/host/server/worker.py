"""One thread runs the switch; requests that wait meanwhile share its next transaction (group commit)."""

import asyncio
import logging
import queue
import threading

log = logging.getLogger("host.worker")

GROUP_MAX = 128
WAITING_MAX = 4_096
STOP = None


class Overloaded(Exception):
    """More requests wait than WAITING_MAX; the caller answers nothing and closes."""


class Worker:
    """Hands frames from the event loop to the switch's thread and answers back."""

    def __init__(self, switch):
        self._switch = switch
        self._jobs = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="switch")

    def start(self):
        self._thread.start()

    def stop(self):
        """Finishes what was accepted, then ends the thread. Blocks."""
        self._jobs.put(STOP)
        self._thread.join()

    async def answer(self, frame):
        """Frame -> answer frame, or None to close; the answer is durable when this returns."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        try:
            self._jobs.put_nowait((frame, loop, future))
        except queue.Full:
            raise Overloaded(f"{WAITING_MAX} requests wait") from None
        return await future

    def _run(self):
        running = True
        while running:
            group = self._next_group()
            if group[-1] is STOP:
                group.pop()
                running = False
            if group:
                self._work(group)

    def _next_group(self):
        group = [self._jobs.get()]
        while group[-1] is not STOP and len(group) < GROUP_MAX:
            try:
                group.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return group

    def _work(self, group):
        try:
            answers = self._switch.answer_all([frame for frame, _, _ in group])
        except Exception:
            log.exception("switch failed on a group of %d", len(group))
            answers = [None] * len(group)
        for (_, loop, future), answer in zip(group, answers, strict=True):
            try:
                loop.call_soon_threadsafe(_deliver, future, answer)
            except RuntimeError:  # the loop is closed: nobody waits any more
                log.warning("answer came after the server's end")


def _deliver(future, answer):
    if not future.done():
        future.set_result(answer)
