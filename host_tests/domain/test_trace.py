"""Trace numbers go round."""

from pos.domain import trace


def test_trace_numbers_go_round():
    for number, following in ((0, 1), (1, 2), (999998, 999999), (999999, 1)):
        assert trace.next_trace(number) == following


def test_ahead_knows_the_wrap():
    for number, other, expected in (
        (1, 2, True),
        (2, 1, False),
        (5, 5, False),
        (0, 1, True),
        (0, 999999, True),
        (0, 0, False),
        (999999, 1, True),
        (1, 999999, False),
        (999990, 20, True),
        (20, 999990, False),
    ):
        assert trace.ahead(number, other) == expected, (number, other)
