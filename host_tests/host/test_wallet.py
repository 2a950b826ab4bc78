"""The wallet: one-time codes, secret links, the page, and paying a merchant's code."""

from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.switch.rules import luhn_ok
from tools.host.wallet import codes

CARD = "6200000000000013"
OTHER = "6200000000000047"


def account_id(unit, number=CARD):
    return book.find_account(unit, number)["id"]


def issue(host, number=CARD, after_ms=0):
    with host.database.transaction() as unit:
        return codes.issue(unit, account_id(unit, number), epoch_ms(host.clock.now()) + after_ms)


def redeem(host, code, after_ms=0):
    with host.database.transaction() as unit:
        row = codes.redeem(unit, code, epoch_ms(host.clock.now()) + after_ms)
    return row and row["number"]


def test_a_code_is_16_digits_with_a_check_digit(host):
    code = issue(host)
    assert len(code) == 16 and code.startswith("91") and code.isdigit() and luhn_ok(code)
    assert issue(host) != code


def test_a_code_is_used_once(host):
    code = issue(host, OTHER)
    assert redeem(host, code) == OTHER
    assert redeem(host, code) is None


def test_a_code_lives_for_60_seconds(host):
    first, second = issue(host), issue(host)
    assert redeem(host, first, after_ms=59_999) == CARD
    assert redeem(host, second, after_ms=60_000) is None


def test_what_is_no_code_is_refused(host):
    code = issue(host)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    for guess in ("", "91", wrong, code + "0", "٩" * 16, CARD):
        assert redeem(host, guess) is None
    assert redeem(host, code) == CARD


def test_codes_do_not_pile_up(host):
    made = [issue(host, after_ms=n) for n in range(20)]
    assert host.execute("SELECT COUNT(*) AS n FROM wallet_codes") == [{"n": codes.LIVE_MAX}]
    assert redeem(host, made[0]) is None
    assert redeem(host, made[-1], after_ms=100) == CARD
    issue(host, OTHER, after_ms=codes.VALID_MS + 20)
    assert host.execute("SELECT COUNT(*) AS n FROM wallet_codes") == [{"n": 1}]


def test_no_code_is_stored_in_clear(host):
    code = issue(host)
    assert code not in str(host.execute("SELECT * FROM wallet_codes"))
