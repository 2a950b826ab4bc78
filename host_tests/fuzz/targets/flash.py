"""What lies on the flash, damaged: the journal's folder, and the files of settings, parameters and operators."""

import json
import os
import re
import tempfile
from binascii import crc32

import dual

from fuzz import mutators
from fuzz.property import need

SEGMENT_BYTES = 1024
FILES_MAX = 40
_SUM = re.compile(rb"^[0-9a-f]{8} ")


def write_all(folder, contents):
    """Makes the folder hold these files and no others."""
    for name in os.listdir(folder):
        if name not in contents:
            os.remove(f"{folder}/{name}")
    for name, data in contents.items():
        with open(f"{folder}/{name}", "wb") as file:
            file.write(data)


def read_all(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(f"{folder}/{name}", "rb") as file:
            found[name] = file.read()
    return found


def renumbered(name, number):
    """The name with its first number another; one of a single digit stays below 8."""
    first = re.search("[0-9]+", name)
    if not first:
        return name
    size = len(first[0])
    return f"{name[: first.start()]}{number % (1000 if size > 1 else 8):0{size}d}{name[first.end() :]}"


def summed(line):
    """The line with a right checksum in front, where it has one at all."""
    if not _SUM.match(line) or not line.endswith(b"\n"):
        return line
    return b"%08x" % (crc32(line[9:-1]) & 0xFFFFFFFF) + line[8:]


class Journal:
    """Recovery of a damaged folder: it reports, never raises; never an amount that was not written, never a state that
    was not there without a word about damage; and trade goes on, with what was appended durable.

    The input's first byte: how many steps of the day have happened. Then pieces, one damage each: which file, what (0
    bits, 1 cut off, 2 other bytes, 3 bytes put in, 4 gone, 5 twice, 6 swapped, 7 a digit of a line whose checksum is
    right again, 8 a line twice or gone), where (two bytes), and bytes."""

    BYTES_MAX = 200
    PLAIN_SHARE = 0.3
    DAMAGES_MAX = 6

    def __init__(self):
        from journal import records
        from pos.journal import history, journal
        from pos.journal.errors import JournalError

        self.records, self.journal, self.history, self.JournalError = records, journal, history, JournalError
        self.folder = tempfile.mkdtemp(prefix="fuzz-journal-")
        self.amounts = {}
        self.days, self.states = [read_all(self.folder)], []
        self.bare = []  # steps after which no small file counts: what is damaged then has nothing chained to it
        made = self.open()
        self.states.append(self.seen(made))
        for step in self.day():
            made.append(*step)
            self.days.append(read_all(self.folder))
            self.states.append(self.seen(made))
            if not made.tail:
                self.bare.append(len(self.days) - 1)

    def open(self):
        made = self.journal.Journal(self.folder, SEGMENT_BYTES)
        made.recover()
        return made

    def seen(self, made):
        return json.dumps(made.state, sort_keys=True)

    def day(self):
        """Sales of one, two, four ... minor units, so that each sum tells what it is made of; some end otherwise."""
        records = self.records
        yield ({"kind": "trace", "trace": 1},)
        yield ({"kind": "batch", "batch": 7},)
        for at in range(16):
            trace, amount_minor = at + 2, 1 << at
            self.amounts[trace] = amount_minor
            yield (records.intent(trace, amount_minor),)
            if at % 5 == 3:
                yield ({"kind": "attempt", "trace": trace, "attempts": 1, "reason": "98"},)
                yield ({"kind": "reversed", "trace": trace, "code": "00"},)
                continue
            yield (records.result(trace, "declined" if at % 7 == 5 else "approved", amount_minor),)
            if at % 7 != 5:
                yield (records.printed(trace, 1), records.printed(trace, 2))
            if at % 4 == 1:
                yield ({"kind": "audit", "what": "log_in", "operator": "01"},)
        yield (records.intent(18, 1 << 16),)
        self.amounts[18] = 1 << 16

    def run(self, data):
        steps = (data[0] if data else 0) % len(self.days)
        contents, forged = self.damaged(dict(self.days[steps]), mutators.frames(data[1:])[: self.DAMAGES_MAX])
        write_all(self.folder, contents)
        made = self.journal.Journal(self.folder, SEGMENT_BYTES)
        report = made.recover()
        need(report["problem"] in ("", "unkept"), "a folder that can be read is recovered")
        need(report["bad_bytes"] >= 0 and report["lost"] >= 0, "a report counts")
        if not forged:
            self.check_state(made.state)
            if not report["bad_bytes"] and not report["lost"] and not report.get("kept"):
                need(self.seen(made) in self.states[: steps + 1], "damage is never silent")
        self.check_history(made, forged)
        self.go_on(made)

    def check_state(self, state):
        """Nothing that was not written."""
        for name in ("pending", "last"):
            tx = state[name]
            if tx and tx.get("amount_minor") is not None:
                need(self.amounts.get(tx["trace"]) == tx["amount_minor"], "an amount is one that was written")
        for count, total_minor in state["totals"].values():
            need(0 <= total_minor < 1 << 17, "a total is made of what was written")
            need(bin(total_minor).count("1") == count, "a total has as many amounts as it says")

    def check_history(self, made, forged):
        try:
            for tx in self.history.newest_first(made):
                if not forged and tx.get("amount_minor") is not None:
                    need(self.amounts.get(tx["trace"]) == tx["amount_minor"], "a list shows what was written")
            for record in made.scan():
                need(isinstance(record, dict), "a record is a dict")
        except self.JournalError:
            need(False, "files that can be read are read")

    def go_on(self, made):
        """The next sale, and the next start."""
        trace = made.free_trace()
        need(1 <= trace <= 999999, "there is a next trace number")
        try:
            made.append(self.records.intent(trace, 5))
            made.append(self.records.result(trace, "approved", 5))
        except self.JournalError:
            need(False, "trade goes on after any damage")
        again = self.journal.Journal(self.folder, SEGMENT_BYTES)
        report = again.recover()
        need(not report["lost"], "what was recovered is whole at the next start")
        need(self.seen(again) == self.seen(made), "what was appended is there at the next start")

    # Damage

    def damaged(self, contents, pieces):
        """(files, whether a checksum was made right)"""
        forged = False
        for piece in pieces:
            if len(piece) < 4 or not contents:
                continue
            names = sorted(contents)
            name = names[piece[0] % len(names)]
            forged = self.damage(contents, names, name, piece) or forged
        return contents, forged

    def damage(self, contents, names, name, piece):
        what, where, rest = piece[1] % 9, int.from_bytes(piece[2:4], "big"), piece[4:]
        data = contents[name]
        at = where % (len(data) + 1)
        if what == 0 and at < len(data):
            contents[name] = data[:at] + bytes((data[at] ^ (rest[0] if rest else 1),)) + data[at + 1 :]
        elif what == 1:
            contents[name] = data[:at]
        elif what == 2:
            contents[name] = data[:at] + rest + data[at + len(rest) :]
        elif what == 3:
            contents[name] = data[:at] + rest + data[at:]
        elif what == 4:
            del contents[name]
        elif what == 5 and len(contents) < FILES_MAX:
            contents[renumbered(name, where)] = data
            return True  # a segment under another number is a journal that somebody made
        elif what == 6:
            other = names[where % len(names)]
            contents[name], contents[other] = contents[other], contents[name]
            return True
        elif what in (7, 8):
            return self.change_line(contents, name, what, where, rest)
        return False

    def change_line(self, contents, name, what, where, rest):
        data = contents[name]
        if name.endswith(".tail") and len(data) > 14:
            # A step in a small file: length, checksum of what follows, step, end.
            at = 5 + where % (len(data) - 6)
            body = data[5:at] + rest[:1] + data[at + len(rest[:1]) : -1]
            contents[name] = bytes((len(body) + 6 & 0xFF,)) + crc32(body).to_bytes(4, "big") + body + data[-1:]
            return True
        lines = contents[name].splitlines(keepends=True)
        if not lines:
            return False
        at = where % len(lines)
        if what == 8:
            lines[at : at + 1] = [lines[at]] * (2 if rest[:1] > b"\x7f" else 0)
        else:
            line = bytearray(lines[at])
            places = [place for place in range(9, len(line)) if 0x30 <= line[place] <= 0x39]
            if not places or len(rest) < 2:
                return False
            line[places[rest[0] % len(places)]] = 0x30 + rest[1] % 10
            lines[at] = summed(bytes(line))
        contents[name] = b"".join(lines)
        return what == 7

    def mutate(self, data, size_max, chance):
        head, rest = data[:1] or b"\x30", data[1:]
        if chance.random() < 0.2:
            head = bytes((chance.randrange(len(self.days)),))

        def change(piece, _most, chance):
            what = chance.randrange(9)
            return bytes((chance.randrange(256), what)) + chance.randbytes(2 + chance.choice((1, 2, 4, 12)))

        return head + mutators.row(rest, size_max - 1, chance, change, self.DAMAGES_MAX)

    def seeds(self):
        last = len(self.days) - 1
        for steps in (0, 1, 5, last // 2, last):
            yield f"whole-{steps}", bytes((steps,))
        for what in range(9):
            piece = bytes((0xFF, what, 1, 77, 3, 5))
            yield f"damage-{what}", bytes((last,)) + mutators.together([piece])
            yield f"damage-{what}-early", bytes((last,)) + mutators.together([b"\0" + piece[1:], piece])
        for steps in self.bare:
            names = sorted(self.days[steps])
            name = max(name for name in names if name.endswith(".log"))
            data = self.days[steps][name]
            for at in [at for at in range(data.rfind(b"\n", 0, -1) + 9, len(data)) if data[at : at + 1].isdigit()][-3:]:
                piece = bytes((names.index(name), 0)) + at.to_bytes(2, "big") + b"\1"
                yield f"newest-line-{steps}-{at}", bytes((steps,)) + mutators.together([piece])


PIN = "1000$" + "00" * 16 + "$" + "11" * 32
PERSON = {"pin": PIN, "first": False, "failures": 0}


class Stores:
    """Settings, parameters, operators and what was provisioned: whatever JSON lies there with a right checksum, or
    bytes without one, is taken where it fits and replaced by the default where not; saving goes on.

    Pieces: which file (0 settings, 1 parameters, 2 operators, 3 identity, 4 authority), which of its copies and
    whether the checksum is made right (second byte: 0 to 2, and 4), and what lies there."""

    BYTES_MAX = 900
    PLAIN_SHARE = 0.5
    TOKENS = (b'"failures":', b'"first":', b'"pin":', b'"rights":', b"null", b"true", b"[]", b"{}", b'"01":', b"1e9")
    NAMES = ("settings.json", "parameters.json", "operators.json", "terminal.json", "ca.der")
    ROUNDS_MAX = 2000  # of a PIN's record, which may say fifty times as many

    def __init__(self):
        from pos import preferences
        from pos.domain import operators, parameters, settings
        from pos.journal import staff, store
        from pos.journal.errors import StoreError
        from pos.security import pin

        self.preferences, self.operators, self.parameters, self.settings = preferences, operators, parameters, settings
        self.staff, self.store, self.StoreError, self.pin = staff, store, StoreError, pin
        self.folder = tempfile.mkdtemp(prefix="fuzz-stores-")

    def run(self, data):
        contents = {}
        for piece in mutators.frames(data)[:9]:
            if len(piece) < 2:
                continue
            name = self.NAMES[piece[0] % 5] + ("", ".new", ".old")[piece[1] % 4 % 3]
            text = piece[2:]
            if piece[1] & 4:
                text = b"pos1 %08x %d\n" % (crc32(text) & 0xFFFFFFFF, len(text)) + text
            contents[name] = text
        write_all(self.folder, contents)
        self.check_settings()
        self.check_parameters()
        self.check_staff()
        self.check_identity()

    def load(self, name):
        value, problem = self.store.load(f"{self.folder}/{name}", {})
        need(problem in (None, "missing", "damaged", "old"), "a problem is one of those that are known")
        return value

    def check_settings(self):
        replaced = self.preferences.overrides(self.folder)
        need(set(replaced) <= {"wifi_ssid", "wifi_key", "host", "port"}, "only the network is replaced")
        values, _problems = self.settings.clean(self.load(self.NAMES[0]))
        need(all(self.settings.allowed(name, value) for name, value in values.items()), "a setting is in its range")
        need(self.settings.clean(values) == (values, []), "what was cleaned is clean")
        self.store.save(f"{self.folder}/{self.NAMES[0]}", values)
        need(self.load(self.NAMES[0]) == values, "what was saved is read back")

    def check_parameters(self):
        values, _problems = self.parameters.clean(self.load(self.NAMES[1]))
        need(self.parameters.clean(values) == (values, []), "what was cleaned is clean")
        need(set(values) == set(self.parameters.defaults()), "no parameter comes or goes")

    def check_staff(self):
        clock = dual.Clock()
        people = self.staff.Staff(f"{self.folder}/{self.NAMES[2]}", clock, lambda pin: PIN, self.verify)
        people.load()
        for number in people.numbers():
            people.is_first(number)
            for right in ("sale", "void", "approve", "no such right"):
                how = self.operators.how(number, right, people.rights(number))
                need(how in ("alone", "approved", "never"), "a right is had or not")
            wait_ms = people.wait_ms(number)
            need(wait_ms == self.operators.LOCKED or 0 <= wait_ms <= self.operators.WAIT_MAX_MS, "a wait is bounded")
            answer = people.check(number, "123456")
            need(answer["result"] in ("wrong", "locked"), "nobody gets in with a wrong PIN")
        people.full()

    def verify(self, pin, record):
        rounds = record.split("$")[0].strip()
        if len(rounds) > 4 or (rounds.isdigit() and int(rounds) > self.ROUNDS_MAX):
            return False
        return self.pin.verify(pin, record)

    def check_identity(self):
        try:
            identity, authority = self.preferences.provisioned(self.folder)
        except (OSError, ValueError, TypeError, KeyError):
            return  # declared: the terminal says that it has to be provisioned
        need(isinstance(identity["merchant"], str) and isinstance(identity["terminal"], str), "an identity is text")
        need(isinstance(identity["master_key"], bytes) and isinstance(authority, bytes), "a key is bytes")

    def mutate(self, data, size_max, chance):
        return mutators.row(data, size_max, chance, self.piece, 9)

    def piece(self, data, size_max, chance):
        if len(data) < 3 or chance.random() < 0.1:
            return bytes((chance.randrange(5), chance.choice((0, 1, 2, 4, 5, 6)))) + data[2:]
        try:
            value = json.loads(data[2:])
        except ValueError:
            return data[:2] + mutators.plain(data[2:], size_max, chance)
        return data[:2] + json.dumps(changed(value, chance)).encode()

    def seeds(self):
        people = {"00": PERSON, "01": dict(PERSON, first=True, rights=["delete", "-refund"]), "99": PERSON}
        people["02"] = dict(PERSON, failures=8)
        values = (self.settings.clean({})[0], self.parameters.defaults(), people)
        for at, (name, value) in enumerate(zip(("settings", "parameters", "operators"), values, strict=True)):
            text = json.dumps(value).encode()[: self.BYTES_MAX - 200]
            yield name, mutators.together([bytes((at, 4)) + text])
            yield name + "-copies", mutators.together([bytes((at, 5)) + text[:300], bytes((at, 6)) + text[:300]])
            yield name + "-torn", mutators.together([bytes((at, 0)) + b"pos1 00000000 7\n" + text[:60]])
        identity = {"merchant": "100000000000001", "terminal": "10000001", "master_key": "00" * 16, "ca_crc32": 0}
        identity |= {"wifi_ssid": "shop", "wifi_key": "12345678", "host": "pay.example", "port": 8583}
        text = json.dumps(identity).encode()
        yield "identity", mutators.together([b"\3\4" + text, b"\4\0" + b"DER"])
        yield "identity-old", mutators.together([b"\3\0" + text, b"\3\6" + text, b"\4\2" + b"DER"])
        yield "small", mutators.together([b"\2\4" + json.dumps({"01": PERSON}).encode()])


VALUES = (None, True, False, 0, -1, 1, 8, 99, 10**6, 10**18, 1.5, "", "x", "zh", "0" * 70, "\x1b@", [], {}, ["sale"])


def changed(value, chance):
    """JSON with one value of it another, or one name."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        value = dict(value)
        name = chance.choice(sorted(value))
        what = chance.randrange(8)
        if what == 0:
            del value[name]
        elif what == 1:
            value[chance.choice(("", "100", "0x", "ab", "00", name + name))] = value[name]
        else:
            value[name] = changed(value[name], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return value[:at] + [changed(value[at], chance)] + value[at + chance.randrange(2) :]
    return chance.choice(VALUES)
