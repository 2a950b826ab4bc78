"""The field table of the terminal's ISO 8583:1987 dialect: data only, one row a field.

A row is (kind, prefix, length, padding, masking), five axes that do not depend on each other:

kind     how one character of the value lies on the wire
         "n" a digit, two in a byte (BCD), value: str of digits
         "z" like "n", and the separator "=" as nibble D, value: str
         "a" a printable ASCII character, one in a byte, value: str
         "b" a byte as it is, value: bytes
prefix   bytes of BCD length in front: 0 fixed length, 1 LLVAR, 2 LLLVAR. It counts characters of the kind.
length   how many characters of the kind: exactly (fixed) or at most (variable)
padding  where an odd number of nibbles gets its zero: "right" or "left" of the digits, "" for kinds "a" and "b"
masking  what a log may show (see masking.py): "show" all, "account" first six and last four; anything else nothing

Source: the dialect of Chinese bank terminals; the lengths of fields 62 and 63 are what their prefix can say.
To speak to another ISO 8583 host, change this table.
"""

TABLE = {
    2: ("n", 1, 19, "right", "account"),  # account number
    3: ("n", 0, 6, "right", "show"),  # processing code
    4: ("n", 0, 12, "right", "show"),  # amount, minor units
    11: ("n", 0, 6, "right", "show"),  # trace number
    12: ("n", 0, 6, "right", "show"),  # local time hhmmss
    13: ("n", 0, 4, "right", "show"),  # local date MMDD
    14: ("n", 0, 4, "right", "hide"),  # expiry YYMM
    15: ("n", 0, 4, "right", "show"),  # settlement date MMDD
    22: ("n", 0, 3, "right", "show"),  # how the account number was entered
    23: ("n", 0, 3, "left", "show"),  # card sequence number
    25: ("n", 0, 2, "right", "show"),  # service condition
    35: ("z", 1, 37, "right", "hide"),  # track 2
    37: ("a", 0, 12, "", "show"),  # the host's reference (RRN)
    38: ("a", 0, 6, "", "show"),  # authorisation code
    39: ("a", 0, 2, "", "show"),  # response code
    41: ("a", 0, 8, "", "show"),  # terminal
    42: ("a", 0, 15, "", "show"),  # merchant
    48: ("n", 2, 322, "right", "show"),  # settlement totals, uploaded items
    49: ("a", 0, 3, "", "show"),  # currency
    54: ("a", 2, 20, "", "hide"),  # balance
    60: ("n", 2, 11, "right", "show"),  # transaction type, batch, management code
    61: ("n", 2, 29, "right", "show"),  # original batch, trace, date
    62: ("b", 2, 999, "", "hide"),  # working key block, parameters
    63: ("b", 2, 999, "", "hide"),  # operator, private items
    64: ("b", 0, 8, "", "hide"),  # message authentication code
}
