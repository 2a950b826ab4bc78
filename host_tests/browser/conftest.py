"""Debian's Chromium, a page that must stay silent, and panels to look at."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from host_tests.sim.panel.bench import Panel

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
DESKTOP = {"width": 1400, "height": 950}
PHONE = {"width": 390, "height": 844}


# For one module, not for the session: meanwhile Playwright's event loop runs in this thread, where no other test could
# run one of its own.
@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if not path:
        pytest.fail("Chromium is not installed: run tools/need_chromium.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Opens a page; at the end it must have asked nobody else, and have had nothing to complain about."""
    contexts, complaints = [], []

    def open_page(url, viewport=DESKTOP, touch=False, ready="#keypad .key", **options):
        context = chromium.new_context(viewport=viewport, has_touch=touch, is_mobile=touch, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))

        def asked(request):
            if not request.url.startswith((url, "blob:")):
                complaints.append(f"request: {request.url}")

        page.on("request", asked)
        page.goto(url)
        page.wait_for_selector(ready)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def panel():
    panel = Panel()
    panel.start_display()
    yield panel
    panel.close()


@pytest.fixture(params=["esp32_devkitc", "esp32_s3_devkitc"])
def each_panel(request):
    panel = Panel(request.param)
    panel.start_display()
    yield panel
    panel.close()
