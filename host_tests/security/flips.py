"""One bit of a stored file turns over: is it seen, is the rest still to be read, does it let nobody in?

Runs on both interpreters. `Sweep(every).run()` tries each `every`-th bit of every file beside the journal: operators,
settings, parameters, identity with the master key, the authority's certificate, and the copies of all of them.
"""

import sys

if __name__ == "__main__":
    sys.path[:] = sys.argv[2:] + [p for p in sys.path if p.startswith(".")]

from binascii import crc32

import power_cut
from pos import preferences
from pos.domain import operators
from pos.journal import files, store
from pos.journal.staff import Staff

RIGHT, EARLIER, WRONG = "2468", "1357", "1111"
IDENTITY = {"merchant": "100000000000001", "terminal": "10000001", "master_key": "00112233445566778899aabbccddeeff"}
LINK = {"host": "127.0.0.1", "port": 8583, "server_name": "pos-host", "wifi_ssid": "pos", "wifi_key": "key-of-it"}
AUTHORITY = bytes(range(256)) + b"stands for a certificate: what is in it is TLS's to judge"
STORED = ("settings", "parameters")
BEFORE, NOW = {"language": "en", "copies": 1}, {"language": "zh", "copies": 2, "void_by": "supervisor"}
NAMES = ("operators.json", "settings.json", "parameters.json", "terminal.json", "ca.der")


class Clock:
    """Stands still: whoever must wait goes on waiting."""

    def ticks_ms(self):
        return 1000

    def elapsed_ms(self, start_ms):
        return 1000 - start_ms


def hashed(pin):
    return "5$salt$" + pin


def verified(pin, record):
    return record == hashed(pin)


class Sweep:
    """every: each how many-th bit. bits: how many were tried; problems: what was not as it must be, as texts."""

    def __init__(self, every=1, offset=0):
        self._every = every
        self._number = offset
        self.bits = 0
        self.problems = []
        self.folder = power_cut.folder()
        self._fill()
        self._whole = dict(power_cut._disk)

    def run(self):
        for name in NAMES:
            for copy in (name, name + ".old"):
                self._each(copy, (copy,))
            self._each(name, (name, name + ".old"))
        return self

    def summary(self):
        return f"{self.bits} bits, {len(self.problems)} not as they must be"

    def _fill(self):
        staff = Staff(self._path("operators.json"), Clock(), hashed, verified)
        for number in ("00", "01", "02", "03"):
            staff.set_first_pin(number, EARLIER)
            staff.change_pin(number, RIGHT, EARLIER)
        staff.remove("03")
        staff.change_right("01", "refund", False)
        staff.lock("02")
        for _ in range(3):
            staff.check("01", WRONG)
        for name in STORED:
            store.save(self._path(name + ".json"), BEFORE)
            store.save(self._path(name + ".json"), NOW)
        identity = dict(IDENTITY, ca_crc32=crc32(AUTHORITY) & 0xFFFFFFFF)
        identity.update(LINK)
        for _ in range(2):
            store.save(self._path("terminal.json"), identity)
        for end in ("", ".old"):
            files.replace(self._path("ca.der") + end, AUTHORITY)

    def _each(self, name, damaged):
        """Flips the bits of the first file, and the same of the others."""
        for bit in range(8 * len(self._whole[self._path(name)])):
            self._number += 1
            if self._number % self._every:
                continue
            self.bits += 1
            for other in damaged:
                data = bytearray(self._whole[self._path(other)])
                data[bit >> 3 if bit >> 3 < len(data) else -1] ^= 1 << (bit & 7)
                power_cut._disk[self._path(other)] = bytes(data)
            try:
                self._look(name.replace(".old", ""), damaged)
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError) as error:
                self.problems.append(f"{damaged} bit {bit}: {type(error).__name__} {error!r}")
            for path in list(power_cut._disk):
                if path.startswith(self.folder):
                    del power_cut._disk[path]
            power_cut._disk.update(self._whole)

    def _look(self, name, damaged):
        first, both = damaged[0] == name, len(damaged) == 2
        if name == "operators.json":
            self._operators(first, both)
        elif name in ("terminal.json", "ca.der"):
            self._provisioned(first, both)
        else:
            value, problem = store.load(self._path(name), "default")
            expect((value, problem), ("default", "damaged") if both else (BEFORE, "old") if first else (NOW, None))

    def _operators(self, first, both):
        staff = Staff(self._path("operators.json"), Clock(), hashed, verified, {"01": 1000})
        problem = staff.load()
        expect(problem, "damaged" if both else "old" if first else None)
        staff.secure(problem)
        if both:
            for number in ("00", "01", "02", "03"):
                expect(staff.check(number, RIGHT)["result"], "unknown")
            return
        for again in (staff, Staff(self._path("operators.json"), Clock(), hashed, verified, {"01": 1000})):
            if again is not staff:
                expect(again.load(), None)  # both copies are whole again
                expect(store.has_copy(self._path("operators.json")), True)
            expect(again.numbers(), ["00", "01", "02"])
            expect(list(again.rights("01")), ["-refund"])
            expect(again.wait_ms("02"), operators.LOCKED)
            if again.wait_ms("01") < operators.WAIT_FIRST_MS:
                raise ValueError("damage has shortened a wait")
            for pin in (RIGHT, EARLIER, WRONG):
                expect(again.check("01", pin)["result"], "locked")
                expect(again.check("02", pin)["result"], "locked")
            for pin in (EARLIER, WRONG, ""):
                expect(again.check("00", pin)["result"], "wrong")
                again.unlock("00")
            expect(again.check("00", RIGHT)["result"], "ok")

    def _provisioned(self, first, both):
        try:
            identity, authority = preferences.provisioned(self.folder)
        except (OSError, ValueError, TypeError, KeyError):
            expect(both, True)
            return
        expect(both, False)
        expect(identity["damaged"], first)
        expect(authority, AUTHORITY)
        for values in (IDENTITY, LINK):
            for key in values:
                value = identity[key]
                expect(value.hex() if key == "master_key" else value, values[key])

    def _path(self, name):
        return self.folder + "/" + name


def expect(found, wanted):
    """ValueError when it is something else."""
    if found != wanted:
        raise ValueError(f"{found!r}, not {wanted!r}")


if __name__ == "__main__":
    swept = Sweep(int(sys.argv[1])).run()
    for problem in swept.problems[:20]:
        print(problem)
    print(swept.summary())
