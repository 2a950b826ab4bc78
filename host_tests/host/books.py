"""An auditor's own books for trade in every kind: what each answer must be, and what every account then holds.

Written from the protocol's rules, not from the host's code. Amounts in minor units, times in hours.
"""

CARDS = {"6200000000000013": 100_000, "6200000000000021": 100}
OF = {
    "void": ("sale",),
    "refund": ("sale", "completion"),
    "preauth_void": ("preauth",),
    "completion": ("preauth",),
    "completion_void": ("completion",),
}
VOID_HOURS, HOLD_HOURS, PERCENT = 24, 7 * 24, 115


class Deed:
    """One request, its first answer, and what became of it."""

    def __init__(self, kind, terminal, fields, card, amount_minor, original, hour):
        self.kind, self.terminal, self.fields = kind, terminal, fields
        self.batch = terminal.batch
        self.card, self.amount_minor, self.original, self.hour = card, amount_minor, original, hour
        self.answer = None
        self.killed = self.undone = self.voided = False
        self.refunded_minor = 0
        self.hold = None  # of an approved pre-authorisation: "open", "completed" or "let go"
        self.hold_minor = 0

    @property
    def code(self):
        return self.answer[39]

    @property
    def stands(self):
        return self.answer is not None and self.code == "00" and not self.undone and not self.voided


class Books:
    """What the cards, the merchant and the issuer's loans hold by what was answered."""

    def __init__(self):
        self.balances = dict(CARDS)
        self.merchant = self.lent = 0
        self.hour = 0
        self.deeds = []

    def alive(self, preauth):
        return self.hour < preauth.hour + HOLD_HOURS

    def held(self, card):
        kept = [deed for deed in self.deeds if deed.hold == "open" and deed.card == card and self.alive(deed)]
        return sum(deed.hold_minor for deed in kept)

    def free(self, card):
        return self.balances[card] - self.held(card)

    # What the answer must be.

    def expected(self, deed):
        if deed.killed:
            return "68"
        if deed.kind in ("sale", "preauth"):
            return "00" if deed.amount_minor <= self.free(deed.card) else "51"
        return self.of_an_original(deed, deed.original)

    def of_an_original(self, deed, original):
        by_batch = deed.kind in ("void", "completion_void")
        if by_batch and original.terminal is not deed.terminal:
            return "25"
        if deed.kind in ("completion", "preauth_void") and 38 not in original.answer:
            return "25"
        if original.kind not in OF[deed.kind] or not original.stands:
            return "12"
        if by_batch and original.batch != deed.terminal.batch:
            return "21"
        if by_batch and original.refunded_minor:
            return "12"
        if original.hold == "completed":
            return "12"
        if original.hold and not self.alive(original):
            return "68"
        return self.of_its_amount(deed, original, by_batch)

    def of_its_amount(self, deed, original, by_batch):
        if deed.kind not in ("refund", "completion") and deed.amount_minor != original.amount_minor:
            return "64"
        if deed.kind == "refund" and original.refunded_minor + deed.amount_minor > original.amount_minor:
            return "61"
        if deed.kind == "completion":
            if deed.amount_minor * 100 > original.amount_minor * PERCENT:
                return "61"
            return "00" if deed.amount_minor <= self.free(deed.card) + original.hold_minor else "51"
        return "68" if by_batch and self.hour > original.hour + VOID_HOURS else "00"

    # What an approved request does, and what its reversal undoes.

    def pay(self, card, amount_minor):
        self.balances[card] -= amount_minor
        self.merchant += amount_minor

    def do(self, deed):
        kind, original = deed.kind, deed.original
        if kind in ("sale", "completion"):
            self.pay(deed.card, deed.amount_minor)
        elif kind in ("void", "completion_void", "refund"):
            self.pay(deed.card, -deed.amount_minor)
        if kind == "preauth":
            deed.hold, deed.hold_minor = "open", deed.amount_minor
        elif kind == "completion":
            original.hold = "completed"
        elif kind == "refund":
            original.refunded_minor += deed.amount_minor
        elif kind == "preauth_void":
            original.voided, original.hold = True, "let go"
        elif kind in ("void", "completion_void"):
            original.voided = True
            if kind == "completion_void":
                self.hold_again(original.original, lend=False)

    def undo(self, deed):
        deed.undone = True
        kind, original = deed.kind, deed.original
        if kind in ("sale", "completion"):
            self.pay(deed.card, deed.refunded_minor - deed.amount_minor)
        if kind == "completion":
            self.hold_again(original, lend=True)
        elif kind == "preauth":
            deed.hold = "let go"
        elif kind == "preauth_void":
            original.voided = False
            self.hold_again(original, lend=True)
        elif kind in ("void", "completion_void"):
            original.voided = False
            if kind == "completion_void":
                original.original.hold = "completed"
            self.lend(deed.card, deed.amount_minor)
            self.pay(deed.card, deed.amount_minor)

    def hold_again(self, preauth, lend):
        if any(deed.kind == "completion" and deed.original is preauth and deed.stands for deed in self.deeds):
            return
        preauth.hold = "let go"
        if not preauth.stands:
            return
        wanted_minor = preauth.hold_minor if lend else preauth.amount_minor
        if self.alive(preauth):
            if lend:
                self.lend(preauth.card, wanted_minor)
            preauth.hold_minor = min(wanted_minor, self.free(preauth.card))
        preauth.hold = "open"

    def lend(self, card, wanted_minor):
        short_minor = max(0, wanted_minor - self.free(card))
        self.balances[card] += short_minor
        self.lent += short_minor
