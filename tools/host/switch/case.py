"""One request on its way through the switch: what it says, and what was found for it."""

import hashlib
from typing import Any, NamedTuple

from tools.host.clock import epoch_ms
from tools.host.iso import private_items
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
BATCH_DIGITS, TRACE_DIGITS = 6, 6
NO_DATE = "0000"
PAY_CODE_DIGITS = 24


class Case:
    """A request with its database transaction. Rows are None until they are looked up."""

    def __init__(self, unit, message, now):
        self.unit = unit
        self.mti = message.mti
        self.fields = message.fields
        self.now = now
        self.now_ms = epoch_ms(now)
        self.terminal = None  # row: terminal joined with its merchant, see directory.py
        self.kind = None  # a name of kinds.py, set by the handler
        self.account = None  # row of accounts
        self.original = None  # row of transactions that this one refers to, see originals.py
        self.hold = None  # row of holds: of the original when that is a pre-authorisation
        self.mac = None
        self.made = None  # when a sale was made that comes later, see purchase.py
        self.from_wallet = False  # made by the customer's own page, not by a terminal
        self._items = None

    @property
    def trace(self):
        return int(self.fields[11])

    @property
    def amount_minor(self):
        return int(self.fields.get(4, "0"))

    @property
    def card(self):
        """Field 2, "" when it is not there: a QR code has no account number."""
        return self.fields.get(2, "")

    @property
    def payer(self):
        """The account's number once it is known, whatever it was known by; else field 2."""
        return self.account["number"] if self.account else self.card

    @property
    def entry_mode(self):
        return self.fields.get(22)

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
        return self.fields.get(63, "")[: private_items.OPERATOR_CHARACTERS]

    @property
    def items(self):
        """{tag: value} of field 63; Reject 30 when they cannot be read."""
        if self._items is None:
            try:
                self._items = private_items.decode(self.fields.get(63, ""))
            except private_items.ItemError as error:
                raise Reject(codes.FORMAT, str(error)) from error
        return self._items

    @property
    def pay_code(self):
        """What is stored of a customer's QR code, None without one: enough to know it again, nothing to pay with."""
        code = self.items.get(private_items.CUSTOMER_CODE)
        return code and hashlib.sha256(code.encode("ascii")).hexdigest()[:PAY_CODE_DIGITS]

    @property
    def original_key(self):
        """Batch and trace number of field 61, 0 for one that is not known."""
        digits = self.fields.get(61, "").ljust(BATCH_DIGITS + TRACE_DIGITS, "0")
        return int(digits[:BATCH_DIGITS]), int(digits[BATCH_DIGITS : BATCH_DIGITS + TRACE_DIGITS])

    @property
    def original_date(self):
        """MMDD of field 61; NO_DATE when it is not known."""
        return self.fields.get(61, "")[BATCH_DIGITS + TRACE_DIGITS :] or NO_DATE

    def answer_fields(self, code, **more):
        """Fields of the answer: echoed ones, whose account it is, date and time, the code, and `more` as f54="..."."""
        fields = {n: self.fields[n] for n in ECHOED if n in self.fields}
        if self.payer:
            fields[2] = self.payer
        if self.made:
            fields[12], fields[13] = self.fields[12], self.fields[13]
        else:
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
