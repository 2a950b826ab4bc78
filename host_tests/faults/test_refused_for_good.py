"""A host that says no and means it: nothing is asked without end or dropped, and the screen says what to do."""

import pytest
from faults import station
from faults.test_settlement import batch, closings, settle, settled

LONG_S = 600  # shorter than the time after which nobody is logged in any more
TRIES_MAX = 5  # the operator's is the first of them
LATER_MAX = 75
PIN = "135790"


def refuse(desk, mti, code):
    """The host answers requests of this type with the code, until its answers are let through again."""
    answer = desk.line.answer

    def refusing(frame):
        good = answer(frame)
        if frame[13:15].hex() != mti:
            return good
        body = desk.line._mangler._signed_anew(good[2:], {39: lambda _: code})
        return len(body).to_bytes(2, "big") + body

    desk.line.answer = refusing
    return lambda: setattr(desk.line, "answer", answer)


async def supervisor(desk):
    await desk.menu(desk.t("menu_log_out"))
    await desk.log_in("00", PIN)
    await desk.see("Operator 00")


@pytest.mark.parametrize("code", ["58", "12", "ZZ"])
def test_a_settlement_refused_for_good_is_given_up_until_somebody_tries_again(tmp_path, code):
    """The host has compared, and then refuses each end: a few tries, then only from the menu."""

    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        before = batch(desk)
        allow = refuse(desk, "0320", code)
        await settle(desk)
        await desk.see(desk.t("declined", code=code))
        await station.passing(LONG_S)
        assert desk.line.count("0320") == TRIES_MAX, desk.line.count("0320")
        await desk.see_text("idle_settle_refused")
        assert desk.journal().state["settling"], "nothing is dropped"
        size = len(list(desk.journal().scan()))
        await station.passing(LONG_S)
        assert len(list(desk.journal().scan())) == size, "nor does it fill the journal"
        await supervisor(desk)
        await desk.menu(desk.t("menu_settle"))
        await desk.see(desk.t("declined", code=code))
        await desk.keys("ENTER")
        await desk.see_text("refused_settlement", code=code)
        await desk.keys("ENTER")
        await desk.see_text("idle_settle_refused")
        assert desk.line.count("0320") == TRIES_MAX + 1
        allow()
        await station.passing(300)
        assert desk.line.count("0320") == TRIES_MAX + 1
        await desk.menu(desk.t("menu_settle"))
        await desk.see("SETTLED, EQUAL")
        await desk.see(desk.t("idle_no_sale").split("\n")[0])
        settled(desk, before)
        assert len(closings(desk)) == 1

    station.run(scenario, tmp_path)


def test_a_host_that_closes_its_day_is_asked_until_it_has(tmp_path):
    """90 says later: that is no refusal."""

    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        before = batch(desk)
        allow = refuse(desk, "0320", "90")
        await settle(desk)
        await station.passing(LONG_S)
        assert desk.line.count("0320") > TRIES_MAX
        allow()
        await desk.see_text("idle_ready", within_s=120)
        settled(desk, before)

    station.run(scenario, tmp_path)


def test_a_host_that_only_ever_says_later_is_not_asked_without_end(tmp_path):
    """For an hour it is; then people are told, and the settlement waits in the menu."""

    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        before = batch(desk)
        allow = refuse(desk, "0320", "91")
        await settle(desk)
        await station.passing(4200)
        asked, used = desk.line.count("0320"), desk.journal().highest_trace()
        assert TRIES_MAX < asked <= LATER_MAX, asked
        await station.passing(900)
        assert desk.line.count("0320") == asked and desk.journal().highest_trace() == used
        await desk.log_in("00", PIN)
        await desk.see_text("idle_settle_refused")
        await desk.menu(desk.t("menu_settle"))
        await desk.see(desk.t("declined", code="91"))
        await desk.keys("ENTER")
        await desk.see_text("refused_settlement", code="91")
        await desk.keys("ENTER")
        allow()
        await desk.menu(desk.t("menu_settle"))
        await desk.see("SETTLED, EQUAL")
        settled(desk, before)

    station.run(scenario, tmp_path)


REFUSALS = (("terminals", "disabled", "enabled", "58"), ("merchants", "closed", "open", "03"))


@pytest.mark.parametrize(("table", "no", "yes", "code"), REFUSALS)
def test_a_sign_on_that_is_refused_blocks_a_reversal_and_loses_nothing(tmp_path, table, no, yes, code):
    """The power took the working key, and the host gives no new one: the supervisor is called, nothing goes round."""

    async def scenario(desk):
        await desk.sign_on()
        desk.line.fail("silent", ("0200",), 1)
        await desk.confirm_sale()
        await station.passing(1)
        desk.host.execute(f"UPDATE {table} SET status = '{no}'")
        await desk.restart()
        await desk.see_text("blocked", within_s=300)
        await desk.keys("ENTER")
        used, size = desk.journal().highest_trace(), len(list(desk.journal().scan()))
        await station.passing(LONG_S)
        assert desk.journal().highest_trace() == used, "no number is taken any more"
        assert len(list(desk.journal().scan())) == size
        assert desk.taken_minor() == 1234 and desk.journal().state["pending"]
        await desk.log_in("00", PIN)
        await desk.see(desk.t("declined", code=code))
        await desk.keys("ENTER")
        await desk.see_text("idle_blocked")
        desk.host.execute(f"UPDATE {table} SET status = '{yes}'")
        await desk.menu(desk.t("menu_resolve"))
        await desk.see_text("pending_done")
        desk.books(0)

    station.run(scenario, tmp_path)


@pytest.mark.parametrize(("table", "no", "yes", "code"), REFUSALS)
def test_a_sign_on_that_is_refused_is_not_asked_for_a_refund_without_end(tmp_path, table, no, yes, code):
    """A refund waits, and the host gives no key: a few tries, then the operator's sign-on sends it."""

    async def scenario(desk):
        await desk.sign_on()
        await desk.sell("1000")
        desk.line.fail("silent", ("0220",), 1)
        await refund_last(desk, "400")
        await station.passing(1)
        desk.host.execute(f"UPDATE {table} SET status = '{no}'")
        await desk.restart()
        await station.passing(LONG_S)
        used = desk.journal().highest_trace()
        await station.passing(LONG_S)
        assert desk.journal().highest_trace() == used, "no number is taken any more"
        assert desk.journal().state["advices"]
        desk.host.execute(f"UPDATE {table} SET status = '{yes}'")
        await desk.log_in()
        await desk.see("APPROVED", within_s=120)
        state = desk.journal().state
        assert state["advices"] == [] and state["totals"] == {"sale": [1, 1000], "refund": [1, 400]}
        assert desk.taken_minor() == 600

    station.run(scenario, tmp_path)


async def refund_last(desk, digits):
    """From the idle screen to just after the confirmation."""
    await desk.menu(desk.t("menu_refund"))
    await desk.keys("1 ENTER ENTER")
    await desk.see("0.00")
    await desk.keys(digits + " ENTER")
    await desk.see_text("prompt_pin")
    await desk.keys("2 4 6 8 ENTER")
    await desk.see_text("title_reason")
    await desk.keys("6")
    await desk.see(desk.t("hint_yes_no"), desk.t("hint_ok"))
    await desk.keys("ENTER")
