"""The wallet: one-time codes, secret links, the page, and paying a merchant's code."""

import re
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from pos.qr import payload
from pyzbar import pyzbar

from tools.host.__main__ import main as command_line
from tools.host.clock import epoch_ms
from tools.host.ledger import book
from tools.host.store.errors import ConnectionLost, OutcomeUnknown
from tools.host.switch.rules import luhn_ok
from tools.host.wallet import codes, emv, links
from tools.host.wallet.texts import TEXTS

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


# The page


def link(host, number=CARD):
    with host.database.transaction() as unit:
        return "/wallet/" + links.make(unit, account_id(unit, number), epoch_ms(host.clock.now()))


def shown_code(page):
    return re.search(r'id="code">([\d ]+)<', page)[1].replace(" ", "")


def picture_of(page):
    """The QR code of the page as dots."""
    svg = re.search(r"<svg.*?</svg>", page, re.S)[0]
    size = int(re.search(r'viewBox="0 0 (\d+) \d+"', svg)[1])
    dots = Image.new("L", (size, size), 255)
    path = re.findall(r"[Mmh]-?[\d. -]+", re.search(r'stroke="#000" d="([^"]+)"', svg)[1])
    x = y = 0.0
    for step in path:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", step)]
        if step[0] == "M":
            x, y = numbers
        elif step[0] == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            dots.paste(0, (int(x), int(y), int(x + numbers[0]), int(y) + 1))
            x += numbers[0]
    return dots.resize((size * 4, size * 4), Image.Resampling.NEAREST)


def test_the_page_shows_money_and_a_code_that_pays(host, terminal, web):
    path = link(host)
    page = web.get(path).text
    assert 'id="balance">1 000.00<' in page and "620000******0013" in page and CARD not in page
    assert '<meta http-equiv="refresh" content="30">' in page
    code = shown_code(page)
    assert [read.data.decode() for read in pyzbar.decode(picture_of(page))] == [code]
    assert [read.text for read in zxingcpp.read_barcodes(picture_of(page))] == [code]
    fields = terminal.request("sale", None, 1234, items=f"0516{code}", f22="032")
    assert terminal.exchange("0200", fields)[2] == CARD
    page = web.get(path).text
    assert 'id="balance">987.66<' in page and "-12.34" in page and "示范茶馆" in page
    assert shown_code(page) != code
    assert host.check().balanced


def test_held_money_is_not_to_be_spent(host, terminal, web):
    assert terminal.send_kind("preauth", CARD, 40_000)[39] == "00"
    page = web.get(link(host)).text
    assert 'id="balance">600.00<' in page and "1 000.00" in page and "400.00" in page


def test_a_link_is_secret_and_can_be_taken_back(host, web):
    old = link(host)
    assert web.get(old).status_code == 200
    new = link(host)
    assert web.get(old).status_code == 404 and web.get(old + "/pay").status_code == 404
    assert web.get(new).status_code == 200
    assert new.removeprefix("/wallet/") not in str(host.execute("SELECT * FROM wallets"))


def test_guessing_links_is_stopped(host, web):
    good = link(host)
    answers = [web.get(f"/wallet/guess{n}").status_code for n in range(12)]
    assert answers == [404] * 10 + [429] * 2
    assert web.get(good).status_code == 429  # also for the right one, or the right one could be told from others


def test_a_frozen_account_is_told_so(host, web):
    page = web.get(link(host, "6200000000000039")).text
    assert "is frozen" in page and 'id="code"' not in page
    assert host.execute("SELECT COUNT(*) AS n FROM wallet_codes") == [{"n": 0}]


def test_both_languages_have_every_word():
    english, chinese = TEXTS["en"], TEXTS["zh"]
    assert english.keys() == chinese.keys()
    for key in english:
        assert set(re.findall(r"{\w+}", english[key])) == set(re.findall(r"{\w+}", chinese[key])), key


def test_in_chinese_where_the_browser_is_chinese(host, web):
    page = web.get(link(host), headers={"accept-language": "zh-CN,zh;q=0.9"}).text
    assert "可用余额" in page and '<html lang="zh-CN">' in page


def test_pages_carry_the_strict_headers(host, web):
    answer = web.get(link(host))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    assert (
        "<script" not in answer.text
        and "style=" not in answer.text
        and "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")
    )


# Paying a merchant's code


class Till:
    """A terminal that shows codes: their text by the firmware, its queries by the terminal of these tests."""

    def __init__(self, host, terminal):
        self.host, self.terminal = host, terminal

    def offer(self, amount_minor=1234, **more):
        """Begins to wait; (fields of the sale, the code's text)."""
        fields = self.terminal.sale_fields("", amount_minor, f22="042")
        del fields[2]
        tx = {"amount_minor": amount_minor, "batch": self.terminal.batch, "trace": int(fields[11]), "date": "20261122"}
        identity = {"merchant": self.terminal.identity[42], "terminal": self.terminal.identity[41]}
        return fields, payload.merchant_code(tx | more, identity, "示范茶馆 DEMO".encode("gb18030")).decode()

    def ask(self, fields):
        return self.terminal.result_of(fields)

    def wait_for(self, amount_minor=1234, **more):
        fields, text = self.offer(amount_minor, **more)
        assert self.ask(fields)[39] == "25"
        return fields, text


@pytest.fixture
def till(host, terminal):
    return Till(host, terminal)


class Customer:
    """Somebody with a wallet open in a browser."""

    def __init__(self, web, path):
        self.web, self.path = web, path

    def send(self, text, **more):
        token = re.search(r'name="csrf" value="([^"]+)"', self.web.get(self.path + "/pay").text)[1]
        return self.web.post(self.path + "/pay", data={"text": text, "csrf": token} | more)

    def pay(self, text):
        return self.send(text, confirmed="yes")


@pytest.fixture
def customer(host, web):
    return Customer(web, link(host))


@pytest.mark.parametrize(
    ("error", "said"), [(OutcomeUnknown("cut"), "It is not known"), (ConnectionLost("away"), "Nothing was paid")]
)
def test_a_payment_that_the_database_did_not_take_is_not_called_paid(host, till, customer, monkeypatch, error, said):
    _, text = till.wait_for()

    def fail(_work):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(host.database, "run", fail)
        answer = customer.pay(text)
    assert answer.status_code == 503 and said in answer.text
    assert host.balance(CARD) == 100_000
    assert customer.pay(text).status_code == 200
    assert host.balance(CARD) == 98_766


def test_a_merchants_code_is_confirmed_and_paid(host, till, customer):
    fields, text = till.wait_for(order="20260042")
    page = customer.send(text)
    assert page.status_code == 200
    assert 'id="merchant">示范茶馆' in page.text and 'id="amount">12.34<' in page.text and "20260042" in page.text
    assert host.balance(CARD) == 100_000 and till.ask(fields)[39] == "25"
    done = customer.pay(text)
    assert done.status_code == 200 and 'id="done"' in done.text
    answer = till.ask(fields)
    assert (answer[39], answer[2]) == ("00", CARD) and answer[37] in done.text
    assert host.balance(CARD) == 100_000 - 1234
    stored = host.execute("SELECT entry_mode, kind, order_number FROM transactions WHERE trace = :n", n=int(fields[11]))
    assert stored == [{"entry_mode": "042", "kind": "sale", "order_number": "20260042"}]
    assert host.check().balanced


def test_it_is_paid_once(host, web, till, customer):
    _, text = till.wait_for()
    assert customer.pay(text).status_code == 200
    for again in (customer, Customer(web, link(host, OTHER))):
        answer = again.pay(text)
        assert answer.status_code == 409 and "already paid" in answer.text
    assert host.balance(CARD) == 100_000 - 1234 and host.balance(OTHER) == 100_000_000


def test_only_what_a_terminal_waits_for_can_be_paid(host, till, customer):
    """The text is signed by nobody: amount and numbers count only as the terminal itself has asked."""
    fields, text = till.offer()
    assert "does not wait" in customer.pay(text).text  # not asked yet
    till.ask(fields)
    for cheaper in (1, 1233):
        _, changed = till.offer(cheaper)
        till.terminal.trace -= 1
        changed = changed.replace(f"{int(fields[11]) + 1:06d}1122", f"{fields[11]}1122")
        changed = changed[:-4] + f"{emv.crc(changed[:-4].encode()):04X}"
        assert emv.parse(changed).amount_minor == cheaper and emv.parse(changed).trace == int(fields[11])
        assert "does not wait" in customer.pay(changed).text
    host.clock.moment += timedelta(seconds=30)
    assert "does not wait" in customer.pay(text).text  # it has asked, but too long ago
    till.ask(fields)
    assert customer.pay(text).status_code == 200
    assert host.balance(CARD) == 100_000 - 1234


def test_a_code_that_was_withdrawn_cannot_be_paid(host, till, customer):
    fields, text = till.wait_for()
    assert till.terminal.reverse(fields)[39] == "25"
    answer = customer.pay(text)
    assert answer.status_code == 409 and "withdrawn" in answer.text
    assert host.balance(CARD) == 100_000 and host.check().balanced


def test_paid_and_then_reversed_by_the_terminal(host, till, customer):
    fields, text = till.wait_for()
    customer.pay(text)
    assert till.terminal.reverse(fields)[39] == "00"
    assert till.ask(fields)[39] == "68"
    assert host.balance(CARD) == 100_000
    answer = customer.pay(text)
    assert answer.status_code == 409 and "does not wait" in answer.text
    assert host.balance(CARD) == 100_000 and host.check().balanced


def test_a_number_that_was_declined_is_not_called_paid(host, till, customer):
    fields, text = till.wait_for()
    assert till.terminal.exchange("0200", fields | {2: CARD, 22: "042"})[39] == "12"
    answer = customer.pay(text)
    assert answer.status_code == 409 and "does not wait" in answer.text


def test_a_paid_code_is_voided_as_any_sale(host, till, customer):
    fields, text = till.wait_for()
    customer.pay(text)
    answer = till.ask(fields) | {11: fields[11], 13: "1122"}
    assert till.terminal.correct("void", answer, 1234, f22="042")[39] == "00"
    assert host.balance(CARD) == 100_000


def test_who_cannot_pay_leaves_it_to_others(host, web, till):
    fields, text = till.wait_for(10_100)
    for number, why in (("6200000000000021", "not enough money"), ("6200000000000039", "frozen")):
        answer = Customer(web, link(host, number)).pay(text)
        assert answer.status_code == 409 and why in answer.text
    assert till.ask(fields)[39] == "25"
    assert Customer(web, link(host)).pay(text).status_code == 200
    assert till.ask(fields)[39] == "00"


def test_service_and_batch_are_minded(host, till, customer):
    _, text = till.wait_for()
    host.execute("UPDATE merchant_services SET enabled = false WHERE service = 'qr'")
    assert "takes no payments by code" in customer.pay(text).text
    host.execute("UPDATE merchant_services SET enabled = true WHERE service = 'qr'")
    host.execute("UPDATE terminals SET batch = batch + 1")
    assert "does not wait" in customer.pay(text).text
    assert host.balance(CARD) == 100_000


def test_a_form_without_our_token_pays_nothing(host, till, customer):
    _, text = till.wait_for()
    assert customer.send(text, confirmed="yes", csrf="x").status_code == 403
    assert host.balance(CARD) == 100_000


def test_what_is_no_code_is_told_apart(customer, till):
    _, text = till.offer()
    foreign = text.replace("0002P0", "0002XX")
    foreign = foreign[:-4] + f"{emv.crc(foreign[:-4].encode()):04X}"
    for sent, words in (("hello", "no merchant"), (text[:-1], "no merchant"), (foreign, "another payment system")):
        answer = customer.send(sent)
        assert answer.status_code == 400 and words in answer.text
    assert customer.send("0" * 9000).status_code == 413


def test_trying_codes_is_stopped(customer):
    answers = [customer.send("hello").status_code for _ in range(12)]
    assert answers == [400] * 10 + [429] * 2


def test_the_command_makes_a_new_link(host, web, capsys):
    old = link(host)
    assert command_line(["wallet", CARD, "--state", str(host.folder)]) == 0
    address = capsys.readouterr().out.strip()
    assert address.startswith("http://127.0.0.1:8000/wallet/")
    assert web.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert web.get(old).status_code == 404
    assert command_line(["wallet", "8100000000000001", "--state", str(host.folder)]) == 1
