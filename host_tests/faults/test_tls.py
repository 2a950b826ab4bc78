"""The terminal's TLS against real servers, on both interpreters: what is refused, in which words, and what was sent."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from certificates import make, pem
from cryptography.hazmat.primitives import serialization

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CLIENT_TIMEOUT_S = 40


def context(folder, name, pair):
    path = folder / f"{name}.pem"
    path.write_bytes(pem(pair))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    return tls


async def echo(reader, writer):
    """Answers each frame with itself."""
    try:
        while True:
            length = await reader.readexactly(2)
            writer.write(length + await reader.readexactly(int.from_bytes(length, "big")))
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


async def echo_once(reader, writer):
    length = await reader.readexactly(2)
    writer.write(length + await reader.readexactly(int.from_bytes(length, "big")))
    await writer.drain()
    writer.close()


async def silent(reader, writer):
    await reader.read(-1)


async def hang_up(reader, writer):
    await reader.readexactly(2)
    writer.close()


async def noise(reader, writer):
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    await reader.read(100)
    writer.close()


async def door_shut(reader, writer):
    writer.transport.abort()


# server, what it does, certificate (None: no TLS), what the terminal says of the first and of a second request
CASES = (
    ("good", echo, "good", "answer", "answer"),
    ("closes when idle", echo_once, "good", "answer", "answer"),
    ("another authority", echo, "stranger", "begin certificate", "begin certificate"),
    ("expired", echo, "expired", "begin certificate", "begin certificate"),
    ("not yet valid", echo, "early", "begin certificate", "begin certificate"),
    ("another name", echo, "other-name", "begin name", "begin name"),
    ("silent", silent, "good", "request timeout sent", "request timeout sent"),
    ("hangs up", hang_up, "good", "request closed sent", "request closed sent"),
    ("no TLS", noise, None, "begin garbage", "begin garbage"),
    ("door shut", door_shut, None, "begin closed", "begin closed"),
)


class Servers:
    """All servers of CASES in a thread of their own; ports in the order of CASES."""

    def __init__(self, folder):
        authority, stranger = make("authority", authority=True), make("stranger", authority=True)
        pairs = {
            "good": make("pos-host", authority),
            "stranger": make("pos-host", stranger),
            "expired": make("pos-host", authority, (-9, -2)),
            "early": make("pos-host", authority, (2, 9)),
            "other-name": make("somebody-else", authority),
        }
        self.contexts = {name: context(folder, name, pair) for name, pair in pairs.items()}
        self.ca = folder / "ca.der"
        self.ca.write_bytes(authority[0].public_bytes(serialization.Encoding.DER))
        self.ports = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.start(), self.loop).result(10)

    async def start(self):
        self.servers = []
        for _name, serve, certificate, _first, _second in CASES:
            tls = self.contexts.get(certificate)
            server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
            self.servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])

    async def finish(self):
        for server in self.servers:
            server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def stop(self):
        asyncio.run_coroutine_threadsafe(self.finish(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    running = Servers(tmp_path_factory.mktemp("tls"))
    yield running
    running.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
def test_servers_of_every_kind(servers, runtime):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    interpreter = sys.executable if runtime == "cpython" else shutil.which("micropython", path=path)
    hosts = [f"127.0.0.1:{port}" for port in [*servers.ports, free_port()]]
    paths = [str(ROOT / "firmware"), str(ROOT), str(HERE.parent)]
    done = subprocess.run(
        [interpreter, str(HERE / "tls_client.py"), *paths, str(servers.ca), *hosts],
        capture_output=True,
        text=True,
        timeout=CLIENT_TIMEOUT_S,
        check=False,
    )
    expected = {name: f"{first} | {second}" for name, _serve, _certificate, first, second in CASES}
    expected["nobody listens"] = "begin refused | begin refused"
    expected["no Wi-Fi"] = "begin wifi"
    assert dict(zip(expected, done.stdout.splitlines(), strict=False)) == expected, done.stdout + done.stderr
