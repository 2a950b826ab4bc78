"""Parameters that the host sets: tag on the wire, name, default and range, as a table.

Numbers are integers, texts bytes as they came (merchant name in GB18030), choices strings. Stored as JSON, so bytes
are kept as hexadecimal strings under the name with "_hex".
"""

# tag, name, default, lowest and highest (number) | longest (bytes) | choices (strings)
TABLE = (
    (11, "answer_timeout_s", 60, 5, 180),
    (12, "idle_s", 60, 10, 600),
    (13, "result_s", 5, 1, 60),
    (14, "reversal_retries", 3, 1, 10),
    (15, "journal_limit", 500, 1, 3000),
    (16, "merchant_name_hex", "", 80, None),
    (17, "copies", 2, 1, 2),
    (18, "print_mode", "always", ("always", "ask", "never"), None),
    (19, "maximum_amount_minor", 999999999, 1, 999999999),
    (20, "year", 2026, 2024, 2099),
    (21, "highest_trace", 0, 0, 999999),
    (22, "transaction_password", 0, 0, 1),
    (23, "services", "sale,nfc,void,refund,balance", 60, None),
    (24, "currency", "CNY", 3, None),
    (25, "off_services", "", 80, None),
    (26, "void_hours", 24, 0, 999),
    (27, "refund_approval_minor", 50000, 0, 999999999),
    (28, "preauth_percent", 100, 100, 115),
    (29, "preauth_days", 7, 1, 30),
    (30, "service_phone", "", 20, None),
    (31, "settle_time", "", 4, None),
    (32, "auto_sign_off_s", 1800, 0, 86400),
    (33, "operator_limits", "", 120, None),
    (34, "kind_limits", "", 120, None),
    (35, "order_numbers", 0, 0, 1),
    (36, "password_above_minor", 0, 0, 999999999),
    (37, "qr_timeout_s", 120, 30, 300),
    (38, "offline_floor_minor", 0, 0, 999999999),
    (39, "offline_count", 20, 1, 40),
    (40, "offline_sum_minor", 100000, 0, 999999999),
    (41, "offline_hours", 24, 1, 168),
)


def defaults():
    """A fresh dict of every parameter at its default."""
    return {row[1]: row[2] for row in TABLE}


def clean(stored):
    """(parameters, problems) from what was stored (any JSON value); as settings.clean."""
    if not isinstance(stored, dict):
        return defaults(), ["parameters"]
    values, problems = defaults(), []
    for row in TABLE:
        name = row[1]
        if name in stored:
            if _fits(row, stored[name]):
                values[name] = stored[name]
            else:
                problems.append(name)
    return values, problems


def apply(current, received):
    """Takes what the host sent into current (dict, changed in place); returns the names it refused.

    received: {tag: value bytes}. A tag that is unknown here is ignored: a newer host may know more.
    """
    refused = []
    for row in TABLE:
        if row[0] in received:
            try:
                value = _read(row, received[row[0]])
            except (ValueError, UnicodeError):
                value = None
            if _fits(row, value):
                current[row[1]] = value
            else:
                refused.append(row[1])
    return refused


def _read(row, data):
    if row[1].endswith("_hex"):
        return "".join("{:02x}".format(byte) for byte in data)
    text = bytes(data).decode()
    if isinstance(row[2], int):
        if not text.isdigit() or len(text) > 9:
            raise ValueError("not a number")
        return int(text)
    return text


def _fits(row, value):
    """Whether the value has the type and range of its row."""
    _tag, name, default, low, high = row
    if type(value) is not type(default):
        return False
    if isinstance(default, int):
        return low <= value <= high
    if isinstance(low, tuple):
        return value in low
    if name.endswith("_hex"):
        return len(value) <= 2 * low and len(value) % 2 == 0 and all(c in "0123456789abcdef" for c in value)
    # A control character would command the printer.
    return len(value) <= low and all(" " <= c <= "~" for c in value)
