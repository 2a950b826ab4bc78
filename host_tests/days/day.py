"""A seed's days played: terminals, people, host and network on one virtual clock, and the auditor after each day.

    result = play(plan)       # Result; its `failure` is None, or what the auditor found

The same plan gives the same transcript in every process: its digest is in the result.
"""

import asyncio
import contextlib
import hashlib
import logging
import random
import traceback
from datetime import timedelta

from days import memory, trouble, world
from days.audit import Auditor
from days.hosting import HostDied, HostNode
from days.network import Network
from days.people import Person, Words
from days.result import Result
from days.till import Till, make_task
from host.badhost import Mangler
from pos.journal.deletion import SEGMENTS_KEPT
from pos.journal.journal import Journal

from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.wallet import codes, emv, pay

DEED_S = 1500  # the longest that one thing may take, faults and all
CALM_S = 4 * 3600
A_DEEDS_SEGMENTS = 20  # more than one begins
NIGHT = timedelta(hours=13)
PLENTY = "6200000000000047"


def _may_make_room(till):
    """Whether old records may go in this deed: by a settlement, or for a sale; both look at the number of segments."""
    return till.terminal is not None and len(till.terminal.journal.segments) > SEGMENTS_KEPT - A_DEEDS_SEGMENTS


class Day:
    """All that a terminal, the network or a fault asks of the world around it."""

    def __init__(self, plan, keep=0):
        self.plan = plan
        self.loop = asyncio.get_running_loop()
        self.loop.set_task_factory(make_task)
        self._digest = hashlib.blake2b(digest_size=16)
        self._keep, self.log = keep, []
        self.faults = self.transactions = 0
        self.host = HostNode(self.loop, self.note, plan.terminals)
        self.network = Network(self.loop, self.note)
        self.network.host, self.host.network = self.host, self.network
        self.network.mangler = Mangler(self.host)
        self.auditor = Auditor(self)
        self.network.watch = self.auditor.sees_request
        self.tills = []
        words = Words()
        awake = {deed.key[1] for deed in plan.deeds}
        for at, identity in enumerate(self.host.identities):
            if at in awake:
                till = Till(self, identity, at)
                till.person = Person(self, till, words)
                self.tills.append(till)
        self._waiting = {}
        self._limits()

    def _limits(self):
        limits, host = self.plan.limits, self.host
        if not limits["throttled"]:
            host.set_parameter("80", "0")
            host.set_parameter("82", "0")
        if limits["one_copy"]:
            host.set_parameter("17", "1")
        if limits["settle_at"]:
            host.set_parameter("31", limits["settle_at"])
        if limits["journal_limit"]:
            host.set_parameter("15", str(limits["journal_limit"]))
        if limits["offline"]:
            for tag, value in zip(("38", "39", "40", "41"), limits["offline"], strict=True):
                host.set_parameter(tag, value)
        if limits["traces_end"] and self.tills:
            self._pass_numbers(999_950)
            host.execute("UPDATE terminals SET batch = 999999 WHERE number = :number", number=self.tills[0].number)
            self.auditor.first_batch(self.tills[0], 999_999)

    def _pass_numbers(self, *traces):
        """The first terminal has done more than these books show: its numbers come to their end, and round again."""
        journal = Journal(self.tills[0].journal_folder)
        journal.recover()
        for trace in traces:
            journal.append({"kind": "trace", "trace": trace})
        sql = "UPDATE terminals SET last_trace = :trace WHERE number = :number"
        self.host.execute(sql, trace=traces[-1], number=self.tills[0].number)
        self.auditor.numbers_come_again(self.tills[0])

    # What happens is noted

    def note(self, line):
        self._digest.update(f"{self.loop.us()} {line}\n".encode())
        if self._keep:
            self.log.append(f"{self.loop.time():.3f} {line}")
            if len(self.log) > self._keep:
                del self.log[: self._keep // 2]

    def struck(self, name):
        """A fault that was armed before: counted here when it is a message's, which may strike often."""
        self.faults += name in trouble.MESSAGE_FAULTS
        self.note(f"fault {name}")

    def fault_armed(self, till, name):
        self.note(f"armed {till.number} {name}")
        if name not in trouble.MESSAGE_FAULTS:
            self.faults += 1

    def closed_by_host(self, till, batch):
        self.note(f"batch {batch} of {till.number} closed by the host")
        self.auditor.closed_by_host(till.number, batch)

    def at_host(self, sql, number):
        """A statement about a terminal, as soon as the host is up."""
        if not self.host.up:
            self.loop.call_later(5, self.at_host, sql, number)
            return None
        with contextlib.suppress(HostDied):
            return self.host.execute(sql, number=number)
        return None

    def printed(self, till, lines):
        self.auditor.sees_slip(till, lines)
        for line in lines:
            delay_s = till.chance.choice((1, 6, 20, 119, 121, None)) if line.startswith(b"QR ") else None
            if delay_s:
                self.loop.call_later(delay_s, self._pay, line[3:].decode())

    # Customers

    def wallet_code(self, till, card):
        if not self.host.up:
            return None
        try:
            with self.host.transaction() as unit:
                account = book.find_account(unit, card)["id"]
                return codes.issue(unit, account, epoch_ms(self.host.wall.now()))
        except HostDied:
            self.host.died()
            return None

    def _pay(self, code):
        if not self.host.up:
            return
        try:
            with contextlib.suppress(pay.Refused), self.host.transaction() as unit:
                pay.pay(unit, book.find_account(unit, PLENTY), emv.parse(code), self.host.wall.now())
                self.note("paid by code")
        except HostDied:
            self.host.died()

    # Deeds

    def wish_over(self, till):
        waiting = self._waiting.pop(till.number, None)
        if waiting and not waiting.done():
            waiting.set_result(None)

    async def deed(self, till, kind, chance):
        """One wish, with whatever happens meanwhile; the power is given back when it goes."""
        wish = till.person.want(kind, chance)
        end_s = self.loop.time() + DEED_S
        while not wish.over and self.loop.time() < end_s:
            await self._wait(till, 2.0)
            till.check_alive()
            if self.auditor.accused:
                raise self.auditor.accused
            if till.flash.failed:
                wish.over = True
                await self.power_returns(till)
        till.person.wish = None

    async def _wait(self, till, seconds):
        """Until the wish is over, or so long."""
        waiting = self.loop.create_future()
        self._waiting[till.number] = waiting
        handle = self.loop.call_later(seconds, lambda: waiting.done() or waiting.set_result(None))
        await waiting
        handle.cancel()
        self._waiting.pop(till.number, None)

    async def power_returns(self, till):
        till.person.power_cut()
        await till.cut()
        await asyncio.sleep(till.chance.choice((1, 1, 5, 30)))
        till.power()

    async def _terminal_day(self, till, deeds):
        till.chance = random.Random(f"morning {self.plan.seed} {till.number} {deeds[0].key[0] if deeds else 0}")
        till.power()
        for deed in deeds:
            chance = random.Random("done " + deed.chance)
            till.chance = random.Random("line " + deed.chance)
            if till.terminal is not None and till.terminal.exchange.blocked and chance.random() < 0.5:
                till.heal()
                await self.deed(till, "undo", chance)
            if deed.kind == "delete" or _may_make_room(till):
                self.auditor.before_deletion(till)
            self.auditor.deed_begins(till)
            till.flash.failed_in_deed = False
            trouble.arm(self, till, deed)
            self.note(f"deed {till.number} {deed.kind}")
            await self.deed(till, deed.kind, chance)
            if chance.random() < 0.6:
                till.heal()
            if deed.kind == "rest":
                await asyncio.sleep(chance.choice((5, 20, 60)))

    async def _calm(self):
        """Nothing goes wrong any more; everything that was begun must come to its end."""
        for till in self.tills:
            till.heal()
            till.flash.cut_in(None)
            till.flash.fail_once(None, 0)
        self.network.partitioned.clear()
        self.host.heal()
        for till in self.tills:
            await till.cut()
            till.person.power_cut()
        await asyncio.sleep(420)  # what was held, late or planned is over
        self.host.heal()
        for till in self.tills:
            till.heal()
            till.printer.flags, till.printer.fail_at_line = 0, None
        await asyncio.gather(*(self._to_rest(till) for till in self.tills))

    async def _to_rest(self, till):
        till.chance = random.Random(f"evening {self.plan.seed} {till.number}")
        chance = random.Random(f"evening {self.plan.seed}")
        if till.flash.failed or till._main is None:
            await self.power_returns(till)
        await self.deed(till, "sign_on", chance)
        end_s = self.loop.time() + CALM_S
        while not self._at_rest(till) and self.loop.time() < end_s:
            if till.terminal.exchange.blocked:
                await self.deed(till, "undo", chance)
            await self.deed(till, "sign_on", chance)
            await asyncio.sleep(20)
        await self.power_returns(till)  # slips that failed are made up for at a start
        await self.deed(till, "sign_on", chance)
        for _ in range(4):
            await self.deed(till, "settle", chance)
            state = till.terminal.journal.state
            if not state["totals"] and not state["settling"]:
                break
        till.person.wish = None
        await till.cut()
        till.person.power_cut()

    def _at_rest(self, till):
        if till.terminal is None:
            return False
        state = till.terminal.journal.state
        waits = state["pending"] or state["advices"] or state["untold"] or state["settling"] or state.get("offline")
        return not waits and till.terminal.exchange.signed_on

    async def play(self):
        for number in range(self.plan.days):
            await asyncio.gather(*(self._terminal_day(till, self.plan.at(number, till.at)) for till in self.tills))
            await self._calm()
            self.auditor.evening()
            self.host.wall.moved += NIGHT
            self.host.execute("UPDATE merchant_services SET enabled = true, off_by = NULL, removed = false")
            if self.plan.limits["traces_end"] and self.tills:
                self.tills[0].flash.restore()
                self._pass_numbers(400_000, 800_000, 999_960)

    async def close(self):
        for till in self.tills:
            with contextlib.suppress(AssertionError):
                await till.cut()
        self.host.close()

    def digest(self):
        """Of the transcript, and of what is on each flash."""
        whole = self._digest.copy()
        for till in self.tills:
            for path in sorted(till.flash.files):
                whole.update(path.encode() + till.flash.files[path])
        return whole.hexdigest()


def play(plan, keep=0):
    """Plays the plan; a Result. keep: how many lines of the transcript's end it brings along."""
    logging.disable(logging.CRITICAL)  # the host tells of each thing that it refuses

    async def all_of_it():
        memory.forget()
        day = Day(plan, keep)
        # Whatever error it ends with, a PowerCut included, belongs to this plan.
        (error,) = await asyncio.gather(day.play(), return_exceptions=True)
        await day.close()
        failure, kind = (None, None) if error is None else _in_words(error)
        return Result(
            plan.terminals * plan.days,
            day.auditor.transactions,
            day.faults,
            day.digest(),
            failure,
            kind,
            tuple(day.log),
        )

    return world.run(all_of_it, plan.seed)


def _in_words(error):
    """(text, kind) of what ended a day. The kind is what a shorter history must fail with, too."""
    text = f"{type(error).__name__}: {error}"
    cause = error.__cause__
    if cause is not None:
        where = traceback.extract_tb(cause.__traceback__)[-1]
        text += f"\n  from {type(cause).__name__}: {cause} ({where.filename}:{where.lineno})"
    kind = getattr(error, "kind", None)
    if kind is None:
        kind = type(cause or error).__name__
        if not isinstance(error, AssertionError):
            text += "\n" + "".join(traceback.format_tb(error.__traceback__)[-6:])
    return text, kind
