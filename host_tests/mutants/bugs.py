"""The planted bugs: what is done wrong, where, and which of the three finds it within how many seconds.

Each edit is (path, text that stands there once, text in its place). A bug is small and plausible: a line that somebody
could leave out, or put in the wrong order.
"""

from typing import NamedTuple

CRASH, DAYS, FUZZ = "crash", "days", "fuzz"


class Bug(NamedTuple):
    """what: what is wrong; finder: CRASH, DAYS or FUZZ; where: the flow or the target; budget_s: the finder's time."""

    name: str
    what: str
    edits: tuple
    finder: str
    where: tuple
    budget_s: int


_PAYMENT = "firmware/pos/link/payment.py"
_ADVICE = "firmware/pos/link/advice.py"
_CODEC = "firmware/pos/iso8583/codec.py"
_MESSAGES = "firmware/pos/iso8583/messages.py"
_REQUEST = "        request = messages.request(tx, exchange.identity)\n        try:\n            data = pack("
_DELETION = "firmware/pos/journal/deletion.py"
_REWRITTEN = "            yield len(numbers) + at, 2 * len(numbers)\n"
_FIRST_SLIP = '        if not await print_one(terminal, tx, "merchant", again=again):\n'
_ONCE = "tools/host/switch/once.py"

BUGS = (
    Bug(
        "reversal-after-sending",
        "the reversal is stored after the request has left",
        (
            (
                _PAYMENT,
                (
                    '        journal.append({"kind": "intent", "tx": tx})\n'
                    "        answer = await ask(exchange, request, data)\n"
                ),
                (
                    "        try:\n"
                    "            answer = await ask(exchange, request, data)\n"
                    "        finally:\n"
                    '            journal.append({"kind": "intent", "tx": tx})\n'
                ),
            ),
        ),
        CRASH,
        ("sale",),
        60,
    ),
    Bug(
        "result-in-two-steps",
        "the result and the cleared reversal are two steps",
        (
            (
                _PAYMENT,
                ("            journal.append(record)\n            return True\n"),
                (
                    '            journal.append({"kind": "cancel", "trace": tx["trace"]})\n'
                    "            journal.append(record)\n"
                    "            return True\n"
                ),
            ),
        ),
        CRASH,
        ("sale",),
        60,
    ),
    Bug(
        "reversal-cleared-first",
        "the reversal is cleared before it is sent",
        (
            (
                "firmware/pos/link/reversal.py",
                "        journal.append(attempt)\n",
                (
                    "        journal.append(attempt)\n"
                    '        journal.append({"kind": "reversed", "trace": tx["trace"], "code": "00"})\n'
                ),
            ),
        ),
        CRASH,
        ("sale-unanswered",),
        60,
    ),
    Bug(
        "refund-not-kept",
        "a refund is sent and not kept",
        (
            (
                _ADVICE,
                '        exchange.journal.append({"kind": "advice", "tx": tx})\n',
                "",
            ),
        ),
        CRASH,
        ("refund",),
        60,
    ),
    Bug(
        "flush-left-out",
        "the flush is left out: bytes reach the flash with the next ones",
        (
            ("firmware/pos/journal/files.py", "def append(path, data):\n", "_late = []\n\n\ndef append(path, data):\n"),
            (
                "firmware/pos/journal/files.py",
                '    try:\n        _put(path, "ab", data)\n',
                (
                    "    try:\n"
                    "        while _late:\n"
                    "            _put(*_late.pop())\n"
                    '        _late.append((path, "ab", data))\n'
                ),
            ),
        ),
        CRASH,
        ("sale",),
        60,
    ),
    Bug(
        "pin-tried-before-counted",
        "a wrong PIN is counted after it was looked at",
        (
            (
                "firmware/pos/journal/staff.py",
                (
                    '        self._count(number, person["failures"] + 1)\n'
                    "        person = self._people[number]\n"
                    '        if self._verify_pin(pin, person["pin"]):\n'
                ),
                (
                    '        right = self._verify_pin(pin, person["pin"])\n'
                    '        self._count(number, person["failures"] + 1)\n'
                    "        person = self._people[number]\n"
                    "        if right:\n"
                ),
            ),
        ),
        CRASH,
        ("wrong-pins",),
        90,
    ),
    Bug(
        "evidence-after-deletion",
        "the evidence of a deletion is written after it",
        (
            (_DELETION, "        journal.append(evidence)\n", ""),
            (_DELETION, "if journal.segments[-1] <= last:", "if False:"),
            (_DELETION, _REWRITTEN, _REWRITTEN + "        journal.append(evidence)\n"),
        ),
        CRASH,
        ("deletion",),
        120,
    ),
    Bug(
        "setting-overwritten",
        "a setting is written over the old one",
        (
            (
                "firmware/pos/journal/store.py",
                (
                    '        files.replace(path + ".new", head + text)\n'
                    "        if files.exists(path):\n"
                    '            files.rename(path, path + (".old" if _whole(path) else ".bad"))\n'
                    '        files.rename(path + ".new", path)\n'
                ),
                (
                    "        if files.exists(path):\n"
                    "            files.remove(path)\n"
                    "        files.replace(path, head + text)\n"
                ),
            ),
        ),
        CRASH,
        ("settings",),
        90,
    ),
    Bug(
        "trace-not-durable",
        "a trace number is not durable before it is used",
        (
            (
                "firmware/pos/link/request.py",
                '        journal.append({"kind": "trace", "trace": trace})\n',
                '        journal.state["trace"] = trace\n',
            ),
        ),
        CRASH,
        ("sign-off-and-on",),
        90,
    ),
    Bug(
        "printed-before-paper",
        "a slip counts as printed before it is",
        (("firmware/pos/flows/slips.py", _FIRST_SLIP, "        stage(terminal, tx, DONE)\n" + _FIRST_SLIP),),
        CRASH,
        ("sale",),
        60,
    ),
    Bug(
        "unanswered-is-unsent",
        "a request that left and was not answered is taken for one that never left",
        ((_PAYMENT, "        if not error.sent:\n", "        if True:\n"),),
        CRASH,
        ("sale-unanswered",),
        60,
    ),
    Bug(
        "refund-renumbered",
        "a refund that waits is sent again under a new trace number",
        (
            (
                _ADVICE,
                _REQUEST,
                "        tx = dict(tx, trace=journal.free_trace())\n"
                '        journal.append({"kind": "trace", "trace": tx["trace"]})\n' + _REQUEST,
            ),
        ),
        CRASH,
        ("refund-waiting",),
        90,
    ),
    Bug(
        "void-counted-twice",
        "a void is counted twice in the terminal's totals",
        (
            (
                "firmware/pos/domain/totals.py",
                "[count + 1, amount_minor",
                '[count + 1 + (kind == "void"), amount_minor',
            ),
        ),
        CRASH,
        ("void",),
        60,
    ),
    Bug(
        "answer-not-matched",
        "any answer is taken for the answer to the request that waits",
        ((_MESSAGES, "    for number in _REPEATED:\n", "    for number in ():\n"),),
        DAYS,
        (),
        240,
    ),
    Bug(
        "reversal-given-up",
        "a reversal is dropped when its tries are used up",
        (
            (
                "firmware/pos/link/reversal.py",
                "        if exchange.blocked and not forced:\n            return False\n",
                "        if exchange.blocked and not forced:\n"
                '            trace = exchange.journal.state["pending"]["trace"]\n'
                '            exchange.journal.append({"kind": "reversed", "trace": trace, "code": "00"})\n'
                "            return True\n",
            ),
        ),
        DAYS,
        (),
        240,
    ),
    Bug(
        "late-refund-in-next-batch",
        "a refund that was answered after its batch was closed counts in the next one",
        (
            (
                "firmware/pos/journal/state.py",
                'not record.get("later") or tx["batch"] == state["batch"]',
                "True",
            ),
        ),
        DAYS,
        (),
        240,
    ),
    Bug(
        "duplicates-forgotten",
        "the host does not look whether it has had a request before",
        ((_ONCE, "    if repeated:\n", "    if False:\n"),),
        DAYS,
        (),
        240,
    ),
    Bug(
        "late-original-moves-money",
        "the host carries out a request whose reversal came before it",
        ((_ONCE, "if records.reversed_before(case) else", "if False else"),),
        DAYS,
        (),
        240,
    ),
    Bug(
        "void-keeps-the-sale-open",
        "the host does not mark a voided sale, and would refund it, too",
        (
            (
                "tools/host/switch/correction.py",
                '    records.mark_voided(case, case.original["id"], transaction_id)\n',
                "",
            ),
        ),
        DAYS,
        (),
        240,
    ),
    Bug(
        "codec-length-unchecked",
        "a field longer than the table allows is read",
        ((_CODEC, "    if int(shown) > length:\n", "    if False:\n"),),
        FUZZ,
        ("codec",),
        60,
    ),
    Bug(
        "parameters-never-end",
        "an empty parameter is read again and again",
        (
            (
                _MESSAGES,
                "        at = end\n    return found\n",
                "        at = end if found[int(head[:2])] else at\n    return found\n",
            ),
        ),
        FUZZ,
        ("parameters",),
        90,
    ),
    Bug(
        "host-reads-half-the-mac",
        "the host compares four bytes of the authentication code",
        (
            (
                "tools/host/security/mac.py",
                "hmac.compare_digest(self.sign(data), mac)",
                "hmac.compare_digest(self.sign(data)[:4], mac[:4])",
            ),
        ),
        FUZZ,
        ("signedhost",),
        120,
    ),
    Bug(
        "terminal-believes-anybody",
        "the terminal does not look at the authentication code of an answer",
        (("firmware/pos/link/request.py", "if mac and not mac.verify(message):", "if False:"),),
        FUZZ,
        ("answers",),
        120,
    ),
    Bug(
        "journal-believes-anything",
        "the journal does not compare the checksum of a line",
        (("firmware/pos/journal/record.py", "    if raw[:8] != crc.encode():\n        return None\n", ""),),
        FUZZ,
        ("journal",),
        90,
    ),
)
