"""The screen as text and as a picture, waiting for a text, and the stream of events."""

import io
import json
import time

import httpx
import pytest
from PIL import Image

from tools.sim.panel.server import GRACE_S

pytestmark = pytest.mark.slow  # waiting takes real time


def test_rows_are_what_the_chip_shows(each_panel):
    each_panel.start_display()
    each_panel.write("APPROVED", row=1)
    screen = each_panel.client.get("/api/screen").json()
    board = each_panel.circuit.board.DISPLAY
    assert screen["cols"] == board["cols"]
    assert [len(row) for row in screen["rows"]] == [board["cols"]] * 4
    assert screen["rows"][1].rstrip() == "APPROVED"
    assert screen["cursor"] is None


def test_the_picture_is_that_of_the_chip(each_panel):
    each_panel.start_display()
    each_panel.write("12.34")
    answer = each_panel.client.get("/api/screen.png")
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.tobytes() == each_panel.circuit.display.image(1).convert("RGB").tobytes()
    large = Image.open(io.BytesIO(each_panel.client.get("/api/screen.png?scale=3").content))
    assert large.size == (picture.width * 3, picture.height * 3)


def test_a_scale_that_cannot_be(panel):
    for scale in ("0", "9", "x", "-1", "1.5", ""):
        assert panel.client.get("/api/screen.png", params={"scale": scale}).status_code == 422


def test_wait_answers_as_soon_as_the_text_is_there(panel):
    panel.start_display()
    panel.soon(0.3, panel.write, "APPROVED")
    start = time.monotonic()
    answer = panel.client.get("/api/wait", params={"text": "APPROVED", "timeout_s": 10})
    assert answer.status_code == 200
    assert "APPROVED" in answer.json()["rows"][0]
    assert 0.2 < time.monotonic() - start < 3


def test_wait_gives_up_with_the_screen(panel):
    panel.start_display()
    panel.write("DECLINED")
    answer = panel.client.get("/api/wait", params={"text": "APPROVED", "timeout_s": 0.2})
    assert answer.status_code == 408
    assert "DECLINED" in answer.json()["rows"][0]


def test_wait_answers_at_once_when_the_text_is_there_already(panel):
    panel.start_display()
    panel.write("READY")
    assert panel.client.get("/api/wait", params={"text": "READY", "timeout_s": 0}).status_code == 200


def test_wait_refuses_what_it_cannot_wait_for(panel):
    for query in ("", "text=", "text=A&timeout_s=-1", "text=A&timeout_s=nan", "text=A&timeout_s=1e9", "text=A&x=1"):
        answer = panel.client.get(f"/api/wait?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["error"]


def test_events_bring_everything_first_and_then_what_changes(panel):
    panel.start_display()
    seen = {}
    with panel.client.stream("GET", "/api/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        panel.soon(0.4, panel.write, "HELLO")
        panel.soon(0.8, setattr, panel.circuit.printer, "paper_out", True)
        name = None
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                seen.setdefault(name, []).append(json.loads(line[6:]))
            if len(seen.get("faults", ())) == 2:
                break
    assert set(seen) == {"state", "lights", "faults", "screen", "paper"}
    assert "HELLO" in seen["screen"][-1]["rows"][0]
    assert [faults["paper"] for faults in seen["faults"]] == ["ok", "out"]


def test_the_server_stops_at_once_although_a_page_listens(panel):
    listener = httpx.Client(base_url=panel.url, trust_env=False)  # one that stays when the panel's own goes
    stream = listener.stream("GET", "/api/events")
    lines = stream.__enter__().iter_lines()
    assert next(lines)
    start = time.monotonic()
    panel.close()
    assert time.monotonic() - start < GRACE_S - 1
    assert list(lines), "what was on its way still came"
