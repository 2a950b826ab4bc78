"""What the host of the training mode answers: yes, and no above an amount, so that both can be practised.

It keeps no books: what may be voided or refunded the terminal knows from its own.
"""

from micropython import const

from pos.domain import kinds, settling
from pos.iso8583 import codec, frame
from pos.security.mac import Mac

DECLINED_ABOVE_MINOR = 50000
_NOT_ENOUGH = const("51")
_NOT_YET = const("25")
_NOT_HERE = const("58")
_NO_CLOCK = const((2000, 1, 1, 0, 0, 0))
_PAYER = const("6200000000009998")  # whose QR code it was; nobody's card
_BALANCE = const("0002156C000000100000")
_REPEATED = const((3, 4, 11, 41, 42))
# Fee of one in so many, of what is not given back: practice for reading the slip.
_FEE_PART = const(200)


def answer(request, key, exchange, asked):
    """(body of the answer's frame, `asked` for the next call) to a whole frame; key: signs it; asked: trace number of
    the shown QR code that was asked for before: the second time it is paid."""
    fields = codec.unpack(frame.unwrap(request[frame.LENGTH_BYTES :])[0])
    reply = {number: fields[number] for number in _REPEATED if number in fields}
    reply[0] = "{:04d}".format(int(fields[0]) + 10)
    _year, month, day, hour, minute, second = exchange.clock.now() or _NO_CLOCK
    reply[12] = "{:02d}{:02d}{:02d}".format(hour, minute, second)
    reply[13] = "{:02d}{:02d}".format(month, day)
    reply[39] = "00"
    if fields[0] == "0600" and fields[11] != asked:
        asked = fields[11]
        reply[39] = _NOT_YET
    elif fields[0] == "0800":
        _manage(fields, reply)
    elif fields[0] == "0500":
        reply[48] = fields[48][:-1] + "1"
    elif fields[0] == "0320":
        _end_batch(fields, reply, exchange.journal.state["totals"])
    elif fields[0] != "0400":
        _judge(fields, reply)
    return frame.wrap(codec.pack(reply, Mac(key).sign))[frame.LENGTH_BYTES :], asked


def _judge(fields, reply):
    kind = fields[60][:2]
    begins = kind in [kinds.row(name)[3] for name in ("sale", "preauth")]
    if begins and 4 in fields and int(fields[4]) > DECLINED_ABOVE_MINOR:
        reply[39] = _NOT_ENOUGH
        return
    reply[2] = fields.get(2, _PAYER)
    reply[37] = "TR" + "0000" + fields[11]
    reply[38] = fields[11]
    if fields[3] == kinds.row("balance")[1]:
        reply[54] = _BALANCE


def _manage(fields, reply):
    """A service is not switched in training; there are no deleted records to give back."""
    if fields[60][8:] == "380":
        reply[39] = _NOT_HERE
    elif fields[60][8:] == "370":
        reply[62] = b""


def _end_batch(fields, reply, totals):
    """Fees with the last message of the settlement, as the real host sends them."""
    if fields[60][8:] == "201":
        return
    data = b""
    for kind in settling.KINDS_COUNTED:
        count, gross_minor = totals.get(kind, (0, 0))
        if count:
            fee_minor = gross_minor // _FEE_PART if kind in ("sale", "qr", "completion") else 0
            text = "{},{},{},{}".format(kind, count, gross_minor, fee_minor)
            data += "{:03d}{}".format(len(text), text).encode()
    reply[62] = data
