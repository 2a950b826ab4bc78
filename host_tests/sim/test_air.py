"""The air between terminal and host: every fault, with real TLS."""

import asyncio
import contextlib
import datetime
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.sim.air import Air

pytestmark = pytest.mark.slow
SOON_S = 0.15
LATE_S = 5
HELD_S = 2  # long beside what a busy machine needs to pass a line on


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    """(server, client) contexts of TLS 1.2, as the terminal speaks it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pos-host")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("pos-host")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    client = ssl.create_default_context(cafile=pem)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    return server, client


class Host:
    """An echo server that remembers what it heard."""

    def __init__(self):
        self.heard = []

    async def serve(self, reader, writer):
        with contextlib.suppress(OSError):
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(line.upper())
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def world(server_context):
    host = Host()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=server_context)
    air = await Air(server.sockets[0].getsockname()[1]).start()
    try:
        yield host, air
    finally:
        await air.close()
        server.close()


async def connect(air, context):
    opening = asyncio.open_connection("127.0.0.1", air.port, ssl=context, server_hostname="pos-host")
    return await asyncio.wait_for(opening, LATE_S)


async def ask(stream, line, timeout_s=LATE_S):
    reader, writer = stream
    writer.write(line)
    await writer.drain()
    return await asyncio.wait_for(reader.readline(), timeout_s)


def run(contexts, story):
    async def whole():
        async with world(contexts[0]) as (host, air):
            await asyncio.wait_for(story(host, air, contexts[1]), 20)

    asyncio.run(whole())


def test_nothing_switched_passes_everything(contexts):
    async def story(host, air, client):
        stream = await connect(air, client)
        assert await ask(stream, b"a" * 30000 + b"\n") == b"A" * 30000 + b"\n"
        assert air.connections == 1
        assert air.bytes_up > 30000 and air.bytes_down > 30000
        stream[1].close()
        await asyncio.sleep(0.05)
        assert air.connections == 0
        assert air.faults() == {"wifi": "up", "host": "up", "response": "pass", "delay_ms": 0}

    run(contexts, story)


def test_drop_lets_the_request_through_and_nothing_back(contexts):
    async def story(host, air, client):
        stream = await connect(air, client)
        assert await ask(stream, b"one\n") == b"ONE\n"
        air.set_faults({"response": "drop"})
        with pytest.raises(asyncio.TimeoutError):
            await ask(stream, b"two\n", SOON_S)
        assert host.heard == [b"one\n", b"two\n"]
        air.set_faults({"response": "pass"})
        with pytest.raises(asyncio.TimeoutError):
            await ask(stream, b"three\n", SOON_S)  # this connection is dead for good
        assert host.heard == [b"one\n", b"two\n"]
        assert await ask(await connect(air, client), b"four\n") == b"FOUR\n"
        # While it is switched, one still connects: only application data is lost.
        air.set_faults({"response": "drop"})
        stream = await connect(air, client)
        with pytest.raises(asyncio.TimeoutError):
            await ask(stream, b"five\n", SOON_S)
        assert host.heard[-1] == b"five\n"

    run(contexts, story)


def test_delay_holds_the_answer_only(contexts):
    async def story(host, air, client):
        air.set_faults({"response": "delay", "delay_ms": round(HELD_S * 1000)})
        begin = time.monotonic()
        stream = await connect(air, client)
        assert time.monotonic() - begin < 0.8 * HELD_S
        begin = time.monotonic()
        asking = asyncio.ensure_future(ask(stream, b"slow\n"))
        while not host.heard and not asking.done():
            await asyncio.sleep(0.01)
        assert time.monotonic() - begin < 0.8 * HELD_S
        assert host.heard == [b"slow\n"] and not asking.done()
        assert await asking == b"SLOW\n"
        assert HELD_S - 0.01 < time.monotonic() - begin < HELD_S + 1.7

    run(contexts, story)


def test_wifi_down_is_silence_and_then_goes_on(contexts):
    async def story(host, air, client):
        stream = await connect(air, client)
        air.set_faults({"wifi": "down"})
        with pytest.raises(asyncio.TimeoutError):
            await ask(stream, b"lost?\n", SOON_S)
        assert host.heard == []
        joining = asyncio.ensure_future(connect(air, client))
        await asyncio.sleep(SOON_S)
        assert not joining.done()
        air.set_faults({"wifi": "up"})
        assert await asyncio.wait_for(stream[0].readline(), LATE_S) == b"LOST?\n"
        assert await ask(await joining, b"new\n") == b"NEW\n"

    run(contexts, story)


def test_host_down_refuses_and_resets(contexts):
    async def story(host, air, client):
        stream = await connect(air, client)
        port = air.port
        air.set_faults({"host": "down"})
        with pytest.raises(ConnectionError):
            while await asyncio.wait_for(stream[0].read(100), LATE_S):
                pass
            raise ConnectionResetError  # TLS may tell a reset as an end
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                await connect(air, client)
        air.set_faults({"host": "up"})
        assert air.port == port
        assert await ask(await connect(air, client), b"back\n") == b"BACK\n"

    run(contexts, story)


def test_a_host_that_is_not_there_resets(contexts):
    async def story(host, air, client):
        air.host_port = 1
        with pytest.raises((ConnectionError, ssl.SSLError)):
            await connect(air, client)

    run(contexts, story)


def test_bad_positions_move_nothing(contexts):
    async def story(host, air, client):
        for bad in ({"wifi": "off"}, {"delay_ms": -1}, {"delay_ms": "1"}, {"rain": "yes"}):
            with pytest.raises(ValueError):
                air.set_faults({"response": "drop"} | bad)
        assert air.faults()["response"] == "pass"

    run(contexts, story)
