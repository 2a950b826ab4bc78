"""The console: who gets in, what it shows, and that it shows no account number."""

import re

import pytest
from host.conftest import NOON, PASSWORD, log_in

from tools.host.console import texts
from tools.host.console.auth import BASIC_GOOD_FOR_S, FAILURE_WINDOW_S, FAILURES_MAX, Gate, Guesses, TooManyGuesses

CARD, FROZEN = "6200000000000013", "6200000000000039"


def test_nothing_is_shown_before_log_in(web):
    for path in ("/", "/accounts/1"):
        answer = web.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in ("/api/transactions", f"/api/accounts/{CARD}"):
        answer = web.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert web.get("/api/health").json() == {"status": "ok"}


@pytest.mark.parametrize("name", ["owner", "reviewer", "service"])
def test_log_in_and_out(web, name):
    answer = log_in(web, name)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = web.get("/")
    assert page.status_code == 200
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    web.post("/logout", data={"csrf": "wrong"})
    assert web.get("/").status_code == 200
    web.post("/logout", data={"csrf": token})
    assert web.get("/").status_code == 303


def test_wrong_password_and_unknown_user(web):
    for name, password in (("owner", "x"), ("nobody", PASSWORD), ("owner", ""), ("", ""), ("owner", "x" * 1000)):
        assert log_in(web, name, password).status_code == 401
    assert web.get("/").status_code == 303


def test_a_form_without_our_token_is_refused(web):
    web.get("/login")
    assert web.post("/login", data={"name": "owner", "password": PASSWORD}).status_code == 403
    assert web.post("/login", data={"name": "owner", "password": PASSWORD, "csrf": "x"}).status_code == 403


LONG = "x" * 9000


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": {"csrf": LONG}}, 413),
        ({"content": iter([b"csrf=x"]), "headers": {"content-type": "application/x-www-form-urlencoded"}}, 413),
        ({"data": {f"a{n}": "1" for n in range(20)}}, 400),
        ({"files": {"csrf": b"x"}}, 400),
    ],
    ids=["long", "of unknown length", "of many fields", "with a file"],
)
def test_a_form_that_is_none_of_ours_is_refused_before_it_is_read(web, path, sent, status):
    answer = web.post(path, **sent)
    assert answer.status_code == status
    assert answer.text


def test_who_is_logged_in_stays_so_on_a_page_that_does_not_exist(web):
    assert "/logout" not in web.get("/nothing").text
    log_in(web)
    answer = web.get("/nothing")
    assert (answer.status_code, "/logout" in answer.text) == (404, True)


def test_guessing_is_stopped_also_through_the_api(web):
    for _ in range(FAILURES_MAX):
        assert web.get("/api/transactions", auth=("owner", "guess")).status_code == 401
    assert web.get("/api/transactions", auth=("owner", PASSWORD)).status_code == 429
    assert log_in(web).status_code == 429
    assert log_in(web, "reviewer").status_code == 303


def test_guesses_are_forgotten_after_the_window():
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(FAILURES_MAX):
        assert guesses.allowed("a")
        guesses.failed("a")
    assert not guesses.allowed("a")
    assert guesses.allowed("b")
    now[0] += FAILURE_WINDOW_S
    assert guesses.allowed("a")


def test_basic_authentication_is_checked_again_and_follows_the_user(host, monkeypatch):
    now, checked = [0.0], []
    gate = Gate(host.database.engine, lambda: now[0])
    monkeypatch.setattr("tools.host.console.auth.passwords.verify", lambda *a: checked.append(a) or True)
    header = "Basic b3duZXI6ZGVtbw=="
    for _ in range(3):
        assert gate.user_of_basic(header)["name"] == "owner"
    assert len(checked) == 1
    now[0] += BASIC_GOOD_FOR_S
    gate.user_of_basic(header)
    assert len(checked) == 2
    host.execute("DELETE FROM users")
    assert gate.user_of_basic(header) is None
    for bad in ("", "Basic", "Basic ???", "Basic b3duZXI=", "Bearer b3duZXI6ZGVtbw==", "Basic /w=="):
        assert gate.user_of_basic(bad) is None


def test_too_many_guesses_is_said_to_be_that(host):
    gate = Gate(host.database.engine)
    for _ in range(FAILURES_MAX):
        assert gate.log_in("owner", "x") is None
    with pytest.raises(TooManyGuesses):
        gate.log_in("owner", PASSWORD)


def test_a_session_ends_with_its_password_and_cannot_be_forged(host, web):
    log_in(web)
    host.execute(
        "UPDATE users SET password = (SELECT password FROM users WHERE name = 'reviewer') WHERE name = 'owner'"
    )
    assert web.get("/").status_code == 303
    web.cookies.set("pos_session", "eyJ1c2VyIjogIm93bmVyIn0=.x.y")
    assert web.get("/").status_code == 303


def test_overview_shows_the_day_masked(host, terminal, web):
    terminal.sale(CARD, 1234)
    terminal.sale(FROZEN, 500)
    fields = terminal.sale_fields(CARD, 700)
    terminal.exchange("0200", fields)
    terminal.reverse(fields)
    log_in(web)
    page = web.get("/").text
    assert "620000******0013" in page
    assert not re.search(r"\d{16}", re.sub(r"\s", "", page).replace("000000000000", ""))
    for text in ("987.66", "12.34", "approved", "62 card frozen", "reversed", "undone", "10000001", "000001"):
        assert text in page, text
    tiles = re.findall(r"<strong>([^<]+)</strong>", page)
    assert tiles == ["12.34", "1", "0", "1", "1"]
    host.clock.moment = NOON.replace(day=23)
    assert re.findall(r"<strong>([^<]+)</strong>", web.get("/").text) == ["0.00", "0", "0", "0", "0"]


def test_account_page(host, terminal, web):
    terminal.sale(CARD, 1234)
    log_in(web)
    row = host.execute("SELECT id FROM accounts WHERE number = :n", n=CARD)[0]
    page = web.get(f"/accounts/{row['id']}").text
    assert "987.66" in page
    assert "-12.34" in page
    assert CARD not in page
    assert web.get("/accounts/999").status_code == 404


def test_chinese(host, terminal, web):
    terminal.sale(FROZEN, 500)
    log_in(web)
    assert web.get("/language/zh").status_code == 303
    page = web.get("/").text
    for text in ("商户平台", "今日交易", "消费", "卡已冻结", "示范茶馆"):
        assert text in page
    assert "Merchant platform" not in page
    web.get("/language/xx")
    assert "商户平台" in web.get("/").text
    assert "登录" in web.get("/login").text
    web.cookies.clear()
    assert "登录" in web.get("/login", headers={"accept-language": "zh-CN,en"}).text


def test_both_languages_have_every_text():
    assert set(texts.TEXTS["en"]) == set(texts.TEXTS["zh"])
    assert set(texts.CODES["en"]) == set(texts.CODES["zh"])
    for language in texts.LANGUAGES:
        assert all(texts.TEXTS[language].values())


def test_api(host, terminal, web):
    terminal.sale(CARD, 1234)
    terminal.balance(CARD)
    auth = ("service", PASSWORD)
    assert web.get(f"/api/accounts/{CARD}", auth=auth).json() == {
        "number": CARD,
        "balance_minor": 98_766,
        "held_minor": 0,
        "status": "active",
    }
    assert web.get(f"/api/accounts/{FROZEN}", auth=auth).json()["status"] == "frozen"
    assert web.get("/api/accounts/1", auth=auth).status_code == 404
    found = web.get("/api/transactions", auth=auth).json()["transactions"]
    assert [row["type"] for row in found] == ["balance", "sale"]
    sale = found[1]
    assert (sale["card"], sale["amount_minor"], sale["state"]) == ("620000******0013", 1234, "approved")
    assert (sale["trace"], sale["batch"], sale["reference"]) == (2, 1, "632600000001")
    assert len(web.get("/api/transactions?limit=1", auth=auth).json()["transactions"]) == 1
    for bad in ("0", "x", "-1", "501", "٣", "9" * 5000, "000001" + "9" * 7, "000001" + "0" * 5000):
        assert web.get("/api/transactions", params={"limit": bad}, auth=auth).status_code == 400
    log_in(web)
    assert web.get("/api/transactions").status_code == 200
    assert web.get("/api/nothing").json() == {"error": "there is no such thing"}


def test_health_says_when_the_database_is_gone(host, web):
    host.execute("ALTER TABLE terminals RENAME TO gone")
    assert web.get("/api/health").status_code == 503


def test_every_page_carries_the_safety_headers(web):
    for path in ("/login", "/", "/static/console.css", "/nothing", "/api/health"):
        headers = web.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"


def test_names_are_escaped(host, terminal, web):
    host.execute("UPDATE merchants SET name = '<script>alert(1)</script>'")
    log_in(web)
    page = web.get("/").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
