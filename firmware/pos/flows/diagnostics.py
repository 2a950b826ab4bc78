"""Device test (设备测试, R8): a menu of tests that a technician goes through with the device in hand."""

from pos.ui import menu
from pos.ui.leave import Cancelled

# flow and the text of its entry; or a page of try_state.py, whose text begins with "try_"
_TESTS = (
    ("try_keypad", ""),
    ("try_display", ""),
    ("try_printer", ""),
    ("try_state", "wifi"),
    ("try_state", "host"),
    ("try_state", "clock"),
    ("try_state", "storage"),
    ("try_state", "battery"),
    ("try_sound", ""),
    ("try_reading", ""),
)


async def run(terminal):
    """Until CANCEL; a test that is left by CANCEL comes back here."""
    ui = terminal.ui
    rows = [ui.t("try_" + page if page else flow) for flow, page in _TESTS]
    at = 0
    while True:
        at = await menu.choose(ui, ui.t("menu_test"), rows, at)
        flow, page = _TESTS[at]
        try:
            await terminal.enter(flow, *([page] if page else []))
        except Cancelled:
            pass
