"""Records are deleted with evidence, and come back from the host; a service is removed, and comes back too; a locked
operator stays locked without power."""

from proof.counter import PINS, RICH
from proof.scenarios_void import balance, void_last

PROVED = ("records_deleted_and_recovered", "service_removed_and_back", "lockout_across_a_power_cut")


async def records_deleted_and_recovered(counter):
    """Each precondition missing says so; then two of three are deleted, the evidence stays, and both come back."""
    await counter.sign_on()
    for digits in ("1000", "300", "50"):
        await counter.sell(digits)
    await counter.keys("MENU 3")
    await counter.settle_screen()
    assert not any(counter.t("menu_delete") in row for row in await counter.rows()), "not for operators"
    await counter.leave()
    await change_operator(counter, "99")
    await refused_deletion(counter, "no_delete_unsettled")
    await change_operator(counter, "01")
    await counter.settle()
    await change_operator(counter, "99")
    await begin_deletion(counter, kind="menu_kind_qr")
    await counter.see("no_delete_none")
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])
    await begin_deletion(counter, least="2 00", most="2 0 00")
    await counter.choose(counter.t("menu_del_04"))
    await counter.see("ask_delete", count=2)
    await counter.keys("ENTER")
    await counter.see("deleted", count=2)
    await counter.keys("ENTER")
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])
    await counter.restart()
    await counter.log_in("99")
    await counter.wait_for(counter.t("idle_no_sale").split("\n")[0], counter.t("idle_not_signed_on").split("\n")[0])
    await counter.menu("menu_recover")
    await counter.keys("ENTER")  # the last batch
    await counter.see("recovered", count=2, within_s=60)
    await counter.keys("ENTER")
    agreed = await counter.audit()
    assert sorted(amount for _kind, _batch, _trace, amount in agreed) == [50, 300, 1000]
    whats = [r["what"] for r in (await counter.journal()).scan() if r["kind"] == "audit"]
    assert "recovered_from_host" in whats, whats
    assert balance(counter, RICH) == 100_000 - 1350, "deleting and recovering move no money"


async def service_removed_and_back(counter):
    """Pre-authorisation leaves the menu after a restart and a self-check, and is switched on again."""
    counter.parameter("13", "10")  # a restart takes real time, and what it says is to be seen
    await counter.sign_on()
    await counter.sell("700")
    await change_operator(counter, "99")
    await begin_service(counter, "preauth", "remove")
    await counter.see("service_settle")
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])
    await change_operator(counter, "01")
    await counter.settle()
    await change_operator(counter, "99")
    await begin_service(counter, "preauth", "remove")
    await allow_service(counter, "preauth", "remove")
    await counter.see("service_restart", service=counter.t("pay_preauth"))
    # No key: the simulated restart is quicker than a finger, and what starts would see it pressed.
    await counter.see("service_clean", within_s=60, service=counter.t("pay_preauth"))
    await counter.keys("ENTER")
    await counter.sign_on()
    await counter.keys("MENU")
    await counter.wait_for(counter.t("title_menu"))
    for _ in range(9):
        assert not any(counter.t("menu_hold") in row for row in await counter.rows()), "gone from the menu"
        await counter.keys("DOWN")
    await counter.leave()
    await change_operator(counter, "99")
    await begin_service(counter, "preauth", "on")
    await allow_service(counter, "preauth", "on")
    await counter.wait_for(counter.t("pay_preauth") + ": " + counter.t("pay_on"))
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])
    await change_operator(counter, "01")
    await counter.menu("menu_preauth")
    await counter.wait_for("0.00")
    await counter.leave()
    await counter.audit()
    rows = counter.sql("SELECT action, operator FROM service_changes ORDER BY id")
    assert [row["action"] for row in rows] == ["remove", "on"], rows


async def lockout_across_a_power_cut(counter):
    """The third wrong PIN locks; the plug is pulled and put back: still locked, and a right PIN is not looked at."""
    await counter.sign_on()
    await counter.sell("100")
    await counter.restart()
    for _ in range(2):
        await counter.log_in("01", "1111")
        await counter.see_first("login_wrong_pin")
        await counter.keys("CLEAR")
    await counter.log_in("01", "1111")
    await counter.see_first("login_locked_for")
    await counter.restart()
    await counter.see("title_login")
    await counter.keys("0 1 ENTER")
    await counter.see_first("login_locked_for")
    await counter.keys("CLEAR")
    await counter.log_in("00")
    await counter.wait_for(counter.t("idle_no_sale").split("\n")[0], counter.t("idle_not_signed_on").split("\n")[0])
    await counter.menu("menu_unlock")
    await counter.choose(counter.t("idle_operator", operator="01"))
    await counter.see("unlocked", operator="01")
    await counter.keys("ENTER")
    await change_operator(counter, "01")
    await void_last(counter)
    await counter.audit()
    assert balance(counter, RICH) == 100_000


# Steps


async def change_operator(counter, number):
    await counter.menu("menu_log_out")
    await counter.log_in(number)
    key = "idle_ready" if number in ("01", "02") else "idle_no_sale"
    await counter.wait_for(counter.t(key).split("\n")[0])


async def begin_deletion(counter, kind="menu_kind_all", least="", most=""):
    """From idle through PIN, kind, time and amount to the search."""
    await counter.menu("menu_delete")
    await counter.choose(counter.t("menu_delete_new"))
    await counter.see("prompt_pin")
    await counter.keys(f"{' '.join(PINS['99'])} ENTER")
    await counter.choose(counter.t(kind))
    await counter.choose(counter.t("menu_any_time"))
    if not least:
        await counter.choose(counter.t("menu_any_sum"))
        return
    await counter.choose(counter.t("menu_from_to"))
    await counter.wait_for(counter.t("title_min"))
    await counter.keys(least + " ENTER")
    await counter.wait_for(counter.t("title_max"))
    await counter.keys(most + " ENTER")


async def refused_deletion(counter, key):
    await begin_deletion(counter)
    await counter.see(key)
    await counter.leave_to(counter.t("idle_no_sale").split("\n")[0])


async def begin_service(counter, name, action):
    await counter.menu("menu_services")
    await counter.choose(counter.t("pay_" + name))
    await counter.choose(counter.t("action_" + action))


async def allow_service(counter, name, action):
    await counter.see("prompt_pin")
    await counter.keys(f"{' '.join(PINS['99'])} ENTER")
    await counter.see("ask_service_" + action, service=counter.t("pay_" + name))
    await counter.keys("ENTER")
    await counter.choose(counter.t("why_05"))
