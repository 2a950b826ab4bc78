"""Settlement at the keypad: totals, question, progress, slip; what leads to it, and what goes on without anybody."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from pos.domain import transaction


async def trade(desk, sales):
    """Sales, every fourth of them voided: on the line, without keys."""
    for at in range(sales):
        tx = transaction.make("sale", 100 + at, stage.CARD_RICH, "nfc", "01", dual.clock.now())
        result = await desk.terminal.exchange.authorise(tx)
        assert result["result"] == "approved", result
        if at % 4 == 3:
            void = transaction.correct("void", result["tx"], 100 + at, "01", dual.clock.now(), reason="01")
            assert (await desk.terminal.exchange.authorise(void))["result"] == "approved"


def printed(desk):
    trace = desk.state["last"]["trace"]
    desk.terminal.journal.append({"kind": "printed", "trace": trace, "slips": 2})


def lose_one(desk):
    del desk.host.charged[min(desk.host.charged)]


async def agree(desk):
    """From the totals to the end of the question."""
    await desk.see("Taken")
    await desk.press("ENTER")
    await desk.see("Settle batch")
    await desk.press("ENTER")


async def settle(desk):
    """From the idle screen to the end of the question."""
    await desk.menu("Settlement")
    await agree(desk)


def closed(desk, batch=7):
    assert desk.state["settling"] is None and desk.state["settled"]["batch"] == batch
    assert desk.state["batch"] == desk.host.batch == batch + 1
    assert list(desk.host.settlement.closed) == [batch]


@stage.on_desk()
async def test_totals_first_then_the_question_then_the_slip(desk):
    await desk.ready()
    await trade(desk, 8)
    await desk.menu("Settlement")
    assert "8" in await desk.see("Taken x")
    assert desk.rows()[1].strip() == "8.28" and desk.rows()[3].strip() == "2.10"
    await desk.press("DOWN")
    await desk.see("SALE x 8")
    await desk.see("VOID x 2")
    await desk.press("ENTER")
    await desk.see("000007")
    await desk.see("10 records")
    assert [r for r in desk.host.requests if r[0] == "0500"] == []
    await desk.press("ENTER")
    await desk.see("SETTLED, EQUAL")
    await desk.see("Net 6.14")
    await desk.see("READY")
    closed(desk)
    (slip,) = [stage.slip_text(slip) for slip in desk.printer.slips]
    for text in (
        "SETTLEMENT SLIP",
        "100000000000001",
        "10000001",
        "000007",
        "2026-03-14 22:00:00",
        "SALE x 8                    8.28",
        "VOID x 2                    2.10",
        "TAKEN x 8                   8.28",
        "GIVEN BACK x 2              2.10",
        "FEE SALE x 8                0.04",
        "GROSS                       6.18",
        "FEES                       -0.04",
        "NET                         6.14",
        "TOTALS EQUAL",
    ):
        assert text in slip, (text, slip)
    assert "DUPLICATE" not in slip
    assert desk.state["settled"]["slips"] == 2 and desk.state["settled"]["operator"] == "01"
    assert "settled" in desk.audits()
    await desk.sell()
    assert desk.state["last"]["batch"] == 8


@stage.on_desk()
async def test_leaving_at_the_totals_or_at_the_question_sends_nothing(desk):
    await desk.ready()
    await trade(desk, 1)
    sent = len(desk.host.requests)
    await desk.menu("Settlement")
    await desk.see("Taken")
    await desk.press("CANCEL")
    await desk.see("READY")
    await desk.menu("Settlement")
    await desk.see("Taken")
    await desk.press("ENTER")
    await desk.see("Settle batch")
    await desk.press("CANCEL")
    await desk.see("READY")
    assert len(desk.host.requests) == sent and desk.state["settling"] is None


@stage.on_desk()
async def test_an_empty_batch_says_so_and_can_be_closed_all_the_same(desk):
    await desk.ready()
    await desk.menu("Settlement")
    await desk.see("NO SALES IN THIS")
    await desk.press("CANCEL")
    await desk.see("READY")
    assert desk.host.batch == 7
    await desk.menu("Settlement")
    await desk.see("NO SALES IN THIS")
    await desk.press("ENTER")
    await desk.see("SETTLED, EQUAL")
    await desk.see("READY")
    closed(desk)
    assert "NO TRANSACTIONS" in stage.slip_text(desk.printer.slips[-1])


@stage.on_desk()
async def test_totals_that_differ_are_uploaded_with_the_progress_shown(desk):
    await desk.ready()
    await trade(desk, 20)
    lose_one(desk)
    seen = []
    real = desk.terminal.ui.draw

    def draw(text, hint=""):
        seen.append(text)
        real(text, hint)

    desk.terminal.ui.draw = draw
    await settle(desk)
    await desk.see("DIFFERED, SENT")
    await desk.see("READY")
    closed(desk)
    assert [text.split("\n")[1] for text in seen if text.startswith("UPLOAD")] == ["0/25", "8/25", "16/25", "24/25"]
    assert "TOTALS DIFFERED, UPLOADED" in stage.slip_text(desk.printer.slips[-1])
    assert len(desk.host.settlement.uploaded[7]) == 25


@stage.on_desk()
async def test_sixty_mixed_transactions_settle_equal(desk):
    await desk.ready()
    await trade(desk, 48)
    await settle(desk)
    await desk.see("SETTLED, EQUAL")
    closed(desk)
    assert desk.state["settled"]["totals"]["sale"][0] + desk.state["settled"]["totals"]["void"][0] == 60


@stage.on_desk()
async def test_no_paper_does_not_block_it_and_the_slip_waits(desk):
    await desk.ready()
    await trade(desk, 2)
    printed(desk)
    desk.printer.flags = 1
    await settle(desk)
    await desk.see("NO PAPER")
    closed(desk)
    await desk.press("CANCEL")
    await desk.see("NOT PRINTED")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.state["settled"]["slips"] == 0
    desk.power()
    await desk.see("LOG IN")
    assert desk.printer.slips == [] and desk.state["settled"]["slips"] == 0, "still no paper, and nobody asked"
    assert len(desk.printer.torn) == 1, "nor was it tried again"
    desk.printer.flags = 0
    desk.power()
    await desk.see("LOG IN")
    assert len(desk.printer.slips) == 1 and desk.state["settled"]["slips"] == 2
    assert "printed again" in stage.slip_text(desk.printer.slips[0]), "its beginning may be on paper already"
    desk.power()
    await desk.see("LOG IN")
    assert len(desk.printer.slips) == 1


@stage.on_desk()
async def test_the_slip_is_reprinted_as_a_duplicate(desk):
    await desk.ready()
    await trade(desk, 2)
    await settle(desk)
    await desk.see("READY")
    desk.go("settle_slip", False, True)
    await asyncio.sleep_ms(20_000)
    assert len(desk.printer.slips) == 2
    assert "DUPLICATE" in stage.slip_text(desk.printer.slips[1])
    assert "TOTALS EQUAL" in stage.slip_text(desk.printer.slips[1])


@stage.on_desk(settings={"print_receipts": "never"})
async def test_without_slips_nothing_is_printed_and_nothing_waits(desk):
    await desk.ready()
    await trade(desk, 2)
    await settle(desk)
    await desk.see("READY")
    closed(desk)
    assert desk.printer.slips == [] and desk.state["settled"]["slips"] == 2


@stage.on_desk(settings={"print_receipts": "ask"})
async def test_where_slips_are_asked_for_it_asks(desk):
    await desk.ready()
    await trade(desk, 2)
    await settle(desk)
    await desk.see("Print the slip")
    closed(desk)
    await desk.press("ENTER")
    await desk.see("READY")
    assert len(desk.printer.slips) == 1


@stage.on_desk()
async def test_a_lost_answer_is_told_and_the_loop_goes_on_by_itself(desk):
    await desk.ready()
    await trade(desk, 2)
    desk.host.script = [model.LOST] * 4
    await settle(desk)
    await desk.see("No answer")
    await desk.press("ENTER")
    await desk.see("No sales till")
    await desk.press("ENTER")
    await desk.see("FINISHED: MENU")
    await desk.see("SETTLED, EQUAL", 60_000)
    await desk.see("READY")
    closed(desk)
    assert len(desk.printer.slips) == 1


@stage.on_desk()
async def test_an_unfinished_one_stands_before_every_sale_and_is_gone_on_with_there(desk):
    await desk.ready()
    await trade(desk, 2)
    desk.host.script = [model.LOST] * 4
    await settle(desk)
    await desk.see("No answer")
    await desk.press("ENTER")
    await desk.see("FINISHED: MENU")
    await desk.press("5")
    await desk.see("Go on now?")
    await desk.press("ENTER")
    await desk.see("SETTLED, EQUAL")
    await desk.press("CANCEL")
    await desk.see("0.05")
    closed(desk)


@stage.on_desk()
async def test_a_host_that_refuses_leaves_the_terminal_free(desk):
    await desk.ready()
    await trade(desk, 2)
    desk.host.codes = ["96"]
    await settle(desk)
    await desk.see("DECLINED 96")
    await desk.press("ENTER")
    await desk.see("READY")
    assert desk.state["settling"] is None
    await desk.sell()


@stage.on_desk()
async def test_after_a_power_cut_it_goes_on_before_anybody_logs_in(desk):
    for script in ([model.LOST], [model.OK, model.LOST], [model.OK, model.SILENT]):
        desk.host.settlement.__init__()
        batch = desk.host.batch
        await desk.ready()
        await trade(desk, 2)
        printed(desk)
        desk.host.script = list(script)
        await settle(desk)
        await asyncio.sleep_ms(5_000)
        assert desk.state["settling"]
        desk.host.script = []
        desk.power()
        await desk.see("SETTLED, EQUAL")
        await desk.see("LOG IN")
        closed(desk, batch)
        assert not desk.terminal.exchange.signed_on, "an operator has yet to sign on"
        assert desk.state["settled"]["slips"] == 2


@stage.on_desk()
async def test_an_upload_that_the_power_cut_goes_on_at_its_item(desk):
    await desk.ready()
    await trade(desk, 20)
    printed(desk)
    lose_one(desk)
    desk.host.script = [model.OK, model.OK, model.LOST]
    await settle(desk)
    await desk.see("8/25")
    await asyncio.sleep_ms(5_000)
    assert desk.state["settling"] == {"stage": "upload", "result": 2, "uploaded": 8}
    desk.power()
    await desk.see("DIFFERED, SENT")
    traces = [trace for message in desk.host.settlement.messages for trace in message]
    assert len(traces) == 25 == len(set(traces))
    closed(desk)


@stage.on_desk()
async def test_the_host_is_away_at_start_and_comes_back(desk):
    await desk.ready()
    await trade(desk, 2)
    printed(desk)
    desk.host.script = [model.LOST]
    await settle(desk)
    await asyncio.sleep_ms(5_000)
    desk.host.reachable = False
    desk.power()
    await desk.see("No sales till")
    await desk.see("LOG IN")
    desk.host.reachable = True
    await desk.log_in()
    await desk.see("SETTLED, EQUAL")
    await desk.see("READY")
    closed(desk)
    assert desk.terminal.exchange.signed_on


@stage.on_desk()
async def test_the_sign_on_from_the_menu_goes_on_with_it_too(desk):
    await desk.ready()
    await trade(desk, 2)
    printed(desk)
    desk.host.script = [model.LOST]
    await settle(desk)
    await asyncio.sleep_ms(5_000)
    desk.host.sign_on_code = "91"
    desk.power()
    await desk.see("No sales till")
    await desk.log_in()
    await desk.see("DECLINED 91")
    await desk.press("ENTER")
    await desk.see("NOT SIGNED ON")
    desk.host.sign_on_code = "00"
    await desk.menu("Settlement")
    await desk.see("SETTLED, EQUAL")
    for _ in range(200):
        assert not [row for row in desk.rows() if "DECLINED" in row]
        await asyncio.sleep_ms(100)
    await desk.see("READY")
    closed(desk)
    assert len([request for request in desk.host.requests if request[60][8:] == "207"]) == 1


@stage.on_desk()
async def test_a_full_journal_leads_straight_into_it_and_back_to_the_sale(desk):
    desk.host.parameters[15] = b"2"
    await desk.ready()
    await trade(desk, 2)
    await desk.press("5")
    await desk.see("Settle now?")
    await desk.press("ENTER")
    await agree(desk)
    await desk.see("SETTLED, EQUAL")
    await desk.press("ENTER")
    await desk.see("0.05")
    closed(desk)


@stage.on_desk()
async def test_a_full_journal_without_the_settlement_sells_nothing(desk):
    desk.host.parameters[15] = b"2"
    await desk.ready()
    await trade(desk, 2)
    sent = len(desk.host.requests)
    await desk.press("5")
    await desk.see("Settle now?")
    await desk.press("CANCEL")
    await desk.see("CANCELLED")
    assert len(desk.host.requests) == sent


@stage.on_desk()
async def test_an_operator_without_the_right_needs_the_supervisor(desk):
    await desk.ready()
    await trade(desk, 1)
    desk.terminal.staff.change_right("01", "settle", False)
    await desk.menu("Settlement")
    await desk.see("SUPERVISOR")
    await desk.press(*"135790")
    await desk.press("ENTER")
    await agree(desk)
    await desk.see("SETTLED, EQUAL")
    closed(desk)


@stage.on_desk()
async def test_signing_off_with_records_settles_first(desk):
    await desk.ready()
    await trade(desk, 2)
    await desk.menu("Sign off")
    await desk.see("Settle now?")
    await desk.press("ENTER")
    await agree(desk)
    await desk.see("SETTLED, EQUAL")
    await desk.press("ENTER")
    await desk.see("Sign off")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    closed(desk)
    assert desk.host.requests[-1][0] == "0820"


@stage.on_desk()
async def test_signing_off_unsettled_needs_the_supervisor(desk):
    await desk.ready()
    await trade(desk, 2)
    await desk.menu("Sign off")
    await desk.see("Settle now?")
    await desk.press("CANCEL")
    await desk.see("SIGN OFF ANYWAY")
    await desk.press("CANCEL")
    await desk.see("READY")
    await desk.menu("Sign off")
    await desk.see("Settle now?")
    await desk.press("CANCEL")
    await desk.see("SIGN OFF ANYWAY")
    await desk.press("ENTER")
    await desk.see("SUPERVISOR")
    await desk.press(*"135790")
    await desk.press("ENTER")
    await desk.see("Sign off")
    await desk.press("ENTER")
    await desk.see("LOG IN")
    assert desk.state["count"] and "sign_off_unsettled" in desk.audits()


@stage.on_desk(cols=20)
async def test_on_the_other_display(desk):
    await desk.ready()
    await trade(desk, 3)
    await settle(desk)
    await desk.see("SETTLED, EQUAL")
    closed(desk)


@stage.on_desk(language="zh")
async def test_in_chinese(desk):
    desk.power()
    await asyncio.sleep_ms(5_000)
    await desk.press(*"01")
    await desk.press("ENTER")
    await desk.press(*"2468")
    await desk.press("ENTER")
    await asyncio.sleep_ms(20_000)
    await trade(desk, 2)
    desk.go("settle")
    await desk.see(" x 2")
    await desk.press("ENTER")
    await desk.see("000007")
    await desk.press("ENTER")
    await asyncio.sleep_ms(20_000)
    closed(desk)
    text = b"\n".join(desk.printer.slips[-1])
    assert b"\xbd\xe1\xcb\xe3\xb5\xa5" in text  # 结算单
    assert b"\xb6\xd4\xd5\xcb\xc6\xbd" in text  # 对账平
