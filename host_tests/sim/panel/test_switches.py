"""Cards, faults, power, state; and what is refused."""

import pytest

pytestmark = pytest.mark.slow
CARD = "6200000000000021"
ALL_GOOD = {
    "wifi": "up", "host": "up", "response": "pass", "delay_ms": 0, "paper": "ok", "cover": "closed", "battery_pct": 100,
}  # fmt: skip


def test_a_card_is_held_to_the_reader_and_taken_away(panel):
    numbers = []
    present, remove = panel.circuit.reader.present, panel.circuit.reader.remove
    panel.circuit.reader.present = lambda number: (numbers.append(number), present(number))
    panel.circuit.reader.remove = lambda: (numbers.append(None), remove())
    answer = panel.client.post("/api/card", json={"number": CARD, "hold_ms": 100})
    assert answer.status_code == 200
    assert set(answer.json()) == {"rows", "cols", "cursor", "version"}
    assert numbers == [CARD, None]


def test_a_code_is_held_before_the_scanner_and_taken_away(each_panel):
    scanner = each_panel.circuit.scanner
    codes = []
    present, remove = scanner.present, scanner.remove
    scanner.present = lambda code: (codes.append(code), present(code))
    scanner.remove = lambda: (codes.append(None), remove())
    answer = each_panel.client.post("/api/scan", json={"code": "9162345678901237", "hold_ms": 100})
    assert answer.status_code == 200
    assert set(answer.json()) == {"rows", "cols", "cursor", "version"}
    assert codes == ["9162345678901237", None]
    # One that is read is taken away at once.
    scanner.receive(bytes.fromhex("7E 00 08 01 00 00 96 AB CD"))
    each_panel.soon(0.2, scanner.transmit)
    each_panel.soon(0.4, scanner.transmit)
    longest = "~" + "9" * 62 + " "
    assert each_panel.client.post("/api/scan", json={"code": longest, "hold_ms": 9000}).status_code == 200
    assert scanner.scans == 1 and scanner.presented is None


def test_a_board_without_a_scanner_says_so(panel):
    panel.circuit.scanner = None
    answer = panel.client.post("/api/scan", json={"code": "6200000000000021"})
    assert answer.status_code == 501
    assert "has no scanner" in answer.json()["error"]
    assert panel.client.get("/api/state").json()["scanner"] is False


def test_sound_and_backlight_are_told(each_panel):
    board, circuit, client = each_panel.circuit.board, each_panel.circuit, each_panel.client
    before = client.get("/api/state").json()
    assert (before["scanner"], before["sound"]["count"], before["backlight_pct"]) == (True, 0, 0)
    circuit.pwm(board.BUZZER["pin"], 2000, 32768)
    circuit.pwm(board.BUZZER["pin"], 2000, 0)
    circuit.pwm(board.BUZZER["pin"], 800, 8192)
    circuit.pwm(board.BACKLIGHT["pin"], 1000, 32768)
    state = client.get("/api/state").json()
    assert state["sound"] == {"count": 2, "hz": 800, "loudness_pct": 25}
    assert state["backlight_pct"] == 50
    client.post("/api/power", json={"state": "off"})
    assert client.get("/api/state").json()["backlight_pct"] == 0


def test_the_battery_switch_moves_what_the_terminal_measures(each_panel):
    board, circuit = each_panel.circuit.board, each_panel.circuit
    seen_mv = []
    for charge_pct in (100, 50, 10, 0):
        each_panel.client.post("/api/faults", json={"battery_pct": charge_pct})
        seen_mv.append(circuit.adc_read(board.BATTERY["pin"]) * 3300 // 65535 * 4)
    expected_mv = (8400, 7660, 7220, 6600)
    assert all(abs(seen - expected) < 20 for seen, expected in zip(seen_mv, expected_mv, strict=True)), seen_mv


def test_all_faults_are_switched_and_answered(panel):
    assert panel.client.get("/api/faults").json() == ALL_GOOD
    bad = {
        "wifi": "down", "host": "down", "response": "delay", "delay_ms": 700, "paper": "out", "cover": "open",
        "battery_pct": 3,
    }  # fmt: skip
    for name, value in bad.items():
        answer = panel.client.post("/api/faults", json={name: value})
        assert (answer.status_code, answer.json()[name]) == (200, value)
    assert panel.client.get("/api/faults").json() == bad
    assert panel.circuit.printer.paper_out is True
    assert panel.circuit.printer.cover_open is True
    assert panel.circuit.radio.up is False
    assert panel.client.post("/api/faults", json=ALL_GOOD).json() == ALL_GOOD
    assert panel.circuit.printer.paper_out is False


def test_no_fault_is_switched_when_one_of_them_is_wrong(panel):
    answer = panel.client.post("/api/faults", json={"paper": "out", "cover": "ajar"})
    assert answer.status_code == 422
    assert answer.json() == {"error": "'cover' must be one of closed, open", "allowed": ["closed", "open"]}
    assert panel.client.get("/api/faults").json() == ALL_GOOD


def test_power(panel):
    panel.start_display()
    panel.write("HELLO")
    assert panel.client.post("/api/power", json={"state": "off"}).json()["power"] == "off"
    assert not any(row.strip() for row in panel.client.get("/api/screen").json()["rows"])
    assert panel.client.post("/api/press", json={"keys": ["1"]}).status_code == 200
    assert panel.client.post("/api/power", json={"state": "off"}).json()["power"] == "off"
    assert panel.client.post("/api/power", json={"state": "on"}).json()["power"] == "on"
    assert panel.client.post("/api/power", json={"state": "cycle"}).json()["power"] == "on"


def test_state(each_panel):
    state = each_panel.client.get("/api/state").json()
    assert state["board"] == each_panel.circuit.board.NAME
    assert state["power"] == "on"
    assert state["legend"][3] == ["UP", "0", "DOWN", "ENTER"]
    for name in ("version", "runtime", "heap_used", "pty"):
        assert name in state


BAD = [
    ("/api/press", b"", 400),
    ("/api/press", b"{", 400),
    ("/api/press", b"\xff\xfe", 400),
    ("/api/press", b"[" * 10000, 400),
    ("/api/press", b'["1"]', 400),
    ("/api/press", b"{}", 422),
    ("/api/press", b'{"keys": []}', 422),
    ("/api/press", b'{"keys": "1"}', 422),
    ("/api/press", b'{"keys": [1]}', 422),
    ("/api/press", b'{"keys": ["enter"]}', 422),
    ("/api/press", b'{"keys": [["1"]]}', 422),
    ("/api/press", rb'{"keys": ["\ud800"]}', 422),
    ("/api/press", rb'{"\ud800": 1}', 422),
    ("/api/press", b'{"keys": ["1"], "hold_ms": 0}', 422),
    ("/api/press", b'{"keys": ["1"], "hold_ms": true}', 422),
    ("/api/press", b'{"keys": ["1"], "hold_ms": "60"}', 422),
    ("/api/press", b'{"keys": ["1"], "hold_ms": 60.5}', 422),
    ("/api/press", b'{"keys": ["1"], "hold_ms": 999999}', 422),
    ("/api/press", b'{"keys": ["1"], "holdms": 60}', 422),
    ("/api/press", b'{"keys": [' + b'"1",' * 64 + b'"1"]}', 422),
    ("/api/press", b'{"keys": ["' + b"1" * 20000 + b'"]}', 413),
    ("/api/key", b'{"key": "1"}', 422),
    ("/api/key", b'{"key": "1", "state": "pressed"}', 422),
    ("/api/key", b'{"key": "F1", "state": "down"}', 422),
    ("/api/card", b'{"number": 6200000000000021}', 422),
    ("/api/card", b'{"number": ""}', 422),
    ("/api/card", b'{"number": "62000000000000A1"}', 422),
    ("/api/card", b'{"number": "12345678901234567890"}', 422),
    ("/api/card", '{"number": "٣٣٣"}'.encode(), 422),
    ("/api/card", b"{}", 422),
    ("/api/scan", b"{}", 422),
    ("/api/scan", b'{"code": ""}', 422),
    ("/api/scan", b'{"code": 9162345678901237}', 422),
    ("/api/scan", b'{"code": "91\\n62"}', 422),
    ("/api/scan", '{"code": "支付"}'.encode(), 422),
    ("/api/scan", b'{"code": "' + b"9" * 65 + b'"}', 422),
    ("/api/scan", b'{"code": "9", "hold_ms": 10001}', 422),
    ("/api/faults", b'{"wifi": true}', 422),
    ("/api/faults", b'{"delay_ms": -1}', 422),
    ("/api/faults", b'{"battery_pct": 101}', 422),
    ("/api/faults", b'{"printer": "broken"}', 422),
    ("/api/power", b'{"state": "maybe"}', 422),
    ("/api/power", b"{}", 422),
]


@pytest.mark.parametrize(("path", "body", "status"), BAD)
def test_bad_input_is_refused_with_a_reason(shared_panel, path, body, status):
    answer = shared_panel.client.post(path, content=body)
    assert answer.status_code == status
    assert len(answer.json()["error"]) > 10
    assert shared_panel.emitted == []


def test_wrong_methods_and_paths(shared_panel):
    for method, path, status in (
        ("GET", "/api/press", 405),
        ("PUT", "/api/paper", 405),
        ("GET", "/api/nothing", 404),
        ("GET", "/../server.py", 404),
        ("GET", "/%2e%2e/server.py", 404),
        ("GET", "/..%2fserver.py", 404),
        ("GET", "/README.md", 404),
    ):
        answer = shared_panel.client.request(method, path)
        assert answer.status_code == status, path
        assert answer.json()["error"]


def test_pages_of_other_sites_are_kept_out(shared_panel):
    client = shared_panel.client
    assert client.get("/api/state", headers={"origin": "http://example.com"}).status_code == 403
    assert client.get("/api/state", headers={"host": "example.com"}).status_code == 403
    assert client.get("/api/state", headers={"host": "127.0.0.1.example.com"}).status_code == 403
    assert client.get("/api/state", headers={"host": "localhost:8080"}).status_code == 200


def test_the_page_may_load_from_here_only(shared_panel):
    answer = shared_panel.client.get("/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
