"""What an operator does at the terminal, step by step: tables for `Day.do`, see round.py."""

import asyncio

from tools.bench.merchant import WALLET
from tools.bench.stand import LONG_S, LOOK_S

_SETTLE_TIME_TAG = "31"
_HOUR_S = 3600

# What several have in common

_REASON = ("choose", "title_reason", "why_06")
# From the supervisor's PIN to the idle screen.
_APPROVED = (("pin", "00", "prompt_approval"), _REASON, ("confirm",))
_AMOUNTS = (("on", "title_min", "1 00 ENTER"), ("on", "title_max", "9 0 0 00 ENTER"))
# A list was found: its first transaction, and out again.
_FOUND = (
    ("on", "title_records", "ENTER"),
    ("on", "tx_approved", "CANCEL"),
    ("on", "title_records", "CANCEL"),
    ("idle",),
)


def _void_of_last(entry):
    """Of what was last, with the supervisor's PIN."""
    return (("menu", entry), ("on", "hint_original", "ENTER"), *_APPROVED)


def _settlement(result):
    return (
        ("menu", "menu_settle"),
        ("on", "settle_debit", "ENTER"),
        ("on", "ask_settle", "ENTER"),
        ("on", result, "ENTER", LONG_S),
        ("printed",),
    )


SALE = (("sell", "12340", WALLET),)
BALANCE = (("menu", "menu_balance"), ("card",), ("on", "balance_result", "ENTER"))
VOID = _void_of_last("menu_void")

# Of a sale that is picked from the list.
VOID_BY_LIST = (
    ("sell", "4300", WALLET),
    ("menu", "menu_void"),
    ("on", "hint_original", "DOWN"),
    ("choose", "title_void", "find_list"),
    ("on_word", "43.00", "ENTER"),
    ("on", "hint_yes_no", "ENTER"),
    *_APPROVED,
)

PREAUTH = (("menu", "menu_preauth"), ("on_word", "0.00", "2 0 0 00 ENTER"), ("card", WALLET), ("confirm",))
COMPLETION = (
    ("menu", "menu_completion"),
    ("on", "hint_original", "ENTER"),
    ("on_word", "0.00", "1 6 8 00 ENTER"),
    ("confirm",),
)
COMPLETION_VOID = _void_of_last("menu_compl_void")
PREAUTH_VOID = _void_of_last("menu_preauth_void")


async def qr_scan(day, merchant):
    await day.do(("menu", "menu_qr_scan"), ("on_word", "0.00", "8 00 ENTER"))
    await day.scan(merchant.wallet_code())
    await day.confirm()


async def qr_show(day, merchant):
    await day.do(
        ("menu", "menu_qr_show"),
        ("on_word", "0.00", "1 2 5 0 ENTER"),
        ("on", "hint_yes_no", "ENTER"),
        ("see", "qr_cancel", LONG_S),
    )
    while not merchant.pay(1250):
        await asyncio.sleep(LOOK_S)
    await day.on("hint_tear", "ENTER", LONG_S)


# The list, one transaction, its slip once more.
DETAILS = (
    ("menu", "menu_details"),
    ("on", "title_records", "DOWN DOWN DOWN DOWN UP UP UP UP ENTER"),
    ("on_word", "12.50", "DOWN DOWN ENTER"),
    ("on", "ask_reprint", "ENTER"),
    ("choose", "title_reprint", "slip_customer_copy"),
    ("on", "type_qr", "CANCEL"),
    ("on", "title_records", "CANCEL"),
)


async def find(day, merchant):
    """By voucher number, by kind, by time, by amount."""
    await day.do(
        ("menu", "menu_find"),
        ("choose", "title_find", "menu_by_voucher"),
        ("on", "prompt_voucher", f"{_last_voucher(merchant)} ENTER"),
        ("on", "tx_approved", "CANCEL"),
        ("menu", "menu_find"),
        ("choose", "title_find", "menu_by_kind"),
        ("choose", "title_kind", "menu_kind_qr"),
        *_FOUND,
        ("menu", "menu_find"),
        ("choose", "title_find", "menu_by_when"),
        ("on", "prompt_since", "0 1 0 1 ENTER"),
        ("on", "prompt_until", "ENTER"),
        *_FOUND,
        ("menu", "menu_find"),
        ("choose", "title_find", "menu_by_sum"),
        *_AMOUNTS,
        *_FOUND,
    )


def _last_voucher(merchant):
    """Of the last sale that was approved."""
    rows = merchant.sql("SELECT trace FROM transactions WHERE code = '00' AND kind = 'sale' ORDER BY id DESC")
    return rows[0]["trace"]


TOTALS = (
    ("menu", "menu_totals"),
    ("on", "title_totals", "DOWN ENTER"),
    ("on", "ask_print_totals", "ENTER"),
    ("printed",),
    ("keys", "CANCEL"),
)
PRINT_LIST = (("menu", "menu_print_list"), ("choose", "title_print", "menu_print_batch"), ("printed",))
PRINT_SOME = (
    ("menu", "menu_print_list"),
    ("choose", "title_print", "menu_print_some"),
    ("choose", "title_kind", "menu_kind_all"),
    ("choose", "title_when", "menu_any_time"),
    ("choose", "title_sum", "menu_from_to"),
    *_AMOUNTS,
    ("printed",),
)
REPRINT = (
    ("menu", "menu_reprint"),
    ("choose", "title_reprint", "menu_re_last"),
    ("choose", "title_reprint", "slip_merchant_copy"),
    ("printed",),
)
SETTLEMENT = _settlement("settled_equal")
REPRINT_SETTLEMENT = (("menu", "menu_reprint"), ("choose", "title_reprint", "menu_re_settled"), ("printed",))

# A part of a settled sale, picked from the list.
REFUND = (
    ("menu", "menu_refund"),
    ("choose", "title_refund", "find_list"),
    ("on_word", "/", "ENTER"),
    ("on", "hint_yes_no", "ENTER"),
    ("on_word", "0.00", "3 00 ENTER"),
    ("pin",),
    _REASON,
    ("confirm",),
)


async def settlement_by_upload(day, merchant):
    """The host has lost sight of one sale."""
    await day.sell("200", WALLET)
    merchant.sql("UPDATE transactions SET batch = batch + 90 WHERE amount_minor = 200")
    await day.do(*_settlement("settled_differed"))


async def sign_off(day, merchant):
    """And on again, with the parameter for the settlement of the day: an hour from now."""
    hour = (int(merchant.now().strftime("%H")) + 1) % 24
    merchant.parameter(_SETTLE_TIME_TAG, f"{hour:02d}{merchant.now():%M}")
    await day.do(
        ("menu", "menu_sign_off"),
        ("on", "ask_sign_off", "ENTER"),
        ("on", "signed_off", "ENTER"),
        ("log_in", "01"),
    )


async def daily_settlement(day, _merchant):
    """A sale, and two hours later it is settled with nobody there."""
    await day.do(("keys", "5 00 ENTER"), ("card", WALLET), ("on", "hint_yes_no", "ENTER"), ("see", "hint_tear"))
    day.circuit.rtc_set(day.circuit.rtc_get() + 2 * _HOUR_S)
    await day.do(("keys", "ENTER"), ("see", "settled_equal", 2 * LONG_S), ("printed", 3))
