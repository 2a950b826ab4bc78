"""A sale by hand: the page, the firmware on MicroPython, and the host, as `make run` starts them."""

import pytest

from host_tests.e2e.whole_run import WholeRun

pytestmark = pytest.mark.slow

CARD = "6200000000000013"


def see(page, text):
    page.wait_for_selector(f"#screen[aria-label*='{text}']", timeout=20_000)


def test_a_sale_by_hand(open_page, tmp_path):
    with WholeRun(tmp_path / "state") as run:
        page = open_page(f"http://127.0.0.1:{run.panel_port}/")
        see(page, "LOG IN")
        for key in ("0", "1", "ENTER"):
            page.click(f".key[data-key='{key}']")
        see(page, "PIN")
        page.keyboard.type("2468")
        page.keyboard.press("Enter")
        see(page, "READY")
        page.wait_for_selector("#lights [data-name='Host'][data-light='green']")
        page.keyboard.type("1234")
        see(page, "12.34")
        page.keyboard.press("Enter")
        see(page, "Hold card")
        page.click(f".card[data-number='{CARD}']")
        see(page, "620000******0013")
        page.keyboard.press("Enter")
        see(page, "APPROVED")
        see(page, "tear off")
        page.wait_for_selector("#paper[data-cut='true']")
        page.click("#paper")
        page.wait_for_selector("#slips li.torn")
        page.keyboard.press("Enter")
        page.wait_for_selector("#slips li:nth-child(2)", timeout=20_000)
        see(page, "READY")
        slips = [page.get_attribute(f"#slips li:nth-child({number}) img", "alt") for number in (1, 2)]
        assert "CUSTOMER COPY" in slips[0]
        assert "MERCHANT COPY" in slips[1]
        assert all("12.34" in slip for slip in slips)
        assert run.balance_minor(CARD) == 98766
        assert page.get_attribute("#platform", "href") == f"http://127.0.0.1:{run.console_port}/"
