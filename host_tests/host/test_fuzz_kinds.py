"""Well-formed nonsense in requests of every kind: always an answer, never a failure, never money."""

import tempfile

from host.conftest import NOON
from host.inprocess import FixedClock, Host
from host.terminal import KINDS, Terminal
from host.test_void import CARD
from hypothesis import given, settings
from hypothesis import strategies as some

MTIS = ("0100", "0200", "0220", "0400", "0600", "0320", "0500", "0800", "0820")


def digits(least, most):
    return some.text("0123456789", min_size=least, max_size=most)


def texts(least, most):
    return some.text(some.characters(min_codepoint=32, max_codepoint=126), min_size=least, max_size=most)


VALUES = {
    2: digits(1, 19),
    3: some.sampled_from(["000000", "200000", "030000", "310000", "990000"]),
    4: digits(12, 12),
    22: digits(3, 3),
    25: digits(2, 2),
    37: texts(12, 12),
    38: texts(6, 6),
    49: texts(3, 3),
    60: some.sampled_from(["22", "23", "25", "10", "11", "20", "21", "01", "00"]).map(lambda kind: kind + "000001301"),
    61: digits(0, 29),
    63: texts(0, 40),
}
_changes = some.dictionaries(some.sampled_from(sorted(VALUES)), some.none(), max_size=3).flatmap(
    lambda chosen: some.fixed_dictionaries({number: VALUES[number] | some.none() for number in chosen})
)


@settings(max_examples=10, deadline=None)
@given(
    some.lists(
        some.tuples(some.sampled_from(sorted(KINDS)), some.none() | some.sampled_from(MTIS), _changes),
        min_size=20,
        max_size=60,
    )
)
def test_no_request_makes_the_host_fail(requests):
    with tempfile.TemporaryDirectory() as folder:
        host = Host(folder, FixedClock(NOON))
        try:
            terminal = Terminal(host.handle_now, host.terminal_json)
            terminal.sign_on()
            preauth = terminal.send_kind("preauth", CARD, 100)
            for kind, mti, changes in requests:
                fields = terminal.request(kind, CARD, 100, original=preauth)
                fields |= {number: value for number, value in changes.items() if value is not None}
                for number, value in changes.items():
                    if value is None:
                        fields.pop(number, None)
                answer = terminal.exchange(mti or KINDS[kind][0], fields)
                assert answer[39] != "96", (kind, mti, fields)
            assert host.check().problems == []
        finally:
            host.close()
