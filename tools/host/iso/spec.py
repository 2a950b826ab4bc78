"""The field table as pyiso8583 reads it: ISO 8583:1987 as Chinese bank terminals speak it, with BCD numbers."""


def _fixed_digits(count, name, **pad):
    return {
        "data_enc": "b",
        "len_enc": "bcd",
        "len_type": 0,
        "max_len": count,
        "len_count": "nibbles",
        "desc": name,
    } | pad


def _var_digits(length_bytes, count, name):
    return {
        "data_enc": "b",
        "len_enc": "bcd",
        "len_type": length_bytes,
        "max_len": count,
        "len_count": "nibbles",
        "right_pad": "0",
        "desc": name,
    }


def _text(count, name):
    return {"data_enc": "latin-1", "len_enc": "bcd", "len_type": 0, "max_len": count, "desc": name}


def _var_text(length_bytes, count, name):
    return {"data_enc": "latin-1", "len_enc": "bcd", "len_type": length_bytes, "max_len": count, "desc": name}


def _binary(count, name):
    return {"data_enc": "b", "len_enc": "bcd", "len_type": 0, "max_len": count, "desc": name}


SPEC = {
    "h": {"data_enc": "b", "len_enc": "bcd", "len_type": 0, "max_len": 0, "desc": "no header: see frame.py"},
    "t": {"data_enc": "b", "len_enc": "bcd", "len_type": 0, "max_len": 4, "desc": "Message type"},
    "p": _binary(8, "Bitmap"),
    "2": _var_digits(1, 19, "Account number"),
    "3": _fixed_digits(6, "Processing code"),
    "4": _fixed_digits(12, "Amount in minor units"),
    "11": _fixed_digits(6, "Trace number"),
    "12": _fixed_digits(6, "Time hhmmss"),
    "13": _fixed_digits(4, "Date MMDD"),
    "14": _fixed_digits(4, "Expiry YYMM"),
    "15": _fixed_digits(4, "Settlement date MMDD"),
    "22": _fixed_digits(3, "Entry mode", right_pad="0"),
    "23": _fixed_digits(3, "Card sequence", left_pad="0"),
    "25": _fixed_digits(2, "Condition code"),
    "35": _var_digits(1, 37, "Track 2"),
    "37": _text(12, "Reference of the host"),
    "38": _text(6, "Authorisation code"),
    "39": _text(2, "Response code"),
    "41": _text(8, "Terminal"),
    "42": _text(15, "Merchant"),
    "48": _var_digits(2, 322, "Settlement data"),
    "49": _text(3, "Currency"),
    "54": _var_text(2, 20, "Balance"),
    "60": _var_digits(2, 11, "Type, batch, management code"),
    "61": _var_digits(2, 29, "Original batch, trace, date"),
    "62": _var_text(2, 999, "Keys, parameters, records or fees"),
    "63": _var_text(2, 999, "Operator and private items"),
    "64": _binary(8, "Message authentication code"),
}

FIELDS = frozenset(int(key) for key in SPEC if key.isdigit())

# Fields whose value must be decimal digits; pyiso8583 lets A to F through in BCD.
DIGIT_FIELDS = frozenset({2, 3, 4, 11, 12, 13, 14, 15, 22, 23, 25, 48, 60, 61})

# What a log may show of a field. A field that is not listed here is shown as its length only: masking fails closed.
SHOWN_IN_LOGS = frozenset({3, 4, 11, 12, 13, 15, 22, 25, 37, 39, 41, 42, 49, 60, 61})
