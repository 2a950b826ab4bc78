"""The terminal's end: the shipped exchange, journal, channel and TLS in MicroPython, without keys and screen.

`micropython till.py`, with MICROPYPATH leading to firmware/, reads one order a line from standard input and answers
each with one line, both JSON. An order is {"do": NAME, ...}, see Till.order; what stands is told with every answer. One
process does thousands of sales, so that a sweep costs connections and not starts.
"""

import asyncio
import asyncio.core as core
import gc
import json
import select
import sys
import time

from pos import texts
from pos.domain import parameters, transaction
from pos.journal import deletion, history
from pos.journal.journal import Journal
from pos.link import tls
from pos.link.channel import Channel
from pos.link.exchange import Exchange

_PERIOD = 1 << 30
_OPERATOR = "01"
_SEGMENT_BYTES = 16384
_NOON = (2026, 11, 22, 12, 0, 0)


class Pace:
    """Time that may pass faster than it does: what takes 60 s is over after 60 s / `times`, for the event loop and the
    firmware's clock alike. Nothing of the product knows of it.

    The loop's queue, which is C, stamps what is ready with the interpreter's own ticks; these run ahead of them, or
    what is ready would wait.
    """

    def __init__(self):
        self.times = 1
        self._real_ms = time.ticks_ms()
        self._here_ms = (self._real_ms + _PERIOD // 4) % _PERIOD
        self._poller = select.poll()
        core.ticks = self.ticks_ms
        asyncio.new_event_loop()
        core._io_queue.poller = self

    def set(self, times):
        self._here_ms, self._real_ms = self.ticks_ms(), time.ticks_ms()
        self.times = times

    def ticks_ms(self):
        gone_ms = time.ticks_diff(time.ticks_ms(), self._real_ms)
        return (self._here_ms + gone_ms * self.times) % _PERIOD

    # What the event loop asks of its poller

    def ipoll(self, wait_ms):
        return self._poller.ipoll(-(-wait_ms // self.times) if wait_ms > 0 else wait_ms)

    def register(self, *arguments):
        return self._poller.register(*arguments)

    def modify(self, *arguments):
        return self._poller.modify(*arguments)

    def unregister(self, *arguments):
        return self._poller.unregister(*arguments)


class Clock:
    """The clock port of the firmware."""

    def __init__(self, pace):
        self._pace = pace
        self._wall = _NOON

    def ticks_ms(self):
        return self._pace.ticks_ms()

    def elapsed_ms(self, start_ms):
        return time.ticks_diff(self._pace.ticks_ms(), start_ms)

    def now(self):
        return self._wall

    def set(self, wall):
        self._wall = wall


class Wifi:
    """Always up: what is at fault is beyond it."""

    def is_up(self):
        return True

    async def wait_up(self, _timeout_ms):
        return True


class Till:
    """journal and exchange as the wiring puts them together; sale: the last one that was approved."""

    def __init__(self):
        self.pace = Pace()
        self.clock = Clock(self.pace)
        self.sale = None
        self.settle_refused = 0

    def start(self, folder, identity, ca, host, port, name="pos-host"):
        """The power comes: everything that is known is on the flash."""
        with open(ca, "rb") as file:
            self._ca = file.read()
        self._folder, self._identity = folder, identity
        self._name = name
        # Larger segments than on a board: no record of a sweep makes room, so the audit finds each in the end.
        self.journal = Journal(folder, _SEGMENT_BYTES)
        report = self.journal.recover()
        self.exchange = Exchange(
            self.journal,
            self._channel(host, port, name),
            identity,
            bytes.fromhex(identity["master_key"]),
            self.clock,
            parameters.defaults(),
        )
        return {"result": "started", "problem": report["problem"]}

    def line(self, host, port, name=None):
        """Another way to the host; a session that is open ends."""
        self.exchange.channel.close()
        self.exchange.channel = self._channel(host, port, name or self._name)
        return {"result": "line"}

    def _channel(self, host, port, name):
        wifi = Wifi()
        return Channel(tls.opener(wifi, host, port, name, self._ca), self.clock, wifi.is_up)

    async def trade(self, kind, amount_minor, card, again=None):
        """One transaction; `again`: what a void or refund refers to, the last approved sale when not given."""
        exchange = self.exchange
        if kind in ("void", "refund"):
            tx = transaction.correct(kind, again or self.sale, amount_minor, _OPERATOR, self.clock.now(), reason="01")
            if kind == "refund":
                return await exchange.advise(tx)
        else:
            tx = transaction.make(kind, amount_minor, card, "keyed", _OPERATOR, self.clock.now())
        if kind == "balance":
            return await exchange.balance(tx)
        outcome = await exchange.authorise(tx)
        if kind == "sale" and outcome["result"] == "approved":
            self.sale = outcome["tx"]
        return outcome

    async def settle(self):
        """As flows/settle_work.py and make_room.py, without their screens."""

        def show(_stage, _done, _total):
            pass

        begun = self.journal.state["settling"] is not None
        outcome = await self.exchange.run("settlement", "settle", _OPERATOR, show, not begun)
        if outcome["result"] == "approved":
            deletion.drop_oldest(self.journal)
        return outcome

    async def resolve(self, forced=False):
        """As flows/recover.py: what waits goes out, and the operator is told how advices ended (`told`)."""
        done = await self.exchange.resolve_pending(forced)
        told = []
        for trace in list(self.journal.state["untold"]):
            told.append(history.find(self.journal, trace))
            self.journal.append({"kind": "told", "trace": trace})
        return {"result": "done" if done else "waiting", "told": told}

    async def order(self, order):
        name = order.pop("do")
        if name in ("start", "line"):
            return getattr(self, name)(**order)
        if name == "pace":
            self.pace.set(order["times"])
            return {"result": "pace"}
        if name == "hang_up":
            self.exchange.channel.close()
            return {"result": "hung up"}
        if name == "trace":
            self.journal.append({"kind": "trace", "trace": order["trace"]})
            return {"result": "trace"}
        if name == "parameter":
            self.exchange.parameters[order["name"]] = order["value"]
            return {"result": "parameter"}
        if name == "sign_on":
            return await self.exchange.sign_on(_OPERATOR)
        if name in ("sign_off", "echo", "fetch_parameters"):
            return await getattr(self.exchange, name)()
        return await getattr(self, name)(**order)

    def stands(self):
        """What a controller must know after every order."""
        state = self.journal.state
        exchange = self.exchange
        return {
            "pending": state["pending"] and state["pending"]["trace"],
            "attempts": state["attempts"],
            "advices": list(state["advices"]),
            "untold": state["untold"],
            "doubt": state["doubt"],
            "settling": state["settling"],
            "count": state["count"],
            "totals": state["totals"],
            "batch": state["batch"],
            "trace": state["trace"],
            "signed_on": exchange.signed_on,
            "blocked": exchange.blocked,
            "open": exchange.channel._writer is not None,
        }


def _said(outcome, till, took_ms, words):
    """The outcome as a line of JSON, and whether the screen has words for its cause."""
    told = {name: outcome.get(name) for name in ("result", "cause", "code", "tx", "problem", "told")}
    told["took_ms"] = took_ms
    told["worded"] = outcome.get("cause") is None or "cause_" + outcome["cause"] in words
    told["heap"] = gc.mem_alloc()
    told.update(till.stands())
    return json.dumps(told)


async def main():
    till = Till()
    words = _words(texts.__file__.rpartition("/")[0])
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        order = json.loads(line)
        start_ms = till.clock.ticks_ms()
        outcome = await till.order(order)
        if not isinstance(outcome, dict):
            outcome = {"result": str(outcome)}
        gc.collect()
        sys.stdout.write(_said(outcome, till, till.clock.elapsed_ms(start_ms), words) + "\n")


def _words(folder):
    """The keys of the texts that both languages have."""
    found = []
    for name in ("en.txt", "zh.txt"):
        with open(folder + "/" + name) as file:
            found.append([line.partition(" = ")[0] for line in file])
    return [key for key in found[0] if key in found[1]]


asyncio.run(main())
