"""The running terminal: what the flows share, and the loop that goes from one flow to the next."""

from pos import VERSION, flows, texts
from pos.domain import parameters as parameter_table
from pos.domain import settings as settings_table
from pos.journal import store
from pos.journal.journal import JournalError
from pos.ui import message
from pos.ui.leave import Cancelled, IdleTimeout

RECOVER_EVERY_MS = 30_000  # between two tries to undo a sale without an answer
# Settings that start from what the host says, under the host's names.
_HOST_DEFAULTS = (
    ("print_receipts", "print_mode"),
    ("copies", "copies"),
    ("transaction_password", "transaction_password"),
)


class Terminal:
    """Made by the wiring; see there for what each part is.

    `operator` is the number of whoever is logged in, None at the log-in screen. `start_problems` are keys of texts
    about files that were damaged.
    """

    VERSION = VERSION

    def __init__(self, folder, ui, journal, exchange, staff, wifi, printer, printer_fault, reader, clock, identity):
        self.folder = folder
        self.ui = ui
        self.journal = journal
        self.exchange = exchange
        self.staff = staff
        self.wifi = wifi
        self.printer = printer
        self.printer_fault = printer_fault
        self.reader = reader
        self.clock = clock
        self.identity = identity
        self.operator = None
        self.parameters = exchange.parameters  # one dict: what the host sends takes effect everywhere
        self.settings = {}
        self.start_problems = []
        self._stored = {}
        self._recovered_ms = 0

    # The loop

    async def run(self):
        """Runs for ever."""
        await self._do("self_check", True)
        await self._recover(True)
        while True:
            if self.recovery_is_due():
                await self._recover(False)
            following = await self._do("idle" if self.operator else "log_in")
            while isinstance(following, tuple):  # anything else was an answer to another flow
                following = await self._do(*following)

    async def _do(self, name, *arguments):
        """The one door by which flows are left early: CANCEL, the idle time, and a flash that cannot be written."""
        try:
            return await self.enter(name, *arguments)
        except (Cancelled, IdleTimeout):
            pass
        except (JournalError, store.StoreError):
            await self.tell("fault_storage")
        return None

    async def enter(self, name, *arguments):
        """Runs a flow within another one."""
        return await flows.enter(name, self, *arguments)

    async def _recover(self, at_start):
        if self.journal.state["pending"] or (at_start and self.journal.unprinted()):
            await self._do("recover", at_start)
        self._recovered_ms = self.clock.ticks_ms()

    def recovery_is_due(self):
        """Whether a sale waits to be undone and it is time for another try."""
        if not self.journal.state["pending"] or self.exchange.blocked:
            return False
        return self.clock.elapsed_ms(self._recovered_ms) > RECOVER_EVERY_MS

    # What flows ask and say

    def audit(self, what, **details):
        """A line that stays: what happened, and who was logged in."""
        record = {"kind": "audit", "what": what, "operator": self.operator or ""}
        record.update(details)
        now = self.clock.now()
        if now:
            record["at"] = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*now)
        self.journal.append(record)

    async def tell(self, key, **values):
        """Shows a text until a key is pressed or the result time has passed."""
        await message.show(self.ui, self.ui.t(key, **values), self.result_ms())

    def result_ms(self):
        return self.parameters["result_s"] * 1000

    def print_mode(self):
        return self.settings["print_receipts"]

    def copies(self):
        return self.settings["copies"]

    def slip_texts(self):
        """The texts of the chosen language: the printer has Chinese even where the display has none."""
        language = self.settings["language"]
        return self.ui.texts if self.ui.texts.language == language else texts.load(language)

    # Settings and parameters

    def load(self):
        """Reads settings and parameters; what is damaged is replaced by its default and named in start_problems."""
        stored, problem = store.load(self._path("parameters"), {})
        parameters, wrong = parameter_table.clean(stored)
        self.parameters.update(parameters)
        self._note("fault_parameters", problem, wrong)
        self._stored, problem = store.load(self._path("settings"), {})
        wrong = self._apply_settings()
        self._note("fault_settings", problem, wrong)

    def change_setting(self, name, value):
        """Stores it at once. Raises StoreError."""
        stored = dict(self._stored) if isinstance(self._stored, dict) else {}
        stored[name] = value
        store.save(self._path("settings"), stored)
        self._stored = stored
        self._apply_settings()

    def keep_parameters(self):
        """Stores what the exchange has received, and lets it take effect. Raises StoreError."""
        store.save(self._path("parameters"), self.parameters)
        self._apply_settings()

    def _apply_settings(self):
        """Returns the names of the stored settings that are not allowed."""
        defaults = {name: self.parameters[host_name] for name, host_name in _HOST_DEFAULTS}
        defaults["transaction_password"] = bool(defaults["transaction_password"])
        defaults["language"] = self.identity.get("language", "en")
        self.settings, wrong = settings_table.clean(self._stored, defaults)
        self.ui.set_language(self.settings["language"])
        self.ui.idle_ms = self.parameters["idle_s"] * 1000
        self.wifi.refuse_open = self.settings["refuse_open_wifi"]
        return wrong

    def note_recovery(self, report):
        """What the journal found at start (Journal.recover): a torn tail is harmless, more is not."""
        if report["problem"]:
            self.start_problems.append("fault_storage")
        elif report["lost"]:
            self.start_problems.append("fault_journal")
        elif report["bad_bytes"]:
            self.start_problems.append("fault_journal_tail")

    def _note(self, key, problem, wrong):
        if problem in ("damaged", "old") or wrong:
            self.start_problems.append(key)

    def _path(self, name):
        return "{}/{}.json".format(self.folder, name)

    def storage_ok(self):
        """Whether the flash can be written: an audit line is tried."""
        try:
            self.audit("self_check")
        except JournalError:
            return False
        return True
