"""Field 63: the operator (3 characters), then items of tag (2 digits), length (2 digits) and value."""

OPERATOR_CHARACTERS = 3
HEAD_DIGITS = 4

REASON = "01"
APPROVER = "02"
ORDER_NUMBER = "03"
SERVICE = "04"
CUSTOMER_CODE = "05"
ACTION = "06"

# What a value may be: its least and greatest length, and whether it is digits. Other tags are read and left alone.
SHAPES = {
    REASON: (2, 2, True),
    APPROVER: (1, 3, True),
    ORDER_NUMBER: (1, 20, True),
    SERVICE: (1, 16, False),
    CUSTOMER_CODE: (1, 24, True),
    ACTION: (1, 16, False),
}


class ItemError(ValueError):
    """Items that cannot be read, or a value that its tag cannot have."""


def decode(field):
    """Field 63 -> {tag: value}; ItemError."""
    found = {}
    rest = field[OPERATOR_CHARACTERS:]
    while rest:
        head, rest = rest[:HEAD_DIGITS], rest[HEAD_DIGITS:]
        if len(head) < HEAD_DIGITS or not (head.isascii() and head.isdigit()):
            raise ItemError(f"field 63: {head!a} is no tag and length")
        tag, size = head[:2], int(head[2:])
        value, rest = rest[:size], rest[size:]
        if len(value) < size:
            raise ItemError(f"field 63: item {tag} is cut short")
        if tag in found:
            raise ItemError(f"field 63: item {tag} twice")
        _prove(tag, value)
        found[tag] = value
    return found


def encode(operator, items):
    """Operator and {tag: value} -> field 63."""
    return f"{operator:<3}" + "".join(f"{tag}{len(items[tag]):02d}{items[tag]}" for tag in sorted(items))


def _prove(tag, value):
    shortest, longest, digits = SHAPES.get(tag, (0, 99, False))
    if not shortest <= len(value) <= longest or not value.isascii() or (digits and not value.isdigit()):
        raise ItemError(f"field 63: item {tag} cannot be {value!a}")
