"""Setting up at the keypad, on the whole terminal: another network, the host's address, training beside real trade."""

import asyncio

import pytest
from faults import station

from tools.sim.radio import GUEST, Network

CAFE = Network("cafe", "7777777777", rssi_dbm=-40, channel=1)


async def supervisor(desk):
    await desk.sign_on("00", "135790", "No sales for")


async def open_wifi(desk):
    await desk.menu("Settings")
    await desk.choose("0 Wi-Fi")
    await desk.see("Wi-Fi !open")


async def key_password(desk, digits):
    await desk.see("Password")
    await desk.keys("MENU MENU")
    await desk.see("123")
    await desk.keys(f"{digits} ENTER")


def joined(desk):
    return desk.circuit.radio.info()[0].decode()


@pytest.mark.parametrize("board", station.BOARDS)
def test_another_network_is_found_tried_and_kept_over_a_restart(tmp_path, board):
    async def scenario(desk):
        desk.circuit.radio.networks.append(CAFE)
        await supervisor(desk)
        before = joined(desk)
        await open_wifi(desk)
        rows = [row.strip() for row in desk.rows()[1:]]
        assert rows[0] == ">1 4* cafe", rows
        await desk.choose("cafe")
        await key_password(desk, "1234567890")
        await desk.see("NOT JOINED", within_s=60)
        await desk.see("The old network")
        assert joined(desk) == before, "back on the old one"
        await desk.keys("ENTER CANCEL")
        await desk.see("No sales for")
        await open_wifi(desk)
        await desk.choose("cafe")
        await key_password(desk, "7777777777")
        await desk.see("JOINED", within_s=60)
        assert joined(desk) == "cafe"
        await desk.restart()
        await desk.sign_on()
        assert joined(desk) == "cafe"
        await desk.sell()
        desk.books(1234)
        assert "wifi_changed" in desk.audits()

    station.run(scenario, tmp_path, board=board)


def test_a_power_cut_while_another_network_is_tried_changes_nothing(tmp_path):
    async def scenario(desk):
        desk.circuit.radio.networks.append(CAFE)
        await supervisor(desk)
        before = joined(desk)
        await open_wifi(desk)
        await desk.choose("cafe")
        await key_password(desk, "1234567890")
        await desk.see("JOINING")
        await desk.restart()
        await desk.sign_on()
        assert joined(desk) == before

    station.run(scenario, tmp_path)


def test_an_open_network_is_warned_about_and_joined_and_self_check_says_so(tmp_path):
    async def scenario(desk):
        await supervisor(desk)
        await open_wifi(desk)
        await desk.choose(GUEST.ssid)
        await desk.tells("OPEN NETWORK", "Anybody can")
        await desk.keys("ENTER")
        await desk.see("JOINED")
        assert joined(desk) == GUEST.ssid
        await desk.restart()
        await desk.see("no key")

    station.run(scenario, tmp_path)


def test_no_network_at_all_is_an_empty_list(tmp_path):
    async def scenario(desk):
        await supervisor(desk)
        desk.circuit.radio.up = False
        await asyncio.sleep(1)
        await open_wifi(desk)
        await desk.see(">1 Listen again")
        desk.circuit.radio.up = True
        await desk.keys("ENTER")
        await desk.see(GUEST.ssid)

    station.run(scenario, tmp_path)


def test_the_hosts_address_is_asked_for_after_the_next_start(tmp_path):
    async def scenario(desk):
        asked = []
        opener = desk.line.opener

        def noting(wifi, host, port, server_name, ca):
            asked.append((host, port, server_name))
            return opener(wifi, host, port, server_name, ca)

        desk.line.opener = noting
        await supervisor(desk)
        await desk.menu("Settings")
        await desk.choose("Host")
        await desk.see("_")
        await desk.keys("CLEAR " * 40 + "MENU MENU 1921680210")
        await desk.keys("ENTER")
        await desk.see("Port")
        await desk.keys("CLEAR " * 5 + "9583 ENTER")
        await desk.see("Keep it?")
        await desk.keys("ENTER")
        await desk.see("next start")
        await desk.restart()
        await desk.see("LOG IN")
        assert asked[-1][:2] == ("1921680210", 9583)
        assert asked[-1][2] == asked[0][2], "the certificate must still be of the provisioned name"
        assert asked[0][0] != "1921680210"

    station.run(scenario, tmp_path)


@pytest.mark.parametrize("board", station.BOARDS)
def test_the_host_hears_nothing_of_a_training_and_the_next_sale_is_real(tmp_path, board):
    async def scenario(desk):
        await desk.sign_on()
        await desk.sell()
        await desk.menu("Log out")
        await supervisor(desk)
        await desk.menu("Training")
        await desk.see("Begin training?")
        await desk.keys("ENTER")
        await desk.see("Nothing is real")
        await desk.keys("ENTER")
        heard, trace = len(desk.line.seen), max(record.get("trace", 0) for record in desk.journal().scan())
        await desk.sign_on()
        for slip in await desk.sell("2000"):
            assert "TRAINING" in slip
        await desk.confirm_sale("50001")
        await desk.see("DECLINED 51")
        await desk.keys("ENTER")
        await desk.see("READY")
        await station.passing(60)
        assert len(desk.line.seen) == heard
        desk.books(1234)
        await desk.menu("Log out")
        await supervisor(desk)
        await desk.menu("Training")
        await desk.see("End training?")
        await desk.keys("ENTER")
        await desk.see("TRAINING ENDED")
        await desk.keys("ENTER")
        assert len(desk.line.seen) == heard
        await desk.menu("Log out")
        await desk.sign_on()
        for slip in await desk.sell("100"):
            assert "TRAINING" not in slip
            assert f"{trace + 1:06d}" in slip
        desk.books(1334)

    station.run(scenario, tmp_path, board=board)
