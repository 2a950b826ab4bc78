"""Pictures on paper: QR codes read back with zxing, raster images, and what a foreign encoder sends."""

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image, ImageChops, ImageDraw

from tools.sim.chips import EscPosPrinter
from tools.sim.chips.paper import WIDTH

ESC, GS = b"\x1b", b"\x1d"


@pytest.fixture
def printer():
    printer = EscPosPrinter()
    yield printer
    assert printer.unknown == []


def qr(data, size=4, level=b"1"):
    """GS ( k: functions 165, 167, 169, 180, 181."""

    def function(body):
        return GS + b"(k" + len(body).to_bytes(2, "little") + body

    return b"".join(
        function(b"1" + body) for body in (b"A2\0", b"C" + bytes((size,)), b"E" + level, b"P0" + data, b"Q0")
    )


def read(picture):
    return [found.bytes for found in zxingcpp.read_barcodes(picture.convert("RGB"))]


@pytest.mark.parametrize("size", [2, 3, 4, 8])
@pytest.mark.parametrize("align", [0, 1, 2])
def test_a_qr_code_can_be_read_from_the_slip(printer, size, align):
    data = b"https://pay.example/r?t=10000001&n=000017"
    printer.receive(ESC + b"a" + bytes((align,)) + b"above\n" + qr(data, size) + b"below\n" + GS + b"VB\0")
    slip = printer.paper.slips[0]
    assert read(slip.image(margin=40)) == [data]
    assert slip.qr_codes == [data]
    assert [row.strip() for row in slip.rows] == ["above", "[QR]", "below"]


@pytest.mark.parametrize("level", [b"0", b"1", b"2", b"3"])
def test_levels_of_error_correction(printer, level):
    printer.receive(qr(b"A" * 60, 4, level))
    found = zxingcpp.read_barcodes(printer.paper.current.image(margin=40).convert("RGB"))[0]
    assert found.ec_level == "LMQH"[int(level)]


def test_chinese_bytes_in_a_qr_code(printer):
    data = "金额12.34".encode("gb18030")
    printer.receive(qr(data))
    assert read(printer.paper.current.image(margin=40)) == [data]


def test_a_qr_code_that_is_too_wide_is_left_out(printer):
    printer.receive(qr(b"x" * 500, 16))
    assert printer.paper.current.qr_codes == [] and not printer.paper.current


def picture():
    drawing = Image.new("1", (80, 40), 255)
    ImageDraw.Draw(drawing).line((0, 0, 79, 39), fill=0, width=3)
    return drawing


@pytest.mark.parametrize("way", ["bitImageRaster", "bitImageColumn"])
def test_images_of_python_escpos(printer, way):
    dummy = Dummy()
    dummy.image(picture(), impl=way, center=False)
    printer.receive(dummy.output + b"\n")
    dots = printer.paper.current.dots().crop((0, 0, 80, 40))
    assert dots.tobytes() == ImageChops.invert(picture()).tobytes()


def test_raster_sizes(printer):
    printer.receive(GS + b"v0\x03\x01\x00\x02\x00\xff\x81")
    dots = printer.paper.current.dots()
    assert dots.size == (WIDTH, 4)
    assert [dots.getpixel((x, 0)) for x in range(17)] == [255] * 16 + [0]
    assert [dots.getpixel((x, 3)) for x in range(16)] == [255] * 2 + [0] * 12 + [255] * 2


def test_text_of_python_escpos(printer):
    dummy = Dummy()
    dummy.hw("INIT")
    dummy.set(align="center", bold=True, double_height=True, double_width=True)
    dummy.text("RECEIPT\n")
    dummy.set_with_default()
    dummy.set(align="right", underline=1)
    dummy.text("12.34\n")
    dummy.set_with_default()
    dummy._raw(b"\x1c&" + "商户存根 金额 12.34\n".encode("gb18030") + b"\x1c.")
    dummy.textln("café £")
    dummy.ln(2)
    dummy.cut()
    printer.receive(dummy.output)
    slip = printer.paper.slips[0]
    assert slip.rows[0] == " " * 9 + "RECEIPT"
    assert [row.strip() for row in slip.rows if row.strip()] == ["RECEIPT", "12.34", "商户存根 金额 12.34", "café £"]
    assert printer.cuts_through_print == 0


def test_qr_code_of_python_escpos(printer):
    dummy = Dummy()
    dummy.qr("https://pay.example/17", native=True, size=5, center=False)
    dummy.cut()
    printer.receive(dummy.output)
    assert read(printer.paper.slips[0].image(margin=40)) == [b"https://pay.example/17"]


def test_software_qr_code_of_python_escpos(printer):
    dummy = Dummy()
    dummy.qr("https://pay.example/17", native=False, size=5)
    dummy.cut()
    printer.receive(dummy.output)
    assert read(printer.paper.slips[0].image(margin=40)) == [b"https://pay.example/17"]
