"""Slips of transactions as lists of rows (style, bytes) for 58 mm paper; the fields are those of the trade's slips.

tx is a domain.transaction, identity {"merchant", "terminal"}, parameters a dict of domain.parameters; texts are those
of the slip's language, which need not be the screen's.
"""

from pos.domain.account import mask
from pos.domain.money import format_minor
from pos.domain.totals import kind_of, side
from pos.receipts.layout import BLANK, BOLD, CENTER, COLUMNS, DOUBLE, RIGHT, RULE, merchant_rows, pair, row

MERCHANT = "merchant"
CUSTOMER = "customer"

# What the customer signs on the merchant's copy, by the side of the settlement: pays, gets back, neither.
_AGREED = {"debit": "slip_agreed", "credit": "slip_agreed_back", "": "slip_agreed_held"}


def transaction(tx, identity, parameters, texts, copy, duplicate=False, training=False):
    """One copy, MERCHANT or CUSTOMER, of an approved transaction of any type but a balance query. duplicate: a
    reprint; training: nothing of it is real, which the head and the foot say."""
    rows = _head(tx, identity, parameters, texts)
    rows.append(row(texts.t("slip_%s_copy" % copy), CENTER))
    if duplicate:
        rows.append(row(texts.t("slip_duplicate"), CENTER | BOLD))
    mark = [row(texts.t("slip_training"), CENTER | BOLD)] if training else []
    rows.extend(mark)
    rows.extend(_details(tx, identity, texts))
    rows.extend(_original(tx, texts))
    rows.extend(_money(tx, parameters, texts))
    rows.append(row(texts.t("slip_reference")))
    rows.extend(pair(texts.t("slip_entry"), texts.t("slip_entry_" + tx["entry"])))
    rows.extend(_foot(tx, texts, copy))
    rows.extend(mark)
    return rows


def _head(tx, identity, parameters, texts):
    rows = merchant_rows(identity, parameters)
    rows.append(row(texts.t("slip_" + tx["type"]), CENTER))
    if tx["type"] == "offline" and not tx.get("rrn"):
        rows.append(row(texts.t("slip_unsent"), CENTER))
    return rows


def _details(tx, identity, texts):
    date, time = tx["date"], tx["time"]
    rows: list = [RULE]
    rows.extend(
        _labelled(
            texts,
            (
                ("merchant_number", identity["merchant"]),
                ("terminal", identity["terminal"]),
                ("operator", tx["operator"]),
                ("approver", tx.get("approver")),
            ),
        )
    )
    rows.append(RULE)
    rows.extend(
        _labelled(
            texts,
            (
                ("type", texts.t("slip_type_" + kind_of(tx))),
                ("card", mask(tx["card"])),
                ("batch", "%06d" % tx["batch"]),
                ("voucher", "%06d" % tx["trace"]),
                ("rrn", tx.get("rrn")),
                ("auth", tx.get("auth")),
                ("time", "%s %s:%s:%s" % (_day(date), time[:2], time[2:4], time[4:])),
                ("held_until", _held_until(tx)),
                ("order", tx.get("order")),
            ),
        )
    )
    rows.append(RULE)
    return rows


def _held_until(tx):
    """When the hold of a pre-authorisation ends; "" where nothing is held, or where nobody said for how long."""
    if not tx.get("held_days"):
        return ""
    from pos.domain import calendar

    return "%s %s:%s" % (_day(calendar.days_after(tx["date"], tx["held_days"])), tx["time"][:2], tx["time"][2:4])


def _original(tx, texts):
    """What a void, a refund or a completion refers to; nothing for what begins by itself."""
    if "original_date" not in tx:
        return []
    trace, batch, reason = tx.get("original_trace"), tx.get("original_batch"), tx.get("reason")
    rows = [row(texts.t("slip_original"))]
    rows.extend(
        _labelled(
            texts,
            (
                ("original_voucher", "%06d" % trace if trace else ""),
                ("original_batch", "%06d" % batch if batch else ""),
                ("original_rrn", tx.get("original_rrn")),
                ("original_auth", tx.get("original_auth")),
                ("original_date", _day(tx["original_date"])),
                ("reason", texts.t("why_" + reason) if reason else ""),
            ),
        )
    )
    rows.append(RULE)
    return rows


def _money(tx, parameters, texts):
    """The amount, large; what goes back to the customer with a minus."""
    minor = -tx["amount_minor"] if side(tx["type"]) == "credit" else tx["amount_minor"]
    return [
        row(texts.t("slip_amount")),
        row(parameters["currency"] + " " + format_minor(minor), RIGHT | DOUBLE),
        RULE,
    ]


def _foot(tx, texts, copy):
    if copy == MERCHANT:
        return [
            RULE,
            row(texts.t("slip_signature")),
            BLANK,
            BLANK,
            (0, b"_" * COLUMNS),
            row(texts.t("slip_agreed_freed" if tx["type"] == "preauth_void" else _AGREED[side(tx["type"])]), CENTER),
        ]
    rows = []
    # What the account holds is the customer's business only.
    if tx.get("balance_minor") is not None:
        rows.extend(pair(texts.t("slip_balance_amount"), format_minor(tx["balance_minor"])))
    rows.append(RULE)
    rows.append(row(texts.t("slip_keep"), CENTER))
    return rows


def _labelled(texts, fields):
    """Rows with a label and a value; one that has no value is left out."""
    rows = []
    for name, value in fields:
        if value:
            rows.extend(pair(texts.t("slip_" + name), value))
    return rows


def _day(date):
    return "%s-%s-%s" % (date[:4], date[4:6], date[6:])
