"""What one address, one connection or a crowd may take of the terminals' port, over real TLS."""

import asyncio
import resource
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import pytest
from host.inprocess import Host
from host.terminal import Terminal
from host.test_server import RICH, Process

from tools.host import pki
from tools.host.clock import SystemClock
from tools.host.server import tls_server
from tools.host.server.limits import Limits, Pace
from tools.host.server.tls_server import TlsServer, tls_context
from tools.host.switch.switch import Switch

pytestmark = pytest.mark.slow  # real sockets, real seconds

FRAME = bytes(30)
OTHER_ADDRESS = "127.0.0.2"
CROWD = 2_000
CROWD_ADDRESSES = 8
BYTES_A_CONNECTION_MAX = 96 * 1024  # OpenSSL's own and asyncio's; 281 KiB with asyncio's usual buffer
SERVED_WITHIN_S = 2
FILES_NEEDED = CROWD + 500


class Served:
    """A TlsServer that gives each frame back, in a thread of its own."""

    def __init__(self, folder, limits):
        pki.ensure(folder, SystemClock().now())
        self._server_files = folder / "server.pem", folder / "server.key"
        self._limits = limits
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self.ca = (folder / "ca.pem").read_text()

    async def _run(self):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = TlsServer(self._answer, tls_context(*self._server_files), self._limits)
        self.port = await server.start("127.0.0.1", 0)
        self._started.set()
        await self._stop.wait()
        await server.stop()

    async def _answer(self, frame):
        return frame

    def start(self):
        self._thread.start()
        assert self._started.wait(5)

    def stop(self):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def plain(self, address="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5, source_address=(address, 0))

    def tls(self, address="127.0.0.1"):
        return client_context(self.ca).wrap_socket(self.plain(address), server_hostname="pos-host")


@pytest.fixture
def served(tmp_path, monkeypatch):
    made = []

    def start(limits=None, **constants):
        for name, value in constants.items():
            monkeypatch.setattr(tls_server, name, value)
        made.append(Served(tmp_path, limits or Limits()))
        made[0].start()
        return made[0]

    yield start
    made[0].stop()


def client_context(ca):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ca)
    return context


def asked(connection):
    connection.sendall(len(FRAME).to_bytes(2, "big") + FRAME)
    return connection.recv(2 + len(FRAME))[2:] == FRAME


def closed(connection):
    """Whether the host has closed it, within the socket's time limit."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def comes_in(connect):
    try:
        with connect() as connection:
            return asked(connection)
    except (ConnectionError, ssl.SSLError):
        return False


def test_an_address_has_so_many_connections_and_no_other_suffers(served):
    host = served(Limits(connections_per_address=3))
    inside = [host.tls() for _ in range(3)]
    assert not comes_in(host.tls)
    assert all(asked(connection) for connection in inside)
    with host.tls(OTHER_ADDRESS) as other:
        assert asked(other)
    inside.pop().close()
    deadline = time.monotonic() + 5
    while not comes_in(host.tls):  # until the host has seen it
        assert time.monotonic() < deadline
    for connection in inside:
        connection.close()


def test_who_only_knocks_is_counted_too_and_leaves_room_for_no_more(served):
    host = served(Limits(connections=4), HANDSHAKE_TIMEOUT_S=1)
    knocking = [host.plain() for _ in range(4)]
    assert not comes_in(lambda: host.tls(OTHER_ADDRESS))
    assert all(closed(connection) for connection in knocking)  # who does not go on is sent away
    with host.tls(OTHER_ADDRESS) as other:
        assert asked(other)


def test_slow_handshakes_of_one_address_wait_for_one_another(served):
    host = served(Limits(handshakes_per_address=2), HANDSHAKE_TIMEOUT_S=1)
    slow = [host.plain() for _ in range(2)]
    begun = time.monotonic()
    with host.tls(OTHER_ADDRESS) as other:
        assert asked(other)
    assert time.monotonic() - begun < 0.9, "another address waits for nobody"
    with host.tls() as third:
        assert asked(third)
    assert time.monotonic() - begun >= 0.9, "the same address waits until a slow one is sent away"
    assert all(closed(connection) for connection in slow)


def test_a_handshake_that_gets_no_turn_is_given_up(served):
    host = served(Limits(handshakes_per_address=1), HANDSHAKE_TIMEOUT_S=3, TURN_TIMEOUT_S=0.3)
    first, second = host.plain(), host.plain()
    begun = time.monotonic()
    assert closed(second)
    assert time.monotonic() - begun < 2
    first.close()


@pytest.mark.parametrize("bytes_sent", [b"", b"\x00", b"\x00\x1e" + bytes(29)])
def test_who_says_nothing_or_half_a_frame_is_sent_away(served, bytes_sent):
    host = served(FIRST_TIMEOUT_S=0.3, FRAME_TIMEOUT_S=0.3)
    with host.tls() as connection:
        connection.sendall(bytes_sent)
        assert closed(connection)


def test_one_byte_at_a_time_does_not_stretch_the_time_of_a_frame(served):
    host = served(FRAME_TIMEOUT_S=0.5)
    with host.tls() as connection:
        connection.settimeout(0.1)
        begun = time.monotonic()
        gone = False
        while not gone and time.monotonic() - begun < 3:
            try:
                connection.sendall(b"\x00\x1e"[:1] if time.monotonic() - begun < 0.05 else b"\x1e")
                gone = connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                gone = True
        assert gone


def test_between_two_requests_a_terminal_may_be_silent_longer_than_before_the_first(served):
    host = served(FIRST_TIMEOUT_S=0.3, IDLE_TIMEOUT_S=3)
    with host.tls() as connection:
        assert asked(connection)
        time.sleep(0.6)
        assert asked(connection)


def test_too_fast_a_connection_is_slowed_and_no_other(served):
    host = served(Limits(messages_per_s=20, messages_at_once=5))
    with host.tls() as fast, host.tls() as other:
        begun = time.monotonic()
        for _ in range(15):
            assert asked(fast)
        slow_s = time.monotonic() - begun
        begun = time.monotonic()
        assert asked(other)
        assert time.monotonic() - begun < 0.4
    # The pause of the last one comes after its answer.
    assert slow_s >= 9 / 20


def test_the_pace_lets_a_burst_through_then_so_many_a_second():
    pace = Pace(Limits(messages_per_s=10, messages_at_once=3))
    assert [pace.take(100.0) for _ in range(4)] == [0, 0, 0, pytest.approx(0.1)]
    pace.give_back()
    assert pace.take(101.0) == 0
    assert [pace.take(1_000.0) for _ in range(4)] == [0, 0, 0, pytest.approx(0.1)], "rest gives no more than a burst"
    assert pace.take(999.0) == pytest.approx(0.2), "a clock that goes back gives nothing"
    unlimited = Pace(Limits(messages_per_s=0))
    assert not any(unlimited.take(0) for _ in range(1_000))


def test_a_terminal_that_sends_too_much_is_told_later_and_no_other_suffers(tmp_path):
    host = Host(tmp_path)
    host.switch = Switch(
        host.database, host.keystore, host.clock, lambda: Pace(Limits(messages_per_s=1, messages_at_once=4))
    )
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    fields = [terminal.sale_fields(RICH, 100 + at) for at in range(6)]
    codes = [terminal.exchange("0200", sale)[39] for sale in fields]
    assert codes[:3] == ["00"] * 3 and codes[4:] == ["96"] * 2
    stranger = Terminal(host.handle_now, host.terminal_json)
    stranger.key = None
    for _ in range(10):  # who cannot sign uses up nobody's share
        stranger.manage("0820", "301")
    time.sleep(1.1)
    assert terminal.exchange("0200", fields[-1])[39] == "00", "nothing was kept of it, so it comes again"
    host.close()


def test_two_thousand_open_connections_take_bounded_memory_and_a_terminal_is_served(tmp_path):
    with files(FILES_NEEDED):
        host = Process(tmp_path / "state")
        crowd = []
        try:
            context = client_context((host.folder / "pki" / "ca.pem").read_text())
            before = resident_bytes(host.process.pid)
            for at in range(CROWD):
                plain = socket.create_connection(
                    ("127.0.0.1", host.port), timeout=10, source_address=(f"127.0.1.{at % CROWD_ADDRESSES + 1}", 0)
                )
                crowd.append(context.wrap_socket(plain, server_hostname="pos-host"))
            each = (resident_bytes(host.process.pid) - before) / CROWD
            with host.client() as client:
                begun = time.monotonic()
                terminal = host.terminal(client)
                assert terminal.sale("6200000000000013", 1)[39] == "00"
                assert time.monotonic() - begun < SERVED_WITHIN_S
            print(f"\n[{CROWD} open connections: {each / 1024:.0f} KiB each]", end="")
            assert each < BYTES_A_CONNECTION_MAX
        finally:
            for connection in crowd:
                connection.close()
            assert host.stop() == 0


@contextmanager
def files(count):
    """This process may open so many files; what it starts may too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count)), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
