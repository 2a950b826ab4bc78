"""Reads what a client sent, and says what would have been allowed when it is wrong."""

import json

from tools.sim.chips.key_matrix import ALIASES
from tools.sim.panel import limits


class BadRequest(Exception):
    """The request cannot be read (400) or asks for something that does not exist (422).

    `status` is the HTTP status; `allowed`, where there is one, is the list or range of what may be sent.
    """

    def __init__(self, status, text, allowed=None):
        super().__init__(text)
        self.status = status
        self.text = text
        self.allowed = allowed


def read_object(body: bytes, allowed: tuple, required: tuple = ()) -> dict:
    """The JSON object in `body`; only the names in `allowed`, all of those in `required`."""
    try:
        value = json.loads(body)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(400, f"the body is not JSON: {error}", list(allowed)) from None
    if not isinstance(value, dict):
        raise BadRequest(400, "the body must be a JSON object", list(allowed))
    for name in value:
        if name not in allowed:
            raise BadRequest(422, f"{_shown(name)} is not known here", list(allowed))
    for name in required:
        if name not in value:
            raise BadRequest(422, f"'{name}' is missing", list(allowed))
    return value


def whole_number(value, name: str, low: int, high: int) -> int:
    """An int in low..high; a text of digits will not do, and neither will true."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(422, f"'{name}' must be a whole number from {low} to {high}", [low, high])
    return value


def choice(value, name: str, allowed: tuple) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in allowed:
        raise BadRequest(422, f"'{name}' must be one of {', '.join(allowed)}", list(allowed))
    return value


def digits(value, name: str, most: int) -> str:
    """A text of 1 to `most` ASCII digits."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()) or len(value) > most:
        raise BadRequest(422, f"'{name}' must be a text of 1 to {most} digits")
    return value


def text(value, name: str, most: int) -> str:
    """A text of 1 to `most` characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise BadRequest(422, f"'{name}' must be a text of 1 to {most} characters")
    return value


def printable(value, name: str, most: int) -> str:
    """A text of 1 to `most` printable ASCII characters."""
    if not isinstance(value, str) or not 1 <= len(value) <= most or not all(" " <= char <= "~" for char in value):
        raise BadRequest(422, f"'{name}' must be a text of 1 to {most} printable ASCII characters")
    return value


def keys(value, legend: tuple) -> list:
    """A list of key labels of this keypad; "00" and "UP" are one key."""
    allowed = known_keys(legend)
    if not isinstance(value, list) or not 1 <= len(value) <= limits.KEYS_MAX:
        raise BadRequest(422, f"'keys' must be a list of 1 to {limits.KEYS_MAX} keys", allowed)
    return [key(one, legend) for one in value]


def key(value, legend: tuple) -> str:
    """One key label as the legend has it: "00" is "UP"."""
    allowed = known_keys(legend)
    if not isinstance(value, str) or value not in allowed:
        raise BadRequest(422, f"there is no key {_shown(value)}", allowed)
    return ALIASES.get(value, value)


def known_keys(legend: tuple) -> list:
    """Every label that may be pressed, in the order of the keypad, then second names ("00" for UP)."""
    labels = [label for row in legend for label in row]
    return labels + [alias for alias, label in ALIASES.items() if label in labels]


def seconds(value: str, name: str, most: int) -> float:
    """A number of seconds from a query, 0 to `most`, fractions allowed."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise BadRequest(422, f"'{name}' must be a number of seconds from 0 to {most}", [0, most])
    return number


def _shown(value) -> str:
    """A foreign value for an error text, kept short."""
    shown = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")
    return shown if len(shown) <= 40 else shown[:37] + "..."
