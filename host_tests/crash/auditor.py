"""Compares, after a cut and the rest of the day, all that must agree; it keeps its own books and believes nobody.

What moved money is taken from the messages that the host received and answered, what was told to people from screens
and paper. Nothing of the firmware's rules is used to judge them: message types are read by the table of the protocol.
"""

# Message type and field 60.1 -> type; sign of what the account loses.
TYPES = {
    ("0200", "22"): ("sale", -1),
    ("0200", "23"): ("void", 1),
    ("0220", "25"): ("refund", 1),
    ("0100", "10"): ("preauth", 0),
    ("0100", "11"): ("preauth_void", 0),
    ("0200", "20"): ("completion", -1),
    ("0200", "21"): ("completion_void", 1),
    ("0220", "30"): ("offline", -1),
}
_TITLES = {
    "SALE SLIP": "sale",
    "OFFLINE SALE SLIP": "offline",
    "VOID SLIP": "void",
    "REFUND SLIP": "refund",
    "PRE-AUTHORISATION SLIP": "preauth",
    "PRE-AUTHORISATION VOID SLIP": "preauth_void",
    "COMPLETION SLIP": "completion",
    "COMPLETION VOID SLIP": "completion_void",
}
_BEGUN_AGAIN, _DUPLICATE = "printed again", "DUPLICATE"
# Beginnings or ends of screens: what was asked for has not been done, and never will be.
_REFUSED = ("DECLINED", "UNDONE", "NOT VOIDED", "NOTHING HELD", "NOT COMPLETED", "NO REFUND")
_START_MINOR = {"6200000000000013": 100000, "6200000000000021": 100}


class Audit:
    """problems: [(kind, text)], kind one of "lost", "doubled", "wrong"."""

    def __init__(self, host, seen):
        self.host, self.seen = host, seen
        self.problems = []

    def say(self, kind, text, *values):
        self.problems.append((kind, text % values))

    def standing(self):
        """{(batch, trace): (type, amount)} of what the host has approved and not taken back."""
        found = {}
        for batch, trace, mti in self.host.answers:
            request, answer = self.host.answers[batch, trace, mti]
            name = int(batch), int(trace)
            if (mti, request[60][:2]) in TYPES and answer[39] == "00" and name not in self.host.reversed:
                found[name] = TYPES[mti, request[60][:2]][0], int(request[4])
        for name in self.host.charged:  # a code that was shown is paid without a request of the terminal
            found.setdefault(name, ("sale", self.host.charged[name][1]))
        return found

    def books(self, history, gone=()):
        """history: the terminal's transactions, newest first. gone: names that it need not have any more."""
        standing = self.standing()
        own = {}
        for tx in history:
            name = tx["batch"], tx["trace"]
            if name in own:
                self.say("doubled", "the terminal has %s twice: %r", name, tx)
            own[name] = tx
        for name in standing:
            tx = own.get(name)
            if tx is None:
                if name not in gone:
                    self.say("lost", "the host moved %r %s, the terminal does not have it", standing[name], name)
            elif (tx["type"], tx["amount_minor"]) != standing[name] or tx["state"] != "approved":
                self.say("wrong", "%s: at the host %r, at the terminal %r", name, standing[name], tx)
        for name in own:
            if own[name]["state"] == "sent":
                self.say("lost", "%s is undecided for ever: %r", name, own[name])
            elif own[name]["state"] == "approved" and name not in standing:
                self.say("lost", "the terminal has %r as approved, the host has not", own[name])
        self._once(standing)
        self._accounts(standing)
        return standing

    def _once(self, standing):
        """Each amount was asked for once in a flow, so that the same twice is one too many."""
        seen = {}
        for name in standing:
            seen.setdefault(standing[name], []).append(name)
        for what in seen:
            if len(seen[what]) > 1:
                self.say("doubled", "%r was asked for once, and stands as %r", what, seen[what])

    def _accounts(self, standing):
        signs = dict(TYPES.values())
        moved = sum([signs[kind] * minor for kind, minor in standing.values()])
        if sum(self.host.accounts.values()) != sum(_START_MINOR.values()) + moved:
            self.say("wrong", "the accounts have %r, what stands is %r", self.host.accounts, standing)

    def traces(self):
        """A number is used once; a refund may be sent again as it was."""
        used = {}
        for request in self.host.requests:
            if request[0] not in ("0200", "0100", "0220", "0800", "0820"):
                continue
            what = request[0], request.get(3), request.get(4), request[60], request.get(2)
            first = used.setdefault(request[11], what)
            if (request[0] != "0220" and first is not what) or first[:3] != what[:3]:
                self.say("doubled", "trace number %s was used for %r and %r", request[11], first, what)

    def told(self, standing):
        """Whatever a screen or a slip has said is so. Undone and declined as well."""
        by_trace = {name[1]: standing[name] for name in standing}
        doing = None
        for event in self.seen:
            if event[0] == "doing":
                doing = event[1], event[2]
            elif event[0] == "screen" and "APPROVED" in event[1] and "Voucher" in event[1]:
                rows = event[1].split("\n")
                minor = _minor(_first(rows, "CNY"))
                trace = int(_first(rows, "Voucher").split()[-1])
                if trace in self.declined_later() and "OFFLINE" in event[1]:
                    continue
                if trace not in by_trace or by_trace[trace][1] != minor:
                    self.say("lost", "the screen said %r, the host has %r", rows, by_trace.get(trace))
            elif event[0] == "screen" and "REFUND STORED" in event[1]:
                if doing not in standing.values():
                    self.say("lost", "the screen said %r, and %r does not stand at the host", event[1], doing)
            elif event[0] == "screen" and doing and any(word in event[1] for word in _REFUSED):
                if doing in standing.values():
                    self.say("doubled", "the screen said %r, and %r stands at the host", event[1], doing)

    def declined_later(self):
        """Trace numbers of offline sales that the host did not want, as the operator was told: a risk of the merchant
        (R64)."""
        screens = [event[1].split() for event in self.seen if event[0] == "screen"]
        return [int(words[1]) for words in screens if words[0] == "OFFLINE" and words[2] == "DECLINED"]

    def paper(self, standing, old=(), without=()):
        """Each slip is of something that stands, and all that stands has both its slips, unmarked at most once. old:
        names that had theirs before; without: types that have none in this flow."""
        by_trace = {name[1]: standing[name] for name in standing}
        plain = {}
        for slip in slips(self.seen):
            trace, copy, what, again = slip
            if by_trace.get(trace) != what and not (what[0] == "offline" and trace in self.declined_later()):
                self.say("wrong", "a slip says %06d %r, the host has %r", trace, what, by_trace.get(trace))
            plain[trace, copy] = plain.get((trace, copy), 0) + (0 if again else 1)
            if plain[trace, copy] > 1:
                self.say("doubled", "the %s slip of %06d is there twice, without a mark", copy, trace)
        for name in standing:
            if name not in old and standing[name][0] not in without:
                for copy in ("MERCHANT", "CUSTOMER"):
                    if (name[1], copy) not in plain:
                        self.say("lost", "no %s slip of %s %r", copy, name, standing[name])

    def settlements(self, standing, state, differs=()):
        """Each batch that is closed was equal, and what was compared is what stands; its slip says the same. differs:
        batches that were made to."""
        closed = self.host.settlement.closed
        papers = {}
        for event in self.seen:
            if event[0] == "slip" and "SETTLEMENT SLIP" in event[1]:
                papers.setdefault(int(_field(event[1], "BATCH NO.")), []).append(event[1])
        for batch in closed:
            if self.host.settlement.judged[batch] != (2 if batch in differs else 1):
                self.say("wrong", "batch %d was judged %d", batch, self.host.settlement.judged[batch])
            if len([text for text in papers.get(batch, ()) if _BEGUN_AGAIN not in text]) > 1:
                self.say("doubled", "the slip of the settlement of batch %d is there twice, without a mark", batch)
            if batch not in papers:
                self.say("lost", "no slip of the settlement of batch %d", batch)
                continue
            here = [standing[name] for name in standing if name[0] == batch]
            for word, kinds in (
                ("TAKEN", ("sale", "offline", "completion")),
                ("GIVEN BACK", ("void", "refund", "completion_void")),
            ):
                minors = [minor for kind, minor in here if kind in kinds]
                wanted = len(minors), sum(minors)
                for text in papers[batch]:
                    if _line(text, word) != wanted:
                        self.say(
                            "wrong", "batch %d: %s is %r, its slip says %r", batch, word, wanted, _line(text, word)
                        )
        if state["batch"] != self.host.batch or not closed or state["settled"]["batch"] != max(closed):
            self.say(
                "wrong", "batch %r at the terminal, %r at the host, closed %r", state["batch"], self.host.batch, closed
            )
        if state["totals"] or state["pending"] or state["advices"] or state["settling"]:
            self.say("lost", "after the settlement something is left: %r", state)


def slips(seen):
    """Yields (trace, copy, (type, amount), whether it is marked as printed before) of the transactions' slips."""
    for event in seen:
        if event[0] != "slip" or "VOUCHER NO." not in event[1]:
            continue
        lines = [line.strip() for line in event[1].split("\n")]
        titles = [_TITLES[line] for line in lines if line in _TITLES]
        if not titles:
            continue  # a code to be paid, a list
        copy = [line.split()[0] for line in lines if line.endswith(" COPY")]
        minor = abs(_minor(lines[lines.index("AMOUNT") + 1]))
        trace = int(_first(lines, "VOUCHER NO.").split()[-1])
        yield trace, copy[0], (titles[0], minor), _DUPLICATE in event[1] or _BEGUN_AGAIN in event[1]


def _field(text, name):
    return _first(text.split("\n"), name).split()[-1]


def _first(lines, word):
    return next(line for line in lines if word in line)


def _line(text, word):
    """(count, amount) of a line like "TAKEN x 41   1234.56"; none means nothing."""
    for line in text.split("\n"):
        if line.startswith(word + " x "):
            words = line[len(word) + 3 :].split()
            return int(words[0]), _minor(words[1])
    return 0, 0


def _minor(text):
    return int(text.split()[-1].replace(".", ""))
