"""Random trade from several terminals at once, checked by an auditor who keeps books of his own."""

import asyncio
import random

import pytest
from host.terminal import Terminal, balance_of, pack

from tools.host.server.worker import Worker

CARDS = ["6200000000000013", "6200000000000021", "6200000000000039", "6200000000000047", "6200000000000054"]
OPENING = {CARDS[0]: 100_000, CARDS[1]: 100, CARDS[3]: 100_000_000}
STEPS = 250


class Auditor:
    """Believes only what terminals were told: every approved sale took money, every answered reversal gave it back."""

    def __init__(self):
        self.balances = dict(OPENING)
        self.sales = {}  # (terminal, trace) -> (card, amount, code of the first answer)
        self.reversed = set()

    def sale(self, key, card, amount_minor, answer):
        code = answer[39]
        if key in self.sales:
            first = self.sales[key][2]
            assert code == ("68" if key in self.reversed and first == "00" else first)
        else:
            self.sales[key] = (card, amount_minor, code)
            assert code == self.expected(card, amount_minor)
            if code == "00":
                self.balances[card] -= amount_minor
                assert balance_of(answer[54]) == self.balances[card]

    def expected(self, card, amount_minor):
        if card not in OPENING:
            return "62" if card == CARDS[2] else "14"
        return "00" if amount_minor <= self.balances[card] else "51"

    def reversal(self, key, answer):
        first = key not in self.reversed
        self.reversed.add(key)
        card, amount_minor, code = self.sales.get(key, (None, 0, None))
        if code is None:
            assert answer[39] == "25"
            self.sales[key] = (None, 0, "68")
        elif code == "00":
            assert answer[39] == "00"
            if first:
                self.balances[card] += amount_minor
        else:
            assert answer[39] in ("12", "25")


@pytest.mark.parametrize("seed", range(4))
def test_random_trade(host, seed):
    chance = random.Random(seed)
    auditor = Auditor()
    terminals = several_terminals(host, 3)
    sent = []
    for _ in range(STEPS):
        step = chance.choice(["sale"] * 5 + ["repeat", "repeat", "reversal", "reversal", "early", "sign-on"])
        terminal = chance.choice(terminals)
        if step == "sign-on":
            terminal.sign_on()
        elif step in ("sale", "early") or not sent:
            fields = terminal.sale_fields(chance.choice(CARDS), chance.choice([1, 40, 99, 1234, 60_000]))
            sent.append((terminal, fields))
            act(auditor, *sent[-1], "sale" if step != "early" else "reversal")
        else:
            act(auditor, *chance.choice(sent[-20:]), "sale" if step == "repeat" else "reversal")
    for card, balance_minor in auditor.balances.items():
        assert host.balance(card) == balance_minor
    report = host.check()
    assert report.balanced, report.problems


def act(auditor, terminal, fields, step):
    key = (fields[41], fields[11])
    if step == "sale":
        auditor.sale(key, fields[2], int(fields[4]), terminal.exchange("0200", fields))
    else:
        auditor.reversal(key, terminal.reverse(fields))


def several_terminals(host, count):
    made = []
    for number in range(count):
        name = str(10_000_001 + number)
        host.execute(
            "INSERT INTO terminals (number, merchant_id, master_key) SELECT CAST(:n AS VARCHAR), merchant_id,"
            " master_key FROM terminals WHERE number = '10000001' AND CAST(:n AS VARCHAR) <> '10000001'",
            n=name,
        )
        made.append(Terminal(host.handle_now, host.terminal_json | {"terminal": name}))
        made[-1].sign_on()
    return made


def test_the_same_sale_at_the_same_time_moves_money_once(host, terminal):
    fields = terminal.sale_fields(CARDS[0], 1234)
    sale = pack("0200", fields, terminal.key)
    reversal = pack("0400", terminal.reversal_fields(fields), terminal.key)
    for frames, left in (([sale] * 40, 98_766), ([sale, reversal] * 20, 100_000)):
        answers = asyncio.run(at_once(host, frames))
        assert len({answer for answer in answers if answer[12] == 0x10 and answer[11] == 0x02}) <= 2
        assert host.balance(CARDS[0]) == left
    assert host.check().balanced


def test_the_last_money_is_spent_once(host, terminal):
    frames = [pack("0200", terminal.sale_fields(CARDS[1], 60), terminal.key) for _ in range(30)]
    answers = asyncio.run(at_once(host, frames))
    codes = [terminal.read(answer, "0200")[39] for answer in answers]
    assert codes.count("00") == 1
    assert codes.count("51") == 29
    assert host.balance(CARDS[1]) == 40


async def at_once(host, frames):
    worker = Worker(host.switch)
    worker.start()
    try:
        return await asyncio.gather(*[worker.answer(frame) for frame in frames])
    finally:
        worker.stop()
