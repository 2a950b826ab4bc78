"""The networks in the air, and changing to one of them. Loaded only when somebody sets up the Wi-Fi."""

from micropython import const

NETWORKS_MAX = const(16)
_JOIN_MS = const(20_000)
_BACK_MS = const(8_000)
_OPEN = const(0)  # security, as WLAN.scan gives it


def heard(wlan):
    """[(name, strength in dBm, whether it is open)], the strongest first, at most NETWORKS_MAX, each name once. Hidden
    ones, and names that are no UTF-8, are not among them. None when the radio does not listen."""
    try:
        wlan.active(True)
        found = _scan(wlan)
    except OSError:
        return None
    best = {}
    for ssid, _bssid, _channel, rssi_dbm, security, hidden in found:
        try:
            name = bytes(ssid).decode()
        except (ValueError, UnicodeError):
            continue
        if name and not hidden and (name not in best or best[name][0] < rssi_dbm):
            best[name] = rssi_dbm, security == _OPEN
    rows = sorted([(-best[name][0], name) for name in best])
    return [(name, -loss, best[name][1]) for loss, name in rows[:NETWORKS_MAX]]


def joined(wlan):
    """(strength in dBm, channel, address) of the network that is joined; None for what the radio does not tell."""
    told = []
    for ask in (lambda: wlan.status("rssi"), lambda: wlan.config("channel"), lambda: wlan.ifconfig()[0]):
        try:
            told.append(ask())
        except (OSError, ValueError):
            told.append(None)
    return tuple(told)


def _scan(wlan):
    try:
        return wlan.scan()
    except OSError:
        wlan.disconnect()  # a station that is just connecting may not scan
        return wlan.scan()


async def join(wifi, ssid, key):
    """See Wifi.join."""
    before = wifi.use(ssid, key)
    if await wifi.wait_up(_JOIN_MS):
        return True
    wifi.use(before[0], before[1])
    await wifi.wait_up(_BACK_MS)
    return False
