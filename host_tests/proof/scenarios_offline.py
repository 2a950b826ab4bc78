"""The host is away for a while: small sales are made without it, and the day ends as if it had been there."""

from proof.counter import RICH
from proof.scenarios_void import balance

PROVED = ("host_is_away_for_a_while",)
FLOOR = "38"


async def host_is_away_for_a_while(counter):
    """Two sales without the host, one refused above the limit, a void that must wait; then all is sent, one is voided,
    and the batch is settled equal."""
    counter.parameter(FLOOR, "5000")
    await counter.sign_on()
    await counter.sell("1000")
    await counter.faults(host="down")
    await sell_offline(counter, "1234", 1)
    await sell_offline(counter, "50 00", 2)
    await key(counter, "50 01")
    await counter.see("no_offline_amount", limit="50.00")
    await counter.keys("ENTER")
    await counter.see("idle_offline", count=2)
    await counter.menu("menu_void")
    await counter.see("offline_still", within_s=60, count=2)
    await counter.keys("ENTER")
    assert len(standing(counter)) == 1
    await counter.faults(host="up")
    await counter.wait_for(counter.t("idle_ready").split("\n")[-1], within_s=300)
    assert [row["amount_minor"] for row in standing(counter)] == [1000, 1234, 5000]
    await counter.menu("menu_void")
    await counter.wait_for("50.00")
    await counter.keys("ENTER")
    await counter.allow("06")
    await counter.take_slips()
    slip = await counter.settle()
    assert counter.paper("slip_type_offline") + " x 2" in slip
    agreed = await counter.audit()
    assert [(kind, amount) for kind, _batch, _trace, amount in agreed] == [
        *(("offline", 1234), ("offline", 5000), ("sale", 1000), ("void", 5000)),
    ]
    assert balance(counter, RICH) == 100_000 - 2234


def standing(counter):
    return counter.sql("SELECT amount_minor FROM transactions WHERE code = '00' ORDER BY id")


async def key(counter, digits):
    """A sale up to the confirmation, which is given."""
    for word in digits.split():
        await counter.keys(word if word == "00" else " ".join(word))
    await counter.keys("ENTER")
    await counter.see("prompt_card")
    await counter.card(RICH)
    await counter.yes()


async def sell_offline(counter, digits, waiting):
    before = len(await counter.slips())
    await key(counter, digits)
    amount = "12.34" if digits == "1234" else "50.00"
    await counter.see("ask_offline", amount=amount)
    await counter.keys("ENTER")
    await counter.see("hint_tear")
    await counter.keys("ENTER")
    await counter.see("idle_offline", count=waiting)
    slip = (await counter.slips())[before]
    assert counter.paper("slip_unsent") in slip and counter.paper("slip_rrn") not in slip
