"""The slips that are kept as golden files, and how a slip is written down in one: style, bar, text."""

from pos import texts
from pos.domain import parameters
from pos.receipts import slip
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


def slips(language):
    """[(name of the golden file, rows)]"""
    words = texts.load(language)
    short, long = host_parameters(SHORT_NAME), host_parameters(LONG_NAME)
    largest = sale(amount_minor=999999999, trace=999999, batch=999999, card="6200000000000000213", entry="keyed")
    return [
        ("sale_merchant", slip.sale(sale(), IDENTITY, short, words, slip.MERCHANT)),
        ("sale_customer", slip.sale(sale(), IDENTITY, short, words, slip.CUSTOMER)),
        ("sale_duplicate", slip.sale(largest, IDENTITY, long, words, slip.MERCHANT, True)),
    ]


def written(rows):
    """The rows as lines of a golden file, in GB18030: "CB..|text"."""
    lines = []
    for style, data in rows:
        flags = "".join([letter if style & bit else "." for bit, letter in _STYLES])
        lines.append(flags.encode() + b"|" + bytes(data))
    return lines


def golden_name(language, name):
    return "slip_%s_%s.txt" % (name, language)
