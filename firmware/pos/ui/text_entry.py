"""Asks for a text on a keypad without letters: a key is pressed until its character stands there (multi-tap)."""

from micropython import const

from pos.ui import confirm
from pos.ui.inputs import HOLD, KEY
from pos.ui.leave import Cancelled

_TAP_MS = const(1200)  # longer between two presses of a key: the next is another character
_TEXT_ROW = const(1)
# Printable ASCII, all of it: a Wi-Fi password may hold any.
_SETS = (
    " 0+*=#%&$()<>[]{}^`|~",
    ".-_@/:,;!?1'\"\\",
    "abc2",
    "def3",
    "ghi4",
    "jkl5",
    "mno6",
    "pqrs7",
    "tuv8",
    "wxyz9",
)
_MODES = ("abc", "ABC", "123")


async def enter(ui, title, max_chars, min_chars=0, first=""):
    """Returns the text. `first` is what stands there to begin with.

    A digit key gives the next of its characters with every press, held the digit itself. UP goes back to the character
    before; DOWN ends a character, as a pause does, so that its key can be used again. MENU changes between small
    letters, capitals and digits. CLEAR takes back one, held all. CANCEL leaves, after asking where something was typed.
    Raises Cancelled, IdleTimeout."""
    typed, mode, tapped = first, 0, ""
    note = "hint_text"
    while True:
        _show(ui, title, typed, mode, tapped, ui.t(note, count=min_chars, limit=max_chars))
        got = await ui.inputs.get(_TAP_MS) if tapped else await ui.next()
        if got is None:
            tapped = ""
            continue
        kind, key = got
        note = "hint_text"
        if kind == HOLD:
            if key == "CLEAR":
                typed = ""
            elif tapped == key:
                typed = typed[:-1] + key
            tapped = ""
        elif key.isdigit() and kind == KEY:
            if key == tapped:
                typed = typed[:-1] + _following(key, typed[-1], mode, 1)
            elif len(typed) < max_chars:
                typed += key if mode == 2 else _cased(_SETS[int(key)][0], mode)
                tapped = "" if mode == 2 else key
            else:
                note, tapped = "text_full", ""
        elif key == "UP" and tapped:
            typed = typed[:-1] + _following(tapped, typed[-1], mode, -1)
        elif kind != KEY:
            continue
        elif key == "MENU":
            mode, tapped = (mode + 1) % len(_MODES), ""
        elif key == "CLEAR":
            typed, tapped = typed[:-1], ""
        elif key == "DOWN":
            tapped = ""
        elif key == "ENTER":
            if len(typed) >= min_chars:
                return typed
            note, tapped = "text_short", ""
        elif key == "CANCEL":
            if typed == first or await confirm.ask(ui, ui.t("ask_cancel_text")):
                raise Cancelled()
            tapped = ""


def _cased(char, mode):
    return char.upper() if mode == 1 else char


def _following(key, char, mode, step):
    """The character of the key after (or, with step -1, before) this one."""
    chars = _SETS[int(key)]
    return _cased(chars[(chars.find(char.lower()) + step) % len(chars)], mode)


def _show(ui, title, typed, mode, tapped, note):
    """The end of the text where it is longer than two rows; while a key can still change its last character the cursor
    is not there, and the last row shows what the key has."""
    screen = ui.screen
    screen.put_pair(0, title, _MODES[mode])
    shown = typed if tapped else typed + "_"
    room = 2 * screen.cols
    if len(shown) > room:
        shown = "<" + shown[len(shown) - room + 1 :]
    screen.put(_TEXT_ROW, shown[: screen.cols])
    screen.put(_TEXT_ROW + 1, shown[screen.cols :])
    if tapped:
        screen.put(screen.rows - 1, _choices(tapped, typed[-1], mode, screen.cols))
    else:
        screen.put(screen.rows - 1, note, "center")
    screen.flush()


def _choices(key, char, mode, cols):
    """The characters of a key, the one that stands there between brackets; those around it where not all fit."""
    chars = _cased(_SETS[int(key)], mode)
    at = chars.find(char)
    text = chars[:at] + "[" + char + "]" + chars[at + 1 :]
    start = max(0, min(at - cols // 2 + 1, len(text) - cols))
    return text[start : start + cols]
