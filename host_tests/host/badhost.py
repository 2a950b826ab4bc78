"""A host that misbehaves: the real switch behind TLS, with its answers mangled on the way out. For fault tests.

    with BadHost(folder) as bad:              # own demonstration data and certificates below `folder`
        content, ca = bad.terminal_json, bad.ca_der
        bad.mode = "wrong_mac"                # from the next answer on; "good" again to heal
        bad.host.balance("6200000000000013")

Modes: good, wrong_mac, other_trace (validly signed, for another trace number), other_amount (likewise), garbage (a
frame of random bytes), unframed (random bytes without a frame), no_mac, late (after `late_s`), silent (never), close.
Money moves as it does behind a good host; only the answer suffers. `kinds` limits it to answers of these message types.
"""

import asyncio
import os
import threading

from host.inprocess import Host

from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.iso.message import Message
from tools.host.server.tls_server import TlsServer, tls_context

MODES = (
    "good",
    "wrong_mac",
    "other_trace",
    "other_amount",
    "garbage",
    "unframed",
    "no_mac",
    "late",
    "silent",
    "close",
)
FINANCIAL = ("0210", "0410")
START_TIMEOUT_S = 10
SILENT_S = 3600


class Mangler:
    """Turns a good answer frame into a bad one; usable without TLS too."""

    def __init__(self, host):
        self._host = host

    def mangle(self, mode, answer):
        """Answer frame -> what to send instead (frame bytes), None for a mode that sends nothing."""
        if mode in ("good", "late"):
            return answer
        if mode == "wrong_mac":
            return answer[:-1] + bytes([answer[-1] ^ 0x01])
        if mode == "garbage":
            return os.urandom(len(answer))
        if mode == "other_trace":
            return self._signed_anew(answer, {11: lambda trace: f"{int(trace) % 999_999 + 1:06d}"})
        if mode == "other_amount":
            return self._signed_anew(answer, {4: lambda amount: f"{int(amount) + 1:012d}"})
        if mode == "no_mac":
            return self._signed_anew(answer, {}, sign=False)
        if mode in ("silent", "close"):
            return None
        raise ValueError(f"no such mode: {mode}")

    def _signed_anew(self, answer, changes, sign=True):
        envelope = framing.unwrap(answer)
        mti, fields = wire.decode(envelope.message)
        for number, change in changes.items():
            if number in fields:
                fields[number] = change(fields[number])
        data = wire.encode(Message(mti, fields), self._key(fields[41]).sign if sign else None)
        return answer[: framing.ENVELOPE_BYTES] + data

    def _key(self, terminal):
        sql = "SELECT COALESCE(mac_key, mac_key_offered) AS block FROM terminals WHERE number = :number"
        return self._host.keystore.mac(self._host.execute(sql, number=terminal)[0]["block"])


class BadHost:
    """A TLS host on a free port of 127.0.0.1, in a thread of its own; a context manager."""

    def __init__(self, folder, mode="good", kinds=FINANCIAL, late_s=1.0, port=0):
        self.host = Host(folder)
        self.mode = mode
        self.kinds = kinds
        self.late_s = late_s
        self.port = port
        self.received = []  # frames from terminals, in order
        self.ca_der = self.host.ca_der
        self._mangler = Mangler(self.host)
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="badhost")

    @property
    def terminal_json(self):
        """terminal.json of the demonstration terminal, with this host's port."""
        return self.host.terminal_json | {"port": self.port}

    def __enter__(self):
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S):
            raise OSError("bad host did not start")
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self.host.close()

    async def _run(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        pki = self.host.state.pki
        server = _Server(self._answer, tls_context(pki / "server.pem", pki / "server.key"))
        self.port = await server.start("127.0.0.1", self.port)
        self._started.set()
        await self._stop.wait()
        await server.stop()

    async def _answer(self, frame):
        self.received.append(frame)
        mode = self.mode
        answer = self.host.handle_now(frame)
        if answer is None or mode == "good" or answer[11:13].hex() not in self.kinds:
            return answer
        if mode == "late":
            await asyncio.sleep(self.late_s)
        if mode == "silent":
            await asyncio.sleep(SILENT_S)
        if mode == "unframed":
            return Unframed(os.urandom(len(answer)))
        return self._mangler.mangle(mode, answer)


class Unframed(bytes):
    """Bytes that go out as they are, without length."""


class _Server(TlsServer):
    """As the product's, but a request that sleeps does not hold up the end."""

    async def stop(self):
        for connection in self._connections:
            connection.busy = False
        await super().stop()

    def frame_out(self, answer):
        return bytes(answer) if isinstance(answer, Unframed) else super().frame_out(answer)
