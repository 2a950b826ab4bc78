"""The sale that is measured everywhere: request and answer of 12.34 on a demonstration card."""

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
TX = {
    "type": "sale",
    "trace": 7,
    "batch": 12,
    "amount_minor": 1234,
    "card": "6200000000000013",
    "entry": "keyed",
    "operator": "01",
    "date": "20260314",
    "time": "150926",
    "state": "sent",
}
ADDED_BY_HOST = {
    0: "0210",
    12: "150927",
    13: "0314",
    37: "031415092701",
    38: "A1B2C3",
    39: "00",
    54: "0001156C000000098766",
    64: b"\x8a\x01\xfe\x33\x90\x41\xc2\x07",
}
