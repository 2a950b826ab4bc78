"""What lies between terminal and host: a TCP proxy with the faults that the front panel switches.

`wifi` down: nothing passes, connections stay and wait. `host` down: connections are refused and those that stood are
reset. `response` looks at TLS record types, so that connecting still works: the first application data record from the
host after the switch to "drop" is lost and its connection passes nothing more; with "delay" each is held for
`delay_ms`. A link of its own per terminal; the proxy keeps its port while the host is down.
"""

import asyncio
import socket
import struct

CONNECTIONS_MAX = 64
CHUNK_BYTES = 16384
TLS_HEADER_BYTES = 5
TLS_APPLICATION_DATA = 23
RESPONSES = ("pass", "drop", "delay")
DELAY_MS_MAX = 600_000


class Air:
    """Listens on `port` of the loopback (0: any, see `.port`) and forwards to the host at `host_port`."""

    def __init__(self, host_port, port=0, host="127.0.0.1"):
        self.host, self.host_port = host, host_port
        self.port = port
        self.faults = {"wifi": "up", "host": "up", "response": "pass", "delay_ms": 0}
        self.bytes_up = self.bytes_down = self.connections = 0
        self._open = asyncio.Event()
        self._open.set()
        self._server = self._socket = None
        self._links = set()

    async def start(self):
        self._bind()
        self.port = self._socket.getsockname()[1]
        await self._listen()
        return self

    async def close(self):
        await self._stop_listening()
        self._reset_links()
        if self._socket:
            self._socket.close()
            self._socket = None

    async def set(self, wifi=None, host=None, response=None, delay_ms=None):
        """Switches any of the faults; ValueError on a value that is none."""
        _check("wifi", wifi, ("up", "down"))
        _check("host", host, ("up", "down"))
        _check("response", response, RESPONSES)
        if delay_ms is not None and not 0 <= delay_ms <= DELAY_MS_MAX:
            raise ValueError(f"delay_ms must be 0 to {DELAY_MS_MAX}")
        before = self.faults["host"]
        asked = {"wifi": wifi, "host": host, "response": response, "delay_ms": delay_ms}
        self.faults.update({name: value for name, value in asked.items() if value is not None})
        if self.faults["wifi"] == "up":
            self._open.set()
        else:
            self._open.clear()
        if host == "down" and before == "up":
            await self._stop_listening()
            self._reset_links()
            self._bind()
        elif host == "up" and before == "down":
            await self._listen()

    # Listening

    def _bind(self):
        """A socket that is bound but does not listen keeps the port, and the kernel refuses whoever knocks."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self.port))

    async def _listen(self):
        self._server = await asyncio.start_server(self._accept, sock=self._socket)

    async def _stop_listening(self):
        server, self._server = self._server, None
        if server:
            server.close()
            await asyncio.sleep(0)
            self._socket = None

    def _reset_links(self):
        for link in list(self._links):
            link.reset()

    # Connections

    async def _accept(self, reader, writer):
        if len(self._links) >= CONNECTIONS_MAX:
            writer.transport.abort()
            return
        link = _Link(self, reader, writer)
        self._links.add(link)
        self.connections += 1
        try:
            await link.run()
        finally:
            self._links.discard(link)

    async def in_reach(self):
        """Waits until Wi-Fi is up."""
        await self._open.wait()


class _Link:
    """One connection and its two directions."""

    def __init__(self, air, reader, writer):
        self._air = air
        self._reader, self._writer = reader, writer
        self._host_writer = None
        self._dead = False  # an answer was dropped: from there on nothing passes
        self._tasks = []

    async def run(self):
        await self._air.in_reach()
        try:
            host_reader, self._host_writer = await asyncio.open_connection(self._air.host, self._air.host_port)
        except OSError:
            self.reset()
            return
        self._tasks = [
            asyncio.create_task(self._up(self._reader, self._host_writer)),
            asyncio.create_task(self._down(host_reader, self._writer)),
        ]
        try:
            await asyncio.gather(*self._tasks)
        except OSError:
            self.reset()
        except asyncio.CancelledError:
            self.reset()  # also how `_reset_links` ends this
        finally:
            for task in self._tasks:
                task.cancel()
            self._writer.close()
            self._host_writer.close()

    def reset(self):
        """Ends both halves as a reset connection, not as an orderly end."""
        for writer in (self._writer, self._host_writer):
            if writer:
                ours = writer.get_extra_info("socket")
                if ours is not None and ours.fileno() >= 0:
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
        for task in self._tasks:
            task.cancel()

    async def _up(self, reader, writer):
        while data := await reader.read(CHUNK_BYTES):
            await self._air.in_reach()
            if not self._dead:
                self._air.bytes_up += len(data)
                writer.write(data)
                await writer.drain()
        self._end(writer)

    async def _down(self, reader, writer):
        while record := await _record(reader):
            await self._air.in_reach()
            if record[0] == TLS_APPLICATION_DATA:
                if self._air.faults["response"] == "drop":
                    self._dead = True
                elif self._air.faults["response"] == "delay":
                    await asyncio.sleep(self._air.faults["delay_ms"] / 1000)
                    await self._air.in_reach()
            if not self._dead:
                self._air.bytes_down += len(record)
                writer.write(record)
                await writer.drain()
        if not self._dead:
            self._end(writer)

    def _end(self, writer):
        """The orderly end of one direction."""
        if writer.can_write_eof() and not writer.transport.is_closing():
            writer.write_eof()
        else:
            writer.close()


async def _record(reader):
    """The next whole TLS record with its header; b"" at the end. Bytes that are no record come back as they are."""
    try:
        header = await reader.readexactly(TLS_HEADER_BYTES)
    except asyncio.IncompleteReadError as short:
        return short.partial
    kind, version, n = header[0], header[1], int.from_bytes(header[3:5], "big")
    if not 20 <= kind <= 24 or version != 3:
        return header + await reader.read(CHUNK_BYTES)
    try:
        return header + await reader.readexactly(n)
    except asyncio.IncompleteReadError as short:
        return header + short.partial


def _check(name, value, allowed):
    if value is not None and value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}")
