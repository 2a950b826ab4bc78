"""Texts by key in the operator's language, read from a file a language; only an index of it stays in memory."""

from array import array

FOLDER = __file__.rsplit("/", 1)[0]
LANGUAGES = {"en": "ascii", "zh": "gb2312"}  # what a display's character set must be to show it
FALLBACK = "en"


def load(language):
    """The texts of one of LANGUAGES. An unknown language is English."""
    return Texts(language if language in LANGUAGES else FALLBACK)


class Texts:
    """Looks a key up in the language's file. The index holds two bytes of hash and two of offset for each line, so that
    a text costs 4 bytes of memory and one seek."""

    def __init__(self, language):
        self.language = language
        self._path = "%s/%s.txt" % (FOLDER, language)
        self._index()

    def _index(self):
        self._hashes = bytearray()  # two bytes a line, searched as bytes: at the speed of C
        self._offsets = array("H")
        offset = 0
        with open(self._path, "rb") as file:
            for line in file:
                mark = line.find(b" = ")
                if mark > 0 and line[0] != 35:  # "#" begins a comment
                    self._hashes.extend(_hash(line[:mark].decode()))
                    self._offsets.append(offset)
                offset += len(line)

    def t(self, key, **values):
        """The text with its placeholders filled, rows parted by newlines. A key that is missing here comes in English;
        one that exists nowhere comes back itself, so that a gap is seen and stops nothing."""
        text = self._find(key)
        if text is None:
            if self.language == FALLBACK:
                return key
            return load(FALLBACK).t(key, **values)
        return text.format(**values) if values else text

    def _find(self, key):
        wanted = _hash(key)
        prefix = (key + " = ").encode()
        at = self._hashes.find(wanted)
        while at >= 0:
            if not at & 1:
                with open(self._path, "rb") as file:
                    file.seek(self._offsets[at >> 1])
                    line = file.readline()
                if line.startswith(prefix):
                    return line[len(prefix) :].rstrip(b"\r\n").decode().replace("\\n", "\n")
            at = self._hashes.find(wanted, at + 1)
        return None


def _hash(key):
    return (hash(key) & 0xFFFF).to_bytes(2, "big")
