"""The journal's record of an answer: everything that a list, a slip or a later correction needs, in one line."""

from pos.domain.calendar import dated
from pos.iso8583 import messages

_OF_ANSWER = ((2, "card"), (37, "rrn"), (38, "auth"), (12, "time"))
_OF_REQUEST = (
    "trace",
    "batch",
    "type",
    "amount_minor",
    "card",
    "entry",
    "operator",
    "date",
    "time",
    "order",
    "approver",
    "reason",
    "original_batch",
    "original_trace",
    "original_date",
    "original_rrn",
)


def record_of(tx, answer):
    """tx: what was asked; answer: the fields of what came back."""
    record: dict = {"kind": "result"}
    for name in _OF_REQUEST:
        if name in tx:
            record[name] = tx[name]
    code = answer[39]
    record["code"] = code
    record["state"] = "approved" if code == "00" else "declined"
    for number, name in _OF_ANSWER:
        if number in answer:
            record[name] = answer[number]
    if tx["type"] == "offline":
        record["time"] = tx["time"]  # it was made then, as its slip says, whenever the host hears of it
    elif 13 in answer:
        record["date"] = dated(tx["date"], answer[13])
    if 54 in answer:
        try:
            record["balance_minor"] = messages.read_balance(answer[54])
        except ValueError:
            pass  # a nicety on the slip; the transaction stands without it
    return record
