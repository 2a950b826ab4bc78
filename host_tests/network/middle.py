"""Between terminal and host, with the host's own certificate and key: reads every message, and answers what it likes.

This is more than any attacker on the line can do, since TLS keeps him out; it is what a thief of the server's key, a
broken TLS terminator or a host gone mad could do. Requests go on to the real host, whose books so know of them.
"""

import asyncio
import os
import ssl

from host.badhost import Mangler
from sqlalchemy import text

from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.iso.message import Message
from tools.host.server.tls_server import tls_context
from tools.host.state import State

LENGTH_BYTES = 2
MTI_AT = 11
TIMEOUT_S = 30
# asyncio keeps the connection after its goodbye until the other end has said its own. MicroPython overlooks one that
# comes in one piece with half an answer, and notices the end of the connection only.
CLOSE_TIMEOUT_S = 0.2
HANG_UP = None  # in what is written: the connection ends here
SILENCE = ...  # nothing more comes, and the connection stays
FRAME_BYTES_MAX = 1024


def framed(body):
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


class Middle:
    """TLS on both sides. `spoil(name)`: how the next answers of these message types are spoilt, see _WAYS.

    `seen`: (request, answer) as they were, bodies without their length.
    """

    def __init__(self, folder, host_port):
        self._state = State(folder)
        self._host_port = host_port
        self._mangler = Mangler(_KeysOf(self._state))
        self._to_host = ssl.create_default_context(cafile=self._state.pki / "ca.pem")
        self._tasks = set()
        self.pace = 1
        self.seen = []
        self.recorded = b""  # an answer of another day
        self.heal()

    async def start(self):
        context = tls_context(self._state.pki / "server.pem", self._state.pki / "server.key")
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, ssl=context, ssl_shutdown_timeout=CLOSE_TIMEOUT_S
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self):
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spoil(self, name, mti="0200", times=1):
        self._way, self._mti, self._times = _WAYS[name], bytes.fromhex(mti), times

    def heal(self):
        self._way = None

    async def ask_host(self, *requests):
        """The host's answers to these bodies on one connection of its own, b"" where it hung up."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self._host_port, ssl=self._to_host, server_hostname="pos-host"
        )
        try:
            answers = []
            for request in requests:
                writer.write(framed(request))
                answers.append(await _frame(reader))
            return answers
        finally:
            writer.close()

    async def _accept(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            host_reader, host_writer = await asyncio.open_connection(
                "127.0.0.1", self._host_port, ssl=self._to_host, server_hostname="pos-host"
            )
            try:
                await self._serve(reader, writer, host_reader, host_writer)
            finally:
                host_writer.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _serve(self, reader, writer, host_reader, host_writer):
        while request := await _frame(reader):
            host_writer.write(framed(request))
            answer = await _frame(host_reader)
            self.seen.append((request, answer))
            if not await self._answer(writer, request, answer):
                return

    async def _answer(self, writer, request, answer):
        """Writes the answer, or what stands in its place; False when the connection is to end."""
        if self._way is None or request[MTI_AT : MTI_AT + 2] != self._mti:
            writer.write(framed(answer))
            return bool(answer)
        way = self._way
        self._times -= 1
        if not self._times:
            self.heal()
        for part in way(self, answer):
            if part is HANG_UP:
                return False
            if part is SILENCE:
                await asyncio.sleep(3600)
            elif isinstance(part, float):
                await asyncio.sleep(part / self.pace)
            else:
                writer.write(part)
                await writer.drain()
        return True

    def mangled(self, name, answer):
        return self._mangler.mangle(name, answer)

    def resigned(self, answer, mti=None, without=(), **fields):
        """The answer with other fields (f3="200000"), rightly signed under the terminal's key."""
        envelope = framing.unwrap(answer)
        was, found = wire.decode(envelope.message)
        terminal = found[41]
        found.update({int(name[1:]): value for name, value in fields.items()})
        found = {number: value for number, value in found.items() if number not in without}
        data = wire.encode(Message(mti or was, found), self._mangler._key(terminal).sign)
        return answer[: framing.ENVELOPE_BYTES] + data


class _KeysOf:
    """What Mangler needs of a host: its keys, which are in its database."""

    def __init__(self, state):
        self.keystore = state.keystore()
        self._engine = state.database().engine

    def execute(self, query, **values):
        with self._engine.connect() as connection:
            return connection.execute(text(query), values).mappings().all()


async def _frame(reader):
    """The next body, b"" at the end."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            length = await reader.readexactly(LENGTH_BYTES)
            return await reader.readexactly(int.from_bytes(length, "big"))
    except (asyncio.IncompleteReadError, TimeoutError):
        return b""


# What is written in place of the answer (a body): bytes as they go out, pauses in the terminal's seconds (float).


def _of_length(said, given=None):
    """The answer behind another length."""

    def way(_middle, answer):
        size = len(answer) + said if -100 < said < 100 else said
        body = answer if given is None else os.urandom(given)
        return [(size % 65536).to_bytes(LENGTH_BYTES, "big") + body, SILENCE]

    return way


def _short(length):
    def way(_middle, _answer):
        return [length.to_bytes(LENGTH_BYTES, "big") + os.urandom(length), SILENCE]

    return way


def _mangled(name):
    def way(middle, answer):
        return [framed(middle.mangled(name, answer)), SILENCE]

    return way


def _resigned(**changes):
    def way(middle, answer):
        return [framed(middle.resigned(answer, **changes)), SILENCE]

    return way


_WAYS = {
    "silence": lambda _middle, _answer: [SILENCE],
    "hangs up": lambda _middle, _answer: [HANG_UP],
    "garbage in a frame": lambda _middle, answer: [framed(os.urandom(len(answer))), SILENCE],
    "60 and garbage": lambda _middle, answer: [framed(answer[:11] + os.urandom(len(answer) - 11)), SILENCE],
    "garbage": lambda _middle, answer: [b"\xa5" + os.urandom(len(answer)), SILENCE],
    "HTTP": lambda _middle, _answer: [b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", SILENCE],
    "length 0": _short(0),
    "length 1": _short(1),
    "length 11": _short(11),
    "a byte over the longest": _of_length(FRAME_BYTES_MAX + 1, FRAME_BYTES_MAX + 1),
    "65 535 bytes": _of_length(65535, 65535),
    "longest, of garbage": _of_length(FRAME_BYTES_MAX, FRAME_BYTES_MAX),
    "length too long": _of_length(5),
    "length too short": _of_length(-5),
    "half an answer": lambda _middle, answer: [framed(answer)[: len(answer) // 2], SILENCE],
    "half an answer, then the end": lambda _middle, answer: [framed(answer)[: len(answer) // 2], HANG_UP],
    "a byte a second": lambda _middle, answer: [
        part for at in range(len(answer) + 2) for part in (framed(answer)[at : at + 1], 1.0)
    ],
    "a byte a record": lambda _middle, answer: [bytes([byte]) for byte in framed(answer)],
    "twice": lambda _middle, answer: [framed(answer) * 2],
    "twice, a moment later": lambda _middle, answer: [framed(answer), 0.1, framed(answer)],
    "wrong MAC": _mangled("wrong_mac"),
    "no MAC": _mangled("no_mac"),
    "another trace number": _mangled("other_trace"),
    "another amount": _mangled("other_amount"),
    "the answer to a reversal": _resigned(mti="0410"),
    "the answer to a void": _resigned(f3="200000", f60="22000001000"),
    "of another batch": _resigned(f60="22000009000"),
    "of another type": _resigned(f60="20000001000"),
    "of another terminal, with our seal": _resigned(f41="10000002"),
    "of another merchant, with our seal": _resigned(f42="100000000000002"),
    "no response code": _resigned(without=(39,)),
    "the recorded answer": lambda middle, _answer: [framed(middle.recorded), SILENCE],
    "the recorded answer, then the true one": lambda middle, answer: [framed(middle.recorded), framed(answer)],
    "seventeen of others": lambda middle, answer: [framed(middle.mangled("other_trace", answer)) * 17, SILENCE],
}
