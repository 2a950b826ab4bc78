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
POSITIONS = {"wifi": ("up", "down"), "host": ("up", "down"), "response": ("pass", "drop", "delay")}
DELAY_MS_MAX = 600_000


class Air:
    """Listens on `port` of the loopback (0: any, see `.port`) and forwards to the host at `host`, `host_port`."""

    def __init__(self, host_port, port=0, host="127.0.0.1"):
        self.host, self.host_port = host, host_port
        self.port = port
        self.bytes_up = self.bytes_down = 0
        self.response, self.delay_ms = "pass", 0
        self._host_is_up = True
        self._reachable = asyncio.Event()
        self._reachable.set()
        self._socket = None
        self._links = {}

    async def start(self):
        self._bind()
        self.port = self._socket.getsockname()[1]
        self._listen()
        return self

    async def close(self):
        links = list(self._links.values())
        self._shut()
        await asyncio.gather(*links, return_exceptions=True)

    @property
    def connections(self):
        """How many there are now."""
        return len(self._links)

    # Faults

    def faults(self):
        """Position of each switch."""
        return {
            "wifi": "up" if self._reachable.is_set() else "down",
            "host": "up" if self._host_is_up else "down",
            "response": self.response,
            "delay_ms": self.delay_ms,
        }

    def set_faults(self, wanted):
        """Moves the switches named in `wanted`; ValueError, and nothing moved, if one has no such position."""
        for name, value in wanted.items():
            if name == "delay_ms":
                if not isinstance(value, int) or not 0 <= value <= DELAY_MS_MAX:
                    raise ValueError(f"delay_ms must be 0 to {DELAY_MS_MAX}")
            elif value not in POSITIONS.get(name, ()):
                raise ValueError(f"no position {value!r} of {name!r}")
        self.response = wanted.get("response", self.response)
        self.delay_ms = wanted.get("delay_ms", self.delay_ms)
        if "wifi" in wanted:
            (self._reachable.set if wanted["wifi"] == "up" else self._reachable.clear)()
        if "host" in wanted and self._host_is_up != (wanted["host"] == "up"):
            self._host_is_up = not self._host_is_up
            if self._host_is_up:
                self._listen()
            else:
                self._shut()
                self._bind()

    # Listening

    def _bind(self):
        """A socket that is bound but does not listen keeps the port, and the kernel refuses whoever knocks."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", self.port))

    def _listen(self):
        self._socket.listen(CONNECTIONS_MAX)
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def _shut(self):
        """Stops listening and resets what stands."""
        listening, self._socket = self._socket, None
        if listening:
            asyncio.get_running_loop().remove_reader(listening)
            listening.close()
        for link, task in self._links.items():
            link.reset()
            task.cancel()

    def _accept(self):
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return  # gone before we came to it
        connection.setblocking(False)
        if len(self._links) >= CONNECTIONS_MAX:
            connection.close()
            return
        link = _Link(self, connection)
        task = asyncio.get_running_loop().create_task(link.run())
        self._links[link] = task
        task.add_done_callback(lambda _: self._links.pop(link, None))

    async def in_reach(self):
        """Waits until Wi-Fi is up."""
        await self._reachable.wait()


class _Link:
    """One connection and its two directions."""

    def __init__(self, air, connection):
        self._air = air
        self._connection = connection
        self._writers = []
        self._dead = False  # an answer was dropped: from there on nothing passes

    async def run(self):
        try:
            await self._forward()
        except OSError:
            self.reset()
        finally:
            for writer in self._writers:
                writer.close()
            self._connection.close()

    async def _forward(self):
        reader, writer = await asyncio.open_connection(sock=self._connection)
        self._writers.append(writer)
        await self._air.in_reach()
        host_reader, host_writer = await asyncio.open_connection(self._air.host, self._air.host_port)
        self._writers.append(host_writer)
        up = asyncio.ensure_future(self._up(reader, host_writer))
        down = asyncio.ensure_future(self._down(host_reader, writer))
        try:
            # TLS has no half-closed connections: the first end that is seen is the end of both directions.
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            if self._dead:
                await up
            for task in (up, down):
                if task.done():
                    task.result()
        finally:
            up.cancel()
            down.cancel()

    def reset(self):
        """Ends both halves as a reset connection, not as an orderly end."""
        for writer in self._writers:
            ours = writer.get_extra_info("socket")
            if ours is not None and ours.fileno() >= 0:
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _up(self, reader, writer):
        while data := await reader.read(CHUNK_BYTES):
            await self._air.in_reach()
            if not self._dead:
                self._air.bytes_up += len(data)
                writer.write(data)
                await writer.drain()

    async def _down(self, reader, writer):
        while record := await _record(reader):
            await self._air.in_reach()
            if record[0] == TLS_APPLICATION_DATA:
                if self._air.response == "drop":
                    self._dead = True
                elif self._air.response == "delay":
                    await asyncio.sleep(self._air.delay_ms / 1000)
                    await self._air.in_reach()
            if not self._dead:
                self._air.bytes_down += len(record)
                writer.write(record)
                await writer.drain()


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
