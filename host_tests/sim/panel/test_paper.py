"""Slips as text and as pictures, and tearing them off."""

import io

import zxingcpp
from PIL import Image

CUT = b"\x1dV\x00"
QR = b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x03\x001C\x06" + b"\x1d(k\x08\x001P0HELLO" + b"\x1d(k\x03\x001Q0"


def picture(panel, path):
    answer = panel.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    return Image.open(io.BytesIO(answer.content))


def test_no_paper_at_first(panel):
    assert panel.client.get("/api/paper").json()["slips"] == []
    answer = panel.client.get("/api/paper/0.png")
    assert (answer.status_code, answer.json()["error"]) == (404, "no slip 0: there is no slip")


def test_slips_come_in_the_order_in_which_they_were_cut(panel):
    panel.print(b"\x1b@FIRST\n" + CUT + b"SECOND\n" + CUT)
    slips = panel.client.get("/api/paper").json()["slips"]
    assert [slip["text"].strip() for slip in slips] == ["FIRST", "SECOND"]
    assert all(slip["at"][:2] == "20" and "T" in slip["at"] for slip in slips)
    assert picture(panel, "/api/paper/1.png").width == 384


def test_what_is_being_printed_is_no_slip_yet(panel):
    panel.print(b"\x1b@HALF\n")
    paper = panel.client.get("/api/paper").json()
    assert paper["slips"] == []
    assert "HALF" in paper["printing"]
    assert picture(panel, "/api/paper/current.png").width == 384
    panel.print(CUT)
    assert panel.client.get("/api/paper").json()["printing"] is None
    assert panel.client.get("/api/paper/current.png").status_code == 404


def test_tearing_off_takes_all_paper_away(panel):
    panel.print(b"\x1b@FIRST\n" + CUT + b"HALF\n")
    assert panel.client.delete("/api/paper").json() == {"slips": [], "printing": None}
    assert panel.client.get("/api/paper").json() == {"slips": [], "printing": None}
    panel.print(b"NEXT\n" + CUT)
    assert [slip["text"].strip() for slip in panel.client.get("/api/paper").json()["slips"]] == ["NEXT"]


def test_slips_that_are_not_there(panel):
    panel.print(b"\x1b@FIRST\n" + CUT)
    for name in ("1", "-1", "x", "99999999999", "0x0", "٣"):
        answer = panel.client.get(f"/api/paper/{name}.png")
        assert answer.status_code == 404, name
        assert answer.json()["error"]


def test_a_qr_code_on_the_picture_can_be_read(panel):
    panel.print(b"\x1b@" + QR + b"\n" + CUT)
    assert [found.text for found in zxingcpp.read_barcodes(picture(panel, "/api/paper/0.png"))] == ["HELLO"]
