"""Keeps the terminal on its Wi-Fi network: connects, backs off after a failure, trusts a return only after a while."""

import asyncio

from micropython import const

CONNECT_MS = const(15000)
PAUSE_FIRST_MS = const(1000)
PAUSE_MAX_MS = const(30000)
# A network that came back must stay that long before it is used again.
SETTLE_MS = const(5000)
_LOOK_MS = const(200)

DOWN = "down"
CONNECTING = "connecting"
SETTLING = "settling"
UP = "up"
REFUSED = "refused"


class Wifi:
    """wlan: network.WLAN of the station side. key "" means an open network: `open_network` says so.

    state: DOWN, CONNECTING, SETTLING, UP, or REFUSED (open, and refuse_open is set).
    """

    def __init__(self, wlan, ssid, key, clock, refuse_open=False):
        self._wlan = wlan
        self._ssid = ssid
        self._key = key
        self._clock = clock
        self.open_network = not key
        self.refuse_open = refuse_open
        self.state = DOWN
        self._wanted = False
        self._changed = False

    def is_up(self):
        """Whether the network can be used."""
        return self.state == UP and self._wlan.isconnected()

    up = property(is_up)

    async def wait_up(self, timeout_ms):
        """Waits until the network can be used, and cuts a pause short; False when it cannot after timeout_ms."""
        self._wanted = True
        start_ms = self._clock.ticks_ms()
        while not self.up:
            if self._clock.elapsed_ms(start_ms) >= timeout_ms:
                return False
            await asyncio.sleep_ms(_LOOK_MS)
        return True

    def heard(self):
        """The networks in the air, see networks.py; takes some seconds, in which nothing else runs."""
        from pos.link import networks

        return networks.heard(self._wlan)

    def details(self):
        """(name, strength in dBm, channel, address) of the network; None for what the radio does not tell."""
        from pos.link import networks

        return (self._ssid,) + networks.joined(self._wlan)

    async def join(self, ssid, key):
        """Tries another network, and goes back to the one before when it cannot be joined -> whether it was."""
        from pos.link import networks

        return await networks.join(self, ssid, key)

    def use(self, ssid, key):
        """Leaves the network and keeps to this one from now on; returns (ssid, key) of the one before."""
        before = self._ssid, self._key
        self._ssid, self._key = ssid, key
        self.open_network = not key
        self._changed = True
        self.state = DOWN  # whatever the radio still says of the one before
        self._leave()
        return before

    async def run(self):
        """Runs for ever."""
        pause_ms = PAUSE_FIRST_MS
        settle_ms = 0
        while True:
            if await self._connect() and await self._stays(settle_ms):
                self.state = UP
                pause_ms = PAUSE_FIRST_MS
                while self._wlan.isconnected() and not self._refused() and not self._changed:
                    await asyncio.sleep_ms(_LOOK_MS)
                settle_ms = 0 if self._changed else SETTLE_MS
                self.state = DOWN
                if self._refused():
                    self._leave()
            else:
                self.state = REFUSED if self._refused() else DOWN
                await self._pause(pause_ms)
                pause_ms = min(2 * pause_ms, PAUSE_MAX_MS)

    async def _pause(self, pause_ms):
        self._wanted = False
        start_ms = self._clock.ticks_ms()
        while not (self._wanted or self._changed) and self._clock.elapsed_ms(start_ms) < pause_ms:
            await asyncio.sleep_ms(_LOOK_MS)

    def _refused(self):
        return self.open_network and self.refuse_open

    async def _connect(self):
        if self._changed:
            self._changed = False
            await asyncio.sleep_ms(_LOOK_MS)  # leaving takes the radio a moment
        if self._refused():
            return False
        self.state = CONNECTING
        try:
            self._wlan.active(True)
            if not self._wlan.isconnected():
                self._wlan.connect(self._ssid, self._key or None)
        except OSError:
            return False  # the radio is busy or not ready; the next round tries again
        if await self._within(CONNECT_MS, True):
            return True
        self._leave()
        return False

    def _leave(self):
        try:
            self._wlan.disconnect()
        except OSError:
            pass  # it was not connected

    async def _stays(self, settle_ms):
        self.state = SETTLING
        return not await self._within(settle_ms, False)

    async def _within(self, timeout_ms, connected):
        """Whether isconnected() becomes `connected` before the time is over."""
        start_ms = self._clock.ticks_ms()
        while self._changed or bool(self._wlan.isconnected()) != connected:
            if self._changed or self._clock.elapsed_ms(start_ms) >= timeout_ms:
                return False
            await asyncio.sleep_ms(_LOOK_MS)
        return True
