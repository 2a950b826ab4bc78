"""The counter on the terminal of faults/station.py: this process, a virtual clock, the real host."""

from faults import station
from proof.counter import Counter


class AtStation(Counter):
    """On the terminal of faults/station.py."""

    def __init__(self, desk):
        super().__init__(desk.language, desk.circuit.display.cols)
        self.desk = desk
        self.database = desk.host.database
        self.engine = self.database.engine

    def host_now(self):
        return self.desk.host.clock.now()

    async def screen_image(self):
        return self.desk.circuit.display.image(4)

    async def slip_image(self):
        slips = self.desk.circuit.printer.paper.slips
        return slips[-1].image() if slips else None

    async def start(self):
        self.desk.power()

    async def keys(self, text):
        await self.desk.keys(text)

    async def card(self, number):
        await self.desk.card(number)

    async def scan(self, code):
        await self.desk.scan(code)

    async def rows(self):
        await self.settle_screen()
        return self.desk.rows()

    async def _rows_now(self):
        self.desk.alive()
        return self.desk.rows()

    async def _pause(self):
        await station.passing(station.LOOK_S)

    async def slips(self):
        return self.desk.slips()

    async def printing(self):
        current = self.desk.circuit.printer.paper.current
        return current.text if current else ""

    async def settle_screen(self):
        await station.passing(0.1)

    async def hours_pass(self, hours):
        """Without power; then somebody signs on."""
        await self.overnight(hours * 3600)

    async def power_on(self):
        self.desk.power()

    async def passing(self, seconds):
        await station.passing(seconds)

    async def cut(self):
        if self.desk._main is not None:
            await self.desk.cut()

    async def restart(self, off_s=1):
        await self.desk.restart(off_s)

    async def journal(self):
        return self.desk.journal()

    async def lose_answers(self, count):
        """The next so many answers are lost; the requests arrive."""
        self.desk.line.fail("silent", None, count)

    async def faults(self, **switches):
        """`paper="out"`, `cover="open"`, `answers="silent"` (of transactions), as the front panel's switches."""
        printer = self.desk.circuit.printer
        for name, value in switches.items():
            if name == "paper":
                printer.paper_out = value == "out"
            elif name == "cover":
                printer.cover_open = value == "open"
            elif name == "response" and value == "drop":
                self.desk.line.fail("silent", None)
            elif name == "host" and value == "down":
                self.desk.line.fail("refused", None)
            elif name in ("response", "host"):
                self.desk.line.heal()
            else:
                raise ValueError(name)

    def sql(self, statement, **values):
        return self.desk.host.execute(statement, **values)


def at_station(scenario, folder, board=station.ST7920, language="en"):
    """Runs `async scenario(counter)`; the counter, for its transcript."""

    async def desk_scenario(desk):
        counter = AtStation(desk)
        await counter.start()
        await scenario(counter)
        return counter

    return station.run(desk_scenario, folder, board=board, language=language)
