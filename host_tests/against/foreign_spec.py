"""The same dialect for pyiso8583, written from the protocol's description and not from the firmware's table."""


def _n(count, prefix=0, **pad):
    return {"data_enc": "b", "len_enc": "bcd", "len_type": prefix, "max_len": count, "len_count": "nibbles"} | pad


def _an(count, prefix=0):
    return {"data_enc": "latin-1", "len_enc": "bcd", "len_type": prefix, "max_len": count}


_BYTES = {"data_enc": "b", "len_enc": "bcd", "len_type": 0, "max_len": 8}
_RIGHT = {"right_pad": "0"}

SPEC = {
    "h": _BYTES | {"max_len": 0},
    "t": _BYTES | {"max_len": 4},
    "p": _BYTES,
    "2": _n(19, 1, **_RIGHT),
    "3": _n(6),
    "4": _n(12),
    "11": _n(6),
    "12": _n(6),
    "13": _n(4),
    "14": _n(4),
    "15": _n(4),
    "22": _n(3, **_RIGHT),
    "23": _n(3, left_pad="0"),
    "25": _n(2),
    "35": _n(37, 1, **_RIGHT),
    "37": _an(12),
    "38": _an(6),
    "39": _an(2),
    "41": _an(8),
    "42": _an(15),
    "48": _n(322, 2, **_RIGHT),
    "49": _an(3),
    "54": _an(20, 2),
    "60": _n(11, 2, **_RIGHT),
    "61": _n(29, 2, **_RIGHT),
    "62": _an(999, 2),
    "63": _an(999, 2),
    "64": _BYTES,
}


def to_foreign(fields):
    """Our dict of fields -> pyiso8583's: keys and values are str, field 64 hexadecimal, "=" of track 2 as D."""
    foreign = {}
    for number, value in fields.items():
        if number == 64:
            value = value.hex().upper()
        elif isinstance(value, bytes):
            value = value.decode("latin-1")
        elif number == 35:
            value = value.replace("=", "D")
        foreign["t" if number == 0 else str(number)] = value
    return foreign


def from_foreign(foreign):
    """pyiso8583's dict -> ours."""
    fields = {}
    for key, value in foreign.items():
        if key in ("h", "p"):
            continue
        number = 0 if key == "t" else int(key)
        if number == 64:
            value = bytes.fromhex(value)
        elif number in (62, 63):
            value = value.encode("latin-1")
        elif number == 35:
            value = value.replace("D", "=")
        fields[number] = value
    return fields
