"""Length, TPDU and header around a message."""

from dual import raises
from pos.iso8583 import frame
from pos.iso8583.codec import FieldError, unpack

# The public sign-on sample as it lies on the line, without its length.
SAMPLE = bytes.fromhex(
    "600525000060310031100108000020000000C00016000027383838383838383831303030303030303030303030303100"
    "11000000010030002853657175656E6365204E6F3135333133353332302D3031372D3638370003303120"
)


def test_wrap():
    assert frame.wrap(b"\x08\x20") == bytes.fromhex("000d60000300006031000001000820")


def test_unwrap_public_sample():
    message, requirement = frame.unwrap(SAMPLE)
    assert requirement == 0
    assert unpack(message)[11] == "000027"


def test_answer_with_swapped_addresses_and_requirement():
    body = bytes.fromhex("60000000036031030001000810")
    assert frame.unwrap(body) == (b"\x08\x10", 3)


def test_length():
    assert frame.body_bytes(b"\x00\x0d") == 13
    assert frame.body_bytes(b"\x04\x00") == frame.BODY_BYTES_MAX
    for length in (b"", b"\x00", b"\x00\x0b", b"\x04\x01", b"\xff\xff", b"HT"):
        assert raises(FieldError, frame.body_bytes, length).field == "length"


def test_too_long_to_wrap():
    assert len(frame.wrap(bytes(frame.BODY_BYTES_MAX - 11))) == frame.BODY_BYTES_MAX + 2
    assert raises(FieldError, frame.wrap, bytes(frame.BODY_BYTES_MAX - 10)).field == "length"


def test_what_is_no_frame():
    for body, field in (
        (b"", "TPDU"),
        (SAMPLE[:11], "TPDU"),
        (b"\x61" + SAMPLE[1:], "TPDU"),
        (SAMPLE[:5] + b"\x61" + SAMPLE[6:], "header"),
        (SAMPLE[:7] + b"\x0a" + SAMPLE[8:], "header"),
        (b"HTTP/1.1 400 Bad Request", "TPDU"),
    ):
        assert raises(FieldError, frame.unwrap, body).field == field
