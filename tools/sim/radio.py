"""The Wi-Fi radio of the simulated circuit: which networks are in the air, and whether the terminal has joined one."""

import time
from dataclasses import dataclass

OPEN, WPA2 = 0, 3  # the ESP32's numbers
IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD = 200, 201, 202

JOIN_MS = 150  # a real one takes one to three seconds; nobody should wait for that here
MAC = bytes.fromhex("24 6f 28 10 00 01")


@dataclass(frozen=True)
class Network:
    """One access point."""

    ssid: str
    key: str = ""
    security: int = WPA2
    rssi_dbm: int = -55
    channel: int = 6
    hidden: bool = False

    @property
    def bssid(self):
        return b"\x02sim" + self.channel.to_bytes(1, "big") + bytes([len(self.ssid)])


DEMO = Network("pos-demo", "pos-demo-key")
GUEST = Network("pos-guest", "", OPEN, -71, 11)


class Radio:
    """`up` is the fault switch: when it is down no network is heard and a joined one is lost at once."""

    def __init__(self, networks=(DEMO, GUEST), clock_ms=None):
        self.networks = list(networks)
        self._clock_ms = clock_ms or (lambda: time.monotonic_ns() // 1_000_000)
        self._up = True
        self.power_off()

    def power_off(self):
        self.active = False
        self.ssid = self.key = None
        self._since_ms = 0
        self._was_joined = False

    @property
    def up(self):
        return self._up

    @up.setter
    def up(self, up):
        if up != self._up:
            self._was_joined = self.status() == GOT_IP
            self._up = up
            self._since_ms = self._clock_ms()

    def set_active(self, on):
        self.active = bool(on)
        if not on:
            self.ssid = None

    def connect(self, ssid, key):
        self.ssid, self.key = ssid, key
        self._was_joined = False
        self._since_ms = self._clock_ms()

    def disconnect(self):
        self.ssid = None

    def status(self):
        """What `WLAN.status()` gives. Like the ESP32, a station that was told to connect keeps trying."""
        if not self.active or self.ssid is None:
            return IDLE
        network = self._requested()
        if network is None and self._was_joined:
            return BEACON_TIMEOUT
        if self._clock_ms() - self._since_ms < JOIN_MS:
            return CONNECTING
        if network is None:
            return NO_AP_FOUND
        if network.security != OPEN and network.key != self.key:
            return WRONG_PASSWORD
        return GOT_IP

    def _requested(self):
        return next((n for n in self.networks if self._up and n.ssid == self.ssid), None)

    def info(self):
        """(ssid, address, rssi dBm, 6 bytes of MAC)"""
        network = self._requested()
        joined = self.status() == GOT_IP
        return (
            (self.ssid or "").encode() if joined else b"",
            "192.168.4.2" if joined else "0.0.0.0",
            network.rssi_dbm if joined else -100,
            MAC,
        )

    def scan(self):
        """List of (ssid, bssid, channel, rssi, security, hidden), the strongest first."""
        heard = sorted(self.networks, key=lambda n: -n.rssi_dbm) if self._up and self.active else []
        return [(n.ssid.encode(), n.bssid, n.channel, n.rssi_dbm, n.security, n.hidden) for n in heard]
