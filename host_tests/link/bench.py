"""A terminal's link beside a model host, for the tests of the exchange."""

import dual
import model_host as model
import power_cut
from pos.domain import parameters, totals, transaction
from pos.journal.journal import Journal
from pos.link.channel import Channel
from pos.link.exchange import Exchange

CARD = "6200000000000013"


class Bench:
    """restart() is a power cut and the next start: the flash and the host stay, everything else is new."""

    def __init__(self, **changes):
        self.folder = power_cut.folder()
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

    @property
    def charged_minor(self):
        return sum(amount for _card, amount in self.host.charged.values())

    async def sell(self, amount_minor=1234, card=CARD):
        tx = transaction.make("sale", amount_minor, card, "keyed", "01", dual.clock.now())
        return await self.exchange.authorise(tx)

    async def query(self):
        return await self.exchange.balance(transaction.make("balance", 0, CARD, "nfc", "01", dual.clock.now()))

    async def sign_on(self):
        result = await self.exchange.sign_on("01")
        assert result["result"] == "approved", result

    def requests(self, *kinds):
        """Those requests of these types that reached the host."""
        return [request for request in self.host.requests if request[0] in kinds]

    def sums_agree(self):
        """The terminal's totals are what the host took; nothing is charged that the terminal does not know."""
        given = [amount for _card, amount in self.host.returned.values()]
        books = len(self.host.charged), self.charged_minor, len(given), sum(given)
        assert totals.sides(self.state["totals"]) == books, (self.state, self.host.charged, self.host.returned)
        assert self.host.taken_minor() == self.charged_minor - sum(given)


def with_bench(scenario, **changes):
    """Runs an async scenario(bench) on the virtual clock."""
    power_cut.forget()
    bench = Bench(**changes)
    dual.run(scenario(bench))
    return bench
