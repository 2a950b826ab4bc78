"""Command line of the host: python -m tools.host init | serve | account | wallet | parameter | ... | check."""

import argparse
import asyncio
import json
import logging
import os
import re
import sys
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from tools.host import commands as merchant_commands
from tools.host.security.masking import MaskingFormatter, masked
from tools.host.server.limits import Limits
from tools.host.state import State, StateError
from tools.host.store.database import DatabaseError

CONSOLE_PORT = 8000
LOG_LEVELS = ("debug", "info", "warning", "error")


def main(arguments=None):
    """Runs one command; its exit status."""
    options = _parser().parse_args(arguments)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=options.log.upper(), handlers=[handler])
    try:
        return options.run(options)
    except StateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read it has seen enough (`| head`); Python must not try to write the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (DatabaseError, DBAPIError) as error:
        print(f"error: the database: {masked(str(getattr(error, 'orig', error)))}", file=sys.stderr)
        return 1


def _parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state", required=True, metavar="DIR", help="the folder that holds database, keys, certificates"
    )
    common.add_argument("--log", choices=LOG_LEVELS, default="warning", help="what to log on stderr (default: warning)")
    common.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL"),
        metavar="URL",
        help="postgresql://user@host:port/name (default: the environment's DATABASE_URL, which others on this machine "
        "cannot read, or SQLite in DIR)",
    )
    parser = argparse.ArgumentParser(prog="python -m tools.host", description=__doc__.split(":")[0] + ".")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = commands.add_parser(
        "init",
        parents=[common],
        help="make database, keys, certificates and demonstration data",
        description="Makes database, keys, certificates and demonstration data in DIR; what is there already stays. "
        "Platform users' passwords are made and printed once, unless the environment's DEMO_PASSWORD sets them.",
    )
    init.add_argument("--port", type=_port, default=8583, help="written to the terminal's file (default: 8583)")
    init.set_defaults(run=_init)

    serve = commands.add_parser("serve", parents=[common], help="run host and console until SIGTERM or Ctrl-C")
    serve.add_argument("--port", type=_port, default=8583, help="for terminals, TLS (default: 8583; 0: any free one)")
    serve.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="for terminals (default: 127.0.0.1)")
    serve.add_argument(
        "--console-port", type=_port, default=CONSOLE_PORT, help="of the web console (default: 8000; 0: any)"
    )
    usual = Limits()
    shared, pace = usual.connections_per_address, usual.messages_per_s
    serve.add_argument("--connections-per-address", type=_count, default=shared, metavar="N",
                       help=f"of terminals that share an address (default: {shared})")  # fmt: skip
    serve.add_argument("--messages-per-s", type=_count, default=pace, metavar="N",
                       help=f"of one terminal or connection (default: {pace}; 0: no limit)")  # fmt: skip
    serve.set_defaults(run=_serve)

    account = commands.add_parser("account", parents=[common], help="show an account's balance and entries")
    account.add_argument("number", help="account number")
    account.add_argument("--json", action="store_true", help="print JSON")
    account.set_defaults(run=_account)

    wallet = commands.add_parser("wallet", parents=[common], help="make a new secret link to a card's wallet page")
    wallet.add_argument("number", help="account number; its link from before leads nowhere then")
    wallet.add_argument(
        "--console-port", type=_port, help=f"of the web console (default: where it was last served, or {CONSOLE_PORT})"
    )
    wallet.set_defaults(run=_wallet)

    merchant_commands.add(commands, common)

    check = commands.add_parser("check", parents=[common], help="prove that the books balance; exit status 1 if not")
    check.set_defaults(run=_check)
    return parser


def _port(text):
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} must be 0 to 65535")
    return int(text)


def _count(text):
    if not re.fullmatch("[0-9]{1,6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of at most six digits")
    return int(text)


def _init(options):
    from tools.host.initialise import initialise

    password = os.environ.get("DEMO_PASSWORD")
    for line in initialise(options.state, options.port, password, address=options.database):
        print(line)
    return 0


def _serve(options):
    from tools.host.serve import serve

    def ready(line):
        print(line, flush=True)

    state = State(options.state, options.database)
    limits = Limits(connections_per_address=options.connections_per_address, messages_per_s=options.messages_per_s)
    asyncio.run(serve(state, options.bind, options.port, options.console_port, limits, ready))
    return 0


def _account(options):
    from tools.host.ledger import statement

    database = _database(options)
    try:
        found = statement.of(database.engine, options.number)
    finally:
        database.close()
    if found is None:
        print(f"error: no account {options.number}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(found))
        return 0
    print(f"account {found['number']}  {found['kind']}  {found['status']}")
    print(f"balance {statement.money(found['balance_minor'])}")
    if found["held_minor"]:
        print(f"held    {statement.money(found['held_minor'])}")
    for hold in found["holds"]:
        held = statement.money(hold["amount_minor"])
        print(f"    hold  {_at(hold['opened_ms'])}  until {_at(hold['expires_ms'])} {held:>14}")
    for entry in found["entries"]:
        at = _at(entry["posted_ms"])
        print(f"  {entry['entry']:>6}  {at}  {entry['kind']:15} {statement.money(entry['amount_minor']):>14}")
    return 0


def _wallet(options):
    from tools.host.clock import SystemClock, epoch_ms
    from tools.host.ledger import book
    from tools.host.wallet import links

    def make(unit):
        account = book.find_account(unit, options.number)
        card = account is not None and account["kind"] == "card"
        return links.make(unit, account["id"], epoch_ms(SystemClock().now())) if card else None

    database = _database(options)
    try:
        token = database.run(make)
    finally:
        database.close()
    if token is None:
        print(f"error: no card {options.number}", file=sys.stderr)
        return 1
    port = options.console_port or State(options.state).console_port or CONSOLE_PORT
    print(f"http://127.0.0.1:{port}/wallet/{token}")
    return 0


def _at(at_ms):
    return datetime.fromtimestamp(at_ms / 1000).strftime("%Y-%m-%d %H:%M:%S")


def _check(options):
    from tools.host.ledger.check import check

    database = _database(options)
    try:
        report = check(database.engine)
    finally:
        database.close()
    for problem in report.problems:
        print(f"PROBLEM {problem}")
    verdict = "balanced" if report.balanced else "NOT balanced"
    print(f"ledger {verdict}: {report.accounts} accounts, {report.entries} entries, {report.transactions} transactions")
    return 0 if report.balanced else 1


def _database(options):
    state = State(options.state, options.database)
    state.require()
    return state.database()


if __name__ == "__main__":
    sys.exit(main())
