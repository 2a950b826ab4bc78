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
OFF_SERVICES = "25"
VOID_HOURS = "26"
REFUND_APPROVAL_MINOR = "27"
PREAUTH_PERCENT = "28"
PREAUTH_DAYS = "29"
SERVICE_PHONE = "30"
SETTLE_TIME = "31"
AUTO_SIGN_OFF_S = "32"
OPERATOR_LIMITS = "33"
KIND_LIMITS = "34"
ORDER_NUMBERS = "35"
PASSWORD_ABOVE_MINOR = "36"
QR_TIMEOUT_S = "37"
OFFLINE_FLOOR_MINOR = "38"  # of one sale without the host; 0: none are made
OFFLINE_COUNT = "39"  # so many wait at most ...
OFFLINE_SUM_MINOR = "40"  # ... with this sum ...
OFFLINE_HOURS = "41"  # ... and not for longer

# From here on only the host reads them: they are kept like the others and never sent.
HOST_ONLY_FROM = "80"
VOIDS_MAX = "80"  # this many voids of a terminal ...
VOIDS_WINDOW_MIN = "81"  # ... in so many minutes, then a supervisor must approve; 0 voids: no throttle
VOID_SHARE_PERCENT = "82"  # voids in the day's sales above which the same is true; 0: no limit
WEBHOOK_URL = "83"
WEBHOOK_KEY = "84"  # a key block under the host's storage key
OFFLINE_TAKEN_HOURS = "85"  # an offline sale that was made longer ago is declined; 0: taken however late

# Every payment service there is, in the order in which terminals are told. "sale" is the card sale.
SERVICE_NAMES = ("sale", "nfc", "qr", "void", "refund", "preauth", "balance", "offline")

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
    VOID_HOURS: "24",
    REFUND_APPROVAL_MINOR: "50000",
    PREAUTH_PERCENT: "100",
    PREAUTH_DAYS: "7",
    SERVICE_PHONE: "",
    SETTLE_TIME: "",
    AUTO_SIGN_OFF_S: "1800",
    OPERATOR_LIMITS: "",
    KIND_LIMITS: "",
    ORDER_NUMBERS: "0",
    PASSWORD_ABOVE_MINOR: "0",
    QR_TIMEOUT_S: "120",
    OFFLINE_FLOOR_MINOR: "0",
    OFFLINE_COUNT: "20",
    OFFLINE_SUM_MINOR: "100000",
    OFFLINE_HOURS: "24",
    VOIDS_MAX: "5",
    VOIDS_WINDOW_MIN: "10",
    VOID_SHARE_PERCENT: "20",
    WEBHOOK_URL: "",
    WEBHOOK_KEY: "",
    OFFLINE_TAKEN_HOURS: "168",
}


class ParameterError(ValueError):
    """A value that does not fit the field."""


def encode(values):
    """{tag: text} -> field value, in the order of the tags, without what only the host reads."""
    items = []
    for tag in sorted(tag for tag in values if tag < HOST_ONLY_FROM):
        data = values[tag].encode("gb18030")
        if len(data) > VALUE_BYTES_MAX:
            raise ParameterError(f"parameter {tag} has {len(data)} bytes, {VALUE_BYTES_MAX} allowed")
        items.append(b"%s%03d%s" % (tag.encode("ascii"), len(data), data))
    field = b"".join(items)
    if len(field) > FIELD_BYTES_MAX:
        raise ParameterError(f"parameters take {len(field)} bytes, {FIELD_BYTES_MAX} allowed")
    return field.decode("latin-1")
