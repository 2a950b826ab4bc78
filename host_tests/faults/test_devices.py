"""Battery, tones, backlight, scanner and device test on the whole terminal, on both boards, against the real host."""

import asyncio

import pytest
from faults import station

from tools.sim.circuit import boards

CODE = "9162345678901237"


@pytest.mark.parametrize("board", boards())
def test_the_battery_runs_down_and_is_charged_again(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        battery = desk.circuit.battery
        battery.charge_pct = 8
        await desk.see("Battery 8 %!")
        await desk.confirm_sale("1234")  # it is only said
        await desk.see("APPROVED")
        await desk.see("tear off")
        await desk.keys("ENTER")
        await desk.see("Battery 8 %!")
        desk.books(1234)
        battery.charge_pct = 3
        await asyncio.sleep(30)
        await desk.keys("5 00 ENTER")
        await desk.see("Hold card")
        await desk.card()
        await desk.keys("ENTER")
        await desk.tells("BATTERY 3 %", "Plug in power.")
        await desk.keys("CANCEL")
        await desk.see("CANCELLED")
        desk.books(1234)
        battery.charge_pct = 60
        await desk.keys("ENTER")
        await desk.see("Key in an amount", within_s=30)
        await desk.sell("7")
        desk.books(1241)

    station.run(scenario, tmp_path, board=board)


@pytest.mark.parametrize("board", boards())
def test_what_is_heard_and_how_bright_it_is(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        buzzer, light = desk.circuit.buzzer, desk.circuit.backlight
        before = buzzer.count
        await desk.keys("1 2 CLEAR CLEAR")
        assert buzzer.count - before == 4 and buzzer.hz == 2000 and not buzzer.sounding
        await desk.keys("CANCEL")
        await desk.see("READY")
        assert light.percent == 100 and not light.flickers
        await asyncio.sleep(70)
        assert 0 < light.percent < 10
        await desk.keys("1")
        assert light.percent == 100
        await desk.keys("CLEAR CANCEL")
        await desk.confirm_sale("1234", station.FROZEN)
        await desk.see("DECLINED")
        await asyncio.sleep(1)
        assert buzzer.hz == 800 and not buzzer.sounding

    station.run(scenario, tmp_path, board=board)


@pytest.mark.parametrize("board", boards())
def test_reader_and_scanner_are_tried_and_a_sale_follows(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        await desk.menu("Device test")
        await desk.choose("Card, code")
        await desk.see("CARD READER TEST")
        await desk.card()
        await desk.see("620000******0013")
        await desk.keys("ENTER")
        await desk.see("SCANNER TEST")
        await desk.scan(CODE)
        await desk.see(CODE)
        await desk.keys("ENTER")
        await desk.choose("Host")
        await desk.see("HOST ANSWERS")
        await desk.keys("ENTER")
        await desk.choose("Clock")
        await desk.see("Host +0 s")
        await desk.keys("CANCEL CANCEL")
        await desk.see("READY")
        # The line is the reader's again.
        await desk.sell("1234")
        desk.books(1234)
        assert desk.circuit.reader.bad_frames == desk.circuit.scanner.bad_commands == 0

    station.run(scenario, tmp_path, board=board)
