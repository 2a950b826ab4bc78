"""The host's handling of messages: bytes from strangers, and messages with a right MAC, on its real database.

An input is pieces, each with two bytes of length: one frame or message after the other, at most PIECES_MAX.
"""

from datetime import timedelta

from fuzz import mutators
from fuzz.bank import CARD, NOON, Bank
from fuzz.property import need

PIECES_MAX = 6
HEAD = bytes.fromhex("6000030000603100000100")
ANSWER_TPDU = bytes.fromhex("6000000003")
# What a stranger may be told: he gets no further than that.
TO_STRANGERS = frozenset({"03", "12", "30", "40", "63", "97", "A0"})
SIGNED, TWICE, TOMORROW, FORGED, STRANGER = 1, 2, 4, 8, 16


def read(answer):
    """(type, {field: bytes}) of an answer's frame, which must be one; read apart from the host's codec."""
    need(answer[:5] == ANSWER_TPDU or answer[0] == 0x60, "an answer is a frame")
    parts = mutators.split(answer[11:])
    need(parts is not None, "an answer can be read")
    kind, fields = parts
    need(mutators.joined(kind, fields) == answer[11:], "an answer is whole, and nothing is left over")
    need(39 in fields, "an answer has a response code")
    return kind, fields


def account_in(message):
    """Field 2 of a message as digits, "" without one."""
    parts = mutators.split(message)
    if not parts or not parts[1].get(2, b"")[1:]:
        return ""
    field = parts[1][2]
    return field[1:].hex()[: int(field[:1].hex()) if field[:1].hex().isdigit() else 0]


def accounts_in(messages):
    """Field 2 of each, unless the same digits stand in the message as something else, which may be told."""
    found = []
    for message in messages:
        account = account_in(message)
        if account and message.hex().count(account) <= 1 and account.encode() not in message:
            found.append(account)
    return found


def trade(bank):
    """What has happened before: a sale, one that is voided, a refund in part, a hold, a completion. Returns seeds."""
    terminal, frames = bank.terminal, {}

    def send(name, *arguments, **more):
        answer = terminal.send_kind(*arguments, **more)
        frames[name] = terminal.last_frame[11:]
        return answer

    def correct(name, *arguments, **more):
        answer = terminal.correct(*arguments, **more)
        frames[name] = terminal.last_frame[11:]
        return answer

    sale, other = send("sale", "sale", CARD, 1234), send("sale-other", "sale", CARD, 200)
    correct("void", "void", other)
    correct("refund", "refund", sale, 100)
    hold, second = send("preauth", "preauth", CARD, 5000), send("preauth-other", "preauth", CARD, 600)
    done = correct("completion", "completion", hold, 4000)
    correct("completion-void", "completion_void", done)
    correct("preauth-void", "preauth_void", second)
    fields = terminal.sale_fields(CARD, 777)
    terminal.exchange("0200", fields)
    terminal.reverse(fields)
    frames["reversal"] = terminal.last_frame[11:]
    terminal.result_of(fields)
    frames["query"] = terminal.last_frame[11:]
    terminal.balance(CARD)
    frames["balance"] = terminal.last_frame[11:]
    for name, mti, code, more in (
        ("sign-on", "0800", "001", {"key": None}),
        ("parameters", "0800", "360", {}),
        ("records", "0800", "370", {"f61": "0000010000000000"}),
        ("service", "0800", "380", {"f63": "99 0406refund0603off0102210202" + "00"}),
        ("echo", "0820", "301", {}),
        ("upload", "0320", "201", {"f48": "01" + "22000001" + CARD.rjust(20, "0") + "000000001234"}),
        ("upload-end", "0320", "202", {"f48": "0001"}),
        ("settlement-end", "0320", "207", {"f48": "0003"}),
        ("settlement", "0500", "201", {"f48": "0" * 30 + "0", "f49": "156"}),
    ):
        terminal.manage(mti, code, **more)
        frames[name] = terminal.last_frame[11:]
    return frames


class RawHost:
    """Bytes of a stranger: answered without a signature or not at all; no money moves, nothing is told of accounts.

    Whoever knows a terminal's public numbers can sign on; the key that he is sent helps only who has the master key."""

    BYTES_MAX = 2400
    PLAIN_SHARE = 0.4

    def __init__(self):
        self.bank = Bank(trade)

    def run(self, data):
        bank = self.bank
        frames = mutators.frames(data)[:PIECES_MAX]
        with bank.input():
            answers = [(frame, bank.host.switch.answer(frame)) for frame in frames]
            need(bank.ledger() == bank.before, "a stranger moves no money")
        for frame, answer in answers:
            if answer is not None:
                self.check(frame, answer)
        bank.hears_no_secret(*accounts_in([frame[11:] for frame in frames]))

    def check(self, frame, answer):
        kind, fields = read(answer)
        need(kind[0] == frame[11] and kind[1] == (frame[12] | 0x10), "an answer is of its request's type")
        need(answer[1:5] == frame[3:5] + frame[1:3], "an answer goes back where its request came from")
        need(64 not in fields, "what is not authenticated is not signed")
        code = fields[39].decode("latin-1")
        request = mutators.split(frame[11:])
        asks_for_key = frame[11:13] == b"\x08\x00" and request and request[1].get(60, b"").hex().endswith("0010")
        if code == "00":
            need(asks_for_key and 62 in fields, "a stranger is told nothing but a wrapped key")
        elif not asks_for_key:
            need(code in TO_STRANGERS, "a stranger is told nothing that only a terminal may know")
            need(not {37, 38, 54, 62} & set(fields), "a stranger gets no field of an approval")

    def mutate(self, data, size_max, chance):
        def change(piece, most, chance):
            if chance.random() < 0.15:
                return mutators.plain(piece, most, chance)
            return piece[:11] + mutators.message(piece[11:], most - 11, chance)

        return mutators.row(data, size_max, chance, change, PIECES_MAX)

    def seeds(self):
        for name, message in self.bank.prepared.items():
            # With a MAC of nobody's: what is kept here is no message of a terminal.
            forged = message[:-8] + bytes(8) if message[9] & 1 else message
            yield name, mutators.together([HEAD + forged])


class SignedHost:
    """Messages with a right MAC, changed field by field: always an answer that can be read, never a failure of the
    host, money only with code 00, a repeat moves nothing, and the books always prove right.

    A piece's first byte: 1 signed, 2 sent twice, 4 the next day, 8 with a MAC of which one byte is wrong (bits 5 to 7
    say which), 16 by nobody (no field 64)."""

    BYTES_MAX = 2400
    PLAIN_SHARE = 0.2

    def __init__(self):
        self.bank = Bank(trade)
        self.count = 0

    def run(self, data):
        bank = self.bank
        pieces = [piece for piece in mutators.frames(data)[:PIECES_MAX] if len(piece) > 11]
        with bank.input():
            before = bank.ledger()
            moved = False
            for piece in pieces:
                moved = self.one(piece[0], piece[1:]) or moved
            if moved:
                need(bank.host.check().problems == [], "the books prove right")
            else:
                need(bank.ledger() == before, "without an approval no money moves")
            bank.hears_no_secret(*accounts_in([piece[1:] for piece in pieces]))

    def one(self, flags, message):
        """Sends a message; whether money may have moved."""
        bank = self.bank
        if flags & TOMORROW:
            bank.host.clock.moment = min(bank.host.clock.moment + timedelta(days=1), NOON + timedelta(days=20))
        frame = HEAD + self.signed(flags, message)
        before = bank.ledger()
        answer = bank.host.switch.answer(frame)
        if answer is None:
            need(bank.ledger() == before, "what is not answered moves nothing")
            return False
        code = self.check(frame, answer, flags)
        after = bank.ledger()
        if code != "00":
            # A hold that has run out is let go whoever asks for the account.
            need(after[:2] == before[:2], "what is refused moves nothing")
        if flags & (FORGED | STRANGER):
            need(after[:2] == before[:2], "without a right MAC nothing moves")
        if flags & TWICE:
            again = bank.host.switch.answer(frame)
            need(again is not None and bank.ledger()[:2] == after[:2], "a repeat moves nothing")
        return after != before

    def check(self, frame, answer, flags):
        _kind, fields = read(answer)
        code = fields[39].decode("latin-1")
        if self.bank.ears.failure:
            raise self.bank.ears.failure
        need(code != "96", "the host does not fail")
        if 64 in fields:
            need(self.mac(answer[11:-8]) == fields[64], "an answer's MAC is right")
            need(not flags & (FORGED | STRANGER), "without a right MAC no answer is signed")
        if code == "00" and frame[11:13] != b"\x08\x00":
            need(64 in fields, "an approval is signed")
            need(not flags & (FORGED | STRANGER), "without a right MAC nothing is approved")
        return code

    def mac(self, data):
        from host.terminal import cmac8

        return cmac8(self.bank.terminal.key, data)

    def signed(self, flags, message):
        """The message with a MAC as its flags say; bit 64 of the bitmap goes with it."""
        has = message[9] & 1
        body = message[:-8] if has and len(message) > 18 else message
        if flags & STRANGER:
            return body[:9] + bytes((body[9] & 0xFE,)) + body[10:]
        if not flags & (SIGNED | FORGED):
            return message
        body = body[:9] + bytes((body[9] | 1,)) + body[10:]
        code = self.mac(body)
        if flags & FORGED:
            at = flags >> 5
            code = code[:at] + bytes((code[at] ^ 1,)) + code[at + 1 :]
        return body + code

    def mutate(self, data, size_max, chance):
        def change(piece, most, chance):
            flags = piece[0] if piece else SIGNED
            if chance.random() < 0.2:
                flags = chance.choice((SIGNED, SIGNED | TWICE, SIGNED | TOMORROW, FORGED, STRANGER))
                flags |= chance.randrange(8) << 5
                return bytes((flags,)) + piece[1:]
            return bytes((flags,)) + mutators.message(piece[1:], most - 1, chance)

        return mutators.row(data, size_max, chance, change, PIECES_MAX)

    def seeds(self):
        frames = self.bank.prepared
        for name, message in frames.items():
            flags = SIGNED if message[9] & 1 else 0
            yield name, mutators.together([bytes((flags,)) + message])
            yield name + "-again", mutators.together([bytes((SIGNED | TWICE,)) + fresh(message)])
            yield name + "-forged", mutators.together([bytes((FORGED,)) + fresh(message)])
        whole = [frames[name] for name in ("settlement", "upload", "upload-end", "sale")]
        yield "settled", mutators.together([bytes((SIGNED,)) + message for message in whole])
        pair = [frames["reversal"], fresh(frames["sale"]), fresh(frames["void"])]
        yield "reversal-first", mutators.together([bytes((SIGNED | TWICE,)) + message for message in pair])


def fresh(message):
    """The message under a trace number that was not used yet."""
    kind, fields = mutators.split(message)
    fields[11] = bytes.fromhex("000900")
    return mutators.joined(kind, fields)
