"""Settlement from the terminal's side of the wire: equal, different, repeated, cut short; fees in the books."""

import pytest
from host.trade import Trader, item, items_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.host.wallet import codes as wallet_codes

DEBIT_CARD, CREDIT_CARD = "6200000000000013", "6200000000000047"
MERCHANT_ACCOUNT, FEES_ACCOUNT = "8100000000000001", "9200000000000000"


@pytest.fixture
def trader(host):
    made = Trader(host.handle_now, host.terminal_json)
    assert made.sign_on()[39] == "00"
    return made


def wallet_code(host, card):
    account = host.execute("SELECT id FROM accounts WHERE number = :n", n=card)[0]["id"]
    with host.database.transaction() as unit:
        return wallet_codes.issue(unit, account, int(host.clock.moment.timestamp() * 1000))


def day(host, trader):
    """One of each kind: a debit and a credit card's sale, one voided, a refund in part, a QR sale, a completion."""
    assert trader.sell(DEBIT_CARD, 10_000) == "00"
    assert trader.sell(CREDIT_CARD, 20_000, entry="072") == "00"
    assert trader.sell(DEBIT_CARD, 5_000) == "00"
    assert trader.correct("void", trader.approved[2]) == "00"
    assert trader.correct("refund", trader.approved[1], 3_000) == "00"
    assert trader.sell_by_code(wallet_code(host, DEBIT_CARD), 7_000) == "00"
    assert trader.hold(CREDIT_CARD, 40_000) == "00"
    assert trader.correct("completion", trader.approved[-1], 30_000) == "00"
    assert trader.sell(DEBIT_CARD, 99_999_900) == "51"


FEES = [
    ["sale", "3", "35000", "170"],  # 50 + 120, the voided one is free
    ["qr", "1", "7000", "27"],  # 26.6
    ["void", "1", "5000", "0"],
    ["refund", "1", "3000", "0"],
    ["completion", "1", "30000", "180"],
    ["net", "63623"],
]


def test_an_equal_day(host, trader):
    day(host, trader)
    before_minor = host.balance(MERCHANT_ACCOUNT)
    compared = trader.compare()
    assert (compared[39], compared[48]) == ("00", trader.sums() + "1")
    assert trader.sums() == "000000072000005000000008000002"
    ended = trader.end(7)
    assert ended[39] == "00"
    assert items_of(ended[62]) == FEES
    assert host.balance(MERCHANT_ACCOUNT) == before_minor - 377
    assert host.balance(FEES_ACCOUNT) == 377
    row = host.execute("SELECT * FROM settlements")[0]
    assert (row["gross_minor"], row["fee_minor"], row["net_minor"], row["result"]) == (64_000, 377, 63_623, 1)
    assert host.execute("SELECT kind FROM entries WHERE id = :e", e=row["entry_id"]) == [{"kind": "fee"}]
    rows = host.execute("SELECT kind, card_type, count, gross_minor, fee_minor FROM settlement_rows")
    assert {tuple(found.values()) for found in rows} >= {
        ("sale", "debit", 2, 15_000, 50),
        ("sale", "credit", 1, 20_000, 120),
    }
    assert host.check().balanced, host.check().problems
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 2}]


def test_a_payment_by_the_merchants_code_costs_as_any_qr_code(host, trader):
    day(host, trader)
    host.execute("UPDATE transactions SET entry_mode = '042' WHERE entry_mode = '032'")
    trader.compare()
    assert items_of(trader.end(7)[62]) == FEES


def test_a_refund_gives_no_fee_back_and_the_next_batch_has_its_own(host, trader):
    assert trader.sell(DEBIT_CARD, 10_000) == "00"
    first = trader.approved[0]
    trader.compare()
    assert items_of(trader.end()[62]) == [["sale", "1", "10000", "50"], ["net", "9950"]]
    trader.sign_on()
    assert trader.batch == 2
    assert trader.correct("refund", first) == "00"
    assert trader.compare()[48] == "000000000000000" + "000000010000001" + "1"
    assert items_of(trader.end()[62]) == [["refund", "1", "10000", "0"], ["net", "-10000"]]
    assert host.balance(MERCHANT_ACCOUNT) == -50
    assert host.check().balanced


def test_an_empty_batch_settles_as_equal(host, trader):
    assert trader.compare()[48] == "0" * 30 + "1"
    assert items_of(trader.end()[62]) == [["net", "0"]]
    assert host.execute("SELECT entry_id, result, fee_minor FROM settlements") == [
        {"entry_id": None, "result": 1, "fee_minor": 0}
    ]
    assert trader.sell(DEBIT_CARD, 1) == "77"
    trader.sign_on()
    assert trader.batch == 2
    assert trader.sell(DEBIT_CARD, 1) == "00"


def without_time(answer):
    """An answer without what differs between two calls: the host's time, its reference, the MAC over them."""
    return {number: value for number, value in answer.items() if number not in (12, 13, 37, 64)}


def test_repeats_before_and_after_the_end_get_the_same_answer(host, trader):
    day(host, trader)
    first = trader.compare(trader.sums(1))
    assert first[48][-1] == "2"
    assert without_time(trader.compare(trader.sums(1))) == without_time(first)
    uploaded = trader.upload([item(done) for done in trader.counted()])
    again = trader.upload([item(done) for done in trader.counted()])
    assert without_time(again) == without_time(uploaded)
    assert host.execute("SELECT COUNT(*) AS n FROM settlement_items")[0]["n"] == 7
    ended = trader.end(7, equal=False)
    books = (host.balance(MERCHANT_ACCOUNT), host.check(), host.execute("SELECT * FROM settlements"))
    trader.sell(DEBIT_CARD, 1)  # 77: nothing gets into the old batch any more
    for _ in range(2):
        assert without_time(trader.end(7, equal=False)) == without_time(ended) | {11: f"{trader.trace:06d}"}
        assert trader.compare(trader.sums(1))[48] == first[48]
        assert trader.upload([item(trader.counted()[0], amount_minor=1)])[39] == "00"
    assert books == (host.balance(MERCHANT_ACCOUNT), host.check(), host.execute("SELECT * FROM settlements"))
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 2}]


def test_what_is_reversed_after_the_end_moves_money_once_and_leaves_the_settlement_as_it_was(host, trader):
    sale = trader.sale_fields(DEBIT_CARD, 10_000)
    assert trader.exchange("0200", sale)[39] == "00"
    assert trader.sell(DEBIT_CARD, 5_000) == "00"
    void = trader.request("void", DEBIT_CARD, 5_000)
    void |= {37: trader.approved[0]["rrn"], 61: f"000001{trader.approved[0]['trace']:06d}1122"}
    assert trader.exchange("0200", void)[39] == "00"
    never_came = trader.sale_fields(DEBIT_CARD, 700)
    assert trader.compare(trader.sums(1))[48][-1] == "2"
    assert items_of(trader.end(equal=False)[62])[-1] == ["net", "9950"]
    settled = host.execute("SELECT * FROM settlements")
    for fields, code, balance_minor in (
        (sale, "00", 100_000),
        (void, "00", 95_000),
        (never_came, "25", 95_000),
        (sale, "00", 95_000),
        (void, "00", 95_000),
    ):
        assert trader.reverse(fields)[39] == code
        assert host.balance(DEBIT_CARD) == balance_minor
    assert [trader.exchange("0200", fields)[39] for fields in (sale, void, never_came)] == ["68", "68", "77"]
    assert host.balance(MERCHANT_ACCOUNT) == 5_000 - 50
    assert host.execute("SELECT * FROM settlements") == settled
    assert host.check().balanced, host.check().problems


def test_after_sign_on_the_closed_batch_still_answers(host, trader):
    trader.sell(DEBIT_CARD, 1_000)
    trader.compare()
    ended = trader.end(1)
    trader.sign_on()
    trader.batch = 1
    assert without_time(trader.end(1)) == without_time(ended) | {11: f"{trader.trace:06d}"}
    trader.batch = 3
    for answer in (trader.compare(), trader.upload([item(trader.approved[0])]), trader.end()):
        assert answer[39] == "77"


@pytest.mark.parametrize("side", ["debit sum", "debit count", "credit sum", "credit count"])
def test_each_number_is_compared(host, trader, side):
    day(host, trader)
    sums = list(trader.sums())
    place = {"debit sum": 11, "debit count": 14, "credit sum": 26, "credit count": 29}[side]
    sums[place] = str((int(sums[place]) + 1) % 10)
    assert trader.compare("".join(sums))[48] == "".join(sums) + "2"
    assert trader.end(7)[39] == "95"
    assert host.execute("SELECT batch, closed_ms FROM settlements") == [{"batch": 1, "closed_ms": None}]
    assert trader.compare()[48][-1] == "1"


DIFFERENCES = [
    ({}, []),
    ({"amount_minor": 1}, [(1, "amount", "22", 10_000, "22", 1)]),
    ({"kind": "25"}, [(1, "type", "22", 10_000, "25", 10_000)]),
    ({"card": CREDIT_CARD}, [(1, "card", "22", 10_000, "22", 10_000)]),
    ({"card": ""}, []),
    (
        {"trace": 700},
        [(1, "missing_there", "22", 10_000, None, None), (700, "missing_here", None, None, "22", 10_000)],
    ),
]


@pytest.mark.parametrize(("change", "expected"), DIFFERENCES)
def test_upload_tells_what_differs(host, trader, change, expected):
    day(host, trader)
    shift = min(done["trace"] for done in trader.counted()) - 1
    done = [trader.counted()[0] | change, *trader.counted()[1:]]
    trader.compare(trader.sums(1))
    count = trader.upload_all(done)
    ended = trader.end(count, equal=False)
    assert items_of(ended[62]) == FEES  # the host's own books count, not what was uploaded
    found = [tuple(row.values())[1:] for row in host.execute("SELECT * FROM settlement_differences ORDER BY trace")]
    expected = [(row[0] + (shift if row[0] < 700 else 0), *row[1:]) for row in expected]
    assert found == expected
    row = host.execute("SELECT result, said_items FROM settlements")[0]
    assert (row["result"], row["said_items"]) == (2, 7)
    notices = host.execute("SELECT kind FROM notices")
    assert notices == ([{"kind": "settlement_differs"}] if expected else [])
    assert host.check().balanced


def test_missing_on_the_terminal_and_what_moves_no_money(host, trader):
    """Pre-authorisations may be uploaded; they are not compared. A reversed sale belongs to neither side."""
    day(host, trader)
    fields = trader.sale_fields(DEBIT_CARD, 700)
    assert trader.exchange("0200", fields)[39] == "00"
    assert trader.reverse(fields)[39] == "00"
    lost, *kept = trader.counted()
    hold = next(done for done in trader.approved if done["kind"] == "preauth")
    trader.compare(trader.sums(1))
    trader.upload_all(kept)
    assert trader.upload([item(hold, kind="10")])[39] == "00"
    assert trader.end(len(kept), equal=False)[39] == "00"
    found = host.execute("SELECT trace, kind FROM settlement_differences")
    assert found == [{"trace": lost["trace"], "kind": "missing_there"}]


def test_what_came_since_the_comparison_is_uploaded_and_compared(host, trader):
    trader.sell(DEBIT_CARD, 1_000)
    assert trader.compare()[48][-1] == "1"
    trader.sell(DEBIT_CARD, 2_000)
    assert trader.end(1)[39] == "95"
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 1}]
    assert trader.upload_all(trader.counted()) == 2
    assert trader.end(2, equal=False)[39] == "00"
    row = host.execute("SELECT here_debit_minor, result FROM settlements")[0]
    assert (row["here_debit_minor"], row["result"]) == (3_000, 2)
    assert host.execute("SELECT * FROM settlement_differences") == []


def test_a_terminal_that_sells_on_is_compared_anew(host, trader):
    trader.sell(DEBIT_CARD, 1_000)
    trader.compare(trader.sums(5))
    trader.upload([item(trader.approved[0], amount_minor=5, trace=99)])
    trader.sell(DEBIT_CARD, 2_000)
    assert trader.compare()[48][-1] == "1"
    assert host.execute("SELECT * FROM settlement_items") == []
    assert trader.end(2)[39] == "00"


def test_nothing_closes_without_a_comparison(host, trader):
    trader.sell(DEBIT_CARD, 1_000)
    assert trader.upload([item(trader.approved[0])])[39] == "12"
    assert trader.end(1)[39] == "12"
    assert trader.end(1, equal=False)[39] == "12"
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 1}]


@pytest.mark.parametrize("sql", ["UPDATE merchants SET status = 'closed'", "UPDATE terminals SET status = 'disabled'"])
def test_nothing_that_stops_sales_stops_a_settlement(host, trader, sql):
    trader.sell(DEBIT_CARD, 1_000)
    host.execute(sql)
    assert trader.compare()[48][-1] == "1"
    assert trader.end(1)[39] == "00"


def test_another_currency_or_a_stranger_settles_nothing(host, trader):
    assert trader.compare(f49="840")[39] == "12"
    trader.key = bytes(16)
    assert trader.compare()[39] == "A0"
    assert host.execute("SELECT * FROM settlements") == []


def test_the_last_batch_number_is_followed_by_the_first(host, trader):
    host.execute("UPDATE terminals SET batch = 999999")
    trader.sign_on()
    trader.compare()
    assert trader.end()[39] == "00"
    assert host.execute("SELECT batch FROM terminals") == [{"batch": 1}]


def test_more_than_999_of_a_kind_are_compared_by_what_three_digits_hold(host, trader):
    trader.sell(DEBIT_CARD, 1)
    columns = "terminal_id, batch, mti, kind, processing_code, card, amount_minor, entry_mode, code, received_ms"
    host.execute(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1099)"
        f" INSERT INTO transactions ({columns}, trace) SELECT {columns}, i FROM transactions, n"
    )
    assert trader.compare(f"{1001:012d}001{0:012d}000")[48][-1] == "1"
    assert trader.compare(f"{1001:012d}002{0:012d}000")[48][-1] == "2"


TRADES = st.lists(
    st.tuples(
        st.sampled_from(["sale", "credit", "nfc", "void", "refund", "completion", "completion_void", "reversed"]),
        st.integers(1, 3_000),
    ),
    max_size=14,
)


@given(trades=TRADES, change_minor=st.sampled_from([0, 0, 1]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_day_settles_and_the_books_balance(tmp_path_factory, trades, change_minor):
    from host.conftest import NOON
    from host.inprocess import FixedClock, Host

    host = Host(tmp_path_factory.mktemp("day"), FixedClock(NOON))
    trader = Trader(host.handle_now, host.terminal_json)
    trader.sign_on()
    host.execute("INSERT INTO merchant_parameters SELECT id, '80', '0' FROM merchants")
    host.execute("INSERT INTO merchant_parameters SELECT id, '82', '0' FROM merchants")
    for kind, amount_minor in trades:
        trade(trader, kind, amount_minor)
    gross_minor = host.balance(MERCHANT_ACCOUNT)
    compared = trader.compare(trader.sums(change_minor))
    assert compared[48][-1] == ("2" if change_minor else "1")
    count = trader.upload_all(trader.counted()) if change_minor else len(trader.counted())
    told = items_of(trader.end(count, equal=not change_minor)[62])
    fee_minor = sum(int(row[3]) for row in told[:-1])
    assert int(told[-1][1]) == gross_minor - fee_minor == host.balance(MERCHANT_ACCOUNT)
    assert host.execute("SELECT * FROM settlement_differences") == []
    assert host.check().balanced, host.check().problems
    host.close()


def trade(trader, kind, amount_minor):
    def latest(*kinds):
        return next((done for done in reversed(trader.approved) if done["kind"] in kinds), None)

    if kind in ("sale", "nfc"):
        trader.sell(DEBIT_CARD, amount_minor, entry="072" if kind == "nfc" else "012")
    elif kind == "credit":
        trader.sell(CREDIT_CARD, amount_minor)
    elif kind == "reversed":
        fields = trader.sale_fields(DEBIT_CARD, amount_minor)
        trader.exchange("0200", fields)
        trader.reverse(fields)
    elif kind == "completion":
        if trader.hold(CREDIT_CARD, amount_minor) == "00":
            trader.correct("completion", trader.approved[-1], max(1, amount_minor - 1))
    else:
        original = latest("completion" if kind == "completion_void" else "sale")
        if original:
            trader.correct(kind, original, amount_minor if kind == "refund" else None)


TAMPERED = [
    ("UPDATE settlements SET fee_minor = fee_minor + 1, net_minor = net_minor - 1", ["net", "fees of"]),
    ("UPDATE settlements SET net_minor = net_minor + 1", ["net"]),
    ("UPDATE settlement_rows SET gross_minor = gross_minor + 1 WHERE kind = 'refund'", ["net"]),
    ("UPDATE settlements SET entry_id = NULL", ["fees of", "belongs to 0"]),
    ("UPDATE settlements SET entry_id = 1", ["fees of", "belongs to 0"]),
    ("UPDATE merchants SET account_id = 1", ["fees of"]),
]


@pytest.mark.parametrize(("sql", "expected"), TAMPERED)
def test_the_proof_sees_a_settlement_that_was_tampered_with(host, trader, sql, expected):
    day(host, trader)
    trader.compare()
    trader.end(7)
    assert host.check().balanced
    host.execute(sql)
    problems = [problem for problem in host.check().problems if "settlement" in problem]
    assert len(problems) == len(expected)
    for problem, words in zip(problems, expected, strict=True):
        assert words in problem
