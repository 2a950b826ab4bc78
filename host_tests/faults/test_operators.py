"""Operators at the door: unknown numbers, wrong PINs, the lock-out that outlives the power, the way back in."""

import pytest
from faults import station

WRONG = "1111"


def test_unknown_operator_is_told_so_and_nothing_is_sent(tmp_path):
    async def scenario(desk):
        desk.power()
        await desk.see("LOG IN")
        await desk.keys("77 ENTER")
        await desk.tells("NO SUCH OPERATOR", "Check the number", "ask your", "supervisor")
        await desk.see("LOG IN")
        assert desk.line.seen == [] and desk.slips() == []
        desk.books(0)

    station.run(scenario, tmp_path)


def test_wrong_pins_count_down_and_lock_across_a_power_cut(tmp_path):
    async def scenario(desk):
        desk.power()
        for left in (2, 1):
            await desk.log_in("01", WRONG)
            await desk.tells("WRONG PIN", f"Tries left: {left}", "Try again")
            assert WRONG not in desk.text()
        await desk.log_in("01", WRONG)
        await desk.tells("OPERATOR LOCKED", "Too many wrong", "PINs", "in 1 min")
        await desk.restart()
        await desk.see("LOG IN")
        await desk.keys("01 ENTER")  # not even asked for the PIN
        await desk.tells("OPERATOR LOCKED", "in 1 min")
        assert desk.line.seen == []
        await desk.sign_on("02", "1357")  # others are not locked out
        await desk.restart(off_s=300)  # the wait begins anew with the power: switching off does not shorten it
        await desk.see("LOG IN")
        await desk.keys("01 ENTER")
        await desk.tells("OPERATOR LOCKED")
        await desk.see("LOG IN")
        await station.passing(61)
        await desk.sign_on("01", "2468")
        desk.books(0)
        assert desk.audits().count("pin_wrong") == 3

    station.run(scenario, tmp_path)


def test_power_cut_wins_no_free_try(tmp_path):
    async def scenario(desk):
        desk.power()
        for _ in range(3):
            await desk.see("LOG IN")
            await desk.keys(f"01 ENTER {WRONG}")
            desk.circuit.keys.press("ENTER")
            await desk.writes(1)
            await desk.restart()
        await desk.see("LOG IN")
        await desk.keys("01 ENTER")
        await desk.tells("OPERATOR LOCKED")

    station.run(scenario, tmp_path)


@pytest.mark.slow
def test_supervisor_unlocks(tmp_path):
    async def scenario(desk):
        desk.power()
        waits_s = 0
        for failures in range(1, 9):
            await desk.log_in("01", WRONG)
            await desk.see("WRONG PIN", "OPERATOR LOCKED")
            if failures == 8:
                await desk.tells("OPERATOR LOCKED", "Ask your", "supervisor")
            elif failures > 2:
                waits_s = min(60 * 2 ** (failures - 3), 900)
                await station.passing(waits_s + 1)
        await desk.log_in("00", "135790")
        await desk.see("No sales for")
        await desk.menu("Unlock")
        await desk.choose("Operator 01")
        await desk.tells("OPERATOR 01", "UNLOCKED")
        await desk.restart()
        await desk.sign_on("01", "2468")
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)
