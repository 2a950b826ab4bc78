"""A sale is voided: the wrong amount noticed too late, the online order out of stock, no right, no paper, no answer."""

from proof.counter import POOR, RICH

PROVED = (
    "wrong_amount_after_approval",
    "web_order_out_of_stock",
    "paper_ends_in_a_void_slip",
    "supervisor_approves",
    "void_refusals",
    "void_after_the_time_limit",
)


async def wrong_amount_after_approval(counter):
    """123.40 was keyed for 12.34: void of the last sale with eight keys beside the PIN, then the right sale."""
    await counter.sign_on()
    await counter.sell("12340")
    await void_last(counter)
    await counter.sell("1234")
    agreed = await counter.audit()
    assert [(kind, amount) for kind, _b, _t, amount in sorted(agreed, key=lambda row: row[2])] == [
        ("sale", 12340),
        ("void", 12340),
        ("sale", 1234),
    ]
    assert balance(counter, RICH) == 100_000 - 1234
    void = counter.sql("SELECT reason, operator, original_id FROM transactions WHERE kind = 'void'")[0]
    assert void["reason"] == "01" and void["operator"].strip() == "01"
    sale = counter.sql("SELECT voided_by FROM transactions WHERE id = :id", id=void["original_id"])[0]
    assert sale["voided_by"], "both records stay, marked"


async def web_order_out_of_stock(counter):
    """An order made online is paid in the shop under its number, then the goods are not there: found by the order."""
    counter.parameter("35", "1")
    await counter.sign_on()
    await counter.keys("5 0 0 ENTER")
    await counter.see("prompt_order_none")
    await counter.keys("2 0 2 6 0 4 2 ENTER")
    await counter.see("prompt_card")
    await counter.card(RICH)
    await counter.yes()
    await counter.take_slips()
    await counter.menu("menu_void")
    await counter.see("hint_original")
    await counter.keys("DOWN")
    await counter.choose(counter.t("find_order"))
    await counter.keys("2 0 2 6 0 4 2 ENTER")
    await counter.wait_for("5.00")
    await counter.keys("ENTER")
    await counter.see("hint_yes_no")
    await counter.keys("ENTER")
    await finish_void(counter, "08")
    await counter.audit()
    rows = counter.sql("SELECT kind, order_number, reason FROM transactions WHERE code = '00' AND amount_minor = 500")
    assert [(row["kind"], row["order_number"]) for row in rows] == [("sale", "2026042"), ("void", "2026042")]
    assert rows[1]["reason"] == "08" and balance(counter, RICH) == 100_000


async def paper_ends_in_a_void_slip(counter):
    """The void stands whatever the printer does; the slip comes whole after the roll was changed, and says it began."""
    await counter.sign_on()
    await counter.sell("777")
    await begin_void(counter)
    await counter.pin()
    await counter.choose(counter.t("why_01"))
    await counter.see("hint_yes_no")
    printed = len(await counter.slips())
    await counter.keys("ENTER")
    await counter.paper_ends_in_slip(6)
    await counter.see("ask_printer_paper")
    assert balance(counter, RICH) == 100_000, "the void stands"
    await counter.faults(paper="ok")
    await counter.keys("ENTER")
    await counter.take_slips()
    slips = (await counter.slips())[printed:]
    assert counter.paper("slip_begun_again") in "".join(slips)
    await counter.audit()


async def supervisor_approves(counter):
    """Where operators may not void alone, the supervisor's PIN on the spot makes up for it; both are on record."""
    await counter.sign_on("00")
    await counter.see("idle_no_sale")
    await counter.menu("menu_settings")
    await counter.choose(counter.t("set_void_by"))
    await counter.choose(counter.t("set_void_by_supervisor"))
    await counter.see("saved")
    await counter.keys("CANCEL CANCEL")
    await counter.see("idle_no_sale")
    await counter.menu("menu_log_out")
    await counter.sign_on("01")
    await counter.sell("2500")
    await begin_void(counter)
    await counter.see("prompt_approval")
    await counter.keys("CANCEL")  # the supervisor is not there
    await counter.see("cancelled")
    await counter.keys("ENTER")
    await counter.see_idle()
    await begin_void(counter)
    await counter.see("prompt_approval")
    await counter.pin("00")
    await finish_void(counter, "06", asked=False)
    await counter.audit()
    void = counter.sql("SELECT operator, approver FROM transactions WHERE kind = 'void'")[0]
    assert (void["operator"].strip(), void["approver"].strip()) == ("01", "00")


async def void_refusals(counter):
    """Of a void, of a voided and of a declined sale, of one that is not there: each says why, and what to do."""
    await counter.sign_on()
    await counter.sell("100")
    await void_last(counter)
    await refused_void(counter, await last_voucher(counter, "sale"), "no_void_already_voided")
    await refused_void(counter, await last_voucher(counter, "void"), "no_void_not_voidable")
    await refused_void(counter, 999, "no_void_not_found")
    await counter.keys("5 0 0 ENTER")
    await counter.see("prompt_card")
    await counter.card(POOR)
    await counter.yes()
    await counter.wait_for("51")
    await counter.keys("ENTER")
    await counter.see_idle()
    await refused_void(counter, await last_voucher(counter, "sale"), "no_void_not_approved")
    await counter.audit()


async def void_after_the_time_limit(counter):
    """A day and an hour later the batch is still open, but the merchant's limit of 24 hours is over: refund instead."""
    await counter.sign_on()
    await counter.sell("4200")
    await counter.hours_pass(25)
    await begin_void(counter)
    if not counter.virtual:  # only the host's clock has moved on: it is the judge
        await counter.allow("06")
        await counter.wait_for("68")
        await counter.keys("ENTER")
    await counter.see("ask_refund_too_late", hours=24)
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys("4 2 00 ENTER")
    await counter.allow("06")
    await counter.take_slips()
    await counter.audit()
    assert balance(counter, RICH) == 100_000
    kinds = [row["kind"] for row in counter.sql("SELECT kind FROM transactions WHERE code = '00' ORDER BY id")]
    assert kinds == ["sale", "refund"], kinds


# Steps


def balance(counter, number):
    return counter.sql("SELECT balance_minor FROM accounts WHERE number = :number", number=number)[0]["balance_minor"]


async def last_voucher(counter, kind):
    """Trace number of the latest transaction of that kind, as the host has it."""
    rows = counter.sql("SELECT trace FROM transactions WHERE kind = :kind ORDER BY id DESC", kind=kind)
    return rows[0]["trace"]


async def begin_void(counter):
    """From the idle screen to the PIN, for the last sale: MENU 2 1 ENTER."""
    await counter.keys("MENU 2 1")
    await counter.see("hint_original")
    await counter.keys("ENTER")


async def finish_void(counter, reason, asked=True):
    """From the PIN (asked) or the reason to the idle screen."""
    if asked:
        await counter.see("prompt_pin")
        await counter.pin()
    await counter.choose(counter.t("why_" + reason))
    await counter.see("hint_yes_no")
    await counter.keys("ENTER")
    await counter.take_slips()


async def void_last(counter, reason="01"):
    await begin_void(counter)
    await finish_void(counter, reason)


async def refused_void(counter, voucher, key):
    """By its voucher number; the screen says why not."""
    await counter.menu("menu_void")
    await counter.settle_screen()
    if not any(row.startswith(">") for row in await counter.rows()):
        await counter.keys("DOWN")  # the last sale is offered: another one
    await counter.choose(counter.t("find_voucher"))
    await counter.keys(f"{' '.join(str(voucher))} ENTER")
    if key != "no_void_not_found":
        await counter.see("hint_yes_no")  # what it is, before why not
        await counter.keys("ENTER")
    await counter.see(key)
    await counter.leave()
