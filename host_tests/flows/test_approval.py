"""Approval: whose PIN is asked for, and that the lock-out and the audit lines hold for the supervisor on the spot."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from pos.flows import approval
from pos.ui.leave import Cancelled


async def ask(desk, *arguments, function=approval.need):
    """Begins to ask, in place of the terminal's loop."""
    desk.task.cancel()
    await asyncio.sleep_ms(10)
    desk.task = asyncio.create_task(_answer(function, desk.terminal, arguments))
    await asyncio.sleep_ms(20)


async def _answer(function, terminal, arguments):
    try:
        return await function(terminal, *arguments)
    except Cancelled:
        return "cancelled"


async def key(desk, pin):
    await desk.press(*pin)
    await desk.press("ENTER")


def approvals(desk):
    lines = [r for r in desk.terminal.journal.scan() if r["kind"] == "audit" and r["what"] == "approved"]
    return [(line["operator"], line["approver"], line["right"], line["amount_minor"]) for line in lines]


@stage.on_desk()
async def test_with_the_right_and_within_limits_the_own_pin_is_enough(desk):
    await desk.ready()
    await ask(desk, "void", "void", 1234)
    await desk.see("Operator 01")
    await key(desk, "2468")
    assert await desk.task == "01"
    assert approvals(desk) == []


@stage.on_desk()
async def test_a_wrong_pin_may_be_keyed_again_until_the_lock_out(desk):
    await desk.ready()
    await ask(desk, "void", "void", 1234)
    for _ in range(3):
        await desk.see("PIN:")
        await key(desk, "1111")
        await desk.see("WRONG PIN" if _ < 2 else "LOCKED")
        await desk.press("ENTER")
    assert await desk.task == "cancelled"
    await ask(desk, "void", "void", 1234)
    await desk.see("LOCKED")
    await desk.press("ENTER")
    assert await desk.task == "cancelled"


@stage.on_desk(settings={"void_by": "supervisor"})
async def test_where_only_the_supervisor_voids_his_pin_is_asked_on_the_spot(desk):
    await desk.ready()
    await ask(desk, "void", "void", 1234)
    await desk.see("SUPERVISOR")
    await desk.see("PIN to approve")
    await key(desk, "135790")
    assert await desk.task == "00"
    assert approvals(desk) == [("01", "00", "void", 1234)]


@stage.on_desk(settings={"void_by": "supervisor"}, language="zh")
async def test_the_question_for_the_supervisor_in_chinese(desk):
    desk.power()
    desk.terminal.operator = "01"
    await asyncio.sleep_ms(20_000)
    await ask(desk, "void", "void", 1234)
    # 主管授权 and 主管密码 in GB2312
    await desk.see("<d6f7><b9dc><cada><c8a8>")
    await desk.see("<d6f7><b9dc><c3dc><c2eb>")


@stage.on_desk(settings={"void_by": "supervisor"})
async def test_the_supervisors_wrong_pins_count_at_the_spot_too(desk):
    await desk.ready()
    for left in (2, 1):
        await ask(desk, "void")
        await desk.see("SUPERVISOR")
        await key(desk, "9999")
        await desk.see("Tries left: %d" % left)
        desk.power()
        await desk.log_in()
        await desk.see("READY")
    await ask(desk, "void")
    await key(desk, "9999")
    await desk.see("LOCKED")
    await desk.press("ENTER")
    assert await desk.task == "cancelled"
    assert desk.audits().count("pin_wrong") == 3 and approvals(desk) == []


@stage.on_desk()
async def test_above_the_operators_limit_the_supervisor_approves_and_above_his_nobody(desk):
    await desk.ready()
    desk.terminal.parameters["operator_limits"] = "sale:100000,void:5000"
    desk.terminal.parameters["kind_limits"] = "void:7000"
    for amount_minor, sees in ((5000, "Operator 01"), (5001, "SUPERVISOR"), (7000, "SUPERVISOR"), (7001, "max. 70.00")):
        await ask(desk, "void", "void", amount_minor)
        await desk.see(sees)
        await desk.press("CANCEL")
        assert await desk.task == "cancelled", amount_minor


@stage.on_desk()
async def test_a_right_that_nobody_can_lend_is_refused(desk):
    await desk.ready()
    await ask(desk, "delete")
    await desk.see("NOT ALLOWED")
    await desk.press("ENTER")
    assert await desk.task == "cancelled"
    desk.terminal.staff.change_right("01", "delete", True)
    await ask(desk, "delete")
    await desk.see("Operator 01")
    await key(desk, "2468")
    assert await desk.task == "01"


@stage.on_desk()
async def test_nothing_is_asked_for_a_sale_within_limits_and_the_password_only_above_its_amount(desk):
    await desk.ready()
    await ask(desk, "sale", 9999, function=approval.need_for_sale)
    assert await desk.task == ""
    desk.terminal.change_setting("transaction_password", True)
    desk.terminal.parameters["password_above_minor"] = 5000
    await ask(desk, "sale", 5000, function=approval.need_for_sale)
    assert await desk.task == ""
    await ask(desk, "sale", 5001, function=approval.need_for_sale)
    await desk.see("Operator 01")
    await key(desk, "2468")
    assert await desk.task == ""
    desk.terminal.parameters["operator_limits"] = "sale:6000"
    await ask(desk, "sale", 6001, function=approval.need_for_sale)
    await desk.see("SUPERVISOR")
    await key(desk, "135790")
    assert await desk.task == "00"


@stage.on_desk(people={"01": ("2468", False)}, settings={"void_by": "supervisor"})
async def test_without_a_supervisor_it_is_said_what_to_do(desk):
    await desk.ready()
    await ask(desk, "void")
    await desk.see("NO SUPERVISOR")
    await desk.see("Call service")


@stage.on_desk(people={"01": ("2468", False), "00": ("471100", True)}, settings={"void_by": "supervisor"})
async def test_a_supervisor_with_a_first_pin_approves_nothing(desk):
    await desk.ready()
    await ask(desk, "void")
    await desk.see("SUPERVISOR MUST")
