"""Histories: a seed makes a day at a terminal, of every kind of transaction, with faults in pairs at any moment.

stand = play(seed, folder)      # AssertionError when the books do not agree at its end; the seed plays it again
"""

import asyncio
import contextlib
import gc
import random
from datetime import timedelta

from faults import station
from faults.auditor import audit
from faults.shop import Shop
from faults.station import RICH
from faults.wild_line import LINE_FAULTS, ORDINARY
from pos.domain import correction, transaction
from pos.journal import history
from pos.journal.journal import Journal

from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.wallet import codes, emv, pay
from tools.sim import virtual_time

STEPS = 6, 14
CALM_S = 4 * 3600
PLENTY = "6200000000000047"
CARDS = (RICH, PLENTY, PLENTY)
KINDS = (
    *("sale",) * 6,
    *("void",) * 3,
    *("refund",) * 3,
    *("preauth",) * 2,
    *("completion",) * 2,
    "completion_void",
    "preauth_void",
    "qr_scan",
    "qr_scan",
    "qr_show",
    "qr_show",
    "settle",
    "settle",
    "sign_on",
    "sign_off",
    "delete",
    "recover",
    "service",
    "wait",
    "exchange",
)
# What has been done before anything goes wrong.
BEGINNINGS = (
    (),
    ("sale", "preauth"),
    ("preauth", "completion"),
    ("sale", "preauth", "settle"),
    ("preauth", "completion", "sale", "settle", "preauth"),
)
CORRECTED = {
    "void": ("sale", "offline"),
    "refund": ("sale", "offline", "completion"),
    "completion": ("preauth",),
    "completion_void": ("completion",),
    "preauth_void": ("preauth",),
}
PAYING, REVERSAL, ADVICE, SETTLEMENT, QUERY = ("0200", "0100"), ("0400",), ("0220",), ("0500", "0320"), ("0600",)
EVERYTHING = ("0200", "0100", "0400", "0220", "0500", "0320", "0600", "0800", "0820")
_OWN = {
    "refund": ADVICE,
    "settle": SETTLEMENT,
    "sign_off": SETTLEMENT,
    "sign_on": ("0800",),
    "qr_show": QUERY,
    **dict.fromkeys(("sale", "void", "preauth", "completion", "completion_void", "preauth_void", "qr_scan"), PAYING),
}
MESSAGES = (PAYING, PAYING, PAYING, REVERSAL, ADVICE, SETTLEMENT, QUERY, ("0800",), EVERYTHING, EVERYTHING)


# Flows, from where their entry ends


def _amount(shop):
    """No two alike, so that each is known again."""
    shop.amounts = getattr(shop, "amounts", 100) + 1
    return shop.amounts


def _new(shop, kind):
    def flow(terminal):
        now, amount = terminal.clock.now(), _amount(shop)
        card = shop.chance.choice(CARDS)
        order = shop.chance.choice(("", "", "20261122%06d" % amount))
        if kind == "qr_scan":
            with shop.host.database.transaction() as unit:
                account = book.find_account(unit, card)["id"]
                code = codes.issue(unit, account, epoch_ms(shop.wall.now()))
            tx = transaction.make("sale", amount, "", "qr", terminal.operator, now, qr=code, order=order)
        elif kind == "qr_show":
            tx = transaction.make("sale", amount, "", "shown", terminal.operator, now, order=order)
            return ("qr_wait", tx, True, True)
        else:
            tx = transaction.make(kind, amount, card, "nfc", terminal.operator, now, order=order)
        return ("authorise", tx, True)

    return flow


def _correct(shop, kind):
    """Of any transaction that the terminal's own rules let be corrected so, the newest or another."""

    def flow(terminal):
        now, journal = terminal.clock.now(), terminal.journal
        found = []
        for tx in history.newest_first(journal):
            if tx["type"] in CORRECTED[kind] and tx["state"] == "approved":
                whole = history.find(journal, tx["trace"], tx["batch"])
                if whole and not _why_not(kind, terminal, whole, now):
                    found.append(whole)
        if not found:  # then something that the next one can be about
            return _new(shop, "preauth" if "preauth" in CORRECTED[kind] or kind == "completion_void" else "sale")(
                terminal
            )
        original = shop.chance.choice(found[:4])
        amount = original["amount_minor"]
        if kind == "refund":
            amount = shop.chance.randint(1, correction.refundable_minor(original))
        elif kind == "completion":
            amount = shop.chance.randint(1, amount)
        tx = transaction.correct(kind, original, amount, terminal.operator, now, reason="06")
        return ("authorise", tx, True)

    return flow


def _why_not(kind, terminal, original, now):
    if kind == "refund":
        return correction.why_not_refund(original)
    if kind in ("completion", "preauth_void"):
        return correction.why_not_hold(original, now, terminal.parameters["preauth_days"])
    return correction.why_not_void(original, terminal.journal.state["batch"], now, terminal.parameters["void_hours"])


def _delete(shop):
    def flow(_terminal):
        shop.deleted = True
        return ("delete_work", {}, "99")

    return flow


def _recover(shop):
    def flow(terminal):
        settled = terminal.journal.state["settled"]
        return ("recover_work", settled["batch"]) if settled and terminal.exchange.signed_on else None

    return flow


def _service(shop):
    name, action = shop.chance.choice(("qr", "refund", "preauth")), shop.chance.choice(("off", "remove"))
    return ("service_change", name, shop.chance.choice((action, "on", "on")), "05", "99")


def flow_of(shop, kind):
    if kind in CORRECTED:
        return _correct(shop, kind)
    if kind in ("sale", "preauth", "qr_scan", "qr_show"):
        return _new(shop, kind)
    if kind == "service":
        return _service(shop)
    return {"delete": _delete, "recover": _recover}[kind](shop) if kind in ("delete", "recover") else (kind,)


# Faults besides the line's


def power_at_a_write(shop):
    shop.supply.cut_in(shop.chance.randint(1, 30))


def power_at_a_message(shop):
    left = [shop.chance.randint(1, 8)]

    def event(_entry):
        left[0] -= 1
        if left[0] <= 0 and shop.line.on_event is event:
            shop.line.on_event = None
            if not shop.supply.failed:
                shop.pull_the_plug()

    shop.line.on_event = event


def power_at_any_time(shop):
    def pull():
        if not shop.supply.failed and shop._main is not None:
            shop.pull_the_plug()

    shop.loop.call_later(shop.chance.choice((0.5, 2, 5, 60, 100)) * shop.chance.random(), pull)


def flash_fails(shop):
    shop.slips_may_lack = True  # the screen says so, and the slip can be had from the records
    shop.supply.fail_once(shop.chance.randint(1, 6), shop.chance.randrange(3))


def radio_lost(shop):
    def down():
        shop.radio.up = False
        shop.loop.call_later(shop.chance.choice((1, 20, 100, 400)), up)

    def up():
        shop.radio.up = True

    shop.loop.call_later(shop.chance.random() * 4, down)


def paper_out(shop):
    if shop.chance.random() < 0.5:
        shop.printer.flags = 1
    else:
        shop.printer.fail_at_line = shop.chance.randrange(30)


def key_forgotten(shop):
    """The host signs this terminal off while something is on its way."""
    sql = "UPDATE terminals SET mac_key = NULL, mac_key_offered = NULL"
    shop.loop.call_later(shop.chance.random() * 10, shop.host.execute, sql)


def refused_for_a_while(shop):
    sql = shop.chance.choice(
        ("UPDATE terminals SET status = '{}'", "UPDATE merchants SET status = '{}'"),
    )
    no, yes = ("disabled", "enabled") if "terminals" in sql else ("closed", "open")
    shop.loop.call_later(shop.chance.random() * 10, shop.host.execute, sql.format(no))
    shop.loop.call_later(shop.chance.choice((30, 200, 900)), shop.host.execute, sql.format(yes))


def batch_closed(shop):
    """The host begins another batch on its own."""

    def close():
        before = shop.host.execute("SELECT batch FROM terminals")[0]["batch"]
        shop.closed_by_host.add(before)
        shop.host.execute(f"UPDATE terminals SET batch = {before % 999_999 + 1}")

    shop.loop.call_later(shop.chance.random() * 10, close)


def clock_jumps(shop):
    seconds = shop.chance.choice((-86_400, -3600, 3600, 86_400, 40 * 86_400))
    if shop.chance.random() < 0.5:
        shop.wall.moved += timedelta(seconds=seconds)
    else:
        shop.clock.jump(seconds)


OTHER_FAULTS = (
    *(power_at_a_write,) * 4,
    *(power_at_a_message,) * 3,
    *(power_at_any_time,) * 2,
    *(flash_fails,) * 3,
    *(radio_lost,) * 2,
    *(paper_out, paper_out, key_forgotten, key_forgotten, refused_for_a_while, batch_closed, clock_jumps, clock_jumps),
)


def arm(shop, kind):
    """One fault or two; what they are. The second one often comes when the first one strikes."""
    first = _host_away(shop) if kind == "sale" and shop.chance.random() < 0.3 else _arm_one(shop, kind)
    if shop.chance.random() < 0.4:
        return [first]
    if shop.chance.random() < 0.5:
        return [first, _arm_one(shop, kind)]
    second = shop.chance.choice(OTHER_FAULTS)
    shop.line.on_fault = lambda: second(shop)
    return [first, "then " + second.__name__]


def _host_away(shop):
    """For a while: a sale may be made without it."""
    shop.line.arm("refused", EVERYTHING, 1)
    shop.loop.call_later(shop.chance.choice((20, 100, 700)), setattr, shop.line, "_mode", "good")
    return "host away"


def _arm_one(shop, kind):
    chance = shop.chance
    if chance.random() < 0.6:
        mode = chance.choice(LINE_FAULTS[:ORDINARY] if chance.random() < 0.6 else LINE_FAULTS)
        own = _OWN.get(kind)
        kinds = own if own and chance.random() < 0.6 else chance.choice(MESSAGES)
        times = chance.choice((1, 1, 2, 3, 6))
        shop.line.late_s, shop.line.held_s = chance.choice((5, 59, 61, 70, 200)), chance.choice((5, 70, 70, 200))
        shop.line.arm(mode, kinds, times)
        if mode in ("refused", "unreachable"):
            shop.loop.call_later(chance.choice((5, 40, 300)), setattr, shop.line, "_mode", "good")
        return f"{mode} {'/'.join(kinds) if kinds is not EVERYTHING else 'all'} x{times}"
    fault = chance.choice(OTHER_FAULTS)
    fault(shop)
    return fault.__name__


async def _people_about(shop):
    """A customer pays a merchant's code that comes out of the printer, at once, late or never; somebody mends the
    printer."""
    seen, mended_s = 0, 0
    while True:
        await asyncio.sleep(1)
        for lines in shop.printer.slips[seen:]:
            for line in lines:
                delay_s = shop.chance.choice((1, 6, 20, 119, 121, 300, None))
                if line.startswith(b"QR ") and delay_s:
                    shop.loop.call_later(delay_s, _pay, shop, line[3:].decode())
        seen = len(shop.printer.slips)
        if not shop.printer.flags:
            mended_s = shop.loop.time() + shop.chance.choice((5, 60, 300))
        elif shop.loop.time() > mended_s:
            shop.printer.flags = 0


def _pay(shop, code):
    with contextlib.suppress(pay.Refused), shop.host.database.transaction() as unit:
        pay.pay(unit, book.find_account(unit, PLENTY), emv.parse(code), shop.wall.now())


# One history


async def _play(shop, seed):
    chance = shop.chance
    _begin(shop)
    shop.power()
    people = asyncio.create_task(_people_about(shop))
    for kind in chance.choice(BEGINNINGS):
        await shop.step(flow_of(shop, kind))
    for _ in range(chance.randint(*STEPS)):
        kind = chance.choice(KINDS)
        faults = arm(shop, kind) if chance.random() < 0.8 else []
        shop.steps.append((round(shop.loop.time()), kind, *faults))
        if kind == "wait":
            await asyncio.sleep(chance.choice((10, 100, 1000)))
            await shop.look_after_power()
        elif kind == "exchange":
            await shop.exchange_terminal()
        else:
            await shop.step(flow_of(shop, kind))
        if chance.random() < 0.5:
            shop.line.heal()
    await _calm(shop)
    people.cancel()
    return audit(shop)


def _begin(shop):
    """Sometimes numbers stand at their end, and sometimes the merchant has other parameters."""
    chance, host = shop.chance, shop.host
    journal = Journal(str(shop.flash / station.JOURNAL))
    journal.recover()
    if chance.random() < 0.2:
        journal.append({"kind": "trace", "trace": 999_990 + chance.randrange(9)})
    if chance.random() < 0.2:
        host.execute("UPDATE terminals SET batch = 999998")
    wanted = {"80": "0"}
    if chance.random() < 0.3:
        wanted["31"] = chance.choice(("1240", "1300"))
    if chance.random() < 0.3:
        wanted["17"] = "1"
    if chance.random() < 0.5:
        wanted["38"] = "100000"  # the merchant sells without the host
    if chance.random() < 0.15:
        wanted["15"] = "4"  # a journal that is soon full
    for tag, value in wanted.items():
        host.execute(
            "INSERT INTO merchant_parameters (merchant_id, tag, value) SELECT id, :tag, :value FROM merchants",
            tag=tag,
            value=value,
        )


async def _calm(shop):
    """Nothing goes wrong any more; everything that was begun must come to its end."""
    shop.line.heal()
    shop.line.on_event = None
    shop.supply.cut_in(None)
    shop.supply.fails_in = None
    await asyncio.sleep(1000)  # what was held, late or planned is over
    await shop.look_after_power()
    shop.radio.up, shop.printer.flags, shop.printer.fail_at_line = True, 0, None
    end = shop.loop.time() + CALM_S
    while shop.loop.time() < end:
        await asyncio.sleep(20)
        await shop.look_after_power()
        if at_rest(shop):
            break
    await shop.cut()
    shop.power()  # slips that failed are made up for at a start
    await shop.step(("sign_on",))
    await shop.step(("settle",))
    if shop.deleted:
        await _all_back(shop)
    await shop.cut()


async def _all_back(shop):
    """What was deleted comes back from the host, batch by batch."""
    closed = shop.host.execute("SELECT batch FROM settlements WHERE closed_ms IS NOT NULL ORDER BY id")
    for row in closed:
        await shop.step(("recover_work", row["batch"]))


def at_rest(shop):
    state = shop.terminal.journal.state
    waits = state["pending"] or state["advices"] or state["offline"] or state["untold"] or state["settling"]
    return not waits and shop.terminal.exchange.signed_on and not shop.busy


def play(seed, folder):
    """One history; what it did. AssertionError with its seed and steps."""

    async def all_of_it():
        shop = Shop(folder, random.Random(seed))
        try:
            return await _play(shop, seed)
        except BaseException as error:
            error.add_note(f"seed {seed}: " + "\n    ".join(map(str, ["", *shop.steps])))
            raise
        finally:
            with contextlib.suppress(AssertionError):
                await shop.close()

    collect, gc.collect = gc.collect, lambda: 0
    try:
        return virtual_time.run(all_of_it())
    finally:
        gc.collect = collect
