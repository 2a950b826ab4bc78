"""The firmware's codec and framing, on any bytes."""

from fuzz import mutators
from fuzz.property import hides, need

TYPES = ("sale", "void", "refund", "preauth", "preauth_void", "completion", "completion_void", "balance")
IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
TX = {
    "trace": 7,
    "batch": 12,
    "amount_minor": 1234,
    "card": "6200000000000013",
    "entry": "nfc",
    "operator": "01",
    "date": "20260314",
    "reason": "06",
    "order": "20260042",
    "original_batch": 12,
    "original_trace": 6,
    "original_date": "20260314",
    "original_rrn": "031415092701",
    "original_auth": "A1B2C3",
}


def messages_of_the_terminal():
    """(name, fields) of every request that the terminal makes, and of an answer to each."""
    from pos.domain import settling, totals
    from pos.iso8583 import messages, records, services, settlement, upload

    for kind in TYPES:
        tx = dict(TX, type=kind)
        yield kind, messages.request(tx, IDENTITY)
        if kind not in ("refund", "balance"):
            yield kind + "-reversal", messages.reversal(tx, IDENTITY, "98")
    yield "query", messages.query(dict(TX, type="sale"), IDENTITY)
    yield "sign-on", messages.sign_on(IDENTITY, 1, 12, "01")
    yield "parameters", messages.parameters(IDENTITY, 2, 12)
    yield "sign-off", messages.sign_off(IDENTITY, 3, 12)
    yield "echo", messages.echo(IDENTITY, 4, 12)
    yield "records", records.request(IDENTITY, 5, 12, 11, 0)
    yield "service", services.service(IDENTITY, 5, 12, "99", "refund", "off", "21", "00")
    sides = totals.sides({"sale": [3, 3702]})
    yield "settlement", settlement.compare(IDENTITY, 7, 12, sides, "01")
    yield "settlement-end", settlement.end(IDENTITY, 7, 12, True, 3, "01")
    item = settling.item(dict(TX, type="sale", state="approved"))
    yield "upload", upload.upload(IDENTITY, 7, 12, [item] * 8, "01")


ANSWERED = {12: "150927", 13: "0314", 37: "031415092701", 38: "A1B2C3", 39: "00", 54: "0001156C000000098766"}


class Codec:
    """unpack takes the bytes or says why not in a FieldError; what it took packs to the same bytes again."""

    BYTES_MAX = 1100
    PLAIN_SHARE = 0.5

    def __init__(self):
        from pos.iso8583 import codec, masking

        self.codec, self.masking = codec, masking

    def run(self, data):
        codec = self.codec
        try:
            fields = codec.unpack(data)
        except codec.FieldError as error:
            need(isinstance(error.field, int) and 0 <= error.offset <= len(data), "a FieldError tells where")
            need(error.needed >= 0 and error.available >= 0 and error.what, "a FieldError tells what there was")
            need(hides(str(error)), "a FieldError shows no account number")
            return
        need(codec.pack(fields) == data, "what was unpacked packs to the same bytes")
        line = self.masking.dump(fields)
        account, track = fields.get(2, ""), fields.get(35, "")
        shown = [value for number, value in fields.items() if number not in (2, 35) and isinstance(value, str)]
        if not any(account and account in value for value in shown):
            need(hides(line.replace(self.masking.masked(2, account), ""), account), "a dump shows no account number")
        need(not track or f"35={self.masking.HIDDEN}" in line, "a dump shows no track")
        need("62=" not in line or f"62={self.masking.HIDDEN}" in line, "a dump shows no key block")

    def mutate(self, data, size_max, chance):
        return mutators.message(data, size_max, chance)

    def seeds(self):
        for name, fields in messages_of_the_terminal():
            yield name, self.codec.pack(fields, lambda data: b"\x5a" * 8)
            fields[0] = fields[0][:2] + str(int(fields[0][2]) + 1) + "0"
            fields.pop(63, None)
            yield name + "-answer", self.codec.pack(fields | ANSWERED | {62: b"11003060"}, lambda data: b"\xa5" * 8)


class Frame:
    """Length, TPDU and header; a message of any length is wrapped, or refused."""

    BYTES_MAX = 1200

    def __init__(self):
        from pos.iso8583 import frame

        self.frame = frame

    def run(self, data):
        frame = self.frame
        try:
            size = frame.body_bytes(data[:2])
            need(size == int.from_bytes(data[:2], "big") <= frame.BODY_BYTES_MAX, "the length is the frame's")
        except frame.FieldError as error:
            need(str(error), "a FieldError tells why")
        try:
            message, requirement = frame.unwrap(data[2:])
            need(0 <= requirement <= 9 and message == data[13:], "a frame's message is its rest")
        except frame.FieldError as error:
            need(str(error), "a FieldError tells why")
        try:
            whole = frame.wrap(data)
        except frame.FieldError:
            need(len(data) + 11 > frame.BODY_BYTES_MAX, "only what is too long is refused")
            return
        if data:
            need(frame.body_bytes(whole[:2]) == len(whole) - 2, "a frame begins with its length")
            need(frame.unwrap(whole[2:]) == (data, 0), "what was wrapped unwraps to the same")

    def seeds(self):
        for name, fields in messages_of_the_terminal():
            from pos.iso8583 import codec

            yield name, self.frame.wrap(codec.pack(fields))
