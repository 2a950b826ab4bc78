"""The screens that are kept as golden files: each widget as it first shows, on each display and in each language."""

from pos.ui import amount, confirm, digits, listing, menu, message
from pos.ui.leave import IdleTimeout
from ui.desk import Desk, hd44780, st7920

GOLDEN = {
    "screens_st7920_en.txt": (st7920, "en"),
    "screens_st7920_zh.txt": (st7920, "zh"),
    "screens_hd44780_en.txt": (hd44780, "en"),
}

_MENU = ("sale", "balance", "reprint", "check", "settings", "sign_off")
# Texts shown as a whole screen, with the widest values they can have.
_MESSAGES = (
    ("cancelled", {}),
    ("login_wrong_pin", {"left": 2}),
    ("approved", {"amount": "9999999.99", "trace": "000027"}),
    ("pending", {}),
    ("reversed", {}),
    ("blocked", {}),
    ("approved_void", {"amount": "9999999.99", "trace": "000027"}),
    ("approved_refund", {"amount": "9999999.99", "trace": "000027"}),
    ("no_void_already_voided", {}),
    ("no_void_not_found", {}),
    ("void_reversed", {}),
    ("void_pending", {}),
    ("refund_pending", {}),
    ("balance_result", {"card": "620000******0013", "balance": "987.66"}),
)


def written(name):
    """The lines of a golden file, in GB2312: a heading and the display's rows between bars for each screen. Defined
    glyphs are written as circled numbers."""
    make, language = GOLDEN[name]
    lines = []
    for heading, cells in _screens(make, language):
        lines.append(b"== " + heading.encode())
        for row in cells:
            lines.append(b"|" + _visible(row) + b"|")
    return lines


def _screens(make, language):
    """Yields (heading, rows of cells)."""
    probe = Desk(make(), language).ui
    take_back = {"what": probe.t("what_completion_void"), "time": "15:09", "amount": "9999999.99"}
    take_back["why"] = probe.t("why_05")
    reasons = [probe.t("declined", code=code) + "\n" + probe.t("reason_" + code) for code in ("51", "62", "A0")]
    causes = [probe.t("not_sent") + "\n" + probe.t("cause_" + cause) for cause in ("wifi", "certificate", "name")]

    def after(widget_of, keys):
        desk = Desk(make(), language, idle_ms=5000)
        try:
            desk.play(widget_of(desk.ui), keys)
        except IdleTimeout:
            pass
        return desk.display.cells

    def at_sale(ui):
        return amount.enter(ui, ui.t("title_sale"))

    def at_refund(ui):
        return amount.enter(ui, ui.t("title_refund"), about=ui.t("amount_left", amount="9999999.99"))

    def at_completion(ui):
        return amount.enter(ui, ui.t("title_completion"), about=ui.t("amount_held", amount="9999999.99"))

    def at_confirmation(ui):
        return amount.confirm_large(ui, ui.t("title_sale"), 123456, "620000******0013")

    def at_card(ui):
        return digits.enter(ui, ui.t("title_sale"), ui.t("prompt_card"), 19, 12, card_ok=True)

    def at_pin(ui):
        return digits.enter(ui, ui.t("title_login"), ui.t("prompt_pin"), 8, 4, secret=True)

    def at_menu(ui):
        return menu.choose(ui, ui.t("title_menu"), [ui.t("menu_" + name) for name in _MENU])

    def at_list(ui):
        rows = (("15:09", "12.34"), ("1458", "9999999.99"), ("14:31", "0.01"))
        return listing.choose(ui, lambda _row: ui.t("find_row", trace="000027"), Rows(rows), lambda row: row)

    yield "amount", after(at_sale, ["1", "2", "3", "4"])
    yield "amount: zero", after(at_sale, ["ENTER"])
    yield "amount: too large", after(at_sale, ["9"] * 10)
    yield "amount: leave?", after(at_sale, ["1", "CANCEL"])
    yield "amount: left", after(at_refund, ["1"])
    yield "amount: held", after(at_completion, [])
    yield "confirmation", after(at_confirmation, [])
    yield "card", after(at_card, [])
    yield "card: typed", after(at_card, list("6200000000000013"))
    yield "card: too short", after(at_card, ["6", "ENTER"])
    yield "PIN", after(at_pin, ["2", "4"])
    yield "menu", after(at_menu, ["DOWN"])
    yield "list", after(at_list, ["DOWN", "DOWN"])
    yield "card: leave?", after(at_card, ["6", "CANCEL"])
    yield "take back?", after(lambda ui: confirm.ask(ui, ui.t("ask_take_back", **take_back)), [])
    yield "refund instead?", after(lambda ui: confirm.ask(ui, ui.t("ask_refund_settled")), [])
    yield "question", after(lambda ui: confirm.ask(ui, ui.t("ask_print")), [])
    for key, values in _MESSAGES:
        yield key, after(lambda ui, key=key, values=values: message.show(ui, ui.t(key, **values)), [])
    for text in reasons + causes:
        yield "not approved", after(lambda ui, text=text: message.show(ui, text), [])


class Rows:
    """A list's source that only goes down."""

    def __init__(self, rows):
        self._rest = list(rows)

    def older(self):
        return self._rest.pop(0) if self._rest else None


def _visible(cells):
    out = bytearray()
    for code in cells:
        if code < 8:
            out.append(0xA2)
            out.append(0xD9 + code)
        else:
            out.append(code)
    return bytes(out)
