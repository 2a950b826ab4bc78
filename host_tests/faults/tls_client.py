"""The terminal's end of test_tls.py, for either interpreter: three folders, the CA, then HOST:PORT of each server."""

# ruff: noqa: E402 - the path comes first

import asyncio
import sys

sys.path[:] = sys.argv[1:4] + [path for path in sys.path if path.startswith(".") or "lib" in path]
if sys.implementation.name == "cpython":
    from tools.sim.cpython import shims

    shims.install()

import time

from pos.link import tls
from pos.link.channel import Channel
from pos.link.errors import LinkError

MESSAGE = bytes(range(20))
FRAME = b"\x00\x1f\x60\x00\x03\x00\x00\x60\x31\x00\x00\x01\x00" + MESSAGE


class Clock:
    def ticks_ms(self):
        return time.ticks_ms()

    def elapsed_ms(self, start_ms):
        return time.ticks_diff(time.ticks_ms(), start_ms)


class Wifi:
    up = True

    async def wait_up(self, _timeout_ms):
        return self.up


async def ask(channel):
    """What the exchange would see: "answer", or kind and whether something may have been sent."""
    try:
        await channel.begin(FRAME)
    except LinkError as error:
        return "begin " + error.kind
    try:
        body = await channel.request(FRAME, 1000, lambda body: body)
    except LinkError as error:
        return "request {} {}".format(error.kind, "sent" if error.sent else "unsent")
    return "answer" if body == FRAME[2:] else "wrong answer"


async def main(ca, hosts):
    with open(ca, "rb") as file:
        ca = file.read()
    wifi = Wifi()
    for host in hosts:
        name, port = host.split(":")
        channel = Channel(tls.opener(wifi, name, int(port), "pos-host", ca), Clock())
        first = await ask(channel)
        await asyncio.sleep_ms(100)  # the server may close the idle session meanwhile
        print(first, "|", await ask(channel))
        channel.close()
    wifi.up = False
    print(await ask(Channel(tls.opener(wifi, "127.0.0.1", 1, "pos-host", ca), Clock())))


asyncio.run(main(sys.argv[4], sys.argv[5:]))
