"""Offline sales on the whole terminal with its real host: five while the host is away, the power cut at every step of a
file operation until the last one is sent; each that was told as approved is in the ledger, once."""

import pytest
from faults import station
from faults.line import EVERYTHING
from faults.test_power_cuts import printed, recovered

BOTH = [(station.ST7920, "en"), (station.ST7920, "zh"), (station.HD44780, "en")]
PARAMETERS = {"38": "5000", "40": "999999"}
ADVICE = "0220"
AMOUNTS = (101, 202, 303, 404, 505)
SALES = """SELECT amount_minor, count(*) AS times FROM transactions WHERE kind = 'offline' AND code = '00'
    GROUP BY amount_minor"""


async def begin(desk):
    """The merchant allows it; signed on."""
    for tag, value in PARAMETERS.items():
        desk.host.execute(
            "INSERT INTO merchant_parameters (merchant_id, tag, value) SELECT id, :tag, :value FROM merchants",
            tag=tag,
            value=value,
        )
    await desk.sign_on()


def host_away(desk):
    desk.line.hang_up()
    desk.line.fail("refused", EVERYTHING)


def stands(desk):
    """{amount in minor units: how often it was taken} of the offline sales in the ledger."""
    return {row["amount_minor"]: row["times"] for row in desk.host.execute(SALES)}


async def sell(desk, amount_minor, told=None):
    """An offline sale with both slips; told gets its amount when the screen says that it was approved."""
    before = len(desk.slips())
    await desk.confirm_sale(str(amount_minor))
    await desk.see_text("ask_offline", amount=f"{amount_minor // 100}.{amount_minor % 100:02d}")
    await desk.keys("ENTER")
    await desk.see(desk.t("approved_offline").split("\n")[0])
    if told is not None:
        told.append(amount_minor)
    await desk.see_text("hint_tear")
    await desk.keys("ENTER")
    await desk.until(lambda: len(desk.slips()) == before + 2)
    await desk.see(desk.t("idle_offline").split("\n")[0])


async def all_sent(desk):
    """The idle screen says no more that something waits."""
    await desk.see(desk.t("idle_ready").split("\n")[-1], within_s=900)
    assert desk.journal().state["offline"] == []


@pytest.mark.parametrize(("board", "language"), BOTH)
def test_five_while_the_host_is_away_and_one_settlement(tmp_path, board, language):
    async def scenario(desk):
        await begin(desk)
        await desk.sell("1000")
        host_away(desk)
        for amount_minor in AMOUNTS:
            await sell(desk, amount_minor)
        assert stands(desk) == {} and desk.taken_minor() == 1000
        desk.line.heal()
        await all_sent(desk)
        assert stands(desk) == dict.fromkeys(AMOUNTS, 1)
        sent = desk.host.execute("SELECT trace FROM transactions WHERE kind = 'offline' ORDER BY id")
        assert [row["trace"] for row in sent] == sorted(row["trace"] for row in sent)
        desk.books(1000 + sum(AMOUNTS))
        await desk.menu(desk.t("menu_settle"))
        await desk.see_text("settle_debit")
        await desk.keys("ENTER")
        await desk.yes()
        await desk.see(desk.t("settled_equal", batch="000001", amount="").split("\n")[1])
        closed = desk.host.execute("SELECT result, net_minor FROM settlements")[0]
        assert closed["result"] == 1 and desk.journal().state["settled"]["net_minor"] == closed["net_minor"]
        assert desk.host.check().balanced

    station.run(scenario, tmp_path, board=board, language=language)


def test_an_answer_that_is_lost_is_asked_for_again(tmp_path):
    async def scenario(desk):
        await begin(desk)
        host_away(desk)
        for amount_minor in AMOUNTS[:2]:
            await sell(desk, amount_minor)
        desk.line.heal()
        desk.line.fail("silent", (ADVICE,), times=1)
        await all_sent(desk)
        assert desk.line.count(ADVICE) == 3
        assert stands(desk) == dict.fromkeys(AMOUNTS[:2], 1)
        desk.books(sum(AMOUNTS[:2]))

    station.run(scenario, tmp_path)


def test_what_the_card_cannot_pay_is_told_and_settles_equal(tmp_path):
    async def scenario(desk):
        await begin(desk)
        host_away(desk)
        await sell(desk, 101)
        await desk.confirm_sale("202", station.POOR)
        await desk.see("Sell offline?")
        await desk.keys("ENTER")
        await desk.see_text("hint_tear")
        await desk.keys("ENTER")
        desk.line.heal()
        await desk.see("DECLINED 51", within_s=900)
        await desk.keys("ENTER")
        await all_sent(desk)
        assert desk.host.balance(station.POOR) == station.POOR_MINOR
        desk.books(101)
        assert desk.journal().state["totals"] == {"offline": [1, 101]}

    station.run(scenario, tmp_path)


async def one_cut(desk, step, booked):
    """Five sales while the host is away, then it is back; the power goes at this step. What stands in the end, whether
    it came through."""
    told, amounts = [], [step * 10 + at for at in range(len(AMOUNTS))]
    host_away(desk)
    desk.supply.cut_in(step)
    try:
        for amount in amounts:
            await sell(desk, amount, told)
        desk.line.heal()
        await all_sent(desk)
    except AssertionError:
        assert desk.supply.failed
    through = not desk.supply.failed
    if not through:
        await desk.cut()
        await station.passing(1)
        desk.line.heal()
        await recovered(desk)
        await desk.sign_on()
        await all_sent(desk)
    found = stands(desk)
    new = {amount: times for amount, times in found.items() if amount not in booked}
    assert set(told) <= set(new) <= set(amounts), (step, told, new)
    assert len(new) <= len(told) + 1 and set(found.values()) <= {1}, (step, found)
    for amount in new:
        slips = [slip for slip in printed(desk) if f"CNY {amount // 100}.{amount % 100:02d}" in slip]
        assert len(slips) >= 2, (step, amount, slips)
    desk.books(sum(found))
    return found, through


@pytest.mark.slow
@pytest.mark.parametrize("first", [1, 2, 3])
def test_at_file_operations_of_five_sales_and_of_their_sending(tmp_path, first):
    async def scenario(desk):
        await begin(desk)
        booked, through, step = {}, False, first
        while not through:
            assert step < 200
            booked, through = await one_cut(desk, step, booked)
            step += 6
        assert step - 6 > 5 * 3 * 4  # each of the five is stored, printed and answered, and an append is four steps

    station.run(scenario, tmp_path)
