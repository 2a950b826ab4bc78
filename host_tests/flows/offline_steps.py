"""What the tests of the offline sale at the counter do again and again."""

import desk as stage
import dual

SERVICES = b"sale,nfc,qr,void,refund,preauth,balance,offline"


async def allowed(desk, floor_minor=b"5000"):
    """Signed on, and this merchant allows it."""
    dual.clock.set((2026, 3, 14, 15, 30, 0))
    desk.host.parameters.update({23: SERVICES, 38: floor_minor})
    await desk.ready()


def gone(desk):
    """The host cannot be reached from now on."""
    desk.terminal.exchange.channel.close()
    desk.host.reachable = False


async def host_back(desk):
    desk.host.reachable = True
    await desk.until(lambda: not desk.state["offline"], 700_000)


async def offline_sale(desk, digits="1234", card=stage.CARD_RICH):
    await desk.key_sale(digits, card)
    await desk.see("Sell offline?")
    await desk.press("ENTER")
    await desk.see("APPROVED OFFLINE")
    await desk.see("tear")
    await desk.press("ENTER")
    await desk.see("waiting: ")


async def refused(desk, digits, *texts):
    """The sale is not made, and the screen says why."""
    await desk.key_sale(digits)
    await desk.see("NOT SOLD OFFLINE")
    for text in texts:
        await desk.see(text)
    await desk.press("ENTER")
    await desk.until(lambda: "MENU" in desk.rows()[3])


def refusals(desk):
    return [r["reason"] for r in desk.terminal.journal.scan() if r["kind"] == "audit" and r["what"] == "refused"]
