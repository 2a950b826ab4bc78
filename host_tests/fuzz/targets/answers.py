"""The firmware's handling of answers: the real exchange, channel and journal beside a host whose answers are changed.

An input's first byte chooses what the terminal does; then come pieces, each with two bytes of length, one for each
answer in turn. A piece's first byte says what becomes of that answer:

    0  nothing                                    5  it never comes
    1  a field (second byte) has these bytes      6  the connection is closed
    2  these bytes instead, on the line           7  the answer before is given again
    3  this message instead, in a right frame     8  a field is changed, and the MAC is not right
    4  one byte (second and third) is another

In 1 and 3 the MAC is made right, so that what follows it is reached.
"""

import asyncio
import copy
import sys

import dual
import power_cut

from fuzz import mutators, places
from fuzz.property import hides, need
from fuzz.targets.downloads import Slips

sys.path.append(str(places.HOST_TESTS / "link"))  # whose files name one another so, for MicroPython's sake

import bench as benches
import model_host

WALL = (2026, 3, 14, 15, 9, 26)
RESULTS = ("approved", "declined", "reversed", "pending", "not_sent", "failed", "offered", "waiting")
HOUR_S = 3600
REQUESTS_MAX = 1200  # records come back in at most 500 pages
FIELDS = (3, 4, 11, 12, 13, 37, 38, 39, 41, 42, 48, 54, 60, 61, 62, 63)


class Reader(model_host.Reader):
    """What is not there at once does not come: nobody looks for it five times a second."""

    async def readexactly(self, size):
        while len(self.data) < size and not self.ended:
            await asyncio.sleep_ms(5000)
        return await super().readexactly(size)


class Host(model_host.ModelHost):
    """The model host, whose answers go through the input's pieces. told: code of each answer with a right MAC."""

    def __init__(self):
        super().__init__()
        self.pieces = []
        self.told = []
        self.last = b""

    async def open_stream(self):
        _reader, writer = await super().open_stream()
        writer.reader = Reader()
        return writer.reader, writer

    def again(self):
        """Another host in the same state."""
        made = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, dict | list):
                setattr(made, name, copy.copy(value))
        made.settlement = copy.deepcopy(self.settlement)
        return made

    def reply(self, fault, reader, answer, request):
        data = self.packed(answer)
        piece = self.pieces.pop(0) if self.pieces else b"\0"
        signed = request[60][8:11] != "001" or request[0] != "0800"
        sent = self.altered(piece or b"\0", data)
        if sent is None:
            reader.ended = True
            return
        self.last = data
        reader.data += sent
        self.note(sent, signed)

    def altered(self, piece, data):
        what, rest = piece[0] % 9, piece[1:]
        if what == 2:
            return rest
        if what == 3:
            return self.framed(self.mended(rest))
        if what == 5:
            return b""
        if what == 6:
            return None
        if what == 7:
            return self.last
        if what == 4 and len(rest) >= 3:
            at = 2 + int.from_bytes(rest[:2], "big") % (len(data) - 2)
            return data[:at] + bytes((data[at] ^ rest[2],)) + data[at + 1 :]
        if what in (1, 8) and rest:
            return self.with_field(data[13:], rest, what == 1)
        return data

    def with_field(self, message, rest, right):
        kind, fields = mutators.split(message)
        number = rest[0] if rest[0] in mutators.LAYOUT else FIELDS[rest[0] % len(FIELDS)]
        if len(rest) == 1:
            fields.pop(number, None)
        else:
            fields[number] = rest[1:]
        changed = mutators.joined(kind, fields)
        if right:
            changed = self.mended(changed)
        return self.framed(changed)

    def mended(self, message):
        """The message with a right MAC, when it has field 64."""
        if len(message) > 18 and message[9] & 1 and self.key:
            from pos.security.cmac import cmac

            return message[:-8] + cmac(self.key, message[:-8])[:8]
        return message

    def framed(self, message):
        body = bytes.fromhex("6000000003603100000100") + message[:1013]
        return len(body).to_bytes(2, "big") + body

    def note(self, sent, signed):
        """What the terminal may believe: messages whose MAC is right, read here on our own."""
        message = sent[13:]
        if not signed or self.mended(message) != message or len(message) < 19 or not message[9] & 1:
            return
        parts = mutators.split(message)
        if parts and 39 in parts[1]:
            self.told.append(parts[1][39])


class Answers:
    """Whatever is answered: a result that is known, books that agree with it, and only what has a right MAC counts."""

    BYTES_MAX = 1500
    PLAIN_SHARE = 0.3
    TOKENS = (b"\x01\x27", b"\x01\x3c", b"\x01\x3e", b"\x01\x30", b"\x01\x36", b"A0", b"77", b"00", b"95", b"94", b"12")

    def __init__(self):
        from pos import texts  # loaded before the first scope, which would load it anew each time
        from pos.domain import parameters, settling, totals, transaction
        from pos.journal import appending, deletion, finding, history, lines, recovery
        from pos.journal.journal import Journal
        from pos.link import (
            advice,
            answer,
            causes,
            closing,
            code,
            management,
            offline,
            payment,
            records,
            request,
            reversal,
            services,
            settlement,
            upload,
        )

        self.loaded = (texts, settling, appending, deletion, finding, lines, recovery, advice, answer, causes, closing)
        self.loaded += (code, management, offline, payment, records, request, reversal, services, settlement, upload)
        self.Journal, self.history = Journal, history
        self.parameters, self.totals, self.transaction = parameters, totals, transaction
        self.slips = Slips()
        self.actions = (
            *(self.sale, self.void, self.refund, self.preauth, self.balance, self.sign_on, self.fetch, self.settle),
            *(self.recover, self.service, self.by_code, self.offer, self.sign_off, self.echo, self.again),
            self.offline,
        )
        self.prepare()

    def prepare(self):
        """A terminal that is signed on and has sold once: where every input begins."""
        power_cut.forget()
        dual.clock.set(WALL)
        bench = benches.Bench()
        bench.host = Host()
        bench.host.copies[5] = [
            (trace, model_records_item("sale", trace, 5, 100, "6200000000000013")) for trace in (1, 2)
        ]
        bench.restart()

        async def trade():
            await bench.sign_on()
            await bench.sell(2500)

        dual.run(trade())
        self.folder, self.disk, self.host = bench.folder, dict(power_cut._disk), bench.host
        self.key = bench.exchange.working_key

    def run(self, data):
        power_cut._disk.clear()
        power_cut._disk.update(self.disk)
        dual.clock.set(WALL)
        host = self.host.again()
        host.pieces = mutators.frames(data[1:])[:24]
        host.requests = []
        host.told = []
        bench = benches.Bench.__new__(benches.Bench)
        bench.folder, bench.host, bench.parameters = self.folder, host, self.parameters.defaults()
        bench.restart()
        bench.exchange.working_key, bench.exchange.operator = self.key, "01"
        before = self.totals.sides(bench.state["totals"])
        action = self.actions[(data[0] if data else 0) % len(self.actions)]
        try:
            seen = dual.run(self.timed(action(bench)))
            self.check(bench, action, seen, before)
        finally:
            dual.clock.set(WALL)

    async def timed(self, action):
        begin = asyncio.get_running_loop().time()
        seen = await action
        need(asyncio.get_running_loop().time() - begin < 3 * HOUR_S, "an operator is not kept for hours")
        return seen

    def check(self, bench, action, seen, before):
        state, host = bench.state, bench.host
        need(seen["result"] in RESULTS, "a result is one of those that are known")
        need(hides(f"{seen['cause']} {seen['code']}"), "an outcome shows no account number")
        need(len(host.requests) < REQUESTS_MAX, "requests end")
        need(self.parameters.clean(bench.parameters) == (bench.parameters, []), "parameters are in their ranges")
        key = bench.exchange.working_key
        need(key is None or len(key) in (16, 32), "a working key is a key")
        year, month, day, hour, minute, second = dual.clock.now()
        need(2000 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31, "the clock has a date")
        need(hour < 24 and minute < 60 and second < 60, "the clock has a time")
        self.check_money(bench, action, seen, before)
        again = self.Journal(self.folder)
        report = again.recover()
        need(not report["problem"] and not report["bad_bytes"] and not report["lost"], "the journal is whole")
        need(again.state == state, "the journal says what the terminal knows")
        for tx in self.history.newest_first(again):
            if tx["state"] == "approved" and "amount_minor" in tx:
                self.slips.once(tx, bench.parameters)
        if state["settled"]:
            self.slips.settlement(state["settled"], bench.parameters)

    def check_money(self, bench, action, seen, before):
        state, tx = bench.state, seen["tx"]
        told = [code.decode("latin-1") for code in bench.host.told]
        if action == self.offline:
            gone = tx["trace"] not in state["offline"]
            need(not gone or told, "what was sold without the host waits until it is answered")
            return
        if action in (self.sign_on, self.echo, self.fetch) and not told:
            return
        if seen["result"] == "approved" and action not in (self.echo, self.sign_on):
            need("00" in told or "94" in told or "77" in told, "approved only by an answer with a right MAC")
        if seen["result"] == "declined" and seen["code"] and action != self.sign_on:
            need(seen["code"] in told, "declined only by an answer with a right MAC")
        if action not in (self.sale, self.void, self.by_code, self.refund) or state["batch"] != 7:
            return
        after = self.totals.sides(state["totals"])
        moved = [new - old for new, old in zip(after, before, strict=True)]
        debit = action in (self.sale, self.by_code)
        if seen["result"] == "approved":
            amount = tx["amount_minor"]
            need(moved == ([1, amount, 0, 0] if debit else [0, 0, 1, amount]), "what was approved is in the totals")
            need(amount == (1234 if debit else 2500), "the amount is the one that was asked for")
            need(state["pending"] is None, "what was approved is not reversed")
        else:
            need(moved == [0, 0, 0, 0], "what was not approved is in no total")
        if seen["result"] == "pending":
            need(state["pending"] or state["advices"], "what is pending is in the journal")

    # What the terminal does

    def make(self, kind, **more):
        return self.transaction.make(kind, 1234, more.pop("card", benches.CARD), "keyed", "01", WALL, **more)

    def sale(self, bench):
        return bench.exchange.authorise(self.make("sale"))

    def preauth(self, bench):
        return bench.exchange.authorise(self.make("preauth"))

    def by_code(self, bench):
        tx = self.transaction.make("sale", 1234, "", "qr", "01", WALL, qr="9162345678901237")
        bench.host.codes_paid["9162345678901237"] = benches.CARD
        return bench.exchange.authorise(tx)

    def void(self, bench):
        tx = self.transaction.correct("void", bench.state["last"], 2500, "01", WALL, reason="01")
        return bench.exchange.authorise(tx)

    def refund(self, bench):
        tx = self.transaction.correct("refund", bench.state["last"], 2500, "01", WALL, reason="07")
        return bench.exchange.advise(tx)

    def balance(self, bench):
        return bench.exchange.balance(self.make("balance"))

    def sign_on(self, bench):
        return bench.exchange.sign_on("01")

    def sign_off(self, bench):
        return bench.exchange.sign_off()

    def echo(self, bench):
        return bench.exchange.echo()

    def fetch(self, bench):
        bench.host.parameters = {11: b"60", 16: b"\xb2\xe8", 19: b"99999", 20: b"2026", 21: b"2", 31: b"2330"}
        return bench.exchange.fetch_parameters()

    def settle(self, bench):
        return bench.exchange.run("settlement", "settle", "01", lambda *_: None)

    def recover(self, bench):
        return bench.exchange.run("records", "recover", 5, lambda *_: None)

    def service(self, bench):
        return bench.exchange.run("services", "change", "refund", "off", "21", "00")

    async def offer(self, bench):
        tx = self.transaction.make("sale", 1234, "", "shown", "01", WALL)
        seen = await bench.exchange.offer(tx)
        if seen["result"] == "offered":
            seen = await bench.exchange.poll(tx)
        if seen["result"] in ("waiting", "failed"):
            seen = await bench.exchange.withdraw(tx)
        return seen

    async def offline(self, bench):
        """A sale without the host, and what is sent once it is there again."""
        bench.parameters["services"] += ",offline"
        bench.parameters["offline_floor_minor"] = 5000
        seen = await bench.exchange.run("offline", "sell", self.make("offline"))
        need(seen["result"] == "approved", "a small sale is made without the host")
        await bench.exchange.resolve_pending()
        return seen

    async def again(self, bench):
        """A sale that is not answered, and what is tried afterwards."""
        await bench.exchange.authorise(self.make("sale"))
        await bench.exchange.resolve_pending()
        done = await bench.exchange.resolve_pending(forced=True)
        return {"result": "reversed" if done else "pending", "code": None, "cause": None, "tx": None}

    def mutate(self, data, size_max, chance):
        head, rest = data[:1] or b"\0", data[1:]
        if chance.random() < 0.1:
            head = bytes((chance.randrange(len(self.actions)),))
        return head + mutators.row(rest or b"\0\1\0", size_max - 1, chance, self.piece, 12)

    def piece(self, data, size_max, chance):
        what = chance.randrange(8)
        if what == 0 or not data:
            return bytes((chance.randrange(9),)) + data[1:]
        if data[0] % 9 == 3 and what < 6:
            return data[:1] + mutators.message(data[1:], 1013, chance)
        if what < 5:
            number = chance.choice(FIELDS)
            return bytes((1 if what < 4 else 8, number)) + mutators.a_field(number, chance)
        if what == 5:
            return bytes((4, 0, chance.randrange(256), 1 << chance.randrange(8)))
        return data[:1] + mutators.plain(data[1:], 1000, chance)

    def seeds(self):
        names = (
            "sale void refund preauth balance sign-on fetch settle recover service by-code offer sign-off echo again"
        )
        names += " offline"
        for at, name in enumerate(names.split()):
            yield name, bytes((at,))
            for code in (b"51", b"77", b"A0", b"96"):
                yield f"{name}-{code.decode()}", bytes((at,)) + mutators.together([b"\x01\x27" + code])
            yield f"{name}-silent", bytes((at,)) + mutators.together([b"\5", b"\5", b"\0"])
            yield f"{name}-cut", bytes((at,)) + mutators.together([b"\6", b"\0"])
            yield f"{name}-mac", bytes((at,)) + mutators.together([b"\x08\x2700", b"\7"])
        yield "settle-differs", b"\7" + mutators.together([b"\x01\x30\x00\x31" + bytes(15) + b"\x20"])
        fees = b"\x00\x20" + b"014sale,2,3500,18"
        yield "settle-fees", b"\7" + mutators.together([b"\0", b"\x01\x3e" + fees])


def model_records_item(*values):
    """A record as the host tells it: see iso8583/records.py."""
    values = [*values, "keyed", "01", "20260301", "101112", "607315092627", "A12345", "", ""]
    text = ",".join(str(value) for value in values).encode()
    return b"%03d" % len(text) + text
