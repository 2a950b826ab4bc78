"""The Wi-Fi supervisor: connects, backs off, trusts a return only after a while, warns of open networks."""

import asyncio

import dual
from pos.link import wifi
from pos.link.wifi import Wifi


class Wlan:
    """The station side of network.WLAN; `there` is whether the access point is."""

    def __init__(self, there=True):
        self.there = there
        self.joined = False
        self.connects = []
        self.disconnects = 0
        self.broken = False

    def active(self, _on):
        if self.broken:
            raise OSError("Wifi Internal Error")

    def connect(self, ssid, key):
        self.connects.append((dual.clock.ticks_ms(), ssid, key))
        self.joined = True

    def disconnect(self):
        self.disconnects += 1
        self.joined = False
        if self.broken:
            raise OSError("Wifi Not Started")

    def isconnected(self):
        return self.there and self.joined


def supervised(scenario, wlan=None, **options):
    wlan = wlan or Wlan()
    link = Wifi(wlan, "shop", options.pop("key", "secret"), dual.clock, **options)

    async def run():
        task = asyncio.create_task(link.run())
        await scenario(link, wlan)
        task.cancel()

    dual.run(run())


def test_connects_at_once_and_is_trusted_at_once():
    async def scenario(link, wlan):
        assert link.state == wifi.DOWN and not link.up
        assert await link.wait_up(1000)
        assert link.state == wifi.UP and not link.open_network
        assert [call[1:] for call in wlan.connects] == [("shop", "secret")]

    supervised(scenario)


def test_a_return_must_last_before_it_is_trusted():
    async def scenario(link, wlan):
        await link.wait_up(1000)
        wlan.there = False
        assert not link.up, "at once, before the supervisor looks"
        await asyncio.sleep_ms(2000)
        wlan.there = True
        await asyncio.sleep_ms(1000)
        assert link.state == wifi.SETTLING and not link.up
        wlan.there = False
        await asyncio.sleep_ms(1000)
        wlan.there = True
        await asyncio.sleep_ms(wifi.SETTLE_MS - 500)
        assert not link.up, "it went away again meanwhile"
        assert await link.wait_up(10000)

    supervised(scenario)


def test_waits_longer_after_each_failure_up_to_a_limit():
    async def scenario(link, wlan):
        await asyncio.sleep_ms(10 * 60 * 1000)
        assert not link.up and link.state != wifi.UP
        times = [call[0] for call in wlan.connects]
        ago_ms = [dual.clock.elapsed_ms(start) for start in times]
        gaps = [ago_ms[at] - ago_ms[at + 1] for at in range(len(ago_ms) - 1)]
        assert gaps == sorted(gaps)
        assert gaps[0] < 17500
        assert wifi.CONNECT_MS + wifi.PAUSE_MAX_MS <= gaps[-1] < wifi.CONNECT_MS + wifi.PAUSE_MAX_MS + 1000
        wlan.there = True
        assert await link.wait_up(1500), "somebody who waits cuts the pause short"

    supervised(scenario, Wlan(there=False))


def test_a_wait_has_its_limit():
    async def scenario(link, wlan):
        start_ms = dual.clock.ticks_ms()
        assert not await link.wait_up(3000)
        assert 3000 <= dual.clock.elapsed_ms(start_ms) < 4000

    supervised(scenario, Wlan(there=False))


def test_a_radio_that_fails_is_tried_again():
    async def scenario(link, wlan):
        wlan.broken = True
        await asyncio.sleep_ms(5000)
        assert not link.up
        wlan.broken = False
        assert await link.wait_up(5000)

    supervised(scenario)


def test_a_radio_that_fails_while_an_open_network_is_left_is_tried_again():
    async def scenario(link, wlan):
        assert await link.wait_up(1000)
        wlan.broken = link.refuse_open = True
        await asyncio.sleep_ms(5000)
        assert link.state == wifi.REFUSED and wlan.disconnects == 1
        wlan.broken = link.refuse_open = False
        assert await link.wait_up(8000)  # the return must last before it is trusted

    supervised(scenario, key="")


def test_open_networks_are_marked_and_can_be_refused():
    async def accepts(link, wlan):
        assert await link.wait_up(1000)
        assert link.open_network
        assert wlan.connects[0][2] is None
        link.refuse_open = True
        await asyncio.sleep_ms(1000)
        assert link.state == wifi.REFUSED and wlan.disconnects == 1
        link.refuse_open = False
        assert await link.wait_up(8000)

    async def refuses(link, wlan):
        assert not await link.wait_up(5000)
        assert link.state == wifi.REFUSED and wlan.connects == []

    supervised(accepts, key="")
    supervised(refuses, key="", refuse_open=True)


class Air(Wlan):
    """Several networks; only the right key opens one."""

    def __init__(self, keys, found=()):
        super().__init__()
        self.keys = keys
        self.found = list(found)
        self.scan_fails = 0

    def connect(self, ssid, key):
        super().connect(ssid, key)
        self.joined = ssid in self.keys and self.keys[ssid] == (key or "")

    def scan(self):
        if self.scan_fails:
            self.scan_fails -= 1
            raise OSError("Wifi Internal State Error")
        return self.found


def network(ssid, rssi_dbm, security=3, hidden=False):
    return (ssid, b"\x02\x00\x00\x00\x00\x01", 6, rssi_dbm, security, hidden)


def test_another_network_is_joined_and_kept():
    async def scenario(link, wlan):
        assert await link.wait_up(1000)
        start_ms = dual.clock.ticks_ms()
        assert await link.join("cafe", "")
        assert dual.clock.elapsed_ms(start_ms) < 2000
        assert link.up and link.open_network
        wlan.joined = False
        await asyncio.sleep_ms(10_000)
        assert link.up and [call[1] for call in wlan.connects] == ["shop", "cafe", "cafe"]

    supervised(scenario, Air({"shop": "secret", "cafe": ""}))


def test_the_old_network_is_kept_when_the_new_one_cannot_be_joined():
    async def scenario(link, wlan):
        assert await link.wait_up(1000)
        assert not await link.join("cafe", "wrong key")
        assert link.up and not link.open_network
        assert wlan.connects[-1][1:] == ("shop", "secret")

    supervised(scenario, Air({"shop": "secret", "cafe": "right key"}))


class Slow(Air):
    """Says for a moment longer that it is connected after it was told to leave, as a real radio does."""

    left_ms = None

    def disconnect(self):
        super().disconnect()
        self.left_ms = dual.clock.ticks_ms()

    def isconnected(self):
        leaving = self.left_ms is not None and dual.clock.elapsed_ms(self.left_ms) < 150
        return leaving or super().isconnected()


def test_a_network_that_is_just_being_left_is_not_taken_for_the_new_one():
    async def scenario(link, wlan):
        assert await link.wait_up(1000)
        assert not await link.join("cafe", "wrong key")
        assert link.up and wlan.connects[-1][1:] == ("shop", "secret")

    supervised(scenario, Slow({"shop": "secret", "cafe": "right key"}))


def test_a_network_can_be_changed_while_the_old_one_is_away_or_refused():
    async def scenario(link, wlan):
        await asyncio.sleep_ms(60_000)
        assert not link.up
        assert await link.join("cafe", "right key")

    supervised(scenario, Air({"cafe": "right key"}))
    supervised(scenario, Air({"shop": "", "cafe": "right key"}), key="", refuse_open=True)


def test_an_open_network_is_not_joined_while_such_are_refused():
    async def scenario(link, wlan):
        assert await link.wait_up(1000)
        assert not await link.join("cafe", "")
        assert link.up and "cafe" not in [call[1] for call in wlan.connects]

    supervised(scenario, Air({"shop": "secret", "cafe": ""}), refuse_open=True)


def test_networks_that_are_heard():
    found = [network(b"far", -80), network(b"shop", -70), network(b"", -20), network(b"shop", -50)]
    found += [network(b"\xff\xfe", -30), network(b"ghost", -30, hidden=True), network(b"cafe", -60, security=0)]
    wlan = Air({}, found)
    link = Wifi(wlan, "shop", "secret", dual.clock)
    assert link.heard() == [("shop", -50, False), ("cafe", -60, True), ("far", -80, False)]
    wlan.scan_fails = 1
    assert len(link.heard()) == 3 and wlan.disconnects == 1, "a station that is connecting must stop that first"
    wlan.scan_fails = 2
    assert link.heard() is None
    wlan.found = [network(b"n%d" % at, -at) for at in range(40)]
    assert [name for name, _, _ in link.heard()] == ["n%d" % at for at in range(16)]


def test_what_the_radio_tells_of_the_network():
    class Telling(Wlan):
        def status(self, _param):
            return -61

        def config(self, _param):
            raise ValueError("unknown config param")

        def ifconfig(self):
            return ("192.0.2.7", "255.255.255.0", "192.0.2.1", "192.0.2.1")

    link = Wifi(Telling(), "shop", "secret", dual.clock)
    assert link.details() == ("shop", -61, None, "192.0.2.7")
