"""Notices and their webhook: what is sent, signed how, how often it is tried, and what never blocks."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import socket
import subprocess
import sys
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tools.host import notices
from tools.host.clock import epoch_ms
from tools.host.notices import store, webhook
from tools.host.notices.webhook import Courier
from tools.host.security.keystore import KeyStore

ROOT = Path(__file__).parents[2]
KEY = "a key of the merchant"


class Receiver:
    """A merchant's own system: keeps what it is sent, answers what `status` says."""

    def __init__(self):
        self.got, self.status, self.arrived = [], 204, Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((dict(self.headers), body))
                outer.arrived.set()
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("location", "/elsewhere")
                self.end_headers()

            def do_GET(self):
                """What a redirect leads to: all is well there, but it is not the address that was set."""
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_what):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def with_webhook(host, url, key=KEY, merchant=1):
    stored = key and host.keystore.store_webhook_key(key.encode())
    for tag, value in (("83", url), ("84", stored)):
        host.execute("INSERT INTO merchant_parameters VALUES (:m, :t, :v)", m=merchant, t=tag, v=value)


def tell(host, count=1, **data):
    merchant = host.execute("SELECT id FROM merchants")[0]["id"]
    with host.database.transaction() as unit:
        for _ in range(count):
            notices.add(unit, merchant, "service_off", epoch_ms(host.clock.now()), **data)


def rounds(host, count=1, every=timedelta(0)):
    async def go():
        courier = Courier(host.database, host.keystore, host.clock)
        for _ in range(count):
            await courier.round()
            host.clock.moment += every

    asyncio.run(go())


def states(host):
    return [tuple(row.values()) for row in host.execute("SELECT delivery, attempts FROM notices ORDER BY id")]


def test_without_an_address_a_notice_is_on_the_platform_only(host):
    tell(host, service="qr")
    rounds(host)
    assert states(host) == [("none", 0)]


def test_a_notice_arrives_once_signed(host, receiver):
    with_webhook(host, receiver.url)
    tell(host, service="qr", by="merchant")
    rounds(host, 3)
    assert states(host) == [("sent", 1)]
    ((headers, body),) = receiver.got
    content = json.loads(body)
    assert content == {
        "id": 1,
        "kind": "service_off",
        "merchant": "100000000000001",
        "at": "2026-11-22T04:34:56.000+00:00",
        "data": {"service": "qr", "by": "merchant"},
    }
    headers = {name.lower(): value for name, value in headers.items()}
    signed = headers["x-pos-timestamp"].encode() + b"." + body
    expected = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-pos-signature"] == "sha256=" + expected
    assert headers["content-type"].startswith("application/json")


def test_signature_by_a_vector_made_with_openssl():
    """printf '1700000000.{}' | openssl dgst -sha256 -hmac secret"""
    expected = "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    assert webhook.sign(b"{}", b"secret", 1_700_000_000) == expected


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_later_and_then_given_up(host, receiver, status):
    with_webhook(host, receiver.url)
    tell(host)
    receiver.status = status
    rounds(host, 2)
    assert states(host) == [("waiting", 1)]
    assert len(receiver.got) == 1
    waits = (10, 60, 360, 2_160, 12_960)
    for attempt, seconds in enumerate(waits, 2):
        rounds(host, 1, timedelta(seconds=seconds - 1))
        host.clock.moment += timedelta(seconds=1)
        rounds(host)
        state = "failed" if attempt == store.ATTEMPTS_MAX else "waiting"
        assert states(host) == [(state, attempt)]
    host.clock.moment += timedelta(days=30)
    rounds(host)
    assert len(receiver.got) == store.ATTEMPTS_MAX


def test_it_arrives_when_the_other_side_is_back(host, receiver):
    with_webhook(host, receiver.url)
    tell(host)
    receiver.status = 503
    rounds(host)
    receiver.status = 200
    host.clock.moment += timedelta(seconds=10)
    rounds(host)
    assert states(host) == [("sent", 2)]


BAD_URLS = ["http://127.0.0.1:9/none", "http://", "gopher://x/", "http://[bad", "x" * 200]
BAD_URLS += ["http://127.0.0.1:99999/", "http://xn--a/"]  # these fail with errors that are not the HTTP client's own


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_that_does_not_work_fails_quietly(host, url):
    with_webhook(host, url)
    tell(host)
    rounds(host)
    assert states(host) == [("waiting", 1)]


def second_merchant(host, url):
    """Another merchant with an address; its row's number."""
    host.execute(
        "INSERT INTO merchants (number, name, account_id) SELECT '100000000000002', name, account_id FROM merchants"
    )
    merchant = host.execute("SELECT id FROM merchants WHERE number = '100000000000002'")[0]["id"]
    with_webhook(host, url, merchant=merchant)
    return merchant


def test_an_address_that_does_not_work_holds_up_nobody_elses(host, receiver):
    """The other merchant is told once, though there is more for the dead address than is taken at a time."""
    with_webhook(host, "http://127.0.0.1:99999/")
    tell(host, store.TAKEN_MAX + 5)
    other = second_merchant(host, receiver.url)
    with host.database.transaction() as unit:
        notices.add(unit, other, "service_off", epoch_ms(host.clock.now()))
    rounds(host)
    assert states(host)[-1] == ("sent", 1)
    assert states(host)[: store.TAKEN_MAX - 1] == [("waiting", 1)] * (store.TAKEN_MAX - 1)
    rounds(host, 3)
    assert len(receiver.got) == 1


def test_an_answer_that_never_ends_is_not_waited_for(host, monkeypatch):
    """A byte now and then keeps each single read short, but not the answer."""
    monkeypatch.setattr(webhook, "ANSWER_TIMEOUT_S", 0.3)
    stop = Event()

    def drip(listening):
        connection, _ = listening.accept()
        with connection:
            while not stop.wait(0.05):
                with contextlib.suppress(OSError):
                    connection.sendall(b"H")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip, args=(listening,))
        thread.start()
        with_webhook(host, f"http://127.0.0.1:{listening.getsockname()[1]}/")
        tell(host)
        begun = time.monotonic()
        try:
            rounds(host)
        finally:
            stop.set()
            thread.join()
    assert time.monotonic() - begun < 5
    assert states(host) == [("waiting", 1)]


def test_without_a_key_nothing_is_sent(host, receiver):
    with_webhook(host, receiver.url, key="")
    tell(host)
    rounds(host)
    assert receiver.got == []
    assert states(host) == [("waiting", 1)]


def test_with_another_hosts_key_nothing_is_sent(host, receiver):
    """The database was copied without its storage key, or somebody wrote a key into it in clear."""
    with_webhook(host, receiver.url, key="")
    blocks = [KeyStore(bytes(32)).store_webhook_key(KEY.encode()), KEY, "D" * 144, "ü"]
    for block in blocks:
        host.execute("UPDATE merchant_parameters SET value = :b WHERE tag = '84'", b=block)
        host.execute("DELETE FROM notices")
        tell(host)
        rounds(host)
        assert (receiver.got, states(host)) == ([], [("waiting", 1)]), block


def test_the_queue_has_an_end(host, receiver, monkeypatch):
    monkeypatch.setattr(store, "WAITING_MAX", 3)
    with_webhook(host, receiver.url)
    tell(host, 5)
    assert [state for state, _ in states(host)] == ["waiting"] * 3 + ["dropped"] * 2
    rounds(host)
    assert len(receiver.got) == 3


def test_the_task_ends_when_it_is_told(host, receiver):
    with_webhook(host, receiver.url)
    tell(host)

    async def go():
        stop = asyncio.Event()
        task = asyncio.create_task(Courier(host.database, host.keystore, host.clock, poll_s=0.01).run(stop))
        async with asyncio.timeout(10):
            while states(host) != [("sent", 1)]:
                await asyncio.sleep(0.01)
            stop.set()
            await task

    asyncio.run(go())


@pytest.mark.slow
def test_serve_tells_what_a_command_changed(tmp_path, receiver):
    """The real processes: one serves, another switches a service off, and the merchant's system is told."""

    def command(*arguments):
        return [sys.executable, "-m", "tools.host", *arguments, "--state", str(tmp_path)]

    subprocess.run(command("init"), cwd=ROOT, check=True, capture_output=True, timeout=60)
    subprocess.run(command("webhook", receiver.url), cwd=ROOT, check=True, capture_output=True, timeout=60)
    serving = command("serve", "--port", "0", "--console-port", "0")
    with subprocess.Popen(serving, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert "host ready" in process.stdout.readline()
            subprocess.run(command("service", "qr", "off"), cwd=ROOT, check=True, capture_output=True, timeout=60)
            assert receiver.arrived.wait(30)
        finally:
            process.terminate()
        assert process.wait(30) == 0
    assert json.loads(receiver.got[0][1])["data"]["service"] == "qr"


def test_a_failing_round_does_not_end_the_task(host, monkeypatch):
    calls = []

    def fail(*_what):
        calls.append(1)
        raise RuntimeError("database gone")

    monkeypatch.setattr(store, "due", fail)

    async def go():
        stop = asyncio.Event()
        task = asyncio.create_task(Courier(host.database, host.keystore, host.clock, poll_s=0.001).run(stop))
        async with asyncio.timeout(10):
            while len(calls) < 3:
                await asyncio.sleep(0.001)
            stop.set()
            await task

    asyncio.run(go())
