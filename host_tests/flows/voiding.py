"""What tests of the void share: the keys that lead to it and through it."""

PIN = "2468"
SUPERVISOR_PIN = "135790"


async def begin(desk):
    """MENU, corrections, void: the last sale is offered."""
    await desk.press("MENU", "2", "1")


async def finish(desk, reason="1"):
    """From the original's approval to the question that is answered with yes."""
    await desk.pin()
    await desk.see("REASON")
    await desk.press(reason)
    await desk.yes()


async def approved(desk):
    """Both its slips; to the idle screen."""
    await desk.take_slips("VOID APPROVED")


async def void_last(desk, reason="1"):
    await begin(desk)
    await desk.see("No., DOWN")
    await desk.press("ENTER")
    await finish(desk, reason)


def asked(desk):
    """Voids that reached the host."""
    return [request for request in desk.host.requests if request[0] == "0200" and request[3] == "200000"]
