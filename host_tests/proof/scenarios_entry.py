"""A wrong amount, noticed while typing or when it is too late for that."""

from proof.counter import RICH

PROVED = ("wrong_amount_while_typing",)


async def wrong_amount_while_typing(counter):
    """CLEAR takes digits back, CANCEL asks first; nothing is sent, an audit line stays, the right amount follows."""
    await counter.sign_on()
    await counter.keys("1 2 3 4 5")
    await counter.wait_for("123.45")
    await counter.keys("CLEAR CLEAR")
    await counter.wait_for("1.23")
    await counter.keys("CANCEL")
    await counter.see("ask_cancel_amount")
    await counter.keys("CANCEL")  # no: the digits stay
    await counter.wait_for("1.23")
    await counter.keys("CANCEL")
    await counter.see("ask_cancel_amount")
    await counter.keys("ENTER")
    await counter.see("cancelled")
    await counter.keys("ENTER")
    await counter.see_idle()
    assert counter.sql("SELECT count(*) AS n FROM transactions")[0]["n"] == 0
    slip = await counter.sell("1234")
    assert "12.34" in slip and RICH not in slip
    agreed = await counter.audit()
    assert [(kind, amount) for kind, _batch, _trace, amount in agreed] == [("sale", 1234)]
    audits = [r for r in (await counter.journal()).scan() if r["kind"] == "audit" and r["what"] == "cancelled"]
    assert len(audits) == 1 and audits[0]["operator"] == "01"
