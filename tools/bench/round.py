"""A round through every flow of the terminal, from a fresh one to the settlement of the day, as people drive it.

`STEPS`: name of what is done, and its table for `Day.do`, or `async def step(day, merchant)` where more than keys and
texts has a part in it. Each goes from an idle screen to an idle screen."""

import asyncio

from tools.bench import office, till
from tools.bench.stand import LONG_S, STEP_S

STEPS = (
    ("log-in and sign-on", office.FIRST_LOG_IN),
    ("settings", office.SETTINGS),
    ("Wi-Fi set-up", office.WIFI),
    ("host's address", office.HOST_ADDRESS),
    ("operators", office.operators),
    ("own PIN", office.OWN_PIN),
    ("device test", office.device_test),
    ("self-check", office.SELF_CHECK),
    ("about, help", office.ABOUT_AND_HELP),
    ("training with a sale", office.TRAINING),
    ("log-out", (("change_operator", "01"),)),
    ("sale", till.SALE),
    ("void, supervisor approves", till.VOID),
    ("balance", till.BALANCE),
    ("void by the list", till.VOID_BY_LIST),
    ("pre-authorisation", till.PREAUTH),
    ("completion", till.COMPLETION),
    ("completion void", till.COMPLETION_VOID),
    ("pre-authorisation void", till.PREAUTH_VOID),
    ("QR code scanned", till.qr_scan),
    ("QR code shown", till.qr_show),
    ("details", till.DETAILS),
    ("find", till.find),
    ("totals", till.TOTALS),
    ("list printed", till.PRINT_LIST),
    ("some printed", till.PRINT_SOME),
    ("reprint", till.REPRINT),
    ("settlement", till.SETTLEMENT),
    ("settlement's reprint", till.REPRINT_SETTLEMENT),
    ("refund by the list", till.REFUND),
    ("settlement by upload", till.settlement_by_upload),
    ("log-out (administrator)", (("change_operator", "99"),)),
    ("deletion", office.DELETION),
    ("records back", office.RECORDS_BACK),
    ("service off and on", office.services),
    ("service removed", office.service_removed),
    ("log-out (operator)", (("change_operator", "01"),)),
    ("sign-off", till.sign_off),
    ("settlement of the day", till.daily_settlement),
)


async def walk(day, merchant, note=None):
    """All steps. note: called with the name after each, and awaited. Raises Lost."""
    await day.start()
    if note:
        await note("start")
    for name, step in STEPS:
        try:
            await asyncio.wait_for(_take(step, day, merchant), 4 * LONG_S + STEP_S)
        except BaseException as error:
            error.add_note(f"in the step {name!r}")
            raise
        if note:
            await note(name)


async def _take(step, day, merchant):
    day.begin()
    if isinstance(step, tuple):
        await day.do(*step)
    else:
        await step(day, merchant)
    await day.idle()
