"""A restaurant: an amount is held, less is taken, then all of it is given back; what is held is never spent twice."""

from proof.counter import POOR, RICH
from proof.scenarios_void import balance, finish_void

PROVED = ("restaurant", "hold_is_let_go")


async def restaurant(counter):
    """200.00 held, 168.00 taken at the end, and the completion voided because the bill was another table's."""
    await counter.sign_on()
    await hold(counter, "20000", RICH)
    assert (balance(counter, RICH), held(counter, RICH)) == (100_000, 20_000)
    await counter.menu("menu_completion")
    await counter.see("hint_original")
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys("1 6 8 00 ENTER")
    await confirm(counter)
    assert (balance(counter, RICH), held(counter, RICH)) == (100_000 - 16_800, 0)
    await counter.menu("menu_compl_void")
    await counter.see("hint_original")
    await counter.keys("ENTER")
    await finish_void(counter, "09")
    assert balance(counter, RICH) == 100_000
    agreed = await counter.audit()
    assert [row[0] for row in sorted(agreed, key=lambda row: row[2])] == ["preauth", "completion", "completion_void"]


async def hold_is_let_go(counter):
    """What is held cannot be spent; the void of the hold lets it go. More than is held is refused at the terminal."""
    await counter.sign_on()
    await hold(counter, "60", POOR)
    await counter.keys("5 0 ENTER")
    await counter.see("prompt_card")
    await counter.card(POOR)
    await confirm(counter, approved=False)
    await counter.wait_for("51")
    await counter.keys("ENTER")
    await counter.see_idle()
    await counter.menu("menu_completion")
    await counter.see("hint_original")
    await counter.keys("ENTER")
    await counter.wait_for("0.00")
    await counter.keys("6 1")
    await counter.see("amount_too_large", limit="0.60")
    await counter.leave_digits()
    await counter.menu("menu_preauth_void")
    await counter.see("hint_original")
    await counter.keys("ENTER")
    await finish_void(counter, "06")
    assert (balance(counter, POOR), held(counter, POOR)) == (100, 0)
    await counter.sell("100", POOR)
    await counter.audit()
    assert balance(counter, POOR) == 0


# Steps


def held(counter, number):
    return counter.sql("SELECT held_minor FROM accounts WHERE number = :number", number=number)[0]["held_minor"]


async def hold(counter, digits, number):
    await counter.menu("menu_preauth")
    await counter.wait_for("0.00")
    await counter.keys(f"{' '.join(digits)} ENTER")
    await counter.see("prompt_card")
    await counter.card(number)
    await confirm(counter)


async def confirm(counter, approved=True):
    await counter.yes()
    if approved:
        await counter.take_slips()
