"""The slips that are kept as golden files, and how a slip is written down in one: style, bar, text."""

from pos import texts
from pos.domain import parameters
from pos.receipts import settlement, slip
from pos.texts import gb2312

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
SHORT_NAME = "Harbour Tea House"
LONG_NAME = "星光城北路超市（人民广场地铁站三号口店）有限责任公司 No.8"

_STYLES = ((1, "C"), (8, "R"), (2, "B"), (4, "D"))


def sale(**changes):
    tx = {
        "type": "sale",
        "trace": 27,
        "batch": 3,
        "amount_minor": 1234,
        "card": "6200000000000013",
        "entry": "nfc",
        "operator": "01",
        "date": "20260314",
        "time": "150926",
        "state": "approved",
        "code": "00",
        "rrn": "607315092627",
        "auth": "A12345",
        "balance_minor": 98766,
    }
    tx.update(changes)
    return tx


def host_parameters(name):
    values = parameters.defaults()
    values["merchant_name_hex"] = "".join(["%02x" % byte for byte in gb2312.encode(name)])
    return values


ORIGINAL = {
    "original_batch": 3,
    "original_trace": 27,
    "original_date": "20260314",
    "original_rrn": "607315092627",
    "original_auth": "A12345",
}
# Of each type but the sale, as it is after its answer.
_OTHERS = {
    "void": {"reason": "01", "approver": "00"},
    "refund": {"reason": "07", "amount_minor": 400, "original_batch": 2},
    "preauth": {"held_days": 30},
    "completion": {"amount_minor": 1150},
    "preauth_void": {"reason": "06"},
    "completion_void": {"reason": "10"},
}


def of_kind(kind, **changes):
    """An approved transaction of that type."""
    tx = sale(type=kind, trace=31, rrn="607315093131", auth="B00031", time="153131")
    if kind != "preauth":
        tx.update(ORIGINAL)
    tx.update(_OTHERS[kind])
    tx.update(changes)
    return tx


# Two kinds of a day, and all of them with the largest figures.
SETTLED = {
    "batch": 7,
    "totals": {"sale": [41, 123456], "void": [2, 2468]},
    "fees": [["sale", 41, 123456, 617], ["void", 2, 2468, 0]],
    "net_minor": 120371,
    "result": 1,
    "operator": "01",
    "date": "20260314",
    "time": "220000",
    "slips": 0,
}
_LARGEST = {
    "batch": 999999,
    "totals": {kind: [500, 999999999] for kind in ("sale", "qr", "completion", "void", "refund", "completion_void")},
    "fees": [[kind, 500, 999999999, 6000000] for kind in ("sale", "qr", "completion", "void", "refund", "newer")],
    "net_minor": -9999999999,
    "result": 2,
    "operator": "98",
    "date": "20261231",
    "time": "235959",
    "slips": 2,
}


def slips(language):
    """[(name of the golden file, rows)]"""
    words = texts.load(language)
    short, long = host_parameters(SHORT_NAME), host_parameters(LONG_NAME)
    largest = sale(amount_minor=999999999, trace=999999, batch=999999, card="6200000000000000213", entry="keyed")
    by_code = sale(entry="qr", qr="9112345678901238", order="20260314000000000088")
    waiting = sale(type="offline", state="waiting", rrn="", auth="", balance_minor=None)
    foreign = of_kind("refund", original_batch=0, original_trace=0, original_auth="", card="", entry="shown")

    def made(tx, copy, duplicate=False, training=False, parameters=short):
        return slip.transaction(tx, IDENTITY, parameters, words, copy, duplicate, training)

    recorded = [
        ("sale_merchant", made(sale(), slip.MERCHANT)),
        ("sale_customer", made(sale(), slip.CUSTOMER)),
        ("sale_duplicate", made(largest, slip.MERCHANT, True, parameters=long)),
        ("sale_training", made(sale(), slip.MERCHANT, training=True)),
        ("sale_qr", made(by_code, slip.CUSTOMER)),
        ("offline_merchant", made(waiting, slip.MERCHANT)),
        ("offline_duplicate", made(sale(type="offline"), slip.CUSTOMER, True)),
        ("refund_by_reference", made(foreign, slip.MERCHANT)),
    ]
    empty = dict(SETTLED, totals={}, fees=[], net_minor=0)
    for name, settled, values, duplicate in (
        ("settlement", SETTLED, short, False),
        ("settlement_largest", _LARGEST, long, True),
        ("settlement_empty", empty, short, False),
    ):
        recorded.append((name, settlement.settlement(settled, IDENTITY, values, words, duplicate)))
    for kind in sorted(_OTHERS):
        recorded.append((kind + "_merchant", made(of_kind(kind), slip.MERCHANT)))
        recorded.append((kind + "_customer", made(of_kind(kind), slip.CUSTOMER)))
    return recorded


def written(rows):
    """The rows as lines of a golden file, in GB18030: "CB..|text"."""
    lines = []
    for style, data in rows:
        flags = "".join([letter if style & bit else "." for bit, letter in _STYLES])
        lines.append(flags.encode() + b"|" + bytes(data))
    return lines


def golden_name(language, name):
    return "slip_%s_%s.txt" % (name, language)
