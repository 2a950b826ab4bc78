"""The end of the day: sixty mixed transactions settled equal; totals that were made to differ, settled by upload."""

from proof.counter import PLENTY, RICH
from proof.scenarios_refund import begin_refund
from proof.scenarios_void import begin_void

PROVED = ("day_of_sixty", "totals_made_to_differ")

DAYS_SALES = 9  # of each of the four rounds


async def day_of_sixty(counter):
    """Four rounds of sales by card and code, voids, a refund, a hold with its completion, a decline: settled equal."""
    # One copy, and voids by the dozen are what this day is about.
    counter.parameter("17", "1")
    counter.parameter("80", "0")
    await counter.sign_on()
    for turn in range(4):
        for number in range(DAYS_SALES):
            await sell_one(counter, str(100 + 10 * turn + number), PLENTY if number % 2 else RICH)
        await void_one(counter)
        await refund_one(counter)
        await hold_one(counter)
        await by_code(counter, "250")
        await declined(counter)
    counter.forget_seen()
    done = counter.sql("SELECT count(*) AS n FROM transactions WHERE mti <> '0400'")[0]["n"]
    assert done >= 60, done
    slip = await counter.settle()
    assert counter.paper("slip_equal") in slip
    agreed = await counter.audit()
    kinds = [row[0] for row in agreed]
    assert kinds.count("sale") == 4 * (DAYS_SALES + 1) and kinds.count("void") == kinds.count("refund") == 4
    row = counter.sql("SELECT * FROM settlements WHERE closed_ms IS NOT NULL")[0]
    assert row["result"] == 1 and row["net_minor"] == row["gross_minor"] - row["fee_minor"]
    assert counter.sql("SELECT batch FROM terminals")[0]["batch"] == 2
    assert (await counter.journal()).state["batch"] == 2


async def totals_made_to_differ(counter):
    """The host has lost sight of one sale: compared, found different, uploaded, closed; what differs is on record."""
    await counter.sign_on()
    for digits in ("1000", "200", "30"):
        await counter.sell(digits)
    counter.sql("UPDATE transactions SET batch = 0 WHERE amount_minor = 200")
    slip = await counter.settle("settled_differed")
    assert counter.paper("slip_differed") in slip
    found = counter.sql("SELECT * FROM settlement_differences")
    assert [(row["kind"], row["amount_there_minor"]) for row in found] == [("missing_here", 200)], found
    counter.sql("UPDATE transactions SET batch = 1 WHERE amount_minor = 200")
    await counter.sell("4")
    agreed = await counter.audit()
    assert sorted(amount for _kind, _batch, _trace, amount in agreed) == [4, 30, 200, 1000]


# Steps


async def sell_one(counter, digits, number):
    """A sale with one copy."""
    await counter.keys(f"{' '.join(digits)} ENTER")
    await counter.see("prompt_card")
    await counter.card(number)
    await approved(counter)


async def approved(counter):
    await counter.yes()
    await one_copy(counter)


async def one_copy(counter):
    await counter.see("hint_any_key")
    await counter.keys("CANCEL")
    await counter.see_idle()


async def void_one(counter):
    await begin_void(counter)
    await counter.allow("06")
    await one_copy(counter)


async def refund_one(counter):
    """0.50 of a sale of this batch."""
    await begin_refund(counter, "50")
    await counter.allow("10")
    await one_copy(counter)


async def hold_one(counter):
    """5.00 held, 4.00 taken."""
    await counter.menu("menu_preauth")
    await counter.wait_for("0.00")
    await counter.keys("5 00 ENTER")
    await counter.see("prompt_card")
    await counter.card(PLENTY)
    await approved(counter)
    await counter.menu("menu_completion")
    await counter.see("hint_original")
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys("4 00 ENTER")
    await approved(counter)


async def by_code(counter, digits):
    await counter.menu("menu_qr_scan")
    await counter.wait_for("0.00")
    await counter.keys(f"{' '.join(digits)} ENTER")
    await counter.see("prompt_qr")
    await counter.scan(counter.wallet_code(PLENTY))
    await approved(counter)


async def declined(counter):
    """More than the card has."""
    await counter.keys("5 0 0 0 00 ENTER")
    await counter.see("prompt_card")
    await counter.card(RICH)
    await counter.yes()
    await counter.wait_for("51")
    await counter.keys("ENTER")
    await counter.see_idle()
