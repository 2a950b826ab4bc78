"""Texts by key and language, and the table of GB2312 codes."""

import dual
from pos import texts
from pos.texts import gb2312


def test_a_text_in_each_language():
    assert texts.load("en").t("title_sale") == "SALE"
    assert texts.load("zh").t("title_sale") == "消费"
    assert texts.load("xx").language == "en"


def test_placeholders_and_rows():
    english = texts.load("en")
    assert english.t("approved", amount="12.34", trace="000027") == "APPROVED\nCNY 12.34\nVoucher 000027"
    rows = texts.load("zh").t("approved", amount="12.34", trace="000027").split("\n")
    assert "交易成功" in rows[0] and "APPROVED" in rows[0]


def test_a_key_that_exists_nowhere_comes_back():
    assert texts.load("en").t("no_such_key") == "no_such_key"
    assert texts.load("zh").t("no_such_key", code="51") == "no_such_key"


def test_a_key_missing_in_one_language_comes_in_english():
    chinese = texts.load("zh")
    folder = dual.tmpdir()
    with open(folder + "/zh.txt", "w") as file:
        file.write("# only one\nidle_title = X\n")
    chinese._path = folder + "/zh.txt"
    chinese._index()
    assert chinese.t("idle_title") == "X"
    assert chinese.t("title_sale") == "SALE"


def test_keys_with_the_same_hash_are_told_apart():
    """The index keeps 16 bits of a hash, so two keys may share them: the line itself decides."""
    english = texts.load("en")
    expected = {key: english.t(key) for key in ("hint_yes_no", "title_sale", "slip_keep")}
    saved = texts._hash
    texts._hash = lambda key: b"\0\7"
    try:
        everything_collides = texts.load("en")
        for key in expected:
            assert everything_collides.t(key) == expected[key]
        assert everything_collides.t("title_sal") == "title_sal"
    finally:
        texts._hash = saved


def test_gb2312_codes():
    # From the GB 2312-80 code chart, both bytes plus A0 hexadecimal.
    for char, code in (("啊", "b0a1"), ("中", "d6d0"), ("国", "b9fa"), ("齄", "f7fe"), ("，", "a3ac"), ("１", "a3b1")):
        assert gb2312.encode(char).hex() == code, char
    assert gb2312.encode("A中B") == b"A\xd6\xd0B"
    assert gb2312.encode("") == b""


def test_unknown_characters_are_question_marks():
    assert gb2312.encode("é€龘\U0001f600") == b"\xa8\xa6???"
    assert gb2312.ascii_only("A中é") == b"A??"


def test_more_characters_than_the_cache_holds():
    many = "".join([chr(0x4E00 + step) for step in range(300)])
    first = gb2312.encode(many)
    assert gb2312.encode(many) == first
    assert len(gb2312._cache) <= gb2312._CACHE_LIMIT
