"""Settings and parameters: what is stored or sent is believed only inside its range."""

import dual
from pos.domain import parameters, settings


def test_defaults():
    values, problems = settings.clean({})
    assert problems == []
    assert values["language"] == "en" and values["print_receipts"] == "always" and values["copies"] == 2
    values = parameters.defaults()
    assert (values["answer_timeout_s"], values["idle_s"], values["result_s"]) == (60, 60, 5)
    assert (values["reversal_retries"], values["journal_limit"]) == (3, 500)
    assert values["maximum_amount_minor"] == 999999999
    assert parameters.merchant_name(values) == b""


def test_every_default_is_allowed():
    for name, default, choices in settings.TABLE:
        assert settings.allowed(name, default)
        assert settings.choices(name) == choices
    assert parameters.clean(parameters.defaults()) == (parameters.defaults(), [])
    dual.raises(KeyError, settings.choices, "no such setting")


def test_a_wrong_stored_setting_falls_back_and_is_named():
    for name, wrong in (
        ("language", "fr"),
        ("language", None),
        ("copies", 3),
        ("copies", "2"),
        ("copies", True),
        ("transaction_password", 1),
        ("print_receipts", ["always"]),
    ):
        values, problems = settings.clean({name: wrong, "unknown": 1})
        assert problems == [name], (name, wrong)
        assert values == settings.clean({})[0]
    for nonsense in (None, [], 5, "text"):
        assert settings.clean(nonsense) == (settings.clean({})[0], ["settings"])


def test_defaults_of_the_host_stand_until_something_is_chosen():
    values, _ = settings.clean({"copies": 2}, {"copies": 1, "print_receipts": "never", "language": "xx"})
    assert (values["copies"], values["print_receipts"], values["language"]) == (2, "never", "en")


def test_parameters_from_the_host():
    values = parameters.defaults()
    sent = {11: b"30", 14: b"5", 16: b"\xb2\xe2\xca\xd4", 17: b"1", 18: b"ask", 19: b"50000", 20: b"2027", 99: b"new"}
    assert parameters.apply(values, sent) == []
    assert (values["answer_timeout_s"], values["reversal_retries"], values["copies"]) == (30, 5, 1)
    assert (values["print_mode"], values["maximum_amount_minor"], values["year"]) == ("ask", 50000, 2027)
    assert parameters.merchant_name(values) == b"\xb2\xe2\xca\xd4"
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
