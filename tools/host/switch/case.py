"""One request on its way through the switch: what it says, and what was found for it."""

from typing import Any, NamedTuple

from tools.host.clock import epoch_ms
from tools.host.switch import codes


class Reject(Exception):
    """Leaves a handler with a response code. `why` is for the log only."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code
        self.why = why


class Answer(NamedTuple):
    """What goes back: MTI, fields without field 64, and the Mac that signs them (None: nobody was authenticated)."""

    mti: str
    fields: dict
    mac: Any = None

    @property
    def code(self):
        return self.fields[39]


# Fields that every answer takes over from the request, when they are there.
ECHOED = (2, 3, 4, 11, 25, 41, 42, 49, 60)


class Case:
    """A request with its database transaction. Rows are None until they are looked up."""

    def __init__(self, unit, message, now):
        self.unit = unit
        self.mti = message.mti
        self.fields = message.fields
        self.now = now
        self.now_ms = epoch_ms(now)
        self.terminal = None  # row: terminal joined with its merchant, see directory.py
        self.account = None  # row of accounts
        self.mac = None

    @property
    def trace(self):
        return int(self.fields[11])

    @property
    def amount_minor(self):
        return int(self.fields.get(4, "0"))

    @property
    def card(self):
        return self.fields[2]

    @property
    def transaction_type(self):
        """F60.1"""
        return self.fields[60][:2]

    @property
    def batch(self):
        """F60.2"""
        return int(self.fields[60][2:8])

    @property
    def management_code(self):
        """F60.3, "" when absent"""
        return self.fields[60][8:11]

    @property
    def operator(self):
        return self.fields.get(63, "")[:3]

    def answer_fields(self, code, **more):
        """Fields of the answer: echoed ones, the host's date and time, the code, and `more` as f54="..."."""
        fields = {n: self.fields[n] for n in ECHOED if n in self.fields}
        fields[12] = self.now.strftime("%H%M%S")
        fields[13] = self.now.strftime("%m%d")
        fields[39] = code
        for name, value in more.items():
            fields[int(name[1:])] = value
        return fields

    def management_reference(self):
        """Field 37 where no transaction is stored: date, hour and trace number, as hosts have always built it."""
        return self.now.strftime("%Y")[-1] + self.now.strftime("%j%H") + self.fields[11]


def system_error(fields):
    """Answer fields after a failure of ours: nothing was kept."""
    return {n: fields[n] for n in ECHOED if n in fields} | {39: codes.SYSTEM_ERROR}
