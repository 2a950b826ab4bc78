"""The kinds of financial requests, as the protocol's table lists them, and what each may refer to."""

from typing import NamedTuple

SALE, BALANCE = "sale", "balance"
VOID, REFUND = "void", "refund"
OFFLINE = "offline"  # a sale that the terminal approved by itself
PREAUTH, PREAUTH_VOID = "preauth", "preauth_void"
COMPLETION, COMPLETION_VOID = "completion", "completion_void"
REVERSAL = "reversal"

# Field 22: number keyed, read from a card, the customer's QR code, the merchant's QR code; none with a PIN.
KEYED, NFC, QR, SHOWN = "012", "072", "032", "042"


class Shape(NamedTuple):
    """Message type, processing code (field 3), condition (field 25), type (field 60.1), entry modes (field 22)."""

    mti: str
    processing_code: str
    condition: str
    type: str
    entry_modes: tuple


SHAPES = {
    SALE: Shape("0200", "000000", "00", "22", (KEYED, NFC, QR)),
    VOID: Shape("0200", "200000", "00", "23", (KEYED, NFC, QR, SHOWN)),
    REFUND: Shape("0220", "200000", "00", "25", (KEYED, NFC, QR, SHOWN)),
    OFFLINE: Shape("0220", "000000", "00", "30", (KEYED, NFC)),
    PREAUTH: Shape("0100", "030000", "06", "10", (KEYED, NFC)),
    PREAUTH_VOID: Shape("0100", "200000", "06", "11", (KEYED, NFC)),
    COMPLETION: Shape("0200", "000000", "06", "20", (KEYED, NFC)),
    COMPLETION_VOID: Shape("0200", "200000", "06", "21", (KEYED, NFC)),
    BALANCE: Shape("0200", "310000", "00", "01", (KEYED, NFC)),
}
OF_TYPE = {shape.type: kind for kind, shape in SHAPES.items()}

ALL = tuple(SHAPES)
REVERSIBLE = (SALE, VOID, PREAUTH, PREAUTH_VOID, COMPLETION, COMPLETION_VOID)

# A kind that refers to an earlier transaction -> the kinds that this may be.
REFERS_TO = {
    VOID: (SALE, OFFLINE),
    REFUND: (SALE, OFFLINE, COMPLETION),
    PREAUTH_VOID: (PREAUTH,),
    COMPLETION: (PREAUTH,),
    COMPLETION_VOID: (COMPLETION,),
}
REFERRING = tuple(REFERS_TO)
VOIDS = (VOID, COMPLETION_VOID)  # of what is settled by batches; a pre-authorisation is not


def service_of(kind, entry_mode):
    """The payment service that must be on."""
    if kind == SALE:
        return {NFC: "nfc", QR: "qr", SHOWN: "qr"}.get(entry_mode, "sale")
    if kind in (VOID, REFUND, OFFLINE, BALANCE):
        return kind
    return "preauth"
