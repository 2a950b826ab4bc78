"""The running terminal: what the flows share, and the loop that goes from one flow to the next."""

from micropython import const

from pos import VERSION, flows, loading, texts
from pos.journal.errors import JournalError, StoreError
from pos.ui.leave import Cancelled, IdleTimeout

_LOOK_MIN = const(10)  # after a look at the settlement of the day that did not come to its end
_RECOVER_EVERY_MS = const(30_000)  # between two tries to undo a sale without an answer
_DOUBLINGS_MAX = const(3)  # of that time, while the host is away and nothing but offline sales waits for it
_SETTLE_REFUSED_MAX = const(5)  # then the host means it: only people try again
_SETTLE_LATER_MAX = const(75)  # "later" for an hour, each time a number taken where nobody is signed on: the same


class Terminal:
    """Made by the wiring; see there for what each part is. `tasks` run beside it and end with it; `restart`
    starts the board anew.

    `operator` is the number of whoever is logged in, None at the log-in screen. `start_problems` are keys of texts
    about files that were damaged.
    """

    VERSION = VERSION
    training = False  # nothing of it is real: other books, a mark on every screen and slip
    real = None  # (journal, exchange) while training

    def __init__(self, folder, ui, journal, exchange, parts, wifi, clock, identity, tasks=(), restart=None):
        self.folder = folder
        self.ui = ui
        self.journal = journal
        self.exchange = exchange
        self.parts = parts
        self.wifi = wifi
        self.clock = clock
        self.identity = identity
        self.operator = None
        self.idle_since_ms = None  # since when nobody has pressed a key
        self.parameters = exchange.parameters  # one dict: what the host sends takes effect everywhere
        self.settings = {}
        self.start_problems = []
        self.restart = restart
        self.daily = ("", 0)  # moment of the daily settlement that was tried last, and how often
        self.settle_refused = 0  # how often the host has refused to go on with the settlement that has begun
        self.settle_later = 0  # how often it has put it off
        self._tasks = tasks
        self._recovered_ms = 0
        self._misses = 0  # how often in a row such a try has not reached the host
        self._looked_ms = clock.ticks_ms()
        self._look_min = 1

    # The loop

    async def run(self):
        """Runs for ever."""
        try:
            await self._do("self_check", True)
            await self._recover(True)
            while True:
                if self._task_ended():
                    raise RuntimeError("keypad or Wi-Fi task ended")  # a deaf terminal: main.py starts it anew
                if self.recovery_is_due():
                    await self._recover(False)
                if self._daily_is_due():
                    self._look_min = await self._do("daily") or _LOOK_MIN
                    self._looked_ms = self.clock.ticks_ms()
                following = await self._do("idle" if self.operator else "log_in")
                while isinstance(following, tuple):  # anything else was an answer to another flow
                    following = await self._do(*following)
        finally:
            for task in self._tasks:
                task.cancel()

    async def _do(self, name, *arguments):
        """The one door by which flows are left early: CANCEL, the idle time, and a flash that cannot be written."""
        try:
            return await self.enter(name, *arguments)
        except (Cancelled, IdleTimeout):
            pass
        except (JournalError, StoreError):
            await self.tell("fault_storage")
        finally:
            self.parts.let_go()
        return None

    async def enter(self, name, *arguments):
        """Runs a flow within another one."""
        return await flows.enter(name, self, *arguments)

    async def _recover(self, at_start):
        if at_start or self._unfinished():
            await self._do("recover", at_start)
            self._misses = self._misses + 1 if self.exchange.unreached else 0
        self._recovered_ms = self.clock.ticks_ms()

    def _unfinished(self):
        """Whether something waits for the host, or for the operator to be told of it."""
        return self._urgent() or bool(self.journal.state["offline"])

    def _urgent(self):
        """As _unfinished, without what can wait for hours, the offline sales: each try keeps the screen busy."""
        state = self.journal.state
        return bool(state["pending"] or state["advices"] or state["untold"] or self.settles_by_itself())

    def settles_by_itself(self):
        """Whether a settlement that has begun goes on with nobody asking for it."""
        if self.settle_refused >= _SETTLE_REFUSED_MAX or self.settle_later >= _SETTLE_LATER_MAX:
            return False
        return self.journal.state["settling"] is not None

    def is_called(self):
        """Whether the loop has something to do that must not wait for a key."""
        return self.recovery_is_due() or self._daily_is_due() or self._task_ended()

    def _task_ended(self):
        return any(task.done() for task in self._tasks)

    def recovery_is_due(self):
        """Whether something was left unfinished and it is time for another try."""
        if self.training or not self._unfinished() or self.exchange.blocked or self.exchange.turned_away:
            return False
        doublings = 0 if self._urgent() else min(self._misses, _DOUBLINGS_MAX)
        return self._is_past(self._recovered_ms, _RECOVER_EVERY_MS << doublings)

    def _daily_is_due(self):
        """Whether it is time to look whether the settlement of the day is due, see flows/daily.py."""
        if not self.parameters["settle_time"] or not self.journal.state["totals"] or self.training:
            return False
        if self._unfinished() or self.journal.state["settling"]:
            return False
        return self._is_past(self._looked_ms, self._look_min * 60_000)

    def _is_past(self, since_ms, wait_ms):
        """Whether the wait is over. Below zero: nothing was to be done for more days than the tick counter tells."""
        return not 0 <= self.clock.elapsed_ms(since_ms) <= wait_ms

    # What flows ask and say

    @property
    def printer(self):
        return self.parts.printer()

    @property
    def reader(self):
        return self.parts.reader()

    @property
    def scanner(self):
        return self.parts.scanner()

    @property
    def staff(self):
        return self.parts.staff()

    def audit(self, what, **details):
        """A line that stays: what happened, and who was logged in."""
        record = {"kind": "audit", "what": what, "operator": self.operator or ""}
        record.update(details)
        now = self.clock.now()
        if now:
            record["at"] = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*now)
        with loading.Scope():
            self.journal.append(record)

    async def tell(self, key, **values):
        """Shows a text until a key is pressed or the result time has passed."""
        from pos.ui import message

        await message.show(self.ui, self.ui.t(key, **values), self.result_ms())

    def how(self, right):
        """See domain.operators.how, for whoever is logged in."""
        from pos.domain import operators

        if self.training and right in operators.NOT_IN_TRAINING:
            return operators.NEVER
        return operators.how(self.operator, right, self.staff.rights(self.operator), self.settings["void_by"])

    def may(self, right):
        """Whether whoever is logged in may begin what needs this right, if need be with the supervisor's approval."""
        return self.how(right) != "never"

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

    def change_setting(self, name, value):
        """As change_settings, for one."""
        self.change_settings({name: value})

    def change_settings(self, values):
        """Stores settings, {name: value}, at once and together, and lets them take effect. Raises StoreError."""
        from pos import preferences

        preferences.change_settings(self, values)

    def set_training(self, on):
        """Puts books and host of which nothing is real in the place of the real ones, or these back. Raises
        JournalError."""
        from pos import training

        if on:
            training.begin(self)
        else:
            training.end(self)

    def keep_parameters(self):
        """Stores what the exchange has received, and lets it take effect. Raises StoreError."""
        from pos import preferences

        preferences.keep_parameters(self)

    def storage_ok(self):
        """Whether the flash can be written: an audit line is tried."""
        try:
            self.audit("self_check")
        except JournalError:
            return False
        return True
