"""Settings and parameters of a terminal: read at start, stored when they change, put into effect."""

import json
from binascii import crc32

from pos.domain import parameters as parameter_table
from pos.domain import settings as settings_table
from pos.journal import files, store
from pos.journal.errors import StoreError

# Settings that start from what the host says, under the host's names.
_HOST_DEFAULTS = (
    ("print_receipts", "print_mode"),
    ("copies", "copies"),
    ("transaction_password", "transaction_password"),
    ("order_numbers", "order_numbers"),
)


def provisioned(folder):
    """(identity, DER of the authority) as tools/provision.py wrote them, in two copies each; identity["damaged"]:
    whether a copy had to be used. OSError, ValueError, TypeError, KeyError: there is none to trust."""
    path = folder + "/terminal.json"
    identity, problem = store.load(path, None)
    if identity is None:
        identity = json.loads(files.read(path))  # an earlier tool wrote it without a checksum
        problem = None
    elif not files.exists(path):
        problem = "old"
    for name in ("merchant", "terminal"):
        identity[name] = str(identity[name])
    identity["master_key"] = bytes.fromhex(identity["master_key"])
    for end in ("", ".old"):
        try:
            authority = files.read(folder + "/ca.der" + end)
        except OSError:
            problem = "old"
            continue
        if identity.get("ca_crc32", 0) in (0, crc32(authority) & 0xFFFFFFFF):
            identity["damaged"] = problem == "old"
            return identity, authority
        problem = "old"
    raise ValueError("the authority's certificate is damaged")


def overrides(folder):
    """What people keyed in instead of what was provisioned: {name: value} of the identity. Read before there is a
    terminal; what is damaged is told later, by load."""
    stored, _problem = store.load(folder + "/settings.json", {})
    return settings_table.overrides(settings_table.clean(stored)[0])


def note_start(terminal, recovered):
    """Notes in terminal.start_problems what is wrong with the operators' file, and what the journal has found
    (Journal.recover: a torn tail is harmless, more is not)."""
    problems = terminal.start_problems
    _clean_training(terminal)
    if terminal.identity.get("damaged"):
        problems.append("fault_identity")
    damaged = terminal.staff.load()
    try:
        terminal.staff.secure(damaged)
    except StoreError:
        problems.append("fault_storage")
    if not terminal.staff.numbers():
        problems.append("fault_nobody")
    elif damaged:
        problems.append("fault_operators")
    if recovered["problem"]:
        problems.append("fault_storage")
    elif recovered["lost"]:
        problems.append("fault_journal")
    elif recovered["bad_bytes"]:
        problems.append("fault_journal_tail")


def _clean_training(terminal):
    """A power cut has ended it."""
    from pos import training

    try:
        training.clean(terminal.folder)
    except OSError:
        terminal.start_problems.append("fault_storage")


def load(terminal):
    """Reads both; what is damaged is replaced by its default and named in terminal.start_problems."""
    stored, problem = store.load(_path(terminal, "parameters"), {})
    parameters, wrong = parameter_table.clean(stored)
    terminal.parameters.update(parameters)
    _note(terminal, "fault_parameters", problem, wrong)
    stored, problem = store.load(_path(terminal, "settings"), {})
    wrong = _apply(terminal, stored)
    _note(terminal, "fault_settings", problem, wrong)


def change_settings(terminal, values):
    """See Terminal.change_settings."""
    path = _path(terminal, "settings")
    stored, _problem = store.load(path, {})
    stored = dict(stored) if isinstance(stored, dict) else {}
    stored.update(values)
    store.save(path, stored)
    _apply(terminal, stored)


def keep_parameters(terminal):
    """See Terminal.keep_parameters."""
    store.save(_path(terminal, "parameters"), terminal.parameters)
    stored, _problem = store.load(_path(terminal, "settings"), {})
    _apply(terminal, stored)


def _apply(terminal, stored):
    """Returns the names of the stored settings that are not allowed."""
    defaults = {name: terminal.parameters[host_name] for name, host_name in _HOST_DEFAULTS}
    for name in ("transaction_password", "order_numbers"):
        defaults[name] = bool(defaults[name])
    defaults["language"] = terminal.identity.get("language", "en")
    terminal.settings, wrong = settings_table.clean(stored, defaults)
    terminal.ui.set_language(terminal.settings["language"])
    terminal.ui.idle_ms = terminal.parameters["idle_s"] * 1000
    terminal.wifi.refuse_open = terminal.settings["refuse_open_wifi"]
    terminal.parts.set_levels(terminal.settings["brightness"], terminal.settings["volume"])
    return wrong


def _note(terminal, key, problem, wrong):
    if problem in ("damaged", "old") or wrong:
        terminal.start_problems.append(key)


def _path(terminal, name):
    return "{}/{}.json".format(terminal.folder, name)
