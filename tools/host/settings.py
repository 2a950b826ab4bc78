"""What can be set for a merchant: each parameter's name and the values that it may have. Tags: iso/parameters.py."""

import re
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from tools.host.iso import parameters as tags
from tools.host.store.schema import merchant_parameters, merchants

LIMIT_MINOR_MAX = 999_999_999
LIMITS_BYTES_MAX = 120


class Setting(NamedTuple):
    """`fits` is value -> bool; `values` says in words what fits."""

    name: str
    values: str
    fits: Any


class SettingError(ValueError):
    """A value that this parameter cannot have, or no such parameter; the text says which it can."""


def _number(lowest, highest):
    return f"{lowest} to {highest}", lambda value: bool(_DIGITS(value)) and lowest <= int(value) <= highest


def _text(longest):
    return f"at most {longest} bytes", lambda value: value.isprintable() and len(value.encode("gb18030")) <= longest


def _one_of(*choices):
    return " | ".join(choices), lambda value: value in choices


_DIGITS = re.compile(r"[0-9]{1,9}").fullmatch
_TIME = re.compile(r"([01][0-9]|2[0-3])[0-5][0-9]|").fullmatch
_LIMIT = re.compile(r"([a-z_]{1,16}:[0-9]{1,9}(,[a-z_]{1,16}:[0-9]{1,9})*)?").fullmatch
_URL = re.compile(r"(https?://[!-~]{1,190})?").fullmatch
_LIMITS = (
    "KIND:MINOR,... such as sale:100000,refund:20000",
    lambda value: bool(_LIMIT(value)) and len(value) <= LIMITS_BYTES_MAX,
)
_CLOCK = ("HHMM, empty for never", lambda value: bool(_TIME(value)))
_ADDRESS = ("http:// or https:// and so on, empty for none", lambda value: bool(_URL(value)))

SETTINGS = {
    tags.ANSWER_TIMEOUT_S: Setting("answer_timeout_s", *_number(5, 180)),
    tags.IDLE_TIMEOUT_S: Setting("idle_s", *_number(10, 600)),
    tags.RESULT_TIMEOUT_S: Setting("result_s", *_number(1, 60)),
    tags.REVERSAL_RETRIES: Setting("reversal_retries", *_number(1, 10)),
    tags.JOURNAL_LIMIT: Setting("journal_limit", *_number(1, 3000)),
    tags.COPIES: Setting("copies", *_number(1, 2)),
    tags.PRINT_MODE: Setting("print_mode", *_one_of("always", "ask", "never")),
    tags.MAX_AMOUNT_MINOR: Setting("maximum_amount_minor", *_number(1, LIMIT_MINOR_MAX)),
    tags.TRANSACTION_PASSWORD: Setting("transaction_password", *_number(0, 1)),
    tags.CURRENCY_TEXT: Setting("currency", *_text(3)),
    tags.VOID_HOURS: Setting("void_hours", *_number(0, 999)),
    tags.REFUND_APPROVAL_MINOR: Setting("refund_approval_minor", *_number(0, LIMIT_MINOR_MAX)),
    tags.PREAUTH_PERCENT: Setting("preauth_percent", *_number(100, 115)),
    tags.PREAUTH_DAYS: Setting("preauth_days", *_number(1, 30)),
    tags.SERVICE_PHONE: Setting("service_phone", *_text(20)),
    tags.SETTLE_TIME: Setting("settle_time", *_CLOCK),
    tags.AUTO_SIGN_OFF_S: Setting("auto_sign_off_s", *_number(0, 86_400)),
    tags.OPERATOR_LIMITS: Setting("operator_limits", *_LIMITS),
    tags.KIND_LIMITS: Setting("kind_limits", *_LIMITS),
    tags.ORDER_NUMBERS: Setting("order_numbers", *_number(0, 1)),
    tags.PASSWORD_ABOVE_MINOR: Setting("password_above_minor", *_number(0, LIMIT_MINOR_MAX)),
    tags.QR_TIMEOUT_S: Setting("qr_timeout_s", *_number(30, 300)),
    tags.OFFLINE_FLOOR_MINOR: Setting("offline_floor_minor", *_number(0, LIMIT_MINOR_MAX)),
    tags.OFFLINE_COUNT: Setting("offline_count", *_number(1, 40)),
    tags.OFFLINE_SUM_MINOR: Setting("offline_sum_minor", *_number(0, LIMIT_MINOR_MAX)),
    tags.OFFLINE_HOURS: Setting("offline_hours", *_number(1, 168)),
    tags.VOIDS_MAX: Setting("voids_max", *_number(0, 9999)),
    tags.VOIDS_WINDOW_MIN: Setting("voids_window_min", *_number(1, 1440)),
    tags.VOID_SHARE_PERCENT: Setting("void_share_percent", *_number(0, 100)),
    tags.WEBHOOK_URL: Setting("webhook_url", *_ADDRESS),
    tags.WEBHOOK_KEY: Setting("webhook_key", *_text(200)),
    tags.OFFLINE_TAKEN_HOURS: Setting("offline_taken_hours", *_number(0, 8760)),
}
SECRET = frozenset({tags.WEBHOOK_KEY})

_KEY = (
    merchant_parameters.c.merchant_id == bindparam("v_merchant_id"),
    merchant_parameters.c.tag == bindparam("v_tag"),
)
_ALL = select(merchant_parameters.c.tag, merchant_parameters.c.value).where(
    merchant_parameters.c.merchant_id == bindparam("merchant")
)
_REMOVE = delete(merchant_parameters).where(*_KEY)
_ADD = insert(merchant_parameters).values({c.name: bindparam("v_" + c.name) for c in merchant_parameters.c})
# Locked, as for a request of one of its terminals: two who set something wait for each other.
_MERCHANT = select(merchants).where(merchants.c.number == bindparam("number")).with_for_update(key_share=True)


def merchant(unit, number):
    """The merchant's row; SettingError when there is none."""
    row = unit.one(_MERCHANT, number=number)
    if row is None:
        raise SettingError(f"no merchant {number}")
    return row


def tag_of(name):
    """Tag of a parameter by its tag or its name; SettingError when there is none that can be set."""
    for tag, setting in SETTINGS.items():
        if name in (tag, setting.name):
            return tag
    raise SettingError(f"no parameter {name}")


def values(unit, merchant_id):
    """{tag: (value, whether the merchant has its own)} of everything that can be set."""
    own = dict(tuple(row) for row in unit.run(_ALL, merchant=merchant_id))
    return {tag: (own.get(tag, tags.DEFAULTS[tag]), tag in own) for tag in SETTINGS}


def put(unit, merchant_id, tag, value):
    """Sets a parameter; None takes it back to its default. SettingError for a value that it cannot have."""
    if value is not None and not SETTINGS[tag].fits(value):
        raise SettingError(f"{SETTINGS[tag].name} cannot be {value!r}: {SETTINGS[tag].values}")
    unit.run(_REMOVE, v_merchant_id=merchant_id, v_tag=tag)
    if value is not None:
        unit.run(_ADD, v_merchant_id=merchant_id, v_tag=tag, v_value=value)
