"""Operators: roles, rights, PIN rules, lock-out."""

import dual
from pos.domain import operators


def test_roles():
    for number, role in (
        ("00", "supervisor"),
        ("01", "operator"),
        ("98", "operator"),
        ("99", "administrator"),
        ("1", None),
        ("001", None),
        ("a1", None),
        ("", None),
    ):
        assert operators.role(number) == role, number


def test_rights():
    for number, right, has in (
        ("01", "sale", True),
        ("00", "sale", False),
        ("99", "sale", False),
        ("00", "operators", True),
        ("01", "operators", False),
        ("00", "void", True),
        ("99", "void", False),
        ("99", "refund", False),
        ("99", "settle", False),
        ("99", "delete", True),
        ("00", "delete", False),
        ("01", "delete", False),
        ("99", "services", True),
        ("00", "services", False),
        ("00", "training", True),
        ("01", "training", False),
        ("99", "parameters", True),
        ("00", "parameters", False),
        ("00", "retry_reversal", True),
        ("01", "retry_reversal", False),
        ("01", "no such right", False),
        ("xx", "sale", False),
    ):
        assert operators.may(number, right) == has, (number, right)


def test_what_the_role_does_not_allow_alone_the_supervisor_approves_for_some_rights():
    for number, right, changed, void_by, expected in (
        ("01", "void", (), "operators", operators.ALONE),
        ("01", "void", (), "supervisor", operators.APPROVED),
        ("01", "completion_void", (), "supervisor", operators.APPROVED),
        ("00", "void", (), "supervisor", operators.ALONE),
        ("99", "void", (), "operators", operators.NEVER),
        ("01", "void", ("void",), "supervisor", operators.ALONE),
        ("01", "preauth_void", ("-void",), "operators", operators.APPROVED),
        ("01", "refund", ("-refund",), "operators", operators.APPROVED),
        ("01", "sale", ("-sale",), "operators", operators.NEVER),
        ("01", "delete", (), "operators", operators.NEVER),
        ("01", "delete", ("delete",), "operators", operators.ALONE),
        ("00", "delete", ("delete",), "operators", operators.NEVER),
    ):
        assert operators.how(number, right, changed, void_by) == expected, (number, right, changed, void_by)


def test_only_what_differs_from_the_role_is_kept():
    changed = []
    for right, granted, expected in (
        ("delete", True, ["delete"]),
        ("delete", True, ["delete"]),
        ("void", False, ["delete", "-void"]),
        ("delete", False, ["-void"]),
        ("void", True, []),
        ("void", True, []),
    ):
        changed = operators.change_right(changed, right, granted)
        assert changed == expected, (right, granted)
    for right in ("operators", "services", "approve", "no such right"):
        dual.raises(ValueError, operators.change_right, [], right, True)


def test_who_gives_whom_a_first_pin():
    pairs = [(a, b) for a in ("00", "01", "99") for b in ("00", "02", "99") if operators.manages(a, b)]
    assert pairs == [("00", "02"), ("99", "00")]


def test_pin_rules():
    for pin in ("2468", "97531024", "0000"):
        operators.check_new_pin(pin)
    for pin, old, rule in (
        ("246", "", "length"),
        ("246813579", "", "length"),
        ("", "", "length"),
        ("24a8", "", "digits"),
        ("2468", "2468", "same"),
    ):
        assert dual.raises(operators.PinRule, operators.check_new_pin, pin, old).rule == rule, pin


def test_wrong_pins_cost_ever_longer_waits():
    minutes = [operators.wait_ms("01", failures) // 60000 for failures in range(8)]
    assert minutes == [0, 0, 0, 1, 2, 4, 8, 15]
    assert operators.wait_ms("01", 8) == operators.LOCKED
    assert operators.wait_ms("01", 1000) == operators.LOCKED


def test_supervisor_and_administrator_are_never_locked_out_for_ever():
    for number in ("00", "99"):
        assert operators.wait_ms(number, 2) == 0
        assert operators.wait_ms(number, 1000) == 900000
