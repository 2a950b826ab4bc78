"""Looks for secrets in bytes, in every form in which they could lie there."""

import base64
import re

CONTEXT_BYTES = 40


def number_forms(number):
    """{form: pattern} of a PIN or an account number: as text, and packed two digits a byte."""
    text = number.encode()
    if len(number) < 6:  # so short a number stands in longer ones by chance
        return {"text": rb"(?<![0-9A-Za-z.])" + text + rb"(?![0-9A-Za-z.])"}
    padded = {number.ljust(len(number) + len(number) % 2, "0"), number.rjust(len(number) + len(number) % 2, "0")}
    packed = {f"packed {digits}": re.escape(bytes.fromhex(digits)) for digits in padded}
    return {"text": re.escape(text), "wide text": re.escape(number.encode("utf-16-le"))} | packed


def key_forms(key):
    """{form: pattern} of a key: as it is, hexadecimal, base64 wherever it begins."""
    found = {"bytes": re.escape(key), "hexadecimal": b"(?i)" + key.hex().encode()}
    for shift in range(3):
        # What stands before and behind shares a character with it: those are left out.
        coded = base64.b64encode(bytes(shift) + key)[(8 * shift + 5) // 6 :].rstrip(b"=")[:-1]
        found[f"base64 +{shift}"] = re.escape(coded)
        found[f"base64url +{shift}"] = re.escape(coded.replace(b"+", b"-").replace(b"/", b"_"))
    return found


def places(data, forms):
    """[(form, offset, what stands around it)] of every place."""
    return [
        (form, match.start(), data[max(0, match.start() - CONTEXT_BYTES) : match.end() + CONTEXT_BYTES])
        for form, pattern in forms.items()
        for match in re.finditer(pattern, data)
    ]


def pins_in(data, pins):
    """[(PIN's place)] in bytes."""
    return [place for pin in sorted(pins) for place in places(data, number_forms(pin))]


def accounts_in(data, numbers):
    return [place for number in sorted(numbers) for place in places(data, number_forms(number))]


def keys_in(data, keys):
    return [place for key in sorted(keys) for place in places(data, key_forms(key))]
