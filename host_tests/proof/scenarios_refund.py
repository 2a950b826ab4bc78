"""Money given back later than a void can: the next day, in parts, never more than was paid; without an answer."""

from proof.counter import RICH
from proof.scenarios_void import balance

PROVED = ("goods_come_back_next_day", "settled_sale_leads_to_the_refund", "refund_without_an_answer")
NIGHT_S = 15 * 3600


async def goods_come_back_next_day(counter):
    """100.00 paid and settled; the next day 60.00 and 40.00 go back, the host refuses 0.01 more."""
    await counter.sign_on()
    slip = await counter.sell("10000")
    reference = field(counter, slip, "slip_rrn")
    day = field(counter, slip, "slip_time")[5:10].replace("-", "")
    await counter.settle()
    await counter.overnight(NIGHT_S)
    await refund_from_list(counter, "6000")
    await refund_from_list(counter, "4000")
    await counter.menu("menu_refund")
    await counter.choose(counter.t("find_reference"))
    await counter.see("prompt_rrn")
    await counter.keys(f"{' '.join(reference)} ENTER")
    await counter.see("prompt_date")
    await counter.keys(f"{' '.join(day)} ENTER")
    await counter.see("prompt_card")
    await counter.card(RICH)
    await counter.wait_for("0.00")
    await counter.keys("1 ENTER")
    await counter.allow("07")
    await counter.wait_for("61")
    await counter.keys("ENTER")
    await counter.see_idle()
    await counter.audit()
    assert balance(counter, RICH) == 100_000
    rows = counter.sql("SELECT amount_minor, code, reason FROM transactions WHERE kind = 'refund' ORDER BY id")
    assert [(row["amount_minor"], row["code"]) for row in rows] == [(6000, "00"), (4000, "00"), (1, "61")]
    sale = counter.sql("SELECT refunded_minor, voided_by FROM transactions WHERE kind = 'sale'")[0]
    assert sale == {"refunded_minor": 10_000, "voided_by": None}


async def settled_sale_leads_to_the_refund(counter):
    """The void of a settled sale is refused with the way that is right now, and goes on there, the sale filled in."""
    await counter.sign_on()
    slip = await counter.sell("1500")
    await counter.settle()
    await counter.menu("menu_void")
    await counter.choose(counter.t("find_voucher"))
    await counter.keys(f"{' '.join(field(counter, slip, 'slip_voucher'))} ENTER")
    await counter.see("hint_yes_no")
    await counter.keys("ENTER")
    await counter.see("ask_refund_settled")
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys("1 5 00 ENTER")
    await counter.allow("07")
    await counter.take_slips()
    await counter.audit()
    assert balance(counter, RICH) == 100_000
    kinds = [row["kind"] for row in counter.sql("SELECT kind FROM transactions WHERE code = '00' ORDER BY id")]
    assert kinds == ["sale", "refund"], kinds


async def refund_without_an_answer(counter):
    """The answer is lost: the refund is kept, goes out again by itself, is paid once, and its slip is printed then."""
    counter.impatient()
    await counter.sign_on()
    await counter.sell("2000")
    await counter.settle()
    await counter.faults(response="drop")
    await begin_refund(counter, "500")
    await counter.allow("07")
    await counter.see("refund_pending", within_s=90)
    await counter.faults(response="pass")
    await counter.keys("ENTER")
    await counter.see("approved_refund", within_s=120, amount="5.00", trace=await voucher_of_refund(counter))
    await counter.take_slips()
    await counter.audit()
    assert balance(counter, RICH) == 100_000 - 1500
    assert len(counter.sql("SELECT id FROM transactions WHERE kind = 'refund'")) == 1


# Steps


def field(counter, slip, key):
    """Value of a slip's row with this label."""
    label = counter.paper(key)
    rows = [row for row in slip.splitlines() if row.startswith(label)]
    assert rows, (label, slip)
    return rows[0][len(label) :].strip()


async def voucher_of_refund(counter):
    return "{:06d}".format(counter.sql("SELECT trace FROM transactions WHERE kind = 'refund'")[0]["trace"])


async def begin_refund(counter, digits):
    """The newest sale of the list, so much of it."""
    await counter.menu("menu_refund")
    await counter.choose(counter.t("find_list"))
    await counter.settle_screen()
    await counter.keys("ENTER")
    await counter.see("hint_yes_no")
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys(f"{' '.join(digits)} ENTER")


async def refund_from_list(counter, digits):
    await begin_refund(counter, digits)
    await counter.allow("07")
    await counter.take_slips()
