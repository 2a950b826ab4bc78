"""Paying a merchant's code from a wallet: through the same rules and the same books as a sale."""

from typing import NamedTuple

from tools.host.clock import epoch_ms
from tools.host.iso.message import Message
from tools.host.switch import codes, directory, purchase, records
from tools.host.switch.case import Case, Reject
from tools.host.switch.kinds import SALE, SHAPES
from tools.host.wallet import offers

SALE_MTI = SHAPES[SALE].mti


class Refused(Exception):
    """`problem` is a key of texts.py's "pay_..."; `code` the switch's response code, where that refused."""

    def __init__(self, problem, code=""):
        super().__init__(problem)
        self.problem = problem
        self.code = code


class Bill(NamedTuple):
    """What is to be confirmed before it is paid."""

    merchant_name: str
    terminal: dict
    code: object  # emv.MerchantCode


def bill(unit, code, now):
    """The Bill of a code that can be paid now; Refused."""
    case = Case(unit, Message(SALE_MTI, {41: code.terminal, 42: code.merchant}), now)
    try:
        directory.identify(case)
    except Reject as reject:
        raise Refused("unknown") from reject
    terminal = case.terminal
    row = records.find(case, code.batch, code.trace, SALE_MTI)
    if row and row["code"] == codes.APPROVED and not row["reversed_by"]:
        raise Refused("paid")
    wanted = (terminal["id"], code.batch, code.trace, code.amount_minor)
    if row or code.batch != terminal["batch"] or not offers.waiting(unit, *wanted, epoch_ms(now)):
        raise Refused("not_awaited")
    return Bill(terminal["merchant_name"], terminal, code)


def pay(unit, account, code, now):
    """Moves the money; the host's reference. Refused: then nothing is kept, and somebody else may pay."""
    asked = bill(unit, code, now)
    try:
        with unit.savepoint():
            answer = purchase.paid_in_wallet(
                unit,
                asked.terminal,
                code.batch,
                code.trace,
                account["number"],
                code.amount_minor,
                now,
                code.order_number,
            )
            if answer[39] != codes.APPROVED:
                raise Refused("declined", answer[39])
    except Reject as reject:
        raise Refused("declined", reject.code) from reject
    return answer[37]
