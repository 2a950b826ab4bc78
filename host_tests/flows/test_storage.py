"""A flash that cannot be written: told in words, and nothing is sold that could not be remembered."""

import asyncio
import sys

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import power_cut
from pos.domain import transaction
from pos.journal import deletion, files
from pos.journal.errors import JournalError


class Broken:
    """While it is in force every write fails."""

    def __enter__(self):
        self.append, self.replace = files.append, files.replace
        files.append = files.replace = self.fail

    def __exit__(self, *unused):
        files.append, files.replace = self.append, self.replace

    def fail(self, path, data):
        raise OSError(5)


@stage.on_desk()
async def test_no_sale_is_sent_and_the_operator_is_told(desk):
    await desk.ready()
    await desk.press("1", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.see("CANCEL=N")
    with Broken():
        await desk.press("ENTER")
        await desk.see("MEMORY FAULT")
    assert desk.host.charged == {}
    await desk.press("ENTER")
    await desk.see("READY")
    await desk.sell()
    desk.books_agree()


@stage.on_desk()
async def test_nobody_gets_in_while_wrong_pins_cannot_be_counted(desk):
    desk.power()
    await desk.see("LOG IN")
    with Broken():
        await desk.log_in()
        await desk.see("MEMORY FAULT")
    assert desk.terminal.operator is None
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")


@stage.on_desk()
async def test_a_setting_that_cannot_be_stored_stays_as_it_was(desk):
    await desk.ready()
    await desk.menu("Settings")
    with Broken():
        await desk.choose("Language")
        await desk.choose("<d6d0><cec4>")
        await desk.see("MEMORY FAULT")
    assert desk.terminal.settings["language"] == "en"


@stage.on_desk()
async def test_an_answer_that_cannot_be_stored_is_an_unknown_result(desk):
    await desk.ready()
    put = files._put

    def breaks_later(path, mode, data):
        if power_cut.says(data, b'"result"'):
            raise OSError(28)
        put(path, mode, data)

    files._put = breaks_later
    try:
        await desk.key_sale()
        await desk.see("RESULT UNKNOWN")
        await desk.see("Don't sell again")
    finally:
        files._put = put
    await desk.press("ENTER")
    await desk.see("UNANSWERED SALE")
    assert desk.host.charged == {} and desk.printer.slips == []
    desk.books_agree()


@stage.on_desk()
async def test_an_operator_is_logged_out_though_nothing_can_be_written(desk):
    await desk.ready()
    desk.terminal.parameters["auto_sign_off_s"] = 60
    with Broken():
        await desk.see("MEMORY FAULT")
        await desk.see("LOG IN")
    assert desk.terminal.operator is None
    await desk.log_in()
    await desk.see("READY")
    await desk.menu("Sign off")
    await desk.see("CANCEL=N")
    with Broken():
        await desk.press("ENTER")
        await desk.see("MEMORY FAULT")
        await desk.see("LOG IN")
    assert desk.terminal.operator is None and not desk.terminal.exchange.signed_on


@stage.on_desk()
async def test_a_segment_that_cannot_be_read_is_told_and_does_not_end_the_terminal(desk):
    await desk.ready()
    await desk.sell()
    journal = desk.terminal.journal
    tx = transaction.correct("refund", journal.state["last"], 100, "01", desk.terminal.clock.now())
    tx["trace"], tx["batch"] = journal.free_trace(), journal.state["batch"]
    journal.append({"kind": "advice", "tx": tx})
    readers = [(name, getattr(files, name)) for name in ("lines", "read_end", "read_into")]

    def unreadable(*_):
        raise OSError(5)

    try:
        for name, _ in readers:
            setattr(files, name, unreadable)
        await desk.see("MEMORY FAULT")
    finally:
        for name, reader in readers:
            setattr(files, name, reader)
    await desk.press("ENTER")
    await desk.see("REFUND APPROVED")
    assert desk.state["advices"] == []


@stage.on_desk()
async def test_a_deletion_that_cannot_be_finished_keeps_no_slip_from_the_start(desk):
    await desk.ready()
    await desk.key_sale()
    await desk.see("tear")
    resume = deletion.resume

    def fails(journal):
        raise JournalError("full")

    files.replace(desk.folder + "/journal/deletion.plan", b"begun")
    deletion.resume = fails
    try:
        desk.power()
        await desk.see("SYSTEM ABNORMAL")
        await desk.press("ENTER")
        await desk.see("NO SLIP YET")
    finally:
        deletion.resume = resume


@stage.on_desk()
async def test_records_that_are_lost_are_told_as_they_are_and_the_terminal_still_sells(desk):
    await desk.ready()
    await desk.sell()
    await desk.sell("500")
    power_cut.damage(desk.folder + "/journal", b'"audit"')
    desk.power()
    row = await desk.see("RECORDS DAMAGED")
    assert row and not [row for row in desk.rows() if "No sales" in row], desk.rows()
    await desk.press("ENTER")
    await desk.log_in()
    await desk.see("READY")
    await desk.sell("77")
    desk.books_agree()


@stage.on_desk()
async def test_strangers_cannot_fill_the_journal(desk):
    """Whoever stands at the log-in screen leaves no records by keying numbers that nobody has."""
    desk.power()
    before = None
    for _ in range(3):
        await desk.see("LOG IN")
        before = before or len(desk.audits())
        await desk.press("4", "7", "ENTER")
        await desk.see("NO SUCH OPERATOR")
        await desk.press("ENTER")
    assert len(desk.audits()) == before


@stage.on_desk()
async def test_a_terminal_whose_keypad_task_ended_does_not_stay_deaf(desk):
    async def keypad():
        await asyncio.sleep_ms(5_000)

    await desk.ready()
    desk.terminal._tasks = (asyncio.create_task(keypad()),)
    await asyncio.sleep_ms(7_000)
    assert desk.task.done()
    try:
        await desk.task
    except RuntimeError as error:
        assert "ended" in str(error)  # main.py starts the terminal anew
    else:
        raise AssertionError("it went on")
