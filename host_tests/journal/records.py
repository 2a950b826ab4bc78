"""A day's records for the tests of the journal."""

from pos.domain import transaction

CARD = "6200000000000013"


def sale(trace, amount_minor=100):
    tx = transaction.make("sale", amount_minor, CARD, "keyed", "01", (2026, 3, 4, 5, 6, 7))
    tx["trace"], tx["batch"] = trace, 7
    return tx


def intent(trace, amount_minor=100):
    return {"kind": "intent", "tx": sale(trace, amount_minor)}


def result(trace, state="approved", amount_minor=100):
    record = {"kind": "result", "type": "sale", "trace": trace, "amount_minor": amount_minor, "state": state}
    record["code"] = "00" if state == "approved" else "51"
    return record


def printed(trace, slips):
    return {"kind": "printed", "trace": trace, "slips": slips}


def settling(stage, result=0, uploaded=0):
    return {"kind": "settling", "stage": stage, "result": result, "uploaded": uploaded}


# One tuple a durable step.
DAY = (
    ({"kind": "trace", "trace": 1},),
    ({"kind": "batch", "batch": 7},),
    ({"kind": "audit", "what": "log_in", "operator": "01"},),
    (intent(2, 1000),),
    (result(2, "approved", 1000), {"kind": "audit", "what": "paper", "text": "纸"}),
    (printed(2, 1),),
    (printed(2, 2),),
    (intent(3, 50),),
    (result(3, "declined", 50),),
    (intent(4, 7),),
    ({"kind": "attempt", "trace": 4, "attempts": 1, "reason": "98"},),
    ({"kind": "reversed", "trace": 4, "code": "00"},),
    (intent(5, 30),),
    (result(5, "approved", 30),),
    (printed(5, 1), printed(5, 2), {"kind": "audit", "what": "x"}),
    (intent(6, 9),),
    ({"kind": "cancel", "trace": 6},),
    (intent(6, 400),),
    ({"kind": "attempt", "trace": 6, "attempts": 1, "reason": "A0"},),
)
# A batch that is settled, and a service that goes after it.
SETTLED = {
    "kind": "settled",
    "batch": 7,
    "next": 8,
    "totals": {"sale": [2, 1030]},
    "fees": [["sale", 2, 1030, 6]],
    "net_minor": 1024,
    "result": 2,
    "operator": "01",
    "date": "20260314",
    "time": "220000",
}
CLOSING = (
    ({"kind": "trace", "trace": 1},),
    ({"kind": "batch", "batch": 7},),
    (intent(2, 1000),),
    (result(2, "approved", 1000),),
    (intent(3, 30),),
    (result(3, "approved", 30),),
    (settling("compare"),),
    (settling("upload", 2),),
    (settling("upload", 2, 2),),
    (settling("end", 2, 2),),
    (SETTLED,),
    ({"kind": "settlement_printed", "batch": 7, "slips": 2},),
    ({"kind": "removing", "service": "qr"},),
    ({"kind": "removing", "service": ""},),
)
