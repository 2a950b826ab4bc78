"""Settings that people choose at the terminal: name, default and what is allowed, as a table."""

# name, default, choices (strings) or (lowest, highest)
TABLE = (
    ("language", "en", ("en", "zh")),
    ("print_receipts", "always", ("always", "ask", "never")),
    ("copies", 2, (1, 2)),
    ("transaction_password", False, (False, True)),
    ("refuse_open_wifi", False, (False, True)),
    ("void_by", "operators", ("operators", "supervisor")),
)


def allowed(name, value):
    """Whether the setting exists and may have this value."""
    for row_name, default, choices in TABLE:
        if row_name == name:
            return type(value) is type(default) and value in choices
    return False


def choices(name):
    """What the setting can be, in the order of a menu; KeyError when there is no such setting."""
    for row_name, _default, values in TABLE:
        if row_name == name:
            return values
    raise KeyError(name)


def clean(stored, defaults=None):
    """(settings, problems): every setting of the table; what is missing or not allowed has its default.

    stored: what was read (any JSON value). defaults: {name: value} that replace the table's defaults. problems: names
    of the settings that were stored and not allowed, ["settings"] when stored is no dict at all.
    """
    problems = []
    if not isinstance(stored, dict):
        stored, problems = {}, ["settings"]
    values = {}
    for name, default, _choices in TABLE:
        if defaults and allowed(name, defaults.get(name)):
            default = defaults[name]
        value = stored.get(name, default)
        if not allowed(name, value):
            problems.append(name)
            value = default
        values[name] = value
    return values, problems
