"""What an operator does at the terminal, step by step; see round.py."""

import asyncio

from tools.bench.merchant import WALLET
from tools.bench.stand import LONG_S, LOOK_S

_SETTLE_TIME_TAG = "31"
_HOUR_S = 3600


async def sale(day, _merchant):
    await day.sell("12340", WALLET)


async def balance(day, _merchant):
    await day.menu("menu_balance")
    await day.card()
    await day.see("balance_result")
    await day.keys("ENTER")
    await day.see("idle_ready")


async def void(day, _merchant):
    """Of the last sale, with the supervisor's PIN."""
    await day.menu("menu_void")
    await day.see("hint_original")
    await day.keys("ENTER")
    await day.pin("00", "prompt_approval")
    await _reason(day)
    await day.confirm()


async def void_by_list(day, _merchant):
    """Of a sale that is picked from the list."""
    await day.sell("4300", WALLET)
    await day.menu("menu_void")
    await day.see("hint_original")
    await day.keys("DOWN")
    await day.choose("title_void", "find_list")
    await day.see_word("43.00")
    await day.keys("ENTER")
    await day.see("hint_yes_no")
    await day.keys("ENTER")
    await day.pin("00", "prompt_approval")
    await _reason(day)
    await day.confirm()


async def _reason(day):
    await day.choose("title_reason", "why_06")


async def preauth(day, _merchant):
    await day.menu("menu_preauth")
    await day.see_word("0.00")
    await day.keys("2 0 0 00 ENTER")
    await day.card(WALLET)
    await day.confirm()


async def completion(day, _merchant):
    await day.menu("menu_completion")
    await day.see("hint_original")
    await day.keys("ENTER")
    await day.see_word("0.00")
    await day.keys("1 6 8 00 ENTER")
    await day.confirm()


async def completion_void(day, _merchant):
    await _void_of(day, "menu_compl_void")


async def preauth_void(day, _merchant):
    await _void_of(day, "menu_preauth_void")


async def _void_of(day, key):
    await day.menu(key)
    await day.see("hint_original")
    await day.keys("ENTER")
    await day.pin("00", "prompt_approval")
    await _reason(day)
    await day.confirm()


async def qr_scan(day, merchant):
    await day.menu("menu_qr_scan")
    await day.see_word("0.00")
    await day.keys("8 00 ENTER")
    await day.scan(merchant.wallet_code())
    await day.confirm()


async def qr_show(day, merchant):
    await day.menu("menu_qr_show")
    await day.see_word("0.00")
    await day.keys("1 2 5 0 ENTER")
    await day.see("hint_yes_no")
    await day.keys("ENTER")
    await day.see("qr_cancel", LONG_S)
    while not merchant.pay(1250):
        await asyncio.sleep(LOOK_S)
    await day.see("hint_tear", LONG_S)
    await day.keys("ENTER")
    await day.see("idle_ready")


async def details(day, _merchant):
    """The list, one transaction, its slip once more."""
    await day.menu("menu_details")
    await day.see("title_records")
    await day.keys("DOWN DOWN DOWN DOWN UP UP UP UP ENTER")
    await day.see_word("12.50")
    await day.keys("DOWN DOWN ENTER")
    await day.see("ask_reprint")
    await day.keys("ENTER")
    await day.choose("title_reprint", "slip_customer_copy")
    await day.see("type_qr")
    await day.keys("CANCEL")
    await day.see("title_records")
    await day.keys("CANCEL")
    await day.see("idle_ready")


async def find(day, merchant):
    """By voucher number, by kind, by time, by amount."""
    await day.menu("menu_find")
    await day.choose("title_find", "menu_by_voucher")
    await day.see("prompt_voucher")
    await day.keys(f"{_last_voucher(merchant)} ENTER")
    await day.see("tx_approved")
    await day.keys("CANCEL")
    await day.menu("menu_find")
    await day.choose("title_find", "menu_by_kind")
    await day.choose("title_kind", "menu_kind_qr")
    await _found(day)
    await day.menu("menu_find")
    await day.choose("title_find", "menu_by_when")
    await day.see("prompt_since")
    await day.keys("0 1 0 1 ENTER")
    await day.see("prompt_until")
    await day.keys("ENTER")
    await _found(day)
    await day.menu("menu_find")
    await day.choose("title_find", "menu_by_sum")
    await day.see("title_min")
    await day.keys("1 00 ENTER")
    await day.see("title_max")
    await day.keys("9 0 0 00 ENTER")
    await _found(day)


def _last_voucher(merchant):
    """Of the last sale that was approved."""
    rows = merchant.sql("SELECT trace FROM transactions WHERE code = '00' AND kind = 'sale' ORDER BY id DESC")
    return rows[0]["trace"]


async def _found(day):
    await day.see("title_records")
    await day.keys("ENTER")
    await day.see("tx_approved")
    await day.keys("CANCEL")
    await day.see("title_records")
    await day.keys("CANCEL")
    await day.see("idle_ready")


async def totals(day, _merchant):
    before = len(day.slips())
    await day.menu("menu_totals")
    await day.see("title_totals")
    await day.keys("DOWN ENTER")
    await day.see("ask_print_totals")
    await day.keys("ENTER")
    await day.printed(before)
    await day.keys("CANCEL")
    await day.see("idle_ready")


async def print_list(day, _merchant):
    before = len(day.slips())
    await day.menu("menu_print_list")
    await day.choose("title_print", "menu_print_batch")
    await day.printed(before)
    await day.see("idle_ready")


async def print_some(day, _merchant):
    before = len(day.slips())
    await day.menu("menu_print_list")
    await day.choose("title_print", "menu_print_some")
    await day.choose("title_kind", "menu_kind_all")
    await day.choose("title_when", "menu_any_time")
    await day.choose("title_sum", "menu_from_to")
    await day.see("title_min")
    await day.keys("1 00 ENTER")
    await day.see("title_max")
    await day.keys("9 0 0 00 ENTER")
    await day.printed(before)
    await day.see("idle_ready")


async def reprint(day, _merchant):
    before = len(day.slips())
    await day.menu("menu_reprint")
    await day.choose("title_reprint", "menu_re_last")
    await day.choose("title_reprint", "slip_merchant_copy")
    await day.printed(before)
    await day.see("idle_ready")


async def reprint_settlement(day, _merchant):
    before = len(day.slips())
    await day.menu("menu_reprint")
    await day.choose("title_reprint", "menu_re_settled")
    await day.printed(before)
    await day.see("idle_ready")


async def settlement(day, _merchant):
    await _settle(day, "settled_equal")


async def _settle(day, result):
    before = len(day.slips())
    await day.menu("menu_settle")
    await day.see("settle_debit")
    await day.keys("ENTER")
    await day.see("ask_settle")
    await day.keys("ENTER")
    await day.see(result, LONG_S)
    await day.keys("ENTER")
    await day.printed(before)
    await day.see("idle_ready")


async def refund(day, _merchant):
    """A part of a settled sale, picked from the list."""
    await day.menu("menu_refund")
    await day.choose("title_refund", "find_list")
    await day.see_word("/")
    await day.keys("ENTER")
    await day.see("hint_yes_no")
    await day.keys("ENTER")
    await day.see_word("0.00")
    await day.keys("3 00 ENTER")
    await day.pin()
    await _reason(day)
    await day.confirm()


async def settlement_by_upload(day, merchant):
    """The host has lost sight of one sale."""
    await day.sell("200", WALLET)
    merchant.sql("UPDATE transactions SET batch = batch + 90 WHERE amount_minor = 200")
    await _settle(day, "settled_differed")


async def sign_off(day, merchant):
    """And on again, with the parameter for the settlement of the day: an hour from now."""
    hour = (int(merchant.now().strftime("%H")) + 1) % 24
    merchant.parameter(_SETTLE_TIME_TAG, f"{hour:02d}{merchant.now():%M}")
    await day.menu("menu_sign_off")
    await day.see("ask_sign_off")
    await day.keys("ENTER")
    await day.see("signed_off")
    await day.keys("ENTER")
    await day.log_in("01")


async def daily_settlement(day, _merchant):
    """A sale, and two hours later it is settled with nobody there."""
    await day.keys("5 00 ENTER")
    await day.card(WALLET)
    await day.see("hint_yes_no")
    await day.keys("ENTER")
    await day.see("hint_tear")
    before = len(day.slips())
    day.circuit.rtc_set(day.circuit.rtc_get() + 2 * _HOUR_S)
    await day.keys("ENTER")
    await day.see("settled_equal", 2 * LONG_S)
    await day.printed(before + 1)
    await day.see("idle_ready")
