"""`init`: everything a host needs before it can serve. Run again, it makes only what is missing."""

import json

from tools.host import demo, pki
from tools.host.clock import SystemClock
from tools.host.security.masking import masked
from tools.host.state import State
from tools.host.store import migrate


def initialise(folder, port, demo_password=None, clock=None, address=None):
    """Sets up the state folder and the database, which is in it or at `address`.

    A list of lines to print. Passwords made here are in them and nowhere else.
    """
    state = State(folder, address)
    now = (clock or SystemClock()).now()
    state.make_folders()
    said = []
    if pki.ensure(state.pki, now):
        said.append(f"certificates made in {state.pki}")
    database = state.database()
    try:
        migrate.upgrade(database.engine)
        terminal_file = state.terminals / f"{demo.TERMINAL}.json"

        def fill(unit):
            key = demo.add_accounts_and_terminal(unit, state.keystore(), now)
            wallets = demo.add_wallets(unit, now) if key else {}
            demo.add_fee_rates(unit)
            made = demo.add_users(unit, demo_password)
            if key:
                # Before the commit: a key that only the database knows would be of no use to anybody.
                demo.write_terminal(terminal_file, demo.terminal_content(key, port))
            return key, wallets, made

        key, wallets, made = database.run(fill)
    finally:
        database.close()
    if key:
        said.append(f"demonstration data made; terminal file {terminal_file}")
    else:
        said += _set_port(terminal_file, port)
    if wallets:
        said.append("wallets on the platform's port, shown this once; `wallet NUMBER` makes a new link:")
        said += [f"  {masked(number)}  /wallet/{token}" for number, token in wallets.items()]
    if made and not demo_password:
        said.append("platform users, shown this once:")
        said += [f"  {name:9} {password}" for name, password in made.items()]
    elif made:
        said.append(f"platform users {', '.join(made)} have the password of DEMO_PASSWORD")
    return said or ["nothing to do"]


def _set_port(path, port):
    if not path.exists():
        return [f"note: {path} is gone; its master key cannot be shown again"]
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["port"] == port:
            return []
        changed = content | {"port": port}
    except (ValueError, KeyError, TypeError):
        return [f"note: {path} is damaged and stays as it is; its master key cannot be shown again"]
    demo.write_terminal(path, changed)
    return [f"port {port} written to {path}"]
