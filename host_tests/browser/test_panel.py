"""The front panel in a real browser."""

import io
import time

import pytest
from PIL import Image

from host_tests.browser.conftest import PHONE
from host_tests.sim.panel.bench import Panel

pytestmark = pytest.mark.slow

PRESS, HOLD = 0, 2
CUT = b"\x1dV\x00"
PIXELS = """() => {
  const canvas = document.getElementById("screen");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return { width: canvas.width, height: canvas.height, data: Array.from(data.filter((_, index) => index % 4 < 3)) };
}"""


def until(holds, timeout_s=5):
    """Waits until this is true and gives what it was."""
    end = time.monotonic() + timeout_s
    while not (held := holds()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.03)
    return held


def pressed(panel):
    return [key for key, kind in panel.emitted if kind == PRESS]


def cards_read(panel):
    """A list to which each card is added that is held to the reader; it counts as read at once."""
    numbers, reader = [], panel.circuit.reader

    def present(number):
        numbers.append(number)
        reader.reads += 1

    reader.present = present
    return numbers


def test_the_display_is_shown_pixel_for_pixel(each_panel, open_page):
    page = open_page(each_panel.url)
    each_panel.write("12.34 APPROVED", row=2)
    page.wait_for_selector("#screen[aria-label*='12.34 APPROVED']")
    version = each_panel.circuit.display.version
    page.wait_for_selector(f"#screen[data-version='{version}']")
    shown = page.evaluate(PIXELS)
    picture = Image.open(io.BytesIO(each_panel.client.get("/api/screen.png").content)).convert("RGB")
    assert (shown["width"], shown["height"]) == picture.size
    assert bytes(shown["data"]) == picture.tobytes()
    assert len(picture.getcolors()) > 1


def test_each_dot_has_the_same_whole_number_of_pixels(each_panel, open_page):
    for ratio in (1, 2, 3):
        page = open_page(each_panel.url, device_scale_factor=ratio)
        page.wait_for_selector("#screen[data-version]")
        pixels = page.eval_on_selector("#screen", "screen => screen.clientWidth * devicePixelRatio / screen.width")
        assert pixels >= 2 * ratio
        assert abs(pixels - round(pixels)) < 0.02


def test_keys_are_clicked(panel, open_page):
    page = open_page(panel.url)
    for label in ("1", "UP", "CANCEL", "CLEAR", "MENU", "ENTER", "DOWN", "0"):
        page.click(f".key[data-key='{label}']")
    until(lambda: pressed(panel) == ["1", "UP", "CANCEL", "CLEAR", "MENU", "ENTER", "DOWN", "0"])


def test_keys_are_typed_on_the_keyboard(panel, open_page):
    page = open_page(panel.url)
    for key in ("1", "2", "Enter", "Escape", "Backspace", "m", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    until(lambda: pressed(panel) == ["1", "2", "ENTER", "CANCEL", "CLEAR", "MENU", "UP", "DOWN"])


def test_fast_typing_loses_no_key_though_the_next_is_down_before_the_last_is_up(panel, open_page):
    page = open_page(panel.url)
    for key, before in zip("123456", " 12345", strict=True):
        page.keyboard.down(key)
        if before != " ":
            page.keyboard.up(before)
    page.keyboard.up("6")
    until(lambda: pressed(panel) == list("123456"))


def test_a_key_that_is_held_is_held(panel, open_page):
    page = open_page(panel.url)
    page.hover(".key[data-key='CLEAR']")
    page.mouse.down()
    until(lambda: ("CLEAR", HOLD) in panel.emitted)
    assert panel.circuit.keys.held == {"CLEAR"}
    page.mouse.up()
    until(lambda: not panel.circuit.keys.held)


def test_a_key_that_is_held_goes_up_when_the_page_loses_the_keyboard(panel, open_page):
    page = open_page(panel.url)
    page.keyboard.down("5")
    until(lambda: panel.circuit.keys.held == {"5"})
    page.evaluate("() => window.dispatchEvent(new Event('blur'))")
    until(lambda: not panel.circuit.keys.held)


def test_enter_belongs_to_the_terminal_after_a_click_elsewhere(panel, open_page):
    """A card was clicked, then Enter is typed: that must confirm, not hold the card once more."""
    page = open_page(panel.url)
    page.click(".switch[data-fault='paper']")
    page.click(".key[data-key='1']")
    page.keyboard.press("Enter")
    until(lambda: pressed(panel) == ["1", "ENTER"])
    assert panel.client.get("/api/faults").json()["paper"] == "out"


def test_digits_in_a_field_are_no_keys(panel, open_page):
    page = open_page(panel.url)
    numbers = cards_read(panel)
    page.fill("#own-number", "6200 0000 0000 0054")
    page.press("#own-number", "Enter")
    until(lambda: numbers == ["6200000000000054"])
    assert panel.emitted == []


def test_a_wrong_number_is_told_beside_its_field(panel, open_page):
    page = open_page(panel.url)
    page.fill("#own-number", "abc")
    page.click("#own-card button")
    assert "digits only" in page.inner_text("#own-error")


def test_a_card_is_clicked_and_dragged(panel, open_page):
    page = open_page(panel.url)
    numbers = cards_read(panel)
    page.click(".card[data-number='6200000000000021']")
    until(lambda: numbers == ["6200000000000021"])
    page.wait_for_selector(".flying-card", state="detached")
    page.drag_and_drop(".card[data-number='6200000000000039']", "#device")
    until(lambda: numbers == ["6200000000000021", "6200000000000039"])
    page.wait_for_selector(".flying-card", state="detached")
    card = page.locator(".card[data-number='6200000000000013']").bounding_box()
    page.mouse.move(card["x"] + 20, card["y"] + 20)
    page.mouse.down()
    page.mouse.move(card["x"] + 60, card["y"] + 80, steps=5)
    page.mouse.up()
    page.wait_for_selector(".flying-card", state="detached")
    assert len(numbers) == 2, "a card that was dropped elsewhere is not held to the reader"


def test_paper_rolls_out_and_is_torn_off(panel, open_page):
    page = open_page(panel.url)
    assert page.is_hidden("#paper")
    panel.print(b"\x1b@MERCHANT COPY\nTOTAL 12.34\n")
    page.wait_for_selector("#paper:not([hidden])")
    assert page.locator("#slips li").count() == 0
    panel.print(CUT)
    page.wait_for_selector("#slips li")
    page.wait_for_selector("#paper[data-cut='true']")
    assert "MERCHANT COPY" in page.get_attribute("#slips li img", "alt")
    natural = page.evaluate("() => document.querySelector('#slips li img').naturalWidth")
    assert natural == 384 + 2 * 40
    page.click("#tear")
    until(lambda: panel.client.get("/api/paper").json()["slips"] == [])
    page.wait_for_selector("#paper", state="hidden")
    page.wait_for_selector("#slips li.torn")
    panel.print(b"CUSTOMER COPY\n" + CUT)
    until(lambda: page.locator("#slips li").count() == 2)
    assert "CUSTOMER COPY" in page.get_attribute("#slips li:first-child img", "alt"), "the newest slip comes first"


def test_paper_is_torn_off_by_pulling_it(panel, open_page):
    page = open_page(panel.url)
    panel.print(b"\x1b@SLIP\n\n\n\n\n\n" + CUT)
    page.wait_for_selector("#paper[data-cut='true']")
    box = until(lambda: page.locator("#paper").bounding_box())
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 50, steps=4)
    page.mouse.up()
    time.sleep(0.2)
    assert len(panel.client.get("/api/paper").json()["slips"]) == 1, "a little pull does not tear it"
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] - 110, steps=4)
    page.mouse.up()
    until(lambda: panel.client.get("/api/paper").json()["slips"] == [])


def test_faults_are_switched_on_the_page_and_shown_when_switched_elsewhere(panel, open_page):
    page = open_page(panel.url)
    page.click(".switch[data-fault='cover']")
    until(lambda: panel.circuit.printer.cover_open)
    page.wait_for_selector("#lights [data-name='Printer'][data-light='red']")
    page.click(".answers label:has-text('Late')")
    until(lambda: panel.client.get("/api/faults").json()["response"] == "delay")
    panel.client.post("/api/faults", json={"cover": "closed", "response": "pass", "wifi": "down"})
    page.wait_for_selector(".switch[data-fault='wifi'][aria-checked='false']")
    page.wait_for_selector(".switch[data-fault='cover'][aria-checked='true']")
    page.wait_for_selector("input[value='pass']:checked", state="attached")


def test_a_code_is_held_before_the_scanner(panel, open_page):
    codes, scanner = [], panel.circuit.scanner

    def present(code):
        codes.append(code)
        scanner.scans += 1

    scanner.present = present
    page = open_page(panel.url)
    page.fill("#code", "支付")
    page.click("#own-code button")
    assert "1 to 64 characters" in page.text_content("#code-error")
    page.fill("#code", " 9162345678901237 ")
    page.click("#own-code button")
    until(lambda: codes == ["9162345678901237"])
    assert page.text_content("#code-error") == ""
    scanner.receive(bytes.fromhex("7E 00 08 01 00 00 96 AB CD"))
    page.wait_for_selector("#codes[data-scanner='waiting']")


def test_battery_sound_and_backlight(panel, open_page):
    page = open_page(panel.url)
    page.fill("#battery", "7")
    until(lambda: panel.circuit.battery.charge_pct == 7)
    panel.client.post("/api/faults", json={"battery_pct": 60})
    until(lambda: page.input_value("#battery") == "60")
    board = panel.circuit.board
    panel.circuit.pwm(board.BUZZER["pin"], 2000, 32768)
    page.wait_for_selector("#lights [data-name='Sound'][data-light='amber']")
    panel.circuit.pwm(board.BUZZER["pin"], 2000, 0)
    page.wait_for_selector("#lights [data-name='Sound'][data-light='off']")
    dark = "parseFloat(getComputedStyle(document.querySelector('.glass')).getPropertyValue('--lit'))"
    assert page.evaluate(dark) < 0.5
    panel.circuit.pwm(board.BACKLIGHT["pin"], 1000, 65535)
    until(lambda: page.evaluate(dark) == 1)


def test_power_is_switched(panel, open_page):
    page = open_page(panel.url)
    page.wait_for_selector("#device[data-power='on']")
    page.click("#power")
    page.wait_for_selector("#device[data-power='off']")
    assert panel.station.power == "off"
    page.click("#power")
    page.wait_for_selector("#device[data-power='on']")


def test_a_phone(each_panel, open_page):
    page = open_page(each_panel.url, viewport=PHONE, touch=True, device_scale_factor=3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.tap(".key[data-key='7']")
    until(lambda: pressed(each_panel) == ["7"])
    enter = page.locator(".key[data-key='ENTER']").bounding_box()
    assert enter["y"] + enter["height"] <= PHONE["height"], "the whole terminal is on the first screen"
    assert min(enter["width"], enter["height"]) >= 44, "keys are as large as a fingertip"
    for selector in ("#cards", "#faults", "#slips", "#about"):
        assert page.locator(selector).count() == 1
    each_panel.print(b"\x1b@SLIP\n" + CUT)
    page.wait_for_selector("#slips li")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_who_does_not_see_it_hears_it(panel, open_page):
    page = open_page(panel.url)
    panel.write("APPROVED", row=1)
    until(lambda: "APPROVED" in page.inner_text("#spoken"))
    assert page.get_attribute("#spoken", "aria-live") == "polite"
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, a, canvas")].filter((element) =>
      !(element.getAttribute("aria-label") || element.textContent.trim() || element.labels?.length))
      .map((element) => element.outerHTML)""")
    assert nameless == []


def test_the_keypad_can_be_reached_without_a_mouse(panel, open_page):
    page = open_page(panel.url)
    page.focus(".key[data-key='8']")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    until(lambda: pressed(panel) == ["9"])


def test_the_page_says_when_the_simulator_is_gone_and_goes_on_when_it_is_back(panel, chromium):
    """Opened without the check for silence: a lost connection is something that the console tells."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(panel.url)
    panel.print(b"\x1b@OLD\n" + CUT)
    page.wait_for_selector("#slips li")
    assert page.is_hidden("#lost")
    panel.close()
    page.wait_for_selector("#lost:not([hidden])", timeout=10_000)
    again = Panel(port=int(panel.url.rpartition(":")[2]))
    again.print(b"\x1b@NEW\n" + CUT)
    page.wait_for_selector("#slips li:nth-child(2)", timeout=20_000)
    assert page.is_hidden("#lost")
    assert page.get_attribute("#slips li:first-child img", "alt") == "NEW"
    context.close()
    again.close()
