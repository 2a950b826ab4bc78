"""The auditor: books of his own, held against journals, paper, what people were told, and the host's ledger.

He sees each request that leaves a terminal and each slip that leaves a printer; after a day he reads each journal from
a copy of its flash, record by record, and the host's tables. A Wrong has a kind: "lost", "doubled" and others.
"""

import re
from collections import Counter

from days import movements
from days.hosting import CARDS
from flows import desk as stage
from pos.journal import evidence
from pos.journal.journal import Journal

from tools.host import demo
from tools.host.iso import frame as framing
from tools.host.iso import message as wire
from tools.host.iso.message import FormatError

OPENING = {number: amount for number, amount, *_ in demo.CARDS} | dict(CARDS)
_NEW = ("0100", "0200", "0220")
_STANDING = """SELECT t.* FROM transactions t JOIN terminals ON terminals.id = t.terminal_id
    WHERE terminals.number = :number AND t.code = '00' AND t.reversed_by IS NULL
    AND t.mti IN ('0200', '0220', '0100') AND t.processing_code <> '310000'"""
_SETTLEMENTS = """SELECT s.* FROM settlements s JOIN terminals ON terminals.id = s.terminal_id
    WHERE terminals.number = :number AND closed_ms IS NOT NULL"""
_HOLDS = """SELECT t.batch, t.trace, h.state FROM holds h JOIN transactions t ON t.id = h.transaction_id
    JOIN terminals ON terminals.id = t.terminal_id WHERE terminals.number = :number"""
BATCH_MAX = 999_999
_MISUSED = ("94", "30", "63", "64")


class Wrong(AssertionError):
    """Something does not agree. kind: "lost", "doubled", "paper" ...; a shorter history must show the same."""

    def __init__(self, kind, text):
        super().__init__(f"{kind}: {text}")
        self.kind = kind


def _agree(kind, good, text):
    if not good:
        raise Wrong(kind, text() if callable(text) else text)


class _Of:
    """What the auditor knows of one terminal."""

    def __init__(self):
        self.requests = {}  # (message type, batch, trace) of what is new -> what it said
        self.slips = Counter()  # (batch, trace, amount) of merchants' copies
        self.known = {}  # (batch, trace) -> movement, as the journal had it before it was deleted
        self.closed_by_host = set()
        self.first_batch = 1
        self.at_failure = set()  # numbers told of in the deeds in which the flash failed
        self.paid = set()
        self.sold = {}  # without the host, see movements.sold_offline
        self.read = {}  # see movements.records
        self.in_deed = []  # numbers told of in this deed and the one before


class Auditor:
    """Made with the Day; `evening()` raises Wrong."""

    def __init__(self, day):
        self.day = day
        self.of = {}
        self.accused = None
        self.transactions = 0

    def _of(self, till):
        return self.of.setdefault(getattr(till, "number", till), _Of())

    def accuse(self, kind, text):
        """Found while the firmware runs: raised once it does not."""
        self.accused = self.accused or Wrong(kind, text)

    # What he sees during the day

    def sees_request(self, till, frame):
        """A number that is used for two different requests is a fault, whatever the host makes of it."""
        try:
            mti, fields = wire.decode(framing.unwrap(frame).message)
        except (framing.FrameError, FormatError) as error:
            return self.accuse("unreadable", f"{till.number} has sent {frame.hex()}: {error}")
        if mti not in _NEW:
            return None
        key = int(fields[60][2:8]), int(fields[11])
        said = tuple((number, fields.get(number)) for number in (2, 3, 4, 25, 41, 42, 61))
        if fields.get(3) != "310000":
            self.transactions += key not in self._of(till).requests
        before = self._of(till).requests.setdefault(key, (mti, said))
        again = mti == "0220" and before == (mti, said)
        first = before[1] is said
        if not first and not again:
            self.accuse("number", f"{till.number} uses {key} again: {mti} {said}, before {before}")
        return None

    def sees_slip(self, till, lines):
        text = stage.slip_text(lines)
        voucher = re.search(r"VOUCHER NO\.\s+(\d{6})", text)
        batch = re.search(r"BATCH NO\.\s+(\d{6})", text)
        if voucher and batch and "MERCHANT COPY" in text:
            amount = re.search(r"CNY\s+-?(\d+)\.(\d\d)", text)
            key = int(batch[1]), int(voucher[1]), int(amount[1]) * 100 + int(amount[2])
            again = "DUPLICATE" in text or "printed again" in text
            self._of(till).slips[key] += 0 if again else 1

    def deed_begins(self, till):
        of = self._of(till)
        of.in_deed = of.in_deed[-1:] + [[]]

    def hears(self, till, number, result):
        of = self._of(till)
        if result == "not_sent" and number in of.requests:
            self.accuse("told", f"{till.number}: {number} was not sent, people were told, and it had left")
        if result == "approved" and number not in of.requests and number not in of.paid:
            of.paid.add(number)  # by a code that the customer read: nothing but questions left the terminal
            self.transactions += 1
        of.in_deed = of.in_deed or [[]]
        of.in_deed[-1].append(number)
        if till.flash.failed_in_deed:
            of.at_failure.add(number)

    def flash_failed(self, till):
        """What was at hand then may have gone without a slip."""
        of = self._of(till)
        for numbers in of.in_deed:
            of.at_failure.update(numbers)

    def closed_by_host(self, number, batch):
        self._of(number).closed_by_host.add(batch)

    def numbers_come_again(self, till):
        """The batches before are closed: their numbers may be used for others."""
        self._of(till).requests.clear()

    def first_batch(self, till, batch):
        self._of(till).first_batch = batch

    def before_deletion(self, till):
        """The movements as they are now: what is deleted, or makes room, is not unknown."""
        of = self._of(till)
        here, _journal, records = self._at_terminal(till)
        of.sold |= movements.sold_offline(records)
        for movement in here:
            of.known[movement[1:3]] = movement

    # Evening

    def evening(self):
        host = self.day.host
        report = host.check()
        _agree("ledger", report.balanced, lambda: f"the host's own proof fails: {report.problems}")
        everything = []
        for till in self.day.tills:
            at_host = [
                (row["kind"], row["batch"], row["trace"], row["amount_minor"], row["card"])
                for row in host.execute(_STANDING, number=till.number)
            ]
            self._terminal(till, at_host)
            everything += at_host
        self._money(everything)

    def _records(self, till):
        copy = till.flash.copy_to("copy")
        journal = Journal(copy.folder + till.journal_folder[len(till.flash.folder) :])
        report = journal.recover()
        _agree("journal", report["problem"] == "" and not report["lost"], lambda: f"{till.number}: {report}")
        return journal, movements.records(journal, self._of(till).read)

    def _at_terminal(self, till):
        """([movement], journal, records): from the records themselves, not from what the firmware makes of them."""
        journal, records = self._records(till)
        found, undone = [], []
        for record in records:
            if record["kind"] == "restored":
                record = dict(record["tx"], kind="result")
            if record["kind"] == "result" and record["state"] == "approved" and record["type"] != "balance":
                found.append(
                    (record["type"], record["batch"], record["trace"], record["amount_minor"], record.get("card", ""))
                )
            elif record["kind"] == "reversed":
                undone.append(record["trace"])
        return found, journal, records

    def _terminal(self, till, at_host):
        here, journal, records = self._at_terminal(till)
        state = journal.state
        for name in ("pending", "settling"):
            _agree("unfinished", state[name] is None, lambda name=name: f"{till.number} {name}: {state[name]}")
        for name in ("advices", "offline", "untold", "doubt"):
            waits = state.get(name)
            _agree("unfinished", not waits, lambda name=name, waits=waits: f"{till.number} {name}: {waits}")
        misused = [record for record in records if record.get("code") in _MISUSED]
        _agree("number", not misused, lambda: f"{till.number}: {misused}")
        twice = [movement for movement, count in Counter(here).items() if count > 1]
        _agree("doubled", not twice, lambda: f"{till.number} has {twice} twice in its journal")
        twice = [number for number, count in Counter(m[:3] for m in at_host).items() if count > 1]
        _agree("doubled", not twice, lambda: f"the host has {twice} of {till.number} twice")
        here += self._deleted(till, journal, records, {movement[1:3] for movement in here})
        lost = sorted(set(at_host) - set(here))
        _agree("lost", not lost, lambda: f"{till.number}: only the host has {lost}")
        lost = sorted(set(here) - set(at_host))
        _agree("lost", not lost, lambda: f"{till.number}: the host does not have {lost}")
        self._told(till, {movement[1:3] for movement in at_host})
        self._offline(till, records)
        self._paper(till, records, at_host)
        self._batches(till, journal, records, at_host)
        self._held(till, at_host)
        self._people(till, records)

    def _deleted(self, till, journal, records, here):
        """Movements that are gone from the journal: of closed batches only, and there is evidence for as many, unless
        the oldest have made room for new ones."""
        gone = [movement for number, movement in self._of(till).known.items() if number not in here]
        proven = sum(record["count"] for record in evidence.deletions(journal) if record["kind"] == "deleting")
        made_room = any(record.get("what") == "segments_dropped" for record in records)
        _agree(
            "lost",
            made_room or len(gone) <= proven,
            lambda: f"{till.number}: {len(gone)} are gone, {proven} were deleted: {gone}",
        )
        still = [movement for movement in gone if movement[1] == journal.state["batch"]]
        _agree("lost", not still, lambda: f"{till.number}: deleted, and not settled {still}")
        return gone

    def _told(self, till, standing):
        """What was definite stays true. A number of which nothing left is the next transaction's."""
        for number, outcomes in till.told.items():
            definite = [result for result, _cause in outcomes if result in ("approved", "reversed", "declined")]
            _agree("told", len(set(definite)) < 2, f"{till.number}: of {number} people were told {outcomes}")
            if definite:
                stands = number in standing
                _agree("told", stands == (definite[0] == "approved"), f"{till.number}: {number} {outcomes} {stands}")

    def _offline(self, till, records):
        """Each sale without the host has had its answer, once."""
        answers = Counter(
            (record["trace"], record["amount_minor"])
            for record in records
            if record["kind"] == "result" and record["type"] == "offline"
        )
        odd = [number for number in till.offline if answers[number] != 1] if not self._of(till).known else []
        _agree("lost", not odd, lambda: f"{till.number}: sold without the host, without one answer {odd}")

    def _paper(self, till, records, at_host):
        of = self._of(till)
        sold = of.sold = of.sold | movements.sold_offline(records)
        wanted = {(batch, trace, amount) for _kind, batch, trace, amount, _card in at_host}
        wanted = {sold.get(key[1:], key) for key in wanted}
        printed = set(of.slips)
        # What was sold without the host has its slip, and may have been declined since.
        more = printed - wanted - set(sold.values())
        _agree("paper", not more, lambda: f"{till.number}: only on paper {sorted(more)}")
        twice = [key for key, count in of.slips.items() if count > 1]
        _agree("paper", not twice, lambda: f"{till.number}: printed twice, unmarked {twice}")
        # By trace number alone: numbers come again, and then this allows a little more.
        put_off = {record["trace"] for record in records if record.get("what") == "print_put_off"}
        lack = {key for key in wanted - printed if key[1] not in put_off and key[:2] not in till.person.without_slip}
        lack = {key for key in lack if key[:2] not in of.at_failure}  # the screen says so: records, reprint
        _agree("paper", not lack, lambda: f"{till.number}: without slip {sorted(lack)}")

    def _batches(self, till, journal, records, at_host):
        """Each batch that was settled is equal, to the fen, on both sides and by these books; none is passed over."""
        name, state = till.number, journal.state
        here, counted = self._closed_here(name, records)
        there = {row["batch"]: row for row in self.day.host.execute(_SETTLEMENTS, number=name)}
        self._each_is_closed_once(till, state["batch"], here, there)
        for batch, row in there.items():
            sums = movements.sums(movement for movement in at_host if movement[1] == batch)
            said = (row["debit_count"], row["debit_minor"], row["credit_count"], row["credit_minor"])
            _agree("settlement", row["result"] == 1, lambda b=batch, r=row: f"{name} {b} differed: {r}")
            _agree("settlement", said == sums, lambda b=batch, s=sums, t=said: f"{name} {b}: {s}, settled {t}")
            if here[batch]["kind"] == "settled":
                _agree(
                    "settlement",
                    here[batch]["result"] == 1 and here[batch]["net_minor"] == row["net_minor"],
                    lambda b=batch, r=row: f"{name} {b}: {here[b]}, {r}",
                )
        for batch, record in here.items():
            if not self._of(till).known:  # else what it counted may be deleted
                sums = movements.by_side(record["totals"])
                _agree(
                    "totals", sums == counted[batch], lambda r=record, c=counted[batch]: f"{name} {r}: {c} on record"
                )
        open_sums = movements.sums(movement for movement in at_host if movement[1] == state["batch"])
        open_here = movements.by_side(state["totals"])
        _agree("totals", open_here == open_sums, lambda: f"{name} counts {open_here}, and {open_sums} stand")
        rows = self.day.host.execute("SELECT batch FROM terminals WHERE number = :number", number=name)
        _agree("settlement", rows[0]["batch"] == state["batch"], lambda: f"{name}: {rows}, here {state['batch']}")

    def _closed_here(self, name, records):
        """({batch: the record that ended it}, {batch: what had been approved in it by then})."""
        here, counted, results = {}, {}, []
        for record in records:
            if record["kind"] == "result" and record["state"] == "approved":
                results.append((record["type"], record["batch"], record["trace"], record.get("amount_minor", 0), ""))
            batch = record["batch"] if record["kind"] == "settled" else record.get("closed")
            if record["kind"] in ("settled", "batch") and batch:
                _agree("doubled", batch not in here, lambda r=record: f"{name} has ended {r} twice")
                here[batch] = record
                counted[batch] = movements.sums(movement for movement in results if movement[1] == batch)
        return here, counted

    def _each_is_closed_once(self, till, now, here, there):
        """A batch was settled on both sides; or the host ended it by itself, and here a sign-on told."""
        alone = self._of(till).closed_by_host
        settled = {batch for batch, record in here.items() if record["kind"] == "settled"}
        # The last answer of a settlement was lost, and then the host went on by itself: a sign-on tells of both.
        told_late = {batch for batch in here if batch % BATCH_MAX + 1 in alone}
        _agree(
            "settlement",
            # With its end unanswered, a batch that the host has left since is taken for closed by that end.
            settled <= set(there) | alone
            and set(there) <= settled | told_late
            and set(here) - settled <= alone | told_late,
            lambda: (
                f"{till.number} settled {sorted(settled)} of {sorted(here)}, the host {sorted(there)}, alone {alone}"
            ),
        )
        batch = self._of(till).first_batch
        while batch != now:
            _agree("settlement", batch in here or batch in alone, lambda b=batch: f"{till.number}: {b} ended nowhere")
            batch = batch % BATCH_MAX + 1

    def _held(self, till, at_host):
        """Open holds are the pre-authorisations that stand and were neither voided nor completed."""
        rows = self.day.host.execute(_HOLDS, number=till.number)
        twice = Counter((row["batch"], row["trace"]) for row in rows)
        _agree("hold", not twice or max(twice.values()) == 1, lambda: f"{till.number}: {twice}")
        standing = {movement[1:3] for movement in at_host if movement[0] == "preauth"}
        for row in rows:
            if row["state"] == "open":
                number = row["batch"], row["trace"]
                _agree("hold", number in standing, lambda n=number: f"{till.number}: {n} holds, and does not stand")

    def _people(self, till, records):
        """Each wrong PIN that somebody was told of left its line."""
        lines = sum(1 for record in records if record["kind"] == "audit" and record["what"] == "pin_wrong")
        told = till.person.wrong_pins_told
        _agree("audit", told <= lines, lambda: f"{till.number}: {told} wrong PINs were told, {lines} are on record")

    def _money(self, moved):
        """Balances as these books have them; nobody below the limit."""
        host = self.day.host
        expected = dict(OPENING)
        merchant = 0
        for kind, _batch, _trace, amount, card in moved:
            side = 1 if kind in movements.DEBIT else -1 if kind in movements.CREDIT else 0
            expected[card] -= side * amount
            merchant += side * amount
        accounts = {row["number"]: row for row in host.execute("SELECT * FROM accounts")}
        lent = 0
        for number, minor in expected.items():
            account = accounts[number]
            more = account["balance_minor"] - minor
            lent += more
            _agree("money", more >= 0, lambda n=number, m=minor: f"{n} has {accounts[n]}, {m} expected")
            _agree("limit", account["balance_minor"] >= account["held_minor"] >= 0, lambda a=account: f"{a}")
        owed = sum(-row["balance_minor"] for row in accounts.values() if row["number"] == "9100000000000000")
        _agree("money", lent == owed, lambda: f"cards have {lent} more than they should, the issuer lent {owed}")
        fees = accounts.get("9200000000000000", {"balance_minor": 0})["balance_minor"]
        has = accounts[demo.MERCHANT_ACCOUNT]["balance_minor"] + fees
        _agree("money", has == merchant, lambda: f"the merchant has {has} with fees, {merchant} expected")
