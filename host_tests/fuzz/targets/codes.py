"""The merchant's code: the host's wallet reads it, the terminal writes it."""

from fuzz import mutators
from fuzz.property import need

TX = {"amount_minor": 1234, "batch": 12, "trace": 27, "date": "20260314", "order": "20260042"}


def crc(data):
    """CRC-16, polynomial 1021 from FFFF, written apart from both."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


class WalletCode:
    """Any text is read or a CodeError; what is read says an amount that stands in the text.

    The input's first byte: 1 the checksum is made right before it is read."""

    BYTES_MAX = 560
    PLAIN_SHARE = 0.5
    TOKENS = (b"000201", b"6304", b"5303156", b"26", b"0002P0", b"54", b"62", b"05", b"99")

    def __init__(self):
        from tools.host.wallet import emv

        self.emv = emv

    def run(self, data):
        text = data[1:].decode("utf-8", "replace")
        if data[:1] == b"\1":
            text = text[:-4] if text[-8:-4] == "6304" else text + "6304"
            text += f"{crc(text.encode('utf-8')):04X}"
        try:
            code = self.emv.parse(text)
        except self.emv.CodeError as error:
            need(error.problem in ("unreadable", "foreign", "unfit"), "a CodeError has a problem that is known")
            return
        need(0 <= code.amount_minor < 10**10, "an amount is in its range")
        whole, part = divmod(code.amount_minor, 100)
        shown = (f"{whole}.{part:02d}", f"{whole}.{part:02d}".rstrip("0"), f"{whole}")
        need(any(one in text for one in shown), "the amount is one that stands in the code")
        need(code.merchant in text and code.terminal in text, "the merchant is the one in the code")
        need(0 <= code.batch <= 999999 and 0 <= code.trace <= 999999, "batch and trace have six digits")

    def mutate(self, data, size_max, chance):
        """An item with a right length and another value or tag."""
        head, text = data[:1], data[1:]
        at, found = 0, []
        while at + 4 <= len(text) and text[at : at + 4].isdigit():
            found.append(at)
            at += 4 + int(text[at + 2 : at + 4])
        if not found or chance.random() < 0.3:
            return head + mutators.plain(text, size_max - 1, chance)
        at = chance.choice(found)
        size = int(text[at + 2 : at + 4])
        tag, value, rest = text[at : at + 2], text[at + 4 : at + 4 + size], text[at + 4 + size :]
        if chance.random() < 0.2:
            tag = b"%02d" % chance.randrange(100)
        value = mutators.plain(value, 99, chance)
        return (b"\1" + text[:at] + tag + b"%02d" % len(value) + value + rest)[:size_max]

    def seeds(self):
        from pos.qr import payload

        identity = {"merchant": "100000000000001", "terminal": "10000001"}
        yield "order", b"\0" + payload.merchant_code(TX, identity, b"DEMO")
        plain = {name: TX[name] for name in TX if name != "order"}
        yield "plain", b"\1" + payload.merchant_code(plain | {"amount_minor": 1200}, identity, b"DEMO SHOP")
        foreign = b"00020101021229300012D156000000000510A93FO3230Q53031565802CN5904SHOP6007BEIJING6304"
        yield "foreign", b"\1" + foreign
