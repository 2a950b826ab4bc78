"""What is uploaded, gross and fees."""

from pos.domain import kinds, settling, totals


def test_only_what_moved_money_is_uploaded():
    for kind, counted in (
        ("sale", True),
        ("void", True),
        ("refund", True),
        ("preauth", False),
        ("preauth_void", False),
    ):
        assert settling.is_counted({"type": kind}) == counted, kind
    tx = {"type": "completion", "trace": 12, "card": "6200000000000013", "amount_minor": 1234}
    assert settling.item(tx) == ("20", 12, "6200000000000013", 1234)
    assert settling.item({"type": "sale", "entry": "shown", "trace": 13, "amount_minor": 5}) == ("22", 13, "", 5)


def test_gross_is_what_was_taken_less_what_was_given_back():
    fees = [["sale", 2, 10000, 60], ["qr", 1, 1000, 4], ["void", 1, 3000, 0], ["completion_void", 1, 500, 0]]
    assert settling.gross_and_fee(fees) == (10000 + 1000 - 3000 - 500, 64)
    assert settling.gross_and_fee([]) == (0, 0)
    assert settling.gross_and_fee([["refund", 1, 100, 0], ["wallet", 1, 30, 1]]) == (-70, 1), "a newer host's kind"


def test_every_kind_that_is_counted_has_its_place():
    for kind in settling.KINDS_COUNTED:
        assert totals.side(kind)
        given_back = settling.gross_and_fee([[kind, 1, 5, 0]])[0] < 0
        assert given_back == (totals.side(kind) == "credit"), kind
    moving = [kind for kind in kinds.KINDS if kinds.side(kind)] + ["qr"]
    assert sorted(moving) == sorted(settling.KINDS_COUNTED)
    assert [kinds.row(kind)[4] for kind in kinds.KINDS] == [kinds.side(kind) for kind in kinds.KINDS]
