"""A terminal that trades in every kind and settles, for tests of the host: its own books beside the host's.

Messages are built field by field from the protocol's tables, as terminal.py does it.
"""

from host.terminal import Terminal

DEBIT_KINDS, CREDIT_KINDS = ("sale", "qr", "offline", "completion"), ("void", "refund", "completion_void")
TYPES = {"sale": "22", "qr": "22", "offline": "30", "void": "23", "refund": "25", "completion": "20"}
TYPES["completion_void"] = "21"


class Trader(Terminal):
    """`approved` lists what it was told to be approved: dicts of kind, trace, card, amount_minor, rrn, auth, entry."""

    approved = ()

    def trade(self, mti, kind, fields):
        """Sends a financial request; its answer's code, the transaction kept when it was approved."""
        answer = self.exchange(mti, fields)
        if answer[39] == "00":
            done = {"kind": kind, "trace": int(fields[11]), "card": answer[2], "amount_minor": int(fields[4])}
            done |= {"rrn": answer[37], "auth": answer.get(38), "entry": fields[22], "batch": self.batch}
            done["date"] = answer[13]  # as the receiver has it: the test may run on any day
            self.approved = (*self.approved, done)
        return answer[39]

    def sell(self, card, amount_minor, entry="012", **more):
        return self.trade("0200", "sale", self.sale_fields(card, amount_minor, f22=entry, **more))

    def sell_offline(self, card, amount_minor, f12="113000", f13="1122"):
        """An advice of a sale that was made at this time."""
        fields = self.sale_fields(card, amount_minor, f12=f12, f13=f13, f60=f"30{self.batch:06d}")
        return self.trade("0220", "offline", fields)

    def sell_by_code(self, code, amount_minor):
        fields = self.sale_fields("", amount_minor, f22="032", f63=f"01 05{len(code):02d}{code}")
        del fields[2]
        return self.trade("0200", "qr", fields)

    def hold(self, card, amount_minor):
        fields = self.sale_fields(card, amount_minor, f3="030000", f25="06", f60=f"10{self.batch:06d}")
        return self.trade("0100", "preauth", fields)

    def correct(self, kind, original, amount_minor=None, **more):
        """A void, refund, completion or completion void of something in `approved`."""
        mti, processing, condition, code = {
            "void": ("0200", "200000", "00", "23"),
            "refund": ("0220", "200000", "00", "25"),
            "completion": ("0200", "000000", "06", "20"),
            "completion_void": ("0200", "200000", "06", "21"),
        }[kind]
        amount_minor = original["amount_minor"] if amount_minor is None else amount_minor
        fields = self.sale_fields(original["card"], amount_minor, f3=processing, f25=condition, f22=original["entry"])
        fields |= {37: original["rrn"], 60: f"{code}{self.batch:06d}", 63: "01 0102010202" + "00"}
        fields[61] = f"{original['batch']:06d}{original['trace']:06d}{original['date']}"
        if kind == "completion":
            fields[38] = original["auth"]
        return self.trade(mti, kind, fields | {int(name[1:]): value for name, value in more.items()})

    # Settlement

    def counted(self):
        return [done for done in self.approved if done["kind"] in TYPES and done["batch"] == self.batch]

    def sums(self, change_minor=0):
        """Field 48 without its result; `change_minor` is added to the debits."""
        sides = []
        for kinds in (DEBIT_KINDS, CREDIT_KINDS):
            amounts = [done["amount_minor"] for done in self.counted() if done["kind"] in kinds]
            sides.append((sum(amounts), len(amounts)))
        (debit, debit_count), (credit, credit_count) = sides
        return f"{debit + change_minor:012d}{debit_count:03d}{credit:012d}{credit_count:03d}"

    def ask(self, mti, code, **more):
        """A management request under the latest trace number, which it does not raise."""
        fields = {11: f"{self.trace:06d}", 60: f"00{self.batch:06d}{code}", 63: "01 "} | self.identity
        return self.exchange(mti, fields | {int(name[1:]): value for name, value in more.items()})

    def compare(self, sums=None, result="0", **more):
        return self.ask("0500", "201", **({"f48": (sums or self.sums()) + result, "f49": "156"} | more))

    def upload(self, items):
        return self.ask("0320", "201", f48=f"{len(items):02d}" + "".join(items))

    def upload_all(self, transactions):
        items = [item(done) for done in transactions]
        for at in range(0, len(items), 8):
            assert self.upload(items[at : at + 8])[39] == "00"
        return len(items)

    def end(self, count=0, equal=True):
        return self.ask("0320", "207" if equal else "202", f48=f"{count:04d}")


def item(done, **changes):
    """An item of the upload for a transaction of `approved`, with changes."""
    done = done | changes
    return f"{TYPES.get(done['kind'], done['kind'])}{done['trace']:06d}{done['card']:0>20}{done['amount_minor']:012d}"


def items_of(field):
    """Field 62 (bytes) -> list of lists of str."""
    found, at = [], 0
    while at < len(field):
        size = int(field[at : at + 3])
        found.append(field[at + 3 : at + 3 + size].decode("ascii").split(","))
        at += 3 + size
    return found
