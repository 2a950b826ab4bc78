"""Terminals' connections: TLS 1.2 or newer, frames with a two-byte length, everything bounded."""

import asyncio
import logging
import socket
import ssl
from asyncio import sslproto

from tools.host.iso.frame import FRAME_BYTES_MAX, FRAME_BYTES_MIN
from tools.host.server.limits import Door, Limits, Pace
from tools.host.server.worker import Overloaded

log = logging.getLogger("host.server")

LENGTH_BYTES = 2
BACKLOG = 1_024
HANDSHAKE_TIMEOUT_S = 10
TURN_TIMEOUT_S = 30  # for a handshake's turn among those of the same address
FIRST_TIMEOUT_S = 30  # from the handshake to the first request
IDLE_TIMEOUT_S = 300  # between two requests; a terminal may keep its connection
FRAME_TIMEOUT_S = 10  # from a frame's first byte to its last
WRITE_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 2
STOP_TIMEOUT_S = 5
ACCEPT_AGAIN_S = 1  # after the system had no file descriptor for a connection
REFUSALS_LOGGED_EVERY_S = 10

# asyncio reads TLS into 256 KiB a connection; a record is at most 16 KiB, a frame 1. Measured at 2 000 connections by
# host_tests/host/test_limits.py, which fails should a later Python not heed it.
sslproto.SSLProtocol.max_size = 16 * 1024


def tls_context(certificate_file, key_file):
    """The server's SSLContext. No session tickets: no terminal here resumes, and they only cost bytes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # a handshake costs the host more than who asks for it
    context.num_tickets = 0
    context.load_cert_chain(certificate_file, key_file)
    return context


class TlsServer:
    """`answer` is a coroutine, frame -> frame or None; None closes the connection."""

    def __init__(self, answer, context, limits=None):
        self._answer = answer
        self._context = context
        self._limits = limits or Limits()
        self._door = Door(self._limits)
        self._listening = None
        self._accepting = None
        self._tasks = set()  # one for each connection, from before its handshake on
        self._connections = set()
        self._refused = 0  # since it was last logged
        self._refused_at_s = None

    async def start(self, address, port):
        """Listens; the port, which is another one when `port` is 0."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listening = socket.create_server((address, port), family=family, backlog=BACKLOG)
        self._listening.setblocking(False)
        self._accepting = asyncio.create_task(self._accept())
        return self._listening.getsockname()[1]

    async def stop(self):
        """Takes no new connection, lets running requests get their answer, closes."""
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        self._listening.close()
        busy = {connection.task for connection in self._connections if connection.busy}
        for connection in self._connections:
            connection.ending = True
        for task in self._tasks - busy:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_TIMEOUT_S)
        for task in list(self._tasks):
            task.cancel()

    def frame_out(self, answer):
        """The bytes that go out for an answer frame."""
        return len(answer).to_bytes(LENGTH_BYTES, "big") + answer

    async def _accept(self):
        """By ourselves: asyncio's own server counts a connection when its handshake is done, too late for a limit."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                plain, peer = await loop.sock_accept(self._listening)
            except OSError as error:
                log.error("no connection can be taken: %s", error)
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            refused = self._door.enter(peer[0])
            if refused:
                plain.close()
                self._log_refusal(peer, refused)
                continue
            task = asyncio.create_task(self._serve(plain, peer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, plain, peer):
        connection = None
        try:
            try:
                reader, writer = await self._shake_hands(plain, peer)
            except (OSError, ssl.SSLError, TimeoutError) as error:
                log.info("%s: no handshake: %s", peer, error)
                return
            connection = Connection(reader, writer, self._answer, self.frame_out, Pace(self._limits))
            self._connections.add(connection)
            await connection.run()
        except asyncio.CancelledError:
            log.debug("%s: closed at stop", peer)
        finally:
            self._connections.discard(connection)
            self._door.leave(peer[0])

    async def _shake_hands(self, plain, peer):
        """The connection's StreamReader and StreamWriter, or an error, and it is closed."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=2 * FRAME_BYTES_MAX)
        protocol = asyncio.StreamReaderProtocol(reader)
        owned = False
        try:
            async with self._door.handshake(peer[0], TURN_TIMEOUT_S):
                owned = True  # from here on asyncio closes it
                transport, _ = await loop.connect_accepted_socket(
                    lambda: protocol,
                    plain,
                    ssl=self._context,
                    ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                    ssl_shutdown_timeout=CLOSE_TIMEOUT_S,
                )
        finally:
            if not owned:
                plain.close()
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def _log_refusal(self, peer, why):
        """Whoever knocks a thousand times a second fills no disk."""
        self._refused += 1
        now_s = asyncio.get_running_loop().time()
        if self._refused_at_s is None or now_s - self._refused_at_s >= REFUSALS_LOGGED_EVERY_S:
            log.warning("%s: refused: %s (%d refused since this was last said)", peer, why, self._refused)
            self._refused, self._refused_at_s = 0, now_s


class Connection:
    """One terminal's connection: one request after the other."""

    def __init__(self, reader, writer, answer, frame_out, pace):
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._frame_out = frame_out
        self._pace = pace
        self._first = True
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
        async with asyncio.timeout(FIRST_TIMEOUT_S if self._first else IDLE_TIMEOUT_S):
            first = await self._reader.readexactly(1)
        self._first = False
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
        early_s = self._pace.take(asyncio.get_running_loop().time())
        if early_s:
            log.info("%s: %.2f s too fast", self.peer, early_s)
            await asyncio.sleep(early_s)  # not read meanwhile: what it sends stays on its side
        return True
