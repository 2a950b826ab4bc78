"""The TLS server: who may connect, what it bounds, how it ends. One host process serves the whole file."""

import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
from host.client import Client
from host.terminal import Terminal, pack

from tools.host.__main__ import main
from tools.host.initialise import initialise
from tools.host.state import State

pytestmark = pytest.mark.slow  # starts and ends host processes

ROOT = Path(__file__).parents[2]
CARD, RICH = "6200000000000013", "6200000000000047"
READY_TIMEOUT_S = 20
CLOSED_WITHIN_S = 5  # at once, not when the frame times out
CONNECTIONS = 60
LOAD_SALES = 200


class Process:
    """`python -m tools.host serve` on a fresh state folder."""

    def __init__(self, folder):
        self.folder = folder
        self.traces = 0
        initialise(folder, 8583, "demo-password")
        self.start()

    def run(self, command, *arguments):
        """Another command on the same folder, in this process: its exit status."""
        return main([command, *arguments, "--state", str(self.folder)])

    def start(self):
        command = [sys.executable, "-m", "tools.host", "serve", "--state", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--console-port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("host ready: "), line
        self.port = int(line.split(",")[0].rsplit(":", 1)[1])
        self.console = line.split("console on ")[1].strip()

    def client(self, **options):
        return Client(self.port, (self.folder / "pki" / "ca.der").read_bytes(), **options)

    def terminal(self, client):
        made = Terminal.of_file(client.send, self.folder / "terminals" / "10000001.json")
        made.trace, self.traces = self.traces, self.traces + 1000
        made.sign_on()
        return made

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=READY_TIMEOUT_S)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    process = Process(tmp_path_factory.mktemp("served") / "state")
    yield process
    assert process.stop(signal.SIGINT) == 0


def test_the_folder_tells_where_the_console_is(server):
    assert server.console == f"http://127.0.0.1:{State(server.folder).console_port}/"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", ["pos-host", "localhost", "127.0.0.1"])
def test_the_certificate_names_the_host(server, name, version):
    with server.client(name=name, version=version) as client:
        assert client.socket.version() == version.name.replace("_", ".")


def test_another_name_another_authority_and_old_tls_are_refused(server, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError):
        server.client(name="example.com")
    with warnings.catch_warnings(), pytest.raises(ssl.SSLError):
        warnings.simplefilter("ignore")  # asking for TLS 1.1 is the point
        server.client(version=ssl.TLSVersion.TLSv1_1)
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from tools.host import pki
    from tools.host.clock import SystemClock

    pki.ensure(tmp_path, SystemClock().now())
    other = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes()).public_bytes(Encoding.DER)
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(server.port, other)


def test_many_connections_and_a_terminal_that_answers_on_each(server):
    clients = [server.client() for _ in range(CONNECTIONS)]
    terminal = server.terminal(clients[0])
    for client in clients:
        terminal.send = client.send
        assert terminal.manage("0820", "301")[39] == "00"
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "data", [b"\x00\x00", b"\x04\x01", b"\xff\xff" + bytes(64), b"\x00\x14" + bytes(20), b"GET / HTTP/1.1\r\n\r\n"]
)
def test_bad_lengths_close_the_connection_and_nothing_else(server, data):
    with server.client() as other, server.client() as client:
        client.socket.settimeout(CLOSED_WITHIN_S)
        client.socket.sendall(data)
        assert client.read() is None
        assert server.terminal(other).manage("0820", "301")[39] == "00"


def test_plain_text_and_half_a_frame(server):
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        plain.sendall(b"hello\n" * 10)
    with server.client() as client:
        client.socket.sendall(b"\x00\x80half")
    with server.client() as client:
        assert server.terminal(client).manage("0820", "301")[39] == "00"


def test_a_frame_in_many_small_pieces_and_two_in_one(server):
    with server.client() as client:
        terminal = server.terminal(client)
        frames = []
        terminal.send = lambda frame: frames.append(frame) or exit_after(frames, 2)
        for _ in range(2):
            with pytest.raises(EOFError):
                terminal.manage("0820", "301")
        data = b"".join(len(frame).to_bytes(2, "big") + frame for frame in frames)
        for at in range(0, len(data) - 40, 7):
            client.socket.sendall(data[at : at + 7])
        client.socket.sendall(data[len(range(0, len(data) - 40, 7)) * 7 :])
        assert [terminal.read(client.read(), "0820")[39] for _ in range(2)] == ["00", "00"]


def exit_after(_frames, _count):
    raise EOFError


def test_an_answer_that_was_given_survives_a_kill(server, capsys):
    with server.client() as client:
        terminal = server.terminal(client)
        sale = terminal.sale_fields(CARD, 1234)
        answers = [terminal.exchange("0200", sale)]
        server.stop(signal.SIGKILL)
    server.start()
    with server.client() as client:
        terminal.send = client.send
        answers.append(terminal.exchange("0200", sale))
        assert answers[0] == answers[1]
        assert terminal.reverse(sale)[39] == "00"
    capsys.readouterr()
    assert server.run("account", CARD) == 0
    assert "balance 1 000.00" in capsys.readouterr().out
    assert server.run("check") == 0


def test_a_signal_ends_it_cleanly_with_connections_open(server):
    with server.client() as idle, server.client() as client:
        server.terminal(client)
        assert server.stop(signal.SIGTERM) == 0
        assert idle.read() is None
    assert not list(server.folder.glob("host.db-wal"))
    server.start()


def test_a_port_in_use_is_said(server, capsys):
    console = server.console.rstrip("/").rsplit(":", 1)[1]
    for ports in ((str(server.port), "0"), ("0", console)):
        assert server.run("serve", "--port", ports[0], "--console-port", ports[1]) == 1
        assert "error: " in capsys.readouterr().err
    assert not [thread for thread in threading.enumerate() if thread.name == "switch"]


def test_sales_in_a_row_over_tls(server, capsys):
    with server.client() as client:
        terminal = server.terminal(client)
        begun = time.perf_counter()
        for _ in range(LOAD_SALES):
            assert terminal.sale(RICH, 1)[39] == "00"
        rate = LOAD_SALES / (time.perf_counter() - begun)
    with capsys.disabled():
        print(f"\n[{LOAD_SALES} sales in a row over TLS: {rate:.0f} a second]", end="")
    assert server.run("check") == 0


def test_sales_side_by_side_share_commits(server):
    terminal = server.terminal(server.client())
    frames = [pack("0200", terminal.sale_fields(RICH, 1), terminal.key) for _ in range(20)]
    answers = []

    def one(frame):
        with server.client() as client:
            answers.append(client.send(frame))

    threads = [threading.Thread(target=one, args=(frame,)) for frame in frames]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({terminal.read(answer, "0200")[37] for answer in answers}) == len(frames)
