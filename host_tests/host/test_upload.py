"""Upload: every malformed field 48 is refused and changes nothing; items compared against a second opinion."""

import pytest
from host.trade import Trader, item
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.host.switch import codes, compare, kinds, upload
from tools.host.switch.case import Reject
from tools.host.switch.compare import Difference

CARD = "6200000000000013"
GOOD = "22" + "000001" + "00006200000000000013" + "000000001234"


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    made.sign_on()
    made.sell(CARD, 1_234)
    made.compare(made.sums(1))
    return made


MALFORMED = [
    "",
    "0",
    "00",
    "00" + GOOD,
    "01",
    "01" + GOOD[:-1],
    "01" + GOOD + "0",
    "02" + GOOD,
    "09" + GOOD * 8,
    "01" + "99" + GOOD[2:],
    "01" + "22" + "000000" + GOOD[8:],
]


@pytest.mark.parametrize("digits", MALFORMED)
def test_30_for_malformed_items(host, trader, digits):
    assert trader.ask("0320", "201", f48=digits)[39] == "30"
    assert host.execute("SELECT * FROM settlement_items") == []
    assert trader.upload([item(trader.approved[0])])[39] == "00"


@pytest.mark.parametrize("digits", ["", "000", "00000", "1" * 31])
def test_30_for_a_malformed_end(host, trader, digits):
    for equal in (True, False):
        assert trader.ask("0320", "207" if equal else "202", f48=digits)[39] == "30"
    assert host.execute("SELECT closed_ms FROM settlements") == [{"closed_ms": None}]


@pytest.mark.parametrize("digits", ["", "0", "0" * 30, "0" * 32])
def test_30_for_malformed_sums(trader, digits):
    assert trader.ask("0500", "201", f48=digits, f49="156")[39] == "30"


def test_30_without_field_48(trader):
    for mti, code in (("0500", "201"), ("0320", "201"), ("0320", "207"), ("0320", "202")):
        assert trader.ask(mti, code, f49="156")[39] == "30"
    assert trader.ask("0320", "203")[39] == "40"


@given(st.text(alphabet="0123456789", max_size=322))
@settings(max_examples=300, deadline=None)
def test_any_digits_are_read_or_refused(digits):
    try:
        items = upload.read(digits)
    except Reject as reject:
        assert reject.code == codes.FORMAT
        return
    assert len(items) == int(digits[:2])


@given(st.integers(1, 8), st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_well_formed_is_read(count, data):
    wanted = [
        {
            "type": data.draw(st.sampled_from(sorted(kinds.OF_TYPE))),
            "trace": data.draw(st.integers(1, 999_999)),
            "card": data.draw(st.sampled_from(["", CARD, "9"])),
            "amount_minor": data.draw(st.integers(0, 10**12 - 1)),
        }
        for _ in range(count)
    ]
    digits = f"{count:02d}" + "".join(
        f"{one['type']}{one['trace']:06d}{one['card']:0>20}{one['amount_minor']:012d}" for one in wanted
    )
    assert upload.read(digits) == wanted


ROWS = st.dictionaries(
    st.integers(1, 12),
    st.tuples(
        st.sampled_from(["sale", "void", "refund"]), st.sampled_from([CARD, "6200000000000021"]), st.integers(1, 3)
    ),
    max_size=8,
)
TYPES = {"sale": "22", "void": "23", "refund": "25"}


def row(trace, values):
    kind, card, amount_minor = values
    return {"trace": trace, "kind": kind, "entry_mode": "012", "card": card, "amount_minor": amount_minor}


def as_item(trace, values):
    kind, card, amount_minor = values
    return {"trace": trace, "type": TYPES[kind], "card": card, "amount_minor": amount_minor}


@given(ROWS, ROWS)
@settings(max_examples=200, deadline=None)
def test_differences_are_exactly_what_differs(here, there):
    found = compare.differences([row(*one) for one in here.items()], [as_item(*one) for one in there.items()])
    expected = [trace for trace in sorted(here | there) if here.get(trace) != there.get(trace)]
    assert [difference.trace for difference in found] == expected
    for difference in found:
        mine, theirs = here.get(difference.trace), there.get(difference.trace)
        assert (difference.kind == "missing_here") == (mine is None)
        assert (difference.kind == "missing_there") == (theirs is None)
        assert difference.amount_here_minor == (mine and mine[2])
        assert difference.amount_there_minor == (theirs and theirs[2])


def test_a_payment_by_qr_code_is_a_sale_there():
    here = row(1, ("sale", CARD, 5)) | {"entry_mode": "032"}
    there = as_item(1, ("sale", "", 5))
    assert compare.differences([here], [there]) == []
    assert compare.differences([here], [there | {"amount_minor": 6}]) == [Difference(1, "amount", "22", 5, "22", 6)]
