"""GB2312 codes of characters, looked up in a table on flash (made by tools/gb2312_table.py).

gb2312.bin: 256 bytes, one for each page of 256 code points of Unicode: 0 for a page without any GB2312 character, else
the number n of its slot; then the slots, 512 bytes each, slot n at 256 + 512 * (n - 1): two bytes for each code point
of the page, the GB2312 code (EUC-CN, both bytes from A1 up) or zeros.
"""

from pos.texts import FOLDER

PATH = FOLDER + "/gb2312.bin"
UNKNOWN = 0x3F  # "?"
_CACHE_LIMIT = 32

_pages = b""  # the first 256 bytes, once a Chinese character has been asked for
_cache = {}


def encode(text):
    """One byte for an ASCII character, two for another; "?" for what GB2312 does not have."""
    data = text.encode()
    if len(data) == len(text):
        return data
    out = bytearray()
    file = None
    try:
        for point in _points(data):
            if point < 0x80:
                out.append(point)
                continue
            code = _cache.get(point)
            if code is None:
                if file is None:
                    file = open(PATH, "rb")
                code = _look_up(file, point)
                if len(_cache) >= _CACHE_LIMIT:
                    _cache.clear()
                _cache[point] = code
            if code:
                out.append(code >> 8)
                out.append(code & 0xFF)
            else:
                out.append(UNKNOWN)
    finally:
        if file is not None:
            file.close()
    return bytes(out)


def ascii_only(text):
    """For displays without Chinese: "?" for everything outside ASCII."""
    data = text.encode()
    if len(data) == len(text):
        return data
    return bytes([point if point < 0x80 else UNKNOWN for point in _points(data)])


def _points(data):
    """Yields the code points of UTF-8. Not by a loop over the str: MicroPython would keep each of its characters in
    memory for ever, as a name."""
    at = 0
    while at < len(data):
        point = data[at]
        at += 1
        if point >= 0xC0:
            more = 1 if point < 0xE0 else 2 if point < 0xF0 else 3
            point &= 0x3F >> more
            for _ in range(more):
                point = point << 6 | data[at] & 0x3F
                at += 1
        yield point


def _look_up(file, point):
    global _pages
    if not _pages:
        _pages = file.read(256)
    slot = _pages[point >> 8] if point < 0x10000 else 0
    if not slot:
        return 0
    file.seek(256 + 512 * (slot - 1) + 2 * (point & 0xFF))
    code = file.read(2)
    return code[0] << 8 | code[1]
