"""A shop counter as people see it: keys and cards in, screens and slips out, and both sets of books at the end.

The same scenario runs on a whole terminal in this process on a virtual clock (at_station.py) and on the processes of
`make run`, MicroPython and TLS and all, through the front panel's API (at_run.py).
"""

import asyncio
import re

import menu_path
from proof import books

RICH, POOR, FROZEN, PLENTY = "6200000000000013", "6200000000000021", "6200000000000039", "6200000000000047"
PINS = {"00": "135790", "01": "2468", "02": "1357", "99": "97531024"}
SEE_S = 30
_PLAIN = {0xFF00 + code - 0x20: code for code in range(0x21, 0x7F)}  # full-width forms of ASCII


class Counter:
    """What both kinds share. `seen` is the transcript: screens that were waited for, and slips, in their order."""

    virtual = True  # whether time passes only on paper

    def __init__(self, language, cols):
        self.language = language
        self.cols = cols
        self.seen = []
        self._slips_seen = 0

    # Words

    def t(self, key, **values):
        """A text of the screen, as its rows come back."""
        return self._texts(self.language if self.cols == 16 else "en").t(key, **values).translate(_PLAIN)

    def paper(self, key, **values):
        """A text of the slips, which are Chinese also where the display has none."""
        return self._texts(self.language).t(key, **values)

    @staticmethod
    def _texts(language):
        from pos import texts

        return texts.load(language)

    # What people do

    async def sign_on(self, operator="01"):
        """From the log-in screen to the idle screen."""
        await self.log_in(operator)
        if operator not in ("00", "99"):
            await self.see_idle()

    async def log_in(self, operator="01", pin=None):
        await self.see("title_login")
        await self.keys(f"{' '.join(operator)} ENTER {' '.join(pin or PINS[operator])} ENTER")

    async def see_idle(self):
        await self.see("idle_ready")

    async def menu(self, key):
        """From the idle screen through the menus to the entry with this text."""
        await self.keys("MENU")
        await self.wait_for(self.t("title_menu"))
        groups = menu_path.groups()
        if groups[key]:
            await self.choose(self.t(groups[key]))
        await self.choose(self.t(key))

    async def choose(self, entry):
        """Moves the mark of a list to the entry by DOWN and takes it."""
        for _ in range(40):
            rows = await self.rows()
            if any(row.startswith(">") and entry in row for row in rows):
                return await self.keys("ENTER")
            if not any(row.startswith(">") for row in rows):
                await self.passing(0.1)
                continue
            await self.keys("DOWN")
        raise AssertionError(f"no entry {entry!r}; the screen shows {await self.rows()}")

    async def pin(self, operator="01"):
        await self.keys(f"{' '.join(PINS[operator])} ENTER")

    async def sell(self, digits="1234", number=RICH, keyed=False):
        """A whole approved sale with its slips, from idle to idle; its merchant slip."""
        before = len(await self.slips())
        await self.keys(f"{' '.join(digits)} ENTER")
        await self.see("prompt_card")
        if keyed:
            await self.keys(f"{' '.join(number)} ENTER")
        else:
            await self.card(number)
        await self.yes()
        await self.wait_for("APPROVED" if self.cols == 20 or self.language == "en" else self.t("approved")[:4])
        await self.take_slips()
        return (await self.slips())[before]

    async def leave(self):
        """CANCEL until the idle screen is there."""
        await self.leave_to(self.t("idle_ready").split("\n")[0])

    async def leave_to(self, row_text):
        for _ in range(8):
            await self.settle_screen()
            if any(_packed(row_text) == _packed(row) for row in await self.rows()):
                return
            await self.keys("CANCEL")
        raise AssertionError(f"CANCEL does not lead out of {await self.rows()}")

    async def leave_digits(self):
        """Out of an entry with digits on the screen."""
        await self.keys("CANCEL")
        await self.see("ask_cancel_amount")
        await self.keys("ENTER")
        await self.see("cancelled")
        await self.keys("ENTER")
        await self.see_idle()

    async def settle(self, result="settled_equal"):
        """Settles the batch, with its slip; from idle to idle."""
        before = len(await self.slips())
        await self.menu("menu_settle")
        await self.wait_for(self.t("settle_debit"))
        await self.keys("ENTER")
        await self.wait_for(self.t("hint_yes_no"))
        await self.keys("ENTER")
        rows = await self._wait((self.t(result).split("\n")[1],), 90)
        self._note(rows)
        await self.keys("ENTER")
        await self.see_idle()
        slips = await self.slips()
        assert len(slips) == before + 1, "one slip of the settlement"
        return slips[-1]

    async def overnight(self, seconds):
        """Power off in the evening, on again and signed on in the morning."""
        await self.cut()
        await self.passing(seconds)
        await self.power_on()
        await self.sign_on()

    async def paper_ends_in_slip(self, rows):
        """Waits until so many rows of a slip are printed and takes the paper away."""
        for _ in range(3000):
            if len((await self.printing()).splitlines()) >= rows:
                return await self.faults(paper="out")
            await self.passing(0.01)
        raise AssertionError(f"nothing is printed; the screen shows {await self.rows()}")

    async def yes(self):
        """Waits for a question and answers it with ENTER."""
        await self.wait_for(self.t("hint_ok"), self.t("hint_yes_no"))
        await self.keys("ENTER")

    async def allow(self, reason):
        """What money that is given back needs: PIN, reason, confirmation."""
        await self.see("prompt_pin")
        await self.pin()
        await self.choose(self.t("why_" + reason))
        await self.yes()

    async def take_slips(self):
        """After an approval: the merchant's slip is torn off, and the customer's comes; to the idle screen."""
        await self.see("hint_tear")
        await self.keys("ENTER")
        await self.see_idle()

    def parameter(self, tag, value):
        """The merchant's value of a parameter; the terminal has it with the next sign-on."""
        self.sql("DELETE FROM merchant_parameters WHERE tag = :tag", tag=tag)
        self.sql(
            "INSERT INTO merchant_parameters (merchant_id, tag, value) SELECT id, :tag, :value FROM merchants",
            tag=tag,
            value=value,
        )

    def impatient(self):
        """Nobody waits a real minute for an answer that does not come."""
        if not self.virtual:
            self.parameter("11", "8")

    # What people see

    async def wait_for(self, *texts, within_s=SEE_S):
        """Waits until a row contains one of the texts; the rows, which go into the transcript."""
        rows = await self._wait(texts, within_s)
        await self._note_slips()
        return self._note(rows)

    def _note(self, rows):
        self.seen.append("\n".join("|" + row.ljust(self.cols)[: self.cols] + "|" for row in rows))
        return rows

    async def see(self, key, within_s=SEE_S, **values):
        """Waits until the screen shows this text of the firmware, all its rows."""
        lines = self.t(key, **values).split("\n")
        await self._wait((lines[0],), within_s)
        await self.settle_screen()
        rows = await self.wait_for(lines[0], within_s=within_s)
        shown = "/".join(_packed(row) for row in rows)
        missing = [line for line in lines if _packed(line) not in shown]
        assert not missing, f"{key}: {missing} is not on the screen: {rows}"
        return rows

    async def see_first(self, key):
        """Waits for the first row of a text, whatever the others say."""
        return await self.wait_for(self.t(key).split("\n")[0])

    async def _wait(self, texts, within_s):
        """The rows once one of them contains one of the texts. Blanks do not count: a Chinese character begins on an
        even cell."""
        wanted = [_packed(text) for text in texts]
        loop = asyncio.get_running_loop()
        end = loop.time() + within_s
        while True:
            rows = await self._rows_now()
            packed = [_packed(row) for row in rows]
            if any(text in row for text in wanted for row in packed):
                return rows
            assert loop.time() < end, f"never saw {texts}; the screen shows {rows}"
            await self._pause()

    def forget_seen(self):
        """The transcript begins here."""
        self.seen.clear()

    async def _note_slips(self):
        slips = await self.slips()
        for text in slips[self._slips_seen :]:
            self.seen.append(text)
        self._slips_seen = len(slips)

    def transcript(self):
        """Screens and slips. A wallet's one-time code is random, and the time of day moves with every change of some
        milliseconds somewhere: neither is told."""
        text = "\n\n".join(self.seen) + "\n"
        text = re.sub(r"\b\d\d:\d\d(:\d\d)?\b", lambda time: "hh:mm:ss"[: len(time[0])], text)
        return re.sub(r"\b91\d{4}\*{6}\d{4}\b", "91....******....", text)

    # The customer's side

    def wallet_code(self, number=RICH):
        """A one-time code as the customer's wallet shows it."""
        from tools.host.clock import epoch_ms
        from tools.host.ledger import book
        from tools.host.wallet import codes

        with self.database.transaction() as unit:
            return codes.issue(unit, book.find_account(unit, number)["id"], epoch_ms(self.host_now()))

    def pay(self, shown, number=RICH):
        """The customer reads a merchant's code and pays it."""
        from tools.host.ledger import book
        from tools.host.wallet import emv, pay

        with self.database.transaction() as unit:
            pay.pay(unit, book.find_account(unit, number), emv.parse(shown), self.host_now())

    async def read_code(self):
        """The QR code on the display, or on the last slip where the display draws none, as zbar reads it."""
        from pyzbar import pyzbar

        for _ in range(40):
            image = await (self.screen_image() if self.cols == 16 else self.slip_image())
            found = image and pyzbar.decode(image)
            if found:
                return found[0].data.decode()
            await self.passing(0.25)
        raise AssertionError(f"no QR code to read; the screen shows {await self.rows()}")

    # The books

    async def audit(self, slips=True):
        """Ends the day: power off, then terminal, paper and host are compared; see proof/books.py."""
        await self._note_slips()
        await self.cut()
        return books.compare(self, await self.journal(), await self.slips() if slips else None)


def _packed(text):
    return text.replace(" ", "")
