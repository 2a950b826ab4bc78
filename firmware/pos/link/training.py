"""The exchange of the training mode (模拟操作, R30): the same requests and records, and a host that is in here.

No session is ever opened. Loaded only while somebody practises.
"""

import asyncio

from micropython import const

from pos.link.errors import LinkError
from pos.link.exchange import Exchange, outcome

_MOMENT_MS = const(800)  # about what a host takes
_BATCH = const(1)
_NOBODY = const("00")
_KEY = b"training only..."  # signs what never leaves


class TrainingExchange(Exchange):
    """As Exchange; journal: a recovered one of its own, empty; real: the exchange in whose place it stands."""

    def __init__(self, journal, real):
        super().__init__(journal, Line(self), real.identity, _KEY, real.clock, real.parameters)
        _sign_on(self, real.operator or _NOBODY)
        journal.append({"kind": "batch", "batch": _BATCH})

    async def manage(self, name, *arguments):
        """Sign-on and its like need no message here; parameters stay those of the real host."""
        local = _LOCAL.get(name)
        if local is None:
            return await super().manage(name, *arguments)
        await asyncio.sleep_ms(_MOMENT_MS)
        local(self, *arguments)
        return outcome("approved", None, "00")


def _sign_on(exchange, operator):
    exchange.working_key = _KEY
    exchange.operator = operator


def _sign_off(exchange):
    exchange.working_key = exchange.operator = None


def _nothing(_exchange):
    pass


_LOCAL = {"sign_on": _sign_on, "sign_off": _sign_off, "fetch_parameters": _nothing, "echo": _nothing}


class Line:
    """The channel port (channel.py) that leads nowhere: the answer is made up by training_host.py."""

    unreached = ""

    def __init__(self, exchange):
        self._exchange = exchange
        self._asked = 0  # trace number of the offered sale that was last asked for

    async def begin(self, _frame):
        pass

    async def request(self, frame, _timeout_ms, accept):
        await asyncio.sleep_ms(_MOMENT_MS)
        from pos.link import training_host

        body, self._asked = training_host.answer(frame, _KEY, self._exchange, self._asked)
        answer = accept(body)
        if answer is None:
            raise LinkError("garbage", True)
        return answer

    def close(self):
        pass
