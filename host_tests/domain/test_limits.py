"""Limits of amounts by kind and role."""

from pos.domain import limits, operators, parameters


def test_the_lowest_that_applies_to_the_role():
    values = parameters.defaults()
    values["operator_limits"] = "sale:100000,void:5000,refund:90000"
    values["kind_limits"] = "sale:200000,completion:7000,void:4000"
    for kind, operator_minor, supervisor_minor in (
        ("sale", 100000, 200000),
        ("void", 4000, 4000),
        ("completion", 7000, 7000),
        ("preauth", None, None),
        ("refund", 50000, None),
    ):
        assert limits.limit(values, kind, operators.OPERATOR) == operator_minor, kind
        assert limits.limit(values, kind, operators.SUPERVISOR) == supervisor_minor, kind
    values["refund_approval_minor"] = 0
    assert limits.limit(values, "refund", operators.OPERATOR) == 0, "every refund is approved"


def test_nonsense_is_no_limit():
    values = parameters.defaults()
    for text in ("", "sale", "sale:", "sale:x", ":", ",,", "sales:1", "sale:-1"):
        values["kind_limits"] = values["operator_limits"] = text
        assert limits.limit(values, "sale", operators.OPERATOR) is None, text
