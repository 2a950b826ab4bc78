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
        ("99", "parameters", True),
        ("00", "parameters", False),
        ("00", "retry_reversal", True),
        ("01", "retry_reversal", False),
        ("01", "no such right", False),
        ("xx", "sale", False),
    ):
        assert operators.may(number, right) == has, (number, right)


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
