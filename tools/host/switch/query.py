"""Result query: message type 0600. What became of a sale whose answer a terminal does not know; moves nothing.

It is not stored: its trace number is the sale's, and each time the answer is what is true then. Only that a terminal
waits for this sale is remembered: a wallet may then pay it.
"""

from tools.host.switch import codes, records
from tools.host.switch.case import Answer
from tools.host.switch.kinds import SALE, SHAPES
from tools.host.wallet import offers

# What the sale's own answer told, besides its code.
TOLD = (2, 12, 13, 37, 38, 54)


def result(case, _keystore):
    """00 it stands, 25 it is not here (yet), 68 it was reversed, else why it was declined."""
    batch, trace = case.original_key
    row = records.find(case, batch, trace, SHAPES[SALE].mti)
    fields = case.answer_fields(_code(case, row, batch, trace))
    if fields[39] == codes.APPROVED:
        first = records.first_answer(row)
        fields |= {number: first[number] for number in TOLD if number in first}
    else:
        fields[37] = case.management_reference()
    return Answer(case.mti, fields, case.mac)


def _code(case, row, batch, trace):
    if row is None:
        if records.reversal_waits(case, batch, trace):
            return codes.LATE  # a reversal came first: the sale will never be done
        offers.asked(case.unit, case.terminal["id"], batch, trace, case.amount_minor, case.now_ms)
        return codes.ORIGINAL_NOT_FOUND
    if row["kind"] != SALE or row["amount_minor"] != case.amount_minor:
        return codes.DIFFERS_FROM_ORIGINAL
    return codes.LATE if row["reversed_by"] else row["code"]
