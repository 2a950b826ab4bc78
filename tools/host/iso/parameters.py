"""Field 62 of the parameters answer: tag (2 digits), length (3 digits, bytes), value, one after the other.

Texts are GB18030, so that a Chinese merchant name prints as the terminal's printer expects it. Field values are
Latin-1 strings here as everywhere in iso/: one character a byte.
"""

VALUE_BYTES_MAX = 200
FIELD_BYTES_MAX = 999

ANSWER_TIMEOUT_S = "11"
IDLE_TIMEOUT_S = "12"
RESULT_TIMEOUT_S = "13"
REVERSAL_RETRIES = "14"
JOURNAL_LIMIT = "15"
MERCHANT_NAME = "16"
COPIES = "17"
PRINT_MODE = "18"
MAX_AMOUNT_MINOR = "19"
YEAR = "20"
LAST_TRACE = "21"
TRANSACTION_PASSWORD = "22"
SERVICES = "23"
CURRENCY_TEXT = "24"

# What a merchant has that set nothing of its own. YEAR, LAST_TRACE, MERCHANT_NAME and SERVICES are never defaults.
DEFAULTS = {
    ANSWER_TIMEOUT_S: "60",
    IDLE_TIMEOUT_S: "60",
    RESULT_TIMEOUT_S: "5",
    REVERSAL_RETRIES: "3",
    JOURNAL_LIMIT: "500",
    COPIES: "2",
    PRINT_MODE: "always",
    MAX_AMOUNT_MINOR: "999999999",
    TRANSACTION_PASSWORD: "0",
    CURRENCY_TEXT: "CNY",
}


class ParameterError(ValueError):
    """A value that does not fit the field."""


def encode(values):
    """{tag: text} -> field value, in the order of the tags."""
    items = []
    for tag in sorted(values):
        data = values[tag].encode("gb18030")
        if len(data) > VALUE_BYTES_MAX:
            raise ParameterError(f"parameter {tag} has {len(data)} bytes, {VALUE_BYTES_MAX} allowed")
        items.append(b"%s%03d%s" % (tag.encode("ascii"), len(data), data))
    field = b"".join(items)
    if len(field) > FIELD_BYTES_MAX:
        raise ParameterError(f"parameters take {len(field)} bytes, {FIELD_BYTES_MAX} allowed")
    return field.decode("latin-1")
