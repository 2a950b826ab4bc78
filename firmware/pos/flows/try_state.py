"""What the device knows of itself, a page each: Wi-Fi, host, clock, storage, battery."""

import os

from micropython import const

from pos.flows import answers
from pos.ui import message, pager

# Weakest signal of each bar, in dBm: four bars are good for anything, with one every second packet is sent again.
_BARS_DBM = const((-85, -75, -67, -58))
_KB = const(1024)
_LARGE_KB = const(100_000)
_YEAR_S = const(31_536_000)
_DAYS_BEFORE = const((0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334))  # each month of a year


async def run(terminal, name):
    """name: "wifi", "host", "clock", "storage", "battery"."""
    if name == "wifi":
        await _wifi(terminal)
    elif name == "host":
        await _host(terminal)
    elif name == "clock":
        await _clock(terminal)
    elif name == "storage":
        await _page(terminal, name, _storage(terminal))
    else:
        await _battery(terminal)


async def _page(terminal, name, rows):
    await pager.show(terminal.ui, rows, terminal.ui.t("try_" + name))


async def _wifi(terminal):
    wifi = terminal.wifi
    t = terminal.ui.t
    name, strength_dbm, channel, address = wifi.details()
    rows = [name]
    if not wifi.up:
        rows.append(t("idle_wifi_down").split("\n")[0])
    else:
        if strength_dbm is not None:
            rows.append(t("test_strength", dbm=strength_dbm, bars=bars(strength_dbm)))
        if channel is not None:
            rows.append(t("test_channel", channel=channel))
        rows.append(address or "-")
    if wifi.open_network:
        rows.extend(t("test_wifi_open").split("\n"))
    await _page(terminal, "wifi", rows)


def bars(strength_dbm):
    """ "****", "**.." and so on: how strong the signal is."""
    count = len([limit for limit in _BARS_DBM if strength_dbm >= limit])
    return "*" * count + "." * (len(_BARS_DBM) - count)


async def _probe(terminal):
    return await answers.wait_for(terminal, terminal.exchange.run("probe", "echo"))


async def _host(terminal):
    outcome, took_ms, _told = await _probe(terminal)
    if outcome["result"] == "approved":
        signed_on = terminal.exchange.signed_on
        await terminal.tell("test_host_ok" if signed_on else "test_host_open", took_ms=took_ms)
    else:
        await answers.say_not_approved(terminal, outcome, "test_host_not")


async def _clock(terminal):
    """The wall clock beside the host's, which is asked when somebody is signed on."""
    told = ""
    if terminal.exchange.signed_on:
        _outcome, _took_ms, told = await _probe(terminal)
    now = terminal.clock.now()
    if not now:
        await terminal.tell("test_clock_unset")
        return
    rows = ["{:04d}-{:02d}-{:02d}".format(*now[:3]), "{:02d}:{:02d}:{:02d}".format(*now[3:])]
    offset_s = offset(now, told)
    t = terminal.ui.t
    rows.append(t("test_no_offset") if offset_s is None else t("test_offset", seconds="%+d" % offset_s))
    await _page(terminal, "clock", rows)


def offset(now, told):
    """Seconds by which the clock (year ... second) is ahead of the host's "MMDDHHMMSS"; None when that is no time. The
    host tells no year: it is taken for the one that is nearest."""
    if len(told) != 10 or not told.isdigit() or not 1 <= int(told[:2]) <= 12:
        return None
    year = now[0]
    host_s = _seconds(year, int(told[:2]), int(told[2:4]), int(told[4:6]), int(told[6:8]), int(told[8:]))
    ahead_s = _seconds(*now) - host_s
    if ahead_s > _YEAR_S // 2:
        return ahead_s - _YEAR_S
    return ahead_s + _YEAR_S if ahead_s < -_YEAR_S // 2 else ahead_s


def _seconds(year, month, day, hour, minute, second):
    """Since the start of the year."""
    days = _DAYS_BEFORE[month - 1] + day - 1 + (1 if month > 2 and year % 4 == 0 else 0)
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def _storage(terminal):
    journal = terminal.journal
    t = terminal.ui.t
    found = os.statvfs(terminal.folder)
    free_kb, total_kb = found[0] * found[3] // _KB, found[1] * found[2] // _KB
    return [
        t("test_free", size=_size(free_kb)),
        t("test_used", size=_size(total_kb - free_kb)),
        t("test_segments", count=len(journal.segments)),
        t("test_records", count=journal.state["count"]),
    ]


def _size(kb):
    return "%d KB" % kb if kb < _LARGE_KB else "%d MB" % (kb // _KB)


async def _battery(terminal):
    battery = terminal.parts.battery()
    if not battery:
        await terminal.tell("test_no_battery")
        return
    charge_pct, word = terminal.parts.charge()
    volts = "%d.%02d" % divmod(battery.millivolts() // 10, 100)
    key = "test_battery_ok" if word == "ok" else "test_battery_low"
    await message.show(terminal.ui, terminal.ui.t(key, pct=charge_pct, volts=volts))
