"""Sign-on, sale, balance and reversal against a scripted host that keeps its own books."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import model_host as model
from pos.domain import parameters, transaction
from pos.journal.journal import Journal
from pos.link.channel import Channel
from pos.link.exchange import Exchange

CARD = "6200000000000013"


class Bench:
    """A terminal's link beside a model host; restart() is a power cut and the next start."""

    def __init__(self, **changes):
        self.folder = dual.tmpdir()
        self.host = model.ModelHost()
        self.parameters = parameters.defaults()
        self.parameters.update(changes)
        self.restart()

    def restart(self):
        self.journal = Journal(self.folder)
        self.report = self.journal.recover()
        self.channel = Channel(self.host.open_stream, dual.clock)
        self.exchange = Exchange(
            self.journal, self.channel, model.TERMINAL, model.MASTER_KEY, dual.clock, self.parameters
        )

    @property
    def state(self):
        return self.journal.state

    async def sell(self, amount_minor=1234, card=CARD):
        tx = transaction.sale(amount_minor, card, "keyed", "01", dual.clock.now())
        return await self.exchange.authorise(tx)

    async def signed_on(self):
        result = await self.exchange.sign_on("01")
        assert result["result"] == "approved", result

    def sums_agree(self):
        """The terminal's totals are what the host took; nothing is charged that the terminal does not know."""
        taken = sum(amount for _card, amount in self.host.charged.values())
        assert self.state["totals"]["debit_minor"] == taken, (self.state, self.host.charged)
        assert self.state["totals"]["debit_count"] == len(self.host.charged)
        assert 100000 - self.host.accounts[CARD] == taken


def with_bench(scenario, **changes):
    bench = Bench(**changes)
    dual.run(scenario(bench))
    return bench


def test_sign_on_brings_key_clock_and_batch():
    async def scenario(bench):
        bench.host.parameters = {20: b"2027", 11: b"30", 21: b"41", 16: b"\xb2\xe2\xca\xd4", 18: b"sometimes"}
        await bench.signed_on()
        assert bench.exchange.signed_on
        assert bench.state["batch"] == 7
        assert bench.state["trace"] == 1
        assert (await bench.exchange.fetch_parameters())["result"] == "approved"
        assert dual.clock.now()[:5] == (2027, 3, 14, 15, 30)
        assert bench.parameters["answer_timeout_s"] == 30
        assert bench.parameters["print_mode"] == "always"
        assert parameters.merchant_name(bench.parameters) == b"\xb2\xe2\xca\xd4"
        assert bench.state["trace"] == 41, "the host has seen trace numbers up to 41"

    with_bench(scenario)


def test_sale_approved():
    async def scenario(bench):
        assert (await bench.sell())["cause"] == "signed_off"
        await bench.signed_on()
        result = await bench.sell()
        assert (result["result"], result["code"], result["cause"]) == ("approved", "00", None)
        tx = result["tx"]
        assert (tx["trace"], tx["batch"], tx["rrn"], tx["auth"]) == (2, 7, "000000000001", "000001")
        assert (tx["date"][4:], tx["time"], tx["balance_minor"]) == ("0314", "153001", 98766)
        assert bench.state["pending"] is None
        assert bench.state["last"] == tx
        assert bench.journal.unprinted() == tx
        bench.sums_agree()
        assert bench.host.sessions == 1, "one session serves all"

    with_bench(scenario)
