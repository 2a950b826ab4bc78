"""Bugs to plant into a copy of firmware/, each with a flow whose cuts find it: the proof that the sweep can see.

`python -m host_tests.crash.planted FOLDER NAME` makes the copy; without a name it lists them.
"""

import shutil
import sys
from pathlib import Path

FIRMWARE = Path(__file__).parents[2] / "firmware"

# name: (flow, file, what stands there, what is put in its place)
BUGS = {
    "the reversal is stored after the request has left": (
        "sale",
        "pos/link/payment.py",
        """        journal.append({"kind": "intent", "tx": tx})
        answer = await ask(exchange, request, data)
""",
        """        try:
            answer = await ask(exchange, request, data)
        finally:
            journal.append({"kind": "intent", "tx": tx})
""",
    ),
    "the result and the cleared reversal are two steps": (
        "sale",
        "pos/link/payment.py",
        """            journal.append(record)
            return True
""",
        """            journal.append({"kind": "cancel", "trace": tx["trace"]})
            journal.append(record)
            return True
""",
    ),
    "the reversal is cleared before it is sent": (
        "sale-unanswered",
        "pos/link/reversal.py",
        """        journal.append(attempt)
""",
        """        journal.append(attempt)
        journal.append({"kind": "reversed", "trace": tx["trace"], "code": "00"})
""",
    ),
    "a refund is sent and not kept": (
        "refund",
        "pos/link/advice.py",
        """        exchange.journal.append({"kind": "advice", "tx": tx})
""",
        "",
    ),
    "the flush is left out: bytes reach the flash with the next ones": (
        "sale",
        "pos/journal/files.py",
        """    _put(path, "ab", data)
""",
        """    while _late:
        _put(*_late.pop())
    _late.append((path, "ab", data))


_late = []
""",
    ),
    "a wrong PIN is counted after it was looked at": (
        "wrong-pins",
        "pos/journal/staff.py",
        """        self._count(number, person["failures"] + 1)
        person = self._people[number]
        if self._verify_pin(pin, person["pin"]):
""",
        """        right = self._verify_pin(pin, person["pin"])
        self._count(number, person["failures"] + 1)
        person = self._people[number]
        if right:
""",
    ),
    "the evidence of a deletion is written after it": (
        "deletion",
        "pos/journal/deletion.py",
        """        journal.append(evidence)
        if journal.segments[-1] <= last:  # read anew meanwhile: then the newest segment would be among them
            raise JournalError("the evidence does not begin a segment")
        for at, _ in enumerate(_rewrite(journal, self._marks, last)):
            yield len(numbers) + at, 2 * len(numbers)
""",
        """        for at, _ in enumerate(_rewrite(journal, self._marks, last)):
            yield len(numbers) + at, 2 * len(numbers)
        journal.append(evidence)
""",
    ),
    "a setting is written over the old one": (
        "settings",
        "pos/journal/store.py",
        """        files.replace(path + ".new", head + text)
        if files.exists(path):
            files.rename(path, path + (".old" if _whole(path) else ".bad"))
        files.rename(path + ".new", path)
""",
        """        if files.exists(path):
            files.remove(path)
        files.replace(path, head + text)
""",
    ),
    "a trace number is not durable before it is used": (
        "sign-off-and-on",
        "pos/link/request.py",
        """            exchange.journal.append({"kind": "trace", "trace": int(request[11])})
""",
        """            exchange.journal.state["trace"] = int(request[11])
""",
    ),
    "a slip counts as printed before it is": (
        "sale",
        "pos/flows/slips.py",
        """        if not await print_one(terminal, tx, "merchant", again=again):
            return
        again = False
        copies = terminal.copies()
        stage(terminal, tx, _MERCHANT if copies > 1 else DONE)
""",
        """        copies = terminal.copies()
        stage(terminal, tx, _MERCHANT if copies > 1 else DONE)
        if not await print_one(terminal, tx, "merchant", again=again):
            return
        again = False
""",
    ),
}


def plant(name, folder, firmware=FIRMWARE):
    """Makes `folder` a copy of the firmware with this bug in it. ValueError: the firmware no longer has that place."""
    _flow, file, there, instead = BUGS[name]
    source = (Path(firmware) / file).read_text(encoding="utf-8")
    if source.count(there) != 1:
        raise ValueError(f"{file} no longer has what this bug is planted into: {name}")
    shutil.copytree(firmware, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (Path(folder) / file).write_text(source.replace(there, instead), encoding="utf-8")


def main():
    if len(sys.argv) != 3:
        for name, (flow, *_) in BUGS.items():
            print(f"{flow:16} {name}")
        return
    plant(sys.argv[2], sys.argv[1])


if __name__ == "__main__":
    main()
