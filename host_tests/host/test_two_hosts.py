"""Two hosts on one PostgreSQL database, asked at the same time: what one decides, the other has not decided too."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from host.conftest import NOON
from host.inprocess import POSTGRESQL, FixedClock, Host
from host.pair import Second, together
from host.terminal import Terminal, pack, second_terminal

from tools.host import sweep
from tools.host.clock import epoch_ms
from tools.host.ledger import book, holds
from tools.host.notices import store as notices
from tools.host.server.worker import Worker
from tools.host.wallet import codes

CARD, POOR, RICH = "6200000000000013", "6200000000000021", "6200000000000047"


@pytest.fixture
def host(tmp_path):
    made = Host(tmp_path, FixedClock(NOON), POSTGRESQL)
    yield made
    made.close()


@pytest.fixture
def second(host):
    made = Second(host)
    yield made
    made.database.close()


async def at_once(switches, frames):
    """The frames, each to one host after the other; their answers."""
    workers = [Worker(switch) for switch in switches]
    for worker in workers:
        worker.start()
    try:
        return await asyncio.gather(*[workers[n % len(workers)].answer(frame) for n, frame in enumerate(frames)])
    finally:
        for worker in workers:
            await asyncio.to_thread(worker.stop)


def codes_of(terminal, answers, mti="0200"):
    return [terminal.read(answer, mti)[39] for answer in answers]


@pytest.fixture
def pair(host, second):
    """(terminal, send): `send` takes frames to both hosts at the same time, and gives the answers."""
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    return terminal, lambda frames: asyncio.run(at_once((host.switch, second.switch), frames))


def test_the_same_sale_at_both_hosts_moves_money_once(host, pair):
    terminal, send = pair
    sale = pack("0200", terminal.sale_fields(CARD, 1234), terminal.key)
    assert codes_of(terminal, send([sale] * 40)) == ["00"] * 40
    assert host.balance(CARD) == 98_766
    assert host.execute("SELECT COUNT(*) AS n FROM transactions") == [{"n": 1}]
    assert host.check().balanced


def test_a_sale_and_its_reversal_at_both_hosts_leave_nothing(host, pair):
    terminal, send = pair
    for _ in range(10):
        fields = terminal.sale_fields(CARD, 1234)
        sale = pack("0200", fields, terminal.key)
        reversal = pack("0400", terminal.reversal_fields(fields), terminal.key)
        send([sale, reversal, reversal, sale])
        assert host.balance(CARD) == 100_000
    assert host.check().balanced


def test_the_last_money_is_spent_once_at_both_hosts(host, pair):
    """Of two merchants, so that nothing but the card's own row keeps them apart."""
    terminal, send = pair
    other = at_another_merchant(host)
    frames = []
    for _ in range(15):
        frames += [pack("0200", one.sale_fields(POOR, 60), one.key) for one in (terminal, other)]
    answers = send([frames[n] for n in range(30)])
    found = codes_of(terminal, answers[0::2]) + codes_of(other, answers[1::2])
    assert (found.count("00"), found.count("51")) == (1, 29)
    assert host.balance(POOR) == 40
    assert host.check().balanced


def at_another_merchant(host):
    """A terminal of a second merchant, signed on."""
    with host.database.transaction() as unit:
        account = book.open_account(unit, "8100000000000002", "merchant", 0)
    host.execute("INSERT INTO merchants (number, name, account_id) VALUES ('100000000000002', 'second', :a)", a=account)
    host.execute(
        "INSERT INTO merchant_services (merchant_id, service) SELECT (SELECT MAX(id) FROM merchants), service"
        " FROM merchant_services"
    )
    host.execute(
        "INSERT INTO terminals (number, merchant_id, master_key) SELECT '20000001', (SELECT MAX(id) FROM merchants),"
        " master_key FROM terminals"
    )
    other = Terminal(host.handle_now, host.terminal_json | {"terminal": "20000001", "merchant": "100000000000002"})
    assert other.sign_on()[39] == "00"
    return other


def test_merchants_and_cards_in_any_order_wait_but_never_for_ever(host, pair):
    """Groups of both merchants over the same cards, in both orders; some find their card only later (a void)."""
    terminal, send = pair
    other = at_another_merchant(host)
    made = [one.sale(card, 100) for one in (terminal, other) for card in (CARD, RICH)]
    frames = []
    for n in range(24):
        one, card = (terminal, other)[n % 2], (CARD, RICH)[n // 2 % 2]
        frames.append(pack("0200", one.sale_fields(card, 1), one.key))
    for n, original in enumerate(made):
        one = (terminal, other)[n // 2]
        fields = one.request("void", None, 100, items="010206", original=original)
        frames.append(pack("0200", fields, one.key))
    answers = send(frames)
    assert [answer[: 11 + 2][-2:].hex() for answer in answers] == ["0210"] * len(frames)
    assert (host.balance(CARD), host.balance(RICH)) == (100_000 - 12, 100_000_000 - 12)
    assert host.check().balanced


def test_refunds_at_both_hosts_never_exceed_the_sale(host, pair):
    terminal, send = pair
    other = second_terminal(host)
    sale = terminal.sale(CARD, 1000)
    frames = []
    for one in (terminal, other) * 5:
        frames.append(pack("0220", one.request("refund", CARD, 300, items="010206", original=sale), one.key))
    # Each terminal's frames alternate between the hosts.
    answers = send([*frames[0::2], *frames[1::2]])
    found = codes_of(terminal, answers[:5], "0220") + codes_of(other, answers[5:], "0220")
    assert (found.count("00"), found.count("61")) == (3, 7)
    assert host.balance(CARD) == 99_900
    assert host.check().balanced


def test_a_wallets_code_pays_once_at_both_hosts(host, pair):
    terminal, send = pair
    with host.database.transaction() as unit:
        code = codes.issue(unit, book.find_account(unit, CARD)["id"], epoch_ms(NOON))
    frames = []
    for _ in range(12):
        fields = terminal.sale_fields("", 100, f22="032", f63=f"01 05{len(code)}{code}")
        del fields[2]
        frames.append(pack("0200", fields, terminal.key))
    found = codes_of(terminal, send(frames))
    assert (found.count("00"), found.count("14")) == (1, 11)
    assert host.balance(CARD) == 99_900


def test_an_expired_hold_is_let_go_once_by_two_sweeps(host, second, caplog):
    terminal = Terminal(host.handle_now, host.terminal_json)
    terminal.sign_on()
    for _ in range(5):
        assert terminal.send_kind("preauth", CARD, 100)[39] == "00"
    later = NOON + timedelta(days=90)
    with ThreadPoolExecutor(1) as pool:
        with host.database.transaction() as unit:
            assert holds.sweep(unit, epoch_ms(later)) == 5
            other = pool.submit(sweep.sweep, second.database, later)
            time.sleep(0.3)  # it has read by now what is due, and waits
        assert other.result() == 0
    assert "sweep failed" not in caplog.text
    assert host.execute("SELECT held_minor FROM accounts WHERE number = :n", n=CARD) == [{"held_minor": 0}]
    assert host.check().balanced


def test_an_account_that_is_needed_first_is_opened_once(host, second):
    def lend(unit):
        return book.receivable(unit, 0)

    ids = together(*[lambda d=d: d.run(lend) for d in (host.database, second.database)])
    assert ids[0] == ids[1] and isinstance(ids[0], int)


def test_a_notice_is_taken_by_one_of_two_hosts(host, second):
    host.execute("INSERT INTO merchant_parameters SELECT id, '83', 'http://127.0.0.1:9/' FROM merchants")
    with host.database.transaction() as unit:
        merchant = host.execute("SELECT id FROM merchants")[0]["id"]
        for _ in range(5):
            notices.add(unit, merchant, "service_off", 0)
    found = notices.due(host.database.engine, 1)
    databases_ = (host.database, second.database)
    taken = together(*[lambda d=d: d.run(lambda unit: notices.claim(unit, found, 1)) for d in databases_])
    assert sorted(len(one) for one in taken) in ([0, 5], [1, 4], [2, 3])
    assert notices.due(host.database.engine, 1) == []
    assert len(notices.due(host.database.engine, 1 + notices.CLAIM_MS)) == 5


def test_settlement_and_sale_at_both_hosts(host, pair):
    """The sale is in the batch that is settled, or it is refused: never in a batch that is over."""
    terminal, send = pair
    for _ in range(5):
        batch = terminal.batch
        sums = f"{0:012d}{0:03d}" * 2 + "0"
        fields = {11: terminal.next_trace(), 60: f"00{batch:06d}201", 63: "01 ", 48: sums, 49: "156"}
        assert terminal.exchange("0500", fields | terminal.identity)[39] == "00"
        end = {11: terminal.next_trace(), 60: f"00{batch:06d}202", 63: "01 ", 48: "0000"} | terminal.identity
        sale = terminal.sale_fields(CARD, 100)
        frames = [pack("0320", end, terminal.key), pack("0200", sale, terminal.key)]
        ended, sold = send(frames)
        assert terminal.read(ended, "0320")[39] == "00"
        assert terminal.read(sold, "0200")[39] in ("00", "77")
        terminal.sign_on()
        assert terminal.batch == batch + 1
        here = host.execute(
            "SELECT here_debit_count AS told, (SELECT COUNT(*) FROM transactions t WHERE t.batch = s.batch"
            " AND t.code = '00') AS stored FROM settlements s WHERE batch = :b",
            b=batch,
        )
        assert here[0]["told"] == here[0]["stored"]
    assert host.check().balanced
