"""Training: the same screens and slips, marked; nothing sent, nothing counted, nothing left behind."""

import asyncio
import json
import os
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
from pos import training
from pos.journal import history
from pos.ui.screen import Screen
from test_settle import settle

TRAINING_GB2312 = "<c4a3><c4e2><b2d9><d7f7>"  # 模拟操作


async def begin(desk, number="01", pin="2468"):
    """A real sale, then the supervisor begins the training, then the operator logs in; returns what is real."""
    await desk.ready()
    await desk.sell()
    desk.terminal.operator = "00"
    real = whole_state(desk)
    desk.go("training")
    await desk.see("Begin training?")
    await desk.press("ENTER")
    await desk.see("Nothing is real")
    await desk.press("ENTER")
    await desk.log_in(number, pin)
    await desk.see("READY" if number == "01" else "No sales")
    return real


async def end(desk):
    desk.terminal.operator = "00"
    desk.go("training")
    await desk.see("End training?")
    await desk.press("ENTER")
    await desk.see("TRAINING ENDED")
    await desk.press("ENTER")


def whole_state(desk):
    """What a training may not change: the host's books and messages, and the terminal's."""
    state = json.loads(json.dumps(desk.state))
    return state, len(desk.host.requests), dict(desk.host.charged), dict(desk.host.accounts)


def marked(desk):
    return desk.rows()[0].endswith("TR")


def folder_is_there(desk):
    return "training" in os.listdir(desk.folder)


@stage.on_desk()
async def test_a_sale_in_training_is_marked_on_screen_and_slip_and_reaches_nobody(desk):
    real = await begin(desk)
    await desk.see("TRAINING")
    assert marked(desk)
    slips = len(desk.printer.slips)
    await desk.key_sale("2000")
    await desk.see("PROCESSING")
    assert marked(desk)
    await desk.see("APPROVED")
    await desk.see("TRAINING 000001")
    assert marked(desk)
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("READY")
    new = desk.printer.slips[slips:]
    assert len(new) == 2
    for slip in new:
        assert stage.slip_text(slip).count("TRAINING") == 2
    assert desk.state["count"] == 1 and desk.state["trace"] == 1 and desk.state["totals"] == {"sale": [1, 2000]}
    await end(desk)
    assert not marked(desk) and not folder_is_there(desk)
    await desk.see("No sales")
    assert whole_state(desk) == real


@stage.on_desk()
async def test_every_screen_is_marked_and_the_idle_screen_says_so_in_words(desk):
    await begin(desk)
    for keys in (("MENU",), ("DOWN",), ("CANCEL",), ("5",), ("CLEAR", "CANCEL")):
        await desk.press(*keys)
        await asyncio.sleep_ms(100)
        assert marked(desk), desk.rows()
    await asyncio.sleep_ms(10_000)
    assert desk.rows()[0].strip().startswith("TRAINING")


@stage.on_desk(cols=20)
async def test_the_mark_on_the_other_display(desk):
    await begin(desk)
    await desk.key_sale("2000")
    await desk.see("APPROVED")
    assert marked(desk)
    await desk.see("TRAINING 000001")


@stage.on_desk(language="zh")
async def test_the_mark_in_chinese(desk):
    desk.power()
    await asyncio.sleep_ms(10_000)
    desk.terminal.operator = "00"
    desk.go("training")
    await desk.see("500")
    await desk.press("ENTER")
    await desk.see(TRAINING_GB2312)
    assert desk.rows()[0].endswith("<d1b5>")  # 训
    await desk.press("ENTER")
    await asyncio.sleep_ms(1_000)
    assert desk.rows()[0].endswith("<d1b5>")


@stage.on_desk()
async def test_a_decline_can_be_practised(desk):
    await begin(desk)
    await desk.key_sale("50001")
    await desk.see("DECLINED 51")
    assert marked(desk)
    await desk.see("TRAINING")
    await desk.press("ENTER")
    await desk.key_sale("50000")
    await desk.see("APPROVED")


@stage.on_desk()
async def test_correction_hold_query_and_settlement_work_on_the_training_books(desk):
    real = await begin(desk)
    exchange, journal = desk.terminal.exchange, desk.terminal.journal
    done = {}

    async def transact(kind, amount_minor, original=None, **more):
        from pos.domain import transaction

        now = desk.terminal.clock.now()
        if original:
            tx = transaction.correct(kind, original, amount_minor, "01", now, **more)
        else:
            tx = transaction.make(kind, amount_minor, more.pop("card", "6200000000000013"), "keyed", "01", now, **more)
        work = exchange.advise(tx) if kind == "refund" else exchange.authorise(tx)
        outcome = await work
        assert outcome["result"] == "approved", (kind, outcome)
        done[kind] = outcome["tx"]
        return outcome["tx"]

    for _ in range(2):
        await transact("sale", 3000)
    sale = history.find(journal, 1)
    await transact("void", 3000, sale, reason="01")
    await transact("refund", 1000, history.find(journal, 2), reason="07")
    await transact("preauth", 9000)
    await transact("completion", 8000, history.find(journal, done["preauth"]["trace"]))
    await transact("completion_void", 8000, history.find(journal, done["completion"]["trace"]), reason="01")
    assert history.find(journal, 1)["voided_by"] == 3
    assert desk.state["totals"] == {
        "sale": [2, 6000],
        "void": [1, 3000],
        "refund": [1, 1000],
        "completion": [1, 8000],
        "completion_void": [1, 8000],
    }
    settled = await exchange.run("settlement", "settle", "01", lambda *_: None)
    assert settled["result"] == "approved", settled
    assert desk.state["settled"]["batch"] == 1 and desk.state["batch"] == 2 and desk.state["totals"] == {}
    assert [row[0] for row in desk.state["settled"]["fees"]] == [
        "sale",
        "completion",
        "void",
        "refund",
        "completion_void",
    ]
    await end(desk)
    assert whole_state(desk) == real


@stage.on_desk()
async def test_codes_of_customer_and_merchant_are_practised_too(desk):
    from pos.domain import transaction

    await begin(desk)
    exchange = desk.terminal.exchange
    now = desk.terminal.clock.now()
    scanned = transaction.make("sale", 500, "", "qr", "01", now, qr="9112345678901234")
    outcome = await exchange.authorise(scanned)
    assert outcome["result"] == "approved" and outcome["tx"]["card"], outcome
    shown = transaction.make("sale", 700, "", "shown", "01", now)
    assert (await exchange.offer(shown))["result"] == "offered"
    assert (await exchange.poll(shown))["result"] == "waiting"
    assert (await exchange.poll(shown))["result"] == "approved"
    withdrawn = transaction.make("sale", 800, "", "shown", "01", now)
    assert (await exchange.offer(withdrawn))["result"] == "offered"
    assert (await exchange.withdraw(withdrawn))["result"] == "reversed"
    assert desk.state["totals"] == {"qr": [2, 1200]}


@stage.on_desk()
async def test_void_reports_and_settlement_at_the_keypad_are_marked_on_paper(desk):
    real = await begin(desk)
    await desk.sell()
    slips = len(desk.printer.slips)
    desk.go("void", history.find(desk.terminal.journal, 1))
    await desk.see("PIN:")
    await desk.press(*"2468")
    await desk.press("ENTER")
    await desk.see("1")
    await desk.press("1")
    await desk.yes()
    await desk.take_slips("TRAINING 000002")
    await settle(desk)
    await desk.see("READY")
    assert desk.state["settled"]["batch"] == 1
    desk.go("reprint")
    await desk.see(">1")
    await desk.press("CANCEL")
    await desk.see("READY")
    new = [stage.slip_text(slip) for slip in desk.printer.slips[slips:]]
    assert len(new) >= 3
    assert [text.count("TRAINING") > 0 for text in new] == [True] * len(new)
    await end(desk)
    assert whole_state(desk) == real


@stage.on_desk()
async def test_the_training_host_has_no_records_to_give_back(desk):
    real = await begin(desk)
    desk.terminal.operator = "99"
    desk.go("recover_records")
    await desk.see("Batch number")
    await desk.press("5", "ENTER")
    await desk.see("NO SUCH BATCH")  # the training has only its own
    await desk.press("ENTER")
    await end(desk)
    assert whole_state(desk) == real


@stage.on_desk()
async def test_sign_off_and_on_again_stay_within_the_training(desk):
    real = await begin(desk)
    desk.go("sign_off")
    await desk.see("NOT YET SETTLED" if desk.state["count"] else "Sign off")
    await desk.press("ENTER")
    await desk.see("SIGNED OFF")
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")
    assert desk.terminal.exchange.signed_on
    await end(desk)
    assert whole_state(desk) == real


@stage.on_desk()
async def test_a_power_cut_ends_the_training_and_its_books_are_gone(desk):
    real = await begin(desk)
    await desk.key_sale("2000")
    await desk.see("APPROVED")
    assert folder_is_there(desk)
    desk.power()
    assert not folder_is_there(desk) and not desk.terminal.training
    assert whole_state(desk)[0] == real[0]
    await desk.log_in()
    await desk.see("READY")
    assert not marked(desk)
    assert desk.state["totals"] == {"sale": [1, 1234]}


@stage.on_desk()
async def test_the_real_journal_says_that_there_was_a_training_and_nothing_of_it(desk):
    await begin(desk)
    await desk.key_sale("2000")
    await desk.see("APPROVED")
    await end(desk)
    audits = desk.audits()
    assert audits.count("training_begun") == 1 and audits.count("training_ended") == 1
    results = [record for record in desk.terminal.journal.scan() if record["kind"] == "result"]
    assert [record["amount_minor"] for record in results] == [1234]
    desk.terminal.operator = "01"
    desk.go("sale", "5")
    await desk.see("0.05")
    await desk.press("ENTER")
    await desk.see("card")
    await desk.card()
    await desk.yes()
    await desk.see("APPROVED")
    desk.books_agree()


@stage.on_desk()
async def test_not_while_something_waits_for_the_host(desk):
    await desk.ready()
    desk.state["advices"].append(7)
    desk.terminal.operator = "00"
    desk.go("training")
    await desk.see("NOT NOW")
    assert not desk.terminal.training and not folder_is_there(desk)


@stage.on_desk()
async def test_no_keeps_things_as_they_are(desk):
    await desk.ready()
    desk.terminal.operator = "00"
    desk.go("training")
    await desk.see("Begin training?")
    await desk.press("CANCEL")
    await desk.see("No sales")
    assert not desk.terminal.training
    desk.terminal.set_training(True)
    desk.go("training")
    await desk.see("End training?")
    await desk.press("CANCEL")
    await asyncio.sleep_ms(100)
    assert desk.terminal.training


@stage.on_desk()
async def test_what_would_change_something_real_is_not_to_be_had_in_training(desk):
    await desk.ready()
    terminal = desk.terminal
    for operator, rights in (("00", ("operators", "settings", "network", "own_pin")), ("99", ("services", "own_pin"))):
        terminal.operator = operator
        for right in rights:
            assert terminal.may(right), right
            terminal.set_training(True)
            assert not terminal.may(right), right
            terminal.set_training(False)
    terminal.set_training(True)
    assert terminal.may("training"), "or nobody could end it"


@stage.on_desk()
async def test_a_training_begins_empty_even_after_a_cut_while_deleting(desk):
    await desk.ready()
    desk.terminal.set_training(True)
    desk.terminal.journal.append({"kind": "trace", "trace": 77})
    real, desk.terminal.real = desk.terminal.real, None
    desk.terminal.journal, desk.terminal.exchange = real
    desk.terminal.set_training(True)
    assert desk.state["trace"] == 0 and desk.state["batch"] == 1
    training.clean(desk.folder)
    training.clean(desk.folder)
    assert not folder_is_there(desk)


def test_the_mark_stays_right_of_what_is_written():
    for cols, charset, align in ((16, "gb2312", 2), (20, "ascii", 1)):
        display = stage.Display(4, cols, charset, align)
        screen = Screen(display)
        screen.set_mark("TR")
        screen.put_pair(0, "MENU", "1/5")
        screen.flush()
        assert display.text_rows()[0] == "MENU" + " " * (cols - 10) + "1/5 TR"
        screen.put_pair(0, "M" * (cols - 5), "1/5")
        screen.flush()
        assert display.text_rows()[0] == "M" * (cols - 5) + "1/5TR", "no room between"
        screen.put(0, "N" * (cols - 3), "center")
        screen.flush()
        assert display.text_rows()[0] == " " + "N" * (cols - 3) + "TR"
        screen.put(0, "N" * cols, "center")
        screen.flush()
        assert display.text_rows()[0] == "N" * (cols - 2) + "TR"
        screen.set_mark("")
        screen.put(0, "N" * cols)
        screen.flush()
        assert display.text_rows()[0] == "N" * cols
