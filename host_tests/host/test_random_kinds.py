"""Random trade in every kind: repeats, reversals in any order, other terminals, closed batches, passing days."""

import tempfile
from datetime import timedelta
from types import SimpleNamespace

from host.books import CARDS, Books, Deed
from host.conftest import NOON
from host.inprocess import FixedClock, Host
from host.terminal import KINDS, balance_of, second_terminal
from host.test_void import MERCHANT_ACCOUNT, RECEIVABLE
from hypothesis import given, settings
from hypothesis import strategies as some

from tools.host import sweep

ASKED = (
    "sale",
    "sale",
    "preauth",
    "preauth",
    *(("void", "refund", "preauth_void", "completion", "completion_void") * 2),
)
STEPS = (*ASKED * 3, *("late", "repeat", "query", "day") * 2, *("reverse",) * 9, "close")
AMOUNTS = (1, 30, 60, 100, 115, 60_000)
PARAMETERS = {"28": "115", "80": "0", "82": "0"}
NOTHING_TO_DO = ("12", "25")


class Trade:
    """A host, two terminals, and the books beside them."""

    def __init__(self, folder):
        self.clock = FixedClock(NOON)
        self.host = Host(folder, self.clock)
        for tag, value in PARAMETERS.items():
            self.host.execute("INSERT INTO merchant_parameters SELECT id, :t, :v FROM merchants", t=tag, v=value)
        from host.terminal import Terminal

        one = Terminal(self.host.handle_now, self.host.terminal_json)
        one.sign_on()
        self.terminals = [one, second_terminal(self.host)]
        self.books = Books()

    def step(self, name, first, second, third):
        terminal = self.terminals[third % 5 == 0]
        deeds = self.books.deeds
        if name == "day":
            hours = (1, 1, 1, 23, 100)[first % 5]
            self.clock.moment += timedelta(hours=hours)
            self.books.hour += hours
        elif name == "close":
            self.close(terminal)
        elif name in ("repeat", "reverse", "query"):
            if deeds:
                getattr(self, name)(deeds[-1 - first % min(len(deeds), 12)])
        else:
            late = name == "late"
            self.ask(terminal, ASKED[second % len(ASKED)] if late else name, first, second, late)

    def close(self, terminal):
        terminal.batch += 1
        number = terminal.identity[41]
        self.host.execute("UPDATE terminals SET batch = :b WHERE number = :n", b=terminal.batch, n=number)

    def ask(self, terminal, kind, first, second, late):
        """A new request; `late`: its reversal comes first."""
        original = None
        card = list(CARDS)[first % 3 > 0]
        amount_minor = AMOUNTS[second % len(AMOUNTS)]
        if kind not in ("sale", "preauth"):
            fitting = [deed for deed in self.books.deeds if deed.code == "00" and kind in after(deed.kind)]
            candidates = (fitting if second % 5 else self.books.deeds) or self.books.deeds
            if not candidates:
                return
            original = candidates[-1 - first % min(len(candidates), 3)]
            terminal = original.terminal if second % 7 else terminal
            card = original.card
            whole_minor = original.amount_minor
            amount_minor = (whole_minor, whole_minor, whole_minor, whole_minor // 2 + 1, amount_minor)[second % 11 % 5]
        fields = terminal.request(kind, card, amount_minor, original=original and original.answer)
        deed = Deed(kind, terminal, fields, card, amount_minor, original, self.books.hour)
        if late and kind != "refund":
            assert terminal.reverse(fields)[39] == "25"
            deed.killed = True
        expected = self.books.expected(deed)
        deed.answer = terminal.exchange(KINDS[kind][0], fields)
        assert deed.code == expected, (kind, original and original.kind)
        self.books.deeds.append(deed)
        if deed.code == "00":
            self.books.do(deed)
            assert balance_of(deed.answer[54]) == self.books.free(card)

    def repeat(self, deed):
        again = deed.terminal.exchange(KINDS[deed.kind][0], deed.fields)
        if deed.undone:
            assert again[39] == "68"
        else:
            assert without_mac(again) == without_mac(deed.answer)

    def reverse(self, deed):
        code = deed.terminal.reverse(deed.fields)[39]
        if deed.kind == "refund":
            assert code == "40"
        elif deed.undone:
            assert code == "00"
        elif deed.code != "00" or deed.voided or deed.hold == "completed":
            assert code in NOTHING_TO_DO
        elif code != "12":
            assert code == "00"
            self.books.undo(deed)
        else:
            # An earlier reversal under this number was refused, when the transaction was voided: its first answer.
            assert getattr(deed, "refused", False)
        if code == "12":
            deed.refused = True

    def query(self, deed):
        if deed.kind != "sale":
            return
        expected = "68" if deed.undone else deed.code
        assert deed.terminal.result_of(deed.fields)[39] == expected

    def audit(self):
        """Every account holds what the books say, and the host's own proof agrees."""
        sweep.sweep(self.host.database, self.clock.now())
        rows = {row["number"]: SimpleNamespace(**row) for row in self.host.execute("SELECT * FROM accounts")}
        for card, balance_minor in self.books.balances.items():
            assert (rows[card].balance_minor, rows[card].held_minor) == (balance_minor, self.books.held(card))
        assert rows[MERCHANT_ACCOUNT].balance_minor == self.books.merchant
        lent = rows[RECEIVABLE].balance_minor if RECEIVABLE in rows else 0
        assert lent == -self.books.lent
        assert self.host.check().problems == []


def after(kind):
    """Kinds that may refer to one of this kind."""
    return {
        "sale": ("void", "refund"),
        "preauth": ("completion", "preauth_void"),
        "completion": ("completion_void", "refund"),
    }.get(kind, ())


def without_mac(answer):
    return {number: value for number, value in answer.items() if number != 64}


_number = some.integers(0, 10_000)
_step = some.tuples(some.sampled_from(STEPS), _number, _number, _number)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(some.lists(_step, min_size=30, max_size=70))
def test_random_trade_of_every_kind(steps):
    with tempfile.TemporaryDirectory() as folder:
        trade = Trade(folder)
        try:
            for step in steps:
                trade.step(*step)
            trade.audit()
        finally:
            trade.host.close()
