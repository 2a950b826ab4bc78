"""Payment services (支付服务) of this terminal: which there are, in which state, and what may be done with them."""

# Names as in the host's parameters, in the order of the list; "sale" is the sale by card, "nfc" the card reader for it.
NAMES = ("sale", "nfc", "qr", "void", "refund", "preauth", "balance", "offline")

ON, MERCHANT, HOST, REMOVED = "on", "merchant", "host", "removed"
_STATES = {"m": MERCHANT, "h": HOST, "r": REMOVED}

# state -> what the administrator can ask the host for. What the host has switched off only the host switches on.
_ACTIONS = {ON: ("off", "remove"), MERCHANT: ("on", "remove"), HOST: (), REMOVED: ("on",)}
# What the service is once the host has done it.
AFTER = {"on": ON, "off": MERCHANT, "remove": REMOVED}

# Why, by what is asked for: codes beside those of domain/reasons.py, with which they share the change of law (05). Not
# needed any more, too costly, not safe; needed again; other.
_WHY_OFF = ("21", "22", "23", "05", "24")
REASONS = {"on": ("25", "05", "24"), "off": _WHY_OFF, "remove": _WHY_OFF}


def on(parameters, name):
    """Whether the service can be used. parameters: those of domain.parameters."""
    return name in parameters["services"].split(",")


def state(parameters, name):
    """ON, or who switched it off: MERCHANT, HOST; REMOVED from this merchant's terminals altogether."""
    if on(parameters, name):
        return ON
    for entry in parameters["off_services"].split(","):
        off, _, by = entry.partition(":")
        if off == name:
            return _STATES.get(by, HOST)
    return HOST


def actions(parameters, name):
    """Names of what can be asked for in its state: "on", "off", "remove"."""
    return _ACTIONS[state(parameters, name)]


def concerns(name, tx):
    """Whether a transaction is one of that service."""
    kind = tx["type"]
    if name == "preauth":
        return kind in ("preauth", "preauth_void", "completion", "completion_void")
    if name == "nfc":
        return kind == "sale" and tx.get("entry") == "nfc"
    by_code = tx.get("entry") in ("qr", "shown")
    if name == "qr":
        return kind == "sale" and by_code
    return kind == name and not (name == "sale" and by_code)
