"""Payment services at the keypad: listed with their states, switched off, removed, opened again, as the host allows."""

import asyncio
import sys

import dual

sys.path.insert(0, __file__.rpartition("/")[0])

import desk as stage
import model_host as model
from pos.domain import services, transaction

ALL = ",".join(services.NAMES).encode()


async def administrator(desk, off=b""):
    desk.host.parameters[23], desk.host.parameters[25] = ALL, off
    start(desk)
    await desk.log_in("99", "97531024")
    await desk.see("MENU")


def start(desk):
    """The firmware starts; the restarts it asks for are counted and made by the test."""
    desk.restarts = 0
    desk.power()

    def restart():
        desk.restarts += 1

    desk.terminal.restart = restart


async def choose(desk, name, action):
    """From the idle screen to the PIN."""
    await desk.menu("Services")
    await desk.see("SERVICES")
    await desk.choose(name)
    await desk.choose(action)


async def prove(desk, pin="97531024"):
    await desk.pin(pin)


async def decide(desk, reason="Law, policy"):
    await desk.yes()
    await desk.see("REASON?")
    await desk.choose(reason)


async def change(desk, name, action):
    await choose(desk, name, action)
    await prove(desk)
    await decide(desk)


async def home(desk):
    """Back to the idle screen from wherever it is."""
    for _ in range(6):
        if [row for row in desk.rows() if "No sales for" in row or "READY" in row]:
            return
        await desk.press("CANCEL")
        await asyncio.sleep_ms(200)
    raise AssertionError(desk.rows())


def asked(desk):
    return [request for request in desk.host.requests if request[60][8:11] == "380"]


@stage.on_desk()
async def test_the_list_shows_each_service_with_its_state(desk):
    await administrator(desk, b"")
    desk.terminal.parameters["services"] = "sale,nfc,void,refund"
    desk.terminal.parameters["off_services"] = "qr:m,preauth:r,balance:h"
    await desk.menu("Services")
    seen = []
    for _ in services.NAMES:
        await asyncio.sleep_ms(50)
        seen += [row[3:].strip() for row in desk.rows() if row.startswith(">")]
        await desk.press("DOWN")
    assert seen[:6] == ["Card on", "NFC on", "QR code off", "Void on", "Refund on", "Pre-auth gone"]
    assert seen[6:] == ["Balance host", "Offline host"]


@stage.on_desk()
async def test_only_the_administrator_is_offered_it(desk):
    await desk.ready()
    await desk.press("MENU")
    await desk.choose("Device")
    await desk.see("Self-check")
    for _ in range(6):
        assert not [row for row in desk.rows() if "Services" in row]
        await desk.press("DOWN")


@stage.on_desk()
async def test_switched_off_and_on_again_as_the_host_says(desk):
    await administrator(desk)
    await change(desk, "QR code", "Switch off")
    await desk.see("CHANGED")
    await desk.see("QR code: off")
    assert desk.host.settlement.changes == [("qr", "off", "05", "99")]
    assert not services.on(desk.terminal.parameters, "qr")
    assert "service" in desk.audits()
    await home(desk)
    start(desk)
    assert services.state(desk.terminal.parameters, "qr") == "merchant", "stored"
    await desk.log_in("99", "97531024")
    await desk.see("No sales for")
    await choose(desk, "QR code", "Switch on")
    await prove(desk)
    await decide(desk, "Needed again")
    await desk.see("QR code: on")
    assert desk.host.settlement.changes[-1] == ("qr", "on", "25", "99")
    assert services.on(desk.terminal.parameters, "qr") and desk.restarts == 0


@stage.on_desk()
async def test_the_reasons_are_those_of_a_service_not_of_a_void(desk):
    await administrator(desk)
    desk.terminal.parameters["services"] = "sale,qr"
    desk.terminal.parameters["off_services"] = "preauth:m"
    for name, action, wanted in (
        ("QR code", "Switch off", ["Not needed", "Too costly", "Not safe", "Law, policy", "Other"]),
        ("Pre-auth", "Switch on", ["Needed again", "Law, policy", "Other"]),
    ):
        await choose(desk, name, action)
        await prove(desk)
        await desk.yes()
        await desk.see("REASON?")
        seen = []
        for _ in wanted:
            seen += [row[3:].strip() for row in desk.rows() if row.startswith(">")]
            await desk.press("DOWN")
            await asyncio.sleep_ms(50)
        assert seen == wanted and desk.rows()[0].endswith("1/%d" % len(seen)), desk.rows()
        await desk.press("CANCEL")
        await desk.see("No sales for")


@stage.on_desk()
async def test_it_leaves_the_menu_with_the_service(desk):
    await administrator(desk)
    await change(desk, "Refund", "Switch off")
    await desk.see("CHANGED")
    await home(desk)
    await desk.menu("Log out")
    await desk.log_in()
    await desk.see("READY")
    await desk.press("MENU")
    await desk.choose("Corrections")
    await desk.see("Void")
    for _ in range(6):
        assert not [row for row in desk.rows() if "Refund" in row], desk.rows()
        await desk.press("DOWN")


@stage.on_desk()
async def test_every_way_out_before_the_host_changes_nothing(desk):
    await administrator(desk)
    await choose(desk, "QR code", "Switch off")
    await desk.see("PIN")
    await desk.press("CANCEL")
    await desk.see("No sales for")
    await choose(desk, "QR code", "Switch off")
    await prove(desk)
    await desk.see("CANCEL=N")
    await desk.press("CANCEL")
    await desk.see("No sales for")
    await choose(desk, "QR code", "Switch off")
    await prove(desk)
    await desk.yes()
    await desk.see("REASON?")
    await desk.press("CANCEL")
    await desk.see("No sales for")
    await choose(desk, "QR code", "Switch off")
    await prove(desk, "11111111")
    await desk.see("WRONG PIN")
    assert asked(desk) == [] and services.on(desk.terminal.parameters, "qr")


@stage.on_desk()
async def test_cancel_at_the_action_goes_back_to_the_list(desk):
    await administrator(desk)
    await desk.menu("Services")
    await desk.choose("QR code")
    await desk.see("Switch off")
    await desk.press("CANCEL")
    await desk.see("SERVICES")
    await desk.press("CANCEL")
    await desk.see("No sales for")


@stage.on_desk()
async def test_what_the_host_switched_off_only_the_host_switches_on(desk):
    await administrator(desk)
    desk.terminal.parameters["services"] = "sale"
    desk.terminal.parameters["off_services"] = "qr:h"
    await desk.menu("Services")
    await desk.choose("QR code")
    await desk.see("Only the host")
    assert asked(desk) == []


@stage.on_desk()
async def test_the_hosts_refusal_is_told(desk):
    await administrator(desk)
    for code, words in (("58", "has records of"), ("57", "Only the host"), ("40", "DECLINED 40")):
        desk.host.settlement.refuses = code
        await change(desk, "QR code", "Remove")
        await desk.see(words)
        await desk.press("ENTER")
        await home(desk)
    assert services.on(desk.terminal.parameters, "qr")
    assert desk.state["removing"] == "" and desk.restarts == 0


async def sell_one(desk, entry="nfc", amount_minor=500):
    tx = transaction.make("sale", amount_minor, stage.CARD_RICH, entry, "01", dual.clock.now())
    return await desk.terminal.exchange.authorise(tx)


@stage.on_desk()
async def test_removing_needs_a_settled_batch_switching_off_does_not(desk):
    await administrator(desk)
    await sell_one(desk)
    await choose(desk, "QR code", "Remove")
    await desk.see("SETTLE FIRST")
    assert asked(desk) == []
    await desk.press("ENTER")
    await desk.see("No sales for")
    await change(desk, "QR code", "Switch off")
    await desk.see("CHANGED")


@stage.on_desk()
async def test_nothing_is_changed_while_a_sale_is_undecided(desk):
    await administrator(desk)
    await choose(desk, "QR code", "Switch off")
    await prove(desk)
    tx = transaction.make("sale", 500, stage.CARD_RICH, "nfc", "01", dual.clock.now())
    tx["trace"], tx["batch"] = desk.terminal.journal.free_trace(), 7
    desk.terminal.journal.append({"kind": "intent", "tx": tx})
    desk.host.script = [model.LOST]
    await decide(desk)
    await desk.see("UNDECIDED")
    assert asked(desk) == [] and services.on(desk.terminal.parameters, "qr")


@stage.on_desk()
async def test_removed_restarted_and_checked_clean(desk):
    await administrator(desk)
    await change(desk, "QR code", "Remove")
    await desk.see("REMOVED. The")
    await asyncio.sleep_ms(6_000)
    assert desk.restarts == 1 and desk.state["removing"] == "qr"
    start(desk)
    await desk.see("Nothing of it is")
    await desk.see("LOG IN")
    assert desk.state["removing"] == "" and "service_check" in desk.audits()
    assert services.state(desk.terminal.parameters, "qr") == "removed"
    start(desk)
    await desk.see("LOG IN")
    assert [what for what in desk.audits() if what == "service_check"] == ["service_check"]
    await desk.log_in("99", "97531024")
    await desk.see("No sales for")
    await change(desk, "QR code", "Switch on")
    await desk.see("QR code: on")


@stage.on_desk()
async def test_the_self_check_finds_what_failed(desk):
    await administrator(desk)
    desk.host.script = [model.SILENT]
    assert (await sell_one(desk))["result"] == "reversed"
    await asyncio.sleep_ms(10_000)
    await change(desk, "NFC", "Remove")
    await desk.see("REMOVED. The")
    await asyncio.sleep_ms(6_000)
    start(desk)
    await desk.see("Open: 0")
    await desk.see("Failed: 1")
    await desk.see("LOG IN")
    assert desk.state["removing"] == ""


@stage.on_desk()
async def test_a_lost_answer_is_cleared_up_by_the_parameters(desk):
    await administrator(desk)
    for fault, after in ((model.SILENT, "off"), (model.LOST, "on")):
        desk.host.script = [fault]
        name = "QR code" if after == "off" else "Void"
        await change(desk, name, "Switch off")
        await desk.see("CHANGED" if after == "off" else "NOT CHANGED")
        await home(desk)
    assert not services.on(desk.terminal.parameters, "qr") and services.on(desk.terminal.parameters, "void")


@stage.on_desk()
async def test_no_parameters_after_it_and_the_next_sign_on_tells(desk):
    await administrator(desk)
    desk.host.script = [model.OK, model.LOST]
    await change(desk, "QR code", "Remove")
    await desk.see("NOT KNOWN YET")
    await asyncio.sleep_ms(6_000)
    assert desk.state["removing"] == "qr" and desk.restarts == 0
    start(desk)
    await desk.see("LOG IN")
    assert desk.state["removing"] == "qr", "the stored parameters do not say so yet"
    await desk.log_in("99", "97531024")
    await desk.see("Nothing of it is")
    await desk.see("No sales for")
    assert desk.state["removing"] == ""


@stage.on_desk()
async def test_a_removal_that_never_reached_the_host_is_forgotten_at_the_next_sign_on(desk):
    await administrator(desk)
    desk.host.script = [model.LOST]
    await choose(desk, "QR code", "Remove")
    await prove(desk)
    await decide(desk)
    await asyncio.sleep_ms(5_000)
    assert desk.state["removing"] == "qr"
    desk.host.script = []
    start(desk)
    await desk.log_in("99", "97531024")
    await desk.see("No sales for")
    assert desk.state["removing"] == "" and services.on(desk.terminal.parameters, "qr")
    assert "service_check" not in desk.audits()


@stage.on_desk()
async def test_the_power_goes_at_every_step_of_a_removal(desk):
    """Cut after each tenth of a second from the last key on, whether the host gets to know of it or not: in the end the
    service is gone and was checked, or it is there and nothing is left over."""
    for arrives in (True, False):
        for after_ms in range(0, 3_000, 100):
            desk.host.parameters[23], desk.host.parameters[25] = ALL, b""
            desk.host.settlement.changes = []
            start(desk)
            await desk.log_in("99", "97531024")
            await desk.see("No sales for")
            await choose(desk, "QR code", "Remove")
            await prove(desk)
            desk.host.script = [] if arrives else [model.LOST]
            await decide(desk)
            await asyncio.sleep_ms(after_ms)
            desk.host.script = []
            audits = len(desk.audits())
            start(desk)
            await desk.log_in("99", "97531024")
            await desk.see("No sales for")
            what = arrives, after_ms
            assert bool(desk.host.settlement.changes) == arrives, what
            assert services.on(desk.terminal.parameters, "qr") != arrives, what
            assert desk.state["removing"] == "", what
            assert ("service_check" in desk.audits()[audits:]) == arrives, what


@stage.on_desk(cols=20)
async def test_on_the_other_display(desk):
    await administrator(desk)
    await change(desk, "Pre-auth", "Switch off")
    await desk.see("Pre-auth: off")
