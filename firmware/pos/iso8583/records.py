"""The message that asks for the host's copy of a batch, and the records in its answer."""

from pos.domain.kinds import KINDS
from pos.domain.money import MAX_AMOUNT_MINOR
from pos.iso8583.codec import FieldError

_FIELDS = (
    "type",
    "trace",
    "batch",
    "amount_minor",
    "card",
    "entry",
    "operator",
    "date",
    "time",
    "rrn",
    "auth",
    "original_trace",
    "order",
)
_NUMBERS = ("trace", "batch", "amount_minor", "original_trace")
_ENTRIES = ("keyed", "nfc", "qr", "shown")


def request(identity, trace, batch, wanted, after):
    """0800: one page of batch `wanted`, what comes after trace number `after`. trace, batch: the message's own."""
    fields = {0: "0800", 11: "{:06d}".format(trace), 41: identity["terminal"], 42: identity["merchant"]}
    fields[60] = "00{:06d}370".format(batch)
    fields[61] = "{:06d}{:06d}0000".format(wanted, after)
    return fields


def read(data):
    """Transactions (approved) of field 62 of the answer: items of length (3 digits) and values with commas between.
    Raises FieldError."""
    found = []
    at = 0
    while at < len(data):
        size = bytes(data[at : at + 3])
        if len(size) < 3 or not size.isdigit() or at + 3 + int(size) > len(data):
            raise FieldError(62, at, 3, len(data) - at, "not a record")
        found.append(_record(bytes(data[at + 3 : at + 3 + int(size)]), at))
        at += 3 + int(size)
    return found


def _record(data, at):
    if data and not 32 <= min(data) <= max(data) < 127:
        raise FieldError(62, at, 0, len(data), "not printable ASCII")
    values = data.decode().split(",")
    if len(values) != len(_FIELDS):
        raise FieldError(62, at, len(_FIELDS), len(values), "not a record")
    tx: dict = {"state": "approved", "code": "00"}
    for name, value in zip(_FIELDS, values):
        if name in _NUMBERS and value:
            if not value.isdigit():
                raise FieldError(62, at, 0, len(data), "not a number")
            tx[name] = int(value)
        elif value or name in ("card", "operator"):
            tx[name] = value
    if tx.get("type") not in KINDS or tx.get("entry") not in _ENTRIES or not _complete(tx):
        raise FieldError(62, at, 0, len(data), "not a record")
    return tx


def _complete(tx):
    """Whether it has all that a list and a slip need; of what was paid in a wallet a host may not know who sold it."""
    date, time = tx.get("date", ""), tx.get("time", "")
    if not ("trace" in tx and "batch" in tx and len(date) == 8 and len(time) == 6):
        return False
    if not tx["operator"] and tx["entry"] != "shown":
        return False
    return 0 < tx.get("amount_minor", 0) <= MAX_AMOUNT_MINOR and (date + time).isdigit()
