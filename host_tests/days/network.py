"""The network between terminals and host, in memory: connections that keep their order, and everything that goes wrong.

A message may be lost (its connection is then half open: one side waits for ever), be held up so that it arrives after
another connection's, arrive twice, be answered twice, come back on a younger connection, or on another terminal's.
Which of that happens a terminal's armed faults say (trouble.py); delays come from the chance of whoever sends.
"""

import asyncio
import errno

LENGTH_BYTES = 2
MTI_AT = LENGTH_BYTES + 11
MANGLED = ("garbage", "wrong_mac", "no_mac", "other_trace", "other_amount")
# What a fault does to a message is done once each; these go on until somebody heals them.
AWAY = ("refused", "unreachable")


class Network:
    """`host` has arrive(connection, frame, fault); `note(line)` takes what happens into the day's transcript."""

    def __init__(self, loop, note):
        self.loop = loop
        self.note = note
        self.host = None
        self.mangler = None
        self.watch = None  # called with each frame that leaves a terminal: (till, frame)
        self.open = []  # in the order in which they were opened
        self.partitioned = {}  # number of a terminal: until when
        self.born = 0

    async def connect(self, till):
        """(reader, writer) for a terminal's channel. OSError."""
        await asyncio.sleep(till.chance.uniform(0.03, 0.12))
        kind = till.away or ("unreachable" if self.cut_off(till) else None)
        if kind is None and not self.host.up:
            kind = "refused"
        if kind:
            raise OSError(errno.ECONNREFUSED if kind == "refused" else errno.EHOSTUNREACH, kind)
        self.born += 1
        connection = Connection(self, till, self.born)
        self.open.append(connection)
        return connection.reader, connection

    def cut_off(self, till):
        return not till.radio_up() or self.partitioned.get(till.number, -1) > self.loop.time()

    def drop_all(self, silent):
        """The host is gone: each connection ends, or (silent) is half open from now on."""
        for connection in list(self.open):
            if silent:
                connection.dead = True
                self.gone(connection)
            else:
                connection.end()

    def youngest(self, connection):
        """Where an answer goes that was meant for an older connection of the same terminal."""
        mine = [other for other in self.open if other.till is connection.till]
        return mine[-1] if mine else connection

    def stranger(self, connection):
        """A connection of another terminal; None when there is none."""
        others = [other for other in self.open if other.till is not connection.till]
        return others[connection.till.chance.randrange(len(others))] if others else None

    def gone(self, connection):
        if connection in self.open:
            self.open.remove(connection)


class Connection:
    """One connection: what the terminal writes into, and the reader that it reads from."""

    def __init__(self, network, till, born):
        self.network, self.till, self.born = network, till, born
        self.reader = asyncio.StreamReader()
        self.dead = self.closed = False
        self._buffer = b""
        self._there_s = self._back_s = 0.0  # nothing arrives before what was sent before it

    # The terminal's writer

    def write(self, data):
        if self.closed:
            raise OSError(errno.ENOTCONN, "closed")
        if self.network.cut_off(self.till):
            self.dead = True
        if self.dead:
            return
        self._buffer += bytes(data)
        while len(self._buffer) >= LENGTH_BYTES:
            size = LENGTH_BYTES + int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
            if len(self._buffer) < size:
                return
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            self._leave(frame)

    async def drain(self):
        await asyncio.sleep(0)

    def close(self):
        self.closed = True
        self.network.gone(self)

    def end(self):
        """The host's side hangs up, in order."""
        self.dead = True
        self.network.gone(self)
        self.network.loop.call_later(self._latency(), self.reader.feed_eof)

    # There

    def _latency(self):
        return self.till.chance.uniform(0.02, 0.09)

    def _leave(self, frame):
        network, till = self.network, self.till
        mti = frame[MTI_AT : MTI_AT + 2].hex()
        network.note(f"{till.number} {self.born} > {frame.hex()}")
        network.watch(till, frame[LENGTH_BYTES:])
        fault = till.fault_for(mti)
        till.on_message(mti)
        if fault == "lost":
            self.dead = True
            return
        now = network.loop.time()
        delay_s = till.held_s if fault == "held" else self._latency()
        self._there_s = max(self._there_s, now + delay_s)
        network.loop.call_at(self._there_s, network.host.arrive, self, frame, fault)
        if fault in ("twice", "replayed"):
            again_s = till.held_s if fault == "replayed" else self._latency()
            network.loop.call_at(self._there_s + again_s, network.host.arrive, self, frame, "unseen")

    # Back

    def answer(self, frame, fault):
        """What the host has answered; None: it closes."""
        if frame is None:
            return self.end()
        network, till = self.network, self.till
        if fault == "unseen":  # the answer to a copy that the network has made
            return None
        if fault == "silent":
            self.dead = True
            return None
        delay_s = till.late_s if fault in ("late", "late_elsewhere") else self._latency()
        if fault in MANGLED:
            body = network.mangler.mangle(fault, frame[LENGTH_BYTES:])
            frame = len(body).to_bytes(LENGTH_BYTES, "big") + body
        elif fault == "cut":
            frame = frame[: len(frame) // 2]
        elif fault == "stranger":
            other = network.stranger(self)
            if other:
                network.loop.call_later(delay_s, other.come_back, frame)
            return None
        self._back_s = max(self._back_s, network.loop.time() + delay_s)
        if fault == "late_elsewhere":
            network.loop.call_at(self._back_s, self._elsewhere, frame)
        elif fault == "close":
            network.loop.call_at(self._back_s, self.end)
        else:
            network.loop.call_at(self._back_s, self.come_back, frame)
            if fault == "answered_twice":
                network.loop.call_at(self._back_s + 0.001, self.come_back, frame)
            elif fault == "cut":
                network.loop.call_at(self._back_s, self.end)
        return None

    def _elsewhere(self, frame):
        self.network.youngest(self).come_back(frame)

    def come_back(self, frame):
        if self.dead or self.closed or self.network.cut_off(self.till):
            return
        self.network.note(f"{self.till.number} {self.born} < {frame.hex()}")
        self.reader.feed_data(frame)
