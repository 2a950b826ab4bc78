"""What looks for secrets finds them, in every form, wherever they begin; and not where there are none."""

import base64
import hashlib

from host_tests.secrets import seek

KEY = hashlib.sha256(b"a key").digest()[:16]
NOISE = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(200))
CARD, PIN = "6200000000000013", "74196350"


def test_keys_are_found_in_every_form():
    for before in range(4):
        lead = bytes(range(100, 100 + before))
        for data in (KEY, KEY.hex().encode(), KEY.hex().upper().encode(), base64.b64encode(lead + KEY + b"xyz")):
            assert seek.keys_in(NOISE + b" " + data + b" " + NOISE, {KEY}), (before, data)
        assert seek.keys_in(base64.urlsafe_b64encode(lead + KEY), {KEY})
    assert not seek.keys_in(NOISE + KEY[:-1] + NOISE.hex().encode() + base64.b64encode(NOISE), {KEY})


def test_numbers_are_found_in_every_form():
    for number in (CARD, PIN, "135790", "1234567890123"):
        packed = bytes.fromhex(number + "0" * (len(number) % 2)), bytes.fromhex("0" * (len(number) % 2) + number)
        for data in (number.encode(), number.encode("utf-16-le"), *packed):
            assert seek.places(NOISE + data + NOISE, seek.number_forms(number)), (number, data)
        assert not seek.places(NOISE + number[:-1].encode() + b"x" + NOISE, seek.number_forms(number))


def test_a_short_pin_counts_alone():
    for data in (b'"pin": "2468"', b"\x002468\x00", b"pin 2468\n"):
        assert seek.pins_in(data, {"2468"}), data
    for data in (b"1a2468ff", b"12468", b"24680", b"2468abc", b"1.2468"):
        assert not seek.pins_in(data, {"2468"}), data
