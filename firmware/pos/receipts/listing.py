"""Reports on 58 mm paper: transactions, one a row; totals; deletions. Rows are made while they are printed.

A report is an object to iterate over, as often as the printer needs it: nothing of it is held. identity, parameters,
texts as in slip.py; now: clock tuple or None.
"""

from pos.domain import marks, settling, totals
from pos.domain.money import format_minor
from pos.receipts.layout import BOLD, CENTER, RULE, merchant_rows, pair, row


class Report:
    """title: key of a text; rows(texts): the rows between head and foot, made for each print anew. operator: who
    prints it; training: nothing of it is real."""

    def __init__(self, identity, parameters, texts, operator, title, rows, now, training=False):
        self._identity = identity
        self._parameters = parameters
        self._texts = texts
        self._operator = operator
        self._title = title
        self._rows = rows
        self._now = now
        self._training = training

    def __iter__(self):
        texts = self._texts
        yield from merchant_rows(self._identity, self._parameters)
        yield row(texts.t(self._title), CENTER | BOLD)
        if self._training:
            yield row(texts.t("slip_training"), CENTER | BOLD)
        yield RULE
        for label, value in (
            ("slip_terminal", self._identity["terminal"]),
            ("slip_operator", self._operator),
            ("slip_printed", "{:04d}-{:02d}-{:02d} {:02d}:{:02d}".format(*self._now[:5]) if self._now else ""),
        ):
            if value:
                yield from pair(texts.t(label), value)
        yield RULE
        yield from self._rows(texts)
        yield RULE


def transactions(found):
    """Rows of a list. found(): an iterator over light transactions; behind them their number and their totals."""

    def rows(texts):
        yield row(texts.t("slip_columns"))
        count, by_kind, names = 0, {}, texts.t("short_kinds").split(" ")
        for tx in found():
            kind = totals.kind_of(tx)
            count += 1
            if tx["state"] == "approved":
                totals.add(by_kind, tx)
            yield from pair(_left(tx, names[marks.KINDS.index(kind)]), format_minor(marks.signed_minor(tx, kind)))
        yield RULE
        yield from pair(texts.t("slip_records"), str(count))
        yield from counted(by_kind, texts)

    return rows


def _left(tx, name):
    date, time = tx.get("date", ""), tx.get("time", "")
    return "%06d%1s%s-%s %s:%s %s" % (tx["trace"], marks.sign(tx), date[4:6], date[6:], time[:2], time[2:4], name)


def batch_totals(state):
    """Rows of the totals of the open batch. state: of the journal."""

    def rows(texts):
        yield from pair(texts.t("slip_batch"), "%06d" % state["batch"])
        yield from counted(state["totals"], texts)
        if state["offline"]:
            yield from _counted(texts.t("slip_waiting"), len(state["offline"]), state["offline_minor"])

    return rows


def counted(by_kind, texts):
    """A row a kind, then both sides."""
    for kind in settling.KINDS_COUNTED:
        if kind in by_kind:
            yield from _counted(texts.t("slip_type_" + kind), by_kind[kind][0], by_kind[kind][1])
    debit_count, debit_minor, credit_count, credit_minor = totals.sides(by_kind)
    yield from _counted(texts.t("slip_debit"), debit_count, debit_minor)
    yield from _counted(texts.t("slip_credit"), credit_count, credit_minor)


def _counted(label, count, amount_minor):
    return pair("%s x %d" % (label, count), format_minor(amount_minor))


def deletions(found):
    """Rows of the evidence. found(): an iterator over journal/evidence.py's records."""

    def rows(texts):
        for record in found():
            if record["kind"] == "deleting":
                yield from pair(texts.t("slip_time"), record.get("at", ""))
                yield from pair(texts.t("slip_operator"), record.get("operator", ""))
                yield from pair(texts.t("slip_approver"), record.get("approver", ""))
                yield from pair(texts.t("slip_reason"), texts.t("menu_del_" + record.get("reason", "")))
                yield from pair(texts.t("slip_records"), str(record.get("count", 0)))
                yield from pair(texts.t("slip_amount"), format_minor(record.get("amount_minor", 0)))
                digest = record.get("digest", "")
                yield row("SHA-256")
                yield row(digest[:32])
                yield row(digest[32:])
            else:
                yield row(texts.t("slip_deletion_done"), CENTER)
                yield RULE

    return rows
