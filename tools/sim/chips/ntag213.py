"""NTAG213: a contactless tag of 45 pages of 4 bytes that holds an NDEF text record.

Source: NXP NTAG213/215/216 data sheet (memory map, READ, GET_VERSION, FAST_READ); NFC Forum Type 2 Tag and Text RTD.
"""

import hashlib

PAGES = 45
USER_PAGE = 4
USER_BYTES = 36 * 4
ATQA = bytes.fromhex("00 44")
SAK = 0x00
CAPABILITY = bytes.fromhex("E1 10 12 00")
LOCK_CONTROL = bytes.fromhex("01 03 A0 0C 34")
CONFIGURATION = bytes.fromhex("000000BD 040000FF 00050000 00000000 00000000")  # pages 40 to 44
VERSION = bytes.fromhex("00 04 04 02 01 00 0F 03")
NAK = None


class Ntag213:
    """A tag with one text record: `text` in ASCII, language code "en"."""

    def __init__(self, text):
        self.text = text
        self.uid = b"\x04" + hashlib.sha256(text.encode()).digest()[:6]
        self.memory = self._head() + self._user_memory() + CONFIGURATION
        self.pages_read = set()

    def _head(self):
        first, second = self.uid[:3], self.uid[3:]
        check = [0x88 ^ first[0] ^ first[1] ^ first[2], second[0] ^ second[1] ^ second[2] ^ second[3]]
        return first + bytes((check[0],)) + second + bytes((check[1], 0x48, 0, 0)) + CAPABILITY

    def _user_memory(self):
        payload = b"\x02en" + self.text.encode("ascii")
        record = bytes((0xD1, 1, len(payload))) + b"T" + payload
        content = LOCK_CONTROL + bytes((0x03, len(record))) + record + b"\xfe"
        if len(content) > USER_BYTES:
            raise ValueError(f"{len(self.text)} characters are too many for an NTAG213")
        return content.ljust(USER_BYTES, b"\0")

    @property
    def read_to_the_end(self):
        """Whether every page up to the end of the record has been read."""
        end = self.memory.rindex(b"\xfe", 0, (USER_PAGE * 4) + USER_BYTES)
        return set(range(USER_PAGE, end // 4 + 1)) <= self.pages_read

    def command(self, data):
        """The tag's answer; None when it stays silent or refuses."""
        if len(data) == 2 and data[0] == 0x30 and data[1] < PAGES:
            return self._pages(data[1], 4)
        if len(data) == 3 and data[0] == 0x3A and data[1] <= data[2] < PAGES:
            return self._pages(data[1], data[2] - data[1] + 1)
        if data == b"\x60":
            return VERSION
        return NAK

    def _pages(self, first, count):
        pages = [(first + n) % PAGES for n in range(count)]
        self.pages_read.update(pages)
        return b"".join(self.memory[4 * page : 4 * page + 4] for page in pages)
