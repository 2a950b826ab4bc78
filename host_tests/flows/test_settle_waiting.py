"""Settlement while refunds wait for the host: they go first, so that what is on the screen is what is settled."""

import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from pos.domain import transaction
from test_settle import closed, printed, trade


async def refund_waits(desk):
    """A sale, and a refund of 0.40 that the host has not answered."""
    await desk.ready()
    await trade(desk, 1)
    printed(desk)
    refund = transaction.correct("refund", desk.state["last"], 40, "01", dual.clock.now(), reason="07")
    desk.host.script.append(model.SILENT)
    desk.terminal.recovery_is_due = lambda: False  # the loop's own try comes later
    assert (await desk.terminal.exchange.advise(refund))["result"] == "pending"


@stage.on_desk()
async def test_what_waits_goes_to_the_host_before_the_totals_are_shown(desk):
    await refund_waits(desk)
    await desk.menu("Settlement")
    await desk.see("Taken x 1")
    assert "1" in await desk.see("Given back x") and desk.rows()[3].strip() == "0.40"
    await desk.press("ENTER")
    await desk.see("2 records")
    await desk.press("ENTER")
    await desk.see("SETTLED, EQUAL")
    closed(desk)


@stage.on_desk()
async def test_totals_are_not_shown_while_something_waits(desk):
    await refund_waits(desk)
    desk.host.script = [model.SILENT]
    await desk.menu("Settlement")
    await desk.see("STILL")
    await desk.press("ENTER")
    await desk.see("waiting: 1")
    assert desk.state["settling"] is None and desk.host.settlement.closed == {}
