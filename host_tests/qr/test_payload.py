"""The text of a merchant's code: checksum against published values, items in their order, limits of the name."""

from pos.qr import payload

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
NAME = "示范茶馆 Demo Tea-House"
TX = {"amount_minor": 1234, "batch": 7, "trace": 123, "date": "20261122"}
# The sample of EMVCo's specification (merchant-presented mode 1.1, annex A).
EMVCO_SAMPLE = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A011223344998877"
    "070812345678"
    "6304A13A"
)


def gb(text):
    """Encoded by hand: MicroPython has no such codec."""
    codes = {"示": b"\xca\xbe", "范": b"\xb7\xb6", "茶": b"\xb2\xe8", "馆": b"\xb9\xdd"}
    return b"".join([codes.get(char) or char.encode() for char in text])


def code(name=NAME, **more):
    tx = dict(TX)
    tx.update(more)
    return payload.merchant_code(tx, IDENTITY, gb(name)).decode()


def test_checksum_of_the_published_string():
    assert payload.crc16(b"123456789") == 0x29B1
    assert payload.crc16(b"") == 0xFFFF


def test_checksum_of_the_specification_s_own_sample():
    assert "%04X" % payload.crc16(EMVCO_SAMPLE[:-4].encode()) == EMVCO_SAMPLE[-4:]


def test_a_code_item_by_item():
    items = (
        "000201",
        "010212",
        "2625",
        "0002P0",
        "0115100000000000001",
        "52045999",
        "5303156",
        "540512.34",
        "5802CN",
        "5914DEMO TEA HOUSE",
        "6004CITY",
        "6228",
        "0524100000010000070001231122",
        "6304",
    )
    text = "".join(items)
    assert code() == text + "%04X" % payload.crc16(text.encode())


def test_an_order_number_comes_before_the_label():
    assert "6240" + "0108" + "20260042" + "0524" + "10000001" in code(order="20260042")


def test_amounts():
    for minor, text in ((1, "54040.01"), (100, "54041.00"), (999999999, "54109999999.99")):
        assert "5303156" + text + "5802CN" in code(amount_minor=minor)


def test_names():
    for name, item in (
        ("", "5908MERCHANT"),
        ("茶馆", "5908MERCHANT"),
        ("x" * 24 + " y", "5924" + "X" * 24),
        ("x" * 30, "5925" + "X" * 25),
    ):
        assert item + "6004CITY" in code(name)


def test_the_longest_code_still_fits_the_printer_and_the_display():
    from pos.qr import matrix

    text = code("W" * 40, amount_minor=999999999, order="9" * 20)
    assert len(text) == 177
    assert len(matrix.encode(text.encode(), matrix.M)) + 2 * matrix.QUIET <= 64
