"""Payment services: their states as the host says them, and what can be asked for in each."""

from pos.domain import services

PARAMETERS = {"services": "sale,void", "off_services": "qr:m,nfc:h,preauth:r,refund:x"}


def test_each_service_is_on_or_somebody_switched_it_off():
    for name, state in (
        ("sale", "on"),
        ("void", "on"),
        ("qr", "merchant"),
        ("nfc", "host"),
        ("preauth", "removed"),
        ("refund", "host"),
        ("balance", "host"),
    ):
        assert services.state(PARAMETERS, name) == state, name
        assert services.on(PARAMETERS, name) == (state == "on"), name


def test_the_list_of_what_is_on_decides():
    assert services.state({"services": "qr", "off_services": "qr:r"}, "qr") == "on"
    assert not services.on({"services": "sales", "off_services": ""}, "sale"), "no part of another name"


def test_what_can_be_asked_for():
    assert services.actions(PARAMETERS, "sale") == ("off", "remove")
    assert services.actions(PARAMETERS, "qr") == ("on", "remove")
    assert services.actions(PARAMETERS, "preauth") == ("on",)
    assert services.actions(PARAMETERS, "nfc") == (), "only the host switches it on again"
    for name in services.NAMES:
        for action in services.actions(PARAMETERS, name):
            assert services.AFTER[action] != services.state(PARAMETERS, name), (name, action)


def test_each_transaction_concerns_its_services():
    for tx, names in (
        ({"type": "sale", "entry": "keyed"}, ["sale"]),
        ({"type": "sale", "entry": "nfc"}, ["sale", "nfc"]),
        ({"type": "sale", "entry": "qr"}, ["qr"]),
        ({"type": "sale", "entry": "shown"}, ["qr"]),
        ({"type": "void", "entry": "nfc"}, ["void"]),
        ({"type": "refund"}, ["refund"]),
        ({"type": "completion"}, ["preauth"]),
        ({"type": "completion_void"}, ["preauth"]),
        ({"type": "preauth"}, ["preauth"]),
        ({"type": "preauth_void"}, ["preauth"]),
        ({"type": "balance"}, ["balance"]),
    ):
        assert [name for name in services.NAMES if services.concerns(name, tx)] == names, tx
