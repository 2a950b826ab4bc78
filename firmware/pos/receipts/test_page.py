"""The printer's test page: every column, every style, Chinese, all of the head, and a QR code."""

from pos.receipts.layout import BOLD, CENTER, COLUMNS, DOUBLE, QR, RIGHT, RULE, pair, row
from pos.texts import gb2312

# Whatever the language: a printer without the font shows it here.
_CHINESE = "一二三 签购单 人民币 圆鼎齿龟"
_BLACK = "■"


def rows(texts, identity, version, serial):
    """Rows of the page. texts: in the slips' language; serial: the board's number, which the QR code has too."""
    numbers = "".join([str(column % 10) for column in range(1, COLUMNS + 1)])
    black = gb2312.encode(_BLACK)
    page = [row(texts.t("slip_test"), CENTER | BOLD), RULE, row(numbers)]
    page.append(row("|" + " " * (COLUMNS - 2) + "|"))
    page.append(row(texts.t("slip_test_left")))
    page.append(row(texts.t("slip_test_center"), CENTER))
    page.append(row(texts.t("slip_test_right"), RIGHT))
    page.append(row(texts.t("slip_test_bold"), BOLD))
    page.append(row(texts.t("slip_test_double"), DOUBLE | CENTER))
    for start in range(0x20, 0x7F, COLUMNS):
        page.append(row("".join([chr(code) for code in range(start, min(start + COLUMNS, 0x7F))])))
    page.append(row(_CHINESE, CENTER))
    # A square leaves half of its place white: the second row has its squares where the first has none.
    page.append((0, black * (COLUMNS // len(black))))
    page.append((0, b" " + black * (COLUMNS // len(black) - 1)))
    page.append(RULE)
    page.extend(pair(texts.t("slip_terminal"), identity["terminal"]))
    page.extend(pair(texts.t("slip_version"), version))
    page.extend(pair(texts.t("slip_serial"), serial))
    page.append((QR, "POS {} {} {}".format(version, identity["terminal"], serial).encode()))
    page.append(row(texts.t("slip_test_end"), CENTER))
    return page
