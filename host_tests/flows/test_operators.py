"""Operators: adding, removing, a new first PIN, unlocking, rights; who may do it, and what stays over a power cut."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from pos.domain import operators
from pos.flows import menu

HALF_HOUR_MS = 1_800_000


async def supervisor(desk):
    desk.power()
    await desk.log_in("00", "135790")
    await desk.see("No sales")
    await manage(desk)


async def manage(desk):
    """Opens the list; the menu that leads there is tested elsewhere."""
    desk.go("operators")
    await desk.see("OPERATORS")


async def key_first_pin(desk, pin):
    await desk.see("First PIN")
    await desk.press(*pin)
    await desk.press("ENTER")
    await desk.see("again")
    await desk.press(*pin)
    await desk.press("ENTER")
    await desk.see("FIRST PIN SET")
    await desk.press("ENTER")
    await desk.see("OPERATORS")


@stage.on_desk()
async def test_an_operator_is_added_and_must_choose_a_pin(desk):
    await supervisor(desk)
    await desk.choose("Add")
    await desk.see("Operator number")
    await desk.press("0", "7", "ENTER")
    await key_first_pin(desk, "4711")
    await desk.see("07 first PIN")
    desk.power()
    await desk.log_in("07", "4711")
    await desk.see("FIRST LOG-IN")
    await desk.press("ENTER")
    await desk.see("New PIN")
    await desk.press(*"8642")
    await desk.press("ENTER")
    await desk.see("New PIN again")
    await desk.press(*"8642")
    await desk.press("ENTER")
    await desk.see("READY")
    assert "operator_added" in desk.audits()


@stage.on_desk()
async def test_a_number_that_exists_or_cannot_be_is_refused_with_what_to_do(desk):
    await supervisor(desk)
    for number, says in (("01", "THERE ALREADY"), ("00", "01 TO 98"), ("99", "01 TO 98")):
        await desk.choose("Add")
        await desk.see("Operator number")
        await desk.press(*number)
        await desk.press("ENTER")
        await desk.see(says)
        await desk.see("Try another")
        await desk.press("ENTER")
        await desk.see("OPERATORS")
    assert desk.terminal.staff.numbers() == ["00", "01", "99"]


@stage.on_desk()
async def test_an_operator_is_removed_with_the_supervisors_pin_after_a_question(desk):
    await supervisor(desk)
    for answer, left in (("CANCEL", ["00", "01", "99"]), ("ENTER", ["00", "99"])):
        await desk.choose("01")
        await desk.see("Operator 01")
        await desk.choose("Remove")
        await desk.see("Operator 00")
        await desk.press(*"135790")
        await desk.press("ENTER")
        await desk.see("CANCEL=N")
        await desk.press(answer)
        if answer == "ENTER":
            await desk.see("REMOVED")
            await desk.press("ENTER")
        await desk.see("OPERATORS")
        assert desk.terminal.staff.numbers() == left
    desk.power()
    await desk.see("LOG IN")
    await desk.press("0", "1", "ENTER")
    await desk.see("NO SUCH OPERATOR")


@stage.on_desk()
async def test_without_the_supervisors_pin_nobody_is_removed(desk):
    await supervisor(desk)
    await desk.choose("01")
    await desk.choose("Remove")
    await desk.see("Operator 00")
    await desk.press(*"2468")
    await desk.press("ENTER")
    await desk.see("WRONG PIN")
    await desk.press("ENTER")
    await desk.see("Operator 00")
    await desk.press("CANCEL")
    await desk.see("OPERATORS")
    assert desk.terminal.staff.numbers() == ["00", "01", "99"] and "pin_wrong" in desk.audits()


@stage.on_desk()
async def test_the_list_offers_neither_oneself_nor_the_administrator(desk):
    await supervisor(desk)
    assert [row.strip() for row in desk.rows()[1:]] == [">1 01", "2 Add", ""]


@stage.on_desk()
async def test_the_administrator_resets_the_supervisors_pin_and_nothing_else(desk):
    desk.power()
    await desk.log_in("99", "97531024")
    await desk.see("No sales")
    await manage(desk)
    assert [row.strip() for row in desk.rows()[1:]] == [">1 00", "", ""]
    await desk.press("ENTER")
    await desk.see("Operator 00")
    assert [row.strip() for row in desk.rows()[1:]] == [">1 New 1st PIN", "", ""]
    await desk.press("ENTER")
    await key_first_pin(desk, "246800")
    desk.power()
    await desk.log_in("00", "246800")
    await desk.see("FIRST LOG-IN")


@stage.on_desk()
async def test_a_locked_operator_stays_locked_over_power_cuts_until_unlocked(desk):
    for failure in range(8):
        desk.power()
        if failure > 2:
            await asyncio.sleep_ms(HALF_HOUR_MS)
        await desk.log_in("01", "1111")
        await desk.see("WRONG PIN" if failure < 2 else "LOCKED")
    desk.power()
    await asyncio.sleep_ms(HALF_HOUR_MS)
    await desk.see("LOG IN")
    await desk.press("0", "1", "ENTER")
    await desk.see("Ask your")
    await desk.press("ENTER")
    await supervisor(desk)
    await desk.see("01 locked")
    await desk.choose("01")
    await desk.choose("Unlock")
    await desk.see("UNLOCKED")
    await desk.press("ENTER")
    await desk.see("OPERATORS")
    assert not [row for row in desk.rows() if "locked" in row]
    desk.power()
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_the_supervisor_locks_an_operator_out(desk):
    await supervisor(desk)
    await desk.choose("01")
    await desk.choose("Lock")
    await desk.see("Lock")
    await desk.press("ENTER")
    await desk.see("IS LOCKED")
    await desk.press("ENTER")
    await desk.see("01 locked")
    desk.power()
    await asyncio.sleep_ms(HALF_HOUR_MS)
    await desk.see("LOG IN")
    await desk.press("0", "1", "ENTER")
    await desk.see("OPERATOR LOCKED")
    await desk.see("supervisor")


@stage.on_desk()
async def test_a_right_is_granted_and_taken_away_and_stays(desk):
    await supervisor(desk)
    await desk.choose("01")
    await desk.choose("Rights")
    await desk.see("Sale yes")
    await desk.choose("Delete no")
    await desk.see("Delete yes")
    await desk.choose("Void yes")
    await desk.see("Void PIN")
    await desk.choose("Sale yes")
    await desk.see("Sale no")
    await desk.press("CANCEL")
    await desk.see("01 rights*")
    desk.power()
    await desk.log_in()
    await desk.see("No sales")
    terminal = desk.terminal
    assert [terminal.may(right) for right in ("sale", "void", "delete", "refund")] == [False, True, True, True]
    assert terminal.how("void") == "approved" and terminal.how("delete") == "alone"
    await desk.press("5")
    await asyncio.sleep_ms(2_000)
    await desk.see("No sales")


@stage.on_desk(language="zh")
async def test_the_list_in_chinese_marks_a_first_pin(desk):
    desk.power()
    desk.terminal.staff.set_first_pin("02", "1357")
    desk.terminal.operator = "00"
    desk.go("operators")
    # 初始密码 in GB2312
    await desk.see("<b3f5><cabc><c3dc><c2eb>")


async def _rights_rows(desk):
    """Every row of the list of rights as it is shown under the mark."""
    desk.power()
    desk.terminal.operator = "00"
    desk.terminal.change_setting("void_by", "supervisor")
    for right in ("refund", "preauth", "completion", "settle"):
        desk.terminal.staff.change_right("01", right, False)
    desk.go("operators")
    await asyncio.sleep_ms(500)
    await desk.press("1", "3")
    rows = []
    for _ in operators.GRANTABLE:
        await asyncio.sleep_ms(50)
        rows += [row for row in desk.rows() if row.startswith(">")]
        await desk.press("DOWN")
    return rows


@stage.on_desk()
async def test_who_has_a_right_can_be_read_in_every_row(desk):
    rows = await _rights_rows(desk)
    assert [row.split()[-1] for row in rows] == ["yes", "PIN", "PIN", "PIN", "PIN", "PIN", "yes", "yes", "yes", "no"]


@stage.on_desk(language="zh")
async def test_who_has_a_right_can_be_read_in_every_row_in_chinese(desk):
    rows = await _rights_rows(desk)
    has, asks, lacks = "<d3d0>", "<d6f7><b9dc>", "<cede>"  # 有, 主管, 无
    expected = [has, asks, asks, asks, asks, asks, has, has, has, lacks]
    assert len(rows) == len(expected)
    for at, row in enumerate(rows):
        assert row.strip().endswith(" " + expected[at]), row


def test_every_right_that_the_menu_asks_for_exists():
    entries = []
    for row in menu._MAIN:
        entries += [row] if len(row) > 2 else row[1]
    known = operators._RIGHTS
    assert [entry[2] for entry in entries if entry[2] not in known] == []
    assert [right for right in operators.GRANTABLE + operators.NOT_IN_TRAINING if right not in known] == []
