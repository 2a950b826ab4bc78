"""How much of the host one address, one connection and one terminal may take.

A terminal is a small device behind a shop's router: it opens a connection, sends a message, waits for the answer. Many
of them may share one address. Whoever takes more than these is slowed down or turned away, so that the others do not
notice; nothing here can change what an answer says, but for 96 (later).
"""

import asyncio
from contextlib import asynccontextmanager
from typing import NamedTuple


class Limits(NamedTuple):
    """Limits of the port that terminals connect to; 0 messages a second: as many as they like."""

    connections: int = 5_000
    connections_per_address: int = 512
    handshakes_per_address: int = 16  # at a time; further ones wait for their turn
    messages_per_s: int = 50  # of one connection or one terminal, in the long run
    messages_at_once: int = 500  # a batch upload is 63


class Pace:
    """Lets `messages_at_once` through, then `messages_per_s`. Times are seconds of any clock that never goes back."""

    def __init__(self, limits):
        self._limits = limits
        self._left = limits.messages_at_once
        self._at_s = None

    def take(self, now_s):
        """One message more: 0, or how many seconds too early it is."""
        limits = self._limits
        if not limits.messages_per_s:
            return 0
        if self._at_s is not None:
            gained = max(0, now_s - self._at_s) * limits.messages_per_s
            self._left = min(limits.messages_at_once, self._left + gained)
        self._at_s = now_s
        self._left -= 1
        return max(0, -self._left / limits.messages_per_s)

    def give_back(self):
        """The message was not taken after all."""
        self._left += 1


class Door:
    """Counts the connections of each address, from before their handshake until they are closed."""

    def __init__(self, limits):
        self._limits = limits
        self._inside = {}  # address -> [connections, Semaphore of handshakes]
        self.connections = 0

    def enter(self, address):
        """Counts one more; why it may not come in, or ""."""
        inside = self._inside.get(address)
        if self.connections >= self._limits.connections:
            return f"{self.connections} connections are open"
        if inside and inside[0] >= self._limits.connections_per_address:
            return f"{inside[0]} connections of this address are open"
        if not inside:
            inside = self._inside[address] = [0, asyncio.Semaphore(self._limits.handshakes_per_address)]
        inside[0] += 1
        self.connections += 1
        return ""

    def leave(self, address):
        """One less. Of an address with none nothing is remembered."""
        inside = self._inside[address]
        inside[0] -= 1
        self.connections -= 1
        if not inside[0]:
            del self._inside[address]

    @asynccontextmanager
    async def handshake(self, address, timeout_s):
        """Waits for a turn; TimeoutError when none comes."""
        turn = self._inside[address][1]
        async with asyncio.timeout(timeout_s):
            await turn.acquire()
        try:
            yield
        finally:
            turn.release()
