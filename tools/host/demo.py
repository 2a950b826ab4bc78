"""The demonstration data: one merchant, one terminal, four cards, three platform users."""

import json
import secrets

from sqlalchemy import bindparam, insert, select, update

from tools.host.clock import epoch_ms
from tools.host.iso.parameters import SERVICE_NAMES
from tools.host.ledger import book
from tools.host.ledger.book import Line
from tools.host.pki import SERVER_NAME
from tools.host.security import passwords
from tools.host.security.keystore import KEY_BYTES
from tools.host.state import write_secret
from tools.host.store.schema import accounts, fee_rates, merchant_services, merchants, terminals, users
from tools.host.wallet import links

MERCHANT = "100000000000001"
MERCHANT_NAME = "示范茶馆 DEMO TEA HOUSE"
TERMINAL = "10000001"
ISSUER_ACCOUNT = "9000000000000000"
MERCHANT_ACCOUNT = "8100000000000001"
# number, money put on it at the start, status, type
CARDS = (
    ("6200000000000013", 100_000, "active", "debit"),
    ("6200000000000021", 100, "active", "debit"),
    ("6200000000000039", 100_000, "frozen", "debit"),
    ("6200000000000047", 100_000_000, "active", "credit"),
)
# kind, millionths of the amount, cap
FEE_RATES = (("debit", 5_000, 2_500), ("credit", 6_000, None), ("qr", 3_800, None))
USERS = (("owner", "owner"), ("reviewer", "reviewer"), ("service", "service"))
WIFI = {"wifi_ssid": "pos-demo", "wifi_key": "pos-demo-key"}


def _all_of(table, *names):
    return insert(table).values({name: bindparam("v_" + name) for name in names})


_MERCHANT = _all_of(merchants, "number", "name", "account_id").returning(merchants.c.id)
_SERVICE = _all_of(merchant_services, "merchant_id", "service")
_TERMINAL = _all_of(terminals, "number", "merchant_id", "master_key")
_CARD_TYPE = update(accounts).where(accounts.c.id == bindparam("account")).values(card_type=bindparam("v_card_type"))
_FEE_RATE = _all_of(fee_rates, "kind", "from_ms", "rate_ppm", "cap_minor")
_USER = _all_of(users, "name", "role", "password")
_MERCHANT_EXISTS = select(merchants.c.id).where(merchants.c.number == bindparam("v_number"))
_ANY_FEE_RATE = select(fee_rates.c.id).limit(1)
_ANY_USER = select(users.c.id).limit(1)


def add_accounts_and_terminal(unit, keystore, now):
    """Merchant, cards and terminal, in the caller's transaction; the terminal's master key, None when all was there."""
    if unit.one(_MERCHANT_EXISTS, v_number=MERCHANT):
        return None
    at_ms = epoch_ms(now)
    issuer = book.open_account(unit, ISSUER_ACCOUNT, "issuer", at_ms)
    account = book.open_account(unit, MERCHANT_ACCOUNT, "merchant", at_ms)
    merchant = unit.one(_MERCHANT, v_number=MERCHANT, v_name=MERCHANT_NAME, v_account_id=account)["id"]
    for service in SERVICE_NAMES:
        unit.run(_SERVICE, v_merchant_id=merchant, v_service=service)
    for number, amount_minor, status, card_type in CARDS:
        card = book.open_account(unit, number, "card", at_ms, status=status)
        unit.run(_CARD_TYPE, account=card, v_card_type=card_type)
        book.post(unit, "opening", [Line(issuer, -amount_minor), Line(card, amount_minor)], at_ms)
    key = secrets.token_bytes(KEY_BYTES)
    unit.run(_TERMINAL, v_number=TERMINAL, v_merchant_id=merchant, v_master_key=keystore.store_master(key))
    return key


def add_fee_rates(unit):
    """What payments cost from the beginning of time, unless there are rates already."""
    if not unit.one(_ANY_FEE_RATE):
        for kind, rate_ppm, cap_minor in FEE_RATES:
            unit.run(_FEE_RATE, v_kind=kind, v_from_ms=0, v_rate_ppm=rate_ppm, v_cap_minor=cap_minor)


def add_wallets(unit, now):
    """A wallet for every card: {number: the link's token}."""
    at_ms = epoch_ms(now)
    return {number: links.make(unit, book.find_account(unit, number)["id"], at_ms) for number, *_ in CARDS}


def add_users(unit, password=None):
    """The platform's users: {name: password} when they were made here, None when there were users before."""
    if unit.one(_ANY_USER):
        return None
    made = {}
    for name, role in USERS:
        made[name] = password or passwords.generate()
        unit.run(_USER, v_name=name, v_role=role, v_password=passwords.hash_password(made[name]))
    return made


def terminal_content(key, port):
    """What the terminal's terminal.json holds."""
    identity = {"merchant": MERCHANT, "terminal": TERMINAL}
    link = {"host": "127.0.0.1", "port": port, "server_name": SERVER_NAME, "master_key": key.hex()}
    return identity | link | WIFI | {"language": "en"}


def write_terminal(path, content):
    """Writes terminal.json, which holds the master key."""
    write_secret(path, (json.dumps(content, indent=1) + "\n").encode("utf-8"))
