"""Records on the terminal: the list, details, finding, totals, printing lists, reprints."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from past import pick, settle, stored


async def page_with(desk, text):
    """Pages down until a row has the text."""
    for _ in range(12):
        for row in desk.rows():
            if text in row:
                return row
        await desk.press("DOWN")
    raise AssertionError("no %r; the screen shows %r" % (text, desk.rows()))


@stage.on_desk()
async def test_no_records_is_said(desk):
    await desk.ready()
    await pick(desk, "Details")
    await desk.see("NOTHING FOUND")
    await desk.press("ENTER")
    await desk.see("READY")


@stage.on_desk()
async def test_the_list_is_newest_first_and_shows_the_marked_one_whole(desk):
    await desk.ready()
    first = desk.state["trace"] + 1
    for number in range(1, 8):
        stored(desk, amount_minor=number * 100, order="471%d" % number)
    await pick(desk, "Details")
    assert await desk.see(">") == ">%d Sale     7.00" % (first + 6)
    await desk.see("RECORDS        1")
    await desk.press("DOWN", "DOWN", "DOWN")
    await desk.see("RECORDS        4")
    assert "4.00" in await desk.see(">")
    await desk.press("ENTER")
    await desk.see("SALE")
    await page_with(desk, "4.00")
    await page_with(desk, "2026-03-14 15:09")
    await page_with(desk, "%06d" % (first + 3))
    await page_with(desk, "4714")
    await desk.press("CANCEL")
    await desk.see("RECORDS        4")
    await desk.press("UP", "UP", "UP", "UP", "UP")
    assert "7.00" in await desk.see(">")
    await desk.press(*["DOWN"] * 9)
    await desk.see("RECORDS      7/7")
    assert "1.00" in await desk.see(">")
    await desk.press("CANCEL")
    await desk.see("READY")


@stage.on_desk()
async def test_a_declined_one_says_why_and_has_no_slip(desk):
    await desk.ready()
    stored(desk, amount_minor=500, code="51")
    await pick(desk, "Details")
    assert "x" in await desk.see(">")
    await desk.press("ENTER")
    await desk.see("Declined")
    await page_with(desk, "Code 51")
    await page_with(desk, "Not enough money")
    await desk.press("ENTER")
    await desk.see("NO SLIP FOR THIS")
    await desk.press("CANCEL", "CANCEL", "CANCEL")
    await desk.see("READY")


@stage.on_desk()
async def test_a_voided_sale_and_its_void_name_each_other(desk):
    await desk.ready()
    sold = stored(desk, amount_minor=700)
    back = stored(desk, "void", 700, original_trace=sold, original_batch=desk.state["batch"], reason="07")
    await pick(desk, "Details")
    assert "-7.00" in await desk.see(">")
    await desk.press("ENTER")
    await page_with(desk, "Refers to %06d" % sold)
    await page_with(desk, "Goods back")
    await desk.press("CANCEL")
    await desk.press("DOWN")
    assert "%dx" % sold in await desk.see(">")
    await desk.press("ENTER")
    await desk.see("Voided by %06d" % back)


@stage.on_desk()
async def test_a_slip_is_printed_again_from_the_details(desk):
    await desk.ready()
    stored(desk, amount_minor=700)
    sold = stored(desk, amount_minor=900)
    stored(desk, amount_minor=800)
    await pick(desk, "Details")
    await desk.press("DOWN", "ENTER")
    await desk.see("9.00")
    await desk.press("ENTER")
    await desk.see("once more?")
    await desk.press("ENTER")
    await desk.see("CUSTOMER")
    await desk.press("1")
    await desk.see("9.00")
    slip = stage.slip_text(desk.printer.slips[-1])
    assert "DUPLICATE" in slip and "%06d" % sold in slip and "9.00" in slip
    assert "reprinted" in desk.audits()


@stage.on_desk()
async def test_found_by_voucher_with_few_keys(desk):
    await desk.ready()
    traces = [stored(desk, amount_minor=number) for number in range(100, 120)]
    await desk.press("MENU", "3", "3", "1", *str(traces[4]), "ENTER")
    await desk.see("1.04")
    await desk.press("CANCEL")
    await desk.see("READY")
    await desk.press("MENU", "3", "3", "1", "9", "9", "9", "ENTER")
    await desk.see("NOT FOUND HERE")
    await desk.see("000999")


@stage.on_desk()
async def test_found_by_order_kind_time_and_amount(desk):
    await desk.ready()
    stored(desk, amount_minor=100, order="815")
    stored(desk, amount_minor=200, entry="nfc")
    stored(desk, amount_minor=300, entry="qr", qr="9100000000000000", now=(2026, 3, 13, 9, 0, 0))
    stored(desk, amount_minor=400, now=(2025, 12, 24, 18, 0, 0))
    searches = (
        (("2", "8", "1", "5", "ENTER"), ["1.00"]),
        (("3", "1"), ["4.00", "1.00"]),
        (("3", "2"), ["2.00"]),
        (("3", "3"), ["3.00"]),
        (("4", "0", "3", "1", "4", "ENTER", "ENTER"), ["2.00", "1.00"]),
        (("4", "ENTER", "0", "3", "1", "3", "0", "9", "0", "0", "ENTER"), ["4.00", "3.00"]),
        (("5", "1", "5", "0", "ENTER", "3", "0", "0", "ENTER"), ["3.00", "2.00"]),
    )
    for keys, expected in searches:
        await desk.press("MENU", "3", "3", *keys)
        await desk.see("RECORDS")
        shown = [row.split()[-1] for row in desk.rows()[1:] if row.strip()]
        assert shown == expected, (keys, desk.rows())
        await desk.press("CANCEL")
        await desk.see("READY")
    await desk.press("MENU", "3", "3", "2", "9", "9", "ENTER")
    await desk.see("NOTHING FOUND")


@stage.on_desk()
async def test_a_time_that_is_none_is_refused(desk):
    await desk.ready()
    stored(desk)
    await desk.press("MENU", "3", "3", "4", "1", "3", "0", "1", "ENTER")
    await desk.see("NO SUCH TIME")
    await desk.press("ENTER", "ENTER", "ENTER")
    await desk.see("RECORDS")


@stage.on_desk()
async def test_totals_by_side_and_kind_on_the_screen_and_on_paper(desk):
    await desk.ready()
    sold = stored(desk, amount_minor=1000)
    stored(desk, amount_minor=250, entry="qr", qr="9100000000000000")
    stored(desk, amount_minor=50, code="51")
    stored(desk, "void", 1000, original_trace=sold, original_batch=desk.state["batch"])
    await pick(desk, "Totals")
    await page_with(desk, "Taken x 2")
    await page_with(desk, "12.50")
    await page_with(desk, "Given back x 1")
    await page_with(desk, "10.00")
    await page_with(desk, "QR SALE x 1")
    await desk.press("ENTER")
    await desk.see("Print totals?")
    await desk.press("ENTER")
    await desk.see("TOTALS")
    slip = stage.slip_text(desk.printer.slips[-1])
    assert "BATCH TOTALS" in slip and "12.50" in slip and "VOID x 1" in slip and "%06d" % desk.state["batch"] in slip


@stage.on_desk()
async def test_the_list_of_the_batch_on_paper(desk):
    await desk.ready()
    stored(desk, amount_minor=111)
    settle(desk)
    first = stored(desk, amount_minor=1000)
    stored(desk, amount_minor=50, code="51")
    stored(desk, "void", 1000, original_trace=first, original_batch=desk.state["batch"])
    await pick(desk, "Print list")
    await desk.see("This batch")
    await desk.press("1")
    await desk.see("READY")
    lines = [str(line)[2:-1] for line in desk.printer.slips[-1]]
    rows = [line for line in lines if "03-14 15:09 " in line and line[:6].isdigit()]
    assert rows == [
        "%06dx03-14 15:09 Sale    10.00" % first,
        "%06dx03-14 15:09 Sale     0.50" % (first + 1),
        "%06d 03-14 15:09 Void   -10.00" % (first + 2),
    ]
    assert [line.split() for line in lines if line.startswith("RECORDS")] == [["RECORDS", "3"]]
    assert "1.11" not in "".join(lines)
    assert not [line for line in lines if len(line) > 32]
    assert "printed_list" in desk.audits()


@stage.on_desk()
async def test_a_list_of_what_a_filter_matches_and_a_printer_that_runs_out(desk):
    await desk.ready()
    stored(desk, amount_minor=111)
    settle(desk)
    stored(desk, amount_minor=222, entry="nfc")
    desk.printer.fail_at_line = 9
    await pick(desk, "Print list")
    await desk.press("2", "1", "1", "1")
    await desk.see("NO PAPER")
    desk.printer.flags = 0
    await desk.press("ENTER")
    await desk.see("READY")
    text = stage.slip_text(desk.printer.slips[-1])
    assert "1.11" in text and "2.22" not in text and len(desk.printer.slips) == 1


@stage.on_desk()
async def test_reprints_the_last_any_and_the_settlement(desk):
    await desk.ready()
    first = stored(desk, amount_minor=1000)
    stored(desk, amount_minor=2000)
    settle(desk)
    for keys, expected in (
        (("1", "1"), "20.00"),
        (("2",) + tuple(str(first)) + ("ENTER", "2"), "10.00"),
        (("3",), "SETTLEMENT"),
    ):
        await desk.press("MENU")
        await desk.see("/")
        await desk.choose("Correct")
        await desk.choose("Reprint")
        await desk.press(*keys)
        await desk.see("READY")
        slip = stage.slip_text(desk.printer.slips[-1])
        assert "DUPLICATE" in slip and expected in slip, slip


@stage.on_desk()
async def test_a_reprint_by_number_says_why_there_is_no_slip(desk):
    await desk.ready()
    declined = stored(desk, code="51")
    for number, says in (("99", "Voucher 000099"), (str(declined), "NO SLIP FOR THIS")):
        await desk.menu("Reprint")
        await desk.press("2", *number)
        await desk.press("ENTER")
        await desk.see(says)
        await desk.press("ENTER")
        await desk.see("READY")
    assert desk.printer.slips == []


@stage.on_desk(cols=20)
async def test_the_wider_display(desk):
    await desk.ready()
    sold = stored(desk, amount_minor=123456)
    await pick(desk, "Details")
    assert await desk.see(">") == (">%d Sale" % sold) + " " * 6 + "1234.56", desk.rows()
    await desk.press("ENTER")
    await page_with(desk, "2026-03-14 15:09")


@stage.on_desk(language="zh")
async def test_in_chinese_on_screen_and_paper(desk):
    desk.power()
    await desk.see("<")
    desk.terminal.operator = "01"
    sold = stored(desk, amount_minor=1000)
    stored(desk, "void", 1000, original_trace=sold, original_batch=desk.state["batch"])
    desk.go("records")
    await desk.see(">%d" % (sold + 1))
    assert ">%d  <b3b7><cffa>  -10.00" % (sold + 1) in desk.rows(), desk.rows()
    await desk.press("DOWN", "ENTER")
    await desk.see("<b1bb><b3b7><cffa>")  # voided by
    desk.go("print_list", "batch")
    await desk.until(lambda: desk.printer.slips)
    lines = desk.printer.slips[-1]
    assert not [line for line in lines if len(line) > 32]
    assert [line for line in lines if b"\xcf\xfb\xb7\xd1" in line and b"10.00" in line]
