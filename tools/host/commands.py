"""Commands that set something for a merchant: parameter, service, webhook, fee."""

import getpass
import os
import re
import secrets
import sys
from argparse import ArgumentTypeError
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, insert, select

from tools.host import demo, fees, settings, terminals
from tools.host.clock import SystemClock, epoch_ms
from tools.host.iso import parameters as tags
from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.ledger.statement import money
from tools.host.settings import SETTINGS, SettingError
from tools.host.state import State
from tools.host.store.schema import fee_rates
from tools.host.switch import services
from tools.host.switch.case import Reject

KEY_BYTES = 32
WHO_CHARACTERS_MAX = 40
FEE_KINDS = (fees.DEBIT, fees.CREDIT, fees.QR)
STATES = {"": "on", "m": "off by the merchant", "h": "off by the host", "r": "removed by the merchant"}

_RATES = select(fee_rates).order_by(fee_rates.c.kind, fee_rates.c.from_ms, fee_rates.c.id)
_ADD_RATE = insert(fee_rates).values(
    {name: bindparam("v_" + name) for name in ("merchant_id", "kind", "from_ms", "rate_ppm", "cap_minor")}
)


def add(commands, common):
    """Adds the commands to the parser."""

    def command(name, run, text, more):
        made = commands.add_parser(
            name, parents=[common], help=text, description=f"{text[0].upper()}{text[1:]}. {more}"
        )
        made.add_argument("--merchant", default=demo.MERCHANT, metavar="NUMBER", help=f"default: {demo.MERCHANT}")
        made.set_defaults(run=lambda options: _run(run, options))
        return made

    parameter = command(
        "parameter",
        _parameter,
        "show or set what a merchant's terminals are told",
        "A terminal takes it over at its next sign-on.",
    )
    parameter.add_argument("name", nargs="?", help="tag or name; without it all are shown")
    parameter.add_argument("value", nargs="?", help="new value; without it the one that holds is shown")
    parameter.add_argument("--default", action="store_true", help="take the merchant's own value away")

    service = command(
        "service",
        _service,
        "show or switch a merchant's payment services",
        "What is switched off here the merchant cannot switch on again.",
    )
    service.add_argument("name", nargs="?", choices=SERVICE_NAMES)
    service.add_argument("action", nargs="?", choices=("on", "off"))

    webhook = command(
        "webhook",
        _webhook,
        "set where a merchant is told of notices",
        "A new key to check signatures with is printed once.",
    )
    webhook.add_argument("url", help='http:// or https:// and so on; "off" for none')

    fee = command(
        "fee",
        _fee,
        "show the rates of fees or add one",
        "Rates are never changed: a later one replaces an earlier one from its day on.",
    )
    fee.add_argument("kind", nargs="?", choices=FEE_KINDS)
    fee.add_argument("percent", nargs="?", type=_percent, help="of the amount, such as 0.38")
    fee.add_argument("--cap", type=_minor, metavar="MINOR", help="of one transaction's fee; none without it")
    fee.add_argument("--from", dest="since", type=_day, metavar="YYYY-MM-DD", help="first day (default: from now on)")
    fee.add_argument("--own", action="store_true", help="for this merchant only")

    terminals.add(command)


def _minor(text):
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ArgumentTypeError(f"{text!r} must be 0 to {settings.LIMIT_MINOR_MAX}, in minor units")
    return int(text)


def _percent(text):
    """Millionths."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", text) or Decimal(text) > 100:
        raise ArgumentTypeError(f"{text!r} must be 0 to 100, with at most four decimals")
    return int(Decimal(text) * fees.PPM_OF_A_PERCENT)


def _day(text):
    try:
        return epoch_ms(datetime.strptime(text, "%Y-%m-%d").astimezone())
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} must be a day such as 2026-11-22") from None


def _run(command, options):
    state = State(options.state, options.database)
    state.require()
    database = state.database()
    try:
        said = database.run(lambda unit: command(unit, settings.merchant(unit, options.merchant), options))
    except SettingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        database.close()
    for line in said:  # when it is on the disk, not before
        print(line)
    return 0


def _parameter(unit, merchant, options):
    changed = options.value is not None or options.default
    if options.default and (options.name is None or options.value is not None):
        raise SettingError("--default goes with the name of a parameter and no value")
    if options.name is None:
        return [_shown(tag, *found) for tag, found in settings.values(unit, merchant["id"]).items()]
    tag = settings.tag_of(options.name)
    if tag in (tags.WEBHOOK_URL, tags.WEBHOOK_KEY) and changed:
        raise SettingError("address and key go together: use the command webhook")
    if changed:
        settings.put(unit, merchant["id"], tag, options.value)
    return [_shown(tag, *settings.values(unit, merchant["id"])[tag])]


def _shown(tag, value, own):
    if tag in settings.SECRET and value:
        value = "(secret)"
    return f"{tag} {SETTINGS[tag].name:22} {value or '-':12} {'' if own else '(default) '}[{SETTINGS[tag].values}]"


def _service(unit, merchant, options):
    if options.action:
        try:
            services.change_by_host(unit, merchant["id"], options.name, options.action, _who(), _now_ms())
        except Reject as reject:
            raise SettingError(reject.why) from reject
    found = services.states(unit, merchant["id"])
    return [f"{name:8} {STATES[letter]}" for name, letter in found.items() if options.name in (None, name)]


def _who():
    try:
        return getpass.getuser()[:WHO_CHARACTERS_MAX]
    except (KeyError, OSError):  # in a container a user may have no name
        return f"user {os.getuid()}"


def _webhook(unit, merchant, options):
    if options.url == "off":
        settings.put(unit, merchant["id"], tags.WEBHOOK_URL, None)
        settings.put(unit, merchant["id"], tags.WEBHOOK_KEY, None)
        return ["no webhook"]
    key = secrets.token_urlsafe(KEY_BYTES)
    settings.put(unit, merchant["id"], tags.WEBHOOK_URL, options.url)
    stored = State(options.state).keystore().store_webhook_key(key.encode("ascii"))
    settings.put(unit, merchant["id"], tags.WEBHOOK_KEY, stored)
    return [f"webhook {options.url}", f"key, shown this once: {key}"]


def _fee(unit, merchant, options):
    if options.percent is None and (options.own or options.cap is not None or options.since is not None):
        raise SettingError("a new rate needs a kind and a percentage")
    if options.percent is not None:
        unit.run(
            _ADD_RATE,
            v_merchant_id=merchant["id"] if options.own else None,
            v_kind=options.kind,
            v_from_ms=_now_ms() if options.since is None else options.since,
            v_rate_ppm=options.percent,
            v_cap_minor=options.cap,
        )
    rows = [row for row in unit.run(_RATES) if row["merchant_id"] in (None, merchant["id"])]
    return [_rate(row) for row in rows if options.kind in (None, row["kind"])]


def _rate(row):
    since = datetime.fromtimestamp(row["from_ms"] / 1000).strftime("%Y-%m-%d %H:%M") if row["from_ms"] else "always"
    cap = f"  at most {money(row['cap_minor'])}" if row["cap_minor"] is not None else ""
    return f"{row['kind']:7} {fees.percent(row['rate_ppm']):9} from {since}{cap}{'  own' if row['merchant_id'] else ''}"


def _now_ms():
    return epoch_ms(SystemClock().now())
