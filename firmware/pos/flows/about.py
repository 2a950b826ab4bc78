"""Which software this is, on which terminal."""

from pos import VERSION


async def run(terminal):
    await terminal.tell("about", version=VERSION, terminal=terminal.identity["terminal"])
