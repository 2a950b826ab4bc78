"""Flows that move money: sales, voids, refunds, pre-authorisations, codes."""

import asyncio

import model_host as model
from cutting import POOR, RICH, Flow

PIN = "2468"
CODE = "9100000000000000"


class Sale(Flow):
    name = "sale"

    async def act(self, desk):
        desk.doing("sale", 1234)
        await desk.sell()


class SaleDeclined(Flow):
    name = "sale-declined"

    async def act(self, desk):
        desk.doing("sale", 60000)
        await desk.key_sale("60000", POOR)
        await desk.see("DECLINED 51")
        await desk.press("ENTER")


class SaleUnanswered(Flow):
    name = "sale-unanswered"
    faults = [model.SILENT]
    says = "SALE UNDONE"

    async def act(self, desk):
        desk.host.script = list(self.faults)
        desk.doing("sale", 1234)
        await desk.key_sale()
        await desk.see(self.says)
        await desk.press("ENTER")


class SaleNeverArrived(SaleUnanswered):
    name = "sale-never-arrived"
    faults = [model.LOST]


class SalePending(SaleUnanswered):
    """Neither the sale nor its reversal is answered; the terminal's loop tries again."""

    name = "sale-pending"
    faults = [model.SILENT, model.SILENT]
    says = "RESULT UNKNOWN"


class SalesInARow(Flow):
    """Enough of them to begin new segments of the journal."""

    name = "sales-in-a-row"
    earlier = 0

    async def act(self, desk):
        for minor in (1100, 1200, 1300, 1400, 1500):
            desk.doing("sale", minor)
            await desk.sell(str(minor))


class Balance(Flow):
    name = "balance"

    async def act(self, desk):
        await desk.menu("Balance")
        await desk.see("card")
        await desk.card()
        await desk.see("950.00")
        await desk.press("ENTER")


class Offline(Flow):
    """The host cannot be reached; then it is back, and the terminal's loop sends the sale."""

    name = "sale-offline"

    async def before(self, desk):
        desk.host.parameters[38] = b"5000"
        await desk.menu("Sign on")
        await asyncio.sleep_ms(5_000)
        await desk.see("READY")

    async def act(self, desk):
        desk.terminal.exchange.channel.close()
        desk.host.reachable = False
        desk.doing("offline", 1234)
        await desk.key_sale()
        await desk.see("Sell offline?")
        await desk.press("ENTER")
        await desk.see("APPROVED OFFLINE")
        await desk.see("tear")
        await desk.press("ENTER")
        await desk.see("waiting: 1")
        desk.host.reachable = True
        await desk.until(lambda: not desk.state["offline"], 700_000)


class OfflineDeclined(Offline):
    """The host declines what was sold without it: the operator is told."""

    name = "sale-offline-declined"

    async def act(self, desk):
        desk.host.codes = ["51"]
        await super().act(desk)
        await desk.see("OFFLINE 0")
        await desk.press("ENTER")


class Void(Flow):
    name = "void"
    faults: list = []

    async def act(self, desk):
        desk.doing("void", 5000)
        desk.host.script = list(self.faults)
        await void(desk)
        await self.end(desk)

    async def end(self, desk):
        await desk.take_slips("VOID APPROVED")


async def void(desk):
    """Of the newest sale."""
    await desk.press("MENU", "2", "1")
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.pin()
    await desk.see("REASON")
    await desk.press("1")
    await desk.yes()


class VoidUnanswered(Void):
    name = "void-unanswered"
    faults = [model.SILENT]

    async def end(self, desk):
        await desk.see("NOT VOIDED")
        await desk.press("ENTER")


class Refund(Flow):
    name = "refund"
    faults: list = []

    async def before(self, desk):
        await desk.settle()

    async def act(self, desk):
        desk.doing("refund", 400)
        await desk.press("MENU", "2", "2")
        await desk.see("From list")
        await desk.press("1")
        await desk.see(">03-14")
        await desk.press("ENTER")
        await desk.yes()
        await desk.see("0.00")
        await desk.press(*"400", "ENTER")
        await desk.pin()
        await desk.see("REASON")
        await desk.press("7")
        await desk.see("4.00")
        desk.host.script = list(self.faults)
        await desk.yes()
        await self.end(desk)

    async def end(self, desk):
        await desk.take_slips("REFUND APPROVED")


class RefundWaiting(Refund):
    """Stored; the terminal's loop sends it, tells the operator and prints the slip."""

    name = "refund-waiting"
    faults = [model.SILENT]

    async def end(self, desk):
        await desk.see("REFUND STORED")
        await desk.press("ENTER")
        await desk.take_slips("REFUND APPROVED")


class RefundNeverArrived(RefundWaiting):
    name = "refund-never-arrived"
    faults = [model.LOST]


class RefundDeclined(Refund):
    name = "refund-declined"

    async def act(self, desk):
        desk.host.codes = ["61"]
        await super().act(desk)

    async def end(self, desk):
        await desk.see("NO REFUND: 61")
        await desk.press("ENTER")


class Hold(Flow):
    name = "preauth"
    faults: list = []

    async def act(self, desk):
        desk.host.script = list(self.faults)
        await hold(desk)
        await self.end(desk)

    async def end(self, desk):
        await desk.take_slips("HOLD APPROVED")


async def hold(desk):
    desk.doing("preauth", 9000)
    await desk.press("MENU", "6", "1")
    await desk.see("PRE-AUTH")
    await desk.press(*"9000", "ENTER")
    await desk.see("card")
    await desk.card()
    await desk.yes()


class HoldUnanswered(Hold):
    name = "preauth-unanswered"
    faults = [model.SILENT]

    async def end(self, desk):
        await desk.see("NOTHING HELD")
        await desk.press("ENTER")


class Completion(Flow):
    name = "completion"
    faults: list = []

    async def before(self, desk):
        await hold(desk)
        await desk.take_slips("HOLD APPROVED")

    async def act(self, desk):
        desk.host.script = list(self.faults)
        await complete(desk)
        await self.end(desk)

    async def end(self, desk):
        await desk.take_slips("COMPL. APPROVED")


async def complete(desk):
    desk.doing("completion", 8000)
    await desk.press("MENU", "6", "2")
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await desk.see("0.00")
    await desk.press(*"8000", "ENTER")
    await desk.yes()


class CompletionUnanswered(Completion):
    name = "completion-unanswered"
    faults = [model.SILENT]

    async def end(self, desk):
        await desk.see("NOT COMPLETED")
        await desk.press("ENTER")


class HoldVoid(Completion):
    name = "preauth-void"
    entry, kind, minor = "3", "preauth_void", 9000

    async def act(self, desk):
        desk.doing(self.kind, self.minor)
        await desk.press("MENU", "6", self.entry)
        await desk.see("No., DOWN")
        await desk.press("ENTER")
        await desk.pin()
        await desk.see("REASON")
        await desk.press("6")
        await desk.yes()
        await desk.take_slips("VOID APPROVED")


class CompletionVoid(HoldVoid):
    name = "completion-void"
    entry, kind, minor = "4", "completion_void", 8000

    async def before(self, desk):
        await super().before(desk)
        await complete(desk)
        await desk.take_slips("COMPL. APPROVED")


class CodeScanned(Flow):
    name = "qr-scanned"
    faults: list = []

    async def before(self, desk):
        desk.host.codes_paid[CODE] = RICH

    async def act(self, desk):
        desk.doing("sale", 1234)
        await desk.menu("Scan code")
        await desk.see("ENTER")
        await desk.press(*"1234", "ENTER")
        await desk.see("Scan")
        await desk.scan(CODE)
        desk.host.script = list(self.faults)
        await desk.yes()
        await desk.take_slips("APPROVED")


class CodeUnanswered(CodeScanned):
    """The answer is lost; the host is asked what became of it."""

    name = "qr-scanned-unanswered"
    faults = [model.SILENT]


class CodeShown(Flow):
    """The merchant's code, which the customer reads and pays."""

    name = "qr-shown"

    async def act(self, desk):
        desk.doing("sale", 1234)
        await desk.menu("Show code")
        await desk.see("ENTER")
        await desk.press(*"1234", "ENTER")
        await desk.yes()
        await desk.until(lambda: desk.state["pending"])
        await asyncio.sleep_ms(2_000)
        await self.end(desk)

    async def end(self, desk):
        pending = desk.state["pending"]
        desk.host.codes_paid[pending["batch"], pending["trace"]] = RICH
        desk.seen.mark()
        await desk.take_slips("APPROVED")


class CodeWithdrawn(CodeShown):
    name = "qr-withdrawn"

    async def end(self, desk):
        await desk.press("CANCEL")
        await desk.see("NOT PAID")
        await desk.press("ENTER")


FLOWS = (
    Sale, SaleDeclined, SaleUnanswered, SaleNeverArrived, SalePending, SalesInARow, Offline, OfflineDeclined, Balance,
    Void, VoidUnanswered, Refund, RefundWaiting, RefundNeverArrived, RefundDeclined, Hold, HoldUnanswered, HoldVoid,
    Completion, CompletionUnanswered, CompletionVoid, CodeScanned, CodeUnanswered, CodeShown, CodeWithdrawn,
)  # fmt: skip
