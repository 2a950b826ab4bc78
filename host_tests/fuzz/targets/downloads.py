"""What the firmware reads out of an answer's fields: parameters, records, fees, balances, totals."""

from fuzz import mutators
from fuzz.property import need

NOW = (2026, 3, 14, 15, 9, 26)


def items(pairs):
    """Tag of two digits, length of three, value."""
    return b"".join(b"%02d%03d%s" % (tag, len(value), value) for tag, value in pairs)


def changed_items(data, size_max, chance):
    """One item of field 62 with a right head and any value; other bytes as they are."""
    at, found = 0, []
    while at + 5 <= len(data) and data[at : at + 5].isdigit():
        size = int(data[at + 2 : at + 5])
        found.append((data[at : at + 2], data[at + 5 : at + 5 + size]))
        at += 5 + size
    if not found:
        return mutators.plain(data, size_max, chance)
    at = chance.randrange(len(found))
    tag, value = found[at]
    what = chance.randrange(4)
    if what == 0:
        tag = b"%02d" % chance.randrange(100)
    elif what == 1:
        value = b"%d" % chance.choice((0, 1, 9, 99, 2026, 999999, 999999999, 10**9, 10**12))
    else:
        value = mutators.plain(value, 200, chance)
    found[at] = tag, value
    return b"".join(tag + b"%03d" % len(value) + value for tag, value in found)[:size_max]


class Parameters:
    """Field 62 of the parameters' answer: taken over or refused name by name; what is kept is always in its range, and
    everything that reads a parameter can use it."""

    BYTES_MAX = 1000
    PLAIN_SHARE = 0.4
    TOKENS = (b"sale", b"refund:1", b"nfc,", b":m", b":h", b":r", b"always", b"never", b"2359", b"CNY", b"999999999")

    def __init__(self):
        from pos.domain import daily, limits, operators, parameters, services
        from pos.iso8583 import codec, messages

        self.codec, self.messages, self.parameters = codec, messages, parameters
        self.daily, self.limits, self.operators, self.services = daily, limits, operators, services
        self.slips = Slips()
        self.printed = set()

    def run(self, data):
        try:
            received = self.messages.read_parameters(data)
        except self.codec.FieldError as error:
            need(error.field == 62 and 0 <= error.offset <= len(data), "a FieldError tells where")
            return
        values = self.parameters.defaults()
        before = dict(values)
        refused = self.parameters.apply(values, received)
        need(set(values) == set(before), "no parameter comes or goes")
        need(all(values[name] == before[name] for name in refused), "a refused value changes nothing")
        need(self.parameters.clean(values) == (values, []), "what was taken over is allowed")
        self.use(values)

    def use(self, values):
        """Everything that is done with a parameter."""
        for kind in ("sale", "refund", "void", "preauth"):
            for role in (self.operators.OPERATOR, self.operators.SUPERVISOR):
                limit = self.limits.limit(values, kind, role)
                need(limit is None or limit >= 0, "a limit is an amount or none")
        moment = self.daily.moment(NOW, values["settle_time"])
        need(moment is None or (len(moment) == 12 and moment.isdigit()), "the daily settlement has a moment or none")
        need(0 < self.daily.minutes_until(NOW, values["settle_time"]) <= 1440, "it is due within a day")
        for name in self.services.NAMES:
            need(self.services.state(values, name) in ("on", "merchant", "host", "removed"), "a service has a state")
            self.services.actions(values, name)
        shown = values["merchant_name_hex"], values["currency"]
        if shown not in self.printed:
            self.printed = {*list(self.printed)[-999:], shown}
            self.slips.sale(values)

    def mutate(self, data, size_max, chance):
        return changed_items(data, size_max, chance)

    def seeds(self):
        name = "星光城北路超市".encode("gb18030")
        yield "typical", items(((11, b"60"), (16, name), (17, b"2"), (18, b"always"), (20, b"2026"), (21, b"27")))
        yield "services", items(((23, b"sale,nfc,void"), (25, b"refund:m,qr:h,preauth:r"), (26, b"24"), (37, b"120")))
        yield "limits", items(((27, b"50000"), (33, b"sale:100000,refund:2000"), (34, b"sale:500000"), (36, b"100")))
        yield "texts", items(((24, b"CNY"), (30, b"010 8888 8888"), (31, b"2330"), (32, b"1800"), (35, b"1")))
        yield "numbers", items((tag, b"1") for tag in (12, 13, 14, 15, 19, 22, 28, 29))


def account_of(tx):
    """The account number, "" when something else that a slip shows happens to be the same digits."""
    others = [str(value) for name, value in tx.items() if name != "card"]
    return "" if any(tx["card"] in value for value in others) else tx["card"]


def columns(data):
    """How wide GB18030 text is on paper: two columns for what begins with a lead byte, of two bytes or of four."""
    width = at = 0
    while at < len(data):
        lead = data[at] >= 0x81
        width += 2 if lead else 1
        at += 1 if not lead else 4 if data[at + 1 : at + 2].isdigit() else 2
    return width


class Slips:
    """Slips with whatever an answer or a parameter brought: they are rows that fit the paper and show no account."""

    def __init__(self):
        from pos import texts
        from pos.receipts import layout, settlement, slip
        from receipts import samples

        self.layout, self.slip, self.settlement_slip = layout, slip, settlement
        self.printed = set()
        self.words = [texts.load(language) for language in ("en", "zh")]
        self.identity, self.tx = samples.IDENTITY, samples.sale()

    def sale(self, parameters):
        self.transaction(self.tx, parameters)

    def once(self, tx, parameters):
        """One copy in one language, of a transaction that was not printed just so before: for targets in a hurry."""
        key = repr(sorted(tx.items()))
        if key not in self.printed:
            self.printed = {*list(self.printed)[-999:], key}
            rows = self.slip.transaction(tx, self.identity, parameters, self.words[0], "customer")
            self._check(rows, account_of(tx))

    def transaction(self, tx, parameters):
        for words in self.words:
            for copy in ("merchant", "customer"):
                self._check(self.slip.transaction(tx, self.identity, parameters, words, copy), account_of(tx))

    def settlement(self, settled, parameters):
        for words in self.words:
            self._check(self.settlement_slip.settlement(settled, self.identity, parameters, words))

    def _check(self, rows, account=""):
        for style, data in rows:
            need(isinstance(data, bytes | bytearray), "a row of a slip is bytes")
            for byte in data:
                need(byte >= 0x20, "a row of a slip has no control character")
            width = columns(data) * (2 if style & self.layout.DOUBLE else 1)
            need(width <= self.layout.COLUMNS, "a row fits the paper")
            shown = len(account) > 10 and account in bytes(data).decode("latin-1")
            need(not shown, "a slip shows no account number")


class Lists:
    """Records that come back, fees of a settlement, a balance, totals compared: read, or a FieldError.

    The input's first byte chooses the field; the rest is what it holds."""

    BYTES_MAX = 1000
    TOKENS = (b"sale", b"net,", b"keyed", b"void", b"qr", b"020", b"95", b",,")

    def __init__(self):
        from pos.domain import kinds, settling
        from pos.iso8583 import codec, messages, records, settlement

        self.codec, self.messages, self.records, self.settlement = codec, messages, records, settlement
        self.settling, self.kinds = settling, kinds
        self.slips = Slips()
        from pos.domain import parameters

        self.values = parameters.defaults()
        self.readers = (self.read_records, self.read_fees, self.read_balance, self.read_compare)

    def run(self, data):
        if not data:
            return
        try:
            self.readers[data[0] % len(self.readers)](data[1:])
        except self.codec.FieldError as error:
            need(error.field in (48, 54, 62) and str(error), "a FieldError tells which field")

    def read_records(self, data):
        for tx in self.records.read(data):
            need(tx["type"] in self.kinds.KINDS, "a record's type is known")
            need(isinstance(tx["trace"], int) and isinstance(tx["batch"], int), "a record has its numbers")
            need(tx["state"] == "approved" and len(tx["date"]) == 8, "a record is approved and dated")
            if tx["type"] != "balance" and 0 < tx["trace"] <= 999999 and 0 < tx["batch"] <= 999999:
                self.slips.transaction(tx, self.values)

    def read_fees(self, data):
        fees, net_minor = self.settlement.read_fees(data)
        need(net_minor is None or isinstance(net_minor, int), "a net amount is an integer or none")
        for fee in fees:
            need(isinstance(fee[0], str), "a fee has its kind")
            need(all(isinstance(number, int) for number in fee[1:]), "a fee's numbers are integers")
        gross_minor, fee_minor = self.settling.gross_and_fee(fees[:8])
        settled = {"batch": 3, "totals": {"sale": [1, 1234]}, "fees": fees[:8], "result": 1, "operator": "01"}
        settled |= {"net_minor": gross_minor - fee_minor if net_minor is None else net_minor}
        self.slips.settlement(settled | {"date": "20260314", "time": "150926"}, self.values)

    def read_balance(self, data):
        need(
            isinstance(self.messages.read_balance(bytes(data).decode("ascii", "replace")), int),
            "a balance is an integer",
        )

    def read_compare(self, data):
        if len(data) < 2:
            return
        text = "".join(chr(0x30 + byte % 10) for byte in data[2:])
        judged = self.settlement.read_compare({39: data[:2].decode("latin-1"), 48: text})
        need(judged in (1, 2), "totals are equal or not")

    def seeds(self):
        record = b"sale,27,3,1234,6200000000000013,nfc,01,20260314,150926,607315092627,A12345,,"
        void = b"void,28,3,1234,6200000000000013,keyed,01,20260314,151926,607315092628,A12346,27,20260042"
        yield "records", b"\0" + b"".join(b"%03d%s" % (len(one), one) for one in (record, void))
        fees = (b"sale,3,370200,2221", b"refund,1,1000,0", b"net,366979")
        yield "fees", b"\1" + b"".join(b"%03d%s" % (len(one), one) for one in fees)
        yield "balance", b"\2" + b"0002156C000000098766"
        yield "equal", b"\3" + b"00" + b"0" * 30 + b"1"
        yield "different", b"\3" + b"95" + b"0" * 30 + b"2"
