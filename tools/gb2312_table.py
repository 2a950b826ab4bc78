"""Makes firmware/pos/texts/gb2312.bin from Python's own gb2312 codec: `python tools/gb2312_table.py`."""

from pathlib import Path

PATH = Path(__file__).parent.parent / "firmware" / "pos" / "texts" / "gb2312.bin"
# The middle dot and the dash as GBK and most editors write them; Python's codec has other code points for the two.
ALIASES = {0x00B7: b"\xa1\xa4", 0x2014: b"\xa1\xaa"}


def build() -> bytes:
    """The table as firmware/pos/texts/gb2312.py documents it."""
    pages: dict[int, bytearray] = {}
    for point in range(0x80, 0x10000):
        try:
            code = chr(point).encode("gb2312")
        except UnicodeEncodeError:
            code = ALIASES.get(point)
        if code is not None:
            page = pages.setdefault(point >> 8, bytearray(512))
            page[2 * (point & 0xFF) : 2 * (point & 0xFF) + 2] = code
    index = bytearray(256)
    slots = bytearray()
    for slot, number in enumerate(sorted(pages), start=1):
        index[number] = slot
        slots += pages[number]
    return bytes(index + slots)


if __name__ == "__main__":
    PATH.write_bytes(build())
    print(f"{PATH}: {PATH.stat().st_size} bytes")
