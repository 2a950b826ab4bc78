"""A round through every flow of the terminal, from a fresh one to the settlement of the day, as people drive it.

`STEPS`: name of what is done and `async def step(day, merchant)`, each from an idle screen to an idle screen."""

import asyncio

from tools.bench import office, till
from tools.bench.stand import LONG_S, STEP_S


async def to_operator(day, _merchant):
    await day.change_operator("01")


async def to_administrator(day, _merchant):
    await day.change_operator("99")


STEPS = (
    ("log-in and sign-on", office.first_log_in),
    ("settings", office.settings),
    ("Wi-Fi set-up", office.wifi),
    ("host's address", office.host_address),
    ("operators", office.operators),
    ("own PIN", office.own_pin),
    ("device test", office.device_test),
    ("self-check", office.self_check),
    ("about, help", office.about_and_help),
    ("training with a sale", office.training),
    ("log-out", to_operator),
    ("sale", till.sale),
    ("void, supervisor approves", till.void),
    ("balance", till.balance),
    ("void by the list", till.void_by_list),
    ("pre-authorisation", till.preauth),
    ("completion", till.completion),
    ("completion void", till.completion_void),
    ("pre-authorisation void", till.preauth_void),
    ("QR code scanned", till.qr_scan),
    ("QR code shown", till.qr_show),
    ("details", till.details),
    ("find", till.find),
    ("totals", till.totals),
    ("list printed", till.print_list),
    ("some printed", till.print_some),
    ("reprint", till.reprint),
    ("settlement", till.settlement),
    ("settlement's reprint", till.reprint_settlement),
    ("refund by the list", till.refund),
    ("settlement by upload", till.settlement_by_upload),
    ("log-out (administrator)", to_administrator),
    ("deletion", office.delete),
    ("records back", office.recover),
    ("service off and on", office.services),
    ("service removed", office.service_removed),
    ("log-out (operator)", to_operator),
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
            await asyncio.wait_for(step(day, merchant), 4 * LONG_S + STEP_S)
        except BaseException as error:
            error.add_note(f"in the step {name!r}")
            raise
        if note:
            await note(name)
