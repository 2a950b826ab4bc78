"""The flash gets full in the middle of a batch: what is kept for it is given up, and there is room again later."""

import flash as chip
import stand
from cutting import Flow
from scenarios_money import void


class FlashFull(Flow):
    """Somebody has left a large file on it. Sales go until a write finds no room, the next is refused with a text; a
    void and the settlement pass; then sales go again."""

    name = "flash-full"
    blocks = stand.BALLAST_BLOCKS
    weight = 8
    _segments, _sales_max = 56, 12
    _refused = "RECORDS FULL"

    async def before(self, desk):
        journal = desk.terminal.journal
        assert not journal.full(), "there is no ballast"
        while len(journal.segments) < self._segments:
            journal.append({"kind": "trace", "trace": journal.state["trace"], "text": "." * 1800})
        fill(desk.folder + chip.FOREIGN)

    async def act(self, desk):
        journal = desk.terminal.journal
        minor = 1100
        while not journal.full():
            assert minor < 1100 + 100 * self._sales_max, "the flash does not get full"
            desk.doing("sale", minor)
            await desk.sell(str(minor))
            minor += 100
        await desk.press("1")
        await desk.see(self._refused)
        await desk.press("CANCEL")
        await desk.see("READY")
        desk.doing("void", minor - 100)
        await void(desk)
        await desk.take_slips("VOID APPROVED")
        await desk.settle()
        assert not journal.full(), "there is no room again"
        desk.doing("sale", 2900)
        await desk.sell("2900")

    def gone(self, desk):
        """Closed batches make room."""
        return [name for name in self.old if name[0] in desk.host.settlement.closed]

    async def finish(self, desk):
        journal = desk.terminal.journal
        if journal.full() and journal.state["totals"]:
            await desk.settle()


def fill(path):
    """With a file, until the last block is taken."""
    for size in (4096, 512):
        try:
            while True:
                with open(path, "ab") as file:
                    file.write(b"f" * size)
        except OSError as error:
            if error.errno != chip.NO_SPACE:
                raise


FLOWS = (FlashFull,)
