"""Command `terminal`: shows a merchant's terminals, stops one, lets it work again, takes its keys away for good."""

import json
import secrets

from sqlalchemy import bindparam, select, update

from tools.host import demo
from tools.host.security.keystore import KEY_BYTES
from tools.host.settings import SettingError
from tools.host.state import State
from tools.host.store.schema import terminals

ACTIONS = ("on", "off", "revoke")
STATUS = {"on": "enabled", "off": "disabled", "revoke": "disabled"}
SAID = {
    "on": "may trade again after its next sign-on",
    "off": "trades no more; what it has begun it may reverse and settle",
    "revoke": "trades no more, and its keys are worth nothing",
}

_OF_MERCHANT = select(terminals).where(terminals.c.merchant_id == bindparam("merchant")).order_by(terminals.c.number)
_SWITCH = update(terminals).where(terminals.c.id == bindparam("terminal")).values(status=bindparam("v_status"))
_NEW_KEY = (
    update(terminals)
    .where(terminals.c.id == bindparam("terminal"))
    .values(master_key=bindparam("v_master"), mac_key=None, mac_key_offered=None, operator=None)
)


def add(command):
    """Adds the command to the parser; see commands.add."""
    made = command(
        "terminal",
        run,
        "show a merchant's terminals, stop or revoke one",
        "`off` holds from its next message on; `revoke` also makes its keys worthless and a new one for its file.",
    )
    made.add_argument("number", nargs="?", help="terminal number; without it all are shown")
    made.add_argument("action", nargs="?", choices=ACTIONS)


def run(unit, merchant, options):
    """Lines to print, once what they say is on the disk. SettingError."""
    rows = unit.run(_OF_MERCHANT, merchant=merchant["id"])
    if options.number is None:
        return [_shown(row) for row in rows]
    found = [row for row in rows if row["number"] == options.number]
    if not found:
        raise SettingError(f"no terminal {options.number} at this merchant")
    if options.action is None:
        return [_shown(found[0])]
    unit.run(_SWITCH, terminal=found[0]["id"], v_status=STATUS[options.action])
    said = [f"terminal {options.number} {SAID[options.action]}"]
    if options.action == "revoke":
        path = _renew(unit, State(options.state), found[0])
        said.append(f"a new key is in {path}: `terminal {options.number} on`, then set it up again with it")
    return said


def _renew(unit, state, row):
    """A new master key; the file with it. Whatever was signed or wrapped with the old ones is refused from now on."""
    key = secrets.token_bytes(KEY_BYTES)
    unit.run(_NEW_KEY, terminal=row["id"], v_master=state.keystore().store_master(key))
    path = state.terminals / f"{row['number']}.json"
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else demo.terminal_content(key, 8583)
    # Before the commit: a key that only the database knows would be of no use to anybody.
    demo.write_terminal(path, content | {"terminal": row["number"], "master_key": key.hex()})
    return path


def _shown(row):
    signed_on = "signed on" if row["mac_key"] else ""
    return f"{row['number']}  {row['status']:8}  batch {row['batch']:06d}  {signed_on}".rstrip()
