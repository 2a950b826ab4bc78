"""The line between the whole terminal and the real host, in memory, with every fault that a network or a host can have.

It stands in for TCP and TLS only: what it carries are the terminal's own frames, answered by the host's own switch.
"""

import asyncio
import errno
import os

from host.badhost import Mangler

from tools.sim.radio import GOT_IP

SALE, REVERSAL, MANAGEMENT = "0200", "0400", "0800"
EVERYTHING = None

# Nothing leaves the terminal.
OPENING_FAULTS = ("refused", "unreachable", "no_connection")
# lost: the request never arrives; held: it arrives after `held_s`, when the terminal may have given up.
REQUEST_FAULTS = ("lost", "held")
# The host has done its work; its answer suffers.
ANSWER_FAULTS = (
    "silent",
    "late",
    "garbage",
    "unframed",
    "wrong_mac",
    "no_mac",
    "other_trace",
    "other_amount",
    "cut",
    "close",
)
LENGTH_BYTES = 2
MTI_AT = LENGTH_BYTES + 11
LATENCY_S = 0.04


class Line:
    """`opener()` is what the wiring uses in place of pos.link.tls.opener.

    `fail(mode, kinds, times)` switches a fault on: for requests of these message types (None: all),
    so many times (None: until `heal`). `late_s`, `held_s`: how long answers and requests take then. `seen`: what has
    happened, as (moment, direction, message type). `on_event`: called with such an entry, for whoever cuts the power.
    """

    def __init__(self, host, radio):
        self._host = host
        self._radio = radio
        self._mangler = Mangler(host)
        self.late_s = self.held_s = 90.0
        self.seen = []
        self.on_event = None
        self._open = set()
        self.heal()

    # Switches

    def fail(self, mode, kinds=(SALE,), times=None):
        assert mode in OPENING_FAULTS + REQUEST_FAULTS + ANSWER_FAULTS, mode
        self._mode, self._kinds, self._left = mode, kinds, times
        if mode in OPENING_FAULTS:
            self.hang_up()

    def heal(self):
        self._mode, self._kinds, self._left = "good", EVERYTHING, None

    def hang_up(self):
        """The host closes every session."""
        for session in list(self._open):
            session.end()

    def in_the_air(self):
        """Whether radio waves carry anything now."""
        return self._radio.status() == GOT_IP

    def count(self, mti, direction="arrived"):
        return sum(1 for _, way, kind in self.seen if way == direction and kind == mti)

    # What the wiring gets

    def opener(self, wifi, host, port, server_name, ca):
        """As pos.link.tls.opener, which it stands in for."""
        from pos.link import tls
        from pos.link.errors import LinkError

        tls.opener(wifi, host, port, server_name, ca)  # refuses an authority that is none

        async def open_stream():
            if not await wifi.wait_up(tls.WIFI_WAIT_MS):
                raise LinkError("wifi")
            return await self._connect()

        return open_stream

    async def _connect(self):
        await asyncio.sleep(LATENCY_S)
        if self._mode == "refused":
            raise OSError(errno.ECONNREFUSED, "connection refused")
        if self._mode == "unreachable":
            raise OSError(errno.EHOSTUNREACH, "no route to host")
        if self._mode == "no_connection":
            await asyncio.sleep(3600)
        session = _Session(self)
        self._open.add(session)
        return session.reader, session

    # The way of a request

    def note(self, direction, mti):
        entry = (asyncio.get_running_loop().time(), direction, mti)
        self.seen.append(entry)
        if self.on_event:
            self.on_event(entry)

    def fault_for(self, mti):
        """The fault that this request meets."""
        if self._mode == "good" or self._mode in OPENING_FAULTS:
            return "good"
        if self._kinds is not EVERYTHING and mti not in self._kinds:
            return "good"
        mode = self._mode
        if self._left is not None:
            self._left -= 1
            if not self._left:
                self.heal()
        return mode

    def answer(self, frame):
        return self._host.handle_now(frame)

    def mangle(self, fault, answer):
        """Answer with its length bytes -> the bytes that reach the terminal instead."""
        if fault == "unframed":
            return os.urandom(len(answer))
        if fault == "cut":
            return answer[: len(answer) // 2]
        if fault == "close":
            return b""
        body = self._mangler.mangle(fault, answer[LENGTH_BYTES:])
        return len(body).to_bytes(LENGTH_BYTES, "big") + body

    def gone(self, session):
        self._open.discard(session)


class _Session:
    """One connection; what the terminal writes into, and the reader that it reads from."""

    def __init__(self, line):
        self.reader = asyncio.StreamReader()
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._closed = self._dead = False

    # The terminal's writer

    def write(self, data):
        if self._closed:
            raise OSError(errno.ENOTCONN, "closed")
        if not self._line.in_the_air():
            self._dead = True
        if self._dead:
            return
        self._buffer += bytes(data)
        while len(self._buffer) >= LENGTH_BYTES:
            n = LENGTH_BYTES + int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
            if len(self._buffer) < n:
                return
            frame, self._buffer = self._buffer[:n], self._buffer[n:]
            self._leave(frame)

    async def drain(self):
        await asyncio.sleep(0)

    def close(self):
        self._closed = True
        self._line.gone(self)

    def end(self):
        """The host hangs up."""
        self._dead = True
        self._line.gone(self)
        self._loop.call_later(LATENCY_S, self.reader.feed_eof)

    # There and back

    def _leave(self, frame):
        mti = frame[MTI_AT : MTI_AT + 2].hex()
        self._line.note("left", mti)
        fault = self._line.fault_for(mti)
        if fault == "lost":
            self._dead = True
            return
        delay_s = self._line.held_s if fault == "held" else LATENCY_S
        self._loop.call_later(delay_s, self._arrive, frame, mti, fault)

    def _arrive(self, frame, mti, fault):
        answer = self._line.answer(frame)
        self._line.note("arrived", mti)
        if answer is None:
            self.end()
            return
        if fault == "silent":
            self._dead = True
            return
        delay_s = self._line.late_s if fault == "late" else LATENCY_S
        self._loop.call_later(delay_s, self._come_back, answer, mti, fault)

    def _come_back(self, answer, mti, fault):
        if self._dead or self._closed or not self._line.in_the_air():
            return
        good = fault in ("good", "late", "held")
        self.reader.feed_data(answer if good else self._line.mangle(fault, answer))
        if fault in ("cut", "close"):
            self.end()
        self._line.note("answered", mti)
