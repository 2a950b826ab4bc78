"""The text of a merchant's code (商户码): EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1.

Tag, length and value are digits and text, two digits each for the first two; the checksum comes last.
"""

from micropython import const

_CRC_POLYNOMIAL = const(0x1021)
_NAME_MAX = const(25)
_SCHEME = "P0"  # globally unique identifier of this closed loop
_GENERAL_STORE = "5999"  # merchant category: the specification wants one


def merchant_code(tx, identity, name):
    """The code for what tx (type "sale", entry "shown", with trace and batch) asks for, as bytes of ASCII.

    identity: {"merchant", "terminal"}; name: the merchant's, bytes in GB18030, of which the ASCII part is shown.
    """
    amount_minor = tx["amount_minor"]
    label = "{}{:06d}{:06d}{}".format(identity["terminal"], tx["batch"], tx["trace"], tx["date"][4:])
    more = _item(5, label)
    if tx.get("order"):
        more = _item(1, tx["order"]) + more
    text = _item(0, "01") + _item(1, "12")  # version; good for one payment
    text += _item(26, _item(0, _SCHEME) + _item(1, identity["merchant"]))
    text += _item(52, _GENERAL_STORE) + _item(53, "156")
    text += _item(54, "{}.{:02d}".format(amount_minor // 100, amount_minor % 100))
    text += _item(58, "CN") + _item(59, _plain(name)) + _item(60, "CITY") + _item(62, more)
    text += "6304"  # of the checksum itself tag and length are counted
    return (text + "{:04X}".format(crc16(text.encode()))).encode()


def crc16(data):
    """CRC-16 with polynomial 1021, begun with FFFF ("CCITT-FALSE")."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc <<= 1
            if crc & 0x10000:
                crc ^= 0x10000 | _CRC_POLYNOMIAL
    return crc


def _item(tag, value):
    return "{:02d}{:02d}{}".format(tag, len(value), value)


def _plain(name):
    """Capitals, digits and spaces of the name only: a code of these alone has larger modules."""
    words = ""
    at = 0
    while at < len(name):
        byte = name[at]
        if byte > 0x7F:
            at += 4 if at + 1 < len(name) and 0x30 <= name[at + 1] <= 0x39 else 2
            byte = 0x20
        else:
            at += 1
        char = chr(byte).upper()
        words += char if "0" <= char <= "9" or "A" <= char <= "Z" else " "
    return " ".join(words.split())[:_NAME_MAX].rstrip() or "MERCHANT"
