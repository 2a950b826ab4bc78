"""Records deleted on the whole terminal, with the power cut in the middle, and brought back by the real host."""

import pytest
from faults import station
from faults.test_settlement import settle
from pos.journal import evidence, history

ADMINISTRATOR = ("99", "97531024")


def kept(desk):
    """What the journal has: (trace, amount, state)."""
    return [(tx["trace"], tx["amount_minor"], tx["state"]) for tx in history.newest_first(desk.journal())]


async def settled_batch(desk):
    """Three sales, settled; then the administrator logs in."""
    await desk.sign_on()
    for digits in ("1000", "300", "50"):
        await desk.sell(digits)
    await settle(desk)
    await desk.see("SETTLED")
    await desk.keys("ENTER")
    await station.passing(30)
    await desk.restart()
    await desk.log_in(*ADMINISTRATOR)
    await desk.see(desk.t("idle_no_sale").split("\n")[0])


async def delete_all(desk):
    """Up to the confirmation, which it gives."""
    await desk.menu(desk.t("menu_delete"))
    await desk.choose(desk.t("menu_delete_new"))
    await desk.see_text("prompt_pin")
    await desk.keys(f"{ADMINISTRATOR[1]} ENTER")
    await desk.choose(desk.t("menu_kind_all"))
    await desk.choose(desk.t("menu_any_time"))
    await desk.choose(desk.t("menu_any_sum"))
    await desk.choose(desk.t("menu_del_02"))
    await desk.see(desk.t("ask_delete", count=3).split("\n")[0])


@pytest.mark.parametrize("cut_after", [None, 1, 4, 9])
def test_deleted_cut_off_and_recovered(tmp_path, cut_after):
    async def scenario(desk):
        await settled_batch(desk)
        before, state, taken_minor = kept(desk), desk.journal().state, desk.taken_minor()
        assert [amount for _trace, amount, _state in before] == [50, 300, 1000]
        await delete_all(desk)
        if cut_after is None:
            await desk.keys("ENTER")
            await desk.see(desk.t("deleted", count=3).split("\n")[0])
        else:
            desk.circuit.keys.press("ENTER")
            await desk.writes(cut_after)
            await desk.restart()
            await desk.log_in(*ADMINISTRATOR)
            await desk.see(desk.t("idle_no_sale").split("\n")[0])
        kinds = [record["kind"] for record in evidence.deletions(desk.journal())]
        assert (kept(desk), kinds) in (([], ["deleting", "deleted"]), (before, [])), (kept(desk), kinds)
        assert desk.journal().state["totals"] == state["totals"] and desk.journal().state["last"] == state["last"]
        await desk.restart()
        await desk.log_in(*ADMINISTRATOR)
        await desk.see(desk.t("idle_no_sale").split("\n")[0])
        await desk.menu(desk.t("menu_recover"))
        await desk.keys("ENTER")
        await desk.see(desk.t("recovered", count=3).split("\n")[0], desk.t("recovered_none").split("\n")[0])
        assert sorted(kept(desk)) == sorted(before)
        assert desk.taken_minor() == taken_minor, "no money has moved"

    station.run(scenario, tmp_path)
