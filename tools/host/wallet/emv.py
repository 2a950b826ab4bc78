"""Reads the text of a merchant's code: EMVCo QR Code Specification, Merchant-Presented Mode 1.1, of this scheme only.

Written apart from the terminal, which makes these texts: what both have in common is the specification.
"""

import re
from typing import NamedTuple

TEXT_MAX = 512  # characters; the specification's own limit
SCHEME = "P0"
CURRENCY = "156"
AMOUNT = re.compile(r"\d{1,8}(?:\.\d{1,2})?", re.ASCII)
LABEL = re.compile(r"([0-9A-Za-z]{8})(\d{6})(\d{6})(\d{4})", re.ASCII)
ORDER = re.compile(r"\d{1,20}", re.ASCII)
MERCHANT = re.compile(r"\d{15}", re.ASCII)


class CodeError(ValueError):
    """`problem`: "unreadable" (damaged or no such code at all), "foreign" (somebody else's), "unfit" (without a fixed
    amount or without the label that says what it pays)."""

    def __init__(self, problem):
        super().__init__(problem)
        self.problem = problem


class MerchantCode(NamedTuple):
    """What a code asks for."""

    merchant: str
    terminal: str
    batch: int
    trace: int
    amount_minor: int
    order_number: str | None


def parse(text):
    """Text of a code -> MerchantCode; CodeError."""
    text = text.strip()
    if not text.isascii() or len(text) > TEXT_MAX or not text.startswith("000201"):
        raise CodeError("unreadable")
    items = _items(text)
    if text[-8:-4] != "6304" or list(items)[-1] != "63" or f"{crc(text[:-4].encode()):04X}" != items["63"]:
        raise CodeError("unreadable")
    account = _items(items.get("26", ""))
    if account.get("00") != SCHEME:
        raise CodeError("foreign")
    more = _items(items.get("62", ""))
    label = LABEL.fullmatch(more.get("05", ""))
    order = more.get("01")
    merchant = account.get("01", "")
    known = AMOUNT.fullmatch(items.get("54", "")) and MERCHANT.fullmatch(merchant) and items.get("53") == CURRENCY
    if not known or not label or (order is not None and not ORDER.fullmatch(order)):
        raise CodeError("unfit")
    terminal, batch, trace, _ = label.groups()
    return MerchantCode(merchant, terminal, int(batch), int(trace), _minor(items["54"]), order)


def crc(data):
    """CRC-16 as the specification has it (ISO/IEC 13239, polynomial 1021, begun with FFFF)."""
    remainder = 0xFFFF
    for byte in data:
        for bit in f"{byte:08b}":
            out = remainder >> 15 ^ int(bit)
            remainder = (remainder << 1 & 0xFFFF) ^ 0x1021 * out
    return remainder


def _items(text):
    """Tag, length, value and so on -> {tag: value}; CodeError when it is not made like that."""
    found = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()) or head[:2] in found:
            raise CodeError("unreadable")
        value = text[at + 4 : at + 4 + int(head[2:])]
        if not value or len(value) < int(head[2:]):
            raise CodeError("unreadable")
        found[head[:2]] = value
        at += 4 + len(value)
    return found


def _minor(amount):
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
