"""Host and network at fault, seen from the desk: what the operator reads, what is printed, what both ledgers say."""

import pytest
from faults import station
from faults.line import EVERYTHING, REVERSAL, SALE

pytestmark = pytest.mark.slow

UNDONE = ("SALE UNDONE", "Nothing charged", "You can try", "again")
# A fault that hits the sale only: its reversal gets through while the customer still stands there.
UNANSWERED = (
    "silent",
    "late",
    "garbage",
    "unframed",
    "wrong_mac",
    "no_mac",
    "other_trace",
    "other_amount",
    "cut",
    "close",
    "lost",
)
NOT_SENT = (
    ("refused", ("NOT SENT", "Host takes no", "calls", "Try later")),
    ("unreachable", ("NOT SENT", "Host not reached", "Check internet")),
    ("no_connection", ("NOT SENT", "Host not reached", "Check internet")),
)


@pytest.mark.parametrize("fault", UNANSWERED)
def test_sale_without_a_good_answer_is_undone_at_once(tmp_path, fault):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail(fault, (SALE,), times=1)
        await desk.confirm_sale()
        await desk.see("PROCESSING")
        await desk.see(UNDONE[0], within_s=90)
        await desk.tells(*UNDONE)
        desk.books(0)
        assert desk.slips() == []
        assert desk.line.count(REVERSAL) == 1
        await desk.keys("ENTER")
        await desk.sell()  # "you can try again"
        await station.passing(120)  # what is late arrives
        desk.books(1234)
        assert desk.host.balance(station.RICH) == station.RICH_MINOR - 1234

    station.run(scenario, tmp_path)


@pytest.mark.parametrize(("fault", "words"), NOT_SENT, ids=[fault for fault, _ in NOT_SENT])
def test_host_that_cannot_be_reached(tmp_path, fault, words):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail(fault)
        await desk.confirm_sale()
        await desk.tells(*words)
        desk.books(0)
        assert desk.line.count(SALE, "left") == 0 and desk.slips() == []
        await desk.keys("ENTER")
        await desk.see("READY")
        desk.line.heal()
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_host_that_is_down_at_log_in(tmp_path):
    async def scenario(desk):
        desk.power()
        desk.line.fail("refused")
        await desk.log_in()
        await desk.tells("NOT SIGNED ON", "Host takes no", "Try later")
        await desk.keys("ENTER")
        await desk.tells("NOT SIGNED ON", "MENU: Sign on")
        await desk.confirm_sale()
        await desk.tells("NOT SIGNED ON")
        assert desk.slips() == []
        desk.line.heal()
        await desk.keys("ENTER")
        await desk.see("CANCELLED", "WELCOME")
        await desk.keys("ENTER")
        await desk.menu("Sign on")
        await desk.see("READY")
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_wifi_down(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.circuit.radio.up = False
        await desk.tells("NO WI-FI", "Sales must wait")
        await desk.confirm_sale()
        await desk.tells("NOT SENT", "No Wi-Fi", "Check", "router")
        desk.books(0)
        assert desk.line.count(SALE, "left") == 0 and desk.slips() == []
        await desk.keys("ENTER")
        desk.circuit.radio.up = True
        await desk.see("READY", within_s=60)
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("direction", ["left", "arrived"])
def test_wifi_goes_down_within_a_sale(tmp_path, direction):
    async def scenario(desk):
        def radio_goes(entry):
            if entry[1:] == (direction, SALE):
                desk.circuit.radio.up = False

        await desk.sign_on()
        desk.line.on_event = radio_goes
        await desk.confirm_sale()
        await desk.see("RESULT UNKNOWN", within_s=180)
        await desk.tells("RESULT UNKNOWN", "Don't sell again", "undone")
        assert desk.slips() == []
        desk.line.on_event = None
        await desk.keys("ENTER")
        desk.circuit.radio.up = True
        await desk.see("UNANSWERED SALE", within_s=120)
        await desk.tells("UNANSWERED SALE", "IS UNDONE", "Nothing charged")
        await desk.see("READY")
        desk.books(0)
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("fault", ["silent", "wrong_mac", "other_trace", "garbage", "close"])
def test_reversal_that_is_not_answered_either(tmp_path, fault):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail(fault, (SALE, REVERSAL))
        await desk.confirm_sale()
        await desk.see("RESULT UNKNOWN", within_s=300)
        await desk.tells("RESULT UNKNOWN", "Don't sell again", "undone")
        assert desk.journal().state["pending"]
        assert desk.slips() == []
        desk.line.heal()
        await desk.keys("ENTER")
        await desk.see("UNANSWERED SALE", within_s=120)
        await desk.tells("UNANSWERED SALE", "IS UNDONE", "Nothing charged")
        await desk.see("READY")
        desk.books(0)
        await desk.sell()
        desk.books(1234)

    station.run(scenario, tmp_path)


def test_host_that_never_takes_the_reversal_blocks_until_the_supervisor_succeeds(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail("silent", (SALE, REVERSAL))
        await desk.confirm_sale()
        await desk.see("BLOCKED: call", within_s=3600)
        await desk.tells("BLOCKED: call", "the supervisor")
        await desk.confirm_sale()
        await desk.tells("BLOCKED", "Call", "supervisor")
        await desk.keys("ENTER")
        assert desk.line.count(SALE) == 1 and desk.slips() == []
        await desk.restart()  # the block outlives the power
        desk.line.heal()
        await desk.see("BLOCKED")
        await desk.log_in("00", "135790")
        await desk.see("BLOCKED: call")
        await desk.menu("Undo again")
        await desk.tells("UNANSWERED SALE", "IS UNDONE", "Nothing charged")
        desk.books(0)

    station.run(scenario, tmp_path)


def test_answer_that_is_slow_but_in_time_is_taken(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.late_s = 50
        desk.line.fail("late", EVERYTHING, times=1)
        await desk.confirm_sale()
        await desk.see("APPROVED", within_s=60)
        await desk.see("tear")
        await desk.keys("ENTER")
        await desk.see("READY")
        desk.books(1234)
        assert len(desk.slips()) == 2 and desk.line.count(REVERSAL) == 0

    station.run(scenario, tmp_path)


def test_reversal_that_overtakes_its_sale_kills_it(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail("held", (SALE,), times=1)
        await desk.confirm_sale()
        await desk.see("SALE UNDONE", within_s=90)
        assert desk.line.count(SALE) == 0  # it is still on its way
        await desk.keys("ENTER")
        await station.passing(120)
        assert desk.line.count(SALE) == 1
        desk.books(0)

    station.run(scenario, tmp_path)


def test_wrong_mac_is_named_to_the_host(tmp_path):
    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail("wrong_mac", (SALE,), times=1)
        await desk.confirm_sale()
        await desk.see("SALE UNDONE", within_s=90)
        attempts = [record for record in desk.journal().scan() if record["kind"] == "attempt"]
        assert [record["reason"] for record in attempts] == ["A0"]

    station.run(scenario, tmp_path)
