"""A terminal for tests of the host: packs and unpacks by hand, sharing no code with host, firmware or pyiso8583."""

import json

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from psec import tr31

# field: (kind, digits or bytes, bytes of the length prefix); d digits, t text, b binary
LAYOUT = {
    2: ("d", 19, 1),
    3: ("d", 6, 0),
    4: ("d", 12, 0),
    11: ("d", 6, 0),
    12: ("d", 6, 0),
    13: ("d", 4, 0),
    22: ("d", 3, 0),
    25: ("d", 2, 0),
    37: ("t", 12, 0),
    38: ("t", 6, 0),
    39: ("t", 2, 0),
    41: ("t", 8, 0),
    42: ("t", 15, 0),
    48: ("d", 322, 2),
    49: ("t", 3, 0),
    54: ("t", 20, 2),
    60: ("d", 11, 2),
    61: ("d", 29, 2),
    62: ("t", 999, 2),
    63: ("t", 999, 2),
    64: ("b", 8, 0),
}
# kind: message type, processing code, condition, type in field 60
KINDS = {
    "sale": ("0200", "000000", "00", "22"),
    "void": ("0200", "200000", "00", "23"),
    "refund": ("0220", "200000", "00", "25"),
    "offline": ("0220", "000000", "00", "30"),
    "preauth": ("0100", "030000", "06", "10"),
    "preauth_void": ("0100", "200000", "06", "11"),
    "completion": ("0200", "000000", "06", "20"),
    "completion_void": ("0200", "200000", "06", "21"),
}
TPDU_AND_HEADER = bytes.fromhex("6000030000603100000100")
ANSWER_TPDU = bytes.fromhex("6000000003")


def cmac8(key, data):
    """Leftmost 8 bytes of AES-CMAC."""
    cmac = CMAC(AES(key))
    cmac.update(data)
    return cmac.finalize()[:8]


def pack(mti, fields, key=None):
    """MTI and {field: str or bytes} -> frame without length; `key` adds field 64."""
    numbers = sorted(set(fields) | ({64} if key else set()))
    bitmap = sum(1 << (64 - n) for n in numbers).to_bytes(8, "big")
    message = bytes.fromhex(mti) + bitmap + b"".join(_field(n, fields[n]) for n in numbers if n != 64 or not key)
    if key:
        message += cmac8(key, message)
    return TPDU_AND_HEADER + message


def _field(number, value):
    kind, _, prefix = LAYOUT[number]
    data = value.encode("latin-1") if isinstance(value, str) and kind == "t" else value
    if kind == "d":
        data = bytes.fromhex(value + "0" * (len(value) % 2))
    head = bytes.fromhex(str(len(value)).zfill(2 * prefix)) if prefix else b""
    return head + data


def unpack(frame):
    """Frame without length -> (mti, {field: str, bytes for text variables and field 64}, message bytes)."""
    message = frame[11:]
    fields, at = {}, 10
    for number in (n for n in range(1, 65) if int.from_bytes(message[2:10], "big") >> (64 - n) & 1):
        kind, size, prefix = LAYOUT[number]
        if prefix:
            size = int(message[at : at + prefix].hex())
            at += prefix
        width = (size + 1) // 2 if kind == "d" else size
        data = message[at : at + width]
        assert len(data) == width, f"field {number} is cut"
        at += width
        fields[number] = data.hex()[:size] if kind == "d" else data if number in (62, 64) else data.decode("latin-1")
    assert at == len(message), "bytes after the last field"
    return message[:2].hex(), fields, message


class Terminal:
    """The other side of the link. `send` is frame -> frame or None."""

    def __init__(self, send, content):
        self.send = send
        self.identity = {41: content["terminal"], 42: content["merchant"]}
        self.master_key = bytes.fromhex(content["master_key"])
        self.key = None
        self.batch = 1
        self.trace = 0
        self.last_frame = None

    @classmethod
    def at(cls, host):
        """Signed on to a host in this process."""
        made = cls(host.handle_now, host.terminal_json)
        assert made.sign_on()[39] == "00"
        return made

    @classmethod
    def of_file(cls, send, path):
        return cls(send, json.loads(path.read_text()))

    def exchange(self, mti, fields, key="own"):
        """Sends, checks the answer's envelope and MAC; its fields. `key` None leaves field 64 out."""
        self.last_frame = pack(mti, fields, self.key if key == "own" else key)
        return self.read(self.send(self.last_frame), mti)

    def read(self, frame, mti):
        assert frame is not None, "the host gave no answer"
        assert frame[:5] == ANSWER_TPDU
        answered, fields, message = unpack(frame)
        assert answered == mti[:2] + str(int(mti[2]) + 1) + mti[3]
        if 64 in fields:
            assert fields[64] == cmac8(self.key, message[:-8]), "wrong MAC in the answer"
        return fields

    def next_trace(self):
        self.trace += 1
        return f"{self.trace:06d}"

    def manage(self, mti, code, key="own", **more):
        fields = {11: self.next_trace(), 60: f"00{self.batch:06d}{code}", 63: "01 "} | self.identity
        return self.exchange(mti, fields | _numbers(more), key)

    def sign_on(self, **more):
        answer = self.manage("0800", "001", key=None, **more)
        if answer[39] == "00":
            header, self.key = tr31.unwrap(self.master_key, answer[62].decode("ascii"))
            assert (header.version_id, header.key_usage, header.algorithm) == ("D", "M6", "A")
            assert (header.mode_of_use, header.exportability) == ("G", "N")
            self.batch = int(answer[60][2:8])
        return answer

    def sale_fields(self, card, amount_minor, **more):
        fields = {2: card, 3: "000000", 4: f"{amount_minor:012d}", 11: self.next_trace(), 22: "012", 25: "00"}
        fields |= self.identity | {49: "156", 60: f"22{self.batch:06d}", 63: "01 "}
        return fields | _numbers(more)

    def sale(self, card, amount_minor, key="own", **more):
        return self.exchange("0200", self.sale_fields(card, amount_minor, **more), key)

    def balance(self, card, **more):
        fields = self.sale_fields(card, 0) | {3: "310000", 60: f"01{self.batch:06d}"}
        del fields[4]
        return self.exchange("0200", fields | _numbers(more))

    def request(self, kind, card, amount_minor, items="", original=None, **more):
        """Fields of a request of any of KINDS. `card` None: no field 2. `original`: answer to what it refers to."""
        _, processing_code, condition, number = KINDS[kind]
        fields = self.sale_fields(card, amount_minor) | {3: processing_code, 25: condition}
        fields |= {60: f"{number}{self.batch:06d}", 63: "01 " + items}
        if card is None:
            del fields[2]
        if original:
            fields |= {37: original[37], 61: original[60][2:8] + original[11] + original[13]}
            if kind in ("preauth_void", "completion"):
                fields[38] = original.get(38, "000000")
        return fields | _numbers(more)

    def send_kind(self, kind, *arguments, **more):
        """Sends such a request; its answer."""
        return self.exchange(KINDS[kind][0], self.request(kind, *arguments, **more))

    def correct(self, kind, original, amount_minor=None, items="0102" + "06", **more):
        """Void, refund or completion of the transaction with this answer, with its own amount and card unless told."""
        whole = int(original[4]) if amount_minor is None else amount_minor
        return self.send_kind(kind, original.get(2), whole, items=items, original=original, **more)

    def result_of(self, sale, **more):
        """Asks what became of the sale with these fields."""
        fields = {3: "000000", 4: sale[4], 11: sale[11], 60: sale[60], 63: "01 "} | self.identity
        fields[61] = sale[60][2:8] + sale[11] + "1122"
        return self.exchange("0600", fields | _numbers(more))

    def reversal_fields(self, sale, reason="98"):
        """The reversal of the request with these fields, of any kind that has one."""
        original = sale[60][2:8] + sale[11] + "1122"
        return sale | {39: reason, 61: original}

    def reverse(self, sale, reason="98", **more):
        return self.exchange("0400", self.reversal_fields(sale, reason) | _numbers(more))


def second_terminal(host, make=Terminal):
    """Another terminal of the demonstration merchant, signed on; its trace numbers are not the first one's."""
    columns = "merchant_id, master_key"
    host.execute(f"INSERT INTO terminals (number, {columns}) SELECT '10000002', {columns} FROM terminals")
    other = make(host.handle_now, host.terminal_json | {"terminal": "10000002"})
    other.sign_on()
    other.trace = 500
    return other


def _numbers(more):
    return {int(name[1:]): value for name, value in more.items()}


def balance_of(f54):
    """Field 54 -> minor units."""
    assert f54[:8] == "0002156C"
    return int(f54[8:])
