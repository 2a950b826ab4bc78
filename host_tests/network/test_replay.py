"""What was recorded comes once more: bytes of TLS, requests and answers behind it, of another terminal or day."""

import asyncio
import json

import pytest
from network.stand import CARD, Stand, TillProcess
from network.test_middle import WAITED_MS, agree, hurry, sell, stand_with
from network.wire import DOWN, UP, Proxy
from sqlalchemy import text

from tools.host import demo
from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.state import State

pytestmark = pytest.mark.slow

PACE = 40
ROWS = text("SELECT COUNT(*) AS n FROM transactions")
ENTRIES = text("SELECT COUNT(*) AS n FROM entries")


def books(stand):
    """(transactions, entries, balance of the card)."""
    return stand._one(ROWS)["n"], stand._one(ENTRIES)["n"], stand.balance_minor()


def code_of(answer):
    return wire.decode(framing.unwrap(answer).message)[1][39]


async def raw(port, data, read_s=0.5):
    """What a server says to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        async with asyncio.timeout(read_s):
            return await reader.read(65536)
    except (TimeoutError, OSError):
        return b""
    finally:
        writer.transport.abort()


def test_recorded_bytes_of_tls(tmp_path):
    async def scenario():
        stand = await Stand(tmp_path / "stand").start()
        proxy = await Proxy(stand.host.port).start()
        try:
            await stand.order("line", host="127.0.0.1", port=proxy.port)
            await stand.order("sign_on")
            await stand.order("hang_up")
            assert (await sell(stand))["result"] == "approved"
            day = dict(proxy.recorded)
            before = books(stand)
            await raw(stand.host.port, day[UP])  # the whole connection once more
            assert books(stand) == before

            opened = dict(proxy.passed)
            assert (await sell(stand, 200))["result"] == "approved"
            before = books(stand)
            await proxy.inject(UP, proxy.recorded[UP][opened[UP] :])  # the request's records once more
            await asyncio.sleep(0.5)
            assert books(stand) == before
            assert (await sell(stand, 300))["result"] in ("approved", "reversed")
            await stand.heal()

            await stand.order("hang_up")
            await sell(stand)
            opened = dict(proxy.passed)
            await sell(stand, 400)
            await proxy.inject(DOWN, proxy.recorded[DOWN][opened[DOWN] :])  # and the answer's
            assert (await sell(stand, 400))["result"] in ("approved", "reversed")
            await stand.heal()
            stand.audit_all()

            told = await _at_a_server_of_records(stand, day[DOWN])
            assert told["result"] == "not_sent", told
            await stand.order("line", host="127.0.0.1", port=stand.host.port)
            assert (await sell(stand))["result"] == "approved"
            stand.audit_all()
        finally:
            await proxy.close()
            await stand.close()

    asyncio.run(scenario())


async def _at_a_server_of_records(stand, data):
    """A sale where somebody plays the host's part of another day's connection."""

    async def play(reader, writer):
        await reader.read(1)
        writer.write(data)
        await writer.drain()
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(play, "127.0.0.1", 0)
    await stand.order("line", host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    told = await sell(stand)
    server.close()
    return told


def test_recorded_requests_move_nothing_twice(tmp_path):
    async def scenario():
        async with stand_with(tmp_path) as (stand, middle):
            sign_on = middle.seen[0][0]
            sale = (await sell(stand, 100))["tx"]
            await sell(stand, 101)
            await stand.order("trade", kind="void", amount_minor=101, card=CARD)
            await stand.order("trade", kind="refund", amount_minor=50, card=CARD, again=sale)
            middle.spoil("hangs up")
            await sell(stand, 102)  # is reversed
            await stand.order("settle")
            recorded = [request for request, _ in middle.seen if request[11:13] != b"\x08\x00"]
            first = [answer for request, answer in middle.seen if request[11:13] != b"\x08\x00"]
            before = books(stand)
            again = await middle.ask_host(*recorded)
            assert books(stand) == before
            told = [(code_of(was), code_of(now)) for was, now in zip(first, again, strict=True)]
            # The first answers once more; the reversed sale is no longer what it was; the batch is closed.
            assert all(now in (was, "68", "77", "12", "25") for was, now in told), told
            assert sum(was == now == "00" for was, now in told) >= 4, told

            await middle.ask_host(sign_on)  # nobody signs a sign-on: the host offers a key that nobody asked for
            assert (await sell(stand, 103))["result"] in ("approved", "reversed"), stand.last
            await stand.heal()
            await stand.order("sign_on")
            await sell(stand, 104)  # the host believes in a key that was used
            before = books(stand)
            again = await middle.ask_host(*recorded)
            assert books(stand) == before
            assert {code_of(now) for now in again} == {"A0"}, "the old key is dead"
            await agree(stand, middle)
            stand.audit_all()

    asyncio.run(scenario())


def test_answer_of_another_day_under_the_same_number(tmp_path):
    """The counter has come round, nobody has signed on since: type, number, amount and key are those of the record."""

    async def scenario():
        async with stand_with(tmp_path) as (stand, middle):
            told = await sell(stand)
            middle.recorded = middle.seen[-1][1]
            await stand.order("settle")
            await stand.order("trace", trace=500_000)
            await stand.order("trace", trace=999_999)
            while (await sell(stand))["tx"]["trace"] != told["tx"]["trace"] - 1:
                assert stand.last["trace"] < 10
            middle.spoil("the recorded answer")
            await hurry(stand, middle, PACE)
            again = await sell(stand)
            assert again["tx"]["trace"] == told["tx"]["trace"]
            assert (again["result"], again["cause"]) == ("reversed", "timeout"), again
            assert again["took_ms"] <= WAITED_MS
            await hurry(stand, middle, 1)
            await agree(stand, middle)

    asyncio.run(scenario())


def test_answer_of_an_earlier_key(tmp_path):
    async def scenario():
        async with stand_with(tmp_path) as (stand, middle):
            await sell(stand)
            middle.recorded = middle.seen[-1][1]
            number = stand.last["trace"]
            await stand.order("settle")
            for trace in (500_000, 999_999):
                await stand.order("trace", trace=trace)
            await stand.order("sign_on")
            while (await sell(stand))["tx"]["trace"] != number - 1:
                assert stand.last["trace"] < 10
            # As it was, but of this batch: only the seal is of another key.
            envelope = framing.unwrap(middle.recorded)
            mti, fields = wire.decode(envelope.message)
            fields[60] = fields[60][:2] + f"{stand.last['batch']:06d}" + fields[60][8:]
            seal = middle.recorded[-8:]
            data = wire.encode(wire.Message(mti, fields), lambda _data: seal)
            middle.recorded = middle.recorded[: framing.ENVELOPE_BYTES] + data
            middle.spoil("the recorded answer")
            told = await sell(stand)
            assert (told["result"], told["cause"]) == ("reversed", "mac"), told
            await agree(stand, middle)

    asyncio.run(scenario())


def second_terminal(stand):
    """The identity of another terminal of the same merchant."""
    state = State(stand.state)
    key = bytes(range(16))
    database = state.database()
    with database.transaction() as unit:
        merchant = unit.one(demo._MERCHANT_EXISTS, v_number=demo.MERCHANT)["id"]
        stored = state.keystore().store_master(key)
        unit.run(demo._TERMINAL, v_number="10000002", v_merchant_id=merchant, v_master_key=stored)
    database.close()
    return {"merchant": demo.MERCHANT, "terminal": "10000002", "master_key": key.hex()}


def test_good_answer_to_another_terminal(tmp_path):
    async def scenario():
        async with stand_with(tmp_path) as (stand, middle):
            other = await TillProcess().start()
            try:
                await other.order(
                    "start",
                    folder=str(tmp_path / "journal-10000002"),
                    identity=second_terminal(stand),
                    ca=str(stand.ca),
                    host="127.0.0.1",
                    port=middle.port,
                )
                for order in ("sign_on", "fetch_parameters"):
                    assert (await other.order(order))["result"] == "approved"
                told = await other.order("trade", kind="sale", amount_minor=100, card=CARD)
                assert told["result"] == "approved", json.dumps(told)
            finally:
                await other.stop()
            middle.recorded = middle.seen[-1][1]
            stand._start_minor -= 100  # sold there
            assert stand.last["trace"] + 1 == told["tx"]["trace"], "the same number, the same amount"
            middle.spoil("the recorded answer")
            await hurry(stand, middle, PACE)
            assert (await sell(stand))["result"] == "reversed"
            await hurry(stand, middle, 1)
            middle.heal()
            await stand.heal()
            assert stand.balance_minor() == stand.expected_minor()
            stand.audit_all()

    asyncio.run(scenario())
