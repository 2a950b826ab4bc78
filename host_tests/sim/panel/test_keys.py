"""Keys pressed through the API reach the real keypad driver through the simulated matrix."""

import time

import pytest

pytestmark = pytest.mark.slow  # fingers take real time

PRESS, REPEAT, HOLD = 0, 1, 2


def pressed(panel):
    return [key for key, kind in panel.emitted if kind == PRESS]


def test_each_key_of_each_board(each_panel):
    keys = [label for row in each_panel.station.legend for label in row]
    answer = each_panel.client.post("/api/press", json={"keys": keys})
    assert answer.status_code == 200
    assert pressed(each_panel) == keys
    assert set(answer.json()) == {"rows", "cols", "cursor", "version"}


def test_the_same_key_twice_is_two_presses(panel):
    panel.client.post("/api/press", json={"keys": ["1", "1", "1"]})
    assert pressed(panel) == ["1", "1", "1"]


def test_00_is_the_key_up(panel):
    panel.client.post("/api/press", json={"keys": ["00", "UP"]})
    assert pressed(panel) == ["UP", "UP"]


def test_a_long_press_is_a_hold(panel):
    panel.client.post("/api/press", json={"keys": ["CLEAR"], "hold_ms": 1000})
    assert panel.emitted == [("CLEAR", PRESS), ("CLEAR", HOLD)]


def test_a_short_press_is_long_enough_for_the_debounce(panel):
    panel.client.post("/api/press", json={"keys": ["5", "6"], "hold_ms": 20})
    assert pressed(panel) == ["5", "6"]


def test_a_finger_stays_down_until_it_is_lifted(panel):
    panel.client.post("/api/key", json={"key": "DOWN", "state": "down"})
    time.sleep(0.7)
    panel.client.post("/api/key", json={"key": "DOWN", "state": "up"})
    assert panel.emitted[:2] == [("DOWN", PRESS), ("DOWN", REPEAT)]
    assert panel.circuit.keys.held == frozenset()


def test_two_fingers_are_down_at_once(panel):
    for key in ("1", "5"):
        panel.client.post("/api/key", json={"key": key, "state": "down"})
    assert panel.circuit.keys.held == {"1", "5"}
    for key in ("5", "1"):
        panel.client.post("/api/key", json={"key": key, "state": "up"})
    assert pressed(panel) == ["1"]


def test_lifting_what_is_not_down_is_harmless(panel):
    assert panel.client.post("/api/key", json={"key": "1", "state": "up"}).status_code == 200


def test_press_answers_although_nobody_looks_at_the_keypad(dead_panel):
    start = time.monotonic()
    answer = dead_panel.client.post("/api/press", json={"keys": ["1", "2", "3"]})
    assert answer.status_code == 200
    assert time.monotonic() - start < 6
    assert dead_panel.circuit.keys.held == frozenset()


def test_press_answers_with_what_the_key_has_brought(panel):
    """The screen changes a while after the key: the answer has the new one."""
    panel.start_display()
    panel.soon(0.15, panel.write, "DONE")
    answer = panel.client.post("/api/press", json={"keys": ["1"]})
    assert "DONE" in answer.json()["rows"][0]


def test_a_screen_that_never_rests_does_not_hold_up_the_answer(panel):
    panel.start_display()

    def flicker(count):
        panel.write(f"{count:04}")
        if count:
            panel.soon(0.03, flicker, count - 1)

    panel.soon(0, flicker, 300)
    start = time.monotonic()
    assert panel.client.post("/api/press", json={"keys": ["1"]}).status_code == 200
    assert time.monotonic() - start < 9


def test_press_waits_until_a_slip_is_out(printing_panel):
    """Firmware forgets keys that are pressed while it prints: a person waits for the paper too."""
    printing_panel.print(b"\x1b@" + b"LINE\n" * 8)
    assert printing_panel.station.printing
    printing_panel.client.post("/api/press", json={"keys": ["1"]})
    assert printing_panel.circuit.printer.paper.current.rows == ["LINE"] * 8
    assert pressed(printing_panel) == ["1"]
