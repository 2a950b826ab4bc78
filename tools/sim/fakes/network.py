"""Stand-in for the ESP32's `network` module: a station interface whose radio is part of the simulated circuit.

Data does not pass through here: sockets are the operating system's, through a proxy that goes silent with the radio.
"""

import wire

STA_IF = 0
AP_IF = 1

STAT_BEACON_TIMEOUT = 200
STAT_NO_AP_FOUND = 201
STAT_WRONG_PASSWORD = 202
STAT_ASSOC_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204
STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010

_hostname = "mpy-esp32"
_active = False


def hostname(name=None):
    global _hostname
    if name is not None:
        _hostname = name
    return _hostname


class WLAN:
    """The station interface."""

    IF_STA = STA_IF
    SEC_OPEN = 0

    def __init__(self, interface_id=STA_IF):
        if interface_id != STA_IF:
            raise ValueError("only the station interface is simulated")

    def active(self, is_active=None):
        global _active
        if is_active is not None:
            _active = bool(is_active)
            wire.backend.wifi_active(_active)
        return _active

    def connect(self, ssid=None, key=None, *, bssid=None):
        if not _active:
            raise OSError("Wifi Not Started")
        wire.backend.wifi_connect(_as_bytes(ssid), _as_bytes(key))

    def disconnect(self):
        wire.backend.wifi_disconnect()

    def isconnected(self):
        return wire.backend.wifi_status() == STAT_GOT_IP

    def status(self, param=None):
        if param == "rssi":
            return wire.backend.wifi_info()[2]
        return wire.backend.wifi_status()

    def scan(self):
        """List of (ssid, bssid, channel, rssi, security, hidden), the strongest first."""
        if not _active:
            raise OSError("STA must be active")
        if wire.backend.wifi_status() == STAT_CONNECTING:
            raise OSError("Wifi Invalid State")  # the chip's driver does not listen around while it connects
        return wire.backend.wifi_scan()

    def config(self, param=None, **values):
        if param is None:
            return None  # power saving, reconnects, transmit power: nothing here depends on them
        info = wire.backend.wifi_info()
        if param == "mac":
            return info[3]
        if param in ("ssid", "essid"):
            return str(info[0], "utf-8")
        if param == "channel":
            return next(heard[2] for heard in wire.backend.wifi_scan() if heard[0] == info[0])
        if param == "hostname":
            return _hostname
        raise ValueError("unknown config param")

    def ifconfig(self, config=None):
        address = wire.backend.wifi_info()[1]
        joined = address != "0.0.0.0"
        router = "192.168.4.1" if joined else address
        return (address, "255.255.255.0" if joined else address, router, router)

    def ipconfig(self, param):
        if param != "addr4":
            raise ValueError("unknown param")
        return self.ifconfig()[:2]


def _as_bytes(text):
    if text is None:
        return b""
    return text if isinstance(text, bytes) else text.encode()
