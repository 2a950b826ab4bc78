"""Our codec and pyiso8583 read each other, for every message and for messages that hypothesis makes up."""

import sys
from pathlib import Path

import iso8583
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pos.iso8583 import messages, services, settlement, upload
from pos.iso8583.codec import pack, unpack
from pos.iso8583.fields import TABLE
from pos.security.mac import Mac

sys.path.insert(0, str(Path(__file__).parent))

from foreign_spec import SPEC, from_foreign, to_foreign

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
TX = {
    "type": "sale",
    "trace": 999999,
    "batch": 12,
    "amount_minor": 999999999,
    "card": "620000000000001",  # odd
    "entry": "keyed",
    "operator": "01",
    "date": "20260314",
}
ADDED_BY_HOST = {12: "150927", 13: "0314", 15: "0315", 37: "031415092701", 38: "A1B2C3", 39: "00"}
BALANCE = {54: "0001156C000000098766"}


def _answer(request, *more):
    fields = request | {0: f"{int(request[0]) + 10:04d}"}
    for added in more:
        fields |= added
    return fields


def _every_message():
    sale, balance = messages.request(TX, IDENTITY), messages.request(TX | {"type": "balance"}, IDENTITY)
    reversal = messages.reversal(TX, IDENTITY, "98")
    sign_on = messages.sign_on(IDENTITY, 1, 0, "01")
    parameters = messages.parameters(IDENTITY, 2, 12)
    sign_off, echo = messages.sign_off(IDENTITY, 3, 12), messages.echo(IDENTITY, 4, 12)
    items = "1100260" + "16010" + "北京烤鸭店"
    return {
        "sale": sale,
        "sale by 19-digit number": sale | {2: "6200000000000000013"},
        "sale by track 2": sale | {23: "001", 35: "6200000000000013=2512", 14: "2512"},
        "sale approved": _answer(sale, ADDED_BY_HOST, BALANCE),
        "sale declined": _answer(sale, {39: "51"}),
        "balance": balance,
        "balance answered": _answer(balance, ADDED_BY_HOST, BALANCE),
        "reversal": reversal,
        "reversal answered": _answer(reversal, {39: "25"}),
        "sign-on": sign_on,
        "sign-on answered": _answer(sign_on, ADDED_BY_HOST, {62: b"D0112M6AG00N0000" + b"0F" * 48}),
        "parameters": parameters,
        "parameters answered": _answer(parameters, {39: "00", 62: items.encode("gb18030")}),
        "sign-off": sign_off,
        "sign-off answered": _answer(sign_off, {39: "00"}),
        "echo": echo,
        "echo answered": _answer(echo, {39: "00"}),
        "settlement": settlement.compare(IDENTITY, 4, 12, (1, 1234, 0, 0), "01"),
        "settlement answered": _answer(settlement.end(IDENTITY, 4, 12, True, 1, "01"), {39: "00", 62: b"007net,982"}),
        "upload": upload.upload(IDENTITY, 4, 12, [("22", 3, "6200000000000013", 1234)] * 8, "01"),
        "service": services.service(IDENTITY, 5, 12, "99", "qr", "off", "11", "00"),
    }


MESSAGES = _every_message()


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("with_mac", [False, True])
def test_each_message_both_ways(name, with_mac):
    fields = MESSAGES[name]
    mac = Mac(bytes(range(16)))
    ours = pack(fields, mac.sign if with_mac else None)
    expected = fields | ({64: mac.sign(ours[:-8])} if with_mac else {})

    decoded, _ = iso8583.decode(ours, SPEC)
    assert from_foreign(decoded) == expected

    theirs, _ = iso8583.encode(to_foreign(expected), SPEC)
    assert theirs == ours
    assert unpack(bytes(theirs)) == expected


def _values(number):
    kind, prefix, length, _, _ = TABLE[number]
    least = 0 if prefix else length
    if kind == "b":
        return st.binary(min_size=least, max_size=min(length, 200))
    if kind == "a":
        return st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=least, max_size=length)
    digits = st.text("0123456789", min_size=least, max_size=length)
    if kind == "z":
        return digits.map(lambda text: text[:20] + "=" + text[21:] if len(text) > 20 else text)
    return digits


MADE_UP = st.fixed_dictionaries(
    {0: st.sampled_from(["0100", "0200", "0210", "0400", "0800", "0830"])},
    optional={number: _values(number) for number in TABLE},
)


@settings(max_examples=300, deadline=None)
@given(MADE_UP)
def test_made_up_messages_both_ways(fields):
    ours = pack(fields)
    assert unpack(ours) == fields
    decoded, _ = iso8583.decode(ours, SPEC)
    assert from_foreign(decoded) == fields
    theirs, _ = iso8583.encode(to_foreign(fields), SPEC)
    assert theirs == ours
