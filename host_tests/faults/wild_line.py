"""The line of line.py with several faults at once, and with what only happens between two connections: an answer that
comes late on the next one, a request that arrives again, a host that restarts in between."""

import asyncio
import errno

from faults.line import LATENCY_S, MTI_AT, Line, _Session


class WildLine(Line):
    """Several faults at once, and what only happens between two connections."""

    def __init__(self, host, radio):
        self.armed = []  # [mode, message types, how often]
        self.on_fault = None  # called once, when the next of them strikes
        super().__init__(host, radio)

    def arm(self, mode, kinds, times):
        self.armed.append([mode, kinds, times])
        if mode in ("refused", "unreachable"):
            self._mode = mode
            self.hang_up()

    def heal(self):
        super().heal()
        self.armed.clear()
        self.on_fault = None

    def fault_for(self, mti):
        for fault in self.armed:
            if mti in fault[1] and fault[0] not in ("refused", "unreachable"):
                fault[2] -= 1
                if fault[2] <= 0:
                    self.armed.remove(fault)
                if self.on_fault:
                    then, self.on_fault = self.on_fault, None
                    then()
                return fault[0]
        return "good"

    async def _connect(self):
        await asyncio.sleep(LATENCY_S)
        if self._mode in ("refused", "unreachable"):
            raise OSError(errno.ECONNREFUSED if self._mode == "refused" else errno.EHOSTUNREACH, self._mode)
        session = WildSession(self)
        self._open.add(session)
        return session.reader, session

    def newest(self, other):
        """The session that an answer is delivered to which was meant for another one."""
        return max(self._open, key=lambda session: session.born, default=other)


class WildSession(_Session):
    def __init__(self, line):
        super().__init__(line)
        self.born = line._host.count = line._host.count + 1

    def _leave(self, frame):
        fault = self._line.fault_for(frame[MTI_AT : MTI_AT + 2].hex())
        mti = frame[MTI_AT : MTI_AT + 2].hex()
        self._line.note("left", mti)
        if fault in ("lost", "host_restarts_before"):
            self._dead = True
            if fault == "host_restarts_before":
                self._line.hang_up()
            return
        delay_s = self._line.held_s if fault == "held" else LATENCY_S
        self._loop.call_later(delay_s, self._arrive, frame, mti, fault)
        if fault == "twice":
            self._loop.call_later(delay_s + 0.01, self._arrive, frame, mti, "good")
        elif fault == "replayed":
            self._loop.call_later(self._line.held_s, self._line.answer, frame)

    def _arrive(self, frame, mti, fault):
        if fault == "host_restarts":
            self._line.answer(frame)
            self._line._host.restart()
            return self._line.hang_up()
        good = fault in ("twice", "replayed", "answered_twice", "late_elsewhere")
        if not good:
            return super()._arrive(frame, mti, fault)
        answer = self._line.answer(frame)
        if answer is None:
            return self.end()
        if fault == "late_elsewhere":
            return self._loop.call_later(self._line.late_s, self._deliver_elsewhere, answer)
        for turn in range(2 if fault == "answered_twice" else 1):
            self._loop.call_later(LATENCY_S * (1 + turn), self._come_back, answer, mti, "good")
        return None

    def _deliver_elsewhere(self, answer):
        self._line.newest(self)._come_back(answer, "0000", "good")


LINE_FAULTS = (
    *("silent", "late", "lost", "held", "twice", "replayed", "answered_twice", "late_elsewhere"),
    *("garbage", "wrong_mac", "no_mac", "other_trace", "other_amount", "cut", "close", "unframed"),
    *("host_restarts", "host_restarts_before", "refused", "unreachable"),
)
ORDINARY = 8  # the first of them come half of the time
