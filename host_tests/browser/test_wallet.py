"""The wallet in a phone's browser beside the terminal of `make run`: its code is scanned from the picture of the page,
and the code on the terminal's glass is read from the panel's picture and paid."""

import io
import re

import pytest
from PIL import Image
from pyzbar import pyzbar

from host_tests.browser.conftest import PHONE
from host_tests.e2e.whole_run import WholeRun

pytestmark = pytest.mark.slow
CARD = "6200000000000013"


def read(png, scale=1):
    image = Image.open(io.BytesIO(png)).convert("L")
    image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    return [code.data.decode() for code in pyzbar.decode(image, [pyzbar.ZBarSymbol.QRCODE])]


def test_both_ways_to_pay(open_page, tmp_path):
    with WholeRun(tmp_path / "state") as run:
        shown = re.escape(f"{CARD[:6]}******{CARD[-4:]}")  # at the first start
        path = re.search(rf"{shown}  (/wallet/\S+)", run.said)[1]
        wallet = f"http://127.0.0.1:{run.console_port}{path}"
        home = f"http://127.0.0.1:{run.console_port}/"
        page = open_page(home, PHONE, touch=True, ready="input[name=name]")
        page.goto(wallet)
        assert page.inner_text("#balance") == "1 000.00"
        digits = page.inner_text("#code").replace(" ", "")
        assert read(page.screenshot()) == [digits]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        run.press("0 1 ENTER 2468 ENTER")
        run.wait("READY", 20)
        run.press("MENU 5 1")
        run.wait("ENTER")
        run.press("1234 ENTER")
        run.wait("Scan, or key")
        run.post("/api/scan", code=digits)
        run.wait("12.34")
        run.press("ENTER")
        run.wait("APPROVED", 20)
        run.wait("tear", 20)
        run.press("ENTER")
        run.wait("READY", 20)
        page.reload()
        assert page.inner_text("#balance") == "987.66"
        assert "-12.34" in page.inner_text("#lines")
        hidden_px = page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroll'))")
        assert hidden_px <= 0, "amounts are seen without scrolling"

        run.press("MENU 5 2")
        run.wait("ENTER")
        run.press("500 ENTER")
        run.wait("CANCEL=N")
        run.press("ENTER")
        run.wait("SCAN ME")
        run.wait("117 s")
        (shown,) = read(run.client.get("/api/screen.png").content, scale=3)
        page.click("a.button")
        page.fill("textarea", shown)
        page.click("form button")
        assert page.inner_text("#amount") == "5.00"
        assert "示范茶馆" in page.inner_text("#merchant")
        page.click("form button")
        page.wait_for_selector("#done")
        run.wait("APPROVED", 20)
        assert run.balance_minor(CARD) == 100_000 - 1234 - 500
        page.click("main a")
        assert page.inner_text("#balance") == "982.66"
