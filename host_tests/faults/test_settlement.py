"""Settlement and payment services on the whole terminal with the real host: both books, paper, faults, power cuts."""

import asyncio

import pytest
from faults import station

BOTH = [(station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en")]
SETTLEMENT, UPLOAD = "0500", "0320"


async def settle(desk):
    """From the idle screen to just after the question."""
    await desk.menu(desk.t("menu_settle"))
    await desk.see(desk.t("settle_debit") + " x")
    await desk.keys("ENTER")
    await desk.see(f"{batch(desk):06d}")
    assert str(counted(desk)) in desk.rows()[2]
    await desk.keys("ENTER")


def batch(desk):
    return desk.journal().state["batch"]


def counted(desk):
    return sum(count for count, _minor in desk.journal().state["totals"].values())


async def void_last(desk):
    await desk.menu(desk.t("menu_void"))
    await desk.see_text("hint_original")
    await desk.keys("ENTER")
    await desk.allow("1")
    await desk.take_slips()


def closings(desk):
    return desk.host.execute("SELECT * FROM settlements WHERE closed_ms IS NOT NULL ORDER BY id")


def settled(desk, before, equal=True):
    """Both books after the settlement of batch `before`; the terminal's record of it."""
    assert desk.host.check().balanced, desk.host.check().problems
    state = desk.journal().state
    assert state["settling"] is None and state["totals"] == {} and state["batch"] == before + 1
    (row,) = [row for row in closings(desk) if row["batch"] == before]
    kept = state["settled"]
    assert kept["batch"] == before and kept["result"] == (1 if equal else 2)
    assert row["net_minor"] == kept["net_minor"], (row, kept)
    assert row["gross_minor"] - row["fee_minor"] == row["net_minor"]
    assert desk.taken_minor() == row["net_minor"], "what the merchant has is the net"
    return kept


@pytest.mark.parametrize(("board", "language"), BOTH)
def test_a_batch_is_settled_equal_with_its_slip(tmp_path, board, language):
    async def scenario(desk):
        await desk.sign_on()
        for digits in ("1000", "2500"):
            await desk.sell(digits)
        await void_last(desk)
        before = batch(desk)
        await settle(desk)
        await desk.see(desk.t("settled_equal", batch=f"{before:06d}", amount="").split("\n")[1])
        await desk.see_text("idle_ready")
        kept = settled(desk, before)
        assert kept["totals"] == {"sale": [2, 3500], "void": [1, 2500]} and kept["slips"] == 2
        if language == "en":
            for words in ("SETTLEMENT SLIP", "SALE x 2                   35.00", "VOID x 1                   25.00"):
                assert words in desk.slips()[-1], desk.slips()[-1]
            assert "TOTALS EQUAL" in desk.slips()[-1]
        await desk.sell("300")
        assert desk.journal().state["last"]["batch"] == before + 1

    station.run(scenario, tmp_path, board=board, language=language)


def test_a_batch_that_was_made_to_differ_is_uploaded_and_settled(tmp_path):
    """The host has lost one sale, and has another amount of a second one."""

    async def scenario(desk):
        await desk.sign_on()
        for at in range(10):
            await desk.sell(f"{101 + at}")
        before = batch(desk)
        rows = desk.host.execute("SELECT trace FROM transactions WHERE kind = 'sale' ORDER BY trace")
        lost, other = rows[0]["trace"], rows[1]["trace"]
        desk.host.execute("UPDATE transactions SET code = '05' WHERE trace = :trace", trace=lost)
        desk.host.execute("UPDATE transactions SET amount_minor = 999 WHERE trace = :trace", trace=other)
        await settle(desk)
        await desk.see("DIFFERED, SENT")
        await desk.see_text("idle_ready")
        kept = desk.journal().state["settled"]
        assert kept["result"] == 2 and kept["totals"] == {"sale": [10, 1055]}
        (row,) = closings(desk)
        assert row["batch"] == before and row["result"] == 2 and row["said_items"] == 10
        found = desk.host.execute("SELECT * FROM settlement_differences")
        assert [(one["trace"], one["kind"]) for one in found] == [(lost, "missing_here"), (other, "amount")]
        assert len(desk.host.execute("SELECT * FROM settlement_items")) == 10
        assert "TOTALS DIFFERED, UPLOADED" in desk.slips()[-1]
        await desk.sell("300")

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("mode", ["lost", "silent", "late", "wrong_mac", "other_trace", "cut", "garbage"])
@pytest.mark.parametrize("kind", [SETTLEMENT, UPLOAD])
def test_every_fault_of_the_line_leaves_one_settlement(tmp_path, mode, kind):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        before = batch(desk)
        desk.line.fail(mode, (kind,), times=3)
        await settle(desk)
        for _ in range(1200):
            await asyncio.sleep(1)
            if desk.journal().state["settled"]:
                break
        await desk.see_text("idle_ready", within_s=200)
        settled(desk, before)

    station.run(scenario, tmp_path)


def test_the_power_goes_at_every_message_of_a_settlement(tmp_path):
    """Before and after each request and answer, and within the second after it."""

    async def scenario(desk):
        await desk.sign_on()
        before = batch(desk)
        for at in range(12):
            desk.line.on_event = None
            await desk.sell(str(100 + at))
            count = len(closings(desk))
            left = [at // 3]

            def cut(_event, left=left, late=at % 3):
                left[0] -= 1
                if left[0] < 0 and desk.line.on_event:
                    desk.line.on_event = None
                    asyncio.get_running_loop().call_later(0.3 * late, desk.pull_the_plug)

            await desk.menu(desk.t("menu_settle"))
            await desk.see(desk.t("settle_debit") + " x")
            await desk.keys("ENTER")
            await desk.see(desk.t("ask_settle", batch=f"{batch(desk):06d}", count=1).split("\n")[0])
            desk.line.on_event = cut
            await desk.keys("ENTER")
            await asyncio.sleep(5)
            desk.line.on_event = None
            await desk.restart()
            await desk.sign_on()
            if batch(desk) == before:
                await settle(desk)
                await desk.see_text("idle_ready")
            assert batch(desk) == before + 1 and len(closings(desk)) == count + 1, at
            assert desk.journal().state["settled"]["totals"] == {"sale": [1, 100 + at]}, at
            assert desk.host.check().balanced, at
            before += 1

    station.run(scenario, tmp_path)


@pytest.mark.slow
def test_sixty_mixed_transactions_are_settled_equal(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        sold = 0
        while counted(desk) < 60:
            await desk.sell(f"{100 + sold}")
            sold += 1
            if sold % 6 == 0:
                await station.passing(300)  # or the host wants the supervisor for so many voids
                await void_last(desk)
        before = batch(desk)
        await settle(desk)
        await desk.see("SETTLED, EQUAL")
        await desk.see_text("idle_ready")
        kept = settled(desk, before)
        assert sum(count for count, _minor in kept["totals"].values()) == 60

    station.run(scenario, tmp_path)


def test_a_service_is_removed_restarted_checked_and_opened_again(tmp_path):
    async def ask(desk, action):
        await desk.menu(desk.t("menu_services"))
        await desk.choose(desk.t("pay_qr"))
        await desk.choose(desk.t(action))
        await desk.see_text("prompt_pin")
        await desk.keys("97531024 ENTER")
        await desk.see(desk.t("hint_yes_no"))
        await desk.keys("ENTER")
        await desk.see_text("title_reason")
        await desk.choose(desk.t("why_05"))

    async def scenario(desk):
        await desk.sign_on("99", "97531024", idle=desk.t("idle_no_sale").split("\n")[0])
        resets = []

        def reset(cause):
            resets.append(cause)
            desk.pull_the_plug()

        desk.circuit.on_reset = reset
        await ask(desk, "action_remove")
        await desk.see_text("service_restart", service=desk.t("pay_qr"))
        await station.passing(10)
        assert len(resets) == 1
        await desk.restart()
        await desk.see_text("service_clean", service=desk.t("pay_qr"))
        await desk.log_in()
        await desk.see_text("idle_ready")
        await desk.keys("MENU")
        for _ in range(10):
            assert not any(desk.t("menu_qr") in row for row in desk.rows())
            await desk.keys("DOWN")
        await desk.keys("CANCEL")
        changes = desk.host.execute("SELECT service, action, approver, reason FROM service_changes")
        assert changes[-1] == {"service": "qr", "action": "remove", "approver": "99", "reason": "05"}
        await desk.menu(desk.t("menu_log_out"))
        await desk.log_in("99", "97531024")
        await desk.see(desk.t("idle_no_sale").split("\n")[0])
        await ask(desk, "action_on")
        await desk.see_text("service_changed", service=desk.t("pay_qr"), state=desk.t("pay_on"))

    station.run(scenario, tmp_path)


def test_the_host_lets_no_service_go_while_it_has_something_to_settle(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        await desk.menu(desk.t("menu_log_out"))
        await desk.log_in("99", "97531024")
        await desk.see(desk.t("idle_no_sale").split("\n")[0])
        await desk.menu(desk.t("menu_services"))
        await desk.choose(desk.t("pay_nfc"))
        await desk.choose(desk.t("action_remove"))
        await desk.see_text("service_settle")
        assert desk.host.execute("SELECT * FROM service_changes") == []

    station.run(scenario, tmp_path)
