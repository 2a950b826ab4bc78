"""QR codes: the customer's is scanned or keyed, its unknown result is asked for and never left open; the merchant's is
drawn, read by a decoder that is not ours, and paid."""

from proof.counter import RICH
from proof.scenarios_void import balance, void_last

PROVED = ("code_with_unknown_result", "code_is_shown_and_paid", "code_is_shown_and_withdrawn", "foreign_codes")


async def code_with_unknown_result(counter):
    """The first answer is lost: the host is asked, and has it. Then all are lost: cancelled, and nothing is open."""
    counter.impatient()
    await counter.sign_on()
    await begin_scan(counter, "800")
    await counter.scan(counter.wallet_code())
    await counter.wait_for(counter.t("hint_ok"), counter.t("hint_yes_no"))
    await counter.lose_answers(1)
    await counter.keys("ENTER")
    await counter.see("approved", within_s=120, amount="8.00", trace="000003")
    await counter.take_slips()
    assert balance(counter, RICH) == 100_000 - 800
    await begin_scan(counter, "900")
    await counter.keys(f"{' '.join(counter.wallet_code())} ENTER")  # keyed this time
    await counter.wait_for(counter.t("hint_ok"), counter.t("hint_yes_no"))
    await counter.faults(host="down")
    await counter.keys("ENTER")
    await counter.wait_for(counter.t("not_sent"), within_s=120)
    await counter.faults(host="up")
    await counter.keys("ENTER")
    await counter.see_idle()
    assert balance(counter, RICH) == 100_000 - 800
    await void_last(counter)
    await counter.audit()
    assert balance(counter, RICH) == 100_000
    kinds = counter.sql("SELECT kind, entry_mode FROM transactions WHERE code = '00' ORDER BY id")
    assert [(row["kind"], row["entry_mode"]) for row in kinds] == [("sale", "032"), ("void", "032")]


async def code_is_shown_and_paid(counter):
    """The code has merchant, amount and number in it; the payment is noticed by asking; a void takes it back."""
    await counter.sign_on()
    await begin_show(counter, "1250")
    shown = await counter.read_code()
    assert "12.50" in shown and "100000000000001" in shown and "10000001" in shown
    counter.pay(shown)
    await counter.see("approved", within_s=30, amount="12.50", trace="000003")
    await counter.take_slips()
    assert balance(counter, RICH) == 100_000 - 1250
    await void_last(counter)
    await counter.audit()
    assert balance(counter, RICH) == 100_000


async def code_is_shown_and_withdrawn(counter):
    """CANCEL ends it for certain: who scans it afterwards cannot pay it any more."""
    from tools.host.wallet.pay import Refused

    await counter.sign_on()
    await begin_show(counter, "700")
    shown = await counter.read_code()
    await counter.keys("CANCEL")
    await counter.see("qr_not_paid", within_s=60)
    await counter.keys("ENTER")
    await counter.see_idle()
    try:
        counter.pay(shown)
    except Refused as refused:
        assert (refused.problem, refused.code) == ("declined", "68"), refused
    else:
        raise AssertionError("a withdrawn code was paid")
    assert await counter.audit() == []
    assert balance(counter, RICH) == 100_000


async def foreign_codes(counter):
    """WeChat's, Alipay's and UnionPay's codes are known for what they are, and refused; nothing is sent."""
    await counter.sign_on()
    await begin_scan(counter, "500")
    for code, key in (
        ("134567890123456789", "qr_wechat"),
        ("281234567890123456", "qr_alipay"),
        ("6212345678901234567", "qr_unionpay"),
    ):
        await counter.scan(code)
        await counter.see(key)
        await counter.keys("ENTER")
    await counter.see("cancelled")
    await counter.keys("ENTER")
    await counter.see_idle()
    assert await counter.audit() == []
    assert counter.sql("SELECT count(*) AS n FROM transactions")[0]["n"] == 0


# Steps


async def begin_scan(counter, digits):
    await counter.menu("menu_qr_scan")
    await counter.wait_for("0.00")
    await counter.keys(f"{' '.join(digits)} ENTER")
    await counter.see("prompt_qr")


async def begin_show(counter, digits):
    await counter.menu("menu_qr_show")
    await counter.wait_for("0.00")
    await counter.keys(f"{' '.join(digits)} ENTER")
    await counter.yes()
    if counter.cols == 20:
        await counter.see("qr_paper_only")
        await counter.keys("ENTER")
        await counter.see("qr_on_paper", amount=digits[:-2] + "." + digits[-2:])
    else:
        await counter.wait_for(counter.t("qr_cancel"))
    await counter.passing(1)  # it is asked for at once, and only then can it be paid
