"""Whatever bytes come: fields or a FieldError, and what unpacks packs to the same bytes again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pos.iso8583 import frame, masking, messages
from pos.iso8583.codec import MESSAGE_BYTES_MAX, FieldError, pack, unpack
from pos.iso8583.fields import TABLE
from pos.security.keyblock import KeyBlockError, unwrap

pytestmark = pytest.mark.slow
IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
TX = {
    "type": "sale",
    "trace": 7,
    "batch": 12,
    "amount_minor": 1234,
    "card": "6200000000000013",
    "entry": "nfc",
    "operator": "01",
    "date": "20260314",
}
ANSWER = pack(
    messages.request(TX, IDENTITY)
    | {0: "0210", 12: "150927", 13: "0314", 37: "031415092701", 38: "A1B2C3", 39: "00", 54: "0001156C000000098766"}
    | {23: "001", 35: "6200000000000013=2512", 61: "0000120000070314", 62: b"\xd5\xfb", 64: b"12345678"}
)

thoroughly = settings(max_examples=500, deadline=None)


def survives(data):
    """Unpacks or says why not, in numbers that make sense; a dump shows no account number."""
    try:
        fields = unpack(data)
    except FieldError as error:
        assert isinstance(error.field, int)
        assert 0 <= error.offset <= len(data)
        assert error.needed >= 0
        assert error.available >= 0
        assert error.what
        assert str(error)
        return None
    assert pack(fields) == data
    line = masking.dump(fields)
    if len(fields.get(2, "")) > 10:
        assert fields[2] not in line
    return fields


@thoroughly
@given(st.binary(max_size=MESSAGE_BYTES_MAX + 100))
def test_random_bytes(data):
    survives(data)


def _bitmap_of_known_fields(numbers):
    bits = 0
    for number in numbers:
        bits |= 1 << (64 - number)
    return bits.to_bytes(8, "big")


@thoroughly
@given(st.sets(st.sampled_from(sorted(TABLE)), max_size=8), st.binary(max_size=300))
def test_random_bytes_behind_a_plausible_head(numbers, tail):
    survives(b"\x02\x10" + _bitmap_of_known_fields(numbers) + tail)


# Digits and small lengths get deeper into a message than random bytes do.
@thoroughly
@given(
    st.sets(st.sampled_from(sorted(TABLE)), max_size=6),
    st.lists(st.sampled_from([0x00, 0x01, 0x06, 0x10, 0x12, 0x20, 0x30, 0x31, 0x99]), max_size=200),
)
def test_digits_behind_a_plausible_head(numbers, tail):
    survives(b"\x02\x10" + _bitmap_of_known_fields(numbers) + bytes(tail))


def test_every_truncation():
    for size in range(len(ANSWER)):
        assert survives(ANSWER[:size]) is None


def test_every_bit_flip():
    for at in range(len(ANSWER)):
        for bit in range(8):
            changed = bytearray(ANSWER)
            changed[at] ^= 1 << bit
            survives(bytes(changed))


@thoroughly
@given(st.lists(st.tuples(st.integers(0, len(ANSWER) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_bytes_changed(changes):
    changed = bytearray(ANSWER)
    for at, value in changes:
        changed[at] = value
    survives(bytes(changed))


@given(st.integers(0, len(ANSWER)), st.integers(0, len(ANSWER)), st.binary(max_size=40))
def test_bytes_replaced_by_more_or_fewer(start, end, middle):
    survives(ANSWER[:start] + middle + ANSWER[end:])


@pytest.mark.parametrize("size", [MESSAGE_BYTES_MAX + 1, 1 << 16, 1 << 20])
def test_oversized(size):
    with pytest.raises(FieldError) as caught:
        unpack(ANSWER + bytes(size))
    assert caught.value.available > MESSAGE_BYTES_MAX


ANYTHING = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=30),
    st.binary(max_size=30),
    st.booleans(),
    st.floats(),
    st.lists(st.integers()),
)


@thoroughly
@given(st.dictionaries(st.integers(-5, 130) | st.sampled_from(sorted(TABLE)), ANYTHING, max_size=6), st.booleans())
def test_any_dict(fields, with_type):
    if with_type:
        fields[0] = "0200"
    try:
        packed = pack(fields)
    except FieldError as error:
        assert str(error)
        return
    assert unpack(packed) == fields


@given(st.dictionaries(ANYTHING.filter(lambda key: not isinstance(key, list)), ANYTHING, max_size=4))
def test_any_dict_with_any_key(fields):
    with pytest.raises(FieldError):
        pack(fields | {"0": "0200"})


@given(ANYTHING)
def test_not_even_bytes(data):
    if not isinstance(data, bytes):
        with pytest.raises(FieldError):
            unpack(data)


@thoroughly
@given(st.binary(max_size=1200))
def test_frames(body):
    try:
        message, requirement = frame.unwrap(body)
    except FieldError:
        return
    assert message == body[11:]
    assert 0 <= requirement <= 9


@given(st.binary(max_size=3))
def test_frame_lengths(length):
    try:
        assert frame.body_bytes(length) == int.from_bytes(length, "big") <= frame.BODY_BYTES_MAX
    except FieldError:
        pass


@thoroughly
@given(st.binary(max_size=60) | st.text("0123456789", max_size=60).map(str.encode))
def test_parameters(data):
    try:
        messages.read_parameters(data)
    except FieldError as error:
        assert error.field == 62
        assert error.offset <= len(data)


@given(st.text(max_size=25) | st.from_regex(r"\A[0-9]{7}[CD][0-9\u0660-\u0669]{12}\Z"))
def test_balance(text):
    try:
        assert isinstance(messages.read_balance(text), int)
    except FieldError as error:
        assert error.field == 54


HEX = "0123456789ABCDEF"


@thoroughly
@given(
    st.text(max_size=200)
    | st.binary(max_size=200)
    | st.tuples(st.sampled_from(["00", "01", "02", "99"]), st.text(HEX, max_size=300)).map(
        lambda parts: f"D{len(parts[1]) + 16:04d}M6AG00N{parts[0]}00{parts[1]}"
    )
)
def test_key_blocks(block):
    with pytest.raises(KeyBlockError):
        unwrap(bytes(16), block)
