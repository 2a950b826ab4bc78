"""The sweep: at every byte that terminal or host sends, the line breaks in one of many ways; then the audit."""

from typing import NamedTuple

from network.stand import CARD, Lost, Stand
from network.wire import DOWN, FIN, FLIP, HOLE, LORIS, RESET, SPLIT, TWICE, UP, Fault, Proxy

SALE, WARM, VOID, REFUND, REVERSAL, SETTLE, SIGN_ON, BALANCE, PARAMETERS = (
    "sale",
    "warm",
    "void",
    "refund",
    "reversal",
    "settle",
    "sign_on",
    "balance",
    "parameters",
)
FLOWS = (SALE, WARM, VOID, REFUND, REVERSAL, SETTLE, SIGN_ON, BALANCE, PARAMETERS)
UNTIL_HEALED = "reset-until-healed"  # every connection breaks at this byte, the reversal's too
# How many of the terminal's seconds pass in one of ours, where something must be waited for.
PACE = {HOLE: 40, LORIS: 40, FIN: 40, UNTIL_HEALED: 20}
# flow, way, every how many-th byte. The whole of `make network`; the first lines are the ones that sell.
PLAN = (
    (SALE, RESET, 1),
    (WARM, RESET, 1),
    (SALE, FIN, 8),
    (SALE, FLIP, 8),
    (SALE, SPLIT, 16),
    (SALE, TWICE, 16),
    (SALE, HOLE, 32),
    (WARM, HOLE, 16),
    (WARM, FIN, 4),
    (WARM, FLIP, 4),
    (WARM, SPLIT, 4),
    (SALE, LORIS, 200),
    (WARM, LORIS, 40),
    (SALE, UNTIL_HEALED, 16),
    (WARM, UNTIL_HEALED, 16),
    (REVERSAL, RESET, 8),
    (VOID, RESET, 16),
    (REFUND, RESET, 16),
    (SETTLE, RESET, 16),
    (SIGN_ON, RESET, 16),
    (BALANCE, RESET, 32),
    (PARAMETERS, RESET, 32),
)
SETTLE_EVERY = 150  # transactions a batch
AUDIT_EVERY = 200  # positions between two audits of everything
# The longest that anything here may take the terminal, by its own clock: opening (20 s, as much again for a byte),
# the answer (60 s), and the same for the reversal and a sign-on before it.
LONGEST_MS = 3 * (2 * 20_000 + 60_000)
PROMPT_MS = 5_000  # a line that ends is noticed at once


class Position(NamedTuple):
    """flow: one of FLOWS; way: one of wire.WAYS, or UNTIL_HEALED."""

    flow: str
    direction: str
    at: int
    way: str

    def __str__(self):
        return f"{self.flow}:{self.direction}:{self.at}:{self.way}"

    @classmethod
    def read(cls, text):
        flow, direction, at, way = text.split(":")
        return cls(flow, direction, int(at), way)


class Sweep:
    """One host, one proxy, one terminal, and as many positions as are asked for."""

    def __init__(self, folder):
        self._stand = Stand(folder)
        self._amount_minor = 100
        self._original = None  # a large sale that refunds are given on
        self._lengths = {}
        self.tried = 0

    async def start(self):
        stand = self._stand
        await stand.start()
        self.proxy = await Proxy(stand.host.port).start()
        await stand.order("line", host="127.0.0.1", port=self.proxy.port)
        await self._sign_on()
        return self

    async def close(self):
        if hasattr(self, "proxy"):
            await self.proxy.close()
        await self._stand.close()

    async def lengths(self, flow):
        """{direction: bytes} of a flow on a good line."""
        if flow not in self._lengths:
            await self._prepare(flow)
            base = self._base(flow)
            await self._act(flow)
            if flow == REVERSAL:
                raise AssertionError("measured by its sale")
            passed = self.proxy.passed
            self._lengths[flow] = {way: passed[way] - base[way] for way in (UP, DOWN)}
        return self._lengths[flow]

    async def positions(self, flow, way, step):
        lengths = await self.lengths(SALE if flow == REVERSAL else flow)
        return [Position(flow, side, at, way) for side in (UP, DOWN) for at in range(0, lengths[side], step)]

    async def try_position(self, position):
        """Breaks the line there, lets it heal, looks at the books. Raises Lost; its text begins with the position."""
        try:
            return await self._try(position)
        except Lost as error:
            raise Lost(f"{position}: {error}") from error

    async def _try(self, position):
        proxy = self.proxy
        way = RESET if position.way == UNTIL_HEALED else position.way
        fault = Fault(position.direction, position.at, way)
        await self._prepare(position.flow)
        if position.flow == WARM:
            proxy.spoil_open(fault)
            if position.way == UNTIL_HEALED:
                proxy.spoil(fault, always=True)
        elif position.flow == REVERSAL:
            sale = await self.lengths(SALE)
            proxy.spoil(Fault(DOWN, sale[DOWN] - 8, RESET), fault)
        else:
            proxy.spoil(fault, always=position.way == UNTIL_HEALED)
        await self._pace(PACE.get(position.way, 1))
        told = await self._act(position.flow)
        proxy.heal()
        self._judge(position, told)
        await self._after()
        self.tried += 1 if self.proxy.befell else 0  # a signature may be a byte shorter this time
        return told

    def _judge(self, position, told):
        if told["took_ms"] > (PROMPT_MS if position.way == RESET and position.flow != REVERSAL else LONGEST_MS):
            raise Lost(f"the terminal took {told['took_ms']} ms: {told}")
        if not told["worded"]:
            raise Lost(f"no words for {told['cause']}")
        if position.way == SPLIT and told["result"] != "approved":
            raise Lost(f"a line that only dawdles: {told}")

    async def _after(self):
        stand = self._stand
        await stand.heal()
        await self._pace(1)
        if not stand.last["signed_on"]:
            await self._sign_on()
        stand.audit()
        if self.tried % AUDIT_EVERY == AUDIT_EVERY - 1:
            stand.audit_all()
        if stand.last["count"] >= SETTLE_EVERY:
            await self.settle()

    async def finish(self):
        """A last sale goes through, the batch is settled equal, and everything is audited."""
        await self._stand.order("hang_up")
        if (await self._sell())["result"] != "approved":
            raise Lost(f"no sale at the end: {self._stand.last}")
        await self.settle()
        return self._stand.audit_all()

    async def settle(self):
        told = await self._stand.order("settle")
        if told["result"] != "approved" or told["settling"]:
            raise Lost(f"not settled: {told}")

    # One flow

    async def _prepare(self, flow):
        """What must be there before it, on a good line; afterwards a fresh connection, or (warm) one that is open."""
        self.proxy.heal()
        await self._stand.order("hang_up")  # what broke before may show only now
        if flow in (VOID, WARM, SETTLE):
            await self._good(await self._sell())
        if flow == REFUND and self._original is None:
            self._original = (await self._good(await self._sell(100_000)))["tx"]
        if flow != WARM:
            await self._stand.order("hang_up")

    async def _good(self, told):
        if told["result"] != "approved":
            raise Lost(f"not approved on a good line: {told}")
        return told

    def _base(self, flow):
        return dict(self.proxy.passed) if flow == WARM else {UP: 0, DOWN: 0}

    async def _act(self, flow):
        stand = self._stand
        if flow in (SALE, WARM, REVERSAL):
            return await self._sell()
        if flow == VOID:
            return await stand.order("trade", kind="void", amount_minor=self._amount_minor, card=CARD)
        if flow == REFUND:
            return await stand.order("trade", kind="refund", amount_minor=1, card=CARD, again=self._original)
        if flow == BALANCE:
            return await stand.order("trade", kind="balance", amount_minor=0, card=CARD)
        return await stand.order({SETTLE: "settle", SIGN_ON: "sign_on", PARAMETERS: "fetch_parameters"}[flow])

    async def _sell(self, amount_minor=None):
        if amount_minor is None:
            self._amount_minor = amount_minor = 100 + (self._amount_minor - 99) % 900
        return await self._stand.order("trade", kind="sale", amount_minor=amount_minor, card=CARD)

    async def _sign_on(self):
        for name in ("sign_on", "fetch_parameters"):
            told = await self._stand.order(name)
            if told["result"] != "approved":
                raise Lost(f"{name} on a good line: {told}")

    async def _pace(self, times):
        self.proxy.pace = times
        await self._stand.order("pace", times=times)


async def run(folder, plan=PLAN, part=0, parts=1, only=None, say=lambda _: None):
    """Tries every `parts`-th position of the plan from `part` on; {tried, lost: [text], stood: how many movements}."""
    sweep = Sweep(folder)
    lost = []
    stood = 0
    try:
        await sweep.start()
        wanted = only or [p for row in plan for p in await sweep.positions(*row)]
        for at, position in enumerate(wanted[part::parts]):
            try:
                await sweep.try_position(position)
            except Lost as error:
                lost.append(str(error))
                say(f"LOST {error}")
                break  # the books of this stand are of no more use
            if at % 100 == 99:
                say(f"{at + 1} of {len(wanted[part::parts])} positions")
        else:
            stood = await sweep.finish()
    except Lost as error:
        lost.append(str(error))
    finally:
        await sweep.close()
    return {"tried": sweep.tried, "lost": lost, "stood": stood}
