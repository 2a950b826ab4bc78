"""Terminals' connections: TLS 1.2 or newer, frames with a two-byte length, everything bounded."""

import asyncio
import logging
import ssl

from tools.host.iso.frame import FRAME_BYTES_MAX, FRAME_BYTES_MIN
from tools.host.server.worker import Overloaded

log = logging.getLogger("host.server")

LENGTH_BYTES = 2
CONNECTIONS_MAX = 5_000
HANDSHAKE_TIMEOUT_S = 10
IDLE_TIMEOUT_S = 300  # between two requests; a terminal may keep its connection
FRAME_TIMEOUT_S = 10  # from a frame's first byte to its last
WRITE_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 2
STOP_TIMEOUT_S = 5


def tls_context(certificate_file, key_file):
    """The server's SSLContext. No session tickets: no terminal here resumes, and they only cost bytes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0
    context.load_cert_chain(certificate_file, key_file)
    return context


class TlsServer:
    """`answer` is a coroutine, frame -> frame or None; None closes the connection."""

    def __init__(self, answer, context):
        self._answer = answer
        self._context = context
        self._server = None
        self._connections = set()

    async def start(self, address, port):
        """Listens; the port, which is another one when `port` is 0."""
        self._server = await asyncio.start_server(
            self._serve,
            address,
            port,
            ssl=self._context,
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
            ssl_shutdown_timeout=CLOSE_TIMEOUT_S,
            limit=2 * FRAME_BYTES_MAX,
        )
        return self._server.sockets[0].getsockname()[1]

    async def stop(self):
        """Takes no new connection, lets running requests get their answer, closes."""
        self._server.close()
        for connection in self._connections:
            connection.ending = True
            if not connection.busy:
                connection.task.cancel()
        if self._connections:
            await asyncio.wait([c.task for c in self._connections], timeout=STOP_TIMEOUT_S)
        for connection in list(self._connections):
            connection.task.cancel()

    def frame_out(self, answer):
        """The bytes that go out for an answer frame."""
        return len(answer).to_bytes(LENGTH_BYTES, "big") + answer

    async def _serve(self, reader, writer):
        if len(self._connections) >= CONNECTIONS_MAX:
            log.warning("too many connections: %d", len(self._connections))
            writer.transport.abort()
            return
        connection = Connection(reader, writer, self._answer, self.frame_out)
        self._connections.add(connection)
        try:
            await connection.run()
        except asyncio.CancelledError:
            log.debug("%s: closed at stop", connection.peer)
        finally:
            self._connections.discard(connection)


class Connection:
    """One terminal's connection: one request after the other."""

    def __init__(self, reader, writer, answer, frame_out):
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._frame_out = frame_out
        self.task = asyncio.current_task()
        self.busy = False
        self.ending = False
        self.peer = writer.get_extra_info("peername")

    async def run(self):
        """Until the terminal leaves, breaks the rules or falls silent."""
        try:
            while not self.ending and await self._one_request():
                pass
        except TimeoutError:
            log.info("%s: timed out", self.peer)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                log.warning("%s: left in the middle of a frame", self.peer)
        except Overloaded as error:
            log.error("%s: %s", self.peer, error)
        except (OSError, ssl.SSLError) as error:
            log.info("%s: %s", self.peer, error)
        finally:
            self._writer.close()
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._writer.wait_closed()
            except (TimeoutError, OSError, ssl.SSLError):
                self._writer.transport.abort()

    async def _one_request(self):
        async with asyncio.timeout(IDLE_TIMEOUT_S):
            first = await self._reader.readexactly(1)
        async with asyncio.timeout(FRAME_TIMEOUT_S):
            length = int.from_bytes(first + await self._reader.readexactly(LENGTH_BYTES - 1), "big")
            if not FRAME_BYTES_MIN <= length <= FRAME_BYTES_MAX:
                log.warning("%s: frame of %d bytes refused", self.peer, length)
                return False
            frame = await self._reader.readexactly(length)
        self.busy = True
        try:
            answer = await self._answer(frame)
            if answer is None:
                return False
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                self._writer.write(self._frame_out(answer))
                await self._writer.drain()
        finally:
            self.busy = False
        return True
