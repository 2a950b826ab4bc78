"""The merchant platform in a browser, desktop and phone, both languages: a void is found by its order number."""

import asyncio
import socket
from threading import Thread

import pytest
import uvicorn
from host.inprocess import PASSWORD, Host
from host.trade import Trader
from playwright.sync_api import expect

from host_tests.browser.conftest import DESKTOP, PHONE
from tools.host.console.app import make_app

pytestmark = pytest.mark.slow
DEBIT_CARD, CREDIT_CARD = "6200000000000013", "6200000000000047"
PAGES = ("", "transactions", "transactions/3", "settlements", "settlements/1", "events", "services", "accounts/6")
BROKEN = """[...document.querySelectorAll(".tile strong")].filter(
    (sum) => sum.offsetHeight > 1.5 * parseFloat(getComputedStyle(sum).lineHeight)).map((sum) => sum.textContent)"""
WORDS = {
    "en": ("Transactions", "Search", "voided", "out of stock"),
    "zh": ("交易", "查询", "已撤销", "缺货"),
}


@pytest.fixture
def platform(tmp_path):
    """Address of a platform with a day behind it."""
    host = Host(tmp_path)
    trade(Trader(host.handle_now, host.terminal_json))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(host.database, bytes(32), host.clock), log_config=None))
    thread = Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    host.close()


def trade(trader):
    trader.sign_on()
    trader.sell(DEBIT_CARD, 10_000)
    trader.sell(DEBIT_CARD, 5_000, f63="01 03045678")
    trader.correct("void", trader.approved[1], f63="02 010208020211")
    trader.hold(CREDIT_CARD, 700)
    trader.manage("0800", "380", f63="99 0102060202110402qr0603off")
    trader.compare(trader.sums(1))
    trader.upload_all(trader.counted())
    trader.end(3, equal=False)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_void_is_found_by_its_order_number(open_page, platform, language, viewport):
    page = open_page(platform, viewport, touch=viewport is PHONE, ready="input[name=name]")
    page.goto(f"{platform}language/{language}")
    page.fill("input[name=name]", "owner")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    title, search, voided, reason = WORDS[language]
    page.click(f".pages a:text-is('{title}')")
    page.fill("input[name=order]", "5678")
    page.click(f"form.filter button:text-is('{search}')")
    expect(page.locator("#transactions tbody tr")).to_have_count(1)  # a click does not wait for the page that follows
    expect(page.locator("#transactions")).to_contain_text(voided)
    page.click("#transactions tbody a")
    page.click("#history tr:not(.current) a")
    expect(page.locator("main")).to_contain_text(reason)
    for path in PAGES:
        page.goto(platform + path)
        assert page.locator("main .card").count() >= 1
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        assert page.evaluate(BROKEN) == [], path
