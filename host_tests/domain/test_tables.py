"""Settings and parameters: what is stored or sent is believed only inside its range."""

import dual
from pos.domain import merchant, operators, parameters, settings


def test_defaults():
    values, problems = settings.clean({})
    assert problems == []
    assert values["language"] == "en" and values["print_receipts"] == "always" and values["copies"] == 2
    values = parameters.defaults()
    assert (values["answer_timeout_s"], values["idle_s"], values["result_s"]) == (60, 60, 5)
    assert (values["reversal_retries"], values["journal_limit"]) == (3, 500)
    assert values["maximum_amount_minor"] == 999999999
    assert merchant.name(values) == b""


def test_every_default_is_allowed():
    for name, default, kind, _values, right in settings.TABLE:
        assert settings.allowed(name, default)
        assert settings.right(name) == right
        assert operators.may("00", right), "somebody can change it"
        if kind != settings.TEXT:
            assert default in settings.choices(name)
    assert parameters.clean(parameters.defaults()) == (parameters.defaults(), [])
    for name in ("no such setting", "wifi_ssid"):
        dual.raises(KeyError, settings.choices, name)
    dual.raises(KeyError, settings.right, "no such setting")


def test_a_wrong_stored_setting_falls_back_and_is_named():
    for name, wrong in (
        ("language", "fr"),
        ("language", None),
        ("copies", 3),
        ("copies", "2"),
        ("copies", True),
        ("transaction_password", 1),
        ("print_receipts", ["always"]),
        ("brightness", 0),
        ("brightness", 6),
        ("volume", 4),
        ("volume", "2"),
        ("void_by", "administrator"),
        ("port", 65536),
        ("port", -1),
        ("wifi_ssid", "x" * 33),
        ("host", 7),
    ):
        values, problems = settings.clean({name: wrong, "unknown": 1})
        assert problems == [name], (name, wrong)
        assert values == settings.clean({})[0]
    for nonsense in (None, [], 5, "text"):
        assert settings.clean(nonsense) == (settings.clean({})[0], ["settings"])


def test_ranges_and_choices():
    assert settings.choices("brightness") == (1, 2, 3, 4, 5)
    assert settings.choices("volume") == (0, 1, 2, 3)
    assert settings.choices("copies") == (1, 2)
    assert settings.choices("void_by") == ("operators", "supervisor")


def test_what_was_keyed_in_replaces_what_was_provisioned():
    for stored, expected in (
        ({}, {}),
        ({"wifi_key": "secret 1"}, {}),
        ({"wifi_ssid": "shop", "wifi_key": "secret 1"}, {"wifi_ssid": "shop", "wifi_key": "secret 1"}),
        ({"wifi_ssid": "cafe"}, {"wifi_ssid": "cafe", "wifi_key": ""}),
        ({"host": "pay.example"}, {"host": "pay.example"}),
        ({"port": 9583}, {"port": 9583}),
        ({"port": 70000, "host": 5}, {}),
    ):
        assert settings.overrides(settings.clean(stored)[0]) == expected, stored


def test_what_a_host_can_be_called():
    for text, possible in (
        ("pay.example", True),
        ("192.0.2.10", True),
        ("fd00::1", True),
        ("Pay-2.example", True),
        ("", False),
        ("-x", False),
        (".x", False),
        ("a b", False),
        ("a/b", False),
        ("host:\u4e2d", False),
    ):
        assert settings.host_is_possible(text) == possible, text


def test_defaults_of_the_host_stand_until_something_is_chosen():
    values, _ = settings.clean({"copies": 2}, {"copies": 1, "print_receipts": "never", "language": "xx"})
    assert (values["copies"], values["print_receipts"], values["language"]) == (2, "never", "en")


def test_parameters_from_the_host():
    values = parameters.defaults()
    sent = {11: b"30", 14: b"5", 16: b"\xb2\xe2\xca\xd4", 17: b"1", 18: b"ask", 19: b"50000", 20: b"2027", 99: b"new"}
    assert parameters.apply(values, sent) == []
    assert (values["answer_timeout_s"], values["reversal_retries"], values["copies"]) == (30, 5, 1)
    assert (values["print_mode"], values["maximum_amount_minor"], values["year"]) == ("ask", 50000, 2027)
    assert merchant.name(values) == b"\xb2\xe2\xca\xd4"
    assert parameters.clean(values) == (values, [])


def test_parameters_out_of_range_are_refused_one_by_one():
    for tag, data, name in (
        (11, b"0", "answer_timeout_s"),
        (11, b"9999", "answer_timeout_s"),
        (11, b"", "answer_timeout_s"),
        (11, b"-5", "answer_timeout_s"),
        (11, b"6\xff", "answer_timeout_s"),
        (12, b"1e2", "idle_s"),
        (16, b"x" * 81, "merchant_name_hex"),
        (18, b"sometimes", "print_mode"),
        (19, b"99999999999999", "maximum_amount_minor"),
        (23, b"s" * 61, "services"),
        (24, b"\x1b@", "currency"),
        (30, "\u00b3".encode(), "service_phone"),
    ):
        values = parameters.defaults()
        assert parameters.apply(values, {tag: data, 13: b"7"}) == [name], (tag, data)
        assert values["result_s"] == 7
        values["result_s"] = 5
        assert values == parameters.defaults()


def test_stored_parameters_are_checked_again():
    values, problems = parameters.clean({"idle_s": "60", "year": 1970, "result_s": 9, "merchant_name_hex": "zz"})
    assert sorted(problems) == ["idle_s", "merchant_name_hex", "year"]
    assert values["result_s"] == 9 and values["idle_s"] == 60
    assert parameters.clean(None) == (parameters.defaults(), ["parameters"])
