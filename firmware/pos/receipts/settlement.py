"""The settlement slip (结算单): counts and sums by kind, both sides, fees, what is left, and what the host found."""

from pos.domain import settling, totals
from pos.domain.money import format_minor
from pos.receipts.layout import BOLD, CENTER, RULE, merchant_rows, pair, row


def settlement(settled, identity, parameters, texts, duplicate=False, training=False):
    """Rows of the slip. settled: the journal's state of that name; the others as in slip.py."""
    rows = merchant_rows(identity, parameters)
    rows.append(row(texts.t("slip_settlement"), CENTER | BOLD))
    if duplicate:
        rows.append(row(texts.t("slip_duplicate"), CENTER | BOLD))
    if training:
        rows.append(row(texts.t("slip_training"), CENTER | BOLD))
    rows.append(RULE)
    rows.extend(_head(settled, identity, texts))
    rows.append(RULE)
    rows.extend(_totals(settled["totals"], texts))
    rows.append(RULE)
    rows.extend(_fees(settled, texts))
    rows.append(RULE)
    rows.append(row(texts.t("slip_equal" if settled["result"] == settling.EQUAL else "slip_differed"), CENTER | BOLD))
    return rows


def _head(settled, identity, texts):
    date, time = settled["date"], settled["time"]
    rows = []
    for name, value in (
        ("merchant_number", identity["merchant"]),
        ("terminal", identity["terminal"]),
        ("operator", settled.get("operator")),
        ("batch", "%06d" % settled["batch"]),
        ("time", "%s-%s-%s %s:%s:%s" % (date[:4], date[4:6], date[6:], time[:2], time[2:4], time[4:])),
    ):
        if value:
            rows.extend(pair(texts.t("slip_" + name), value))
    return rows


def _totals(by_kind, texts):
    """A line a kind, in the order of the trade's table, then both sides."""
    rows = []
    for kind in settling.KINDS_COUNTED:
        if kind in by_kind:
            rows.extend(_counted(texts.t("slip_type_" + kind), by_kind[kind][0], by_kind[kind][1]))
    if not rows:
        rows.append(row(texts.t("slip_nothing")))
    rows.append(RULE)
    debit_count, debit_minor, credit_count, credit_minor = totals.sides(by_kind)
    rows.extend(_counted(texts.t("slip_debit"), debit_count, debit_minor))
    rows.extend(_counted(texts.t("slip_credit"), credit_count, credit_minor))
    return rows


def _fees(settled, texts):
    """Gross, fee and net; a settlement whose answer was lost for good has no fees to tell."""
    fees = settled["fees"]
    if not fees and settled["totals"]:
        return [row(texts.t("slip_no_fees"))]
    rows = []
    for kind, count, _of_kind_minor, fee_of_kind_minor in fees:
        if fee_of_kind_minor:
            label = texts.t("slip_type_" + kind) if kind in settling.KINDS_COUNTED else kind
            rows.extend(_counted(texts.t("slip_fee") + " " + label, count, fee_of_kind_minor))
    gross_minor, fee_minor = settling.gross_and_fee(fees)
    rows.extend(pair(texts.t("slip_gross"), format_minor(gross_minor)))
    rows.extend(pair(texts.t("slip_fees"), format_minor(-fee_minor)))
    rows.extend((style | BOLD, data) for style, data in pair(texts.t("slip_net"), format_minor(settled["net_minor"])))
    return rows


def _counted(label, count, amount_minor):
    return pair("%s x %d" % (label, count), format_minor(amount_minor))
