"""Checks the terminal's texts: `python tools/texts_check.py` prints what is wrong and exits with 1, or prints a count.

Every language has the same keys and placeholders; every row fits where it is shown, with the widest value of each
placeholder; every character can be drawn; every key is used by the firmware, and every key it uses is there.
"""

import ast
import re
import string
import sys
from pathlib import Path

FIRMWARE = Path(__file__).parent.parent / "firmware"
TEXTS = FIRMWARE / "pos" / "texts"

# (columns, rows, character set) of the displays, as their drivers have them.
DISPLAYS = {"ST7920": (16, 4, "gb2312"), "HD44780": (20, 4, "ascii")}
LANGUAGES = {"en": "ascii", "zh": "gb2312"}
PAPER_COLUMNS = 32

# Beginning of the key: most rows, most columns (None: the display's). texts/README.md says why.
LIMITS = {
    "title_qr": (1, 9),
    "title_sale": (1, 9),  # beside an amount on the HD44780
    "title_": (1, 11),
    "menu_": (1, 12),
    "set_": (1, 11),
    "check_": (1, 8),
    "state_": (1, 7),
    "person_add": (1, 12),
    "person_locked": (1, 10),
    "person_lock": (1, 12),
    "person_first": (1, 10),
    "person_changed": (1, 10),
    "person_reset": (1, 12),
    "person_unlock": (1, 12),
    "person_rights": (1, 12),
    "person_remove": (1, 12),
    "right_": (1, 8),
    "how_": (1, 4),
    "hint_ok": (1, 6),
    "hint_": (1, None),
    "idle_menu": (1, 4),
    "idle_operator": (1, 11),
    "idle_": (2, None),
    "amount_": (1, None),
    "digits_": (1, None),
    "text_": (1, None),
    "wifi_again": (1, 12),
    "wifi_other": (1, 12),
    "wifi_name": (1, 12),
    "wifi_password": (1, 12),
    "ask_host": (1, None),
    "prompt_": (2, None),
    "ask_": (3, None),
    "qr_scan_me": (1, 8),  # beside the picture of the code
    "qr_cancel": (1, 8),
    "qr_offline": (1, 8),
    "qr_on_paper": (3, None),
    "qr_reason_": (3, None),
    "reason_": (3, None),
    "void_reason_": (3, None),
    "refund_reason_": (3, None),
    "preauth_reason_": (3, None),
    "preauth_void_reason_": (3, None),
    "completion_reason_": (3, None),
    "cause_": (3, None),
    "find_no": (4, None),
    "find_": (1, 12),
    "type_": (1, 9),
    "original_": (1, 4),
    "why_": (1, 12),
    "what_": (1, 10),
    "settle_debit": (1, 10),
    "settle_credit": (1, 10),
    "settle_offline": (1, 10),
    "settle_waits": (4, None),
    "settle_": (3, None),
    "pay_on": (1, 4),
    "pay_merchant": (1, 4),
    "pay_host": (1, 4),
    "pay_removed": (1, 4),
    "pay_": (1, 8),
    "try_": (1, 11),
    "test_strength": (1, None),
    "test_channel": (1, None),
    "test_offset": (1, None),
    "test_no_offset": (1, None),
    "test_free": (1, None),
    "test_used": (1, None),
    "test_segments": (1, None),
    "test_records": (1, None),
    "about_": (1, None),
    "action_": (1, 12),
    "short_": (1, 52),  # nine names of at most four columns, never shown in one row
    "tx_": (1, None),
}
WIDEST = {
    "amount": "9999999.99",
    "balance": "999999999.99",
    "bars": "****",
    "batch": "999999",
    "card": "620000******0013",  # flows cut a longer one to this width
    "code": "A0",
    "count": "3000",
    "channel": "14",
    "dbm": "-100",
    "done": "3000",
    "failed": "3000",
    "keys": "16",
    "left": "9",
    "limit": "9999999.99",
    "max": "8",
    "min": "4",
    "minutes": "15",
    "operator": "98",
    "pct": "100",
    "phone": "+861234567890123",  # a longer one gets a row more
    "read": "620000******0013",
    "service": "Pre-auth",
    "seconds": "-15768000",
    "size": "99999 KB",
    "state": "gone",
    "terminal": "10000001",
    "hours": "999",
    "time": "15:09",
    "took_ms": "60000",
    "trace": "999999",
    "version": "10.10.10",
    "volts": "8.40",
    "what": "Void compl",
    "why": "Out of stock",
}
# The rest of these keys comes from outside: the host's response codes, the link's causes.
OPEN_PREFIXES = ("reason_", "cause_")
SIMPLE_VALUES = ("1", "2", "true", "false")  # of a setting, as a key ends with them
NOT_IN_HD44780_ROM = "\\~"  # its character ROM A00 has a yen sign and an arrow there
_LINE = re.compile(r"^([A-Za-z0-9_]+) = (.*\S)$")


def read(language: str, folder: Path = TEXTS) -> tuple[dict[str, str], list[str]]:
    """({key: text}, problems) of a language's file."""
    texts: dict[str, str] = {}
    problems = []
    for number, line in enumerate((folder / f"{language}.txt").read_text(encoding="utf-8").split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if not match:
            problems.append(f"{language}.txt:{number}: not `key = text`: {line!r}")
        elif match[1] in texts:
            problems.append(f"{language}.txt:{number}: {match[1]} a second time")
        else:
            texts[match[1]] = match[2].replace("\\n", "\n")
    return texts, problems


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def columns(row: str) -> int:
    """Cells a row takes: two for a character outside ASCII, which begins on an even one."""
    width = 0
    for char in row:
        width += 1 if char.isascii() else 2 + width % 2
    return width


def plain_columns(row: str) -> int:
    """Columns on paper, where nothing needs to be even."""
    return sum(1 if char.isascii() else 2 for char in row)


def check_rows(language: str, key: str, text: str) -> list[str]:
    """What of this text does not fit or cannot be drawn."""
    where = f"{language}.txt: {key}"
    unknown = [name for name in placeholders(text) if name not in WIDEST]
    if unknown:
        return [f"{where}: no widest value known for {unknown}"]
    rows = text.format(**WIDEST).split("\n")
    problems = [f"{where}: no character {char!r} in GB2312" for char in text if not _has_gb2312(char)]
    if key.startswith("slip_") and not key.startswith("slip_skipped"):
        if len(rows) > 1:
            problems.append(f"{where}: one row of paper, not {len(rows)}")
        wide = plain_columns(rows[0])
        return problems + ([f"{where}: {wide} columns of {PAPER_COLUMNS}"] if wide > PAPER_COLUMNS else [])
    for display, (cols, screen_rows, charset) in DISPLAYS.items():
        if LANGUAGES[language] == "gb2312" and charset != "gb2312":
            continue  # that display shows English instead
        if charset == "ascii":
            problems += [
                f"{where}: {display} cannot show {char!r}"
                for char in text.replace("\n", "")
                if not " " <= char <= "}" or char in NOT_IN_HD44780_ROM
            ]
        most_rows, most_cols = next(
            (limit for prefix, limit in LIMITS.items() if key.startswith(prefix)), (screen_rows, None)
        )
        if len(rows) > most_rows:
            problems.append(f"{where}: {len(rows)} rows of {most_rows}")
        for row in rows:
            if columns(row) > (most_cols or cols):
                problems.append(f"{where}: {row!r} takes {columns(row)} columns of {most_cols or cols} ({display})")
    return problems


def _has_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


class Uses:
    """Which keys the sources use: literally, by a prefix that something is added to, or by a pattern."""

    def __init__(self, folder: Path = FIRMWARE):
        self.constants: set[str] = set()
        self.patterns: set[str] = set()
        self.asked: list[tuple[str, str]] = []  # (where, key) of literal keys in calls of t()
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    self.constants.add(node.value)
                    if re.fullmatch(r"[a-z_]+(%[sd]|\{\})(_?[a-z0-9_]*|%[sd]|\{\})*", node.value):
                        self.patterns.add(re.sub(r"%[sd]|\{\}", "{}", node.value))
                elif isinstance(node, ast.JoinedStr):
                    parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
                    self.patterns.add("".join(str(part) for part in parts))
                elif isinstance(node, ast.Call) and _name(node.func) in ("t", "tell") and node.args:
                    where = f"{path.relative_to(folder)}:{node.lineno}"
                    self.asked += [(where, key) for key in _literal_keys(node.args[0])]

    def used(self, key: str) -> bool:
        if key in self.constants:
            return True
        splits = [(key[:at], key[at:]) for at in range(1, len(key)) if key[at - 1] == "_"]
        for prefix, rest in splits:
            if prefix in self.constants and (prefix in OPEN_PREFIXES or rest in self.constants):
                return True
            if prefix in self.constants and rest.startswith(OPEN_PREFIXES):
                return True  # a kind of transaction that has words of its own for it
        for pattern in self.patterns:
            match = re.fullmatch(re.escape(pattern).replace(r"\{\}", "(.+)"), key)
            if match and not pattern.startswith("{}"):
                known = all(part in self.constants or part in SIMPLE_VALUES for part in match.groups())
                if known or pattern[:-2] in OPEN_PREFIXES:
                    return True
        return False


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literal_keys(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.Constant):
        return [str(argument.value)]
    if isinstance(argument, ast.IfExp):
        return _literal_keys(argument.body) + _literal_keys(argument.orelse)
    return []


def check(folder: Path = TEXTS, firmware: Path = FIRMWARE) -> list[str]:
    """Everything that is wrong, a line each."""
    problems = []
    languages = {}
    for language in LANGUAGES:
        languages[language], found = read(language, folder)
        problems += found
    english = languages["en"]
    for language, texts in languages.items():
        problems += [f"{language}.txt: {key} is missing" for key in english if key not in texts]
        problems += [f"{language}.txt: {key} is not in en.txt" for key in texts if key not in english]
        for key, text in texts.items():
            if key in english and not set(placeholders(text)) <= set(placeholders(english[key])) | {"limit", "count"}:
                problems.append(f"{language}.txt: {key} has other placeholders than en.txt")
            problems += check_rows(language, key, text)
    uses = Uses(firmware)
    problems += [f"{where}: no text {key!r}" for where, key in uses.asked if key not in english]
    problems += [f"en.txt: {key} is used nowhere" for key in english if not uses.used(key)]
    return problems


def main() -> int:
    problems = check()
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(read('en')[0])} texts in {len(LANGUAGES)} languages fit")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
