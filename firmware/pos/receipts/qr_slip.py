"""A merchant's code on paper, for the customer to scan; no receipt. Rows as in slip.py."""

from pos.domain.money import format_minor
from pos.receipts.layout import BLANK, BOLD, CENTER, DOUBLE, QR, RULE, merchant_rows, pair, row


def code(tx, data, identity, parameters, texts, training=False):
    """Rows for the code with this text (bytes), which asks to pay tx (trace and batch given)."""
    rows = merchant_rows(identity, parameters)
    rows.append(row(texts.t("slip_pay_here"), CENTER))
    if training:
        rows.append(row(texts.t("slip_training"), CENTER | BOLD))
    rows.append(RULE)
    rows.extend(pair(texts.t("slip_voucher"), "%06d" % tx["trace"]))
    if tx.get("order"):
        rows.extend(pair(texts.t("slip_order"), tx["order"]))
    rows.append(row(parameters["currency"] + " " + format_minor(tx["amount_minor"]), CENTER | DOUBLE))
    rows.extend([BLANK, (QR, data), BLANK])  # readers need it light around the code: four modules are 20 dots
    rows.append(row(texts.t("slip_pay_until", count=parameters["qr_timeout_s"]), CENTER))
    rows.append(row(texts.t("slip_no_receipt"), CENTER))
    return rows
