"""The counter on the processes of `make run` (e2e/whole_run.py): real TLS, either runtime, real time."""

import asyncio
import io
import re
import shutil

import pytest
from faults import station
from proof.counter import Counter
from proof.scenarios import SCENARIOS

# On MicroPython all of them, each on one of these; on CPython, where the station has run them all, every seventh.
DESKS = ((station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en"))
CPYTHON_EVERY = 7


class AtRun(Counter):
    """On the processes of `make run` (e2e/whole_run.py)."""

    virtual = False

    def __init__(self, run, cols):
        from tools.host.store.database import Database

        super().__init__(run.language, cols)
        self.run = run
        self.runtime = run.environment.get("RUNTIME", "micropython")
        self.database = Database(run.state / "host.db")  # beside the host's own process
        self.engine = self.database.engine

    @staticmethod
    def host_now():
        from tools.host.clock import SystemClock

        return SystemClock().now()

    async def screen_image(self):
        return await asyncio.to_thread(self._image, "/api/screen.png?scale=4")

    async def slip_image(self):
        count = len(await self.slips())
        return await asyncio.to_thread(self._image, f"/api/paper/{count - 1}.png?margin=20") if count else None

    def _image(self, path):
        from PIL import Image

        answer = self.run.client.get(path)
        assert answer.status_code == 200, answer.text
        return Image.open(io.BytesIO(answer.content)).convert("L")

    async def start(self):
        """It is on."""

    async def keys(self, text):
        await asyncio.to_thread(self.run.press, text)

    async def card(self, number):
        await asyncio.to_thread(self.run.post, "/api/card", number=number)

    async def scan(self, code):
        await asyncio.to_thread(self.run.post, "/api/scan", code=code)

    async def rows(self):
        return await asyncio.to_thread(self.run.rows)

    async def _rows_now(self):
        return await asyncio.to_thread(self.run.rows)

    async def _pause(self):
        await asyncio.sleep(0.05)

    async def slips(self):
        return await asyncio.to_thread(self.run.slips)

    async def printing(self):
        return (await asyncio.to_thread(self.run._call, "GET", "/api/paper"))["printing"] or ""

    async def settle_screen(self):
        await asyncio.sleep(0.3)

    async def hours_pass(self, hours):
        """Nobody waits for real: what the host has moves into the past instead."""
        self.sql("UPDATE transactions SET received_ms = received_ms - :ms", ms=hours * 3_600_000)

    async def power_on(self):
        await asyncio.to_thread(self.run.post, "/api/power", state="on")

    async def passing(self, seconds):
        await asyncio.sleep(min(seconds, 2))  # nobody waits for real; scenarios ask `virtual` where time matters

    async def cut(self):
        await asyncio.to_thread(self.run.post, "/api/power", state="off")

    async def restart(self, off_s=1):
        await asyncio.to_thread(self.run.post, "/api/power", state="cycle")

    async def journal(self):
        return await asyncio.to_thread(self._journal)

    def _journal(self):
        """Read from the flash, the power being off."""
        from pos.journal.journal import Journal

        from tools.sim.flash import FlashFolder, FlashImage

        folder = self.run.state / "journal-copy"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        terminal = next(path for path in self.run.state.rglob("flash*") if path.suffix == ".img" or path.is_dir())
        flash = FlashFolder(terminal) if terminal.is_dir() else FlashImage(terminal)
        for path in flash.files():
            found = re.fullmatch(r"/data/journal-10000001/(\w+\.\w+)", path)
            if found:
                (folder / found.group(1)).write_bytes(flash.read(path))
        journal = Journal(str(folder))
        report = journal.recover()
        assert report["problem"] == "", report
        return journal

    async def lose_answers(self, count):
        """As above: dropped until the host has that many more requests than it had."""
        await self.faults(response="drop")
        before = self._requests()
        task = asyncio.get_running_loop().create_task(self._heal_after(before + count))
        self._healing = task

    async def _heal_after(self, requests):
        while self._requests() < requests:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # its answer is on its way, and gets lost
        await self.faults(response="pass")

    def _requests(self):
        return self.sql("SELECT count(*) AS n FROM transactions")[0]["n"]

    async def faults(self, **switches):
        await asyncio.to_thread(self.run.post, "/api/faults", **switches)

    def sql(self, statement, **values):
        from sqlalchemy import text

        with self.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []


def at_run(scenario, state, board=station.ST7920, language="en", runtime="micropython"):
    """The same on real processes."""
    from e2e.whole_run import WholeRun

    with WholeRun(state, BOARD=board, LANG_UI=language, RUNTIME=runtime) as run:
        counter = AtRun(run, 16 if board == station.ST7920 else 20)
        try:
            asyncio.run(scenario(counter))
        finally:
            counter.database.close()
    return counter


def runs(part, parts=2):
    """Parameters of every `parts`-th scenario, from `part` on: each file is one worker's."""
    for number, name in enumerate(SCENARIOS):
        if number % parts != part:
            continue
        board, language = DESKS[number % len(DESKS)]
        yield pytest.param(name, board, language, "micropython", id=f"{name}-micropython-{language}")
        if number % CPYTHON_EVERY == 0:
            yield pytest.param(name, board, language, "cpython", id=f"{name}-cpython-{language}")
