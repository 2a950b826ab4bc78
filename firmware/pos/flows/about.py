"""Which software this is, on which terminal."""


async def run(terminal):
    await terminal.tell("about", version=terminal.VERSION, terminal=terminal.identity["terminal"])
