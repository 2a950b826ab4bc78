"""Settings that people choose at the terminal, each declared once: name, default, range, who may change it."""

CHOICE, RANGE, TEXT = "choice", "range", "text"

# name, default, kind, values (CHOICE: all; RANGE: lowest, highest, step; TEXT: longest), right that it needs.
# Network: "" or 0 is what was provisioned.
TABLE: tuple = (
    ("language", "en", CHOICE, ("en", "zh"), "language"),
    ("brightness", 5, RANGE, (1, 5, 1), "language"),
    ("volume", 2, RANGE, (0, 3, 1), "language"),
    ("print_receipts", "always", CHOICE, ("always", "ask", "never"), "settings"),
    ("copies", 2, RANGE, (1, 2, 1), "settings"),
    ("transaction_password", False, CHOICE, (False, True), "settings"),
    ("order_numbers", False, CHOICE, (False, True), "settings"),
    ("void_by", "operators", CHOICE, ("operators", "supervisor"), "settings"),
    ("refuse_open_wifi", False, CHOICE, (False, True), "settings"),
    ("wifi_ssid", "", TEXT, 32, "network"),
    ("wifi_key", "", TEXT, 63, "network"),
    ("host", "", TEXT, 64, "network"),
    ("port", 0, RANGE, (0, 65535, 1), "network"),
)
# Of the identity that was provisioned: what these replace.
_OVERRIDES = ("wifi_ssid", "wifi_key", "host", "port")
WIFI_KEY_CHARS_MIN = 8
_HOST_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789.-:"


def allowed(name, value):
    """Whether the setting exists and may have this value."""
    row = _row(name)
    if row is None or type(value) is not type(row[1]):
        return False
    _name, _default, kind, values, _right = row
    if kind == TEXT:
        return len(value) <= values
    if kind == RANGE:
        lowest, highest, step = values
        return lowest <= value <= highest and (value - lowest) % step == 0
    return value in values


def choices(name):
    """What the setting can be, in the order of a menu. KeyError when there is no such setting, or it is a text."""
    row = _row(name)
    if row is None or row[2] == TEXT:
        raise KeyError(name)
    if row[2] == CHOICE:
        return row[3]
    lowest, highest, step = row[3]
    return tuple(range(lowest, highest + 1, step))


def right(name):
    """The right that changing it needs. KeyError when there is no such setting."""
    row = _row(name)
    if row is None:
        raise KeyError(name)
    return row[4]


def clean(stored, defaults=None):
    """(settings, problems): every setting of the table; what is missing or not allowed has its default.

    stored: what was read (any JSON value). defaults: {name: value} that replace the table's defaults. problems: names
    of the settings that were stored and not allowed, ["settings"] when stored is no dict at all.
    """
    problems = []
    if not isinstance(stored, dict):
        stored, problems = {}, ["settings"]
    values = {}
    for row in TABLE:
        name, default = row[0], row[1]
        if defaults and allowed(name, defaults.get(name)):
            default = defaults[name]
        value = stored.get(name, default)
        if not allowed(name, value):
            problems.append(name)
            value = default
        values[name] = value
    return values, problems


def overrides(values):
    """What of the provisioned identity is replaced, {name: value}; values: settings as clean gives them. A network's
    name brings its key, which is empty for an open one."""
    replaced = {name: values[name] for name in _OVERRIDES if values[name]}
    if values["wifi_ssid"]:
        replaced["wifi_key"] = values["wifi_key"]
    else:
        replaced.pop("wifi_key", None)
    return replaced


def host_is_possible(text):
    """Whether a text can be a host's name or address."""
    return all(char in _HOST_CHARS for char in text.lower()) and text[:1] not in ("", ".", "-")


def _row(name):
    for row in TABLE:
        if row[0] == name:
            return row
    return None
