"""Slips as lists of rows (style, bytes) for 58 mm paper; the fields are those of the trade's sales slip.

tx is a domain.transaction, identity {"merchant", "terminal"}, parameters a dict of domain.parameters; texts are those
of the slip's language, which need not be the screen's.
"""

from pos.domain import parameters as host_parameters
from pos.domain.account import mask
from pos.domain.money import format_minor
from pos.receipts.layout import BLANK, BOLD, CENTER, COLUMNS, DOUBLE, RIGHT, RULE, pair, row, wrap

MERCHANT = "merchant"
CUSTOMER = "customer"


def sale(tx, identity, parameters, texts, copy, duplicate=False):
    """One copy, MERCHANT or CUSTOMER, of an approved sale."""
    rows = _head(parameters, identity, texts.t("slip_sale"))
    rows.append(row(texts.t("slip_%s_copy" % copy), CENTER))
    if duplicate:
        rows.append(row(texts.t("slip_duplicate"), CENTER | BOLD))
    rows.extend(_details(tx, identity, texts))
    rows.extend(_money(tx["amount_minor"], parameters, texts))
    rows.append(row(texts.t("slip_reference")))
    rows.extend(pair(texts.t("slip_entry"), texts.t("slip_entry_" + tx["entry"])))
    if copy == MERCHANT:
        rows.append(RULE)
        rows.append(row(texts.t("slip_signature")))
        rows.append(BLANK)
        rows.append(BLANK)
        rows.append((0, b"_" * COLUMNS))
        rows.append(row(texts.t("slip_agreed"), CENTER))
    else:
        # What the account holds is the customer's business only.
        if tx.get("balance_minor") is not None:
            rows.extend(pair(texts.t("slip_balance_amount"), format_minor(tx["balance_minor"])))
        rows.append(RULE)
        rows.append(row(texts.t("slip_keep"), CENTER))
    return rows


def _head(parameters, identity, title):
    name = host_parameters.merchant_name(parameters) or identity["merchant"].encode()
    rows = [(CENTER | BOLD, piece) for piece in wrap(name)]
    rows.append(row(title, CENTER))
    return rows


def _details(tx, identity, texts):
    """The rows with a label and a value; one that the host did not give is left out."""
    date, time = tx["date"], tx["time"]
    fields = (
        ("merchant_number", identity["merchant"]),
        ("terminal", identity["terminal"]),
        ("operator", tx["operator"]),
        (None, None),
        ("type", texts.t("slip_type_" + tx["type"])),
        ("card", mask(tx["card"])),
        ("batch", "%06d" % tx["batch"]),
        ("voucher", "%06d" % tx["trace"]),
        ("rrn", tx.get("rrn")),
        ("auth", tx.get("auth")),
        ("time", "%s-%s-%s %s:%s:%s" % (date[:4], date[4:6], date[6:], time[:2], time[2:4], time[4:])),
        (None, None),
    )
    rows: list = [RULE]
    for name, value in fields:
        if name is None:
            rows.append(RULE)
        elif value:
            rows.extend(pair(texts.t("slip_" + name), value))
    return rows


def _money(amount_minor, parameters, texts):
    return [
        row(texts.t("slip_amount")),
        row(parameters["currency"] + " " + format_minor(amount_minor), RIGHT | DOUBLE),
        RULE,
    ]
