"""Fixed bytes: what is on the wire, written out by hand, so that no two codecs can share a mistake."""

import pytest
from host.terminal import cmac8

from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.iso import parameters
from tools.host.iso.message import FormatError, Message

# The public sample of a sign-on (TPDU 6005250000, header 603100311001).
SIGN_ON = bytes.fromhex(
    "600525000060310031100108000020000000C00016000027383838383838383831303030303030303030303030303100"
    "11000000010030002853657175656E6365204E6F3135333133353332302D3031372D3638370003303120"
)
# A sale of 12.34: each field as it is packed, and as it is read.
SALE_FIELDS = {
    2: ("166200000000000013", "6200000000000013"),
    3: ("000000", "000000"),
    4: ("000000001234", "000000001234"),
    11: ("000007", "000007"),
    22: ("0120", "012"),
    25: ("00", "00"),
    41: ("3130303030303031", "10000001"),
    42: ("313030303030303030303030303031", "100000000000001"),
    49: ("313536", "156"),
    60: ("0011220000010000", "22000001000"),
    63: ("0003303120", "01 "),
}
SALE_BITMAP = "7020048000c08012"
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")


def test_public_sample():
    envelope = framing.unwrap(SIGN_ON)
    assert (envelope.destination + envelope.source).hex() == "05250000"
    assert envelope.header.hex() == "603100311001"
    mti, fields = wire.decode(envelope.message)
    assert mti == "0800"
    assert fields == {
        11: "000027",
        41: "88888888",
        42: "100000000000001",
        60: "00000001003",
        62: "Sequence No153135320-017-687",
        63: "01 ",
    }
    assert len(fields[62]) == 28
    assert wire.encode(Message(mti, fields)) == envelope.message


def test_sale_request_byte_by_byte():
    data = bytes.fromhex("0200" + SALE_BITMAP + "".join(packed for packed, _ in SALE_FIELDS.values()))
    assert wire.decode(data) == Message("0200", {number: value for number, (_, value) in SALE_FIELDS.items()})


def test_signing_covers_the_bitmap_with_bit_64():
    fields = {number: value for number, (_, value) in SALE_FIELDS.items()}
    signed = wire.encode(Message("0200", fields), lambda data: cmac8(KEY, data))
    assert signed[2:10].hex() == "7020048000c08013"
    assert signed[-8:] == cmac8(KEY, signed[:-8])
    assert wire.encode(Message("0200", fields))[10:] == signed[10:-8]


def test_answer_frame_byte_by_byte():
    envelope = framing.unwrap(bytes.fromhex("6000030000603100000100") + bytes(10))
    assert framing.answer(envelope, b"\xaa").hex() == "6000000003603100000100aa"
    assert framing.answer(envelope, b"\xaa", framing.SIGN_ON_AGAIN).hex() == "6000000003603103000100aa"


def test_parameters_byte_by_byte():
    packed = parameters.encode({"16": "茶A", "11": "60"}).encode("latin-1")
    assert packed == b"110026016003\xb2\xe8A"
    with pytest.raises(parameters.ParameterError):
        parameters.encode({"16": "x" * 201})
    with pytest.raises(parameters.ParameterError):
        parameters.encode({str(tag): "x" * 200 for tag in range(10, 16)})


@pytest.mark.parametrize(("mti", "answer"), [("0200", "0210"), ("0820", "0830"), ("0400", "0410"), ("0500", "0510")])
def test_answer_types(mti, answer):
    assert wire.answer_mti(mti) == answer


@pytest.mark.parametrize("mti", ["0210", "0830", "9200", "0201"])
def test_types_that_are_no_request(mti):
    assert wire.answer_mti(mti) is None


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("0200400000000000000020" + "11" * 10, "2"),  # longer than 19
        ("020040000000000000001a" + "11" * 10, "2"),  # length is not BCD
        ("020040000000000000001662", "2"),  # cut
        ("020000000400000000000121", "22"),  # pad is not 0
        ("0200100000000000000000000000123a", 4),  # letter
        ("020080000000000000000000000000000000", 1),  # second bitmap
        ("0200002000000000000000000100", "11"),  # bytes after the last field
    ],
)
def test_format_errors_name_the_field(data, field):
    with pytest.raises(FormatError) as caught:
        wire.decode(bytes.fromhex(data))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("number", "shown"),
    [("6200000000000013", "620000******0013"), ("620000000013", "620000**0013"), ("62000000001", "*" * 11)],
)
def test_masking(number, shown):
    assert wire.masked(number) == shown
