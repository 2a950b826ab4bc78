"""The kinds of transactions: what each is on the line and in the settlement."""

from micropython import const

# name -> message type, processing code (field 3), condition (field 25), type in field 60, side of the settlement:
# debit takes from the customer, credit gives back, none moves nothing. One text each: five take 2 KB more.
KINDS = {
    "sale": "0200 000000 00 22 debit",
    "void": "0200 200000 00 23 credit",
    "refund": "0220 200000 00 25 credit",
    "offline": "0220 000000 00 30 debit",
    "preauth": "0100 030000 06 10 ",
    "preauth_void": "0100 200000 06 11 ",
    "completion": "0200 000000 06 20 debit",
    "completion_void": "0200 200000 06 21 credit",
    "balance": "0200 310000 00 01 ",
}
_SIDE_AT = const(18)


def row(kind):
    """[message type, processing code, condition, type in field 60, side] of a kind."""
    return KINDS[kind].split(" ")


def side(kind):
    """The last of these alone, for lists: "debit", "credit" or ""."""
    return KINDS[kind][_SIDE_AT:]
