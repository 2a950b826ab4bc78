"""A TCP proxy between terminal and host that spoils the connection at one byte of what either end has sent.

A `Fault` says in which direction, at which byte and how. Position k means: k bytes have passed, and something befalls
the (k+1)-th. What an end has sent counts from the opening of its connection, so the TLS handshake is swept like the
request and the answer.
"""

import asyncio
import contextlib
import socket
import struct
from typing import NamedTuple

UP, DOWN = "up", "down"  # what the terminal sent; what the host sent
CHUNK_BYTES = 4096
RESET = "reset"  # both ends see their connection reset
FIN = "fin"  # whoever receives sees an orderly end; the other direction stays open
HOLE = "hole"  # nothing passes any more, either way; nobody is told
FLIP = "flip"  # one bit of that byte is turned
SPLIT = "split"  # the rest comes as a segment of its own, a moment later
TWICE = "twice"  # that byte comes twice
LORIS = "loris"  # from there on one byte a second
WAYS = (RESET, FIN, HOLE, FLIP, SPLIT, TWICE, LORIS)
_READ_S = 0.002  # what was passed on before a reset is read by then, mostly; either is a fault that happens
_SPLIT_S = 0.004
_LORIS_S = 1.0


class Fault(NamedTuple):
    """direction: UP or DOWN; at: so many bytes pass first; way: one of WAYS."""

    direction: str
    at: int
    way: str

    def __str__(self):
        return f"{self.direction} {self.at} {self.way}"


class Proxy:
    """Listens on a port of the loopback that the system chooses and forwards to `host_port` there.

    `passed`: bytes of the newest connection, {UP: n, DOWN: n}; `befell`: how often a fault has come to be.
    """

    def __init__(self, host_port):
        self._host_port = host_port
        self._server = None
        self._links = set()
        self.port = 0
        self.pace = 1  # seconds of the terminal in one of ours
        self.connections = 0
        self.passed = {UP: 0, DOWN: 0}
        self.recorded = {UP: b"", DOWN: b""}  # what has passed on the newest connection
        self.befell = 0
        self.heal()

    async def start(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self):
        self._server.close()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def spoil(self, *faults, always=False):
        """The next connections have these faults, one each, or (always) all of them the one, until it heals."""
        self._faults, self._always, self.befell = list(faults), always, 0

    def spoil_open(self, fault):
        """The connection that is open now has this fault; its position counts from here."""
        self.befell = 0
        self._newest.arm(fault)

    async def inject(self, direction, data):
        """Bytes that nobody has sent, on the connection that is open now."""
        await self._newest.inject(direction, data)

    def heal(self):
        """What is spoilt already stays so; new connections are good."""
        self._faults, self._always = [], False

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._links.add(task)
        self.connections += 1
        link = self._newest = _Link(self, self._take_fault(), writer)
        try:
            await link.run(reader, self._host_port)
        except (OSError, asyncio.CancelledError):
            link.reset()
        finally:
            link.close()
            self._links.discard(task)

    def _take_fault(self):
        """The fault of this connection, None for a good one."""
        if not self._faults:
            return None
        return self._faults[0] if self._always else self._faults.pop(0)


class _Link:
    """One connection and its two directions."""

    def __init__(self, proxy, fault, writer):
        self._proxy = proxy
        self._fault = fault
        self._writers = [writer]
        self._dead = False
        self._passed = proxy.passed = {UP: 0, DOWN: 0}
        self._recorded = proxy.recorded = {UP: b"", DOWN: b""}

    def arm(self, fault):
        self._fault = fault._replace(at=fault.at + self._passed[fault.direction])

    async def inject(self, direction, data):
        await self._send(self._writers[direction == UP], data)

    async def run(self, reader, host_port):
        host_reader, host_writer = await asyncio.open_connection("127.0.0.1", host_port)
        self._writers.append(host_writer)
        tasks = [
            asyncio.create_task(self._pump(UP, reader, host_writer)),
            asyncio.create_task(self._pump(DOWN, host_reader, self._writers[0])),
        ]
        try:
            for task in asyncio.as_completed(tasks):
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def reset(self):
        """Both ends see a reset connection, not an orderly end."""
        for writer in self._writers:
            ours = writer.get_extra_info("socket")
            if ours is not None and ours.fileno() >= 0:
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def close(self):
        for writer in self._writers:
            writer.close()

    async def _pump(self, way, reader, writer):
        """Forwards one direction until its end."""
        while data := await reader.read(CHUNK_BYTES):
            passed = self._passed[way]
            self._passed[way] += len(data)
            self._recorded[way] += data
            if self._dead:
                continue
            fault = self._fault
            if fault and fault.direction == way and passed + len(data) > fault.at:
                self._fault = None
                cut = fault.at - passed
                self._proxy.befell += 1
                await self._send(writer, data[:cut])
                if await _SPOILING[fault.way](self, writer, data[cut:]):
                    return
            else:
                await self._send(writer, data)
        with contextlib.suppress(OSError, RuntimeError):
            if not self._dead:
                writer.write_eof()

    async def _send(self, writer, data):
        if data:
            writer.write(data)
            await writer.drain()

    # What befalls the rest of the bytes; True when this direction is over

    async def _reset(self, _writer, _rest):
        await asyncio.sleep(_READ_S)
        raise ConnectionResetError

    async def _fin(self, writer, _rest):
        writer.write_eof()
        return True

    async def _hole(self, _writer, _rest):
        self._dead = True

    async def _flip(self, writer, rest):
        await self._send(writer, bytes([rest[0] ^ 0x10]) + rest[1:])

    async def _split(self, writer, rest):
        await asyncio.sleep(_SPLIT_S)
        await self._send(writer, rest)

    async def _twice(self, writer, rest):
        await self._send(writer, rest[:1] + rest)

    async def _loris(self, writer, rest):
        for at in range(len(rest)):
            await asyncio.sleep(_LORIS_S / self._proxy.pace)
            await self._send(writer, rest[at : at + 1])


_SPOILING = {
    RESET: _Link._reset,
    FIN: _Link._fin,
    HOLE: _Link._hole,
    FLIP: _Link._flip,
    SPLIT: _Link._split,
    TWICE: _Link._twice,
    LORIS: _Link._loris,
}
