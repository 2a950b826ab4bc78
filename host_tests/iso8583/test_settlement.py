"""Fields of settlement, upload and service change, and what their answers say: fixed values; what is not believed."""

from dual import raises
from pos.iso8583 import services, settlement, upload
from pos.iso8583.codec import FieldError, pack, unpack

IDENTITY = {"merchant": "100000000000001", "terminal": "10000001"}
HEAD = {11: "000027", 41: "10000001", 42: "100000000000001"}


def merged(expected):
    fields = dict(HEAD)
    fields.update(expected)
    return fields


def test_the_totals():
    sides = (3, 123456, 2, 4200)
    fields = settlement.compare(IDENTITY, 27, 7, sides, "01")
    assert fields == merged(
        {0: "0500", 48: "000000123456003000000004200002" + "0", 49: "156", 60: "00000007201", 63: b"01 "}
    )
    assert unpack(pack(fields)) == fields


def test_more_than_999_are_counted_from_0_again():
    fields = settlement.compare(IDENTITY, 27, 7, (1000, 5, 1234, 6), "01")
    assert fields[48] == "000000000005" + "000" + "000000000006" + "234" + "0"


def test_what_the_host_found():
    totals = "000000123456003000000004200002"
    assert settlement.read_compare({39: "00", 48: totals + "1"}) == 1
    assert settlement.read_compare({39: "00", 48: totals + "2"}) == 2
    assert settlement.read_compare({39: "95"}) == settlement.read_compare({39: "95", 48: totals + "1"}) == 2
    for wrong in ({39: "00"}, {39: "00", 48: totals}, {39: "00", 48: totals + "0"}, {39: "00", 48: totals + "11"}):
        assert raises(FieldError, settlement.read_compare, wrong).field == 48, wrong


def test_an_upload_of_eight():
    items = [("22", 1, "6200000000000013", 1234), ("23", 2, "", 999999999999)]
    items += [("22", 900000 + at, "6200000000000000213", at) for at in range(6)]
    fields = upload.upload(IDENTITY, 27, 7, items, "01")
    assert fields[0] == "0320" and fields[60] == "00000007201"
    text = fields[48]
    assert len(text) == 322 and text[:2] == "08"
    assert text[2:42] == "22" + "000001" + "00006200000000000013" + "000000001234"
    assert text[42:82] == "23" + "000002" + "0" * 20 + "999999999999"
    assert text[282:] == "22" + "900005" + "06200000000000000213" + "000000000005"
    assert unpack(pack(fields)) == fields
    assert len(upload.upload(IDENTITY, 27, 7, items[:1], "01")[48]) == 42


def test_the_end():
    for equal, code in ((True, "207"), (False, "202")):
        fields = settlement.end(IDENTITY, 27, 999999, equal, 60, "01")
        assert fields == merged({0: "0320", 48: "0060", 60: "00999999" + code, 63: b"01 "})
        assert unpack(pack(fields)) == fields


def test_the_fees():
    data = b"014sale,2,3500,18013void,1,2500,0007net,982"
    assert settlement.read_fees(data) == ([["sale", 2, 3500, 18], ["void", 1, 2500, 0]], 982)
    assert settlement.read_fees(b"") == ([], None)
    assert settlement.read_fees(_items("net,-5")) == ([], -5)
    assert settlement.read_fees(_items("net,-999999999999")) == ([], -999999999999)
    assert settlement.read_fees(_items("sale,1,1,0")) == ([["sale", 1, 1, 0]], None)


def _items(*texts):
    return b"".join([("%03d%s" % (len(text), text)).encode() for text in texts])


def test_fees_that_are_none():
    for wrong in (
        b"01",
        b"abc",
        b"005sale",
        b"-01x",
        _items("sale,1,2"),
        _items("sale,a,2,3"),
        _items("net"),
        _items("net,62000000000002"),
        _items("sale,1,1,-6200000000000020260314"),
        b"001\xff",
        b"010sale,1,2,\xff",
        b"000",
        _items("\x1b@,1,2,3"),
    ):
        error = raises(ValueError, settlement.read_fees, wrong)
        assert isinstance(error, FieldError), (wrong, error)


def test_a_service_change():
    fields = services.service(IDENTITY, 28, 7, "99", "qr", "off", "05", "99")
    expected = merged({0: "0800", 60: "00000007380", 63: b"99 0402qr0603off010205020299"})
    expected[11] = "000028"
    assert fields == expected
    assert unpack(pack(fields)) == fields
