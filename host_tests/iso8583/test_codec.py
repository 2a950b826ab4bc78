"""The codec against fixed bytes, and what it says about messages that are wrong."""

from dual import raises
from pos.iso8583.codec import MESSAGE_BYTES_MAX, FieldError, pack, unpack
from pos.iso8583.fields import TABLE

# Public sample of a sign-on (protocol notes), from the message type on.
SAMPLE = bytes.fromhex(
    "08000020000000C00016000027383838383838383831303030303030303030303030303100110000000100300028"
    "53657175656E6365204E6F3135333133353332302D3031372D3638370003303120"
)
SAMPLE_FIELDS = {
    0: "0800",
    11: "000027",
    41: "88888888",
    42: "100000000000001",
    60: "00000001003",
    62: b"Sequence No153135320-017-687",
    63: b"01 ",
}

# One field at a time: number, value, its bytes on the wire as written in the dialect's description.
ON_THE_WIRE = (
    (2, "6200000000000013", "166200000000000013"),
    (2, "620000000000001", "156200000000000010"),  # odd: padded right
    (3, "310000", "310000"),
    (4, "000000001234", "000000001234"),
    (13, "1122", "1122"),
    (22, "012", "0120"),  # odd: padded right
    (23, "001", "0001"),  # odd: padded left
    (25, "00", "00"),
    (35, "6200000000000013=2512", "216200000000000013d25120"),
    (38, "A1 b2~", "4131206232 7E"),
    (39, "A0", "4130"),
    (49, "156", "313536"),
    (54, "0001156C000000098766", "00203030303131353643303030303030303938373636"),
    (60, "22000001000", "0011220000010000"),
    (61, "0000010000070314", "00160000010000070314"),
    (62, b"\xd5\xfb", "0002D5FB"),
    (62, b"", "0000"),
    (63, b"7" * 123, "0123" + "37" * 123),
    (64, b"\x00\x01\x02\x03\xfc\xfd\xfe\xff", "00010203FCFDFEFF"),
)


def wire(number, tail):
    bitmap = bytearray(8)
    bitmap[(number - 1) // 8] |= 0x80 >> (number - 1) % 8
    return b"\x02\x00" + bytes(bitmap) + bytes.fromhex(tail)


def test_public_sample():
    assert unpack(SAMPLE) == SAMPLE_FIELDS
    assert pack(SAMPLE_FIELDS) == SAMPLE


def test_each_encoding():
    for number, value, tail in ON_THE_WIRE:
        expected = wire(number, tail.replace(" ", ""))
        assert pack({0: "0200", number: value}) == expected, number
        assert unpack(expected) == {0: "0200", number: value}, number


def test_unpacks_bytearray_too():
    fields = unpack(bytearray(SAMPLE))
    assert fields == SAMPLE_FIELDS
    assert isinstance(fields[63], bytes)


def test_every_field_of_the_table_round_trips_at_its_limit():
    for number in TABLE:
        kind, prefix, length, _padding, _masking = TABLE[number]
        for size in (length, 1) if prefix else (length,):
            value = b"\xa5" * size if kind == "b" else "7" * size
            assert unpack(pack({0: "0420", number: value}))[number] == value, number


def test_no_fields():
    assert pack({0: "0820"}) == bytes.fromhex("08200000000000000000")
    assert unpack(bytes.fromhex("08200000000000000000")) == {0: "0820"}


def test_mac_covers_message_type_to_field_63_with_its_bit_set():
    covered = []

    def mac(data):
        covered.append(data)
        return b"12345678"

    packed = pack({0: "0200", 11: "000001"}, mac)
    assert covered == [bytes.fromhex("02000020000000000001000001")]
    assert packed == covered[0] + b"12345678"
    assert unpack(packed)[64] == b"12345678"


def test_mac_of_wrong_length_or_given_twice():
    assert raises(FieldError, pack, {0: "0200"}, lambda data: b"1234").field == 64
    assert raises(FieldError, pack, {0: "0200", 64: b"12345678"}, lambda data: b"12345678").field == 64


# fields, field at fault, offset, needed, available
CANNOT_BE_PACKED = (
    ({}, 0, 0, 4, 0),
    ({3: "000000"}, 0, 0, 4, 0),
    ({0: "020"}, 0, 0, 4, 0),
    ({0: "02x0"}, 0, 0, 4, 0),
    ({0: b"0200"}, 0, 0, 4, 0),
    ({0: "\u0660\u0662\u0660\u0660"}, 0, 0, 4, 0),
    ({0: 200}, 0, 0, 4, 0),
    ({0: "0200", 1: "00"}, 1, 10, 0, 0),
    ({0: "0200", 52: b"12345678"}, 52, 10, 0, 0),
    ({0: "0200", 65: "1"}, 65, 10, 0, 0),
    ({0: "0200", 3: "00000"}, 3, 10, 6, 5),
    ({0: "0200", 3: "000000", 4: "1"}, 4, 13, 12, 1),
    ({0: "0200", 2: "1" * 20}, 2, 10, 19, 20),
    ({0: "0200", 3: "00000x"}, 3, 10, 6, 6),
    ({0: "0200", 3: b"000000"}, 3, 10, 6, 0),
    ({0: "0200", 3: 310000}, 3, 10, 6, 0),
    ({0: "0200", 3: None}, 3, 10, 6, 0),
    ({0: "0200", 3: "\u0663" * 6}, 3, 10, 6, 6),
    ({0: "0200", 35: "12D4"}, 35, 10, 37, 4),
    ({0: "0200", 39: "0\n"}, 39, 10, 2, 2),
    ({0: "0200", 39: "0\x7f"}, 39, 10, 2, 2),
    ({0: "0200", 39: "\u4e2d\u6587"}, 39, 10, 2, 2),
    ({0: "0200", 62: "text"}, 62, 10, 999, 0),
    ({0: "0200", 62: [1, 2]}, 62, 10, 999, 0),
    ({0: "0200", 62: b"1" * 999, 63: b"2" * 12}, 63, 0, MESSAGE_BYTES_MAX, 1025),
)


def test_what_cannot_be_packed():
    for fields, field, offset, needed, available in CANNOT_BE_PACKED:
        error = raises(FieldError, pack, fields)
        found = (error.field, error.offset, error.needed, error.available)
        assert found == (field, offset, needed, available), (fields, str(error))
        assert str(field) in str(error)


def test_field_numbers_must_be_numbers():
    raises(FieldError, pack, {0: "0200", "3": "000000"})
    raises(FieldError, pack, {0: "0200", None: "000000"})


# bytes, field at fault, offset, needed, available
CANNOT_BE_UNPACKED = (
    ("", 0, 0, 2, 0),
    ("02", 0, 0, 2, 1),
    ("0a00", 0, 0, 2, 2),
    ("0200", 1, 2, 8, 0),
    ("020000200000", 1, 2, 8, 4),
    ("02008000000000000000" + "00" * 8, 1, 2, 16, 16),  # secondary bitmap
    ("02000000000000001000", 52, 10, 0, 0),  # not in the table
    ("02002000000000000000", 3, 10, 3, 0),
    ("020020000000000000000000", 3, 10, 3, 2),
    ("0200200000000000000000000a", 3, 10, 3, 3),
    ("020040000000000000", 1, 2, 8, 7),
    ("02004000000000000000", 2, 10, 1, 0),
    ("020040000000000000001662", 2, 11, 8, 1),
    ("020040000000000000001a62", 2, 10, 1, 1),
    ("0200400000000000000020" + "11" * 10, 2, 10, 20, 19),
    ("020040000000000000000162", 2, 11, 1, 1),  # padding not zero
    ("02000000020000000000" + "1001", 23, 10, 3, 3),  # padding not zero, left
    ("0200000000000000000400", 62, 10, 2, 1),
    ("02000000000000000004" + "1000" + "31" * 1000, 62, 10, 1000, 999),
    ("02000000000000000004" + "0003" + "3131", 62, 12, 3, 2),
    ("0200000000000200000030" + "0a", 39, 10, 2, 2),
    ("02000000000002000000" + "307f", 39, 10, 2, 2),
    ("02000000000002000000" + "c3a4", 39, 10, 2, 2),
    ("0820000000000000000000", 0, 10, 0, 1),  # left over
    ("02002000000000000000" + "310000" + "77", 3, 13, 0, 1),
    ("02000000000020000000" + "38" + "11" * 19, 35, 10, 38, 37),
    ("02000000000020000000" + "036e10", 35, 11, 2, 2),
)


def test_what_cannot_be_unpacked():
    for data, field, offset, needed, available in CANNOT_BE_UNPACKED:
        error = raises(FieldError, unpack, bytes.fromhex(data))
        found = (error.field, error.offset, error.needed, error.available)
        assert found == (field, offset, needed, available), (data, str(error))


def test_the_error_says_it_in_words():
    error = raises(FieldError, unpack, bytes.fromhex("020040000000000000001662"))
    assert str(error) == "field 2 at byte 11: cut short; needed 8, available 1"


def test_too_long_and_not_bytes():
    error = raises(FieldError, unpack, bytes(MESSAGE_BYTES_MAX + 1))
    assert (error.field, error.needed, error.available) == (0, MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX + 1)
    for data in (None, "0800", 5, [8, 0]):
        raises(FieldError, unpack, data)


def test_every_truncation_of_the_sample_is_refused():
    for size in range(len(SAMPLE)):
        error = raises(FieldError, unpack, SAMPLE[:size])
        assert error.offset <= size
        assert error.needed > error.available
