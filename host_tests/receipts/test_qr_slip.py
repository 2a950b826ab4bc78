"""A merchant's code on paper: what stands around it, and that it is no receipt."""

from pos import texts
from pos.receipts import layout, qr_slip
from receipts import samples

DATA = b"000201..."


def rows_of(language="en", training=False, **more):
    tx = samples.sale()
    tx.update(more)
    words = texts.load(language)
    return qr_slip.code(tx, DATA, samples.IDENTITY, samples.host_parameters("Tea"), words, training)


def test_the_code_stands_between_light_rows():
    rows = rows_of()
    at = rows.index((layout.QR, DATA))
    assert rows[at - 1] == rows[at + 1] == layout.BLANK


def test_what_it_says():
    text = b"\n".join([data for _, data in rows_of(order="20260042")]).decode()
    for words in ("Tea", "SCAN TO PAY", "12.34", "20260042", "120 seconds", "no receipt"):
        assert words in text, words
    assert "TRAINING" not in text
    assert "TRAINING" in b"\n".join([data for _, data in rows_of(training=True)]).decode()


def test_rows_fit_the_paper():
    for language in ("en", "zh"):
        for style, data in rows_of(language, True, order="9" * 20, amount_minor=999999999):
            if style != layout.QR:
                assert len(data) * (2 if style & layout.DOUBLE else 1) <= layout.COLUMNS, data
